"""No request makes the server stumble or unpickle, whatever the registry holds; what it answers is what it promises."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.faces.wire import PREFIX, routes
from jupyter_mlc.verbs.base import Does
from jupyter_mlc.verbs.verify import Verify
from tests.faces.server.lived import EVIL, NAMES, NOTEBOOK, Lived, lived_in

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("every request")]

TOKEN = "t0ken"
READS: dict[str, dict[str, Any]] = {
    "admin-doctor": {},
    "admin-usage": {},
    "compare": {"refs": [EVIL, "churn:2"]},
    "dataset-list": {},
    "dataset-show": {"name": "june"},
    "history": {"ref": EVIL},
    "job-list": {},
    "job-logs": {"job": "1", "notebook": True},
    "job-show": {"job": "1"},
    "lineage": {"ref": EVIL},
    "list": {"what": "brought"},
    "kernel/load": {"ref": EVIL, "trust": True},
    "pack": {"ref": EVIL},
    "schedule-list": {},
    "show": {"ref": EVIL},
    "verify": {},
}
WRITES: dict[str, dict[str, Any]] = {
    "admin-gc": {},
    "admin-rebuild": {"yes": True},
    "admin-upgrade": {"yes": True},
    "alias": {"ref": EVIL, "alias": "weekend"},
    "edit": {"ref": EVIL, "note": "from elsewhere"},
    "tag": {"ref": EVIL, "tags": {"from": "elsewhere"}},
    "promote": {"ref": EVIL, "to": "production"},
    "undo": {},
    "rollback": {"name": "churn", "dry_run": True},
    "deprecate": {"ref": "churn:2", "reason": "no other will come", "dry_run": True},
    "retire": {"ref": EVIL, "dry_run": True},
    "discard": {"refs": ["brought:1"], "dry_run": True},
    "job-add": {"path": NOTEBOOK, "name": "again"},
    "job-cancel": {"job": "1"},
    "job-rerun": {"job": "1", "dry_run": True},
    "retrain": {"ref": NOTEBOOK, "dry_run": True},
    "reproduce": {"ref": "churn:1", "dry_run": True},
    "evaluate": {"ref": EVIL, "data": "june", "target": "late", "dry_run": True},
    "schedule-add": {"ref": "again", "every": "0 6 * * *"},
    "schedule-rm": {"schedule": "1"},
    "kernel/take": {"registry": "http://elsewhere", "model": "taken"},
}
Told = tuple[int, Any]


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where it is written down that something was unpickled."""
    return tmp_path_factory.mktemp("record") / "unpickled"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """A registry with much in it, in a home of its own, which the server shares: its keys are one's own."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("lived")
        for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "JUPYTER_RUNTIME_DIR"):
            patch.setenv(name, str(folder / "home" / name))
        patch.setenv("MLC_USER", "ana@laptop")
        yield lived_in(folder)


@pytest.fixture(scope="module")
def server(lived: Lived, record: Path) -> Iterator[str]:
    """A Jupyter server of its own process, which can unpickle nothing; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {
        "ServerApp.port": port,
        "ServerApp.ip": "127.0.0.1",
        "IdentityProvider.token": TOKEN,
        "ServerApp.root_dir": lived.root,
        "ServerApp.jpserver_extensions": "{'jupyter_mlc': True}",
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,
        "MlcApp.registry": lived.url,
        "MlcApp.calls": 0,  # nobody's turn comes: models and notebooks are run in other tests
    }
    given = [f"--{name}={value}" for name, value in options.items()]
    with (record.parent / "server.log").open("wb") as log:
        line = [sys.executable, "-m", "tests.faces.server.guarded", str(record), *given]
        process = subprocess.Popen(line, stdout=log, stderr=log, env=os.environ)
    try:
        _wait_for(f"http://127.0.0.1:{port}{PREFIX}openapi.json?token={TOKEN}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _wait_for(url: str) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(url):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(url)


@pytest.fixture
def ask(server: str) -> Callable[..., Told]:
    """Asks the server; what is refused is an answer as well."""

    def asked(path: str, body: object = None, method: str = "POST") -> Told:
        data = json.dumps(body or {}).encode() if method == "POST" else None
        request = urllib.request.Request(f"{server}{PREFIX}{path}", data, method=method)
        request.add_header("Authorization", f"token {TOKEN}")
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.read() if path.startswith("blobs/") else json.load(answer)
        except HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)

    return asked


