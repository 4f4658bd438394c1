# ruff: noqa: INP001 - a program, no package
"""Asks pip-audit for known advisories about the locked packages: findings fail, and what was not audited is said.

Offline, or where the index serves no advisories, pip-audit alone would end with a green or a red that mean nothing.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

LOCK: Final = Path(__file__).parent.parent / "requirements.txt"
PROGRAM: Final = Path(sys.executable).with_name("pip-audit")
CANARY: Final = ("django", "2.2")
"""A release with many advisories, and none of our packages: an index that knows none of them knows none of anything."""
SECONDS: Final = 40
SOCKET_SECONDS: Final = 5
NOT_AUDITED: Final = "audit: NOT AUDITED"


def verdict(report: list[dict[str, Any]]) -> tuple[int, list[str]]:
    """Return the exit code and what to say of pip-audit's list of packages, the canary among them."""
    canary = [each for each in report if (each["name"], each.get("version")) == CANARY]
    locked = [each for each in report if each not in canary]
    found = [f"audit: {each['name']} {each['version']}: {_said(each)}" for each in locked if each.get("vulns")]
    if found:
        return 1, [*found, "audit: take newer versions: make lock UPGRADE=--upgrade"]
    if not any(each.get("vulns") for each in canary):
        return 0, [f"{NOT_AUDITED}: the index that was asked serves no advisories; this is no green"]
    unknown = [each["name"] for each in locked if "skip_reason" in each]
    known = f"audit: no known advisory about {len(locked) - len(unknown)} of {len(locked)} locked packages"
    return 0, [known, *([f"{NOT_AUDITED}: {', '.join(unknown)}"] if unknown else [])]


def _said(package: dict[str, Any]) -> str:
    return ", ".join(f"{each['id']} (mended in {_versions(each)})" for each in package["vulns"])


def _versions(advisory: dict[str, Any]) -> str:
    return " or ".join(advisory.get("fix_versions") or ["no version yet"])


def pins(lock: str) -> list[str]:
    """Return the packages of a lock as `name==version`."""
    found = re.findall(r"^([\w.-]+)(?:\[.*?\])?==([^\s;\\]+)", lock, re.MULTILINE)
    return [f"{name}=={version}" for name, version in found]


def ask(lock: Path = LOCK) -> tuple[int, list[str]]:
    """Run pip-audit over a lock and the canary; return the exit code and what to say."""
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "asked.txt"
        # Without their hashes, since the canary has none; nothing is installed by this.
        asked.write_text("\n".join([*pins(lock.read_text(encoding="utf-8")), "==".join(CANARY)]), encoding="utf-8")
        words = ["--no-deps", "--disable-pip", "--progress-spinner", "off", "--timeout", str(SOCKET_SECONDS)]
        command: list[str | Path] = [PROGRAM, "-r", asked, *words, "--format", "json", "--cache-dir", folder]
        try:
            ended = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603 - our own words
            report = json.loads(ended.stdout)["dependencies"]
        except subprocess.TimeoutExpired:
            return 0, [f"{NOT_AUDITED}: the index did not answer within {SECONDS} seconds"]
        except (ValueError, KeyError):
            why = (ended.stderr.strip().splitlines() or ["no answer"])[-1]
            return 0, [f"{NOT_AUDITED}: the index cannot be asked: {why[:200]}"]
    return verdict(report)


if __name__ == "__main__":
    code, lines = ask()
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.exit(code)
