"""What a text template may hold: a small part of Jinja, so that time and size are bounded by construction.

A template's source comes in, its problems, uses and literal texts go out. Renders nothing; the sandbox that rendering
compiles in is made here so that check and rendering speak one language.
"""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

LONGEST_SOURCE = 4_000
MOST_NODES = 400
DEEPEST = 24
LARGEST_NUMBER = 1_000_000_000
LONGEST_SEPARATOR = 10

OWN_FILTERS = frozenset({"date", "time", "weekday", "day", "money"})
"""Filters that rendering brings; the others are Jinja's own."""
JINJA_FILTERS = frozenset(
    {
        "capitalize",
        "default",
        "first",
        "join",
        "last",
        "length",
        "lower",
        "round",
        "title",
        "trim",
        "truncate",
        "upper",
    },
)
FILTERS = OWN_FILTERS | JINJA_FILTERS

_INSTEAD: dict[type[nodes.Node], str] = {
    nodes.For: "a loop is not allowed in a text. Print a list with `| join(', ')`",
    nodes.Assign: "`set` is not allowed in a text. Write the value where it is needed",
    nodes.AssignBlock: "`set` is not allowed in a text. Write the value where it is needed",
    nodes.Macro: "a macro is not allowed in a text. Write the words out",
    nodes.CallBlock: "`call` is not allowed in a text. Write the words out",
    nodes.FilterBlock: "a `filter` block is not allowed. Put the filter after the value: `{{ occasion.start | date }}`",
    nodes.With: "`with` is not allowed in a text. Write the value where it is needed",
    nodes.Include: "`include` is not allowed in a text. Write the words out",
    nodes.Import: "`import` is not allowed in a text. Write the words out",
    nodes.FromImport: "`import` is not allowed in a text. Write the words out",
    nodes.Extends: "`extends` is not allowed in a text. Write the words out",
    nodes.Block: "`block` is not allowed in a text. Write the words out",
    nodes.Call: "a call is not allowed in a text. Use a filter, such as `{{ occasion.start | date }}`",
    nodes.Getitem: "square brackets are not allowed in a text. Write the name after a dot, such as `occasion.place`",
    nodes.Slice: "square brackets are not allowed in a text. Write the name after a dot, such as `occasion.place`",
    nodes.Test: "`is` is not allowed in a text. Compare with `==`, or write `{% if occasion.place %}`",
    nodes.Dict: "a mapping is not allowed in a text. Use `{% if %}` and `{% elif %}`",
    nodes.Concat: "`~` is not allowed in a text. Write two `{{ … }}` next to each other",
    nodes.BinExpr: "arithmetic is not allowed in a text. Let the case system send the value as a field",
    nodes.UnaryExpr: "arithmetic is not allowed in a text. Let the case system send the value as a field",
}
_ALLOWED = (
    nodes.And,
    nodes.Compare,
    nodes.Filter,
    nodes.If,
    nodes.Keyword,
    nodes.Not,
    nodes.Operand,
    nodes.Or,
    nodes.Output,
    nodes.Template,
)
"""What may stand in a text as it is; other parts that may have a judge of their own (`_judge`)."""

Variables = Mapping[str, frozenset[str]]
"""Each root in scope (`contact`, `occasion`, …) with the names it has."""


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """What is wrong with a template, at which of its lines (from 1)."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Use:
    """A variable that a template reads, `root.name`, with the filters applied to it in order; `line` from 1."""

    root: str
    name: str
    filters: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Literal:
    """Words that a template prints as they stand, and their line (from 1)."""

    line: int
    text: str


def make_environment() -> ImmutableSandboxedEnvironment:
    """Return a strict, sandboxed Jinja environment without globals and tests, with Jinja's own allowed filters only."""
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, extensions=[])
    environment.globals.clear()
    environment.tests.clear()
    environment.filters = {name: environment.filters[name] for name in JINJA_FILTERS}
    return environment


def check_source(source: str, variables: Variables) -> tuple[TemplateProblem, ...]:
    """Return every problem of a template's source, in its order; none means that it is safe to compile and render."""
    if len(source) > LONGEST_SOURCE:
        text = f"the template is {len(source)} characters long, more than {LONGEST_SOURCE}. Cut it"
        return (TemplateProblem(1, text),)
    parsed = _parse(source)
    if isinstance(parsed, TemplateProblem):
        return (parsed,)
    crowded = _too_much(parsed)
    if crowded is not None:
        return (crowded,)
    found = dict.fromkeys(_walk(parsed, variables))
    return tuple(sorted(found, key=lambda problem: problem.line))


