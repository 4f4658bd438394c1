"""What a worker needs of a rulebook: a checked rulebook in, its terms out. Pure."""

from collections.abc import Mapping
from decimal import Decimal

from jobs.terms import Answer, KindTerms, ReplyTerms, RuleTerms, SenderTerms, SpendingTerms, TemplateTerms, Terms
from scheduler.planning.compiled import compile_rulebook
from scheduler.rulebook.schema import (
    Kind,
    Practice,
    Replies,
    Reply,
    Rule,
    Rulebook,
    Spending,
    TemplateSettings,
    kinds_of,
)

_PERCENT = Decimal(100)


def derive_terms(rulebook: Rulebook) -> Terms:
    """Return the terms of a rulebook that has passed its checks, with the plan hash of every step.

    Raises:
        InputError: a holiday code or the sending window cannot be read.

    """
    practice = rulebook.practice
    return Terms(
        practice=practice.practice,
        name=practice.name,
        phone=practice.phone,
        timezone=practice.timezone,
        country=practice.country,
        languages=practice.languages,
        holidays=practice.holidays,
        extra_closed=practice.extra_closed,
        extra_open=practice.extra_open,
        sending_window=practice.sending_window,
        corrections_window=practice.corrections_window,
        countries=practice.allowed_countries,
        senders=_senders(practice),
        spending=_spending(practice.spending) if practice.spending else None,
        starts_with=practice.starts_with,
        first_text_adds=practice.first_text_adds,
        consent_service=practice.consent.service,
        consent_commercial=practice.consent.commercial,
        sensitive={
            "cards": practice.sensitive.cards,
            "identity_numbers": practice.sensitive.identity_numbers,
            "passports": practice.sensitive.passports,
            "passwords": practice.sensitive.passwords,
        },
        on_doubt=practice.on_doubt,
        auto_reply=practice.auto_reply,
        kinds={name: _kind(kind) for name, kind in kinds_of(practice).items()},
        contact_fields=dict(practice.contact_fields),
        templates=_templates(practice, rulebook.templates),
        rules=tuple(rule_terms(rule) for rule in rulebook.rules),
        plan_hashes=compile_rulebook(rulebook).plan_hashes,
    )


def _kind(kind: Kind) -> KindTerms:
    words = kind.status
    return KindTerms(dated=kind.dated, fields=dict(kind.fields), live=words.live, done=words.done, off=words.off)


def rule_terms(rule: Rule) -> RuleTerms:
    """Return what is needed of a rule after its jobs are planned."""
    return RuleTerms(
        id=rule.id,
        kind=rule.for_,
        to=rule.to,
        sender=rule.sender,
        purpose=rule.purpose,
        moved=rule.moved,
        cancelled=rule.cancelled,
        changed=rule.changed.template if rule.changed else None,
        changed_of=rule.changed.of if rule.changed else (),
        replies=_replies(rule.replies) if rule.replies else {},
        again=tuple(step.id for step in rule.steps if step.if_undelivered == "again"),
    )


def _replies(replies: Replies) -> dict[Answer, ReplyTerms]:
    by_answer: dict[Answer, Reply | None] = {
        "confirmed": replies.confirm,
        "wants_move": replies.reschedule,
        "declined": replies.decline,
    }
    return {answer: ReplyTerms(words=said.words, say=said.say) for answer, said in by_answer.items() if said}


def _senders(practice: Practice) -> tuple[SenderTerms, ...]:
    return tuple(SenderTerms.model_validate(sender.model_dump()) for sender in practice.senders)


def _spending(spending: Spending) -> SpendingTerms:
    return SpendingTerms(
        currency=spending.currency,
        rates=spending.rates,
        monthly_cap=spending.monthly_cap,
        one_offs_cap=spending.one_offs_cap,
        warn_at=Decimal(spending.warn_at.removesuffix("%")) / _PERCENT,
        one_offs_at_cap=spending.at_cap.one_offs,
        rules_at_cap=spending.at_cap.rules,
        per_number_per_day=spending.per_number_per_day,
    )


def _templates(practice: Practice, sources: Mapping[str, Mapping[str, str]]) -> dict[str, TemplateTerms]:
    said = {name: practice.templates.get(name, TemplateSettings()) for name in sources}
    return {name: TemplateTerms(sources=dict(texts), **said[name].model_dump()) for name, texts in sources.items()}
