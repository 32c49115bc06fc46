"""A Jupyter server with the extension, on a registry of its own."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_jupyter.jupyter_server import *  # noqa: F403 (fixtures and hooks for this folder alone)
from sklearn.linear_model import LogisticRegression
from tornado.httpclient import HTTPClientError

from jupyter_mlc.faces.arguments import Call
from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.faces.values import Named
from jupyter_mlc.verbs import VERBS

Ask = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture  # type: ignore[no-redef]  # pytest-jupyter asks for one of this name
def jp_server_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return {
        "ServerApp": {"jpserver_extensions": {"jupyter_mlc": True}, "allow_unauthenticated_access": False},
        "MlcApp": {"registry": str(tmp_path / "registry"), "watch_ms": 50},
    }


@pytest.fixture
def ask(jp_fetch: Callable[..., Awaitable[Any]]) -> Ask:
    """Asks a verb; what is refused is an answer as well."""

    async def asked(path: str, body: object = None, *, method: str = "POST", **more: Any) -> tuple[int, Any]:
        given = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        data = None if method in {"GET", "DELETE"} else given
        try:
            answer = await jp_fetch("jupyter-mlc", "v1", *path.split("/"), method=method, body=data, **more)
        except HTTPClientError as refused:
            return refused.code, json.loads(refused.response.body if refused.response else b"{}")
        is_json = answer.headers["Content-Type"].startswith("application/json")
        return answer.code, json.loads(answer.body) if is_json else answer.body

    return asked


@pytest.fixture
def desk(tmp_path: Path, jp_server_config: dict[str, Any]) -> Iterator[Desk]:
    """A desk on the server's registry, which has a model with two versions."""
    desk = Desk(str(tmp_path / "registry"))
    for C in (0.5, 2.0):
        values = {"name": "churn", "object": Named(name="clf", value=LogisticRegression(C=C)), "metric": {"auc": C / 4}}
        desk.carry_out(Call(verb=VERBS["register"], values=values | {"no_load_check": True}))
    yield desk
    desk.close()
