"""What is wrong with a value of a rule file, said in plain words where it stands, with what to write instead."""

from pathlib import Path

import pytest

from tests.unit.scheduler.desks import RULES, SETTINGS, Folder, read_folder


def problems_in(root: Path, folder: Folder) -> list[str]:
    return [str(problem).replace(f"{root}/", "") for problem in read_folder(root, folder).problems]


def problems_of_settings(root: Path, text: str) -> list[str]:
    return problems_in(root, Folder(settings=SETTINGS + text))


def problems_of_rule(root: Path, text: str) -> list[str]:
    return problems_in(root, Folder(rules={"rules.yaml": text}))


@pytest.mark.parametrize(
    ("added", "line"),
    [
        ("senderz: []", "7:1: unknown key `senderz` in the practice file. Did you mean `senders`?"),
        ("country: ca", "7:1: the key `country` stands here a second time (first in line 4). Remove one of them"),
        (
            "holidays: CA-QC",
            "7:11: `CA-QC` is not a list (`holidays`). Write it in square brackets: `[CA-QC]`",
        ),
        (
            "extra_closed: [20261224]",
            "7:16: `20261224` is not a day (`extra_closed`). Write it as YYYY-MM-DD, such as 2026-12-24",
        ),
        ("on_doubt: hodl", "7:11: `hodl` is unknown in `on_doubt`. Did you mean `hold`?"),
        ("confirm_above: many", "7:16: `many` is not a whole number (`confirm_above`). Write digits"),
        ("confirm_above: -1", "7:16: `-1` is outside what `confirm_above` may be. Write at least 0"),
        (
            "sending_window: {mon: {a: 1}}",
            "7:23: `mon` is not written as hours. Write hours as `09:00-20:00`, as a list of those, or `closed`",
        ),
        ("templates: 5", "7:12: `5` is not a mapping (`templates`). Write it like `{payment_due: {max_segments: 1}}`"),
        (
            "kinds: {Visit Home: {}}",
            (
                "7:9: `Visit Home` is not a name: write lower-case letters, digits and underscores, such as "
                "`payment_due`. Did you mean `visit_home`?"
            ),
        ),
        (
            "kinds: {visit: {fields: {a: wrod}}}",
            "7:29: `wrod` is unknown in `a`. Did you mean `word`?",
        ),
        ("kinds: {visit: {feilds: {}}}", "7:17: unknown key `feilds` in `visit`. Did you mean `fields`?"),
        ("who_may_send: {text: [admin]}", "7:16: `text` is unknown in `who_may_send`. Did you mean `texts`?"),
        ("spending: {monthly_cap: 5}", "7:11: `currency` is missing in `spending`. Add it"),
        (
            "spending: {currency: CAD, warn_at: 80}",
            "7:36: `80` is not a percentage. Write a number and a sign, such as `80%`",
        ),
        (
            "first_text_adds: {english: Hi}",
            "7:19: `english` is not a language: write its code, such as `en` or `fr_CA`. Did you mean `en`?",
        ),
        ("countries: [ca]", "7:13: `ca` is not a country: write two capital letters, such as `CA`. Did you mean `CA`?"),
        (
            "calendars: [{id: a, kind: appointment, contact: [attende_email]}]",
            (
                "7:50: `attende_email` is no way to find an event's person (`contact`). "
                "Write `attendee_email`, `phone_in_text` or `{x_property: X-CONTACT-REF}`"
            ),
        ),
        (
            "calendars: [{id: a, kind: appointment, contact: [{x_property: x-ref}]}]",
            (
                "7:63: `x-ref` is not a property of a calendar's own: write it in capital letters, "
                "such as `X-CONTACT-REF`. Did you mean `X-REF`?"
            ),
        ),
        (
            "calendars: [{id: a, kind: appointment, fields: {place: location}}]",
            (
                "7:56: `location` is not a property of an event: write it in capital letters, such as `LOCATION`. "
                "Did you mean `LOCATION`?"
            ),
        ),
        (
            "consent: {commercial: assumed}",
            "7:23: `assumed` is unknown in `commercial`. There are `express`, `implied`",
        ),
        (
            "templates: {visit: {purpose: comercial}}",
            "7:30: `comercial` is unknown in `purpose`. Did you mean `commercial`?",
        ),
    ],
)
def test_what_is_wrong_with_a_setting_is_said_in_plain_words(tmp_path: Path, added: str, line: str) -> None:
    assert problems_of_settings(tmp_path, added) == [f"rules/acme/practice.yaml:{line}"]


