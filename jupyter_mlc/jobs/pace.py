"""How often something is worth doing again that takes the longer the more there is of it."""

from __future__ import annotations

import time
from collections.abc import Callable

_SHARE = 20
"""of the whole time, at most one part in so many goes into it"""


class Pace:
    """Does something when it is asked for, but no more often than is worth it.

    Parameters
    ----------
    do : callable
        What is done.
    every : float
        Seconds that lie between two times at least; more where doing it takes long.
    """

    def __init__(self, do: Callable[[], object], *, every: float) -> None:
        self._do = do
        self._every = every
        self._next = 0.0
        self._asked = False

    def ask(self) -> None:
        """It should be done."""
        self._asked = True

    def tick(self) -> None:
        """Do it if it was asked for and its time has come."""
        if self._asked and time.monotonic() >= self._next:
            self.do()

    def do(self) -> None:
        """Do it now; what fails remains asked for."""
        self._asked = False
        began = time.monotonic()
        try:
            self._do()
        except BaseException:
            self._asked = True
            raise
        finally:
            ended = time.monotonic()
            self._next = ended + max(self._every, _SHARE * (ended - began))
