"""Bins that hold about as many rows each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def quantile_edges(values: NDArray[Any], bins: int) -> NDArray[Any]:
    """Return the edges of at most `bins` bins, ascending, each of them a value that occurs.

    A bin reaches from its lower edge to below its upper one. The last includes both, which are the same where it holds
    one value alone. A value that would fill a bin or more has one to itself.

    Parameters
    ----------
    values : array of shape (n,)
        Numbers or times, none missing, at least one.
    bins : int
        How many at most; there are fewer where values repeat.
    """
    import numpy as np

    ordered = np.sort(values)
    starts = ordered[np.arange(bins) * len(ordered) // bins]
    filling = starts[1:][starts[1:] == starts[:-1]]
    behind = np.searchsorted(ordered, filling, side="right").clip(max=len(ordered) - 1)
    return np.concatenate([np.unique(np.concatenate([starts, ordered[behind]])), ordered[-1:]])


def binned(values: NDArray[Any], edges: NDArray[Any]) -> NDArray[np.intp]:
    """Return each value's bin, counted from 0, shape (n,)."""
    import numpy as np

    found: NDArray[np.intp] = np.searchsorted(edges[1:-1], values, side="right")
    return found
