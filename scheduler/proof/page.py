"""The part of a proof that people read: plain values in, HTML out. Pure; it asks for nothing outside the file.

Every value is escaped and set apart, so that what somebody was named or wrote cannot look like a word of ours.
"""

import html
import json
from collections.abc import Mapping
from typing import Final

from scheduler.proof.entries import Plain
from scheduler.proof.markup import NOTHING, Fact, anchor, items, shown, table

STYLE: Final = """
body{font:15px/1.45 Georgia,serif;color:#111;max-width:52rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}
h1{font-size:1.6rem}h2{font-size:1.25rem;margin-top:2.2rem;border-bottom:1px solid #999}
h3{font-size:1.05rem;margin:1.6rem 0 .3rem}h4{font-size:1rem;margin:.8rem 0 .2rem}
article{border-top:1px solid #ccc;break-inside:avoid-page}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.1rem .6rem .1rem 0}
th{font-weight:normal;color:#444;width:min(11rem,32%)}
blockquote{margin:.4rem 0;padding:.3rem .8rem;border-left:3px solid #777;white-space:pre-wrap}
pre,code{font:12px/1.4 monospace;white-space:pre-wrap}
ol.life{margin:.3rem 0;padding-left:1.4rem}
"""
_HEAD: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{title}</title><style>{style}</style></head><body>
"""


def opening(about: Plain) -> str:
    """Return the beginning of the page: whom it is of, from when to when, their numbers, and every word on consent."""
    contact, practice, made = about["contact"], about["practice"], about["made"]
    title = f"Texts between {practice['name']} and {contact['name'] or contact['ref']} ({contact['ref']})"
    period = about["period"]
    facts: list[Fact] = [
        ("Practice", shown(f"{practice['name']} ({practice['id']}), times are in {practice['timezone']}")),
        ("Period", shown(f"from {period['from'] or 'the beginning'} to {period['to'] or made['at']}")),
        ("Made at", shown(f"{made['at']} by {made['by']}, Quietbell {made['version']}")),
        ("Counts", shown(_counts(about["counts"]))),
    ]
    return "".join(
        [
            _HEAD.format(title=html.escape(title), style=STYLE),
            f"<h1>{shown(title)}</h1>\n<p>{shown(EXPLANATION)}</p>\n",
            table(facts),
            "<h2>The contact</h2>\n",
            table(_contact_facts(contact)),
            "<h2>Numbers</h2>\n",
            items(_number(each) for each in about["numbers"]),
            items((f"{each['texts']} texts for the contact {each['ref']}" for each in about["others"]), _OTHERS),
            "<h2>Opt-outs and consent, all that was ever recorded for these numbers</h2>\n",
            items(_word(each) for each in about["words"]),
            "<h2>Phoned, muted and unmuted</h2>\n",
            items(_note(each) for each in about["notes"]),
        ]
    )


EXPLANATION: Final = (
    "This file was written by the system that sent the texts, from its own records. A text's words are shown as they "
    "were sent; where they were removed after their time, their SHA-256 stands in their place. The same facts stand as "
    "data at the end, and the last line has the SHA-256 of everything above it: `quietbell proof --check FILE` tells "
    "whether a byte was changed since."
)
_OTHERS: Final = "Texts for other contacts went to the same numbers; they are not shown:"


def heading(title: str, count: int) -> str:
    """Return the heading of a list of entries, which says so where there is none."""
    nothing = "" if count else f"<p>{NOTHING}</p>\n"
    return f"<h2>{shown(title)}</h2>\n{nothing}"


def sources(gathered: Plain) -> str:
    """Return the rules, templates and revisions that the entries name."""
    parts = ["<h2>Rules in these texts' revisions</h2>\n", *map(_rule, gathered["rules"].items())]
    parts += ["<h2>Templates</h2>\n", *map(_template, gathered["templates"].items())]
    parts += ["<h2>Revisions</h2>\n", *map(_revision, gathered["revisions"].items())]
    return "".join(parts)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in counts.items())


def _contact_facts(contact: Plain) -> list[Fact]:
    names = {
        "ref": "Ref",
        "former_refs": "Former refs",
        "name": "Name",
        "language": "Language",
        "timezone": "Zone, as stated",
        "owner": "Owner",
        "via": "Texted on the phone of",
        "phone_given": "Phone as given",
        "phone_problem": "Cannot be texted",
        "reminders_off": "Reminders off",
        "created_at": "Recorded at",
        "updated_at": "Last changed at",
        "gone_at": "Removed at",
    }
    return [(name, shown(contact[key])) for key, name in names.items() if contact.get(key)]


def _number(number: Plain) -> str:
    texts = "no texts went there"
    if number["texts"]:
        requests = "1 request" if number["texts"] == 1 else f"{number['texts']} requests"
        texts = f"{requests}, first {number['first_at']}, last {number['last_at']}"
    return f"{number['number']}{', the present one' if number['is_present'] else ''}: {texts}"


def _word(word: Plain) -> str:
    what = f"{word['what'].replace('_', ' ')} ({', '.join(filter(None, (word['purpose'], word['basis'])))})"
    told = {"given": word["given_at"], "until": word["expires_at"]}
    parts = [what, *(f"{name} {moment}" for name, moment in told.items() if moment)]
    if word["wording"]:
        parts.append(f"to the words “{word['wording']}”")
    parts += [f"by {word['source']}", f"recorded by {word['by']}"]
    evidence = f": {word['evidence']}" if word["evidence"] else ""
    return f"{word['at']}  {word['number']}: {', '.join(parts)}{evidence}"


def _note(note: Plain) -> str:
    about = f" about {note['kind']} {note['ref']}" if note["ref"] else ""
    start = f", told the start {note['start']}" if note["start"] else ""
    rules = f", rules {', '.join(note['rules'])}" if note["rules"] else ""
    return f"{note['at']}  {note['did']}{about}{start}{rules}, by {note['by']}: {note['note']}"


def _rule(named: tuple[str, str]) -> str:
    key, words = named
    return f'<h4 id="{anchor("rule", key)}">{shown(key)}</h4>\n<pre>{html.escape(words)}</pre>\n'


def _template(named: tuple[str, Plain]) -> str:
    key, of = named
    title = f'<h4 id="{anchor("template", key)}">{shown(key)}</h4>\n'
    return f"{title}<pre>{html.escape(of['source'])}</pre>\n<p>SHA-256 {shown(of['sha256'])}</p>\n"


def _revision(named: tuple[str, Plain | None]) -> str:
    key, of = named
    if of is None:
        return f"<h4>{shown(key)}</h4>\n<p>It is not kept.</p>\n"
    note = f": {of['note']}" if of["note"] else ""
    line = f"published {of['published_at']} by {of['author']}{note}; in force from {', '.join(of['became_current_at'])}"
    settings = json.dumps(of["settings"], ensure_ascii=False, indent=1)
    return f"<h4>{shown(key)}</h4>\n<p>{shown(line)}</p>\n<pre>{html.escape(settings)}</pre>\n"
