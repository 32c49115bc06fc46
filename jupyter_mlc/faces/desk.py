"""Where every face brings a call: live objects become digests, questions are asked, loaded models are opened."""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import Conflict, MlcError, NeedsConfirmation
from jupyter_mlc.faces.open_runs import OpenRuns
from jupyter_mlc.faces.rehearsing import rehearsed
from jupyter_mlc.faces.seen import Seen
from jupyter_mlc.faces.spelling import as_typed_here
from jupyter_mlc.faces.telling import Tell, printed
from jupyter_mlc.faces.yaml_ import read_yaml
from jupyter_mlc.store.identity import NAMING, Identity, identity, own_name, public_at_hand
from jupyter_mlc.store.places import PlaceOfRegistry, default_url, own_registry, place_of
from jupyter_mlc.verbs.base import Ask, Complete, Reply
from jupyter_mlc.verbs.context import silent
from jupyter_mlc.verbs.job_names import JOB

if TYPE_CHECKING:
    from jupyter_mlc.capture.notebook.cells import Execution, Recorder
    from jupyter_mlc.capture.snapshot import Surroundings
    from jupyter_mlc.faces.arguments import Call
    from jupyter_mlc.faces.live.surroundings import Taken
    from jupyter_mlc.store.registry import Registry
    from jupyter_mlc.verbs.session import Progress, Session


def _text(reply: Any) -> str:
    from jupyter_mlc.faces.display import as_text

    printed(reply)
    return as_text(reply, spell=as_typed_here)


def _address(path: str) -> str:
    from jupyter_mlc.faces.addresses import address

    return address(path)


# From here on, print shows what a person reads, and pages have addresses: replies come by way of desks.
Reply.as_text = staticmethod(_text)
Reply.address = staticmethod(_address)


