"""Checks of a practice's settings, senders and money, each with its exact line."""

from pathlib import Path

import pytest

from tests.unit.scheduler.desks import RULES, SETTINGS, Folder, read_folder, told

PRACTICE = "rules/acme/practice.yaml:"


def told_of(root: Path, settings: str) -> list[str]:
    return told(read_folder(root, Folder(settings=settings)), root)


def test_a_plain_practice_has_no_problem(tmp_path: Path) -> None:
    assert told_of(tmp_path, SETTINGS) == []


@pytest.mark.parametrize(
    ("added", "line"),
    [
        (
            "holidays: [CA-QC, CA-QB]",
            "7:19: unknown holiday code `CA-QB`. Did you mean `CA-QC`?",
        ),
        (
            "holidays: [Atlantis]",
            "7:12: unknown holiday code `Atlantis`. Write a country such as `CA`, or a part of one such as `CA-QC`",
        ),
        (
            "{extra_closed: [2026-12-24], extra_open: [2026-12-24]}",
            "7:16: warning: 2026-12-24 is in `extra_open` too, which wins. Remove it from one of them",
        ),
        (
            'sending_window: {mon-fry: "09:00-20:00"}',
            "7:18: sending window: `fry` is not a day. Did you mean 'fri'?",
        ),
        (
            'sending_window: {mon: "9-5"}',
            "7:18: sending window: `9-5` is not a span of hours. Did you mean `09:00-17:00`?",
        ),
        (
            'sending_window: {mon-fri: "09:00-20:00", tue: closed}',
            "7:17: sending window: tue is named twice. Name each day once",
        ),
        (
            "sending_window: {mon-sun: closed}",
            "7:17: the sending window is never open. Give at least one day hours",
        ),
        (
            "corrections_window: all day",
            (
                "7:21: corrections window: `all day` is not a span of hours. "
                "Write 'HH:MM-HH:MM' (24:00 may end it) or 'closed'"
            ),
        ),
        (
            "countries: [CA, UK]",
            "7:17: unknown country `UK`. Did you mean `GB`?",
        ),
        (
            "countries: [US]",
            "7:12: warning: the practice's own country `CA` is not allowed. Add it",
        ),
        (
            "first_text_adds: {de: Hallo}",
            "7:19: `de` is not one of the practice's languages. There are `en`",
        ),
        (
            "templates: {visit: {title: {fr: Visite}}}",
            "7:29: `fr` is not one of the practice's languages. There are `en`",
        ),
        (
            "templates: {vist: {max_segments: 1}}",
            "7:13: unknown template `vist`. Did you mean `visit`?",
        ),
        (
            "kinds: {appointment: {fields: {status: word}}}",
            "7:32: every occasion has `status` already. Name the field otherwise",
        ),
        (
            "kinds: {deadline: {status: {live: [open], done: [open]}}}",
            "7:50: the status `open` is already among `live`. Remove one of them",
        ),
        (
            "contact_fields: {phone: word}",
            "7:18: every contact has `phone` already. Name the field otherwise",
        ),
        (
            "keep: {bodies: two years}",
            "7:16: `two years` is not a length of time (`bodies`). Write it as `2 years` or `90 days`",
        ),
        (
            "who_may_send: {texts: [admin, stuff]}",
            "7:31: warning: `stuff` becomes a role of the practice's own. Did you mean `staff`?",
        ),
        (
            "spending: {currency: CDA}",
            "7:22: unknown currency `CDA`. Did you mean `CAD`?",
        ),
        (
            "spending: {currency: CAD, warn_at: 180%}",
            "7:36: `180%` is more than the whole cap. Write `80%`",
        ),
        (
            "spending: {currency: CAD, rates: {USD: 0}}",
            "7:40: the rate of USD must be more than 0. Mend it",
        ),
    ],
)
def test_a_wrong_setting_is_told_where_it_stands(tmp_path: Path, added: str, line: str) -> None:
    text = added.strip("{}").replace(", extra_open", "\nextra_open") if added.startswith("{") else added
    assert f"{PRACTICE}{line}" in told_of(tmp_path, SETTINGS + text + "\n")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "America/Toronto",
            "America/Torono",
            "3:11: unknown zone `America/Torono`. Did you mean `America/Toronto`?",
        ),
        ("practice: acme", "practice: acmi", "1:11: `practice: acmi` lies in the folder `acme`. Name them alike"),
        ("country: CA", "country: XX", "4:10: unknown country `XX`. Write its two letters, such as `CA`"),
        ("[en]", "[en, xx]", "5:17: unknown language `xx`. Write its code, such as `en` or `fr`"),
        ("[en]", "[en, en]", "5:17: `en` is named twice. Remove one of them"),
        (
            '"+15145550100"',
            '"514 555"',
            (
                "6:30: `514 555` is no sender's number. Write a number with its country (`+15145550100`), "
                "a short code (5 or 6 digits) or a name (at most 11 letters)"
            ),
        ),
        (
            "provider: terminal",
            "provider: terminul",
            "6:56: unknown provider `terminul`. Did you mean `terminal`?",
        ),
        (
            "provider: terminal}",
            "provider: terminal, fallback: mian}",
            "6:76: unknown sender `mian`. Did you mean `main`?",
        ),
        (
            "provider: terminal}",
            "provider: terminal, fallback: main}",
            "6:76: the fallbacks of `main` lead back to `main`. Leave one of them out",
        ),
        (
            "provider: terminal}",
            "provider: terminal, price: {CA: 0.01}}",
            "6:66: the sender `main` has prices without a currency. Add `currency`",
        ),
        (
            "terminal}]",
            'terminal, fallback: b}, {id: b, number: "+15145550101", provider: terminal, fallback: main}]',
            "6:76: the fallbacks of `main` lead back to `main`. Leave one of them out",
        ),
        (
            "}]",
            '}, {id: main, number: "+15145550101", provider: terminal}]',
            "6:72: a sender `main` exists already. Give it another id",
        ),
        (
            '[{id: main, number: "+15145550100", provider: terminal}]',
            "[]",
            "6:1: warning: there is no sender: nothing can be sent. Add one under `senders`",
        ),
    ],
)
def test_a_wrong_value_is_told_where_it_stands(tmp_path: Path, old: str, new: str, line: str) -> None:
    assert f"{PRACTICE}{line}" in told_of(tmp_path, SETTINGS.replace(old, new))


