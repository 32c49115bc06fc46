"""`run-log`: metric series of an open run: activity, not events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.domain.entities import Micros
from jupyter_mlc.verbs.base import Ask, Does, Field, Parse, Reply, Where, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.shared import check_keys


@dataclass(frozen=True, kw_only=True)
class Point:
    """One value of a metric at one step."""

    key: str
    step: int
    value: float
    at: Micros


@dataclass(frozen=True, kw_only=True)
class RunLog(Ask):
    """Log points of metric series."""

    run: Annotated[int, Field(description="the id of the run", positional=True)]
    points: Annotated[tuple[Point, ...], Field(description="what was measured", parse=Parse.FILLED)] = ()


@dataclass(frozen=True, kw_only=True)
class RunLogReply(Reply):
    """How many points were kept."""

    kept: int


@verb(does=Does.WRITE, where=Where.KERNEL, name="run-log", plumbing=True, example="run-log 12")
def run_log(ask: RunLog, context: Context) -> RunLogReply:
    """Keep points of metric series; `mlc.run` calls it."""
    check_keys({point.key: point.value for point in ask.points}, "metric")
    context.registry.keep_series(ask.run, [(point.key, point.step, point.value, point.at) for point in ask.points])
    return RunLogReply(kept=len(ask.points))
