"""What another scheduler is to do for a schedule: the command, when, and what it needs."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.schedules import Schedule
from jupyter_mlc.jobs.timetable import Calendar
from jupyter_mlc.jobs.values import FROM_ENVIRONMENT, is_secret
from jupyter_mlc.verbs.schedule_records import table_of

if TYPE_CHECKING:
    from jupyter_mlc.verbs.context import Context


class To(StrEnum):
    """Whose file it is."""

    CRON = "cron"
    GITHUB = "github-actions"
    KUBERNETES = "kubernetes-cronjob"
    AIRFLOW = "airflow"


@dataclass(frozen=True, kw_only=True)
class Task:
    """What another scheduler is to do."""

    schedule: Schedule
    name: str
    """of letters, digits and hyphens"""
    command: tuple[str, ...]
    cron: str
    """empty where no cron expression says it"""
    zone: str
    seconds: int
    """between two runs; 0 where the schedule has a cron expression"""
    variables: tuple[str, ...]
    """of the environment, from which parameters come"""
    registry: str
    """as it may be shown"""
    is_folder: bool
    image: str

    @property
    def goes_by_a_clock(self) -> bool:
        """Whether the time zone makes a difference."""
        return self.seconds % _HOUR == 0


_MINUTE = 60
_HOUR, _DAY = 60 * _MINUTE, 24 * 60 * _MINUTE
_LONGEST = 52
"""characters in the name of a CronJob: it adds some of its own"""


def task_of(schedule: Schedule, image: str, context: Context) -> Task:
    """What another scheduler is to do for a schedule."""
    table, place = table_of(schedule), context.place
    asked = {name: value for name, value in schedule.ask.items() if name != "folder"}
    values = _secrets(asked.get("param"))
    return Task(
        schedule=schedule,
        name=re.sub(r"[^a-z0-9]+", "-", f"mlc-{schedule.name}-{schedule.number}".lower())
        .strip("-")[:_LONGEST]
        .strip("-"),
        command=("jupyter", "mlc", "retrain", schedule.name, *_options(asked)),
        cron=table.cron.text if isinstance(table, Calendar) else _as_cron(table.step // 1_000_000, table.begin),
        zone=schedule.timezone,
        seconds=0 if isinstance(table, Calendar) else table.step // 1_000_000,
        variables=values,
        registry=place.shown,
        is_folder=place.folder is not None,
        image=image,
    )


def _secrets(param: object) -> tuple[str, ...]:
    values = param.values() if isinstance(param, Mapping) else ()
    return tuple(dict.fromkeys(str(value).removeprefix(FROM_ENVIRONMENT) for value in values if is_secret(value)))


def _options(asked: Mapping[str, Any]) -> list[str]:
    """What is asked, as it is typed."""
    words = [] if asked.get("if_changed") else ["--force"]
    for name, value in asked.items():
        option = "--" + name.replace("_", "-")
        if isinstance(value, Mapping):
            words += [word for key, each in value.items() for word in (option, f"{key}={_typed(each)}")]
        elif name != "if_changed":
            words += [option, str(value)]
    return words


def _typed(value: object) -> str:
    """A value as it is read again: text that looks like a number or a list is quoted."""
    if not isinstance(value, str):
        return repr(value)
    try:
        ast.literal_eval(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return value
    return repr(value)


def _as_cron(seconds: int, begin: int) -> str:
    """An interval as a cron expression, where there is one: one that divides an hour or a day."""
    minute, hour = begin // 1_000_000 // _MINUTE % 60, begin // 1_000_000 // _HOUR % 24
    if seconds == _DAY:
        return f"{minute} {hour} * * *"
    if seconds < _DAY and seconds % _HOUR == 0 and _DAY % seconds == 0:
        step = seconds // _HOUR
        return f"{minute} {hour % step}-23/{step} * * *" if step > 1 else f"{minute} * * * *"
    if seconds < _HOUR and seconds % _MINUTE == 0 and _HOUR % seconds == 0:
        step = seconds // _MINUTE
        return f"{minute % step}-59/{step} * * * *" if step > 1 else "* * * * *"
    return ""
