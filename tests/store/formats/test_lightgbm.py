from __future__ import annotations

from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMClassifier, LGBMRanker, LGBMRegressor

from tests.store.formats.shelf import Shelf, refusal

RNG = np.random.default_rng(0)
X = pd.DataFrame(RNG.random((200, 3)), columns=["a", "b", "c"])
X["kind"] = pd.Categorical(RNG.choice(["u", "v", "w"], 200))
Y = (X.a + RNG.random(200) / 2 > 0.7).astype(int)
WORDS = np.array(["on time", "late"])[Y]
NUMBERS = X[["a", "b", "c"]]


def own_loss(truth: Any, guess: Any) -> tuple[Any, Any]:
    """A loss function of somebody's own."""
    return guess - truth, np.ones_like(guess)


@pytest.fixture(scope="module")
def classifier() -> LGBMClassifier:
    stop = lightgbm.early_stopping(2, verbose=False)
    return LGBMClassifier(n_estimators=60, learning_rate=0.5, verbose=-1).fit(
        X[:100], Y[:100], eval_X=(X[100:],), eval_y=(Y[100:],), callbacks=[stop]
    )


def test_an_estimator_stays_the_estimator_it_was(classifier: LGBMClassifier, shelf: Shelf) -> None:
    made = shelf.put(classifier)
    found = shelf.open(made)
    assert (made.format, shelf.paths(made)) == ("lightgbm", ["model.txt", "booster.json", "estimator.json"])
    assert type(found) is LGBMClassifier
    assert np.array_equal(found.predict_proba(X), classifier.predict_proba(X))
    assert found.feature_names_in_.tolist() == ["a", "b", "c", "kind"]
    assert found.evals_result_ == classifier.evals_result_
    assert found.best_iteration_ == classifier.best_iteration_ < 60
    assert found.get_params() == classifier.get_params()
    assert vars(found).keys() == vars(classifier).keys()


def test_words_as_classes_come_back(shelf: Shelf) -> None:
    model = LGBMClassifier(n_estimators=3, verbose=-1, class_weight={"late": 2.0, "on time": 1.0}).fit(X, WORDS)
    found = shelf.again(model)
    assert found.classes_.tolist() == ["late", "on time"]
    assert np.array_equal(found.predict(X), model.predict(X))


def test_a_booster_comes_back_with_the_rounds_beyond_its_best(shelf: Shelf) -> None:
    stop = lightgbm.early_stopping(2, verbose=False)
    sets = lightgbm.Dataset(X[:100], Y[:100]), lightgbm.Dataset(X[100:], Y[100:])
    booster = lightgbm.train(
        {"objective": "binary", "learning_rate": 0.5, "verbose": -1},
        sets[0],
        60,
        valid_sets=[sets[1]],
        callbacks=[stop],
        keep_training_booster=True,
    )
    found = shelf.again(booster)
    assert found.num_trees() == booster.num_trees() > booster.best_iteration
    assert found.best_iteration == booster.best_iteration
    assert (found.best_score, found.params) == (booster.best_score, booster.params)
    assert np.array_equal(found.predict(X), booster.predict(X))
    assert found.pandas_categorical == [["u", "v", "w"]]


@pytest.mark.parametrize(
    "model",
    [
        LGBMRegressor(n_estimators=3, verbose=-1).fit(NUMBERS, X.b),
        LGBMRanker(n_estimators=3, verbose=-1).fit(NUMBERS, Y, group=[100, 100]),
        LGBMClassifier(n_estimators=3, verbose=-1).fit(NUMBERS, np.arange(200) % 3),
    ],
    ids=lambda model: type(model).__name__,
)
def test_every_estimator_comes_back_and_is_stored_as_the_same_bytes(model: Any, shelf: Shelf) -> None:
    found = shelf.again(model)
    assert np.array_equal(found.predict(NUMBERS), model.predict(NUMBERS))
    assert shelf.put(found) == shelf.put(model)


def test_an_estimator_with_a_function_of_one_s_own_goes_into_a_pickle(shelf: Shelf) -> None:
    model = LGBMRegressor(n_estimators=2, objective=own_loss, verbose=-1).fit(NUMBERS, X.b)
    assert shelf.put(model).format == "joblib"
    assert np.array_equal(shelf.again(model, trusted=True).predict(NUMBERS), model.predict(NUMBERS))
    # the function served training alone
    booster = model.booster_
    assert np.array_equal(shelf.again(booster).predict(NUMBERS), booster.predict(NUMBERS))


def test_an_estimator_that_was_not_fitted_is_refused(shelf: Shelf) -> None:
    assert refusal(lambda: shelf.put(LGBMRegressor())) == (
        "this LGBMRegressor is not fitted\nfit it first, then register it"
    )


def test_what_is_no_model_of_lightgbm_is_refused(shelf: Shelf) -> None:
    assert refusal(lambda: shelf.put({"a": 1}, "lightgbm")) == (
        "a dict is no Booster or estimator of LightGBM, which the format lightgbm is for\n"
        "leave --format out: the format is then chosen by the object"
    )


def test_a_text_that_makes_no_sense_is_refused(classifier: LGBMClassifier, shelf: Shelf) -> None:
    text = refusal(lambda: shelf.open(shelf.with_layer(shelf.put(classifier), "model.txt", b"nonsense")))
    assert text.startswith("the stored object cannot be read: LightGBMError: ")


@pytest.mark.slow
def test_a_model_passes_the_load_check_with_a_sample(classifier: LGBMClassifier, shelf: Shelf) -> None:
    for model in (classifier, classifier.booster_):
        checked = shelf.check(model, X.head(5))
        assert (checked.reason, checked.predicted) == ("", "same")
