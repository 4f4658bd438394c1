"""One frozen Settings from the environment: the only reader of it.

Variables come in (a secret also as the path of a file, `NAME_FILE`), a checked value goes out. It opens nothing else.
"""

import dataclasses
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from jobs.errors import ConfigurationError
from jobs.providers import PROVIDERS
from jobs.providers.setup import web_address
from jobs.sealing import read_key

PREFIX = "QUIETBELL_"
CALENDAR = "CALENDAR_"
DEFAULT_DATABASE = "sqlite:///quietbell.db"
PACKAGED = Path(__file__).parent / "_data"
CHECKOUT = Path(__file__).parent.parent
HIGHEST_PORT = 65_535
MOST_THREADS = 64
DEFAULT_PROVIDER_NAME = "your organisation"
DEFAULT_CLAIM = "email"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
CONNECT_SECONDS = 10
"""How long a server's database may take to accept a connection (libpq would wait over two minutes)."""

LogLevel = Literal["debug", "info", "warning", "error"]
LEVELS: tuple[LogLevel, ...] = ("debug", "info", "warning", "error")
LogFormat = Literal["auto", "json", "plain"]
FORMATS: tuple[LogFormat, ...] = ("auto", "json", "plain")
Value = TypeVar("Value")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProvider:
    """Where people sign in besides by password (OpenID Connect), and which claim says who they are here."""

    issuer: str
    client_id: str
    client_secret: str = dataclasses.field(repr=False)
    name: str = DEFAULT_PROVIDER_NAME
    claim: str = DEFAULT_CLAIM


@dataclasses.dataclass(frozen=True, slots=True)
class Settings:
    """What an installation is told by its environment. Addresses that may hold a password stay out of its repr."""

    database_url: str = dataclasses.field(default=DEFAULT_DATABASE, repr=False)
    redis_url: str | None = dataclasses.field(default=None, repr=False)
    host: str = "127.0.0.1"
    port: int = 8000
    rules: Path = Path("rules")
    templates: Path = Path("templates_sms")
    practice: str | None = None
    ledger: Path | None = None
    calendar_feeds: Mapping[str, str] = dataclasses.field(default_factory=dict, repr=False)
    """Addresses by variable, as `calendar_variable` names them; each is a secret."""
    providers: Mapping[str, Mapping[str, str]] = dataclasses.field(default_factory=dict, repr=False)
    """What is set up of each provider: `QUIETBELL_TWILIO_AUTH_TOKEN` is `auth_token` of `twilio`. All may be secret."""
    public_url: str | None = None
    """Where the world reaches this installation: where providers are to send receipts and texts."""
    events_allow_private: bool = False
    """Events may be posted to addresses of this machine's own networks, and without TLS."""
    smtp_url: str | None = dataclasses.field(default=None, repr=False)
    """Where mail to staff goes out: `smtp://` (STARTTLS where it can) or `smtps://`; it may hold a password."""
    mail_from: str | None = None
    secret_keys: tuple[str, ...] = dataclasses.field(default=(), repr=False)
    """What seals stored secrets: the first key seals, each of them opens."""
    identity_provider: IdentityProvider | None = None
    worker_threads: int = 4
    log_level: LogLevel = "info"
    log_format: LogFormat = "auto"
    debug: bool = False

    @property
    def is_sqlite(self) -> bool:
        """Tell whether the database is a SQLite file (one process owns its ticker and worker)."""
        return self.database_url.startswith("sqlite")

    @property
    def database_file(self) -> Path | None:
        """Return the SQLite file, or None for a server's database or one in memory."""
        name = make_url(self.database_url).database
        return Path(name) if self.is_sqlite and name and name != ":memory:" else None

    @property
    def ledger_file(self) -> Path | None:
        """Return where the terminal provider writes what went out: as set, else beside the SQLite file."""
        file = self.database_file
        return self.ledger or (None if file is None else file.with_name(file.name + ".ledger.jsonl"))

    def with_database(self, url: str) -> "Settings":
        """Return the same settings over another database.

        Raises:
            ConfigurationError: the address is not one of SQLite or PostgreSQL.

        """
        return dataclasses.replace(self, database_url=_database_url("the database's address", url))


