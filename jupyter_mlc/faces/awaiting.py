"""Waiting for a call that another process carries out."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from jupyter_mlc.faces.called import Called, CallState
from jupyter_mlc.verbs.session import Progress

_LOOK = 0.2
"""seconds between two looks"""


def awaited(ask: Callable[[str], bytes], progress: Progress) -> Called:
    """How a call ended; Ctrl-C lets it end, the second time it only ends the waiting.

    Parameters
    ----------
    ask : callable
        Given ``GET`` or ``DELETE``, gives what is told of the call.
    progress : callable
        Shown how far it is.
    """
    try:
        return _ended(ask, progress)
    except KeyboardInterrupt:
        ask("DELETE")
        return _ended(ask, progress)


def _ended(ask: Callable[[str], bytes], progress: Progress) -> Called:
    while (found := msgspec.json.decode(ask("GET"), type=Called)).state is CallState.RUNNING:
        progress(found.done, found.total, found.text)
        time.sleep(_LOOK)
    return found
