"""Forms, addresses to go on to, headers, errors and files: what holds on every page."""

import re
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, PlainTextResponse

from jobs.errors import InputError, NotFoundError, RefusedError
from scheduler.identities.rights import Right
from scheduler.web.forms import CheckedForm, checked, checked_call
from scheduler.web.people import Person, local_path, signed_in
from scheduler.web.securing import POLICY
from scheduler.web.showing import show
from tests.storage.identifying import add_user
from tests.web.web_room import HTTP, Browser, WebRoom, token_in

router = APIRouter()
Publisher = Annotated[Person, signed_in(Right.PUBLISH)]


@router.get("/own/rules")
def rules(request: Request, _person: Publisher) -> HTMLResponse:
    return show(request, "password.html.j2", problem=None, detail=None)


@router.post("/own/rules")
def publish(form: CheckedForm, _person: Publisher) -> PlainTextResponse:
    return PlainTextResponse(f"{form.text('words')}|{form.texts('tick')}|{form.file('paper')}|{form.text('absent')}")


@router.post("/own/large")
def take_large(form: Annotated[object, Depends(checked(largest=1_000_000))]) -> PlainTextResponse:
    return PlainTextResponse(str(form is not None))


@router.post("/own/call", dependencies=[Depends(checked_call)])
def take_call(_person: Publisher) -> PlainTextResponse:
    return PlainTextResponse("called")


@router.get("/break/{how}")
def break_down(how: str, number: int = 0) -> PlainTextResponse:
    errors = {"lost": NotFoundError("no such thing"), "odd": InputError("odd"), "refused": RefusedError("not now")}
    raise errors.get(how, RuntimeError(f"secret words {number}"))


@pytest.fixture
def browser(room: WebRoom) -> Browser:
    room.pages = (router,)
    return room.browser()


def test_a_form_of_our_own_page_is_taken(browser: Browser) -> None:
    browser.sign_in()
    assert browser.fill("/own/rules", {"words": " a ", "tick": "1"}).text == "a|['1']|None|"


@pytest.mark.parametrize("token", ["", "wrong", "é", "\ud7ff"])
def test_a_form_without_its_token_is_refused(browser: Browser, token: str) -> None:
    browser.sign_in()
    answer = browser.post("/own/rules", {"form_token": token, "words": "a"})
    assert (answer.status_code, "load the page again" in answer.text) == (403, True)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": "https://bell.example"},
    ],
)
def test_a_form_that_the_browser_says_came_from_elsewhere_is_refused(browser: Browser, headers: dict[str, str]) -> None:
    browser.sign_in()
    assert browser.fill("/own/rules", {}, headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("origin", "status"),
    [("https://bell.example", 200), ("https://evil.example", 403), ("null", 403), ("https://bell.example:444", 403)],
)
def test_of_a_browser_that_says_nothing_the_origin_counts(browser: Browser, origin: str, status: int) -> None:
    browser.sign_in()
    token = token_in(browser.get("/own/rules"))
    headers = browser.headers | {"origin": origin}
    assert browser.client.post("/own/rules", data={"form_token": token}, headers=headers).status_code == status


def test_a_token_is_of_one_session_alone(room: WebRoom, browser: Browser) -> None:
    browser.sign_in()
    other = room.browser()
    before = token_in(other.get("/sign-in"))
    other.sign_in()
    for token in (token_in(browser.get("/own/rules")), before):
        assert other.post("/own/rules", {"form_token": token}).status_code == 403


def test_the_sign_in_form_has_a_token_too(browser: Browser) -> None:
    answer = browser.post("/sign-in", {"name": "maya", "password": "correct horse battery"})
    assert (answer.status_code, browser.cookie("__Host-quietbell")) == (403, None)


def test_signing_out_needs_one_as_well(browser: Browser) -> None:
    browser.sign_in()
    assert browser.post("/sign-out", {}).status_code == 403
    assert browser.get("/whoami").status_code == 200


