"""One entry of a proof as people read it: a text in or out, or a job never asked for.

Plain values in, HTML out. Pure.
"""

import json
from collections.abc import Sequence

from scheduler.proof.entries import Plain
from scheduler.proof.markup import Fact, anchor, items, shown, table, title


def show_entry(number: int, of: Plain) -> str:
    """Return one entry, numbered as its list is."""
    kinds = {"in": _text_in, "out_alone": _text_alone, "out": _text_out, "unsent": _unsent}
    return f"<article>\n{kinds[of['kind']](number, of)}</article>\n"


def _text_in(number: int, of: Plain) -> str:
    facts = [("From", shown(of["number"])), ("To", shown(of["own_number"]))]
    facts.append(("Provider", shown(f"{of['provider']}, its id {of['provider_id'] or 'none'}")))
    if of["media"]:
        facts.append(("Came with", shown(", ".join(f"{address} ({kind})" for address, kind in of["media"]))))
    if of["meaning"]:
        asked = "; staff were asked" if of["flagged"] else ""
        facts.append(("Understood as", shown(f"{of['meaning'].replace('_', ' ')}{asked}")))
    if of["settled_at"]:
        facts.append(("Settled", shown(f"{of['settled_at']} by {(of['settled_by'] or '').removeprefix('person:')}")))
    return title(f"{number}. In, {_when(of)}") + _words(of["body"], None) + table(facts)


def _text_alone(number: int, of: Plain) -> str:
    facts = [("To", shown(of["number"])), ("Provider's id", shown(of["provider_id"]))]
    note = "<p>Its job and requests are no longer kept.</p>\n"
    return title(f"{number}. Out, {_when(of)}") + _words(of["body"], None) + table(facts) + note


def _text_out(number: int, of: Plain) -> str:
    attempts: Sequence[Plain] = of["attempts"]
    parts = [title(f"{number}. Out, {_when(attempts[0])}"), table(_job_facts(of))]
    for place, attempt in enumerate(attempts, 1):
        if len(attempts) > 1:
            parts.append(f"<h4>Request {place} of {len(attempts)}</h4>\n")
        parts += [_words(attempt["body"], attempt["body_hash"]), table(_attempt_facts(attempt))]
    return "".join([*parts, _life(of)])


def _unsent(number: int, of: Plain) -> str:
    moment = _at(of["planned_for"], of["planned_for_local"])
    facts = [*_job_facts(of), ("Reason", shown(of["reason"]))]
    return title(f"{number}. Planned for {moment}") + table(facts) + _life(of)


def _job_facts(of: Plain) -> list[Fact]:
    about, rule = of["about"], of["rule"]
    facts = [("State", shown(of["state"].replace("_", " ")))]
    if about is not None:
        then = f", on {about['start_then']} as it was then" if about["start_then"] else ""
        facts.append(("About", shown(f"{about['kind']} {about['ref']}{then}; now {about['start_now']}")))
    if rule is not None:
        facts.append(("Caused by", _rule_named(rule)))
        facts.append(("Planned under", shown(of["planned_under"])))
    if of["asked_for_by"]:
        asked = ", ".join(f"{name}: {value}" for name, value in of["asked_for_by"].items())
        facts.append(("Asked for by", shown(asked)))
    if rule is None and not of["asked_for_by"]:
        facts.append(("Caused by", shown(of["origin"].replace("_", "-"))))
    if of["accepted_again"]:
        facts.append(("Accepted again", shown(f"{of['accepted_again']} more times than once")))
    return [*facts, ("Job", shown(of["job"]))]


def _attempt_facts(of: Plain) -> list[Fact]:
    problem = "".join(f", {of[name]}" for name in ("error_code", "reason") if of[name])
    facts = [
        ("Moment", shown(_when(of))),
        ("To", shown(of["to_number"])),
        ("From", shown(f"{of['from_number']} (sender {of['sender']})")),
        ("Size", shown(f"segments: {of['segments']}, {of['encoding']}, language {of['language'] or 'none'}")),
        ("Provider", shown(f"{of['provider']}, its id {of['provider_id'] or 'none'}")),
        ("Outcome", shown(f"{of['outcome_in_words']}{problem}; recorded {of['ended_at'] or 'never'}")),
        *[("Receipt", shown(_receipt(each))) for each in of["receipts"]],
        ("Cost", shown(_cost(of))),
        ("Written under", shown(f"revision {of['revision']}") + _rule_link(of["rule"])),
        ("Template", _template_named(of)),
        ("Sending window", shown(_window(of["window"]))),
        ("Consent", shown(_consent(of["consent"]))),
    ]
    if of["told_start"]:
        facts.append(("Told", shown(f"start {of['told_start']}, {json.dumps(of['told_fields'], ensure_ascii=False)}")))
    return [*facts, ("Request", shown(of["id"]))]


def _receipt(receipt: Plain) -> str:
    code = f", code {receipt['error_code']}" if receipt["error_code"] else ""
    return f"{receipt['status']} at {receipt['at']}{code}"


def _cost(of: Plain) -> str:
    told = [
        f"{said} {of[amount]} {of[currency] or ''}".rstrip()
        for said, amount, currency in (
            ("expected", "cost_estimated", "currency"),
            ("paid", "cost_actual", "currency"),
            ("its provider said", "price", "price_currency"),
        )
        if of[amount] is not None
    ]
    return ", ".join(told) or "not known"


def _window(window: Plain | None) -> str:
    if not window:
        return "not kept"
    zones = ", ".join(window["zones"])
    if window.get("hours") == "ignored":
        return f"not asked, as a person chose; it could go until {window['ends']}"
    whose = " for corrections" if window.get("hours") == "corrections" else ""
    return f"open{whose} at that moment in {zones}; it could go until {window['ends']}"


def _consent(consent: Plain | None) -> str:
    if not consent:
        return "not kept"
    word = f"the newest word was {consent['word']}" if consent["word"] else "no word on it was recorded"
    return f"no opt-out stood; the practice asks for {consent['asked_for']} consent ({consent['purpose']}), {word}"


def _rule_named(rule: Plain) -> str:
    return shown(f"rule {rule['rule']}{', step ' + rule['step'] if rule['step'] else ''}") + _rule_link(rule)


def _rule_link(rule: Plain | None) -> str:
    if rule is None or rule["words"] is None:
        return ""
    return f' (<a href="#{anchor("rule", rule["words"])}">its words</a>)'


def _template_named(of: Plain) -> str:
    if of["template"] is None:
        return shown("none: a person's own words")
    kept = f"{of['template']}, SHA-256 {of['template_hash'] or 'not kept'}"
    found = of["template_source"]
    if found is None:
        return shown(f"{kept}; its source is not in revision {of['revision']}")
    same = {True: "; the source has it", False: "; THE SOURCE HAS ANOTHER", None: ""}[found["has_the_hash_kept"]]
    link = f' (<a href="#{anchor("template", found["key"])}">its source</a>)'
    return shown(f"{kept}{same}") + link


def _life(of: Plain) -> str:
    return items(of["life_in_words"], "Its life:", kind='ol class="life"')


def _words(body: str | None, digest: str | None) -> str:
    if body is not None:
        return f"<blockquote>{shown(body)}</blockquote>\n"
    proof = f", SHA-256 {digest}" if digest else ""
    return f"<p>Its words were removed after their time{shown(proof)}.</p>\n"


def _when(of: Plain) -> str:
    return _at(of["at"], of["local"])


def _at(utc: str, local: Sequence[Plain]) -> str:
    there = ", ".join(f"{each['moment']} ({each['zone']})" for each in local)
    return f"{utc} = {there}"
