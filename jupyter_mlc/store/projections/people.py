"""People and their keys, as rows."""

from __future__ import annotations

from jupyter_mlc.domain import events as e
from jupyter_mlc.store.projections.base import Recorded, projects
from jupyter_mlc.store.rows import Rows


@projects(e.PersonAdded)
def _person(rows: Rows, at: Recorded, event: e.PersonAdded) -> None:
    rows.put("person", {"id": event.person, "kind": event.kind, "name": event.name, "added": at.seq})


@projects(e.KeyAdded)
def _key(rows: Rows, at: Recorded, event: e.KeyAdded) -> None:
    rows.put("actor_key", {"public": event.public, "person": event.person, "added": at.seq, "ended": None})


@projects(e.KeyRotated)
def _rotated(rows: Rows, at: Recorded, event: e.KeyRotated) -> None:
    rows.change("actor_key", event.old, ended=at.seq)
    rows.put("actor_key", {"public": event.new, "person": event.person, "added": at.seq, "ended": None})
