"""`lineage`: what a version came from, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.domain.entities import Dataset, Digest, ModelVersion, Run, Snapshot, Standing
from jupyter_mlc.domain.evaluations import Evaluation
from jupyter_mlc.domain.imports import registry_shown
from jupyter_mlc.domain.jobs import Job
from jupyter_mlc.store.registry import Registry
from jupyter_mlc.verbs.base import Complete, Does, Field, Reading, Reply, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.drawing import Drawing, drawing
from jupyter_mlc.verbs.paged import paged
from jupyter_mlc.verbs.show import VersionDetails, details_of


@dataclass(frozen=True, kw_only=True)
class Lineage(Reading):
    """Tell what a version came from."""

    ref: Annotated[str, Field(description="the version", positional=True, complete=Complete.VERSION)]


@dataclass(frozen=True, kw_only=True)
class Node:
    """One thing in the lineage."""

    id: str
    kind: str
    """version, run, job, notebook, environment, code, dataset, evaluation or person"""
    text: str


@dataclass(frozen=True, kw_only=True)
class Edge:
    """The thing `below` came from, or was made with, the thing `above`."""

    below: str
    above: str
    standing: Standing


@dataclass(frozen=True, kw_only=True)
class LineageReply(Reply):
    """The graph around one version; an edge says how it is known."""

    version: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    drawing: Drawing
    """what is drawn of it, and where"""

    def shows(self) -> tuple[str, ...]:
        return paged(self.version)

    def to_rows(self) -> list[dict[str, object]]:
        """One row an edge."""
        nodes = {node.id: node for node in self.nodes}
        return [_row(edge, nodes[edge.above]) for edge in self.edges]


def _row(edge: Edge, above: Node) -> dict[str, object]:
    return {"from": above.id, "kind": above.kind, "what": above.text, "to": edge.below, "standing": edge.standing}


@verb(does=Does.READ, example="lineage churn:3")
def lineage(ask: Lineage, context: Context) -> LineageReply:
    """Tell what a version came from: run, notebook, code, environment, datasets, parent; and what came of it."""
    registry = context.registry
    version = registry.version(ask.ref)
    details = details_of(context, version, ask.at)
    nodes = [Node(id=version.ref, kind="version", text=f"{version.stage}, {version.class_name or version.format}")]
    edges: list[Edge] = []
    for node, below, standing in _above(version, details, registry):
        nodes.append(node)
        edges.append(Edge(below=below, above=node.id, standing=standing))
    for child in registry.children_of(version.id, 100):
        nodes.append(Node(id=child.ref, kind="version", text=f"{child.stage}, retrained from {version.ref}"))
        edges.append(Edge(below=child.ref, above=version.ref, standing=Standing.OBSERVED))
    for done in details.evaluations:
        nodes.append(Node(id=done.ref, kind="evaluation", text=_judged(done)))
        edges.append(Edge(below=done.ref, above=version.ref, standing=done.standing))
    return lineage_reply(version.ref, nodes, edges)


def lineage_reply(version: str, nodes: Sequence[Node], edges: Sequence[Edge]) -> LineageReply:
    """The reply with its picture."""
    drawn = drawing(version, nodes, edges)
    return LineageReply(version=version, nodes=tuple(nodes), edges=tuple(edges), drawing=drawn)


def _judged(done: Evaluation) -> str:
    told = [f"{one.metric} {one.value:.4g}" for one in done.estimates if one.value is not None]
    return " ".join([f"on {done.dataset}", *told[:1]])


def _above(version: ModelVersion, details: VersionDetails, registry: Registry) -> list[tuple[Node, str, Standing]]:
    """What the version came from: each thing, what came of it, and how that is known."""
    run = details.run
    found = [(_run(run, details), version.ref, details.captured)]
    found += [(node, run.ref, details.captured) for node in _captured(details.snapshot)]
    found += [(_dataset(data), run.ref, details.data_standing[data.name]) for data in details.datasets]
    if version.job is not None:
        job = registry.job_by_id(version.job)
        found.append((Node(id=job.ref, kind="job", text=_job(job)), version.ref, Standing.OBSERVED))
    if details.parent is not None:
        stage = registry.version(details.parent).stage
        found.append((Node(id=details.parent, kind="version", text=stage), version.ref, Standing.OBSERVED))
    return found


def _run(run: Run, details: VersionDetails) -> Node:
    """The run; of what was copied in, it took place elsewhere."""
    if details.origin is None:
        return Node(id=run.ref, kind="run", text=f"{run.status}, by {run.author}")
    there = f"{details.origin.ref} in {registry_shown(details.origin.registry)}"
    return Node(id=run.ref, kind="run", text=f"copied in by {run.author}, from {there}")


def _job(job: Job) -> str:
    given = ", ".join(f"{name}={value}" for name, value in job.params.items())
    return f"{job.name} executed again{f' with {given}' if given else ''}, by {job.author}"


def _captured(snapshot: Snapshot) -> Iterator[Node]:
    """Notebook, code and environment, as far as they were captured."""
    if snapshot.notebook:
        name = snapshot.notebook_path or f"notebook {_short(snapshot.notebook)}"
        yield Node(id=name, kind="notebook", text=f"{snapshot.cells} executed cells")
    if snapshot.git_commit:
        state = "with uncommitted changes" if snapshot.git_dirty else "clean"
        text = f"{snapshot.git_branch} {state}".strip()
        yield Node(id=f"commit {snapshot.git_commit[:12]}", kind="code", text=text)
    if snapshot.lock:
        text = f"Python {snapshot.python}, {snapshot.packages} packages"
        yield Node(id=f"lock {_short(snapshot.lock)}", kind="environment", text=text)


def _dataset(dataset: Dataset) -> Node:
    text = f"revision {dataset.revision}, {dataset.rows:,} rows, {dataset.digest[:18]}"
    return Node(id=f"dataset/{dataset.name}", kind="dataset", text=text)


def _short(digest: Digest) -> str:
    """As much of a digest as tells one thing from another on a screen."""
    return digest.removeprefix("sha256:")[:12]