STEP = "rules:\n  - id: a\n    for: appointment\n    steps:\n      - {id: s, before: 1 day, template: visit}\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (STEP + "    setps: []\n", "6:5: unknown key `setps` in a rule. Did you mean `steps`?"),
        (STEP.replace("for:", "for_:"), "2:5: `for` is missing in a rule. Add it"),
        (
            STEP.replace("id: a", "id: A b"),
            (
                "2:9: `A b` is not an id: write lower-case letters, digits and hyphens, "
                "such as `day-before`. Did you mean `a-b`?"
            ),
        ),
        (STEP.replace("1 day", "1 dya"), "5:25: `1 dya` is not a duration (`before`). Did you mean `1 day`?"),
        (
            STEP.replace("before: 1 day", 'before: 1 day, at: "25:00"'),
            "5:36: `25:00` is not a time of day (`at`). Write it as HH:MM, such as 09:30",
        ),
        (
            STEP.replace("template", "tempalte"),
            "5:32: unknown key `tempalte` in a step. Did you mean `template`?",
        ),
        (
            STEP.replace("id: s,", "id: s, if_late: sendnow,"),
            "5:26: `sendnow` is unknown in `if_late`. Did you mean `send_now`?",
        ),
        (
            STEP + "    only_if: {type: {undr: 5}}\n",
            "6:22: unknown key `undr` in `type`. Did you mean `under`?",
        ),
        (STEP + "    only_if: {type: {}}\n", "6:21: an empty test (`type`). Write under, over or not"),
        (
            STEP + "    only_if: {type: [[x]]}\n",
            (
                "6:21: `type` has no value to compare with. Write a word or number, a list of them, or `{under: 5}`, "
                "`{over: 0}`, `{not: x}`"
            ),
        ),
        (
            STEP + "    unless: hearing\n",
            (
                "6:13: `hearing` is not a condition (`unless`). Write fields with the values wanted, such as "
                "`{type: [hearing]}`"
            ),
        ),
        (STEP + "    to: contact\n", "6:9: `contact` is not a list (`to`). Write it in square brackets: `[contact]`"),
        (STEP + "    to: []\n", "6:9: `to` is empty. Write something into it"),
        (
            STEP + "    via: parent\n",
            (
                "6:5: `via` is said of a contact, not of a rule. Name there whose phone is used, "
                "and here only the role in `to`"
            ),
        ),
        (
            STEP + "    people: {interpreter: C-1}\n",
            "6:5: `people` is said of an occasion, not of a rule. Name the roles that are texted in `to`",
        ),
        (
            STEP + "    moved: {template: x}\n",
            "6:12: `moved` takes one word. Name the template that tells it",
        ),
        (STEP + "    changed: {of: [place]}\n", "6:14: `template` is missing in `changed`. Add it"),
        (
            STEP + "    changed: {of: place, template: x}\n",
            "6:19: `place` is not a list (`of`). Write it in square brackets: `[place]`",
        ),
        (
            STEP + "    was: Old One\n",
            (
                "6:10: `Old One` is not an id: write lower-case letters, digits and hyphens, such as `day-before`. "
                "Did you mean `old-one`?"
            ),
        ),
        (STEP + "    replies: {}\n", "6:14: no reply is named (`replies`). Write confirm, reschedule or decline"),
        (
            STEP + "    replies: {confirms: {words: [C]}}\n",
            "6:15: unknown key `confirms` in `replies`. Did you mean `confirm`?",
        ),
        (STEP + "    replies: {confirm: {say: x}}\n", "6:24: `words` is missing in `confirm`. Add it"),
        (STEP + "    replies: {confirm: {words: []}}\n", "6:32: `words` is empty. Write something into it"),
        (STEP + "    purpose: comercial\n", "6:14: `comercial` is unknown in `purpose`. Did you mean `commercial`?"),
        (
            STEP.replace("before: 1 day", "on: craeted"),
            ("5:21: `craeted` is no change that a text can go at (`on`). Did you mean `created`?"),
        ),
        (
            STEP.replace("before: 1 day", "on: {statuz: paid}"),
            "5:22: unknown key `statuz` in `on`. Did you mean `status`?",
        ),
        (
            STEP.replace("before: 1 day", "on: {status: [paid]}"),
            "5:30: `status` takes one word. Write a step for each",
        ),
        (
            STEP.replace("id: s,", "id: s, wait: 1 dya,"),
            "5:23: `1 dya` is not a duration (`wait`). Did you mean `1 day`?",
        ),
        (
            STEP.replace("id: s,", "id: s, if_undelivered: twice,"),
            "5:33: `twice` is unknown in `if_undelivered`. There are `again`",
        ),
        (
            "rule: []\n",
            "1:1: a rule file starts with `rules:`, then one rule after another. Write it instead of `rule:`",
        ),
        ("rules: {}\n", "1:8: `rules` is not a list. Write each rule after a hyphen"),
        (RULES + "extra: 1\n", "6:1: unknown key `extra` in a rule file. Only `rules` stands at its top"),
        ("", "1:1: the file is empty. Write into it, or remove it"),
        ("rules:\n  - 5\n", "2:5: `5` is not a mapping. Write `key: value`, one a line or in braces"),
    ],
)
def test_what_is_wrong_with_a_rule_is_said_in_plain_words(tmp_path: Path, text: str, line: str) -> None:
    assert f"rules/acme/rules.yaml:{line}" in problems_of_rule(tmp_path, text)


def test_no_word_of_the_libraries_gets_through(tmp_path: Path) -> None:
    text = STEP.replace("1 day", "[1]").replace("visit", "5") + "    only_if: {a: ~, b: [{}]}\n    effective_from: {}\n"
    for line in problems_of_rule(tmp_path, text):
        assert not any(word in line.lower() for word in ("input", "pydantic", "validat", "tuple", "str]", "dict"))


def test_a_flood_of_problems_is_cut_short(tmp_path: Path) -> None:
    text = STEP + "".join(f"    wrong{number}: 1\n" for number in range(9_000))
    found = problems_of_rule(tmp_path, text)
    assert len(found) <= 110
    assert any("there are more problems in a rule than are listed" in line for line in found)
