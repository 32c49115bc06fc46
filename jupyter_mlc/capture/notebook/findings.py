"""Where the notebook no longer tells what made the model: cells edited, deleted, out of order, failed or never run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from jupyter_mlc.capture.notebook.dependence import Needed, conflict, imports_of, needed, touched
from jupyter_mlc.capture.notebook.names import names_of
from jupyter_mlc.capture.notebook.plain import meaning

if TYPE_CHECKING:
    from jupyter_mlc.capture.notebook.cells import Execution


class Kind(StrEnum):
    """What may be wrong with a cell."""

    EDITED = "edited"
    DELETED = "deleted"
    DISORDERED = "out of order"
    FAILED = "failed"
    SKIPPED = "never run"


@dataclass(frozen=True, kw_only=True)
class CodeCell:
    """One code cell of the saved notebook."""

    id: str
    source: str
    number: int
    """its place among all cells, from 1"""


@dataclass(frozen=True, kw_only=True)
class Document:
    """The saved notebook as far as the comparison needs it."""

    cells: tuple[CodeCell, ...]
    saved: int
    """nanoseconds since 1970; what ran later cannot be held against it"""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One doubt about one execution."""

    kind: Kind
    cell: str
    count: int
    text: str
    registering: bool = False
    """whether it is about the place of the cell that registers, which runs anew each time that it is told"""

    @property
    def key(self) -> tuple[Kind, str, int | str]:
        """What makes it the same finding when it is met again."""
        return self.kind, self.cell, self.text if self.registering else self.count


