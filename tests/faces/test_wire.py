from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_mlc.domain.entities import Artifact
from jupyter_mlc.domain.errors import BadInput, Damaged, Interrupted, NeedsConfirmation, NotFound, Unavailable
from jupyter_mlc.faces.called import Asked, Called, CallState, Refused
from jupyter_mlc.faces.encoding import decode, encode
from jupyter_mlc.faces.plain import plain_data
from jupyter_mlc.faces.wire import PREFIX, RemoteSession, Wire, route_of, routes
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.store.places import place_of
from jupyter_mlc.verbs import VERBS
from jupyter_mlc.verbs.base import Ask, Reply
from jupyter_mlc.verbs.compare import Compare
from jupyter_mlc.verbs.discard import Discard
from jupyter_mlc.verbs.evaluate import Evaluate
from jupyter_mlc.verbs.list_ import List, ListReply
from jupyter_mlc.verbs.register import Register, RegisterReply
from jupyter_mlc.verbs.session import LocalSession
from jupyter_mlc.verbs.use import Use


@pytest.fixture
def backing(tmp_path: Path, ana: Identity, clock: Callable[[], int]) -> Iterator[LocalSession]:
    session = LocalSession(place_of(str(tmp_path / "registry")), lambda: ana, clock)
    assert session.registry
    yield session
    session.close()


@pytest.fixture
def wire(backing: LocalSession) -> Wire:
    return Wire(lambda _: backing)


def answer(wire: Wire, who: Identity, path: str, body: object = None, method: str = "POST") -> tuple[int, object]:
    data = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
    status, told = wire.handle(method, PREFIX + path, data, who)
    return status, json.loads(told)


def artifact(backing: LocalSession) -> Artifact:
    digest = backing.artifacts.put_bytes(b"model")
    return Artifact(format="joblib", digest=digest, size=5, blobs=(digest,))


def test_every_verb_but_those_of_the_client_has_a_route() -> None:
    assert {verb.name for verb in routes().values()} == {verb.name for verb in VERBS.values() if verb.has_route}
    assert route_of(VERBS["dataset list"]) == "/jupyter-mlc/v1/dataset-list"
    assert route_of(VERBS["register"]) == "/jupyter-mlc/v1/kernel/register"


def test_a_request_is_answered_with_plain_data(wire: Wire, ana: Identity, backing: LocalSession) -> None:
    backing.call(Register(name="churn", object=artifact(backing), metric={"auc": 0.7}))
    status, told = answer(wire, ana, "list", {"what": "churn"})
    assert status == 200
    assert isinstance(told, dict)
    assert [version["number"] for version in told["versions"]] == [1]


