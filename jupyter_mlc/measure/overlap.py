"""Rows that two datasets share: a model is not judged by rows that it was trained on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import BadInput

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """How many rows of two datasets are the same."""

    first_rows: int
    second_rows: int
    shared: int
    """rows that can be paired, each with one of the other dataset: a row that is there twice in one and three times in
    the other counts twice"""
    first_seen: int
    """rows of the first dataset that occur in the second, however often"""
    second_seen: int
    """rows of the second dataset that occur in the first, however often"""

    @property
    def first_share(self) -> float:
        """Of the first dataset's rows, the share that occurs in the second; 0 where it has none."""
        return self.first_seen / self.first_rows if self.first_rows else 0.0

    @property
    def second_share(self) -> float:
        """Of the second dataset's rows, the share that occurs in the first; 0 where it has none."""
        return self.second_seen / self.second_rows if self.second_rows else 0.0


def overlap(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> Overlap:
    """Count the rows that two datasets share, by the digests of their rows.

    Parameters
    ----------
    first, second : arrays of uint64, shape (rows,)
        One digest a row, in any order. Two different rows have the same one by chance in a pair of 2**64.

    Raises
    ------
    BadInput
        Where an array is not of such digests.
    """
    import numpy as np

    for name, digests in (("first", first), ("second", second)):
        if digests.dtype.kind != "u" or digests.dtype.itemsize != 8 or digests.ndim != 1:  # noqa: PLR2004 (64 bits)
            raise BadInput(
                f"the {name} dataset's row digests are {digests.dtype} of {digests.ndim} dimensions",
                hint="pass unsigned integers of 64 bits, one a row",
            )
    ours, our_counts = np.unique(first, return_counts=True)
    theirs, their_counts = np.unique(second, return_counts=True)
    _, at_ours, at_theirs = np.intersect1d(ours, theirs, assume_unique=True, return_indices=True)
    mine, other = our_counts[at_ours], their_counts[at_theirs]
    return Overlap(
        first_rows=len(first),
        second_rows=len(second),
        shared=int(np.minimum(mine, other).sum()),
        first_seen=int(mine.sum()),
        second_seen=int(other.sum()),
    )
