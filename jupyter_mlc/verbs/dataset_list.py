"""`dataset list`: the datasets that are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.domain.entities import Dataset
from jupyter_mlc.verbs.base import Does, Field, Reading, Reply, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.shared import check_limit


@dataclass(frozen=True, kw_only=True)
class DatasetList(Reading):
    """List datasets."""

    limit: Annotated[int, Field(description="at most so many")] = 100


@dataclass(frozen=True, kw_only=True)
class DatasetListReply(Reply):
    """Datasets, newest first."""

    datasets: tuple[Dataset, ...]

    def to_rows(self) -> list[dict[str, object]]:
        """One row a dataset."""
        return [
            {"name": d.name, "revision": d.revision, "rows": d.rows, "digest": d.digest, "author": d.author}
            | {"created": d.created, "source": d.source, "description": d.description}
            for d in self.datasets
        ]


@verb(does=Does.READ, name="dataset list", example="dataset list")
def dataset_list(ask: DatasetList, context: Context) -> DatasetListReply:
    """List the datasets that are known, newest first, each in its newest revision."""
    check_limit(ask.limit)
    found = tuple(context.registry.datasets(ask.limit))
    return DatasetListReply(datasets=found, next="" if found else "add one: %mlc dataset add NAME DATA")
