"""Structured logs on stderr: JSON lines where nobody watches, plain lines on a terminal.

Our own events and those of the libraries go the same way; phone numbers are masked, bodies never shown.
"""

import logging
import logging.config
import re
import sys
from collections.abc import MutableMapping
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor

from jobs.phone import mask
from scheduler.settings import Settings

NUMBER = re.compile(r"\+\d{7,15}(?!\d)")
# What SQLAlchemy adds to a database's error: the statement's values, a text's words among them.
PARAMETERS = re.compile(r"\[parameters: .*")
NEVER_SHOWN = frozenset({"body", "text", "sources", "password", "secret", "token"})
# Libraries that tell of each of their steps at this level: only what is wrong concerns a reader.
TALKATIVE = ("alembic", "apscheduler", "dramatiq", "uvicorn", "asyncio")


def set_up_logs(settings: Settings, stream: TextIO | None = None) -> None:
    """Send all logs of this process, ours and the libraries', to `stream` (stderr), masked."""
    target = stream or sys.stderr
    level = settings.log_level.upper()
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    rendering = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_endings(settings, target)],
    )
    writer = logging.StreamHandler(target)
    writer.setFormatter(rendering)
    logging.basicConfig(handlers=[writer], level=level, force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *before,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def hide(_logger: object, _name: str, event: EventDict) -> EventDict:
    """Return the event with every phone number masked and without what is never shown."""
    return {key: _masked(value) for key, value in event.items() if key not in NEVER_SHOWN}


def _endings(settings: Settings, target: TextIO) -> list[Processor]:
    watched = settings.log_format == "plain" or (settings.log_format == "auto" and target.isatty())
    if watched:
        rendering: Processor = structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback, sort_keys=False
        )
    else:
        rendering = structlog.processors.JSONRenderer(default=str)
    return [structlog.processors.format_exc_info, hide, rendering]


def _masked(value: object) -> object:
    if isinstance(value, str):
        return NUMBER.sub(lambda found: mask(found[0]), PARAMETERS.sub("[parameters hidden]", value))
    if isinstance(value, MutableMapping):
        return {key: _masked(part) for key, part in value.items() if key not in NEVER_SHOWN}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(part) for part in value]
    return value
