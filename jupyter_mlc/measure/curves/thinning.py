"""A line of many points drawn with few, so that nobody sees a difference."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST = 200
"""points of a line: more than a chart in a notebook has pixels to tell apart"""
_UNSEEN = 1e-9
"""a distance, in parts of the chart, that is left out"""


def thinned(x: NDArray[np.float64], y: NDArray[np.float64], most: int = MOST) -> NDArray[np.intp]:
    """Return the positions of the points to draw, ascending, the first and the last among them.

    After Douglas and Peucker (1973): the point farthest from the line drawn so far is added, until there are enough,
    or until all lie on the line.

    Parameters
    ----------
    x, y : arrays of shape (n,)
        The line's points, in order.
    most : int
        How many points at most, two or more.
    """
    import numpy as np

    if not len(x):
        return np.zeros(0, np.intp)
    points = np.column_stack([_scaled(x), _scaled(y)])
    kept = {0, len(points) - 1}
    waiting = [_farthest(points, 0, len(points) - 1)]
    while waiting and len(kept) < most:
        negative, place, start, end = heapq.heappop(waiting)
        if -negative <= _UNSEEN:
            break
        kept.add(place)
        heapq.heappush(waiting, _farthest(points, start, place))
        heapq.heappush(waiting, _farthest(points, place, end))
    return np.array(sorted(kept), np.intp)


def _farthest(points: NDArray[np.float64], start: int, end: int) -> tuple[float, int, int, int]:
    """Return minus the distance of the point farthest from the line between two, its position, and theirs."""
    import numpy as np

    inner = points[start + 1 : end] - points[start]
    if not len(inner):
        return 0.0, start, start, end
    along = points[end] - points[start]
    length = float(np.hypot(*along))
    if length:
        distances = np.abs(inner[:, 0] * along[1] - inner[:, 1] * along[0]) / length
    else:
        distances = np.hypot(inner[:, 0], inner[:, 1])
    place = int(distances.argmax())
    return -float(distances[place]), start + 1 + place, start, end


def _scaled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return values from 0 to 1, as they lie on a chart's axis."""
    import numpy as np

    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low) if high > low else np.zeros(len(values))
