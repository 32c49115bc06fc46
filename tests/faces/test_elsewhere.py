"""Real models from a notebook's variables into PostgreSQL, and over the wire, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import numpy as np
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from sklearn.linear_model import LogisticRegression
from traitlets.config import Config

from jupyter_mlc.capture.notebook.cells import Recorder
from jupyter_mlc.faces.arguments import Call
from jupyter_mlc.faces.cli import main
from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.faces.values import Named
from jupyter_mlc.faces.wire import RemoteSession, Wire
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.store.places import place_of
from jupyter_mlc.verbs import VERBS
from jupyter_mlc.verbs.base import Complete
from jupyter_mlc.verbs.session import LocalSession

CHECK = "check host, port, user and database in: %mlc use postgresql+psycopg://USER:PASSWORD@HOST:PORT/DATABASE"


@pytest.fixture
def names() -> dict[str, Any]:
    """The notebook's variables."""
    train = pd.DataFrame(np.random.default_rng(7).normal(size=(60, 2)), columns=["a", "b"])
    train["late"] = train.a > 0
    return {"train": train, "clf": LogisticRegression().fit(train[["a", "b"]], train.late)}


def over_postgres(request: pytest.FixtureRequest, tmp_path: Path, names: dict[str, Any], ana: Identity) -> Desk:
    return Desk(request.getfixturevalue("postgres_url"), recorder=Recorder(), namespace=lambda: names)


def over_the_wire(request: pytest.FixtureRequest, tmp_path: Path, names: dict[str, Any], ana: Identity) -> Desk:
    """A desk of which nothing but bytes gets to the registry; its blobs lie in a folder of its own."""
    backing = LocalSession(place_of(str(tmp_path / "registry")), lambda: ana)
    request.addfinalizer(backing.close)
    wire = Wire(lambda _: backing)
    (tmp_path / "here").mkdir()
    desk = Desk(str(tmp_path / "unused"), recorder=Recorder(), namespace=lambda: names)
    desk._session = RemoteSession(
        lambda method, path, body: wire.handle(method, path, body, ana), Artifacts(tmp_path / "here")
    )
    return desk


@pytest.fixture(
    params=[
        pytest.param(over_postgres, id="postgres", marks=pytest.mark.postgres),
        pytest.param(over_the_wire, id="wire"),
    ]
)
def desk(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    names: dict[str, Any],
    ana: Identity,
) -> Iterator[Desk]:
    monkeypatch.chdir(tmp_path)
    desk = request.param(request, tmp_path, names, ana)
    desk.tell = lambda warnings, reply: None
    yield desk
    desk.close()


def say(desk: Desk, verb: str, **values: Any) -> Any:
    return desk.carry_out(Call(verb=VERBS[verb], values=values))


def register(desk: Desk, **values: Any) -> Any:
    named = Named(name="clf", value=desk.namespace()["clf"])
    return say(desk, "register", name="churn", object=named, **{"no_load_check": True, **values})


def test_a_model_comes_back_by_its_alias_and_predicts_the_same(desk: Desk, names: dict[str, Any]) -> None:
    assert register(desk, metric={"auc": 0.7}).version == "churn:1"
    say(desk, "promote", ref="churn:1", to="production")
    loaded = say(desk, "load", ref="churn@champion")
    rows = names["train"][["a", "b"]]
    assert loaded is not names["clf"]
    assert (loaded.predict_proba(rows) == names["clf"].predict_proba(rows)).all()


def test_a_run_keeps_its_curves_and_the_version_that_it_made(desk: Desk) -> None:
    with say(desk, "run", name="churn", param={"C": 1.0}) as run:
        for step in range(3):
            run.log(step=step, loss=1 / (1 + step))
        register(desk)
    shown = say(desk, "show", ref="churn:1")
    assert shown.details.run.ref == "run/1"
    assert (shown.details.run.status, [metric.key for metric in shown.details.run.metrics]) == ("finished", ["loss"])


def test_data_is_recognised_by_what_it_holds_and_everything_verifies(desk: Desk, names: dict[str, Any]) -> None:
    say(desk, "dataset add", name="june", data=Named(name="train", value=names["train"]))
    assert register(desk, data=(Named(name="train", value=names["train"]),)).datasets == ("june",)
    told = say(desk, "verify")
    assert (told.exit_code, told.versions) == (0, 1)


