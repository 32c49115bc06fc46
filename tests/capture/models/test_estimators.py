"""What a model says of itself: parameters, signature, class."""

from __future__ import annotations

import enum
import json
import pickle
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.cluster import KMeans
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from jupyter_mlc.capture.data.datasets import read_data
from jupyter_mlc.capture.models.estimators import describe, is_unfitted, parameters, signature
from jupyter_mlc.capture.models.settings import scalar
from jupyter_mlc.domain.entities import Feature, Parameter, Signature, Standing

ROOT = Path(__file__).parents[3]
DATA = pd.DataFrame(
    {
        "hour": np.arange(40) % 24,
        "distance": np.linspace(1, 9, 40),
        "carrier": pd.Categorical(list("UDAB") * 10),
        "late": np.arange(40) % 3 == 0,
    }
)
INPUTS = (
    Feature(name="hour", type="int"),
    Feature(name="distance", type="float"),
    Feature(name="carrier", type="string"),
)


def prediction(kind: str, *shape: int) -> tuple[Feature, ...]:
    return (Feature(name="prediction", type=kind, shape=shape),)


def values(model: object) -> dict[str, Any]:
    found, warnings = parameters(model)
    assert warnings == ()
    assert all(parameter.standing is Standing.OBSERVED for parameter in found)
    return {parameter.key: parameter.value for parameter in found}


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    """A pipeline fitted on three columns of the data."""
    columns = make_column_transformer((OneHotEncoder(), ["carrier"]), remainder="passthrough")
    model = Pipeline([("columns", columns), ("clf", LogisticRegression(C=0.3, max_iter=1000))])
    return model.fit(DATA[["hour", "distance", "carrier"]], DATA["late"])


def test_the_parameters_of_an_estimator_are_what_it_was_made_with() -> None:
    found = values(LogisticRegression(C=0.1, random_state=3))
    assert (found["C"], found["random_state"], found["solver"], found["class_weight"]) == (0.1, 3, "lbfgs", None)


def test_the_parameters_of_a_pipeline_are_named_by_their_steps(pipeline: Pipeline) -> None:
    found = values(pipeline)
    assert found["clf__C"] == 0.3
    assert found["columns__remainder"] == "passthrough"
    assert found["columns__onehotencoder__handle_unknown"] == "error"


def test_estimators_inside_are_no_values_but_a_list_of_them_is_named(pipeline: Pipeline) -> None:
    found = values(pipeline)
    assert "clf" not in found
    assert found["steps"] == "[('columns', ColumnTransformer), ('clf', LogisticRegression)]"
    assert found["columns__transformers"] == "[('onehotencoder', OneHotEncoder, ['carrier'])]"


def test_a_search_shows_its_grid() -> None:
    found = values(GridSearchCV(LogisticRegression(), {"C": [0.1, 1]}))
    assert (found["param_grid"], found["estimator__C"]) == ("{'C': [0.1, 1]}", 1.0)


def function_of_this_module() -> None:
    """Do nothing."""


class Color(enum.StrEnum):
    RED = "red"


