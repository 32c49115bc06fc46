from __future__ import annotations

from dataclasses import replace

from jupyter_mlc.domain.differences.facts import (
    Difference,
    Topic,
    code,
    datasets,
    features,
    objects,
    packages,
    parameters,
    tags,
)
from jupyter_mlc.domain.entities import Dataset, Feature, Parameter, Scalar, Signature, Snapshot, Standing
from tests.faces.display_samples import version

OBSERVED, CLAIMED = Standing.OBSERVED, Standing.CLAIMED
SPRING = Dataset(
    name="spring",
    revision=1,
    id=4,
    digest="rows1:aa",
    rows=82_613,
    author="ana",
    created=0,
    source="memory",
    description="",
)


def param(key: str, value: Scalar, standing: Standing = OBSERVED) -> Parameter:
    return Parameter(key=key, value=value, standing=standing)


def test_parameters_that_differ_are_told_with_their_standings() -> None:
    first = (param("C", 1.0), param("depth", 4), param("seed", 0))
    second = (param("depth", 8, CLAIMED), param("seed", 0, CLAIMED))
    assert parameters([first, second]) == [
        Difference(
            topic=Topic.PARAMETER, name="C", values=(1.0, None), there=(True, False), standings=(OBSERVED, None)
        ),
        Difference(
            topic=Topic.PARAMETER, name="depth", values=(4, 8), there=(True, True), standings=(OBSERVED, CLAIMED)
        ),
    ]


def test_a_parameter_that_is_none_is_not_one_that_is_missing() -> None:
    (found,) = parameters([(param("depth", None),), ()])
    assert found.there == (True, False)


def test_numbers_texts_and_truth_values_are_not_the_same_and_nan_is_itself() -> None:
    assert [one.name for one in parameters([(param("a", 1), param("b", 1)), (param("a", True), param("b", "1"))])] == [
        "a",
        "b",
    ]
    assert parameters([(param("a", float("nan")),), (param("a", float("nan")),)]) == []


def test_of_three_versions_one_that_is_alone_is_a_difference() -> None:
    (found,) = parameters([(param("depth", 4),), (param("depth", 4),), (param("depth", 8),)])
    assert found.values == (4, 4, 8)


def test_tags_that_differ_are_told() -> None:
    (found,) = tags([version(1, "candidate", tags={"team": "ops"}), version(2, "candidate")])
    assert (found.topic, found.name, found.values) == (Topic.TAG, "team", ("ops", None))


def test_objects_differ_in_class_library_format_and_size() -> None:
    first = version(1, "candidate")
    second = replace(first, artifact="sha256:other", class_name="Tree", format="arrays", size=1)
    assert [(one.name, one.values) for one in objects([first, second])] == [
        ("class", ("HistGradientBoostingClassifier", "Tree")),
        ("format", ("joblib", "arrays")),
        ("size", (412_345, 1)),
    ]


def test_the_same_bytes_are_the_same_object() -> None:
    assert objects([version(1, "candidate"), version(2, "candidate", class_name="told otherwise")]) == []


def test_features_differ_by_name_type_and_shape() -> None:
    first = Signature(inputs=(Feature(name="hour", type="int"), Feature(name="x", type="float", shape=(2,))))
    second = Signature(inputs=(Feature(name="hour", type="float"), Feature(name="x", type="float", shape=(3,))))
    third = Signature(inputs=first.inputs, outputs=(Feature(name="late"),))
    assert [(one.name, one.values) for one in features([first, second])] == [
        ("in hour", ("int", "float")),
        ("in x", ("float[2]", "float[3]")),
    ]
    assert [(one.name, one.values) for one in features([first, third])] == [("out late", (None, "of a type not known"))]


def test_a_signature_that_is_not_known_tells_nothing() -> None:
    assert features([Signature(), Signature(inputs=(Feature(name="hour"),))]) == []


def test_datasets_differ_by_content_and_not_by_name() -> None:
    renamed = replace(SPRING, name="flights")
    assert datasets([[(SPRING, CLAIMED)], [(renamed, CLAIMED)]]) == []
    revised = replace(SPRING, revision=2, digest="rows1:bb", rows=90_000)
    assert datasets([[(SPRING, CLAIMED)], [(revised, OBSERVED)]]) == [
        Difference(
            topic=Topic.DATASET,
            name="spring",
            values=("82,613 rows, rows1:aa", "90,000 rows, rows1:bb"),
            there=(True, True),
            standings=(CLAIMED, OBSERVED),
        )
    ]


def test_code_differs_by_commit_and_by_what_was_not_committed() -> None:
    clean = Snapshot(git_commit="4be1d0c", git_branch="main")
    dirty = replace(clean, git_dirty=True, git_diff="sha256:99")
    lost = replace(clean, git_dirty=True)
    assert code([clean, clean]) == []
    assert [(one.name, one.values) for one in code([clean, dirty, lost])] == [
        ("uncommitted change", (None, "sha256:99", "not kept"))
    ]
    assert [one.name for one in code([clean, Snapshot()])] == ["commit", "branch"]


def test_packages_are_added_removed_or_of_another_version() -> None:
    first = {"Python": "3.11", "numpy": "2.0", "pandas": "2.2"}
    second = {"Python": "3.11", "numpy": "2.1", "polars": "1.0"}
    assert [(one.name, one.values) for one in packages([first, second])] == [
        ("numpy", ("2.0", "2.1")),
        ("pandas", ("2.2", None)),
        ("polars", (None, "1.0")),
    ]


def test_a_lock_that_is_not_there_tells_nothing() -> None:
    assert packages([{"numpy": "2.0"}, {}]) == []
