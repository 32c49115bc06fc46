"""The registry that the panel is looked at with: late flights, told by real calls, and some small neighbours."""

from __future__ import annotations

import json
from pathlib import Path

from docs.laptop import cell

NOTEBOOK = "flights.ipynb"
MANY = 120
"""small models, more than are in sight"""
TURNED = ("delays", "by-keyboard", "by-mouse")
"""models with a second champion, each for a story of its own"""
_BEGIN = """\
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.tree import DecisionTreeClassifier

import jupyter_mlc as mlc

flights = pd.read_parquet("flights.parquet")
X = ["hour", "distance", "month"]
spring, june = (flights[flights.month.isin(m)].sample(3_000, random_state=0) for m in ([3, 4, 5], [6]))
mlc.init()
mlc.dataset.add("flights-spring", spring, time="time_hour")
mlc.dataset.add("flights-june", june, time="time_hour")
"""
_TRAIN = """\
model = HistGradientBoostingClassifier(max_depth={depth}, max_iter=20, random_state=0).fit(spring[X], spring.late)
mlc.register("late-flights", model, data=spring, note="depth {depth}", no_load_check=True)
"""
_JUDGE = """\
for number in (1, 2, 3):
    mlc.evaluate(f"late-flights:{number}", data="flights-june", target="late", by=["origin"])
mlc.edit("late-flights", description="Will a flight arrive more than 15 minutes late?")
mlc.tag("late-flights:2", {"team": "ops"})
mlc.promote("late-flights:1", "production", "the first that is good enough")
mlc.promote("late-flights:2", "production", "better on June")
mlc.promote("late-flights:3", "staging", "deeper; look closer")
"""
_NEIGHBOURS = f"""\
stump = DecisionTreeClassifier(max_depth=1).fit(june[X][:100], june.late[:100])
for name in ("churn", "fraud", "ops/demand", *(f"small-{{n:03}}" for n in range({MANY}))):
    mlc.register(name, stump, no_load_check=True)
for name in ("churn", "churn", "churn", "spare", "spare", "spare"):
    mlc.register(name, stump, no_load_check=True)
for name in {TURNED}:
    for number, reason in ((1, "the first"), (2, "the second")):
        mlc.register(name, stump, no_load_check=True)
        mlc.promote(f"{{name}}:{{number}}", "production", reason)
"""
CELLS = tuple(
    cell(source, name)
    for name, source in {
        "load": "%load_ext jupyter_mlc",
        "begin": _BEGIN,
        **{f"depth-{depth}": _TRAIN.format(depth=depth) for depth in (2, 4, 8)},
        "judge": _JUDGE,
        "neighbours": _NEIGHBOURS,
    }.items()
)

_PARAMETERS = """\
depth = 2  # how many questions a tree may ask in a row
months = [3, 4, 5]  # the flights of these months
"""
_TREE = """\
import pandas as pd
from sklearn.tree import DecisionTreeClassifier

%load_ext jupyter_mlc
flights = pd.read_parquet("flights.parquet")
learn = flights[flights.month.isin(months)].sample(2_000, random_state=0)[["hour", "distance", "late"]]
"""
_FIT = """\
tree = DecisionTreeClassifier(max_depth=depth, random_state=0).fit(learn[["hour", "distance"]], learn.late)
accuracy = tree.score(learn[["hour", "distance"]], learn.late)
print(f"a tree of depth {depth}")
"""
_REGISTER = "%mlc register trees tree --data learn --metric accuracy=accuracy --no-load-check"
_WAIT = """\
import time
from pathlib import Path

print("it begins")
while not Path("go-on").exists():
    time.sleep(0.05)
print("it goes on")
"""
NOTEBOOKS = {
    "trees": (_TREE, _FIT, _REGISTER),
    "broken": (_TREE, "1 / (depth - depth)", _REGISTER),
    "guesses": (),
    "typed": (),
    "patient": (_WAIT, "print('it is over')"),
}
"""that are executed again: each has a cell of parameters, and these"""


def write_notebooks(folder: Path) -> None:
    """Put the notebooks where JupyterLab is."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for name, sources in NOTEBOOKS.items():
        first = cell(_PARAMETERS, "parameters") | {"metadata": {"tags": ["parameters"]}}
        cells = [first, *(cell(source, f"cell-{at}") for at, source in enumerate(sources))]
        whole = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
        (folder / f"{name}.ipynb").write_text(json.dumps(whole), "utf-8")
