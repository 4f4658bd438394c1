"""Facts in, drafts out: languages, filters, what is missing, what is bounded, what a draft tells."""

import datetime as dt
from decimal import Decimal

import pytest

from jobs.drafts import Draft
from jobs.rendering import Renderer, Unrenderable, choose_language
from jobs.states import Origin
from jobs.terms import SenderTerms, TemplateTerms
from tests.unit.jobs.facts_builders import NOW, make_about, make_facts, make_job, make_person, make_terms


def compose(source: str | dict[str, str], **changes: object) -> Draft | Unrenderable:
    sources = {"en": source} if isinstance(source, str) else source
    terms = make_terms(templates={"reminder": TemplateTerms(sources=sources)}, **changes.pop("terms", {}))  # type: ignore[arg-type]  # keywords
    return Renderer().compose(make_facts(terms=terms, **changes), NOW)


def text_of(source: str, **changes: object) -> str:
    draft = compose(source, **changes)
    assert isinstance(draft, Draft), draft
    return draft.text


def why_not(source: str, **changes: object) -> str:
    draft = compose(source, **changes)
    assert isinstance(draft, Unrenderable), draft
    return draft.reason


def test_a_text_prints_who_what_and_when() -> None:
    source = "Hi {{ contact.first_name }}, {{ practice.name }}: {{ occasion.start | day }} {{ occasion.start | time }}"
    assert text_of(source) == "Hi Jane, Northlight Law: Tuesday, December 1 9:30 a.m."


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ occasion.start | date }}", "December 1"),
        ("{{ occasion.date | date('short') }}", "Dec 1"),
        ("{{ occasion.start | weekday }}", "Tuesday"),
        ("{{ occasion.start }}", "December 1 9:30 a.m."),
        ("{{ occasion.kind }}", "appointment"),
        ("{{ occasion.tags | join('/') }}", "a/b"),
        ("{{ occasion.tags }}", "a, b"),
        ("{{ occasion.expires | date }}", "January 5"),
        ("{{ occasion.place | default('our office') }}", "our office"),
        ("{% if occasion.place %}x{% else %}y{% endif %}", "y"),
        ("{% if occasion.mode == 'remote' %}x{% else %}y{% endif %}", "y"),
        ("{{ contact.name | upper }}", "JANE DOE"),
    ],
)
def test_values_and_filters_print(source: str, expected: str) -> None:
    about = make_about(fields={"tags": ["a", "b"], "expires": "2027-01-05"})
    assert text_of(source, occasion=about) == expected


def test_money_is_read_from_text_and_printed() -> None:
    about = make_about(kind="payment", start="2026-12-01", fields={"amount": "45.5"})
    assert text_of("{{ occasion.amount | money }} due {{ occasion.date | date }}", occasion=about) == (
        "$45.50 due December 1"
    )


@pytest.mark.parametrize(
    ("language", "expected"),
    [("fr", "fr"), ("fr_CA", "fr"), ("es", "en"), (None, "en"), ("en_GB", "en")],
)
def test_a_text_is_in_the_persons_language_or_the_practices_first(language: str | None, expected: str) -> None:
    draft = compose({"en": "Hello", "fr": "Bonjour"}, contact=make_person(language=language))
    assert isinstance(draft, Draft)
    assert draft.language == expected


def test_a_regional_template_serves_the_language_at_large() -> None:
    assert choose_language("fr", ("en", "fr"), ("en", "fr_CA")) == "fr_CA"


def test_a_remote_occasion_prints_the_recipients_time_and_names_the_zone() -> None:
    about, person = make_about(remote=True), make_person(timezone="Europe/Paris")
    assert text_of("{{ occasion.start | time }}", occasion=about, contact=person) == "3:30 p.m. (Paris)"


