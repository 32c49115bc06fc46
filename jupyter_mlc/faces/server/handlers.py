"""Routes of a Jupyter server: who may ask what, and the answer, made in a thread of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import ensure_async
from tornado import web

from jupyter_mlc.domain.errors import BadInput, Forbidden, MlcError, NotFound
from jupyter_mlc.faces.called import Asked, Called, Elsewhere, error_body
from jupyter_mlc.faces.openapi import openapi
from jupyter_mlc.faces.server.registries import Registries
from jupyter_mlc.faces.wire import PREFIX, Wire, no_route, routes
from jupyter_mlc.store.identity import identity
from jupyter_mlc.verbs.base import Ask, Does
from jupyter_mlc.verbs.session import LocalSession

RESOURCE = "mlc"
JSON, BYTES = "application/json", "application/octet-stream"
_ASK = "ask who runs the server"
_OK, _NOT_ALLOWED = 200, 405
_KINDS: Mapping[int, tuple[type[MlcError], str]] = {
    403: (Forbidden, "send the server's token: Authorization: token ..."),
    404: (NotFound, "see openapi.json beside it"),
}


@dataclass(frozen=True, kw_only=True)
class Answering:
    """What all routes share."""

    registries: Registries
    threads: Executor
    calls: Elsewhere
    placed: Callable[[Ask, LocalSession], Ask]


class _Route(APIHandler):
    """A route that asks the server's authorizer before it answers.

    `authorized`, the server's decorator, remembers the action of its first call, so it cannot serve several routes.
    """

    auth_resource = RESOURCE
    takes: ClassVar[tuple[str, ...]] = ("GET",)
    gives: ClassVar[str] = JSON
    """what a GET is answered with"""

    def initialize(self, answering: Answering) -> None:
        """Tornado's way of handing over."""
        self.answering = answering

    async def answer(self, action: str, work: Callable[[], tuple[int, bytes]]) -> None:
        """Answer with what `work` gives, unless the person may not ask for it."""
        if await self.may(action, RESOURCE):
            self._respond(*await asyncio.get_running_loop().run_in_executor(self.answering.threads, work))
        else:
            refused = Forbidden(f"you may not {action} in this registry", hint=_ASK)
            self._respond(refused.status, error_body(refused))

    def write_error(self, status_code: int, **why: Any) -> None:
        """What the server refuses before it comes to us is told as our own refusals are."""
        kind, hint = _KINDS.get(status_code, (BadInput, "see openapi.json beside it"))
        if status_code == _NOT_ALLOWED:
            message = f"{self.request.path} takes {' and '.join(self.takes)}, not {self.request.method}"
        else:
            message = str(why["exc_info"][1])
        self._respond(status_code, error_body(kind(message, hint=hint)))

    def _respond(self, status: int, body: bytes) -> None:
        self.set_status(status)
        if status == _NOT_ALLOWED:
            self.set_header("Allow", ", ".join(self.takes))
        is_given = status == _OK and self.request.method == "GET"
        self.finish(body, set_content_type=self.gives if is_given else JSON)

    async def may(self, action: str, resource: str) -> bool:
        """Whether whoever asks may do this here."""
        return bool(await ensure_async(self.authorizer.is_authorized(self, self.current_user, action, resource)))


class Guarded:
    """Carries out calls for people who may run code on this server, and for nobody else.

    Parameters
    ----------
    calls : Elsewhere
        Whoever carries them out.
    may : bool
        Whether this person may.
    """

    def __init__(self, calls: Elsewhere, *, may: bool) -> None:
        self._calls, self._may = calls, may

    def begin(self, asked: Asked) -> str:
        """As the others do."""
        return self._allowed().begin(asked)

    def look(self, call: str) -> Called:
        """As the others do."""
        return self._calls.look(call)

    def end(self, call: str) -> Called:
        """As the others do."""
        return self._allowed().end(call)

    def _allowed(self) -> Elsewhere:
        if not self._may:
            raise Forbidden("you may not run models or notebooks on this server", hint=_ASK)
        return self._calls


class _WireRoute(_Route):
    """A route of which the wire knows what it takes and gives."""

    @web.authenticated
    async def post(self, path: str) -> None:
        await self._answer(path)

    @web.authenticated
    async def get(self, path: str) -> None:
        await self._answer(path)

    @web.authenticated
    async def put(self, path: str) -> None:
        await self._answer(path)

    @web.authenticated
    async def delete(self, path: str) -> None:
        await self._answer(path)

    async def _answer(self, path: str) -> None:
        method, body, uuid = str(self.request.method), self.request.body, self.get_query_argument("registry", "")
        given = self.answering
        calls = Guarded(given.calls, may=await self.may("execute", "kernels"))
        wire = Wire(lambda _: given.registries.session(uuid), calls, given.placed)

        def work() -> tuple[int, bytes]:
            return wire.handle(method, PREFIX + path, body, identity())

        await self.answer(_action(method, path), work)


class VerbRoute(_WireRoute):
    """One route for each verb."""

    takes = ("POST",)


class BlobRoute(_WireRoute):
    """Bytes, by their digest."""

    takes = ("GET", "PUT")
    gives = BYTES


class CallRoute(_WireRoute):
    """The calls that are carried out elsewhere."""

    takes = ("GET", "DELETE")


def _action(method: str, path: str) -> str:
    """What the authorizer is asked for: what the verb does; reading for what has no verb."""
    verb = routes().get(PREFIX + path)
    if verb is not None:
        return verb.does.value
    return Does.WRITE.value if method == "PUT" else Does.READ.value


class RegistriesRoute(_Route):
    """The registries that the panel can show."""

    @web.authenticated
    async def get(self) -> None:
        await self.answer(Does.READ.value, lambda: _json(lambda: [asdict(one) for one in self._known()]))

    def _known(self) -> list[Any]:
        return self.answering.registries.known()


class OpenApiRoute(_Route):
    """All routes, described."""

    @web.authenticated
    async def get(self) -> None:
        await self.answer(Does.READ.value, lambda: _json(openapi))


class NoRoute(_WireRoute):
    """Whatever else is asked for here: what the wire takes has a rule of its own, or nobody can ask for it."""

    takes = ()

    async def _answer(self, path: str) -> None:
        refused = no_route(PREFIX + path)
        await self.answer(Does.READ.value, lambda: (refused.status, error_body(refused)))


def _json(give: Callable[[], object]) -> tuple[int, bytes]:
    try:
        return 200, json.dumps(give()).encode()
    except MlcError as error:
        return error.status, error_body(error)


def handlers(answering: Answering) -> list[tuple[str, type[_Route], dict[str, Answering]]]:
    """Every route; the server puts its own address before them."""
    given = {"answering": answering}
    return [
        (f"{PREFIX}registries", RegistriesRoute, given),
        (rf"{PREFIX}openapi\.json", OpenApiRoute, given),
        (f"{PREFIX}(blobs/[^/]+)", BlobRoute, given),
        (f"{PREFIX}(calls/[^/]+)", CallRoute, given),
        (f"{PREFIX}((?:kernel/)?[^/]+)", VerbRoute, given),
        (f"{PREFIX}(.*)", NoRoute, given),
    ]
