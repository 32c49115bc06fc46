"""An execution without a kernel gives way to one in a kernel when a cell turns out to need it.

What a source does not show, as where a helper module makes a widget, is seen when the first comm is opened. Whoever
asked for `direct` by name gets it: widgets keep their state there too, and nobody answers them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlc.jobs.preparing import registers
from jupyter_mlc.jobs.spec import Exit
from jupyter_mlc.jobs.watching import Stop

if TYPE_CHECKING:
    from jupyter_mlc.jobs.client import Client
    from jupyter_mlc.jobs.ending import Ending
    from jupyter_mlc.jobs.watching import Watch

_STOP = Stop(exit=Exit.CANCELLED, message="it begins once more in a kernel", at_once=True)


class NeedsAKernelError(Exception):
    """It is to begin once more in a kernel; the message says why."""


class Yielding:
    """Looks whether a comm was opened.

    What has registered a version is not begun again, which would register it twice: it goes on as it is, and says so.
    """

    def __init__(self, client: Client, watch: Watch) -> None:
        self._client, self._watch = client, watch

    def tick(self) -> None:
        """End it at the first comm."""
        if self._is_to_yield() and self._watch.asked is None:
            self._watch.asked = _STOP

    def ended(self, ending: Ending) -> tuple[str, ...]:
        """What is to be said of an execution that went on; raises NeedsAKernelError where it is to begin again."""
        cell = self._opened
        if cell is None:
            return ()
        by_itself = ending.exit in {Exit.SUCCEEDED, Exit.CELL_FAILED}
        if self._is_to_yield() and (by_itself or self._watch.asked is _STOP):
            raise NeedsAKernelError(f"cell {cell + 1} opened a comm, as widgets do; what had run until then ran twice")
        return (f"cell {cell + 1} opened a comm, which nobody answered; to answer it: --engine kernel",)

    @property
    def _opened(self) -> int | None:
        return getattr(self._client, "comm_in", None)

    def _is_to_yield(self) -> bool:
        return self._opened is not None and not any(
            registers(self._client.nb.cells[place]) for place in self._client.begun
        )
