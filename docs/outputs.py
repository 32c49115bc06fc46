"""Write what commands answer under the blocks of code in README.md and docs/guide.md: ``make outputs``.

A block of text directly below a block of Python is its answer; blocks of Python without one are typed all the same.
Each page is typed into one shell, with a registry, a key and a clock of its own. A block may be refused only where the
page shows the refusal.

``python docs/outputs.py --check`` says whether the pages show what comes out now, but for what `LOOSE` says.
"""

from __future__ import annotations

import contextlib
import functools
import io
import json
import os
import platform
import pwd
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parent.parent
PAGES = (ROOT / "README.md", ROOT / "docs" / "guide.md")
BLOCK = re.compile(r"^```python\n(?P<code>.*?)^```\n(?:\n```text\n(?P<answer>.*?)^```\n)?", re.MULTILINE | re.DOTALL)
MOST_LINES = 22
"""of an answer; the rest is cut off, and dots say so"""
REFUSED = "UsageError"
LOOSE = (
    (r"^(environment|parameters) .*?(?=^\w|\Z)", r"\1 SOME\n"),
    (r"\b(\d+) parameters\b", "N parameters"),
    (r"\block of \d+ packages\b", "lock of N packages"),
    (r"\bPython 3[.\d]+\w*", "Python 3"),
    (r"\b\d+(\.\d+)? (s|ms|kB|MB)\b", r"N \2"),
    (r"\b(sha256:|lock |notebook )[0-9a-f]{4,}\b", r"\1DIGEST"),
    (r"\s+", " "),
)
"""what differs from machine to machine or from release to release of other packages, and what to take it for"""
MINUTE = 60 * 1_000_000
START = 29_712_000 * MINUTE
"""microseconds since 1970: a morning in June 2026"""


def main(arguments: list[str]) -> int:
    """Write the pages anew, or with ``--check`` name those that are stale."""
    stale = [(page, new) for page in PAGES if (new := with_answers(page.read_text("utf-8"))) != page.read_text("utf-8")]
    for page, new in stale:
        if "--check" in arguments:
            print(f"{page.relative_to(ROOT)} does not show what comes out now; type: make outputs", file=sys.stderr)
        else:
            page.write_text(new, "utf-8")
    return 1 if stale and "--check" in arguments else 0


def with_answers(text: str) -> str:
    """Return a page with what its blocks answer now; the page itself where its answers differ loosely at most."""
    answers = iter(typed(block["code"] for block in BLOCK.finditer(text)))
    new = BLOCK.sub(lambda block: _with_answer(block, next(answers)), text)
    return text if shown(new) == shown(text) else new


def shown(text: str) -> list[str]:
    """Return the answers on a page, without what may differ."""
    return [settled(block["answer"]) for block in BLOCK.finditer(text) if block["answer"] is not None]


def _with_answer(block: re.Match[str], answer: str) -> str:
    if REFUSED in answer and REFUSED not in (block["answer"] or ""):
        raise SystemExit(f"{block['code']}\nis answered by\n\n{answer}")
    if block["answer"] is None:
        return block[0]
    return f"```python\n{block['code']}```\n\n```text\n{_cut(answer)}```\n"


def _cut(answer: str) -> str:
    lines = [line.rstrip() for line in answer.strip("\n").split("\n")]
    return "\n".join(lines if len(lines) <= MOST_LINES else [*lines[: MOST_LINES - 1], "..."]) + "\n"


def settled(answer: str) -> str:
    """Return an answer without what may differ."""
    for pattern, instead in LOOSE:
        answer = re.sub(pattern, instead, answer, flags=re.MULTILINE | re.DOTALL)
    return answer


def typed(blocks: Iterable[str]) -> list[str]:
    """Type blocks into a shell in a process and a folder of their own, and return what they answer."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "home").mkdir()
        done = subprocess.run(
            [sys.executable, "-W", "error", __file__, "--type"],
            input=json.dumps(list(blocks)),
            cwd=folder,
            env=_environment(Path(folder)),
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    answers: list[str] = json.loads(done.stdout)
    return [answer.replace(str(Path(folder).resolve()), "/home/ana/flowers") for answer in answers]


def _environment(folder: Path) -> dict[str, str]:
    """Ana's laptop: nothing of this machine's own settings gets in."""
    home = folder / "home"
    names = {"HOME": "", "XDG_DATA_HOME": "data", "XDG_CACHE_HOME": "cache", "IPYTHONDIR": "ipython"}
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("MLC_", "PAPERMILL_"))},
        **{name: str(home / below) for name, below in names.items()},
        "PYTHONPATH": str(ROOT),
        "LOGNAME": "ana",
        "MLC_USER": "ana@laptop",
        "MLC_KEY": "a1" * 32,
        "JPY_SESSION_NAME": "iris.ipynb",
        "COLUMNS": "120",
        "TZ": "UTC",
    }


def _type(blocks: list[str]) -> Iterator[str]:
    """Run the blocks as the cells of a notebook that is saved as iris.ipynb."""
    from IPython.core.interactiveshell import InteractiveShell

    from jupyter_mlc.verbs.session import LocalSession

    cells = [
        {"cell_type": "code", "id": f"block-{number}", "source": block, "metadata": {}, "outputs": []}
        for number, block in enumerate(blocks)
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    Path("iris.ipynb").write_text(json.dumps(notebook), "utf-8")
    shell, clock = InteractiveShell.instance(colors="nocolor"), _Clock()
    own_clock = functools.partialmethod(LocalSession.__init__, clock=clock)
    with (
        patch.object(shell.displayhook, "write_output_prompt", lambda: None),
        patch.object(LocalSession, "__init__", own_clock),
        _machine(),
    ):
        for cell in cells:
            clock.next_cell()
            yield _answer(shell, cell)


@contextlib.contextmanager
def _machine() -> Iterator[None]:
    """A machine without a name of its own: those who read the pages do not know this one."""
    kind, account = f"{platform.system()}-{platform.machine()}", SimpleNamespace(pw_name="ana")
    with (
        patch.object(platform, "node", lambda: "laptop"),
        patch.object(platform, "platform", lambda: kind),
        patch.object(pwd, "getpwuid", lambda _: account),
    ):
        yield


def _answer(shell: Any, cell: Mapping[str, Any]) -> str:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        result = shell.run_cell(cell["source"], store_history=True, cell_id=cell["id"])
    error = result.error_before_exec or result.error_in_exec
    if error is not None and type(error).__name__ != REFUSED:
        raise SystemExit(said.getvalue())
    return said.getvalue()


class _Clock:
    """A clock that goes on by seconds when somebody looks at it, and by minutes from cell to cell."""

    def __init__(self) -> None:
        self.cell, self.looks = START, 0

    def next_cell(self) -> None:
        self.cell, self.looks = self.cell + 7 * MINUTE, 0

    def __call__(self) -> int:
        self.looks += 1
        return self.cell + self.looks * MINUTE // 60


if __name__ == "__main__":
    if sys.argv[1:] == ["--type"]:
        print(json.dumps(list(_type(json.load(sys.stdin)))))
    else:
        sys.exit(main(sys.argv[1:]))
