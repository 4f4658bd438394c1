"""Settings: what the environment says, and what is refused in it."""

from pathlib import Path

import pytest

from jobs.errors import ConfigurationError
from scheduler.settings import calendar_variable, read_settings


def test_nothing_set_gives_one_machine_with_a_sqlite_file() -> None:
    settings = read_settings({})
    assert settings.database_url == "sqlite:///quietbell.db"
    assert settings.database_file == Path("quietbell.db")
    assert settings.redis_url is None
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)


def test_an_empty_variable_counts_as_not_set() -> None:
    assert read_settings({"QUIETBELL_PORT": " ", "QUIETBELL_REDIS_URL": ""}) == read_settings({})


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_each_usual_scheme_of_postgresql_means_psycopg_3(scheme: str) -> None:
    settings = read_settings({"QUIETBELL_DATABASE_URL": f"{scheme}://me@db:5432/q"})
    assert settings.database_url == "postgresql+psycopg://me@db:5432/q?connect_timeout=10"
    assert settings.database_file is None


def test_a_time_out_that_was_given_stays() -> None:
    given = "postgresql+psycopg://me:p%40ss@db/q?connect_timeout=3"
    assert read_settings({"QUIETBELL_DATABASE_URL": given}).database_url == given


def test_events_go_to_public_addresses_only_unless_told_otherwise() -> None:
    assert not read_settings({}).events_allow_private
    assert read_settings({"QUIETBELL_EVENTS_ALLOW_PRIVATE": "yes"}).events_allow_private


def test_a_mail_server_is_an_address_whose_password_stays_out_of_sight() -> None:
    given = {"QUIETBELL_SMTP_URL": "smtp://me:pass@mail:587", "QUIETBELL_MAIL_FROM": "bell@northlight.example"}
    settings = read_settings(given)
    assert (settings.smtp_url, settings.mail_from) == ("smtp://me:pass@mail:587", "bell@northlight.example")
    assert "pass" not in repr(settings)


@pytest.mark.parametrize("address", ["mail:587", "http://me:pass@mail", "smtp://", "smtp://me:pass@mail/box"])
def test_what_is_no_mail_server_is_refused_without_repeating_its_password(address: str) -> None:
    with pytest.raises(ConfigurationError, match="QUIETBELL_SMTP_URL must be") as refused:
        read_settings({"QUIETBELL_SMTP_URL": address})
    assert "me:pass" not in str(refused.value)


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("redis://:pass@cache:6379/0\n", encoding="utf-8")
    assert read_settings({"QUIETBELL_REDIS_URL_FILE": str(secret)}).redis_url == "redis://:pass@cache:6379/0"


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    given = {"QUIETBELL_REDIS_URL_FILE": str(tmp_path / "url"), "QUIETBELL_REDIS_URL": "redis://cache"}
    with pytest.raises(ConfigurationError, match="QUIETBELL_REDIS_URL and QUIETBELL_REDIS_URL_FILE are both set"):
        read_settings(given)


def test_a_secret_file_that_is_not_there_names_its_variable(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"QUIETBELL_DATABASE_URL_FILE names .*cannot be read"):
        read_settings({"QUIETBELL_DATABASE_URL_FILE": str(tmp_path / "none")})