def test_a_form_too_large_is_not_read(browser: Browser) -> None:
    browser.sign_in()
    token = token_in(browser.get("/own/rules"))
    assert browser.post("/own/rules", {"form_token": token, "words": "a" * 70_000}).status_code == 413
    assert browser.post("/own/large", {"form_token": token, "words": "a" * 70_000}).status_code == 200


def test_a_script_sends_the_token_in_a_header(browser: Browser) -> None:
    browser.sign_in()
    token = token_in(browser.get("/own/rules"))
    own = browser.headers | {"sec-fetch-site": "same-origin"}
    assert browser.client.post("/own/call", headers=own).status_code == 403
    assert browser.client.post("/own/call", headers=own | {"x-form-token": token}).text == "called"
    assert browser.post("/own/rules", {"words": "a"}, headers={"x-form-token": token}).status_code == 200


def test_a_page_that_a_role_may_not_see_says_so(room: WebRoom, browser: Browser) -> None:
    add_user(room.database, "kim", role="staff")
    browser.sign_in("kim")
    answer = browser.get("/own/rules")
    assert (answer.status_code, "Your role does not allow this." in answer.text) == (403, True)
    assert "kim, " in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "evil.example",
        "",
        "/sign-out",
        "/" + "a" * 3000,
    ],
)
def test_nobody_is_sent_to_another_place_after_signing_in(browser: Browser, path: str) -> None:
    assert local_path(path) == "/"
    answer = browser.fill("/sign-in", {"name": "maya", "password": "correct horse battery", "next": path})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@pytest.mark.parametrize("path", ["/", "/jobs", "/jobs?state=held&next=//x", "/contacts/%2F%2Fevil", "/é"])
def test_a_page_of_ours_is_gone_on_to(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nowhere", "/static/console.css", "/break/down"])
def test_every_answer_has_the_headers(browser: Browser, path: str) -> None:
    headers = browser.get(path).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["strict-transport-security"].startswith("max-age=")
    assert headers["cache-control"] == ("no-cache" if path.startswith("/static") else "no-store")


def test_the_policy_is_to_the_letter() -> None:
    assert POLICY == (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )


def test_over_plain_http_no_promise_of_https_is_made(room: WebRoom) -> None:
    room.address = HTTP
    assert "strict-transport-security" not in room.browser().get("/sign-in").headers


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/nowhere", 404, "There is no such page"),
        ("/break/lost", 404, "no such thing"),
        ("/break/odd", 422, "odd"),
        ("/break/refused", 409, "not now"),
        ("/break/down?number=x", 422, "is not as it should be"),
        ("/break/down", 500, "Something broke here."),
    ],
)
def test_errors_are_pages_and_tell_no_more_than_they_should(
    browser: Browser, path: str, status: int, words: str
) -> None:
    answer = browser.get(path)
    assert (answer.status_code, words in answer.text, "secret words" in answer.text) == (status, True, False)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_another_method_is_an_error_page_as_well(browser: Browser) -> None:
    assert browser.client.put("/sign-in").status_code == 405


def test_pages_hold_no_script_and_no_style_but_files(browser: Browser) -> None:
    for path in ("/sign-in", "/nowhere"):
        page = browser.get(path).text
        assert re.findall(r'<script(?! type="module" src="/static/[a-z]+.js"></script>)', page) == []
        assert "<style" not in page
        assert " style=" not in page
        assert re.findall(r" on[a-z]+=", page) == []
        assert '<link rel="stylesheet" href="/static/console.css">' in page


def test_a_name_as_written_comes_back_escaped(browser: Browser) -> None:
    page = browser.sign_in(name='"><script>alert(1)</script>').text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_language_once_chosen_stays(browser: Browser) -> None:
    answer = browser.get("/language/fr?next=/sign-in")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert '<html lang="fr"' in browser.get("/sign-in").text
    assert browser.get("/language/xx").status_code == 404
    assert browser.get("/language/en?next=//evil.example").headers["location"] == "/"


def test_files_are_served_and_nothing_beside_them(browser: Browser) -> None:
    assert browser.get("/static/console.css").headers["content-type"].startswith("text/css")
    assert browser.get("/static/../app.py").status_code == 404
    assert browser.get("/static/%2e%2e/app.py").status_code == 404
