"""Registries are cared for: backups, what they restore, what takes how much, what is the matter."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_mlc.domain.entities import DatasetFacts
from jupyter_mlc.domain.errors import BadInput, Conflict, MlcError, NotFound
from jupyter_mlc.store import disk, filesystem, health
from jupyter_mlc.store.blob_folder import DAY
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.store.places import place_of
from jupyter_mlc.store.queue import Turn
from jupyter_mlc.store.registry import exists, open_registry
from jupyter_mlc.store.sharing import sharers
from jupyter_mlc.verbs.admin_backup import AdminBackup, AdminBackupReply
from jupyter_mlc.verbs.admin_doctor import AdminDoctor, AdminDoctorReply
from jupyter_mlc.verbs.admin_gc import AdminGc, AdminGcReply
from jupyter_mlc.verbs.admin_rebuild import AdminRebuild
from jupyter_mlc.verbs.admin_restore import AdminRestore, AdminRestoreReply
from jupyter_mlc.verbs.admin_usage import AdminUsage, AdminUsageReply
from jupyter_mlc.verbs.discard import Discard
from jupyter_mlc.verbs.history import History, HistoryReply
from jupyter_mlc.verbs.session import LocalSession
from jupyter_mlc.verbs.tag import Tag
from jupyter_mlc.verbs.verify import Verify, VerifyReply
from tests.conftest import DATABASES, Clock
from tests.verbs.conftest import Desk

Open = Callable[[str, Identity], LocalSession]
IN_A_BACKUP = [".gitignore", "backup.lock", "blobs", "checked-blobs", "registry.db"]


@pytest.fixture
def local(desk: Desk) -> Desk:
    """The session on the registry's own machine: where backups are made."""
    return Desk(session=desk.backing, backing=desk.backing)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backup"


def back_up(desk: Desk, folder: Path, *, dry_run: bool = False) -> AdminBackupReply:
    reply = desk.call(AdminBackup(to=str(folder), dry_run=dry_run))
    assert isinstance(reply, AdminBackupReply)
    return reply


def restore(desk: Desk, folder: Path, into: str) -> AdminRestoreReply:
    reply = desk.call(AdminRestore(backup=str(folder), into=into))
    assert isinstance(reply, AdminRestoreReply)
    return reply


def refusal(desk: Desk, ask: AdminBackup | AdminRestore) -> MlcError:
    with pytest.raises(MlcError) as refused:
        desk.call(ask)
    return refused.value


def history(session: LocalSession) -> object:
    found = session.call(History())
    assert isinstance(found, HistoryReply)
    return replace(found, until=0)  # the moment of asking


def rows(session: LocalSession) -> dict[str, list[tuple[object, ...]]]:
    from jupyter_mlc.store.rows import KEYS

    database = session.registry.database
    return {t: sorted(map(tuple, map(dict.values, database.query(f"SELECT * FROM {t}"))), key=repr) for t in KEYS}


def live(desk: Desk, facts: Callable[..., DatasetFacts]) -> None:
    """Something of everything."""
    desk.register(metric={"auc": 0.7, "odd": float("nan")}, param={"C": 1}, tag={"team": "ops"}, data=(facts(),))
    desk.register(content="two", note="second")
    desk.promote("churn:1", "production", "good")
    desk.call(Verify())


# Backups


def test_a_backup_is_verified_and_a_second_one_copies_only_what_is_new(
    local: Desk, folder: Path, facts: Callable[..., DatasetFacts]
) -> None:
    live(local, facts)
    first = back_up(local, folder)
    assert (first.blobs, first.size, first.findings, first.exit_code) == (2, 19, (), 0)
    assert first.events == local.registry.head().seq
    assert first.next == f"to restore it: jupyter mlc admin restore {folder} NEWPLACE"
    kept = {path: path.stat().st_ino for path in (folder / "blobs").rglob("*") if path.is_file()}
    local.register(content="three")
    rehearsed = back_up(local, folder, dry_run=True)
    assert (rehearsed.done, rehearsed.blobs, rehearsed.size) == (False, 1, 5)
    second = back_up(local, folder)
    assert (second.blobs, second.size, second.events) == (1, 5, local.registry.head().seq)
    assert (first.there, second.there, second.there_size) == (0, 2, 19)
    assert {path: path.stat().st_ino for path in kept} == kept
    assert all(path.stat().st_nlink == 1 for path in kept)
    third = back_up(local, folder)
    assert (third.blobs, third.size, third.there, third.there_size) == (0, 0, 3, 24)
    assert sorted(path.name for path in folder.iterdir()) == IN_A_BACKUP


