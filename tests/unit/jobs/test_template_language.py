"""What a text template may hold, and what of it is refused before it is ever compiled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.template_language import Use, check_source, compared, literals, make_environment, uses

VARIABLES = {
    "contact": frozenset({"first_name", "name"}),
    "occasion": frozenset({"start", "type", "place", "tags"}),
    "practice": frozenset({"name", "phone"}),
}
LOOP = "a loop is not allowed in a text. Print a list with `| join(', ')`"
ARITHMETIC = "arithmetic is not allowed in a text. Let the case system send the value as a field"
BRACKETS = "square brackets are not allowed in a text. Write the name after a dot, such as `occasion.place`"
DEEP = "the template is nested too deeply. Make it simpler"
CROWDED = "the template is too long or nested too deeply. Make it simpler"
JOIN = "`join` goes right after a variable, with a separator of at most 10 characters"


def problems(source: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.text) for problem in check_source(source, VARIABLES)]


@pytest.mark.parametrize(
    "source",
    [
        "Plain words.",
        "{{ contact.first_name }}, {{ occasion.start | date }} at {{ occasion.start | time }}",
        "{{ occasion.start | date('short') | upper }}",
        "{% if occasion.type == 'remote' %}a{% elif not occasion.place %}b{% else %}c{% endif %}",
        "{% if occasion.type in ['a', 'b'] and occasion.place %}a{% endif %}",
        "{{ 'a' if occasion.place else 'b' }}",
        "{{ occasion.place | default(occasion.type) | trim }}",
        "{{ occasion.tags | join(', ') }}",
        "{{ occasion.place | truncate(20) }}",
        "{# a remark #}{{ -1 }}",
    ],
)
def test_what_a_text_needs_is_allowed(source: str) -> None:
    assert problems(source) == []


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{% for i in range(10**9) %}x{% endfor %}", LOOP),
        ("{{ 'a' * 10**9 }}", ARITHMETIC),
        ("{{ 1 + 1 }}", ARITHMETIC),
        (
            "{{ ''.__class__ }}",
            "`.__class__` is not allowed here. A dot goes once, after one of `contact`, `occasion`, `practice`",
        ),
        (
            "{{ contact.__class__ }}",
            "unknown variable `contact.__class__`. There are `contact.first_name`, `contact.name`",
        ),
        (
            "{{ contact.name.upper }}",
            "`.upper` is not allowed here. A dot goes once, after one of `contact`, `occasion`, `practice`",
        ),
        ("{{ contact['name'] }}", BRACKETS),
        ("{{ contact.name[0:3] }}", BRACKETS),
        (
            "{{ lipsum() }}",
            "a call is not allowed in a text. Use a filter, such as `{{ occasion.start | date }}`",
        ),
        ("{% set x = 1 %}", "`set` is not allowed in a text. Write the value where it is needed"),
        ("{% set x %}a{% endset %}", "`set` is not allowed in a text. Write the value where it is needed"),
        ("{% with x = 1 %}{% endwith %}", "`with` is not allowed in a text. Write the value where it is needed"),
        ("{% macro a() %}{% endmacro %}", "a macro is not allowed in a text. Write the words out"),
        ("{% call a() %}{% endcall %}", "`call` is not allowed in a text. Write the words out"),
        ("{% include 'x' %}", "`include` is not allowed in a text. Write the words out"),
        ("{% import 'x' as y %}", "`import` is not allowed in a text. Write the words out"),
        ("{% from 'x' import y %}", "`import` is not allowed in a text. Write the words out"),
        ("{% extends 'x' %}", "`extends` is not allowed in a text. Write the words out"),
        ("{% block a %}{% endblock %}", "`block` is not allowed in a text. Write the words out"),
        (
            "{% filter upper %}a{% endfilter %}",
            "a `filter` block is not allowed. Put the filter after the value: `{{ occasion.start | date }}`",
        ),
        ("{{ contact.name ~ 'x' }}", "`~` is not allowed in a text. Write two `{{ … }}` next to each other"),
        ("{{ {'a': 1} }}", "a mapping is not allowed in a text. Use `{% if %}` and `{% elif %}`"),
        (
            "{{ contact.name is defined }}",
            "`is` is not allowed in a text. Compare with `==`, or write `{% if occasion.place %}`",
        ),
        ("{{ contact.frist_name }}", "unknown variable `contact.frist_name`. Did you mean `contact.first_name`?"),
        ("{{ first_name }}", "unknown variable `first_name`. Did you mean `contact.first_name`?"),
        ("{{ occassion.start }}", "unknown variable `occassion`. Did you mean `occasion`?"),
        ("{{ self }}", "unknown variable `self`. There are `contact`, `occasion`, `practice`"),
        (
            "{{ contact }}",
            "`contact` alone prints nothing useful. There are `contact.first_name`, `contact.name`",
        ),
        (
            "{{ told.start }}",
            (
                "`told` exists only in templates that are used for corrections (`moved`, `cancelled`, `changed`) and "
                "for nothing else. Write `occasion`, or give the correction a template of its own"
            ),
        ),
        ("{{ occasion.start | dat }}", "unknown filter `dat`. Did you mean `date`?"),
        ("{{ occasion.tags | join('x') | join('y') }}", JOIN),
        ("{{ occasion.tags | join('a long separator') }}", JOIN),
        ("{{ occasion.tags | join(attribute='x') }}", JOIN),
        (
            "{{ contact.name | truncate(occasion.place | length) }}",
            "`truncate` takes plain values only, such as `truncate('…')`",
        ),
        ("{{ 10000000000 }}", "the number is larger than 1000000000. Let the case system send it as a field"),
        (
            "{{ 'a' if occasion.place }}",
            "an `if` inside braces needs its `else`, such as `{{ 'a' if occasion.place else 'b' }}`",
        ),
        (
            "{% raw %}{{ contact.name }}{% endraw %}",
            "double braces would be printed as they stand. Write the words without them",
        ),
        (
            "{% foo %}",
            (
                "the template cannot be read: encountered unknown tag 'foo'. "
                "Only `if`, `elif`, `else` and `endif` are tags here"
            ),
        ),
        (
            "{{ contact.name",
            (
                "the template cannot be read: unexpected end of template, expected 'end of print statement'. "
                "Look at the braces and quotes of this line"
            ),
        ),
        ("{{ " + "(" * 1500 + "1" + ")" * 1500 + " }}", DEEP),
        ("{{ " + "not " * 900 + "1 }}", CROWDED),
        ("{% if 1 %}" * 390, DEEP),
        ("{{ 1 }}" * 500, CROWDED),
        ("x" * 5000, "the template is 5000 characters long, more than 4000. Cut it"),
    ],
)
def test_what_may_not_stand_in_a_text_is_named_with_what_to_do(source: str, text: str) -> None:
    assert problems(source) == [(1, text)]


def test_every_problem_is_told_with_its_line() -> None:
    source = "Hi\n{{ contact.nam }}\n{% for i in x %}{% endfor %}\n{{ occasion.plase }}"
    assert [line for line, _ in problems(source)] == [2, 3, 4]


def test_the_environment_holds_nothing_to_escape_with() -> None:
    environment = make_environment()
    assert environment.globals == {}
    assert environment.tests == {}
    assert "attr" not in environment.filters
    assert "map" not in environment.filters


def test_uses_name_each_variable_with_its_filters() -> None:
    source = "{{ occasion.start | date('short') | upper }}\n{% if occasion.place %}x{% endif %}"
    assert uses(source) == (
        Use("occasion", "start", ("date", "upper"), 1),
        Use("occasion", "place", (), 2),
    )


def test_the_test_of_an_inline_if_is_not_what_is_printed() -> None:
    found = uses("{{ (occasion.start if occasion.place else contact.name) | date }}")
    assert Use("occasion", "place", (), 1) in found
    assert Use("occasion", "start", ("date",), 1) in found


def test_literals_are_the_words_between_and_within_the_braces() -> None:
    assert [literal.text for literal in literals("See you {{ 'tomorrow' }}.")] == ["See you ", ".", "tomorrow"]


def test_words_that_a_variable_is_compared_with_are_found() -> None:
    source = "{% if occasion.type == 'remote' or occasion.place in ['a', 'b'] %}{% endif %}"
    assert compared(source) == (
        ("occasion", "type", "remote"),
        ("occasion", "place", "a"),
        ("occasion", "place", "b"),
    )


@given(st.text(alphabet="{}%#-|.()[]'\" \nabcifelsndotherm~*+0123456789", max_size=120))
def test_whatever_is_written_checking_it_ends(source: str) -> None:
    for problem in check_source(source, VARIABLES):
        assert problem.line >= 1
        assert problem.text
