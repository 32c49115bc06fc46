"""`run-end`: what a run came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from jupyter_mlc.domain.entities import DatasetFacts, Digest, Measured, Micros, RunFile, Scalar, Standing
from jupyter_mlc.domain.errors import BadInput, Conflict
from jupyter_mlc.domain.events import RunEnded
from jupyter_mlc.verbs.base import Ask, Does, Field, Parse, Reply, Where, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.datasets import links, resolve_dataset
from jupyter_mlc.verbs.rows import known_rows
from jupyter_mlc.verbs.shared import check_keys, check_snapshot, split_params


@dataclass(frozen=True, kw_only=True)
class RunEnd(Ask):
    """End a run."""

    run: Annotated[int, Field(description="the id of the run", positional=True)]
    failed: Annotated[bool, Field(description="it ended by an error")] = False
    duration: Annotated[Micros | None, Field(description="how long it took", parse=Parse.FILLED)] = None
    metrics: Annotated[tuple[Measured, ...], Field(description="the last values", parse=Parse.FILLED)] = ()
    params: Annotated[
        Mapping[str, Scalar], Field(description="its parameters", parse=Parse.FILLED, words="parameter")
    ] = field(default_factory=dict)
    files: Annotated[tuple[RunFile, ...], Field(description="files that it keeps", parse=Parse.FILLED)] = ()
    data: Annotated[tuple[DatasetFacts | str, ...], Field(description="its data", parse=Parse.FILLED)] = ()
    snapshot: Annotated[str, Field(description="what surrounded it", parse=Parse.FILLED)] = ""
    blobs: Annotated[tuple[Digest, ...], Field(description="that the snapshot needs", parse=Parse.FILLED)] = ()


@dataclass(frozen=True, kw_only=True)
class RunEndReply(Reply):
    """The run as it ended."""

    run: str
    status: str
    metrics: tuple[Measured, ...]

    def to_rows(self) -> list[dict[str, object]]:
        """One row a metric."""
        return known_rows(self.run, self.metrics, ())


@verb(does=Does.WRITE, where=Where.KERNEL, name="run-end", plumbing=True, example="run-end 12")
def run_end(ask: RunEnd, context: Context) -> RunEndReply:
    """Record what a run came to; `mlc.run` and `%%mlc run` call it."""
    check_keys({metric.key: metric.value for metric in ask.metrics}, "metric")
    check_keys(ask.params, "parameter")
    check_keys({file.name: file.digest for file in ask.files}, "file")
    check_snapshot(ask.snapshot)
    _check_files(ask, context)
    numbers, texts = split_params(ask.params)
    status = "failed" if ask.failed else "finished"
    with context.write() as log:
        if context.registry.run_by_id(ask.run).status != "running":
            raise Conflict("this run has ended already", hint="start another: mlc.run(NAME)")
        datasets = links(resolve_dataset(data, context, log) for data in ask.data)
        log.append(
            RunEnded(
                run=ask.run,
                status=status,
                duration=ask.duration,
                metrics=ask.metrics,
                params=numbers,
                standings=dict.fromkeys(ask.params, Standing.CLAIMED),
                param_words=texts,
                files=ask.files,
                snapshot=ask.snapshot,
                blobs=ask.blobs,
                datasets=datasets,
            )
        )
    return RunEndReply(run=context.registry.run_by_id(ask.run).ref, status=status, metrics=ask.metrics)


def _check_files(ask: RunEnd, context: Context) -> None:
    missing = context.artifacts.missing([*ask.blobs, *(file.digest for file in ask.files)])
    if missing:
        raise Conflict(f"{len(missing)} files of the run are not in the registry's artifacts", hint="log them again")
    for file in ask.files:
        size = context.artifacts.size(file.digest)
        if size != file.size:
            raise BadInput(f"{file.name} has {size} bytes, not {file.size}", hint="log it again")
