"""`evaluate`: how well stored versions do on a dataset, computed here and recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.domain.entities import DatasetFacts, Digest, ModelVersion
from jupyter_mlc.domain.errors import BadInput, MlcError
from jupyter_mlc.domain.evaluations import Evidence, Seen, Settings
from jupyter_mlc.domain.events import Evaluated, VersionKey
from jupyter_mlc.domain.lifecycle import REFUSES_LOAD, Stage
from jupyter_mlc.domain.names import parse_reference, quoted
from jupyter_mlc.measure.resampling import Resampling
from jupyter_mlc.store.registry import Registry
from jupyter_mlc.verbs.base import VERBS, Complete, Does, Field, Parse, Reply, Runs, Writing, verb
from jupyter_mlc.verbs.brought_here import brought_here
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.datasets import Added, displaced, find_dataset, resolve_dataset
from jupyter_mlc.verbs.evidence import keep_evidence
from jupyter_mlc.verbs.exam import Exam, exam, facts_of
from jupyter_mlc.verbs.judged import Question, evidence_rows, judged, slicings, without_reasons
from jupyter_mlc.verbs.own_metrics import Asked, Scorer, asked_metrics, is_name
from jupyter_mlc.verbs.paged import paged
from jupyter_mlc.verbs.scoring import score
from jupyter_mlc.verbs.seals import refuse_sealed
from jupyter_mlc.verbs.shared import as_json, confirmed
from jupyter_mlc.verbs.shared_rows import told_shared

_MOST_VERSIONS = 1000


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What was found of one version, and where it is kept."""

    version: ModelVersion
    evidence: Evidence
    digest: Digest
    fetched: tuple[str, ...]
    """where its bytes were fetched from for this, if they were"""


