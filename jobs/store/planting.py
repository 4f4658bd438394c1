"""New jobs into the store, in bulk: COPY on PostgreSQL, one prepared statement on SQLite, each with its timeline row.

NewJobs come in, the ids of those planned go out; an identity that exists is not planned again.
"""

import datetime as dt
import functools
import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, cast

from sqlalchemy import Column, Connection, Executable, insert, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import Uuid

from jobs.records import Moment, jobs, timeline
from jobs.records.columns import Json, to_microseconds
from jobs.states import State, Verb
from jobs.store.given import encode, given
from jobs.store.reading import ids_by_identity
from jobs.store.values import NewJob, PLANNER

FEW = 64
"""Up to here one insert that skips existing identities; above, a look first and then the bulk path."""
