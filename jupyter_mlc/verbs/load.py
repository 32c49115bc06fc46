"""`load`: which bytes to open, and whether they may run code here. The face opens them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.domain.entities import FILE, Digest, ModelVersion, Run
from jupyter_mlc.domain.errors import BadInput, NotFound, did_you_mean
from jupyter_mlc.domain.events import VersionRegistered
from jupyter_mlc.domain.imports import Imported, registry_shown
from jupyter_mlc.domain.lifecycle import WARNS_ON_LOAD, Stage
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.verbs.base import Ask, Complete, Does, Field, Reply, Where, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.opening import planned
from jupyter_mlc.verbs.running import RUNNING
from jupyter_mlc.verbs.shared import day_of

_RUN = re.compile(r"run/([0-9]+)")


@dataclass(frozen=True, kw_only=True)
class Load(Ask):
    """Load a version."""

    ref: Annotated[
        str,
        Field(
            description="the version, by number or alias; a bare name is its champion; with --file also run/12",
            positional=True,
            complete=Complete.VERSION,
        ),
    ]
    file: Annotated[
        str, Field(description="not the object, but the bytes of this file that its run kept", metavar="NAME")
    ] = ""
    trust: Annotated[bool, Field(description="run the code in it although no key of yours signed it")] = False


@dataclass(frozen=True, kw_only=True)
class LoadReply(Reply):
    """What to open."""

    version: str
    """the run, of a file"""
    stage: str
    artifact: Digest
    format: str
    blobs: tuple[Digest, ...]
    trusted: bool
    """whether a key of one's own signed it, or the person said --trust"""
    signed_by: str


@verb(does=Does.READ, where=Where.KERNEL, example="load churn@champion")
def load(ask: Load, context: Context) -> LoadReply:
    """Load a version's object into the notebook.

    A deprecated version warns, naming its successor; a retired one is refused. What a key of your own signed is loaded
    as it is; of anything else, what lies outside a list of harmless names is refused unless you say `--trust`.
    `--file` gives the bytes of a file that `run.log_file` kept; nothing in it runs.
    """
    if ask.file:
        return _file(ask, context)
    if (run := _RUN.fullmatch(ask.ref.strip())) is not None:
        raise BadInput(f"{run[0]} is a run, not a version", hint=f"read a file: data = %mlc load {run[0]} --file NAME")
    plan = planned(context.registry.version(ask.ref), context, trust=ask.trust)
    version, event = plan.version, plan.event
    if plan.own is not None:
        _note(context, version, plan.own)
    return LoadReply(
        version=version.ref,
        stage=version.stage,
        artifact=event.artifact,
        format=event.format,
        blobs=event.blobs,
        trusted=plan.trusted,
        signed_by=_signer(event, version),
        warnings=(*_warnings(version), *plan.warnings),
    )


def _file(ask: Load, context: Context) -> LoadReply:
    """A file of a run, or of the run that made a version, whatever became of the version."""
    registry, run = context.registry, _RUN.fullmatch(ask.ref.strip())
    found = registry.run(int(run[1])) if run is not None else registry.run_by_id(registry.version(ask.ref).run)
    file = next((file for file in found.files if file.name == ask.file), None)
    if file is None:
        raise NotFound(f"{found.ref} keeps no file {ask.file!r}", hint=_other_files(found, ask.file))
    return LoadReply(
        version=found.ref,
        stage=found.status,
        artifact=file.digest,
        format=FILE,
        blobs=(file.digest,),
        trusted=False,
        signed_by=found.author,
    )


def _other_files(run: Run, name: str) -> str:
    if run.status == RUNNING:
        return "its files are recorded when it ends"
    return did_you_mean(name, [file.name for file in run.files]) or f"see %mlc show {run.ref}"


def _note(context: Context, version: ModelVersion, own: Identity) -> None:
    """Remember who uses the version, as far as the registry knows them."""
    actor = context.registry.person_of_key(own.public)
    if actor is not None:
        context.registry.note_activity("load", version.id, actor, context.clock())


def _signer(event: VersionRegistered, version: ModelVersion) -> str:
    """Who answers for the bytes; whoever copied a version in does not."""
    if isinstance(event, Imported):
        return f"somebody in {registry_shown(event.origin.registry)}, where it is {event.origin.ref}"
    return version.author


def _warnings(version: ModelVersion) -> tuple[str, ...]:
    if Stage(version.stage) not in WARNS_ON_LOAD:
        return ()
    parts = [f"{version.ref} is deprecated"]
    if version.reason:
        parts.append(f"reason: {version.reason}")
    if version.successor:
        parts.append(f"use {version.successor}")
    if version.sunset is not None:
        parts.append(f"retired after {day_of(version.sunset)}")
    return ("; ".join(parts),)
