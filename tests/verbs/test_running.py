"""Runs, loading plans, registries and their care."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_mlc.capture.process import here
from jupyter_mlc.domain.entities import Measured, RunFile
from jupyter_mlc.domain.errors import BadInput, Conflict, Damaged, MlcError, NeedsConfirmation
from jupyter_mlc.store.blob_folder import DAY
from jupyter_mlc.store.identity import Identity, identity, identity_in, rotated
from jupyter_mlc.store.schemas import MIGRATIONS
from jupyter_mlc.verbs.admin_gc import AdminGc, AdminGcReply
from jupyter_mlc.verbs.admin_key import AdminKey, AdminKeyReply
from jupyter_mlc.verbs.admin_rebuild import AdminRebuild, AdminRebuildReply
from jupyter_mlc.verbs.admin_upgrade import AdminUpgrade, AdminUpgradeReply
from jupyter_mlc.verbs.init import Init, UseReply
from jupyter_mlc.verbs.list_ import List, ListReply
from jupyter_mlc.verbs.load import Load, LoadReply
from jupyter_mlc.verbs.register import Facts
from jupyter_mlc.verbs.retire import Retire
from jupyter_mlc.verbs.run import Run, RunReply
from jupyter_mlc.verbs.run_end import RunEnd, RunEndReply
from jupyter_mlc.verbs.run_log import Point, RunLog, RunLogReply
from jupyter_mlc.verbs.session import LocalSession
from jupyter_mlc.verbs.show import Show, ShowReply
from jupyter_mlc.verbs.use import Use
from tests.conftest import START, Clock
from tests.faults import read_only
from tests.verbs.conftest import Desk

Opener = Callable[[str, Identity], LocalSession]


def started(desk: Desk, name: str = "churn") -> RunReply:
    reply = desk.call(Run(name=name, note="try", param={"C": 1}, tag={"team": "ops"}))
    assert isinstance(reply, RunReply)
    return reply


def test_a_run_is_kept_with_what_was_logged_in_it(desk: Desk) -> None:
    run = started(desk)
    points = tuple(Point(key="auc", step=step, value=step / 10, at=step) for step in range(3))
    logged = desk.call(RunLog(run=run.id, points=points))
    artifact = desk.artifact("a picture")
    ended = desk.call(
        RunEnd(
            run=run.id,
            duration=5,
            metrics=(Measured(key="auc", value=0.2),),
            params={"C": 1, "kind": "x"},
            files=(RunFile(name="roc.png", digest=artifact.digest, size=9),),
        )
    )
    assert isinstance(logged, RunLogReply)
    assert isinstance(ended, RunEndReply)
    assert (logged.kept, ended.run, ended.status) == (3, "run/1", "finished")
    found = desk.registry.run(1)
    assert (found.status, found.duration, found.note, found.tags) == ("finished", 5, "try", {"team": "ops"})
    assert {param.key: param.value for param in found.params} == {"C": 1, "kind": "x"}
    assert desk.registry.series(run.id) == {"auc": [(0, 0.0), (1, 0.1), (2, 0.2)]}
    assert desk.registry.is_held(artifact.digest)


def test_a_run_that_goes_on_shows_what_it_began_with_and_logged_so_far(desk: Desk) -> None:
    run = desk.call(Run(name="churn", param={"C": 1, "kind": "l2"}, process=here()))
    assert isinstance(run, RunReply)
    points = [("auc", 0, 0.1, 5), ("auc", 1, 0.2, 6), ("loss", 7, 0.4, 5), ("loss", 0, float("nan"), 6)]
    desk.call(RunLog(run=run.id, points=tuple(Point(key=k, step=s, value=v, at=at) for k, s, v, at in points)))
    listed, shown = desk.call(List(what="churn", runs=True)), desk.call(Show(ref="run/1"))
    assert isinstance(listed, ListReply)
    assert isinstance(shown, ShowReply)
    (found,) = listed.runs
    assert str(shown.run) == str(found)
    assert (found.status, {param.key: param.value for param in found.params}) == ("running", {"C": 1, "kind": "l2"})
    assert [(metric.key, str(metric.value)) for metric in found.metrics] == [("auc", "0.2"), ("loss", "nan")]


def test_a_run_whose_process_is_gone_is_lost(desk: Desk) -> None:
    gone = subprocess.run(
        [sys.executable, "-c", "from jupyter_mlc.capture.process import here; print(here())"],
        capture_output=True,
        text=True,
        check=True,
    )
    run = desk.call(Run(name="churn", process=gone.stdout.strip()))
    assert isinstance(run, RunReply)
    shown, then = desk.call(Show(ref="run/1")), desk.call(Show(ref="run/1", at=START * 2))
    assert isinstance(shown, ShowReply)
    assert isinstance(then, ShowReply)
    assert shown.run is not None
    assert then.run is not None
    assert (shown.run.status, then.run.status) == ("lost", "running")
    desk.call(RunEnd(run=run.id))
    assert desk.registry.run(1).status == "finished"


def test_a_version_of_a_run_that_goes_on_shows_the_run_as_it_stands(desk: Desk) -> None:
    run = desk.call(Run(name="churn", param={"C": 1}))
    assert isinstance(run, RunReply)
    desk.register(facts=Facts(run=run.id))
    shown = desk.call(Show(ref="churn:1"))
    assert isinstance(shown, ShowReply)
    assert shown.details is not None
    assert [param.value for param in shown.details.run.params] == [1]


def test_a_failed_run_is_kept_too(desk: Desk) -> None:
    run = started(desk)
    desk.call(RunEnd(run=run.id, failed=True))
    assert desk.registry.run(1).status == "failed"


def test_a_run_ends_once(desk: Desk) -> None:
    run = started(desk)
    desk.call(RunEnd(run=run.id))
    with pytest.raises(Conflict) as refused:
        desk.call(RunEnd(run=run.id))
    assert refused.value.text == "this run has ended already\nstart another: mlc.run(NAME)"


def test_a_run_wants_its_files_stored(desk: Desk) -> None:
    run = started(desk)
    missing = RunFile(name="roc.png", digest="sha256:" + "0" * 64, size=1)
    with pytest.raises(Conflict) as refused:
        desk.call(RunEnd(run=run.id, files=(missing,)))
    assert refused.value.text == "1 files of the run are not in the registry's artifacts\nlog them again"


def kept(desk: Desk) -> str:
    """A run with a file and a version, and the digest of the file."""
    run, digest = started(desk), desk.backing.artifacts.put_bytes(b"a curve")
    desk.register(facts=Facts(run=run.id))
    desk.call(RunEnd(run=run.id, files=(RunFile(name="roc.png", digest=digest, size=7),)))
    return digest


def test_the_files_of_a_run_are_shown_with_it_and_with_its_versions(desk: Desk) -> None:
    digest = kept(desk)
    run, version = desk.call(Show(ref="run/1")), desk.call(Show(ref="churn:1"))
    assert isinstance(run, ShowReply)
    assert isinstance(version, ShowReply)
    assert run.run is not None
    assert version.details is not None
    assert run.run.files == (RunFile(name="roc.png", digest=digest, size=7),)
    assert version.details.run.files == run.run.files
    assert run.next == "read a file: data = %mlc load run/1 --file NAME"


@pytest.mark.parametrize("ref", ["run/1", "churn:1", "churn"])
def test_a_file_is_loaded_by_its_run_or_by_a_version_whatever_became_of_it(desk: Desk, ref: str) -> None:
    digest = kept(desk)
    desk.call(Retire(ref="churn:1", reason="old", yes=True))
    loaded = desk.call(Load(ref=ref, file="roc.png"))
    assert isinstance(loaded, LoadReply)
    assert (loaded.version, loaded.format, loaded.artifact, loaded.blobs) == ("run/1", "file", digest, (digest,))


@pytest.mark.parametrize(
    ("ask", "text"),
    [
        (Load(ref="run/1", file="roc.pgn"), "run/1 keeps no file 'roc.pgn'\ndid you mean roc.png?"),
        (Load(ref="churn:1", file="x"), "run/1 keeps no file 'x'\nsee %mlc show run/1"),
        (Load(ref="run/2", file="roc.png"), "run/2 keeps no file 'roc.png'\nits files are recorded when it ends"),
        (Load(ref="run/3", file="roc.png"), "there is no run/3\nsee %mlc list NAME --runs"),
        (Load(ref="run/1"), "run/1 is a run, not a version\nread a file: data = %mlc load run/1 --file NAME"),
    ],
)
def test_a_file_that_is_not_there_is_refused_with_the_next_step(desk: Desk, ask: Load, text: str) -> None:
    kept(desk)
    started(desk)
    with pytest.raises(MlcError) as refused:
        desk.call(ask)
    assert refused.value.text == text


def test_all_versions_of_a_run_are_named(desk: Desk) -> None:
    run = started(desk)
    desk.register(facts=Facts(run=run.id))
    desk.register(content="two", facts=Facts(run=run.id))
    listed = desk.call(List(what="churn", runs=True))
    assert isinstance(listed, ListReply)
    assert listed.runs[0].versions == ("churn:1", "churn:2")
    assert listed.to_rows()[0]["version"] == "churn:1, churn:2"


def test_a_run_tells_of_its_files_and_surroundings_what_is_so(desk: Desk) -> None:
    run = started(desk)
    file = RunFile(name="roc.png", digest=desk.backing.artifacts.put_bytes(b"a curve"), size=1)
    with pytest.raises(BadInput) as refused:
        desk.call(RunEnd(run=run.id, files=(file,)))
    assert refused.value.text == "roc.png has 7 bytes, not 1\nlog it again"
    with pytest.raises(BadInput) as refused:
        desk.call(RunEnd(run=run.id, snapshot="captured"))
    assert refused.value.message.startswith("the snapshot does not fit: JSON is malformed")
    assert desk.registry.run(1).status == "running"


def test_what_ones_own_key_signed_is_trusted(desk: Desk, bens: Desk) -> None:
    desk.register()
    mine, his = desk.call(Load(ref="churn:1")), bens.call(Load(ref="churn:1"))
    trusting = bens.call(Load(ref="churn:1", trust=True))
    assert isinstance(mine, LoadReply)
    assert isinstance(his, LoadReply)
    assert isinstance(trusting, LoadReply)
    assert (mine.trusted, his.trusted, trusting.trusted) == (True, False, True)
    assert (mine.version, mine.format, mine.signed_by) == ("churn:1", "joblib", "ana@laptop")


def test_a_bare_name_loads_the_champion_else_the_newest(desk: Desk) -> None:
    desk.register(content="one")
    desk.register(content="two")
    newest = desk.call(Load(ref="churn"))
    desk.promote("churn:1", "production")
    champion = desk.call(Load(ref="churn"))
    assert isinstance(newest, LoadReply)
    assert isinstance(champion, LoadReply)
    assert (newest.version, champion.version) == ("churn:2", "churn:1")


def test_a_row_that_does_not_agree_with_the_log_is_not_loaded(desk: Desk) -> None:
    desk.register(content="mine")
    other = desk.artifact("not mine")
    desk.registry.database.query("UPDATE version SET artifact = :artifact", {"artifact": other.digest})
    with pytest.raises(Damaged) as refused:
        desk.call(Load(ref="churn:1"))
    assert refused.value.text == "churn:1: the tables do not agree with the log\nfind out where: %mlc verify"


def test_a_signature_that_does_not_hold_is_not_trusted(desk: Desk, ben: Identity) -> None:
    desk.register()
    desk.registry.database.query("UPDATE actor_key SET public = :public", {"public": ben.public})
    reply = desk.call(Load(ref="churn:1"))
    assert isinstance(reply, LoadReply)
    assert not reply.trusted


def test_garbage_is_collected_and_what_is_needed_stays(desk: Desk, clock: Clock) -> None:
    desk.register(content="needed")
    orphan = desk.artifact("orphan").digest
    path = desk.backing.artifacts.path(orphan)
    desk.age(path)
    clock.now += 2 * DAY
    dry = desk.call(AdminGc(dry_run=True))
    assert isinstance(dry, AdminGcReply)
    assert (dry.done, dry.blobs, dry.freed) == (False, 1, len("orphan"))
    assert path.exists()
    reply = desk.call(AdminGc())
    assert isinstance(reply, AdminGcReply)
    assert (reply.blobs, reply.kept) == (1, 1)
    assert not path.exists()
    assert desk.backing.artifacts.has(desk.registry.version("churn:1").artifact)


def test_blobs_of_a_registry_that_is_gone_are_spared_until_somebody_says_so(desk: Desk) -> None:
    desk.register()
    path = desk.backing.artifacts.path(desk.artifact("of another").digest)
    os.utime(path, (1, 1))
    reply = desk.call(AdminGc())
    assert isinstance(reply, AdminGcReply)
    assert reply.blobs == 0
    assert reply.warnings == (
        "1 older than this registry spared: another one left them, whose database is gone; to have it back, close "
        "the kernels and put its registry.db there, in the place of this one and its -wal and -shm; if nobody wants "
        "it: %mlc admin gc --others",
    )
    assert path.exists()
    reply = desk.call(AdminGc(others=True))
    assert isinstance(reply, AdminGcReply)
    assert (reply.blobs, reply.warnings) == (1, ())
    assert not path.exists()


def test_the_tables_are_rebuilt_from_the_events(desk: Desk) -> None:
    desk.register(metric={"auc": 0.7}, tag={"team": "ops"})
    desk.promote("churn:1", "production")
    before = desk.versions()
    desk.registry.database.query("UPDATE version SET stage = 'retired'")
    desk.registry.database.query("DELETE FROM metric")
    reply = desk.call(AdminRebuild())
    assert isinstance(reply, AdminRebuildReply)
    assert reply.events == desk.registry.head().seq
    assert desk.versions() == before


def test_an_upgrade_of_what_is_new_changes_nothing(desk: Desk) -> None:
    reply = desk.call(AdminUpgrade())
    assert isinstance(reply, AdminUpgradeReply)
    assert reply.before == reply.after == f"1.{len(MIGRATIONS)}"


def test_init_makes_a_registry_that_git_ignores(tmp_path: Path, open_session: Opener, ana: Identity) -> None:
    session = open_session(str(tmp_path / "unused"), ana)
    reply = session.call(Init(path=str(tmp_path / "project")))
    again = session.call(Init(path=str(tmp_path / "project")))
    assert isinstance(reply, UseReply)
    assert isinstance(again, UseReply)
    assert reply.registry == str(tmp_path / "project" / ".mlc")
    assert (reply.made, again.made, again.uuid) == (True, False, reply.uuid)
    assert (tmp_path / "project" / ".mlc" / ".gitignore").read_text() == "*\n"
    assert not (tmp_path / "unused").exists()


def test_init_says_where_whoever_begins_in_that_folder_is_sent_elsewhere(
    tmp_path: Path, open_session: Opener, ana: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = open_session(str(tmp_path / "unused"), ana)
    project = tmp_path / "project"
    ask = Init(path=str(project))
    assert session.call(ask).warnings == ()
    (project / "pyproject.toml").write_text('[tool.mlc]\nregistry = "models"\n')
    assert session.call(ask).warnings == (
        f"whatever begins here now goes to {project}/models, which {project}/pyproject.toml names; "
        "unset that to use this one",
    )
    monkeypatch.setenv("MLC_REGISTRY", "postgresql://ana:geheim@db/m?artifacts=/a")
    assert session.call(ask).warnings == (
        "whatever begins here now goes to postgresql://ana:***@db/m?artifacts=/a, which MLC_REGISTRY names; "
        "unset that to use this one",
    )
    monkeypatch.setenv("MLC_REGISTRY", "postgresql://db/m?artifacts=a")
    assert session.call(ask).warnings == (
        "MLC_REGISTRY will be looked at first: artifacts=a would be another folder wherever one works",
    )
    monkeypatch.setenv("MLC_REGISTRY", str(project))
    assert session.call(ask).warnings == ()


def test_init_is_for_folders(tmp_path: Path, open_session: Opener, ana: Identity) -> None:
    session = open_session(str(tmp_path), ana)
    with pytest.raises(BadInput) as refused:
        session.call(Init(path="postgresql://db/x"))
    assert refused.value.text == ("init makes a registry in a folder\nfor a database: %mlc use postgresql://db/x")


def test_use_opens_the_registry_that_is_named(tmp_path: Path, open_session: Opener, ana: Identity) -> None:
    session = open_session(str(tmp_path / "unused"), ana)
    reply = session.call(Use(url=str(tmp_path / "other")))
    assert isinstance(reply, UseReply)
    assert (reply.registry, reply.models, reply.you) == (str(tmp_path / "other"), 0, "ana@laptop")
    assert not (tmp_path / "unused").exists()


def test_a_key_is_shown_and_rotated(tmp_path: Path, home: Path, clock: Callable[[], int]) -> None:
    from jupyter_mlc.store.places import place_of
    from jupyter_mlc.verbs.tag import Tag

    session = LocalSession(place_of(str(tmp_path / "registry")), identity, clock)
    desk = Desk(session=session, backing=session)
    desk.register()
    before = session.call(AdminKey())
    after = session.call(AdminKey(rotate=True))
    assert isinstance(before, AdminKeyReply)
    assert isinstance(after, AdminKeyReply)
    assert after.person == before.person
    assert (after.rotated_from, after.public != before.public) == (before.public, True)
    assert home in Path(after.where).parents
    session.call(Tag(ref="churn:1", tags={"after": "rotation"}))
    loaded = session.call(Load(ref="churn:1"))
    assert isinstance(loaded, LoadReply)
    assert loaded.trusted


def test_a_key_whose_predecessor_is_known_here_is_known_as_the_same_person(
    tmp_path: Path, open_session: Opener
) -> None:
    old = identity_in(tmp_path / "keys")
    desk = open_session(str(tmp_path / "registry"), old)
    before = desk.call(AdminKey())
    after = open_session(str(tmp_path / "registry"), rotated(old)).call(AdminKey())
    assert isinstance(before, AdminKeyReply)
    assert isinstance(after, AdminKeyReply)
    assert before.person == after.person == old.first_id


def test_a_key_that_was_replaced_on_another_machine_is_not_rotated_into_a_new_person(
    tmp_path: Path, open_session: Opener
) -> None:
    old = identity_in(tmp_path / "here")
    open_session(str(tmp_path / "registry"), old).call(AdminKey())
    copied = tmp_path / "there"
    shutil.copytree(tmp_path / "here", copied)
    open_session(str(tmp_path / "registry"), old).call(AdminKey(rotate=True))
    with pytest.raises(Conflict) as refused:
        open_session(str(tmp_path / "registry"), identity_in(copied)).call(AdminKey(rotate=True))
    assert refused.value.text == (
        "this key was replaced by another already, and cannot name a new one in this registry\n"
        f"bring the new key back to {copied}/key.pem, or move that file away: a new key will be made "
        "(and be a new person)"
    )
    assert identity_in(copied).public == old.public


def test_a_key_that_is_rotated_where_nothing_can_be_written_is_told_to_be_new(
    tmp_path: Path, open_session: Opener
) -> None:
    old = identity_in(tmp_path / "keys")
    session = open_session(str(tmp_path / "registry"), old)
    session.call(AdminKey())
    session.close()
    with read_only(tmp_path / "registry"):
        reply = session.call(AdminKey(rotate=True))
        session.close()
    assert isinstance(reply, AdminKeyReply)
    assert (reply.rotated_from, reply.public) == (old.public, identity_in(tmp_path / "keys").public)
    assert reply.warnings == (
        "the key is new, but this registry learns of it only at your next act: "
        f"the registry in {tmp_path}/registry is read-only for you",
    )


def test_a_question_that_nobody_can_answer_names_yes(desk: Desk) -> None:
    from jupyter_mlc.verbs.discard import Discard

    desk.register()
    with pytest.raises(NeedsConfirmation) as asked:
        desk.call(Discard(refs=("churn:1",)))
    assert asked.value.text == "delete the bytes of churn:1 for good?\nto go ahead without being asked, add --yes"
