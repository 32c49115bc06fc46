from __future__ import annotations

import pytest

from jupyter_mlc.capture.notebook.names import names_of


@pytest.mark.parametrize(
    ("source", "binds", "uses"),
    [
        ("x = y", {"x"}, {"y"}),
        ("x += 1", {"x"}, {"x"}),
        ("x = 1\ny = x", {"x", "y"}, set()),
        ("if a:\n    x = 1\ny = x", {"x", "y"}, {"a", "x"}),
        ("import numpy as np, os.path\nfrom a import b as c", {"np", "os", "c"}, set()),
        ("def f(a, *b, c=d, **e):\n    g = a\n    return g + h", {"f"}, {"d", "h"}),
        ("def f():\n    global state\n    state = 1", {"f", "state"}, set()),
        ("class A(B):\n    c = d\n    def m(self): return e", {"A"}, {"B", "d", "e"}),
        ("x = [i + k for i in items if i]", {"x"}, {"items", "k"}),
        ("f = lambda a, c=c: a + b + c", {"f"}, {"b", "c"}),
        ("for i in n:\n    if i:\n        j = i\n        k = j", {"i", "j", "k"}, {"n"}),
        ("for i, (j, *k) in pairs: pass", {"i", "j", "k"}, {"pairs"}),
        ("with open(p) as f, g() as (a, b): z = f", {"f", "a", "b", "z"}, {"open", "p", "g"}),
        ("try:\n    x\nexcept ValueError as e:\n    pass", {"e"}, {"x", "ValueError"}),
        ("match v:\n    case [a, *b]: pass\n    case {'k': c} as d: pass", {"a", "b", "c", "d"}, {"v"}),
        ("(n := 10)", {"n"}, set()),
        ("a.b = c\na[0] = d", set(), {"a", "c", "d"}),
        ("await f(x)", set(), {"f", "x"}),
    ],
)
def test_bound_and_used_names_are_read(source: str, binds: set[str], uses: set[str]) -> None:
    names = names_of(source)
    assert (set(names.binds), set(names.uses)) == (binds, uses)
    assert not names.doubtful


@pytest.mark.parametrize(
    ("source", "changes"),
    [
        ("df['x'] = 1", {"df"}),
        ("del d[0]", {"d"}),
        ("clf.steps[0][1].C = 2", {"clf"}),
        ("clf.fit(X, y)", {"clf"}),
        ("history = clf.fit(X)", {"clf"}),
        ("df.dropna(inplace=True)", {"df"}),
        ("np.random.seed(0)", {"np"}),
        ("random.shuffle(rows)", {"random", "rows"}),
        ("thing.unknown()", {"thing"}),
        ("clf = LogisticRegression(C=C).fit(X, y)", set()),
        ("clf = cache.get('a').fit(X)", set()),
        ("df.head()", set()),
        ("df.groupby('a').mean().plot()", set()),
        ("y = df.drop(columns='a')", set()),
        ("print(df)", set()),
    ],
)
def test_changes_in_place_are_noticed_and_looking_is_none(source: str, changes: set[str]) -> None:
    assert names_of(source).changes == changes


@pytest.mark.parametrize(
    ("source", "reached"),
    [
        ("clf = LogisticRegression(C=C).fit(X, y)", set()),
        ("clf = linear_model.LogisticRegression(C=C).set_params(C=2).fit(X, y)", set()),
        ("clf = cache.get('a').fit(X)", {"cache"}),
        ("best().steps[0].fit(X)", {"best"}),
        ("pipe.set_params(C=2).fit(X)", {"pipe"}),
        ("clf.fit(X)", set()),
    ],
)
def test_what_was_called_for_a_changed_object_is_told_unless_it_is_a_class(source: str, reached: set[str]) -> None:
    assert names_of(source).reached == reached


@pytest.mark.parametrize(
    ("source", "passed"),
    [
        (
            "train(clf, [a, b], *c, k=d)",
            {("train", "clf"), ("train", "a"), ("train", "b"), ("train", "c"), ("train", "d")},
        ),
        ("h = train(clf)", {("train", "clf")}),
        ("lib.train(clf)", {("lib", "clf")}),
        ("print(clf)", set()),
        ("p = clf.predict(X)", set()),
    ],
)
def test_what_is_handed_to_a_function_may_change(source: str, passed: set[tuple[str, str]]) -> None:
    assert names_of(source).passed == passed


def test_only_what_is_bound_whatever_happens_is_bound_anew() -> None:
    names = names_of(
        "a = 1\nif a:\n    b = 2\nfor c in d: pass\ndef e(): pass\nimport f\nwith g() as h:\n    i = 1\nj: int"
    )
    assert names.rebinds == {"a", "e", "f", "h", "i"}


@pytest.mark.parametrize("source", ["exec(code)", "from a import *", "globals()['x'] = 1", "%run a.py", "x ="])
def test_what_cannot_be_told_is_doubtful(source: str) -> None:
    assert names_of(source).doubtful


def test_the_inside_of_functions_and_classes_is_kept_by_name() -> None:
    names = names_of("def f(x): return x + K\nclass A:\n    def m(self): return f(L)")
    assert names.inside == {"f": {"K"}, "A": {"f", "L"}, "m": {"f", "L"}}


def test_a_deeply_nested_expression_is_doubtful_and_no_crash() -> None:
    assert names_of("x = " + "+".join(["1"] * 20_000)).doubtful
