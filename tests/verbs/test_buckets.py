"""A registry in PostgreSQL whose artifacts lie in a bucket, through the verbs."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest

from jupyter_mlc.store.identity import Identity
from jupyter_mlc.store.places import place_of
from jupyter_mlc.verbs.admin_doctor import AdminDoctor, AdminDoctorReply
from jupyter_mlc.verbs.admin_gc import AdminGc, AdminGcReply
from jupyter_mlc.verbs.admin_usage import AdminUsage
from jupyter_mlc.verbs.session import LocalSession
from jupyter_mlc.verbs.verify import Verify, VerifyReply
from tests.store.buckets.conftest import bucket, seaweedfs_server
from tests.verbs.conftest import Desk

__all__ = ["bucket", "seaweedfs_server"]

pytestmark = pytest.mark.postgres


@pytest.fixture
def server(seaweedfs_server: str) -> str:
    return seaweedfs_server


@pytest.fixture
def desk(postgres_url: str, bucket: str, ana: Identity, clock: Callable[[], int]) -> Iterator[Desk]:
    url = postgres_url.partition("&artifacts=")[0] + f"&artifacts=s3://{bucket}/team"
    session = LocalSession(place_of(url), lambda: ana, clock)
    assert session.registry
    yield Desk(session=session, backing=session)
    session.close()


def verify(desk: Desk) -> list[tuple[str, str]]:
    reply = desk.call(Verify())
    assert isinstance(reply, VerifyReply)
    return [(one.where, one.what) for one in reply.findings]


@pytest.mark.slow
def test_a_registry_with_a_bucket_is_registered_in_verified_and_cared_for(desk: Desk) -> None:
    desk.register(content="one")
    desk.register(content="two")
    artifacts = desk.session.artifacts
    assert artifacts.where.startswith("s3://models/team/")
    assert verify(desk) == []
    shutil.rmtree(artifacts.folder)
    assert verify(desk) == []
    doctor = desk.call(AdminDoctor())
    assert isinstance(doctor, AdminDoctorReply)
    assert f"{artifacts.where} takes bytes and gives them back" in [one.what for one in doctor.remarks]
    assert desk.call(AdminUsage())
    collected = desk.call(AdminGc())
    assert isinstance(collected, AdminGcReply)
    assert (collected.blobs, collected.kept) == (0, 2)
    lost = next(iter(artifacts.all()))
    artifacts.delete(lost)
    assert [where for where, _ in verify(desk)] == [f"blob {lost}"]
