"""Runs as they stand now: the record of one that did not end holds little yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from jupyter_mlc.capture.process import is_gone
from jupyter_mlc.domain.entities import Measured, Micros, Parameter, Run
from jupyter_mlc.domain.events import RunStarted
from jupyter_mlc.store.projected import words
from jupyter_mlc.store.registry import Registry

RUNNING, LOST = "running", "lost"


def as_they_stand(runs: Iterable[Run], registry: Registry, at: Micros | None) -> tuple[Run, ...]:
    """Of a run that did not end, what it began with and has logged so far; it is lost where its process is gone.

    Whether a process was gone at an earlier time, `at`, nobody knows.
    """
    return tuple(_as_it_stands(run, registry, at) if run.status == RUNNING else run for run in runs)


def _as_it_stands(run: Run, registry: Registry, at: Micros | None) -> Run:
    event = registry.event(run.id).event
    if not isinstance(event, RunStarted):
        raise TypeError(type(event))
    return replace(
        run,
        status=LOST if at is None and is_gone(event.process) else RUNNING,
        params=tuple(
            Parameter(key=key, value=value) for key, value in {**event.params, **words(event.param_words)}.items()
        ),
        metrics=tuple(Measured(key=key, value=value) for key, value in registry.last_points(run.id).items()),
    )
