"""The registries that a server answers for: its own, and those of its kernels."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from jupyter_mlc.domain.errors import MlcError, NotFound
from jupyter_mlc.faces.announced import Announced, announced
from jupyter_mlc.faces.server.activity import Activity
from jupyter_mlc.faces.yaml_ import read_yaml
from jupyter_mlc.store.identity import identity
from jupyter_mlc.store.places import PlaceOfRegistry, place_of
from jupyter_mlc.store.registry import exists
from jupyter_mlc.verbs.session import LocalSession


@dataclass(frozen=True, kw_only=True)
class Known:
    """A registry, as the panel is told of it."""

    uuid: str
    """empty where it is not made yet"""
    shown: str
    own: bool
    """whether it is the one that the server uses unless another is named"""
    kernels: tuple[str, ...] = ()
    """the ids of the kernels that use it"""


@dataclass(frozen=True, kw_only=True)
class Tick:
    """How far a registry is; whoever shows it looks again when that changes."""

    registry: str
    seq: int
    activity: int
    """another whenever its running jobs got further"""
    own: bool
    """whether it is the one that the server uses unless another is named"""


class Registries:
    """Sessions by the UUID of their registry.

    Parameters
    ----------
    url : callable
        Gives the address of the server's own registry.
    folder : Path
        Where the kernels' connection files are.
    kernels : callable
        Gives the ids of the kernels that run now.
    """

    def __init__(self, url: Callable[[], str], folder: Path, kernels: Callable[[], Iterable[str]]) -> None:
        self._url = url
        self._folder = folder
        self._kernels = kernels
        self._sessions: dict[str, LocalSession] = {}
        self._activities: dict[str, Activity] = {}
        self._owned: dict[str, PlaceOfRegistry] = {}
        self._lock = threading.Lock()

    def session(self, uuid: str = "") -> LocalSession:
        """The session on the registry with this UUID, or on the server's own.

        One that was the server's own before is still answered for: a window may not have heard of the other one yet.

        Raises
        ------
        NotFound
            Where no running kernel uses such a registry, or the server's own is not made yet.
        """
        if not uuid or uuid == self._own_uuid():
            return self._own()
        session = self._opened(self._owned.get(uuid) or self._place_in_use(uuid))
        if session.registry.uuid != uuid:
            raise NotFound(f"the registry {uuid} was replaced by another", hint="run a cell with %mlc there")
        return session

    def _place_in_use(self, uuid: str) -> PlaceOfRegistry:
        """Where the kernels say that a registry lives."""
        for one in self._announced():
            if one.uuid == uuid:
                return place_of(one.url)
        raise NotFound(
            f"no kernel of this server uses a registry {uuid}", hint="run a cell with %mlc in its notebook first"
        )

    def known(self) -> list[Known]:
        """The server's own registry first, then those of its kernels."""
        uuid = self._own_uuid()
        users: dict[str, list[str]] = {}
        shown: dict[str, str] = {}
        for one in self._announced():
            users.setdefault(one.uuid, []).append(one.kernel)
            shown[one.uuid] = place_of(one.url).shown
        own = Known(uuid=uuid, shown=self._own_name(), own=True, kernels=tuple(users.pop(uuid, ()) if uuid else ()))
        others = [Known(uuid=u, shown=shown[u], own=False, kernels=tuple(who)) for u, who in users.items()]
        return [own, *others]

    def ticks(self) -> Iterator[Tick]:
        """How far each of them is; one that cannot be read now is left out."""
        for one in self.known():
            try:
                if one.uuid:
                    yield self._tick(one)
            except MlcError:
                continue

    def _tick(self, one: Known) -> Tick:
        registry = self.session(one.uuid).registry
        activity = self._activities.setdefault(one.uuid, Activity())
        return Tick(registry=one.uuid, seq=registry.head().seq, activity=activity.look(registry), own=one.own)

    def close(self) -> None:
        """Close all of them."""
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()

    def _own(self) -> LocalSession:
        place = place_of(self._url())
        if place.url not in self._sessions and not exists(place):
            raise NotFound(f"{place.shown} is not made yet", hint="the first %mlc register makes it")
        return self._opened(place)

    def _own_uuid(self) -> str:
        try:
            session = self._own()
        except MlcError:
            return ""
        self._owned[session.registry.uuid] = session.registry.place
        return session.registry.uuid

    def _own_name(self) -> str:
        """What people call the server's own; where nothing lives at the address that somebody set, why."""
        try:
            return place_of(self._url()).shown
        except MlcError as error:
            return error.message

    def _opened(self, place: PlaceOfRegistry) -> LocalSession:
        with self._lock:
            if place.url not in self._sessions:
                self._sessions[place.url] = LocalSession(place, identity, read_yaml=read_yaml)
            return self._sessions[place.url]

    def _announced(self) -> Iterator[Announced]:
        for kernel in self._kernels():
            found = announced(self._folder, kernel)
            if found is not None:
                yield found