def test_an_occasion_elsewhere_prints_the_time_there() -> None:
    about = make_about(timezone="America/Vancouver")
    assert text_of("{{ occasion.start | time }}", occasion=about) == "9:30 a.m."


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("{{ occasion.place }}", "its text cannot be rendered: occasion.place has no value"),
        ("{{ occasion.place | upper }}", "its text cannot be rendered: occasion.place has no value"),
        ("{{ occasion.expires | date }}", "its text cannot be rendered: occasion.expires has no value"),
        ("{{ contact.salutation }}", "its text cannot be rendered: contact.salutation has no value"),
        ("   ", "its text is empty"),
        ("{{ '{{' }} name", "its text has braces left over: a variable was not filled in"),
        ("{{ contact.name | money }}", "its text cannot be rendered:"),
        ("{{ contact.name | date }}", "its text cannot be rendered: date needs a day or a moment, not 'Jane Doe'"),
        (
            "{{ occasion.start | date('tiny') }}",
            "its text cannot be rendered: date takes 'long' or 'short', not 'tiny'",
        ),
        ("x" * 1601, "its text is 1601 characters long, more than 1600"),
    ],
)
def test_what_cannot_be_rendered_says_why(source: str, reason: str) -> None:
    assert why_not(source).startswith(reason)


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__ }}",
        "{{ contact._values }}",
        "{{ contact.__class__.__mro__ }}",
        "{{ nothing }}",
        "{{ occasion.nothing }}",
    ],
)
def test_a_template_reaches_nothing_but_its_variables(source: str) -> None:
    assert why_not(source).startswith("its text cannot be rendered")


def test_a_name_with_braces_does_not_run() -> None:
    assert why_not("Hi {{ contact.name }}", contact=make_person(name="{{ 7 * 7 }}")).endswith("was not filled in")


def test_a_template_that_is_not_in_force_is_named() -> None:
    reason = why_not("x", job=make_job(template="gone"))
    assert reason == "the template gone is not in the revision in force"


def test_a_one_offs_own_words_are_never_run() -> None:
    job = make_job(origin=Origin.ONE_OFF, template=None, text="100 {% of it")
    assert why_not("x", job=job) == "its text has braces left over: a variable was not filled in"


def test_a_one_off_may_bring_values_for_its_template() -> None:
    job = make_job(origin=Origin.ONE_OFF, variables={"occasion.place": "Room 4", "amount": "5"})
    assert text_of("{{ occasion.place }}, {{ amount }}", job=job, occasion=None) == "Room 4, 5"


def test_the_practice_is_named_first_and_only_once() -> None:
    terms = {"starts_with": "Northlight: "}
    assert text_of("See you.", terms=terms) == "Northlight: See you."
    assert text_of("Northlight: see you.", terms=terms) == "Northlight: see you."


def test_a_numbers_first_text_carries_its_sentence() -> None:
    terms = {"first_text_adds": {"en": "Reply STOP to opt out."}}
    assert text_of("See you.", terms=terms, first_text=True) == "See you. Reply STOP to opt out."
    assert text_of("See you.", terms=terms, first_text=False) == "See you."


def test_a_time_at_the_end_of_a_sentence_ends_with_one_stop() -> None:
    assert text_of("At {{ occasion.start | time }}. Bye.") == "At 9:30 a.m. Bye."


def test_special_spaces_become_plain_ones() -> None:
    assert text_of("a\u202fb\u00a0c\u200f") == "a b c"


def test_a_draft_says_what_it_tells() -> None:
    about = make_about(fields={"place": "Room 4", "mode": "in_person"})
    draft = compose("{{ occasion.start | day }}: {{ occasion.place }}", occasion=about)
    assert isinstance(draft, Draft)
    assert (draft.told_start, draft.told_fields) == ("2026-12-01T09:30", {"place": "Room 4"})


def test_a_text_that_names_no_date_tells_none() -> None:
    draft = compose("Thank you.")
    assert isinstance(draft, Draft)
    assert draft.told_start is None


def test_a_draft_is_priced_by_the_numbers_country() -> None:
    sender = SenderTerms(id="main", number="+1", provider="terminal", currency="USD", price={"CA": Decimal("0.01")})
    draft = compose("x" * 200, terms={"senders": (sender,)})
    assert isinstance(draft, Draft)
    assert (draft.segments, draft.cost, draft.currency) == (2, Decimal("0.02"), "USD")


def test_a_revision_is_compiled_once() -> None:
    renderer = Renderer()
    facts = make_facts(terms=make_terms(templates={"reminder": TemplateTerms(sources={"en": "One."})}))
    renderer.compose(facts, NOW)
    changed = make_facts(terms=make_terms(templates={"reminder": TemplateTerms(sources={"en": "Two."})}))
    draft = renderer.compose(changed, NOW + dt.timedelta(hours=1))
    assert isinstance(draft, Draft)
    assert draft.text == "One."  # the same revision: its content cannot have changed
