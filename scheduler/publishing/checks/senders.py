"""Checks of senders and money: numbers, fallbacks, prices under a cap, currencies. Settings in, problems out."""

import re
from collections.abc import Iterator

import phonenumbers
from babel import Locale

from jobs.providers import PROVIDERS
from scheduler.publishing.checks.subject import Subject, error, warning
from scheduler.rulebook.positions import Position, Problem
from scheduler.rulebook.schema import Sender, Spending
from scheduler.rulebook.spelling import suggestion

_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}|MG[0-9a-fA-F]{32}")
"""An alphanumeric sender of at most 11 characters (GSM 03.38, TP-OA), or a service of Twilio's."""
_SHORT_CODE = re.compile(r"\d{3,8}")
_SHORT_CODE_IN_NORTH_AMERICA = re.compile(r"\d{5,6}")
"""As the registries of short codes of the United States (CTIA) and Canada (CWTA) give them out."""
_NORTH_AMERICA = 1
_WHOLE = 100


def check_senders(subject: Subject) -> Iterator[Problem]:
    """Check that there is a sender, each once, with a number that can be one, and fallbacks that lead somewhere."""
    settings, desk = subject.settings, subject.desk
    if not settings.senders and desk.rules:
        where = desk.key("senders") if desk.has("senders") else desk.at()
        yield warning(where, "there is no sender: nothing can be sent. Add one under `senders`")
    seen: set[str] = set()
    for index, sender in enumerate(settings.senders):
        if sender.id in seen:
            yield error(desk.at("senders", index, "id"), f"a sender `{sender.id}` exists already. Give it another id")
        seen.add(sender.id)
        if sender.provider not in PROVIDERS:
            where = desk.at("senders", index, "provider")
            yield error(where, f"unknown provider `{sender.provider}`. {suggestion(sender.provider, PROVIDERS)}")
        if not _can_send(sender.number, settings.allowed_countries):
            text = f"`{sender.number[:60]}` is no sender's number. {_instead(sender.number, settings.country)}"
            yield error(desk.at("senders", index, "number"), text)
    for index, sender in enumerate(settings.senders):
        yield from _fallback_problem(desk.at("senders", index, "fallback"), sender, settings.senders)


def check_rule_senders(subject: Subject) -> Iterator[Problem]:
    """Check that a rule's sender exists."""
    known = {sender.id for sender in subject.settings.senders}
    for placed in subject.desk.rules:
        sender = placed.rule.sender
        if sender is not None and sender not in known:
            yield error(placed.at("sender"), f"unknown sender `{sender}`. {suggestion(sender, known)}")


def check_prices(subject: Subject) -> Iterator[Problem]:
    """Check that under a cap every sender has a price for every allowed country, in a currency that counts."""
    spending = subject.settings.spending
    capped = spending is not None and (spending.monthly_cap is not None or spending.one_offs_cap is not None)
    for index, sender in enumerate(subject.settings.senders):
        where = subject.desk.at("senders", index)
        if sender.price and sender.currency is None:
            text = f"the sender `{sender.id}` has prices without a currency. Add `currency`"
            yield error(subject.desk.key("senders", index, "price"), text)
        if capped and spending is not None:
            yield from _price_problems(where, sender, spending, subject.settings.allowed_countries)


def check_spending(subject: Subject) -> Iterator[Problem]:
    """Check that currencies exist, and that caps and percentages make sense together."""
    desk, spending = subject.desk, subject.settings.spending
    places = [
        (desk.at("senders", index, "currency"), sender.currency)
        for index, sender in enumerate(subject.settings.senders)
    ]
    if spending is not None:
        places.append((desk.at("spending", "currency"), spending.currency))
        places += [(desk.key("spending", "rates", currency), currency) for currency in spending.rates]
        yield from _cap_problems(subject, spending)
    for where, currency in places:
        if currency is not None and currency not in _currencies():
            yield error(where, f"unknown currency `{currency}`. {suggestion(currency, _currencies())}")