def calendar_variable(practice: str, calendar: str) -> str:
    """Return the variable that gives the address of a practice's calendar: QUIETBELL_CALENDAR_NORTHLIGHT_FRONT_DESK."""
    return f"{PREFIX}{CALENDAR}{practice}_{calendar}".upper().replace("-", "_")


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings that `environment` (by default the machine's) gives; an empty variable counts as not set.

    Raises:
        ConfigurationError: naming the variable, what is wrong with it and what it may be.

    """
    reader = _Reader(os.environ if environment is None else environment)
    rules = reader.read("RULES", _path, None)
    templates = reader.read("TEMPLATES", _path, None)
    return Settings(
        database_url=reader.read_secret("DATABASE_URL", _database_url, DEFAULT_DATABASE),
        redis_url=reader.read_secret("REDIS_URL", _redis_url, None),
        host=reader.read("HOST", _word, "127.0.0.1"),
        port=reader.read("PORT", _whole(1, HIGHEST_PORT), 8000),
        rules=rules or _folder("rules"),
        templates=templates or _folder("templates_sms"),
        practice=reader.read("PRACTICE", _word, None),
        ledger=reader.read("LEDGER", _path, None),
        calendar_feeds=reader.read_secrets(CALENDAR, _feed_url),
        providers=_providers(reader),
        public_url=reader.read("PUBLIC_URL", _public_url, None),
        events_allow_private=reader.read("EVENTS_ALLOW_PRIVATE", _yes_no, default=False),
        smtp_url=reader.read_secret("SMTP_URL", _smtp_url, None),
        mail_from=reader.read("MAIL_FROM", _mail_address, None),
        secret_keys=reader.read_secret("SECRET_KEY", _secret_keys, ()),
        identity_provider=_identity_provider(reader),
        worker_threads=reader.read("WORKER_THREADS", _whole(1, MOST_THREADS), 4),
        log_level=reader.read("LOG_LEVEL", _one_of(LEVELS), "info"),
        log_format=reader.read("LOG_FORMAT", _one_of(FORMATS), "auto"),
        debug=reader.read("DEBUG", _yes_no, default=False),
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one variable after another, each by the function that checks it."""

    environment: Mapping[str, str]

    def read(self, name: str, check: Callable[[str, str], Value], default: Value) -> Value:
        """Return the checked value of `QUIETBELL_<name>`, or `default` where it is not set."""
        variable = PREFIX + name
        given = self.environment.get(variable, "").strip()
        return check(variable, given) if given else default

    def read_secret(self, name: str, check: Callable[[str, str], Value], default: Value) -> Value:
        """Return the same, where `QUIETBELL_<name>_FILE` may name a file that holds the value instead."""
        variable = PREFIX + name
        in_file = f"{variable}_FILE"
        path = self.environment.get(in_file, "").strip()
        if not path:
            return self.read(name, check, default)
        if self.environment.get(variable, "").strip():
            message = f"{variable} and {in_file} are both set: keep one"
            raise ConfigurationError(message)
        return check(in_file, _read_secret_file(in_file, path))

    def read_secrets(self, start: str, check: Callable[[str, str], str]) -> dict[str, str]:
        """Return the checked values of every variable that starts with `QUIETBELL_<start>`, by variable."""
        begun = (name for name in self.environment if name.startswith(PREFIX + start))
        names = sorted({name.removesuffix("_FILE").removeprefix(PREFIX) for name in begun})
        found = {PREFIX + name: self.read_secret(name, check, "") for name in names}
        return {variable: value for variable, value in found.items() if value}


def _providers(reader: _Reader) -> dict[str, dict[str, str]]:
    """Return what is set up of each provider that has anything set up."""
    found: dict[str, dict[str, str]] = {}
    for provider in PROVIDERS:
        start = f"{provider}_".upper().replace("-", "_")
        values = reader.read_secrets(start, _as_given)
        given = {name.removeprefix(PREFIX + start).lower(): value for name, value in values.items()}
        if given:
            found[provider] = given
    return found


def _identity_provider(reader: _Reader) -> IdentityProvider | None:
    """Return the identity provider, None where nothing of it is set up."""
    issuer = reader.read("OIDC_ISSUER", _issuer, None)
    client_id = reader.read("OIDC_CLIENT_ID", _as_given, None)
    secret = reader.read_secret("OIDC_CLIENT_SECRET", _as_given, None)
    if issuer is None or client_id is None or secret is None:
        if issuer is client_id is secret:
            return None
        message = "QUIETBELL_OIDC_ISSUER, QUIETBELL_OIDC_CLIENT_ID and QUIETBELL_OIDC_CLIENT_SECRET: set all, or none"
        raise ConfigurationError(message)
    if reader.read("PUBLIC_URL", _public_url, None) is None:
        message = "QUIETBELL_OIDC_ISSUER needs QUIETBELL_PUBLIC_URL: where the identity provider sends people back to"
        raise ConfigurationError(message)
    return IdentityProvider(
        issuer=issuer,
        client_id=client_id,
        client_secret=secret,
        name=reader.read("OIDC_NAME", _as_given, DEFAULT_PROVIDER_NAME),
        claim=reader.read("OIDC_CLAIM", _word, DEFAULT_CLAIM),
    )


def _read_secret_file(variable: str, path: str) -> str:
    try:
        content = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "not text"
        message = f"{variable} names {path}, which cannot be read: {reason}"
        raise ConfigurationError(message) from problem
    if not content:
        message = f"{variable} names {path}, which is empty"
        raise ConfigurationError(message)
    return content


def _folder(name: str) -> Path:
    """Return the folder of that name: here, else the one packaged with the program, else the checkout's."""
    here = Path(name)
    if here.is_dir():
        return here
    packaged = PACKAGED / name
    return packaged if packaged.is_dir() else CHECKOUT / name


def _database_url(variable: str, text: str) -> str:
    """Return an address for SQLAlchemy: SQLite, or PostgreSQL (any of its usual schemes) with psycopg 3."""
    scheme, separator, rest = text.partition("://")
    if separator and scheme in {"postgres", "postgresql", "postgresql+psycopg"}:
        text = f"postgresql+psycopg://{rest}"
    elif scheme != "sqlite":
        message = f"{variable} must begin with sqlite:/// or postgresql://"
        raise ConfigurationError(message)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as problem:
        # The address itself may hold a password: it is not repeated.
        message = f"{variable} is not the address of a database, such as postgresql://user@host:5432/quietbell"
        raise ConfigurationError(message) from problem
    if scheme != "sqlite" and "connect_timeout" not in url.query:
        url = url.update_query_dict({"connect_timeout": str(CONNECT_SECONDS)})
    return url.render_as_string(hide_password=False)


def _redis_url(variable: str, text: str) -> str:
    if not text.startswith(("redis://", "rediss://", "unix://")):
        message = f"{variable} must begin with redis://, rediss:// or unix://"
        raise ConfigurationError(message)
    return text


def _smtp_url(variable: str, text: str) -> str:
    scheme, _, rest = text.partition("://")
    if scheme not in {"smtp", "smtps"} or not re.match(r"[^/?#\s]+/?$", rest):
        # The address itself may hold a password: it is not repeated.
        message = f"{variable} must be the address of a mail server, such as smtp://user:password@mail.example.org:587"
        raise ConfigurationError(message)
    return text


def _mail_address(variable: str, text: str) -> str:
    if not re.fullmatch(r"[^\s@<>,;]+@[^\s@<>,;]+", text):
        message = f"{variable} must be one mail address, such as quietbell@example.org, not {text!r}"
        raise ConfigurationError(message)
    return text


def _secret_keys(variable: str, text: str) -> tuple[str, ...]:
    found = [read_key(part) for part in text.split(",")]
    keys = tuple(key for key in found if key is not None)
    if len(keys) < len(found):
        message = (
            f"{variable} must be 32 random bytes in base64 (`openssl rand -base64 32`); several with commas between"
        )
        raise ConfigurationError(message)
    return keys


def _issuer(variable: str, text: str) -> str:
    """Return an issuer as it was written: it has to equal what the provider says of itself, to the letter."""
    address = urlsplit(web_address(variable, text))
    if address.scheme != "https" and address.hostname not in LOOPBACK:
        message = f"{variable} must begin with https://"
        raise ConfigurationError(message)
    return text


def _feed_url(variable: str, text: str) -> str:
    """Return an address of a calendar feed over HTTP(S); `webcal://` is how programs offer one over HTTPS."""
    scheme, _, rest = text.partition("://")
    scheme = {"webcal": "https", "webcals": "https"}.get(scheme.lower(), scheme.lower())
    has_host = bool(re.match(r"[^/?#]", rest)) and not any(character.isspace() for character in rest)
    if scheme not in {"http", "https"} or not has_host:
        # The address itself is a secret: it is not repeated.
        message = f"{variable} must be the address of a calendar, beginning with https://, http:// or webcal://"
        raise ConfigurationError(message)
    return f"{scheme}://{rest}"


def _as_given(_variable: str, text: str) -> str:
    return text


def _public_url(variable: str, text: str) -> str:
    """Return the address of this installation; Twilio refuses a callback to a host with an underscore in its name."""
    address = web_address(variable, text)
    if "_" in address.split("/")[2]:
        message = f"{variable} has an underscore in its host's name, which providers refuse"
        raise ConfigurationError(message)
    return address


def _word(variable: str, text: str) -> str:
    if any(character.isspace() for character in text):
        message = f"{variable} must be one word, not {text!r}"
        raise ConfigurationError(message)
    return text


def _path(_variable: str, text: str) -> Path:
    return Path(text).expanduser()


def _whole(least: int, most: int) -> Callable[[str, str], int]:
    def check(variable: str, text: str) -> int:
        number = int(text) if text.isdecimal() and len(text) < 10 else -1  # noqa: PLR2004 - far beyond every `most`
        if not least <= number <= most:
            message = f"{variable} must be a whole number from {least} to {most}, not {text!r}"
            raise ConfigurationError(message)
        return number

    return check


def _one_of(choices: tuple[Value, ...]) -> Callable[[str, str], Value]:
    def check(variable: str, text: str) -> Value:
        for choice in choices:
            if text.lower() == choice:
                return choice
        message = f"{variable} must be one of {', '.join(map(str, choices))}, not {text!r}"
        raise ConfigurationError(message)

    return check


def _yes_no(variable: str, text: str) -> bool:
    answers = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    answer = answers.get(text.lower())
    if answer is None:
        message = f"{variable} must be 1 or 0, not {text!r}"
        raise ConfigurationError(message)
    return answer


def wants_debug() -> bool:
    """Tell whether tracebacks are wanted, also where the other settings cannot be read."""
    return os.environ.get(PREFIX + "DEBUG", "").strip().lower() in {"1", "true", "yes"}
