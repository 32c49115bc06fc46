"""`reproduce` with real jobs: what comes of a notebook is set against the version that it made."""

from __future__ import annotations

import os
import time
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from jupyter_mlc.capture.wheels import packed
from jupyter_mlc.domain.errors import Conflict
from jupyter_mlc.domain.reproductions import REPRODUCE, Topic, Verdict
from jupyter_mlc.jobs.environments.choosing import Env
from jupyter_mlc.verbs.job_rerun import JobRerun
from jupyter_mlc.verbs.reproduction_job import ReproduceReply
from jupyter_mlc.verbs.retrain import Retrain
from tests.verbs.bench import LOAD, LOCK, REGISTER, Bench, lock_here, notebook

pytestmark = pytest.mark.slow

DATA = """import numpy as np, pandas as pd
numbers = np.random.default_rng(7)
train = pd.DataFrame({"x": numbers.normal(size=80), "y": numbers.normal(size=80)})
train["late"] = (train.x + numbers.normal(size=80) > 0).astype(int)
X = train[["x", "y"]]"""
FIT = "from sklearn.linear_model import LogisticRegression\nclf = LogisticRegression(C=C).fit(X, train.late)"
SCORE = "score = float(clf.score(X, train.late))"
CELLS = (LOAD, "C = 1.0", DATA, FIT, SCORE, REGISTER)


def rows() -> pd.DataFrame:
    """What the cell DATA makes."""
    names: dict[str, Any] = {}
    exec(DATA, names)
    found: pd.DataFrame = names["train"]
    return found


def fitted(**settings: Any) -> LogisticRegression:
    train = rows()
    return LogisticRegression(**{"C": 1.0, **settings}).fit(train[["x", "y"]], train.late)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.chdir(tmp_path)
    return Bench.at(tmp_path)


def made(bench: Bench, *cells: str, model: Any = None, score: float | None = None, **more: Any) -> str:
    """A version of the model that these cells would make, unless another is given."""
    model = fitted() if model is None else model
    train = rows()
    known = float(model.score(train[["x", "y"]], train.late)) if score is None else score
    given = {"metric": {"score": known}, "data": (bench.table("train", train),), "rows": train, **more}
    return bench.register(notebook(*(cells or CELLS)), model, **given)


def test_the_same_bytes_are_identical_and_no_version_is_made(bench: Bench) -> None:
    made(bench)
    reply = bench.reproduce()
    assert (reply.verdict, reply.reason, reply.exit, reply.exit_code) == ("identical", "the same bytes", "succeeded", 0)
    assert reply.found == reply.artifact == bench.session.registry.version("churn:1").artifact
    assert (reply.environment, reply.packages, reply.cells, reply.skipped) == ("current", (), 6, 0)
    assert all(one.agrees for one in reply.compared)
    assert {one.topic for one in reply.compared} == {Topic.DATA, Topic.PARAMETER, Topic.OBJECT, Topic.METRIC}
    assert bench.versions() == ["churn:1"]
    assert bench.history()[-1] == ("churn:1 reproduced: identical (job/1)", "the same bytes")
    job = bench.session.registry.job(1)
    assert (job.parent, job.versions) == ("churn:1", ())
    assert bench.session.registry.job_asked(job.id).purpose == REPRODUCE
    assert Path(reply.notebook).is_file()
    assert bench.evidence().notebook == job.output
    with pytest.raises(Conflict) as refusal:
        bench.session.call(JobRerun(job="1"))
    assert refusal.value.text == "job/1 reproduced churn:1\ndo it again: %mlc reproduce churn:1"


def test_no_retraining_is_answered_by_a_reproduction(bench: Bench) -> None:
    made(bench)
    bench.reproduce()
    bench.session.call(Retrain(ref="churn:1", folder=str(bench.folder)))
    assert bench.versions() == ["churn:2", "churn:1"]


