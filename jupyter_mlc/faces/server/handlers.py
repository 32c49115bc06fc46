"""Routes of a Jupyter server: who may ask what, and the answer, made in a thread of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from typing import Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import ensure_async
from tornado import web

from jupyter_mlc.domain.errors import MlcError
from jupyter_mlc.faces.openapi import openapi
from jupyter_mlc.faces.server.registries import Registries
from jupyter_mlc.faces.wire import PREFIX, Wire, error_body, routes
from jupyter_mlc.store.identity import identity
from jupyter_mlc.verbs.base import Does

RESOURCE = "mlc"
_FORBIDDEN = 403


@dataclass(frozen=True, kw_only=True)
class Answering:
    """What all routes share."""

    registries: Registries
    threads: Executor


class _Route(APIHandler):
    """A route that asks the server's authorizer before it answers.

    `authorized`, the server's decorator, remembers the action of its first call, so it cannot serve several routes.
    """

    auth_resource = RESOURCE

    def initialize(self, answering: Answering) -> None:
        """Tornado's way of handing over."""
        self.answering = answering

    async def answer(self, action: str, work: Callable[[], tuple[int, bytes]]) -> None:
        """Answer with what `work` gives, unless the person may not ask for it."""
        allowed = await ensure_async(self.authorizer.is_authorized(self, self.current_user, action, RESOURCE))
        if allowed:
            status, body = await asyncio.get_running_loop().run_in_executor(self.answering.threads, work)
        else:
            status, body = _FORBIDDEN, _forbidden(action)
        self.set_status(status)
        is_json = body[:1] in {b"{", b"["} or not body
        await self.finish(body, set_content_type="application/json" if is_json else "application/octet-stream")


def _forbidden(action: str) -> bytes:
    told = {"code": "forbidden", "message": f"you may not {action} in this registry", "hint": "ask who runs the server"}
    return json.dumps(told).encode()


class VerbRoute(_Route):
    """One route for each verb, and one for bytes."""

    @web.authenticated
    async def post(self, path: str) -> None:
        await self._answer(path)

    @web.authenticated
    async def get(self, path: str) -> None:
        await self._answer(path)

    @web.authenticated
    async def put(self, path: str) -> None:
        await self._answer(path)

    async def _answer(self, path: str) -> None:
        method, body, uuid = str(self.request.method), self.request.body, self.get_query_argument("registry", "")
        wire = Wire(lambda _: self.answering.registries.session(uuid))

        def work() -> tuple[int, bytes]:
            return wire.handle(method, PREFIX + path, body, identity())

        await self.answer(_action(method, path), work)


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
        (f"{PREFIX}(.+)", VerbRoute, given),
    ]
