"""`compare`: which of several versions is better on the same rows, how sure that is, and in what they differ."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from jupyter_mlc.domain.differences.cells import Change
from jupyter_mlc.domain.differences.facts import Topic
from jupyter_mlc.domain.entities import Feature, Signature, Snapshot, Standing
from jupyter_mlc.domain.errors import BadInput, Conflict, MlcError, NotFound
from jupyter_mlc.domain.lifecycle import Stage
from jupyter_mlc.faces.wire import RemoteSession, Wire
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.verbs import VERBS
from jupyter_mlc.verbs.base import Runs
from jupyter_mlc.verbs.compare import Compare, CompareReply
from jupyter_mlc.verbs.own_metrics import Scorer
from jupyter_mlc.verbs.register import Facts
from jupyter_mlc.verbs.retire import Retire
from jupyter_mlc.verbs.run import Run
from jupyter_mlc.verbs.run_log import Point, RunLog
from jupyter_mlc.verbs.show import Show, ShowReply
from tests.verbs.conftest import Desk, Judges

CANCER = load_breast_cancer(as_frame=True).frame
X = tuple(CANCER.columns[:3])
TRAIN, TEST = CANCER[::2], CANCER[1::2]


def good(**settings: Any) -> LogisticRegression:
    return LogisticRegression(max_iter=5000, **settings).fit(TRAIN[[*X]], TRAIN.target)


def poor() -> DecisionTreeClassifier:
    return DecisionTreeClassifier(max_depth=1, random_state=0).fit(TRAIN[[*X]], TRAIN.target)


def alike() -> LogisticRegression:
    """About as good as `good`."""
    return LogisticRegression(max_iter=5000).fit(TRAIN[[*X]][:100], TRAIN.target[:100])


@pytest.fixture
def cancer(judges: Judges) -> Judges:
    """A poor first version, a good second one, and rows to compare them on."""
    judges.add(TRAIN, "train")
    for model in (poor(), good()):
        judges.model(model, "cancer", inputs=X, data=("train",))
    judges.add(TEST, "test")
    return judges


def compared(desk: Desk, *refs: str, **more: Any) -> CompareReply:
    reply = desk.call(Compare(refs=refs or ("cancer:1", "cancer:2"), **more))
    assert isinstance(reply, CompareReply)
    return reply


def on_test(desk: Desk, *refs: str, **more: Any) -> CompareReply:
    return compared(desk, *refs, **{"data": "test", "target": "target", "metric": ("auc",), **more})


def refusal(desk: Desk, *refs: str, kind: type[MlcError] = BadInput, **more: Any) -> str:
    with pytest.raises(kind) as refused:
        compared(desk, *refs, **more)
    return refused.value.text


in_a_folder = pytest.mark.parametrize("judges", ["sqlite"], indirect=True)
"""for what does not depend on the database"""

# Which is better


def test_the_better_one_is_told_with_how_much_and_how_sure(cancer: Judges) -> None:
    reply = on_test(cancer)
    (pair,) = reply.metrics
    chances = [model.predict_proba(TEST[[*X]])[:, 1] for model in (good(), poor())]
    expected = roc_auc_score(TEST.target, chances[0]) - roc_auc_score(TEST.target, chances[1])
    assert pair.difference == pytest.approx(expected)
    assert (reply.verdict.better, reply.verdict.metric) == (("cancer:2",), "auc")
    assert reply.verdict.sure == pytest.approx(1 - 2 / 1001)
    assert reply.verdict.sentence == (
        "cancer:2 is better than :1: auc +0.100 [0.070, 0.133], 99 % sure on the same 284 rows, "
        "2 candidates tried on test"
    )


@in_a_folder
def test_the_one_named_first_may_be_the_better_one(cancer: Judges) -> None:
    reply = on_test(cancer, "cancer:2", "cancer:1")
    assert reply.versions == ("cancer:2", "cancer:1")
    assert reply.verdict.sentence == (
        "cancer:2 is better than :1: auc +0.100 [0.070, 0.133], 99 % sure on the same 284 rows, "
        "2 candidates tried on test"
    )


@pytest.mark.slow
@in_a_folder
def test_where_nothing_can_be_told_that_is_said(cancer: Judges) -> None:
    cancer.model(alike(), "cancer", inputs=X)
    reply = on_test(cancer, "cancer:2", "cancer:3", data=cancer.data(TEST[:80], "some"))
    assert (reply.verdict.better, reply.verdict.sure) == ((), None)
    assert reply.verdict.sentence == (
        "cancer:3 against :2: no difference that this data can show: auc -0.006 [-0.021, 0.005] "
        "on the same 80 rows, 2 candidates tried on some"
    )


@in_a_folder
def test_too_few_rows_have_a_difference_without_an_interval(cancer: Judges) -> None:
    reply = on_test(cancer, data=cancer.data(TEST[20:29], "few"))
    assert reply.verdict.sentence == (
        "cancer:2 against :1: auc +0.111, and how sure that is cannot be told: fewer than 10 rows"
    )


@in_a_folder
def test_a_metric_without_a_value_says_why(cancer: Judges) -> None:
    cancer.model(DummyClassifier().fit(TRAIN[[*X]], 1 - TRAIN.target * 0), "cancer", inputs=X)
    reply = on_test(cancer, data=cancer.data(TEST[TEST.target == 1], "ill"))
    assert reply.verdict.sentence == "cancer:2 against :1: auc has no value for cancer:2 on these rows"


@in_a_folder
def test_several_are_set_against_the_champion(cancer: Judges) -> None:
    cancer.model(good(C=0.01), "cancer", inputs=X)
    cancer.promote("cancer:1", "production")
    reply = on_test(cancer, "cancer:2..3", "cancer@champion")
    assert reply.versions == ("cancer:1", "cancer:2", "cancer:3")
    assert set(reply.verdict.better) == {"cancer:2", "cancer:3"}
    assert (
        reply.verdict.sentence.partition(": the most")[0]
        == f"{reply.verdict.better[0]} and :{reply.verdict.better[1][-1]} are better than :1"
    )
    assert reply.verdict.sentence.endswith("99 % sure of each on the same 284 rows, 3 candidates tried on test")
    assert reply.basis is not None
    assert reply.basis.tried == 3
    best, other = reply.verdict.better
    assert [(pair.candidate, pair.baseline) for pair in reply.rivals] == [(other, best), ("cancer:1", best)]
    assert reply.allowed_for == 3
    assert reply.among.startswith(f"{best} is the best by auc, better than ")
    assert reply.among.endswith(", allowing for 3 pairs of candidates (Holm)")


@in_a_folder
def test_a_champion_that_is_better_than_all_others_stays(cancer: Judges) -> None:
    cancer.model(poor(), "cancer", inputs=X)
    cancer.promote("cancer:2", "production")
    reply = on_test(cancer, "cancer:1..3")
    assert reply.verdict.better == ("cancer:2",)
    assert reply.verdict.sentence == (
        "cancer:2 is better than both others: :1 comes nearest, auc -0.100 [-0.133, -0.070], 99 % sure of each "
        "on the same 284 rows, 3 candidates tried on test"
    )


@in_a_folder
def test_of_several_none_may_be_better(cancer: Judges) -> None:
    cancer.model(alike(), "cancer", inputs=X)
    reply = on_test(cancer, "cancer:2", "cancer:1", "cancer:3", data=cancer.data(TEST[:80], "some"))
    assert reply.verdict.better == ()
    assert reply.verdict.sentence == (
        "cancer:2: none of the 2 others is better as far as this data can show: auc -0.006 [-0.021, 0.005] "
        "of :3 at best on the same 80 rows, 3 candidates tried on some"
    )


@in_a_folder
def test_a_version_alone_is_set_against_its_champion(cancer: Judges) -> None:
    cancer.promote("cancer:1", "production")
    assert on_test(cancer, "cancer:2").versions == ("cancer:1", "cancer:2")


@in_a_folder
def test_versions_of_several_models_have_their_whole_names(cancer: Judges) -> None:
    cancer.model(good(), "other", inputs=X)
    assert on_test(cancer, "cancer:1", "other:1").verdict.sentence.startswith("other:1 is better than cancer:1: auc ")


@in_a_folder
def test_less_may_be_better(judges: Judges) -> None:
    rows = load_diabetes(as_frame=True).frame
    columns = list(rows.columns[:-1])
    for used in (columns[:1], columns):
        judges.model(LinearRegression().fit(rows[used], rows.target), "sugar", inputs=tuple(used))
    judges.add(rows, "test")
    reply = compared(judges, "sugar:1", "sugar:2", data="test", target="target")
    assert reply.verdict.sentence.startswith("sugar:2 is better than :1: rmse -")
    assert reply.curves["sugar:2"].residuals is not None


# Allowing for the candidates that were tried


@pytest.mark.slow
def test_every_version_that_was_ever_judged_by_the_rows_makes_a_difference_less_sure(cancer: Judges) -> None:
    before = on_test(cancer).metrics[0]
    for _ in range(3):
        cancer.evaluate(cancer.model(good(), "other", inputs=X), metric=("auc",))
    reply = on_test(cancer)
    assert reply.basis is not None
    assert reply.basis.tried == 5
    after = reply.metrics[0]
    assert before.adjusted_p == before.p_value == after.p_value
    assert after.adjusted_p == pytest.approx(4 * after.p_value)  # type: ignore[operator]


@pytest.mark.slow
@in_a_folder
def test_with_many_candidates_more_resamples_are_drawn_so_that_one_can_still_be_sure(cancer: Judges) -> None:
    for _ in range(15):
        cancer.evaluate(cancer.model(good(), "other", inputs=X), metric=("auc",), replicates=0)
    reply = on_test(cancer)
    assert reply.verdict.better == ("cancer:2",)
    assert reply.metrics[0].p_value == pytest.approx(2 / (np.ceil(4 * 17 / 0.05) + 1))


@pytest.mark.slow
@in_a_folder
def test_the_level_says_how_sure_is_sure_enough(cancer: Judges) -> None:
    assert on_test(cancer, level=0.9).verdict.better == ("cancer:2",)
    cautious = on_test(cancer, level=0.9999)
    assert (cautious.level, cautious.verdict.better) == (0.9999, ("cancer:2",))


# Which rows it rests on


def test_what_was_evaluated_is_read_again_and_nothing_predicts(cancer: Judges) -> None:
    for ref in ("cancer:1", "cancer:2"):
        cancer.evaluate(ref)
    cancer.call(Retire(ref="cancer:1", yes=True))
    reply = on_test(cancer)
    assert reply.basis is not None
    assert reply.basis.evaluations == {"cancer:1": "evaluation/1", "cancer:2": "evaluation/2"}
    assert reply.basis.scored == ()
    assert reply.next == "%mlc promote cancer:2"


@in_a_folder
def test_what_was_not_evaluated_predicts_now_and_nothing_is_recorded(cancer: Judges) -> None:
    cancer.evaluate("cancer:1")
    before = cancer.registry.head().seq
    reply = on_test(cancer)
    assert cancer.registry.head().seq == before
    assert reply.basis is not None
    assert (reply.basis.evaluations, reply.basis.scored) == ({"cancer:1": "evaluation/1"}, ("cancer:2",))
    assert reply.next == "%mlc evaluate cancer:2 --data test --target target"


@in_a_folder
def test_kept_and_new_predictions_give_the_same_figures(cancer: Judges) -> None:
    new = on_test(cancer)
    cancer.evaluate("cancer:1")
    mixed = on_test(cancer)
    cancer.evaluate("cancer:2")
    assert new.metrics == mixed.metrics == on_test(cancer).metrics


def test_without_data_the_rows_count_by_which_all_were_evaluated_last(cancer: Judges) -> None:
    cancer.add(TEST[:100], "small")
    for data in ("small", "test"):
        for ref in ("cancer:1", "cancer:2"):
            cancer.evaluate(ref, data)
    cancer.evaluate("cancer:1", "train", yes=True)
    reply = compared(cancer, metric=("auc",))
    assert reply.basis is not None
    assert (reply.basis.dataset, reply.basis.target, reply.basis.rows) == ("test", "target", 284)
    assert reply.verdict.better == ("cancer:2",)


@pytest.mark.slow
@in_a_folder
def test_what_was_evaluated_is_compared_over_the_wire_too(cancer: Judges, ana: Identity, tmp_path: Path) -> None:
    for ref in ("cancer:1", "cancer:2"):
        cancer.evaluate(ref)
    wire, cache = Wire(lambda _: cancer.backing), tmp_path / "cache"
    cache.mkdir()
    there = RemoteSession(lambda method, path, body: wire.handle(method, path, body, ana), Artifacts(cache))
    ask = Compare(refs=("cancer:1", "cancer:2"))
    assert there.call(ask) == cancer.call(ask)


@pytest.mark.slow
@in_a_folder
def test_what_was_evaluated_later_is_not_known_at_an_earlier_time(cancer: Judges) -> None:
    before = cancer.registry.head().recorded
    for ref in ("cancer:1", "cancer:2"):
        cancer.evaluate(ref)
    assert compared(cancer, at=before).basis is None
    assert compared(cancer).basis is not None


@pytest.mark.slow
@in_a_folder
def test_the_same_rows_under_another_name_are_the_same_rows(cancer: Judges) -> None:
    cancer.evaluate("cancer:1")
    cancer.evaluate("cancer:2", cancer.data(TEST, "elsewhere"))
    assert compared(cancer).basis is not None


@in_a_folder
def test_data_that_the_registry_does_not_know_may_be_compared_on(cancer: Judges) -> None:
    reply = on_test(cancer, data=cancer.data(TEST[:200], "fresh"))
    assert reply.basis is not None
    assert (reply.basis.dataset, reply.basis.rows, reply.basis.tried) == ("fresh", 200, 2)
    with pytest.raises(NotFound):
        cancer.registry.dataset("fresh")


@in_a_folder
def test_the_target_needs_no_saying_where_they_were_judged_by_one(cancer: Judges) -> None:
    cancer.evaluate("cancer:1")
    reply = on_test(cancer, target="")
    assert reply.basis is not None
    assert reply.basis.target == "target"


@pytest.mark.slow
@in_a_folder
def test_all_are_compared_on_the_class_that_is_named(cancer: Judges) -> None:
    cancer.evaluate("cancer:1", positive="0")
    cancer.evaluate("cancer:2")
    by_first = on_test(cancer)
    assert by_first.basis is not None
    assert (by_first.basis.positive, by_first.basis.scored) == ("0", ("cancer:2",))
    named = on_test(cancer, positive="1")
    assert named.basis is not None
    assert (named.basis.positive, named.basis.scored) == ("1", ("cancer:1",))
    assert compared(cancer).basis is None


@in_a_folder
def test_versions_of_other_classes_are_told_apart_by_them(cancer: Judges) -> None:
    rows = TEST.assign(told=np.where(TEST.target == 1, "yes", "no"))
    cancer.add(rows, "rows")
    said = LogisticRegression(max_iter=5000).fit(rows[[*X]], rows.told)
    cancer.model(said, "cancer", inputs=X)
    cancer.evaluate("cancer:3", "rows", target="told")
    asked: dict[str, Any] = {"data": "rows", "target": "told"}
    assert refusal(cancer, "cancer:1", "cancer:3", **asked) == (
        "cancer:3 knows no/yes, cancer:1 knows 0/1: they answer told in other words\n"
        "compare versions of the same classes, or train one again with the classes of the other"
    )
    assert refusal(cancer, "cancer:1", "cancer:3", positive="yes", **asked) == (
        "cancer:1 on rows: the positive class 'yes' is not among 0, 1\nname one of them"
    )


@in_a_folder
def test_rows_that_a_version_was_trained_on_are_told(cancer: Judges) -> None:
    both = ("cancer:1 was trained on exactly the rows of train", "cancer:2 was trained on exactly the rows of train")
    new = on_test(cancer, data="train")
    assert [told.partition(":  ")[0].rpartition(": ")[0] for told in new.warnings] == [*both]
    for ref in ("cancer:1", "cancer:2"):
        cancer.evaluate(ref, "train", yes=True)
    assert on_test(cancer, data="train").warnings == new.warnings


@in_a_folder
def test_sealed_data_is_not_opened_but_what_was_kept_is_compared(cancer: Judges) -> None:
    cancer.add(TEST[:150], "final", sealed=True)
    assert refusal(cancer, data="final", target="target", kind=Conflict) == (
        "final is sealed: a version is judged by it once, when it is to come to a stage\n"
        "when that is so: %mlc evaluate REF --data final --for STAGE"
    )
    for ref in ("cancer:1", "cancer:2"):
        cancer.evaluate(ref, "final", for_=Stage.PRODUCTION)
    assert on_test(cancer, data="final").verdict.better == ("cancer:2",)


def test_where_no_rows_are_shared_metrics_are_shown_as_reported(desk: Desk) -> None:
    desk.register(metric={"auc": 0.7, "loss": 0.3})
    desk.register(content="other", metric={"auc": 0.8})
    reply = compared(desk, "churn:1", "churn:2")
    assert reply.verdict.sentence == (
        "churn:1 and churn:2: which is better cannot be told: they were not evaluated on the same rows"
    )
    assert reply.basis is None
    assert reply.metrics == ()
    assert [(one.metric, [value and value.value for value in one.values]) for one in reply.reported] == [
        ("auc", [0.7, 0.8]),
        ("loss", [0.3, None]),
    ]
    assert reply.to_rows() == [
        {"metric": "auc", "churn:1": 0.7, "churn:2": 0.8},
        {"metric": "loss", "churn:1": 0.3, "churn:2": None},
    ]
    assert reply.next == "%mlc compare churn:1 churn:2 --data DATASET --target COLUMN"


def test_of_several_without_shared_rows_nobody_is_better(desk: Desk) -> None:
    for content in ("a", "b", "c"):
        desk.register(content=content)
    assert compared(desk, "churn:1..3").verdict.sentence == (
        "churn:1 and 2 others: which is better cannot be told: they were not evaluated on the same rows"
    )


# In what they differ


def executed(desk: Desk, *sources: str) -> Facts:
    """What is captured of a version that was made by these cells."""
    cells = [
        {"id": f"cell-{place}", "source": source, "ok": True, "count": place} for place, source in enumerate(sources)
    ]
    notebook = {"cells": [], "metadata": {"jupyter_mlc": {"executed": cells}}, "nbformat": 4, "nbformat_minor": 5}
    blob = desk.session.artifacts.put_bytes(json.dumps(notebook).encode())
    desk.session.send([blob])
    snapshot = Snapshot(notebook=blob, cells=len(cells))
    return Facts(snapshot=snapshot_text(snapshot), blobs=(blob,))


def snapshot_text(snapshot: Snapshot) -> str:
    import msgspec

    return msgspec.json.encode(snapshot).decode()


def locked(desk: Desk, text: str, **more: Any) -> Facts:
    blob = desk.session.artifacts.put_bytes(text.encode())
    desk.session.send([blob])
    return Facts(snapshot=snapshot_text(Snapshot(lock=blob, **more)), blobs=(blob,))


def test_parameters_and_tags_that_differ_are_told_with_how_they_are_known(desk: Desk) -> None:
    desk.register(param={"depth": 4, "seed": 0}, tag={"team": "ops"})
    desk.register(content="other", param={"depth": 8, "seed": 0})
    reply = compared(desk, "churn:1", "churn:2")
    assert reply.differs == "depth; 1 tag"
    found = {one.name: one for one in reply.differences.facts}
    assert found["depth"].values == (4, 8)
    assert found["depth"].standings == (Standing.CLAIMED, Standing.CLAIMED)
    assert (found["team"].values, found["team"].there) == (("ops", None), (True, False))


def test_many_parameters_are_counted(desk: Desk) -> None:
    desk.register(param={f"p{place}": place for place in range(4)})
    desk.register(content="other")
    assert compared(desk, "churn:1", "churn:2").differs == "4 parameters"


def test_cells_that_differ_are_told_with_their_lines(desk: Desk) -> None:
    desk.register(facts=executed(desk, "import sklearn", "clf = Tree(max_depth=4)", "%mlc register churn clf"))
    desk.register(content="other", facts=executed(desk, "import sklearn", "clf = Tree(max_depth=8)"))
    desk.register(content="third", facts=executed(desk, "import sklearn", "# a tree\nclf = Tree(max_depth=4)"))
    reply = compared(desk, "churn:1..3")
    assert reply.differs == "1 cell"
    second, third = reply.differences.cells
    assert (second.version, [(one.change, one.lines) for one in second.changes]) == (
        "churn:2",
        [(Change.CHANGED, ("-clf = Tree(max_depth=4)", "+clf = Tree(max_depth=8)"))],
    )
    assert [(one.same_code, one.lines) for one in third.changes] == [(True, ("+# a tree", " clf = Tree(max_depth=4)"))]


def test_a_comment_alone_is_no_difference(desk: Desk) -> None:
    desk.register(facts=executed(desk, "clf = Tree()"))
    desk.register(content="other", facts=executed(desk, "clf = Tree()  # a tree"))
    assert compared(desk, "churn:1", "churn:2").differs == ""


def test_packages_code_and_signature_that_differ_are_told(desk: Desk) -> None:
    inputs = Signature(inputs=(Feature(name="hour", type="int"),))
    first = locked(desk, "# Python 3.11\nnumpy==2.0\n", git_commit="4be1d0c", git_branch="main")
    second = locked(desk, "# Python 3.11\nnumpy==2.1\npolars==1.0\n", git_commit="9f3c000", git_branch="main")
    desk.register(facts=replace(first, signature=inputs))
    desk.register(
        content="other", facts=replace(second, signature=Signature(inputs=(Feature(name="day", type="int"),)))
    )
    reply = compared(desk, "churn:1", "churn:2")
    assert reply.differs == "2 columns of the signature; code; 2 packages"
    assert [(one.topic, one.name, one.values) for one in reply.differences.facts if one.topic is not Topic.OBJECT] == [
        (Topic.FEATURE, "in hour", ("int", None)),
        (Topic.FEATURE, "in day", (None, "int")),
        (Topic.CODE, "commit", ("4be1d0c", "9f3c000")),
        (Topic.PACKAGE, "numpy", ("2.0", "2.1")),
        (Topic.PACKAGE, "polars", (None, "1.0")),
    ]
    assert reply.differences.unknown == ("notebook",)


def test_datasets_that_differ_are_told(cancer: Judges) -> None:
    cancer.model(good(), "cancer", inputs=X, data=("test",))
    reply = compared(cancer, "cancer:2", "cancer:3")
    assert reply.differs == "2 datasets"
    assert [(one.name, one.there) for one in reply.differences.facts] == [
        ("train", (True, False)),
        ("test", (False, True)),
    ]


def test_what_was_captured_and_is_gone_is_not_known(desk: Desk) -> None:
    desk.register(facts=executed(desk, "clf = Tree()"))
    desk.register(content="other", facts=executed(desk, "clf = Forest()"))
    shown = desk.call(Show(ref="churn:1"))
    assert isinstance(shown, ShowReply)
    assert shown.details is not None
    held = desk.backing.artifacts.path(str(shown.details.snapshot.notebook))
    held.unlink()
    assert compared(desk, "churn:1", "churn:2").differences.unknown == ("signature", "environment", "notebook")


def test_a_parameter_that_only_one_has_is_told(desk: Desk) -> None:
    desk.register(facts=Facts(params={"C": None}))
    desk.register(content="other")
    (found,) = [one for one in compared(desk, "churn:1", "churn:2").differences.facts if one.topic is Topic.PARAMETER]
    assert (found.values, found.there) == ((None, None), (True, False))


# What can be drawn


@in_a_folder
def test_curves_are_given_by_version(cancer: Judges) -> None:
    curves = on_test(cancer).curves
    assert [*curves] == ["cancer:1", "cancer:2"]
    assert curves["cancer:2"].roc[0].area == pytest.approx(on_test(cancer).metrics[0].value)
    assert [len(each) for each in (curves["cancer:1"].precision_recall, curves["cancer:1"].calibration)] == [1, 1]


def test_learning_curves_are_those_of_the_runs(desk: Desk) -> None:
    for content, values in (("a", (0.9, 0.5, float("nan"))), ("b", (0.8, 0.4, 0.3))):
        run = desk.call(Run(name="churn"))
        points = tuple(Point(key="loss", step=step, value=value, at=step) for step, value in enumerate(values))
        alone = Point(key="auc", step=0, value=0.5, at=0)
        desk.call(RunLog(run=run.id, points=(*points, alone)))  # type: ignore[attr-defined]
        desk.register(content=content, facts=Facts(run=run.id))  # type: ignore[attr-defined]
    curves = compared(desk, "churn:1", "churn:2").curves
    ((metric, first),) = curves["churn:1"].learning
    assert (metric, first.steps, first.values, first.left_out) == ("loss", (0, 1), (0.9, 0.5), 1)
    assert curves["churn:2"].learning[0][1].values == (0.8, 0.4, 0.3)
    for ref in ("churn:2", "run/2"):
        shown = desk.call(Show(ref=ref, curves=True))
        assert isinstance(shown, ShowReply)
        assert shown.curves == {ref: curves["churn:2"]}


# Refusals


def test_one_version_cannot_be_compared(desk: Desk) -> None:
    desk.register()
    assert refusal(desk, "churn:1") == (
        "churn:1 alone cannot be compared\nname another version: %mlc compare churn:1 NAME:N"
    )
    desk.promote("churn:1", "production")
    assert refusal(desk, "churn:1", "churn@champion") == (
        "churn:1 alone cannot be compared\nname another version: %mlc compare churn:1 NAME:N"
    )


def test_no_version_cannot_be_compared(desk: Desk) -> None:
    with pytest.raises(BadInput) as refused:
        desk.call(Compare(refs=()))
    assert refused.value.text == "no version is named\nname two: %mlc compare NAME:N NAME:N"


def test_very_many_versions_are_not_compared(desk: Desk) -> None:
    for _ in range(21):
        desk.register()
    assert refusal(desk, "churn:1..30") == "21 versions are too many to compare\nname at most 20; see %mlc list churn"


def test_an_unknown_metric_is_refused_before_anything_predicts(desk: Desk) -> None:
    with pytest.raises(BadInput) as refused:
        desk.call(Compare(refs=("churn:1", "churn:2"), metric=("acuracy",)))
    assert refused.value.text == "no metric is called 'acuracy'\ndid you mean accuracy or auc?"


@pytest.mark.slow
@in_a_folder
def test_a_file_is_named_by_its_path_in_what_to_type_next(cancer: Judges, tmp_path: Path) -> None:
    for name, typed in (("rows.parquet", "{}"), ("more rows.parquet", '"{}"')):
        file = tmp_path / name
        TEST[:200].to_parquet(file)
        found = on_test(cancer, data=cancer.data(file, "rows", keep=False)).next
        assert found == f"%mlc evaluate cancer:2 --data {typed.format(file)} --target target"


@in_a_folder
def test_a_target_of_several_words_is_in_quotes_in_what_to_type_next(cancer: Judges) -> None:
    cancer.add(TEST.rename(columns={"target": "is (it) ill"}), "words")
    found = on_test(cancer, data="words", target="is (it) ill").next
    assert found == '%mlc evaluate cancer:2 --data words --target "is (it) ill"'
    cancer.promote("cancer:1", reason="first")
    cancer.promote("cancer:1", reason="first")
    evaluated = cancer.evaluate("cancer:2", "words", target="is (it) ill").next
    assert evaluated == '%mlc compare cancer:1 cancer:2 --data words --target "is (it) ill"'


@in_a_folder
def test_a_target_is_wanted_where_nobody_was_judged_yet(cancer: Judges) -> None:
    assert refusal(cancer, data="test") == (
        "compare --data wants --target: the column with the answers\nsee %mlc dataset show test"
    )


@in_a_folder
def test_of_several_targets_one_is_to_be_named(cancer: Judges) -> None:
    cancer.add(TEST.assign(other=1 - TEST.target), "both")
    cancer.evaluate("cancer:1", "both")
    cancer.evaluate("cancer:1", "both", target="other")
    assert refusal(cancer, data="both") == (
        "compare --data wants --target: the column with the answers\nthey were judged by other and by target"
    )


@in_a_folder
def test_answers_to_different_questions_are_not_compared(cancer: Judges) -> None:
    cancer.model(LinearRegression().fit(TRAIN[[*X]], TRAIN.target), "cancer", inputs=X)
    assert refusal(cancer, "cancer:1", "cancer:3", data="test", target="target") == (
        "cancer:3 and cancer:1 do not answer the same question: regression and binary of 1\n"
        "compare candidates of one task"
    )


@in_a_folder
def test_a_version_that_is_retired_does_not_predict_any_more(cancer: Judges) -> None:
    cancer.call(Retire(ref="cancer:1", yes=True))
    assert refusal(cancer, data="test", target="target", kind=Conflict) == (
        "cancer:1 is retired; it is not loaded any more\nsee %mlc list cancer"
    )


def test_only_data_makes_models_run() -> None:
    verb = VERBS["compare"]
    assert verb.runs_for(Compare(refs=("churn:1",))) is Runs.RECORD
    assert verb.runs_for(Compare(refs=("churn:1",), data="test")) is Runs.MODEL


@pytest.mark.parametrize("metric", [Scorer(name="missed", artifact="sha256:00"), "missed:1", "missed@champion"])
def test_a_metric_that_is_code_makes_it_run(metric: Scorer | str) -> None:
    verb = VERBS["compare"]
    assert verb.runs_for(Compare(refs=("churn:1",), metric=("auc",))) is Runs.RECORD
    assert verb.runs_for(Compare(refs=("churn:1",), metric=("auc", metric))) is Runs.MODEL
