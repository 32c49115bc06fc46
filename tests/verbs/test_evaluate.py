"""`evaluate`: versions are judged from their stored bytes, and what comes out is recorded and found again."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import f1_score, log_loss, make_scorer, roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from jupyter_mlc.domain.entities import Standing
from jupyter_mlc.domain.errors import BadInput, Conflict, Damaged, MlcError, NeedsConfirmation, NotFound, Untrusted
from jupyter_mlc.domain.evaluations import Evidence, Seen
from jupyter_mlc.domain.events import Evaluated
from jupyter_mlc.domain.lifecycle import Stage
from jupyter_mlc.store import formats
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.verbs.admin_gc import AdminGc
from jupyter_mlc.verbs.admin_rebuild import AdminRebuild
from jupyter_mlc.verbs.dataset_show import DatasetShow, DatasetShowReply
from jupyter_mlc.verbs.evaluate import Evaluate, EvaluateReply
from jupyter_mlc.verbs.evidence import kept_evidence
from jupyter_mlc.verbs.history import History, HistoryReply
from jupyter_mlc.verbs.lineage import Lineage, LineageReply
from jupyter_mlc.verbs.list_ import List, ListReply
from jupyter_mlc.verbs.own_metrics import Scorer, vouched
from jupyter_mlc.verbs.predictions import kept_predictions
from jupyter_mlc.verbs.retire import Retire
from jupyter_mlc.verbs.show import Show, ShowReply
from jupyter_mlc.verbs.verify import Verify, VerifyReply
from tests.verbs.conftest import Desk, Judges

CANCER = load_breast_cancer(as_frame=True).frame
X = list(CANCER.columns[:5])
TRAIN, TEST = CANCER[::2], CANCER[1::2].assign(ward=lambda rows: np.where(rows.index % 3 == 0, "east", "west"))


@cache
def fitted(C: float = 1.0) -> Pipeline:
    return make_pipeline(StandardScaler(), LogisticRegression(C=C)).fit(TRAIN[X], TRAIN.target)


@pytest.fixture
def cancer(judges: Judges) -> Judges:
    """A registry with one version, its training data, and a test set."""
    judges.add(TRAIN, "train")
    judges.model(fitted(), "cancer", inputs=tuple(X), data=("train",))
    judges.add(TEST, "test")
    return judges


def values(reply: EvaluateReply, at: int = 0) -> dict[str, float | None]:
    evidence = reply.versions[at].evidence
    assert evidence is not None
    return {one.metric: one.value for one in evidence.estimates}


def test_the_figures_are_those_of_scikit_learn(cancer: Judges) -> None:
    found = values(cancer.evaluate("cancer:1"))
    chance = fitted().predict_proba(TEST[X])[:, 1]
    assert found["auc"] == pytest.approx(roc_auc_score(TEST.target, chance))
    assert found["log_loss"] == pytest.approx(log_loss(TEST.target, chance))
    assert list(found)[:3] == ["auc", "log_loss", "brier"]


def test_what_is_computed_has_an_interval_that_holds_it(cancer: Judges) -> None:
    evidence = cancer.evaluate("cancer:1").versions[0].evidence
    assert evidence is not None
    auc = evidence.estimates[0]
    assert auc.low is not None
    assert auc.high is not None
    assert auc.value is not None
    assert auc.low < auc.value < auc.high


def test_the_same_seed_gives_the_same_numbers(cancer: Judges) -> None:
    first, again, other = (cancer.evaluate("cancer:1", seed=seed).versions[0].evidence for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_an_evaluation_is_found_by_what_was_computed(cancer: Judges) -> None:
    cancer.evaluate("cancer:1")
    assert [one.ref for one in cancer.versions("eval.test.auc > 0.5 and stage = 'candidate'")] == ["cancer:1"]
    assert cancer.versions("eval.test.auc > 1.5") == []
    metric = next(one for one in cancer.versions("cancer")[0].metrics if one.key == "eval.test.auc")
    assert metric.standing is Standing.COMPUTED


def test_the_stage_of_what_was_computed_follows_the_version(cancer: Judges) -> None:
    cancer.evaluate("cancer:1")
    cancer.promote("cancer:1", "production")
    assert [one.ref for one in cancer.versions("eval.test.auc > 0.5 and stage = 'production'")] == ["cancer:1"]
    cancer.evaluate("cancer:1", metric=("f1",))
    ordered = cancer.call(List(what="stage = 'production'", order="eval.test.f1 desc"))
    assert isinstance(ordered, ListReply)
    assert [one.ref for one in ordered.versions] == ["cancer:1"]


def test_a_hyphen_in_the_name_stands_in_backticks(cancer: Judges) -> None:
    cancer.add(TEST[:100], "test-small")
    cancer.evaluate("cancer:1", "test-small")
    assert len(cancer.versions("eval.`test-small`.auc > 0.5")) == 1


def test_the_newest_evaluation_counts(cancer: Judges) -> None:
    cancer.evaluate("cancer:1", metric=("accuracy",))
    rows = TEST.assign(target=1 - TEST.target)
    cancer.add(rows, "test")
    cancer.evaluate("cancer:1", metric=("accuracy",))
    assert cancer.versions("eval.test.accuracy > 0.5") == []
    assert len(cancer.versions("eval.test.accuracy < 0.5")) == 1


def test_what_cannot_be_computed_any_more_is_not_found_any_more(cancer: Judges) -> None:
    cancer.evaluate("cancer:1")
    assert len(cancer.versions("eval.test.precision > 0.5")) == 1
    cancer.add(TEST.assign(**dict.fromkeys(X, 0.0)), "test")
    reply = cancer.evaluate("cancer:1", replicates=0)
    undefined = [name for name, value in values(reply).items() if value is None]
    for name in undefined:
        assert cancer.versions(f"eval.test.{name} > -9") == []
    assert undefined or values(reply)["precision"] is not None


def test_an_evaluation_is_shown_in_full_with_its_evidence(cancer: Judges) -> None:
    reply = cancer.evaluate("cancer:1", by=("ward",))
    assert reply.versions[0].id == "evaluation/1"
    shown = cancer.call(Show(ref="evaluation/1"))
    assert isinstance(shown, ShowReply)
    assert shown.evidence == reply.versions[0].evidence
    assert shown.evaluation is not None
    assert shown.evidence is not None
    assert (shown.evaluation.version, shown.evaluation.dataset) == ("cancer:1", "test")
    assert shown.evaluation.estimates == shown.evidence.estimates
    assert shown.evidence.libraries["numpy"] == np.__version__
    kept = kept_predictions(shown.evaluation.predictions, cancer.context.artifacts)
    assert kept.rows == len(TEST)


def shown_curves(cancer: Judges, ref: str) -> ShowReply:
    reply = cancer.call(Show(ref=ref, curves=True))
    assert isinstance(reply, ShowReply)
    return reply


def test_curves_are_those_of_the_newest_evaluation_or_of_one_that_is_named(cancer: Judges) -> None:
    cancer.evaluate("cancer:1", data="train", yes=True)
    cancer.evaluate("cancer:1")
    of_version, of_first = shown_curves(cancer, "cancer:1"), shown_curves(cancer, "evaluation/1")
    for reply, rows in ((of_version, TEST), (of_first, TRAIN)):
        (curve,) = reply.curves["cancer:1"].roc
        assert curve.area == pytest.approx(roc_auc_score(rows.target, fitted().predict_proba(rows[X])[:, 1]))
        assert reply.warnings == ()
    plain = cancer.call(Show(ref="cancer:1"))
    assert isinstance(plain, ShowReply)
    assert plain.curves == {}


def test_a_version_without_curves_says_how_to_get_some(cancer: Judges) -> None:
    reply = shown_curves(cancer, "cancer:1")
    assert (reply.curves, reply.next) == ({}, "%mlc evaluate cancer:1 --data DATASET --target COLUMN")


def test_what_has_no_curves_is_refused_where_they_are_wanted(cancer: Judges) -> None:
    with pytest.raises(BadInput) as refused:
        cancer.call(Show(ref="cancer", curves=True))
    assert refused.value.text == (
        "nothing is drawn of a model\nversions, evaluations and runs have curves: %mlc show NAME:N --curves"
    )


def test_a_version_whose_predictions_are_gone_is_shown_all_the_same(cancer: Judges) -> None:
    cancer.evaluate("cancer:1")
    kept = cancer.registry.evaluation(1).predictions
    cancer.context.artifacts.delete(kept)
    reply = shown_curves(cancer, "cancer:1")
    assert reply.curves == {}
    assert reply.warnings == (f"evaluation/1 has no curves: the blob {kept} is missing",)


def test_ids_of_evaluations_that_are_none_are_refused(cancer: Judges) -> None:
    with pytest.raises(NotFound) as missing:
        cancer.call(Show(ref="evaluation/7"))
    assert missing.value.text == "there is no evaluation/7\na version's evaluations: %mlc show NAME:N"
    with pytest.raises(BadInput) as odd:
        cancer.call(Show(ref="evaluation/x"))
    assert odd.value.text == "'evaluation/x' is no id of an evaluation\nwrite evaluation/12; see %mlc show NAME:N"


def test_a_version_shows_history_and_lineage_tell_of_its_evaluations(cancer: Judges) -> None:
    cancer.evaluate("cancer:1", metric=("accuracy",))
    shown = cancer.call(Show(ref="cancer:1"))
    assert isinstance(shown, ShowReply)
    assert shown.details is not None
    assert [one.ref for one in shown.details.evaluations] == ["evaluation/1"]
    told = cancer.call(History(ref="cancer:1"))
    assert isinstance(told, HistoryReply)
    accuracy = shown.details.evaluations[0].estimates[0].value
    assert told.entries[-1].what == f"cancer:1 evaluated on test: accuracy {accuracy:.4g} (evaluation/1)"
    lineage = cancer.call(Lineage(ref="cancer:1"))
    assert isinstance(lineage, LineageReply)
    assert ("evaluation/1", "cancer:1", Standing.COMPUTED) in {
        (edge.below, edge.above, edge.standing) for edge in lineage.edges
    }
    assert {node.id: node.text for node in lineage.nodes}["evaluation/1"] == f"on test accuracy {accuracy:.4g}"


def test_the_past_knows_no_later_evaluation(cancer: Judges) -> None:
    before = cancer.registry.head().recorded
    cancer.evaluate("cancer:1")
    then = cancer.call(List(what="eval.test.auc > 0", at=before))
    now = cancer.call(List(what="eval.test.auc > 0", at=cancer.registry.head().recorded))
    assert isinstance(then, ListReply)
    assert isinstance(now, ListReply)
    assert (len(then.versions), len(now.versions)) == (0, 1)


def test_the_tables_are_those_of_the_log_and_can_be_written_anew(cancer: Judges) -> None:
    cancer.evaluate("cancer:1", by=("ward",))
    cancer.evaluate("cancer:1", metric=("f1",))
    cancer.call(AdminRebuild())
    verified = cancer.call(Verify())
    assert isinstance(verified, VerifyReply)
    assert verified.findings == ()
    assert len(cancer.versions("eval.test.auc > 0.5")) == 1


def test_evidence_and_predictions_are_not_garbage(cancer: Judges, clock: Any) -> None:
    cancer.evaluate("cancer:1")
    clock.now += 10**15
    cancer.call(AdminGc())
    found = cancer.registry.evaluation(1)
    assert cancer.context.artifacts.missing([found.evidence, found.predictions]) == []


def test_a_damaged_blob_of_evidence_is_found(cancer: Judges) -> None:
    cancer.evaluate("cancer:1")
    cancer.context.artifacts.delete(cancer.registry.evaluation(1).evidence)
    verified = cancer.call(Verify())
    assert isinstance(verified, VerifyReply)
    assert any("it is missing" in one.what for one in verified.findings)


def test_a_blob_that_is_no_evidence_is_named(cancer: Judges) -> None:
    digest = cancer.context.artifacts.put_bytes(b"{}")
    with pytest.raises(Damaged, match=f"the blob {digest} holds no evidence: "):
        kept_evidence(digest, cancer.context.artifacts, Evidence)


# Several versions


def test_a_range_is_judged_alike_and_each_version_has_its_own_evaluation(cancer: Judges) -> None:
    cancer.model(fitted(C=0.001), "cancer", inputs=tuple(X))
    cancer.model(fitted(C=0.1), "cancer", inputs=tuple(X))
    cancer.call(Retire(ref="cancer:2", yes=True))
    reply = cancer.evaluate("cancer:1..9")
    assert [(one.version, one.id) for one in reply.versions] == [
        ("cancer:1", "evaluation/1"),
        ("cancer:3", "evaluation/2"),
    ]
    assert reply.warnings == ("cancer:2 is retired, and was left out",)
    rows = reply.to_rows()
    assert {row["version"] for row in rows} == {"cancer:1", "cancer:3"}
    assert set(reply.to_frame().columns) == set(rows[0])


def test_of_several_one_that_fails_holds_up_no_other(cancer: Judges) -> None:
    cancer.model({"w": 1}, "cancer")
    cancer.model(fitted(C=0.1), "cancer", inputs=tuple(X))
    reply = cancer.evaluate("cancer:1..3")
    assert [one.version for one in reply.versions] == ["cancer:1", "cancer:3"]
    assert reply.warnings == ("cancer:2 was not evaluated: cancer:2: an object of type dict cannot predict",)


def test_where_all_fail_the_last_one_says_why_and_nothing_is_recorded(cancer: Judges) -> None:
    head = cancer.registry.head().seq
    with pytest.raises(BadInput):
        cancer.evaluate("cancer:1..1", target="ward")
    assert cancer.registry.head().seq == head


def test_a_range_without_a_version_to_open_is_refused(cancer: Judges) -> None:
    with pytest.raises(BadInput) as refused:
        cancer.evaluate("cancer:4..9")
    assert refused.value.text == "cancer:4..9 holds no version that can be opened\nsee %mlc list cancer"


def test_progress_is_told_step_by_step(cancer: Judges) -> None:
    said: list[tuple[int, int, str]] = []
    ask = Evaluate(ref="cancer:1", data="test", target="target", by=("ward",), replicates=0)
    cancer.backing.call(ask, lambda *step: said.append(step))
    assert said == [
        (0, 4, "cancer:1: predicting"),
        (1, 4, "cancer:1: resampling"),
        (2, 4, "cancer:1: by ward"),
        (3, 4, "cancer:1: judged"),
    ]


# Parts of the rows


def test_each_part_of_the_rows_has_figures_of_its_own(cancer: Judges) -> None:
    evidence = cancer.evaluate("cancer:1", by=("ward", "ward,target")).versions[0].evidence
    assert evidence is not None
    found = {(part.column, part.label): part for part in evidence.parts}
    east = TEST[TEST.ward == "east"]
    chance = fitted().predict_proba(east[X])[:, 1]
    assert found["ward", "east"].rows == len(east)
    assert found["ward", "east"].estimates[0].value == pytest.approx(roc_auc_score(east.target, chance))
    both = found["ward x target", "east, 1"]
    assert both.estimates[0].value is None
    assert both.estimates[0].reason == "no row is negative"


def test_a_part_with_few_rows_says_so(cancer: Judges) -> None:
    cancer.add(TEST.assign(ward=np.where(np.arange(len(TEST)) < 4, "small", "large")), "wards")
    evidence = cancer.evaluate("cancer:1", "wards", by=("ward",), metric=("brier",)).versions[0].evidence
    assert evidence is not None
    small = next(part for part in evidence.parts if part.label == "small")
    assert (small.rows, small.estimates[0].low, small.estimates[0].reason) == (4, None, "fewer than 10 rows")


def test_a_column_that_is_not_there_parts_nothing(cancer: Judges) -> None:
    with pytest.raises(BadInput) as refused:
        cancer.evaluate("cancer:1", by=("wards",))
    assert refused.value.text == "test has no column 'wards'\ndid you mean ward?"


# Metrics


def test_metrics_are_named_by_us_by_scikit_learn_or_by_their_other_names(cancer: Judges) -> None:
    found = values(cancer.evaluate("cancer:1", metric=("roc_auc", "neg_brier_score", "accuracy"), replicates=0))
    assert list(found) == ["auc", "neg_brier_score", "accuracy"]


@pytest.mark.parametrize(
    ("metric", "text"),
    [
        ("acuracy", "no metric is called 'acuracy'\ndid you mean accuracy or auc?"),
        (
            "rmse",
            "cancer:1 on test: rmse does not fit a binary task\nthese do: auc, average_precision, log_loss, brier, "
            "accuracy, balanced_accuracy, precision, recall, specificity, f1, mcc, kappa",
        ),
    ],
)
def test_metrics_that_are_none_or_do_not_fit_are_refused(cancer: Judges, metric: str, text: str) -> None:
    head = cancer.registry.head().seq
    with pytest.raises(BadInput) as refused:
        cancer.evaluate("cancer:1", metric=(metric,))
    assert refused.value.text == text
    assert cancer.registry.head().seq == head


def test_a_metric_that_was_asked_for_and_has_no_value_is_refused(cancer: Judges) -> None:
    cancer.add(TEST[TEST.target == 1], "ill")
    with pytest.raises(BadInput) as refused:
        cancer.evaluate("cancer:1", "ill", metric=("auc",))
    assert refused.value.text == (
        f"cancer:1 on ill: auc has no value on these {(TEST.target == 1).sum()} rows: no row is negative\n"
        "choose other rows, or another metric"
    )


def test_a_regression_is_judged_by_its_errors(judges: Judges) -> None:
    rows = load_diabetes(as_frame=True).frame
    columns = list(rows.columns[:-1])
    judges.add(rows[1::2], "test")
    model = LinearRegression().fit(rows[columns][::2], rows.target[::2])
    judges.model(model, "sugar", inputs=tuple(columns))
    found = values(judges.evaluate("sugar"))
    assert list(found) == ["rmse", "mae", "r2", "medae"]
    assert found["r2"] == pytest.approx(model.score(rows[columns][1::2], rows.target[1::2]))


def missed(y_true: np.ndarray, y_pred: np.ndarray) -> float:
    """What a missed tumour costs."""
    return float(((y_true == 1) & (y_pred == 0)).sum() * 10)


def as_scorer(desk: Desk, thing: object, name: str, who: Identity | None = None) -> Scorer:
    artifact = formats.store(thing, desk.session.artifacts)
    signature = vouched(artifact.digest, who) if who else ""
    return Scorer(name=name, artifact=artifact.digest, blobs=artifact.blobs, signature=signature)


def test_ones_own_function_is_a_metric_and_is_kept(cancer: Judges, ana: Identity, clock: Any) -> None:
    scorer = as_scorer(cancer, missed, "missed", ana)
    reply = cancer.evaluate("cancer:1", metric=(scorer, "auc"))
    assert values(reply)["missed"] == missed(TEST.target.to_numpy(), fitted().predict(TEST[X]))
    assert reply.versions[0].evidence is not None
    assert reply.versions[0].evidence.scorers == {"missed": scorer.artifact}
    clock.now += 10**15
    cancer.call(AdminGc())
    assert cancer.context.artifacts.missing(scorer.blobs) == []


def test_a_function_that_nobody_vouches_for_is_not_run_unless_trusted(cancer: Judges, ben: Identity) -> None:
    scorer = as_scorer(cancer, missed, "missed", ben)
    with pytest.raises(Untrusted, match="missed"):
        cancer.evaluate("cancer:1", metric=(scorer,))
    assert "missed" in values(cancer.evaluate("cancer:1", metric=(scorer,), trust=True))


def test_a_saved_scorer_of_scikit_learn_needs_no_trust(cancer: Judges) -> None:
    scorer = as_scorer(cancer, make_scorer(f1_score, average="macro"), "f1_of_both")
    found = values(cancer.evaluate("cancer:1", metric=(scorer,), replicates=0))
    assert found["f1_of_both"] == pytest.approx(f1_score(TEST.target, fitted().predict(TEST[X]), average="macro"))


def test_a_scorer_that_is_a_version_is_opened_as_one(cancer: Judges) -> None:
    cancer.model(missed, "costs/missed")
    found = values(cancer.evaluate("cancer:1", metric=("costs/missed:1",), replicates=0))
    assert found == {"missed": missed(TEST.target.to_numpy(), fitted().predict(TEST[X]))}


def test_two_metrics_of_one_name_are_refused(cancer: Judges, ana: Identity) -> None:
    with pytest.raises(BadInput) as refused:
        cancer.evaluate("cancer:1", metric=("auc", as_scorer(cancer, missed, "auc", ana)))
    assert refused.value.text == "two metrics are called auc\nrename one of them"


def test_an_object_that_is_no_metric_is_refused(cancer: Judges, ana: Identity) -> None:
    with pytest.raises(BadInput) as refused:
        cancer.evaluate("cancer:1", metric=(as_scorer(cancer, {"w": 1}, "cost", ana),))
    assert refused.value.text == (
        "cost: {'w': 1} is no metric\npass a name such as 'auc', or a function (y_true, y_pred) -> number"
    )


def test_settings_that_no_resampling_has_are_refused(cancer: Judges) -> None:
    for settings in ({"replicates": -1}, {"seed": -1}, {"level": 1.0}):
        with pytest.raises(BadInput):
            cancer.evaluate("cancer:1", **settings)


# Who has seen which data


def test_a_dataset_counts_the_versions_and_people_that_saw_it(
    cancer: Judges, ben: Identity, open_session: Callable[..., Any]
) -> None:
    assert cancer.evaluate("cancer:1").seen == Seen(evaluations=1, versions=1, people=1)
    cancer.model(fitted(C=0.1), "cancer", inputs=tuple(X))
    assert cancer.evaluate("cancer:2").seen == Seen(evaluations=2, versions=2, people=1)
    backing = open_session(cancer.backing.place.url, ben)
    bens = Judges(session=backing, backing=backing)
    assert bens.evaluate("cancer:2", trust=True).seen == Seen(evaluations=3, versions=2, people=2)
    backing.close()
    shown = cancer.call(DatasetShow(name="test"))
    assert isinstance(shown, DatasetShowReply)
    assert shown.seen == Seen(evaluations=3, versions=2, people=2)


def test_the_same_content_under_another_name_was_seen_as_well(cancer: Judges) -> None:
    cancer.evaluate("cancer:1")
    cancer.add(TEST, "other")
    assert cancer.evaluate("cancer:1", "other").seen.evaluations == 2


def test_data_of_the_notebook_is_added_with_its_evaluation(cancer: Judges) -> None:
    reply = cancer.evaluate("cancer:1", cancer.data(TEST[:100], "fresh"))
    assert reply.dataset == "fresh"
    assert cancer.registry.dataset("fresh").rows == 100
    assert len(cancer.versions("eval.fresh.auc > 0")) == 1


def test_known_data_of_the_notebook_goes_under_its_name(cancer: Judges) -> None:
    assert cancer.evaluate("cancer:1", cancer.data(TEST, "fresh")).dataset == "test"


def test_to_be_judged_by_its_own_training_data_needs_a_yes(cancer: Judges) -> None:
    with pytest.raises(NeedsConfirmation) as asked:
        cancer.evaluate("cancer:1", "train")
    assert asked.value.text == (
        "cancer:1 was trained on exactly the rows of train: its figures would tell how well it remembers them, not "
        "how well it predicts. Evaluate all the same?\nto go ahead without being asked, add --yes"
    )
    reply = cancer.evaluate("cancer:1", "train", yes=True)
    assert reply.warnings == (
        "cancer:1 was trained on exactly the rows of train: its figures tell how well it remembers them",
    )


def test_rows_that_training_and_test_share_are_counted(cancer: Judges) -> None:
    cancer.add(pd.concat([TRAIN[:3], TEST[TRAIN.columns]]), "mixed")
    reply = cancer.evaluate("cancer:1", "mixed")
    assert reply.warnings == (
        f"3 rows of mixed ({3 / (len(TEST) + 3):.1%}) are also in train, which cancer:1 was trained on",
    )
    evidence = reply.versions[0].evidence
    assert evidence is not None
    assert [(one.dataset, one.rows) for one in evidence.shared] == [("train", 3)]


def test_where_columns_differ_nobody_can_tell_what_is_shared(cancer: Judges) -> None:
    reply = cancer.evaluate("cancer:1")
    assert reply.warnings == ()
    assert reply.notes == ("whether cancer:1 was trained on rows of test cannot be told: the columns of train differ",)


# Sealed data


def test_sealed_data_is_opened_once_a_version_for_a_stage(cancer: Judges) -> None:
    cancer.add(TEST[:150], "last", sealed=True)
    with pytest.raises(Conflict) as unasked:
        cancer.evaluate("cancer:1", "last")
    assert unasked.value.text == (
        "last is sealed: a version is judged by it once, when it is to come to a stage\n"
        "when that is so: %mlc evaluate REF --data last --for STAGE"
    )
    reply = cancer.evaluate("cancer:1", "last", for_=Stage.PRODUCTION)
    assert reply.stage == "production"
    assert cancer.registry.evaluation(1).stage == "production"
    with pytest.raises(Conflict) as again:
        cancer.evaluate("cancer:1", "last", for_=Stage.PRODUCTION)
    assert again.value.text == (
        "cancer:1 was judged by last before, and last is sealed: once a version\n"
        "see what came out: %mlc show evaluation/1"
    )
    cancer.model(fitted(C=0.1), "cancer", inputs=tuple(X))
    assert cancer.evaluate("cancer:2", "last", for_=Stage.STAGING).seen.versions == 2


def test_a_seal_holds_for_the_rows_whatever_they_are_called(cancer: Judges) -> None:
    cancer.add(TEST[:150], "last", sealed=True)
    cancer.add(TEST[:150], "open")
    for data in ("open", cancer.data(TEST[:150], "mine")):
        with pytest.raises(Conflict, match="last is sealed"):
            cancer.evaluate("cancer:1", data)


def test_new_rows_under_a_sealed_name_are_sealed(cancer: Judges) -> None:
    cancer.add(TEST[:150], "last", sealed=True)
    with pytest.raises(Conflict, match="last is sealed"):
        cancer.evaluate("cancer:1", cancer.data(TEST[:160], "last"))
    assert cancer.add(TEST[:170], "last").sealed
    with pytest.raises(Conflict, match="last is sealed"):
        cancer.evaluate("cancer:1", "last")


def test_what_was_seen_cannot_be_sealed_any_more(cancer: Judges) -> None:
    with pytest.raises(Conflict) as refused:
        cancer.add(TEST[:150], "test", sealed=True)
    assert refused.value.text == (
        "test was seen unsealed before; it cannot be sealed any more\ngive the rows that nobody has seen another name"
    )


def test_a_stage_for_data_that_is_not_sealed_is_refused(cancer: Judges) -> None:
    with pytest.raises(BadInput) as refused:
        cancer.evaluate("cancer:1", for_=Stage.STAGING)
    assert refused.value.text == "--for is for sealed data, and this is not sealed\nleave it out"


# The rest


def test_a_rehearsal_runs_and_records_nothing(cancer: Judges) -> None:
    head = cancer.registry.head().seq
    cancer.model({"w": 1}, "cancer")
    reply = cancer.evaluate("cancer:1", by=("ward",), metric=("auc",), dry_run=True)
    assert not reply.done
    assert [(one.version, one.id, one.evidence) for one in reply.versions] == [("cancer:1", "", None)]
    assert reply.to_rows() == []
    assert cancer.registry.head().seq == head + 1
    with pytest.raises(MlcError):
        cancer.evaluate("cancer:1", by=("wards",), dry_run=True)


def test_what_comes_next_is_to_promote_unless_it_is_champion(cancer: Judges) -> None:
    assert cancer.evaluate("cancer:1").next == "%mlc promote cancer:1"
    cancer.promote("cancer:1", "production")
    assert cancer.evaluate("cancer:1").next == ""


def test_the_record_holds_no_reason_in_the_open(cancer: Judges) -> None:
    cancer.add(TEST[TEST.target == 1], "ill")
    cancer.evaluate("cancer:1", "ill", replicates=0)
    recorded = cancer.registry.event(cancer.registry.head().seq)
    assert isinstance(recorded.event, Evaluated)
    assert all(one.reason == "" for one in recorded.event.estimates)
    assert "no row is negative" in recorded.event.reasons
    stored = cancer.registry.database.one("SELECT stored FROM event WHERE seq = :seq", {"seq": recorded.seq})
    assert stored is not None
    assert "no row is negative" not in stored["stored"]


def test_replies_are_plain_data(cancer: Judges) -> None:
    import msgspec

    reply = cancer.evaluate("cancer:1", by=("ward",))
    again = msgspec.json.decode(msgspec.json.encode(reply), type=EvaluateReply)
    assert dataclasses.asdict(again) == dataclasses.asdict(reply)
