"""Signing in over HTTP: the password, the code, the wait after failures, the session and its cookie, signing out."""

import re

import pyotp
from sqlalchemy import select

from jobs.records import sessions as session_rows
from jobs.records import sign_in_steps
from scheduler.identities import codes, users
from tests.storage.identifying import PASSWORD, add_practice, add_user, later, signed
from tests.web.web_room import HTTP, Browser, WebRoom, cookies_set, token_in

SESSION = "__Host-quietbell"


def enrolled(room: WebRoom) -> pyotp.TOTP:
    with room.database.read() as connection:
        maya = users.find(connection, "northlight", "maya")
    fresh = codes.begin(maya)
    phone = pyotp.TOTP(fresh.secret)
    now = room.clock.now()
    room.database.write(lambda connection: codes.confirm(connection, maya, fresh.secret, phone.at(now), signed(at=now)))
    later(room.clock, seconds=30)
    return phone


def test_the_right_password_leads_to_the_page_that_was_wanted(browser: Browser) -> None:
    sent_away = browser.get("/?a=b")
    assert (sent_away.status_code, sent_away.headers["location"]) == (303, "/sign-in?next=%2F%3Fa%3Db")
    form = {"name": "Maya ", "password": PASSWORD, "next": "/?a=b"}
    answer = browser.fill(sent_away.headers["location"], form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/?a=b")
    assert browser.get("/whoami").text == "maya, admin, northlight"


def test_over_https_the_cookie_is_out_of_reach_of_scripts_other_hosts_and_plain_http(browser: Browser) -> None:
    given = cookies_set(browser.sign_in())[SESSION]
    assert [part.strip() for part in given.split(";")[1:]] == ["HttpOnly", "Path=/", "SameSite=lax", "Secure"]


def test_over_http_it_has_a_plain_name_and_is_as_far_from_scripts(room: WebRoom) -> None:
    room.address = HTTP
    given = cookies_set(room.browser().sign_in())["quietbell"]
    assert [part.strip() for part in given.split(";")[1:]] == ["HttpOnly", "Path=/", "SameSite=lax"]


def test_no_token_of_a_session_is_kept(room: WebRoom, browser: Browser) -> None:
    browser.sign_in()
    token = browser.cookie(SESSION)
    assert token is not None
    with room.database.read() as connection:
        assert token.encode() not in connection.execute(select(session_rows.c.token_hash)).scalar_one()


def test_a_wrong_password_is_told_in_the_readers_language_and_nothing_of_what_was_wrong(browser: Browser) -> None:
    browser.headers["accept-language"] = "de, fr-CA;q=0.9, en;q=0.8"
    wrong, unknown = browser.sign_in(password="wrong"), browser.sign_in(name="nobody")  # noqa: S106 - it opens nothing
    assert wrong.status_code == unknown.status_code == 422
    assert "Le nom ou le mot de passe est incorrect." in wrong.text
    assert wrong.text.replace('value="maya"', "") == unknown.text.replace('value="nobody"', "")
    assert SESSION not in cookies_set(wrong)


def test_after_failures_one_waits_and_is_told_how_long(room: WebRoom, browser: Browser) -> None:
    for _ in range(6):
        assert browser.sign_in(password="wrong").status_code == 422  # noqa: S106 - it opens nothing
    early = browser.sign_in()
    assert (early.status_code, early.headers["retry-after"]) == (429, "1")
    assert "Try again in 1 seconds." in early.text
    later(room.clock, seconds=1)
    assert browser.sign_in().status_code == 303


def test_an_attempt_with_nul_and_halves_of_characters_is_a_wrong_one(browser: Browser) -> None:
    assert browser.sign_in(name="\0\ud7ff", password="\0").status_code == 422  # noqa: S106 - it opens nothing


def test_the_code_is_asked_for_after_the_password_and_the_password_not_again(room: WebRoom, browser: Browser) -> None:
    phone = enrolled(room)
    page = browser.fill("/sign-in?next=/jobs", {"name": "maya", "password": PASSWORD, "next": "/jobs"})
    assert page.status_code == 200
    assert "correct horse" not in page.text
    assert browser.get("/whoami").status_code == 303
    form = {"form_token": token_in(page), "code": "000000x"}
    assert browser.post("/sign-in", form).status_code == 422
    answer = browser.post("/sign-in", form | {"code": phone.at(room.clock.now())})
    assert (answer.status_code, answer.headers["location"]) == (303, "/jobs")
    with room.database.read() as connection:
        assert connection.execute(select(sign_in_steps)).all() == []


def test_a_code_alone_opens_nothing_in_a_browser_where_no_password_was_right(room: WebRoom, browser: Browser) -> None:
    phone = enrolled(room)
    browser.sign_in()
    answer = room.browser().fill("/sign-in", {"code": phone.at(room.clock.now())})
    assert (answer.status_code, SESSION in cookies_set(answer)) == (422, False)


def test_five_minutes_after_the_password_no_code_is_taken(room: WebRoom, browser: Browser) -> None:
    phone = enrolled(room)
    token = token_in(browser.sign_in())
    later(room.clock, minutes=5)
    answer = browser.post("/sign-in", {"form_token": token, "code": phone.at(room.clock.now())})
    assert "That took too long." in answer.text


def test_codes_cannot_be_guessed_on_and_on(room: WebRoom, browser: Browser) -> None:
    enrolled(room)
    token = token_in(browser.sign_in())
    answers = [browser.post("/sign-in", {"form_token": token, "code": "12345x"}).status_code for _ in range(7)]
    assert answers == [422] * 6 + [429]


def test_a_new_password_ends_a_sign_in_that_waits_for_its_code(room: WebRoom, browser: Browser) -> None:
    phone = enrolled(room)
    token = token_in(browser.sign_in())
    room.database.write(lambda connection: users.set_password(connection, "maya", "of another", signed()))
    answer = browser.post("/sign-in", {"form_token": token, "code": phone.at(room.clock.now())})
    assert "That took too long." in answer.text


def test_a_session_that_was_planted_is_not_the_one_that_signing_in_begins(room: WebRoom, browser: Browser) -> None:
    planted = {"__Host-quietbell": "known-to-somebody", "__Host-quietbell-before": "known-too"}
    for name, value in planted.items():
        browser.put(name, value)
    assert browser.sign_in().status_code == 303
    stranger = room.browser()
    stranger.put(SESSION, planted[SESSION])
    assert stranger.get("/whoami").status_code == 303
    assert planted[SESSION] not in {each.value for each in browser.client.cookies.jar if each.domain.startswith("bell")}


def test_signing_in_anew_ends_the_session_before_it(room: WebRoom, browser: Browser) -> None:
    browser.sign_in()
    first = browser.cookie(SESSION)
    assert first is not None
    other = room.browser()
    other.put(SESSION, first)
    token = token_in(other.get("/password"))
    again = other.post("/sign-in", {"form_token": token, "name": "maya", "password": PASSWORD})
    assert again.status_code == 303
    assert browser.get("/whoami").status_code == 303


def test_a_session_ends_when_it_lies_idle_and_after_a_days_work(room: WebRoom, browser: Browser) -> None:
    browser.sign_in()
    for _ in range(7):
        later(room.clock, minutes=100)
        assert browser.get("/whoami").status_code == 200
    later(room.clock, minutes=21)
    assert browser.get("/whoami").status_code == 303
    browser.sign_in()
    later(room.clock, hours=2)
    assert browser.get("/whoami").status_code == 303


def test_signing_out_ends_the_session_on_the_server_too(room: WebRoom, browser: Browser) -> None:
    browser.sign_in()
    token = browser.cookie(SESSION)
    assert token is not None
    answer = browser.post("/sign-out", {"form_token": token_in(browser.get("/password"))})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert browser.cookie(SESSION) is None
    thief = room.browser()
    thief.put(SESSION, token)
    assert thief.get("/whoami").status_code == 303


def test_a_disabled_user_is_out_at_once(room: WebRoom, browser: Browser) -> None:
    add_user(room.database, "kim", role="staff")
    browser.sign_in("kim")
    room.database.write(lambda connection: users.disable(connection, "kim", signed()))
    assert browser.get("/whoami").status_code == 303
    assert browser.sign_in("kim").status_code == 422


def test_whoever_is_signed_in_does_not_see_the_form(browser: Browser) -> None:
    browser.sign_in()
    assert browser.get("/sign-in?next=/jobs").headers["location"] == "/jobs"


def test_with_several_practices_the_form_asks_which(room: WebRoom, browser: Browser) -> None:
    assert 'name="practice"' not in browser.get("/sign-in").text
    add_practice(room.database, "harbour", 2)
    room.database.write(
        lambda connection: users.add(connection, users.NewUser(name="lee", role="admin"), signed("harbour"))
    )
    assert 'name="practice"' in browser.get("/sign-in").text
    assert browser.sign_in(practice="harbour").status_code == 422
    assert browser.sign_in(practice="northlight").status_code == 303


def test_a_script_is_told_that_nobody_is_signed_in(browser: Browser) -> None:
    assert browser.get("/", headers={"accept": "application/json"}).status_code == 401


def test_a_password_that_somebody_else_made_is_changed_first(room: WebRoom, browser: Browser) -> None:
    with room.database.read() as connection:
        kept = connection.execute(users.by_name("northlight", "maya")).one().password_hash
    room.database.write(lambda connection: users.set_password(connection, "maya", kept, signed(), must_change=True))
    browser.sign_in()
    old = browser.cookie(SESSION)
    assert browser.get("/whoami").headers["location"] == "/password"
    form = {"present": PASSWORD, "fresh": "a longer word of mine", "again": "a longer word of mine"}
    assert "written the same twice" in browser.fill("/password", form | {"again": "else"}).text
    assert "is wrong" in browser.fill("/password", form | {"present": "else"}).text
    assert "too short" in browser.fill("/password", form | {"fresh": "short", "again": "short"}).text
    assert browser.fill("/password", form).status_code == 303
    assert browser.get("/whoami").status_code == 200
    assert browser.cookie(SESSION) != old
    assert room.browser().sign_in().status_code == 422
    assert room.browser().sign_in(password="a longer word of mine").status_code == 303  # noqa: S106 - of a test


def test_codes_begin_with_the_password_and_a_first_code_and_end_with_the_password(
    room: WebRoom, browser: Browser
) -> None:
    browser.sign_in()
    page = browser.get("/codes").text
    found = re.search(r'name="secret" value="([A-Z2-7]{32})"', page)
    assert found is not None
    phone = pyotp.TOTP(found[1])
    form = {"secret": found[1], "code": phone.at(room.clock.now()), "present": PASSWORD}
    assert browser.fill("/codes", form | {"present": "wrong"}).status_code == 422
    wrong = browser.fill("/codes", form | {"code": "12345x"})
    assert (wrong.status_code, found[1] in wrong.text) == (422, True)
    assert browser.fill("/codes", form | {"secret": "A"}).status_code == 422
    assert browser.fill("/codes", form).status_code == 303
    assert browser.fill("/codes", form).status_code == 409
    assert "The code from your phone" in room.browser().sign_in().text
    assert found[1] not in browser.get("/codes").text
    assert browser.fill("/codes", {"end": "1", "present": PASSWORD}).status_code == 303
    assert room.browser().sign_in().status_code == 303
