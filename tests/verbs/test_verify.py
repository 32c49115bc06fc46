from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_mlc.domain.errors import Unavailable
from jupyter_mlc.store.checkpoints import checkpoints
from jupyter_mlc.verbs.admin_rebuild import AdminRebuild, AdminRebuildReply
from jupyter_mlc.verbs.verify import Verify, VerifyReply
from tests.faults import read_only
from tests.verbs.conftest import Desk


def verify(desk: Desk, *, quick: bool = False) -> VerifyReply:
    reply = desk.call(Verify(quick=quick))
    assert isinstance(reply, VerifyReply)
    return reply


def test_a_whole_registry_is_consistent_to_its_last_event(desk: Desk) -> None:
    desk.register(metric={"auc": 0.7})
    desk.promote("churn:1", "production")
    reply = verify(desk)
    assert reply.done
    assert reply.findings == ()
    assert (reply.consistent_to, reply.versions) == (desk.registry.head().seq, 1)
    assert (reply.anchored_to, reply.events) == (0, reply.consistent_to)
    assert reply.signatures == reply.events
    assert reply.writers


@pytest.mark.parametrize(
    ("sql", "where"),
    [
        ("UPDATE version SET stage = 'staging'", "version"),
        ("DELETE FROM metric", "metric"),
        ("UPDATE metric SET value = 0.99", "metric"),
        ("UPDATE model SET owner = 'p-evil'", "model"),
        ("INSERT INTO alias (model, alias, version) VALUES ('churn', 'forged', 1)", "alias"),
    ],
)
def test_a_changed_row_is_found_and_located_and_the_failure_is_an_event(desk: Desk, sql: str, where: str) -> None:
    desk.register(metric={"auc": 0.7})
    desk.registry.database.query(sql)
    reply = verify(desk)
    assert not reply.done
    found = next(finding for finding in reply.findings if finding.where.startswith(where))
    assert found.what.endswith(" (churn:1)") == (where in {"version", "metric"})
    newest = desk.registry.history(None, 1)[0].event
    assert type(newest).__name__ == "VerificationFailed"
    assert reply.to_rows()[0].keys() == {"where", "what"}


def test_a_table_of_versions_that_was_dropped_is_found_and_written_anew(desk: Desk) -> None:
    desk.register()
    desk.registry.database.query("DROP TABLE version")
    reply = verify(desk)
    assert "version" in {finding.where for finding in reply.findings}
    assert reply.next.startswith("tables that differ: %mlc admin rebuild")
    desk.call(AdminRebuild())
    assert verify(desk).findings == ()


@pytest.mark.parametrize("table", ["checkpoint", "activity"])
def test_a_dropped_table_of_which_no_event_tells_is_made_anew_without_rows(desk: Desk, table: str) -> None:
    desk.register()
    desk.registry.database.query(f"DROP TABLE {table}")
    assert verify(desk).next in {"", "tables that differ: %mlc admin rebuild"}
    desk.call(AdminRebuild())
    assert desk.registry.count(table) == 0
    assert verify(desk).findings == ()


def test_a_verification_that_could_not_be_recorded_says_so(judge_here: Desk) -> None:
    judge_here.register()
    folder = judge_here.backing.place.folder
    assert folder is not None
    judge_here.backing.close()
    with read_only(folder):
        reply = verify(judge_here)
        judge_here.backing.close()
    assert reply.done
    assert reply.warnings == (
        f"that it was verified could not be recorded: the registry in {folder} is read-only for you",
    )
    assert verify(judge_here).warnings == ()


def test_a_head_that_spoke_of_more_events_is_told_when_it_is_written_anew(desk: Desk) -> None:
    desk.register()
    seq = desk.registry.head().seq
    desk.registry.database.query("UPDATE head SET seq = seq + 1")
    reply = verify(desk)
    assert [finding.where for finding in reply.findings] == ["head"]
    assert reply.warnings[0].startswith("the failed verification could not be recorded: ")
    mended = desk.call(AdminRebuild())
    assert mended.warnings == (
        f"the table head named event {seq + 1} as the last, and the log ends with {seq}: if events were lost, bring "
        "the registry back from a backup",
    )
    assert verify(desk).done


@pytest.mark.parametrize("quick", [False, True])
def test_a_head_that_was_deleted_is_found_and_can_be_written_anew(desk: Desk, *, quick: bool) -> None:
    desk.register()
    verify(desk)
    desk.registry.database.query("DELETE FROM head")
    reply = verify(desk, quick=quick)
    assert [(finding.where, finding.what) for finding in reply.findings] == [("head", "its row is missing")]
    assert reply.exit_code == 3
    assert reply.warnings[0].startswith("the failed verification could not be recorded: ")
    assert reply.next.startswith("tables that differ: %mlc admin rebuild")
    rehearsed = desk.call(AdminRebuild(dry_run=True))
    assert isinstance(rehearsed, AdminRebuildReply)
    desk.call(AdminRebuild())
    assert rehearsed.events == desk.registry.head().seq
    assert verify(desk).done


