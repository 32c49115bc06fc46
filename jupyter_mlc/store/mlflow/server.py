"""MLflow's tracking server, by its REST API."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from jupyter_mlc.domain.errors import BadInput, MlcError, NotFound, Unavailable
from jupyter_mlc.store.mlflow.files import from_bucket, inside, is_bucket, local, unreadable
from jupyter_mlc.store.mlflow.histories import History, Point, histories, of_steps
from jupyter_mlc.store.mlflow.http import Http, Missing, NotUnderstood, Query
from jupyter_mlc.store.mlflow.records import DELETED, TheirModel, TheirRun, TheirVersion, text_of

_API = "api/2.0/mlflow"
_FILES = "api/2.0/mlflow-artifacts/artifacts"
_PROXIED = "mlflow-artifacts"
_MODELS_A_PAGE = 500
_VERSIONS_A_PAGE = 1000
_RUNS_A_PAGE = 200
_HISTORIES_AT_ONCE = 50
_HISTORIES = "ajax-api/2.0/mlflow/metrics/get-history-bulk"
_POINTS = 25_000
"""that the server gives at most, of all runs together"""
_PLAIN = re.compile(r"[\w-]+", re.ASCII)
_AT_ONCE = 4
_MOST_FOLDERS = 10_000
T = TypeVar("T")


class Server:
    """A tracking server."""

    def __init__(self, http: Http) -> None:
        self._http = http

    @property
    def address(self) -> str:
        return self._http.shown

    def models(self) -> list[TheirModel]:
        pages = self._pages("registered-models/search", "registered_models", max_results=_MODELS_A_PAGE)
        found = [self._made(_model, item) for item in pages]
        return sorted(found, key=lambda model: (model.created, model.name))

    def versions(self, model: str) -> list[TheirVersion]:
        mark = '"' if "'" in model else "'"
        pages = self._pages(
            "model-versions/search",
            "model_versions",
            filter=f"name={mark}{model}{mark}",
            order_by="version_number ASC",
            max_results=_VERSIONS_A_PAGE,
        )
        # the server may compare names as its database does, whatever the case
        found = {version.number: version for version in (self._made(_version, item) for item in pages)}
        mine = [version for version in found.values() if version.model == model]
        return sorted((one for one in mine if one.stage != DELETED), key=lambda version: version.number)

    def runs(self, ids: Iterable[str]) -> dict[str, TheirRun]:
        wanted = list(ids)
        try:
            return self._searched(wanted)
        except (NotUnderstood, Missing, BadInput):  # an older server cannot search for several
            with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
                found = list(pool.map(self._run, wanted))
            return {run.id: run for run in found if run is not None}

    def _searched(self, ids: Sequence[str]) -> dict[str, TheirRun]:
        """Runs by one question for many of them."""
        found: dict[str, TheirRun] = {}
        for start in range(0, len(ids), _RUNS_A_PAGE):
            asked = ", ".join(f"'{id_}'" for id_ in ids[start : start + _RUNS_A_PAGE] if _PLAIN.fullmatch(id_))
            if not asked:
                continue
            where = {"experiment_ids": self._experiments, "filter": f"attributes.run_id IN ({asked})"}
            body = {**where, "run_view_type": "ALL", "max_results": _RUNS_A_PAGE}
            for item in self._pages("runs/search", "runs", body=body):
                run = self._made(_run, item)
                found[run.id] = run
        return found

    @cached_property
    def _experiments(self) -> list[str]:
        """Runs are looked for within experiments, also within those that were deleted."""
        asked = {"view_type": "ALL", "max_results": _MODELS_A_PAGE}
        pages = self._pages("experiments/search", "experiments", body=asked)
        return [self._made(lambda one: str(one["experiment_id"]), item) for item in pages]

    def histories(self, runs: Iterable[TheirRun]) -> dict[str, History]:
        asked = [
            (key, ids[start : start + _HISTORIES_AT_ONCE])
            for key, ids in of_steps(runs).items()
            for start in range(0, len(ids), _HISTORIES_AT_ONCE)
        ]
        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            found = list(pool.map(lambda one: self._history(*one), asked))
        return histories(point for points in found for point in points)

    def _history(self, key: str, ids: Sequence[str]) -> list[tuple[str, str, Point]]:
        """One metric of several runs by one question, unless that gives too many points; else run by run."""
        query: Query = {"run_id": list(ids), "metric_key": key, "max_results": _POINTS}
        try:
            items = self._http.json(_HISTORIES, query).get("metrics") or ()
            if len(items) >= _POINTS and len(ids) > 1:
                half = len(ids) // 2
                return [*self._history(key, ids[:half]), *self._history(key, ids[half:])]
            return [(item["run_id"], key, self._made(_point, item)) for item in items]
        except (NotUnderstood, Missing, BadInput):
            pages = ((id_, self._pages("metrics/get-history", "metrics", run_id=id_, metric_key=key)) for id_ in ids)
            return [(id_, key, self._made(_point, item)) for id_, page in pages for item in page]

    def _run(self, id_: str) -> TheirRun | None:
        try:
            return self._made(_run, self._http.json(f"{_API}/runs/get", {"run_id": id_}).get("run"))
        except Missing:
            return None

    def location(self, version: TheirVersion) -> str:
        try:
            found = self._http.json(
                f"{_API}/model-versions/get-download-uri", {"name": version.model, "version": version.number}
            )
        except Missing:
            raise NotFound(
                f"{version.model}:{version.number} is not in {self.address} any more",
                hint="if you have its files: %mlc fetch REF --files FOLDER",
            ) from None
        return str(found.get("artifact_uri") or version.source)

    def laid_out(self, location: str, folder: Path) -> Path:
        parts = urlsplit(location)
        if parts.scheme == _PROXIED:
            self._fetch(parts.path.strip("/"), folder)
            return folder
        if is_bucket(location):
            return from_bucket(location, folder)
        path = local(location)
        if path is None or not (path / "MLmodel").is_file():
            raise unreadable(location, self.address)
        return path

    def _fetch(self, path: str, folder: Path) -> None:
        """Lay out everything under a path of the server's artifacts."""
        waiting, seen = [""], 0
        while waiting:
            here = waiting.pop()
            seen += 1
            entries = list(self._listed(f"{path}/{here}".strip("/")))
            if (here == "" and not entries) or seen > _MOST_FOLDERS:
                raise NotFound(
                    f"there are no files at {path} in {self.address}",
                    hint="they were deleted there; if you have them: %mlc fetch REF --files FOLDER",
                )
            for name, is_folder in entries:
                inner = f"{here}/{name}".strip("/")
                target = folder / inside(inner)
                if is_folder:
                    target.mkdir(parents=True, exist_ok=True)
                    waiting.append(inner)
                    continue
                self._http.download(f"{_FILES}/{quote(f'{path}/{inner}')}", target)

    def _listed(self, path: str) -> Iterator[tuple[str, bool]]:
        for item in self._http.json(_FILES, {"path": path}).get("files") or ():
            yield self._made(lambda entry: (str(entry["path"]), bool(entry.get("is_dir"))), item)

    def _pages(
        self, path: str, key: str, *, body: Mapping[str, object] | None = None, **query: str | int
    ) -> Iterator[Any]:
        """Every item of a list, page by page; asked for by a body where there is one."""
        token = ""
        while True:
            more = {"page_token": token} if token else {}
            if body is None:
                page = self._http.json(f"{_API}/{path}", {**query, **more})
            else:
                page = self._http.json(f"{_API}/{path}", {}, {**body, **more})
            yield from page.get(key) or ()
            token = str(page.get("next_page_token") or "")
            if not token:
                return

    def _made(self, make: Callable[[Any], T], item: Any) -> T:
        """What an item says; a server whose answers are of another form is a newer one."""
        try:
            return make(item)
        except MlcError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Unavailable(
                f"{self.address} answers in a form that this release does not know ({type(error).__name__}: {error})",
                hint="it may be newer: pip install -U jupyter-mlc",
            ) from None


