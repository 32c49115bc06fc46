from __future__ import annotations

import ast

import pytest

from jupyter_mlc.capture.notebook.plain import plain


@pytest.mark.parametrize(
    ("source", "python"),
    [
        ("x = 1\ny = 5 % 2", "x = 1\ny = 5 % 2"),
        ("%time x = fit(a)", "x = fit(a)"),
        ("%timeit -n 10 -r 3 fit(a)", "fit(a)"),
        ("m = %mlc load churn@champion", "m = (load, churn, champion)"),
        ("%mlc register churn clf --data train", "(register, churn, clf, data, train)"),
        ("if a:\n    %matplotlib inline\n    x = 1", "if a:\n    (inline,)\n    x = 1"),
        ("df.head?\nx = 1", "pass\nx = 1"),
        ("?print", "pass"),
        ("files = !ls\nx = files", "files = None\nx = files"),
        ("!ls -l", "pass"),
        ("%%time\nx = 1", "None\nx = 1"),
        ("\n%%capture out\nprint(x)", "out = None\nprint(x)"),
        ("%%mlc run churn\nclf = fit(x)", "(run, churn)\nclf = fit(x)"),
        ("%%html\n<b>x = 1</b>", ""),
        ('"""\n%time not a magic\n"""\nx = 1', '"""\n%time not a magic\n"""\nx = 1'),
        ("x = '\\d'", "x = '\\\\d'"),
    ],
)
def test_magics_become_the_names_that_they_use(source: str, python: str) -> None:
    cell = plain(source)
    assert ast.unparse(cell.tree) == ast.unparse(ast.parse(python))
    assert not cell.doubtful


@pytest.mark.parametrize(
    "source",
    [
        "%run other.py",
        "!python train.py",
        "%%bash\necho x > data.csv",
        "def broken(:",
        "x = 1\x00",
        "(" * 5000,
        "%%writefile m.py\nx",
    ],
)
def test_what_could_do_anything_is_doubtful(source: str) -> None:
    assert plain(source).doubtful