@dataclass(frozen=True, kw_only=True)
class Evaluate(Writing):
    """Judge versions by a dataset."""

    ref: Annotated[
        str,
        Field(
            description="the version, or several: churn:1..3; a bare name is its champion",
            positional=True,
            complete=Complete.VERSION,
        ),
    ]
    data: Annotated[
        DatasetFacts | str,
        Field(description="the rows to judge by", parse=Parse.DATA, complete=Complete.DATASET),
    ]
    target: Annotated[str, Field(description="the column with the answers", complete=Complete.COLUMN)]
    by: Annotated[
        tuple[str, ...],
        Field(
            description="a column whose values part the rows, or several with commas",
            complete=Complete.COLUMN,
        ),
    ] = ()
    metric: Annotated[
        tuple[Scorer | str, ...],
        Field(
            description="a metric's name, a function or scorer of the notebook, or a saved one; "
            "those that suit the task unless named",
            parse=Parse.METRIC,
            complete=Complete.METRIC,
        ),
    ] = ()
    positive: Annotated[str, Field(description="the class to find; of two classes the second unless named")] = ""
    for_: Annotated[
        Stage | None, Field(description="the stage for which sealed data is opened", complete=Complete.STAGE)
    ] = None
    replicates: Annotated[int, Field(description="resamples behind an interval; 0: no intervals")] = 1000
    seed: Annotated[int, Field(description="of the resamples")] = 0
    level: Annotated[float, Field(description="how often an interval should hold the true value")] = 0.95
    trust: Annotated[bool, Field(description="run the code in a version although no key of yours signed it")] = False

    @property
    def brings_code(self) -> bool:
        """Whether a metric is more than a name that we know."""
        return any(not is_name(metric) for metric in self.metric)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One version with what was found."""

    id: str
    """evaluation/12; empty where nothing was recorded"""
    version: str
    evidence: Evidence | None
    """None in a rehearsal"""


@dataclass(frozen=True, kw_only=True)
class EvaluateReply(Reply):
    """How well each version did."""

    dataset: str
    revision: int
    """of the dataset; 0 in a rehearsal by what the registry does not know"""
    rows: int
    target: str
    versions: tuple[Judged, ...]
    seen: Seen
    settings: Settings
    stage: str = ""
    notes: tuple[str, ...] = ()

    def shows(self) -> tuple[str, ...]:
        return paged(*(judged.version for judged in self.versions))

    def to_rows(self) -> list[dict[str, object]]:
        """One row a version and metric, on all rows and on each part of them."""
        return [row for one in self.versions if one.evidence for row in evidence_rows(one.id, one.evidence)]


@verb(
    does=Does.WRITE,
    runs=Runs.MODEL,
    example="evaluate churn:3 --data test --target late --by origin",
)
def evaluate(ask: Evaluate, context: Context) -> EvaluateReply:
    """Judge stored versions by a dataset: metrics with intervals, on all rows and on parts of them.

    The versions are opened from their stored bytes (those that lie elsewhere are fetched first), and what comes out is
    evidence: computed, recorded, and found again by `list "eval.DATASET.METRIC > ..."`. Each dataset counts how many
    versions were judged by it, and by how many people. Rows that a version was trained on are found and told.
    """
    Resampling(replicates=ask.replicates, seed=ask.seed, level=ask.level)
    rows = exam(ask.data, ask.target, context)
    versions, left_out = _chosen(ask.ref, context.registry)
    refuse_sealed(context.registry, rows, _stage(ask), versions)
    asked = asked_metrics(ask.metric, context, trust=ask.trust)
    slicings(ask.by, rows)
    question = Question(exam=rows, asked=asked, settings=_settings(ask, asked))
    if ask.dry_run:
        return _reply(ask, question, context, [Judged(id="", version=one.ref, evidence=None) for one in versions])
    _refuse_remembered(ask, rows, versions, context)
    other = displaced(ask.data, context)
    found, failed = _judged(ask, question, versions, context)
    recorded = _recorded(ask, question, found, context)
    fetched = (word for one in found for word in one.fetched)
    return _reply(ask, question, context, recorded, (*other, *left_out, *failed, *fetched))


def _stage(ask: Evaluate) -> str:
    return ask.for_.value if ask.for_ else ""


def _chosen(ref: str, registry: Registry) -> tuple[list[ModelVersion], tuple[str, ...]]:
    """The versions that are meant, oldest first; of several, those that can be opened, and what is left out."""
    reference = parse_reference(ref)
    if reference.last is None:
        return [registry.version(reference)], ()
    model = registry.model(reference.model)
    several = registry.versions(model.name, _MOST_VERSIONS, first=reference.number or 1, last=reference.last)
    kept = [one for one in reversed(several) if Stage(one.stage) not in REFUSES_LOAD]
    if not kept:
        raise BadInput(f"{ref} holds no version that can be opened", hint=f"see %mlc list {model.name}")
    gone = [f"{one.ref} is {one.stage}, and was left out" for one in reversed(several) if one not in kept]
    return kept, tuple(gone)


def _refuse_remembered(ask: Evaluate, rows: Exam, versions: Sequence[ModelVersion], context: Context) -> None:
    """Ask before a version is judged by the very data that it was trained on."""
    for version in versions:
        if any(dataset.digest == rows.digest for dataset, _ in context.registry.datasets_of(version.id)):
            confirmed(
                ask,
                f"{version.ref} was trained on exactly the rows of {rows.name}: its figures would tell how well it "
                "remembers them, not how well it predicts. Evaluate all the same?",
                [version.ref, rows.digest],
            )


def _judged(
    ask: Evaluate, question: Question, versions: Sequence[ModelVersion], context: Context
) -> tuple[list[_Found], tuple[str, ...]]:
    """Each version with what was found; of several, those that fail hold up no other."""
    step = _steps(len(versions) * (3 + len(ask.by)), context)
    found: list[_Found] = []
    failed: list[str] = []
    for version in versions:
        try:
            found.append(_judge(ask, question, version, context, step))
        except MlcError as error:
            if not found and version is versions[-1]:
                raise
            failed.append(f"{version.ref} was not evaluated: {error.message}")
    return found, tuple(failed)


def _steps(total: int, context: Context) -> Callable[[str], None]:
    """Counts what was done when the next thing begins."""
    begun = iter(range(total))
    return lambda text: context.progress(next(begun, total), total, text)


def _judge(
    ask: Evaluate, question: Question, version: ModelVersion, context: Context, step: Callable[[str], None]
) -> _Found:
    step(f"{version.ref}: predicting")
    version, fetched = brought_here(version, ask, context)
    scored = score(version, question.exam, context, trust=ask.trust, positive=ask.positive or None)
    evidence = judged(scored, question, context, step)
    step(f"{version.ref}: judged")
    kept = keep_evidence(evidence, context.artifacts)
    return _Found(version=version, evidence=evidence, digest=kept, fetched=fetched)


def _settings(ask: Evaluate, asked: Asked) -> Settings:
    return Settings(
        metrics=tuple(metric.name for metric in asked.metrics),
        by=ask.by,
        replicates=ask.replicates,
        seed=ask.seed,
        level=ask.level,
    )


def _recorded(ask: Evaluate, question: Question, found: Sequence[_Found], context: Context) -> list[Judged]:
    """Record what was found, in one transaction."""
    recorded = []
    with context.write() as log:
        refuse_sealed(context.registry, question.exam, _stage(ask), [one.version for one in found])
        dataset = resolve_dataset(ask.data, context, log)
        for one in found:
            number = log.append(_event(ask, question, one, dataset)).assigned["number"]
            recorded.append(Judged(id=f"evaluation/{number}", version=one.version.ref, evidence=one.evidence))
    return recorded


def _event(ask: Evaluate, question: Question, found: _Found, dataset: Added) -> Evaluated:
    evidence = found.evidence
    estimates, reasons = without_reasons(evidence)
    return Evaluated(
        model=found.version.model,
        version=VersionKey(number=found.version.number, id=found.version.id),
        dataset=dataset.id,
        dataset_name=dataset.name,
        target=evidence.target,
        task=evidence.task,
        rows=evidence.rows,
        estimates=estimates,
        reasons=as_json(reasons),
        positive=evidence.positive,
        settings=evidence.settings,
        stage=_stage(ask),
        evidence=found.digest,
        predictions=evidence.predictions,
        blobs=question.asked.blobs,
    )


def _reply(
    ask: Evaluate, question: Question, context: Context, versions: Sequence[Judged], warnings: tuple[str, ...] = ()
) -> EvaluateReply:
    rows = question.exam
    told = [one for each in versions if each.evidence for one in each.evidence.warnings]
    known = find_dataset(ask.data, context)
    return EvaluateReply(
        done=not ask.dry_run,
        dataset=rows.name,
        revision=known.revision if known is not None else 0,
        rows=rows.rows,
        target=rows.target,
        versions=tuple(versions),
        seen=context.registry.seen(rows.digest),
        settings=question.settings,
        stage=_stage(ask),
        notes=(
            *_in_other_types(ask.data, known, context),
            *(note for each in versions if each.evidence for note in _notes(each.evidence)),
        ),
        warnings=tuple(dict.fromkeys((*told, *warnings))),
        next="" if ask.dry_run else _next(rows, versions, context.registry),
    )


def _in_other_types(data: DatasetFacts | str, known: Added | None, context: Context) -> tuple[str, ...]:
    """A word where the dataset under which this is recorded keeps equal content in other types."""
    if isinstance(data, str) or data.blob is None or known is None:
        return ()
    if facts_of(known.id, context).blob in {None, data.blob}:
        return ()
    return (f"judged by {data.name} as it was given: {known.name} keeps equal content in other types of columns",)


def _notes(evidence: Evidence) -> list[str]:
    """What nobody can tell of rows that training and test may share."""
    return [told_shared(evidence.version, evidence.dataset, one) for one in evidence.shared if one.rows is None]


def _next(rows: Exam, versions: Sequence[Judged], registry: Registry) -> str:
    """Several are compared, and so is one with the champion; what there is nothing better than is promoted."""
    first = versions[0].version
    champion = registry.model(parse_reference(first).model).champion
    others = [one.version for one in versions]
    if champion is not None:
        best = f"{parse_reference(first).model}:{champion}"
        others = list(dict.fromkeys([best, *others]))
    if len(others) > 1 and "compare" in VERBS:
        return f"%mlc compare {' '.join(others)} --data {quoted(rows.name)} --target {quoted(rows.target)}"
    last = parse_reference(others[-1])
    return "" if last.number == champion else f"%mlc promote {last}"
