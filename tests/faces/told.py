"""A shell in which lines are typed, and what came of a cell."""

from __future__ import annotations

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

LOAD = "%load_ext jupyter_mlc"


class Told:
    """What a cell did: its value, what was shown, what was raised."""

    def __init__(self, shell: InteractiveShell, cell: str) -> None:
        with capture_output() as shown:
            self.result = shell.run_cell(cell, store_history=True)  # type: ignore[no-untyped-call]
        self.value = self.result.result
        self.shown = shown.stdout
        self.trouble = shown.stderr
        self.outputs = shown.outputs
        self.error = self.result.error_in_exec
