"""What is inside an object, leaf by leaf."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from jupyter_mlc.jobs.verdicts.leaves import leaves


class Slotted:
    __slots__ = ("first", "second")

    def __init__(self, first: object, second: object) -> None:
        self.first, self.second = first, second


class Stubborn:
    def __reduce_ex__(self, protocol: object) -> Any:
        raise TypeError(protocol)


def test_leaves_have_the_names_by_which_people_reach_them() -> None:
    X, y = np.arange(12.0).reshape(6, 2), np.array([0, 1, 0, 1, 0, 1])
    found = leaves(make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y))
    assert found["steps[1][1].coef_"].shape == (1, 2)
    assert found["steps[0][1].mean_"].tolist() == [5.0, 6.0]
    assert (found["steps[0][0]"], found["itself is a"]) == ("standardscaler", "Pipeline")


def test_trees_that_lie_in_arrays_of_objects_and_in_compiled_code_are_entered() -> None:
    X, y = np.arange(12.0).reshape(6, 2), np.array([0, 1, 0, 1, 0, 1])
    found = leaves(GradientBoostingClassifier(n_estimators=2, random_state=0).fit(X, y))
    nodes = [name for name in found if name.endswith("tree_.nodes")]
    assert nodes == ["estimators_[0].tree_.nodes", "estimators_[1].tree_.nodes"]
    assert found[nodes[0]].dtype.names[:2] == ("left_child", "right_child")


def test_slots_mappings_sets_and_functions_have_leaves_too() -> None:
    found = leaves(Slotted({"a": [1, None], 2: b"x"}, {"b", "a"}))
    assert {name: found[name] for name in ("first.a[0]", "first.a[1]", "first.2", "second")} == {
        "first.a[0]": 1,
        "first.a[1]": None,
        "first.2": b"x",
        "second": "[\"'a'\", \"'b'\"]",
    }
    assert leaves({"f": leaves, "t": int}) == {"f": "leaves", "t": "int"}


def test_an_object_that_holds_itself_is_told_once() -> None:
    ring: dict[str, Any] = {"a": 1}
    ring["again"] = ring
    assert leaves(ring) == {"a": 1}


def test_an_object_that_pickle_may_not_enter_is_told_by_its_class_alone() -> None:
    assert leaves({"one": Stubborn()}) == {"one is a": "Stubborn"}


def test_a_number_is_its_own_leaf() -> None:
    assert leaves(3) == {"itself": 3}
