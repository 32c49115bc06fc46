"""A server that answers as a test wants it to, on the loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

Answer = tuple[int, Mapping[str, str], bytes]


@dataclass(kw_only=True)
class Told:
    """What was asked, and what is answered: a function of the path."""

    address: str = ""
    asked: list[str] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    """of what was asked with one"""
    authorization: list[str | None] = field(default_factory=list)
    answer: Callable[[str], Answer] = lambda path: (404, {}, b"")


def json_answer(found: object, status: int = 200) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(found).encode()


@pytest.fixture
def told() -> Iterator[Told]:
    state = Told()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(self.path)
            state.authorization.append(self.headers["Authorization"])
            status, headers, body = state.answer(self.path)
            self.send_response(status)
            for key, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            state.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.address = f"mlflow://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield state
    server.shutdown()
    server.server_close()
    thread.join()
