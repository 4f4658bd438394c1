"""Which hosts a feed may be read from: the one that the administrator's environment names, and public ones.

A server that redirects us cannot make us ask a machine of the practice's own network (server-side request forgery).
"""

import ipaddress
import socket
from collections.abc import Collection
from typing import Final, TypeAlias

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

HTTPS_PORT: Final = 443

Host: TypeAlias = tuple[str, int]
"""A host's name or address, and a port."""


class PrivateAddressError(OSError):
    """The name leads to an address that is not public."""


def trusted_hosts(address: URL) -> frozenset[Host]:
    """Return the host that the environment names, on its port and on that of HTTPS."""
    host = address.host or ""
    return frozenset({(host, address.port or HTTPS_PORT), (host, HTTPS_PORT)})


def is_public_address(text: str) -> bool:
    """Tell whether an IP address is a public one; IPv4 inside of IPv6 is looked at as IPv4."""
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_global and not (mapped or address).is_multicast


def may_ask(url: URL, trusted: Collection[Host]) -> bool:
    """Tell whether a host may be asked as far as its name says; what a name leads to is the resolver's to judge."""
    if (url.host or "", url.port or HTTPS_PORT) in trusted:
        return True
    try:
        return is_public_address(url.host or "")
    except ValueError:
        return bool(url.host)


class GuardedResolver(AbstractResolver):
    """Resolves names, those of hosts that are not trusted to public addresses only."""

    def __init__(self, trusted: Collection[Host]) -> None:
        """Trust those hosts; must be made inside a running loop."""
        self._trusted = trusted
        self._inner = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return a name's addresses.

        Raises:
            PrivateAddressError: one of them is not public.

        """
        found = await self._inner.resolve(host, port, family)
        if (host, port) not in self._trusted and not all(is_public_address(each["host"]) for each in found):
            message = "leads to a private address"
            raise PrivateAddressError(message)
        return found

    async def close(self) -> None:
        """Release nothing: threads belong to the loop."""
        await self._inner.close()
