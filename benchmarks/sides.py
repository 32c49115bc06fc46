"""The sides of a comparison: helper processes, and taking turns between them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parent.parent
_QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false"}


class SideFailedError(Exception):
    """A helper process could not do what it was told; the message is its traceback."""


class Side:
    """One helper process, ready when it is made.

    Parameters
    ----------
    python : Path
        The interpreter that it runs in.
    subject : type
        What it makes and commands; a class of the benchmarks, made with the folder and the options.
    folder : Path
        Its working folder, and the home of its user.
    **options : object
        For the subject; plain data.
    """

    def __init__(self, python: Path, subject: type, folder: Path, **options: object) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder.parent / "log").mkdir(exist_ok=True)
        self._log = folder.parent / "log" / f"{folder.name}.txt"
        name = f"{subject.__module__}:{subject.__qualname__}"
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [python, "-m", "benchmarks.worker", name, folder, json.dumps(options)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=folder,
                env=environment(folder),
            )

    def __enter__(self) -> Self:
        self.hear()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def tell(self, command: str, **arguments: object) -> None:
        """Send a command; its answer is fetched by `hear`."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": command, "with": arguments}) + "\n")
        self._process.stdin.flush()

    def hear(self) -> Any:
        """The answer to the oldest command that was not answered yet.

        Raises
        ------
        SideFailedError
            Where the command raised, or the process died.
        """
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        answer = json.loads(line) if line else {"error": f"the process died; see {self._log}"}
        if "error" in answer:
            raise SideFailedError(answer["error"])
        return answer["value"]

    def ask(self, command: str, **arguments: object) -> Any:
        """Send a command and wait for its answer."""
        self.tell(command, **arguments)
        return self.hear()


@dataclass(kw_only=True)
class Bench:
    """What a row is handed: the two interpreters, a folder of its own, and how thorough to be."""

    ours: Path
    mlflow: Path
    folder: Path
    quick: bool = False
    _made: int = field(default=0, init=False)

    def count(self, full: int, quick: int) -> int:
        """How many of something."""
        return quick if self.quick else full

    def fresh_folder(self) -> Path:
        """A new folder of this row."""
        self._made += 1
        folder = self.folder / f"side-{self._made}"
        folder.mkdir(parents=True)
        return folder

    def us(self, subject: type, folder: Path | None = None, **options: object) -> Side:
        """A helper process in our virtual environment."""
        return Side(self.ours, subject, folder or self.fresh_folder(), **options)

    def them(self, subject: type, folder: Path | None = None, **options: object) -> Side:
        """A helper process in MLflow's."""
        return Side(self.mlflow, subject, folder or self.fresh_folder(), **options)


def environment(folder: Path) -> dict[str, str]:
    """The variables of a helper process: a home of its own, nothing sent to anybody, and bytecode as pip makes it."""
    not_ours = ("MLC_", "XDG_", "MLFLOW_", "JPY_", "PYTHONDONTWRITEBYTECODE")
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(not_ours)}
    return inherited | _QUIET | {"HOME": str(folder), "PYTHONPATH": str(ROOT), "GIT_CONFIG_GLOBAL": os.devnull}


def turns(rounds: int, *commands: Callable[[], float]) -> list[list[float]]:
    """What each command returns, in turn, so often; whatever else the machine does meets all of them alike.

    The first round warms up and is not counted.
    """
    rows = [[command() for command in commands] for _ in range(rounds + 1)]
    return [list(column) for column in zip(*rows[1:], strict=True)]


@contextmanager
def together(make: Callable[[], Side], count: int) -> Iterator[list[Side]]:
    """Several processes of one kind, all ready."""
    sides = [make() for _ in range(count)]
    with ExitStack() as stack:
        yield [stack.enter_context(side) for side in sides]


def at_once(sides: Sequence[Side], command: str, **arguments: object) -> list[Any]:
    """The same command to all of them at the same time; their answers."""
    for side in sides:
        side.tell(command, **arguments)
    return [side.hear() for side in sides]
