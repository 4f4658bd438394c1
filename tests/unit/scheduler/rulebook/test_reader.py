"""A practice's folder as a desk: what is read, what is refused, where each problem stands."""

import os
from pathlib import Path

import pytest

from scheduler.rulebook.reader import read_desk
from tests.unit.scheduler.desks import RULES, SETTINGS, VISIT, Folder, read_folder


def problems_in(root: Path, folder: Folder) -> list[str]:
    return [str(problem).replace(f"{root}/", "") for problem in read_folder(root, folder).problems]


def problems_of_settings(root: Path, text: str) -> list[str]:
    return problems_in(root, Folder(settings=SETTINGS + text))


def problems_of_rule(root: Path, text: str) -> list[str]:
    return problems_in(root, Folder(rules={"rules.yaml": text}))


def test_a_folder_becomes_a_rulebook(tmp_path: Path) -> None:
    desk = read_folder(tmp_path, Folder())
    rulebook = desk.rulebook()
    assert rulebook is not None
    assert rulebook.practice.practice == "acme"
    assert [rule.id for rule in rulebook.rules] == ["visit"]
    assert rulebook.templates == {"visit": {"en": VISIT}}


def test_a_revision_keeps_the_files_as_they_were_written(tmp_path: Path) -> None:
    assert read_folder(tmp_path, Folder()).files == {
        "rules/acme/practice.yaml": SETTINGS,
        "rules/acme/rules.yaml": RULES,
        "templates_sms/visit.en.txt.j2": VISIT,
    }


def test_rule_files_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    files = {"b.yaml": RULES.replace("id: visit", "id: second"), "a.yaml": RULES.replace("id: visit", "id: first")}
    desk = read_folder(tmp_path, Folder(rules=files))
    assert [placed.rule.id for placed in desk.rules] == ["first", "second"]


def test_a_practice_s_own_template_wins(tmp_path: Path) -> None:
    templates = {"visit.en.txt.j2": VISIT, "acme/visit.en.txt.j2": "Ours."}
    rulebook = read_folder(tmp_path, Folder(templates=templates)).rulebook()
    assert rulebook is not None
    assert rulebook.templates["visit"]["en"] == "Ours."


def test_templates_that_no_rule_uses_stay_out(tmp_path: Path) -> None:
    rulebook = read_folder(tmp_path, Folder(templates={"visit.en.txt.j2": VISIT, "other.en.txt.j2": "x"})).rulebook()
    assert rulebook is not None
    assert set(rulebook.templates) == {"visit"}


def test_a_text_written_as_a_number_is_taken_as_written(tmp_path: Path) -> None:
    settings = SETTINGS.replace("name: Acme", "name: 0042").replace('"+15145550100"', "+15145550100")
    desk = read_folder(tmp_path, Folder(settings=settings))
    assert desk.settings is not None
    assert desk.settings.name == "0042"
    assert desk.settings.senders[0].number == "+15145550100"


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
        ("templates: 5", "7:12: `5` is not a mapping (`templates`). Write `key: value`, one a line or in braces"),
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
            "7:19: `english` is not a language. Write its code, such as `en` or `fr_CA`",
        ),
        ("countries: [ca]", "7:13: `ca` is not a country: write two capital letters, such as `CA`. Did you mean `CA`?"),
        ("auto_reply: thanks", "7:1: `auto_reply` is not supported yet. Leave it out"),
        (
            "templates: {visit: {purpose: commercial}}",
            "7:30: `purpose: commercial` is not supported yet. Leave it out",
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
        (
            STEP + "    to: [contact, interpreter]\n",
            "6:19: `to: [contact, interpreter]` is not supported yet. Leave `to` out: the contact is texted",
        ),
        (STEP + "    moved: x\n", "6:5: `moved` is not supported yet. Leave it out"),
        (STEP + "    cancelled: x\n", "6:5: `cancelled` is not supported yet. Leave it out"),
        (STEP + "    changed: {of: [place], template: x}\n", "6:5: `changed` is not supported yet. Leave it out"),
        (STEP + "    was: b\n", "6:5: `was` is not supported yet. Leave it out"),
        (STEP + "    replies: {confirm: {words: [1]}}\n", "6:5: `replies` is not supported yet. Leave it out"),
        (STEP + "    purpose: commercial\n", "6:14: `purpose: commercial` is not supported yet. Leave it out"),
        (STEP.replace("before: 1 day", "on: created"), "5:17: `on` is not supported yet. Leave it out"),
        (STEP.replace("id: s,", "id: s, wait: 1 day,"), "5:17: `wait` is not supported yet. Leave it out"),
        (STEP.replace("id: s,", "id: s, was: t,"), "5:17: `was` is not supported yet. Leave it out"),
        (
            STEP.replace("id: s,", "id: s, if_undelivered: again,"),
            "5:17: `if_undelivered` is not supported yet. Leave it out",
        ),
        (
            "rule: []\n",
            "1:1: a rule file starts with `rules:`, then one rule after another. Add it",
        ),
        ("rules: {}\n", "1:8: `rules` is not a list. Write each rule after a hyphen"),
        (RULES + "extra: 1\n", "6:1: unknown key `extra` in a rule file. Only `rules` stands at its top"),
        ("", "1:1: the file is empty. Write into it, or remove it"),
        ("rules:\n  - 5\n", "2:5: `5` is not a mapping. Write `key: value`, one a line or in braces"),
    ],
)
def test_what_is_wrong_with_a_rule_is_said_in_plain_words(tmp_path: Path, text: str, line: str) -> None:
    assert f"rules/acme/rules.yaml:{line}" in problems_of_rule(tmp_path, text)


