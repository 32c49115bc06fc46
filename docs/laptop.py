"""Ana's laptop: the cells of a notebook run in a process, a folder, a registry and a time of their own.

What they answer comes out the same on every machine, but for what those who use this must allow for.
"""

from __future__ import annotations

import contextlib
import functools
import io
import json
import os
import platform
import pwd
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

if TYPE_CHECKING:
    from jupyter_mlc.verbs.base import Reply

ROOT = Path(__file__).resolve().parent.parent
REFUSED = "UsageError"
_MINUTE = 60 * 1_000_000
_HOURS = 340 * _MINUTE
"""from cell to cell where a story takes weeks"""
_START = 29_712_000 * _MINUTE
"""microseconds since 1970: a morning in June 2026"""

Answer = Mapping[str, str]
"""what a cell printed, with the text of its value (`text`), and its value as HTML (`html`)"""


def cell(source: str, name: str) -> dict[str, object]:
    """Return a cell of code as a notebook's file has it."""
    return {"cell_type": "code", "id": name, "source": source, "metadata": {}, "outputs": []}


def run(cells: Sequence[Mapping[str, object]], folder: Path, notebook: str) -> list[Answer]:
    """Run cells one after the other in a folder, where they are saved as a notebook; return what they answer.

    Raises
    ------
    SystemExit
        If a cell fails, unless it is refused as a usage error.
    """
    if not (folder / notebook).exists():
        whole = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        (folder / notebook).write_text(json.dumps(whole), "utf-8")
    home = folder.parent / "home"
    home.mkdir()
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "docs.laptop"],
        input=json.dumps(cells),
        cwd=folder,
        env=environment(home, notebook),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    told = done.stdout.replace(str(folder.parent.resolve()), "/home/ana")
    answers: list[Answer] = json.loads(told)
    return answers


def environment(home: Path, notebook: str) -> dict[str, str]:
    """Return what a process finds that runs a notebook: nothing of this machine's own settings gets in."""
    names = {"HOME": "", "XDG_DATA_HOME": "data", "XDG_CACHE_HOME": "cache", "IPYTHONDIR": "ipython"}
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("MLC_", "PAPERMILL_"))},
        **{name: str(home / below) for name, below in names.items()},
        "PYTHONPATH": str(ROOT),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "LOGNAME": "ana",
        "MLC_USER": "ana@laptop",
        "MLC_KEY": "a1" * 32,
        "JPY_SESSION_NAME": notebook,
        "COLUMNS": "120",
        "TZ": "UTC",
    }


def _run(cells: Sequence[Mapping[str, Any]]) -> Iterator[Answer]:
    from IPython.core.interactiveshell import InteractiveShell

    shell, clock = InteractiveShell.instance(colors="nocolor"), _Clock(7 * _MINUTE)
    with patch.object(shell.displayhook, "write_output_prompt", lambda: None), _time(clock), _machine():
        for each in cells:
            clock.next_cell()
            yield _answer(shell, each)


@dataclass(frozen=True, kw_only=True)
class Settled:
    """A kernel on Ana's laptop."""

    heard: dict[str, Any]
    """the last reply of each kind, by the name of its class"""
    leave_time: Callable[[], None]
    """lets sessions that are opened from now on go by the real clock"""


def settle(shell: Any) -> Settled:
    """Settle in a kernel for as long as it lives."""
    from jupyter_mlc.verbs.session import LocalSession

    clock, heard, answer = _Clock(_HOURS), dict[str, Any](), LocalSession.call

    def call(session: LocalSession, *asked: Any) -> Reply:
        reply = answer(session, *asked)
        heard[type(reply).__name__] = reply
        return reply

    time = contextlib.ExitStack()
    time.enter_context(_time(clock))
    for lasting in (_machine(), patch.object(LocalSession, "call", call)):
        contextlib.ExitStack().enter_context(lasting)
    shell.events.register("pre_run_cell", lambda _: clock.next_cell())
    return Settled(heard=heard, leave_time=time.close)


def _time(clock: Callable[[], int]) -> Any:
    """Let every session go by a clock."""
    from jupyter_mlc.verbs.session import LocalSession

    return patch.object(LocalSession, "__init__", functools.partialmethod(LocalSession.__init__, clock=clock))


@contextlib.contextmanager
def _machine() -> Iterator[None]:
    """A laptop without a past: those who read the answers do not know this machine."""
    kind, account = f"{platform.system()}-{platform.machine()}", SimpleNamespace(pw_name="ana")
    with (
        patch.object(platform, "node", lambda: "laptop"),
        patch.object(platform, "platform", lambda: kind),
        patch.object(pwd, "getpwuid", lambda _: account),
    ):
        yield


def _answer(shell: Any, each: Mapping[str, Any]) -> Answer:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        result = shell.run_cell("".join(each["source"]), store_history=True, cell_id=each["id"])
    error = result.error_before_exec or result.error_in_exec
    if error is not None and type(error).__name__ != REFUSED:
        raise SystemExit(said.getvalue())
    shown, _ = shell.display_formatter.format(result.result)
    return {"text": said.getvalue(), "html": shown.get("text/html", "")}


class _Clock:
    """A clock that goes on by seconds when somebody looks at it, and by so many microseconds from cell to cell."""

    def __init__(self, step: int) -> None:
        self.cell, self.looks, self.step = _START, 0, step

    def next_cell(self) -> None:
        self.cell, self.looks = self.cell + self.step, 0

    def __call__(self) -> int:
        self.looks += 1
        return self.cell + self.looks * _MINUTE // 60


if __name__ == "__main__":
    print(json.dumps(list(_run(json.load(sys.stdin)))))