@pytest.mark.parametrize(
    "loads",
    [
        "import pickle; pickle.loads(data)",
        "import _pickle; _pickle.loads(data)",
        "import pickle; pickle.load(file)",
        "import pickle; pickle.Unpickler(file).load()",
        "import pickle; pickle._Unpickler(file).load()",
        "import joblib; joblib.load(path)",
        "import cloudpickle; cloudpickle.loads(data)",
        "import pandas; pandas.read_pickle(path)",
        "from pickle_before import loads; loads(data)",
    ],
)
def test_where_nothing_is_unpickled_every_way_to_do_so_fails(tmp_path: Path, loads: str) -> None:
    (tmp_path / "pickle_before.py").write_text("from _pickle import loads")
    script = f"""
import os, pickle, pickle_before
from pathlib import Path
path = Path("data.pkl")
path.write_bytes(pickle.dumps(os.mkdir))
data, file = path.read_bytes(), path.open("rb")
from tests.faces.server.guarded import forbid
forbid(Path("record"))
{loads}
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.splitlines()[-1] == "PermissionError: nothing is unpickled here"
    assert (tmp_path / "record").exists()


def test_every_verb_is_answered_without_unpickling_anything(
    ask: Callable[..., Told], lived: Lived, record: Path
) -> None:
    answers = {path: ask(path, body) for path, body in (READS | WRITES).items()}
    _, run = answers["kernel/run"] = ask("kernel/run", {"name": "churn"})
    point = {"key": "loss", "step": 1, "value": {"$number": "nan"}, "at": 1}
    answers["kernel/run-log"] = ask("kernel/run-log", {"run": run["id"], "points": [point]})
    answers["kernel/run-end"] = ask("kernel/run-end", {"run": run["id"]})
    answers["kernel/register"] = ask("kernel/register", {"name": "brought", "object": lived.evil})
    answers["kernel/settle"] = ask("kernel/settle", {"ref": EVIL, "artifact": lived.evil})
    evidence = [bundle["evidence"] for bundle in answers["pack"][1]["bundles"]]
    answers["kernel/unpack"] = ask("kernel/unpack", {"evidence": evidence})
    column = {"name": "x", "type": "float"}
    july = {"name": "july", "digest": "mlc1:7", "rows": 1, "columns": [column], "source": "memory"}
    answers["kernel/dataset-add"] = ask("kernel/dataset-add", {"name": "july", "data": july})
    assert {PREFIX + path for path in answers} == set(routes())
    refused = {path: told["message"] for path, (status, told) in answers.items() if status != 200}
    assert refused == {"job-cancel": "job/1 has ended: succeeded"}
    assert ask(f"blobs/{lived.evil['digest']}", method="GET")[0] == 200
    assert ask("evaluate", {"ref": EVIL, "data": "june", "target": "late"})[0] == 202
    assert not record.exists(), record.read_text()
    assert not lived.mark.exists()


def test_no_request_makes_the_server_stumble(server: str, ask: Callable[..., Told], lived: Lived, record: Path) -> None:
    _, begun = ask("compare", {"refs": [EVIL, "churn:2"], "data": "june", "target": "late"})
    _, document = ask("openapi.json", method="GET")
    known = dict(NAMES) | {
        "registry": ["", lived.uuid],
        "digest": [lived.evil["digest"]],
        "call": [begun["call"]],
        "object": [lived.evil],
        "artifact": [lived.evil],
        "run": [ask("kernel/run", {"name": "churn"})[1]["id"] for _ in range(3)],
        "evidence": [bundle["evidence"] for bundle in ask("pack", {"ref": "churn:1"})[1]["bundles"]],
    }
    schema = schemathesis.openapi.from_dict(_with_names(document, known), config=_config(server))
    statuses, failures = defaultdict[str, set[int]](set), list[str]()
    for event in from_schema(schema).execute():
        assert not isinstance(event, events.NonFatalError | events.FatalError), event
        if isinstance(event, events.ScenarioFinished):
            for id_, seen in event.recorder.interactions.items():
                case = event.recorder.cases[id_].value
                assert seen.response is not None, case.as_curl_command()
                statuses[f"{case.method} {case.path}"].add(seen.response.status_code)
                failed = [check for check in event.recorder.checks.get(id_, []) if check.status == Status.FAILURE]
                failures += [f"{check.failure_info}\n{case.as_curl_command()}" for check in failed]
    assert failures == []
    reads = {f"POST {path}" for path, verb in routes().items() if verb.does is Does.READ}
    looks = {f"GET {path}" for path, operations in document["paths"].items() if "get" in operations}
    assert {operation for operation in reads | looks if 200 not in statuses[operation]} == set()
    assert not record.exists(), record.read_text()
    assert not lived.mark.exists()
    desk = Desk(lived.url)
    assert desk.call(Verify()).exit_code == 0
    desk.close()


def _with_names(document: dict[str, Any], known: Mapping[str, list[Any]]) -> dict[str, Any]:
    """The document with what exists, to be drawn as often as all else."""
    for schema in document["components"]["schemas"].values():
        if schema.get("additionalProperties") is False:
            for name in schema["properties"].keys() & known.keys():
                holder, key = schema["properties"], name
                if holder[name].get("type") == "array":
                    holder, key = holder[name], "items"
                holder[key] = {"anyOf": [{"enum": known[name]}, holder[key]]}
    for operations in document["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                parameter["schema"] = {"anyOf": [{"enum": known[parameter["name"]]}, parameter["schema"]]}
    return document


def _config(server: str) -> SchemathesisConfig:
    """Requests that fit and requests that do not, and for each of both whatever may be checked of the answer."""
    return SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "base-url": server,
            "headers": {"Authorization": f"token {TOKEN}"},
            "continue-on-failure": True,
            "generation": {"mode": "all", "max-examples": 4, "no-shrink": True, "deterministic": True},
            "phases": {"stateful": {"enabled": False}},
            "checks": {
                "positive_data_acceptance": {"enabled": False},  # a name may be one that nobody has given
                "missing_required_header": {"enabled": False},  # the server answers 403 and not 401 without a token
            },
        }
    )
