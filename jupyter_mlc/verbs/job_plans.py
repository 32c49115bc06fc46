"""The jobs of a batch before they begin: what each is given, what it depends on, and whether it was done already."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.domain.jobs import Job, JobData
from jupyter_mlc.domain.lifecycle import Stage
from jupyter_mlc.jobs import keys, values
from jupyter_mlc.verbs.job_data import datasets_among, wants_path
from jupyter_mlc.verbs.job_sources import Source

if TYPE_CHECKING:
    from jupyter_mlc.capture.environment import Environment
    from jupyter_mlc.verbs.context import Context

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NEWEST = 20


@dataclass(frozen=True, kw_only=True)
class Point:
    """What one job is given."""

    params: Mapping[str, Any]
    """as they are recorded: datasets by name"""
    secrets: Mapping[str, str] = field(default_factory=dict)
    datasets: tuple[JobData, ...] = ()
    key: str
    done: Job | None = None
    """the job that answers it from the record"""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A batch."""

    source: Source
    points: tuple[Point, ...]
    varied: tuple[str, ...]
    """the parameters in which its jobs differ"""
    notes: tuple[str, ...] = ()
    purpose: str = ""
    """as JobStarted has it"""
    python: str = ""


def planned(
    source: Source, param: Mapping[str, Any], grid: Mapping[str, Any], context: Context, *, force: bool = False
) -> Plan:
    """What each job of a batch is given, checked against what the notebook declares.

    Parameters
    ----------
    source : Source
        What is executed.
    param, grid : mapping
        What was typed.
    context : Context
        Where datasets and earlier jobs are.
    force : bool
        Whether what was done already is done again.

    Raises
    ------
    MlcError
        Where a value does not fit its parameter, or cannot be had.
    """
    tried = values.grid_of(grid)
    base = {name: value for name, value in source.base.items() if name not in tried}
    typed = values.points({**base, **param}, tried)
    around = _around(source)
    points = tuple(_point(source, given, around, context, force=force) for given in typed)
    return Plan(source=source, points=points, varied=tuple(tried), notes=_notes(source, points, context))


def _around(source: Source) -> Mapping[str, Any]:
    return keys.surroundings(source.prepared, source.folder, _environment().lock().text)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """What reads the packages of this process, and reads a folder again only when it has changed."""
    from jupyter_mlc.capture.environment import Environment

    return Environment()


def _point(
    source: Source, typed: Mapping[str, Any], around: Mapping[str, Any], context: Context, *, force: bool
) -> Point:
    from jupyter_mlc.store.home import cache_folder

    prepared = source.prepared
    checked = values.checked(typed, prepared.parameters, source.name, tagged=prepared.tagged)
    secrets = {name: _variable(name, value) for name, value in checked.items() if values.is_secret(value)}
    params = {name: value for name, value in checked.items() if name not in secrets}
    _refuse_secrets(params)
    found = datasets_among(params, prepared.parameters, source.folder, context)
    files = keys.files_named(prepared.parameters, params, source.folder, cache_folder())
    contents = {**files, **{name: dataset.digest for name, dataset in found.items()}}
    key = keys.key(around, params, secrets, contents)
    return Point(
        params=params,
        secrets=secrets,
        datasets=tuple(JobData(parameter=name, dataset=dataset.id) for name, dataset in found.items()),
        key=key,
        done=None if force else _done(key, context),
    )


def _variable(name: str, value: str) -> str:
    """The environment variable of a secret, which must be set."""
    variable = value.removeprefix(values.FROM_ENVIRONMENT)
    if not _VARIABLE.fullmatch(variable):
        raise BadInput(f"{name}={value}: {variable!r} names no environment variable", hint=f"write {name}=env:TOKEN")
    if variable not in os.environ:
        raise BadInput(
            f"{name} is to come from the environment variable {variable}, which is not set",
            hint=f"set it where this runs (in a notebook: %env {variable}=...), and repeat the command",
        )
    return variable


def _refuse_secrets(params: Mapping[str, Any]) -> None:
    """A secret in clear would be recorded; replaced by stars it would be of no use to the notebook."""
    from jupyter_mlc.capture.secrets.scrubbing import entry_kind
    from jupyter_mlc.verbs.masking import searching

    scrubber = searching()
    for name, value in params.items() if scrubber is not None else ():
        if isinstance(value, str) and scrubber and (entry_kind(name, value) or scrubber.scrub(value, name)[1]):
            raise BadInput(
                f"{name} looks like a secret, and parameters are recorded",
                hint=f"put it into an environment variable and name that: -p {name}=env:{name.upper()}",
            )


def _done(key: str, context: Context) -> Job | None:
    """The newest job with this key that succeeded, and whose versions are all there still."""
    for job in context.registry.succeeded_with(key, _NEWEST):
        if all(context.registry.version(ref).stage != Stage.PURGED for ref in job.versions):
            return job
    return None


def _notes(source: Source, points: Sequence[Point], context: Context) -> tuple[str, ...]:
    """What is worth knowing before it runs: a value that looks as if a dataset or a file were meant, and is neither."""
    found: dict[str, None] = {}
    declared = {each.name: each for each in source.prepared.parameters}
    for point in points:
        data = {each.parameter for each in point.datasets}
        for name, value in point.params.items():
            if name in data or not isinstance(value, str) or not value or "://" in value:
                continue
            if wants_path(declared.get(name)) and not _exists(source.folder, value):
                near = _near(value, context)
                found[f"{name}={value} names no dataset, and no file in {source.folder}{near}"] = None
    return tuple(found)


def _exists(folder: Path, value: str) -> bool:
    try:
        return (folder / value).exists()
    except (OSError, ValueError):
        return False


def _near(value: str, context: Context) -> str:
    from jupyter_mlc.domain.errors import did_you_mean

    near = did_you_mean(value, context.registry.dataset_names(_MOST_NAMES))
    return f"; {near}" if near else ""


_MOST_NAMES = 2000