def uses(source: str) -> tuple[Use, ...]:
    """Return the variables that a template without problems reads; empty for one that cannot be parsed."""
    parsed = _parse(source)
    return () if isinstance(parsed, TemplateProblem) else tuple(_uses(parsed, ()))


def literals(source: str) -> tuple[Literal, ...]:
    """Return the words that a template prints as they stand, quoted ones in expressions too."""
    parsed = _parse(source)
    if isinstance(parsed, TemplateProblem):
        return ()
    texts = [Literal(node.lineno, node.data) for node in parsed.find_all(nodes.TemplateData)]
    quoted = [Literal(node.lineno, node.value) for node in parsed.find_all(nodes.Const) if isinstance(node.value, str)]
    return (*texts, *quoted)


def _parse(source: str) -> nodes.Template | TemplateProblem:
    try:
        return make_environment().parse(source)
    except TemplateSyntaxError as error:
        return TemplateProblem(error.lineno or 1, f"the template cannot be read: {_plain(error.message or 'unknown')}")
    except RecursionError:
        return TemplateProblem(1, "the template is nested too deeply. Make it simpler")


def _plain(message: str) -> str:
    """Return Jinja's complaint, its usual ones with what to do."""
    said = f"{message[0].lower()}{message[1:].rstrip('.')}"
    if said.startswith("encountered unknown tag"):
        return f"{said.partition('.')[0]}. Only `if`, `elif`, `else` and `endif` are tags here"
    return f"{said}. Look at the braces and quotes of this line"


def _too_much(parsed: nodes.Template) -> TemplateProblem | None:
    """Return a problem when there are too many nodes or too deep ones; walks without recursion."""
    waiting: list[tuple[nodes.Node, int]] = [(parsed, 0)]
    count = 0
    while waiting:
        node, depth = waiting.pop()
        count += 1
        if count > MOST_NODES or depth > DEEPEST:
            return TemplateProblem(node.lineno or 1, "the template is too long or nested too deeply. Make it simpler")
        waiting.extend((child, depth + 1) for child in node.iter_child_nodes())
    return None


def _walk(node: nodes.Node, variables: Variables) -> Iterator[TemplateProblem]:
    problem = _problem_of(node, variables)
    if problem is not None:
        yield TemplateProblem(node.lineno or 1, problem)
        return
    if isinstance(node, nodes.Getattr):
        return
    for child in node.iter_child_nodes():
        yield from _walk(child, variables)


def _problem_of(node: nodes.Node, variables: Variables) -> str | None:
    """Return what is wrong with one node itself, or None."""
    if isinstance(node, nodes.Getattr):
        return _attribute_problem(node, variables)
    if isinstance(node, nodes.Name):
        return _name_problem(node.name, variables)
    if isinstance(node, nodes.Expr | nodes.TemplateData):
        return _expression_problem(node)
    return None if isinstance(node, _ALLOWED) else _refusal(node)


def _expression_problem(node: nodes.Expr | nodes.TemplateData) -> str | None:
    if isinstance(node, nodes.Filter):
        return _filter_problem(node)
    if isinstance(node, nodes.Const | nodes.TemplateData):
        return _constant_problem(node.value if isinstance(node, nodes.Const) else node.data)
    if isinstance(node, nodes.List | nodes.Tuple | nodes.Neg | nodes.CondExpr):
        return _compound_problem(node)
    return None if isinstance(node, _ALLOWED) else _refusal(node)


def _compound_problem(node: nodes.List | nodes.Tuple | nodes.Neg | nodes.CondExpr) -> str | None:
    if isinstance(node, nodes.CondExpr):
        lacking = "an `if` inside braces needs its `else`, such as `{{ 'a' if occasion.place else 'b' }}`"
        return lacking if node.expr2 is None else None
    if isinstance(node, nodes.Neg):
        return None if isinstance(node.node, nodes.Const) else _refusal(node)
    plain = all(isinstance(item, nodes.Const) for item in node.items)
    return None if plain else "a list may hold only plain values, such as `['remote', 'phone']`"


def _refusal(node: nodes.Node) -> str:
    reasons = (text for kind, text in _INSTEAD.items() if isinstance(node, kind))
    return next(reasons, f"`{type(node).__name__.lower()}` is not allowed in a text. Use values, filters and `if` only")