class Warned:
    """What was already said in this kernel: a finding warns once, a repeat is a note."""

    def __init__(self) -> None:
        self._said: set[tuple[Kind, str, int | str]] = set()

    def sort(self, findings: Iterable[Finding]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the texts of what warns now, and of what is only worth a note."""
        warn: list[str] = []
        note: list[str] = []
        for finding in findings:
            quiet = finding.kind is Kind.SKIPPED or finding.key in self._said
            (note if quiet else warn).append(finding.text)
            self._said.add(finding.key)
        return tuple(warn), tuple(note)


def find(
    executions: Sequence[Execution],
    document: Document | None,
    wanted: Iterable[str] | None,
    clean: Callable[[str], str] = str,
) -> tuple[Finding, ...]:
    """Compare what ran with what the notebook says, as far as the wanted names may depend on it.

    Parameters
    ----------
    executions : sequence of Execution
        Oldest first; the registering cell, if any, is the last.
    document : Document or None
        The saved notebook; without one only failures can be told.
    wanted : iterable of str or None
        The names that the model is made of; None where they are not known, and everything counts.
    clean : callable
        Takes secrets out of source before any of it is quoted.
    """
    walk = needed(executions, wanted)
    comparison = _Comparison(executions, walk, document, clean)
    found = {(finding.kind, finding.cell): finding for finding in comparison.findings()}
    return tuple(sorted(found.values(), key=lambda finding: (finding.kind is Kind.SKIPPED, finding.count)))


def lagging(executions: Iterable[Execution], document: Document) -> int:
    """Return how many cells that ran differ from the notebook only because it was not saved since."""
    saved = {cell.source.strip() for cell in document.cells}
    newer = {_identity(one): one for one in executions if one.began > document.saved}
    return sum(one.source.strip() not in saved for one in newer.values() if one.ok is not None)


class _Comparison:
    """The executions that matter, laid beside the notebook."""

    def __init__(
        self,
        executions: Sequence[Execution],
        walk: Needed,
        document: Document | None,
        clean: Callable[[str], str],
    ) -> None:
        self._all = executions
        self._walk = walk
        self._cells = document.cells if document else ()
        self._saved = document.saved if document else 0
        self._clean = clean
        self._imports = imports_of(executions)
        self._by_id = {cell.id: cell for cell in self._cells if cell.id}
        self._by_source = {cell.source.strip(): cell for cell in reversed(self._cells)}
        self._succeeded = {_identity(one): one.count for one in executions if one.ok}

    def findings(self) -> Iterator[Finding]:
        for one in self._walk.executions:
            if self._succeeded.get(_identity(one), 0) > one.count and one.ok is False:
                continue
            yield from self._about(one)
        yield from self._disordered()
        yield from self._skipped()

    def _about(self, one: Execution) -> Iterator[Finding]:
        cell = self._cell(one)
        if one.ok is False:
            yield self._finding(Kind.FAILED, one, f"{self._name(one)} failed when it ran")
        if one.began > self._saved:
            return
        if cell is None:
            yield self._finding(Kind.DELETED, one, f"{self._name(one)} {self._lost(one)}")
        elif cell.source.strip() != one.source.strip() and meaning(cell.source) != meaning(one.source):
            yield self._finding(Kind.EDITED, one, f"{self._name(one)} {self._edited(one)}")

    def _disordered(self) -> Iterator[Finding]:
        """Yield what ran after a cell that stands below it, where the order may matter."""
        ran: list[tuple[CodeCell, Execution]] = []
        for one in self._walk_and_last():
            cell = self._cell(one)
            if cell is None:
                continue
            below = [other for place, other in ran if place.number > cell.number]
            clash = next((other for other in reversed(below) if self._clash(one, other)), None)
            if clash:
                text = f"{self._name(one)} ran after {self._name(clash)}, which stands below it"
                yield self._finding(Kind.DISORDERED, one, text)
            ran.append((cell, one))

    def _skipped(self) -> Iterator[Finding]:
        """Yield cells above the last one that would change what the model is made of, and never ran."""
        last = self._cell(self._all[-1]) if self._all else None
        ids, sources = {one.cell for one in self._all}, {one.source.strip() for one in self._all}
        for cell in self._cells:
            if last is None or cell.number >= last.number:
                return
            if (cell.id not in ids or not cell.id) and cell.source.strip() not in sources and self._matters(cell):
                text = f"cell {cell.number}{self._quoted(cell.source)} stands above but never ran"
                yield Finding(kind=Kind.SKIPPED, cell=cell.id or str(cell.number), count=0, text=text)

    def _walk_and_last(self) -> Sequence[Execution]:
        last = self._all[-1:]
        return self._walk.executions if self._walk.executions[-1:] == last else (*self._walk.executions, *last)

    def _clash(self, one: Execution, below: Execution) -> bool:
        """Tell whether a cell that ran too early matters; run again since then, it no longer does."""
        again = self._succeeded.get(_identity(below), 0) > one.count
        return not again and conflict(names_of(one.source), names_of(below.source), self._imports)

    def _matters(self, cell: CodeCell) -> bool:
        names = names_of(cell.source)
        return bool(touched(names, self._imports) & self._walk.names) or (names.doubtful and bool(cell.source.strip()))

    def _cell(self, one: Execution) -> CodeCell | None:
        return self._by_id.get(one.cell) or self._by_source.get(one.source.strip())

    def _edited(self, one: Execution) -> str:
        again = self._succeeded.get(one.cell, 0) > one.count
        return "was edited and ran again, over what it left behind" if again else "was edited after it ran"

    def _lost(self, one: Execution) -> str:
        known = one.cell and any(other.cell in self._by_id for other in self._all)
        return "was deleted after it ran" if known else "was edited or deleted after it ran"

    def _name(self, one: Execution) -> str:
        cell = self._cell(one)
        return f"cell {cell.number if cell else f'[{one.count}]'}{self._quoted(one.source)}"

    def _quoted(self, source: str) -> str:
        lines = [line.strip() for line in self._clean(source).splitlines() if line.strip()]
        return f" ({lines[0][:40].rstrip()}{'...' if len(lines) > 1 or len(lines[0]) > 40 else ''})" if lines else ""  # noqa: PLR2004

    def _finding(self, kind: Kind, one: Execution, text: str) -> Finding:
        cell = self._cell(one)
        return Finding(
            kind=kind,
            cell=one.cell or (cell.id if cell else "") or str(one.count),
            count=one.count,
            text=text,
            registering=kind is Kind.DISORDERED and one is self._all[-1],
        )


def _identity(one: Execution) -> str:
    return one.cell or one.source.strip()
