"""The one table that every provider over HTTP passes: what happens to a request, and what its outcome must be."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from jobs.providers.contract import Accepted, Closed, Later, Outcome, Refused, Throttled, Unknown
from tests.conformance.rigs import LONG, SHORT, Rig
from tests.conformance.scripted_server import Step, Way

ACCEPTED, SAID = "<accepted>", "<said>"
"""Stand for a provider's own words of acceptance, and of a refusal."""


@dataclass(frozen=True, slots=True)
class Case:
    """What happens to a request, and what the outcome must be."""

    name: str
    step: Step
    outcome: type[Outcome]


CASES: Sequence[Case] = (
    Case("accepted", Step(status=201, body=ACCEPTED), Accepted),
    Case("accepted with another status of success", Step(status=200, body=ACCEPTED), Accepted),
    Case("accepted, then closed", Step(Way.LAST, 201, ACCEPTED), Accepted),
    Case("a success that is no JSON", Step(status=201, body="<html>hello</html>"), Unknown),
    Case("a success without a body", Step(status=201, body=""), Unknown),
    Case("a success that is a list", Step(status=201, body="[]"), Unknown),
    Case("a success without an id", Step(status=201, body='{"status": "queued"}'), Unknown),
    Case("a success that is cut", Step(status=201, body='{"sid": "SM1", "id"'), Unknown),
    Case("a success nested without end", Step(status=201, body="[" * 100_000), Unknown),
    Case("500", Step(status=500, body=SAID), Unknown),
    Case("500 with words of acceptance", Step(status=500, body=ACCEPTED), Unknown),
    Case("502", Step(status=502, body="<html>bad gateway</html>"), Unknown),
    Case("503", Step(status=503, body=SAID), Unknown),
    Case("504", Step(status=504, body=""), Unknown),
    Case("599", Step(status=599, body=""), Unknown),
    Case("408", Step(status=408, body=SAID), Unknown),
    Case("409", Step(status=409, body=SAID), Unknown),
    Case("303", Step(status=303, headers=[("Location", "/elsewhere")]), Unknown),
    Case("429", Step(status=429, body=SAID), Throttled),
    Case("400", Step(status=400, body=SAID), Refused),
    Case("400 that is no JSON", Step(status=400, body="no"), Refused),
    Case("422", Step(status=422, body=SAID), Refused),
    Case("401", Step(status=401, body=SAID), Closed),
    Case("402", Step(status=402, body=SAID), Closed),
    Case("403", Step(status=403, body=SAID), Closed),
    Case("404", Step(status=404, body=SAID), Closed),
    Case("a redirect", Step(status=302, headers=[("Location", "/elsewhere")]), Closed),
    Case("a permanent redirect", Step(status=308, headers=[("Location", "/elsewhere")]), Closed),
    Case("425", Step(status=425, body=SAID), Later),
    Case("read and never answered", Step(Way.HANG), Unknown),
    Case("read and reset", Step(Way.RESET), Unknown),
    Case("read and closed", Step(Way.CLOSE), Unknown),
    Case("half an answer, then closed", Step(Way.HALF, 201, ACCEPTED), Unknown),
    Case("half an answer, then nothing", Step(Way.STALL, 201, ACCEPTED), Unknown),
    Case("half a refusal, then closed", Step(Way.HALF, 400, SAID), Unknown),
    Case("an answer that is no HTTP", Step(Way.GARBAGE), Unknown),
    Case("an answer without an end", Step(Way.ENDLESS, 201), Unknown),
)


def spoken(rig: Rig, step: Step) -> Step:
    """Return a step in a provider's own words."""
    words = {ACCEPTED: rig.accepted, SAID: rig.error("that does not do")}
    return Step(step.way, step.status, words.get(step.body, step.body), step.headers)


def patience(case: Case) -> dt.timedelta:
    """Return how long a case is waited for: shortly where nothing will come."""
    return SHORT if case.step.way in {Way.HANG, Way.STALL} else LONG
