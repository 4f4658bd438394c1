"""The occasions of one kind, for one call: bodies and filters in, answers out, all in the caller's practice."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Query
from sqlalchemy import Select, select

from jobs.records import occasion_people, occasions
from scheduler.api.v1.calling import Place
from scheduler.api.v1.paging import Page, page_of, place_of_cursor
from scheduler.api.v1.plain import Moment
from scheduler.api.v1.prospect_answers import PlanAnswer, plan_answer
from scheduler.api.v1.record_answers import (
    OccasionAnswer,
    OccasionTaken,
    PersonOutcome,
    counts_of,
    occasion_answer,
)
from scheduler.api.v1.record_bodies import OccasionBody, brought_by, field_problem, invalid, named_of, refused
from scheduler.api.v1.record_reading import kind_of, line_of, occasion_row, page_rows, people_of_occasions, turns_of
from scheduler.asking.records import remove_record, take_record
from scheduler.asking.refs import contacts_meant
from scheduler.identities.audit import signed_by
from scheduler.identities.rights import Caller
from scheduler.intake.outcomes import Outcome
from scheduler.intake.rows import Columns, Problem, columns_of_contacts
from scheduler.intake.wholes import RefusedWholeError, Taken, Whole
from scheduler.planning.basis import Replanned


@dataclass(frozen=True, slots=True)
class Filters:
    """Which occasions are listed."""

    status: Annotated[str | None, Query(max_length=200)] = None
    contact: Annotated[str | None, Query(max_length=200, description="Those that name this contact, in any role.")] = (
        None
    )
    case_ref: Annotated[str | None, Query(max_length=200)] = None
    starts_from: Annotated[Moment | None, Query(description="The earliest start.")] = None
    starts_before: Annotated[Moment | None, Query(description="Only starts before it.")] = None
    changed_since: Annotated[Moment | None, Query()] = None
    gone: Annotated[bool, Query(description="Removed ones too.")] = False


class OccasionDesk:
    """Works with the occasions of one kind for one call."""

    def __init__(self, here: Place, caller: Caller, kind: str) -> None:
        """Find the kind; raise NotFoundError where the practice has none."""
        self._here = here
        self._caller = caller
        self._turns = turns_of(here)
        self._current = self._turns.current(caller.practice)
        self._what = kind_of(self._current, kind)

    def take(self, ref: str, body: OccasionBody, *, is_part: bool, with_plan: bool) -> OccasionTaken:
        """Take one in."""
        known = line_of(ref, "ref")
        whole = self._whole(known, body, is_part=is_part)
        try:
            taken = self._turns.take(
                self._caller.practice, lambda turn: take_record(turn, whole, signed_by(self._caller, turn.now))
            )
        except RefusedWholeError as error:
            raise refused(error, self._what, self._contact_columns(), body.people) from error
        return self._answer(known, taken, with_plan=with_plan)

    def remove(self, ref: str, version: int | None) -> OccasionTaken:
        """Remove one."""
        known = line_of(ref, "ref")
        removed = self._turns.take(
            self._caller.practice,
            lambda turn: remove_record(
                turn, self._what.name, known, signed_by(self._caller, turn.now), version=version
            ),
        )
        return self._told(known, removed.outcome, removed.jobs)

    def read(self, ref: str) -> OccasionAnswer:
        """Return one."""
        with self._here.database.read() as connection:
            row = occasion_row(connection, self._caller.practice, self._what.name, ref)
            people = people_of_occasions(connection, [row["id"]])
            return occasion_answer(row, people.get(row["id"], {}), by_day=self._is_by_day)

    def plan(self, ref: str) -> PlanAnswer:
        """Return what will happen to one."""
        with self._here.database.read() as connection:
            now = self._here.database.moment(connection)
            return plan_answer(connection, self._caller.practice, self._what.name, ref, now)

    def page(self, filters: Filters, cursor: str | None, limit: int) -> Page[OccasionAnswer]:
        """Return a page of them."""
        after = place_of_cursor(cursor)
        with self._here.database.read() as connection:
            found = page_rows(connection, self._query(filters), after, limit)
            people = people_of_occasions(connection, [row["id"] for row in found])
        rows, following = page_of(found, limit, lambda row: (row["ref"],))
        items = [occasion_answer(row, people.get(row["id"], {}), by_day=self._is_by_day) for row in rows]
        return Page(items=items, next=following)

    @property
    def _is_by_day(self) -> bool:
        return self._what.kind is not None and self._what.kind.dated == "day"

    def _contact_columns(self) -> Columns:
        return columns_of_contacts(self._current.rulebook.practice.contact_fields)

    def _whole(self, ref: str, body: OccasionBody, *, is_part: bool) -> Whole:
        columns = self._what.columns
        named, problems = named_of(body, columns)
        told = [field_problem(each, columns) for each in [*problems, *self._undated(body, is_part=is_part)]]
        people = {}
        for under, brought in brought_by(body).items():
            people[under], wrong = named_of(brought, self._contact_columns())
            told += [field_problem(each, self._contact_columns(), under) for each in wrong]
        if told:
            raise invalid(told)
        return Whole(self._what, {**named, "ref": ref}, people, is_part=is_part)

    def _undated(self, body: OccasionBody, *, is_part: bool) -> list[Problem]:
        """Return what is wrong with a whole that has no date."""
        column = "date" if self._is_by_day else "start"
        is_missing = not is_part and getattr(body, column) is None
        return [Problem("is missing: give its date, or PATCH what changed", column=column)] if is_missing else []

    def _answer(self, ref: str, taken: Taken, *, with_plan: bool) -> OccasionTaken:
        told = self._told(ref, taken.outcome, taken.jobs)
        told.contacts = [PersonOutcome(ref=each.ref, outcome=each.outcome) for each in taken.people]
        columns = {True: self._contact_columns(), False: self._what.columns}
        told.warnings = [field_problem(each, columns[bool(under)], under) for under, each in taken.warnings]
        told.plan = self.plan(ref) if with_plan else None
        return told

    def _told(self, ref: str, outcome: Outcome, jobs: Replanned) -> OccasionTaken:
        return OccasionTaken(outcome=outcome, occasion=self.read(ref), jobs=counts_of(jobs))

    def _query(self, filters: Filters) -> Select[tuple[object, ...]]:
        table = occasions.c
        wanted = [table.practice == self._caller.practice, table.kind == self._what.name]
        if not filters.gone:
            wanted.append(table.gone_at.is_(None))
        if filters.status is not None:
            wanted.append(table.status == line_of(filters.status, "status"))
        if filters.case_ref is not None:
            wanted.append(table.case_ref == line_of(filters.case_ref, "case_ref"))
        if filters.starts_from is not None:
            wanted.append(table.starts_at >= filters.starts_from)
        if filters.starts_before is not None:
            wanted.append(table.starts_at < filters.starts_before)
        if filters.changed_since is not None:
            wanted.append(table.updated_at >= filters.changed_since)
        if filters.contact is not None:
            meant = contacts_meant(self._caller.practice, line_of(filters.contact, "contact"))
            named = select(occasion_people.c.occasion_id).where(occasion_people.c.contact_id.in_(meant))
            wanted.append(table.id.in_(named))
        return select(occasions).where(*wanted)
