"""From the files of an MLflow model to an artifact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.entities import Artifact, Layer, Manifest
from jupyter_mlc.domain.errors import MlcError
from jupyter_mlc.store.formats.base import Storing, store_manifest
from jupyter_mlc.store.formats.files import FilesFormat
from jupyter_mlc.store.formats.joblib_ import MODEL, JoblibFormat

if TYPE_CHECKING:
    from jupyter_mlc.store.artifacts import Artifacts
    from jupyter_mlc.store.mlflow.records import ReadYaml

ABOUT = "MLmodel"
_SKLEARN = "sklearn"
_PICKLES = ("pickle", "cloudpickle")
_LIBRARIES: Mapping[str, str] = {_SKLEARN: "scikit-learn"}
_ANYTHING = "python_function"


def stored(path: Path, artifacts: Artifacts, read_yaml: ReadYaml) -> Artifact:
    """Store a model's files: a pickle of scikit-learn's as one that `load` opens, anything else as the files it is."""
    manifest, about = FilesFormat().write(path, artifacts, Storing()), _about(path, read_yaml)
    flavors = about.get("flavors")
    flavors = flavors if isinstance(flavors, dict) else {}
    pickled = _pickled(flavors)
    if any(layer.path == pickled for layer in manifest.layers):
        layers = tuple(_renamed(layer, pickled) for layer in manifest.layers)
        manifest = Manifest(format=JoblibFormat().name, layers=layers)
    library = next((_LIBRARIES.get(str(name), str(name)) for name in flavors if name != _ANYTHING), "")
    return replace(store_manifest(manifest, artifacts), library=library)


def _about(path: Path, read_yaml: ReadYaml) -> Mapping[str, Any]:
    """What MLflow says of the model; nothing where that cannot be read, for then it is files."""
    try:
        found = read_yaml((path / ABOUT).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, MlcError):
        return {}
    return found if isinstance(found, dict) else {}


def _pickled(flavors: Mapping[str, Any]) -> str:
    """The path of scikit-learn's pickle in the folder; empty where there is none."""
    flavor = flavors.get(_SKLEARN)
    if not isinstance(flavor, dict) or flavor.get("serialization_format") not in _PICKLES:
        return ""
    return str(flavor.get("pickled_model", ""))


def _renamed(layer: Layer, pickled: str) -> Layer:
    """The pickle under the name that its format reads; the rest out of the way of anything that a format reads."""
    return replace(layer, path=MODEL if layer.path == pickled else f"mlflow/{layer.path}")
