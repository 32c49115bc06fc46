from __future__ import annotations

import pytest

from jupyter_mlc.capture.notebook.cells import Execution
from jupyter_mlc.capture.notebook.dependence import needed


def ran(*sources: str) -> list[Execution]:
    return [Execution(cell=f"c{n}", source=source, count=n, began=n, ok=True) for n, source in enumerate(sources, 1)]


@pytest.mark.parametrize(
    ("sources", "counts"),
    [
        (["x = 1", "y = 2", "clf = fit(x)"], [1, 3]),
        (["x = 1", "x = 2", "clf = fit(x)"], [2, 3]),
        (["x = 1", "x = x + 1", "clf = fit(x)"], [1, 2, 3]),
        (["clf = A()", "df.head()", "clf.fit(df)", "df = 1"], [1, 3]),
        (["import numpy as np", "np.random.seed(0)", "z = 1", "clf = np.ones(3)"], [1, 2, 4]),
        (["def f(): return K", "K = 5", "L = 6", "clf = f()"], [1, 2, 4]),
        (["class A:\n    def m(self): return helper()", "def helper(): return K", "K = 1", "clf = A()"], [1, 2, 3, 4]),
        (
            [
                "df = read()",
                "df['x'] = 1",
                "df.describe()",
                "import matplotlib.pyplot as plt",
                "plt.plot(df)",
                "clf = fit(df)",
            ],
            [1, 2, 6],
        ),
        (["from sklearn.metrics import f1_score", "y = 1", "score = f1_score(y, y)", "clf = fit(y)"], [2, 4]),
        (["def train(m): m.w = 1", "clf = A()", "log = train(clf)"], [1, 2, 3]),
        (["x = 1", "!python prepare.py", "clf = 2"], [2, 3]),
        (["rows = [1, 2]", "import random", "random.shuffle(rows)", "clf = fit(rows)"], [1, 2, 3, 4]),
        (
            ["C = 1", "clf = LogisticRegression(C=C).fit(X)", "C = 2", "clf = LogisticRegression(C=C).fit(X)"],
            [3, 4],
        ),
        (["best = cache.get('a').fit(X)", "clf = cache['a']"], [1, 2]),
        (
            [
                "from sklearn.pipeline import make_pipeline",
                "C = 1",
                "other = make_pipeline(SVC(C=C)).fit(X)",
                "clf = make_pipeline(SVC()).fit(X)",
            ],
            [1, 4],
        ),
        (["%time clf = fit(x)", "x = 2"], [1]),
    ],
)
def test_only_what_the_model_may_depend_on_is_needed(sources: list[str], counts: list[int]) -> None:
    assert [one.count for one in needed(ran(*sources), {"clf"}).executions] == counts


def test_a_failed_cell_may_have_bound_nothing() -> None:
    executions = ran("x = 1", "x = 2", "clf = fit(x)")
    executions[1] = Execution(cell="c2", source="x = 2", count=2, began=2, ok=False)
    assert [one.count for one in needed(executions, {"clf"}).executions] == [1, 2, 3]


def test_everything_is_needed_where_the_names_are_not_known() -> None:
    assert len(needed(ran("x = 1", "y = 2"), None).executions) == 2


def test_every_name_on_the_way_is_told() -> None:
    assert needed(ran("x = a", "clf = fit(x)"), {"clf"}).names == {"clf", "fit", "x", "a"}
