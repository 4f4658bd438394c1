"""A practice's folder as a desk: what is read, what is refused, where each problem stands."""

import os
from pathlib import Path

from scheduler.rulebook.reader import read_desk
from scheduler.rulebook.schema import OnStatus
from tests.unit.scheduler.desks import RULES, SETTINGS, VISIT, Folder, read_folder


def problems_in(root: Path, folder: Folder) -> list[str]:
    return [str(problem).replace(f"{root}/", "") for problem in read_folder(root, folder).problems]


STEP = "rules:\n  - id: a\n    for: appointment\n    steps:\n      - {id: s, before: 1 day, template: visit}\n"


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


WHOLE = """\
rules:
  - id: visit
    was: old-visit
    for: appointment
    to: [contact, interpreter]
    purpose: commercial
    effective_from: 2020-01-01
    steps:
      - {id: booked, on: created, wait: 10 minutes, template: visit}
      - {id: gone, on: {status: no_show}, was: missed, template: visit, if_undelivered: again}
      - {id: day, before: 1 day, template: visit}
    moved: visit
    cancelled: visit
    changed: {of: [place, mode], template: visit}
    replies:
      confirm: {words: [C, OUI, 1, 01, true, NO], say: visit}
      decline: {words: ["0"]}
"""


def test_the_whole_language_is_read(tmp_path: Path) -> None:
    desk = read_folder(tmp_path, Folder(rules={"rules.yaml": WHOLE}))
    assert desk.problems == ()
    rule = desk.rules[0].rule
    assert (rule.was, rule.to, rule.purpose, rule.moved) == (
        "old-visit",
        ("contact", "interpreter"),
        "commercial",
        "visit",
    )
    assert rule.steps[0].on == "created"
    assert rule.steps[1].on == OnStatus(status="no_show")
    assert rule.changed is not None
    assert rule.changed.of == ("place", "mode")


def test_reply_words_are_taken_as_they_are_written(tmp_path: Path) -> None:
    rule = read_folder(tmp_path, Folder(rules={"rules.yaml": WHOLE})).rules[0].rule
    assert rule.replies is not None
    assert rule.replies.confirm is not None
    assert rule.replies.confirm.words == ("C", "OUI", "1", "01", "true", "NO")


def test_templates_of_corrections_and_acknowledgements_belong_to_the_rulebook(tmp_path: Path) -> None:
    names = ("visit", "told_moved", "told_off", "told_changed", "thanks")
    rules = (
        WHOLE.replace("moved: visit", "moved: told_moved")
        .replace("cancelled: visit", "cancelled: told_off")
        .replace("mode], template: visit", "mode], template: told_changed")
        .replace("say: visit", "say: thanks")
    )
    templates = {f"{name}.en.txt.j2": VISIT for name in names}
    rulebook = read_folder(tmp_path, Folder(rules={"rules.yaml": rules}, templates=templates)).rulebook()
    assert rulebook is not None
    assert set(rulebook.templates) == set(names)


def test_the_template_of_the_automatic_answer_is_read_too(tmp_path: Path) -> None:
    templates = {"visit.en.txt.j2": VISIT, "closed.en.txt.j2": "We are closed."}
    desk = read_folder(tmp_path, Folder(settings=SETTINGS + "auto_reply: closed\n", templates=templates))
    rulebook = desk.rulebook()
    assert rulebook is not None
    assert rulebook.templates["closed"] == {"en": "We are closed."}


def test_all_problems_of_all_files_are_told_at_once_in_order(tmp_path: Path) -> None:
    rules = {"b.yaml": STEP.replace("1 day", "1 dya"), "a.yaml": STEP + "    setps: []\n"}
    found = problems_in(tmp_path, Folder(settings=SETTINGS + "on_doubt: hodl\n", rules=rules))
    assert [line.split(": ")[0] for line in found] == [
        "rules/acme/a.yaml:6:5",
        "rules/acme/b.yaml:5:25",
        "rules/acme/practice.yaml:7:11",
    ]


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