def _attribute_problem(node: nodes.Getattr, variables: Variables) -> str | None:
    if not isinstance(node.node, nodes.Name):
        roots = ", ".join(f"`{root}`" for root in sorted(variables))
        return f"`.{node.attr}` is not allowed here. A dot goes once, after one of {roots}"
    root = node.node.name
    if root not in variables:
        return _name_problem(root, variables)
    if node.attr in variables[root]:
        return None
    return f"unknown variable `{root}.{node.attr}`. {_suggest(node.attr, variables[root], prefix=f'{root}.')}"


def _name_problem(name: str, variables: Variables) -> str:
    if name in variables:
        return f"`{name}` alone prints nothing useful. {_suggest(name, variables[name], prefix=f'{name}.')}"
    if name == "told":
        return (
            "`told` exists only in templates that are used for corrections (`moved`, `cancelled`, `changed`) and for "
            "nothing else. Write `occasion`, or give the correction a template of its own"
        )
    owners = [f"{root}.{name}" for root in sorted(variables) if name in variables[root]]
    if owners:
        return f"unknown variable `{name}`. Did you mean `{owners[0]}`?"
    return f"unknown variable `{name}`. {_suggest(name, variables)}"


def _filter_problem(node: nodes.Filter) -> str | None:
    if node.name not in FILTERS:
        return f"unknown filter `{node.name}`. {_suggest(node.name, FILTERS)}"
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        return f"`{node.name}` takes plain values only. Leave out the stars"
    given = [*node.args, *(keyword.value for keyword in node.kwargs)]
    plain = (nodes.Const, nodes.Getattr) if node.name == "default" else (nodes.Const,)
    if not all(isinstance(argument, plain) for argument in given):
        return f"`{node.name}` takes plain values only, such as `{node.name}('…')`"
    if node.name == "join":
        return _join_problem(node, given)
    return None


def _join_problem(node: nodes.Filter, given: list[nodes.Expr]) -> str | None:
    """Refuse what would make a text grow: joining what was joined, long separators, Jinja's `attribute`."""
    short = all(
        isinstance(argument, nodes.Const)
        and isinstance(argument.value, str)
        and len(argument.value) <= LONGEST_SEPARATOR
        for argument in given
    )
    if isinstance(node.node, nodes.Getattr) and len(given) <= 1 and not node.kwargs and short:
        return None
    return f"`join` goes right after a variable, with a separator of at most {LONGEST_SEPARATOR} characters"


def _constant_problem(value: object) -> str | None:
    if isinstance(value, (int, float)) and abs(value) > LARGEST_NUMBER:
        return f"the number is larger than {LARGEST_NUMBER}. Let the case system send it as a field"
    if isinstance(value, str) and any(mark in value for mark in ("{{", "{%", "}}", "%}")):
        return "double braces would be printed as they stand. Write the words without them"
    return None


def _suggest(word: str, choices: Mapping[str, object] | frozenset[str], *, prefix: str = "") -> str:
    near = difflib.get_close_matches(word, choices, n=1)
    if near:
        return f"Did you mean `{prefix}{near[0]}`?"
    return f"There are {', '.join(f'`{prefix}{choice}`' for choice in sorted(choices))}"


def _uses(node: nodes.Node, filters: tuple[str, ...]) -> Iterator[Use]:
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        yield Use(node.node.name, node.attr, filters, node.lineno)
        return
    if isinstance(node, nodes.Filter) and node.node is not None:
        yield from _uses(node.node, (node.name, *filters))
        for argument in node.args:
            yield from _uses(argument, ())
        return
    shown = (node.expr1, node.expr2) if isinstance(node, nodes.CondExpr) else ()
    for child in node.iter_child_nodes():
        yield from _uses(child, filters if child in shown else ())


def compared(source: str) -> tuple[tuple[str, str, str], ...]:
    """Return (root, name, word) for every word that a template compares a variable with."""
    parsed = _parse(source)
    if isinstance(parsed, TemplateProblem):
        return ()
    found: list[tuple[str, str, str]] = []
    for node in parsed.find_all(nodes.Compare):
        words = [item.value for item in node.find_all(nodes.Const) if isinstance(item.value, str)]
        names = [(use.root, use.name) for use in _uses(node, ())]
        found.extend((root, name, word) for root, name in names for word in words)
    return tuple(dict.fromkeys(found))
