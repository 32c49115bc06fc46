"""Before a reproduction: whether the version can be had again at all, from what, and where."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.entities import Snapshot
from jupyter_mlc.domain.errors import MlcError
from jupyter_mlc.domain.events import ERASED, DatasetAdded
from jupyter_mlc.domain.lifecycle import Stage
from jupyter_mlc.domain.reproductions import REPRODUCE
from jupyter_mlc.jobs.environments.choosing import Choice, Env, Locked, choose
from jupyter_mlc.jobs.replaying import again_and_again, replayed
from jupyter_mlc.verbs.job_plans import Plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mlc.domain.entities import Dataset, Digest, ModelVersion
    from jupyter_mlc.verbs.context import Context
    from jupyter_mlc.verbs.job_sources import Source
    from jupyter_mlc.verbs.show import VersionDetails

_HERE = "."
_NEVER_RAN = "stands above but never ran"
_FORGOTTEN = "early executions no longer in the record"
_OF_CELLS = ("cell ", "executed cell ", "notebook")


@dataclass(frozen=True, kw_only=True)
class Ready:
    """What is to be done, or why nothing can be."""

    obstacles: tuple[str, ...] = ()
    plan: Plan | None = None
    choice: Choice | None = None
    locked: Locked = field(default_factory=Locked)
    notes: tuple[str, ...] = ()


def readied(version: ModelVersion, env: Env | None, context: Context) -> Ready:
    """Look for everything that executing the version's notebook once more needs.

    Parameters
    ----------
    version : ModelVersion
        That is to be reproduced.
    env : Env or None
        In which environment, where somebody said so.
    context : Context
        Where it is recorded.
    """
    from jupyter_mlc.verbs.show import details_of

    details = details_of(context, version, None)
    locked = _locked(details.snapshot, context)
    choice = choose(env, locked)
    obstacles = [*_incomplete(version, details), *_data_gone(details, context), *choice.obstacles]
    plan, notes = None, tuple[str, ...]()
    if not obstacles:
        try:
            plan, notes = _planned(version, details.snapshot, context)
        except MlcError as error:
            obstacles = [error.message]
    return Ready(obstacles=tuple(obstacles), plan=plan, choice=choice, locked=locked, notes=notes)


def _incomplete(version: ModelVersion, details: VersionDetails) -> Iterator[str]:
    """Why the notebook does not tell what made the version."""
    snapshot = details.snapshot
    if version.stage == Stage.PURGED:
        yield "its bytes are gone, so nothing could be set against them"
    if snapshot.notebook is None:
        yield _no_notebook(details)
    for finding in snapshot.findings:
        if not finding.endswith(_NEVER_RAN):  # what never ran is left out
            yield finding
    for found in snapshot.secrets:
        if found.startswith(_OF_CELLS):
            yield f"{found}, which was replaced by *** when the notebook was captured"


def _no_notebook(details: VersionDetails) -> str:
    if details.origin is not None:
        return "it was copied in without a notebook"
    if {"notebook", "cells"} & set(details.snapshot.off):
        return "its notebook was not captured: that is switched off in pyproject.toml"
    failed = next((one for one in details.snapshot.warnings if one.startswith("notebook not captured")), "")
    return failed or "it was registered outside of a notebook"


def _data_gone(details: VersionDetails, context: Context) -> Iterator[str]:
    """Why data that it was trained on cannot be had again: what came from a file is there, or it is not."""
    from jupyter_mlc.store.hashed_files import HashedFiles, hashed
    from jupyter_mlc.store.home import cache_folder
    from jupyter_mlc.verbs.exam import facts_of

    for dataset in details.datasets:
        path = _path_of(dataset)
        if path is None:
            continue
        if not path.is_file():
            yield f"its data is gone: {dataset.name} was {path}"
            continue
        told = facts_of(dataset.id, context).file_digest
        with suppress(MlcError, OSError):
            if told and hashed(path, HashedFiles(cache_folder()))[0] != told:
                yield f"its data is not what it was: {path} has changed since {dataset.name} was added"


def _path_of(dataset: Dataset) -> Path | None:
    from jupyter_mlc.store.home import as_typed

    if dataset.source in {"", "memory", ERASED} or "://" in dataset.source:
        return None
    return as_typed(dataset.source).absolute()


def _planned(version: ModelVersion, snapshot: Snapshot, context: Context) -> tuple[Plan, tuple[str, ...]]:
    """The one job that executes it.

    Raises
    ------
    MlcError
        Where notebook, data or secrets cannot be had.
    """
    from jupyter_mlc.verbs.job_plans import planned
    from jupyter_mlc.verbs.job_sources import content_of, source_of

    if snapshot.notebook is None:
        raise TypeError(version.ref)
    source = source_of(version.ref, "", "", _HERE, context)
    content = content_of(snapshot.notebook, version.ref, context)
    given = _given(version, context)
    forgotten = any(note.startswith(_FORGOTTEN) for note in snapshot.notes)
    exact = replayed(content, version.ref, given_anew=version.job is not None, complete=not forgotten)
    plan = planned(replace(source, prepared=exact, base={**source.base, **given}), {}, {}, context, force=True)
    key = _own_key(plan.points[0].key)
    point = replace(plan.points[0], key=key)
    notes = (*plan.notes, *_elsewhere(source, snapshot, context), *again_and_again(content))
    return replace(plan, points=(point,), purpose=REPRODUCE), notes


def _own_key(key: str) -> str:
    """No retraining is answered by a reproduction, nor the other way round."""
    import hashlib

    return f"sha256:{hashlib.sha256(f'{REPRODUCE} {key}'.encode()).hexdigest()}"


def _given(version: ModelVersion, context: Context) -> dict[str, str]:
    """The data that a job had been given, in the revision that it was then."""
    if version.job is None:
        return {}
    found = {}
    for each in context.registry.job_asked(version.job).datasets:
        at = context.registry.event(each.dataset)
        if isinstance(at.event, DatasetAdded):
            found[each.parameter] = f"dataset/{at.event.name}:{at.assigned['number']}"
    return found


def _elsewhere(source: Source, snapshot: Snapshot, context: Context) -> Iterator[str]:
    """A word where what lies beside the notebook is not what it was."""
    from jupyter_mlc.capture.git import Git

    folder = source.folder.absolute()
    if source.path and Path(source.path).parent != folder:
        yield f"{Path(source.path).parent} is not on this machine: executed in {folder}"
    if not snapshot.git_commit:
        return
    with suppress(MlcError, OSError):
        now = Git().state(folder, Path(source.path) if source.path else None)
        if now.commit != snapshot.git_commit:
            at = f"at {now.commit[:7]}" if now.commit else "in no repository"
            yield f"the code beside it was at commit {snapshot.git_commit[:7]}, and is {at} now"
        elif now.diff.decode(errors="replace") != _text(snapshot.git_diff, context):
            yield f"the code beside it has other uncommitted changes on {now.commit[:7]} than it had then"


def _locked(snapshot: Snapshot, context: Context) -> Locked:
    """What was kept of the environment, as far as it is still there."""
    text = _text(snapshot.lock, context)
    return Locked(text=text, wheels={name: _wheel(digest, context) for name, digest in snapshot.wheels.items() if text})


def _text(digest: Digest | None, context: Context) -> str:
    if not digest or not context.artifacts.has(digest):
        return ""
    with suppress(MlcError):
        context.artifacts.ensure(digest)
        return context.artifacts.read(digest).decode(errors="replace")
    return ""


def _wheel(digest: Digest, context: Context) -> Callable[[], tuple[str, bytes]]:
    def had() -> tuple[str, bytes]:
        from jupyter_mlc.capture.wheels import name_of

        context.artifacts.ensure(digest)
        content: Any = context.artifacts.read(digest)
        return name_of(content), content

    return had
