"""On which executions a model may depend: walking back from the cell that registers it.

The answer errs on the side of depending: what cannot be told counts as needed. It is about names, not objects, so two
names of one object are taken for two objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from jupyter_mlc.capture.notebook.cells import Execution
from jupyter_mlc.capture.notebook.names import READERS, SHOWERS, Names, names_of


@dataclass(frozen=True, kw_only=True)
class Needed:
    """What the walk found."""

    executions: tuple[Execution, ...]
    """oldest first"""
    names: frozenset[str]
    """every name that was wanted on the way"""


def needed(executions: Sequence[Execution], wanted: Iterable[str] | None) -> Needed:
    """Return the executions on which the wanted names may depend; None wants everything."""
    if wanted is None:
        return Needed(executions=tuple(executions), names=frozenset().union(*(_bound(one) for one in executions)))
    read = [names_of(one.source) for one in executions]
    bodies, imports = _bodies(read), _imports(read)
    live = _with_bodies(set(wanted), bodies)
    seen, chosen = set(live), []
    redone: dict[str, Names] = {}
    for one, names in zip(reversed(executions), reversed(read), strict=True):
        needs = touched(names, imports) & live
        if not names.doubtful and (not needs or needs <= _anew(names, redone.get(one.cell))):
            continue
        chosen.append(one)
        if one.cell and one.ok is not False:
            redone[one.cell] = names
        if one.ok is not False and not names.doubtful:
            live -= names.rebinds
        live |= _with_bodies(set(names.uses), bodies)
        seen |= live
    return Needed(executions=tuple(reversed(chosen)), names=frozenset(seen))


def touched(names: Names, imports: Mapping[str, str]) -> frozenset[str]:
    """Return the names whose value may be another after the cell."""
    gentle = {name for name, package in imports.items() if package in READERS}
    for_the_eye = {name for name, package in imports.items() if package in SHOWERS}
    passed = {name for function, name in names.passed if function not in gentle}
    return names.binds | (names.changes - for_the_eye) | (names.reached - gentle) | passed


def _anew(names: Names, later: Names | None) -> frozenset[str]:
    """Return the names for which a later run of the same cell stands in: set where they were, or handed to calls again.

    What it changed in place may have added up, so that counts.
    """
    if later is None:
        return frozenset()
    handed = {name for _, name in names.passed} & {name for _, name in later.passed}
    perhaps = (names.binds - names.rebinds) & (later.binds - later.uses)
    return (perhaps | (handed - names.binds)) - names.changes - names.reached


def conflict(one: Names, other: Names, imports: Mapping[str, str]) -> bool:
    """Tell whether the order of two cells may matter."""
    if one.doubtful or other.doubtful:
        return True
    first, second = touched(one, imports), touched(other, imports)
    return bool(first & (second | other.uses) or second & one.uses)


def imports_of(executions: Iterable[Execution]) -> dict[str, str]:
    """Return which names are imported, and from which package."""
    return _imports([names_of(one.source) for one in executions])


def _bound(execution: Execution) -> frozenset[str]:
    return names_of(execution.source).binds


def _imports(read: Iterable[Names]) -> dict[str, str]:
    return {name: package for names in read for name, package in names.imports.items()}


def _bodies(read: Iterable[Names]) -> dict[str, set[str]]:
    """Return, for each function and class, the global names that it uses when it is called: looked up only then."""
    bodies: dict[str, set[str]] = {}
    for names in read:
        for function, inner in names.inside.items():
            bodies.setdefault(function, set()).update(inner)
    return bodies


def _with_bodies(names: set[str], bodies: Mapping[str, set[str]]) -> set[str]:
    found, left = set(names), list(names)
    while left:
        new = bodies.get(left.pop(), set()) - found
        found |= new
        left.extend(new)
    return found
