"""What is to be executed: the notebook of a version, one that was defined as a job, or a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.entities import Digest, ModelVersion
from jupyter_mlc.domain.errors import BadInput, Conflict, Damaged, NotFound, did_you_mean
from jupyter_mlc.domain.jobs import JobDefinition, JobStarted
from jupyter_mlc.domain.names import parse_reference
from jupyter_mlc.domain.reproductions import REPRODUCE
from jupyter_mlc.jobs.preparing import Prepared, again, of_version, whole
from jupyter_mlc.store.queries.base import NEAR_NAMES

if TYPE_CHECKING:
    from jupyter_mlc.verbs.context import Context

NOTEBOOK = ".ipynb"


@dataclass(frozen=True, kw_only=True)
class Source:
    """What is executed."""

    name: str
    """as a person calls it"""
    prepared: Prepared
    folder: Path
    """where its cells work"""
    path: str = ""
    """of the notebook's file"""
    base: Mapping[str, Any] = field(default_factory=dict)
    """values that are given unless others are"""
    version: ModelVersion | None = None
    definition: JobDefinition | None = None
    again: int | None = None
    """the job that it does once more"""


def source_of(ref: str, notebook: Digest, path: str, folder: str, context: Context) -> Source:
    """What a person means by a model, a version, a job's name, or a notebook that a face has read.

    Parameters
    ----------
    ref : str
        What was typed.
    notebook : Digest
        The file's content, where it is one; empty otherwise.
    path, folder : str
        Of that file, and where whoever asks works.
    context : Context
        Where versions and definitions are.

    Raises
    ------
    MlcError
        Where there is none, or its notebook is not at hand.
    """
    here = Path(folder or ".")
    if notebook:
        content = content_of(notebook, ref, context)
        return Source(name=Path(path).stem, prepared=whole(content), folder=Path(path).parent, path=path)
    if ref.endswith(NOTEBOOK):
        raise BadInput(f"{ref} is a file, and files are read where they lie", hint="name a version or a job here")
    if ref.partition("/")[0] == "job":
        number = ref.rpartition("/")[2]
        raise BadInput(f"{ref!r} is a job, not what it executed", hint=f"do it again: %mlc job rerun {number}")
    definition = context.registry.find_job_definition(ref)
    if definition is not None and context.registry.model_row(ref) is not None:
        raise Conflict(
            f"{ref} is a model and a job", hint=f"name a version, {ref}:N, or the notebook: {definition.source}"
        )
    if definition is not None:
        return _of_definition(definition, here, context)
    reference = parse_reference(ref)
    if context.registry.model_row(reference.model) is None:
        raise _unknown(ref, context)
    return _of_version(context.registry.version(reference), here, context)


def _unknown(ref: str, context: Context) -> NotFound:
    jobs = [definition.name for definition in context.registry.job_definitions(NEAR_NAMES)]
    near = did_you_mean(ref, [*context.registry.model_names(NEAR_NAMES), *jobs])
    hint = "see %mlc list and %mlc job list; the file of a notebook ends in .ipynb"
    return NotFound(f"there is no model and no job {ref!r}", hint=near or hint)


def _of_definition(definition: JobDefinition, here: Path, context: Context) -> Source:
    content = content_of(definition.notebook, definition.name, context)
    return Source(
        name=definition.name,
        prepared=whole(content),
        folder=_folder_of(definition.source, here),
        path=definition.source,
        definition=definition,
    )


def _of_version(version: ModelVersion, here: Path, context: Context) -> Source:
    from jupyter_mlc.verbs.show import details_of

    snapshot = details_of(context, version, None).snapshot
    if snapshot.notebook is None:
        raise Conflict(
            f"{version.ref} has no notebook: it was registered outside of one, or its capture was off",
            hint="name the notebook: %mlc retrain NOTEBOOK.ipynb",
        )
    content = content_of(snapshot.notebook, version.ref, context)
    made_in = context.registry.job_asked(version.job) if version.job is not None else None
    path = made_in.source if made_in is not None else snapshot.notebook_path
    return Source(
        name=version.ref,
        prepared=of_version(content, version.ref),
        folder=Path(made_in.folder) if made_in is not None and _is_there(made_in.folder) else _folder_of(path, here),
        path=path,
        base=given_to(made_in) if made_in is not None else {},
        version=version,
    )


def of_job(asked: JobStarted, id_: int, number: int, context: Context) -> Source:
    """The same as an earlier job executed.

    Raises
    ------
    Conflict
        Where it reproduced a version, which is done under other terms.
    """
    if asked.purpose == REPRODUCE:
        raise Conflict(f"job/{number} reproduced {asked.name}", hint=f"do it again: %mlc reproduce {asked.name}")
    content = content_of(asked.notebook, asked.name, context)
    version = context.registry.versions_by_id([asked.version.id])[0] if asked.version is not None else None
    definition = context.registry.find_job_definition(asked.name) if asked.definition is not None else None
    return Source(
        name=asked.name,
        prepared=again(content, asked.last, asked.skip),
        folder=Path(asked.folder) if _is_there(asked.folder) else Path.cwd(),
        path=asked.source,
        base=given_to(asked),
        version=version,
        definition=definition if definition is not None and definition.id == asked.definition else None,
        again=id_,
    )


def given_to(asked: JobStarted) -> dict[str, Any]:
    """What a job was given, as somebody would type it."""
    from jupyter_mlc.store.projected import words

    return {**words(asked.params), **{name: f"env:{variable}" for name, variable in asked.secrets.items()}}


def content_of(notebook: Digest, name: str, context: Context) -> dict[str, Any]:
    """A stored notebook."""
    if not context.artifacts.has(notebook):
        raise Damaged(
            f"the notebook of {name} is not in the registry's artifacts any more",
            hint="name the file: %mlc retrain NOTEBOOK.ipynb",
        )
    context.artifacts.ensure(notebook)
    found: dict[str, Any] = json.loads(context.artifacts.read(notebook))
    return found


def _folder_of(path: str, here: Path) -> Path:
    """Where a notebook's cells work: where its file lies, as far as that folder is on this machine."""
    parent = Path(path).parent if path else here
    return parent if path and parent.is_absolute() and parent.is_dir() else here


def _is_there(folder: str) -> bool:
    return bool(folder) and Path(folder).is_dir()
