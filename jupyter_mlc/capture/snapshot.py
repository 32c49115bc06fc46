"""Everything that surrounds a model at the moment when it is registered, taken in one go.

Each part is caught by itself: one that fails costs a warning, never the registration.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_mlc.capture.environment import Environment
from jupyter_mlc.capture.git import Git
from jupyter_mlc.capture.notebook.cells import Recorder
from jupyter_mlc.capture.secrets.scrubbing import Watched
from jupyter_mlc.capture.shot import WHEEL, Scene, Shot, Tools
from jupyter_mlc.capture.switches import Switches, switches
from jupyter_mlc.domain.entities import Digest, Snapshot


@dataclass(frozen=True, kw_only=True)
class Captured:
    """What was captured: the facts, and the bytes that are to be stored with them."""

    snapshot: Snapshot
    """its fields ``notebook``, ``lock``, ``git_diff`` and ``wheels`` are empty until the blobs are stored"""
    blobs: Mapping[str, bytes]
    """field of the snapshot to bytes; of ``wheels`` each by itself"""
    warnings: tuple[str, ...] = ()
    """to be shown now: captures that failed, secrets and findings met for the first time"""
    notes: tuple[str, ...] = ()
    """worth a line and no more: findings and secrets told before, a notebook that git does not track"""

    def stored(self, digests: Mapping[str, Digest]) -> Snapshot:
        """Return the snapshot with the digests of its blobs, by field."""
        return dataclasses.replace(
            self.snapshot,
            notebook=digests.get("notebook"),
            lock=digests.get("lock"),
            git_diff=digests.get("git_diff"),
            wheels={name.removeprefix(WHEEL): digest for name, digest in digests.items() if name.startswith(WHEEL)},
        )


class Surroundings:
    """Takes snapshots of what surrounds a model; one a kernel, for it remembers what it read and what it said.

    Parameters
    ----------
    recorder : Recorder, optional
        Which cells ran; in a plain script none did.
    git : Git, optional
        Where the state of the code is had from.
    environment : Environment, optional
        Where the installed packages are had from.
    """

    def __init__(
        self, recorder: Recorder | None = None, *, git: Git | None = None, environment: Environment | None = None
    ) -> None:
        self.recorder = recorder or Recorder()
        self._tools = Tools(recorder=self.recorder, git=git or Git(), environment=environment or Environment())
        self._named: set[str] = set()

    def take(  # noqa: PLR0913 (all that a snapshot may need to be told)
        self,
        *,
        folder: Path,
        environ: Mapping[str, str],
        namespace: Mapping[str, object] | None = None,
        uses: Iterable[str] | None = None,
        wanted: Switches | None = None,
        said: Iterable[Watched] = (),
    ) -> Captured:
        """Take a snapshot; whatever goes wrong is told in its warnings.

        Parameters
        ----------
        folder : Path
            The working folder.
        environ : mapping
            The environment, for hints about the notebook and for the secrets in it.
        namespace : mapping, optional
            The notebook's variables, where some front ends leave the notebook's path.
        uses : iterable of str, optional
            The variables that the model is made of; by default all that the running cell names.
        wanted : Switches, optional
            What is captured; by default what the nearest pyproject.toml says.
        said : iterable of Watched, optional
            Secrets in what was said along with it, which are searched for as well.
        """
        on = wanted or switches(folder)
        names = None if uses is None else frozenset(uses)
        scene = Scene(
            folder=folder, environ=environ, namespace=namespace or {}, uses=names, switches=on, said=tuple(said)
        )
        shot = Shot(self._tools, scene)
        shot.take()
        failed, notes = _writable(tuple(shot.failed)), _writable((*shot.notes, *_unsearched(on)))
        replaced = [f"{found} was replaced by ***" for found in shot.secrets if found not in self._named]
        known = len(shot.secrets) - len(replaced)
        self._named.update(shot.secrets)
        facts = {name: _writable(value) for name, value in shot.facts.items()}
        return Captured(
            snapshot=Snapshot(**facts, warnings=failed, notes=_besides(notes, facts), off=on.off),
            blobs=shot.blobs,
            warnings=_writable((*failed, *replaced, *shot.warnings)),
            notes=(*notes, *([f"secrets that were replaced by *** and named before: {known}"] if known else [])),
        )


def _besides(notes: tuple[str, ...], facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the notes that are no findings: these are facts of their own."""
    return tuple(note for note in notes if note not in facts.get("findings", ()))


def _unsearched(on: Switches) -> tuple[str, ...]:
    """Return a word to those who left the search for secrets out, perhaps without meaning to."""
    kept = [part for part in ("notebook", "cells", "git") if part in on.on]
    if "secrets" in on.on or not kept:
        return ()
    return (f"{', '.join(kept)} kept as found: capture in pyproject.toml leaves the search for secrets out",)


def _writable(fact: Any) -> Any:
    """Return a fact whose text any encoder takes: names of files and branches may hold bytes that are no text."""
    if isinstance(fact, tuple):
        return tuple(_writable(item) for item in fact)
    return fact.encode(errors="replace").decode() if isinstance(fact, str) else fact
