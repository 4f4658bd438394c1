"""Single values change in a file's text, and nothing else of it does."""

import pytest

from jobs.errors import InputError
from scheduler.rulebook.patching import with_value
from scheduler.rulebook.positions import Path

FLOW = """rules:  # ours
  - id: payment   # the first
    steps:
      - {id: due, before: 3 business days, at: "10:00", template: payment_due}  # why
"""
BLOCK = """rules:
  - id: payment
    steps:
      - id: due      # named by the office
        before: 1 day
        at: "10:00"  # after the bank opens
        template: payment_due
"""
STEP: Path = ("rules", 0, "steps", 0)


@pytest.mark.parametrize(
    ("text", "key", "value", "before", "after"),
    [
        (FLOW, "before", "5 days", "before: 3 business days", "before: 5 days"),
        (FLOW, "at", "09:30", 'at: "10:00"', 'at: "09:30"'),
        (FLOW, "if_late", "send_now", "template: payment_due}", "template: payment_due, if_late: send_now}"),
        (FLOW, "at", None, 'at: "10:00", ', ""),
        (FLOW, "template", None, ", template: payment_due}", "}"),
        (BLOCK, "at", "09:30", 'at: "10:00"  # after', 'at: "09:30"  # after'),
        (BLOCK, "at", None, '        at: "10:00"  # after the bank opens\n', ""),
        (BLOCK, "if_late", "skip", "by the office\n", "by the office\n        if_late: skip\n"),
        (BLOCK, "template", 'a "b": {c}', "template: payment_due", 'template: "a \\"b\\": {c}"'),
        (BLOCK, "template", "true", "template: payment_due", "template: true"),
    ],
)
def test_a_value_changes_and_all_else_stays(text: str, key: str, value: str | None, before: str, after: str) -> None:
    assert with_value(text, (*STEP, key), value) == text.replace(before, after)


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        (FLOW, ("rules", 0, "steps"), "x"),
        (FLOW, ("rules", 3, "id"), "x"),
        (FLOW, (*STEP, "nothing"), None),
        (BLOCK, (*STEP, "id"), None),
        ("a: &x 1\nb: *x\n", ("a",), "2"),
        ("a: |\n  words\nb: 1\n", ("a",), None),
        ("a: [", ("a",), "2"),
        ("a: 1\na: 2\n", ("a",), "3"),
    ],
)
def test_what_cannot_be_changed_alone_is_refused(text: str, path: Path, value: str | None) -> None:
    with pytest.raises(InputError):
        with_value(text, path, value)
