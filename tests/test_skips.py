"""The rule that a skipped test is a failure in CI, tried on a test run of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ONE_PASSES = "def test_passes() -> None:\n    assert True\n"
ONE_IS_SKIPPED = ONE_PASSES + "\nimport pytest\n\ndef test_is_skipped() -> None:\n    pytest.skip('no reason')\n"
ALL_ARE_SKIPPED = "import pytest\n\npytest.skip('no reason', allow_module_level=True)\n"
FAILED = pytest.ExitCode.TESTS_FAILED
FINE = pytest.ExitCode.OK


@pytest.mark.parametrize(
    ("tests", "ci", "expected"),
    [
        (ONE_PASSES, "true", FINE),
        (ONE_IS_SKIPPED, "true", FAILED),
        (ONE_IS_SKIPPED, "", FINE),
        (ALL_ARE_SKIPPED, "true", FAILED),
    ],
)
def test_a_skip_fails_the_run_in_ci_only(tmp_path: Path, tests: str, ci: str, expected: pytest.ExitCode) -> None:
    tried = tmp_path / "test_tried.py"
    tried.write_text(tests)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.conftest", "--rootdir", tmp_path, "-c", "/dev/null", tried],
        cwd=ROOT,
        env={"CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == expected, done.stdout + done.stderr
    assert ("SKIPPED: " in done.stdout) == ("skip" in tests)
