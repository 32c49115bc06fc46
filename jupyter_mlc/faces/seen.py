"""The champions that the person at this desk has seen: a promotion carries what its author saw."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jupyter_mlc.domain.names import parse_reference
from jupyter_mlc.verbs.base import VERBS, Ask, Reply


class Seen:
    """Remembers which champion was last shown of each model."""

    def __init__(self) -> None:
        self._champions: dict[str, str] = {}

    def clear(self) -> None:
        """Forget everything."""
        self._champions.clear()

    def carried(self, ask: Ask) -> Ask:
        """Return the request with the champion that its author saw, where it is a promotion that names none."""
        if VERBS.of(ask).name != "promote":
            return ask
        promote: Any = ask
        if promote.champion is not None:
            return ask
        seen = self._champions.get(parse_reference(promote.ref).model.lower())
        return replace(ask, champion=seen)  # type: ignore[call-arg]

    def note(self, ask: Ask, reply: Reply) -> None:
        """Take note of the champions in a reply; what was asked as of an earlier time tells nothing about now."""
        if getattr(ask, "at", None) is not None:
            return
        if VERBS.of(ask).name == "undo":
            self.clear()
        self._champions |= dict(reply.champions())
