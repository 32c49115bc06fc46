"""Whether many signatures hold: looked at beside the reading of the log, by a process a core.

Threads would take turns, since the library keeps the interpreter to itself while it looks at one.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from jupyter_mlc.store.identity import signature_holds

if TYPE_CHECKING:
    from types import TracebackType

    from jupyter_mlc.store.verify_keys import Keyring, Signed

_BATCH = 500
_BATCHES_AHEAD = 16
_MANY = 5_000
"""signatures for which starting processes pays"""
_IDLE = 60
"""seconds after which a process without work ends, should this one be gone"""
_Plain: TypeAlias = tuple[str, bytes, str]
"""a public key, an act and its signature"""


class SignatureChecks:
    """Checks signatures some hundreds at a time, and tells those that do not hold.

    Parameters
    ----------
    keyring : Keyring
        Says why one does not hold, and where to tell it.
    expected : int
        How many will come, about; few are looked at by this process.
    """

    def __init__(self, keyring: Keyring, expected: int) -> None:
        self._keyring = keyring
        self._batch: list[Signed] = []
        self._running: list[tuple[list[Signed], Future[list[int]] | None]] = []
        self._processes: Any = processes() if expected >= _MANY else None
        self._alone = self._processes is None
        self.checked = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _, given in self._running:
            if given is not None:
                given.cancel()
        if self._processes is not None:
            self._processes.shutdown()

    def add(self, signed: list[Signed]) -> None:
        """Check these when there are enough of them."""
        self._batch += signed
        if len(self._batch) >= _BATCH:
            self._start()

    def _start(self) -> None:
        self._running.append((self._batch, self._given(self._batch)))
        self.checked += len(self._batch)
        self._batch = []
        if len(self._running) > _BATCHES_AHEAD:
            self._tell(*self._running.pop(0))

    def _given(self, batch: list[Signed]) -> Future[list[int]] | None:
        """To the processes, while there are any."""
        if self._alone:
            return None
        try:
            with _deaf_children():
                given: Future[list[int]] = self._processes.submit(broken, _plain(batch))
        except (OSError, RuntimeError, AssertionError):  # killed, too many open files, or a process that may have none
            self._alone = True
            return None
        return given

    def finish(self) -> None:
        """Wait for all of them."""
        self._start()
        while self._running:
            self._tell(*self._running.pop(0))

    def _tell(self, batch: list[Signed], given: Future[list[int]] | None) -> None:
        try:
            found = given.result() if given is not None else broken(_plain(batch))
        except BrokenExecutor:  # a process was killed: what it left is looked at here
            found = broken(_plain(batch))
        for signed in (batch[place] for place in found):
            self._keyring.findings.event(signed.seq, self._keyring.why(signed))


def processes() -> Any:
    """An executor with a process a core, ours alone; None where the machine has no means for it."""
    try:
        from multiprocessing import resource_tracker

        from joblib import cpu_count
        from joblib.externals.loky import ProcessPoolExecutor

        resource_tracker.ensure_running()  # its start, which comes with the first process, would end `_deaf_children`
        return ProcessPoolExecutor(max_workers=cpu_count(), timeout=_IDLE)
    except (ImportError, OSError):  # no semaphores, as in some containers
        return None


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Have processes that start here never hear of Ctrl-C: this one ends them. It hears of it a moment later itself."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _plain(batch: list[Signed]) -> list[_Plain]:
    return [(each.public, each.act, each.signature) for each in batch]


def broken(batch: list[_Plain]) -> list[int]:
    """The places of those whose signatures do not hold."""
    return [place for place, one in enumerate(batch) if not signature_holds(*one)]
