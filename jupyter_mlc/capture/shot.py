"""One snapshot while it is being taken: every part by itself, so that one can fail alone."""

from __future__ import annotations

import contextlib
import getpass
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_mlc.capture.environment import Environment
from jupyter_mlc.capture.git import Git
from jupyter_mlc.capture.notebook.cells import Recorder
from jupyter_mlc.capture.notebook.document import Notebooks, from_executed, text, with_executed
from jupyter_mlc.capture.notebook.findings import Warned, find, lagging
from jupyter_mlc.capture.notebook.locate import Hints, Located, locate
from jupyter_mlc.capture.notebook.names import names_of
from jupyter_mlc.capture.secrets.scrubbing import MASK, Scrubber, Watched, entry_kind
from jupyter_mlc.capture.switches import Switches
from jupyter_mlc.capture.wheels import Wheels
from jupyter_mlc.domain.errors import MlcError

WHEEL = "wheel:"
"""before the name of a package among the blobs"""


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What remembers between snapshots, so that the next one is quick and does not repeat itself."""

    recorder: Recorder
    git: Git = field(default_factory=Git)
    environment: Environment = field(default_factory=Environment)
    wheels: Wheels = field(default_factory=Wheels)
    notebooks: Notebooks = field(default_factory=Notebooks)
    scrubber: Scrubber = field(default_factory=Scrubber)
    warned: Warned = field(default_factory=Warned)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Where and of what a snapshot is taken."""

    folder: Path
    environ: Mapping[str, str]
    namespace: Mapping[str, object]
    uses: frozenset[str] | None
    switches: Switches
    said: tuple[Watched, ...] = ()
    """secrets in what was said along with it"""


