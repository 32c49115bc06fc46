"""A process that stays warm: it makes one subject, and answers commands with what its methods return.

``python -m benchmarks.worker MODULE:CLASS FOLDER OPTIONS`` runs in either virtual environment. Commands and answers are
lines of JSON on stdin and stdout; whatever else is printed goes to stderr.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO


def main(subject: str, folder: str, options: str) -> None:
    """Answer commands until there are no more."""
    answers = _private_stdout()
    module, _, name = subject.partition(":")
    made: list[Any] = []
    _answer(
        answers,
        lambda: made.append(getattr(importlib.import_module(module), name)(Path(folder), **json.loads(options))),
    )
    for line in sys.stdin:
        asked = json.loads(line)
        _answer(answers, lambda: getattr(made[0], asked["do"])(**asked["with"]))  # noqa: B023 (called at once)


def _private_stdout() -> TextIO:
    """Standard output for answers alone: what libraries print there goes to stderr."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def _answer(answers: TextIO, command: Callable[[], object]) -> None:
    try:
        said = {"value": command()}
    except Exception:  # noqa: BLE001 (whatever it is, the other process tells it)
        said = {"error": traceback.format_exc()}
    answers.write(json.dumps(said) + "\n")
    answers.flush()


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main(*sys.argv[1:])
