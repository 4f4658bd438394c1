"""Which practices a person means by names and paths; each comes out as a desk that was read, beside its verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jobs.database import Database
from jobs.errors import InputError
from scheduler.publishing.checks.listing import Verdict, check_desk
from scheduler.publishing.revisions import current_revision, load_current
from scheduler.rulebook.desk import Desk
from scheduler.rulebook.folder import practices_in
from scheduler.rulebook.reader import read_desk
from scheduler.rulebook.schema import Rulebook
from scheduler.settings import Settings

SETTINGS_FILE = "practice.yaml"


@dataclass(frozen=True, slots=True)
class Folder:
    """A practice's folder, with the folder of templates that goes with it."""

    rules: Path
    templates: Path
    practice: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A practice as it lies on the desk, and what the checks say of it."""

    desk: Desk
    verdict: Verdict


def find_folders(settings: Settings, named: Sequence[str]) -> list[Folder]:
    """Return the folders named: a practice's name, its folder, a file in it, or a folder of practices; else all.

    Raises:
        InputError: nothing of that name holds a practice.

    """
    if not named:
        known = practices_in(settings.rules)
        if not known:
            message = f"no practice under {settings.rules}: write {settings.rules}/<practice>/{SETTINGS_FILE}"
            raise InputError(message)
        return [Folder(settings.rules, settings.templates, practice) for practice in known]
    folders = [folder for name in named for folder in _named(settings, name)]
    return list(dict.fromkeys(folders))


def check_folder(folder: Folder, database: Database | None = None) -> Checked:
    """Read one practice's folder and run every check over it; with a database, beside what is published there."""
    desk = read_desk(folder.rules, folder.templates, folder.practice)
    return Checked(desk, check_desk(desk, None if database is None else _published(database, folder.practice)))


def _published(database: Database, practice: str) -> Rulebook | None:
    """Return the practice's published rulebook, or None where it has none yet."""
    with database.read() as connection:
        if current_revision(connection, practice) is None:
            return None
        return load_current(connection, practice).rulebook


def _named(settings: Settings, name: str) -> list[Folder]:
    if name in practices_in(settings.rules):
        return [Folder(settings.rules, settings.templates, name)]
    path = Path(name)
    if path.is_file():
        path = path.parent
    if (path / SETTINGS_FILE).exists():
        path = path.resolve()
        return [Folder(path.parent, _templates_of(settings, path.parent), path.name)]
    found = practices_in(path)
    if not found:
        message = f"{name}: no practice of that name, and no {SETTINGS_FILE} there"
        raise InputError(message)
    return [Folder(path, _templates_of(settings, path), practice) for practice in found]


def _templates_of(settings: Settings, rules: Path) -> Path:
    """Return the templates that lie beside these rules, else those of the settings."""
    beside = rules.resolve().parent / "templates_sms"
    return beside if beside.is_dir() else settings.templates
