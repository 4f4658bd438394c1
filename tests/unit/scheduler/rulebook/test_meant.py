"""What people write instead of a time, a duration, a day, a code or a key, and what is suggested for it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scheduler.rulebook.meant import (
    country_meant,
    days_meant,
    duration_meant,
    key_meant,
    language_meant,
    span_meant,
    time_meant,
    type_meant,
)
from tests.unit.scheduler.desks import RULES, SETTINGS, VISIT, Folder, read_folder, told

CURLY = chr(0x201C) + "10:00" + chr(0x201D)


@pytest.mark.parametrize(
    ("read", "written", "meant"),
    [
        (time_meant, "4pm", "16:00"),
        (time_meant, "4:30 PM", "16:30"),
        (time_meant, "12am", "00:00"),
        (time_meant, "12 p.m.", "12:00"),
        (time_meant, "16h", "16:00"),
        (time_meant, "16h30", "16:30"),
        (time_meant, "9:30", "09:30"),
        (time_meant, "0930", "09:30"),
        (time_meant, CURLY, "10:00"),
        (time_meant, "midi", "12:00"),
        (time_meant, "25:00", None),
        (time_meant, "10:75", None),
        (time_meant, "morning", None),
        (duration_meant, "1 days before", "1 day"),
        (duration_meant, "24h", "24 hours"),
        (duration_meant, "one day", "1 day"),
        (duration_meant, "a week", "1 week"),
        (duration_meant, "2 jours ouvrables", "2 business days"),
        (duration_meant, "3 working-days", "3 business days"),
        (duration_meant, "deux heures avant", "2 hours"),
        (duration_meant, "1 year", "12 months"),
        (duration_meant, "daily", "1 day"),
        (duration_meant, "soon", None),
        (duration_meant, "2 fortnights", None),
        (language_meant, "English", "en"),
        (language_meant, "français", "fr"),
        (language_meant, "fr-ca", "fr_CA"),
        (language_meant, "klingon", None),
        (country_meant, "Canada", "CA"),
        (country_meant, "États-Unis", "US"),
        (country_meant, "UK", "GB"),
        (country_meant, "Atlantis", None),
        (days_meant, "Monday", "mon"),
        (days_meant, "lundi-vendredi", "mon-fri"),
        (days_meant, "weekdays", "mon-fri"),
        (days_meant, "mon-fri", None),
        (days_meant, "payday", None),
        (span_meant, "9am-5pm", "09:00-17:00"),
        (span_meant, "9-5", "09:00-17:00"),
        (span_meant, "9h à 17h", "09:00-17:00"),
        (span_meant, "fermé", "closed"),
        (span_meant, "all day", None),
        (type_meant, "string", "text"),
        (type_meant, "datetime", "moment"),
        (type_meant, "colour", None),
    ],
)
def test_what_people_write_is_understood(read: Callable[[str], str | None], written: str, meant: str | None) -> None:
    assert read(written) == meant


def test_a_key_is_meant_only_where_it_is_known() -> None:
    assert key_meant("when", ("after", "before", "on")) == "`before`, `after` or `on`"
    assert key_meant("texte", ("template",)) == "`template`"
    assert key_meant("when", ("number",)) is None
    assert key_meant("befor", ("before",)) is None


def told_of(root: Path, change: tuple[str, str], *, settings: bool = False) -> list[str]:
    text = SETTINGS if settings else RULES
    assert change[0] in text
    changed = text.replace(*change)
    folder = Folder(settings=changed) if settings else Folder(rules={"rules.yaml": changed})
    return [line.replace("rules/acme/", "") for line in told(read_folder(root, folder), root)]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("    steps", "\tsteps"), "4:1: this is not well-formed YAML: a tab stands here. Indent with spaces only"),
        (
            ("template: visit}", "template: visit"),
            (
                "5:9: this is not well-formed YAML: the brace that opens here is not closed. "
                "Add what closes it, or a comma between two values"
            ),
        ),
        (
            ('"10:00"', '"10:00'),
            "5:45: this is not well-formed YAML: the quote that opens here is not closed. Close it with the same sign",
        ),
        (
            ("    for: appointment", "    for appointment"),
            "4:5: this is not well-formed YAML: a key has no colon here or in the line before. Write `key: value`",
        ),
        (
            ("    for", "\u00a0   for"),
            (
                "4:10: this is not well-formed YAML: a space here or in the line before is a no-break one. "
                "Type the spaces anew"
            ),
        ),
        (('at: "10:00"', "at: 4pm"), "5:45: `4pm` is not a time of day (`at`). Did you mean `16:00`?"),
        (
            ("before: 1 day", "before: 1 days before"),
            "5:34: `1 days before` is not a duration (`before`). Did you mean `1 day`?",
        ),
        (
            ("before: 1 day", "before: 1"),
            "5:34: `1` is not a duration (`before`). Write what it counts, such as `1 day`",
        ),
        (
            ("before: 1 day", "before: [1 day, 2 hours]"),
            "5:34: what stands here is not a duration (`before`). Write one here, and a step of its own for each other",
        ),
        (
            ("before: 1 day", "before: -1 day"),
            (
                "5:34: `-1 day` is not a duration (`before`). "
                "Write it without the minus sign, under `before` or under `after`"
            ),
        ),
        (("before: 1 day", "avant: 1 jour"), "5:26: unknown key `avant` in a step. Did you mean `before`?"),
        (
            ("template: visit", "template: visit.en.txt.j2"),
            "5:64: `visit.en.txt.j2` is a file's name. Write the template's: `visit`",
        ),
        (
            ("for: appointment", "for: [appointment]"),
            "3:10: `for` takes one word. Name one kind, and write a rule for each other",
        ),
        (
            ("rules:\n", "rules:\n  -\n"),
            "2:4: nothing stands after this hyphen. Write something there, or remove the hyphen",
        ),
        (
            ("    steps", "    only_if: {type:hearing}\n    steps"),
            "4:27: `type:hearing` lacks a space after its colon. Write `type: hearing`",
        ),
        (
            ("    steps", "    only_if: {contact: {tag: vip}}\n    steps"),
            "4:25: unknown key `tag` in `contact`. Write a contact's field as one word: `contact.tag`",
        ),
        (
            ("before: 1 day,", "on: paid,"),
            "5:30: `paid` is no change that a text can go at (`on`). Did you mean `{status: paid}`?",
        ),
        (
            ("before: 1 day,", "before: 1 day, useful_until: 6pm,"),
            "5:55: `6pm` does not say when a text is of no more use (`useful_until`). Did you mean `18:00`?",
        ),
        (
            ("rules:\n", "sending_window: {}\nrules:\n"),
            "1:1: unknown key `sending_window` in a rule file. It belongs into practice.yaml",
        ),
        (
            ("  - id: visit", "  * id: visit"),
            (
                "2:4: this is not well-formed YAML: a `*` or `&` stands here. "
                "Begin an entry of a list with a hyphen, and quote a value that begins so"
            ),
        ),
    ],
)
def test_a_mistake_in_a_rule_is_answered_with_what_was_meant(
    tmp_path: Path, change: tuple[str, str], line: str
) -> None:
    assert told_of(tmp_path, change) == [f"rules.yaml:{line}"]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            ("[en]", "[en-US]"),
            "5:13: `en-US` is not a language: write its code, such as `en` or `fr_CA`. Did you mean `en_US`?",
        ),
        (
            ("CA\n", "Canada\n"),
            "4:10: `Canada` is not a country: write two capital letters, such as `CA`. Did you mean `CA`?",
        ),
        (
            ("America/Toronto", "UTC-5"),
            "3:11: unknown zone `UTC-5`. Write the zone of a city, such as `America/Toronto`",
        ),
        (
            ("name: Acme\n", "name: Acme\nholidays: [Quebec]\n"),
            "3:12: unknown holiday code `Quebec`. Did you mean `CA-QC`?",
        ),
        (("name: Acme\n", "name: Acme\nholidays: [QC]\n"), "3:12: unknown holiday code `QC`. Did you mean `CA-QC`?"),
        (
            ("name: Acme\n", 'name: Acme\nsending_window: {lundi-vendredi: "09:00-17:00"}\n'),
            "3:18: sending window: `lundi` is not a day. Did you mean `mon-fri`?",
        ),
        (
            ("name: Acme\n", "name: Acme\nconfirm_above: 1,000\n"),
            "3:16: `1,000` is not a whole number (`confirm_above`). Did you mean `1000`?",
        ),
        (
            ("name: Acme\n", "name: Acme\nkeep: 2 years\n"),
            "3:7: `2 years` is not a mapping (`keep`). Write it like `{bodies: 2 years, numbers: 7 years}`",
        ),
        (
            ("name: Acme\n", "name: Acme\nrules: []\n"),
            (
                "3:1: unknown key `rules` in the practice file. "
                "Rules stand in a file of their own beside it, such as `appointments.yaml`"
            ),
        ),
    ],
)
def test_a_mistake_in_the_settings_is_answered_with_what_was_meant(
    tmp_path: Path, change: tuple[str, str], line: str
) -> None:
    assert told_of(tmp_path, change, settings=True) == [f"practice.yaml:{line}"]


def test_a_template_without_its_last_ending_is_told(tmp_path: Path) -> None:
    desk = read_folder(tmp_path, Folder(templates={"visit.en.txt": VISIT}))
    assert [line.partition(": ")[0] for line in told(desk, tmp_path)] == [
        "rules/acme/rules.yaml:5:64",
        "templates_sms/visit.en.txt:1:1",
    ]
