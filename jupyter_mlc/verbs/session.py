"""Who answers a request: here, in this process, with the stores opened when a verb first looks at them."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from jupyter_mlc.domain.entities import Digest
from jupyter_mlc.domain.errors import BadInput, IllegalMove, MlcError, NotFound, Untrusted
from jupyter_mlc.domain.events import ActRefused
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.artifacts_at import artifacts_at
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.store.places import DATABASE, PlaceOfRegistry, own_registry
from jupyter_mlc.store.registry import Registry, exists, open_registry
from jupyter_mlc.store.replay import as_of
from jupyter_mlc.verbs.base import VERBS, Ask, Does, Reading, Reply, Verb, Writing
from jupyter_mlc.verbs.context import Context, Stores, execute, no_yaml, silent
from jupyter_mlc.verbs.masking import masked, named

if TYPE_CHECKING:
    from jupyter_mlc.jobs.attempts import Execute

Progress = Callable[[int, int, str], None]


class Session(Protocol):
    """Whatever answers requests; a notebook does not know which kind it talks to."""

    @property
    def artifacts(self) -> Artifacts:
        """Where blobs are put and opened on this machine."""

    def call(self, ask: Ask, progress: Progress = silent) -> Reply:
        """Answer a request."""

    def send(self, digests: Iterable[Digest]) -> None:
        """Bring local blobs to where the verbs look for them."""

    def fetch(self, digests: Iterable[Digest]) -> None:
        """Bring blobs from there to this machine."""

    @property
    def shown(self) -> str:
        """Where the registry is, as a person may read it."""

    def beside(self, place: PlaceOfRegistry) -> Session:
        """A session of the same person's on another registry."""

    def close(self) -> None:
        """Let go of what was opened."""


def now() -> int:
    """Microseconds since 1970, UTC: the clock that real sessions pass in."""
    return time.time_ns() // 1000  # noqa: TID251 (here the clock comes from)


class LocalSession:
    """Verbs run in this process, against a folder or a database.

    Parameters
    ----------
    place : PlaceOfRegistry
        The registry; opened, and made where there is none, when it is first needed.
    identity : callable
        Gives the identity of whoever acts; the key is made when it is first needed.
    clock : callable
        Microseconds since 1970, UTC.
    read_yaml : callable
        Reads the files of other tools; faces know how.
    execute : callable
        Executes notebooks.
    detached : bool
        Whether jobs outlive this process, whatever waits for them here.
    """

    def __init__(  # noqa: PLR0913 (what is passed in, each by its name)
        self,
        place: PlaceOfRegistry,
        identity: Callable[[], Identity],
        clock: Callable[[], int] = now,
        read_yaml: Callable[[str], object] = no_yaml,
        execute: Execute = execute,
        *,
        detached: bool = False,
    ) -> None:
        self.place = place
        self._identity = identity
        self._clock = clock
        self._read_yaml = read_yaml
        self._execute = execute
        self._detached = detached

    @cached_property
    def registry(self) -> Registry:
        """The registry, open."""
        return open_registry(self.place, self._identity, self._clock)

    @cached_property
    def artifacts(self) -> Artifacts:
        """The registry's blobs; whoever looks at them has made the registry."""
        return artifacts_at(self.registry.place, self.registry.keeps_blobs)

    @property
    def shown(self) -> str:
        """Where the registry is, without a password."""
        return self.place.shown

    def beside(self, place: PlaceOfRegistry) -> LocalSession:
        """A session of the same person's on another registry."""
        return LocalSession(place, self._identity, self._clock, self._read_yaml, self._execute, detached=self._detached)

    def send(self, digests: Iterable[Digest]) -> None:
        """Nothing to do: the verbs look in the same folder."""

    def fetch(self, digests: Iterable[Digest]) -> None:
        """Nothing to do: the blobs are here."""

    def call(self, ask: Ask, progress: Progress = silent) -> Reply:
        """Run the verb that the request belongs to, without the secrets in what it says."""
        if getattr(ask, "panel", False):
            raise BadInput("the panel is shown where a notebook runs", hint="leave panel out")
        clean, found = masked(ask)
        made = self._made_by_looking(ask)
        try:
            reply = named(self._answered(clean, progress), found)
        except MlcError as error:
            if made and exists(self.place):  # where something stood in the way, none was made
                error.hint = "; ".join(filter(None, (error.hint, made)))
            raise
        return replace(reply, warnings=(made, *reply.warnings)) if made else reply

    def _made_by_looking(self, ask: Ask) -> str:
        """A word where somebody looks into a place that they named, and no registry is there: it may be mistyped."""
        folder = self.place.folder
        if folder is None or "registry" in vars(self) or VERBS.of(ask).does is not Does.READ:
            return ""
        if folder == own_registry() or (folder / DATABASE).exists():
            return ""
        return f"no registry was at {self.shown}; an empty one was made. Another one: %mlc use PATH"

    def _answered(self, ask: Ask, progress: Progress) -> Reply:
        verb = VERBS.of(ask)
        context = self._context(progress)
        if isinstance(ask, Reading):
            return self._read(verb, ask, context)
        try:
            return verb.function(ask, context)
        except (IllegalMove, Untrusted) as error:
            if not (isinstance(ask, Writing) and ask.dry_run):
                self.note_refusal(verb.name, str(getattr(ask, "ref", getattr(ask, "name", ""))), error)
            raise

    def _context(self, progress: Progress) -> Context:
        return Context(
            stores=self,
            who=self._identity,
            clock=self._clock,
            call=self.call,
            session=self,
            progress=progress,
            read_yaml=self._read_yaml,
            execute=self._execute,
            detached=self._detached,
        )

    def _read(self, verb: Verb, ask: Reading, context: Context) -> Reply:
        if ask.at is not None:
            past = _Past(as_of(self.registry, ask.at), self.artifacts)
            with past.registry.database.closing():
                try:
                    return verb.function(ask, replace(context, stores=past))
                except NotFound as error:
                    missing = error
            raise self._not_then(missing, verb, replace(ask, at=None), context)
        with self.registry.database.reading():
            return verb.function(ask, context)

    def _not_then(self, missing: NotFound, verb: Verb, now: Reading, context: Context) -> NotFound:
        """What was not there at a time may be there now; what is not is told as if no time had been named."""
        try:
            with self.registry.database.reading():
                verb.function(now, context)
        except NotFound as error:
            return error
        except MlcError:
            pass
        later = "give a later time (UTC unless it names a zone), or leave out --at"
        return NotFound(
            f"{missing.message} at that time", hint=missing.hint if "did you mean" in missing.hint else later
        )

    def note_refusal(self, verb: str, subject: str, error: MlcError) -> None:
        """A refused act is an event too; where the log cannot take it, the refusal itself still stands."""
        refused = ActRefused(verb=verb, subject=subject, code=error.code, message=error.message)
        with contextlib.suppress(MlcError), self.registry.write(self._identity(), self._clock) as log:
            log.append(refused)

    def close(self) -> None:
        """Close the database."""
        if "registry" in self.__dict__:
            self.registry.database.close()


class _Past(Stores):
    """The registry as it was, with the artifacts of today."""

    def __init__(self, registry: Registry, artifacts: Artifacts) -> None:
        self._registry = registry
        self._artifacts = artifacts

    @property
    def registry(self) -> Registry:
        return self._registry

    @property
    def artifacts(self) -> Artifacts:
        return self._artifacts

    @property
    def place(self) -> PlaceOfRegistry:
        return self._registry.place
