"""All that a process answers over HTTP besides `/health` and `/ready`: providers' callbacks, and `/v1`."""

from collections.abc import Mapping

from starlette.routing import BaseRoute, Mount

from jobs.clock import Clock
from jobs.database import Database
from jobs.providers.contract import Provider
from scheduler.identities.doorkeeper import whose
from scheduler.intake.entry import Intake
from scheduler.processes.calling_back import callback_routes
from scheduler.settings import Settings


def doors(settings: Settings, database: Database, providers: Mapping[str, Provider], clock: Clock) -> list[BaseRoute]:
    """Return the routes for providers and for the case system."""
    # Only who answers HTTP needs the framework, which takes longer to load than most commands to run.
    from scheduler.api.v1.app import v1_app  # noqa: PLC0415
    from scheduler.api.v1.calling import Place  # noqa: PLC0415

    place = Place(database, clock, Intake(database), whose(database, clock))
    callbacks = callback_routes(database, providers, clock, settings.public_url)
    return [*callbacks, Mount("/v1", v1_app(place))]
