"""What `register` does in a reproduction: it says what it would record, and makes no version."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import takewhile
from typing import TYPE_CHECKING

from jupyter_mlc.domain.entities import DatasetFacts, Measured
from jupyter_mlc.domain.events import DatasetAdded, VersionRegistered
from jupyter_mlc.domain.reproductions import REPRODUCE, Rehearsed
from jupyter_mlc.store import disk
from jupyter_mlc.store.projected import words

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mlc.domain.entities import ModelVersion
    from jupyter_mlc.domain.jobs import Job
    from jupyter_mlc.verbs.context import Context
    from jupyter_mlc.verbs.register import Register

_FILE = "rehearsed.jsonl"
_MOST = 1_000
"""versions of one cell"""


def is_rehearsal(job: Job | None, context: Context) -> bool:
    """Whether what a job registers is to become no version."""
    return job is not None and context.registry.job_asked(job.id).purpose == REPRODUCE


def rehearse(job: Job, ask: Register, event: VersionRegistered, context: Context) -> None:
    """Note beside the job what would have been recorded; the blobs of the object are stored by now."""
    file = _file(job, context)
    told = _rehearsed(event, _datasets_of(ask, context))
    with disk.refusals(f"write to {file.parent}"), file.open("a", encoding="utf-8") as opened:
        opened.write(json.dumps(asdict(told)) + "\n")


def rehearsals(job: Job, context: Context) -> list[Rehearsed]:
    """What a job would have registered, in the order in which it did."""
    import msgspec

    try:
        lines = _file(job, context).read_text("utf-8").splitlines()
    except OSError:
        return []
    return [msgspec.convert(json.loads(line), Rehearsed) for line in lines]


def recorded(version: ModelVersion, context: Context) -> Rehearsed:
    """What was recorded of a version, in the same words."""
    event = context.registry.event(version.id).event
    if not isinstance(event, VersionRegistered):
        raise TypeError(type(event))
    event = context.registry.now_made_of(version.id, event, version.artifact)
    datasets = context.registry.datasets_of(version.id)
    return _rehearsed(event, {dataset.name: dataset.digest for dataset, _ in datasets})


def rank(version: ModelVersion, context: Context) -> int:
    """How many versions the cell that registered it had registered before: a loop makes several."""
    notebook = _notebook(version, context)
    earlier = context.registry.versions(version.model, _MOST, last=version.number - 1) if version.number > 1 else []
    together = takewhile(lambda one: notebook and _notebook(one, context) == notebook, earlier)
    return sum(1 for _ in together)


def _notebook(version: ModelVersion, context: Context) -> object:
    """The notebook as it was at that moment, with all that had been executed."""
    event = context.registry.event(version.id).event
    return words(event.snapshot).get("notebook") if isinstance(event, VersionRegistered) else None


def _rehearsed(event: VersionRegistered, datasets: dict[str, str]) -> Rehearsed:
    return Rehearsed(
        model=event.model,
        artifact=event.artifact,
        blobs=tuple(event.blobs),
        format=event.format,
        class_name=event.class_name,
        features=tuple(f"{one.name}: {one.type}" if one.type else one.name for one in event.signature.inputs),
        metrics={one.key: one.value for one in _measured(event.metrics)},
        params={**event.params, **words(event.param_words)},
        datasets=datasets,
    )


def _measured(metrics: Sequence[Measured]) -> Sequence[Measured]:
    return [one for one in metrics if not one.key.startswith("eval.")]


def _datasets_of(ask: Register, context: Context) -> dict[str, str]:
    """The digests of the data by the names that they have, or would have got."""
    from jupyter_mlc.verbs.datasets import find_dataset

    found = {}
    for data in ask.data:
        known = find_dataset(data, context)
        if known is not None:
            event = context.registry.event(known.id).event
            found[known.name] = event.digest if isinstance(event, DatasetAdded) else ""
        elif isinstance(data, DatasetFacts):
            found[data.name] = data.digest
    return found


def _file(job: Job, context: Context) -> Path:
    from jupyter_mlc.verbs.job_records import folder_of

    return folder_of(job.number, context).work / _FILE
