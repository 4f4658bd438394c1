"""What a worker gets of a rulebook: the rules' people, corrections, replies and repetitions."""

from pathlib import Path

from jobs.terms import ReplyTerms, RuleTerms, Terms
from scheduler.publishing.terms import derive_terms
from tests.unit.scheduler.desks import VISIT, Folder, read_folder

RULES = """\
rules:
  - id: visit
    for: appointment
    to: [contact, interpreter]
    sender: main
    steps:
      - {id: booked, on: created, template: visit, if_undelivered: again}
      - {id: day, before: 1 day, template: visit}
    moved: visit
    cancelled: visit
    changed: {of: [place, mode], template: visit}
    replies: {confirm: {words: [C, 1], say: visit}, reschedule: {words: [R]}, decline: {words: [N]}}
  - {id: plain, for: payment, steps: [{id: s, before: 1 day, at: "10:00", template: visit}]}
"""


def terms_of(root: Path) -> Terms:
    folder = Folder(rules={"r.yaml": RULES}, templates={"visit.en.txt.j2": VISIT})
    rulebook = read_folder(root, folder).rulebook()
    assert rulebook is not None
    return derive_terms(rulebook)


def test_a_rule_comes_with_its_people_corrections_and_replies(tmp_path: Path) -> None:
    assert terms_of(tmp_path).rule("visit") == RuleTerms(
        id="visit",
        kind="appointment",
        to=("contact", "interpreter"),
        sender="main",
        moved="visit",
        cancelled="visit",
        changed="visit",
        changed_of=("place", "mode"),
        replies={
            "confirmed": ReplyTerms(words=("C", "1"), say="visit"),
            "wants_move": ReplyTerms(words=("R",)),
            "declined": ReplyTerms(words=("N",)),
        },
        again=("booked",),
    )


def test_rules_keep_the_order_of_the_revision(tmp_path: Path) -> None:
    assert [rule.id for rule in terms_of(tmp_path).rules] == ["visit", "plain"]


def test_terms_of_a_rule_that_says_little_are_the_defaults(tmp_path: Path) -> None:
    assert terms_of(tmp_path).rule("plain") == RuleTerms(id="plain", kind="payment")


def test_there_are_none_of_a_rule_that_is_unknown(tmp_path: Path) -> None:
    assert terms_of(tmp_path).rule("other") is None


def test_a_kind_comes_with_what_its_statuses_mean(tmp_path: Path) -> None:
    kind = terms_of(tmp_path).kinds["payment"]
    assert (kind.live, kind.done, kind.off) == (("open", "partly_paid"), ("paid",), ("void",))


def test_terms_survive_their_row(tmp_path: Path) -> None:
    terms = terms_of(tmp_path)
    assert Terms.model_validate(terms.model_dump(mode="json")) == terms
