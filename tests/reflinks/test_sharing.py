"""Where the file system can, blobs share the blocks of the files that they were taken from; and stay what they are."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_mlc.domain.entities import Artifact
from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.digests import hex_of
from jupyter_mlc.verbs.admin_backup import AdminBackup
from jupyter_mlc.verbs.copy import Copy
from jupyter_mlc.verbs.register import Register
from jupyter_mlc.verbs.session import LocalSession

SIZE = 64 << 20
LITTLE = 8 << 20
"""what folders, names and the journal may take"""


def used(folder: Path) -> int:
    """Bytes that the file system of a folder has given away."""
    subprocess.run(["sync", "-f", folder], check=True)
    state = os.statvfs(folder)
    return (state.f_blocks - state.f_bfree) * state.f_frsize


def shared(path: Path) -> bool:
    """Whether every extent of a file is shared with another one."""
    listed = subprocess.run(["filefrag", "-v", path], check=True, capture_output=True, text=True).stdout
    extents = [line for line in listed.splitlines() if re.match(r"\s*\d+:", line)]
    return bool(extents) and all("shared" in line for line in extents)


def made(path: Path, size: int = SIZE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(os.urandom(size))
    subprocess.run(["sync", path], check=True)
    return path


@contextlib.contextmanager
def registry(folder: Path) -> Iterator[Desk]:
    """A registry in a folder, made by looking at it."""
    desk = Desk(str(folder))
    desk.warn = lambda text: None
    assert isinstance(desk.session, LocalSession)
    assert desk.session.registry
    try:
        yield desk
    finally:
        desk.close()


@pytest.fixture
def artifacts(sharing: Path) -> Artifacts:
    (sharing / "registry").mkdir()
    return Artifacts(sharing / "registry")


def test_a_file_and_its_blob_share_their_blocks(artifacts: Artifacts, sharing: Path) -> None:
    model = made(sharing / "model.bin")
    before = used(sharing)
    digest, size = artifacts.put_file(model)
    assert size == SIZE
    assert used(sharing) - before < LITTLE
    assert shared(artifacts.path(digest))
    assert shared(model)
    artifacts.check(digest)


def test_whoever_changes_the_file_does_not_change_the_blob(artifacts: Artifacts, sharing: Path) -> None:
    model = made(sharing / "model.bin")
    digest, _ = artifacts.put_file(model)
    with model.open("r+b") as file:
        file.write(b"other bytes")
        file.flush()
        os.fsync(file.fileno())
    artifacts.check(digest)
    again, _ = artifacts.put_file(model)
    assert again != digest
    artifacts.check(again)


def test_the_files_of_a_folder_share_theirs(artifacts: Artifacts, sharing: Path) -> None:
    files = [made(sharing / "model" / f"part-{number}", SIZE // 8) for number in range(8)]
    before = used(sharing)
    taken = artifacts.put_files(files)
    assert used(sharing) - before < LITTLE
    assert all(shared(artifacts.path(digest)) for digest, _ in taken)


def test_where_blocks_cannot_be_shared_they_are_copied(plain: Path) -> None:
    (plain / "registry").mkdir()
    artifacts, model = Artifacts(plain / "registry"), made(plain / "model.bin")
    before = used(plain)
    digest, _ = artifacts.put_file(model)
    assert used(plain) - before >= SIZE
    assert not shared(artifacts.path(digest))
    artifacts.check(digest)


def test_from_another_file_system_they_are_copied(artifacts: Artifacts, sharing: Path, tmp_path: Path) -> None:
    model = made(tmp_path / "model.bin", LITTLE)
    digest, _ = artifacts.put_file(model)
    assert not shared(artifacts.path(digest))
    artifacts.check(digest)


def test_a_backup_and_another_registry_share_them_too(sharing: Path) -> None:
    model = made(sharing / "model.bin")
    with registry(sharing / "registry") as desk, registry(sharing / "other"):
        digest, _ = desk.session.artifacts.put_file(model)
        artifact = Artifact(format="joblib", digest=digest, size=SIZE, blobs=(digest,))
        desk.call(Register(name="large", object=artifact))
        before = used(sharing)
        desk.call(AdminBackup(to=str(sharing / "backup")))
        desk.call(Copy(what="large:1", where=str(sharing / "other")))
    assert used(sharing) - before < LITTLE
    for place in ("backup", "other"):
        assert shared(sharing / place / "blobs" / "sha256" / hex_of(digest))