@pytest.mark.parametrize(
    ("path", "body", "status", "message", "hint"),
    [
        (
            "list",
            {"limit": "ten"},
            400,
            "the body does not fit: Expected `int`, got `str` - at `$.limit`",
            "the fields are those of List",
        ),
        (
            "show",
            {},
            400,
            "the body does not fit: Object missing required field `ref`",
            "the fields are those of Show",
        ),
        ("list", b"{", 400, None, "send a JSON object"),
        ("list", b"[" * 100_000, 400, "the body is nested too deeply", "send a JSON object"),
        (
            "deprecate",
            {"ref": "churn:1", "sunset": 2**70},
            400,
            "1180591620717411303424 is no day",
            "give microseconds since 1970 in UTC, before the year 10000",
        ),
        (
            "kernel/run-log",
            {"run": 1, "points": [{"key": "auc", "value": 0.5, "step": "one", "at": 1}]},
            400,
            "the body does not fit: Expected `int`, got `str` - at `$.points[0].step`",
            "the fields are those of RunLog",
        ),
        (
            "tag",
            {"ref": "churn:1", "tags": {"\ud800": "x"}},
            400,
            "the body does not fit: '\\ud800' is half a character",
            "send whole ones",
        ),
        (
            "promote",
            {"ref": "churn:1", "dryrun": True},
            400,
            "the body does not fit: Object contains unknown field `dryrun`",
            "did you mean dry_run?",
        ),
        (
            "dataset-list",
            {"reader": "ana"},
            400,
            "the body does not fit: Object contains unknown field `reader`",
            "the fields are at, limit",
        ),
        (
            "kernel/run-log",
            {"run": 1, "points": [{"key": "auc", "value": 0.5, "step": 1, "at": 1, "setp": 2}]},
            400,
            "the body does not fit: Object contains unknown field `setp` - at `$.points[0]`",
            "did you mean step?",
        ),
        ("list", [], 400, "the body does not fit: Expected `object`, got `array`", "the fields are those of List"),
        ("lsit", {}, 404, "there is no /jupyter-mlc/v1/lsit", "did you mean list?"),
        (
            "show",
            {"ref": "churn"},
            404,
            "there is no model 'churn'",
            "see %mlc list; make one: %mlc register NAME OBJECT",
        ),
        ("use", {"url": "x"}, 404, None, None),
    ],
)
def test_what_does_not_fit_is_told(
    wire: Wire, ana: Identity, path: str, body: object, status: int, message: str | None, hint: str | None
) -> None:
    found, told = answer(wire, ana, path, body if body != [] else b"[]")
    assert isinstance(told, dict)
    assert found == status
    assert message is None or told["message"] == message
    assert hint is None or told["hint"] == hint


def test_a_verb_takes_post(wire: Wire, ana: Identity) -> None:
    status, told = answer(wire, ana, "list", method="GET")
    assert status == 405
    assert told == {
        "code": "bad-input",
        "message": "/jupyter-mlc/v1/list takes POST, not GET",
        "hint": "send a JSON body",
    }


def test_a_bug_is_a_500_and_not_the_end_of_the_server(ana: Identity) -> None:
    def session(_: Identity) -> LocalSession:
        class Broken(LocalSession):
            def call(self, ask: Ask, progress: object = None) -> Reply:
                raise ZeroDivisionError("oh")

        return Broken(place_of("/nowhere"), lambda: ana)

    assert answer(Wire(session), ana, "list") == (500, {"code": "bug", "message": "ZeroDivisionError: oh", "hint": ""})


def test_numbers_that_json_cannot_carry_arrive() -> None:
    ask = Register(
        name="churn",
        object=Artifact(format="joblib", digest="sha256:" + "0" * 64, size=0, blobs=()),
        metric={"nan": math.nan, "inf": math.inf, "low": -math.inf},
        param={"large": 2**70},
    )
    found = decode(encode(ask), Register)
    assert math.isnan(found.metric["nan"])
    assert (found.metric["inf"], found.metric["low"], found.param["large"]) == (math.inf, -math.inf, 2**70)


def test_blobs_are_put_and_got_by_digest(wire: Wire, ana: Identity, backing: LocalSession) -> None:
    digest = "sha256:" + hashlib.sha256(b"model").hexdigest()
    path = f"{PREFIX}blobs/{digest}"
    assert wire.handle("GET", path, b"", ana)[0] == 410
    assert wire.handle("PUT", path, b"model", ana) == (200, b"{}")
    assert backing.artifacts.has(digest)
    assert wire.handle("GET", path, b"", ana) == (200, b"model")
    status, told = answer(wire, ana, f"blobs/{digest}", b"other", method="PUT")
    assert (status, told) == (
        400,
        {"code": "bad-input", "message": f"the bytes sent are not {digest}", "hint": "send the blob again"},
    )
    assert wire.handle("DELETE", path, b"", ana)[0] == 405


def test_a_path_is_never_taken_from_a_client(wire: Wire, ana: Identity) -> None:
    for path in ("blobs/../registry.db", "blobs/sha256:" + "g" * 64, "blobs/sha256:../../x", "../list"):
        assert wire.handle("GET", PREFIX + path, b"", ana)[0] == 404


