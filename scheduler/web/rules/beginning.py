"""The first files of a practice that has published nothing: small, right, and to be changed. Pure."""

from typing import Final

_PRACTICE: Final = """# Every key is explained as you type it, and in docs/rules.md.
practice: {practice}
name: {practice}
timezone: America/Toronto
country: CA                # default region for phone numbers
languages: [en]            # the first is the default
phone: "514-555-0100"
sending_window: {{mon-fri: "09:00-20:00", sat: "10:00-18:00", sun: closed, holidays: closed}}
senders:
  - {{id: main, number: "+15145550100", provider: terminal}}
"""
_RULES: Final = """rules:
  - id: appointment
    for: appointment
    steps:
      - {id: day-before, before: 1 day, at: "16:00", template: appointment_reminder}
"""
_TEXT: Final = (
    "{{ contact.first_name }}, your appointment is on {{ occasion.start | date }} at {{ occasion.start | time }}. "
    "Questions? Call {{ practice.phone }}.\n"
)


def files_of(practice: str) -> dict[str, str]:
    """Return the files by path."""
    return {
        f"rules/{practice}/practice.yaml": _PRACTICE.format(practice=practice),
        f"rules/{practice}/appointments.yaml": _RULES,
        f"templates_sms/{practice}/appointment_reminder.en.txt.j2": _TEXT,
    }
