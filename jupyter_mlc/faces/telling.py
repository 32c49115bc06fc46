"""What a person must know of a reply is said once: with the reply where it is shown, else when the cell has ended."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from jupyter_mlc.faces.spelling import shell

if TYPE_CHECKING:
    from jupyter_mlc.verbs.base import Reply

Tell: TypeAlias = "Callable[[Sequence[str], Reply | None], None]"
"""takes warnings, and the reply that tells them too where somebody shows it"""


class Untold:
    """Warnings that wait for the end of the cell: who writes ``v = mlc.register(...)``, or a loop, sees no reply."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Sequence[str], Reply | None]] = []
        self._lock = threading.Lock()

    def add(self, warnings: Sequence[str], reply: Reply | None) -> None:
        """Take note of what has to be said."""
        if warnings:
            with self._lock:
                self._waiting.append((warnings, reply))

    def shown(self, reply: Reply) -> None:
        """Take note that somebody sees the reply, and in it the warnings."""
        with self._lock:
            self._waiting = [(warnings, other) for warnings, other in self._waiting if other is not reply]

    def taken(self) -> tuple[str, ...]:
        """Give what nobody has seen, each of it once; from now on it is said."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        return tuple(dict.fromkeys(warning for warnings, _ in waiting for warning in warnings))


def printed(reply: Reply) -> None:
    """Take note, in a notebook, that a reply is printed."""
    here = shell()
    magics = here.magics_manager.registry.get("MlcMagics") if here is not None else None
    if magics is not None:
        magics.untold.shown(reply)
