"""Signatures, looked at by processes beside: with what happens to those."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
import pytest
from joblib import cpu_count
from joblib.externals import loky

from jupyter_mlc.store import signature_checks
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.store.signature_checks import SignatureChecks
from jupyter_mlc.store.verify_findings import Findings
from jupyter_mlc.store.verify_keys import Keyring, Signed

MANY = signature_checks._MANY
FORGED = {0, 499, 500, 2_345, MANY - 1}
ANA = Identity(seed=b"a" * 32, name="ana")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def acts() -> Sequence[Signed]:
    """As many as are worth processes, some of them forged."""
    signature = ANA.sign(b"an act")
    return [
        Signed(seq=seq, act=b"another" if seq in FORGED else b"an act", signature=signature, public=ANA.public)
        for seq in range(MANY)
    ]


def looked_at(acts: Sequence[Signed], expected: int, meanwhile: Callable[[], None] = lambda: None) -> set[int]:
    """The forged ones, as they are told; in the middle something happens."""
    keyring = Keyring(findings=Findings())
    with SignatureChecks(keyring, expected) as checks:
        for act in acts:
            checks.add([act])
            if act.seq == MANY // 2:
                meanwhile()
        checks.finish()
    assert checks.checked == len(acts)
    told = {finding.where for finding in keyring.findings.all()}
    return {act.seq for act in acts if f"event {act.seq}" in told}


def workers() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "popen_loky_posix" in " ".join(child.cmdline())]


def test_many_signatures_are_looked_at_by_processes(acts: Sequence[Signed]) -> None:
    seen = list[psutil.Process]()
    assert looked_at(acts, MANY, lambda: seen.extend(workers())) == FORGED
    assert seen
    assert not workers()


def test_few_signatures_are_looked_at_here(acts: Sequence[Signed]) -> None:
    seen = list[psutil.Process]()
    assert looked_at(acts, MANY - 1, lambda: seen.extend(workers())) == FORGED
    assert not seen


def test_what_killed_processes_leave_is_looked_at_here(acts: Sequence[Signed]) -> None:
    killed = list[psutil.Process]()

    def kill() -> None:
        killed.extend(workers())
        for worker in killed:
            worker.kill()

    assert looked_at(acts, MANY, kill) == FORGED
    assert killed


def test_where_no_process_can_be_had_all_are_looked_at_here(
    acts: Sequence[Signed], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_semaphores(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(loky, "ProcessPoolExecutor", no_semaphores)
    assert looked_at(acts, MANY) == FORGED


SCRIPT = """
import psutil

from jupyter_mlc.store.signature_checks import SignatureChecks
from jupyter_mlc.store.verify_findings import Findings
from jupyter_mlc.store.verify_keys import Keyring, Signed

print("began", flush=True)
act = Signed(seq=1, act=b"x", signature="00", public="00")
with SignatureChecks(Keyring(findings=Findings()), 10**9) as checks:
    for _ in range(20_000):  # more than may wait: some were answered
        checks.add([act])
    {then}
"""
FOREVER = """
    print("under way", flush=True)
    while True:
        checks.add([act])
"""
ON = """
    workers = [child for child in psutil.Process().children() if "popen_loky_posix" in " ".join(child.cmdline())]
    for worker in workers:
        worker.send_signal(2)
    for _ in range(20_000):
        checks.add([act])
    checks.finish()
    print(len(workers), all(worker.is_running() for worker in workers))
"""


def test_ctrl_c_ends_it_in_a_script_without_a_main_guard(tmp_path: Path) -> None:
    (script := tmp_path / "forever.py").write_text(SCRIPT.format(then=FOREVER))
    process = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    assert [process.stdout.readline() for _ in range(2)] == ["began\n", "under way\n"]
    os.killpg(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert output == ""
    assert errors.endswith("KeyboardInterrupt\n")
    assert errors.count("Traceback") == 1


def test_the_processes_hear_nothing_of_ctrl_c(tmp_path: Path) -> None:
    """In a process of its own, which starts all that such processes bring along."""
    (script := tmp_path / "on.py").write_text(SCRIPT.format(then=ON))
    done = subprocess.run([sys.executable, script], check=False, capture_output=True, text=True, timeout=120)
    assert (done.stdout, done.stderr) == (f"began\n{cpu_count()} True\n", "")
