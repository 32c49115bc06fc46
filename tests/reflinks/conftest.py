"""File systems that share blocks, each in a file of its own; making them takes root, xfsprogs and btrfs-progs."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

SIZE = 512 << 20
FORMATTERS = {
    "xfs": ("mkfs.xfs", "-q", "-m", "reflink=1"),
    "btrfs": ("mkfs.btrfs", "-q"),
    "xfs without": ("mkfs.xfs", "-q", "-m", "reflink=0"),
}


def mounted(kind: str, folder: Path) -> Iterator[Path]:
    """A new file system of this kind, until the test is over."""
    image, mount = folder / "image", folder / "mount"
    mount.mkdir()
    with image.open("wb") as file:
        file.truncate(SIZE)
    subprocess.run([*FORMATTERS[kind], image], check=True)
    subprocess.run(["mount", "-o", "loop", image, mount], check=True)
    try:
        yield mount
    finally:
        subprocess.run(["umount", mount], check=True)
        image.unlink()


@pytest.fixture(params=["xfs", "btrfs"])
def sharing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A folder in which files can share their blocks."""
    yield from mounted(request.param, tmp_path)


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Path]:
    """A folder of the same making in which they cannot."""
    yield from mounted("xfs without", tmp_path)
