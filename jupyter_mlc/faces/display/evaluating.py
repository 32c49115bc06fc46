"""How evaluations look: the first metrics in a line, all of them with intervals in a table, and part by part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from jupyter_mlc.domain.evaluations import Estimate, Evaluation, Evidence, Part, Seen
from jupyter_mlc.domain.imports import registry_shown
from jupyter_mlc.faces.display.blocks import (
    Align,
    Block,
    Column,
    Fact,
    Line,
    Page,
    Role,
    Span,
    Table,
    fact,
    facts,
    head,
    joined,
    line,
    quiet,
    span,
    table,
)
from jupyter_mlc.faces.display.figures import MEANINGS, digest, figure, number, when
from jupyter_mlc.faces.display.making import remarks
from jupyter_mlc.faces.display.words import counted

if TYPE_CHECKING:
    from jupyter_mlc.verbs.evaluate import EvaluateReply, Judged

_FIRST = 3
"""metrics that the first line names"""
_MOST = 6
"""metrics that a table of versions or parts has columns for"""
_KEY = 8
"""as much of a key as tells one from another"""


def evaluate_page(reply: EvaluateReply) -> Page:
    """How well each version did."""
    if not reply.done:
        return _rehearsal(reply)
    only = reply.versions[0]
    if len(reply.versions) == 1 and only.evidence is not None:
        said = line(quiet(f"({only.id} on {counted(reply.rows, 'row')}; {seen_line(_data(reply), reply.seen)})"))
        first = _first(only.version, only.evidence.estimates, said)
        return Page(blocks=(first, *evidence_blocks(only.evidence)), remarks=remarks(reply.notes, Role.NOTE))
    known = [(one, one.evidence) for one in reply.versions if one.evidence is not None]
    first = head(
        counted(len(known), "version"),
        f"on {_data(reply)}, {counted(reply.rows, 'row')}, target {reply.target}",
        line(quiet(seen_line(reply.dataset, reply.seen))),
    )
    parts = _parts_of_versions(known)
    return Page(blocks=(first, _versions(known), *parts), remarks=remarks(reply.notes, Role.NOTE))


def _data(reply: EvaluateReply) -> str:
    """The dataset as it is named beside others of its name."""
    return f"{reply.dataset} revision {reply.revision}" if reply.revision > 1 else reply.dataset


def _rehearsal(reply: EvaluateReply) -> Page:
    names = ", ".join(one.version for one in reply.versions)
    by = f"by {', '.join(reply.settings.by)}" if reply.settings.by else ""
    what = ", ".join(reply.settings.metrics) or "the metrics that suit the task"
    data = f"on {_data(reply)}, {counted(reply.rows, 'row')}, target {reply.target}"
    return Page(blocks=(head(names, f"would be judged {data}", what, by),))


def _first(about: str, estimates: Sequence[Estimate], *more: Line) -> Block:
    """The line that names what it is about, and tells the first metrics."""
    return head(about, joined([estimates_line(estimates), *more], "  "))


def estimates_line(estimates: Sequence[Estimate]) -> Line:
    """``auc 0.683 [0.676, 0.69]  log_loss 0.612  brier 0.211``: the first that have a value."""
    known = [one for one in estimates if one.value is not None][:_FIRST]
    told = [line(f"{one.metric} ", _value(one)) for one in known]
    if known and known[0].low is not None:
        told[0] = (*told[0], span(" "), *line(_interval(known[0])))
    return joined(told, "  ")


def _interval(one: Estimate) -> Span | str:
    if one.low is None or one.high is None:
        return ""
    return quiet(f"[{number(one.low)}, {number(one.high)}]", title=f"{one.low!r} to {one.high!r}")


def seen_line(name: str, seen: Seen) -> str:
    """``june seen by 3 versions, 2 people``: how often the data was used to judge by."""
    if seen.evaluations == 0:
        return f"{name} not seen yet"
    if seen.evaluations == 1:
        return f"{name} seen once"
    return f"{name} seen by {counted(seen.versions, 'version')}, {counted(seen.people, 'person')}"


def evidence_blocks(evidence: Evidence) -> list[Block]:
    """All metrics with their intervals, then those of each part of the rows."""
    return [_metrics(evidence), *(_part_table(column, parts) for column, parts in _by_column(evidence.parts))]


def _metrics(evidence: Evidence) -> Table:
    level = f"{evidence.settings.level:.0%} interval"
    columns = (
        Column(name="metric"),
        Column(name="value", align=Align.DECIMAL),
        Column(name=level, rank=1),
        Column(name="better", rank=3, title="which way is better"),
        Column(name="why not", rank=2, least=16, wraps=True, title="why there is no value, or no interval"),
    )
    return table(columns, [_metric(one) for one in evidence.estimates])


def _metric(one: Estimate) -> list[Line | Span | str]:
    better = "greater" if one.greater_is_better else "less"
    return [one.metric, _value(one), _interval(one), quiet(better), quiet(one.reason)]


def _value(one: Estimate) -> Span:
    return figure(one.value) if one.value is not None else quiet("none", title=one.reason)


def _by_column(parts: Iterable[Part]) -> list[tuple[str, list[Part]]]:
    found: dict[str, list[Part]] = {}
    for part in parts:
        found.setdefault(part.column, []).append(part)
    return list(found.items())


def _part_table(column: str, parts: Sequence[Part]) -> Table:
    names = [one.metric for one in parts[0].estimates][:_MOST]
    columns = (Column(name=column, least=12), Column(name="rows", align=Align.RIGHT), *_metric_columns(names))
    return table(columns, [[span(part.label), f"{part.rows:,}", *_cells(part.estimates, names)] for part in parts])


def _metric_columns(names: Sequence[str]) -> list[Column]:
    """A column a metric; the first, and those for which there is room, with its interval."""
    found: list[Column] = []
    for place, name in enumerate(names):
        found.append(Column(name=name, align=Align.DECIMAL, rank=2 * place + 1))
        if place == 0:
            found.append(Column(name="interval", rank=2))
    return [*found, Column(name="why not", rank=2 * _MOST + 2, least=16)]


def _cells(estimates: Sequence[Estimate], names: Sequence[str]) -> list[Line | Span | str]:
    by_name = {one.metric: one for one in estimates}
    known = [by_name.get(name, Estimate(metric=name, value=None)) for name in names]
    values: list[Line | Span | str] = [_value(one) for one in known]
    return [values[0], _interval(known[0]), *values[1:], quiet(known[0].reason)]


def _versions(known: Sequence[tuple[Judged, Evidence]]) -> Table:
    names = _names(known)
    columns = (Column(name="version"), *_metric_columns(names), Column(name="evaluation", rank=2 * _MOST + 1))
    return table(
        columns,
        [[one.version, *_cells(evidence.estimates, names), quiet(one.id)] for one, evidence in known],
    )


def _names(known: Sequence[tuple[Judged, Evidence]]) -> list[str]:
    found = dict.fromkeys(one.metric for _, evidence in known for one in evidence.estimates)
    return list(found)[:_MOST]


def _parts_of_versions(known: Sequence[tuple[Judged, Evidence]]) -> list[Table]:
    """A table for each column that parts the rows: its parts, and of each the first metric of every version."""
    found = []
    for column, parts in _by_column(known[0][1].parts):
        columns = (
            Column(name=column, least=12),
            Column(name="rows", align=Align.RIGHT),
            *(
                Column(name=f"{one.version} {_headline(part_of(evidence, parts[0]))}", align=Align.DECIMAL, rank=place)
                for place, (one, evidence) in enumerate(known, start=1)
            ),
        )
        found.append(table(columns, [_row(part, known) for part in parts]))
    return found


def _row(part: Part, known: Sequence[tuple[Judged, Evidence]]) -> list[Line | Span | str]:
    cells = [part_of(evidence, part) for _, evidence in known]
    return [span(part.label), f"{part.rows:,}", *(_value(cell.estimates[0]) if cell else "" for cell in cells)]


def _headline(part: Part | None) -> str:
    return part.estimates[0].metric if part else ""


def part_of(evidence: Evidence, like: Part) -> Part | None:
    """The part of another version's rows that is the same."""
    same = (part for part in evidence.parts if (part.column, part.label) == (like.column, like.label))
    return next(same, None)


