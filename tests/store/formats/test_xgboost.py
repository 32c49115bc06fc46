from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xgboost
from xgboost import DMatrix, XGBClassifier, XGBRanker, XGBRegressor

from tests.store.formats.shelf import Shelf, in_notebook, refusal

RNG = np.random.default_rng(0)
X = pd.DataFrame(RNG.random((80, 3)), columns=["a", "b", "c"])
X["kind"] = pd.Categorical(RNG.choice(["u", "v", "w"], 80))
Y = (X.a > 0.5).astype(int)
NUMBERS = X[["a", "b", "c"]]


def own_loss(truth: Any, guess: Any) -> tuple[Any, Any]:
    """A loss function of somebody's own."""
    return guess - truth, np.ones_like(guess)


@pytest.fixture(scope="module")
def classifier() -> XGBClassifier:
    model = XGBClassifier(
        n_estimators=12, max_depth=3, enable_categorical=True, early_stopping_rounds=3, eval_metric=["logloss", "auc"]
    )
    return model.fit(X, Y, eval_set=[(X, Y)], verbose=False)


def test_an_estimator_stays_the_estimator_it_was(classifier: XGBClassifier, shelf: Shelf) -> None:
    made = shelf.put(classifier)
    found = shelf.open(made)
    assert (made.format, shelf.paths(made)) == ("xgboost", ["model.ubj", "settings.json", "estimator.json"])
    assert type(found) is XGBClassifier
    assert np.array_equal(found.predict(X), classifier.predict(X))
    assert np.array_equal(found.predict_proba(X), classifier.predict_proba(X))
    assert found.classes_.tolist() == [0, 1]
    assert found.feature_names_in_.tolist() == ["a", "b", "c", "kind"]
    assert found.evals_result() == classifier.evals_result()
    assert found.best_iteration == classifier.best_iteration
    assert str(found.get_params()) == str(classifier.get_params())


def test_an_estimator_that_came_back_can_go_on_learning(classifier: XGBClassifier, shelf: Shelf) -> None:
    found = shelf.again(classifier)
    more = XGBClassifier(n_estimators=2, enable_categorical=True).fit(X, Y, xgb_model=found.get_booster())
    assert more.get_booster().num_boosted_rounds() == classifier.get_booster().num_boosted_rounds() + 2


def test_a_booster_comes_back_with_its_names_attributes_and_settings(classifier: XGBClassifier, shelf: Shelf) -> None:
    booster = classifier.get_booster()
    found = shelf.again(booster)
    data = DMatrix(X, enable_categorical=True)
    assert np.array_equal(found.predict(data), booster.predict(data))
    assert (found.feature_names, found.feature_types) == (booster.feature_names, booster.feature_types)
    assert found.attributes() == booster.attributes()
    assert found.save_config() == booster.save_config()


MODELS: dict[str, Callable[[], Any]] = {
    "a regressor": lambda: XGBRegressor(n_estimators=3, random_state=np.int64(7), monotone_constraints=(1, 0, 0)).fit(
        NUMBERS, X.b
    ),
    "a ranker": lambda: XGBRanker(n_estimators=3).fit(NUMBERS, Y, qid=np.zeros(80)),
    "of three classes": lambda: XGBClassifier(n_estimators=3).fit(NUMBERS, np.arange(80) % 3),
    "linear": lambda: XGBClassifier(n_estimators=3, booster="gblinear").fit(NUMBERS, Y),
    "dropping trees": lambda: XGBRegressor(n_estimators=3, booster="dart").fit(NUMBERS.to_numpy(), X.b),
}


@pytest.mark.filterwarnings("ignore:.*(gblinear|dart)")  # later releases will be without them
@pytest.mark.parametrize("name", MODELS)
def test_every_estimator_comes_back_and_is_stored_as_the_same_bytes(name: str, shelf: Shelf) -> None:
    model = MODELS[name]()
    found = shelf.again(model)
    assert np.array_equal(found.predict(NUMBERS), model.predict(NUMBERS))
    assert shelf.put(found) == shelf.put(model)