def test_what_differs_in_the_last_bits_is_equivalent(bench: Bench) -> None:
    model = fitted()
    model.coef_ = model.coef_ * (1 + 1e-12)
    made(bench, model=model)
    reply = bench.reproduce()
    assert (reply.verdict, reply.exit_code) == ("equivalent", 0)
    assert reply.reason == "other bytes, and within the tolerance what it predicts and its metrics"
    assert reply.found != reply.artifact
    assert (reply.same, reply.rows) == (reply.leaves - 1, 80)
    predicted = next(one for one in reply.compared if one.topic is Topic.PREDICTIONS)
    assert predicted.agrees
    assert 0 < (predicted.gap or 0) < 1e-9


def test_without_a_tolerance_the_last_bits_count(bench: Bench) -> None:
    model = fitted()
    model.coef_ = model.coef_ * (1 + 1e-12)
    made(bench, model=model, score=None)
    reply = bench.reproduce(tolerance=0.0)
    assert (reply.verdict, reply.exit_code) == ("diverged", 3)
    assert reply.reason.startswith("the probabilities of row ")


def test_without_rows_to_ask_for_the_numbers_inside_decide(bench: Bench) -> None:
    model = fitted()
    model.coef_ = model.coef_ * (1 + 1e-12)
    cells = (*CELLS[:-1], REGISTER.replace("--data train ", ""))
    made(bench, *cells, model=model, data=(), rows=None)
    reply = bench.reproduce()
    assert (reply.verdict, reply.rows) == ("equivalent", 0)
    assert reply.reason == "other bytes, and within the tolerance every number inside it and its metrics"
    assert reply.unknown == (
        "what it predicts: no data was recorded with it, so there are no rows to ask for: register with --data",
    )


def test_a_fit_without_a_seed_diverges_and_the_parameter_is_named(bench: Bench) -> None:
    fit = (
        "from sklearn.ensemble import RandomForestClassifier\n"
        "clf = RandomForestClassifier(3, max_depth=4).fit(X, train.late)"
    )
    train = rows()
    model = RandomForestClassifier(3, max_depth=4, random_state=0).fit(train[["x", "y"]], train.late)
    model.random_state = None
    cells = (LOAD, DATA, fit, "score = 1.0", REGISTER)
    made(bench, *cells, model=model, score=1.0)
    reply = bench.reproduce()
    assert (reply.verdict, reply.exit_code) == ("diverged", 3)
    apart = [one for one in reply.compared if not one.agrees]
    assert {one.topic for one in apart} == {Topic.ARRAYS, Topic.PREDICTIONS}
    assert any(note == "random_state is not set, so that chance has a part in every fit" for note in reply.notes)
    assert reply.next == "%mlc job logs 1"


def test_a_metric_that_does_not_come_out_again_diverges_though_the_object_is_the_same(bench: Bench) -> None:
    made(bench, score=0.99)
    reply = bench.reproduce()
    train, clf = rows(), fitted()
    now = float(clf.score(train[["x", "y"]], train.late))
    assert reply.verdict == "diverged"
    assert reply.reason == f"the object is the same to the last bit, but metric score: 0.99 then, {now!r} now"


def test_other_data_is_the_first_place_where_it_diverged(bench: Bench) -> None:
    other = rows().assign(x=1.0)
    made(bench, model=fitted(C=0.01), data=(bench.table("train", other),))
    reply = bench.reproduce()
    assert reply.verdict == "diverged"
    assert reply.reason.startswith("data train: rows1:")


def test_a_cell_that_fails_now_is_why_it_is_not_reproducible(bench: Bench) -> None:
    made(bench, LOAD, DATA + "\ntrain = pd.read_csv('gone.csv')", FIT, SCORE, REGISTER)
    reply = bench.reproduce()
    assert (reply.verdict, reply.exit, reply.exit_code) == ("not reproducible", "cell failed", 3)
    assert reply.reason == (
        "cell 2 (import numpy as np, pandas as pd) failed: "
        "FileNotFoundError: [Errno 2] No such file or directory: 'gone.csv'"
    )


