"""A rulebook as JSON and back, and its id."""

import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from scheduler.publishing.terms import rule_terms
from scheduler.rulebook.content import content_of, revision_id, rulebook_of
from scheduler.rulebook.data import read_yaml
from scheduler.rulebook.positions import Node
from scheduler.rulebook.reader import read_desk
from scheduler.rulebook.schema import Practice, Rulebook, RuleFile
from scheduler.rulebook.validation import validate
from scheduler.rulebook.words import Duration, Unit
from tests.unit.scheduler.desks import CHECKOUT

words = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
slugs = st.from_regex(r"[a-z][a-z0-9]{0,4}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)
# Without what no YAML file may hold, and without the breaks that YAML folds.
signs = st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co", "Zl", "Zp"), exclude_characters="\ufeff")
texts = st.text(signs, min_size=1, max_size=20)
decimals = st.decimals(min_value=-(10**9), max_value=10**9, places=3)
# A whole number is written without a fraction; the reader makes `5.0` an int too.
fractions = decimals.filter(lambda number: number != number.to_integral_value())
scalars = st.one_of(st.booleans(), st.integers(-(10**12), 10**12), fractions, texts)
tests = st.fixed_dictionaries({"not": scalars}, optional={"under": decimals, "over": decimals})
values = st.one_of(scalars, st.lists(scalars, min_size=1, max_size=3), tests)
mappings = st.dictionaries(words, values, min_size=1, max_size=3)
conditions = st.one_of(mappings, st.lists(mappings, min_size=1, max_size=3))
durations = st.builds(Duration, st.integers(0, 999), st.sampled_from(Unit)).map(str)
times = st.times().map(lambda moment: f"{moment:%H:%M}")
days = st.dates().map(lambda day: day.isoformat().zfill(10))
untils = st.one_of(times, durations.map(lambda text: f"{text} before"), durations.map(lambda text: f"{text} after"))
conditional = {"only_if": conditions, "unless": conditions}
steps = st.fixed_dictionaries(
    {"id": slugs, "template": words},
    optional={
        "was": slugs,
        "before": durations,
        "after": durations,
        "at": times,
        "on": st.one_of(st.just("created"), st.fixed_dictionaries({"status": words})),
        "wait": durations,
        "every": durations,
        "times": st.integers(1, 100),
        "useful_until": untils,
        **conditional,
        "from": words,
        "in_quiet_hours": st.sampled_from(["later", "earlier", "nearest", "skip"]),
        "if_late": st.sampled_from(["skip", "send_now"]),
        "if_undelivered": st.just("again"),
    },
)
replies = st.fixed_dictionaries(
    {"words": st.lists(texts, min_size=1, max_size=4)},
    optional={"say": words},
)
rules = st.fixed_dictionaries(
    {"id": slugs, "for": words, "steps": st.lists(steps, min_size=1, max_size=3)},
    optional={
        "was": slugs,
        **conditional,
        "to": st.lists(words, min_size=1, max_size=3),
        "sender": slugs,
        "purpose": st.sampled_from(["service", "commercial"]),
        "effective_from": days,
        "moved": words,
        "cancelled": words,
        "changed": st.fixed_dictionaries({"of": st.lists(words, min_size=1, max_size=3), "template": words}),
        "replies": st.fixed_dictionaries({"confirm": replies}, optional={"reschedule": replies, "decline": replies}),
    },
)
field_types = st.sampled_from(["word", "words", "text", "number", "money", "day", "moment", "yes_no"])
kinds = st.fixed_dictionaries(
    {},
    optional={
        "dated": st.sampled_from(["moment", "day"]),
        "fields": st.dictionaries(words, field_types, max_size=3),
        "status": st.fixed_dictionaries(
            {"live": st.lists(words, min_size=1, max_size=2)},
            optional={"done": st.lists(words, max_size=2), "off": st.lists(words, max_size=2)},
        ),
    },
)
prices = st.dictionaries(st.sampled_from(["CA", "US", "FR"]), decimals)
currencies = st.sampled_from(["CAD", "USD", "EUR"])
amounts = st.decimals(min_value=0, max_value=10**6, places=2)
calendars = st.fixed_dictionaries(
    {"id": slugs, "kind": words},
    optional={
        "every": st.sampled_from(["10 minutes", "1 hour", "1 day"]),
        "contact": st.lists(st.sampled_from(["attendee_email", "phone_in_text", {"x_property": "X-REF"}]), max_size=3),
        "fields": st.dictionaries(words, st.sampled_from(["LOCATION", "CATEGORIES"]), max_size=2),
        "defaults": st.dictionaries(words, scalars, max_size=2),
    },
)
spendings = st.fixed_dictionaries(
    {"currency": currencies},
    optional={
        "rates": st.dictionaries(currencies, amounts, max_size=2),
        "monthly_cap": amounts,
        "one_offs_cap": amounts,
        "warn_at": st.sampled_from(["70%", "100%"]),
        "at_cap": st.fixed_dictionaries({}, optional={"one_offs": st.sampled_from(["block", "warn"])}),
        "per_number_per_day": st.integers(1, 20),
    },
)
said_of_templates = st.fixed_dictionaries(
    {},
    optional={
        "title": st.dictionaries(st.sampled_from(["en", "fr"]), texts),
        "max_segments": st.integers(1, 10),
        "for_staff": st.booleans(),
        "purpose": st.sampled_from(["service", "commercial"]),
    },
)
practices = st.fixed_dictionaries(
    {
        "practice": slugs,
        "name": texts,
        "timezone": st.just("America/Toronto"),
        "country": st.just("CA"),
        "languages": st.just(["en", "fr"]),
    },
    optional={
        "kinds": st.dictionaries(words, kinds, max_size=2),
        "senders": st.lists(
            st.fixed_dictionaries(
                {"id": slugs, "number": texts, "provider": slugs, "price": prices},
                optional={"fallback": slugs, "currency": currencies, "segments_per_second": st.integers(1, 100)},
            ),
            max_size=2,
        ),
        "extra_closed": st.lists(days, max_size=3),
        "extra_open": st.lists(days, max_size=3),
        "sending_window": st.dictionaries(texts, st.one_of(texts, st.lists(texts, min_size=1)), max_size=2),
        "corrections_window": texts,
        "starts_with": texts,
        "spending": spendings,
        "consent": st.fixed_dictionaries({}, optional={"commercial": st.sampled_from(["express", "implied"])}),
        "who_may_send": st.dictionaries(st.sampled_from(["texts", "abroad", "past_cap"]), st.lists(words), max_size=2),
        "contact_fields": st.dictionaries(words, field_types, max_size=2),
        "templates": st.dictionaries(words, said_of_templates, max_size=2),
        "calendars": st.lists(calendars, max_size=2),
    },
)
written_rulebooks = st.fixed_dictionaries(
    {
        "practice": practices,
        "rules": st.lists(rules, max_size=3),
        "templates": st.dictionaries(words, st.dictionaries(st.sampled_from(["en", "fr"]), texts), max_size=3),
    },
)
rulebooks = written_rulebooks.map(Rulebook.model_validate)


@given(rulebooks)
def test_a_rulebook_comes_back_from_json_as_it_was(rulebook: Rulebook) -> None:
    content = json.loads(json.dumps(content_of(rulebook)))
    back = rulebook_of(content)
    assert back == rulebook
    assert content_of(back) == content


@given(rules)
def test_a_rule_that_is_written_to_a_file_is_read_as_it_was(rule: dict[str, object]) -> None:
    written = json.dumps({"rules": [rule]}, default=str, ensure_ascii=False)
    found = validate(RuleFile, node_of(written), what="a rule file")
    assert found.problems == ()
    assert found.model == RuleFile.model_validate(json.loads(written, parse_float=Decimal))


@given(practices)
def test_a_practice_that_is_written_to_a_file_is_read_as_it_was(practice: dict[str, object]) -> None:
    written = json.dumps(practice, default=str, ensure_ascii=False)
    found = validate(Practice, node_of(written), what="the practice file")
    assert found.problems == ()
    assert found.model == Practice.model_validate(json.loads(written, parse_float=Decimal))


@given(rulebooks)
def test_what_comes_back_gives_a_worker_the_same_terms(rulebook: Rulebook) -> None:
    back = rulebook_of(json.loads(json.dumps(content_of(rulebook))))
    assert [rule_terms(rule) for rule in back.rules] == [rule_terms(rule) for rule in rulebook.rules]


def node_of(written: str) -> Node:
    """Read JSON, which is YAML, with the reader of rule files."""
    found = read_yaml(written.encode(), "r.yaml")
    assert found.problems == ()
    assert found.node is not None
    return found.node


@given(rulebooks)
def test_the_same_content_has_the_same_id_whatever_the_order_of_its_keys(rulebook: Rulebook) -> None:
    content = content_of(rulebook)
    assert revision_id(dict(reversed(list(content.items())))) == revision_id(content)


def test_an_id_is_r_and_twelve_hexadecimal_digits() -> None:
    # SHA-256 of "{}" begins 44136fa355b3.
    assert revision_id({}) == "r-44136fa355b3"


def test_another_word_in_a_template_is_another_revision() -> None:
    rulebook = northlight()
    changed = rulebook.model_copy(
        update={"templates": {**rulebook.templates, "payment_due": {"en": "Pay.", "fr": "x"}}}
    )
    assert revision_id(content_of(changed)) != revision_id(content_of(rulebook))


def test_fractions_stay_exact() -> None:
    price = rulebook_of(json.loads(json.dumps(content_of(northlight())))).practice.senders[0].price["CA"]
    assert price == Decimal("0.0079")


def northlight() -> Rulebook:
    rulebook = read_desk(CHECKOUT / "rules", CHECKOUT / "templates_sms", "northlight").rulebook()
    assert rulebook is not None
    return rulebook
