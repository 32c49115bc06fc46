"""Calls that processes of their own carry out, as far as no server is needed; and verbs over the wire by them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from jupyter_mlc.domain.errors import Conflict, NotFound
from jupyter_mlc.faces import calls as calls_
from jupyter_mlc.faces.arguments import Call
from jupyter_mlc.faces.called import Asked, Called, CallState
from jupyter_mlc.faces.calls import Calls
from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.faces.values import Named
from jupyter_mlc.faces.wire import RemoteSession, Wire
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.identity import identity
from jupyter_mlc.verbs import VERBS
from jupyter_mlc.verbs.compare import Compare
from jupyter_mlc.verbs.evaluate import Evaluate, EvaluateReply
from jupyter_mlc.verbs.session import LocalSession

ROWS = pd.DataFrame({"x": [0.0, 1.0, 2.0, 3.0] * 20, "late": [0, 1, 1, 1] * 20})


@pytest.fixture
def said() -> list[str]:
    """What was complained about."""
    return []


@pytest.fixture
def calls(tmp_path: Path, said: list[str]) -> Iterator[Calls]:
    found = Calls(tmp_path, at_once=1, complain=said.append)
    yield found
    found.close()


def asked(folder: Path, body: bytes = b'{"ref": "churn"}', verb: str = "reproduce") -> Asked:
    return Asked(verb=verb, url=str(folder / "registry"), body=body)


def ended(calls: Calls, call: str) -> Called:
    while (found := calls.look(call)).state is CallState.RUNNING:
        time.sleep(0.05)
    return found


def until(is_so: Callable[[], object]) -> None:
    latest = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < latest
        time.sleep(0.05)


def test_calls_wait_for_their_turn_and_can_be_ended_before_it(calls: Calls, tmp_path: Path) -> None:
    first, second = calls.begin(asked(tmp_path)), calls.begin(asked(tmp_path))
    waiting = calls.look(second)
    assert (waiting.state, waiting.text) == (CallState.RUNNING, "waiting for its turn")
    calls.end(second)
    assert ended(calls, first).state is CallState.REFUSED
    told = ended(calls, second).error
    assert told is not None
    assert (told.code, told.message, told.hint) == (
        "interrupted",
        "reproduce was ended before it was done",
        "what was recorded until then: %mlc history",
    )


@pytest.mark.slow
def test_too_many_calls_are_refused_and_those_that_ended_make_room(
    calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls_, "_MOST", 2)
    first, second = calls.begin(asked(tmp_path)), calls.begin(asked(tmp_path))
    with pytest.raises(Conflict) as refused:
        calls.begin(asked(tmp_path))
    assert refused.value.text == "2 calls are under way already\nwait until some of them are done"
    ended(calls, first)
    ended(calls, second)
    calls.begin(asked(tmp_path))
    with pytest.raises(NotFound):
        calls.look(first)
    assert calls.look(second).state is CallState.REFUSED


def test_how_a_call_ended_is_forgotten_after_a_while(
    calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = calls.begin(asked(tmp_path))
    ended(calls, call)
    monkeypatch.setattr(calls_, "_KEPT", 0.0)
    with pytest.raises(NotFound) as gone:
        calls.look(call)
    assert gone.value.text == (
        f"there is no call '{call}'\nit ended a while ago, or with the server that began it: ask again"
    )


def test_a_bug_is_told_with_its_name_and_where_it_is_only_to_the_log(
    calls: Calls, tmp_path: Path, said: list[str]
) -> None:
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "jobs").touch()
    found = ended(calls, calls.begin(asked(tmp_path, b"{}", verb="nothing")))
    assert (found.state, found.error is not None and found.error.code) == (CallState.DIED, "bug")
    assert found.error is not None
    assert (found.error.message, found.error.hint) == ("KeyError: 'nothing'", "the server's log says where")
    until(lambda: said)
    assert said[0].startswith("nothing died:\nTraceback (most recent call last):")


SERVER = """\
import sys, time
from pathlib import Path
from jupyter_mlc.faces.called import Asked
from jupyter_mlc.faces.calls import Calls

calls = Calls(Path())
call = calls.begin(Asked(verb="retrain", url=sys.argv[1], body=sys.argv[2].encode()))
while not calls._calls[call]._process:
    time.sleep(0.05)
print(calls._calls[call]._process.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.slow
def test_a_process_ends_with_a_server_that_is_killed(tmp_path: Path) -> None:
    words = [sys.executable, "-c", SERVER, str(tmp_path / "registry"), json.dumps({"ref": "churn"})]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        carrying = int(process.stdout.readline())
        os.kill(process.pid, signal.SIGKILL)
    until(lambda: not Path(f"/proc/{carrying}/cmdline").exists() or not Path(f"/proc/{carrying}/cmdline").read_bytes())


# Verbs over the wire


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk on a registry with two versions and data to judge them by."""
    desk = Desk(str(tmp_path / "registry"))

    def typed(verb: str, **values: object) -> None:
        desk.carry_out(Call(verb=VERBS[verb], values=values))

    for C in (0.01, 10.0):
        clf = LogisticRegression(C=C).fit(ROWS[["x"]], ROWS.late)
        typed("register", name="late", object=Named(name="clf", value=clf), no_load_check=True)
    typed("dataset add", name="june", data=Named(name="june", value=ROWS.iloc[:60]))
    yield desk
    desk.close()


@pytest.fixture
def remote(desk: Desk, calls: Calls, tmp_path: Path) -> RemoteSession:
    """A session that reaches the same registry over the wire."""
    (tmp_path / "cache").mkdir()
    here = desk.session
    assert isinstance(here, LocalSession)
    wire = Wire(lambda _: here, calls)
    return RemoteSession(
        lambda method, path, body: wire.handle(method, path, body, identity()), Artifacts(tmp_path / "cache")
    )


@pytest.mark.slow
def test_versions_are_judged_and_compared_over_the_wire_as_they_are_here(remote: RemoteSession, desk: Desk) -> None:
    shown: list[tuple[int, int, str]] = []
    ask = Evaluate(ref="late:1..2", data="june", target="late", replicates=100)
    judged = remote.call(ask, lambda done, total, text: shown.append((done, total, text)))
    assert isinstance(judged, EvaluateReply)
    assert [one.id for one in judged.versions] == ["evaluation/1", "evaluation/2"]
    assert {total for _, total, _ in shown[1:]} <= {0, 6}
    compared = Compare(refs=("late:1", "late:2"), data="june", target="late")
    assert remote.call(compared) == desk.call(compared)
