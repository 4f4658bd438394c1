"""Signing in at an identity provider, over real sockets: who comes in, what is refused, and what the log says of it."""

import base64
import hashlib
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from httpx2 import Response
from joserfc import jwt
from joserfc.jwk import RSAKey

from jobs.clock import SteppingClock
from jobs.database import Database
from scheduler.identities import users
from scheduler.identities.audit import Search, search
from scheduler.identities.oidc import Provider
from scheduler.settings import IdentityProvider
from tests.storage.identifying import add_practice, add_user, later, signed
from tests.web.issuing import CLIENT_ID, CLIENT_SECRET, SUBJECT, Issuer, issuing
from tests.web.web_room import HTTPS, Browser, WebRoom, cookies_set

SESSION = "__Host-quietbell"
BACK = f"{HTTPS}/sign-in/oidc/callback"


@pytest.fixture
def issuer(clock: SteppingClock) -> Iterator[Issuer]:
    with issuing(clock) as opened:
        yield opened


@pytest.fixture
def room(database: Database, clock: SteppingClock, issuer: Issuer) -> WebRoom:
    """Give an installation with that provider, and lee, whose address it knows."""
    add_user(database, "lee", role="staff", email="Maya@northlight.example", password_hash=None)
    return WebRoom(database, clock, provider=provider_at(issuer))


def provider_at(issuer: Issuer, claim: str = "email") -> Provider:
    setup = IdentityProvider(
        issuer=issuer.url, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, name="Northlight", claim=claim
    )
    return Provider(setup, BACK, issuer.clock)


def leave(browser: Browser, issuer: Issuer, path: str = "/sign-in/oidc?next=/jobs") -> dict[str, str]:
    """Go to the provider, which remembers the nonce; return the query that the browser came with."""
    away = browser.get(path)
    assert away.status_code == 303, away.text
    address = urlsplit(away.headers["location"])
    assert away.headers["location"].startswith(f"{issuer.url}/authorize?")
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    issuer.nonce = query["nonce"]
    return query


def come_back(browser: Browser, query: dict[str, str], **more: str) -> Response:
    given = {"code": "a-code", "state": query["state"]} | more
    return browser.get("/sign-in/oidc/callback", params=given)


def signed_in(browser: Browser, issuer: Issuer) -> Response:
    return come_back(browser, leave(browser, issuer))


def refusals(room: WebRoom) -> list[object]:
    """Return why nobody came in, as the audit log says it."""
    with room.database.read() as connection:
        acts = search(connection, "northlight", Search(action="user.refused")).acts
    return [each.act.after["because"] for each in acts if each.act.after is not None]


def test_a_user_whom_the_practice_added_comes_in_by_their_address(
    room: WebRoom, issuer: Issuer, browser: Browser
) -> None:
    assert "Sign in with Northlight" in browser.get("/sign-in").text
    answer = signed_in(browser, issuer)
    assert (answer.status_code, answer.headers["location"]) == (303, "/jobs")
    assert browser.get("/whoami").text == "lee, staff, northlight"
    with room.database.read() as connection:
        [last] = search(connection, "northlight", Search(action="user.signed_in")).acts
        bound = users.find_subject(connection, "northlight", f"{issuer.url} {SUBJECT}")
    assert (last.act.signed.by, last.act.after) == ("person:lee", {"through": "oidc", "bound": True})
    assert bound is not None


def test_the_way_there_carries_pkce_and_the_code_is_exchanged_with_its_verifier(
    issuer: Issuer, browser: Browser
) -> None:
    query = leave(browser, issuer)
    come_back(browser, query)
    [form] = issuer.exchanges
    challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
    assert (query["code_challenge"], query["code_challenge_method"]) == (challenge, "S256")
    assert query["scope"] == "openid profile email"
    assert query["redirect_uri"] == form["redirect_uri"] == BACK
    assert base64.b64decode(issuer.authorizations[0].removeprefix("Basic ")) == f"{CLIENT_ID}:{CLIENT_SECRET}".encode()
    assert "client_secret" not in form


