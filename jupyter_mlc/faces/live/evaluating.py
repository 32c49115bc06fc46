"""Around `evaluate`: live data becomes a dataset, and metrics that are objects become artifacts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import BadInput, NotFound
from jupyter_mlc.domain.names import parse_reference
from jupyter_mlc.faces.live.data import data_name, dataset
from jupyter_mlc.faces.live.registering import stored
from jupyter_mlc.faces.values import Named
from jupyter_mlc.store.home import as_typed
from jupyter_mlc.verbs.own_metrics import Scorer, vouched

if TYPE_CHECKING:
    from jupyter_mlc.faces.desk import Desk

_SAVED = {".joblib", ".pkl", ".pickle"}


def with_exam(desk: Desk, values: dict[str, Any]) -> dict[str, Any]:
    """The values of `evaluate` with the data as facts, and with metrics as names or artifacts."""
    named: Named = values["data"]
    model = parse_reference(values["ref"]).model.rpartition("/")[2]
    desk.progress(0, 1, "reading the data")
    data = dataset(desk, named, name=data_name(named, model))
    return values | {"data": data, "metric": metrics(desk, values)}


def metrics(desk: Desk, values: dict[str, Any]) -> tuple[Scorer | str, ...]:
    """The metrics that were asked for: by name, or as artifacts."""
    return tuple(_metric(desk, one) for one in values.get("metric", ()))


def _metric(desk: Desk, named: Named) -> Scorer | str:
    value = named.value
    if isinstance(value, str | os.PathLike):
        return _saved(desk, os.fspath(value))
    from jupyter_mlc.measure.metrics.catalogue import find

    if not callable(value):
        raise BadInput(
            f"{named.name} is no metric: it cannot be called", hint="name a metric, or a function (y_true, y_pred)"
        )
    if _is_known(named.name) and getattr(value, "__module__", "") != "__main__":
        return named.name
    artifact = stored(desk, named, "")
    return Scorer(
        name=_name(named),
        artifact=artifact.digest,
        blobs=artifact.blobs,
        signature=vouched(artifact.digest, desk.identity),
        less_is_better=not find(value).greater_is_better,
    )


def _is_known(name: str) -> bool:
    from jupyter_mlc.measure.metrics.catalogue import ALIASES, METRICS

    return name.lower() in {*METRICS, *ALIASES}


def _name(named: Named) -> str:
    """What to call a metric that is an object: as it is called in the notebook."""
    if named.name.isidentifier():
        return named.name
    return str(getattr(named.value, "__name__", type(named.value).__name__))


def _saved(desk: Desk, text: str) -> Scorer | str:
    """A file that holds a scorer becomes an artifact that nobody vouches for; other words are names."""
    path = as_typed(text)
    if path.suffix not in _SAVED:
        return text
    if not path.is_file():
        raise NotFound(f"there is no file {text}", hint="check the path")
    from jupyter_mlc.domain.entities import Layer, Manifest
    from jupyter_mlc.store.formats.base import store_manifest
    from jupyter_mlc.store.formats.joblib_ import MODEL

    artifacts = desk.session.artifacts
    digest, size = artifacts.put_file(path)
    manifest = Manifest(format="joblib", layers=(Layer(path=MODEL, digest=digest, size=size),))
    artifact = store_manifest(manifest, artifacts)
    desk.session.send(artifact.blobs)
    return Scorer(name=path.stem, artifact=artifact.digest, blobs=artifact.blobs)
