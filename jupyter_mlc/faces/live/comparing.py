"""Around `compare`: live data becomes a dataset, and metrics that are objects become artifacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.names import parse_reference
from jupyter_mlc.faces.live.data import data_name, dataset
from jupyter_mlc.faces.live.evaluating import metrics

if TYPE_CHECKING:
    from jupyter_mlc.faces.desk import Desk
    from jupyter_mlc.faces.values import Named


def with_rows(desk: Desk, values: dict[str, Any]) -> dict[str, Any]:
    """The values of `compare` with the data, where some is named, as facts, and with metrics as names or artifacts."""
    values = values | {"metric": metrics(desk, values)}
    named: Named | None = values.get("data")
    if named is None:
        return values
    model = parse_reference(values["refs"][0]).model.rpartition("/")[2]
    desk.progress(0, 1, "reading the data")
    return values | {"data": dataset(desk, named, name=data_name(named, model))}
