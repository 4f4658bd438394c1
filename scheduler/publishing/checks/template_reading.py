"""Why Jinja cannot read a template, said so that who writes texts can mend it. A sentence in, a sentence out. Pure."""

import re

CANNOT_BE_READ = "the template cannot be read: "
"""How the sentence begins that the template language gives for it."""
_CURLY = frozenset("“”„‟\u2018’\u201a«»")
_CHARACTER = re.compile(r"unexpected char '(.)' at \d+")
_GOT = re.compile(r"expected token '([^']+)', got '([^']+)'")
_KNOWN: tuple[tuple[str, str], ...] = (
    ("needs to be closed is 'if'", "this `{% if … %}` has no `{% endif %}`. Add it where the words end"),
    ("expected 'end of print statement'", "these braces are not closed. Write `}}` after the name"),
    ("expected 'end of statement block'", "these braces are not closed. Write `%}` after the condition"),
    ("end of comment tag", "this comment is not closed. Write `#}` after it"),
    ("unknown tag 'endif'", "this `{% endif %}` has no `{% if … %}` before it. Remove it"),
    ("unknown tag 'else'", "this `{% else %}` has no `{% if … %}` before it. Remove it"),
    ("unexpected '}'", "a brace stands here alone. Write two: `{{ contact.first_name }}`"),
    ("Expected an expression, got 'end of print statement'", "these braces are empty. Write a name between them"),
)


def in_plain_words(said: str) -> str:
    """Return the sentence of the template language, Jinja's own words replaced where they are known."""
    if not said.startswith(CANNOT_BE_READ):
        return said
    why = said.removeprefix(CANNOT_BE_READ)
    known = next((words for mark, words in _KNOWN if mark.lower() in why.lower()), None)
    return CANNOT_BE_READ + (known or _character(why) or _token(why) or why)


def _character(why: str) -> str | None:
    match = _CHARACTER.search(why)
    if match is None:
        return None
    if match[1] in _CURLY:
        return f"`{match[1]}` is a typographic quote. Between braces write `'` or `\"`"
    return f"`{match[1]}` does not belong between braces. Write a name there, such as `contact.first_name`"


def _token(why: str) -> str | None:
    match = _GOT.search(why)
    if match is None:
        return None
    if match[1] == "end of print statement":
        return f"`{match[2]}` does not belong here. Between braces goes one name, then filters, each after `|`"
    if match[1] == "end of statement block":
        return f"`{match[2]}` does not belong here. Write a condition such as `{{% if occasion.mode == 'remote' %}}`"
    return f"`{match[2]}` does not belong here. Look at the braces and quotes around it"