def _can_send(number: str, countries: tuple[str, ...]) -> bool:
    """Tell whether it is a whole international number, a short code in an allowed country, or a name."""
    if number.isascii() and number.isdigit():
        return any(_is_short_code(number, country) for country in countries)
    return _is_whole_number(number) or _NAME.fullmatch(number) is not None


def _is_short_code(number: str, country: str) -> bool:
    code = phonenumbers.country_code_for_region(country)
    if not code or not _SHORT_CODE.fullmatch(number):
        return False
    if code == _NORTH_AMERICA:
        return _SHORT_CODE_IN_NORTH_AMERICA.fullmatch(number) is not None
    short = phonenumbers.PhoneNumber(country_code=code, national_number=int(number))
    possible: bool = phonenumbers.is_possible_short_number_for_region(short, country)
    return possible and not phonenumbers.is_emergency_number(number, country)


def _is_whole_number(number: str) -> bool:
    """Tell whether a number is written as E.164 wants it, with all of its digits."""
    if not re.fullmatch(r"\+[1-9]\d{6,14}", number):
        return False
    try:
        return _has_all_digits(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


def _has_all_digits(number: phonenumbers.PhoneNumber) -> bool:
    """Tell whether a number is as long as its country's are, area code and all."""
    found = phonenumbers.is_possible_number_with_reason(number)
    return bool(found == phonenumbers.ValidationResult.IS_POSSIBLE)


def _instead(number: str, country: str) -> str:
    """Return what to write: the same number as E.164 wants it where it is one, else what may stand there."""
    try:
        found = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        found = None
    if found is not None and _has_all_digits(found):
        return f"Did you mean `{phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)}`?"
    return (
        "Write a number with its country (`+15145550100`), a short code (5 or 6 digits) or a name (at most 11 letters)"
    )


def _fallback_problem(where: Position, sender: Sender, senders: tuple[Sender, ...]) -> Iterator[Problem]:
    by_id = {other.id: other for other in senders}
    if sender.fallback is None:
        return
    if sender.fallback not in by_id:
        yield error(where, f"unknown sender `{sender.fallback}`. {suggestion(sender.fallback, by_id)}")
        return
    passed, next_one = {sender.id}, by_id[sender.fallback]
    while next_one.id not in passed:
        passed.add(next_one.id)
        if next_one.fallback is None or next_one.fallback not in by_id:
            return
        next_one = by_id[next_one.fallback]
    yield error(where, f"the fallbacks of `{sender.id}` lead back to `{next_one.id}`. Leave one of them out")


def _price_problems(
    where: Position, sender: Sender, spending: Spending, countries: tuple[str, ...]
) -> Iterator[Problem]:
    missing = [country for country in countries if country not in sender.price]
    if missing:
        text = f"under a spending cap the sender `{sender.id}` needs a price for {', '.join(missing)}"
        yield error(where, f"{text}. Add it under `price`")
    currency = sender.currency
    if currency is not None and currency != spending.currency and currency not in spending.rates:
        text = f"the sender `{sender.id}` is billed in {currency}, the cap is in {spending.currency}"
        yield error(where, f"{text}. Add `rates: {{{currency}: …}}` under `spending`")


def _cap_problems(subject: Subject, spending: Spending) -> Iterator[Problem]:
    desk = subject.desk
    if int(spending.warn_at.removesuffix("%")) > _WHOLE:
        yield error(desk.at("spending", "warn_at"), f"`{spending.warn_at}` is more than the whole cap. Write `80%`")
    if spending.monthly_cap is not None and (spending.one_offs_cap or 0) > spending.monthly_cap:
        text = "`one_offs_cap` is more than `monthly_cap`, which holds for one-offs too. Lower it"
        yield warning(desk.at("spending", "one_offs_cap"), text)
    for currency, rate in spending.rates.items():
        if rate <= 0:
            yield error(desk.at("spending", "rates", currency), f"the rate of {currency} must be more than 0. Mend it")


def _currencies() -> frozenset[str]:
    return frozenset(Locale.parse("en").currencies)
