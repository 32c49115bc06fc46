"""How a reproduction looks: the verdict in a line, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from jupyter_mlc.domain.reproductions import CURRENT, LOCK, Topic, Verdict
from jupyter_mlc.faces.display.blocks import (
    Block,
    Column,
    Fact,
    Fold,
    Line,
    Page,
    Para,
    Role,
    Table,
    fact,
    facts,
    head,
    joined,
    line,
    para,
    prose,
    quiet,
    span,
    stage,
    table,
)
from jupyter_mlc.faces.display.figures import digest, duration, when
from jupyter_mlc.faces.display.words import counted, shorten

if TYPE_CHECKING:
    from jupyter_mlc.domain.reproductions import Compared, PackageDifference, Reproduction
    from jupyter_mlc.verbs.reproduction_job import ReproduceReply

_MOST_APART = 12
_MOST_PACKAGES = 5
_ROOM = 44
_SOME = 4
"""verdicts on one version that are told"""


def reproduce_page(reply: ReproduceReply) -> Page:
    """What came of it."""
    if not reply.done:
        return _rehearsed(reply)
    if not reply.verdict:
        return _open(reply)
    job = reply.job and f"{reply.job}, {duration(reply.elapsed)}"
    first = head(reply.version, stage(reply.verdict), job)
    order = list(Topic)
    apart = sorted((one for one in reply.compared if not one.agrees), key=lambda one: order.index(one.topic))
    blocks: list[Block] = [first]
    if not reply.obstacles:
        blocks.append(para(prose(reply.reason)))
    if len(apart) > 1 or (apart and reply.verdict != Verdict.DIVERGED):
        blocks.append(_apart(apart))
    blocks.append(_grounds(reply))
    return Page(blocks=tuple(blocks), remarks=(*_obstacles(reply), *_notes(reply)))


def _grounds(reply: ReproduceReply) -> Block:
    return facts(
        fact("bytes", _bytes(reply)),
        fact("the same", _same(reply.compared)),
        fact("inside", _inside(reply)),
        fact("predicts", _predicts(reply)),
        fact("not compared", *reply.unknown),
        fact("tolerance", f"{reply.tolerance:g}" if reply.found else ""),
        _environment(reply.environment if reply.job else "", reply.packages),
        fact("notebook", reply.notebook),
    )


def _bytes(reply: ReproduceReply) -> Line:
    if not reply.found:
        return ()
    if reply.found == reply.artifact:
        return line("the same, ", digest(reply.artifact))
    return line(digest(reply.artifact), " then, ", digest(reply.found), " now")


def _same(compared: Sequence[Compared]) -> Line:
    """What agrees, counted by what it is."""
    nouns = {Topic.DATA: "dataset", Topic.PARAMETER: "parameter", Topic.METRIC: "metric"}
    counts = {topic: sum(one.topic is topic and one.agrees for one in compared) for topic in nouns}
    found = [counted(count, nouns[topic]) for topic, count in counts.items() if count]
    same_object = [one.name for one in compared if one.topic is Topic.OBJECT and one.agrees and one.before]
    return joined([*found, *same_object], ", ")


def _inside(reply: ReproduceReply) -> str:
    if not reply.leaves:
        return ""
    widest = next((one.gap for one in reply.compared if one.topic is Topic.ARRAYS and one.agrees), None)
    apart = f", the widest gap {widest:.1g}" if widest else ""
    return f"{reply.same:,} of {counted(reply.leaves, 'value')} and arrays the same to the last bit{apart}"


def _predicts(reply: ReproduceReply) -> str:
    found = next((one for one in reply.compared if one.topic is Topic.PREDICTIONS), None)
    if found is None:
        return ""
    rows = f"for {counted(reply.rows, 'row')} that it was trained on"
    if found.gap == 0:
        return f"the same {found.name} {rows}"
    return f"{found.name.partition(' of row')[0]} {rows}: {_gap(found)}"


def _gap(one: Compared) -> str:
    return f"apart by {one.gap:.2g} of their size" if one.gap is not None else "others"


def _apart(found: Sequence[Compared]) -> Table:
    columns = (
        Column(name="differs"),
        Column(name="name", least=12),
        Column(name="then", rank=1, least=12, wraps=True),
        Column(name="now", rank=1, least=12, wraps=True),
        Column(name="gap", rank=2),
    )
    rows: list[list[Line | str]] = [
        [one.topic.value, *(_cell(text) for text in (one.name, one.before, one.now)), _size(one)]
        for one in found[:_MOST_APART]
    ]
    more = len(found) - _MOST_APART
    return table(columns, [*rows, *([[f"and {more:,} more", "", "", "", ""]] if more > 0 else [])])


def _cell(text: str) -> Line:
    return line(span(shorten(text, _ROOM), title=text if len(text) > _ROOM else ""))


def _size(one: Compared) -> str:
    return f"{one.gap:.2g}" if one.gap is not None else ""


def _environment(name: str, packages: Sequence[PackageDifference]) -> Fact:
    if name == LOCK:
        return fact("environment", "its own, built from its lock")
    if name != CURRENT:
        return fact("environment", "")
    if not packages:
        return fact("environment", "this one")
    short = [f"{one.name} {one.before or 'missing'} -> {one.now or 'missing'}" for one in packages]
    few = [
        *short[:_MOST_PACKAGES],
        *([f"and {len(short) - _MOST_PACKAGES:,} more"] if len(short) > _MOST_PACKAGES else []),
    ]
    lead = f"this one, which differs in {counted(len(packages), 'package')}"
    if len(packages) <= _MOST_PACKAGES:
        return fact("environment", f"{lead}: {', '.join(few)}")
    whole = table(
        (Column(name="package"), Column(name="then"), Column(name="now")),
        [[one.name, one.before or "missing", one.now or "missing"] for one in packages],
    )
    return fact("environment", Fold(summary=lead, whole=whole, short=(line(", ".join(few)),)))


def _obstacles(reply: ReproduceReply) -> Iterable[Para]:
    return (para(prose(one), role=Role.FINDING) for one in reply.obstacles)


def _notes(reply: ReproduceReply) -> Iterable[Para]:
    return (para(prose(one), role=Role.NOTE) for one in reply.notes)


def _open(reply: ReproduceReply) -> Page:
    """No verdict: it runs, or it ended in a way that tells nothing of the version."""
    job = line(f"{reply.job} ", stage(reply.exit))
    why = f"no verdict: {reply.reason}" if reply.reason else ""
    known = facts(_environment(reply.environment, reply.packages), fact("notebook", reply.notebook))
    return Page(blocks=(head(reply.version, job, why), known), remarks=tuple(_notes(reply)))


def _rehearsed(reply: ReproduceReply) -> Page:
    if reply.obstacles:
        first = head(reply.version, line("would be judged ", stage(Verdict.NOT_REPRODUCIBLE.value)))
        return Page(blocks=(first,), remarks=tuple(_obstacles(reply)))
    out = f"{counted(reply.skipped, 'cell')} left out" if reply.skipped else ""
    first = head(reply.version, "would be reproduced", f"{counted(reply.cells, 'cell')} of code", out)
    return Page(blocks=(first, facts(_environment(reply.environment, reply.packages))), remarks=tuple(_notes(reply)))


def reproduced(found: Sequence[Reproduction]) -> Fact:
    """The verdicts on a version, the newest first."""
    lines = [_verdict(one) for one in found[:_SOME]]
    more = len(found) - _SOME
    return fact("reproduced", *lines, quiet(f"and {more:,} earlier") if more > 0 else "")


def _verdict(one: Reproduction) -> Line:
    where = f" in {one.job}" if one.job else ""
    why = f": {one.reason}" if one.reason and one.verdict in {Verdict.DIVERGED, Verdict.NOT_REPRODUCIBLE} else ""
    return line(stage(one.verdict.value), f"{where}, ", when(one.judged), f" by {one.author}", prose(why))
