from __future__ import annotations

import fcntl
import sys
from pathlib import Path

import pytest

from jupyter_mlc.store import filesystem
from jupyter_mlc.store.filesystem import NETWORK_TYPES, is_network, is_read_only, locks_hold, times_tell, type_of


def mount(monkeypatch: pytest.MonkeyPatch, *mounts: tuple[Path | str, str]) -> None:
    monkeypatch.setattr(filesystem, "_mounts", lambda: [(str(place), kind) for place, kind in mounts])


def test_locks_hold_on_a_local_disk(tmp_path: Path) -> None:
    assert locks_hold(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_locks_that_a_second_process_does_not_see_do_not_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fcntl, "lockf", lambda *_: None)
    assert not locks_hold(tmp_path)


def test_a_file_system_that_refuses_locks_does_not_hold_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError("No locks available")

    monkeypatch.setattr(fcntl, "lockf", refused)
    assert not locks_hold(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_mount_that_is_nearest_says_what_a_folder_lies_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mount(monkeypatch, ("/", "ext4"), (tmp_path, "nfs4"), (tmp_path / "local", "xfs"), (f"{tmp_path}x", "cifs"))
    assert type_of(tmp_path / "a" / "b") == "nfs4"
    assert type_of(tmp_path / "local") == "xfs"
    assert type_of(tmp_path.parent) == "ext4"


def test_a_mount_over_a_mount_hides_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mount(monkeypatch, (tmp_path, "ext4"), (tmp_path, "nfs"))
    assert type_of(tmp_path) == "nfs"


def test_where_the_table_says_nothing_the_type_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mount(monkeypatch)
    assert type_of(tmp_path) == ""
    assert not is_network(tmp_path)


def test_a_link_leads_to_where_it_points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "near").symlink_to(tmp_path / "far")
    mount(monkeypatch, ("/", "ext4"), (tmp_path / "far", "nfs"))
    assert is_network(tmp_path / "near")


@pytest.mark.parametrize("kind", sorted(NETWORK_TYPES))
def test_network_file_systems_are_known(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mount(monkeypatch, (tmp_path, kind))
    assert is_network(tmp_path)
    assert not times_tell(tmp_path)


@pytest.mark.parametrize(("kind", "tell"), [("ext4", True), ("tmpfs", False), ("ramfs", False)])
def test_in_memory_times_do_not_tell_every_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, kind: str, tell: bool
) -> None:
    mount(monkeypatch, (tmp_path, kind))
    assert times_tell(tmp_path) == tell
    assert not is_network(tmp_path)


def test_blanks_in_the_table_of_mounts_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = "server:/x /mnt/team\\040disk\\134a nfs4 rw,relatime 0 0\n\nodd\n/dev/vda / ext4 rw 0 0\n"
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: table)
    assert filesystem._mounts() == [("/mnt/team disk\\a", "nfs4"), ("/", "ext4")]


def test_without_a_table_of_mounts_nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(Path, "read_text", missing)
    assert filesystem._mounts() == []


def test_what_mount_prints_on_macos_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = (
        "/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)\n"
        "//ana@server/team on /Volumes/team disk (smbfs, nodev, nosuid, mounted by ana)\n"
    )

    class Finished:
        stdout = printed

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(filesystem.subprocess, "run", lambda *_, **__: Finished())  # type: ignore[attr-defined]
    assert filesystem._mounts() == [("/", "apfs"), ("/Volumes/team disk", "smbfs")]


def test_a_folder_on_a_disk_that_can_be_written_is_not_read_only(tmp_path: Path) -> None:
    assert not is_read_only(tmp_path)
