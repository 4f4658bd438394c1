"""Holds the live API against its own OpenAPI document: `python -m tests.api.contract_check [examples] [seed]`.

Schemathesis comes as a program; each call of the document is tried with what the document allows and with what it does
not, alone and one after another along its links. Without a seed every run draws the same examples.
"""

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.api.live import KEY, furnish, serving_api
from tests.storage.intake_practice import opened

PROGRAM = Path(sys.executable).with_name("schemathesis")
ASKED = Path(__file__).with_name("schemathesis.toml")
ALL_PHASES = "examples,coverage,fuzzing,stateful"
USUAL_EXAMPLES = 500
LONGEST_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Checked:
    """How a run ended, and what it said."""

    code: int
    said: str


def check_contract(
    address: str, folder: Path, *, examples: int, phases: str = ALL_PHASES, seed: int | None = None
) -> Checked:
    """Run every check over the API at an address, with so many examples a call; `folder` is for what tools leave."""
    drawn = ["--generation-deterministic"] if seed is None else ["--seed", str(seed)]
    words = [
        *("--config-file", str(ASKED), "run", f"{address}/openapi.json", "--url", address),
        *("--header", f"Authorization: Bearer {KEY}", "--phases", phases, "--max-examples", str(examples)),
        *("--no-color", "--output-truncate", "false", *drawn),
    ]
    ended = subprocess.run(
        [PROGRAM, *words], cwd=folder, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
    )
    return Checked(ended.returncode, ended.stdout + ended.stderr)


def main() -> None:
    """Check an API over a new SQLite file; end with Schemathesis's exit code."""
    examples = int(sys.argv[1]) if len(sys.argv) > 1 else USUAL_EXAMPLES
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory() as folder, opened(f"sqlite:///{folder}/q.db") as desk:
        furnish(desk)
        with serving_api(desk) as address:
            checked = check_contract(address, Path(folder), examples=examples, seed=seed)
    sys.stdout.write(checked.said)
    sys.exit(checked.code)


if __name__ == "__main__":
    main()