def test_the_supported_values_of_half_supported_keys_are_taken(tmp_path: Path) -> None:
    assert problems_of_rule(tmp_path, STEP + "    to: [contact]\n    purpose: service\n") == []


def test_an_unsupported_key_is_never_accepted(tmp_path: Path) -> None:
    desk = read_folder(tmp_path, Folder(rules={"rules.yaml": STEP + "    moved: x\n"}))
    assert desk.rulebook() is None


def test_all_problems_of_all_files_are_told_at_once_in_order(tmp_path: Path) -> None:
    rules = {"b.yaml": STEP.replace("1 day", "1 dya"), "a.yaml": STEP + "    setps: []\n"}
    found = problems_in(tmp_path, Folder(settings=SETTINGS + "on_doubt: hodl\n", rules=rules))
    assert [line.split(": ")[0] for line in found] == [
        "rules/acme/a.yaml:6:5",
        "rules/acme/b.yaml:5:25",
        "rules/acme/practice.yaml:7:11",
    ]


def test_no_word_of_the_libraries_gets_through(tmp_path: Path) -> None:
    text = STEP.replace("1 day", "[1]").replace("visit", "5") + "    only_if: {a: ~, b: [{}]}\n    effective_from: {}\n"
    for line in problems_of_rule(tmp_path, text):
        assert not any(word in line.lower() for word in ("input", "pydantic", "validat", "tuple", "str]", "dict"))


def test_a_flood_of_problems_is_cut_short(tmp_path: Path) -> None:
    text = STEP + "".join(f"    wrong{number}: 1\n" for number in range(9_000))
    found = problems_of_rule(tmp_path, text)
    assert len(found) <= 110
    assert any("there are more problems in a rule than are listed" in line for line in found)


def test_a_practice_that_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    read_folder(tmp_path, Folder())
    desk = read_desk(tmp_path / "rules", tmp_path / "templates_sms", "acmee")
    assert [problem.text for problem in desk.problems] == [
        "there is no practice.yaml in this folder. Did you mean `acme`?",
    ]


def test_files_with_odd_names_are_told_and_not_read(tmp_path: Path) -> None:
    rules = {"rules.yaml": RULES, "old.yml": "x", "bad\nname.yaml": "x", ".hidden.yaml": "x", "notes.md": "x"}
    assert problems_in(tmp_path, Folder(rules=rules)) == [
        (
            "rules/acme/bad\\nname.yaml:1:1: this file is not read: its name is odd. "
            "Rename it to letters, digits and hyphens, ending in `.yaml`"
        ),
        (
            "rules/acme/old.yml:1:1: this file is not read: its name is odd. "
            "Rename it to letters, digits and hyphens, ending in `.yaml`"
        ),
    ]