def test_a_provider_that_wants_the_secret_in_the_form_gets_it_there(issuer: Issuer, browser: Browser) -> None:
    issuer.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert signed_in(browser, issuer).status_code == 303
    assert issuer.exchanges[0]["client_secret"] == CLIENT_SECRET


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"nonce": "of another"}, "cannot be verified"),
        ({"nonce": None}, "cannot be verified"),
        ({"aud": "another"}, "cannot be verified"),
        ({"aud": [CLIENT_ID, "another"]}, "cannot be verified"),
        ({"aud": [CLIENT_ID, "another"], "azp": "another"}, "cannot be verified"),
        ({"iss": "https://elsewhere.example"}, "cannot be verified"),
        ({"exp": 1_000_000_000}, "cannot be verified"),
        ({"exp": None}, "cannot be verified"),
        ({"exp": "soon"}, "cannot be verified"),
        ({"iat": 4_000_000_000}, "cannot be verified"),
        ({"sub": None}, "cannot be verified"),
        ({"sub": 7}, "cannot be verified"),
        ({"email_verified": False}, "has not verified"),
        ({"email_verified": None}, "has not verified"),
        ({"email_verified": "true"}, "has not verified"),
        ({"email": ""}, "has not verified"),
        ({"email": "stranger@elsewhere.example"}, "no user"),
        ({"email": "a\0b"}, "no user"),
        ({"sub": "\0"}, "no user"),
    ],
)
def test_nobody_comes_in_by_a_token_that_is_not_as_it_should_be(
    room: WebRoom, issuer: Issuer, browser: Browser, claims: dict[str, object], why: str
) -> None:
    issuer.claims = claims
    answer = signed_in(browser, issuer)
    assert (answer.status_code, SESSION in cookies_set(answer)) == (403, False)
    [noted] = refusals(room)
    assert why in str(noted)
    assert "elsewhere.example" not in answer.text


@pytest.mark.parametrize("how", ["unsigned", "signed_with_what_all_know", "signed_by_another"])
def test_only_the_providers_own_key_signs(room: WebRoom, issuer: Issuer, browser: Browser, how: str) -> None:
    issuer.sign = getattr(issuer, how)
    assert signed_in(browser, issuer).status_code == 403
    assert refusals(room) == ["the identity provider's answer cannot be verified"]


@pytest.mark.parametrize("answer", [(500, b""), (400, b'{"error":"invalid_grant"}'), (200, b"no json"), (200, b"[]")])
def test_a_provider_that_does_not_take_the_code_is_told_calmly(
    room: WebRoom, issuer: Issuer, browser: Browser, answer: tuple[int, bytes]
) -> None:
    issuer.token_answer = answer
    page = signed_in(browser, issuer)
    assert (page.status_code, "cannot be reached just now" in page.text) == (503, True)
    assert refusals(room) == ["the identity provider cannot be asked"]


def test_an_answer_without_end_is_not_read_to_its_end(issuer: Issuer, browser: Browser) -> None:
    issuer.token_answer = (200, b'{"a": "' + b"x" * 600_000 + b'"}')
    assert signed_in(browser, issuer).status_code == 503


def test_a_new_key_of_the_provider_is_fetched_when_it_is_first_seen(
    room: WebRoom, issuer: Issuer, browser: Browser
) -> None:
    assert signed_in(browser, issuer).status_code == 303
    issuer.rotate()
    later(room.clock, seconds=11)
    assert signed_in(room.browser(), issuer).status_code == 303
    assert issuer.keys_asked == 2


def test_unknown_keys_do_not_make_us_ask_without_pause(issuer: Issuer, room: WebRoom) -> None:
    signed_in(room.browser(), issuer)
    published, issuer.key = issuer.key, issuer.key
    issuer.rotate()
    forged, issuer.key = issuer.key, published
    issuer.sign = lambda said: _signed(forged, said)
    assert [signed_in(room.browser(), issuer).status_code for _ in range(3)] == [403] * 3
    assert issuer.keys_asked == 1


def _signed(key: RSAKey, said: dict[str, object]) -> str:
    return jwt.encode({"alg": "RS256", "kid": key.kid}, said, key)


def test_an_answer_is_taken_once(room: WebRoom, issuer: Issuer, browser: Browser) -> None:
    query = leave(browser, issuer)
    before = browser.cookie("__Host-quietbell-before")
    assert before is not None
    assert come_back(browser, query).status_code == 303
    again = room.browser()
    again.put("__Host-quietbell-before", before)
    answer = come_back(again, query)
    assert (answer.status_code, "Please begin again." in answer.text) == (403, True)
    assert len(issuer.exchanges) == 1


def test_an_answer_that_another_browser_asked_for_opens_nothing(
    room: WebRoom, issuer: Issuer, browser: Browser
) -> None:
    query = leave(browser, issuer)
    victim = room.browser()
    leave(victim, issuer)
    assert come_back(victim, query).status_code == 403
    assert room.browser().get("/sign-in/oidc/callback").status_code == 403
    assert issuer.exchanges == []


def test_an_answer_comes_within_ten_minutes(room: WebRoom, issuer: Issuer, browser: Browser) -> None:
    query = leave(browser, issuer)
    later(room.clock, minutes=10)
    assert come_back(browser, query).status_code == 403
    assert refusals(room) == ["begun too long ago, in another browser, or used before"]