def test_a_notebook_that_registers_nothing_now_has_diverged(bench: Bench) -> None:
    made(bench, LOAD, DATA, "C = 1.0", FIT, "score = 0  # mlc.register(clf)")
    reply = bench.reproduce()
    assert (reply.verdict, reply.reason) == ("diverged", "the notebook ran to its end and registered no churn")


def test_of_several_versions_of_one_cell_each_is_set_against_its_own(bench: Bench) -> None:
    loop = (
        "import jupyter_mlc as mlc\nfrom sklearn.linear_model import LogisticRegression\n"
        "for C in (1.0, 0.01):\n    clf = LogisticRegression(C=C).fit(X, train.late)\n"
        "    mlc.register('churn', clf, data=train, no_load_check=True)"
    )
    for C in (1.0, 0.01, 5.0):
        made(bench, LOAD, DATA, loop, model=fitted(C=C), metric={})
    assert [bench.reproduce(f"churn:{number}").verdict for number in (1, 2)] == ["identical", "identical"]
    assert bench.reproduce("churn:3").reason == "the notebook registers churn 2 times now, and did 3 times then"


def test_what_never_ran_or_failed_then_is_left_out(bench: Bench) -> None:
    cells = (LOAD, "C = 1.0", DATA, "C = 0.001", "1 / 0", FIT, SCORE, REGISTER, "raise SystemExit(3)")
    content = notebook(*cells, ran=(0, 1, 2, 4, 5, 6, 7), failed=(4,))
    train = rows()
    score = float(fitted().score(train[["x", "y"]], train.late))
    bench.register(content, fitted(), metric={"score": score}, data=(bench.table("train", train),))
    reply = bench.reproduce()
    assert (reply.verdict, reply.cells, reply.skipped) == ("identical", 6, 2)


def test_values_that_papermill_had_put_in_belong_to_the_version(bench: Bench) -> None:
    content = notebook(*CELLS[:2], "C = 0.25", *CELLS[2:])
    content["cells"][1]["metadata"]["tags"] = ["parameters"]
    content["cells"][2]["metadata"]["tags"] = ["injected-parameters"]
    train = rows()
    model = fitted(C=0.25)
    score = float(model.score(train[["x", "y"]], train.late))
    bench.register(content, model, metric={"score": score}, data=(bench.table("train", train),))
    assert bench.reproduce().verdict == "identical"


def test_a_retrained_version_is_reproduced_with_the_parameters_and_the_data_of_its_job(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "let-me-in-1234567")
    cells = ("C = 1.0\ndata = ''\ntoken = None", DATA + "\ntrain = pd.read_parquet(data)\nX = train[['x', 'y']]")
    content = notebook(LOAD, *cells, FIT, SCORE, REGISTER)
    content["cells"][1]["metadata"]["tags"] = ["parameters"]
    bench.register(content, data=(bench.table("spring", rows()),), metric={"score": 0.5})
    given = {"C": 0.25, "data": "spring", "token": "env:TOKEN"}
    bench.session.call(Retrain(ref="churn:1", param=given, folder=str(bench.folder)))
    assert bench.versions() == ["churn:2", "churn:1"]
    bench.register(None, data=(bench.table("spring", rows().assign(x=0.0)),))
    reply = bench.reproduce("churn:2")
    assert reply.verdict == "identical", reply.reason
    assert bench.session.registry.job(2).params == {"C": 0.25, "data": "dataset/spring:1"}
    monkeypatch.delenv("TOKEN")
    gone = bench.reproduce("churn:2")
    assert gone.obstacles == ("token is to come from the environment variable TOKEN, which is not set",)


def test_what_the_cells_decide_is_rehearsed_too(bench: Bench) -> None:
    decide = f"{REGISTER}\n%mlc tag churn:1 touched=yes\n%mlc promote churn:1 production\n%mlc show churn:2"
    made(bench, *CELLS[:-1], decide)
    reply = bench.reproduce()
    assert reply.verdict == "identical"
    assert reply.notes == (
        f"after it had registered, cell 6 ({REGISTER[:40]}...) failed: UsageError: there is no churn:2",
    )
    version = bench.session.registry.version("churn:1")
    assert (version.stage, dict(version.tags)) == ("candidate", {})


