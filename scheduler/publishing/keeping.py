"""Plans as they are kept: made over the whole practice, written with an id, read again by it.

The only writer of `plans`. A kept plan holds rulebook and files: what was looked at is what is published.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, update

from jobs.database import Database
from jobs.errors import NotFoundError
from jobs.records import plans
from scheduler.publishing import listing
from scheduler.publishing.effects import Counts, ShownMove
from scheduler.publishing.plans import PublishPlan, plan_over
from scheduler.publishing.samples import Sample
from scheduler.publishing.shown import Shown
from scheduler.publishing.soon import Soon
from scheduler.rulebook.content import content_of, rulebook_of
from scheduler.rulebook.schema import Rulebook

MOST_KEPT: Final = 10
"""Plans of one practice that are kept; one of half a million effects takes 6 MB."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A checked rulebook to be published, its files, and the revision that the edit began with, if that is known."""

    rulebook: Rulebook
    files: Mapping[str, str]
    started_from: str | None
    by: str

    @property
    def practice(self) -> str:
        """Return the practice's id."""
        return self.rulebook.practice.practice


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """A plan with what it would publish, and when it was published, if it was."""

    plan: PublishPlan
    draft: Draft
    planned_at: dt.datetime
    published_at: dt.datetime | None = None

    @property
    def id(self) -> str:
        """Return the plan's id."""
        return self.plan.id or ""


def keep_plan(database: Database, draft: Draft) -> KeptPlan:
    """Plan what publishing the draft would do, keep that and return it; one that changes nothing is not kept."""
    planned = replace(plan_over(database, draft.rulebook), started_from=draft.started_from)
    planned_at = planned.planned_at or database.write(database.moment)
    if planned.changes_nothing:
        return KeptPlan(planned, draft, planned_at)
    planned = replace(planned, id=f"p-{uuid.uuid4().hex[:8]}")
    kept = KeptPlan(planned, draft, planned_at)
    blobs = {"effects": planned.shown.packed(), "soon": planned.soon.packed(), "listed": listing.packed(planned.listed)}

    def work(connection: Connection) -> None:
        _forget_old(connection, draft.practice)
        connection.execute(insert(plans).values(**_row(kept), **blobs))

    database.write(work)
    return kept


def load_plan(connection: Connection, plan_id: str) -> KeptPlan:
    """Return the plan of that id.

    Raises:
        NotFoundError: there is none, or none any more.

    """
    row = connection.execute(select(plans).where(plans.c.id == plan_id)).mappings().first()
    if row is None:
        message = f"there is no plan {plan_id!r} (the last {MOST_KEPT} of a practice are kept): make a new one"
        raise NotFoundError(message)
    summary = row["summary"]
    planned = PublishPlan(
        base=row["base"],
        revision=row["revision"],
        by_rule={rule: Counts(**counts) for rule, counts in summary["by_rule"]},
        total=Counts(**summary["total"]),
        moves=tuple(ShownMove(**_with_moments(move, "was", "becomes")) for move in summary["moves"]),
        texts_changed=tuple(summary["texts_changed"]),
        waiting_with_changed_texts=summary["waiting_with_changed_texts"],
        samples=tuple(Sample(**_with_moments(sample, "planned_for")) for sample in summary["samples"]),
        costs={currency: Decimal(cost) for currency, cost in summary["costs"].items()},
        asks=summary["asks"],
        listed=listing.unpacked(row["listed"]),
        shown=Shown.unpacked(row["effects"]),
        soon=Soon.unpacked(row["planned_at"], row["soon"]),
        planned_at=row["planned_at"],
        id=row["id"],
        started_from=row["started_from"],
    )
    draft = Draft(rulebook_of(row["content"]), row["files"], row["started_from"], row["by"])
    return KeptPlan(planned, draft, row["planned_at"], row["published_at"])


def note_published(connection: Connection, plan_id: str, now: dt.datetime) -> None:
    """Note that a plan was published; its effects have happened and are no longer needed."""
    values = {"published_at": now, "effects": b"", "soon": b""}
    connection.execute(update(plans).where(plans.c.id == plan_id).values(**values))


def _forget_old(connection: Connection, practice: str) -> None:
    of_practice = select(plans.c.id).where(plans.c.practice == practice)
    old = connection.execute(of_practice.order_by(plans.c.planned_at.desc(), plans.c.id).offset(MOST_KEPT - 1))
    connection.execute(delete(plans).where(plans.c.id.in_(old.scalars().all())))


def _row(kept: KeptPlan) -> dict[str, object]:
    planned, draft = kept.plan, kept.draft
    return {
        "id": kept.id,
        "practice": draft.practice,
        "base": planned.base,
        "started_from": draft.started_from,
        "revision": planned.revision,
        "content": content_of(draft.rulebook),
        "files": dict(draft.files),
        "summary": _summary(planned),
        "planned_at": kept.planned_at,
        "by": draft.by,
    }


def _summary(planned: PublishPlan) -> dict[str, object]:
    """Return as plain data what is shown of a plan; the rules as a list, since PostgreSQL keeps no order of keys."""
    return {
        "by_rule": [[rule, asdict(counts)] for rule, counts in planned.by_rule.items()],
        "total": asdict(planned.total),
        "moves": [_plain(asdict(move)) for move in planned.moves],
        "texts_changed": list(planned.texts_changed),
        "waiting_with_changed_texts": planned.waiting_with_changed_texts,
        "samples": [_plain(asdict(sample)) for sample in planned.samples],
        "costs": {currency: str(cost) for currency, cost in (planned.costs or {}).items()},
        "asks": planned.asks,
    }


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    return {name: each.isoformat() if isinstance(each, dt.datetime) else each for name, each in values.items()}


def _with_moments(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {**values, **{name: dt.datetime.fromisoformat(values[name]) for name in names}}
