"""A registry in which much has happened, made by verbs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from jupyter_mlc.faces.arguments import Call
from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.faces.values import Named
from jupyter_mlc.verbs import VERBS
from tests.jobs.notebooks import code, saved

ROWS = pd.DataFrame({"x": [0.0, 1.0, 2.0, 3.0] * 20, "z": [1.0, 0.0, 1.0, 0.0] * 20, "late": [0, 0, 1, 1] * 20})
NOTEBOOK, EVIL = "fit.ipynb", "brought:2"
NAMES: Mapping[str, list[Any]] = {
    "ref": [
        "churn",
        "churn:1",
        "churn:2..3",
        "churn@champion",
        "churn@challenger",
        "brought:1",
        EVIL,
        "ops/files:1",
        NOTEBOOK,
    ],
    "refs": ["churn:1", "churn:2", "churn@champion", EVIL],
    "name": ["churn", "brought", "ops/files", "june", "fit"],
    "what": ["churn", "brought", "evaluation/1", "run/1", "tags.team = 'ops'"],
    "query": ["metrics.auc > 0.4", "stage = 'retired'"],
    "order": ["metrics.auc desc", "number"],
    "job": ["1", "job/1", "fit"],
    "schedule": ["1", "schedule/1"],
    "data": ["june"],
    "target": ["late"],
    "alias": ["challenger", "weekend"],
    "to": ["production", "staging", "candidate"],
    "model": ["churn"],
    "path": [NOTEBOOK],
    "every": ["0 6 * * 1"],
}
"""what exists, by the name of the field in which it is asked for"""


class Malicious:
    """Runs code wherever somebody unpickles it."""

    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return os.mkdir, (str(self._mark),)


@dataclass(frozen=True, kw_only=True)
class Lived:
    """Where it is."""

    url: str
    root: Path
    """the server's folder"""
    mark: Path
    """made by whoever unpickles what came from elsewhere"""
    uuid: str
    evil: Mapping[str, Any]
    """the malicious artifact, as a request names it"""


def lived_in(folder: Path) -> Lived:
    """Make models in every stage, aliases, tags, runs, a dataset, an evaluation, a job, a schedule, malicious files."""
    root, mark = folder / "root", folder / "unpickled"
    root.mkdir()
    url = str(folder / "registry")
    with _at(root), _desk(url) as say:
        _versions(say)
        joblib.dump(evil := {"model": Malicious(mark)}, root / "evil.joblib")
        for given in (Named(name="evil.joblib", value="evil.joblib"), Named(name="evil", value=evil)):
            say("register", name="brought", object=given, no_load_check=True)
        (root / "files").mkdir()
        (root / "files" / "weights.txt").write_text("0.5")
        say("register", name="ops/files", object=Named(name="files", value="files"), no_load_check=True)
        saved(root / NOTEBOOK, code("C = 1.0", tag="parameters"), "print(C)")
        say("job add", path=NOTEBOOK, name="fit")
        say("retrain", ref=NOTEBOOK, param={"C": 0.5})
        say("schedule add", ref="fit", every="0 6 * * *")
        version = say("show", ref=EVIL).version
        evil = {"format": version.format, "digest": version.artifact, "size": version.size}
        blobs = [layer.digest for layer in say("pack", ref=EVIL).bundles[0].layers]
        uuid = say("pack", ref=EVIL).registry
    return Lived(url=url, root=root, mark=mark, uuid=uuid, evil={**evil, "blobs": [version.artifact, *blobs]})


def _versions(say: Callable[..., Any]) -> None:
    say("dataset add", name="june", data=Named(name="june", value=ROWS.iloc[:40]))
    say("dataset add", name="june", data=Named(name="june", value=ROWS.iloc[10:50]))
    for C in (0.1, 0.5, 1.0, 2.0, 4.0):
        with say("run", name="churn", param={"C": C}) as run:
            clf = LogisticRegression(C=C).fit(ROWS[["x", "z"]], ROWS.late)
            for step in range(3):
                run.log(step=step, loss=1 / (step + C))
            metrics = {"auc": C / 10, "unknown": np.nan}
            named = Named(name="clf", value=clf)
            say("register", name="churn", object=named, metric=metrics, tag={"team": "ops"}, no_load_check=True)
    say("evaluate", ref="churn:1..2", data=Named(name="june", value="june"), target="late", by=("z",), replicates=20)
    for number in (1, 2, 3):
        say("promote", ref=f"churn:{number}", to="production", reason="better")
    say("retire", ref="churn:1", reason="superseded", successor="churn:3", yes=True)
    say("promote", ref="churn:5", to="staging")
    say("alias", ref="churn:5", alias="challenger")
    say("discard", refs=("churn:4",), yes=True)
    say("edit", ref="churn", owner="ana", description="who leaves")


@contextmanager
def _desk(url: str) -> Iterator[Callable[..., Any]]:
    desk = Desk(url)
    desk.tell = lambda warnings, reply: None
    yield lambda verb, **values: desk.carry_out(Call(verb=VERBS[verb], values=values))
    desk.close()


@contextmanager
def _at(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
