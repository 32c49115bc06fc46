from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from importlib.metadata import files
from typing import Any

import numpy as np
import pytest

from jupyter_mlc.faces.display.charts.frame import COLOURS, GREY, together
from jupyter_mlc.faces.display.charts.sheet import sheet
from jupyter_mlc.measure.curves.learning import learning_curve
from jupyter_mlc.measure.curves.suitable import Curves, curves_of
from jupyter_mlc.measure.outcomes import outcome

LIGHT, DARK = "#ffffff", "#111111"
"""the backgrounds of JupyterLab's themes"""


def binary(seed: int) -> Curves:
    """Of a model that tells the two classes apart a little."""
    random = np.random.default_rng(seed)
    truth = random.random(300) < 0.4
    said = np.clip(truth * 0.3 + random.random(300) * 0.7, 0, 1)
    return curves_of(outcome(np.where(truth, "late", "in time"), probabilities=said, classes=["in time", "late"]))


def regression(seed: int) -> Curves:
    random = np.random.default_rng(seed)
    said = random.normal(100, 20, 300)
    return curves_of(outcome(said + random.normal(0, 5, 300), said))


def multiclass(seed: int, classes: int = 3) -> Curves:
    random = np.random.default_rng(seed)
    truth = np.arange(90) % classes
    scores = random.random((90, classes)) + np.eye(classes)[truth] / 2
    return curves_of(outcome(truth, probabilities=scores / scores.sum(axis=1, keepdims=True), classes=range(classes)))


def learning(curves: Curves, *metrics: str) -> Curves:
    return replace(curves, learning=tuple((name, learning_curve([0, 1, 2], [0.9, 0.5, 0.4])) for name in metrics))


SHEETS = {
    "binary": {"churn:1": binary(1), "churn:3": learning(binary(2), "loss")},
    "regression": {"price:1": regression(1), "price:2": regression(2)},
    "multiclass": {"iris:1": multiclass(1), "iris:2": multiclass(2), "iris:3": multiclass(3)},
    "learning alone": {"net:1": learning(Curves(), "loss"), "net:2": learning(Curves(), "loss", "auc")},
    "one version": {"churn:1": binary(1)},
}
every_sheet = pytest.mark.parametrize("name", SHEETS)


@cache
def schema() -> dict[str, Any]:
    """The JSON schema of Vega-Lite v5, as Altair ships it."""
    (file,) = (one for one in files("altair") or () if one.match("v5/schema/vega-lite-schema.json"))
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


@pytest.mark.slow
@every_sheet
def test_every_sheet_is_vega_lite_of_version_5(name: str) -> None:
    from jsonschema import Draft7Validator

    spec = sheet(SHEETS[name])
    assert spec["$schema"] == "https://vega.github.io/schema/vega-lite/v5.json"
    Draft7Validator(schema()).validate(json.loads(json.dumps(spec, allow_nan=False)))


@pytest.mark.slow
@every_sheet
def test_every_sheet_can_be_drawn_without_a_warning(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    import vl_convert

    png = vl_convert.vegalite_to_png(json.dumps(sheet(SHEETS[name])), vl_version="5.20", show_warnings=True)
    assert png.startswith(b"\x89PNG")
    assert "WARN" not in capfd.readouterr().err


def titles(curves: dict[str, Curves]) -> list[str]:
    return [chart["title"] for chart in sheet(curves).get("concat", [])]


def test_a_binary_task_is_drawn_by_order_and_by_probability_and_learning_by_metric() -> None:
    assert titles(SHEETS["binary"]) == [
        "ROC curve: late",
        "Precision and recall: late",
        "Calibration: late",
        "Learning: loss",
    ]


def test_each_of_a_few_classes_is_drawn_against_the_others_and_none_of_many() -> None:
    assert [title for title in titles(SHEETS["multiclass"]) if title.startswith("ROC")] == [
        "ROC curve: 0",
        "ROC curve: 1",
        "ROC curve: 2",
    ]
    assert titles({"digits:1": multiclass(1, classes=10)}) == []


def test_a_regression_is_drawn_by_its_residuals() -> None:
    assert titles(SHEETS["regression"]) == ["Residuals: median and the middle 90 %", "How large residuals are"]


def test_where_nothing_can_be_drawn_there_is_no_picture() -> None:
    assert sheet({"churn:1": Curves()}) == {}
    assert together([], ["churn:1"]) == {}


def test_a_class_that_no_row_is_of_has_no_curve() -> None:
    scores = np.random.default_rng(0).dirichlet([1, 1, 1], 60)
    drawn = curves_of(outcome(np.arange(60) % 2, probabilities=scores, classes=[0, 1, 2]))
    assert [one.positive for one in drawn.roc] == ["0", "1"]


def test_versions_keep_their_colour_and_dashes_in_every_chart() -> None:
    spec = sheet(SHEETS["binary"])
    scales = [
        layer["encoding"]["color"]["scale"]
        for chart in spec["concat"]
        for layer in chart["layer"]
        if "color" in layer["encoding"]
    ]
    assert len(scales) > len(spec["concat"])
    assert all(scale == {"domain": ["churn:1", "churn:3"], "range": [*COLOURS[:2]]} for scale in scales)


def test_of_many_versions_the_first_six_are_drawn() -> None:
    many = {f"churn:{number}": binary(number) for number in range(1, 9)}
    shown = {row["version"] for row in sheet(many)["concat"][0]["layer"][1]["data"]["values"]}
    assert shown == {f"churn:{number}" for number in range(1, 7)}


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("background", [LIGHT, DARK])
@pytest.mark.parametrize("colour", [*COLOURS, GREY])
def test_every_colour_can_be_seen_in_light_and_dark(colour: str, background: str) -> None:
    low, high = sorted((luminance(colour), luminance(background)))
    assert (high + 0.05) / (low + 0.05) >= (4.2 if colour == GREY else 3)


def test_names_of_classes_and_versions_are_cleaned() -> None:
    truth = np.where(np.arange(60) % 2, "\x1b[31mlate", "in time")
    drawn = curves_of(outcome(truth, probabilities=np.linspace(0, 1, 60), classes=["in time", "\x1b[31mlate"]))
    assert titles({"churn:1": drawn})[0] == "ROC curve: late"