def test_an_empty_secret_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="which is empty"):
        read_settings({"QUIETBELL_DATABASE_URL_FILE": str(tmp_path / "url")})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://db/q"),
        ("DATABASE_URL", "quietbell.db"),
        ("DATABASE_URL", "postgresql://host:notaport/q"),
        ("REDIS_URL", "http://cache"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "eighty"),
        ("PORT", "9" * 5000),
        ("WORKER_THREADS", "0"),
        ("LOG_LEVEL", "loud"),
        ("LOG_FORMAT", "xml"),
        ("DEBUG", "maybe"),
        ("PRACTICE", "two words"),
    ],
)
def test_a_bad_value_is_refused_by_the_name_of_its_variable(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^QUIETBELL_{name} "):
        read_settings({f"QUIETBELL_{name}": value})


def test_no_password_is_shown_by_the_settings() -> None:
    given = {
        "QUIETBELL_DATABASE_URL": "postgresql://me:hush@db/q",
        "QUIETBELL_REDIS_URL": "redis://:hush@cache",
    }
    assert "hush" not in repr(read_settings(given))


def test_no_password_is_repeated_when_an_address_is_refused() -> None:
    with pytest.raises(ConfigurationError) as refused:
        read_settings({"QUIETBELL_DATABASE_URL": "postgresql://me:hush@db:port/q"})
    assert "hush" not in str(refused.value)


def test_another_database_leaves_the_rest_as_it_is() -> None:
    settings = read_settings({"QUIETBELL_PORT": "9000"}).with_database("sqlite:///other.db")
    assert settings.database_file == Path("other.db")
    assert settings.port == 9000


def test_a_database_in_memory_has_no_file() -> None:
    assert read_settings({"QUIETBELL_DATABASE_URL": "sqlite:///:memory:"}).database_file is None


def test_the_folders_of_the_checkout_are_found_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_settings({}).rules.is_absolute()
    (tmp_path / "rules").mkdir()
    assert read_settings({}).rules == Path("rules")


def test_addresses_of_calendars_come_by_variable_and_stay_secret(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("webcal://cal.example/secret.ics\n", encoding="utf-8")
    settings = read_settings(
        {
            "QUIETBELL_CALENDAR_NORTHLIGHT_FRONT_DESK": "https://cal.example/secret.ics",
            "QUIETBELL_CALENDAR_NORTHLIGHT_ROOM_FILE": str(secret),
            "QUIETBELL_CALENDAR_NORTHLIGHT_EMPTY": " ",
        }
    )
    assert settings.calendar_feeds == {
        calendar_variable("northlight", "front-desk"): "https://cal.example/secret.ics",
        calendar_variable("northlight", "room"): "https://cal.example/secret.ics",
    }
    assert "secret.ics" not in repr(settings)


@pytest.mark.parametrize("address", ["ftp://cal.example/x", "cal.example/x", "https:///", "https://cal.example/a b"])
def test_what_is_no_address_of_a_calendar_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(ConfigurationError, match="QUIETBELL_CALENDAR_A_B must be the address") as refused:
        read_settings({"QUIETBELL_CALENDAR_A_B": address})
    assert address not in str(refused.value)


def test_what_is_set_up_of_a_provider_comes_by_its_name_and_stays_secret(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("planted-token\n", encoding="utf-8")
    settings = read_settings(
        {
            "QUIETBELL_TWILIO_ACCOUNT_SID": "AC1",
            "QUIETBELL_TWILIO_AUTH_TOKEN_FILE": str(secret),
            "QUIETBELL_TWILIO_BASE_URL": " ",
            "QUIETBELL_BIRD_ACCESS_KEY": "planted-key",
        }
    )
    assert settings.providers == {
        "twilio": {"account_sid": "AC1", "auth_token": "planted-token"},
        "bird": {"access_key": "planted-key"},
    }
    assert "planted" not in repr(settings)


def test_a_token_given_twice_is_refused_and_not_repeated(tmp_path: Path) -> None:
    given = {"QUIETBELL_TWILIO_AUTH_TOKEN": "planted", "QUIETBELL_TWILIO_AUTH_TOKEN_FILE": str(tmp_path / "token")}
    with pytest.raises(ConfigurationError, match="QUIETBELL_TWILIO_AUTH_TOKEN_FILE are both set") as refused:
        read_settings(given)
    assert "planted" not in str(refused.value)


def test_the_public_address_loses_its_last_slash() -> None:
    assert read_settings({"QUIETBELL_PUBLIC_URL": "https://sms.example.org/"}).public_url == "https://sms.example.org"


@pytest.mark.parametrize(
    "address", ["sms.example.org", "https://my_host.example", "https://x.example/?a=1", "https://"]
)
def test_a_public_address_that_no_provider_would_call_is_refused(address: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^QUIETBELL_PUBLIC_URL "):
        read_settings({"QUIETBELL_PUBLIC_URL": address})


KEY = "dGVzdHMgc2VhbCBhbmQgb3BlbiB3aXRoIHRoaXMgb24="
OIDC = {
    "QUIETBELL_OIDC_ISSUER": "https://id.example/realm/",
    "QUIETBELL_OIDC_CLIENT_ID": "quietbell",
    "QUIETBELL_OIDC_CLIENT_SECRET": "hush",
    "QUIETBELL_PUBLIC_URL": "https://bell.example",
}


def test_keys_that_seal_are_read_in_either_alphabet_and_stay_out_of_sight() -> None:
    settings = read_settings({"QUIETBELL_SECRET_KEY": f"{KEY}, {'/' * 43}="})
    assert settings.secret_keys == (KEY, "_" * 43 + "=")
    assert KEY not in repr(settings)


@pytest.mark.parametrize("given", ["short", f"{KEY},", f"{KEY},é", KEY[:-4], KEY + "AAAA"])
def test_what_is_no_key_is_refused_without_being_repeated(given: str) -> None:
    with pytest.raises(ConfigurationError, match="QUIETBELL_SECRET_KEY must be 32 random bytes") as refused:
        read_settings({"QUIETBELL_SECRET_KEY": given})
    assert given not in str(refused.value)


def test_an_identity_provider_is_set_up_whole() -> None:
    provider = read_settings(OIDC).identity_provider
    assert provider is not None
    assert (provider.issuer, provider.claim) == ("https://id.example/realm/", "email")
    assert "hush" not in repr(provider)
    assert read_settings({}).identity_provider is None


@pytest.mark.parametrize("missing", sorted(OIDC))
def test_half_of_one_is_refused(missing: str) -> None:
    with pytest.raises(ConfigurationError, match="QUIETBELL_OIDC_"):
        read_settings({name: value for name, value in OIDC.items() if name != missing})


def test_an_issuer_is_reached_by_https_but_on_this_machine() -> None:
    with pytest.raises(ConfigurationError, match="must begin with https://"):
        read_settings(OIDC | {"QUIETBELL_OIDC_ISSUER": "http://id.example"})
    assert read_settings(OIDC | {"QUIETBELL_OIDC_ISSUER": "http://127.0.0.1:9"}).identity_provider is not None
