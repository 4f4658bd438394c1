"""The locks: every package pinned with hashes, no dependency left out; no committed file holds a registry's address."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements-dev.txt", "requirements.txt", "requirements-build.txt")
# Put together here, so that this file does not hold what it looks for.
ADDRESSES = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org/simple"),
        ("pypi", "python", "org"),
        ("files", "pythonhosted", "org"),
        ("test", "pypi", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
    )
)
OPTIONS = tuple(f"--{name}" for name in ("index-url", "extra-index-url", "find-links", "trusted-host"))
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==[^ ;]+")


def pinned(lock: str) -> dict[str, list[str]]:
    """Return each package that the lock pins, by its normal name, with the hashes given for it."""
    packages: dict[str, list[str]] = {}
    name = ""
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith((" ", "#")):
            match = PINNED.match(line)
            assert match, f"{lock} pins no version: {line}"
            name = _normal(match[1])
            packages[name] = []
        packages[name] += re.findall(r"--hash=sha256:[0-9a-f]{64}", line) if name else []
    return packages


def declared(group: str | None = None) -> set[str]:
    """Return what pyproject.toml asks for, at run time or in a group (with the groups that it includes)."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    if group is None:
        return {_name_of(wanted) for wanted in project["project"]["dependencies"]}
    names: set[str] = set()
    for wanted in project["dependency-groups"][group]:
        names |= {_name_of(wanted)} if isinstance(wanted, str) else declared(wanted["include-group"])
    return names


@pytest.mark.parametrize("lock", LOCKS)
def test_each_package_is_pinned_with_hashes(lock: str) -> None:
    packages = pinned(lock)
    assert packages
    assert [name for name, hashes in packages.items() if not hashes] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_says_where_to_fetch_from(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert [word for word in (*OPTIONS, "://", " @ ") if word in text] == []


def test_the_lock_for_developers_holds_every_dependency() -> None:
    assert declared() | declared("dev") <= pinned("requirements-dev.txt").keys()


def test_the_lock_for_running_holds_what_runs_and_no_tool() -> None:
    assert declared() <= pinned("requirements.txt").keys()
    assert {"pytest", "mypy", "ruff", "hatchling"} & pinned("requirements.txt").keys() == set()


def test_the_lock_for_building_holds_the_build_backend() -> None:
    assert declared("build") <= pinned("requirements-build.txt").keys()


@pytest.mark.parametrize("lock", LOCKS[1:])
def test_the_locks_agree(lock: str) -> None:
    large = _lines_with_pins("requirements-dev.txt")
    assert _lines_with_pins(lock) <= large


def test_no_committed_file_holds_a_registrys_address() -> None:
    found = [
        f"{name}: {address}"
        for name in _committed()
        for address in ADDRESSES
        if address.encode() in (ROOT / name).read_bytes()
    ]
    assert found == []


def _committed() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607  # git from PATH
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def _lines_with_pins(lock: str) -> set[str]:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    return {match[0] for match in map(PINNED.match, lines) if match}


def _name_of(wanted: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", wanted)
    assert match, f"pyproject.toml names no package: {wanted}"
    return _normal(match[0])


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
