"""`compare`: which of several versions is better, how sure that is, and in what they differ."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Annotated

from jupyter_mlc.domain.entities import DatasetFacts, Measured, ModelVersion
from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.domain.names import parse_reference, quoted
from jupyter_mlc.measure import comparing
from jupyter_mlc.measure.comparing import Comparison
from jupyter_mlc.measure.curves.suitable import Curves, curves_of
from jupyter_mlc.measure.resampling import Resampling
from jupyter_mlc.store.registry import Registry
from jupyter_mlc.verbs.base import Complete, Does, Drawn, Field, InPanel, Parse, Reading, Runs, verb
from jupyter_mlc.verbs.contest import Basis, Contest, Wanted, contest
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.curves import learning_of
from jupyter_mlc.verbs.datasets import displaced
from jupyter_mlc.verbs.differing import Differences, differences, differs
from jupyter_mlc.verbs.own_metrics import Asked, Scorer, asked_metrics, is_name
from jupyter_mlc.verbs.paged import paged
from jupyter_mlc.verbs.verdict import Verdict, among, as_far_as_claimed, verdict

_MOST_VERSIONS = 20
_MOST_DRAWN = 6
"""versions whose curves are drawn"""
_PAIR = 2
_REPLICATES, _MOST_REPLICATES = 1000, 5000


@dataclass(frozen=True, kw_only=True)
class Compare(Reading):
    """Compare versions."""

    refs: Annotated[
        tuple[str, ...],
        Field(
            description="the versions, or a range; the champion among them, else the first, is what the others are set "
            "against; one alone is set against its champion",
            positional=True,
            metavar="REF",
            complete=Complete.VERSION,
        ),
    ]
    data: Annotated[
        DatasetFacts | str | None,
        Field(
            description="the rows to compare on; else those by which all were evaluated before",
            parse=Parse.DATA,
            complete=Complete.DATASET,
        ),
    ] = None
    target: Annotated[str, Field(description="the column with the answers", complete=Complete.COLUMN)] = ""
    metric: Annotated[
        tuple[Scorer | str, ...],
        Field(
            description="a metric's name, a function or scorer of the notebook, or a saved one; the first decides; "
            "those that suit the task unless named",
            parse=Parse.METRIC,
            complete=Complete.METRIC,
        ),
    ] = ()
    positive: Annotated[str, Field(description="the class to find; of two classes the second unless named")] = ""
    seed: Annotated[int, Field(description="of the resamples")] = 0
    level: Annotated[float, Field(description="how often an interval should hold the true value")] = 0.95
    trust: Annotated[bool, Field(description="run the code in a version although no key of yours signed it")] = False
    panel: InPanel = False

    @property
    def brings_code(self) -> bool:
        """Whether a metric is more than a name that we know."""
        return any(not is_name(metric) for metric in self.metric)


@dataclass(frozen=True, kw_only=True)
class Reported:
    """One metric as it was reported of each version; None where it was not."""

    metric: str
    values: tuple[Measured | None, ...]


@dataclass(frozen=True, kw_only=True)
class CompareReply(Drawn):
    """Which version is better, how sure that is, and in what they differ."""

    versions: tuple[str, ...]
    """the one first that the others are set against"""
    verdict: Verdict
    differs: str
    """in what they differ, in a few words"""
    basis: Basis | None
    """None where no rows are shared: then metrics are as reported"""
    level: float
    metrics: tuple[Comparison, ...] = ()
    """each candidate against the first version, metric by metric"""
    rivals: tuple[Comparison, ...] = ()
    """of more than two, by the metric that decides: the others against the best, which may be any of them"""
    allowed_for: int = 0
    """for how many pairs of versions `rivals` allows (Holm)"""
    among: str = ""
    """what `rivals` come to, in one sentence"""
    reported: tuple[Reported, ...] = ()
    differences: Differences
    curves: Mapping[str, Curves] = field(default_factory=dict)
    """by version: what can be drawn"""

    def shows(self) -> tuple[str, ...]:
        return paged(*self.versions)

    def to_rows(self) -> list[dict[str, object]]:
        """One row a metric and candidate; without shared rows, one a metric."""
        if self.metrics:
            return [asdict(pair) for pair in self.metrics]
        return [
            {"metric": one.metric}
            | {ref: value.value if value else None for ref, value in zip(self.versions, one.values, strict=True)}
            for one in self.reported
        ]


@verb(
    does=Does.READ,
    runs=Runs.MODEL,
    runs_with="data",
    example="compare churn@champion churn:3 --data test --target late",
)
def compare(ask: Compare, context: Context) -> CompareReply:
    """Compare versions on the same rows: which is better, how sure that is, and in what they differ.

    Differences have paired bootstrap intervals, and how sure they are allows for the number of candidates that were
    tried on the data (Holm). With `--data`, versions that were not evaluated on it yet predict now, which is not
    recorded. Without, nothing is opened: what `evaluate` kept is compared, also what came along with copies, which is
    said; and where it kept nothing that all share, metrics are shown as they were reported. Parameters, signature,
    environment, datasets, code and cells that differ are shown always. Of more than two, all others are set against the
    best as well, allowing for every pair.
    """
    Resampling(seed=ask.seed, level=ask.level)
    asked = asked_metrics(ask.metric, context, trust=ask.trust)  # an unknown one is refused before anything predicts
    versions = _versions(ask.refs, context.registry)
    wanted = Wanted(data=ask.data, target=ask.target, positive=ask.positive, trust=ask.trust)
    found = contest(wanted, versions, context)
    different = differences(versions, context, ask.at)
    learnt = {version.ref: learning_of(version.run, context.registry) for version in versions[:_MOST_DRAWN]}
    reply = CompareReply(
        versions=tuple(version.ref for version in versions),
        verdict=_unknown(versions),
        differs=differs(different),
        basis=None,
        level=ask.level,
        differences=different,
        curves=_drawn({ref: Curves(learning=curves) for ref, curves in learnt.items()}),
    )
    if found is None:
        return replace(reply, reported=_reported(versions), next=_rows_wanted(versions))
    return _judged(ask, asked, reply, found, context)


def _versions(refs: Sequence[str], registry: Registry) -> list[ModelVersion]:
    """The versions that are meant, each once; the one first that the others are set against."""
    if not refs:
        raise BadInput("no version is named", hint="name two: %mlc compare NAME:N NAME:N")
    found = {version.id: version for ref in refs for version in _meant(ref, registry)}
    if len(found) == 1:
        (only,) = found.values()
        number = registry.model(only.model).champion
        champion = registry.version(f"{only.model}:{number}") if number is not None else only
        found = {champion.id: champion, only.id: only}
    versions = list(found.values())
    if len(versions) == 1:
        raise BadInput(
            f"{versions[0].ref} alone cannot be compared",
            hint=f"name another version: %mlc compare {versions[0].ref} NAME:N",
        )
    if len(versions) > _MOST_VERSIONS:
        raise BadInput(
            f"{len(versions)} versions are too many to compare",
            hint=f"name at most {_MOST_VERSIONS}; see %mlc list {versions[0].model}",
        )
    return _champion_first(versions, registry)


def _meant(ref: str, registry: Registry) -> list[ModelVersion]:
    reference = parse_reference(ref)
    if reference.last is None:
        return [registry.version(reference)]
    model = registry.model(reference.model)
    several = registry.versions(model.name, _MOST_VERSIONS + 1, first=reference.number or 1, last=reference.last)
    return several[::-1]


def _champion_first(versions: list[ModelVersion], registry: Registry) -> list[ModelVersion]:
    """Of versions of one model the champion comes first."""
    if len({version.model for version in versions}) > 1:
        return versions
    champion = registry.model(versions[0].model).champion
    return sorted(versions, key=lambda version: version.number != champion)


def _judged(ask: Compare, asked: Asked, reply: CompareReply, found: Contest, context: Context) -> CompareReply:
    context.progress(0, 1, "resampling")
    many = _resampling(ask, found.basis, reply.versions)
    contested = comparing.contest(
        found.outcomes, asked.metrics, many, baseline=reply.versions[0], tried=found.basis.tried
    )
    pairs = contested.pairs
    context.progress(1, 1, "compared")
    deciding = [pair for pair in pairs if pair.metric == pairs[0].metric]
    drawn = {
        ref: replace(curves_of(outcome), learning=reply.curves[ref].learning if ref in reply.curves else ())
        for ref, outcome in list(found.outcomes.items())[:_MOST_DRAWN]
    }
    decided = as_far_as_claimed(verdict(deciding, found.basis), found.basis)
    return replace(
        reply,
        verdict=decided,
        basis=found.basis,
        metrics=pairs,
        rivals=contested.rivals,
        allowed_for=contested.allowed_for,
        among=among(contested.rivals, contested.allowed_for),
        curves=_drawn(drawn),
        warnings=tuple(dict.fromkeys((*_displaced(ask, context), *found.warnings))),
        next=_next(ask, found.basis, decided, reply.versions[0]),
    )


def _displaced(ask: Compare, context: Context) -> tuple[str, ...]:
    return () if ask.data is None else displaced(ask.data, context, recorded=False)


def _resampling(ask: Compare, basis: Basis, versions: Sequence[str]) -> Resampling:
    """So many replicates that a difference can still be sure enough when it is adjusted for all that were tried.

    For every pair of very many it would take too long: then the best cannot be told from the others.
    """
    enough = math.ceil(4 * basis.tried / (1 - ask.level))
    for_pairs = math.ceil(4 * math.comb(basis.tried, 2) / (1 - ask.level)) if len(versions) > _PAIR else 0
    many = max(_REPLICATES, enough, min(for_pairs, _MOST_REPLICATES))
    return Resampling(replicates=many, seed=ask.seed, level=ask.level)


def _drawn(curves: Mapping[str, Curves]) -> dict[str, Curves]:
    return {ref: one for ref, one in curves.items() if one != Curves()}


def _reported(versions: Sequence[ModelVersion]) -> tuple[Reported, ...]:
    by_key = [{one.key: one for one in version.metrics} for version in versions]
    keys = dict.fromkeys(key for found in by_key for key in found)
    shared_first = sorted(keys, key=lambda key: -sum(key in found for found in by_key))
    return tuple(Reported(metric=key, values=tuple(found.get(key) for found in by_key)) for key in shared_first)


def _unknown(versions: Sequence[ModelVersion]) -> Verdict:
    names = " and ".join(version.ref for version in versions[:2])
    if len(versions) > _PAIR:
        names = f"{versions[0].ref} and {len(versions) - 1} others"
    return Verdict(sentence=f"{names}: which is better cannot be told: they were not evaluated on the same rows")


def _rows_wanted(versions: Sequence[ModelVersion]) -> str:
    return f"%mlc compare {' '.join(version.ref for version in versions)} --data DATASET --target COLUMN"


def _next(ask: Compare, basis: Basis, decided: Verdict, baseline: str) -> str:
    """What predicted for this comparison alone is evaluated, so that it is recorded; what is better is promoted."""
    if basis.scored:
        data = quoted(_typed(ask.data, basis))
        return f"%mlc evaluate {basis.scored[-1]} --data {data} --target {quoted(basis.target)}"
    better = [ref for ref in decided.better if ref != baseline]
    return f"%mlc promote {better[0]}" if better else ""


def _typed(data: DatasetFacts | str | None, basis: Basis) -> str:
    """The data as one types it again: a file that is no dataset yet by its path."""
    is_file = isinstance(data, DatasetFacts) and data.file_digest is not None
    return data.source if isinstance(data, DatasetFacts) and is_file else basis.dataset
