from __future__ import annotations

import pytest

from jupyter_mlc.verbs.verify import Verify, VerifyReply
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
        ("UPDATE head SET hash = 'x'", "head"),
    ],
)
def test_a_changed_row_is_found_and_located_and_the_failure_is_an_event(desk: Desk, sql: str, where: str) -> None:
    desk.register(metric={"auc": 0.7})
    desk.registry.database.query(sql)
    reply = verify(desk)
    assert not reply.done
    assert any(where in finding.where for finding in reply.findings), reply.findings
    newest = desk.registry.history(None, 1)[0].event
    assert type(newest).__name__ == "VerificationFailed"
    assert reply.to_rows()[0].keys() == {"where", "what"}


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


def test_after_a_full_verification_a_quick_one_starts_at_the_checkpoint(desk: Desk) -> None:
    desk.register()
    verify(desk)
    desk.register(content="two")
    reply = verify(desk, quick=True)
    assert reply.done
    assert reply.events < desk.registry.head().seq
