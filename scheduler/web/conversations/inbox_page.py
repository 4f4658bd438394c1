"""The inbox: conversations by what waits in them, its rows fetched anew, and how many texts are new."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from jobs.conversation import inbox as talks
from jobs.conversation.inbox import Folder, InboxConversation, Sought
from jobs.errors import InputError, NotFoundError
from scheduler.asking.foreseeing import shown_words, terms_in_force
from scheduler.identities.rights import Right
from scheduler.web.people import Person, signed_in
from scheduler.web.place import Here, WebPlace
from scheduler.web.showing import show, show_part
from scheduler.web.words import sentence

router = APIRouter()

Reader = Annotated[Person, signed_in(Right.READ_INBOX)]
ROWS: Final = 50
FOLDERS: Final = (
    (Folder.INBOX, sentence("Inbox")),
    (Folder.ASKS, sentence("Waits for an answer")),
    (Folder.UNREAD, sentence("Unread")),
    (Folder.UNCLAIMED, sentence("Nobody's number")),
    (Folder.MINE, sentence("Assigned to me")),
    (Folder.SNOOZED, sentence("Snoozed")),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation of the list and the words to show of it."""

    talk: InboxConversation
    words: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows are shown: folder, what is looked for, and where the page begins."""

    show: Annotated[Folder, Query()] = Folder.INBOX
    find: Annotated[str, Query(max_length=100)] = ""
    before: Annotated[str, Query(max_length=120)] = ""

    def query(self, **changes: str) -> str:
        """Return it as an address has it, with changes."""
        given = {"show": self.show.value, "find": self.find, "before": self.before, **changes}
        return urlencode({name: value for name, value in given.items() if value})


AskedFor = Annotated[Asked, Depends()]


@router.get("/conversations")
def inbox(request: Request, here: Here, person: Reader, asked: AskedFor) -> HTMLResponse:
    """Show the conversations of a folder."""
    with here.database.read() as connection:
        sought = _sought(here, person, asked)
        counts = talks.folder_counts(connection, person.practice, sought)
    rows, following = _rows(here, person, asked)
    folders = [(f"/conversations?show={each}", said, counts[each], each is asked.show) for each, said in FOLDERS]
    return show(
        request,
        "conversations/inbox.html.j2",
        rows=rows,
        following=following,
        folders=folders,
        asked=asked,
        now=sought.now,
    )


@router.get("/conversations/rows")
def rows_anew(request: Request, here: Here, person: Reader, asked: AskedFor) -> Response:
    """Answer with the rows alone."""
    rows, following = _rows(here, person, asked)
    now = here.clock.now()
    return show_part(request, "conversations/rows.html.j2", rows=rows, following=following, asked=asked, now=now)


@router.get("/conversations/new")
def new_ones(here: Here, person: Reader) -> JSONResponse:
    """Tell how many texts were not read yet: for the title, the badge and the browser's own notice."""
    with here.database.read() as connection:
        found = talks.arrivals(connection, person.practice)
    newest = None if found.newest is None else found.newest.astimezone(dt.UTC).isoformat()
    return JSONResponse({"conversations": found.conversations, "texts": found.texts, "newest": newest})


def _rows(here: WebPlace, person: Person, asked: Asked) -> tuple[list[Row], str | None]:
    """Return the rows of a page, and the address of the next one."""
    with here.database.read() as connection:
        sought = _sought(here, person, asked)
        found = talks.inbox(connection, person.practice, sought=sought, before=_place(asked.before), most=ROWS + 1)
        try:
            terms = terms_in_force(connection, person.practice)
        except NotFoundError:
            return [Row(each, each.body or "") for each in found[:ROWS]], None
    shown = [Row(each, shown_words(each.body, terms)) for each in found[:ROWS]]
    if len(found) <= ROWS:
        return shown, None
    last = found[ROWS - 1]
    return shown, f"/conversations?{asked.query(before=f'{last.at.isoformat()}~{last.number}')}"


def _sought(here: WebPlace, person: Person, asked: Asked) -> Sought:
    return Sought(folder=asked.show, whose=person.name, now=here.clock.now(), find=asked.find.strip() or None)


def _place(before: str) -> talks.Place | None:
    at, _, number = before.partition("~")
    if not before:
        return None
    try:
        return dt.datetime.fromisoformat(at).astimezone(dt.UTC), number
    except (ValueError, OverflowError):
        message = "this address begins at no row of the list"
        raise InputError(message) from None
