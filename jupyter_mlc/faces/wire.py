"""Requests and replies as bytes: what a server answers to (method, path, body, identity), and the session that asks it.

The session that asks posts in process until a server is there; nothing but bytes passes between the two.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict

from jupyter_mlc.domain import errors
from jupyter_mlc.domain.entities import Digest
from jupyter_mlc.domain.errors import BadInput, Damaged, MlcError, NeedsConfirmation, NotFound, did_you_mean
from jupyter_mlc.faces.awaiting import awaited
from jupyter_mlc.faces.called import Asked, Begun, Elsewhere, as_bytes, error_body
from jupyter_mlc.faces.encoding import BLOB, decode, encode
from jupyter_mlc.faces.yaml_ import read_yaml
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.store.places import PlaceOfRegistry
from jupyter_mlc.store.registry import Registry
from jupyter_mlc.verbs.base import VERBS, Ask, Reply, Runs, Verb, Where
from jupyter_mlc.verbs.context import Context, Stores, silent
from jupyter_mlc.verbs.masking import masked, named
from jupyter_mlc.verbs.session import LocalSession, Progress, Session, now

PREFIX = "/jupyter-mlc/v1/"
_BLOB = re.compile(f"blobs/({BLOB})")
CALL = "[0-9a-f]{32}"
_CALL = re.compile(f"calls/({CALL})")
_OK, _ACCEPTED, _NOT_ALLOWED, _BUG = 200, 202, 405, 500
_ERRORS: Mapping[str, type[MlcError]] = {
    kind.code: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, MlcError) and kind is not NeedsConfirmation
}

Transport = Callable[[str, str, bytes], tuple[int, bytes]]
"""(method, path, body) -> (status, body)"""


def route_of(verb: Verb) -> str:
    """The path of a verb: ``dataset-list``; what only a kernel can put together stands under ``kernel/``."""
    name = verb.name.replace(" ", "-")
    return PREFIX + (f"kernel/{name}" if verb.where is Where.KERNEL else name)


def routes(verbs: Mapping[str, Verb] = VERBS) -> dict[str, Verb]:
    """Every path with its verb; what concerns the client alone has none."""
    return {route_of(verb): verb for verb in verbs.values() if verb.has_route}


def no_route(path: str) -> NotFound:
    """That nothing answers there."""
    known = [each.removeprefix(PREFIX) for each in routes()]
    hint = did_you_mean(path.removeprefix(PREFIX), known) or f"the paths are {PREFIX}VERB"
    return NotFound(f"there is no {path}", hint=hint)


class Wire:
    """The server's side.

    Parameters
    ----------
    session_for : callable
        Gives the session that acts for an identity.
    elsewhere : Elsewhere, optional
        Carries out what runs models and notebooks, which this side never does; else that is refused.
    placed : callable
        Gives a request with what it names of files as this side finds it.
    """

    def __init__(
        self,
        session_for: Callable[[Identity], LocalSession],
        elsewhere: Elsewhere | None = None,
        placed: Callable[[Ask, LocalSession], Ask] = lambda ask, _: ask,
    ) -> None:
        self._session_for = session_for
        self._elsewhere = elsewhere
        self._placed = placed
        self._routes = routes()

    def handle(self, method: str, path: str, body: bytes, identity: Identity) -> tuple[int, bytes]:
        """Answer one request of an identity with a status and a body."""
        try:
            call = _CALL.fullmatch(path.removeprefix(PREFIX))
            if call is not None and self._elsewhere is not None:
                return _call(method, call[1], self._elsewhere)
            return self._answer(method, path, body, self._session_for(identity))
        except MlcError as error:
            return error.status, error_body(error)
        except Exception as error:  # noqa: BLE001 (a bug must not end the server)
            return _BUG, json.dumps({"code": "bug", "message": f"{type(error).__name__}: {error}", "hint": ""}).encode()

    def _answer(self, method: str, path: str, body: bytes, session: LocalSession) -> tuple[int, bytes]:
        blob = _BLOB.fullmatch(path.removeprefix(PREFIX))
        if blob is not None:
            return _blob(method, blob[1], body, session.artifacts)
        verb = self._routes.get(path)
        if verb is None:
            raise no_route(path)
        if method != "POST":
            return _NOT_ALLOWED, error_body(BadInput(f"{path} takes POST, not {method}", hint="send a JSON body"))
        ask = self._placed(decode(body, verb.ask), session)
        if verb.runs_for(ask) is Runs.RECORD:
            return _OK, encode(session.call(ask))
        if self._elsewhere is None:
            raise _running(verb, ask)
        asked = Asked(verb=verb.name, url=session.place.url, body=encode(ask))
        return _ACCEPTED, as_bytes(Begun(call=self._elsewhere.begin(asked)))


def _running(verb: Verb, ask: Ask) -> BadInput:
    """Why a server that has nobody to run models and notebooks refuses a request."""
    why, instead = ", which this server does not do", "run it locally"
    if ask.brings_code:
        return BadInput(f"{verb.name} with a metric of your own runs its code{why}", hint=instead)
    named = f"{verb.name} --{verb.runs_with}" if verb.runs_with else verb.name
    without = f", or leave --{verb.runs_with} out: then what is recorded is looked at" if verb.runs_with else ""
    return BadInput(f"{named} runs a {verb.runs}{why}", hint=f"{instead}{without}")


def _call(method: str, call: str, elsewhere: Elsewhere) -> tuple[int, bytes]:
    if method == "GET":
        return _OK, as_bytes(elsewhere.look(call))
    if method == "DELETE":
        return _OK, as_bytes(elsewhere.end(call))
    return _NOT_ALLOWED, error_body(BadInput(f"a call takes GET and DELETE, not {method}"))


def _blob(method: str, digest: Digest, body: bytes, artifacts: Artifacts) -> tuple[int, bytes]:
    if method == "GET":
        artifacts.ensure(digest)
        return _OK, artifacts.read(digest)
    if method == "PUT":
        import hashlib

        if f"sha256:{hashlib.sha256(body).hexdigest()}" != digest:
            raise BadInput(f"the bytes sent are not {digest}", hint="send the blob again")
        artifacts.put_bytes(body)
        return _OK, b"{}"
    return _NOT_ALLOWED, error_body(BadInput(f"a blob takes GET and PUT, not {method}"))


class RemoteSession:
    """Verbs run elsewhere: a request is posted, its blobs are put there first.

    Parameters
    ----------
    transport : callable
        ``(method, path, body) -> (status, body)``.
    artifacts : Artifacts
        Blobs on this machine: those to send, and those that were fetched.
    """

    def __init__(self, transport: Transport, artifacts: Artifacts) -> None:
        self._transport = transport
        self.artifacts = artifacts

    def call(self, ask: Ask, progress: Progress = silent) -> Reply:
        """Post the request and read the reply, or raise what the other side raised."""
        verb = VERBS.of(ask)
        if verb.where is Where.CLIENT:
            raise BadInput(f"{verb.name} is done on the machine itself", hint="%mlc use PATH works on a registry here")
        if verb.where is Where.HERE:
            answered: Reply = verb.function(ask, self._context(progress))
            return answered
        clean, found = masked(ask)  # what is secret does not leave this machine
        status, answer = self._transport("POST", route_of(verb), encode(clean))
        if status == _ACCEPTED:
            answer = self._ended(json.loads(answer)["call"], progress)
        elif status != _OK:
            raise _raised(status, answer)
        reply: Reply = decode(answer, verb.reply)
        return named(reply, found)

    def _ended(self, call: str, progress: Progress) -> bytes:
        """The reply of a call that is carried out elsewhere, once it is done."""
        found = awaited(lambda method: self._sent(method, f"{PREFIX}calls/{call}", b""), progress)
        if found.error is not None:
            raise _raised(_BUG, json.dumps(asdict(found.error)).encode())
        return json.dumps(found.reply).encode()

    def _context(self, progress: Progress) -> Context:
        """What a verb gets that is done here: the blobs of this machine, and everything else by asking."""
        return Context(
            stores=_Elsewhere(self.artifacts),
            who=_nobody,
            clock=now,
            call=self.call,
            session=self,
            progress=progress,
            read_yaml=read_yaml,
        )

    def _sent(self, method: str, path: str, body: bytes) -> bytes:
        status, answer = self._transport(method, path, body)
        if status != _OK:
            raise _raised(status, answer)
        return answer

    def send(self, digests: Iterable[Digest]) -> None:
        """Put local blobs on the other side."""
        for digest in dict.fromkeys(digests):
            self._sent("PUT", f"{PREFIX}blobs/{digest}", self.artifacts.read(digest))

    def fetch(self, digests: Iterable[Digest]) -> None:
        """Get blobs that are not here yet, and keep only what has the right digest."""
        for digest in self.artifacts.missing(dict.fromkeys(digests)):
            found = self.artifacts.put_bytes(self._sent("GET", f"{PREFIX}blobs/{digest}", b""))
            if found != digest:
                raise Damaged(f"the server sent other bytes than {digest}", hint="try again, then: %mlc verify there")

    @property
    def shown(self) -> str:
        """The other side has no name of its own yet."""
        return "the server"

    def beside(self, place: PlaceOfRegistry) -> Session:
        """Over the wire nobody has a key at hand that another registry would know."""
        raise BadInput(
            f"from a registry over the wire nothing is copied straight to {place.shown}",
            hint="copy into an archive first: %mlc copy REF ARCHIVE.tar",
        )

    def close(self) -> None:
        """Nothing is held open."""


class _Elsewhere(Stores):
    """The registry is on the other side, the blobs are here."""

    def __init__(self, artifacts: Artifacts) -> None:
        self._artifacts = artifacts

    @property
    def registry(self) -> Registry:
        raise _over_the_wire()

    @property
    def artifacts(self) -> Artifacts:
        return self._artifacts

    @property
    def place(self) -> PlaceOfRegistry:
        raise _over_the_wire()


def _over_the_wire() -> BadInput:
    return BadInput("the registry is not on this machine", hint="use a registry here: %mlc use PATH")


def _nobody() -> Identity:
    raise _over_the_wire()


def _raised(status: int, answer: bytes) -> MlcError:
    """The error that the other side answered with."""
    try:
        told = json.loads(answer)
        code, message, hint = str(told["code"]), str(told["message"]), str(told["hint"])
    except (ValueError, KeyError, TypeError):
        return errors.Unavailable(f"the server answered {status} without a reason", hint="look at the server's log")
    if code == NeedsConfirmation.code:
        return NeedsConfirmation(message, token=str(told.get("token", "")))
    return _ERRORS.get(code, errors.Unavailable)(message, hint=hint)
