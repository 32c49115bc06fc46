"""The notebook that shows a reply of every verb: one story of real flights, told by real calls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MADE = "tests/browser"
"""under this name a cell's metadata say what it shows"""
_SETTLED = """\
import shutil, subprocess
from pathlib import Path

import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

import jupyter_mlc as mlc
from docs.laptop import settle

here = settle(get_ipython())
heard = here.heard
%load_ext jupyter_mlc
flights = pd.read_parquet("flights.parquet")
X = ["hour", "distance", "carrier", "origin", "dest"]
spring, june, early_autumn, november = (
    flights[flights.month.isin(months)].sample(6_000, random_state=0) for months in ([3, 4, 5], [6], [9, 10], [11])
)
"""
_TRAINED = "model = HistGradientBoostingClassifier(max_iter=60, random_state=0).fit(spring[X], spring.late)"
_CANDIDATES = """\
for depth in (4, 8):
    with mlc.run("late-flights", max_depth=depth) as run:
        model = HistGradientBoostingClassifier(max_depth=depth, max_iter=40, random_state=0).fit(spring[X], spring.late)
        for step, said in enumerate(model.staged_predict(june[X])):
            run.log(step=step, accuracy=(said == june.late).mean())
        run.log(iterations=model.n_iter_)
        mlc.register("late-flights", model, data=spring, no_load_check=True)
"""
_OWN = """\
def missed(y_true, y_pred):
    "Late flights of which nobody was told, of a hundred."
    return 100 * (y_true & ~y_pred).mean()
missed.greater_is_better = False
"""
_AUTUMN = """\
%mlc dataset add flights-early-autumn early_autumn --time time_hour
model = HistGradientBoostingClassifier(max_depth=4, max_iter=40, random_state=0)
model.fit(early_autumn[X], early_autumn.late)
"""
_NOTEBOOKS = """\
import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from jupyter_mlc.faces.functions import current_desk
from jupyter_mlc.verbs.job_work import JobWork

parameters = new_code_cell("depth = 4  # of the tree", metadata={"tags": ["parameters"]})
train = '''
import pandas as pd
from sklearn.tree import DecisionTreeClassifier
%load_ext jupyter_mlc
flights = pd.read_parquet("flights.parquet")
spring = flights[flights.month.isin([3, 4, 5])].sample(6_000, random_state=0)[["hour", "distance", "late"]]
tree = DecisionTreeClassifier(max_depth=depth, random_state=0).fit(spring[["hour", "distance"]], spring.late)
accuracy = tree.score(spring[["hour", "distance"]], spring.late)
print(f"a tree of depth {depth}")
'''
register = "%mlc register late-trees tree --data spring --metric accuracy=accuracy"
cells = [new_code_cell(each.strip()) for each in (train, register)]
nbformat.write(new_notebook(cells=[parameters, *cells]), "trees.ipynb")
nbformat.write(new_notebook(cells=[new_code_cell("import time; time.sleep(600)")]), "patience.ipynb")
"""


@dataclass(frozen=True, kw_only=True)
class Told:
    """One cell. Without a name it is typed and not looked at."""

    source: str
    verb: str = ""
    name: str = ""


def _told(verb: str, source: str, name: str = "") -> Told:
    return Told(verb=verb, source=source, name=name or verb.replace(" ", "-"))


def _heard(verb: str, reply: str) -> Told:
    """What a program is answered by a verb that other verbs call."""
    return _told(verb, f'heard["{reply}"]')


