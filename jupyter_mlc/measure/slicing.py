"""Rows parted by what columns hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.measure.arrays import as_array, missing, same_rows
from jupyter_mlc.measure.bins import binned, quantile_edges

if TYPE_CHECKING:
    import numpy as np  # noqa: TC004 (nobody evaluates these hints)
    from numpy.typing import NDArray  # noqa: TC004 (nobody evaluates these hints)

_DIGITS = range(4, 18)
"""significant digits of an edge: as few as tell the edges apart; 17 tell any two floats apart"""


class Kind(StrEnum):
    """What the rows of a slice have in common."""

    VALUE = "value"
    RANGE = "range"
    OTHERS = "others"
    """values too rare for a slice of their own"""
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One slice's name."""

    label: str
    kind: Kind


@dataclass(frozen=True, kw_only=True, eq=False)
class Slicing:
    """Rows parted by a column: every row is in one part."""

    column: str
    parts: tuple[Part, ...]
    places: NDArray[np.intp]
    """shape (n,): each row's part"""


def slicing(name: str, values: object, *, most: int = 10, bins: int = 4) -> Slicing:
    """Part rows by a column.

    Numbers and times of more than `most` distinct values are binned by quantiles; of other columns the `most` frequent
    values are parts, the largest first, and the rest is one. Missing values are a part of their own, the last.

    Parameters
    ----------
    name : str
        The column's.
    values : array of shape (n,)
        What it holds, row by row.
    most : int
        Values that get a part of their own.
    bins : int
        Bins for numbers and times.

    Raises
    ------
    BadInput
        Where the column is not one value a row, or a value cannot be compared.
    """
    import numpy as np

    if most < 1 or bins < 1:
        raise BadInput(f"column {name!r} cannot be parted into less than one slice", hint="ask for one or more")
    array = as_array(values, f"column {name!r}")
    if array.ndim != 1:
        raise BadInput(f"column {name!r}: one value a row is needed", hint="pass one column")
    gone = missing(array)
    parts, there = _parts(name, array[~gone], most, bins)
    places = np.full(len(array), len(parts))
    places[~gone] = there
    if gone.any():
        parts.append(Part(label="missing", kind=Kind.MISSING))
    return Slicing(column=name, parts=tuple(parts), places=places)


def crossed(slicings: Sequence[Slicing], *, most: int = 20) -> Slicing:
    """Part rows by several columns together: the `most` frequent combinations, the largest first, then the rest."""
    import numpy as np

    for other in slicings[1:]:
        same_rows(other.places, f"column {other.column!r}", len(slicings[0].places))
    found, places, counts = np.unique(
        np.stack([each.places for each in slicings]), axis=1, return_inverse=True, return_counts=True
    )
    order = np.argsort(-counts, kind="stable")
    labels = [
        ", ".join(each.parts[place].label for each, place in zip(slicings, combination, strict=True))
        for combination in found.T[order].tolist()
    ]
    ranks = np.argsort(order)[places.reshape(-1)]
    return Slicing(
        column=" x ".join(each.column for each in slicings),
        parts=tuple(_largest(labels, most)),
        places=np.minimum(ranks, most),
    )


def _parts(name: str, values: NDArray[Any], most: int, bins: int) -> tuple[list[Part], NDArray[np.intp]]:
    """Return the parts of a column without holes, and each value's."""
    import numpy as np

    ordered = values.dtype.kind in "iufM"
    if ordered and len(np.unique(values)) > most:
        edges = quantile_edges(values, bins)
        return [Part(label=label, kind=Kind.RANGE) for label in _ranges(edges)], binned(values, edges)
    held = values.tolist()
    try:
        counts = Counter(held)
    except TypeError:
        raise BadInput(f"column {name!r}: its values cannot part rows", hint="use words, numbers or times") from None
    by_size = sorted(counts, key=lambda value: (-counts[value], _label(value)))
    named = sorted(counts) if ordered else by_size
    places = {value: place for place, value in enumerate(named)}
    found = np.fromiter((min(places[value], most) for value in held), np.intp, len(held))
    return _largest([_label(value) for value in named], most), found


def _largest(labels: list[str], most: int) -> list[Part]:
    """Return a part for each of the first labels, and one for the rest."""
    parts = [Part(label=label, kind=Kind.VALUE) for label in labels[:most]]
    rest = len(labels) - most
    if rest > 0:
        parts.append(Part(label=f"{rest} other{'s' if rest > 1 else ''}", kind=Kind.OTHERS))
    return parts


def _label(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _ranges(edges: NDArray[Any]) -> list[str]:
    """Return ``[1, 5)``, ``[5, 9]`` for edges 1, 5, 9."""
    *starts, last = _edge_words(edges)
    open_ones = [f"[{low}, {high})" for low, high in pairwise(starts)]
    return [*open_ones, last if starts[-1] == last else f"[{starts[-1]}, {last}]"]


def _edge_words(edges: NDArray[Any]) -> list[str]:
    import numpy as np

    distinct = len(np.unique(edges))
    if edges.dtype.kind == "M":
        days = edges.astype("datetime64[D]")
        told = days if len(np.unique(days)) == distinct else edges.astype("datetime64[us]")
        return [str(edge) for edge in told]
    if edges.dtype.kind in "iu":
        return [str(edge) for edge in edges.tolist()]
    tried = ([f"{edge:.{digits}g}" for edge in edges.tolist()] for digits in _DIGITS)
    return next(words for words in tried if len(set(words)) == distinct)
