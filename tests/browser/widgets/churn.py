"""The registry that the widget is looked at with: a few small models, judged and promoted."""

from __future__ import annotations

from docs.laptop import cell

_BEGIN = """\
import pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.tree import DecisionTreeClassifier

import jupyter_mlc as mlc

table = load_breast_cancer(as_frame=True).frame
table.columns = [name.replace(" ", "_") for name in table.columns]
X = list(table.columns[:6])
train, test = table[::2], table[1::2]
mlc.init()
mlc.dataset.add("cells-train", train)
mlc.dataset.add("cells-test", test)
"""
_TRAIN = """\
for depth in (1, 3, 6):
    tree = DecisionTreeClassifier(max_depth=depth, random_state=0).fit(train[X], train.target)
    mlc.register("tumours", tree, data=train, note=f"depth {depth}", no_load_check=True)
for number in (1, 2, 3):
    mlc.evaluate(f"tumours:{number}", data="cells-test", target="target")
mlc.edit("tumours", description="Is a tumour benign?")
mlc.promote("tumours:1", "production", "the first")
for name in ("churn", "churn", "fraud"):
    mlc.register(name, tree, no_load_check=True)
"""
CELLS = (cell("%load_ext jupyter_mlc", "load"), cell(_BEGIN, "begin"), cell(_TRAIN, "train"))
