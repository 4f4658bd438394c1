"""`quietbell jobs settle` and money: what a job in doubt held is spent or freed with the order."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from jobs.database import Database
from jobs.providers.contract import Unknown
from jobs.records import spending as months
from jobs.terms import SpendingTerms
from scheduler.processes.cli import main
from tests.storage.builders import make_sender_terms
from tests.storage.delivering import ScriptedProvider, make_delivery, open_practice, queue_one_off

pytestmark = pytest.mark.usefixtures("logs_kept")


def settle_one_in_doubt(database: Database, url: str, monkeypatch: pytest.MonkeyPatch, how: str) -> tuple[int, int]:
    """Leave a text of 0.015 in doubt, settle it by the command; return what is spent and reserved, in millionths."""
    priced = make_sender_terms(currency="USD", price={"CA": Decimal("0.01")})
    cap = SpendingTerms(currency="CAD", rates={"USD": Decimal("1.5")}, monthly_cap=Decimal(100))
    open_practice(database, senders=(priced,), spending=cap)
    job_id = queue_one_off(database)
    make_delivery(database, ScriptedProvider(Unknown("silence"))).deliver([job_id])
    monkeypatch.setenv("QUIETBELL_DATABASE_URL", url)
    assert main(["jobs", "settle", str(job_id), how, "--because", "it is on the bill"]) == 0
    with database.read() as connection:
        rows = connection.execute(select(months.c.spent, months.c.reserved).where(months.c.what == "all"))
        spent, reserved = rows.one()
    return spent, reserved


@pytest.mark.parametrize(
    ("how", "expected"),
    [("--sent", (15_000, 0)), ("--not-sent", (0, 0)), ("--give-up", (0, 15_000)), ("--resend", (0, 15_000))],
)
def test_a_settled_doubt_spends_or_frees_what_it_held(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch, how: str, expected: tuple[int, int]
) -> None:
    assert settle_one_in_doubt(database, database_url, monkeypatch, how) == expected
