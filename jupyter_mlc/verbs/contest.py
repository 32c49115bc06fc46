"""The rows on which versions are compared, and what each said of them: kept predictions, else new ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from jupyter_mlc.domain.entities import DatasetFacts, Digest, ModelVersion, Standing
from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.domain.evaluations import Evaluation, Evidence, Shared
from jupyter_mlc.domain.imports import registry_shown
from jupyter_mlc.measure.outcomes import Outcome
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.datasets import find_dataset
from jupyter_mlc.verbs.evidence import kept_evidence
from jupyter_mlc.verbs.exam import exam, facts_of
from jupyter_mlc.verbs.predictions import kept_predictions
from jupyter_mlc.verbs.scoring import OtherClasses, score
from jupyter_mlc.verbs.seals import refuse_sealed
from jupyter_mlc.verbs.shared_rows import shared_rows, told_shared

_LOOKED_AT = 1000
"""evaluations of a version, the newest first"""


@dataclass(frozen=True, kw_only=True)
class Basis:
    """Which rows a comparison rests on."""

    dataset: str
    digest: str
    """over its content"""
    target: str
    rows: int
    task: str
    positive: str
    """the class that a binary task is about"""
    tried: int
    """how many versions were judged by these rows until now, those that are compared among them"""
    evaluations: Mapping[str, str]
    """version to the evaluation whose predictions were kept, and read"""
    claimed: Mapping[str, str] = field(default_factory=dict)
    """version to the registry in which it said what was kept, where no key of one's own signed that"""
    scored: tuple[str, ...]
    """versions that were opened and predicted for this comparison alone; nothing of it is recorded"""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What was asked for."""

    data: DatasetFacts | str | None
    target: str = ""
    positive: str = ""
    trust: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Contest:
    """What each version said of the same rows, in the order in which they were named."""

    outcomes: Mapping[str, Outcome]
    basis: Basis
    warnings: tuple[str, ...] = ()


@dataclass(kw_only=True, eq=False)
class _Kept:
    """The rows, and what was kept of each version on them."""

    dataset: str
    digest: str
    target: str
    data: Digest = ""
    """the rows in the types in which all saw them, as soon as that is known"""
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    evaluations: dict[str, Evaluation] = field(default_factory=dict)

    def read(self, version: ModelVersion, found: Iterable[Evaluation], positive: str, context: Context) -> str:
        """Read what a version said last of the class that is named, or of any; return of which it was."""
        for one in sorted(found, key=_is_claimed):  # what was computed goes first
            if (one.digest, one.target) != (self.digest, self.target):
                continue
            data = kept_evidence(one.evidence, context.artifacts, Evidence).data
            if data and self.data and data != self.data:
                continue  # equal content in other types, of which a model may say something else
            outcome = kept_predictions(one.predictions, context.artifacts)
            about = _shown(outcome)
            if not positive or about == positive:
                self.data = self.data or data
                self.outcomes[version.ref], self.evaluations[version.ref] = outcome, one
                return about
        return positive


def contest(wanted: Wanted, versions: Sequence[ModelVersion], context: Context) -> Contest | None:
    """Find what each version said of the same rows; None where no data is named and none is shared.

    What was kept by `evaluate` is read again, here or where a version was copied from. With `data`, versions that were
    not judged by it are opened and predict now, which is not recorded; what is only claimed does not count then.
    Without, nothing is opened: the dataset counts by which all were judged, and among several the one that was used
    last.

    Raises
    ------
    BadInput, Conflict, NotFound, Untrusted, Damaged
        As `exam.exam`, `scoring.score` and `seals.refuse_sealed` do.
    """
    if wanted.data is None:
        return _recorded(wanted, versions, context)
    return _on_data(wanted.data, wanted, versions, context)


def _recorded(wanted: Wanted, versions: Sequence[ModelVersion], context: Context) -> Contest | None:
    found = [context.registry.evaluations_of(version.id, _LOOKED_AT) for version in versions]
    for newest in _shared(found):
        for data in _seen(found[0], newest, context) if wanted.target in {"", newest.target} else ():
            rows = _Kept(dataset=newest.dataset, digest=newest.digest, target=newest.target, data=data)
            kept = _read(rows, found, versions, wanted.positive, context)
            if len(kept.outcomes) == len(versions):
                return _contest(kept, versions, context)
    return None


def _shared(found: Sequence[Sequence[Evaluation]]) -> list[Evaluation]:
    """The last evaluation on each content and target that all were judged by, what was used last first."""
    in_all = set.intersection(*({(one.digest, one.target) for one in each} for each in found))
    ordered = sorted((one for each in found for one in each), key=lambda one: one.id)
    last = {(one.digest, one.target): one for one in ordered if (one.digest, one.target) in in_all}
    return sorted(last.values(), key=lambda one: -one.id)


def _seen(evaluations: Iterable[Evaluation], newest: Evaluation, context: Context) -> list[Digest]:
    """The bytes of that content that a version was judged by, which differ by types of columns; the last first."""
    same = (one for one in evaluations if (one.digest, one.target) == (newest.digest, newest.target))
    return list(dict.fromkeys(kept_evidence(one.evidence, context.artifacts, Evidence).data for one in same))


def _read(
    kept: _Kept,
    found: Sequence[Sequence[Evaluation]],
    versions: Sequence[ModelVersion],
    positive: str,
    context: Context,
) -> _Kept:
    """Read what was kept; all are about one class, the one that is named or else the first's."""
    for version, evaluations in zip(versions, found, strict=True):
        positive = kept.read(version, evaluations, positive, context)
    return kept


