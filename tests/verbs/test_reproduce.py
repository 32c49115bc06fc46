"""`reproduce` before anything is executed: what stands in the way of a version, and what of it is recorded."""

from __future__ import annotations

import platform
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jupyter_mlc.domain.entities import Snapshot
from jupyter_mlc.domain.errors import BadInput, MlcError, Untrusted
from jupyter_mlc.domain.reproductions import Verdict
from jupyter_mlc.jobs.environments.choosing import Env
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.verbs.discard import Discard
from jupyter_mlc.verbs.reproduce import Reproduce
from jupyter_mlc.verbs.session import LocalSession
from jupyter_mlc.verbs.show import Show, ShowReply
from jupyter_mlc.verbs.verify import Verify, VerifyReply
from tests.verbs.bench import LOAD, LOCK, REGISTER, Bench, notebook

PLAIN = notebook(LOAD, "clf = {'a': 1}", REGISTER)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.chdir(tmp_path)
    return Bench.at(tmp_path)


def refused(bench: Bench, **more: Any) -> str:
    """Why a version is not reproducible; the verdict is recorded, and no job was begun."""
    reply = bench.reproduce(**more)
    assert (reply.verdict, reply.job, reply.exit_code) == ("not reproducible", "", 3)
    assert bench.evidence().verdict is Verdict.NOT_REPRODUCIBLE
    assert bench.session.registry.jobs(10) == []
    assert bench.evidence().reason == reply.reason == "; ".join(reply.obstacles)
    return reply.reason


def test_what_was_registered_outside_of_a_notebook_is_not_reproducible(bench: Bench) -> None:
    bench.register(None, cells=0, notebook_path="")
    assert refused(bench) == "it was registered outside of a notebook"
    assert bench.history() == [
        ("churn:1 registered (dict)", ""),
        ("churn:1 reproduced: not reproducible", "it was registered outside of a notebook"),
    ]


def test_a_notebook_that_was_not_captured_is_named_as_the_reason(bench: Bench) -> None:
    bench.register(None, off=("notebook", "cells"))
    assert refused(bench) == "its notebook was not captured: that is switched off in pyproject.toml"


def test_a_capture_that_failed_is_told_as_it_was_then(bench: Bench) -> None:
    bench.register(None, warnings=("git state not captured: x", "notebook not captured: fit.ipynb is no notebook"))
    assert refused(bench) == "notebook not captured: fit.ipynb is no notebook"


def test_a_notebook_that_no_longer_tells_what_ran_is_not_executed(bench: Bench) -> None:
    findings = (
        "cell 2 (clf = 1) was edited after it ran",
        "cell 3 (x = 2) ran after cell 4 (y), which stands below it",
    )
    bench.register(PLAIN, findings=(*findings, "cell 1 (import os) stands above but never ran"))
    assert refused(bench) == "; ".join(findings)


def test_a_notebook_without_the_cell_that_registered_cannot_be_executed_so_far(bench: Bench) -> None:
    content = notebook(LOAD, "clf = 1")
    content["metadata"]["jupyter_mlc"]["executed"].append({"id": "gone", "source": "mlc.register()", "ok": None})
    bench.register(content)
    assert refused(bench) == (
        "the notebook of churn:1 does not hold the cell that registered it, so nobody knows how far to execute it"
    )


def test_secrets_that_were_taken_out_of_cells_are_missing(bench: Bench) -> None:
    bench.register(PLAIN, secrets=("cell 2: a GitHub token", "git remote: password in an address"))
    assert refused(bench) == "cell 2: a GitHub token, which was replaced by *** when the notebook was captured"


def test_data_that_is_gone_or_another_now_is_named_with_its_file(bench: Bench, tmp_path: Path) -> None:
    for name, rows in (("march", [1.0, 2.0]), ("april", [3.0])):
        pd.DataFrame({"x": rows}).to_parquet(tmp_path / f"{name}.parquet")
    data = tuple(bench.table(name, str(tmp_path / f"{name}.parquet")) for name in ("march", "april"))
    bench.register(PLAIN, data=data)
    (tmp_path / "march.parquet").unlink()
    pd.DataFrame({"x": [4.0]}).to_parquet(tmp_path / "april.parquet")
    assert refused(bench) == (
        f"its data is gone: march was {tmp_path}/march.parquet; "
        f"its data is not what it was: {tmp_path}/april.parquet has changed since april was added"
    )


def test_another_python_is_not_reproducible_here_but_may_be_tried_in_this_environment(bench: Bench) -> None:
    bench.register(PLAIN, lock="# Python 2.7.18 (CPython)\n# platform x\nnumpy==1.16.6\n")
    here = ".".join(map(str, sys.version_info[:2]))
    reply = bench.reproduce(env=Env.LOCK)
    assert reply.reason == f"it was made with Python 2.7, and this is Python {here}"
    assert reply.next == "%mlc reproduce churn:1 --env current"


def test_another_kind_of_python_is_another_python(bench: Bench) -> None:
    version = platform.python_version()
    bench.register(PLAIN, lock=f"# Python {version} (PyPy)\n# platform x\n")
    here = ".".join(map(str, sys.version_info[:2]))
    reason = refused(bench, env=Env.LOCK)
    assert reason == f"it was made with PyPy {here}, and this is CPython {here}"


