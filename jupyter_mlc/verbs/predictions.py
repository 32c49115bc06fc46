"""What a version said of a dataset's rows, kept as a blob, so that nobody needs to ask it again.

It is a Parquet file with a row for each of the dataset's, in the same order: `truth` and `predicted` (positions in the
list of classes, or in regression the values) and what there was of `probability` or `score`, with one column a class
where there are more than two. Task and classes stand in the schema's metadata under `jupyter_mlc`.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

from jupyter_mlc.capture.data.files import read_parquet
from jupyter_mlc.domain.entities import Digest
from jupyter_mlc.domain.errors import Damaged
from jupyter_mlc.measure.outcomes import Outcome
from jupyter_mlc.measure.tasks import Task
from jupyter_mlc.store.artifacts import Artifacts

if TYPE_CHECKING:
    from numpy.typing import NDArray

_KEY = b"jupyter_mlc"
_FORM = "outcome1"
_KINDS = {"probabilities": "probability", "scores": "score"}


def keep_predictions(outcome: Outcome, artifacts: Artifacts) -> Digest:
    """Store an outcome, all but its weights; the digest of the blob."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns: dict[str, NDArray[Any]] = {"truth": outcome.truth, "predicted": outcome.predicted}
    for kind, name in _KINDS.items():
        values = getattr(outcome, kind)
        if values is not None and values.ndim == 1:
            columns[name] = values
        elif values is not None:
            columns |= {f"{name}_{place}": values[:, place] for place in range(values.shape[1])}
    told = {"form": _FORM, "task": outcome.task.value, "classes": [_spelled(name) for name in outcome.classes]}
    plain = {name: pa.array(np.ascontiguousarray(values)) for name, values in columns.items()}
    table = pa.table(plain, metadata={_KEY: json.dumps(told).encode()})
    file = io.BytesIO()
    pq.write_table(table, file, compression="zstd", version="2.6")
    return artifacts.put_bytes(file.getvalue())


def kept_predictions(digest: Digest, artifacts: Artifacts) -> Outcome:
    """Read an outcome that was kept.

    Raises
    ------
    Damaged
        Where the blob is missing, is not what was stored, or holds no outcome.
    """
    import pyarrow as pa

    artifacts.ensure(digest)
    try:
        table = read_parquet(io.BytesIO(artifacts.read(digest)))
        told = json.loads(table.schema.metadata[_KEY])
        task = Task(told["task"])
        columns = {name: table.column(name).to_numpy() for name in table.column_names}
        return Outcome(
            task=task,
            truth=columns["truth"],
            predicted=columns["predicted"],
            probabilities=_joined("probability", columns),
            scores=_joined("score", columns),
            classes=tuple(told["classes"]),
        )
    except (pa.ArrowException, ValueError, TypeError, KeyError, OSError) as error:
        raise Damaged(
            f"the blob {digest} holds no predictions: {error}", hint="find out what else is wrong: %mlc verify"
        ) from None


def _joined(name: str, columns: dict[str, NDArray[Any]]) -> NDArray[Any] | None:
    import numpy as np

    if name in columns:
        return columns[name]
    several = [values for key, values in columns.items() if key.startswith(f"{name}_")]
    return np.column_stack(several) if several else None


def _spelled(name: object) -> bool | int | float | str:
    """A class as JSON can hold it."""
    return name if isinstance(name, bool | int | float | str) else str(name)
