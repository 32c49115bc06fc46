"""What a verb is handed: the only way from it to stores, clock, identity, and whoever waits for its answer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from jupyter_mlc.domain.errors import Unavailable

if TYPE_CHECKING:
    from jupyter_mlc.jobs.attempts import Execute
    from jupyter_mlc.jobs.spec import Outcome, Progress, Work
    from jupyter_mlc.store.artifacts import Artifacts
    from jupyter_mlc.store.identity import Identity
    from jupyter_mlc.store.places import PlaceOfRegistry
    from jupyter_mlc.store.registry import Registry
    from jupyter_mlc.store.writing import Writing as Log
    from jupyter_mlc.verbs.base import Ask, Reply
    from jupyter_mlc.verbs.session import Session


class Stores(Protocol):
    """What is opened when a verb first looks at it."""

    @property
    def registry(self) -> Registry: ...

    @property
    def artifacts(self) -> Artifacts: ...

    @property
    def place(self) -> PlaceOfRegistry:
        """Where the registry is, whether or not it was opened or made."""


def execute(work: Work, *, watch: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Outcome:
    """Execute a notebook; what that needs is loaded now."""
    from jupyter_mlc.jobs.execute import execute as real

    return real(work, watch=watch, cancelled=cancelled)


def silent(done: int, total: int, text: str) -> None:
    """Show no progress."""


def no_yaml(text: str) -> object:
    """For sessions that were given nothing that reads YAML: only faces know how."""
    raise Unavailable("YAML cannot be read here", hint="use %mlc or jupyter mlc")


@dataclass(frozen=True, kw_only=True)
class Context:
    """The only thing that is passed in to a verb."""

    stores: Stores
    who: Callable[[], Identity]
    """gives whoever acts; asked only where it matters, so that reading needs no key"""
    clock: Callable[[], int]
    """microseconds since 1970, UTC"""
    call: Callable[[Ask], Reply]
    session: Session
    """who answers the request: what a verb done here asks for blobs, and for sessions on other registries"""
    progress: Callable[[int, int, str], None] = silent
    read_yaml: Callable[[str], object] = no_yaml
    """reads the files of other tools"""
    execute: Execute = execute
    """executes notebooks"""
    detached: bool = False
    """whether processes of their own see to jobs, which then outlive this one"""

    @property
    def registry(self) -> Registry:
        return self.stores.registry

    @property
    def artifacts(self) -> Artifacts:
        return self.stores.artifacts

    @property
    def place(self) -> PlaceOfRegistry:
        return self.stores.place

    @property
    def identity(self) -> Identity:
        return self.who()

    def write(self) -> AbstractContextManager[Log]:
        """The one write transaction of the registry, signed by whoever acts."""
        return self.registry.write(self.identity, self.clock)
