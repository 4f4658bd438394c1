"""Whole phone numbers and words in answers that hide them: shown on request, to who may, and noted each time."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import Query
from sqlalchemy import Connection

from scheduler.api.v1.calling import Place
from scheduler.api.v1.problems import FieldProblem, Trouble
from scheduler.identities.audit import Act, Subject, note, signed_by
from scheduler.identities.rights import Caller, Right

Reveal = Annotated[
    bool,
    Query(description="Show whole numbers and words; needs `people:reveal`, and is noted in the audit log."),
]
"""Use with the default False."""


def must_reveal(caller: Caller, *, reveal: bool) -> None:
    """Refuse to reveal anything to who may not.

    Raises:
        Trouble: 403.

    """
    if reveal and not caller.may(Right.REVEAL):
        wrong = FieldProblem(field="reveal", detail=f"needs the scope `{Right.REVEAL.value}`")
        raise Trouble(HTTPStatus.FORBIDDEN, "this key may not see whole numbers and words: leave `reveal` out", [wrong])


def note_revealed(here: Place, caller: Caller, subject: Subject, what: Mapping[str, object] | None = None) -> None:
    """Note that something was revealed, before it goes out."""

    def work(connection: Connection) -> None:
        signed = signed_by(caller, here.database.moment(connection))
        note(connection, Act(signed, f"{subject.kind}.revealed", subject, None, what))

    here.database.write(work)
