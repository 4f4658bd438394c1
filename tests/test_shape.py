"""The shape of the code: short files with a first sentence, no vague names, and a README whose map is true."""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("scheduler", "jobs")
MOST_LINES = 400
# A file with such a name collects whatever has no better place (CONTRIBUTING.md, Habits).
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "service", "services", "manager", "base", "misc"}
SMALL_README = """# Title

## Map

```
jobs/              one job
  clock · errors   two things
  gates/           checks
    caps           money
tests/
```
"""
LEAVES_FOLDERS_OUT = {".venv", ".git", "build", "dist", "__pycache__"}


def python_files() -> list[Path]:
    """Return every Python file that belongs to the project, committed or not yet, relative to its root."""
    found = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],  # noqa: S607  # git from PATH
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode == 0:
        return sorted(Path(name) for name in found.stdout.splitlines() if (ROOT / name).exists())
    everywhere = (path.relative_to(ROOT) for path in ROOT.rglob("*.py"))  # an unpacked archive has no git
    return sorted(path for path in everywhere if not LEAVES_FOLDERS_OUT & set(path.parts))


def map_entries(readme: str) -> dict[str, int]:
    """Return the paths that the README's map names, each with its line number in the map.

    The map is the first code block under "## Map". A line names a path, or several set apart by " · ", then after two
    or more spaces says what it is for. Indentation puts a line inside the folder above it. ".py" is left out.
    """
    _, _, after = readme.partition("\n## Map\n")
    block = after.partition("```")[2].partition("\n")[2].partition("```")[0]
    entries: dict[str, int] = {}
    folders: list[tuple[int, str]] = []
    for number, line in enumerate(block.splitlines(), start=1):
        if not line.strip():
            continue
        depth = len(line) - len(line.lstrip())
        folders = [(outer, folder) for outer, folder in folders if outer < depth]
        names = [name.strip().strip("/") for name in line.strip().split("  ", 1)[0].split(" · ")]
        paths = [f"{folders[-1][1]}/{name}" if folders else name for name in names]
        entries.update(dict.fromkeys(paths, number))
        folders.append((depth, paths[-1]))
    return entries


def rooms() -> list[str]:
    """Return every module and package directly inside our two packages, as the map names them."""
    inside = {
        (path.parts[0], Path(path.parts[1]).stem)
        for path in python_files()
        if path.parts[0] in PACKAGES and path.parts[1] != "__init__.py"
    }
    return sorted(f"{package}/{name}" for package, name in inside)


@pytest.fixture(scope="module")
def readme_map() -> dict[str, int]:
    return map_entries((ROOT / "README.md").read_text(encoding="utf-8"))


def test_no_python_file_is_longer_than_400_lines() -> None:
    lengths = {str(path): len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in python_files()}
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_file_has_a_vague_name() -> None:
    assert [
        str(path) for path in python_files() if VAGUE_NAMES & {part.removesuffix(".py") for part in path.parts}
    ] == []


def test_every_module_says_first_what_it_is_for() -> None:
    silent = [str(path) for path in python_files() if not ast.get_docstring(_parsed(path))]
    assert silent == []


def test_our_packages_are_found_at_all() -> None:
    assert {"jobs/clock", "jobs/errors", "scheduler/rulebook"} <= set(rooms())


def test_the_map_names_every_room(readme_map: dict[str, int]) -> None:
    assert [room for room in rooms() if room not in readme_map] == []


def test_the_map_names_nothing_that_is_not_there(readme_map: dict[str, int]) -> None:
    assert [path for path in readme_map if not ((ROOT / path).exists() or (ROOT / f"{path}.py").exists())] == []


def test_a_map_is_read_by_indentation_and_dots() -> None:
    assert map_entries(SMALL_README) == {
        "jobs": 1,
        "jobs/clock": 2,
        "jobs/errors": 2,
        "jobs/gates": 3,
        "jobs/gates/caps": 4,
        "tests": 5,
    }


def _parsed(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))