class Desk:
    """One kernel's or one process's dealings with a registry.

    Parameters
    ----------
    url : str
        The registry; the default one of the working folder unless named.
    recorder : Recorder, optional
        Which cells ran.
    namespace : callable, optional
        The notebook's variables.
    """

    def __init__(
        self,
        url: str = "",
        *,
        recorder: Recorder | None = None,
        namespace: Callable[[], Mapping[str, object]] = dict,
    ) -> None:
        self.configured = self._url = url
        self._session: Session | None = None
        self._identity: Identity | None = None
        self._named: tuple[str | None, ...] = ()
        self._recorder = recorder
        self.namespace = namespace
        self.ask: Callable[[str], bool] | None = None
        """asks a person yes or no; None where nobody is there"""
        self.progress: Progress = silent
        self.warn: Callable[[str], None] = _warn
        self.tell: Tell = self._tell
        self.say: Callable[[str], None] = print
        """shows a line at once, before there is a reply"""
        self.open_runs = OpenRuns()
        self._seen = Seen()

    @property
    def identity(self) -> Identity:
        """Whoever acts here; the key is made on first use, and followed where it is rotated elsewhere."""
        named = tuple(map(os.environ.get, NAMING))
        if self._identity is None or self._named != named:
            self._identity, self._named = identity(), named
        self._identity = self._identity.newest()
        return self._identity

    @property
    def place(self) -> PlaceOfRegistry:
        """The registry that is used."""
        return place_of(self._url or default_url())

    @property
    def session(self) -> Session:
        """Who answers requests."""
        if self._session is None:
            from jupyter_mlc.verbs.session import LocalSession

            place = self.place
            self._url = place.url  # a later change of the working folder does not change the registry
            self._session = LocalSession(place, lambda: self.identity, read_yaml=read_yaml)
        return self._session

    @property
    def running_cell(self) -> Execution | None:
        """The cell that is being executed, where a notebook's are known."""
        return self._recorder.running if self._recorder is not None else None

    @cached_property
    def surroundings(self) -> Surroundings:
        """What takes snapshots; it remembers what it read."""
        from jupyter_mlc.capture.snapshot import Surroundings

        return Surroundings(self._recorder)

    def use(self, url: str) -> None:
        """Use another registry from now on; a job stays with the one that asked for it."""
        if os.environ.get(JOB) and place_of(url or default_url()).url != self.place.url:
            self.warn(f"this is a job: what it registers goes to the registry that asked for it, {self.place.shown}")
            return
        self.open_runs.leave()
        if self._session is not None:
            self._session.close()
        self._session, self._url = None, url
        self._seen.clear()

    def close(self) -> None:
        """Let go of the registry."""
        self.open_runs.leave()
        if self._session is not None:
            self._session.close()
        self._session = None

    # Calls

    def carry_out(self, call: Call) -> object:
        """Do what was asked: the reply, or what `load` and `run` give in its place."""
        answer = self._done(call)
        if isinstance(answer, Reply):
            self.tell(answer.warnings, answer)
        return answer

    def _tell(self, warnings: Sequence[str], _: Reply | None) -> None:
        """Tell it at once: in a script nobody knows whether the reply is printed."""
        for warning in warnings:
            self.warn(warning)

    def _done(self, call: Call) -> object:
        from jupyter_mlc.faces import live

        name, values = call.verb.name, dict(call.values)
        if (answer := live.instead(name)) is not None:
            return answer(self, values)
        if name == "use":
            values["url"] = values.get("url") or self.configured
        if (prepare := live.before(name)) is not None:
            values = prepare(self, values)
        if values.pop("panel", False):
            from jupyter_mlc.faces.live.panels import in_panel

            return self.call(in_panel(call.verb, values))
        reply = self.call(call.verb.ask(**values))
        if name in {"use", "init"}:
            self.use(getattr(reply, "registry", ""))
        finish = live.after(name, values)
        return reply if finish is None else finish(self, reply)

    def call(self, ask: Ask) -> Reply:
        """Answer a request; a promotion carries the champion that was last shown here."""
        reply = self._answered(self._seen.carried(rehearsed(ask, os.environ)))
        self._seen.note(ask, reply)
        return reply

    def call_back(self, ask: Ask, progress: Progress) -> Reply:
        """Answer a request of a panel, which asks the person itself where a yes is needed."""
        reply = self.session.call(rehearsed(ask, os.environ), progress)
        self._seen.note(ask, reply)
        return reply

    def _answered(self, ask: Ask) -> Reply:
        """Where it needs a yes, somebody is asked, and the request is sent again with the answer."""
        try:
            return self.session.call(ask, self.progress)
        except NeedsConfirmation as question:
            if self.ask is None:
                raise
            if not self.ask(question.message):
                raise Conflict("not confirmed", hint="nothing was changed") from None
            confirmed = dataclasses.replace(ask, confirm=question.token)  # type: ignore[call-arg]
            return self.session.call(confirmed, self.progress)

    def note_refusal(self, verb: str, subject: str, error: MlcError) -> None:
        """A refusal that happened in the face is an event too, where the registry is at hand."""
        from jupyter_mlc.domain.errors import Untrusted
        from jupyter_mlc.verbs.session import LocalSession

        if isinstance(error, Untrusted) and isinstance(self.session, LocalSession):
            self.session.note_refusal(verb, subject, error)

    def run_cell(self, call: Call, cell: str, run_cell: Callable[[str], BaseException | None]) -> object:
        """Run a cell as a run, which has the name ``run`` in it; `run_cell` runs it and gives its error."""
        from jupyter_mlc.faces.live.running import cell_as_run

        return cell_as_run(self, dict(call.values), cell, run_cell)

    def snapshot(self, uses: tuple[str, ...] | None) -> Taken:
        """What surrounds the caller now, with its blobs stored."""
        from jupyter_mlc.faces.live.surroundings import snapshot

        return snapshot(self, uses)

    # For completion and greeting: quick, never raising, never making a registry

    def names(self, kind: Complete, prefix: str) -> list[str]:
        """What a word of this kind may be; at most a few hundred, none where the registry cannot be asked."""
        from jupyter_mlc.faces.known import words

        with contextlib.suppress(MlcError, OSError, ValueError):
            registry = self._peek()
            if registry is not None:
                return [word for word in words(registry, kind, prefix) if word.lower().startswith(prefix.lower())]
        return []

    def columns(self, dataset: str) -> list[str]:
        """The columns of a dataset, as far as the registry can be asked."""
        with contextlib.suppress(MlcError, OSError, ValueError):
            registry = self._peek()
            if registry is not None:
                return registry.columns_of(dataset)
        return []

    def banner(self) -> str:
        """What ``%load_ext jupyter_mlc`` says."""
        from jupyter_mlc import __version__

        you = own_name()
        try:
            registry = self._peek()
            if registry is not None and (me := registry.person_of_key(public_at_hand())) is not None:
                you = registry.name_of(me)
            count = registry.count("model") if registry is not None else 0
            where = f"{_shown(self.place)} ({count} model{'' if count == 1 else 's'})"
        except (MlcError, OSError) as error:
            where = f"not to be reached ({str(error).splitlines()[0]})"
        return f"jupyter_mlc {__version__} · registry: {where} · you are {you} · %mlc for help"

    @property
    def seq(self) -> int:
        """How far the registry is, as far as it can be asked."""
        with contextlib.suppress(MlcError, OSError, ValueError):
            registry = self._peek()
            if registry is not None:
                return registry.head().seq
        return 0

    @property
    def used(self) -> tuple[str, str] | None:
        """UUID and URL of the registry, where it was opened."""
        registry = getattr(self._session, "__dict__", {}).get("registry")
        return None if registry is None else (registry.uuid, registry.place.url)

    def is_there(self) -> bool:
        """Whether the registry is there and can be reached."""
        with contextlib.suppress(MlcError, OSError, ValueError):
            return self._peek() is not None
        return False

    def _peek(self) -> Registry | None:
        from jupyter_mlc.store.registry import exists
        from jupyter_mlc.verbs.session import LocalSession

        session = self._session
        if isinstance(session, LocalSession) and "registry" in session.__dict__:
            return session.registry
        if session is None and not exists(self.place):
            return None
        return session.registry if isinstance(session := self.session, LocalSession) else None


def _shown(place: PlaceOfRegistry) -> str:
    """The registry as a person would say where it is."""
    if place.folder is None:
        return place.shown
    if place.folder == own_registry():
        return "your data folder"
    try:
        return os.path.join(".", place.folder.relative_to(Path.cwd()))  # noqa: PTH118 (pathlib drops the "./")
    except (ValueError, FileNotFoundError):
        return str(place.folder)


def _warn(text: str) -> None:
    import warnings

    warnings.warn(as_typed_here(text), stacklevel=_frames_of_ours() + 1)


def _frames_of_ours() -> int:
    """How many calls lie between a warning and the line of whoever uses this package."""
    ours, frame = __name__.partition(".")[0], inspect.currentframe()
    number = -1  # this one is over by then
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == ours:
        frame, number = frame.f_back, number + 1
    return number


@lru_cache(maxsize=1)
def script_desk() -> Desk:
    """The desk of a process without a notebook: a plain script, or the command line."""
    return Desk()
