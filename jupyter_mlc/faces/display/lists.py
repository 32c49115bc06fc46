"""How lists look: models, versions and runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mlc.domain.entities import Measured, Model, ModelVersion, Parameter, Run, Standing
from jupyter_mlc.faces.display.blocks import (
    Align,
    Block,
    Column,
    Line,
    Page,
    Para,
    Role,
    Span,
    Table,
    head,
    para,
    stage,
    table,
)
from jupyter_mlc.faces.display.figures import duration, legend, marked, marked_param, when
from jupyter_mlc.faces.display.moves import pairs
from jupyter_mlc.faces.display.words import counted

if TYPE_CHECKING:
    from jupyter_mlc.verbs.list_ import ListReply

_MOST_METRICS = 8
_MOST_PARAMS = 4
_FIRST_RANK = 2
"""metrics have even ranks from here on, parameters odd ones"""
_NAMED = 6
"""metrics that are named where they are left out"""
_MODELS = (
    Column(name="model"),
    Column(name="versions", align=Align.RIGHT, rank=3),
    Column(name="champion", rank=1),
    Column(name="tier", rank=5),
    Column(name="owner", rank=4, least=8),
    Column(name="made", rank=6),
    Column(name="description", rank=2, least=12),
    Column(name="tags", rank=7, least=8),
)


def list_page(reply: ListReply) -> Page:
    """What was found: models, versions or runs."""
    found = reply.models or reply.versions or reply.runs
    if not found:
        return Page(blocks=(_nothing(reply),))
    show = {"models": _models, "runs": _runs}.get(reply.of, _versions)
    more = (para(f"only the first {len(found):,}; more: --limit {10 * len(found)}", role=Role.QUIET),)
    return Page(blocks=(_title(reply, len(found)), *show(reply), *(more if reply.more else ())))


def _nothing(reply: ListReply) -> Para:
    if reply.of == "models":
        return head("models", "no model yet")
    return head(reply.title, "no run yet" if reply.of == "runs" else "no version fits")


def _title(reply: ListReply, count: int) -> Para:
    noun = {"models": "model", "runs": "run"}.get(reply.of, "version")
    more = " and more" if reply.more else ""
    return head(reply.title, f"{counted(count, noun)}{more}")


def _models(reply: ListReply) -> list[Block]:
    return [table(_MODELS, [_model(model) for model in reply.models])]


def _model(model: Model) -> list[Line | Span | str]:
    cells: list[Line | Span | str] = [model.name, f"{model.versions:,}", _champion(model), model.tier, model.owner]
    return [*cells, when(model.created), model.description, pairs(model.tags)]


def _champion(model: Model) -> Span | str:
    """Nobody can load the champion of a model that was retired as a whole."""
    if model.retired:
        return stage("retired")
    return f"{model.name}:{model.champion}" if model.champion is not None else ""


def _versions(reply: ListReply) -> list[Block]:
    return version_blocks(reply.versions)


def version_blocks(versions: Sequence[ModelVersion]) -> list[Block]:
    """A table of versions, what its marks mean, and which metrics found no room in it."""
    measures = _measures([one.metrics for one in versions], [one.params for one in versions])
    columns = [
        Column(name="version"),
        Column(name="stage"),
        Column(name="aliases", rank=1, least=12),
        *measures.columns,
        Column(name="made", rank=7),
        Column(name="by", rank=11, least=8),
        Column(name="class", rank=13, least=12),
        Column(name="note", rank=9, least=12),
        Column(name="tags", rank=12, least=8),
    ]
    rows = [_version(one, measures.cells(one.metrics, one.params)) for one in versions]
    return _with_legend(table(columns, rows), measures)


def _version(version: ModelVersion, measured: Sequence[Line]) -> list[Line | Span | str]:
    aliases = ", ".join(f"@{alias}" for alias in version.aliases)
    begin: list[Line | Span | str] = [version.ref, stage(version.stage), aliases]
    end: list[Line | Span | str] = [when(version.created), version.author, version.class_name, version.note]
    return [*begin, *measured, *end, pairs(version.tags)]


def _runs(reply: ListReply) -> list[Block]:
    runs = reply.runs
    measures = _measures([one.metrics for one in runs], [one.params for one in runs])
    columns = [
        Column(name="run"),
        Column(name="of", rank=1),
        Column(name="status"),
        Column(name="version", rank=1),
        *measures.columns,
        Column(name="started", rank=5),
        Column(name="took", align=Align.RIGHT, rank=8),
        Column(name="data", rank=10, least=12),
        Column(name="by", rank=11, least=8),
        Column(name="note", rank=9, least=12),
    ]
    rows = [_run(one, reply.title, measures.cells(one.metrics, one.params)) for one in runs]
    return _with_legend(table(columns, rows), measures)


def _run(run: Run, title: str, measured: Sequence[Line]) -> list[Line | Span | str]:
    took = duration(run.duration) if run.duration is not None else ""
    name = run.name if run.name != title else ""
    begin: list[Line | Span | str] = [run.ref, name, stage(run.status), ", ".join(run.versions)]
    return [*begin, *measured, when(run.started), took, ", ".join(run.datasets), run.author, run.note]


@dataclass(frozen=True, kw_only=True)
class _Measures:
    """The metrics and parameters that a table shows: what most rows have, and in what they differ."""

    metrics: tuple[str, ...]
    others: tuple[str, ...]
    """metrics for which there is no room"""
    params: tuple[str, ...]
    standings: frozenset[Standing]

    @property
    def columns(self) -> list[Column]:
        """A column a metric, then a column a parameter."""
        metrics = [
            Column(name=key, align=Align.DECIMAL, rank=_FIRST_RANK + 2 * place)
            for place, key in enumerate(self.metrics)
        ]
        params = [
            Column(name=key, align=Align.DECIMAL, rank=_FIRST_RANK + 1 + 2 * place, title="parameter")
            for place, key in enumerate(self.params)
        ]
        return metrics + params

    def cells(self, metrics: Sequence[Measured], params: Sequence[Parameter]) -> list[Line]:
        """A row's values, empty where it has none."""
        measured = {one.key: marked(one) for one in metrics}
        given = {one.key: marked_param(one) for one in params}
        return [measured.get(key, ()) for key in self.metrics] + [given.get(key, ()) for key in self.params]


