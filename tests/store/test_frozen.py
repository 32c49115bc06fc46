"""A registry of every release opens, verifies, loads and takes a write in this one."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from jupyter_mlc.faces.arguments import Call
from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.verbs import VERBS
from jupyter_mlc.verbs.admin_backup import AdminBackup
from jupyter_mlc.verbs.copy import Copy, CopyReply
from jupyter_mlc.verbs.job_show import JobShow, JobShowReply
from jupyter_mlc.verbs.list_ import List, ListReply
from jupyter_mlc.verbs.tag import Tag
from jupyter_mlc.verbs.verify import Verify, VerifyReply
from tests.fixtures.freeze import KEY, SCHEMA, STATEMENTS

FIXTURES = Path(__file__).parents[1] / "fixtures"


def archives(database: str) -> list[Path]:
    """What each release left, of one kind of database."""
    found = sorted(FIXTURES.glob(f"registry-*-{database}.tar.gz"))
    assert found
    return found


ARCHIVES = [*archives("sqlite"), *(pytest.param(one, marks=pytest.mark.postgres) for one in archives("postgres"))]


@pytest.fixture(params=ARCHIVES, ids=lambda path: path.name)
def frozen(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a registry of an earlier release."""
    folder = tmp_path / "registry"
    with tarfile.open(request.param) as opened:
        # Python before 3.11.4 knows no filters, later ones warn where none is named
        safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        opened.extractall(folder, **safely)  # type: ignore[arg-type]
    if not (folder / STATEMENTS).exists():
        return str(folder)
    server: str = request.getfixturevalue("postgres_server")
    thaw(server, (folder / STATEMENTS).read_text("utf-8"))
    return f"{server}{'&' if '?' in server else '?'}schema={SCHEMA}&artifacts={folder}"


def thaw(server: str, statements: str) -> None:
    """Fill the tables anew; lines that begin with a backslash are for psql alone."""
    import psycopg

    plain = "\n".join(line for line in statements.splitlines() if not line.startswith("\\"))
    with psycopg.connect(server) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE".encode())
        connection.execute(plain.encode())


def test_a_registry_of_an_earlier_release_goes_on(frozen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLC_KEY", KEY)
    desk = Desk(frozen)
    verified = desk.call(Verify())
    assert isinstance(verified, VerifyReply)
    assert verified.findings == ()
    listed = desk.call(List(what="churn"))
    assert isinstance(listed, ListReply)
    assert {version.number: version.stage for version in listed.versions} == {
        1: "retired",
        2: "production",
        3: "deprecated",
        4: "purged",
    }
    shown = desk.call(JobShow(job="1"))
    assert isinstance(shown, JobShowReply)
    assert shown.job is not None
    assert (shown.job.name, shown.job.status, shown.job.params) == ("fit", "succeeded", {"C": 0.3})
    loaded = desk.carry_out(Call(verb=VERBS["load"], values={"ref": "churn@champion"}))
    assert isinstance(loaded, dict)
    assert loaded["w"].tolist() == [0.0, 2.0, 4.0]
    desk.call(Tag(ref="churn:2", tags={"opened": "again"}))
    again = desk.call(Verify())
    assert isinstance(again, VerifyReply)
    assert again.findings == ()
    assert came_along(desk, tmp_path) == ["churn:2"]
    desk.close()


def came_along(desk: Desk, tmp_path: Path) -> list[str]:
    """What a registry of this release knows after its versions were copied and backed up."""
    desk.call(Copy(what="churn:2", where=str(tmp_path / "churn.tar")))
    desk.call(AdminBackup(to=str(tmp_path / "backup")))
    newer = Desk(str(tmp_path / "newer"))
    came = newer.call(Copy(what=str(tmp_path / "churn.tar")))
    assert isinstance(came, CopyReply)
    backed_up = Desk(str(tmp_path / "backup")).call(Verify())
    assert isinstance(backed_up, VerifyReply)
    assert backed_up.findings == ()
    newer.close()
    return [version.ref for version in came.versions]