def _is_claimed(one: Evaluation) -> bool:
    return one.standing is Standing.CLAIMED


def _shown(outcome: Outcome) -> str:
    return "" if outcome.positive is None else str(outcome.positive)


def _on_data(data: DatasetFacts | str, wanted: Wanted, versions: Sequence[ModelVersion], context: Context) -> Contest:
    name, digest, blob = _named(data, context)
    found = [context.registry.evaluations_of(version.id, _LOOKED_AT, digest) for version in versions]
    rows = _Kept(dataset=name, digest=digest, target=wanted.target or _only_target(name, found), data=blob)
    computed = [[one for one in each if not _is_claimed(one)] for each in found]
    kept = _read(rows, computed, versions, wanted.positive, context)
    if len(kept.outcomes) == len(versions):
        return _contest(kept, versions, context)
    return _with_scores(data, wanted, kept, versions, context)


def _named(data: DatasetFacts | str, context: Context) -> tuple[str, str, Digest]:
    added = find_dataset(data, context)
    if isinstance(data, str):
        known = context.registry.dataset(data)
        return data, known.digest, facts_of(known.id, context).blob or ""
    return added.name if added else data.name, data.digest, data.blob or ""


def _only_target(name: str, found: Sequence[Sequence[Evaluation]]) -> str:
    """The target by which they were judged before, where it was one alone."""
    targets = sorted({one.target for each in found for one in each})
    if len(targets) == 1:
        return targets[0]
    hint = f"they were judged by {' and by '.join(targets)}" if targets else f"see %mlc dataset show {name}"
    raise BadInput("compare --data wants --target: the column with the answers", hint=hint)


def _with_scores(
    data: DatasetFacts | str, wanted: Wanted, kept: _Kept, versions: Sequence[ModelVersion], context: Context
) -> Contest:
    """Let those predict of whom nothing fitting is kept."""
    rows = exam(data, kept.target, context)
    refuse_sealed(context.registry, rows)
    missing = [version for version in versions if version.ref not in kept.outcomes]
    positive = wanted.positive or next(map(_shown, kept.outcomes.values()), "")
    told: list[str] = []
    for number, version in enumerate(missing):
        context.progress(number, len(missing), f"{version.ref}: predicting")
        try:
            scored = score(version, rows, context, trust=wanted.trust, positive=positive or None)
        except OtherClasses as error:
            if wanted.positive:
                raise
            raise _of_other_classes(version, error, kept) from None
        kept.outcomes[version.ref] = scored.outcome
        told += [*scored.warnings, *_remembered(version, shared_rows(version, rows, context), kept)]
    made = _contest(kept, versions, context)
    return replace(made, warnings=(*made.warnings, *told))


def _of_other_classes(version: ModelVersion, error: OtherClasses, kept: _Kept) -> BadInput:
    """The refusal where nobody named a class: the one to find is that of the version whose predictions were kept."""
    first, outcome = next(iter(kept.outcomes.items()))
    classes = "/".join(sorted(map(str, outcome.classes)))
    return BadInput(
        f"{first} knows {classes}, {version.ref} knows {'/'.join(error.known)}: "
        f"they answer {kept.target} in other words",
        hint="compare versions of the same classes, or train one again with the classes of the other",
    )


def _remembered(version: ModelVersion, shared: Iterable[Shared], kept: _Kept) -> list[str]:
    return [told_shared(version.ref, kept.dataset, one) for one in shared]


def _contest(kept: _Kept, versions: Sequence[ModelVersion], context: Context) -> Contest:
    first = kept.outcomes[versions[0].ref]
    scored = [version for version in versions if version.ref not in kept.evaluations]
    told = [
        warning
        for version in versions
        if (one := kept.evaluations.get(version.ref)) is not None
        for warning in _remembered(version, kept_evidence(one.evidence, context.artifacts, Evidence).shared, kept)
    ]
    return Contest(
        outcomes={version.ref: kept.outcomes[version.ref] for version in versions},
        basis=Basis(
            dataset=kept.dataset,
            digest=kept.digest,
            target=kept.target,
            rows=first.rows,
            task=first.task.value,
            positive=_shown(first),
            tried=context.registry.seen(kept.digest).versions + _new(scored, kept.digest, context),
            evaluations={ref: one.ref for ref, one in kept.evaluations.items()},
            claimed={
                ref: registry_shown(one.whence.registry)
                for ref, one in kept.evaluations.items()
                if one.whence is not None and _is_claimed(one)
            },
            scored=tuple(version.ref for version in scored),
        ),
        warnings=tuple(told),
    )


def _new(scored: Sequence[ModelVersion], digest: str, context: Context) -> int:
    """How many of those that predicted now were never judged by these rows, and are tried for the first time."""
    return sum(not context.registry.evaluations_of(version.id, 1, digest) for version in scored)
