"""Every door of the server: closed without a token, closed to changes for who may only look, and none falls in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from jupyter_server.auth import Authorizer
from jupyter_server.utils import url_path_join
from tornado.httpclient import AsyncHTTPClient, HTTPClientError

from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.faces.wire import PREFIX, routes

Ask = Callable[..., Awaitable[tuple[int, Any]]]
Door = tuple[str, str]

BLOB, CALL = f"blobs/sha256:{'0' * 64}", f"calls/{'0' * 32}"
VERBS = [("POST", path.removeprefix(PREFIX)) for path in sorted(routes())]
OTHERS = [
    *(("GET", "registries"), ("GET", "openapi.json"), ("GET", BLOB), ("PUT", BLOB)),
    *(("GET", CALL), ("DELETE", CALL), ("GET", "list"), ("POST", "nothing")),
]
CHANGES = [(method, path) for method, path in [*VERBS, *OTHERS] if method != "GET"]


@pytest.fixture
def knock(http_server_client: AsyncHTTPClient, jp_serverapp: Any) -> Callable[..., Awaitable[int]]:
    """Asks without the token; the status of the answer."""

    async def knocked(method: str, path: str, **headers: str) -> int:
        url = url_path_join(jp_serverapp.base_url, "jupyter-mlc", "v1", path)
        body = b"{}" if method in {"POST", "PUT"} else None
        try:
            answer = await http_server_client.fetch(url, method=method, body=body, headers=headers)
        except HTTPClientError as refused:
            return refused.code
        return int(answer.code)

    return knocked


async def test_no_door_opens_without_the_token(knock: Callable[..., Awaitable[int]], desk: Desk) -> None:
    assert {door: await knock(*door) for door in [*VERBS, *OTHERS]} == dict.fromkeys([*VERBS, *OTHERS], 403)


async def test_a_page_of_somebody_elses_changes_nothing_with_the_browsers_cookie(
    knock: Callable[..., Awaitable[int]], http_server_client: AsyncHTTPClient, jp_serverapp: Any, desk: Desk
) -> None:
    base, token = jp_serverapp.base_url, jp_serverapp.identity_provider.token
    greeted = await http_server_client.fetch(f"{url_path_join(base, 'api/status')}?token={token}")
    cookies = "; ".join(each.split(";")[0] for each in greeted.headers.get_list("Set-Cookie"))
    assert {door: await knock(*door, Cookie=cookies) for door in CHANGES} == dict.fromkeys(CHANGES, 403)
    assert await knock("GET", "registries", Cookie=cookies) == 200


class Looking(Authorizer):
    """Lets everybody read, and nobody do anything else here."""

    def is_authorized(self, *asked: Any) -> bool:
        *_, action, resource = asked
        return bool(resource == "mlc" and action == "read")


@pytest.fixture
def looking(jp_serverapp: Any) -> None:
    """Whoever asks may only look."""
    jp_serverapp.web_app.settings["authorizer"] = Looking(parent=jp_serverapp)


@pytest.mark.usefixtures("looking")
async def test_whoever_may_only_read_is_refused_every_change(ask: Ask, desk: Desk) -> None:
    for path, verb in routes().items():
        status, told = await ask(path.removeprefix(PREFIX), b"{")
        does = verb.does.value
        assert status == (400 if does == "read" else 403), path
        if does != "read":
            assert told["message"] == f"you may not {does} in this registry"
    status, told = await ask(BLOB, b"bytes", method="PUT")
    assert (status, told["message"]) == (403, "you may not write in this registry")
    status, told = await ask(CALL, method="DELETE")
    assert (status, told["message"]) == (403, "you may not run models or notebooks on this server")
    status, told = await ask(CALL, method="GET")
    assert status == 404


@pytest.mark.usefixtures("looking")
async def test_whoever_may_only_read_reads(ask: Ask, desk: Desk) -> None:
    assert (await ask("list", {"what": "churn"}))[0] == 200
    assert (await ask("compare", {"refs": ["churn:1", "churn:2"]}))[0] == 200
    status, told = await ask("compare", {"refs": ["churn:1", "churn:2"], "data": "june", "target": "late"})
    assert (status, told["message"]) == (403, "you may not run models or notebooks on this server")


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b"1", b'"x"', b"\xff\xfe", b'{"\\ud800": 1', b"{} {}", b"NaN"])
async def test_a_body_that_is_no_object_is_refused_by_every_verb(ask: Ask, desk: Desk, body: bytes) -> None:
    answers = {path: await ask(path, body) for _, path in VERBS}
    assert {path: status for path, (status, _) in answers.items()} == {path: 400 for _, path in VERBS}
    assert {told["code"] for _, told in answers.values()} == {"bad-input"}


@pytest.mark.slow
async def test_a_field_of_another_kind_is_named_by_every_verb(ask: Ask, desk: Desk) -> None:
    for path, verb in routes().items():
        for field in verb.arguments():
            status, told = await ask(path.removeprefix(PREFIX), {field.name: [[["nothing has such a field"]]]})
            assert status == 400, (path, field.name)
            assert "the body does not fit: " in told["message"], (path, field.name)
            assert field.name in told["message"], (path, told["message"])


async def test_words_that_no_text_can_hold_come_back_in_the_refusal(ask: Ask, desk: Desk) -> None:
    status, told = await ask("show", {"ref": "\ud800"})
    assert (status, told["code"]) == (400, "bad-input")
    assert "\ud800" in told["message"] or "ud800" in told["message"]
