"""How a comparison looks: the sentence, the figures with their differences, and what differs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jupyter_mlc.domain.entities import Measured
from jupyter_mlc.faces.display.blocks import (
    Align,
    Block,
    Column,
    Fact,
    Facts,
    Line,
    Page,
    Para,
    Role,
    Span,
    chip,
    fact,
    facts,
    line,
    para,
    quiet,
    span,
    table,
    thing,
)
from jupyter_mlc.faces.display.differing import different
from jupyter_mlc.faces.display.figures import figure, legend, marked
from jupyter_mlc.verbs.verdict import decimals, percent, rounded, short

if TYPE_CHECKING:
    from jupyter_mlc.measure.comparing import Comparison
    from jupyter_mlc.verbs.compare import CompareReply
    from jupyter_mlc.verbs.contest import Basis

_PAIR = 2


def compare_page(reply: CompareReply) -> Page:
    """Which is better and how sure that is; the figures; on which rows; what differs."""
    blocks: list[Block] = [_verdict(reply), *_what_differs(reply), *_figures(reply)]
    told = [] if reply.basis is None else [*_rows(reply, reply.basis).facts]
    known = facts(*_against_best(reply), *told, *different(reply.versions, reply.differences))
    return Page(blocks=(*blocks, known))


def _verdict(reply: CompareReply) -> Para:
    first, space, rest = reply.verdict.sentence.partition(" ")
    name = first.rstrip(":,")
    return Para(line=line(thing(name), f"{first[len(name) :]}{space}{rest}"))


def _what_differs(reply: CompareReply) -> list[Para]:
    if not reply.differs:
        return [para("differs: ", quiet("nothing that is known"))]
    words = reply.differs.split("; ")
    parted: list[Span | str] = ["differs: "]
    for place, word in enumerate(words):
        parted += [quiet("; "), chip(word)] if place else [chip(word)]
    return [para(*parted)]


def _figures(reply: CompareReply) -> list[Block]:
    if not reply.metrics:
        return _reported(reply)
    if len(reply.versions) == _PAIR:
        return [_of_two(reply)]
    return [_of_many(reply)]


def _of_two(reply: CompareReply) -> Block:
    """A row a metric."""
    first, second = reply.versions
    columns = (
        Column(name="metric"),
        Column(name=short(first, second), align=Align.DECIMAL),
        Column(name=short(second, first), align=Align.DECIMAL),
        Column(name="difference", align=Align.DECIMAL, rank=1, title=f"that of {second} less that of {first}"),
        Column(name=f"{percent(reply.level)} interval", rank=2, title="of the difference, on the same rows"),
        Column(name="better", rank=3, title="where that is surer than the level, allowing for all candidates tried"),
        Column(name="sure", align=Align.RIGHT, rank=4),
    )
    rows = [
        [
            _metric(pair),
            _value(pair.baseline_value, pair),
            _value(pair.value, pair),
            *_difference(pair),
            *_better(pair),
        ]
        for pair in reply.metrics
    ]
    return table(columns, rows)


def _of_many(reply: CompareReply) -> Block:
    """A row a version: by the metric that decides with differences, by the others without."""
    metrics = list(dict.fromkeys(pair.metric for pair in reply.metrics))
    found = {(pair.candidate, pair.metric): pair for pair in reply.metrics}
    first = reply.versions[0]
    columns = [
        Column(name="version"),
        Column(name=metrics[0], align=Align.DECIMAL),
        Column(name="difference", align=Align.DECIMAL, rank=1, title=f"the version's less that of {first}"),
        Column(name=f"{percent(reply.level)} interval", rank=2, title="of the difference, on the same rows"),
        Column(name="better", rank=3, title="where that is surer than the level, allowing for all candidates tried"),
        Column(name="sure", align=Align.RIGHT, rank=4),
        *(Column(name=name, align=Align.DECIMAL, rank=5 + place) for place, name in enumerate(metrics[1:])),
    ]
    base = {name: found[reply.versions[1], name] for name in metrics}
    lead: list[Line | Span | str] = [first, _value(base[metrics[0]].baseline_value, base[metrics[0]]), "", "", "", ""]
    rows = [[*lead, *(_value(base[name].baseline_value, base[name]) for name in metrics[1:])]]
    for version in reply.versions[1:]:
        pairs = [found[version, name] for name in metrics]
        told = [_value(pairs[0].value, pairs[0]), *_difference(pairs[0]), *_better(pairs[0])]
        rows.append([version, *told, *(_value(pair.value, pair) for pair in pairs[1:])])
    return table(columns, rows)


def _against_best(reply: CompareReply) -> list[Fact]:
    """Of several, each set against the best, which need not be the one that they are set against above."""
    if not reply.rivals:
        return []
    best = reply.rivals[0].baseline
    columns = (
        Column(name="version"),
        Column(name=reply.rivals[0].metric, align=Align.DECIMAL),
        Column(name=f"less {short(best, reply.versions[0])}", align=Align.DECIMAL, rank=1),
        Column(name=f"{percent(reply.level)} interval", rank=2, title="of the difference, on the same rows"),
        Column(name="better", rank=3, title="where that is surer than the level, allowing for every pair"),
        Column(name="sure", align=Align.RIGHT, rank=4),
    )
    rows = [[pair.candidate, _value(pair.value, pair), *_difference(pair), *_better(pair)] for pair in reply.rivals]
    return [fact("among them", line(reply.among), table(columns, rows))]


def _metric(pair: Comparison) -> Span:
    return span(pair.metric, title="greater is better" if pair.greater_is_better else "less is better")


def _value(value: float | None, pair: Comparison) -> Span:
    return quiet("none", title=pair.reason) if value is None else figure(value)


def _difference(pair: Comparison) -> tuple[Span | str, Span | str]:
    """The difference and its interval, as exact as the interval is wide."""
    if pair.difference is None:
        return "", ""
    if pair.low is None or pair.high is None:
        return span(f"{pair.difference:+.3g}", title=repr(pair.difference)), quiet("none", title=pair.reason)
    places = decimals(pair.high - pair.low)
    told = f"[{rounded(pair.low, places)}, {rounded(pair.high, places)}]"
    exact = span(rounded(pair.difference, places, sign="+"), title=repr(pair.difference))
    return exact, span(told, title=f"{pair.low!r}, {pair.high!r}")


def _better(pair: Comparison) -> tuple[Span | str, Span | str]:
    """Which is better, and how sure that is; otherwise neither is said."""
    if pair.adjusted_p is None:
        return "", ""
    if pair.better is None:
        return quiet("cannot be told"), ""
    sure = span(percent(1 - pair.adjusted_p), title=f"p = {pair.adjusted_p:.4g}, adjusted after Holm")
    return short(pair.better, pair.candidate), sure


def _rows(reply: CompareReply, basis: Basis) -> Facts:
    task = f"{basis.task} of {basis.positive}" if basis.positive else basis.task
    tried = f"{basis.tried:,} tried on these rows so far; how sure a difference is allows for that (Holm)"
    return facts(
        fact(
            "rows",
            line(f"{basis.rows:,} of {basis.dataset}, the same for all", quiet(f", target {basis.target}, {task}")),
        ),
        fact("candidates", tried),
        fact("predictions", *_sources(reply.versions, basis)),
    )


def _sources(versions: Sequence[str], basis: Basis) -> list[str]:
    kept = [_kept(short(ref, versions[0]), ref, basis) for ref in versions if ref in basis.evaluations]
    made = [short(ref, versions[0]) for ref in versions if ref in basis.scored]
    return [", ".join(kept), f"{', '.join(made)} made for this comparison, not recorded" if made else ""]


def _kept(named: str, ref: str, basis: Basis) -> str:
    """The evaluation; where nobody here computed it, in which registry."""
    there = f" (claimed, from {basis.claimed[ref]})" if ref in basis.claimed else ""
    return f"{named} from {basis.evaluations[ref]}{there}"


def _reported(reply: CompareReply) -> list[Block]:
    """Metrics as they were reported, each with how it is known; differences would claim too much."""
    if not reply.reported:
        return [para("no metric was reported of any", role=Role.QUIET)]
    columns = [Column(name="metric"), *(Column(name=ref, align=Align.DECIMAL) for ref in reply.versions)]
    rows = [[line(one.metric), *(_known(value) for value in one.values)] for one in reply.reported]
    used = {value.standing for one in reply.reported for value in one.values if value}
    return [table(columns, rows), Para(line=legend(used), role=Role.QUIET)]


def _known(value: Measured | None) -> Line:
    return marked(value) if value is not None else ()
