"""Replies as rows of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.entities import Measured, Model, ModelVersion, Parameter, Run

if TYPE_CHECKING:
    import pandas as pd

_TIMES = ("added", "created", "end", "recorded", "start", "started", "sunset")
"""columns in microseconds since 1970"""
_SPANS = ("duration",)
"""columns in microseconds"""


def frame(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows as a DataFrame, times in UTC and spans of time as pandas knows them."""
    import pandas as pd

    made = pd.DataFrame([*rows])
    for name in made.columns.intersection([*_TIMES, *_SPANS]):
        values = pd.to_numeric(made[name]).astype("Int64")
        known = [None if pd.isna(value) else int(value) for value in values]
        made[name] = _spans(known) if name in _SPANS else _times(known)
    return made


def _times(known: Sequence[int | None]) -> Any:
    """The calendar of pandas goes on for longer in microseconds than in nanoseconds."""
    import numpy as np
    import pandas as pd

    raw = np.array(["NaT" if value is None else value for value in known], dtype="datetime64[us]")
    return pd.Series(raw).dt.tz_localize("UTC")


def _spans(known: Sequence[int | None]) -> Any:
    import numpy as np
    import pandas as pd

    return pd.Series(np.array(["NaT" if value is None else value for value in known], dtype="timedelta64[us]"))


def known_rows(about: str, metrics: Iterable[Measured], params: Iterable[Parameter]) -> list[dict[str, object]]:
    """One row a metric and parameter of one thing, each with how it is known."""
    told = [("metric", one.key, one.value, one.standing) for one in metrics]
    told += [("parameter", one.key, one.value, one.standing) for one in params]  # type: ignore[misc]
    return [
        {"of": about, "kind": kind, "name": name, "value": value, "standing": standing.value}
        for kind, name, value, standing in told
    ]


def model_row(model: Model) -> dict[str, object]:
    """A model among others."""
    champion = f"{model.name}:{model.champion}" if model.champion and not model.retired else None
    row: dict[str, object] = {"name": model.name, "versions": model.versions, "champion": champion}
    row |= {"retired": model.retired, "tier": model.tier, "owner": model.owner, "created": model.created}
    row["description"] = model.description
    return row | {f"tags.{key}": value for key, value in model.tags.items()}


def version_row(version: ModelVersion) -> dict[str, object]:
    """A version among others; metrics, parameters and tags as columns of their own."""
    row: dict[str, object] = {"version": version.ref, "stage": version.stage, "aliases": ", ".join(version.aliases)}
    row |= {"class": version.class_name, "author": version.author, "created": version.created, "note": version.note}
    row |= {_column(metric.key): metric.value for metric in version.metrics}
    row |= {f"params.{param.key}": param.value for param in version.params}
    return row | {f"tags.{key}": value for key, value in version.tags.items()}


def _column(key: str) -> str:
    """A metric as a query names it: ``metrics.auc`` was reported, ``eval.june.auc`` computed."""
    return key if key.startswith("eval.") else f"metrics.{key}"


def run_row(run: Run) -> dict[str, object]:
    """A run among others; metrics and parameters as columns of their own."""
    row: dict[str, object] = {"run": run.ref, "name": run.name, "status": run.status}
    row["version"] = ", ".join(run.versions) or None
    row |= {"author": run.author, "started": run.started, "duration": run.duration, "note": run.note}
    row |= {f"metrics.{metric.key}": metric.value for metric in run.metrics}
    return row | {f"params.{param.key}": param.value for param in run.params}