class Shot:
    """Gathers the facts and bytes of one snapshot."""

    def __init__(self, tools: Tools, scene: Scene) -> None:
        self._tools = tools
        self._scene = scene
        self._running = tools.recorder.running
        last = self._running.count if self._running else None
        everything = tools.recorder.executions
        self._executions = tuple(one for one in everything if last is None or one.count <= last)
        self._located = Located()
        self._secrets: dict[str, None] = {}
        self._scrubs = self._on("secrets")
        self._watching = False
        self.facts: dict[str, Any] = {}
        self.blobs: dict[str, bytes] = {}
        self.failed: list[str] = list(scene.switches.warnings)
        self.warnings: list[str] = []
        self.notes: list[str] = []

    def take(self) -> None:
        """Gather everything that is switched on."""
        if self._on("notebook", "cells"):
            with self._part("notebook"):
                self._locate()
                self._notebook()
        if self._on("cells"):
            with self._part("cells"):
                self._cells()
        if self._on("git"):
            with self._part("git state"):
                self._git()
        if self._on("environment"):
            with self._part("environment lock"):
                self._lock()
            with self._part("packages from folders"):
                self._wheels()
        if self._on("user"):
            with self._part("user"):
                self.facts |= {"user": getpass.getuser(), "host": platform.node()}
        self.facts["secrets"] = tuple(self._secrets)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What was replaced, and where."""
        return tuple(self._secrets)

    @property
    def notebook_path(self) -> Path | None:
        """The notebook's file, where it was found."""
        return self._located.notebook.path if self._located.notebook else None

    def _on(self, *parts: str) -> bool:
        return not self._scene.switches.on.isdisjoint(parts)

    @contextlib.contextmanager
    def _part(self, name: str) -> Iterator[None]:
        try:
            yield
        except MlcError as error:
            self.failed.append(f"{name} not captured: {error.message}" + (f" ({error.hint})" if error.hint else ""))
        except Exception as error:  # noqa: BLE001 (whatever goes wrong here matters less than the registration)
            self.failed.append(f"{name} not captured: {self._described(error)}")

    def _locate(self) -> None:
        scene = self._scene
        hints = Hints(namespace=scene.namespace, environ=scene.environ, folder=scene.folder)
        self._located = locate(self._tools.notebooks, self._executions, self._running, hints)

    def _notebook(self) -> None:
        found = self._located.notebook if self._on("notebook") else None
        executed = self._executions if self._on("cells") else ()
        if found and self._located.rival:
            other = self._located.rival.path.name
            self.notes.append(
                f"{found.path.name} was taken as the notebook; {other}, which is not newer, holds as much of what ran"
            )
        if found:
            content = with_executed(found, executed, self._clean, self._clean_entry)
            self.facts["notebook_path"] = self._clean(str(found.path), "notebook path")
        elif executed:
            content = from_executed(executed, self._clean)
        if found or executed:
            self.blobs["notebook"] = text(content)
        if not found and self._executions and self._on("notebook"):
            self._not_found(kept=bool(executed))

    def _not_found(self, *, kept: bool) -> None:
        instead = "; the cells as executed are kept instead" if kept else ""
        told = self.failed if self._located.named or not kept else self.notes
        told.append(f"notebook not captured: {self._located.reason}{instead}")

    def _cells(self) -> None:
        self.facts["cells"] = len(self._executions)
        document = self._located.notebook.document if self._located.notebook else None
        found = find(self._executions, document, self._wanted(), self._quietly)
        warn, note = self._tools.warned.sort(found)
        self.facts["findings"] = tuple(finding.text for finding in found)
        self.warnings += warn
        self.notes += note
        behind = lagging(self._executions, document) if document else 0
        if behind and self._located.notebook:
            name = self._located.notebook.path.name
            self.notes.append(
                f"{name} was saved before {behind} of its cells ran as they did: save it to have them compared"
            )
        before = sum(one.ok is None and not one.cell for one in self._executions[:-1])
        if before:
            self.notes.append(f"cells that ran before jupyter_mlc was loaded, known by their text alone: {before}")
        if self._tools.recorder.forgotten:
            self.notes.append(f"early executions no longer in the record: {self._tools.recorder.forgotten}")

    def _wanted(self) -> frozenset[str] | None:
        if self._scene.uses is not None or self._running is None:
            return self._scene.uses
        names = names_of(self._running.source)
        return names.uses | names.binds

    def _git(self) -> None:
        state = self._tools.git.state(self._scene.folder, self.notebook_path)
        self.facts |= {
            "git_commit": state.commit,
            "git_branch": self._clean(state.branch, "git branch"),
            "git_remote": self._clean(state.remote, "git remote"),
            "git_dirty": state.dirty,
        }
        if state.diff:
            diff = self._clean(state.diff.decode(errors="surrogateescape"), "git diff")
            self.blobs["git_diff"] = diff.encode(errors="surrogateescape")
        self.notes += state.notes

    def _lock(self) -> None:
        lock = self._tools.environment.lock()
        self.blobs["lock"] = self._clean(lock.text, "environment lock").encode()
        self.facts |= {"packages": lock.packages, "python": lock.python, "platform": lock.platform}

    def _wheels(self) -> None:
        for name, url, editable in self._tools.environment.from_folders():
            wheel = self._tools.wheels.of(name, url, editable=editable, search=self._found)
            if wheel is not None and wheel.secrets:
                self.notes.append(f"package {name} is not kept as a wheel: {', '.join(wheel.secrets)} in it")
            elif wheel is not None:
                self.blobs[f"{WHEEL}{name}"] = wheel.content

    def _found(self, given: str, where: str) -> tuple[str, ...]:
        return self._scrub(given, where)[1] if self._scrubs else ()

    def _clean(self, given: str, where: str) -> str:
        if not self._scrubs:
            return given
        clean, found = self._scrub(given, where)
        self._secrets |= dict.fromkeys(found)
        return clean

    def _quietly(self, given: str) -> str:
        return self._scrub(given, "")[0] if self._scrubs else given

    def _scrub(self, given: str, where: str) -> tuple[str, tuple[str, ...]]:
        if not self._watching:
            self._tools.scrubber.watch(self._scene.environ, self._scene.said)
            self._watching = True
        return self._tools.scrubber.scrub(given, where)

    def _described(self, error: Exception) -> str:
        kind = type(error).__name__
        try:
            return f"{kind}: {self._quietly(str(error))}"
        except Exception:  # noqa: BLE001 (what cannot be searched for secrets is not shown)
            return kind

    def _clean_entry(self, name: str, value: str, where: str) -> str:
        kind = entry_kind(name, value) if self._scrubs else None
        if kind is None:
            return value
        self._secrets[f"{where}: {kind}"] = None
        return MASK