def evaluation_page(evaluation: Evaluation, evidence: Evidence) -> Page:
    """One evaluation, in full."""
    rows = f"{evaluation.dataset} revision {evaluation.revision}, {counted(evaluation.rows, 'row')}, "
    settings = evidence.settings
    how = f"{settings.replicates:,} resamples, seed {settings.seed}" if settings.replicates else "no resamples"
    known = facts(
        fact("of", evaluation.version),
        fact("on", line(rows, digest(evaluation.digest))),
        fact("target", f"{evaluation.target} ({evaluation.task})", _positive(evidence)),
        fact("sealed", f"opened for {evaluation.stage}" if evaluation.stage else ""),
        fact("known as", quiet(evaluation.standing.value, title=MEANINGS[evaluation.standing])),
        fact("intervals", how),
        fact("with", ", ".join(f"{name} {release}" for name, release in evidence.libraries.items())),
        fact("own metrics", joined([line(f"{name} ", digest(what)) for name, what in evidence.scorers.items()], ", ")),
        _made(evaluation),
    )
    first = _first(evaluation.ref, evaluation.estimates)
    return Page(blocks=(first, known, *evidence_blocks(evidence)))


def _made(evaluation: Evaluation) -> Fact:
    """When and by whom; of what came with a copy, also where."""
    whence = evaluation.whence
    if whence is None:
        return fact("made", line(when(evaluation.created), f" by {evaluation.author} (self-asserted)"))
    where = span(registry_shown(whence.registry), title=whence.registry)
    signed = f"with key {whence.signer[:_KEY]}" if whence.signer else "by nobody we could tell"
    there = line("in ", where, f" ({whence.ref}), ", when(whence.made), f" by {evaluation.author}, signed {signed}")
    return fact("made", there, line("copied in ", when(evaluation.created)))


def _positive(evidence: Evidence) -> str:
    return f"to find: {evidence.positive}" if evidence.positive else ""


def evaluations_fact(found: Sequence[Evaluation]) -> Fact:
    """A version's evaluations, one a line."""
    return fact("judged", *(_evaluation_line(one) for one in found))


def _evaluation_line(one: Evaluation) -> Line:
    there = f", {one.standing}, from {registry_shown(one.whence.registry)}" if one.whence else ""
    return line(f"on {one.dataset}: ", *estimates_line(one.estimates), quiet(f"  ({one.ref}{there})"))