STORY = (
    Told(source=_SETTLED),
    _told("init", "%mlc init"),
    _told("dataset add", "%mlc dataset add flights-spring spring --time time_hour"),
    Told(source=_TRAINED),
    _told("register", '%mlc register late-flights model --data spring "first try, settings as they come"'),
    Told(source=_CANDIDATES),
    _heard("run", "RunReply"),
    _heard("run-log", "RunLogReply"),
    _heard("run-end", "RunEndReply"),
    _told("evaluate", "%mlc evaluate late-flights:1 --data june --target late --by origin"),
    Told(source=_OWN),
    _told(
        "evaluate",
        "%mlc evaluate late-flights:1..3 --data june --target late --by origin --metric auc --metric missed "
        "--replicates 200",
        "evaluate-several",
    ),
    _told("dataset list", "%mlc dataset list"),
    _told("dataset show", "%mlc dataset show flights-spring"),
    _told("compare", "%mlc compare late-flights:1 late-flights:2 --data june --target late"),
    _told("compare", "%mlc compare late-flights:1..3 --data june --target late", "compare-several"),
    _told("promote", '%mlc promote late-flights:2 production "best on June" --dry-run', "promote-dry-run"),
    _told("promote", '%mlc promote late-flights:2 production "best on June"'),
    Told(source="champion = %mlc load late-flights@champion"),
    _heard("load", "LoadReply"),
    _told("edit", '%mlc edit late-flights --owner ana --tier limited --description "which flights come late"'),
    _told("tag", "%mlc tag late-flights:2 team=ops region=nyc"),
    _told("alias", "%mlc alias late-flights:3 challenger"),
    Told(source=_AUTUMN),
    _told(
        "register",
        '%mlc register late-flights model --data early_autumn --metric "said=.71" "learnt from early autumn"',
        "register-again",
    ),
    Told(source="%mlc evaluate late-flights:4 --data november --target late;"),
    _told("list", '%mlc list late-flights --order "eval.june.auc desc"', "list-versions"),
    _told("promote", "%mlc promote late-flights:4", "promote-on"),
    _told("promote", '%mlc promote late-flights:4 production "autumn drift"', "promote-over"),
    _told("rollback", '%mlc rollback late-flights "complaints from JFK"'),
    Told(source='%mlc promote late-flights:4 production "it was right after all";'),
    _told(
        "deprecate", '%mlc deprecate late-flights:2 "learnt from spring" --sunset 2027-03-31 --successor late-flights:4'
    ),
    _told("undo", '%mlc undo "it may still serve"'),
    _told("retire", '%mlc retire late-flights:2 "superseded" --successor late-flights:4 --yes'),
    _told("discard", "%mlc discard late-flights:1 --yes"),
    _told("list", "%mlc list"),
    _told("list", "%mlc list late-flights --runs", "list-runs"),
    _told("show", "%mlc show late-flights", "show-model"),
    _told("show", "%mlc show late-flights:4"),
    _told("show", "%mlc show run/2", "show-run"),
    _told("show", "%mlc show evaluation/1", "show-evaluation"),
    _told("panel", "%mlc panel late-flights:4"),
    _told("history", "%mlc history late-flights"),
    _told("history", "%mlc history late-flights:2", "history-version"),
    _told("lineage", "%mlc lineage late-flights:4"),
    _told("lineage", "%mlc lineage late-flights:2", "lineage-judged"),
    _told("verify", "%mlc verify"),
    _told("copy", "%mlc copy late-flights:4 late-flights.tar"),
    _heard("pack", "PackReply"),
    _told("use", "%mlc use elsewhere"),
    _told("copy", "%mlc copy late-flights.tar", "copy-in"),
    _heard("unpack", "UnpackReply"),
    _told("copy", "%mlc copy mlflow://{Path('mlflow.db').absolute()} 'churn*'", "copy-mlflow"),
    _heard("take", "TakeReply"),
    _told("fetch", "%mlc fetch churn:1..2"),
    _heard("settle", "SettleReply"),
    Told(source="%mlc use .mlc;"),
    _told("admin backup", "%mlc admin backup kept"),
    _told("admin restore", "%mlc admin restore kept restored"),
    Told(source="%mlc use .mlc;"),
    _told("admin usage", "%mlc admin usage"),
    _told("admin gc", "%mlc admin gc --dry-run"),
    _told("admin rebuild", "%mlc admin rebuild"),
    _told("admin upgrade", "%mlc admin upgrade"),
    Told(source="here.leave_time()\n%mlc use .mlc;"),
    _told("admin doctor", "%mlc admin doctor"),
    _told("admin key", "%mlc admin key"),
    Told(source=_NOTEBOOKS),
    _told("job add", "%mlc job add trees.ipynb"),
    _told("retrain", '%mlc retrain trees --grid "depth=[2, 5]" --metric accuracy'),
    _told("job list", "%mlc job list"),
    _told("job show", "%mlc job show 2"),
    _told("job logs", "%mlc job logs 2"),
    _told("job rerun", "%mlc job rerun 1"),
    Told(source="%mlc retrain patience.ipynb --background;"),
    _told("job-work", "current_desk().call(JobWork(numbers=(4,), dry_run=True))"),
    _told("job cancel", "%mlc job cancel 4"),
    _told("reproduce", "%mlc reproduce late-trees:1"),
    _told("schedule add", '%mlc schedule add trees --every "0 6 * * 1" -p depth=3'),
    _told("schedule list", "%mlc schedule list"),
    _told("schedule export", "%mlc schedule export 1 --to github-actions"),
    _told("worker", "%mlc worker --once"),
    _told("tick", "%mlc tick"),
    _told("schedule rm", "%mlc schedule rm 1"),
)


def shown() -> Iterator[Told]:
    """Give the cells that are looked at."""
    return (told for told in STORY if told.name)


def write(notebook: Path) -> None:
    """Write the story as a notebook that nobody has run."""
    notebook.write_text(json.dumps({"cells": [*map(_cell, range(len(STORY)), STORY)], **_WHOLE}), "utf-8")


_WHOLE: dict[str, Any] = {
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def _cell(place: int, told: Told) -> dict[str, object]:
    about = {MADE: {"verb": told.verb, "name": told.name}}
    name = told.name or f"cell-{place}"
    empty: dict[str, object] = {"outputs": [], "execution_count": None}
    return {"cell_type": "code", "id": name, "source": told.source, "metadata": about, **empty}
