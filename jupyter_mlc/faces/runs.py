"""Runs as Python knows them: ``with mlc.run("churn", C=1) as run: run.log(auc=.7, step=3)``."""

from __future__ import annotations

import math
import os
import threading
import time
import weakref
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Self, SupportsFloat

from jupyter_mlc.capture.process import here
from jupyter_mlc.capture.secrets.scrubbing import MASK
from jupyter_mlc.domain.entities import Digest, Measured, RunFile, Scalar
from jupyter_mlc.domain.errors import BadInput, Conflict
from jupyter_mlc.faces.rivals import of_a_run
from jupyter_mlc.faces.tasks import own_task
from jupyter_mlc.faces.values import key_of, keyed, scalar
from jupyter_mlc.store.home import as_typed
from jupyter_mlc.verbs.base import Ask, Reply
from jupyter_mlc.verbs.masking import masked_text
from jupyter_mlc.verbs.run import Run as RunAsk
from jupyter_mlc.verbs.run import RunReply
from jupyter_mlc.verbs.run_end import RunEnd
from jupyter_mlc.verbs.run_log import Point, RunLog
from jupyter_mlc.verbs.session import now
from jupyter_mlc.verbs.shared import LONGEST_KEY, check_keys, is_key

if TYPE_CHECKING:
    import asyncio

    from jupyter_mlc.faces.desk import Desk

_FLUSH_SECONDS = 1.0
_FLUSH_POINTS = 5_000
_STEPS = 1 << 63
"""what a database's integer holds"""