def _measures(metrics: Sequence[Sequence[Measured]], params: Sequence[Sequence[Parameter]]) -> _Measures:
    often = _told_first(_by_count(Counter(one.key for row in metrics for one in row)))
    shown, told = often[:_MOST_METRICS], _differing(params)[:_MOST_PARAMS]
    used = {one.standing for row in metrics for one in row if one.key in shown}
    used |= {one.standing for row in params for one in row if one.key in told}
    return _Measures(
        metrics=tuple(shown), others=tuple(often[_MOST_METRICS:]), params=tuple(told), standings=frozenset(used)
    )


def _by_count(counts: Mapping[str, int]) -> list[str]:
    return sorted(counts, key=lambda key: (-counts[key], key))


def _told_first(keys: Sequence[str]) -> list[str]:
    """What was reported comes before what was computed, and of that the most telling metric of the task first."""
    from jupyter_mlc.measure.metrics.catalogue import DEFAULTS

    computed = {key: key.rpartition(".")[2] for key in keys if key.startswith("eval.")}
    order = max(DEFAULTS.values(), key=lambda names: len(set(names) & set(computed.values())))
    places = {key: order.index(name) if name in order else len(order) for key, name in computed.items()}
    return sorted(keys, key=lambda key: places.get(key, -1))


def _differing(params: Sequence[Sequence[Parameter]]) -> list[str]:
    """The parameters in which the rows differ, those first that most of them have."""
    values: dict[str, Counter[str]] = {}
    for row in params:
        for one in row:
            values.setdefault(one.key, Counter())[repr(one.value)] += 1
    counts = {key: found.total() for key, found in values.items()}
    return _by_count({key: count for key, count in counts.items() if len(values[key]) > 1 or count < len(params)})


def _with_legend(shown: Table, measures: _Measures) -> list[Block]:
    blocks: list[Block] = [shown]
    if measures.standings:
        blocks.append(Para(line=legend(measures.standings), role=Role.QUIET))
    if measures.others:
        names = ", ".join(measures.others[:_NAMED]) + (", ..." if len(measures.others) > _NAMED else "")
        blocks.append(para(f"{counted(len(measures.others), 'more metric')} not shown: {names}", role=Role.QUIET))
    return blocks
