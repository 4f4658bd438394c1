"""A rulebook as JSON and back, and its id."""

import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from scheduler.rulebook.content import content_of, revision_id, rulebook_of
from scheduler.rulebook.reader import read_desk
from scheduler.rulebook.schema import Rulebook
from scheduler.rulebook.words import Duration, Unit
from tests.unit.scheduler.desks import CHECKOUT

words = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
slugs = st.from_regex(r"[a-z][a-z0-9]{0,4}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)
texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)
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
steps = st.fixed_dictionaries(
    {"id": slugs, "template": words},
    optional={
        "before": durations,
        "at": times,
        "every": durations,
        "times": st.integers(1, 100),
        "useful_until": untils,
        "only_if": conditions,
        "unless": conditions,
        "from": words,
        "in_quiet_hours": st.sampled_from(["later", "earlier", "nearest", "skip"]),
    },
)
rules = st.fixed_dictionaries(
    {"id": slugs, "for": words, "steps": st.lists(steps, min_size=1, max_size=3)},
    optional={"only_if": conditions, "unless": conditions, "sender": slugs, "effective_from": days},
)
kinds = st.fixed_dictionaries(
    {},
    optional={
        "dated": st.sampled_from(["moment", "day"]),
        "fields": st.dictionaries(words, st.sampled_from(["word", "money", "yes_no"]), max_size=3),
        "status": st.fixed_dictionaries({"live": st.lists(words, min_size=1, max_size=2)}),
    },
)
prices = st.dictionaries(st.sampled_from(["CA", "US", "FR"]), decimals)
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
        "senders": st.lists(st.fixed_dictionaries({"id": slugs, "number": texts, "provider": slugs, "price": prices})),
        "extra_closed": st.lists(days, max_size=3),
        "sending_window": st.dictionaries(texts, st.one_of(texts, st.lists(texts, min_size=1)), max_size=2),
        "starts_with": texts,
    },
)
rulebooks = st.fixed_dictionaries(
    {
        "practice": practices,
        "rules": st.lists(rules, max_size=3),
        "templates": st.dictionaries(words, st.dictionaries(st.sampled_from(["en", "fr"]), texts), max_size=3),
    },
).map(Rulebook.model_validate)


@given(rulebooks)
def test_a_rulebook_comes_back_from_json_as_it_was(rulebook: Rulebook) -> None:
    content = json.loads(json.dumps(content_of(rulebook)))
    back = rulebook_of(content)
    assert back == rulebook
    assert content_of(back) == content


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
