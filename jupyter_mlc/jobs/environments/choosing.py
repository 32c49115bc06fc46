"""In which environment a version is reproduced: this one where it is the same, else the one of its lock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from jupyter_mlc.capture.environment import Environment
from jupyter_mlc.domain.errors import Unavailable
from jupyter_mlc.domain.reproductions import CURRENT, LOCK, PackageDifference
from jupyter_mlc.jobs.environments.building import INSTALL_UV, Step, built, find_uv
from jupyter_mlc.jobs.environments.requirements import Requirements, differences, requirements


class Env(StrEnum):
    """What somebody wants."""

    LOCK = LOCK
    """the one that the version's lock tells, built by uv"""
    CURRENT = CURRENT
    """this one; in what it differs is told"""


@dataclass(frozen=True, kw_only=True)
class Locked:
    """What was kept of a version's environment."""

    text: str = ""
    """its lock; empty where none was captured"""
    wheels: Mapping[str, Callable[[], tuple[str, bytes]]] = field(default_factory=dict)
    """package to what gives the file name and the bytes of its wheel"""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Where it is executed."""

    name: str
    python: str = ""
    """the interpreter; empty: this one"""
    packages: tuple[PackageDifference, ...] = ()
    """in which this environment differs from the version's; none where its own is used"""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What is to be done about the environment, before any of it is."""

    env: Env
    wanted: Requirements = field(default_factory=Requirements)
    packages: tuple[PackageDifference, ...] = ()
    notes: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()
    """why there is none in which it could be executed"""


def choose(asked: Env | None, locked: Locked) -> Choice:
    """Decide where; nothing is built yet.

    Parameters
    ----------
    asked : Env or None
        What was typed. None: this environment where its packages are the same, else the lock's where that can be had,
        else this one, and it is told in what it differs.
    locked : Locked
        What was kept of the version's.
    """
    if not locked.text:
        return _without_lock(asked)
    packages = differences(locked.text, Environment().lock().text)
    if asked is Env.CURRENT or (asked is None and not packages):
        return Choice(env=Env.CURRENT, packages=packages)
    wanted = requirements(locked.text, frozenset(locked.wheels))
    missing = wanted.obstacles or (() if find_uv() else (f"uv, which builds environments, is not here; {INSTALL_UV}",))
    if not missing:
        return Choice(env=Env.LOCK, wanted=wanted)
    if asked is Env.LOCK:
        return Choice(env=Env.LOCK, obstacles=missing)
    return Choice(
        env=Env.CURRENT,
        packages=packages,
        notes=tuple(f"its own environment cannot be built here: {reason}" for reason in missing),
    )


def _without_lock(asked: Env | None) -> Choice:
    if asked is Env.LOCK:
        return Choice(env=Env.LOCK, obstacles=("no lock of its environment was captured",))
    return Choice(env=Env.CURRENT, notes=("no lock of its environment was captured, so nobody knows what differs",))


def had(choice: Choice, locked: Locked, folder: Path, step: Step, *, insists: bool) -> Chosen:
    """Have the environment, built where it has to be.

    Parameters
    ----------
    choice : Choice
        From `choose`, without obstacles.
    locked : Locked
        What was kept of the version's.
    folder : Path
        Of all environments.
    step : callable
        Takes how far it is.
    insists : bool
        Whether somebody asked for the lock, so that nothing else will do.

    Raises
    ------
    Unavailable
        Where it cannot be built, and nothing else will do.
    """
    if choice.env is Env.CURRENT:
        return Chosen(name=CURRENT, packages=choice.packages, notes=choice.notes)
    try:
        kept = dict(locked.wheels[name]() for name in choice.wanted.wheels)
        return Chosen(name=LOCK, python=str(built(choice.wanted, kept, folder, step)))
    except Unavailable as error:
        if insists:
            raise
        return Chosen(
            name=CURRENT,
            packages=differences(locked.text, Environment().lock().text),
            notes=(f"its own environment could not be built: {error.message}",),
        )
