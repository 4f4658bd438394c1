"""The words of rules and templates that texts were sent under, collected while a proof is written: each stands once.

Revisions are read when one of their rules is first named; their contents are published and never change.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import yaml
from sqlalchemy import Connection, select

from jobs.records import publishings, revisions
from jobs.store.outcomes import text_hash

Load: TypeAlias = Callable[[str], Mapping[str, Any] | None]
"""Gives the row of a revision by its id, with `published`, the moments at which it became current; None: it is gone."""

CONTENTS_KEPT: Final = 8
"""Contents in memory; texts come in the order of their moments, so few revisions are met at a time."""
SETTINGS: Final = [
    "name",
    "timezone",
    "country",
    "languages",
    "sending_window",
    "corrections_window",
    "holidays",
    "extra_closed",
    "extra_open",
    "consent",
    "starts_with",
    "first_text_adds",
]
"""What a revision's settings say that bears on when and how a text may go."""


class Sources:
    """Collects what is named; `gathered` is all of it."""

    def __init__(self, load: Load) -> None:
        """Begin with nothing."""
        self._load = load
        self._contents: OrderedDict[str, Mapping[str, Any]] = OrderedDict()
        self._revisions: dict[str, dict[str, Any] | None] = {}
        self._rules: dict[str, str] = {}
        self._templates: dict[str, dict[str, str]] = {}

    def rule(self, revision: str | None, rule: str) -> str | None:
        """Return the key under which a rule's words stand; None where the revision does not have it."""
        key = f"{revision}/{rule}"
        if key not in self._rules and revision is not None:
            found = next((each for each in self._content(revision).get("rules", ()) if each.get("id") == rule), None)
            if found is not None:
                self._rules[key] = yaml.safe_dump(_id_first(found), sort_keys=False, allow_unicode=True, width=100)
        return key if key in self._rules else None

    def template(self, revision: str | None, name: str | None, language: str | None, kept: str | None) -> object:
        """Return under which key a template's source stands, and whether it has the hash that was kept with a text."""
        if name is None or revision is None or language is None:
            return None
        key = f"{revision}/{name}.{language}"
        if key not in self._templates:
            source = self._content(revision).get("templates", {}).get(name, {}).get(language)
            if source is None:
                return None
            self._templates[key] = {"source": source, "sha256": text_hash(source)}
        return {"key": key, "has_the_hash_kept": None if kept is None else self._templates[key]["sha256"] == kept}

    def gathered(self) -> dict[str, Any]:
        """Return the revisions, rules and templates that were named, by id or key."""
        return {"revisions": self._revisions, "rules": self._rules, "templates": self._templates}

    def _content(self, revision: str) -> Mapping[str, Any]:
        if revision not in self._contents:
            row = self._load(revision)
            self._revisions.setdefault(revision, None if row is None else _described(row))
            self._contents[revision] = {} if row is None else row["content"]
            while len(self._contents) > CONTENTS_KEPT:
                self._contents.popitem(last=False)
        self._contents.move_to_end(revision)
        return self._contents[revision]


def loader(connection: Connection, practice: str) -> Load:
    """Return what gives the revisions of a practice."""

    def load(revision: str) -> Mapping[str, Any] | None:
        chosen = (revisions.c.practice == practice) & (revisions.c.id == revision)
        row = connection.execute(select(revisions).where(chosen)).mappings().first()
        if row is None:
            return None
        times = select(publishings.c.at).where(publishings.c.practice == practice, publishings.c.revision == revision)
        return {**row, "published": list(connection.execute(times.order_by(publishings.c.id)).scalars())}

    return load


def _described(row: Mapping[str, Any]) -> dict[str, Any]:
    settings = row["content"].get("practice", {})
    return {
        "author": row["author"],
        "note": row["note"],
        "published_at": row["published_at"].isoformat(),
        "became_current_at": [moment.isoformat() for moment in row["published"]],
        "settings": {name: settings[name] for name in SETTINGS if name in settings},
    }


def _id_first(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return JSON data with each `id` in front, as an admin writes it: PostgreSQL keeps no order of keys."""
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: key != "id")
        return {key: _id_first(value[key]) for key in keys}
    return [_id_first(each) for each in value] if isinstance(value, list) else value
