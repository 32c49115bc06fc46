"""The champions that the person at this desk has seen: a promotion carries what its author saw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from jupyter_mlc.domain.entities import Model
from jupyter_mlc.domain.names import parse_reference
from jupyter_mlc.verbs.base import Ask, Reply
from jupyter_mlc.verbs.list_ import ListReply
from jupyter_mlc.verbs.moving import MoveReply
from jupyter_mlc.verbs.promote import Promote
from jupyter_mlc.verbs.show import ShowReply
from jupyter_mlc.verbs.undo import UndoReply

NOBODY = "none"


class Seen:
    """Remembers which champion was last shown of each model."""

    def __init__(self) -> None:
        self._champions: dict[str, str] = {}

    def clear(self) -> None:
        """Forget everything."""
        self._champions.clear()

    def carried(self, ask: Ask) -> Ask:
        """Return the request with the champion that its author saw, where it is a promotion that names none."""
        if not isinstance(ask, Promote) or ask.champion is not None:
            return ask
        return replace(ask, champion=self._champions.get(parse_reference(ask.ref).model.lower()))

    def note(self, ask: Ask, reply: Reply) -> None:
        """Take note of the champions in a reply; what was asked as of an earlier time tells nothing about now."""
        if getattr(ask, "at", None) is not None:
            return
        if isinstance(reply, UndoReply):
            self.clear()
        self._champions |= dict(_shown(reply))


def _shown(reply: Reply) -> Iterator[tuple[str, str]]:
    if isinstance(reply, MoveReply):
        champion = reply.champion if reply.done else reply.champion_before
        yield parse_reference(reply.version).model.lower(), champion or NOBODY
    if isinstance(reply, ListReply):
        yield from (_champion(model) for model in reply.models)
    if isinstance(reply, ShowReply) and reply.model is not None:
        yield _champion(reply.model)
    if isinstance(reply, ListReply | ShowReply):
        versions = [*reply.versions, *([reply.version] if isinstance(reply, ShowReply) and reply.version else [])]
        yield from ((each.model.lower(), each.ref) for each in versions if "champion" in each.aliases)


def _champion(model: Model) -> tuple[str, str]:
    return model.name.lower(), f"{model.name}:{model.champion}" if model.champion else NOBODY
