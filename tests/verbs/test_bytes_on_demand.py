"""`evaluate` brings the bytes here that lie elsewhere, and `compare` says which line does it."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression

from jupyter_mlc.domain.errors import BadInput, Conflict, NeedsConfirmation, Unavailable
from jupyter_mlc.domain.lifecycle import Stage
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.verbs.compare import Compare
from jupyter_mlc.verbs.copy import Copy
from jupyter_mlc.verbs.promote import Promote
from jupyter_mlc.verbs.retire import Retire
from jupyter_mlc.verbs.session import LocalSession
from tests.verbs.conftest import Judges

CANCER = load_breast_cancer(as_frame=True).frame
X = list(CANCER.columns[:3])
PICKLED = "flavors:\n  sklearn:\n    pickled_model: model.pkl\n    serialization_format: cloudpickle\n"


@pytest.fixture
def mlruns(tmp_path: Path) -> Path:
    """A folder of MLflow's: two versions pickled by scikit-learn, and one that is files."""
    root = tmp_path / "mlruns"
    for number, about in enumerate((PICKLED, PICKLED, "flavors:\n  onnx: {}\n"), start=1):
        version, files = root / "models" / "cancer" / f"version-{number}", root / "1" / f"r{number}" / "artifacts"
        version.mkdir(parents=True)
        files.mkdir(parents=True)
        (version / "meta.yaml").write_text(
            f"version: {number}\ncreation_timestamp: {number}\nsource: {files.as_uri()}\n"
        )
        (files / "MLmodel").write_text(about)
        model = LogisticRegression(max_iter=5000, C=10.0**-number).fit(CANCER[X][::2], CANCER.target[::2])
        (files / "model.pkl").write_bytes(pickle.dumps(model))
    (root / "models" / "cancer" / "meta.yaml").write_text("name: cancer\ncreation_timestamp: 1\n")
    return root


@pytest.fixture
def cancer(judges: Judges, mlruns: Path) -> Judges:
    judges.call(Copy(what=f"mlflow://{mlruns}"))
    judges.add(CANCER[[*X, "target"]][1::2], "test")
    return judges


def test_evaluate_fetches_what_lies_elsewhere_and_says_so(cancer: Judges, mlruns: Path) -> None:
    assert cancer.registry.version("cancer:1").format == "elsewhere"
    reply = cancer.evaluate("cancer:1..2")
    assert [one.version for one in reply.versions] == ["cancer:1", "cancer:2"]
    assert reply.warnings == tuple(
        f"the bytes of cancer:{number} were fetched from {(mlruns / '1' / f'r{number}' / 'artifacts').as_uri()}"
        for number in (1, 2)
    )
    version = cancer.registry.version("cancer:1")
    assert version.format == "joblib"
    evidence = reply.versions[0].evidence
    assert evidence is not None
    assert evidence.artifact == version.artifact
    assert cancer.evaluate("cancer:1").warnings == ()


in_a_folder = pytest.mark.parametrize("judges", ["sqlite"], indirect=True)
"""for what does not depend on the database"""


@in_a_folder
def test_a_trial_fetches_nothing(cancer: Judges) -> None:
    cancer.evaluate("cancer:1", dry_run=True)
    assert cancer.registry.version("cancer:1").format == "elsewhere"


@in_a_folder
def test_what_is_files_predicts_nothing_and_is_told_what_to_do(cancer: Judges) -> None:
    with pytest.raises(BadInput) as refused:
        cancer.evaluate("cancer:3")
    assert refused.value.text == (
        "cancer:3: it is kept as files, which predict nothing by themselves\n"
        "open them in the notebook, and register what opens: %mlc register NAME OBJECT"
    )


@in_a_folder
def test_what_is_out_of_service_is_not_fetched(cancer: Judges) -> None:
    cancer.call(Promote(ref="cancer:1", to=Stage.STAGING))
    cancer.call(Retire(ref="cancer:1", reason="old"))
    with pytest.raises(Conflict) as refused:
        cancer.evaluate("cancer:1")
    assert refused.value.message == "cancer:1 is retired (old); it is not loaded any more"
    assert cancer.registry.version("cancer:1").format == "elsewhere"


@in_a_folder
def test_files_that_are_gone_leave_the_others_judged(cancer: Judges, mlruns: Path) -> None:
    import shutil

    shutil.rmtree(mlruns / "1" / "r2")
    reply = cancer.evaluate("cancer:1..2")
    assert [one.version for one in reply.versions] == ["cancer:1"]
    files = mlruns / "1" / "r2" / "artifacts"
    assert f"cancer:2 was not evaluated: there are no files at {files}" in reply.warnings


@in_a_folder
def test_an_address_that_came_with_a_copy_is_asked_about_first(
    cancer: Judges, open_session: Callable[[str, Identity], LocalSession], tmp_path: Path, ben: Identity
) -> None:
    backing = open_session(str(tmp_path / "bens"), ben)
    assert backing.registry
    bens = Judges(session=backing, backing=backing)
    cancer.call(Copy(what="cancer:1", where=str(tmp_path / "cancer.tar")))
    bens.call(Copy(what=str(tmp_path / "cancer.tar")))
    data = bens.data(CANCER[[*X, "target"]][1::2])
    with pytest.raises(NeedsConfirmation) as asked:
        bens.evaluate("cancer:1", data)
    assert asked.value.message.endswith("? The address came with a copy")
    assert bens.evaluate("cancer:1", data, confirm=asked.value.token).versions[0].id == "evaluation/1"
    backing.close()


@in_a_folder
def test_compare_only_reads_and_names_the_line_that_fetches(cancer: Judges) -> None:
    with pytest.raises(Conflict) as refused:
        cancer.call(Compare(refs=("cancer:1", "cancer:2"), data="test", target="target"))
    assert refused.value.text == "the bytes of cancer:1 lie elsewhere\nbring them here: %mlc fetch cancer:1"


@in_a_folder
def test_where_nobody_can_fetch_the_line_that_hands_them_over_is_named(cancer: Judges, mlruns: Path) -> None:
    meta = mlruns / "models" / "cancer" / "version-1" / "meta.yaml"
    meta.write_text("version: 1\ncreation_timestamp: 9\nsource: gs://bucket/model\n")
    cancer.call(Copy(what=f"mlflow://{mlruns}"))
    with pytest.raises(Unavailable) as refused:
        cancer.evaluate("cancer:4")
    assert refused.value.hint == (
        "download them (mlflow artifacts download --artifact-uri gs://bucket/model --dst-path FOLDER), "
        "then: %mlc fetch REF --files FOLDER"
    )