class Run:
    """One execution that trains something. It starts at once, and ends with its ``with`` block or `end`.

    Parameters
    ----------
    desk : Desk
        Who carries it out.
    name : str
        The model that is trained.
    note : str
        What is tried.
    params, tags : mapping
        What it is tried with.
    """

    def __init__(
        self,
        desk: Desk,
        name: str,
        note: str = "",
        *,
        params: Mapping[str, Scalar] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        self._desk = desk
        self._pid = os.getpid()
        self._began = time.perf_counter_ns()
        self._points: list[Point] = []
        self._flushed = -math.inf
        self._last: dict[str, float] = {}
        self._steps: dict[str, int] = {}
        self._files: dict[str, RunFile] = {}
        self.thread, task = threading.current_thread(), own_task()
        self._task = weakref.ref(task) if task is not None else None  # a task that is over has a model for a result
        self.cell = desk.running_cell
        """the execution in which it was started"""
        self.is_open = True
        self.is_block = False
        """whether a ``with`` block or a cell is this run"""
        self.failed = False
        self.has_version = False
        self.until_register = False
        """whether the next version of the model ends it"""
        self.is_told = False
        """whether somebody was told that it is open"""
        given = {key: scalar(key, value) for key, value in keyed("parameter", params or {}).items()}
        reply = self._asked(RunAsk(name=name, note=note, param=given, tag=dict(tags or {}), process=here()))
        if not isinstance(reply, RunReply):
            raise TypeError(type(reply))
        self._params = dict(reply.params)
        self.name, self.id, self.ref = reply.name, reply.id, reply.run
        desk.open_runs.add(self)

    def __enter__(self) -> Self:
        self.is_block = True
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.is_block = False  # the block is over, even where its end cannot be recorded now
        if self.is_open:
            self.end(failed=is_failure(error))

    if not TYPE_CHECKING:  # where types are checked, there is no such attribute

        def __call__(self, *given: object) -> NoReturn:
            """Refuse ``@mlc.run("churn")``: it began where the function was defined, which runs later."""
            if self.is_block or len(given) != 1 or not callable(given[0]):
                raise TypeError("a run cannot be called")
            self.leave(failed=True)
            raise BadInput(
                f"a run is no decorator: {self.ref} began where the function was defined, and was ended as failed",
                hint=f'inside the function write: with mlc.run("{self.name}") as run:',
            )

        def __getattr__(self, name: str) -> object:
            line = of_a_run(name)
            raise AttributeError(f"a run has no {name!r}{'; write ' if line else ''}{line}", name=name, obj=self)

    def __repr__(self) -> str:
        state = "open" if self.is_open else "ended"
        metrics = ", ".join(f"{key}={value:.4g}" for key, value in self._last.items())
        return f"<{self.ref} of {self.name}, {state}{': ' + metrics if metrics else ''}>"

    @property
    def task(self) -> asyncio.Task[Any] | None:
        """The task that started it, as long as that goes on."""
        task = self._task() if self._task is not None else None
        return None if task is None or task.done() else task

    @property
    def is_of_a_task_that_is_over(self) -> bool:
        """Whether a task started it that will register nothing any more."""
        return self._task is not None and self.task is None

    @property
    def metrics(self) -> dict[str, float]:
        """The last value of each metric."""
        return dict(self._last)

    @property
    def params(self) -> dict[str, Scalar]:
        """The parameters."""
        return dict(self._params)

    def log(
        self, metrics: Mapping[Any, SupportsFloat] | None = None, /, *, step: int | None = None, **more: SupportsFloat
    ) -> None:
        """Log metrics; with every call the next step, unless one is given.

        Parameters
        ----------
        metrics : mapping, optional
            For names that are no Python names: ``run.log({"f1 macro": .7})``. A number is taken as its text.
        step : int, optional
            Where in the training.
        **more : float
            ``run.log(auc=.7)``.

        Raises
        ------
        BadInput
            Where a value is no number, the step no whole one, or a metric cannot be called so.
        Conflict
            Where the run has ended.
        """
        self._check_ours()
        if metrics is not None and not isinstance(metrics, Mapping):
            raise BadInput(f"{type(metrics).__name__} is no mapping of metrics", hint="name them: run.log(auc=0.71)")
        named = {**keyed("metric", metrics or {}), **more}
        check_keys(named, "metric")
        numbers = {key: _number(key, value) for key, value in named.items()}
        given, at = None if step is None else _whole(step), now()
        for key, value in numbers.items():
            here = _whole(self._steps.get(key, -1) + 1) if given is None else given
            self._steps[key] = here
            self._last[key] = value
            self._points.append(Point(key=key, step=here, value=value, at=at))
        if len(self._points) >= _FLUSH_POINTS or time.monotonic() - self._flushed > _FLUSH_SECONDS:
            self.flush()

    def param(self, **params: object) -> None:
        """Add parameters that are known only now.

        Raises
        ------
        BadInput
            Where a value is no parameter, or a parameter cannot be called so.
        """
        self._check_ours()
        check_keys(params, "parameter")
        self._params.update({key: scalar(key, value) for key, value in params.items()})

    def log_file(self, path: str | os.PathLike[str], name: str | None = None) -> str:
        """Keep a file with the run, under its own name unless another is given; returns the digest of what is kept.

        A text of up to a mebibyte is searched for secrets. Where there are some, what is kept is a copy without them,
        which is told; the file itself stays as it is.

        Raises
        ------
        BadInput
            Where there is no such file, or it cannot be called so.
        """
        self._check_ours()
        file = as_typed(path)
        if not file.is_file():
            raise BadInput(f"{file} is not a file", hint="give the path of a file that exists")
        called = _name_of(file, name)
        digest, size = self._kept(file)
        self._desk.session.send([digest])
        self._files[called] = RunFile(name=called, digest=digest, size=size)
        return digest

    def _kept(self, file: Path) -> tuple[Digest, int]:
        masked, artifacts = masked_text(file, file.name), self._desk.session.artifacts
        if masked is None:
            return artifacts.put_file(file)
        text, found = masked
        for one in found:
            self._desk.warn(f"{one} was replaced by {MASK} in the copy that is kept; the file is as it was")
        return artifacts.put_bytes(text), len(text)

    def flush(self) -> None:
        """Bring the points that were logged so far into the registry."""
        points, self._points, self._flushed = self._points, [], time.monotonic()
        if not points or self._pid != os.getpid():
            return
        try:
            self._desk.call(RunLog(run=self.id, points=tuple(points)))
        except BadInput:  # what is refused for what it is would be refused for ever
            raise
        except BaseException:
            self._points[:0] = points  # the next time brings them
            raise

    def end(self, *, failed: bool = False) -> None:
        """End the run; a version registered after it still belongs to it.

        Where that cannot be recorded now, the run is still open, with all that was logged.
        """
        self._check_open()
        if self._pid != os.getpid():
            return  # a child process was forked inside the block: the run is its parent's
        self.flush()
        taken = self._desk.snapshot(uses=())
        self._record(taken.text, taken.blobs, failed=failed)
        self._desk.tell(taken.to_tell, None)

    def leave(self, *, failed: bool) -> None:
        """End the run where it was left open, without a word: what cannot be ended is lost, and shown as lost."""
        if not self.is_open or self._pid != os.getpid() or not self._desk.is_there():
            return
        snapshot, blobs = "", tuple[Digest, ...]()
        with suppress(Exception):
            self.flush()
        with suppress(Exception):
            with suppress(Exception):  # at the end of a process no thread can be started
                taken = self._desk.snapshot(uses=())
                snapshot, blobs = taken.text, taken.blobs
            self._record(snapshot, blobs, failed=failed)
        self.is_open = False

    def _record(self, snapshot: str, blobs: tuple[Digest, ...], *, failed: bool) -> None:
        self._asked(
            RunEnd(
                run=self.id,
                failed=failed,
                duration=(time.perf_counter_ns() - self._began) // 1000,
                metrics=tuple(Measured(key=key, value=value) for key, value in self._last.items()),
                params=self._params,
                files=tuple(self._files.values()),
                snapshot=snapshot,
                blobs=blobs,
            )
        )
        self.is_open, self.failed = False, failed

    def _asked(self, ask: Ask) -> Reply:
        """What comes of a request; its warnings are told here, for nobody else sees the reply."""
        reply = self._desk.call(ask)
        for warning in reply.warnings:
            self._desk.warn(warning)
        return reply

    def _check_ours(self) -> None:
        """Refuse what would be lost: a forked process has a copy of the run, which nobody brings anywhere."""
        self._check_open()
        if self._pid != os.getpid():
            raise Conflict(
                f"{self.ref} was started by another process, of which this one was forked",
                hint="return the figures, and log them where the run was started",
            )

    def _check_open(self) -> None:
        if not self.is_open:
            raise Conflict(f"{self.ref} has ended", hint=f"start another: mlc.run({self.name!r})")


def _name_of(file: Path, name: object) -> str:
    """What a file is called in the run."""
    called = os.fspath(name) if isinstance(name, os.PathLike) else key_of("file", file.name if name is None else name)
    if not is_key(called):
        hint = f"name it with up to {LONGEST_KEY} printable characters: run.log_file(path, NAME)"
        raise BadInput(f"{called[:40]!r} cannot be the name of a file", hint=hint)
    return str(called)


def _whole(step: object) -> int:
    with suppress(TypeError, ValueError, OverflowError):
        whole: int = int(step)  # type: ignore[call-overload]
        if whole == step and abs(whole) < _STEPS:
            return whole
    what = "too large" if isinstance(step, int) else "not a whole number"
    raise BadInput(f"the step is {step!r}, {what}", hint="count steps: run.log(loss=0.3, step=3)")


def is_failure(error: BaseException | None) -> bool:
    """Whether what ended a run is an error: ``sys.exit()`` and ``sys.exit(0)`` are none."""
    return error is not None and not (isinstance(error, SystemExit) and (error.code is None or error.code == 0))


def _number(key: str, value: object) -> float:
    """A number from whatever knows how to be one (numpy's and torch's scalars do)."""
    if not isinstance(value, str | bytes):
        with suppress(TypeError, ValueError, OverflowError):
            return float(value)  # type: ignore[arg-type]
    raise BadInput(f"metric {key} is {type(value).__name__}, not a number", hint=f"log a number: run.log({key}=0.71)")
