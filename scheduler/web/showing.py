"""Pages: a template of `pages/` and its values come in, HTML goes out, in the reader's language and escaped.

Every template may use `t`, `many`, `language`, `languages`, `path`, `person` (None before sign-in), `rooms` (where they
may go), `built` (which of npm's bundles there are), `zone` and `practice_name`, `notice` and `form_token`, and the
filters `when`, `day`, `clock`, `money`, `number`. `macros.html.j2` holds what pages are made of.
"""

import hashlib
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Final

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from scheduler.web import times
from scheduler.web.assets_mount import bundles
from scheduler.web.forms import form_token
from scheduler.web.navigation import rooms_of
from scheduler.web.notices import clear, left
from scheduler.web.practices import WITHOUT_RULES, name_of, zone_of
from scheduler.web.words import LANGUAGES, words_of

PAGES: Final = Path(__file__).parent / "pages"

environment: Final = jinja2.Environment(
    loader=jinja2.FileSystemLoader(PAGES),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


environment.filters.update(times.FILTERS)


def show(request: Request, template: str, /, *, status: int = HTTPStatus.OK, **values: object) -> HTMLResponse:
    """Return a page, made from a template such as `sign_in.html.j2` and the values that it names."""
    notice = left(request)
    answer = HTMLResponse(_render(request, template, {"notice": notice, **values}), status)
    if notice is not None:
        clear(request, answer)
    return answer


def show_part(request: Request, template: str, /, **values: object) -> Response:
    """Return a part of a page that is asked for again and again; 304 while it says what the browser has already."""
    html = _render(request, template, {"notice": None, **values})
    tag = f'"{hashlib.blake2b(html.encode(), digest_size=12).hexdigest()}"'
    headers = {"ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return HTMLResponse(html, headers=headers)


def _render(request: Request, template: str, values: Mapping[str, object]) -> str:
    words, person = words_of(request), getattr(request.state, "person", None)
    known: dict[str, object] = {
        "t": words.t,
        "many": words.many,
        "language": words.language,
        "languages": LANGUAGES,
        "path": request.url.path,
        "person": person,
        "rooms": rooms_of(person),
        "built": bundles(),
        "zone": WITHOUT_RULES if person is None else zone_of(request, person.practice),
        "practice_name": "" if person is None else name_of(request, person.practice),
        "form_token": form_token(request) or "",
    }
    return environment.get_template(template).render(known | dict(values))
