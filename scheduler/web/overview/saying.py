"""What the templates of the overview say with: spans of time in a reader's words, and masked numbers. Pure."""

import datetime as dt
from collections.abc import Mapping
from typing import Final

import jinja2
from babel.dates import format_timedelta

from jobs.phone import mask


@jinja2.pass_context
def span(context: jinja2.runtime.Context, seconds: float) -> str:
    """Return a span as somebody reads it, roughly: `12 sec`, `4 min`, `3 hr`."""
    return format_timedelta(
        dt.timedelta(seconds=round(seconds)),
        granularity="second",
        threshold=2,
        format="short",
        locale=context["language"],
    )


SAYING: Final[Mapping[str, object]] = {"span": span, "mask": mask}
