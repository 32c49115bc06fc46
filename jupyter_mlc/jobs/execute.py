"""Execute a notebook under supervision, and learn how it really ended."""

from __future__ import annotations

import json
import os
import secrets
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import msgspec

from jupyter_mlc.domain import errors
from jupyter_mlc.jobs import status
from jupyter_mlc.jobs.choice import chosen
from jupyter_mlc.jobs.crossing import CANCEL, KILL, Lines, to_text
from jupyter_mlc.jobs.processes import MARK, end_marked
from jupyter_mlc.jobs.ready import refuse_what_cannot_run
from jupyter_mlc.jobs.spec import Engine, Outcome, Progress, Work
from jupyter_mlc.jobs.status import outcome_of
from jupyter_mlc.jobs.warm.asking import NoWarmProcess, connected
from jupyter_mlc.jobs.warm.imports import OF_A_KERNEL, imported_by
from jupyter_mlc.jobs.yielding import NeedsAKernelError

__all__ = ["execute", "outcome_of"]
_LOOK = 0.1
"""seconds between two looks whether it is to be cancelled"""


def unwatched(_: Progress) -> None:
    """Nobody wants to know."""


def never() -> bool:
    """Nobody cancels."""
    return False


def execute(
    work: Work,
    *,
    watch: Callable[[Progress], None] = unwatched,
    cancelled: Callable[[], bool] = never,
) -> Outcome:
    """Execute a notebook to its end; KeyboardInterrupt cancels it, a second one at once.

    Parameters
    ----------
    work : Work
        What is executed, where, and under which limits.
    watch : callable
        Handed the progress, some times a second.
    cancelled : callable
        Asked some times a second whether to end it.

    Raises
    ------
    MlcError
        If it cannot begin: then nothing was executed.
    """
    work = _absolute(work)
    refuse_what_cannot_run(work)
    engine, notes = chosen(work)
    yields = work.engine is Engine.AUTO and engine is Engine.DIRECT
    work = replace(work, engine=engine, notes=(*work.notes, *notes), yields=yields)
    began = time.monotonic()
    try:
        return _executed(work, watch, cancelled)
    except NeedsAKernelError as error:
        notes = (*work.notes, f"ran in a kernel: {error}")
    rest = max(work.timeout - (time.monotonic() - began), 0) if work.timeout is not None else None
    again = replace(work, engine=Engine.KERNEL, notes=notes, yields=False, timeout=rest)
    return _executed(again, watch, cancelled)


def _executed(work: Work, watch: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Outcome:
    """Execute in the kind of process that was chosen; in a cold kernel where there is no warm one."""
    notes: tuple[str, ...] = ()
    try:
        if sys.platform == "linux":
            return _waited(work, _forked_supervisor, watch, cancelled)
    except NoWarmProcess as error:
        notes = () if work.engine is Engine.COLD else (f"ran in a cold kernel: {error.message}",)
    work = replace(work, engine=Engine.COLD, notes=(*work.notes, *notes))
    return _waited(work, _started_supervisor, watch, cancelled)


class _Supervisor:
    """The process that executes it, seen from the one that waits."""

    def __init__(self, work: Work, lines: Lines, mark: str, said: IO[bytes]) -> None:
        self._work, self._lines, self._mark, self._said = work, lines, mark, said
        self._asked: list[str] = []

    def waited(self, watch: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Outcome:
        """Wait for the end."""
        self._lines.say(to_text(self._work))
        while True:
            try:
                if not self._asked and cancelled():
                    self._ask(CANCEL)
                for line in self._heard():
                    outcome = self._understood(json.loads(line), watch)
                    if outcome is not None:
                        return outcome
            except KeyboardInterrupt:
                self._ask(KILL if self._asked else CANCEL)
            except (EOFError, ConnectionError):
                return self._lost()

    def _heard(self) -> Iterator[str]:
        ready, _, _ = select.select([self._lines.channel], [], [], _LOOK)
        return self._lines.heard() if ready else iter(())

    def _ask(self, word: str) -> None:
        self._asked.append(word)
        with suppress(OSError):  # it has just ended
            self._lines.say(word)

    def _understood(self, told: dict[str, Any], watch: Callable[[Progress], None]) -> Outcome | None:
        if "progress" in told:
            watch(msgspec.convert(told["progress"], Progress))
            return None
        if "outcome" in told:
            return msgspec.convert(told["outcome"], Outcome)
        if "needs a kernel" in told:
            raise NeedsAKernelError(told["needs a kernel"])
        if "refused" in told:
            kind, message, hint = told["refused"]
            raise getattr(errors, kind)(message, hint)
        raise RuntimeError(told["broken"])

    def _lost(self) -> Outcome:
        """The supervisor is gone without a word: end what it left, and say so."""
        end_marked(self._mark)
        with suppress(errors.NotFound):
            return _ended(self._work.status)
        self._said.seek(0)
        raise RuntimeError(f"the process that was to execute {self._work.notebook} ended at once:\n{self._end()}")

    def _end(self) -> str:
        return self._said.read()[-4000:].decode(errors="replace")


def _ended(path: Path) -> Outcome:
    """How an execution ended whose supervisor is certainly gone."""
    told = outcome_of(path)
    if isinstance(told, Outcome):
        return told
    found = status.read(path)
    return status.lose(path, found.traces, told)


Begin = Callable[[Work, str, IO[bytes]], AbstractContextManager[socket.socket]]


def _waited(work: Work, begin: Begin, watch: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Outcome:
    """Begin, and wait for the end; nothing is left, whatever happens here."""
    mark = secrets.token_hex(8)
    with tempfile.TemporaryFile() as said, begin(work, mark, said) as channel:
        try:
            return _Supervisor(work, Lines(channel), mark, said).waited(watch, cancelled)
        except BaseException:
            channel.close()  # then the supervisor ends everything, and itself
            raise


@contextmanager
def _started_supervisor(work: Work, mark: str, said: IO[bytes]) -> Iterator[socket.socket]:  # noqa: ARG001
    """A supervisor in a process of its own."""
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            process = subprocess.Popen(  # noqa: S603 (our own module, by this very interpreter)
                [sys.executable, "-P", "-m", "jupyter_mlc.jobs.supervisor", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                env={**os.environ, MARK: mark},
            )
        try:
            yield ours
        finally:
            process.wait()


@contextmanager
def _forked_supervisor(work: Work, mark: str, said: IO[bytes]) -> Iterator[socket.socket]:  # noqa: ARG001
    """A supervisor forked from a warm process, which has loaded what the cells import unless their kernel is cold."""
    modules = () if work.engine is Engine.COLD else imported_by(work.notebook)
    if work.engine is Engine.KERNEL:
        modules += OF_A_KERNEL
    with connected(modules) as channel:
        mask = os.umask(0)
        os.umask(mask)
        process = {"environment": {**os.environ, MARK: mark}, "folder": str(Path.cwd()), "mask": mask}
        Lines(channel).say(json.dumps(process))
        yield channel


def _absolute(work: Work) -> Work:
    """The work, wherever the working folder goes."""
    places = {name: Path(getattr(work, name)).absolute() for name in ("notebook", "output", "status", "folder")}
    return replace(work, **places)  # type: ignore[arg-type]