class Broken:
    def __repr__(self) -> str:
        raise RuntimeError("no name")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(0.5), 0.5),
        (np.float64(0.1), 0.1),
        (np.int64(3), 3),
        (np.array([True])[0], True),
        (np.array(2), 2),
        (np.str_("a"), "a"),
        (np.datetime64("2020-01-01"), "2020-01-01"),
        (Color.RED, "red"),
        (None, None),
        (True, True),
        (function_of_this_module, f"{__name__}.function_of_this_module"),
        (np.float32, "numpy.float32"),
        (np.array([1, 2]), "array([1, 2])"),
        ((1,), "(1,)"),
        ({"b": 1, "a": [LinearRegression()]}, "{'b': 1, 'a': [LinearRegression]}"),
        ({"z", "a", "m"}, "{'a', 'm', 'z'}"),
        (list(range(100)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, ...]"),
        ([[[[[[1]]]]]], "[[[[[[1]]]]]]"),
        (Broken(), "Broken"),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_any_setting_becomes_a_scalar(value: object, expected: object) -> None:
    found = scalar(value)
    assert found == expected
    assert type(found) in {bool, int, float, str, type(None)}


def test_a_setting_shows_no_memory_address() -> None:
    assert scalar(object()) == "<object object>"
    assert scalar([object()]) == "[<object object>]"


def test_a_long_setting_is_cut() -> None:
    assert scalar(["x" * 500]) == "['" + "x" * 195 + "..."


def test_a_list_that_holds_itself_is_cut() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert scalar(endless) == "[[[[[[...]]]]]]"


def test_models_without_get_params_are_read_where_they_keep_their_settings() -> None:
    lightgbm = SimpleNamespace(params={"num_leaves": 31})
    lightning = SimpleNamespace(hparams={"lr": 0.1})
    hugging_face = SimpleNamespace(config=SimpleNamespace(to_dict=lambda: {"hidden_size": 768}))
    xgboost = SimpleNamespace(
        save_config=lambda: json.dumps({"learner": {"gbtree": {"max_depth": "6"}}, "version": [2, 1]})
    )
    assert [values(model) for model in (lightgbm, lightning, hugging_face, xgboost)] == [
        {"num_leaves": 31},
        {"lr": 0.1},
        {"hidden_size": 768},
        {"learner.gbtree.max_depth": "6", "version": "[2, 1]"},
    ]


@pytest.mark.parametrize(
    "model",
    [None, 3, {"weights": [1, 2]}, function_of_this_module, LogisticRegression, SimpleNamespace(params=3, config=None)],
    ids=lambda value: type(value).__name__,
)
def test_what_has_no_parameters_has_none(model: object) -> None:
    assert parameters(model) == ((), ())


class Shallow:
    def get_params(self) -> dict[str, int]:
        return {"a": 1}


class Careless(BaseEstimator):  # type: ignore[misc] # scikit-learn ships no types
    def __init__(self, *, depth: int = 3) -> None:
        self.deep = depth


class Odd:
    def get_params(self, deep: bool = True) -> list[int]:  # noqa: FBT001, FBT002 (as scikit-learn has it)
        return [1]


class Exploding:
    @property
    def get_params(self) -> object:
        raise ZeroDivisionError


def test_get_params_need_not_know_deep() -> None:
    assert parameters(Shallow())[0] == (Parameter(key="a", value=1, standing=Standing.OBSERVED),)


@pytest.mark.parametrize(
    ("model", "warning"),
    [
        (
            Careless(),
            "the parameters of Careless could not be read: AttributeError: 'Careless' object has no attribute 'depth'",
        ),
        (Odd(), "the parameters of Odd could not be read: TypeError: get_params() gave an object of type list"),
        (Exploding(), "the parameters of Exploding could not be read: ZeroDivisionError: no reason was given"),
    ],
    ids=["careless", "odd", "exploding"],
)
def test_parameters_that_cannot_be_read_are_a_warning(model: object, warning: str) -> None:
    assert parameters(model) == ((), (warning,))


def test_the_inputs_of_a_pipeline_are_its_columns_in_the_types_of_the_data(pipeline: Pipeline) -> None:
    expected = Signature(inputs=INPUTS, outputs=prediction("bool"))
    assert signature(pipeline, data=DATA) == expected
    assert signature(pipeline, data=read_data(DATA)) == expected
    assert signature(pipeline, sample=DATA.head(3)) == expected


def test_without_data_the_inputs_have_names_alone(pipeline: Pipeline) -> None:
    assert signature(pipeline).inputs == tuple(Feature(name=feature.name) for feature in INPUTS)


def test_a_sample_says_more_than_the_data(pipeline: Pipeline) -> None:
    sample = DATA.head(3).astype({"hour": "float"})[["hour", "distance"]]
    assert [feature.type for feature in signature(pipeline, sample=sample, data=DATA).inputs] == [
        "float",
        "float",
        "string",
    ]


def test_a_model_fitted_on_an_array_has_as_many_inputs_as_the_array_columns() -> None:
    array = DATA[["hour", "distance"]].to_numpy()
    model = LogisticRegression(max_iter=1000).fit(array, DATA["late"])
    assert signature(model).inputs == (Feature(name="x0"), Feature(name="x1"))
    assert signature(model, sample=array).inputs == (Feature(name="x0", type="float"), Feature(name="x1", type="float"))
    assert signature(model, data=DATA).inputs == (Feature(name="x0"), Feature(name="x1"))


def test_a_search_has_the_signature_of_what_it_found() -> None:
    grid = GridSearchCV(LogisticRegression(max_iter=1000), {"C": [0.1, 1]}, cv=2)
    grid.fit(DATA[["hour", "distance"]], DATA["carrier"].astype(str))
    assert signature(grid, data=DATA) == Signature(inputs=INPUTS[:2], outputs=prediction("string"))


def test_a_text_pipeline_takes_one_string() -> None:
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(["good day", "bad night"], [1, 0])
    expected = Signature(inputs=(Feature(name="x0", type="string"),), outputs=prediction("int"))
    assert signature(model, sample=["a day"]) == expected
    named = signature(model, sample=pd.Series(["a day"], name="text"))
    assert named.inputs == (Feature(name="text", type="string"),)


def test_images_are_one_input_with_a_shape() -> None:
    images = np.zeros((4, 28, 28), dtype="uint8")
    assert signature(object(), sample=images).inputs == (Feature(name="input", type="int", shape=(28, 28)),)


X, LATE = DATA[["hour", "distance"]], DATA["late"].astype(int)


@pytest.mark.parametrize(
    ("model", "outputs"),
    [
        (LinearRegression().fit(X, LATE), prediction("float")),
        (LinearRegression().fit(X, DATA[["hour", "distance"]]), prediction("float", 2)),
        (RandomForestRegressor(2).fit(X, DATA[["hour", "distance"]]), prediction("float", 2)),
        (RandomForestRegressor(2).fit(X, LATE), prediction("float")),
        (RandomForestClassifier(2).fit(X, DATA[["late"]].assign(early=False).astype(int)), prediction("int", 2)),
        (HistGradientBoostingClassifier(max_iter=2).fit(X, DATA["late"]), prediction("bool")),
        (KMeans(2, n_init=1).fit(X), ()),
        (StandardScaler().fit(X), ()),
    ],
    ids=["linear", "linear of two", "forest of two", "forest", "classes of two", "boosted", "clusters", "scaler"],
)
def test_outputs_are_known_from_the_model_alone(model: object, outputs: tuple[Feature, ...]) -> None:
    assert signature(model).outputs == outputs


def test_outputs_are_predicted_where_the_model_does_not_tell() -> None:
    assert signature(KMeans(2, n_init=1).fit(X), sample=DATA).outputs == prediction("int")


class Predicts:
    """A model that is nobody's child, and counts how often it was asked."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[int] = []

    def predict(self, rows: Any) -> Any:
        self.asked.append(len(rows))
        rows[:] = 0
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    ("answer", "outputs"),
    [
        (np.zeros((2, 3), dtype="float32"), prediction("float", 3)),
        (["a", "b"], prediction("string")),
        (pd.Series([1, 2]), prediction("int")),
        (pd.Series(["a"], dtype="category"), prediction("string")),
        (pd.DataFrame({"low": [1.0], "n": [2]}), (Feature(name="low", type="float"), Feature(name="n", type="int"))),
        ({"box": np.zeros((1, 4))}, (Feature(name="box", type="float", shape=(4,)),)),
        (ValueError("cannot"), ()),
        (KeyError(), ()),
    ],
    ids=["array", "list", "series", "category", "frame", "mapping", "failure", "other failure"],
)  # fmt: skip
def test_a_prediction_of_any_kind_is_described(answer: Any, outputs: tuple[Feature, ...]) -> None:
    assert signature(Predicts(answer), sample=np.ones((9, 2))).outputs == outputs


def test_asking_for_the_signature_changes_neither_model_nor_sample() -> None:
    model, sample = Predicts(np.zeros(5)), np.ones((9, 2))
    before = pickle.dumps(model)
    signature(model, sample=sample)
    parameters(model)
    assert pickle.dumps(model) == before
    assert sample.all()


class Hostile:
    """A model of which nothing can be asked."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


@pytest.mark.parametrize(
    "model",
    [None, 3, Hostile(), LogisticRegression, LogisticRegression(), lambda rows: rows],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize(
    "sample", [None, object(), "text", [], [[1], [1, 2]], {"a": 1}], ids=lambda value: type(value).__name__
)
def test_a_signature_is_always_given(model: object, sample: object) -> None:
    assert signature(model, sample=sample, data=sample).inputs in {(), (Feature(name="x0", type="float"),)}


def test_a_warning_of_the_model_is_not_passed_on() -> None:
    model = KMeans(2, n_init=1).fit(X)
    assert signature(model, sample=DATA[["hour", "distance"]].head(1)).outputs == prediction("int")


@pytest.mark.parametrize(
    ("model", "described"),
    [
        (LogisticRegression(), ("LogisticRegression", "scikit-learn")),
        (make_pipeline(LogisticRegression()), ("Pipeline", "scikit-learn")),
        (LogisticRegression, ("LogisticRegression", "scikit-learn")),
        (pd.DataFrame(), ("DataFrame", "pandas")),
        (np.array([1]), ("ndarray", "numpy")),
        ({}, ("dict", "python")),
        (len, ("len", "python")),
        (json.dumps, ("dumps", "python")),
        (None, ("NoneType", "python")),
        (type("Odd", (), {"__module__": "my_models.fast"})(), ("Odd", "my_models")),
        (type("Mine", (), {"__module__": "__main__"})(), ("Mine", "notebook")),
        (type("Bare", (), {"__module__": None})(), ("Bare", "")),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_model_is_described_by_its_class_and_where_that_was_installed_from(
    model: object, described: tuple[str, str]
) -> None:
    assert describe(model) == described


class Refuses(BaseEstimator):  # type: ignore[misc]
    def __sklearn_is_fitted__(self) -> bool:
        raise RuntimeError


class Fixed(BaseEstimator):  # type: ignore[misc]
    """Has nothing to learn, and says so."""

    def fit(self, X: object, y: object = None) -> Fixed:
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("model", "unfitted"),
    [
        (LogisticRegression(), True),
        (make_pipeline(StandardScaler(), LogisticRegression()), True),
        (GridSearchCV(LogisticRegression(), {"C": [1]}), True),
        (KMeans(2, n_init=1).fit(X), False),
        (Fixed(), False),
        (Refuses(), False),
        (LogisticRegression, False),
        ({"fit": 1}, False),
        (None, False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_scikit_learn_says_what_was_never_fitted(model: object, *, unfitted: bool) -> None:
    assert is_unfitted(model) is unfitted


def test_importing_loads_no_library_that_models_or_data_come_from() -> None:
    heavy = {"numpy", "pandas", "pyarrow", "sklearn", "scipy", "IPython", "nbformat"}
    code = (
        "import sys, jupyter_mlc.capture.models.estimators, jupyter_mlc.capture.data.datasets; "
        f"print(sorted({heavy!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
