"""Which addresses are public, and which hosts are trusted."""

import asyncio

import pytest
from yarl import URL

from jobs.public_hosts import GuardedResolver, PrivateAddressError, is_public_address, trusted_hosts


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - an address to be refused
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::8.8.8.8", True),
        ("64:ff9b::10.0.0.1", False),
        ("64:ff9b::169.254.169.254", False),
        ("64:ff9b:1::8.8.8.8", False),
        ("2002:0a00:0001::1", False),
        ("2002:7f00:0001::", False),
        ("2001:0:4136:e378:8000:63bf:f5ff:fffe", False),
        ("::127.0.0.1", False),
    ],
)
def test_only_addresses_of_the_whole_internet_are_public(address: str, *, is_public: bool) -> None:
    assert is_public_address(address) is is_public


def test_the_host_of_the_environment_is_trusted_on_its_port_and_on_that_of_https() -> None:
    assert trusted_hosts(URL("http://office:8080/x")) == {("office", 8080), ("office", 443)}


def test_a_name_that_leads_inside_is_resolved_only_where_it_is_trusted() -> None:
    async def resolve(host: str, port: int) -> int:
        return len(await GuardedResolver({("localhost", 80)}).resolve(host, port))

    assert asyncio.run(resolve("localhost", 80)) > 0
    with pytest.raises(PrivateAddressError):
        asyncio.run(resolve("localhost", 8080))