def test_a_missing_and_a_changed_blob_are_found(desk: Desk) -> None:
    desk.register(content="one")
    desk.register(content="two")
    artifacts = desk.backing.artifacts
    gone, changed = (desk.registry.version(f"churn:{n}").artifact for n in (1, 2))
    artifacts.delete(gone)
    path = artifacts.path(changed)
    path.chmod(0o644)
    path.write_bytes(b"twO")
    found = {finding.where + finding.what for finding in verify(desk).findings}
    assert any(gone in text for text in found)
    assert any(changed in text for text in found)
    assert verify(desk).next == "blobs: bring them back from a backup"


def test_each_kind_of_finding_has_its_own_next_step(desk: Desk) -> None:
    desk.register(note="first try")
    desk.registry.database.query("UPDATE words SET salt = 'other'")
    log = "events, words and checkpoints: bring them back from a backup"
    tables = "tables that differ: %mlc admin rebuild"
    assert verify(desk).next == log
    desk.registry.database.query("UPDATE version SET stage = 'staging'")
    assert verify(desk).next == f"{tables} · {log}"


def test_a_trigger_of_others_is_theirs_to_drop(desk: Desk) -> None:
    desk.register()
    body = {
        "sqlite": "BEGIN SELECT 1; END;",
        "postgres": "FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    }
    when = {"sqlite": "AFTER INSERT", "postgres": "BEFORE UPDATE"}
    dialect = desk.registry.database.dialect
    desk.registry.database.query(f"CREATE TRIGGER evil {when[dialect]} ON tag {body[dialect]}")
    assert verify(desk).next == "triggers of others: drop them in the database"


def test_where_all_blobs_are_missing_the_folder_may_be_the_wrong_one(desk: Desk) -> None:
    artifacts = desk.backing.artifacts
    artifacts.delete(desk.registry.version(desk.register()).artifact)
    assert verify(desk).next == f"all blobs are missing: is {artifacts.where} the right place, and mounted?"


def test_nothing_is_stored_in_a_folder_without_the_blobs_that_the_registry_keeps(desk: Desk) -> None:
    desk.register()
    artifacts = desk.backing.artifacts
    away = artifacts.root / "away"
    (artifacts.root / "blobs").rename(away)
    with pytest.raises(Unavailable) as refused:
        artifacts.put_bytes(b"of another model")
    assert refused.value.text == (
        f"cannot store bytes in {artifacts.folder}: there is no such folder, and this registry keeps bytes already\n"
        "name the folder that holds them (is a drive or share not mounted?), or bring them back from a backup; "
        f"where they are lost for good: mkdir -p {artifacts.folder}"
    )
    assert not artifacts.folder.exists()
    away.rename(artifacts.root / "blobs")
    artifacts.put_bytes(b"of another model")
    assert verify(desk).done


def test_after_a_full_verification_a_quick_one_starts_at_the_checkpoint(desk: Desk) -> None:
    desk.register()
    verify(desk)
    desk.register(content="two")
    reply = verify(desk, quick=True)
    assert reply.done
    assert reply.events < desk.registry.head().seq


def test_without_a_key_that_can_be_read_no_checkpoint_is_recorded(desk: Desk, keyless: tuple[Desk, Path]) -> None:
    desk.register()
    reader, file = keyless
    reply = verify(reader)
    assert reply.done
    assert reply.warnings == (
        f"{file} holds no private key that can be read: Unable to load PEM file; no checkpoint was recorded",
    )
    assert reply.next == (
        "about the key: bring it back from a backup, or move it away: a new key will be made (and be a new person)"
    )
    assert checkpoints(desk.registry) == []


def test_without_a_key_that_can_be_read_a_quick_verification_begins_at_the_beginning(
    desk: Desk, keyless: tuple[Desk, Path]
) -> None:
    desk.register()
    verify(desk)
    reader, file = keyless
    reply = verify(reader, quick=True)
    assert (reply.done, reply.events) == (True, desk.registry.head().seq)
    assert reply.warnings == (
        f"{file} holds no private key that can be read: Unable to load PEM file; no checkpoint is known to be yours, "
        "so the log was read from its beginning",
    )


@pytest.mark.slow
def test_what_a_verification_without_a_key_finds_is_told_and_not_recorded(
    desk: Desk, keyless: tuple[Desk, Path]
) -> None:
    desk.register()
    desk.registry.database.query("UPDATE version SET stage = 'staging'")
    reader, file = keyless
    seq = desk.registry.head().seq
    reply = verify(reader)
    assert not reply.done
    assert reply.warnings == (
        f"the failed verification could not be recorded: {file} holds no private key that can be read: "
        "Unable to load PEM file",
    )
    assert desk.registry.head().seq == seq


@pytest.mark.slow
@pytest.mark.parametrize("quick", [False, True])
def test_a_checkpoint_that_was_deleted_is_found(desk: Desk, *, quick: bool) -> None:
    desk.register()
    seq = verify(desk).consistent_to
    desk.registry.database.query("DELETE FROM checkpoint")
    reply = verify(desk, quick=quick)
    assert [finding.where for finding in reply.findings] == [f"checkpoint {seq}"]
    file = Path(reply.findings[0].what.partition(" remembered in ")[2].partition(";")[0])
    file.unlink()
    assert verify(desk).done
