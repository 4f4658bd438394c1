"""A port of this machine's own address that is free."""

import socket
from typing import Final

HOST: Final = "127.0.0.1"
ANY: Final = 0


def free_port(wanted: int = ANY) -> int:
    """Return the wanted port where it is free, else another one."""
    for port in (wanted, ANY):
        try:
            with socket.create_server((HOST, port)) as probe:
                found: int = probe.getsockname()[1]
                return found
        except OSError:
            if port == ANY:
                raise
    raise AssertionError