def test_a_misnamed_template_is_told(tmp_path: Path) -> None:
    found = problems_in(tmp_path, Folder(templates={"visit.en.txt.j2": VISIT, "visit.txt.j2": VISIT}))
    assert found == [
        (
            "templates_sms/visit.txt.j2:1:1: this file is not read: its name is not `<name>.<language>.txt.j2`, "
            "as in `payment_due.en.txt.j2`. Rename it"
        ),
    ]


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    read_folder(tmp_path, Folder())
    (tmp_path / "secret.yaml").write_text("rules: []\n")
    (tmp_path / "rules" / "acme" / "z.yaml").symlink_to(tmp_path / "secret.yaml")
    desk = read_desk(tmp_path / "rules", tmp_path / "templates_sms", "acme")
    assert [problem.text for problem in desk.problems] == [
        "this is a link to a file outside its folder. Put the file itself here",
    ]


def test_a_link_inside_the_folder_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "rules" / "acme"
    read_folder(tmp_path, Folder())
    (folder / "rules.yaml").rename(folder / "real.txt")
    (folder / "rules.yaml").symlink_to("real.txt")
    desk = read_desk(tmp_path / "rules", tmp_path / "templates_sms", "acme")
    assert [placed.rule.id for placed in desk.rules] == ["visit"]


def test_a_link_to_itself_is_told(tmp_path: Path) -> None:
    read_folder(tmp_path, Folder())
    (tmp_path / "rules" / "acme" / "z.yaml").symlink_to("z.yaml")
    desk = read_desk(tmp_path / "rules", tmp_path / "templates_sms", "acme")
    assert len(desk.problems) == 1
    assert desk.problems[0].text.startswith("the file cannot be read: ")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    read_folder(tmp_path, Folder())
    os.mkfifo(tmp_path / "rules" / "acme" / "z.yaml")
    desk = read_desk(tmp_path / "rules", tmp_path / "templates_sms", "acme")
    assert [problem.text for problem in desk.problems] == ["this is not an ordinary file. Put a text file here"]


def test_too_many_rule_files_are_refused(tmp_path: Path) -> None:
    rules = {f"r{number}.yaml": RULES for number in range(70)}
    assert problems_in(tmp_path, Folder(rules=rules)) == [
        "rules/acme:1:1: the folder holds 71 rule files, more than 60. Put rules together",
    ]


def test_too_much_altogether_is_refused(tmp_path: Path) -> None:
    rules = {f"r{number}.yaml": "# " + "x" * 900_000 for number in range(4)}
    found = problems_in(tmp_path, Folder(rules=rules))
    assert "the rule files together are larger than 2,000,000 bytes. Remove what is not needed" in found[-1]


def test_many_files_that_expand_by_aliases_are_refused_together(tmp_path: Path) -> None:
    bomb = "a: &a [" + "1," * 600 + "]\nb: [" + "*a," * 45 + "]\n"
    found = problems_in(tmp_path, Folder(rules={f"r{number:02}.yaml": bomb for number in range(10)}))
    assert any("the rule files hold more than 50,000 values. Remove some" in line for line in found)


def test_a_template_that_is_no_text_is_told(tmp_path: Path) -> None:
    found = problems_in(tmp_path, Folder(templates={"visit.en.txt.j2": b"a\xff"}))
    assert found == ["templates_sms/visit.en.txt.j2:1:2: this is not text in UTF-8. Save the file as UTF-8"]


def test_a_template_that_is_too_big_is_told(tmp_path: Path) -> None:
    found = problems_in(tmp_path, Folder(templates={"visit.en.txt.j2": "x" * 10_000_000}))
    assert found == [
        (
            "templates_sms/visit.en.txt.j2:1:1: the file is larger than 16,000 bytes. "
            "Split it, or check that it is the right file"
        ),
    ]


def test_a_broken_setting_leaves_the_rest_readable(tmp_path: Path) -> None:
    desk = read_folder(tmp_path, Folder(settings=SETTINGS + "on_doubt: hodl\n"))
    assert desk.settings is not None
    assert desk.broken == {"on_doubt"}
    assert desk.rulebook() is None
