"""The GPUs of a machine, handed out one job at a time: a file each, locked while a job has it.

The locks are the operating system's, so they end with the process that holds them; all batches of a user share them.
What may be handed out is what ``CUDA_VISIBLE_DEVICES`` names, else all that the driver knows.
"""

from __future__ import annotations

import fcntl
import os
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.jobs.attempts import Execute, not_begun
from jupyter_mlc.jobs.spec import Exit, Outcome, Progress, Work
from jupyter_mlc.jobs.times import now
from jupyter_mlc.store import disk
from jupyter_mlc.store.home import cache_folder

VISIBLE = "CUDA_VISIBLE_DEVICES"
_DRIVER = Path("/proc/driver/nvidia/gpus")
_LOOK = 0.1


def devices() -> tuple[str, ...]:
    """The GPUs that may be handed out here, as ``CUDA_VISIBLE_DEVICES`` names them."""
    named = os.environ.get(VISIBLE)
    if named is None:
        return tuple(str(number) for number, _ in enumerate(_known()))
    found: list[str] = []
    for word in (each.strip() for each in named.split(",")):
        if not word or word.startswith("-") or word == "NoDevFiles":  # what follows CUDA does not see
            break
        found.append(word)
    return tuple(dict.fromkeys(found))


def _known() -> list[str]:
    try:
        return sorted(each.name for each in _DRIVER.iterdir())
    except OSError:
        return []


def refuse_too_many(count: int) -> None:
    """Refuse what this machine has not.

    Raises
    ------
    BadInput
        If so.
    """
    found = devices()
    if count > len(found):
        has = f"has {len(found)} ({', '.join(found)})" if found else "has none"
        raise BadInput(
            f"--gpus {count}: this machine {has}",
            hint=f"ask for what it has, or name them: {VISIBLE}=0,1; a cluster's are asked for with --cluster",
        )


@dataclass(frozen=True, kw_only=True)
class OnGpus:
    """Executes work while it holds GPUs of this machine."""

    execute: Execute
    count: int

    def __call__(self, work: Work, *, watch: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Outcome:
        refuse_too_many(self.count)
        with taken(self.count, cancelled) as held:
            if not held:
                return not_begun(now(), Exit.CANCELLED, "Cancelled", "it was cancelled while it waited for a GPU")
            visible = {**work.environment, VISIBLE: ",".join(held)}
            outcome = self.execute(replace(work, environment=visible), watch=watch, cancelled=cancelled)
            return replace(outcome, notes=(*outcome.notes, f"GPU {', '.join(held)}"))


@contextmanager
def taken(count: int, cancelled: Callable[[], bool]) -> Iterator[Sequence[str]]:
    """Hold so many GPUs; nobody else has them meanwhile. None are held where it is cancelled before they are free.

    Those that wait come in turn: who waits for several is not passed by those that want one.
    """
    with ExitStack() as locks:
        with _waited(_folder() / "turn", cancelled) as is_my_turn:
            held = _free(count, cancelled, locks) if is_my_turn else ()
        yield held


def _free(count: int, cancelled: Callable[[], bool], locks: ExitStack) -> Sequence[str]:
    held: list[str] = []
    while len(held) < count:
        for device in devices():
            if device not in held and len(held) < count and _lock(_folder() / quote(device, safe=""), locks):
                held.append(device)
        if len(held) < count:
            if cancelled():
                return ()
            time.sleep(_LOOK)
    return sorted(held, key=devices().index)


@contextmanager
def _waited(path: Path, cancelled: Callable[[], bool]) -> Iterator[bool]:
    with ExitStack() as locks:
        while not (is_held := _lock(path, locks)) and not cancelled():
            time.sleep(_LOOK)
        yield is_held


def _lock(path: Path, locks: ExitStack) -> bool:
    """Lock a file until `locks` end; whether it was free."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return False
    locks.callback(os.close, descriptor)
    return True


def _folder() -> Path:
    """Where this user's locks for this machine's GPUs lie: homes are shared between machines."""
    folder = cache_folder() / "gpus" / quote(platform.node() or "here", safe="")
    with disk.refusals(f"make {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
    return folder