@pytest.fixture
def remote(wire: Wire, ana: Identity, tmp_path: Path) -> RemoteSession:
    (tmp_path / "cache").mkdir()
    cache = Artifacts(tmp_path / "cache")
    return RemoteSession(lambda method, path, body: wire.handle(method, path, body, ana), cache)


def test_a_remote_session_sends_blobs_and_fetches_them(remote: RemoteSession, backing: LocalSession) -> None:
    digest = remote.artifacts.put_bytes(b"model")
    remote.send([digest])
    reply = remote.call(
        Register(name="churn", object=Artifact(format="joblib", digest=digest, size=5, blobs=(digest,)))
    )
    assert isinstance(reply, RegisterReply)
    remote.artifacts.delete(digest)
    remote.fetch([digest])
    assert remote.artifacts.read(digest) == b"model"
    assert backing.registry.version("churn").artifact == digest


def test_a_question_travels_with_its_token(remote: RemoteSession, backing: LocalSession) -> None:
    backing.call(Register(name="churn", object=artifact(backing)))
    ask = Discard(refs=("churn:1",))
    with pytest.raises(NeedsConfirmation) as asked:
        remote.call(ask)
    assert asked.value.message == "delete the bytes of churn:1 for good?"
    remote.call(replace(ask, confirm=asked.value.token))
    listed = remote.call(List(what="churn"))
    assert isinstance(listed, ListReply)
    assert listed.versions[0].stage == "purged"


def test_errors_arrive_as_what_they_were(remote: RemoteSession) -> None:
    with pytest.raises(NotFound) as refused:
        remote.call(List(what="churn"))
    assert refused.value.text == "there is no model 'churn'\nsee %mlc list; make one: %mlc register NAME OBJECT"


def test_an_answer_without_a_reason_is_told_as_such(tmp_path: Path) -> None:
    session = RemoteSession(lambda *_: (502, b"<html>"), Artifacts(tmp_path))
    with pytest.raises(Unavailable) as refused:
        session.call(List())
    assert refused.value.text == "the server answered 502 without a reason\nlook at the server's log"


def test_other_bytes_than_asked_for_are_refused(tmp_path: Path) -> None:
    session = RemoteSession(lambda *_: (200, b"evil"), Artifacts(tmp_path))
    digest = "sha256:" + "1" * 64
    with pytest.raises(Damaged) as refused:
        session.fetch([digest])
    assert refused.value.text == (f"the server sent other bytes than {digest}\ntry again, then: %mlc verify there")
    assert not session.artifacts.has(digest)


def test_what_belongs_to_the_machine_itself_is_not_done_elsewhere(remote: RemoteSession) -> None:
    with pytest.raises(BadInput) as refused:
        remote.call(Use(url="/somewhere"))
    assert refused.value.text == ("use is done on the machine itself\n%mlc use PATH works on a registry here")


def test_a_server_that_has_nobody_to_run_models_refuses_with_a_clear_word(
    remote: RemoteSession, backing: LocalSession, ana: Identity
) -> None:
    body = {"ref": "churn:1", "data": "test", "target": "late"}
    assert answer(Wire(lambda _: backing), ana, "evaluate", body) == (
        400,
        {
            "code": "bad-input",
            "message": "evaluate runs a model, which this server does not do",
            "hint": "run it locally",
        },
    )
    with pytest.raises(BadInput) as refused:
        remote.call(Evaluate(ref="churn:1", data="test", target="late"))
    assert refused.value.text == "evaluate runs a model, which this server does not do\nrun it locally"


def test_a_metric_of_ones_own_is_code_whatever_else_is_asked(remote: RemoteSession) -> None:
    with pytest.raises(BadInput) as refused:
        remote.call(Compare(refs=("churn:1", "churn:2"), metric=("missed:1",)))
    assert refused.value.text == (
        "compare with a metric of your own runs its code, which this server does not do\nrun it locally"
    )
    with pytest.raises(BadInput) as refused:
        remote.call(Evaluate(ref="churn:1", data="test", target="late", metric=("missed:1",), dry_run=True))
    assert refused.value.message == "evaluate with a metric of your own runs its code, which this server does not do"


