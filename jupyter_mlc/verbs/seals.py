"""Sealed datasets: opened once a version, with the stage that it is for, and recorded."""

from __future__ import annotations

from collections.abc import Iterable

from jupyter_mlc.domain.entities import ModelVersion
from jupyter_mlc.domain.errors import BadInput, Conflict
from jupyter_mlc.store.registry import Registry
from jupyter_mlc.verbs.exam import Exam


def refuse_sealed(registry: Registry, rows: Exam, stage: str = "", versions: Iterable[ModelVersion] = ()) -> None:
    """Refuse to open a sealed dataset but as it may be opened; its content counts, under whatever name it comes.

    Parameters
    ----------
    registry : Registry
        Where it was sealed.
    rows : Exam
        What is to be opened.
    stage : str
        What the evaluation is for, as far as somebody said so.
    versions : iterable of ModelVersion
        Those that are to be judged by it.

    Raises
    ------
    Conflict
        Where it is sealed and no stage is named, or a version was judged by it before.
    BadInput
        Where a stage is named, and the data is not sealed.
    """
    name = registry.sealed_as(rows.digest) or _sealed_name(registry, rows)
    if name is None:
        if stage:
            raise BadInput("--for is for sealed data, and this is not sealed", hint="leave it out")
        return
    if not stage:
        raise Conflict(
            f"{name} is sealed: a version is judged by it once, when it is to come to a stage",
            hint=f"when that is so: %mlc evaluate REF --data {name} --for STAGE",
        )
    for version in versions:
        before = registry.evaluations_of(version.id, 1, rows.digest)
        if before:
            raise Conflict(
                f"{version.ref} was judged by {name} before, and {name} is sealed: once a version",
                hint=f"see what came out: %mlc show {before[0].ref}",
            )


def _sealed_name(registry: Registry, rows: Exam) -> str | None:
    """The name, where the rows would become a new revision of a sealed dataset."""
    newest = registry.dataset_row(rows.name) if rows.id is None else None
    return newest["name"] if newest and newest["sealed"] else None
