"""The list of providers: ours, other packages', and what is half set up."""

import importlib.metadata
from collections.abc import Iterator

import pytest

import jobs.providers
from jobs.clock import SystemClock
from jobs.errors import ConfigurationError
from jobs.providers import LAST_DAYS, PROVIDERS, SUCCESSORS, make_provider
from jobs.providers.contract import Accepted, Capabilities, Outcome, SendRequest
from jobs.providers.setup import Setup, variable, web_address
from jobs.providers.twilio import TwilioProvider


class Pigeon:
    """Another package's provider."""

    id = "pigeon"
    capabilities = Capabilities()

    async def send(self, request: SendRequest) -> Outcome:
        """Accept."""
        return Accepted(str(request.attempt_id))


def make_pigeon(setup: Setup) -> Pigeon | None:
    return Pigeon() if setup.given else None


def make_owl(_setup: Setup) -> Pigeon:
    return Pigeon()


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Install other packages' providers: a good one, one of another name, one that is not there, and a false twilio."""
    named = {"pigeon": "make_pigeon", "owl": "make_owl", "gone": "no_such_thing", "twilio": "make_pigeon"}
    points = [
        importlib.metadata.EntryPoint(name, f"{__name__}:{value}", jobs.providers.GROUP)
        for name, value in named.items()
    ]
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: [p for p in points if p.group == group])
    jobs.providers.forget_others()
    yield
    jobs.providers.forget_others()


def make_setup(provider: str, **given: str) -> Setup:
    return Setup(provider=provider, given=given, clock=SystemClock(), sink=lambda _line: None)


def test_ours_are_there() -> None:
    assert {"bird", "messagebird", "terminal", "twilio"} <= set(PROVIDERS)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("twilio", {"account_sid": "AC1", "auth_token": "t"}),
        ("messagebird", {"access_key": "k"}),
        ("bird", {"access_key": "bk_eu1_k"}),
        ("terminal", {}),
    ],
)
def test_each_of_ours_is_made_under_its_own_name(name: str, given: dict[str, str]) -> None:
    made = make_provider(make_setup(name, **given))
    assert made is not None
    assert made.id == name


@pytest.mark.parametrize("name", ["twilio", "messagebird", "bird"])
def test_what_nobody_set_up_is_not_made(name: str) -> None:
    assert make_provider(make_setup(name)) is None


@pytest.mark.parametrize(
    ("name", "given", "missing"),
    [
        ("twilio", {"account_sid": "AC1"}, "QUIETBELL_TWILIO_AUTH_TOKEN"),
        ("twilio", {"auth_token": "t"}, "QUIETBELL_TWILIO_ACCOUNT_SID"),
        ("messagebird", {"signing_key": "s"}, "QUIETBELL_MESSAGEBIRD_ACCESS_KEY"),
        ("bird", {"webhook_secret": "whsec_AAAA"}, "QUIETBELL_BIRD_ACCESS_KEY"),
    ],
)
def test_what_is_half_set_up_names_the_variable(name: str, given: dict[str, str], missing: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{missing} is not set"):
        make_provider(make_setup(name, **given))


def test_a_misspelt_setting_is_refused_and_its_value_not_repeated() -> None:
    with pytest.raises(ConfigurationError, match="QUIETBELL_TWILIO_AUTHTOKEN is no setting of twilio") as refused:
        make_provider(make_setup("twilio", account_sid="AC1", authtoken="planted-token"))
    assert "planted" not in str(refused.value)


@pytest.mark.parametrize("name", ["twilio", "messagebird", "bird"])
@pytest.mark.parametrize(
    "address", ["ftp://x.example", "x.example", "https://", "https://u:p@x.example", "https://x/?a=b"]
)
def test_a_base_url_that_is_none_is_refused_by_its_variable(name: str, address: str) -> None:
    given = {"account_sid": "AC1", "auth_token": "t"} if name == "twilio" else {"access_key": "bk_eu1_k"}
    with pytest.raises(ConfigurationError, match=variable(name, "base_url")):
        make_provider(make_setup(name, **given, base_url=address))


def test_an_address_loses_its_last_slash() -> None:
    assert web_address("X", "http://127.0.0.1:4010/") == "http://127.0.0.1:4010"


@pytest.mark.usefixtures("others")
def test_another_packages_provider_is_known_and_made_like_ours() -> None:
    assert "pigeon" in PROVIDERS
    assert isinstance(make_provider(make_setup("pigeon", key="x")), Pigeon)
    assert make_provider(make_setup("pigeon")) is None


@pytest.mark.usefixtures("others")
def test_one_that_cannot_be_loaded_says_so_and_keeps_its_name() -> None:
    assert "gone" in PROVIDERS
    with pytest.raises(ConfigurationError, match="the provider gone of another package cannot be loaded"):
        make_provider(make_setup("gone"))


@pytest.mark.usefixtures("others")
def test_one_that_calls_itself_otherwise_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="the provider owl makes one that calls itself 'pigeon'"):
        make_provider(make_setup("owl"))


@pytest.mark.usefixtures("others")
def test_nobody_takes_the_name_of_ours() -> None:
    made = make_provider(make_setup("twilio", account_sid="AC1", auth_token="t"))  # noqa: S106 - of no account
    assert not isinstance(made, Pigeon)
    assert len(PROVIDERS) == len([*PROVIDERS]) == 7


def test_what_ends_has_a_successor_that_is_there() -> None:
    assert {SUCCESSORS[name] for name in LAST_DAYS} <= set(PROVIDERS)
    assert set(LAST_DAYS) <= set(PROVIDERS)


def test_a_setup_shows_none_of_its_values() -> None:
    setup = make_setup("twilio", account_sid="AC1", auth_token="planted-token")  # noqa: S106 - of no account
    assert "planted" not in repr(setup)


@pytest.mark.parametrize(("given", "redacts"), [({}, False), ({"redact": "yes"}, True), ({"redact": "0"}, False)])
def test_twilio_is_asked_to_delete_words_only_where_that_is_set_up(given: dict[str, str], redacts: bool) -> None:  # noqa: FBT001 - what is expected
    made = make_provider(make_setup("twilio", account_sid="AC1", auth_token="t", **given))  # noqa: S106 - of no account
    assert isinstance(made, TwilioProvider)
    assert made.redacts is redacts


def test_a_choice_that_is_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="QUIETBELL_TWILIO_REDACT must be yes or no"):
        make_provider(make_setup("twilio", account_sid="AC1", auth_token="t", redact="maybe"))  # noqa: S106 - of no account
