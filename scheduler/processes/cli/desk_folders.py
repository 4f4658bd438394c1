"""Where a practice's files lie for a command that writes them: never in the program's own folders.

Settings and names come in, folders go out; it notes which revision the files in one began with.
"""

from pathlib import Path

from jobs.errors import RefusedError
from scheduler.processes.cli.rule_folders import Folder
from scheduler.processes.cli.screen import remark
from scheduler.publishing.history import Revision
from scheduler.publishing.pulling import DeskFolder, local_files, note_started, started_from
from scheduler.settings import CHECKOUT, PACKAGED, Settings


def desk_folder(folder: Folder) -> DeskFolder:
    """Return the folder that a command found, as a desk."""
    return DeskFolder(folder.rules, folder.templates, folder.practice)


def settings_folder(settings: Settings, practice: str) -> DeskFolder:
    """Return where the settings say that a practice's files lie; for reading."""
    return DeskFolder(settings.rules, settings.templates, practice)


def folder_to_write(settings: Settings, revision: Revision) -> DeskFolder:
    """Return where a revision's files are to be written: here, where the settings name only what the program brings.

    Templates that the program brings are left alone where the revision's are the same.
    """
    rules = Path("rules") if _is_shipped(settings.rules, "rules") else settings.rules
    folder = DeskFolder(rules, settings.templates, revision.practice)
    if not _is_shipped(settings.templates, "templates_sms"):
        return folder
    wanted = {path: text for path, text in revision.files.items() if path.startswith("templates_sms/")}
    lies_there = {path: text for path, text in local_files(folder, wanted).items() if path in wanted}
    return folder if lies_there == wanted else DeskFolder(rules, Path("templates_sms"), revision.practice)


def note_revision(folder: DeskFolder, revision: str) -> None:
    """Write which revision the files are; a folder that cannot be written to fails nothing that was published."""
    if started_from(folder) == revision or _is_shipped(folder.rules, "rules"):
        return
    try:
        note_started(folder, revision)
    except RefusedError as problem:
        remark(f"{problem}; the next `apply` from there needs --onto {revision}", "warn")


def _is_shipped(folder: Path, name: str) -> bool:
    """Tell whether these are the program's own files, found because there are none here."""
    return folder in {PACKAGED / name, CHECKOUT / name}
