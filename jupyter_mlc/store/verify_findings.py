"""What a verification found, where, and how much of it is told."""

from __future__ import annotations

from dataclasses import dataclass

MOST_TOLD = 1000


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is not as it was recorded."""

    where: str
    """the place: an event, a table with key and column, a blob"""
    what: str


class Findings:
    """Gathers findings, a thousand of them; a registry that was replaced as a whole would give millions."""

    def __init__(self) -> None:
        self._told: list[Finding] = []
        self._count = 0
        self.first_event: int | None = None
        """the earliest event that something is wrong with"""

    def add(self, where: str, what: str) -> None:
        """Something is wrong, but not in an event."""
        self._count += 1
        if len(self._told) < MOST_TOLD:
            self._told.append(Finding(where=where, what=what))

    def event(self, seq: int, what: str) -> None:
        """Something is wrong with an event."""
        self.add(f"event {seq}", what)
        self.first_event = seq if self.first_event is None else min(seq, self.first_event)

    def all(self) -> tuple[Finding, ...]:
        """Everything that is told, in the order in which it was found."""
        rest = self._count - len(self._told)
        more = (Finding(where="everywhere", what=f"{rest} more findings are not told"),) if rest else ()
        return (*self._told, *more)


def shown(value: object) -> str:
    """A value as a finding shows it, cut where it is long."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004
