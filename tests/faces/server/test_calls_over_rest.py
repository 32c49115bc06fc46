"""Models and notebooks over REST: a process of its own carries the call out, and the server says how far it is."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from jupyter_server.auth import Authorizer
from sklearn.linear_model import LogisticRegression

from jupyter_mlc.domain.jobs import JobStarted
from jupyter_mlc.faces.arguments import Call
from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.faces.server.app import CHANGED, MlcApp
from jupyter_mlc.faces.values import Named
from jupyter_mlc.store.registry import Registry
from jupyter_mlc.verbs import VERBS
from jupyter_mlc.verbs.session import LocalSession
from tests.jobs.notebooks import code, saved

Ask = Callable[..., Awaitable[tuple[int, Any]]]

ROWS = pd.DataFrame({"x": [0.0, 1.0, 2.0, 3.0] * 20, "z": [1.0, 0.0, 1.0, 0.0] * 20, "late": [0, 0, 1, 1] * 20})
JUDGE = {"ref": "late:1", "data": "june", "target": "late", "replicates": 20}
PARAMETERS = code("C = 1.0\nnap = 0.0", tag="parameters")
FIT = "import time\ntime.sleep(nap)\nclf = {'C': C}"
REGISTER = "%load_ext jupyter_mlc\n%mlc register fitted clf --no-load-check --metric auc={C / 10}"


@pytest.fixture
def judges(desk: Desk) -> Desk:
    """A desk whose registry has models that predict, and data to judge them by."""
    for C in (0.5, 2.0):
        clf = LogisticRegression(C=C).fit(ROWS[["x", "z"]], ROWS.late)
        typed(desk, "register", name="late", object=Named(name="clf", value=clf), no_load_check=True)
    typed(desk, "dataset add", name="june", data=Named(name="june", value=ROWS.iloc[10:50]))
    return desk


def typed(desk: Desk, verb: str, **values: Any) -> Any:
    return desk.carry_out(Call(verb=VERBS[verb], values=values))


@pytest.fixture
def app(jp_serverapp: Any) -> MlcApp:
    (found,) = jp_serverapp.extension_manager.extension_apps["jupyter_mlc"]
    assert isinstance(found, MlcApp)
    return found


@pytest.fixture
def notebook(jp_root_dir: Path) -> str:
    saved(jp_root_dir / "fit.ipynb", PARAMETERS, FIT, REGISTER)
    return "fit.ipynb"


async def ended(ask: Ask, call: str) -> dict[str, Any]:
    """How a call ended."""
    while True:
        status, told = await ask(f"calls/{call}", method="GET")
        assert status == 200, told
        if told["state"] != "running":
            return dict(told)
        await asyncio.sleep(0.1)


async def answered(ask: Ask, path: str, body: object) -> dict[str, Any]:
    """How the call of a request ended."""
    status, begun = await ask(path, body)
    assert status == 202, begun
    return await ended(ask, begun["call"])


def processes(app: MlcApp) -> list[int]:
    """The processes that carry out calls now."""
    found = [call._process for call in app.elsewhere._calls.values()]
    return [process.pid for process in found if process is not None]


async def process_of(app: MlcApp) -> int:
    """The process of the only call."""
    for _ in range(1200):
        if processes(app):
            break
        await asyncio.sleep(0.05)
    return processes(app)[0]


# What is answered


@pytest.mark.slow
async def test_a_model_is_judged_by_a_process_of_its_own_and_that_is_recorded(ask: Ask, judges: Desk) -> None:
    told = await answered(ask, "evaluate", JUDGE)
    assert (told["state"], told["error"]) == ("done", None)
    (judged,) = told["reply"]["versions"]
    assert (judged["id"], judged["version"]) == ("evaluation/1", "late:1")
    status, shown = await ask("show", {"ref": "late:1"})
    assert (status, shown["details"]["evaluations"][0]["dataset"]) == (200, "june")


@pytest.mark.slow
async def test_versions_are_compared_on_rows_as_in_a_notebook(ask: Ask, judges: Desk) -> None:
    asked = {"refs": ["late:1", "late:2"], "data": "june", "target": "late"}
    told = await answered(ask, "compare", asked)
    status, here = await ask("compare", {"refs": ["late:1", "late:2"]})
    assert (status, here["basis"]) == (200, None)
    assert told["reply"]["basis"]["rows"] == 40
    assert set(told["reply"]["curves"]) == {"late:1", "late:2"}


@pytest.mark.slow
async def test_what_would_happen_is_answered_at_once(ask: Ask, judges: Desk, notebook: str, app: MlcApp) -> None:
    status, told = await ask("evaluate", {**JUDGE, "dry_run": True})
    assert (status, told["done"], told["rows"]) == (200, False, 40)
    status, told = await ask("retrain", {"ref": notebook, "grid": {"C": [1, 2]}, "dry_run": True})
    assert (status, told["done"], told["cells"]) == (200, False, 3)
    assert [job["params"] for job in told["jobs"]] == [{"C": 1}, {"C": 2}]
    assert processes(app) == []


@pytest.mark.slow
async def test_a_question_is_answered_with_its_token(ask: Ask, judges: Desk) -> None:
    typed(
        judges,
        "register",
        name="late",
        object=Named(name="clf", value=LogisticRegression().fit(ROWS[["x", "z"]], ROWS.late)),
        data=(Named(name="june", value="june"),),
        no_load_check=True,
    )
    told = await answered(ask, "evaluate", {**JUDGE, "ref": "late:3"})
    assert (told["state"], told["error"]["code"], told["reply"]) == ("refused", "needs-confirmation", None)
    told = await answered(ask, "evaluate", {**JUDGE, "ref": "late:3", "confirm": told["error"]["token"]})
    assert told["state"] == "done"


@pytest.mark.slow
async def test_a_refusal_says_what_it_would_in_a_notebook(ask: Ask, judges: Desk) -> None:
    told = await answered(ask, "evaluate", {**JUDGE, "target": "lat"})
    assert (told["state"], told["error"]["code"]) == ("refused", "bad-input")
    assert "lat" in told["error"]["message"]


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("evaluate", {**JUDGE, "seed": "x"}, "the body does not fit: Expected `int`, got `str` - at `$.seed`"),
        ("retrain", {}, "the body does not fit: Object missing required field `ref`"),
        ("reproduce", b"[", "the body is no JSON: Expecting value: line 1 column 2 (char 1)"),
        ("retrain", {"ref": "../fit.ipynb"}, "../fit.ipynb is not below the server's folder"),
        ("retrain", {"ref": "fit.ipynb", "out": "/tmp"}, "out is a path, and a server takes none"),
        ("retrain", {"ref": "churn", "folder": "/../.."}, "/../.. is not below the server's folder"),
    ],
)
async def test_what_does_not_fit_is_refused_before_anything_begins(
    ask: Ask, judges: Desk, app: MlcApp, path: str, body: object, message: str
) -> None:
    status, told = await ask(path, body)
    assert (status, told["message"]) == (400, message)
    assert processes(app) == []


async def test_a_notebook_that_is_not_there_is_named_as_it_was(ask: Ask, desk: Desk, notebook: str) -> None:
    status, told = await ask("retrain", {"ref": "fti.ipynb"})
    assert (status, told["message"], told["hint"]) == (
        404,
        "there is no notebook fti.ipynb",
        "did you mean fit.ipynb?",
    )


# Jobs


@pytest.mark.slow
async def test_a_notebook_is_executed_by_jobs_that_are_listed_meanwhile(ask: Ask, desk: Desk, notebook: str) -> None:
    asked = {"ref": notebook, "grid": {"C": [1, 2]}, "jobs": 2, "promote_best": "production"}
    told = await answered(ask, "retrain", asked)
    assert told["state"] == "done", told
    assert [job["exit"] for job in told["reply"]["jobs"]] == ["succeeded", "succeeded"]
    assert (told["reply"]["metric"], told["reply"]["promoted"]) == ("auc", "production")
    _, listed = await ask("job-list", {})
    assert sorted(job["versions"][0] for job in listed["jobs"]) == ["fitted:1", "fitted:2"]
    told = await answered(ask, "job-rerun", {"job": "1"})
    assert [job["versions"] for job in told["reply"]["jobs"]] == [["fitted:3"]]
    told = await answered(ask, "retrain", asked)
    assert [job["exit"] for job in told["reply"]["jobs"]] == ["cached", "cached"]


@pytest.mark.slow
async def test_jobs_in_the_background_are_named_at_once_and_outlive_the_server(
    ask: Ask, desk: Desk, notebook: str, jp_serverapp: Any
) -> None:
    asked = {"ref": notebook, "param": {"nap": 2.0}, "background": True}
    told = await answered(ask, "retrain", asked)
    assert [(job["job"], job["exit"]) for job in told["reply"]["jobs"]] == [("job/1", "queued")]
    await jp_serverapp.extension_manager.stop_all_extensions()
    assert await _status(desk, 1) == "succeeded"


@pytest.mark.slow
async def test_jobs_that_somebody_waits_for_outlive_the_server_too(
    ask: Ask, desk: Desk, notebook: str, jp_serverapp: Any, app: MlcApp
) -> None:
    status, _ = await ask("retrain", {"ref": notebook, "param": {"nap": 2.0}})
    assert status == 202
    await _begun(ask)
    process = await process_of(app)
    await jp_serverapp.extension_manager.stop_all_extensions()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    assert await _status(desk, 1) == "succeeded"


@pytest.mark.slow
async def test_ending_a_call_cancels_the_jobs_that_it_waits_for(ask: Ask, desk: Desk, notebook: str) -> None:
    _, begun = await ask("retrain", {"ref": notebook, "param": {"nap": 600.0}})
    await _begun(ask)
    status, _ = await ask(f"calls/{begun['call']}", method="DELETE")
    told = await ended(ask, begun["call"])
    assert (status, told["state"], told["error"]["code"]) == (200, "refused", "interrupted")
    assert told["error"]["message"] == "interrupted: job/1"
    assert await _status(desk, 1) == "cancelled"


async def _begun(ask: Ask) -> None:
    """Wait until a job runs."""
    while True:
        _, listed = await ask("job-list", {})
        if any(job["status"] == "running" for job in listed["jobs"]):
            return
        await asyncio.sleep(0.1)


async def _status(desk: Desk, number: int) -> str:
    """How a job ended, by what the record says."""
    for _ in range(1200):
        if registry_of(desk).job(number).status != "begun":
            break
        await asyncio.sleep(0.1)
    return registry_of(desk).job(number).status


def registry_of(desk: Desk) -> Registry:
    assert isinstance(desk.session, LocalSession)
    return desk.session.registry


# What goes wrong


async def test_a_call_whose_process_dies_says_so(ask: Ask, judges: Desk, app: MlcApp) -> None:
    _, begun = await ask("evaluate", {**JUDGE, "replicates": 1000})
    os.kill(await process_of(app), signal.SIGKILL)
    told = await ended(ask, begun["call"])
    assert (told["state"], told["error"]) == (
        "died",
        {
            "code": "unavailable",
            "message": "evaluate died: its process was ended by SIGKILL",
            "hint": "the server's log says more; there may be too little memory",
            "token": "",
        },
    )


async def test_a_call_that_nobody_knows_of_is_plainly_gone(ask: Ask, desk: Desk) -> None:
    for method in ("GET", "DELETE"):
        status, told = await ask(f"calls/{'0' * 32}", method=method)
        assert (status, told["message"], told["hint"]) == (
            404,
            f"there is no call '{'0' * 32}'",
            "it ended a while ago, or with the server that began it: ask again",
        )
    status, told = await ask(f"calls/{'0' * 32}")
    assert (status, told["message"]) == (405, "a call takes GET and DELETE, not POST")


class NoCode(Authorizer):
    """Lets everybody do everything but run code."""

    def is_authorized(self, *asked: Any) -> bool:
        *_, action, resource = asked
        return bool((action, resource) != ("execute", "kernels"))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("evaluate", JUDGE),
        ("compare", {"refs": ["late:1", "late:2"], "data": "june", "target": "late"}),
        ("retrain", {"ref": "fit.ipynb"}),
        ("reproduce", {"ref": "late:1"}),
        ("job-rerun", {"job": "1"}),
    ],
)
async def test_whoever_may_run_no_code_runs_no_model_and_no_notebook(
    ask: Ask, judges: Desk, jp_serverapp: Any, app: MlcApp, notebook: str, path: str, body: object
) -> None:
    jp_serverapp.web_app.settings["authorizer"] = NoCode(parent=jp_serverapp)
    status, told = await ask(path, body)
    assert (status, told) == (
        403,
        {
            "code": "forbidden",
            "message": "you may not run models or notebooks on this server",
            "hint": "ask who runs the server",
        },
    )
    assert processes(app) == []
    status, _ = await ask("compare", {"refs": ["late:1", "late:2"]})
    assert status == 200


# While they run


@pytest.mark.slow
async def test_whoever_listens_is_told_that_a_running_job_got_further(
    ask: Ask, desk: Desk, jp_root_dir: Path, jp_serverapp: Any
) -> None:
    heard: list[dict[str, Any]] = []

    async def listen(**told: Any) -> None:
        heard.append(told["data"])

    cells = (f"import time; time.sleep(1)  # {place}" for place in range(4))
    saved(jp_root_dir / "steps.ipynb", *cells)
    jp_serverapp.event_logger.add_listener(schema_id=CHANGED, listener=listen)
    await jp_serverapp.extension_manager.start_all_extensions()
    told = await answered(ask, "retrain", {"ref": "steps.ipynb"})
    assert [job["exit"] for job in told["reply"]["jobs"]] == ["succeeded"]
    begun = next(event.seq for event in registry_of(desk).events() if isinstance(event.event, JobStarted))
    activities = [told["activity"] for told in heard if told["seq"] == begun]
    assert len(activities) > 2
    assert activities == sorted(set(activities))
    await jp_serverapp.extension_manager.stop_all_extensions()