def test_a_job_that_was_ended_for_its_time_tells_nothing_of_the_version(bench: Bench) -> None:
    made(bench, LOAD, "import time; time.sleep(600)", REGISTER)
    reply = bench.reproduce(timeout="1s")
    assert (reply.verdict, reply.exit, reply.exit_code) == ("", "timed out", 3)
    assert bench.history() == [("churn:1 registered (LogisticRegression)", "")]


def test_in_the_background_the_verdict_comes_into_the_record(bench: Bench) -> None:
    made(bench)
    reply = bench.reproduce(background=True)
    assert (reply.verdict, reply.exit, reply.exit_code, reply.next) == ("", "queued", 0, "%mlc job show 1")
    version, end = bench.session.registry.version("churn:1"), time.monotonic() + 300
    while not (found := bench.session.registry.reproductions_of(version.id, 1)) and time.monotonic() < end:
        time.sleep(0.2)
    assert [(one.verdict, one.job) for one in found] == [(Verdict.IDENTICAL, "job/1")]


def test_packages_that_differ_here_are_listed_and_the_verdict_stands(bench: Bench) -> None:
    made(bench, lock=lock_here().replace("\nnumpy==", "\nabsent==1.0\nnumpy==0"))
    reply = bench.reproduce(env=Env.CURRENT)
    assert reply.verdict == "identical"
    told = [(one.name, one.before, one.now) for one in reply.packages]
    assert told == [("absent", "1.0", ""), ("numpy", f"0{np.__version__}", np.__version__)]


def test_its_own_environment_is_rebuilt_with_what_was_kept_of_folders(bench: Bench) -> None:
    site = bench.folder / "site"
    record = site / "mine-0.3.dist-info"
    record.mkdir(parents=True)
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 0.3\n")
    (site / "mine.py").write_text("NUMBER = 17.0\n")
    kept = packed(metadata.Distribution.at(record), {"mine.py": site / "mine.py"})
    lock = f"{LOCK}mine @ file:///gone/mine  # editable, version 0.3\nsix==1.16.0\n"
    cells = (
        LOAD,
        "import mine, six, sys\nassert six.__version__ == '1.16.0'\nassert 'environments' in sys.prefix",
        "clf = {'mean': mine.NUMBER}",
        "%mlc register churn clf --no-load-check",
    )
    bench.register(notebook(*cells), {"mean": 17.0}, lock=lock, wheels={"mine": bench.blob(kept.content)})
    reply = bench.reproduce(env=Env.LOCK)
    assert (reply.verdict, reply.environment, reply.packages) == ("identical", "lock", ()), reply.reason
    assert bench.reproduce(env=Env.CURRENT).reason.startswith("cell 2 (import mine, six, sys) failed: ")


def test_an_object_that_cannot_be_opened_is_judged_by_its_metrics_alone(bench: Bench) -> None:
    model = fitted()
    model.coef_ = model.coef_ * (1 + 1e-12)
    ref = made(bench, model=model)
    for blob in bench.session.registry.version(ref).artifact, *_layers(bench, ref):
        path = bench.session.artifacts.at_hand(blob)
        os.chmod(path, 0o600)  # noqa: PTH101
        path.unlink()
    reply = bench.reproduce()
    assert (reply.verdict, reply.reason) == ("equivalent", "other bytes, and within the tolerance its metrics")
    assert reply.unknown[0].startswith("what is inside the object: ")
    assert isinstance(reply, ReproduceReply)


def _layers(bench: Bench, ref: str) -> list[str]:
    from jupyter_mlc.store.formats.base import read_manifest

    version = bench.session.registry.version(ref)
    return [layer.digest for layer in read_manifest(version.artifact, bench.session.artifacts).layers]