def test_what_runs_a_model_only_with_data_is_answered_without(remote: RemoteSession) -> None:
    with pytest.raises(BadInput) as refused:
        remote.call(Compare(refs=("churn:1", "churn:2"), data="test"))
    assert refused.value.text == (
        "compare --data runs a model, which this server does not do\n"
        "run it locally, or leave --data out: then what is recorded is looked at"
    )
    with pytest.raises(NotFound):
        remote.call(Compare(refs=("churn:1", "churn:2")))
    with pytest.raises(NotFound):
        remote.call(Evaluate(ref="churn:1", data="test", target="late", dry_run=True))


class Scripted:
    """Carries out nothing, and tells of it what it was told to tell."""

    def __init__(self, *told: Called | BaseException) -> None:
        self._told, self.asked, self.ended = list(told), list[Asked](), 0

    def begin(self, asked: Asked) -> str:
        self.asked.append(asked)
        return "0" * 32

    def look(self, call: str) -> Called:
        told = self._told.pop(0)
        if isinstance(told, BaseException):
            raise told
        return told

    def end(self, call: str) -> Called:
        self.ended += 1
        return Called(state=CallState.RUNNING)


def through(scripted: Scripted, backing: LocalSession, ana: Identity, tmp_path: Path) -> RemoteSession:
    wire = Wire(lambda _: backing, scripted)
    return RemoteSession(lambda method, path, body: wire.handle(method, path, body, ana), Artifacts(tmp_path))


COMPARE = Compare(refs=("churn:1", "churn:2"), data="test")


def test_what_runs_elsewhere_is_waited_for_with_its_progress(
    backing: LocalSession, ana: Identity, tmp_path: Path
) -> None:
    reply = plain_data(ListReply(title="math", of="models", models=(), versions=()))
    running = Called(state=CallState.RUNNING, done=1, total=3, text="predicting")
    scripted = Scripted(running, Called(state=CallState.DONE, reply=reply))
    shown: list[object] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(VERBS, "compare", replace(VERBS["compare"], reply=ListReply))
        found = through(scripted, backing, ana, tmp_path).call(COMPARE, lambda *told: shown.append(told))
    assert isinstance(found, ListReply)
    assert shown == [(1, 3, "predicting")]
    (asked,) = scripted.asked
    assert (asked.verb, asked.url, json.loads(asked.body)["data"]) == ("compare", backing.place.url, "test")


def test_what_is_refused_elsewhere_is_refused_here(backing: LocalSession, ana: Identity, tmp_path: Path) -> None:
    question = Refused(code="needs-confirmation", message="sure?", hint="", token="t")
    with pytest.raises(NeedsConfirmation) as asked:
        through(Scripted(Called(state=CallState.REFUSED, error=question)), backing, ana, tmp_path).call(COMPARE)
    assert asked.value.token == "t"
    bug = Refused(code="bug", message="ZeroDivisionError: oh", hint="the server's log says where")
    with pytest.raises(Unavailable) as died:
        through(Scripted(Called(state=CallState.DIED, error=bug)), backing, ana, tmp_path).call(COMPARE)
    assert died.value.text == "ZeroDivisionError: oh\nthe server's log says where"


def test_ctrl_c_ends_the_call_and_a_second_one_only_the_waiting(
    backing: LocalSession, ana: Identity, tmp_path: Path
) -> None:
    told = Refused(code="interrupted", message="compare was ended before it was done", hint="")
    scripted = Scripted(KeyboardInterrupt(), Called(state=CallState.REFUSED, error=told))
    with pytest.raises(Interrupted):
        through(scripted, backing, ana, tmp_path).call(COMPARE)
    assert scripted.ended == 1
    scripted = Scripted(KeyboardInterrupt(), KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        through(scripted, backing, ana, tmp_path).call(COMPARE)
    assert scripted.ended == 1