def test_packages_that_cannot_be_installed_again_are_named_each(bench: Bench) -> None:
    packages = (
        "mine @ file:///home/ana/mine  # editable, version 0.3\n"
        "told @ file:///tmp/told-1.0-py3-none-any.whl  # version 1.0\n"
        "# odd: its version 'unknown' is not one that installers accept\n"
        "six==1.16.0\n"
    )
    bench.register(PLAIN, lock=LOCK + packages)
    assert bench.reproduce(env=Env.LOCK).obstacles == (
        "package mine was installed from a folder that was not kept, /home/ana/mine",
        "package told was installed from /tmp/told-1.0-py3-none-any.whl, which is not there",
        "package odd: its version 'unknown' is not one that installers accept",
    )


def test_a_lock_that_was_not_captured_cannot_be_built(bench: Bench) -> None:
    bench.register(PLAIN, lock="")
    assert refused(bench, env=Env.LOCK) == "no lock of its environment was captured"


def test_without_uv_no_environment_is_built(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uv", None)
    monkeypatch.setenv("PATH", str(bench.folder))
    bench.register(PLAIN, lock=LOCK + "six==1.16.0\n")
    reason = refused(bench, env=Env.LOCK)
    assert reason == "uv, which builds environments, is not here; install it: %pip install uv"
    rehearsed = bench.reproduce(dry_run=True)
    assert (rehearsed.environment, rehearsed.notes) == (
        "current",
        (f"its own environment cannot be built here: {reason}",),
    )


def test_a_version_whose_bytes_are_gone_has_nothing_to_be_set_against(bench: Bench) -> None:
    bench.register(PLAIN)
    bench.session.call(Discard(refs=("churn:1",), yes=True))
    assert refused(bench) == "its bytes are gone, so nothing could be set against them"


def test_a_rehearsal_says_what_would_be_executed_and_where_and_records_nothing(bench: Bench) -> None:
    cells = ("x = 1", "1 / 0", "clf = {'a': 1}", "%mlc register other clf")
    content = notebook(LOAD, *cells, REGISTER, "afterwards = 1", ran=(0, 2, 3, 4, 5), failed=(2,))
    bench.register(content, lock=LOCK + "six==0.1\n")
    reply = bench.reproduce(dry_run=True, env=Env.CURRENT)
    assert (reply.done, reply.verdict, reply.environment, reply.exit_code) == (False, "", "current", 0)
    assert (reply.cells, reply.skipped) == (3, 3)
    first = next(one for one in reply.packages if one.name == "six")
    assert (first.before, bool(first.now)) == ("0.1", True)
    assert bench.history() == [("churn:1 registered (dict)", "")]
    assert bench.reproduce(dry_run=True, env=Env.LOCK).environment == "lock"


def test_what_is_in_the_way_is_told_in_a_rehearsal_too(bench: Bench) -> None:
    bench.register(None, cells=0, notebook_path="")
    reply = bench.reproduce(dry_run=True)
    assert (reply.obstacles, reply.exit_code) == (("it was registered outside of a notebook",), 3)
    assert bench.history() == [("churn:1 registered (dict)", "")]


def test_the_notebook_of_a_version_that_somebody_else_signed_runs_only_where_it_is_trusted(
    bench: Bench, ben: Identity
) -> None:
    bench.register(None, cells=0, notebook_path="")
    other = LocalSession(bench.session.place, lambda: ben)
    with pytest.raises(Untrusted) as refusal:
        other.call(Reproduce(ref="churn:1"))
    assert refusal.value.text == (
        "churn:1 was signed by no key of yours, and reproducing it runs its notebook here\n"
        "read what it does, then: %mlc reproduce churn:1 --trust"
    )
    assert bench.history()[-1][0] != "churn:1 reproduced: not reproducible"
    other.call(Reproduce(ref="churn:1", trust=True))
    other.close()
    assert bench.history()[-1][0] == "churn:1 reproduced: not reproducible"


@pytest.mark.parametrize("share", [-0.1, 1.0, float("nan")])
def test_a_tolerance_is_a_share(bench: Bench, share: float) -> None:
    bench.register(PLAIN)
    with pytest.raises(BadInput) as refusal:
        bench.reproduce(tolerance=share)
    assert refusal.value.text == f"--tolerance {share:g} is no share\ngive a number from 0 to 1: --tolerance 1e-6"


def test_a_version_that_is_not_there_is_told_as_everywhere(bench: Bench) -> None:
    bench.register(PLAIN)
    with pytest.raises(MlcError, match="there is no churn:7"):
        bench.reproduce("churn:7")


def test_verdicts_are_shown_with_the_version_and_the_registry_verifies(bench: Bench) -> None:
    bench.register(None, cells=0, notebook_path="")
    for _ in range(2):
        bench.reproduce()
    reply = bench.session.call(Show(ref="churn:1"))
    assert isinstance(reply, ShowReply)
    assert reply.details is not None
    found = reply.details.reproductions
    assert [(one.verdict, one.job, one.environment) for one in found] == [(Verdict.NOT_REPRODUCIBLE, "", "")] * 2
    assert found[0].id > found[1].id
    verified = bench.session.call(Verify())
    assert isinstance(verified, VerifyReply)
    assert (verified.findings, verified.exit_code) == ((), 0)


def test_a_snapshot_of_earlier_releases_has_no_wheels() -> None:
    assert Snapshot().wheels == {}
