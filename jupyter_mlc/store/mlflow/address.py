"""From what a person types to a registry of MLflow's."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from jupyter_mlc.domain.errors import BadInput, NotFound
from jupyter_mlc.store.home import as_typed
from jupyter_mlc.store.mlflow.database import Database
from jupyter_mlc.store.mlflow.folder import META, MODELS, Folder
from jupyter_mlc.store.mlflow.http import Http
from jupyter_mlc.store.mlflow.records import ReadYaml, Theirs
from jupyter_mlc.store.mlflow.server import Server

_DATABASE = "mlflow.db"
_RUNS = "mlruns"
_SHAPES = "write mlflow://HOST:PORT, mlflow+https://HOST, mlflow:///PATH/mlflow.db or mlflow:///PATH/mlruns"


def theirs_at(address: str, read_yaml: ReadYaml) -> Theirs:
    """Open the registry at an address: a server, a database file, or a folder.

    Raises
    ------
    BadInput
        Where nothing of MLflow's can be there.
    NotFound
        Where there is nothing.
    """
    scheme, _, rest = address.partition("://")
    scheme = scheme.lower()
    if not rest:
        raise BadInput(f"{address} says no place", hint=_SHAPES)
    path = _path(rest) if scheme == "mlflow" else None
    if path is not None:
        return _on_disk(path, read_yaml)
    return Server(_http(scheme, rest))


def _path(rest: str) -> Path | None:
    """The path that is meant, where one is."""
    path = as_typed(rest)
    return path.absolute() if rest.startswith(("/", ".", "~")) or path.exists() else None


def _on_disk(path: Path, read_yaml: ReadYaml) -> Theirs:
    if path.is_file():
        return Database(path)
    if not path.is_dir():
        raise NotFound(f"there is no {path}", hint=_SHAPES)
    if (path / _DATABASE).is_file():
        return Database(path / _DATABASE)
    for folder in (path, path / _RUNS):
        if (folder / MODELS).is_dir() or any(folder.glob(f"*/{META}")):
            return Folder(folder, read_yaml)
    raise BadInput(
        f"{path} holds no registry of MLflow's: neither {_DATABASE} nor a folder {MODELS}",
        hint=f"name the database or the folder {_RUNS}; of a server the address: mlflow://HOST:PORT",
    )


def _http(scheme: str, rest: str) -> Http:
    kind = "https" if scheme == "mlflow+https" else "http"
    try:
        parts = urlsplit(f"{kind}://{rest}")
        parts.port  # noqa: B018 (reading it checks it)
    except ValueError as error:
        raise BadInput(f"{scheme}://{rest} is no address: {error}", hint=_SHAPES) from None
    if parts.username is not None or parts.password is not None:
        raise BadInput(
            f"a name or password does not belong into the address of {parts.hostname}: addresses are recorded",
            hint="set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD in the environment",
        )
    if not parts.hostname:
        raise BadInput(f"{scheme}://{rest} names no server", hint=_SHAPES)
    place = f"{parts.netloc.lower()}{parts.path.rstrip('/')}"
    return Http(f"{kind}://{place}", f"{scheme}://{place}")
