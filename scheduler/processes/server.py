"""The HTTP side of a process: an application comes in, uvicorn answers with it on a thread until it is stopped.

It decides nothing: what is answered is the application's affair.
"""

import contextlib
import socket
import threading
from collections.abc import Iterator

import uvicorn
from starlette.applications import Starlette

from jobs.errors import ConfigurationError
from scheduler.settings import Settings

GRACE_SECONDS = 5


@contextlib.contextmanager
def answering(app: Starlette, settings: Settings) -> Iterator[str]:
    """Answer HTTP on the settings' host and port while the block runs; yield the address.

    Raises:
        ConfigurationError: the port cannot be had.

    """
    listening = _listen(settings.host, settings.port)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = uvicorn.Server(config)
    # On a thread uvicorn leaves the signals alone: they belong to the process (`stopping`).
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="http", daemon=True)
    thread.start()
    try:
        yield address(settings)
    finally:
        server.should_exit = True
        thread.join(GRACE_SECONDS * 2)
        listening.close()


def address(settings: Settings) -> str:
    """Return the address as a browser takes it."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def _listen(host: str, port: int) -> socket.socket:
    """Bind first, so that a port that is taken is one clear line and not a log entry of a thread."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With its protocol named asyncio sends small answers at once (TCP_NODELAY) instead of 40 ms later.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError as problem:
        listening.close()
        message = f"QUIETBELL_HOST {host}, QUIETBELL_PORT {port}: cannot listen there: {problem.strerror or problem}"
        raise ConfigurationError(message) from problem
    return listening
