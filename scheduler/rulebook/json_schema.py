"""The schema of rule files as JSON Schema (draft 2020-12), for editors and for those who write files by program. Pure.

One schema for both files: a practice's settings, or a list of rules.
"""

from typing import Any

from pydantic.json_schema import models_json_schema

from scheduler.rulebook.schema import Practice, RuleFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"
JsonSchema = dict[str, Any]

_DESCRIPTIONS: dict[str, dict[str, str]] = {
    "Practice": {
        "practice": "The practice's id: the name of its folder.",
        "name": "The practice's name as texts print it.",
        "timezone": "IANA zone, such as America/Toronto, of occasions without their own.",
        "country": "Default region of phone numbers written without `+` (ISO 3166).",
        "languages": "Languages texts are written in; the first is the default.",
        "phone": "The practice's phone number as texts print it.",
        "holidays": "Codes of public holidays, such as CA-QC; a day in any of them is closed.",
        "extra_closed": "Further closed days.",
        "extra_open": "Days that are open in spite of a holiday, `extra_closed` or a weekend.",
        "sending_window": "Hours of each day in which texts may go; a day not named is closed.",
        "corrections_window": "Hours in which a correction about something within 24 hours may go.",
        "countries": "Countries that texts may go to; left out: the practice's own.",
        "senders": "Numbers that the practice sends from; the first is the practice's.",
        "spending": "Spend caps of a month, in the practice's zone.",
        "who_may_send": "Roles by what they may do.",
        "starts_with": "What every text starts with, so that people know who writes.",
        "first_text_adds": "The sentence that a number's first text carries, by language.",
        "on_doubt": "What to do with a text that was sent or not, where nobody can tell.",
        "auto_reply": "The template that answers, outside the sending window, a text that staff are to read.",
        "confirm_above": "Publishing more new and moved texts than this asks for their number.",
        "keep": "How long bodies and numbers are kept, such as `2 years`; left out: for ever.",
        "kinds": "Kinds of occasions: appointment and payment exist, further ones are the practice's own.",
        "contact_fields": "The practice's own fields of contacts, by type.",
        "templates": "What the practice says of its templates, by name.",
        "consent": "What consent a purpose needs: service `assumed` or `express`, commercial `express` or `implied`.",
        "sensitive": "What to do with a text that carries sensitive content.",
        "calendars": "Calendars to read; their addresses are secrets, from the environment.",
    },
    "Rule": {
        "id": "Lower-case letters, digits and hyphens; unique in the practice.",
        "was": "The id it had before it was renamed, so that nobody is told twice.",
        "for": "The kind of occasion it is about.",
        "steps": "The reminders, at least one.",
        "only_if": "Fields, status, answer or contact.<field> with the values wanted; all must hold, or one of a list.",
        "unless": "Withholds the text where it holds.",
        "to": "The roles that are texted; left out: the contact. An occasion names its people by role.",
        "sender": "The sender its texts go from; left out: the practice's first.",
        "purpose": "`commercial` needs the consent that the practice says.",
        "effective_from": "Occasions dated earlier are ignored.",
        "moved": "The template that tells the new start to who was told the old one.",
        "cancelled": "The template that tells who was told the start that the occasion is off.",
        "changed": "The fields whose change is told to who was told the old value, and the template that does.",
        "replies": "Words that people may answer with, and what they mean.",
    },
    "Step": {
        "id": "Lower-case letters, digits and hyphens; unique in its rule.",
        "was": "The id it had before it was renamed, so that nobody is told twice.",
        "template": "The name of a template under templates_sms.",
        "before": "How long before the start it goes: a number and minutes, hours, days, business days, weeks, months.",
        "after": "How long after the end it goes; without an end after the start.",
        "from": "Another date field of the kind to count from.",
        "on": "The change it goes at: `created`, or `{status: x}` when the status became x.",
        "wait": "How long after the change it goes; only with `on`.",
        "at": "Local time of day after the offset, HH:MM; needed for kinds dated by day.",
        "every": "How long between repeats; needs `times`.",
        "times": "How often it goes, the first time included.",
        "in_quiet_hours": "Where to go when the moment lies outside the sending window.",
        "if_late": "What to do when the moment had passed before the date was recorded.",
        "useful_until": "When it must no longer go: `2 hours before` the start, `1 day after` the end, or `18:00`.",
        "only_if": "As on a rule; both must hold.",
        "unless": "As on a rule; either withholds.",
        "if_undelivered": "`again`: once more, as a new job, where the text was not delivered.",
    },
    "Replies": {
        "confirm": "Sets the occasion's answer to `confirmed`.",
        "reschedule": "Sets the occasion's answer to `wants_move`.",
        "decline": "Sets the occasion's answer to `declined`.",
    },
    "Reply": {
        "words": "What people may write, as it is written: `01` is not 1.",
        "say": "The template that acknowledges it; left out: nothing is said.",
    },
    "Changed": {
        "of": "The fields whose change is told.",
        "template": "The template that tells it.",
    },
    "Calendar": {
        "id": "Names the calendar, and the variable of the environment that holds its address.",
        "kind": "The kind of occasion that its events are.",
        "every": "How often it is read.",
        "contact": "Ways to find an event's person, tried in order.",
        "fields": "The property of the event that each field of the kind is taken from.",
        "defaults": "Values of fields for which the event has none.",
    },
    "Sender": {
        "number": "The number texts come from, such as +15145550100.",
        "provider": "Who carries its texts.",
        "segments_per_second": "How many segments it may send in a second.",
        "price": "Price of a segment by country, in `currency`.",
        "fallback": "The sender that takes over what is surely not sent.",
    },
}


def rule_files_schema() -> JsonSchema:
    """Return one JSON Schema that both a practice's settings and a file of rules fit."""
    _, schema = models_json_schema([(Practice, "validation"), (RuleFile, "validation")], by_alias=True)
    definitions: dict[str, JsonSchema] = schema["$defs"]
    for name, definition in definitions.items():
        properties: dict[str, JsonSchema] = definition.get("properties", {})
        for key, sentence in _DESCRIPTIONS.get(name, {}).items():
            properties[key]["description"] = sentence
    return {
        "$schema": DIALECT,
        "title": "Quietbell rule files",
        "description": "practice.yaml (settings), or any other file of the folder (rules).",
        "anyOf": [{"$ref": "#/$defs/Practice"}, {"$ref": "#/$defs/RuleFile"}],
        "$defs": _used(definitions),
    }


def _used(definitions: dict[str, JsonSchema]) -> dict[str, JsonSchema]:
    """Return the definitions that are still referred to from the two files."""
    found: dict[str, JsonSchema] = {}
    waiting = ["Practice", "RuleFile"]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = definitions[name]
            waiting.extend(_references(definitions[name]))
    return dict(sorted(found.items()))


def _references(part: object) -> list[str]:
    if isinstance(part, dict):
        own = [str(part["$ref"]).rsplit("/", 1)[-1]] if isinstance(part.get("$ref"), str) else []
        return own + [name for value in part.values() for name in _references(value)]
    return [name for item in part for name in _references(item)] if isinstance(part, list) else []
