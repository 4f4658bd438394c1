"""Private PostgreSQL and Redis servers for tests: each on a free port of 127.0.0.1, in a folder of its own.

Goes in: nothing but the programs that are installed. Comes out: a server with its URL. Each is ended by its own process
id, also when the test run is told to stop or dies. A server of the system is never used, started or stopped.
"""

import atexit
import dataclasses
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import psycopg
import redis

from tests.databases import libpq_url

LOOPBACK = "127.0.0.1"
START_SECONDS = 30.0
STOP_SECONDS = 10.0
PAUSE_SECONDS = 0.05


class ProgramMissingError(Exception):
    """A server's program is not installed; the message says which and how to get it."""


class StartError(Exception):
    """A server ended before it answered; the message holds its last words."""


@dataclasses.dataclass(frozen=True, slots=True)
class Server:
    """A running private server: its URL, its process, its folder, and the signal that ends it at once but cleanly."""

    url: str
    process: subprocess.Popen[bytes]
    folder: Path
    stop_signal: signal.Signals
    owner: int = dataclasses.field(default_factory=os.getpid)

    def stop(self) -> None:
        """End the server by its own process id and remove its folder; a second call does nothing."""
        if os.getpid() != self.owner:  # a forked child of the test run owns no server
            return
        _LIVE.discard(self)
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


_LIVE: set[Server] = set()


def start_postgres(*, durable: bool = False) -> Server:
    """Start a private PostgreSQL; `durable` keeps what was committed through a crash and costs time.

    Raises ProgramMissingError, or StartError where it does not come up.
    """
    programs = _postgres_programs()
    folder = _private_folder()
    data = folder / "data"
    _run(
        [
            programs / "initdb",
            "-D",
            data,
            "-U",
            "quietbell",
            "-A",
            "trust",
            "--no-sync",
            "--locale=C.UTF-8",
            "-E",
            "UTF8",
        ]
    )
    quick = [] if durable else ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]

    def command(port: int) -> list[str | Path]:
        settings = ["-c", f"listen_addresses={LOOPBACK}", "-c", "unix_socket_directories=", "-c", "max_connections=200"]
        return [programs / "postgres", "-D", data, "-p", str(port), *settings, *quick]

    def address(port: int) -> str:
        return f"postgresql+psycopg://quietbell@{LOOPBACK}:{port}/postgres"

    return _start(folder, command, address, _postgres_answers, signal.SIGINT)


def start_redis() -> Server:
    """Start a private Redis that writes nothing to disk.

    Raises ProgramMissingError, or StartError where it does not come up.
    """
    program = shutil.which("redis-server")
    if program is None:
        message = (
            "redis-server is not installed (Debian: apt-get install redis-server), QUIETBELL_TEST_REDIS_URL is not set"
        )
        raise ProgramMissingError(message)
    folder = _private_folder()

    def command(port: int) -> list[str | Path]:
        options = ["--save", "", "--appendonly", "no", "--dir", str(folder), "--daemonize", "no"]
        return [program, "--port", str(port), "--bind", LOOPBACK, *options]

    def address(port: int) -> str:
        return f"redis://{LOOPBACK}:{port}/0"

    return _start(folder, command, address, _redis_answers, signal.SIGTERM)


def _postgres_programs() -> Path:
    """Return the folder of the newest installed PostgreSQL's programs; Debian keeps them out of PATH."""
    versions = Path("/usr/lib/postgresql")
    by_version = sorted(
        (float(found.parent.name), found) for found in versions.glob("*/bin") if (found / "initdb").exists()
    )
    if by_version:
        return by_version[-1][1]
    initdb = shutil.which("initdb")
    if initdb is None:
        message = (
            "PostgreSQL is not installed (Debian: apt-get install postgresql), QUIETBELL_TEST_POSTGRES_URL is not set"
        )
        raise ProgramMissingError(message)
    return Path(initdb).resolve().parent


@dataclasses.dataclass(frozen=True, slots=True)
class _User:
    """Who a server runs as: nobody in particular where the tests run as root (PostgreSQL refuses root)."""

    uid: int | None
    gid: int | None

    @property
    def extra_groups(self) -> list[int] | None:
        return None if self.uid is None else []


def _server_user() -> _User:
    if os.geteuid() != 0:
        return _User(None, None)
    found = pwd.getpwnam("nobody")
    return _User(found.pw_uid, found.pw_gid)


def _private_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="quietbell-test-"))
    user = _server_user()
    if user.uid is not None and user.gid is not None:
        os.chown(folder, user.uid, user.gid)
    return folder


def _popen(command: list[str | Path], log: Path) -> subprocess.Popen[bytes]:
    user = _server_user()
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,  # Ctrl-C reaches the tests first, which then end the server
            user=user.uid,
            group=user.gid,
            extra_groups=user.extra_groups,
        )


def _run(command: list[str | Path]) -> None:
    user = _server_user()
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
        user=user.uid,
        group=user.gid,
        extra_groups=user.extra_groups,
    )
    if done.returncode:
        raise StartError(done.stdout + done.stderr)


def _start(
    folder: Path,
    command: Callable[[int], list[str | Path]],
    address: Callable[[int], str],
    answers: Callable[[str], bool],
    stop_signal: signal.Signals,
) -> Server:
    """Start a server on a free port; another port is tried where the first was taken in between."""
    _end_with_the_test_run()
    log = folder / "log"
    for _ in range(3):
        port = _free_port()
        process = _popen([*_ends_with_its_parent(stop_signal), *command(port)], log)
        server = Server(address(port), process, folder, stop_signal)
        _LIVE.add(server)
        if _comes_up(server, answers):
            return server
        _LIVE.discard(server)
    last_words = log.read_text(errors="replace")[-2000:]
    server.stop()
    message = f"{command(0)[0]} did not start: {last_words}"
    raise StartError(message)


def _comes_up(server: Server, answers: Callable[[str], bool]) -> bool:
    """Return whether the server answers before it ends or its time is over."""
    for _ in range(int(START_SECONDS / PAUSE_SECONDS)):
        try:
            server.process.wait(PAUSE_SECONDS)
        except subprocess.TimeoutExpired:
            if answers(server.url):
                return True
        else:
            return False
    server.process.kill()
    server.process.wait()
    return False


def _postgres_answers(url: str) -> bool:
    try:
        psycopg.connect(libpq_url(url), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _redis_answers(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _ends_with_its_parent(stop_signal: signal.Signals) -> list[str]:
    """Return the words that make the kernel end the server when the test run is killed (Linux, util-linux)."""
    setpriv = shutil.which("setpriv")
    return [] if setpriv is None else [setpriv, "--pdeathsig", stop_signal.name.removeprefix("SIG"), "--"]


def _end_with_the_test_run() -> None:
    """Stop the servers at the run's end and when it is told to stop."""
    if _LIVE or threading.current_thread() is not threading.main_thread():
        return
    atexit.unregister(_stop_all)
    atexit.register(_stop_all)
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _stop_all_and_end)


def _stop_all() -> None:
    for server in tuple(_LIVE):
        server.stop()


def _stop_all_and_end(number: int, _frame: FrameType | None) -> None:
    _stop_all()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
