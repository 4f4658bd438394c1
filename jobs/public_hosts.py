"""Which hosts may be asked for feeds, events and media: those that the administrator names, and public ones.

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
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
"""Addresses that a network's translator sends on to the IPv4 address in their last 32 bits (RFC 6052)."""
_NEVER_PUBLIC: Final = (
    ipaddress.IPv6Network("64:ff9b:1::/48"),  # a network's own translators (RFC 8215)
    ipaddress.IPv6Network("::/96"),  # IPv4-compatible, given up (RFC 4291, section 2.5.5.1)
)

Host: TypeAlias = tuple[str, int]
"""A host's name or address, and a port."""


class PrivateAddressError(OSError):
    """The name leads to an address that is not public."""


def trusted_hosts(address: URL) -> frozenset[Host]:
    """Return the host that the environment names, on its port and on that of HTTPS."""
    host = address.host or ""
    return frozenset({(host, address.port or HTTPS_PORT), (host, HTTPS_PORT)})


def is_public_address(text: str) -> bool:
    """Tell whether an IP address is a public one; so must be each IPv4 address that it leads on to."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv4Address):
        return _is_public(address)
    if address.ipv4_mapped is not None:
        return _is_public(address.ipv4_mapped)
    is_ours = any(address in network for network in _NEVER_PUBLIC)
    return not is_ours and _is_public(address) and all(map(_is_public, _inside(address)))


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.is_global and not address.is_multicast


def _inside(address: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """Return the IPv4 addresses that translators and tunnels make of an IPv6 address."""
    found = [address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in found if each is not None]


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
