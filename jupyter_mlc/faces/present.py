"""Whether somebody sits in front of a shell."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def somebody_is_there(shell: InteractiveShell) -> bool:
    """Whether a person can be asked: not where papermill, nbconvert or a pipe runs the notebook."""
    kernel = getattr(shell, "kernel", None)
    if kernel is not None:
        return bool(getattr(kernel, "_allow_stdin", False))
    return sys.stdin is not None and sys.stdin.isatty()
