"""Verify a hundred thousand events: with every signature, without them, and since the last verified checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

from benchmarks import ours, population
from benchmarks.figures import Figure, within
from benchmarks.sides import Bench
from benchmarks.worker import seconds

EVENTS = 100_000


class Ours:
    """The verb, on a registry that is whole."""

    def __init__(self, folder: Path, events: int) -> None:
        self.session = ours.session_in(folder)
        population.populate(self.session, ours.person_in(folder), events // population.EVENTS_EACH)

    def everything(self) -> float:
        return seconds(lambda: self._verify(quick=False))

    def without_signatures(self) -> float:
        """Everything else: only the check of a batch of signatures is left out, and so are its processes."""
        checks = "jupyter_mlc.store.signature_checks"
        with patch(f"{checks}.broken", return_value=[]), patch(f"{checks}.processes", return_value=None):
            return self.everything()

    def since_checkpoint(self) -> float:
        """After one more event."""
        from jupyter_mlc.verbs.run import Run

        self.session.call(Run(name=ours.MODEL))
        return seconds(lambda: self._verify(quick=True))

    def _verify(self, *, quick: bool) -> None:
        from jupyter_mlc.verbs.verify import Verify, VerifyReply

        reply = self.session.call(Verify(quick=quick))
        if not isinstance(reply, VerifyReply) or reply.findings:
            raise AssertionError(reply)


def measure(bench: Bench) -> Iterator[Figure]:
    """Nobody else has it, so the limits are times."""
    events, rounds = bench.count(EVENTS, 3_000), bench.count(3, 1)
    with bench.us(Ours, events=events) as us:
        kinds = (
            ("without_signatures", "chain and projections", 2),
            ("everything", "with every signature", 15),
            ("since_checkpoint", "since the last verified checkpoint", 0.5),
        )
        for command, words, limit in kinds:
            yield within(f"verify {events:,} events, {words}", [us.ask(command) for _ in range(rounds)], limit)
