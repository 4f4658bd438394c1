"""All that a process answers over HTTP besides `/health` and `/ready`: callbacks, `/v1`, and people's pages."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from starlette.routing import BaseRoute, Mount

from jobs.clock import Clock
from jobs.database import Database
from jobs.providers.contract import Provider
from scheduler.identities.doorkeeper import whose
from scheduler.intake.entry import Intake
from scheduler.processes.calling_back import callback_routes
from scheduler.settings import Settings

if TYPE_CHECKING:
    from scheduler.web.place import WebPlace


def doors(settings: Settings, database: Database, providers: Mapping[str, Provider], clock: Clock) -> list[BaseRoute]:
    """Return the routes for providers, for the case system and for people, whose pages take what is left."""
    # Only who answers HTTP needs the framework, which takes longer to load than most commands to run.
    from scheduler.api.v1.app import v1_app  # noqa: PLC0415
    from scheduler.api.v1.calling import Place  # noqa: PLC0415
    from scheduler.api.v1.mounting import MountedWhole  # noqa: PLC0415
    from scheduler.web.app import console_app  # noqa: PLC0415

    place = Place(
        database,
        clock,
        Intake(database),
        whose(database, clock),
        events_allow_private=settings.events_allow_private,
        providers=providers,
    )
    callbacks = callback_routes(database, providers, clock, settings.public_url)
    console = console_app(web_place(settings, database, clock))
    return [*callbacks, MountedWhole("/v1", v1_app(place)), Mount("/", console)]


def web_place(settings: Settings, database: Database, clock: Clock) -> "WebPlace":
    """Return what the pages work with."""
    from scheduler.identities.oidc import Provider  # noqa: PLC0415
    from scheduler.web.place import WebPlace  # noqa: PLC0415

    setup, public_url = settings.identity_provider, settings.public_url
    back = f"{public_url}/sign-in/oidc/callback"
    return WebPlace(
        database=database,
        clock=clock,
        intake=Intake(database),
        public_url=public_url,
        practice=settings.practice,
        provider=None if setup is None or public_url is None else Provider(setup, back, clock),
        events_allow_private=settings.events_allow_private,
        check_providers=lambda names: _look_at_providers(settings, names, clock),
    )


def _look_at_providers(settings: Settings, names: Collection[str], clock: Clock) -> list[tuple[str, str, str, str]]:
    """Return what `quietbell doctor` finds of providers and of the senders that use these."""
    from scheduler.processes.cli.provider_checkup import look_at_providers, look_at_senders  # noqa: PLC0415

    found = [*look_at_providers(settings), *look_at_senders("senders", frozenset(names), settings, clock.now().date())]
    return [(each.level.value, each.what, each.found, each.advice) for each in found]
