"""Addresses that are to be called back: which can be, and how they are written when they are. Pure."""

from urllib.parse import urlsplit


def is_address(url: str) -> bool:
    """Tell whether it is one of http or https that can be called as it is written."""
    try:
        parts = urlsplit(url)
        # Reading the port refuses one that is no number.
        is_whole = parts.port is None or parts.port > 0
    except ValueError:
        return False
    is_plain = url.isascii() and url.isprintable() and " " not in url
    return is_whole and is_plain and parts.scheme in {"http", "https"} and bool(parts.hostname)


def with_path(url: str) -> str:
    """Return an address with a path: nobody can ask for an empty one, and what is signed is what is asked for."""
    parts = urlsplit(url)
    return url if parts.path else parts._replace(path="/").geturl()