CAP = "spending: {currency: CAD, monthly_cap: 100}\n"


def test_under_a_cap_a_sender_without_a_price_for_an_allowed_country_is_refused(tmp_path: Path) -> None:
    settings = SETTINGS.replace("terminal}", "terminal, currency: CAD, price: {CA: 0.01}}")
    assert told_of(tmp_path, settings + CAP + "countries: [CA, US, FR]\n") == [
        f"{PRACTICE}6:11: under a spending cap the sender `main` needs a price for US, FR. Add it under `price`",
    ]


def test_without_a_cap_no_price_is_needed(tmp_path: Path) -> None:
    assert told_of(tmp_path, SETTINGS + "spending: {currency: CAD, per_number_per_day: 3}\n") == []


def test_under_a_cap_another_currency_needs_a_rate(tmp_path: Path) -> None:
    settings = SETTINGS.replace("terminal}", "terminal, currency: USD, price: {CA: 0.01}}")
    assert told_of(tmp_path, settings + CAP) == [
        (
            f"{PRACTICE}6:11: the sender `main` is billed in USD, the cap is in CAD. "
            "Add `rates: {USD: …}` under `spending`"
        ),
    ]


def test_a_rate_makes_another_currency_count(tmp_path: Path) -> None:
    settings = SETTINGS.replace("terminal}", "terminal, currency: USD, price: {CA: 0.01}}")
    assert told_of(tmp_path, settings + CAP.replace("monthly", "rates: {USD: 1.38}, monthly")) == []


def test_one_offs_cannot_have_more_than_the_whole(tmp_path: Path) -> None:
    settings = SETTINGS.replace("terminal}", "terminal, currency: CAD, price: {CA: 0.01}}")
    found = told_of(tmp_path, settings + CAP.replace("100", "100, one_offs_cap: 101"))
    assert found == [
        f"{PRACTICE}7:59: warning: `one_offs_cap` is more than `monthly_cap`, which holds for one-offs too. Lower it",
    ]


def test_first_texts_lack_no_language(tmp_path: Path) -> None:
    settings = SETTINGS.replace("[en]", "[en, fr]") + "first_text_adds: {en: Reply STOP to opt out.}\n"
    found = told(read_folder(tmp_path, Folder(settings=settings, templates=both("visit"))), tmp_path)
    assert found == [
        (
            f"{PRACTICE}7:1: warning: `first_text_adds` says nothing in `fr`: "
            "first texts in it carry another language. Add it"
        ),
    ]


def test_a_rule_names_a_sender_that_exists(tmp_path: Path) -> None:
    rules = RULES.replace("for: appointment", "for: appointment\n    sender: mian")
    assert told(read_folder(tmp_path, Folder(rules={"rules.yaml": rules})), tmp_path) == [
        "rules/acme/rules.yaml:4:13: unknown sender `mian`. Did you mean `main`?",
    ]


def test_a_contact_may_have_an_email_as_a_field_of_its_own(tmp_path: Path) -> None:
    assert told_of(tmp_path, SETTINGS + "contact_fields: {email: text}\n") == []


def both(name: str) -> dict[str, str]:
    text = "{{ occasion.start | date }} {{ occasion.start | time }}"
    return {f"{name}.en.txt.j2": text, f"{name}.fr.txt.j2": text}
