"""How one thing looks in full: a model, a version, a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from jupyter_mlc.domain.entities import (
    Dataset,
    Measured,
    Model,
    ModelVersion,
    Parameter,
    Run,
    RunFile,
    Signature,
    Standing,
)
from jupyter_mlc.domain.imports import ELSEWHERE, Origin, is_address
from jupyter_mlc.domain.lifecycle import Stage
from jupyter_mlc.faces.display.blocks import (
    Align,
    Block,
    Column,
    Fact,
    Fold,
    Line,
    Page,
    Span,
    Table,
    fact,
    facts,
    head,
    joined,
    line,
    prose,
    quiet,
    span,
    stage,
    table,
)
from jupyter_mlc.faces.display.datasets import dataset_page
from jupyter_mlc.faces.display.evaluating import evaluation_page, evaluations_fact
from jupyter_mlc.faces.display.figures import (
    MEANINGS,
    day,
    digest,
    duration,
    figure,
    param_span,
    size,
    when,
)
from jupyter_mlc.faces.display.jobs import job_page
from jupyter_mlc.faces.display.lists import version_blocks
from jupyter_mlc.faces.display.making import features, loads
from jupyter_mlc.faces.display.moves import pairs
from jupyter_mlc.faces.display.reproducing import reproduced
from jupyter_mlc.faces.display.surroundings import surroundings
from jupyter_mlc.faces.display.words import counted
from jupyter_mlc.store.elsewhere import shown

if TYPE_CHECKING:
    from jupyter_mlc.verbs.show import ShowReply, VersionDetails

_MANY_PARAMS = 12
_MANY_FEATURES = 12
_MANY_FILES = 12
_KEY = 8


def show_page(reply: ShowReply) -> Page:
    """One thing, in full."""
    if reply.version is not None:
        return _version(reply.version, reply.details)
    if reply.evaluation is not None and reply.evidence is not None:
        return evaluation_page(reply.evaluation, reply.evidence)
    if reply.model is not None:
        return _model(reply.model, reply.aliases, reply.versions)
    others = ((reply.dataset, dataset_page), (reply.job, job_page), (reply.run, _run))
    for found, page in others:
        if found is not None:
            return page(found)  # type: ignore[arg-type]
    return Page(blocks=(head(reply.kind, "nothing to show"),))


def _model(model: Model, aliases: Sequence[tuple[str, int]], versions: Sequence[ModelVersion]) -> Page:
    out = line(stage("retired")) if model.retired else ""
    first = head(model.name, out, counted(model.versions, "version"), f"tier {model.tier}", f"owner {model.owner}")
    known = facts(
        fact("for", prose(model.description) if model.description else ""),
        fact("aliases", ", ".join(f"@{alias} -> {model.name}:{number}" for alias, number in aliases)),
        fact("made", when(model.created)),
        fact("tags", pairs(model.tags)),
    )
    if not versions:
        return Page(blocks=(first, known))
    rest = model.versions - len(versions)
    newest = [fact("versions", quiet(f"{len(versions)} of {model.versions:,}"))] if rest > 0 else []
    return Page(blocks=(first, facts(*known.facts, *newest), *version_blocks(versions)))


def _version(version: ModelVersion, details: VersionDetails | None) -> Page:
    aliases = ", ".join(f"@{alias}" for alias in version.aliases)
    first = head(version.ref, line(stage(version.stage)), aliases, _object(version))
    known = [
        *_standing(version),
        fact("note", prose(version.note) if version.note else ""),
        fact("tags", pairs(version.tags)),
        *measured(_reported(version, details), version.params),
    ]
    blocks: list[Block] = [facts(*known, *(_details(version, details) if details else [_made(version)]))]
    return Page(blocks=(first, *blocks))


def _reported(version: ModelVersion, details: VersionDetails | None) -> list[Measured]:
    """The metrics, but for those that evaluations tell in full."""
    told = details.evaluations if details else ()
    keys = {f"eval.{one.dataset}.{each.metric}" for one in told for each in one.estimates}
    return [one for one in version.metrics if one.key not in keys]


def _object(version: ModelVersion) -> Line:
    library = f" ({version.library})" if version.library else ""
    if version.format == ELSEWHERE:
        return line("bytes elsewhere")
    exact = f"stored as {version.format}, {version.size:,} bytes"
    return line(span(f"{version.class_name or version.format}{library} {size(version.size)}", title=exact))


def _standing(version: ModelVersion) -> list[Fact]:
    since = line(stage(version.stage), " since ", when(version.since))
    return [
        fact("stage", since, joined([quiet("why: "), prose(version.reason)], "") if version.reason else ""),
        fact("use instead", version.successor or ""),
        fact("sunset", f"{day(version.sunset)}, after which it will be retired" if version.sunset is not None else ""),
    ]


def measured(metrics: Sequence[Measured], params: Sequence[Parameter]) -> list[Fact]:
    """Metrics and parameters, each with how it is known."""
    return [fact("metrics", _metrics(metrics) if metrics else ""), fact("parameters", *_params(params))]


def _metrics(metrics: Sequence[Measured]) -> Table:
    columns = (Column(name="name"), Column(name="value", align=Align.DECIMAL), Column(name="known as"))
    return table(columns, [[one.key, figure(one.value), _known(one.standing)] for one in metrics])


def _known(standing: Standing) -> Span:
    return quiet(standing, title=MEANINGS[standing])


def _params(params: Sequence[Parameter]) -> list[Line | Fold]:
    """In a notebook folded where there are many; in a terminal a line for each way in which they are known."""
    lines = [_known_so(params, standing) for standing in Standing]
    short = tuple(one for one in lines if one)
    if len(params) <= _MANY_PARAMS:
        return list(short)
    columns = (Column(name="name"), Column(name="value", least=12), Column(name="known as"))
    whole = table(columns, [[one.key, param_span(one), _known(one.standing)] for one in params])
    return [Fold(summary=counted(len(params), "parameter"), whole=whole, short=short)]


def _known_so(params: Iterable[Parameter], standing: Standing) -> Line:
    mine = [line(f"{one.key}=", param_span(one)) for one in params if one.standing is standing]
    return line(quiet(f"{standing}: ", title=MEANINGS[standing]), *joined(mine, ", ")) if mine else ()


def _details(version: ModelVersion, details: VersionDetails) -> list[Fact]:
    return [
        evaluations_fact(details.evaluations),
        fact("signature", *_signature(details.signature)),
        fact("data", *(_dataset(dataset) for dataset in details.datasets)),
        fact("run", _run_line(details.run)),
        fact("files", *_files(details.run.files)),
        fact("parent", details.parent or ""),
        fact("made in", details.job or ""),
        reproduced(details.reproductions),
        *surroundings(details.snapshot),
        fact("copied from", _origin(details.origin) if details.origin else ""),
        _made(version, details.key),
        _bytes(version, details),
        fact("loads", f"in a fresh process: {loads(details.load_check)}"),
    ]


def _bytes(version: ModelVersion, details: VersionDetails) -> Fact:
    if version.format == ELSEWHERE:
        return fact("bytes", "elsewhere, until it is loaded or fetched")
    return fact("bytes", line(f"{_kept(version, details)}, ", digest(version.artifact)))


def _kept(version: ModelVersion, details: VersionDetails) -> str:
    if version.stage == Stage.PURGED:
        return f"gone for good; they were {size(version.size)} as {version.format}"
    if details.place:
        return f"{size(version.size)} by reference in {shown(details.place)}, not kept here"
    return f"{size(version.size)} as {version.format}"


def _signature(signature: Signature) -> list[Line | Fold]:
    if not signature.inputs and not signature.outputs:
        return []
    both = line(f"{features(signature.inputs)} -> {features(signature.outputs)}")
    if len(signature.inputs) + len(signature.outputs) <= _MANY_FEATURES:
        return [both]
    columns = (Column(name=""), Column(name="name"), Column(name="type"))
    rows = [["in", one.name, features((one,)).removeprefix(one.name)] for one in signature.inputs]
    rows += [["out", one.name, features((one,)).removeprefix(one.name)] for one in signature.outputs]
    summary = f"{len(signature.inputs)} in, {len(signature.outputs)} out"
    return [Fold(summary=summary, whole=table(columns, rows), short=(both,))]


def _dataset(dataset: Dataset) -> Line:
    text = f"{dataset.name}, revision {dataset.revision}, {dataset.rows:,} rows, "
    return line(text, digest(dataset.digest))


def _run_line(run: Run) -> Line:
    took = f", {duration(run.duration)}" if run.duration is not None else ""
    return line(f"{run.ref} ", stage(run.status), ", started ", when(run.started), took)


def _origin(origin: Origin) -> Line:
    """Where it was before, and whose key answers for it there."""
    if is_address(origin.registry):
        return line(f"{origin.registry} ({origin.ref}), made there ", when(origin.registered), ", all of it claimed")
    who = f"signed there with key {origin.signer[:_KEY]}" if origin.signer else "signed there by nobody we could tell"
    where = span(f"registry {origin.registry[:_KEY]}", title=f"{origin.registry}, up to its event {origin.head:,}")
    return line(where, f" ({origin.ref}), registered there ", when(origin.registered), f", {who}")


def _made(version: ModelVersion, key: str = "") -> Fact:
    signed = f", signed with key {key[:_KEY]}" if key else ""
    who = span(f" by {version.author} (self-asserted){signed}", title=f"key {key}" if key else "")
    return fact("made", line(when(version.created), who))


def _run(run: Run) -> Page:
    took = duration(run.duration) if run.duration is not None else ""
    none = "no version came of it" if run.status not in {"running", "lost"} else ""
    made = f"made {', '.join(run.versions)}" if run.versions else none
    first = head(run.ref, line(f"of {run.name} ", stage(run.status)), took, made)
    return Page(
        blocks=(
            first,
            facts(
                fact("note", prose(run.note) if run.note else ""),
                fact("tags", pairs(run.tags)),
                *measured(run.metrics, run.params),
                fact("data", ", ".join(run.datasets)),
                fact("files", *_files(run.files)),
                fact("started", line(when(run.started), f" by {run.author} (self-asserted)")),
            ),
        )
    )


def _files(files: Sequence[RunFile]) -> list[Line | Fold]:
    """What a run kept; in a notebook folded where there is much."""
    if not files:
        return []
    short = joined([joined([one.name, quiet(size(one.size))], " ") for one in files], ", ")
    if len(files) <= _MANY_FILES:
        return [short]
    columns = (Column(name="name"), Column(name="size", align=Align.RIGHT), Column(name="digest"))
    whole = table(columns, [[one.name, size(one.size), digest(one.digest)] for one in files])
    return [Fold(summary=counted(len(files), "file"), whole=whole, short=(short,))]
