"""Two notebooks as they were executed, cell by cell: which cells are the same one, and what changed in it.

Cells are matched by id, then by text, then by likeness, wherever they stand: what a cell did depends on when it ran, so
that one which ran at another place is told as moved, not as taken away and added again.
"""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff
from enum import StrEnum

_ALIKE = 0.6
"""from this likeness on (difflib's ratio) two texts are taken for one cell"""
_MOST_PAIRS = 40_000
"""pairs of cells of which likeness is asked; beyond, only what has the same id or text is matched"""
_MOST_LOOKED_AT = 500
"""cells among which the one is searched that a new cell was copied from"""
_LONG = 2_000
"""characters from which on likeness is that of lines"""
_AROUND = 2
"""unchanged lines that are shown around a changed one"""
_TITLE = 80
_ABOUT_THE_REGISTRY = re.compile(r"(?:[\w\s,.]+=\s*)?%%?mlc\b|%load_ext\s+jupyter_mlc\b")


class Change(StrEnum):
    """What became of a cell."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    """it ran with the same text, before or after other cells than it did"""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell as it was executed."""

    id: str
    """empty where it is not known"""
    source: str


@dataclass(frozen=True, kw_only=True)
class CellChange:
    """One cell that is not the same."""

    change: Change
    title: str
    """its first line of code, as it is now; of a removed one as it was"""
    before: int | None = None
    """which of the executed cells it was, from 1; None: it is new"""
    after: int | None = None
    lines: tuple[str, ...] = ()
    """what changed, with ``+``, ``-`` or a space at the beginning of each line; ``...`` where lines are left out"""
    same_code: bool = False
    """whether only comments, blank lines or spelling changed, and Python reads the same"""
    moved: bool = False
    """whether it ran at another place, besides having changed"""
    copy_of: int | None = None
    """of an added cell: which of the cells before it is like, one that is still there; `lines` are what differs"""


def executed_cells(executions: Iterable[Cell]) -> tuple[Cell, ...]:
    """Return each cell as it ran last, in the order of these runs, without those that only talk to the registry.

    A cell without an id that ran twice with the same text counts once.
    """
    last: dict[str, Cell] = {}
    for one in executions:
        if one.source.strip() and not _only_about_the_registry(one.source):
            key = one.id or f"text {one.source}"
            last.pop(key, None)
            last[key] = one
    return tuple(last.values())


def _only_about_the_registry(source: str) -> bool:
    lines = [line.strip() for line in source.splitlines()]
    said = [line for line in lines if line and not line.startswith("#")]
    if said and said[0].startswith("%%mlc"):  # the rest of the cell is what runs
        return len(said) == 1
    return all(_ABOUT_THE_REGISTRY.match(line) for line in said)


def cell_changes(before: Sequence[Cell], after: Sequence[Cell]) -> tuple[CellChange, ...]:
    """Return what changed from one notebook to another, in the order of the second, removed cells where they stood.

    Parameters
    ----------
    before, after : sequence of Cell
        From `executed_cells`.
    """
    matched = _matched(before, after)
    stays = _in_order([matched[place] for place in sorted(matched)])
    changes: list[tuple[float, CellChange]] = []
    for new in range(len(after)):
        old = matched.get(new)
        if old is None:
            changes.append((new, _added(before, after, new)))
        elif (change := _changed(before, old, after, new, moved=old not in stays)) is not None:
            changes.append((new, change))
    changes += [(place, _gone(before, old)) for old, place in _removed(len(before), matched)]
    return tuple(change for _, change in sorted(changes, key=lambda each: each[0]))


def _removed(count: int, matched: Mapping[int, int]) -> Iterator[tuple[int, float]]:
    """Give each removed cell with the place where it would stand: behind those that stood before it."""
    kept = {old: new for new, old in matched.items()}
    reached = -1
    for old in range(count):
        reached = max(reached, kept.get(old, -1))
        if old not in kept:
            yield old, reached + 0.5


def _added(before: Sequence[Cell], after: Sequence[Cell], new: int) -> CellChange:
    """A new cell; where it began as a copy of another, what was changed in it."""
    source = after[new].source
    alike = _most_alike(before, source)
    return CellChange(
        change=Change.ADDED,
        title=_title(source),
        after=new + 1,
        lines=_every_line("+", source) if alike is None else _lines(before[alike].source, source),
        copy_of=None if alike is None else alike + 1,
    )