def _model(item: Mapping[str, Any]) -> TheirModel:
    return TheirModel(
        name=item["name"],
        created=int(item["creation_timestamp"]),
        description=text_of(item.get("description")),
        tags=_pairs(item),
        aliases={alias["alias"]: int(alias["version"]) for alias in item.get("aliases") or ()},
    )


def _version(item: Mapping[str, Any]) -> TheirVersion:
    return TheirVersion(
        model=item["name"],
        number=int(item["version"]),
        created=int(item["creation_timestamp"]),
        user=text_of(item.get("user_id")),
        stage=text_of(item.get("current_stage")),
        description=text_of(item.get("description")),
        source=text_of(item.get("source")),
        run=text_of(item.get("run_id")),
        tags=_pairs(item),
    )


def _run(item: Mapping[str, Any]) -> TheirRun:
    info, data = item["info"], item.get("data") or {}
    return TheirRun(
        id=info["run_id"],
        name=text_of(info.get("run_name")),
        user=text_of(info.get("user_id")),
        status=text_of(info.get("status")),
        started=info.get("start_time"),
        ended=info.get("end_time"),
        artifacts=text_of(info.get("artifact_uri")),
        metrics={metric["key"]: float(metric.get("value", 0)) for metric in data.get("metrics") or ()},
        steps={metric["key"]: int(metric.get("step", 0)) for metric in data.get("metrics") or ()},
        params={param["key"]: text_of(param.get("value")) for param in data.get("params") or ()},
        tags=_pairs(data),
    )


def _point(item: Mapping[str, Any]) -> Point:
    return int(item.get("step", 0)), float(item.get("value", 0)), int(item.get("timestamp", 0))


def _pairs(item: Mapping[str, Any]) -> dict[str, str]:
    return {tag["key"]: text_of(tag.get("value")) for tag in item.get("tags") or ()}
