"""What starts Quietbell past one machine: docker-compose.yml and the Dockerfile, read as data; nothing is built."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from jobs.clock import SystemClock
from jobs.errors import ConfigurationError
from scheduler.settings import read_settings
from scheduler.wiring import make_providers

ROOT = Path(__file__).parent.parent
# The processes of `quietbell` that the file may start, each a subcommand.
OURS = {"migrate", "server", "ticker", "worker"}
THEIRS = {"postgres", "redis"}
# What docker-compose 1.29.2, Debian's, refuses (docs.docker.com/compose: added to the format after it).
TOO_NEW_TOP_LEVEL = {"name", "include"}
TOO_NEW_HEALTHCHECK = {"start_interval"}
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}
PROVIDERS = {
    "QUIETBELL_TWILIO_ACCOUNT_SID",
    "QUIETBELL_TWILIO_AUTH_TOKEN",
    "QUIETBELL_TWILIO_FORMER_AUTH_TOKEN",
    "QUIETBELL_TWILIO_BASE_URL",
    "QUIETBELL_TWILIO_REDACT",
    "QUIETBELL_MESSAGEBIRD_ACCESS_KEY",
    "QUIETBELL_MESSAGEBIRD_SIGNING_KEY",
    "QUIETBELL_MESSAGEBIRD_BASE_URL",
    "QUIETBELL_BIRD_ACCESS_KEY",
    "QUIETBELL_BIRD_WEBHOOK_SECRET",
    "QUIETBELL_BIRD_BASE_URL",
}
# Where events and mails may go.
OUTWARD = {"QUIETBELL_EVENTS_ALLOW_PRIVATE", "QUIETBELL_SMTP_URL", "QUIETBELL_MAIL_FROM"}
# Where people may sign in: the server's affair alone.
SIGNING_IN = {
    "QUIETBELL_OIDC_ISSUER",
    "QUIETBELL_OIDC_CLIENT_ID",
    "QUIETBELL_OIDC_CLIENT_SECRET",
    "QUIETBELL_OIDC_NAME",
    "QUIETBELL_OIDC_CLAIM",
}
# Where providers reach us, and what they know us by; any may be left out.
OPTIONAL = {"QUIETBELL_PUBLIC_URL", "QUIETBELL_SECRET_KEY", *PROVIDERS, *OUTWARD}
# How every process runs; the rest is the worker's.
RUNNING = {"QUIETBELL_LOG_LEVEL", "QUIETBELL_LOG_FORMAT", "QUIETBELL_DEBUG"}
SETTINGS = {
    *OPTIONAL,
    *RUNNING,
    "QUIETBELL_WORKER_THREADS",
    *SIGNING_IN,
    "QUIETBELL_DATABASE_URL",
    "QUIETBELL_REDIS_URL",
    "QUIETBELL_HOST",
    "QUIETBELL_PORT",
    "QUIETBELL_RULES",
    "QUIETBELL_TEMPLATES",
}

Part = dict[str, Any]  # what YAML holds under a name in `services`


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def started(compose: dict[str, Any]) -> dict[str, Part]:
    services: dict[str, Part] = compose["services"]
    return services


@pytest.fixture(scope="module")
def dockerfile() -> list[str]:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_the_file_starts_every_process_and_what_they_need(started: dict[str, Part]) -> None:
    assert started.keys() == OURS | THEIRS


def test_old_compose_reads_the_file(compose: dict[str, Any], started: dict[str, Part]) -> None:
    assert TOO_NEW_TOP_LEVEL & compose.keys() == set()
    assert all(not TOO_NEW_HEALTHCHECK & part.get("healthcheck", {}).keys() for part in started.values())


@pytest.mark.parametrize("name", sorted(OURS))
def test_each_of_our_processes_is_one_subcommand_of_one_image(name: str, started: dict[str, Part]) -> None:
    assert started[name]["command"] == [name]
    assert started[name]["image"] == started["server"]["image"]
    assert started[name]["build"] == "."


@pytest.mark.parametrize("name", sorted(OURS))
def test_each_of_our_processes_is_told_only_settings_that_exist(name: str, started: dict[str, Part]) -> None:
    told = started[name]["environment"]
    assert told.keys() <= SETTINGS
    assert {"QUIETBELL_DATABASE_URL", "QUIETBELL_REDIS_URL"} <= told.keys()
    assert told["QUIETBELL_DATABASE_URL"].startswith("postgresql+psycopg://")


@pytest.mark.parametrize("name", sorted(OURS - {"migrate"}))
def test_whoever_deals_with_providers_is_told_of_them_by_the_environment(name: str, started: dict[str, Part]) -> None:
    told = started[name]["environment"]
    assert {variable: told.get(variable) for variable in OPTIONAL} == {
        variable: f"${{{variable}:-}}" for variable in OPTIONAL
    }


def test_the_server_alone_is_told_where_people_sign_in(started: dict[str, Part]) -> None:
    told = started["server"]["environment"]
    assert {variable: told.get(variable) for variable in SIGNING_IN} == {
        variable: f"${{{variable}:-}}" for variable in SIGNING_IN
    }
    assert all(not SIGNING_IN & started[name]["environment"].keys() for name in OURS - {"server"})


def test_every_setting_of_a_process_can_be_passed_on(started: dict[str, Part]) -> None:
    # What names no process of the file: one practice's command line, and files beside a database of one's own.
    elsewhere = {"QUIETBELL_PRACTICE", "QUIETBELL_LEDGER"}
    source = (ROOT / "scheduler" / "settings.py").read_text(encoding="utf-8")
    known = {f"QUIETBELL_{name}" for name in re.findall(r'reader\.read(?:_secret)?\("(\w+)"', source)}
    passed = {name for one in OURS for name in started[one]["environment"]}
    assert known - elsewhere <= passed
    assert all(started[name]["environment"].keys() >= RUNNING for name in OURS)


def test_who_only_lays_tables_is_told_no_secret_of_a_provider(started: dict[str, Part]) -> None:
    assert started["migrate"]["environment"].keys() & OPTIONAL == set()


def test_what_the_environment_leaves_out_is_not_set_up() -> None:
    read = read_settings(dict.fromkeys(OPTIONAL | SIGNING_IN, ""))
    assert (read.secret_keys, read.identity_provider) == ((), None)
    assert (read.providers, read.public_url) == ({}, None)
    assert (read.events_allow_private, read.smtp_url, read.mail_from) == (False, None, None)
    assert make_providers(read, SystemClock()).keys() == {"terminal"}


@pytest.mark.parametrize("provider", ["twilio", "messagebird", "bird"])
def test_every_variable_of_a_provider_is_passed_on(provider: str) -> None:
    refusal = f"no setting of {provider}: it has "
    with pytest.raises(ConfigurationError, match=refusal) as refused:
        make_providers(read_settings({f"QUIETBELL_{provider.upper()}_NONSENSE": "1"}), SystemClock())
    known = str(refused.value).partition(refusal)[2].split(", ")
    assert set(known) == {name for name in PROVIDERS if name.startswith(f"QUIETBELL_{provider.upper()}_")}


@pytest.mark.parametrize("name", sorted(OURS))
def test_each_of_our_processes_runs_with_as_few_rights_as_it_needs(name: str, started: dict[str, Part]) -> None:
    assert started[name]["read_only"] is True
    assert started[name]["cap_drop"] == ["ALL"]
    assert "privileged" not in started[name]


@pytest.mark.parametrize("name", sorted(OURS - {"migrate"}))
def test_no_process_starts_before_the_tables_are_there(name: str, started: dict[str, Part]) -> None:
    conditions = {on: wanted["condition"] for on, wanted in started[name]["depends_on"].items()}
    assert conditions == {
        "postgres": "service_healthy",
        "redis": "service_healthy",
        "migrate": "service_completed_successfully",
    }


def test_whatever_is_waited_for_exists_and_can_become_true(started: dict[str, Part]) -> None:
    for part in started.values():
        for on, wanted in part.get("depends_on", {}).items():
            assert wanted["condition"] in CONDITIONS
            assert wanted["condition"] != "service_healthy" or "healthcheck" in started[on]


def test_only_this_machine_reaches_a_port(started: dict[str, Part]) -> None:
    ports = [port for part in started.values() for port in part.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_no_secret_is_written_down(started: dict[str, Part]) -> None:
    database = str(started["server"]["environment"]["QUIETBELL_DATABASE_URL"])
    password = re.search(r"://[^:]+:(.+)@", database)
    assert password
    assert password[1].startswith("${QUIETBELL_DB_PASSWORD:?")
    assert started["postgres"]["environment"]["POSTGRES_PASSWORD"] == password[1]


def test_every_volume_is_declared_or_a_folder_that_is_there(compose: dict[str, Any], started: dict[str, Part]) -> None:
    for part in started.values():
        for volume in part.get("volumes", []):
            source = volume.split(":")[0]
            assert (ROOT / source).is_dir() if source.startswith(".") else source in compose["volumes"]


def test_the_image_does_not_run_as_root(dockerfile: list[str]) -> None:
    last_stage = dockerfile[max(at for at, line in enumerate(dockerfile) if line.startswith("FROM")) :]
    users = [line.split()[1] for line in last_stage if line.startswith("USER")]
    assert users
    assert users[-1].split(":")[0] not in {"root", "0"}


def test_the_image_installs_only_what_the_lock_names(dockerfile: list[str]) -> None:
    commands = [part for line in dockerfile for part in line.split("&&") if re.search(r"pip (install|wheel)", part)]
    assert commands
    assert all("--require-hashes" in part or "--no-deps" in part for part in commands)


def test_the_image_copies_only_files_that_are_there(dockerfile: list[str]) -> None:
    copied = [line.split()[1:-1] for line in dockerfile if line.startswith("COPY") and "--from" not in line]
    names = [name for names in copied for name in names]
    assert names
    assert [name for name in names if not (ROOT / name).exists()] == []


def test_the_image_starts_the_command_line(dockerfile: list[str]) -> None:
    assert 'ENTRYPOINT ["quietbell"]' in dockerfile
