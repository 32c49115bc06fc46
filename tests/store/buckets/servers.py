"""Servers of buckets on loopback, and one that stands before them and does harm."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

USERS = {
    "ana": ["Admin", "Read", "Write", "List"],
    "reader": ["Read", "List"],
}
SECRET = "geheim"
_PORTS = (
    *("master.port", "master.port.grpc", "volume.port", "volume.port.grpc"),
    *("filer.port", "filer.port.grpc", "s3.port", "s3.port.grpc"),
)
_PATIENCE = 60


@contextmanager
def seaweedfs(folder: Path) -> Iterator[str]:
    """The address of a SeaweedFS server with its data in a folder."""
    identities = [
        {"name": name, "credentials": [{"accessKey": name, "secretKey": SECRET}], "actions": actions}
        for name, actions in USERS.items()
    ]
    (folder / "users.json").write_text(json.dumps({"identities": identities}))
    ports = dict(zip(_PORTS, _free_ports(len(_PORTS)), strict=True))
    words = [f"-{name}={port}" for name, port in ports.items()]
    words += [f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3", f"-s3.config={folder / 'users.json'}"]
    words += [
        "-s3.autoCreateBucket=false",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-s3.iam=false",
        "-master.telemetry=false",
        "-master.volumeSizeLimitMB=64",
        "-volume.max=50",
    ]
    program = Path(sys.executable).parent / "weed"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, "-logtostderr=true", "server", *words], stdout=log, stderr=log, cwd=folder)
        try:
            _wait_for(ports["s3.port"], process)
            yield f"http://127.0.0.1:{ports['s3.port']}"
        finally:
            process.kill()  # asked to end it takes half a minute, and nobody needs its data
            process.wait()


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server of buckets did not come up")


@contextmanager
def moto() -> Iterator[str]:
    """The address of moto, which imitates S3."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


Harm = Callable[[str, str], str]
"""from the method and the path of a request to what is done to it: ``cut``, ``refuse``, ``lie``, ``lose`` or nothing"""


class Harmful(ThreadingHTTPServer):
    """Stands before a server of buckets."""

    daemon_threads = True

    def __init__(self, behind: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind = urlsplit(behind).netloc
        self.harm: Harm = lambda method, path: ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *_: object) -> None:
        """Whoever is cut off hangs up."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Harmful

    def _answer(self) -> None:
        harm = self.server.harm(self.command, self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if harm == "refuse":
            self._send(503, b"<Error><Code>SlowDown</Code><Message>no</Message></Error>", {})
            return
        if harm == "lose":
            self._send(200, b"", {"ETag": '"lost"'})
            return
        connection = http.client.HTTPConnection(self.server.behind)
        connection.request(self.command, self.path, body, dict(self.headers))
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        if harm == "lie" and data:
            data = bytes([data[0] ^ 1]) + data[1:]
        self._send(answer.status, data, dict(answer.headers), cut=harm == "cut")

    def _send(self, status: int, data: bytes, headers: dict[str, str], *, cut: bool = False) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            checked = name.lower().startswith("x-amz-checksum")
            if name.lower() not in {"content-length", "transfer-encoding", "connection"} and not checked:
                self.send_header(name, value)
        length = headers.get("Content-Length") if self.command == "HEAD" else str(len(data))
        self.send_header("Content-Length", length or "0")
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if cut else data)
        if cut:
            self.close_connection = True

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _answer  # noqa: N815 (the standard library's names)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the standard library's name)
        """Nobody reads it."""


@contextmanager
def harmful(behind: str) -> Iterator[Harmful]:
    """A server that does harm on demand."""
    with Harmful(behind) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
