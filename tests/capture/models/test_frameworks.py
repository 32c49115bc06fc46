"""What the objects of the frameworks tell of themselves: curves, counts, schema."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from lightgbm import LGBMClassifier
from onnx import TensorProto, helper, numpy_helper
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier, XGBRegressor

from jupyter_mlc.capture.models.curves import Training, training
from jupyter_mlc.capture.models.estimators import describe, parameters, signature
from jupyter_mlc.domain.entities import Feature, Signature

RNG = np.random.default_rng(0)
X = pd.DataFrame(RNG.random((120, 2)), columns=["hour", "distance"])
Y = (X.hour + RNG.random(120) / 2 > 0.7).astype(int)
INPUTS = (Feature(name="hour", type="float"), Feature(name="distance", type="float"))


def values(model: object) -> dict[str, Any]:
    found, warnings = parameters(model)
    assert warnings == ()
    return {parameter.key: parameter.value for parameter in found}


@pytest.fixture(scope="module")
def boosted() -> XGBClassifier:
    model = XGBClassifier(n_estimators=40, learning_rate=1.0, early_stopping_rounds=3, eval_metric=["auc", "logloss"])
    return model.fit(X[:60], Y[:60], eval_set=[(X[:60], Y[:60]), (X[60:], Y[60:])], verbose=False)


def test_xgboost_tells_the_curves_of_its_evaluation_sets(boosted: XGBClassifier) -> None:
    told = training(boosted)
    assert set(told.curves) == {
        "validation_0-auc",
        "validation_0-logloss",
        "validation_1-auc",
        "validation_1-logloss",
    }
    curve = told.curves["validation_1-logloss"]
    assert len(curve) == boosted.best_iteration + 4
    assert told.metrics["validation_1-logloss"] == min(curve) == curve[boosted.best_iteration]
    assert values(boosted)["best_iteration"] == boosted.best_iteration


def test_lightgbm_tells_the_curves_of_its_evaluation_sets() -> None:
    model = LGBMClassifier(n_estimators=40, learning_rate=1.0, min_child_samples=2, verbose=-1).fit(
        X[:60],
        Y[:60],
        eval_X=(X[60:],),
        eval_y=(Y[60:],),
        callbacks=[lightgbm.early_stopping(3, verbose=False)],
    )
    told = training(model)
    curve = told.curves["valid_0-binary_logloss"]
    assert told.metrics == {"valid_0-binary_logloss": min(curve)}
    assert values(model)["best_iteration"] == curve.index(min(curve)) == model.best_iteration_ - 1
    assert values(model.booster_)["best_iteration"] == model.best_iteration_ - 1


def test_without_early_stopping_the_last_round_counts() -> None:
    model = XGBRegressor(n_estimators=3).fit(X, Y, eval_set=[(X, Y)], verbose=False)
    told = training(model)
    assert told.metrics == {"validation_0-rmse": told.curves["validation_0-rmse"][2]}
    assert "best_iteration" not in values(model)


def test_a_model_inside_of_a_pipeline_or_a_search_is_asked(boosted: XGBClassifier) -> None:
    pipeline = make_pipeline(StandardScaler(), boosted)
    search = GridSearchCV(pipeline, {})
    search.best_estimator_ = pipeline
    assert training(pipeline) == training(search) == training(boosted)


def test_a_search_tells_what_it_found_best() -> None:
    rows, target = np.arange(20.0).reshape(-1, 1), [0, 1] * 10
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    search = GridSearchCV(pipeline, {"logisticregression__C": [0.1, 100]}, cv=2)
    assert "best__logisticregression__C" not in values(search)
    assert training(search) == Training()
    search.fit(rows, target)
    found = values(search)
    assert found["best__logisticregression__C"] == search.best_params_["logisticregression__C"]
    assert found["estimator__logisticregression__C"] == 1.0
    assert training(search) == Training(metrics={"best_score": search.best_score_})


def test_a_search_without_a_score_has_none() -> None:
    search = GridSearchCV(LogisticRegression(), {})
    search.best_score_ = float("nan")
    assert training(search) == Training()


def test_a_history_of_keras_is_read_where_the_model_keeps_it() -> None:
    kind = type("Model", (), {"__module__": "keras.src.models.model"})
    model = kind()
    model.history = SimpleNamespace(history={"loss": [0.5, np.float32(0.25)], "val_loss": []})
    assert training(model) == Training(curves={"loss": (0.5, 0.25)}, metrics={"loss": 0.25})


@pytest.mark.parametrize(
    "model", [None, LogisticRegression(), XGBClassifier(), LGBMClassifier(), GridSearchCV(LogisticRegression(), {})]
)
def test_what_keeps_no_curves_has_none(model: object) -> None:
    assert training(model) == Training()


def test_curves_that_cannot_be_read_are_a_warning() -> None:
    model = XGBRegressor()
    setattr(model, "evals_result_", {"validation_0": 3})  # noqa: B010 (no type allows what this test is about)
    assert training(model).warnings == (
        "the curves of XGBRegressor could not be read: AttributeError: 'int' object has no attribute 'items'",
    )


def test_boosters_tell_their_settings_and_inputs(boosted: XGBClassifier) -> None:
    booster = boosted.get_booster()
    assert values(booster)["best_iteration"] == boosted.best_iteration
    assert describe(booster)[0] == "Booster"
    assert signature(booster, data=X).inputs == INPUTS
    light = LGBMClassifier(n_estimators=2, verbose=-1).fit(X, Y).booster_
    assert values(light)["num_leaves"] == 31
    assert signature(light).inputs == (Feature(name="hour"), Feature(name="distance"))


def test_the_estimators_have_scikit_learn_s_signature(boosted: XGBClassifier) -> None:
    expected = Signature(inputs=INPUTS, outputs=(Feature(name="prediction", type="int"),))
    assert signature(boosted, data=X) == expected
    assert signature(LGBMClassifier(n_estimators=2, verbose=-1).fit(X, Y), data=X) == expected


def test_what_has_no_predict_is_asked_in_another_manner(boosted: XGBClassifier) -> None:
    def shouted(model: Any, rows: Any) -> Any:
        return [str(model)] * len(rows)

    found = signature(SimpleNamespace(), sample=X, predict=shouted)
    assert found == Signature(inputs=INPUTS, outputs=(Feature(name="prediction", type="string"),))


def graph() -> Any:
    made = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "net",
        [
            helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, "wide", 3]),
            helper.make_tensor_value_info("w", TensorProto.FLOAT, [3, 2]),
        ],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 2])],
        [numpy_helper.from_array(np.ones((3, 2), "f4"), "w")],
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)], producer_name="tests", ir_version=10)
    helper.set_model_props(model, {"author": "ana"})
    return model


def test_a_graph_declares_its_schema() -> None:
    assert signature(graph()) == Signature(
        inputs=(Feature(name="x", type="float", shape=(-1, 3)),), outputs=(Feature(name="y", type="float", shape=(2,)),)
    )


def test_a_graph_tells_where_it_comes_from() -> None:
    assert values(graph()) == {"opset.ai.onnx": 18, "ir_version": 10, "producer": "tests", "nodes": 1, "author": "ana"}
    assert describe(graph()) == ("ModelProto", "onnx")


@pytest.mark.slow
def test_the_release_of_a_library_is_known_by_its_distribution() -> None:
    assert describe(xgboost.XGBRegressor())[1] in {"xgboost", "xgboost-cpu"}
    assert describe(LGBMClassifier()) == ("LGBMClassifier", "lightgbm")
