"""The registry that the panel is looked at with: late flights, told by real calls, and some small neighbours."""

from __future__ import annotations

from docs.laptop import cell

NOTEBOOK = "flights.ipynb"
MANY = 120
"""small models, more than are in sight"""
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
for name in ("churn", "churn", "churn", "delays", "delays"):
    mlc.register(name, stump, no_load_check=True)
mlc.promote("delays:1", "production", "the first")
mlc.promote("delays:2", "production", "the second")
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