def test_an_estimator_with_a_function_of_one_s_own_goes_into_a_pickle(shelf: Shelf) -> None:
    model = XGBRegressor(n_estimators=2, objective=own_loss).fit(NUMBERS, X.b)
    made = shelf.put(model)
    assert made.format == "joblib"
    assert np.array_equal(shelf.open(made, trusted=True).predict(NUMBERS), model.predict(NUMBERS))
    assert refusal(lambda: shelf.put(model, "xgboost")) == (
        "XGBRegressor.objective holds a function, which the format xgboost cannot store\n"
        "store it with --format joblib, or make the model without it"
    )


def test_an_estimator_that_was_not_fitted_is_refused(shelf: Shelf) -> None:
    assert refusal(lambda: shelf.put(XGBRegressor())) == (
        "this XGBRegressor is not fitted\nfit it first, then register it"
    )


def test_what_is_no_model_of_xgboost_is_refused(shelf: Shelf) -> None:
    assert refusal(lambda: shelf.put({"a": 1}, "xgboost")) == (
        "a dict is no Booster or estimator of XGBoost, which the format xgboost is for\n"
        "leave --format out: the format is then chosen by the object"
    )


@pytest.mark.slow
def test_a_subclass_of_the_notebook_travels_with_its_source_in_a_pickle(shelf: Shelf) -> None:
    cell = (
        "import numpy as np\nfrom xgboost import XGBRegressor\n"
        "class Careful(XGBRegressor):\n"
        "    def predict(self, X, **more):\n        return super().predict(X, **more).clip(0, 1)\n"
        "X = np.arange(10.0).reshape(5, 2)\nmodel = Careful(n_estimators=2).fit(X, X[:, 0])\n"
    )
    made = in_notebook(cell, shelf)
    assert (made.format, shelf.paths(made)) == ("joblib", ["model.joblib", "code/notebook.py"])
    assert shelf.open(made, trusted=True).predict(np.array([[0.0, 9.0]]))[0] <= 1
    with pytest.raises(RuntimeError, match="a Careful is no Booster or estimator of XGBoost"):
        in_notebook(cell, shelf, "xgboost")


def test_settings_of_another_release_are_left_aside(classifier: XGBClassifier, shelf: Shelf) -> None:
    other = shelf.with_details(shelf.put(classifier), release="1.0.0")
    assert np.array_equal(shelf.open(other).predict_proba(X), classifier.predict_proba(X))


@pytest.mark.parametrize("name", ["os", "XGBModelBase", "Any", "DMatrix", "__class__", "config_context"])
def test_an_artifact_names_no_class_but_an_estimator(name: str, classifier: XGBClassifier, shelf: Shelf) -> None:
    forged = shelf.with_details(shelf.put(classifier), **{"class": name})
    assert refusal(lambda: shelf.open(forged)) == (
        f"xgboost.sklearn has no estimator {name!r}\nverify the registry: %mlc verify"
    )


def test_a_booster_that_makes_no_sense_is_refused_in_one_line(classifier: XGBClassifier, shelf: Shelf) -> None:
    text = refusal(lambda: shelf.open(shelf.with_layer(shelf.put(classifier), "model.ubj", b"{nonsense")))
    assert text.startswith("the stored object cannot be read: XGBoostError: ")
    assert len(text.splitlines()) == 2


def test_what_is_no_plain_data_makes_no_object(classifier: XGBClassifier, shelf: Shelf) -> None:
    evil = json.dumps({"params": {"callbacks": {"$kind": "eval", "value": "1"}}, "fitted": {}}).encode()
    text = refusal(lambda: shelf.open(shelf.with_layer(shelf.put(classifier), "estimator.json", evil)))
    assert text.startswith("the stored object cannot be read: KeyError: 'eval'\n")


@pytest.mark.slow
def test_a_model_passes_the_load_check_with_a_sample(classifier: XGBClassifier, shelf: Shelf) -> None:
    for model in (classifier, classifier.get_booster()):
        checked = shelf.check(model, X.head(5))
        assert (checked.reason, checked.predicted) == ("", "same")


def test_the_release_is_recorded(classifier: XGBClassifier, shelf: Shelf) -> None:
    details = shelf.manifest(shelf.put(classifier)).details
    assert details["release"] == xgboost.__version__
    ((module, (distribution, version)),) = json.loads(details["libraries"]).items()
    assert (module, version) == ("xgboost", xgboost.__version__)
    assert distribution in {"xgboost", "xgboost-cpu"}
