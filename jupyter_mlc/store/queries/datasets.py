"""Questions about datasets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_mlc.domain.entities import Dataset, Standing
from jupyter_mlc.domain.errors import NotFound, did_you_mean
from jupyter_mlc.domain.events import DatasetAdded
from jupyter_mlc.domain.names import folded
from jupyter_mlc.store.queries.base import NEAR_NAMES
from jupyter_mlc.store.queries.record import OfRecord


class OfDatasets(OfRecord):
    """Datasets, by name and by content."""

    def dataset(self, name: str) -> Dataset:
        """The newest revision of a dataset, ``train``; or an earlier one, ``train:2``."""
        plain, _, revision = name.partition(":")
        row = self.dataset_row(plain)
        if row is None or (revision and not revision.isdecimal()):
            hint = (
                did_you_mean(plain, self.dataset_names(NEAR_NAMES))
                or "see %mlc dataset list; add one: %mlc dataset add NAME DATA"
            )
            raise NotFound(f"there is no dataset {name!r}", hint=hint)
        return self._dataset(self._revision(row, int(revision)) if revision else row)

    def _revision(self, newest: Mapping[str, Any], revision: int) -> Mapping[str, Any]:
        last, name = newest["revision"], newest["name"]
        if not 1 <= revision <= last:
            raise NotFound(f"{name} has no revision {revision}", hint=f"the newest is {name}:{last}")
        sql = "SELECT * FROM dataset WHERE folded = :folded AND revision = :revision"
        return self.database.query(sql, {"folded": newest["folded"], "revision": revision})[0]

    def revisions(self, name: str, limit: int) -> list[Dataset]:
        """The revisions of a dataset, the newest first."""
        return [self._dataset(row) for row in self._revisions(name, limit)]

    def _revisions(self, name: str, limit: int) -> list[dict[str, Any]]:
        sql = "SELECT * FROM dataset WHERE folded = :folded ORDER BY revision DESC LIMIT :limit"
        return self.database.query(sql, {"folded": folded(name), "limit": limit})

    def dataset_names(self, limit: int) -> list[str]:
        """Names of datasets."""
        found = self.database.query("SELECT DISTINCT name FROM dataset LIMIT :limit", {"limit": limit})
        return [row["name"] for row in found]

    def columns_of(self, name: str) -> list[str]:
        """The names of a dataset's columns; none where there is no such dataset."""
        row = self.dataset_row(name)
        event = self.event(row["id"]).event if row else None
        return [column.name for column in event.columns] if isinstance(event, DatasetAdded) else []

    def dataset_row(self, name: str) -> dict[str, Any] | None:
        """The row of a dataset's newest revision."""
        return next(iter(self._revisions(name, 1)), None)

    def dataset_by_digest(self, digest: str) -> Dataset | None:
        """The dataset that holds exactly this content, the newest where there are several."""
        row = self.database.one(
            "SELECT * FROM dataset WHERE digest = :digest ORDER BY id DESC LIMIT 1", {"digest": digest}
        )
        return self._dataset(row) if row else None

    def sealed_as(self, digest: str) -> str | None:
        """The name of a sealed dataset that holds exactly this content."""
        row = self.database.one(
            "SELECT name FROM dataset WHERE digest = :digest AND sealed = 1 ORDER BY id LIMIT 1", {"digest": digest}
        )
        return row["name"] if row else None

    def datasets(self, limit: int) -> list[Dataset]:
        """Datasets, newest first; of each the newest revision."""
        sql = "SELECT * FROM dataset d WHERE revision = (SELECT last FROM counter WHERE name = 'dataset/' || d.folded) "
        return [
            self._dataset(row) for row in self.database.query(sql + "ORDER BY id DESC LIMIT :limit", {"limit": limit})
        ]

    def datasets_of(self, version: int) -> list[tuple[Dataset, Standing]]:
        """The datasets that a version was trained on, and how that is known."""
        sql = "SELECT d.*, u.standing FROM version_dataset u JOIN dataset d ON d.id = u.dataset "
        found = self.database.query(sql + "WHERE u.version = :version ORDER BY d.id", {"version": version})
        return [(self._dataset(row), Standing(row["standing"])) for row in found]

    def _dataset(self, row: Mapping[str, Any]) -> Dataset:
        plain = ("name", "revision", "id", "digest", "rows", "created", "source", "description")
        return Dataset(
            author=self.name_of(row["author"]), sealed=bool(row["sealed"]), **{name: row[name] for name in plain}
        )