# A notebook's own words, on PostgreSQL


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: dict[str, Any]) -> Iterator[InteractiveShell]:
    """IPython with the extension, on a registry in a folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLC_REGISTRY", str(tmp_path / "registry"))
    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell(config=config)  # type: ignore[no-untyped-call]
    shell.user_ns.update(names)
    with capture_output():
        shell.run_cell("%load_ext jupyter_mlc")  # type: ignore[no-untyped-call]
    yield shell
    with capture_output():
        shell.run_line_magic("unload_ext", "jupyter_mlc")


def typed(shell: InteractiveShell, cell: str) -> tuple[Any, str]:
    """What a cell gave, and what it was refused with."""
    with capture_output():
        done = shell.run_cell(cell)  # type: ignore[no-untyped-call]
    return done.result, str(done.error_in_exec or "")


@pytest.mark.postgres
def test_a_notebook_goes_over_to_postgresql_and_works_there(shell: InteractiveShell, postgres_url: str) -> None:
    told, refused = typed(shell, f"%mlc use {postgres_url}")
    assert (refused, told.registry) == ("", postgres_url)
    told, refused = typed(shell, "%mlc register churn clf --data train --no-load-check")
    assert (refused, told.version, told.datasets) == ("", "churn:1", ("train (new)",))
    told, refused = typed(shell, "m = %mlc load churn:1")
    assert (refused, type(shell.user_ns["m"])) == ("", LogisticRegression)
    desk = Desk(postgres_url)
    assert "(1 model)" in desk.banner()
    assert desk.names(Complete.VERSION, "churn:") == ["churn:1"]
    assert desk.names(Complete.DATASET, "tr") == ["train"]
    assert (desk.is_there(), desk.seq > 0) == (True, True)
    desk.close()


@pytest.mark.postgres
def test_the_command_line_works_on_postgresql(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MLC_REGISTRY", postgres_url)
    assert main(["list"]) == 0
    assert "no model yet" in capsys.readouterr().out
    assert main(["verify"]) == 0


def _without_artifacts(url: str) -> str:
    return re.sub(r"&artifacts=.*", "", url)


def _another_database(url: str) -> str:
    return urlsplit(url)._replace(path="/nowhere").geturl()


def _another_user(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.replace("postgres", "nobody")).geturl()


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            _without_artifacts,
            "a registry in PostgreSQL needs a folder for its artifacts, shared by those who use it\n"
            "add it to the URL: postgresql://.../postgres?artifacts=/path/of/folder",
        ),
        (
            _another_database,
            "postgresql://postgres:***@/nowhere?host=FOLDER cannot be reached: connection failed: connection to server "
            f'on socket "FOLDER/.s.PGSQL.5432" failed: FATAL:  database "nowhere" does not exist\n{CHECK}',
        ),
        (
            _another_user,
            "postgresql://nobody:***@/postgres?host=FOLDER cannot be reached: connection failed: connection to server "
            f'on socket "FOLDER/.s.PGSQL.5432" failed: FATAL:  role "nobody" does not exist\n{CHECK}',
        ),
        (
            lambda url: "postgresql+psycopg://ana:secret@127.0.0.1:1/models?artifacts=/a",
            "postgresql://ana:***@127.0.0.1:1/models cannot be reached: connection failed: connection to server at "
            f'"127.0.0.1", port 1 failed: Connection refused\n{CHECK}',
        ),
    ],
)
def test_a_database_that_cannot_be_used_is_refused_and_the_registry_stays(
    shell: InteractiveShell, postgres_url: str, spoil: Callable[[str], str], said: str
) -> None:
    typed(shell, "%mlc register churn clf --no-load-check")
    _, refused = typed(shell, f"%mlc use {spoil(postgres_url)}")
    folder = parse_qs(urlsplit(postgres_url).query)["host"][0]
    assert refused.replace(quote(folder, safe=""), "FOLDER").replace(folder, "FOLDER") == said
    told, refused = typed(shell, "%mlc list")
    assert (refused, [model.name for model in told.models]) == ("", ["churn"])


@pytest.mark.postgres
def test_the_banner_says_why_a_database_is_not_to_be_reached() -> None:
    banner = Desk("postgresql+psycopg://ana:secret@127.0.0.1:1/models?artifacts=/a").banner()
    assert "registry: not to be reached (postgresql://ana:***@127.0.0.1:1/models cannot be reached: " in banner
    assert "secret" not in banner
