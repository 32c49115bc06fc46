"""MLflow's folder of files (``mlruns``), as its releases before the database became the default write it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from jupyter_mlc.domain.errors import Damaged
from jupyter_mlc.store.mlflow.files import laid_out_here, of_run
from jupyter_mlc.store.mlflow.histories import History, histories, of_steps
from jupyter_mlc.store.mlflow.records import DELETED, ReadYaml, TheirModel, TheirRun, TheirVersion, text_of

MODELS = "models"
META = "meta.yaml"
_VERSION = "version-"
_STATUS = {1: "RUNNING", 2: "SCHEDULED", 3: "FINISHED", 4: "FAILED", 5: "KILLED"}
"""MLflow keeps its protocol's numbers in these files"""


class Folder:
    """A folder with ``models`` and one folder an experiment."""

    def __init__(self, root: Path, read_yaml: ReadYaml) -> None:
        self._root = root
        self._read_yaml = read_yaml

    @property
    def address(self) -> str:
        return f"mlflow://{self._root}"

    def models(self) -> list[TheirModel]:
        found = [self._model(path) for path in _folders(self._root / MODELS) if (path / META).is_file()]
        return sorted(found, key=lambda model: (model.created, model.name))

    def _model(self, path: Path) -> TheirModel:
        meta = self._meta(path)
        return TheirModel(
            name=text_of(meta.get("name")) or path.name,
            created=_int(meta.get("creation_timestamp")),
            description=text_of(meta.get("description")),
            tags=dict(_texts(path / "tags")),
            aliases={alias: _int(number) for alias, number in _texts(path / "aliases")},
        )

    def versions(self, model: str) -> list[TheirVersion]:
        found = [
            self._version(model, path)
            for path in _folders(self._root / MODELS / model)
            if path.name.startswith(_VERSION) and (path / META).is_file()
        ]
        return sorted((one for one in found if one.stage != DELETED), key=lambda version: version.number)

    def _version(self, model: str, path: Path) -> TheirVersion:
        meta = self._meta(path)
        return TheirVersion(
            model=model,
            number=_int(meta.get("version") or path.name.removeprefix(_VERSION)),
            created=_int(meta.get("creation_timestamp")),
            user=text_of(meta.get("user_id")),
            stage=text_of(meta.get("current_stage")),
            description=text_of(meta.get("description")),
            source=text_of(meta.get("source")),
            location=text_of(meta.get("storage_location")),
            run=text_of(meta.get("run_id")),
            tags=dict(_texts(path / "tags")),
        )

    def runs(self, ids: Iterable[str]) -> dict[str, TheirRun]:
        there = {id_: self._run_folders[id_] for id_ in ids if id_ in self._run_folders}
        return {id_: self._run(id_, path) for id_, path in there.items()}

    @cached_property
    def _run_folders(self) -> dict[str, Path]:
        """Where each run lies; looked up once."""
        experiments = [path for path in _folders(self._root) if path.name != MODELS]
        experiments += _folders(self._root / ".trash")
        return {path.name: path for experiment in experiments for path in _folders(experiment)}

    def _run(self, id_: str, path: Path) -> TheirRun:
        meta = self._meta(path)
        status, last = meta.get("status"), {key: max(points) for key, points in _metrics(path).items()}
        return TheirRun(
            id=id_,
            name=text_of(meta.get("run_name")),
            user=text_of(meta.get("user_id")),
            status=_STATUS.get(status, "") if isinstance(status, int) else text_of(status),
            started=meta.get("start_time"),
            ended=meta.get("end_time"),
            artifacts=text_of(meta.get("artifact_uri")),
            metrics={key: value for key, (_, _, value) in last.items()},
            steps={key: step for key, (step, _, _) in last.items()},
            params=dict(_texts(path / "params")),
            tags=dict(_texts(path / "tags")),
        )

    def histories(self, runs: Iterable[TheirRun]) -> dict[str, History]:
        wanted = of_steps(runs)
        paths = {id_: self._run_folders[id_] for ids in wanted.values() for id_ in ids}
        return histories(
            (id_, key, (step, value, moment))
            for id_, path in paths.items()
            for key, points in _metrics(path).items()
            if id_ in wanted.get(key, ())
            for step, moment, value in points
        )

    def location(self, version: TheirVersion) -> str:
        return version.location or of_run(version.source, self.runs([version.run]).get(version.run))

    def laid_out(self, location: str, folder: Path) -> Path:
        return laid_out_here(location, self.address, self._root.parent, folder)

    def _meta(self, path: Path) -> Mapping[str, Any]:
        try:
            found = self._read_yaml((path / META).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise _unreadable(path / META, str(error)) from None
        if not isinstance(found, dict):
            raise _unreadable(path / META, "it holds no names with values")
        return found


def _folders(path: Path) -> list[Path]:
    if not path.is_dir():
        return []
    return sorted(entry for entry in path.iterdir() if entry.is_dir() and not entry.name.startswith("."))


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    """What the files of a folder hold, by name; a name with slashes lies in folders of its own."""
    for here, _, names in os.walk(folder):
        for name in sorted(names):
            path = Path(here, name)
            try:
                yield path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise _unreadable(path, str(error)) from None


def _metrics(path: Path) -> dict[str, list[tuple[int, int, float]]]:
    """Step, milliseconds and value of every line of a run's metrics; lines are ``time value step``."""
    found = {}
    for key, text in _texts(path / "metrics"):
        lines = [line.split() for line in text.splitlines() if line.strip()]
        try:
            points = [(int(words[2]) if len(words) > 2 else 0, int(words[0]), float(words[1])) for words in lines]  # noqa: PLR2004
        except (ValueError, IndexError) as error:
            raise _unreadable(path / "metrics", str(error)) from None
        if not points:
            raise _unreadable(path / "metrics", f"{key} has no value")
        found[key] = points
    return found


def _int(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0


def _unreadable(path: Path, why: str) -> Damaged:
    return Damaged(f"{path} cannot be read: {why}", hint="mend it, or leave its model out: %mlc copy ADDRESS PATTERN")