def spoilt(path: Path, *, unseen: bool) -> None:
    """Other bytes in the same file; unseen where neither its size nor its time tells."""
    state = path.stat()
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().swapcase())
    path.chmod(0o444)
    if unseen:
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def test_what_was_found_whole_before_is_not_read_again(local: Desk, folder: Path) -> None:
    digest = local.registry.version(local.register()).artifact
    back_up(local, folder)
    copy = folder / "blobs" / "sha256" / digest.removeprefix("sha256:")
    before = copy.read_bytes()
    spoilt(copy, unseen=True)
    unseen = back_up(local, folder)
    assert (unseen.blobs, unseen.there, unseen.findings) == (0, 1, ())
    assert copy.read_bytes() != before


def test_a_copy_that_went_bad_is_copied_again(local: Desk, folder: Path) -> None:
    digest = local.registry.version(local.register()).artifact
    back_up(local, folder)
    copy = folder / "blobs" / "sha256" / digest.removeprefix("sha256:")
    before = copy.read_bytes()
    spoilt(copy, unseen=False)
    mended = back_up(local, folder)
    assert (mended.blobs, mended.there, mended.findings) == (1, 0, ())
    assert copy.read_bytes() == before


def test_a_backup_beside_the_working_folder_is_told_by_its_own_path(
    local: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    reply = local.call(AdminBackup(to="../bk", dry_run=True))
    assert isinstance(reply, AdminBackupReply)
    assert reply.where == str(tmp_path.resolve() / "bk")


def test_a_backup_without_its_notes_is_read_once_more(local: Desk, folder: Path) -> None:
    digest = local.registry.version(local.register()).artifact
    back_up(local, folder)
    copy = folder / "blobs" / "sha256" / digest.removeprefix("sha256:")
    spoilt(copy, unseen=True)
    (folder / "checked-blobs").unlink()
    assert (back_up(local, folder).blobs, back_up(local, folder).there) == (1, 1)


def test_what_was_discarded_leaves_the_backup_too(local: Desk, folder: Path) -> None:
    local.register()
    local.register(content="two")
    back_up(local, folder)
    local.call(Discard(refs=("churn:1",), yes=True))
    assert back_up(local, folder).dropped == 1
    assert len(list((folder / "blobs" / "sha256").iterdir())) == 1


@pytest.mark.slow
def test_a_backup_made_while_eight_write_is_whole(local: Desk, folder: Path, open_session: Open, ana: Identity) -> None:
    local.register()
    done = threading.Event()
    errors: list[Exception] = []

    def write(number: int) -> None:
        session = open_session(local.backing.place.url, ana)
        mine = Desk(session=session, backing=session)
        try:
            for each in range(1000):
                ref = mine.register(f"m{number}", content=f"{number} {each}")
                if each % 3 == 2:
                    mine.call(Discard(refs=(ref,), yes=True))
                if done.is_set():
                    break
        except Exception as error:  # noqa: BLE001 (told by the test, not lost in a thread)
            errors.append(error)
        finally:
            session.close()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    try:
        found = [back_up(local, folder) for _ in range(3)]
    finally:
        done.set()
        for writer in writers:
            writer.join()
    assert errors == []
    assert [reply.findings for reply in found] == [(), (), ()]
    assert found[0].events < found[2].events <= local.registry.head().seq


def test_a_backup_is_never_made_where_it_would_destroy_something(
    local: Desk, folder: Path, tmp_path: Path, open_session: Open, ana: Identity
) -> None:
    local.register()
    own = local.backing.place.folder or local.backing.place.artifacts
    for place in (own, own.parent, own / "backup"):
        error = refusal(local, AdminBackup(to=str(place)))
        assert isinstance(error, BadInput)
        assert error.text == f"{place} holds the registry itself\nname a folder elsewhere, best on another disk"
    folder.mkdir()
    (folder / "thesis.tex").write_text("years of work")
    assert refusal(local, AdminBackup(to=str(folder))).text == (
        f"{folder} is not empty and holds no backup\nname a new folder"
    )
    (folder / "thesis.tex").unlink()
    other = open_session(str(tmp_path / "other"), ana)
    back_up(Desk(session=other, backing=other), folder)
    error = refusal(local, AdminBackup(to=str(folder)))
    assert isinstance(error, Conflict)
    assert error.text == (
        f"the backup in {folder} is of another registry ({other.registry.uuid[:8]}, "
        f"this one is {local.registry.uuid[:8]})\nname another folder for this one"
    )
    other.close()


def test_a_backup_that_has_gone_its_own_way_is_kept(
    local: Desk, folder: Path, open_session: Open, ana: Identity
) -> None:
    local.register()
    back_up(local, folder)
    (folder / "backup.lock").unlink()  # so that it is taken for a registry
    used = open_session(str(folder), ana)
    used.call(Tag(ref="churn:1", tags={"written": "into the backup"}))
    seq = used.registry.head().seq
    used.close()
    assert refusal(local, AdminBackup(to=str(folder))).text == (
        f"{folder} is a registry of its own, and no backup\nname another folder"
    )
    (folder / "backup.lock").touch()
    assert refusal(local, AdminBackup(to=str(folder))).text == (
        f"the backup in {folder} holds what this registry does not: it parts from it by event {seq}\n"
        f"keep that backup and name another folder; to look at it: %mlc use {folder}"
    )


def looked_at(desk: Desk, folder: Path) -> Desk:
    """A session on the backup itself."""
    session = LocalSession(place_of(str(folder)), desk.backing._identity, desk.backing._clock)
    return Desk(session=session, backing=session)


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_backup_that_is_looked_after_stays_one(local: Desk, folder: Path, home: Path) -> None:
    local.register()
    back_up(local, folder)
    before = everything_in(folder)
    for _ in range(2):
        verified = looked_at(local, folder).call(Verify())
        assert isinstance(verified, VerifyReply)
        assert (verified.findings, verified.warnings) == ((), ())
        assert everything_in(folder) == before
        local.register("fraud", "more bytes")
        assert back_up(local, folder).findings == ()
        before = everything_in(folder)
    assert not (home / "data" / "jupyter_mlc" / "checkpoints").exists()


def test_a_backup_whose_bytes_went_bad_is_mended_after_that_was_found(local: Desk, folder: Path) -> None:
    local.register()
    back_up(local, folder)
    blob = next((folder / "blobs" / "sha256").iterdir())
    spoilt(blob, unseen=False)
    found = looked_at(local, folder).call(Verify())
    assert isinstance(found, VerifyReply)
    assert [finding.where for finding in found.findings] == [f"blob sha256:{blob.name}"]
    assert found.next == f"mend it from where its registry is: jupyter mlc admin backup {folder}"
    assert back_up(local, folder).blobs == 1
    mended = looked_at(local, folder).call(Verify())
    assert isinstance(mended, VerifyReply)
    assert mended.findings == ()


def test_nobody_writes_into_a_backup(local: Desk, folder: Path) -> None:
    local.register()
    back_up(local, folder)
    said = (
        f"{folder} is a backup, which is only looked at\n"
        f"restore it elsewhere to go on with it: jupyter mlc admin restore {folder} PLACE"
    )
    for ask in (Tag(ref="churn:1", tags={"written": "into the backup"}), AdminRebuild(), AdminGc()):
        with pytest.raises(MlcError) as refused:
            looked_at(local, folder).call(ask)
        assert refused.value.text == said
    assert back_up(local, folder).findings == ()


def test_no_registry_is_made_where_a_backup_was_interrupted(local: Desk, folder: Path) -> None:
    local.register()
    back_up(local, folder)
    (folder / "registry.db").unlink()
    with pytest.raises(MlcError) as refused:
        looked_at(local, folder).call(History())
    assert refused.value.text == (
        f"there is no registry in {folder} yet: a backup into it is under way, or was interrupted\n"
        f"make it again: jupyter mlc admin backup {folder}"
    )
    assert refusal(local, AdminRestore(backup=str(folder), into=str(folder))).text.startswith("there is no backup in")
    assert back_up(local, folder).findings == ()


def test_the_doctor_asks_for_nothing_that_a_backup_cannot_have(
    local: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    local.register()
    back_up(local, folder)
    monkeypatch.setattr(health, "_MANY", 1)
    desk = looked_at(local, folder)
    assert found(desk, "record") == []
    told = f"a backup, which is only looked at, up to event {local.registry.head().seq}"
    assert told in {one.what for one in examined(desk).remarks}


def test_a_damaged_backup_says_what_else_to_take(local: Desk, folder: Path) -> None:
    local.register()
    back_up(local, folder)
    (folder / "registry.db").write_bytes(b"\xff" * 8192)
    assert refusal(local, AdminRestore(backup=str(folder), into=str(folder.parent / "new"))).text == (
        f"{folder}/registry.db is damaged (file is not a database)\n"
        "use another backup, or make a new one: jupyter mlc admin backup NEWFOLDER"
    )


@pytest.mark.slow
def test_two_backups_into_one_folder_do_not_meet(local: Desk, folder: Path) -> None:
    local.register()
    back_up(local, folder)
    turn = Turn(folder / "backup.lock")
    turn.wait(1)
    try:
        assert refusal(local, AdminBackup(to=str(folder))).text == (
            f"another backup into {folder} is under way\nwait until it is done"
        )
    finally:
        turn.end()


def test_a_blob_that_is_gone_here_is_found_and_stays_in_an_earlier_backup(local: Desk, folder: Path) -> None:
    local.register()
    back_up(local, folder)
    local.register(content="two")
    for ref in ("churn:1", "churn:2"):
        local.backing.artifacts.delete(local.registry.version(ref).artifact)
    reply = back_up(local, folder)
    lost = local.registry.version("churn:2").artifact
    assert [finding.where for finding in reply.findings if finding.where == f"blob {lost}"] == [f"blob {lost}"]
    assert not any(local.registry.version("churn:1").artifact in finding.where for finding in reply.findings)
    assert reply.exit_code == 3
    assert reply.to_rows()[0].keys() == {"where", "what"}


def test_a_damaged_blob_is_not_copied(local: Desk, folder: Path) -> None:
    local.register()
    path = local.backing.artifacts.path(local.registry.version("churn:1").artifact)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().upper())
    reply = back_up(local, folder)
    assert reply.findings[0].where == f"blob sha256:{path.name}"
    assert list((folder / "blobs" / "sha256").iterdir()) == []


def test_a_damaged_record_does_not_take_the_place_of_a_whole_one(local: Desk, folder: Path) -> None:
    local.register()
    back_up(local, folder)
    before = (folder / "registry.db").read_bytes()
    if local.registry.database.dialect == "sqlite":  # elsewhere the tables of a backup are made from the events
        local.registry.database.query("UPDATE version SET stage = 'production'")
    else:
        local.registry.database.query("UPDATE words SET words = 'forged'")
    reply = back_up(local, folder)
    assert reply.findings
    assert reply.warnings == ("the record is damaged now, so that of the backup was kept as it is",)
    assert (folder / "registry.db").read_bytes() == before


def test_what_an_interrupted_backup_left_is_taken_up(local: Desk, folder: Path) -> None:
    local.register()
    (folder / "blobs" / "sha256").mkdir(parents=True)
    (folder / "blobs" / "sha256" / ".tmp-1-abc").write_text("half a blob")
    (folder / ".snapshot").mkdir()
    (folder / ".snapshot" / "registry.db").write_text("half a snapshot")
    reply = back_up(local, folder)
    assert reply.findings == ()
    assert sorted(path.name for path in folder.iterdir()) == IN_A_BACKUP
    assert len(list((folder / "blobs" / "sha256").iterdir())) == 1


def test_over_the_wire_no_backup_is_made(desk: Desk, folder: Path) -> None:
    desk.register()
    if isinstance(desk.session, LocalSession):
        back_up(desk, folder)
        return
    assert refusal(desk, AdminBackup(to=str(folder))).text == (
        "admin backup is done on the machine itself\n%mlc use PATH works on a registry here"
    )


# Restoring


@pytest.mark.parametrize("into", DATABASES)
def test_a_backup_of_either_database_is_restored_into_either(
    request: pytest.FixtureRequest,
    local: Desk,
    folder: Path,
    tmp_path: Path,
    into: str,
    facts: Callable[..., DatasetFacts],
    open_session: Open,
    ana: Identity,
) -> None:
    live(local, facts)
    back_up(local, folder)
    place = str(tmp_path / "again")
    if into == "postgres":
        url: str = request.getfixturevalue("postgres_url")
        place = url.replace("schema=t", "schema=again_t").replace("/artifacts", "/again-artifacts")
    reply = restore(local, folder, place)
    assert (reply.uuid, reply.findings, reply.events) == (local.registry.uuid, (), local.registry.head().seq)
    again = open_session(place, ana)
    assert again.registry.head() == local.registry.head()
    assert history(again) == history(local.backing)
    assert rows(again) == rows(local.backing)
    verified = again.call(Verify(quick=True))
    assert isinstance(verified, VerifyReply)
    assert (verified.findings, verified.events) == ((), 0), "checkpoints came along"
    restored = Desk(session=again, backing=again)
    assert restored.register(content="three") == "churn:3"
    assert restored.call(Verify()).findings == ()  # type: ignore[attr-defined]
    again.close()


def test_the_place_of_the_registry_in_use_is_the_default(
    local: Desk, folder: Path, tmp_path: Path, open_session: Open, ana: Identity
) -> None:
    local.register()
    back_up(local, folder)
    lost = open_session(str(tmp_path / "lost"), ana)
    reply = lost.call(AdminRestore(backup=str(folder)))
    assert isinstance(reply, AdminRestoreReply)
    assert (reply.where, reply.next) == (str(tmp_path / "lost"), f"%mlc use {tmp_path / 'lost'}")
    assert lost.registry.uuid == local.registry.uuid
    lost.close()


def test_a_registry_that_is_there_is_not_overwritten(local: Desk, folder: Path, tmp_path: Path) -> None:
    local.register()
    back_up(local, folder)
    place = local.backing.place
    for ask in (
        AdminRestore(backup=str(folder), into=place.url),
        AdminRestore(backup=str(folder), into=place.url, dry_run=True),
    ):
        error = refusal(local, ask)
        assert isinstance(error, Conflict)
        assert error.text == (
            f"there is a registry at {place.shown} already, and a backup takes nobody's place\n"
            "name a new place: jupyter mlc admin restore BACKUP PLACE; or move that one away first"
        )
    error = refusal(local, AdminRestore(backup=str(tmp_path / "none"), into=str(tmp_path / "new")))
    assert isinstance(error, NotFound)
    assert error.text == f"there is no backup in {tmp_path / 'none'}\nmake one: jupyter mlc admin backup FOLDER"


def test_a_rehearsed_restoration_makes_nothing(local: Desk, folder: Path, tmp_path: Path) -> None:
    local.register()
    back_up(local, folder)
    reply = local.call(AdminRestore(backup=str(folder), into=str(tmp_path / "new"), dry_run=True))
    assert isinstance(reply, AdminRestoreReply)
    assert (reply.done, reply.blobs, reply.uuid) == (False, 1, local.registry.uuid)
    assert not (tmp_path / "new").exists()


def test_an_interrupted_restoration_leaves_no_registry_and_is_done_again(
    local: Desk, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jupyter_mlc.store import backup

    local.register()
    back_up(local, folder)
    with monkeypatch.context() as patched:
        patched.setattr(backup, "_restore_record", lambda *_: os.kill(os.getpid(), 2))
        with pytest.raises(KeyboardInterrupt):
            restore(local, folder, str(tmp_path / "new"))
    new = place_of(str(tmp_path / "new"))
    assert not exists(new)
    with pytest.raises(Conflict) as refused:
        looked_at(local, tmp_path / "new").call(History())
    assert refused.value.text == (
        f"a backup is being restored into {new.url}, or that was interrupted\n"
        f"do it again: jupyter mlc admin restore {folder} {new.url}; "
        f"or, for a new registry there, delete {tmp_path}/new/.restoring"
    )
    assert not exists(new)
    again = restore(local, folder, str(tmp_path / "new"))
    assert (again.blobs, again.there, again.findings) == (0, 1, ())
    assert not (tmp_path / "new" / ".restoring").exists()


@pytest.mark.postgres
def test_an_interrupted_restoration_into_a_database_is_done_again_too(
    folder: Path, judge_here: Desk, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jupyter_mlc.store import backup

    judge_here.register()
    back_up(judge_here, folder)
    with monkeypatch.context() as patched:
        patched.setattr(backup, "_restore_record", lambda *_: os.kill(os.getpid(), 2))
        with pytest.raises(KeyboardInterrupt):
            restore(judge_here, folder, postgres_url)
    with pytest.raises(Conflict, match="a backup is being restored into"):
        open_registry(place_of(postgres_url), judge_here.backing._identity, judge_here.backing._clock)
    assert restore(judge_here, folder, postgres_url).findings == ()
    opened = open_registry(place_of(postgres_url), judge_here.backing._identity, judge_here.backing._clock)
    assert opened.uuid == judge_here.registry.uuid
    opened.database.close()


def test_where_the_database_cannot_be_read_the_next_step_leads_on(local: Desk, folder: Path, tmp_path: Path) -> None:
    local.register()
    back_up(local, folder)
    place = tmp_path / "new"
    restore(local, folder, str(place))
    (place / "registry.db").write_bytes(b"\xff" * 8192)
    said = f"{place}/registry.db is damaged (file is not a database)"
    hint = f"move the folder {place} away, then: jupyter mlc admin restore BACKUP {place}"
    assert refusal(local, AdminRestore(backup=str(folder), into=str(place))).text == f"{said}\n{hint}"
    assert found(looked_at(local, place), "registry") == [(said, hint)]
    place.rename(tmp_path / "away")
    assert restore(local, folder, str(place)).findings == ()


def test_a_backup_of_a_newer_major_release_is_refused(local: Desk, folder: Path, tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    local.register()
    back_up(local, folder)
    with closing(sqlite3.connect(folder / "registry.db")) as database, database:
        database.execute("UPDATE head SET major = 2")
    assert refusal(local, AdminRestore(backup=str(folder), into=str(tmp_path / "new"))).text == (
        f"the backup in {folder} was made by a newer release\nupgrade: pip install -U jupyter-mlc"
    )


# Usage


def used(desk: Desk) -> AdminUsageReply:
    reply = desk.call(AdminUsage())
    assert isinstance(reply, AdminUsageReply)
    return reply


def test_what_models_share_is_counted_once_and_told_apart(desk: Desk, facts: Callable[..., DatasetFacts]) -> None:
    assert (used(desk).uses, used(desk).size) == ((), 0)
    desk.register("churn", content="x" * 100)
    desk.register("churn", content="y" * 50)
    desk.register("fraud", content="x" * 100)
    rows_ = desk.artifact("rows").digest
    desk.register("fraud", content="z", data=(facts(blob=rows_),))
    stray = desk.artifact("nobody needs this").size
    found = used(desk)
    assert [(one.name, one.versions, one.size, one.alone) for one in found.uses] == [
        ("churn", 2, 150, 50),
        ("fraud", 2, 101, 1),
        ("(datasets)", 0, 4, 4),
    ]
    assert (found.blobs, found.size, found.unneeded, found.collectable) == (5, 155 + stray, stray, 0)
    assert [(one.name, one.size, one.alone) for one in found.largest] == [
        ("churn:1", 100, 0),
        ("fraud:1", 100, 0),
        ("churn:2", 50, 50),
        ("fraud:2", 1, 1),
    ]
    assert found.free > 0
    assert found.to_rows()[0] == {"what": "churn", "versions": 2, "size": 150, "alone": 50}


def test_what_a_collection_would_free_is_what_is_old_enough(desk: Desk, clock: Clock) -> None:
    desk.register()
    artifact = desk.artifact("nobody needs this")
    path = desk.backing.artifacts.path(artifact.digest)
    desk.age(path)
    clock.now += 2 * DAY
    found = used(desk)
    assert (found.unneeded, found.collectable, found.next) == (17, 17, "%mlc admin gc")


def test_where_another_registry_keeps_its_bytes_too_nothing_is_deleted(desk: Desk, clock: Clock) -> None:
    desk.register()
    path = desk.backing.artifacts.path(desk.artifact("of the other one").digest)
    desk.age(path)
    clock.now += 2 * DAY
    (desk.backing.artifacts.root / "registries").mkdir(exist_ok=True)
    (desk.backing.artifacts.root / "registries" / "other").write_text("postgresql://db/models\n")
    for ask in (AdminGc(), AdminGc(others=True), Discard(refs=("churn:1",), yes=True)):
        with pytest.raises(Conflict, match="another registry, postgresql://db/models, keeps its bytes in"):
            desk.call(ask)
    assert path.exists()
    assert used(desk).collectable == 0
    told = "postgresql://db/models keeps its bytes in the same folder; nothing is collected or discarded there"
    assert told in {one.what for one in examined(desk).remarks}
    assert found(desk, "blobs") == []


@pytest.mark.postgres
def test_registries_in_two_schemas_and_a_restored_copy_delete_nothing_of_each_other(
    postgres_url: str, folder: Path, ana: Identity, open_session: Open, clock: Clock
) -> None:
    urls = [postgres_url, postgres_url.replace("schema=t", "schema=u"), postgres_url.replace("schema=t", "schema=v")]
    first, second, third = (Desk(session=each, backing=each) for each in (open_session(url, ana) for url in urls))
    first.register("one", "bytes of one")
    assert isinstance(first.call(AdminGc()), AdminGcReply)
    back_up(first, folder)
    restore(first, folder, urls[2])
    clock.now += 2 * DAY
    for desk, others in ((first, 1), (third, 1)):
        assert len(sharers(desk.registry)) == others
        with pytest.raises(Conflict, match="nothing is collected: another registry"):
            desk.call(AdminGc())
    second.register("two", "bytes of two")
    assert [len(sharers(desk.registry)) for desk in (first, second, third)] == [2, 2, 2]
    for desk in (first, second, third):
        desk.backing.close()


# The doctor


def examined(desk: Desk) -> AdminDoctorReply:
    reply = desk.call(AdminDoctor())
    assert isinstance(reply, AdminDoctorReply)
    return reply


def found(desk: Desk, about: str) -> list[tuple[str, str]]:
    """What is wrong, and what to do."""
    return [(one.what, one.advice) for one in examined(desk).remarks if one.about == about and not one.is_fine]


@pytest.fixture
def in_time(monkeypatch: pytest.MonkeyPatch, desk: Desk) -> None:
    """Clocks of disk and server agree with the one that the tests tick."""
    monkeypatch.setattr(health, "_disk_time", lambda _: 0)
    monkeypatch.setattr(type(desk.registry.database), "clock", lambda _: None)


@pytest.mark.usefixtures("in_time")
def test_a_registry_in_good_health_gets_advice_on_nothing(desk: Desk) -> None:
    desk.register()
    desk.call(Verify())
    desk.call(Tag(ref="churn:1", tags={"a": "b"}))
    reply = examined(desk)
    assert [one for one in reply.remarks if not one.is_fine] == []
    assert reply.exit_code == 0
    about = {one.about for one in reply.remarks}
    assert about >= {"schema", "clocks", "permissions", "disk", "artifacts", "blobs", "key", "record"}
    seq = desk.registry.head().seq
    assert ("record", f"verified by you up to event {seq - 1} of {seq}") in {(r.about, r.what) for r in reply.remarks}


@pytest.mark.usefixtures("in_time")
def test_what_was_not_verified_for_long_should_be(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.register()
    seq = desk.registry.head().seq
    assert found(desk, "record") == []
    monkeypatch.setattr(health, "_MANY", 3)
    assert found(desk, "record") == [
        (f"its {seq} events were never verified by you", "compare everything with everything: %mlc verify")
    ]
    assert examined(desk).exit_code == 3


def test_clocks_that_disagree_are_named(desk: Desk, clock: Callable[[], int]) -> None:
    """The tests' clock is months away from the real one of the disk."""
    desk.register()
    told = found(desk, "clocks")
    server = {"the database server"} if desk.registry.database.dialect == "postgres" else set()
    assert {what.split(" is ")[0] for what, _ in told} == {"the disk", *server}
    assert all(what.endswith(" this machine's clock") for what, _ in told)
    assert {advice for _, advice in told} == {"set the clock that is wrong; recorded times only go forward"}


@pytest.mark.usefixtures("in_time")
def test_a_writer_whose_clock_was_behind_is_named(desk: Desk, ben: Identity, open_session: Open) -> None:
    desk.register()
    late = LocalSession(desk.backing.place, lambda: ben, lambda: 1_700_000_000_000_000)
    late.call(Tag(ref="churn:1", tags={"a": "b"}))
    late.close()
    assert found(desk, "clocks") == [
        ("ben@desk wrote with a clock that was behind", "set the clocks of their machines; history marks such events *")
    ]


@pytest.mark.usefixtures("in_time")
def test_a_last_event_from_the_future_is_told(desk: Desk, ben: Identity) -> None:
    desk.register()
    early = LocalSession(desk.backing.place, lambda: ben, lambda: 1_770_000_000_000_000)
    early.call(Tag(ref="churn:1", tags={"a": "b"}))
    early.close()
    ((what, _),) = found(desk, "clocks")
    assert what == "the last event is 115 days ahead of this machine's clock"


@pytest.mark.usefixtures("in_time")
def test_blobs_that_are_missing_or_needed_by_nothing_are_counted(desk: Desk, clock: Clock) -> None:
    desk.register()
    desk.register(content="two")
    artifacts = desk.backing.artifacts
    artifacts.delete(desk.registry.version("churn:1").artifact)
    desk.age(artifacts.path(desk.artifact("stray").digest))
    clock.now += 2 * DAY
    left = artifacts.folder / f"{disk.TEMPORARY}1-abc"
    left.write_text("half")
    os.utime(left, (0, 0))
    assert found(desk, "blobs") == [
        ("1 of 2 that are needed are missing", "%mlc verify names them; bring them back from a backup"),
        (
            "1 that nothing needs and 1 left by writers that never finished, 9 bytes",
            "delete them: jupyter mlc admin gc",
        ),
    ]


@pytest.mark.usefixtures("in_time")
def test_blobs_of_a_registry_that_is_gone_are_told(desk: Desk) -> None:
    desk.register()
    os.utime(desk.backing.artifacts.path(desk.artifact("of another").digest), (0, 0))
    ((what, advice),) = found(desk, "blobs")
    assert what == "1 older than this registry: another one left them, whose database is gone"
    assert advice.endswith("if nobody wants it: %mlc admin gc --others")


@pytest.mark.usefixtures("in_time")
def test_places_that_everybody_may_write_are_named(desk: Desk) -> None:
    desk.register()
    root = desk.backing.artifacts.root
    root.chmod(0o777)
    assert found(desk, "permissions") == [
        (f"everybody on this machine may write {root}", f"chmod o-w {root}"),
    ]


@pytest.mark.usefixtures("in_time")
def test_a_disk_with_little_room_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.register()
    monkeypatch.setattr(health, "_LITTLE", 1 << 60)
    ((what, advice),) = found(desk, "disk")
    assert what.endswith(" free where the artifacts are")
    assert advice == ("see what takes it: jupyter mlc admin usage; what nothing needs goes with: jupyter mlc admin gc")


@pytest.mark.usefixtures("in_time")
def test_a_schema_of_an_earlier_release_is_told(desk: Desk) -> None:
    desk.register()
    local = Desk(session=desk.backing, backing=desk.backing)
    local.registry.database.query("UPDATE head SET minor = 1")
    from jupyter_mlc.store.schemas import MIGRATIONS

    assert found(local, "schema") == [
        (
            f"1.1 is of an earlier release; this one makes 1.{len(MIGRATIONS)}",
            "bring it up to date: jupyter mlc admin upgrade",
        )
    ]
    local.registry.database.query("UPDATE head SET minor = 77")
    assert ("schema", "1.77, of a newer release") in {(one.about, one.what) for one in examined(local).remarks}


@pytest.mark.usefixtures("in_time")
def test_a_key_that_was_replaced_is_told(desk: Desk, tmp_path: Path, open_session: Open) -> None:
    from jupyter_mlc.store.identity import identity_in, rotated

    old = identity_in(tmp_path / "keys")
    session = open_session(desk.backing.place.url, old)
    mine = Desk(session=session, backing=session)
    mine.register()
    (tmp_path / "keys").chmod(0o770)
    assert ("key", f"others may write {tmp_path / 'keys'}") in {(r.about, r.what) for r in examined(mine).remarks}
    (tmp_path / "keys").chmod(0o700)
    key = rotated(old)
    new = open_session(desk.backing.place.url, key)
    theirs = Desk(session=new, backing=new)
    what = f"{key.public[:8]}, known here as {old.first_id}, by the key before it"
    assert ("key", what) in {(one.about, one.what) for one in examined(theirs).remarks}
    theirs.register(content="two")
    assert found(mine, "key") == [
        (
            f"{old.public[:8]} was replaced by another and signs nothing any more here",
            f"bring the new key back to {tmp_path}/keys/key.pem, or move that file away: a new key will be made "
            "(and be a new person)",
        )
    ]
    for each in (session, new):
        each.close()


@pytest.mark.usefixtures("in_time")
def test_leftovers_beside_the_database_are_named(desk: Desk) -> None:
    desk.register()
    folder = desk.backing.place.folder
    if folder is None:
        assert found(desk, "leftovers") == []
        return
    (folder / ".registry.db.before-1.1.part").write_text("half")
    (folder / "registry.db.before-1.1").write_text("old")
    assert found(desk, "leftovers") == [
        (
            ".registry.db.before-1.1.part: left by something that was interrupted",
            f"where nothing is under way, delete them in {folder}",
        ),
        (
            "registry.db.before-1.1: kept from before an upgrade",
            "once %mlc verify finds all whole, delete them",
        ),
    ]


@pytest.mark.usefixtures("in_time")
def test_file_systems_that_do_not_suit_are_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.register()
    local = Desk(session=desk.backing, backing=desk.backing)
    if local.backing.place.folder is None:
        assert found(local, "file system") == []
        return
    monkeypatch.setattr(filesystem, "locks_hold", lambda _: False)
    kind = filesystem.type_of(local.backing.place.folder)
    assert found(local, "file system") == [
        (
            f"{kind} does not lock files between processes",
            "keep the registry on another disk, or use PostgreSQL",
        )
    ]
    monkeypatch.setattr(filesystem, "is_network", lambda _: True)
    assert found(local, "file system") == [
        (f"{kind}, over a network: it works, slower", "keep it on a local disk, or use PostgreSQL")
    ]


@pytest.mark.usefixtures("in_time")
def test_a_folder_that_is_read_only_is_no_file_system_without_locks(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.register()
    local = Desk(session=desk.backing, backing=desk.backing)
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert found(local, "file system") == []


@pytest.mark.usefixtures("in_time")
def test_a_file_of_the_database_that_one_may_not_write_is_named_with_what_to_type(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.register()
    folder = desk.backing.place.folder
    if folder is None:
        return
    file, allowed = folder / "registry.db-shm", os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != file and allowed(path, mode))
    assert found(desk, "permissions") == [
        (
            f"you may not write {file}, though its folder is open to you; so you cannot write the registry",
            f"{file.owner()} types: chmod ug+w {file}",
        )
    ]


@pytest.mark.usefixtures("in_time")
@pytest.mark.parametrize(
    ("error", "reason", "advice"),
    [
        (errno.ENOSPC, "the disk is full", "free some space there and repeat the command; nothing was recorded"),
        (errno.EROFS, "the disk is read-only", "make it writable, or keep the registry elsewhere: %mlc use PATH"),
        (
            errno.EACCES,
            "this user may not write there",
            "make it writable, or keep the registry elsewhere: %mlc use PATH",
        ),
    ],
)
def test_a_disk_that_takes_no_bytes_is_told_as_such(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: int, reason: str, advice: str
) -> None:
    desk.register()

    def refuse(*_: object) -> int:
        raise OSError(error, os.strerror(error))

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", refuse)
        remarks = [one for one in examined(desk).remarks if "cannot store bytes" in one.what]
    artifacts = desk.backing.artifacts
    assert [(one.about, one.what, one.advice) for one in remarks] == [
        ("disk", f"cannot store bytes in {artifacts.root}: {reason}", advice),
        ("artifacts", f"cannot store bytes in {artifacts.folder}: {reason}", advice),
    ]


@pytest.mark.usefixtures("in_time")
def test_what_cannot_be_looked_at_is_told_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.register()
    local = Desk(session=desk.backing, backing=desk.backing)
    root = local.backing.artifacts.root
    (root / "blobs").rename(root / "gone")
    (root / "blobs").write_text("a file stands here")
    about = {one.about for one in examined(local).remarks if not one.is_fine}
    assert "blobs" in about


@pytest.mark.usefixtures("in_time")
def test_a_key_that_cannot_be_read_is_told_and_holds_up_no_backup(desk: Desk, folder: Path) -> None:
    from jupyter_mlc.domain.errors import Unavailable

    desk.register()

    def nobody() -> Identity:
        raise Unavailable("the key k cannot be read: Permission denied", hint="check its permissions")

    session = LocalSession(desk.backing.place, nobody)
    keyless = Desk(session=session, backing=session)
    assert found(keyless, "key") == [("the key k cannot be read: Permission denied", "check its permissions")]
    assert back_up(keyless, folder).findings == ()
    session.close()
