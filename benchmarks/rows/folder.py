"""Register a folder of ten gibibytes in two hundred files: against a plain copy that is made durable."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks import ours
from benchmarks.figures import Figure, at_most, within
from benchmarks.sides import Bench, turns
from benchmarks.worker import seconds

MEBIBYTES = 10 * 1024
FILES = 200
MOST_MEMORY = 200 << 20
REGISTER = """
from time import perf_counter
import jupyter_mlc as mlc
began = perf_counter()
mlc.register("large", folder)
answer = perf_counter() - began
""".strip()
_PIECE = 1 << 20


class Ours:
    """A notebook that registers the folder."""

    def __init__(self, folder: Path, model: str) -> None:
        os.chdir(folder)
        self.registry = folder / "registry"
        self.notebook = ours.Notebook(folder, REGISTER)
        self.notebook.shell.user_ns["folder"] = model

    def register(self) -> float:
        """As for the first time: neither its blobs nor its notes are there."""
        for path in (*self.registry.glob("blobs/sha256/*"), *Path.home().glob(".cache/jupyter_mlc/*-*")):
            path.unlink()
        os.sync()
        return self.again()

    def again(self) -> float:
        return float(self.notebook.run(REGISTER))

    def memory(self) -> int:
        """How much the resident memory grew, at most, during a registration."""
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        before = _memory("VmRSS")
        self.register()
        return _memory("VmHWM") - before


class Copy:
    """A copy file by file, each made durable, then their folder."""

    def __init__(self, folder: Path, model: str) -> None:
        self.source, self.target = Path(model), folder / "copy"

    def register(self) -> float:
        shutil.rmtree(self.target, ignore_errors=True)
        os.sync()
        return seconds(self._copy)

    def _copy(self) -> None:
        self.target.mkdir()
        for path in sorted(self.source.iterdir()):
            shutil.copyfile(path, self.target / path.name)
            _sync(self.target / path.name)
        _sync(self.target)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def _memory(name: str) -> int:
    """A figure of this process's memory, in bytes."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def _made(folder: Path, mebibytes: int) -> Path:
    """The files, each of other bytes, which no disk can share or shrink."""
    for place in range(FILES):
        with (folder / f"part-{place:03}").open("wb") as file:
            for _ in range(mebibytes // FILES):
                file.write(os.urandom(_PIECE))
    os.sync()
    return folder


def measure(bench: Bench) -> Iterator[Figure]:
    """Compare a first registration with a copy, tell a second one, and how much memory the first one takes."""
    mebibytes = bench.count(MEBIBYTES, FILES)
    model = str(_made(bench.fresh_folder(), mebibytes))
    what = f"{mebibytes // FILES * FILES} MiB in {FILES} files"
    with bench.us(Ours, model=model) as us, bench.us(Copy, model=model) as other:
        memory = us.ask("memory")
        mine, copied = turns(bench.count(3, 1), partial(us.ask, "register"), partial(other.ask, "register"))
        yield at_most(f"register, {what}", mine, copied, 1.3, other_name="copy + fsync")
        yield at_most(f"register again, {what}", [us.ask("again")], copied, 0.1, other_name="copy + fsync")
        yield within(f"memory to register {what}", [memory], MOST_MEMORY, unit="bytes")
