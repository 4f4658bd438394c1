"""Settings: users, keys, senders, endpoints, spending, the audit log; secrets shown once, rights never given."""

import re
from http import HTTPStatus
from typing import Any

import pytest
from httpx2 import Response

from jobs import events
from jobs.clock import SteppingClock
from jobs.database import Database
from scheduler.identities import keys, users
from scheduler.identities.rights import MEANINGS
from scheduler.web.settings.saying import KINDS, RIGHTS
from tests.storage.identifying import actions, add_practice, add_user
from tests.web.jobs_room import as_role, jobs_browser, send
from tests.web.web_room import Browser, cookies_set

__all__ = ["jobs_browser"]

PAGES = ("me", "users", "keys", "senders", "endpoints", "spending", "audit")
MANAGED = ("users", "keys")


def order(browser: Browser, room: str, did: str, **form: Any) -> Response:
    """Send a form of a room of the settings."""
    return send(browser, f"/settings/{room}", f"/settings/{room}/{did}", form)


def secret_in(answer: Response) -> str:
    """Return what is shown once."""
    found = re.search(r'id="secret"[^>]* value="([^"]+)"', answer.text)
    assert found is not None, answer.text
    return found[1]


@pytest.mark.parametrize("name", PAGES)
def test_an_admin_opens_every_room(jobs_browser: Browser, name: str) -> None:
    assert jobs_browser.get(f"/settings/{name}").status_code == HTTPStatus.OK


@pytest.mark.parametrize("name", PAGES)
def test_a_practice_without_rules_has_settings_too(browser: Browser, name: str) -> None:
    browser.enter()
    assert browser.get(f"/settings/{name}").status_code == HTTPStatus.OK


@pytest.mark.parametrize("name", [*MANAGED, "endpoints", "audit"])
def test_a_viewer_manages_nothing(jobs_browser: Browser, database: Database, clock: SteppingClock, name: str) -> None:
    del jobs_browser
    viewer = as_role(database, clock, "viewer")
    assert viewer.get(f"/settings/{name}").status_code == HTTPStatus.FORBIDDEN
    assert f'href="/settings/{name}"' not in viewer.get("/settings/me").text


def test_the_settings_begin_where_one_may_look(jobs_browser: Browser, database: Database, clock: SteppingClock) -> None:
    assert jobs_browser.get("/settings").headers["location"] == "/settings/users"
    assert as_role(database, clock, "viewer").get("/settings").headers["location"] == "/settings/me"


def test_the_page_of_oneself_leads_to_password_and_codes(jobs_browser: Browser) -> None:
    page = jobs_browser.get("/settings/me").text
    assert 'href="/password"' in page
    assert 'href="/codes"' in page


def test_a_new_user_signs_in_with_the_password_shown_once(
    jobs_browser: Browser, database: Database, browser: Browser
) -> None:
    added = order(jobs_browser, "users", "add", name="Leo", role="staff")
    password = secret_in(added)
    assert password not in jobs_browser.get("/settings/users").text
    assert not any(password in each for each in cookies_set(added).values())
    assert browser.sign_in("leo", password).status_code == HTTPStatus.SEE_OTHER
    with database.read() as connection:
        assert users.find(connection, "northlight", "leo").must_change
        assert "user.added" in actions(connection)


def test_a_user_whose_name_will_not_do_is_told_so_and_stays_typed(jobs_browser: Browser) -> None:
    answer = order(jobs_browser, "users", "add", name="Le o!", role="ops", email="leo@example.org")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'value="Le o!"' in answer.text
    assert 'value="leo@example.org"' in answer.text


def test_the_last_admin_stays_one(jobs_browser: Browser, database: Database) -> None:
    answer = order(jobs_browser, "users", "role", name="maya", role="staff")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    with database.read() as connection:
        assert users.find(connection, "northlight", "maya").role == "admin"


def test_a_user_is_given_a_role_disabled_and_let_in_again(jobs_browser: Browser, database: Database) -> None:
    add_user(database, "leo", role="staff")
    for did, more in (("role", {"role": "ops"}), ("disable", {}), ("enable", {})):
        assert order(jobs_browser, "users", did, name="leo", **more).status_code == HTTPStatus.SEE_OTHER
    with database.read() as connection:
        assert users.find(connection, "northlight", "leo").role == "ops"
        assert {"user.role_changed", "user.disabled", "user.enabled"} <= set(actions(connection))


def test_a_new_password_opens_and_the_old_one_does_not(
    jobs_browser: Browser, database: Database, browser: Browser
) -> None:
    add_user(database, "leo", role="staff")
    password = secret_in(order(jobs_browser, "users", "password", name="leo"))
    assert browser.sign_in("leo").status_code != HTTPStatus.SEE_OTHER
    assert browser.sign_in("leo", password).status_code == HTTPStatus.SEE_OTHER


def test_a_user_of_another_practice_is_not_found(jobs_browser: Browser, database: Database) -> None:
    add_practice(database, "harbour", 2)
    assert order(jobs_browser, "users", "disable", name="nobody").status_code == HTTPStatus.NOT_FOUND


def test_a_key_is_shown_once_rotated_and_revoked(jobs_browser: Browser, database: Database) -> None:
    made = order(jobs_browser, "keys", "add", name="immcase", scopes=["jobs:read", "records:write"], life="365")
    secret = secret_in(made)
    assert secret.startswith("qb_")
    assert secret not in jobs_browser.get("/settings/keys").text
    fresh = order(jobs_browser, "keys", "rotate", name="immcase", overlap="24")
    assert secret_in(fresh) != secret
    assert order(jobs_browser, "keys", "revoke", name="immcase").status_code == HTTPStatus.SEE_OTHER
    with database.read() as connection:
        assert {each.revoked_at is None for each in keys.list_keys(connection, "northlight")} == {False}
        assert {"key.added", "key.rotated", "key.revoked"} <= set(actions(connection))