def test_whoever_says_no_there_is_told_so_and_no_code_is_exchanged(
    room: WebRoom, issuer: Issuer, browser: Browser
) -> None:
    answer = come_back(browser, leave(browser, issuer), error="access_denied", error_description="<b>evil</b>")
    assert (answer.status_code, "evil" in answer.text, issuer.exchanges) == (403, False, [])
    assert refusals(room) == ["the identity provider did not let them through"]


def test_an_answer_that_says_it_is_of_another_provider_is_not_believed(issuer: Issuer, browser: Browser) -> None:
    assert come_back(browser, leave(browser, issuer), iss="https://elsewhere.example").status_code == 403
    assert issuer.exchanges == []


def test_an_address_that_went_to_somebody_else_there_opens_nothing_here(
    room: WebRoom, issuer: Issuer, browser: Browser
) -> None:
    assert signed_in(browser, issuer).status_code == 303
    issuer.claims = {"sub": "of another person"}
    assert signed_in(room.browser(), issuer).status_code == 403
    assert refusals(room) == ["the user is bound to somebody else at the identity provider"]
    room.database.write(lambda connection: users.forget_subject(connection, "lee", signed()))
    assert signed_in(room.browser(), issuer).status_code == 303


def test_a_person_stays_the_same_whatever_their_address_becomes(
    room: WebRoom, issuer: Issuer, browser: Browser
) -> None:
    signed_in(browser, issuer)
    issuer.claims = {"email": "married@northlight.example"}
    assert signed_in(room.browser(), issuer).status_code == 303


def test_a_disabled_user_does_not_come_in(room: WebRoom, issuer: Issuer, browser: Browser) -> None:
    room.database.write(lambda connection: users.disable(connection, "lee", signed()))
    assert signed_in(browser, issuer).status_code == 403


def test_an_address_that_two_users_share_lets_in_neither(room: WebRoom, issuer: Issuer, browser: Browser) -> None:
    add_user(room.database, "kim", role="staff", email="maya@northlight.example")
    assert signed_in(browser, issuer).status_code == 403
    assert refusals(room) == ["several users bear this address"]


def test_another_claim_names_users_by_their_name_alone(room: WebRoom, issuer: Issuer) -> None:
    room.provider = provider_at(issuer, "preferred_username")
    issuer.claims = {"preferred_username": "MAYA", "email_verified": False}
    browser = room.browser()
    assert signed_in(browser, issuer).status_code == 303
    assert browser.get("/whoami").text == "maya, admin, northlight"


def test_what_the_token_leaves_out_is_asked_of_the_userinfo_endpoint(
    room: WebRoom, issuer: Issuer, browser: Browser
) -> None:
    issuer.claims = {"email": None, "email_verified": None}
    issuer.userinfo = {"sub": SUBJECT, "email": "maya@northlight.example", "email_verified": True}
    assert signed_in(browser, issuer).status_code == 303
    issuer.userinfo["sub"] = "another"
    assert signed_in(room.browser(), issuer).status_code == 403


def test_a_user_of_several_practices_is_asked_which(room: WebRoom, issuer: Issuer, browser: Browser) -> None:
    add_practice(room.database, "harbour", 2)
    lee = users.NewUser(name="lee", role="admin", email="maya@northlight.example")
    room.database.write(lambda connection: users.add(connection, lee, signed("harbour")))
    page = signed_in(browser, issuer)
    assert (page.status_code, SESSION in cookies_set(page)) == (200, False)
    assert 'href="/sign-in/oidc?practice=harbour&amp;next=/jobs"' in page.text
    query = leave(browser, issuer, "/sign-in/oidc?practice=harbour&next=/jobs")
    assert come_back(browser, query).status_code == 303
    assert browser.get("/whoami").text == "lee, admin, harbour"


def test_failures_make_an_address_wait(room: WebRoom, browser: Browser) -> None:
    answers = [browser.get("/sign-in/oidc/callback", params={"state": "x"}).status_code for _ in range(32)]
    assert (answers[:31], answers[31]) == ([403] * 31, 429)
    assert len(refusals(room)) == 31


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://elsewhere.example"},
        {"authorization_endpoint": "http://elsewhere.example/"},
        {"token_endpoint": "ftp://127.0.0.1/"},
        {"jwks_uri": None},
    ],
)
def test_a_provider_that_says_odd_things_of_itself_is_not_used(
    issuer: Issuer, browser: Browser, metadata: dict[str, object]
) -> None:
    issuer.metadata = metadata
    assert browser.get("/sign-in/oidc").status_code == 503


def test_without_a_provider_there_is_no_such_door(room: WebRoom) -> None:
    room.provider = None
    browser = room.browser()
    assert browser.get("/sign-in/oidc").status_code == 404
    assert browser.get("/sign-in/oidc/callback").status_code == 404
    assert "/sign-in/oidc" not in browser.get("/sign-in").text