def _most_alike(cells: Sequence[Cell], source: str) -> int | None:
    if len(cells) > _MOST_LOOKED_AT:
        return None
    asked = SequenceMatcher(autojunk=False)
    ranked = [(_likeness(asked, cell.source, source), place) for place, cell in enumerate(cells)]
    likeness, place = max(ranked, default=(0.0, 0))
    return place if likeness >= _ALIKE else None


def _gone(before: Sequence[Cell], old: int) -> CellChange:
    source = before[old].source
    return CellChange(change=Change.REMOVED, title=_title(source), before=old + 1, lines=_every_line("-", source))


def _every_line(mark: str, source: str) -> tuple[str, ...]:
    return tuple(f"{mark}{line}" for line in source.splitlines())


def _changed(before: Sequence[Cell], old: int, after: Sequence[Cell], new: int, *, moved: bool) -> CellChange | None:
    was, now = before[old].source, after[new].source
    lines = _lines(was, now)
    if not lines and not moved:
        return None
    return CellChange(
        change=Change.CHANGED if lines else Change.MOVED,
        title=_title(now),
        before=old + 1,
        after=new + 1,
        lines=lines,
        same_code=bool(lines) and _reads_the_same(was, now),
        moved=moved,
    )


def _title(source: str) -> str:
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    code = [line for line in lines if not line.startswith("#")]
    first = (code or lines or [""])[0]
    return first if len(first) <= _TITLE else f"{first[: _TITLE - 1]}…"


def _lines(was: str, now: str) -> tuple[str, ...]:
    found = list(unified_diff(was.splitlines(), now.splitlines(), n=_AROUND, lineterm=""))[2:]
    shortened = ["..." if line.startswith("@@") else line for line in found]
    return tuple(shortened[1:])


def _reads_the_same(was: str, now: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python thinks of its style is nothing new to the author
            return ast.dump(ast.parse(was)) == ast.dump(ast.parse(now))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _matched(before: Sequence[Cell], after: Sequence[Cell]) -> dict[int, int]:
    """Return which cell each one was: place now to place then."""
    found: dict[int, int] = {}
    for pairs in (_by_id, _by_text, _by_likeness):
        taken = set(found.values())
        old = [place for place in range(len(before)) if place not in taken]
        new = [place for place in range(len(after)) if place not in found]
        for was, now in pairs(before, old, after, new):
            if now not in found and was not in taken:
                found[now] = was
                taken.add(was)
    return found


_Pairs = Iterator[tuple[int, int]]


def _by_id(before: Sequence[Cell], old: Sequence[int], after: Sequence[Cell], new: Sequence[int]) -> _Pairs:
    places = {before[place].id: place for place in old if before[place].id}
    return ((places[after[place].id], place) for place in new if after[place].id in places)


def _by_text(before: Sequence[Cell], old: Sequence[int], after: Sequence[Cell], new: Sequence[int]) -> _Pairs:
    places = {before[place].source: place for place in old}
    return ((places[after[place].source], place) for place in new if after[place].source in places)


def _by_likeness(before: Sequence[Cell], old: Sequence[int], after: Sequence[Cell], new: Sequence[int]) -> _Pairs:
    """Give the pairs that are alike, the most alike first; of equally alike ones those that stand nearer."""
    if len(old) * len(new) > _MOST_PAIRS:
        return iter(())
    ranked = []
    for now in new:
        asked = SequenceMatcher(autojunk=False)
        for was in old:
            likeness = _likeness(asked, before[was].source, after[now].source)
            if likeness >= _ALIKE:
                ranked.append((-likeness, abs(now - was), was, now))
    return ((was, now) for *_, was, now in sorted(ranked))


def _likeness(asked: SequenceMatcher[str], was: str, now: str) -> float:
    if max(len(was), len(now)) > _LONG:
        return SequenceMatcher(a=was.splitlines(), b=now.splitlines(), autojunk=False).ratio()
    asked.set_seq1(was)
    asked.set_seq2(now)
    quick = asked.real_quick_ratio() >= _ALIKE and asked.quick_ratio() >= _ALIKE
    return asked.ratio() if quick else 0.0


def _in_order(places: Sequence[int]) -> set[int]:
    """Return the most cells that stand in the same order as before: the longest ascending subsequence."""
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for place in places:
        at = bisect_left(ends, place)
        before[place] = ends[at - 1] if at else None
        ends[at : at + 1] = [place]
    found, place_ = set(), ends[-1] if ends else None
    while place_ is not None:
        found.add(place_)
        place_ = before[place_]
    return found
