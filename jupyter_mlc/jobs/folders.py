"""Where a job's files lie: activity beside the registry, which may be cleared away when the job has ended."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlc.capture.process import here, is_gone, is_running
from jupyter_mlc.domain.errors import Damaged, NotFound
from jupyter_mlc.jobs import files
from jupyter_mlc.jobs.spec import Exit, Outcome, Progress
from jupyter_mlc.store import disk
from jupyter_mlc.store.home import cache_folder

if TYPE_CHECKING:
    from jupyter_mlc.store.places import PlaceOfRegistry


_NOBODY = "nobody"


def root_of(place: PlaceOfRegistry, uuid: str) -> Path:
    """The folder of all jobs of a registry: in it where it is a folder, else in this user's cache."""
    return place.folder / "jobs" if place.folder is not None else cache_folder() / "jobs" / uuid


@dataclass(frozen=True, kw_only=True)
class JobFolder:
    """The files of one job."""

    path: Path

    @classmethod
    def of(cls, place: PlaceOfRegistry, uuid: str, number: int) -> JobFolder:
        """The folder of ``job/NUMBER``, whether or not it is there."""
        return cls(path=root_of(place, uuid) / str(number))

    @property
    def work(self) -> Path:
        """What the executed notebook does not need any more."""
        return self.path / ".work"

    @property
    def source(self) -> Path:
        """The notebook as it is executed."""
        return self.work / "source.ipynb"

    @property
    def status(self) -> Path:
        """How far the execution is, or how it ended."""
        return self.work / "status.json"

    @property
    def cancel(self) -> Path:
        """Whoever makes this file wants the job to end."""
        return self.work / "cancel"

    @property
    def said(self) -> Path:
        """What a process says that executes it in the background."""
        return self.work / "supervisor.log"

    @property
    def _owner(self) -> Path:
        return self.work / "owner"

    def output(self, name: str) -> Path:
        """The executed notebook, under the name of the one that it was."""
        stem = Path(name).name.removesuffix(".ipynb") or "notebook"
        return self.path / f"{stem}.ipynb"

    def executed(self) -> Path | None:
        """The executed notebook, where there is one by now."""
        with suppress(OSError):
            return next(iter(sorted(self.path.glob("*.ipynb"))), None)
        return None

    def make(self, notebook: bytes) -> None:
        """Make the folder, with the notebook in it.

        Raises
        ------
        Unavailable
            Where it cannot be written.
        """
        with disk.refusals(f"make {self.path}"):
            self.work.mkdir(parents=True, exist_ok=True)
            files.replace(self.source, notebook)

    def probe(self) -> None:
        """Refuse where no folder of a job can be made."""
        probe = self.path.parent / f".probe-{os.getpid()}"
        with disk.refusals(f"write to {self.path.parent}"):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            probe.touch()
            probe.unlink()

    def own(self, process: str = "") -> None:
        """Note which process sees to the job, by default this one."""
        with disk.refusals(f"write to {self.work}"):
            self.work.mkdir(parents=True, exist_ok=True)
            files.replace(self._owner, (process or here()).encode())

    def disown(self) -> None:
        """Note that nobody sees to the job any more."""
        self.own(_NOBODY)

    def is_abandoned(self) -> bool:
        """Whether the process that saw to the job is certainly gone."""
        try:
            owner = self._owner.read_text("utf-8")
            return owner == _NOBODY or is_gone(owner)
        except OSError:
            return False

    def is_seen_to_by_another(self) -> bool:
        """Whether another process of this machine certainly sees to the job."""
        with suppress(OSError):
            return is_running(self._owner.read_text("utf-8"))
        return False

    def ask_to_end(self) -> None:
        """Let the job end, whatever process executes it."""
        with disk.refusals(f"write to {self.work}"):
            self.cancel.touch()

    def look(self) -> Progress | Outcome | None:
        """How far it is or how it ended, by what lies here; None where it has not begun, or nothing lies here."""
        from jupyter_mlc.jobs.execute import outcome_of

        try:
            return outcome_of(self.status)
        except (NotFound, Damaged):
            return None


def as_told(outcome: Outcome, folder: JobFolder) -> Outcome:
    """How it ended: what was cancelled because nobody waited any more is lost."""
    from dataclasses import replace

    if outcome.exit is Exit.CANCELLED and not folder.cancel.exists() and folder.is_abandoned():
        return replace(outcome, exit=Exit.LOST, exception="Lost", message="the process that waited for it was killed")
    return outcome
