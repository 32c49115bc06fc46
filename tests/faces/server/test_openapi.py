"""The OpenAPI document is valid, and describes every route that the application has."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from openapi_spec_validator import validate
from tornado.httpclient import AsyncHTTPClient

from jupyter_mlc.domain import errors
from jupyter_mlc.domain.errors import Interrupted, MlcError
from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.faces.openapi import openapi
from jupyter_mlc.faces.server.handlers import NoRoute
from jupyter_mlc.faces.wire import routes

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}


def address(path: str) -> str:
    """A path of the document with something in place of what it leaves open."""
    return path.replace("{digest}", f"sha256:{'0' * 64}").replace("{call}", "0" * 32)


def rules_of(router: Any) -> list[Any]:
    """The rules that say which handler a path goes to, of tornado's routers in routers."""
    inner = [rules_of(rule.target) if hasattr(rule.target, "rules") else [rule] for rule in router.rules]
    return [rule for rules in inner for rule in rules if hasattr(rule.matcher, "regex")]


@pytest.mark.slow
def test_the_document_is_valid_and_describes_every_verb_and_field() -> None:
    document = openapi()
    validate(document)
    assert document["paths"].keys() >= routes().keys()
    for path, verb in routes().items():
        operation = document["paths"][path]["post"]
        assert operation["summary"] == verb.summary
        name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        schema = document["components"]["schemas"][name]
        assert schema["additionalProperties"] is False
        assert {field.name: field.described.description for field in verb.arguments()} == {
            name: field["description"] for name, field in schema["properties"].items()
        }


def test_every_rule_of_the_application_is_described_and_everything_described_has_a_rule(jp_serverapp: Any) -> None:
    rules = [
        rule for rule in rules_of(jp_serverapp.web_app.default_router) if "jupyter-mlc" in rule.matcher.regex.pattern
    ]
    base = jp_serverapp.base_url.rstrip("/")
    found = {}
    for path, operations in openapi()["paths"].items():
        found[path] = next(rule for rule in rules if rule.matcher.regex.fullmatch(base + address(path)))
        assert {method.upper() for method in operations} == set(found[path].target.takes), path
    (nothing_else,) = [rule for rule in rules if rule not in found.values()]
    assert nothing_else.target is NoRoute


@pytest.mark.slow
async def test_a_route_takes_the_methods_that_are_described_and_says_so_of_others(
    http_server_client: AsyncHTTPClient, desk: Desk, jp_base_url: str, jp_auth_header: dict[str, str]
) -> None:
    for path, operations in openapi()["paths"].items():
        described = [method.upper() for method in operations]
        for method in METHODS:
            body = b"{" if method in {"POST", "PUT", "PATCH"} else None
            url = jp_base_url.rstrip("/") + address(path)
            answer = await http_server_client.fetch(
                url, method=method, body=body, headers=jp_auth_header, raise_error=False
            )
            assert (answer.code == 405) == (method not in described), (method, path)
            if answer.code == 405:
                assert answer.headers["Allow"] == ", ".join(described)
                if method != "HEAD":
                    told = json.loads(answer.body)
                    assert told["code"] == "bad-input"
                    assert f"takes {' and '.join(described)}, not {method}" in told["message"]


async def test_what_the_server_refuses_itself_looks_like_our_own_refusals(
    http_server_client: AsyncHTTPClient, jp_base_url: str
) -> None:
    answer = await http_server_client.fetch(f"{jp_base_url}jupyter-mlc/v1/registries", raise_error=False)
    assert (answer.code, json.loads(answer.body)) == (
        403,
        {
            "code": "forbidden",
            "message": "HTTP 403: Forbidden",
            "hint": "send the server's token: Authorization: token ...",
        },
    )


def test_every_refusal_that_there_is_has_its_status_in_the_document() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, MlcError)]
    by_ctrl_c = Interrupted.status  # nobody presses it on a server
    for path, operations in openapi()["paths"].items():
        for operation in operations.values():
            told = {int(status) for status in operation["responses"] if int(status) >= 400}
            assert told == {*(kind.status for kind in kinds), 405} - {by_ctrl_c}, path


@pytest.mark.parametrize("path", ["shwo", "blobs/a/b", "kernel/list/x"])
async def test_whatever_else_is_asked_for_is_not_there(ask: Callable[..., Any], jp_base_url: str, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        status, told = await ask(path, method=method)
        assert (status, told["code"]) == (404, "not-found")