@pytest.mark.parametrize(
    "form",
    [
        {"name": "immcase", "life": "365"},
        {"name": "Imm Case", "scopes": ["jobs:read"], "life": "365"},
        {"name": "immcase", "scopes": ["texts:system"], "life": "365"},
        {"name": "immcase", "scopes": ["jobs:read"], "life": "7"},
    ],
    ids=["no scope", "a name that will not do", "more than one's own", "another span"],
)
def test_a_key_that_may_not_be_is_not_made(jobs_browser: Browser, database: Database, form: dict[str, Any]) -> None:
    assert order(jobs_browser, "keys", "add", **form).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    with database.read() as connection:
        assert keys.list_keys(connection, "northlight") == []


def test_a_test_text_is_planned_once_however_often_it_is_sent(jobs_browser: Browser, database: Database) -> None:
    form = {"sender": "main", "to": "514-555-0142", "text": "Hello", "key": "k1"}
    for _ in range(2):
        assert order(jobs_browser, "senders", "test", **form).status_code == HTTPStatus.SEE_OTHER
    with database.read() as connection:
        assert actions(connection).count("text.planned") == 1


@pytest.mark.parametrize("wrong", [{"to": "12"}, {"sender": "other"}, {"text": ""}])
def test_a_test_text_that_cannot_go_is_told_why(jobs_browser: Browser, wrong: dict[str, str]) -> None:
    form = {"sender": "main", "to": "514-555-0142", "text": "Hello", "key": "k1", **wrong}
    answer = order(jobs_browser, "senders", "test", **form)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'role="alert"' in answer.text


def test_who_may_not_send_sends_no_test(jobs_browser: Browser, database: Database, clock: SteppingClock) -> None:
    del jobs_browser
    viewer = as_role(database, clock, "viewer")
    answer = send(viewer, "/settings/me", "/settings/senders/test", {"sender": "main"})
    assert answer.status_code == HTTPStatus.FORBIDDEN


def test_providers_are_checked(jobs_browser: Browser) -> None:
    assert 'data-level="' in jobs_browser.get("/settings/providers/check").text


def test_an_endpoint_lives_and_its_secret_is_shown_once(jobs_browser: Browser, database: Database) -> None:
    added = order(jobs_browser, "endpoints", "add", url="https://cases.example/hook", kinds=["text.received"])
    assert secret_in(added).startswith("whsec_")
    with database.read() as connection:
        found = events.list_endpoints(connection, "northlight")[0]
    assert found.kinds == ("text.received",)
    assert secret_in(order(jobs_browser, "endpoints", "secret", endpoint=found.id.hex)) != secret_in(added)
    for did in ("pause", "resume", "remove"):
        answer = order(jobs_browser, "endpoints", did, endpoint=found.id.hex)
        assert answer.status_code == HTTPStatus.SEE_OTHER
    with database.read() as connection:
        assert events.list_endpoints(connection, "northlight") == []
        assert {"endpoint.added", "endpoint.secret_rotated", "endpoint.removed"} <= set(actions(connection))


@pytest.mark.parametrize("url", ["ftp://cases.example", "http://cases.example/", "mailto:nobody"])
def test_an_address_that_will_not_do_is_refused(jobs_browser: Browser, url: str) -> None:
    answer = order(jobs_browser, "endpoints", "add", url=url)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert url in answer.text


@pytest.mark.parametrize("did", ["pause", "remove", "secret", "send-again", "other"])
def test_an_endpoint_of_nobody_is_not_found(jobs_browser: Browser, did: str) -> None:
    answer = order(jobs_browser, "endpoints", did, endpoint="0" * 32)
    assert answer.status_code == HTTPStatus.NOT_FOUND


def test_sending_again_says_when_there_is_nothing(jobs_browser: Browser) -> None:
    order(jobs_browser, "endpoints", "add", url="mailto:desk@example.org")
    assert order(jobs_browser, "endpoints", "send-again").status_code == HTTPStatus.SEE_OTHER
    assert "nothing to send again" in jobs_browser.get("/settings/endpoints").text


@pytest.mark.parametrize(
    ("name", "did"), [("users", "add"), ("keys", "add"), ("senders", "test"), ("endpoints", "add")]
)
def test_a_forged_form_does_nothing(jobs_browser: Browser, name: str, did: str) -> None:
    assert jobs_browser.post(f"/settings/{name}/{did}", {"name": "x"}).status_code == HTTPStatus.FORBIDDEN


def test_the_audit_log_is_searched(jobs_browser: Browser) -> None:
    order(jobs_browser, "keys", "add", name="immcase", scopes=["jobs:read"], life="365")
    found = jobs_browser.get("/settings/audit?by=maya&action=key.").text
    assert ">key.added<" in found
    assert ">user.signed_in<" not in found
    assert ">key.added<" not in jobs_browser.get("/settings/audit?subject=user/maya").text


@pytest.mark.parametrize("query", ["since=xx", "by=%00", "before=0", "subject=contact/none"])
def test_an_odd_search_of_the_audit_log_breaks_nothing(jobs_browser: Browser, query: str) -> None:
    assert jobs_browser.get(f"/settings/audit?{query}").status_code == HTTPStatus.OK


def test_rights_and_kinds_are_told_as_they_are_meant() -> None:
    assert dict(RIGHTS) == dict(MEANINGS)
    assert dict(KINDS) == dict(events.MEANINGS)
