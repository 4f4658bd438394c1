"""Proof of what was said to a contact, on both databases: what the file holds, and what it refuses."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from jobs import consent, store
from jobs.errors import NotFoundError, RefusedError
from jobs.providers.contract import Later, Outcome
from jobs.records import attempts, new_id, notes, receipts, texts
from jobs.states import Origin
from scheduler.proof import Counts, Request, check_seal, write_proof
from scheduler.proof.reading import Span, hold_still
from scheduler.proof.writing import DATA_ID
from tests.storage.delivering import ScriptedProvider, make_delivery
from tests.storage.intake_practice import DAY_BEFORE, Desk, make_rulebook, opened

SOURCE = "See you {{ occasion.start | date }} at {{ occasion.start | time }}"
RULEBOOK = make_rulebook(
    steps=(DAY_BEFORE,),
    practice={"sending_window": {"mon-sun": "09:00-20:00", "holidays": "09:00-20:00"}, "starts_with": "Northlight: "},
).model_copy(update={"templates": {"reminder": {"en": SOURCE}}})


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened(database_url, RULEBOOK) as desk:
        yield desk


def deliver(desk: Desk, *outcomes: Outcome) -> None:
    """Let every job that is due be delivered."""
    due = [job.id for job in desk.jobs() if job.due_at <= desk.clock.now()]
    desk.database.write(lambda connection: store.enqueue(connection, due, now=desk.clock.now()))
    make_delivery(desk.database, ScriptedProvider(*outcomes)).deliver(due)


def text_one(desk: Desk, **visit: object) -> None:
    """Let a reminder go out."""
    desk.visit(**({"contact": "C-1", "start": "2026-11-25 10:00", "status": "booked"} | visit))  # type: ignore[arg-type]  # a ref among them
    desk.clock.jump_to(dt.datetime(2026, 11, 24, 21, 0, tzinfo=dt.UTC))  # 16:00 in Toronto, the day before
    deliver(desk)


def send_one_off(desk: Desk, **changes: Any) -> None:
    values: dict[str, Any] = {
        "practice": "northlight",
        "identity": new_id(),
        "origin": Origin.ONE_OFF,
        "sender": "main",
        "provider": "terminal",
        "planned_for": desk.clock.now(),
        "useful_until": desk.clock.now() + dt.timedelta(days=1),
        "text": "Your file is ready.",
        "to_number": "+15145550001",
        "sent_by": {"name": "Zoé", "way": "command line"},
    }
    job = store.NewJob(**(values | changes))
    desk.database.write(lambda c: store.plan(c, [job], by=store.person("Zoé"), now=desk.clock.now()))
    deliver(desk)


def prove(desk: Desk, folder: Path, ref: str = "C-1", span: Span = Span(), *, force: bool = False) -> Counts:  # noqa: B008 - frozen
    request = Request(
        practice="northlight",
        name="Northlight",
        zone="America/Toronto",
        contact=ref,
        span=span,
        target=folder / "proof.html",
        by="ana",
        version="1",
        force=force,
    )
    with desk.database.read() as connection:
        hold_still(connection)
        return write_proof(connection, request, desk.clock.now())


def page_of(folder: Path) -> str:
    return (folder / "proof.html").read_text(encoding="utf-8")


def data_of(folder: Path) -> dict[str, Any]:
    """Return the data at the end of the file, as a program would read it."""
    _, _, after = page_of(folder).partition(f'<script type="application/json" id="{DATA_ID}">')
    found: dict[str, Any] = json.loads(after.partition("</script>")[0])
    return found


def test_a_text_is_proven_with_what_it_rested_on(desk: Desk, tmp_path: Path) -> None:
    text_one(desk)

    counts = prove(desk, tmp_path)

    data = data_of(tmp_path)
    [entry] = data["entries"]
    [attempt] = entry["attempts"]
    assert (counts.out, counts.requests, counts.incoming) == (1, 1, 0)
    assert attempt["body"].startswith("Northlight: See you")
    assert attempt["at"] == "2026-11-24T21:00:00+00:00"
    assert attempt["local"] == [{"zone": "America/Toronto", "moment": "Tue 24 Nov 2026 16:00"}]
    assert attempt["window"] == {
        "zones": ["America/Toronto"],
        "ends": "2026-11-25T01:00:00+00:00",
        "hours": "sending",
        "day": None,
    }
    assert attempt["consent"] == {"purpose": "service", "asked_for": "assumed", "word": None}
    assert (attempt["rule"]["rule"], attempt["rule"]["step"]) == ("visit", "day-before")
    assert entry["about"]["ref"] == "A-1"
    assert [each["verb"] for each in entry["life"]] == ["plan", "enqueue", "claim", "send", "record"]
    assert entry["life_in_words"][-1] == "Tue 24 Nov 2026 16:00  recorded: sent by worker."


def test_the_rule_s_words_and_the_template_stand_once_and_the_hash_is_recomputed(desk: Desk, tmp_path: Path) -> None:
    text_one(desk)

    prove(desk, tmp_path)

    data = data_of(tmp_path)
    [attempt] = data["entries"][0]["attempts"]
    revision, sources = attempt["revision"], data["sources"]
    assert "id: day-before" in sources["rules"][f"{revision}/visit"]
    template = sources["templates"][f"{revision}/reminder.en"]
    assert (template["source"], template["sha256"]) == (SOURCE, attempt["template_hash"])
    assert attempt["template_source"]["has_the_hash_kept"] is True
    assert sources["revisions"][revision]["author"] == "tests"
    assert "09:00-20:00" in str(sources["revisions"][revision]["settings"]["sending_window"])


def test_a_template_that_is_not_the_one_that_was_kept_is_called_out(desk: Desk, tmp_path: Path) -> None:
    text_one(desk)
    desk.database.write(lambda c: c.execute(update(attempts).values(template_hash="0" * 64)))

    prove(desk, tmp_path)

    assert "THE SOURCE HAS ANOTHER" in page_of(tmp_path)


def test_a_one_off_says_who_sent_it_and_has_no_template(desk: Desk, tmp_path: Path) -> None:
    send_one_off(desk)

    prove(desk, tmp_path)

    [entry] = data_of(tmp_path)["entries"]
    [attempt] = entry["attempts"]
    assert entry["asked_for_by"]["name"] == attempt["caused_by"]["sent_by"]["name"] == "Zoé"
    assert (attempt["template"], attempt["template_hash"]) == (None, None)


def test_every_attempt_is_shown_with_its_receipts(desk: Desk, tmp_path: Path) -> None:
    desk.visit(contact="C-1", start="2026-11-25 10:00", status="booked")
    desk.clock.jump_to(dt.datetime(2026, 11, 24, 21, 0, tzinfo=dt.UTC))
    deliver(desk, Later("busy"))
    desk.later(hours=1)
    deliver(desk)
    first, second = (each["id"] for each in _attempts(desk))
    row = {"id": new_id(), "provider": "terminal", "provider_id": "x", "attempt_id": second, "status": "delivered"}
    desk.database.write(lambda c: c.execute(insert(receipts).values(**row, at=desk.clock.now())))

    counts = prove(desk, tmp_path)

    [entry] = data_of(tmp_path)["entries"]
    assert (counts.out, counts.requests) == (1, 2)
    assert [each["id"] for each in entry["attempts"]] == [str(first), str(second)]
    assert [each["outcome"] for each in entry["attempts"]] == ["later", "accepted"]
    assert [[each["status"] for each in one["receipts"]] for one in entry["attempts"]] == [[], ["delivered"]]


def test_after_redaction_the_hash_stands_in_place_of_the_words(desk: Desk, tmp_path: Path) -> None:
    text_one(desk)
    desk.database.write(lambda c: c.execute(update(attempts).values(body=None)))

    prove(desk, tmp_path)

    [attempt] = data_of(tmp_path)["entries"][0]["attempts"]
    assert attempt["body"] is None
    assert f"removed after their time<bdi>, SHA-256 {attempt['body_hash']}" in page_of(tmp_path)


def test_texts_in_stand_among_those_out_in_their_order(desk: Desk, tmp_path: Path) -> None:
    send_one_off(desk)
    desk.later(minutes=5)
    add_text(desk, "Merci <b>beaucoup</b>")
    desk.later(minutes=5)
    send_one_off(desk)

    counts = prove(desk, tmp_path)

    assert [each["kind"] for each in data_of(tmp_path)["entries"]] == ["out", "in", "out"]
    assert counts.incoming == 1
    assert "Merci &lt;b&gt;beaucoup&lt;/b&gt;" in page_of(tmp_path)


def add_text(desk: Desk, body: str, **changes: object) -> None:
    row = {"id": new_id(), "practice": "northlight", "number": "+15145550001", "direction": "in", "body": body}
    row |= {"at": desk.clock.now()} | changes
    desk.database.write(lambda c: c.execute(insert(texts).values(**row)))


def test_a_text_whose_job_is_gone_is_still_proven(desk: Desk, tmp_path: Path) -> None:
    send_one_off(desk)
    desk.database.write(lambda c: c.execute(delete(attempts)))

    prove(desk, tmp_path)

    [entry] = data_of(tmp_path)["entries"]
    assert (entry["kind"], entry["body"]) == ("out_alone", "Northlight: Your file is ready.")


def test_what_never_went_is_listed_with_its_reason(desk: Desk, tmp_path: Path) -> None:
    desk.visit(contact="C-1", start="2026-12-01 10:00", status="booked")
    [job] = desk.jobs()
    pick = store.Pick(id=job.id, reason="she called")
    desk.database.write(lambda c: store.cancel(c, [pick], by=store.person("ana"), now=desk.clock.now()))

    counts = prove(desk, tmp_path)

    [entry] = data_of(tmp_path)["never_asked"]
    assert (counts.never_asked, entry["state"], entry["reason"]) == (1, "cancelled", "she called")
    assert "cancelled by ana: she called." in entry["life_in_words"][-1]


def test_every_word_on_consent_and_every_note_is_there_whatever_the_period(desk: Desk, tmp_path: Path) -> None:
    said = consent.ConsentWord(practice="northlight", number="+15145550001", what="opt_out", source="text", by="person")
    desk.database.write(lambda c: consent.record(c, [said], now=desk.clock.now()))
    row = {"id": new_id(), "practice": "northlight", "contact_id": desk_contact(desk), "did": "phoned"}
    row |= {"note": "told her", "by": "ana", "at": desk.clock.now()}
    desk.database.write(lambda c: c.execute(insert(notes).values(**row)))
    desk.later(days=3)

    prove(desk, tmp_path, span=Span(first=desk.clock.now()))

    data = data_of(tmp_path)["about"]
    assert [(each["what"], each["source"]) for each in data["words"]] == [("opt_out", "text")]
    assert [(each["did"], each["note"]) for each in data["notes"]] == [("phoned", "told her")]


def test_a_consent_is_shown_with_what_the_person_agreed_to_and_when(desk: Desk, tmp_path: Path) -> None:
    said = consent.ConsentWord(
        practice="northlight",
        number="+15145550001",
        what="consent",
        purpose="commercial",
        source="form",
        by="ana",
        evidence="form in F-77",
        basis="implied",
        wording="Yes, <send> me news",
        given_at=dt.datetime(2026, 1, 5, 15, 0, tzinfo=dt.UTC),
        expires_at=dt.datetime(2028, 1, 5, 15, 0, tzinfo=dt.UTC),
    )
    desk.database.write(lambda c: consent.record(c, [said], now=desk.clock.now()))

    prove(desk, tmp_path)

    assert "consent (commercial, implied), given 2026-01-05T15:00:00+00:00, until 2028-01-05" in page_of(tmp_path)
    assert "to the words “Yes, &lt;send&gt; me news”, by form, recorded by ana: form in F-77" in page_of(tmp_path)


def test_a_text_in_says_what_it_was_taken_for_and_who_saw_to_it(desk: Desk, tmp_path: Path) -> None:
    settled = {"settled_at": desk.clock.now(), "settled_by": "person:ana", "own_number": "+15145550100"}
    media = [["https://media.example/1", "image/jpeg"]]
    add_text(desk, "no more", meaning="ambiguous", flagged=True, provider="twilio", media=media, **settled)

    prove(desk, tmp_path)

    [entry] = data_of(tmp_path)["entries"]
    names = ("meaning", "flagged", "provider", "own_number", "media", "settled_by", "settled_at")
    moment = desk.clock.now().isoformat()
    expected = ["ambiguous", True, "twilio", "+15145550100", media, "person:ana", moment]
    assert [entry[name] for name in names] == expected
    page = page_of(tmp_path)
    assert "<bdi>ambiguous; staff were asked</bdi>" in page
    assert f"<bdi>{moment} by ana</bdi>" in page
    assert "https://media.example/1 (image/jpeg)" in page


def test_what_a_text_cost_is_told_as_expected_as_paid_and_as_its_provider_said(desk: Desk, tmp_path: Path) -> None:
    text_one(desk)
    costs = {"cost_estimated": "0.0110", "cost_actual": "0.0104", "currency": "CAD"}
    costs |= {"price": "0.0075", "price_currency": "USD"}
    desk.database.write(lambda c: c.execute(update(attempts).values(**costs)))

    prove(desk, tmp_path)

    [attempt] = data_of(tmp_path)["entries"][0]["attempts"]
    assert (attempt["price"], attempt["price_currency"]) == ("0.0075", "USD")
    assert "expected 0.0110 CAD, paid 0.0104 CAD, its provider said 0.0075 USD" in page_of(tmp_path)


def desk_contact(desk: Desk) -> object:
    return desk.rows()["contacts"][0]["id"]


def test_a_period_leaves_the_rest_out(desk: Desk, tmp_path: Path) -> None:
    send_one_off(desk)
    desk.later(hours=2)
    middle = desk.clock.now()
    send_one_off(desk, text="Second.")

    prove(desk, tmp_path, span=Span(first=middle))

    assert [each["attempts"][0]["body"] for each in data_of(tmp_path)["entries"]] == ["Northlight: Second."]


def test_texts_for_others_at_the_same_number_are_counted_and_not_shown(desk: Desk, tmp_path: Path) -> None:
    desk.contact("C-2", phone="+15145550001", first_name="Lea")
    text_one(desk, contact="C-2")

    counts = prove(desk, tmp_path)

    assert counts.out == 0
    assert data_of(tmp_path)["about"]["others"] == [{"ref": "C-2", "texts": 1}]
    assert "See you November" not in page_of(tmp_path)


def test_an_empty_history_is_a_file_that_says_so(desk: Desk, tmp_path: Path) -> None:
    counts = prove(desk, tmp_path)

    assert (counts.out, counts.incoming, counts.never_asked) == (0, 0, 0)
    assert "Texts, in their order</bdi></h2>\n<p>None.</p>" in page_of(tmp_path)
    assert data_of(tmp_path)["entries"] == []


def test_an_unknown_contact_is_an_error_with_the_nearest_refs_and_no_file(desk: Desk, tmp_path: Path) -> None:
    desk.contact("C-12", phone="+15145550002")

    with pytest.raises(NotFoundError, match="no contact 'C-11' in practice northlight; the nearest are: C-1, C-12"):
        prove(desk, tmp_path, "C-11")
    assert [each for each in tmp_path.iterdir() if not each.name.startswith("q.db")] == []


def test_a_file_that_is_there_is_not_replaced_without_force(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "proof.html").write_text("mine", encoding="utf-8")

    with pytest.raises(RefusedError, match="exists already: --force"):
        prove(desk, tmp_path)

    assert page_of(tmp_path) == "mine"
    prove(desk, tmp_path, force=True)
    assert check_seal(tmp_path / "proof.html").is_whole


def test_the_counted_digest_is_that_of_the_file(desk: Desk, tmp_path: Path) -> None:
    text_one(desk)

    counts = prove(desk, tmp_path)

    seal = check_seal(tmp_path / "proof.html")
    assert (seal.digest, seal.is_whole) == (counts.digest, True)


def test_two_proofs_of_one_moment_are_the_same_to_the_byte(desk: Desk, tmp_path: Path) -> None:
    text_one(desk)

    assert prove(desk, tmp_path).digest == prove(desk, tmp_path, force=True).digest


def _attempts(desk: Desk) -> list[Any]:
    with desk.database.read() as connection:
        return list(connection.execute(attempts.select().order_by(attempts.c.started_at)).mappings())
