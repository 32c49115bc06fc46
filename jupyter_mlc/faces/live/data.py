"""Live data as datasets: read, and its bytes stored unless the registry has them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlc.capture.data.tables import MEMORY
from jupyter_mlc.domain.entities import DatasetFacts
from jupyter_mlc.domain.errors import BadInput, Damaged, MlcError, NotFound
from jupyter_mlc.domain.names import check_name
from jupyter_mlc.faces.values import Named
from jupyter_mlc.store.home import as_typed

if TYPE_CHECKING:
    from jupyter_mlc.capture.data.datasets import Content, Table
    from jupyter_mlc.domain.entities import Digest
    from jupyter_mlc.domain.events import DatasetAdded
    from jupyter_mlc.faces.desk import Desk
    from jupyter_mlc.store.artifacts import Artifacts


_ID = "dataset/"
"""what the id of a dataset begins with"""


def with_dataset(desk: Desk, values: dict[str, Any]) -> dict[str, Any]:
    """The values of `dataset add` with the data as facts."""
    check_name(values["name"], "dataset")
    named: Named = values["data"]
    desk.progress(0, 1, "reading the data")
    _refuse_index(named, values.get("time", ""))
    found = dataset(
        desk, named, name=values["name"], time=values.get("time", ""), keep=not values.get("no_store", False)
    )
    desk.progress(1, 1, "read")
    desk.tell(tuple(_of_index(named)), None)
    return values | {"data": found}


def _index(named: Named) -> list[str]:
    """The names that somebody gave to the index of a DataFrame."""
    names = getattr(getattr(named.value, "index", None), "names", None) or ()
    return [str(name) for name in names if name is not None]


def _refuse_index(named: Named, time: str) -> None:
    """Refuse the name of the index as the column of times, with a way to make it one."""
    if time in _index(named) and time not in getattr(named.value, "columns", ()):
        hint = f"make it a column: {{{named.name}.reset_index()}}"
        raise BadInput(f"{time!r} is the index of the data, which is no part of a dataset", hint=hint)


def _of_index(named: Named) -> Iterator[str]:
    """A word about an index that is left behind, where it has a name, and may mean something therefore."""
    if names := _index(named):
        column = f"to keep it, make it a column: {{{named.name}.reset_index()}}"
        yield f"the index ({', '.join(names)}) is no part of the dataset; {column}"


def dataset(desk: Desk, named: Named, *, name: str, time: str = "", keep: bool = True) -> DatasetFacts | str:
    """What a dataset is, its bytes stored; or the name itself, where the registry is to know it."""
    from jupyter_mlc.capture.data.datasets import facts

    value = named.value
    if isinstance(value, str) and not _exists(value):
        name = value.removeprefix(_ID)  # as lineage tells it, and show takes it
        if _is_dataset(desk, name):
            return name
        if "/" in value or Path(value).suffix in {".csv", ".parquet", ".gz"}:
            _refuse_address(value)
            raise BadInput(f"there is no file {value}", hint=named.near or "check the path")
        _refuse_slip(desk, named)
        return value
    found, content = facts(_read(desk, named), name=name, time=time or None)
    desk.tell(tuple(_of_one_column(found)), None)
    known = _known(desk, found.digest)
    artifacts, file_digest = desk.session.artifacts, content.file_digest()
    row_digests = known.row_digests if known else None
    blob = _blob_as_given(known, content, artifacts) if known and keep else None
    if row_digests is None:
        row_digests = artifacts.put_bytes(content.row_digests)
    if blob is None and file_digest is None and keep:
        blob = _stored(content, artifacts)
    desk.session.send([digest for digest in (row_digests, blob) if digest])
    return replace(found, row_digests=row_digests, blob=blob, file_digest=file_digest)


def _refuse_address(value: str) -> None:
    if "://" in value:
        raise BadInput(f"no data is fetched from {value}", hint=f"read it yourself: {{pd.read_csv({value!r})}}")


def _of_one_column(found: DatasetFacts) -> Iterator[str]:
    """A word about a CSV file whose values seem to be parted by something else."""
    name = found.columns[0].name if len(found.columns) == 1 and found.source != MEMORY else ""
    separator = next((sign for sign in (";", "\t", "|") if sign in name), "")
    if separator:
        yield (
            f"{found.source} has one column, {name!r}: values are parted by commas here; where that is wrong, "
            f"read it yourself: {{pd.read_csv({found.source!r}, sep={separator!r})}}"
        )


def _read(desk: Desk, named: Named) -> Table:
    """Live data or a file, read; what is none may hide a dataset of its name."""
    from jupyter_mlc.capture.data.datasets import read_data

    try:
        return read_data(named.value)
    except BadInput as error:
        if isinstance(named.value, str | os.PathLike) or not _is_dataset(desk, named.name):
            raise
        raise BadInput(error.message, hint=f"for the dataset of that name write {_ID}{named.name}") from None


def _exists(path: str) -> bool:
    try:
        return Path(path).expanduser().exists()
    except (OSError, ValueError, RuntimeError):  # too long for a path, or with what no path has in it
        return False


def _is_dataset(desk: Desk, name: str) -> bool:
    """Whether a registry on this machine has a dataset of the name, or the revision that is named."""
    from jupyter_mlc.verbs.session import LocalSession

    if not isinstance(desk.session, LocalSession):
        return False
    with suppress(NotFound):
        return bool(desk.session.registry.dataset(name))
    return False


def _blob_as_given(known: DatasetAdded, content: Content, artifacts: Artifacts) -> Digest | None:
    """The bytes that are kept of equal content, where they are in the same types: a model may see the difference.

    Categories are not text to every model, nor is a time in Berlin one in UTC, though the digest takes them for equal.
    """
    if known.blob is None:
        return None
    with suppress(Damaged):  # what is gone or broken is stored again
        artifacts.ensure(known.blob)
        with artifacts.open(known.blob) as kept:
            return known.blob if content.is_written_so(kept) else None
    return None


def _stored(content: Content, artifacts: Artifacts) -> Digest:
    """Store the columns as Parquet."""
    with tempfile.TemporaryDirectory(prefix="mlc-data-") as folder:
        path = Path(folder) / "data.parquet"
        content.write_parquet(path)
        return artifacts.put_file(path)[0]


def _refuse_slip(desk: Desk, named: Named) -> None:
    """Refuse a name that neither the registry nor the notebook has, but the notebook almost: it is a slip."""
    from jupyter_mlc.verbs.session import LocalSession

    session = desk.session
    if not named.near or not isinstance(session, LocalSession):
        return
    try:
        session.registry.dataset(named.name)
    except NotFound as error:
        raise NotFound(f"{error.message}, and the notebook has nothing of that name", hint=named.near) from None


def _known(desk: Desk, digest: str) -> DatasetAdded | None:
    """This very content, where a registry on this machine holds it already: its bytes need not be written again."""
    from jupyter_mlc.domain import events
    from jupyter_mlc.verbs.session import LocalSession

    session = desk.session
    same = session.registry.dataset_by_digest(digest) if isinstance(session, LocalSession) else None
    if same is None or not isinstance(session, LocalSession):
        return None
    event = session.registry.event(same.id).event
    return event if isinstance(event, events.DatasetAdded) else None


def data_name(named: Named, model: str) -> str:
    """What to call data that comes without a legal name: an expression goes under the model's name."""
    value = named.value
    name = Path(value).name.partition(".")[0] if isinstance(value, str | os.PathLike) else named.name
    with suppress(MlcError):
        return check_name(name, "dataset")
    return f"{model}-data"


def rows_of(sample: Named | None) -> Named | None:
    """The sample as rows; what was typed may be the path of a file."""
    if sample is None or not isinstance(sample.value, str | os.PathLike):
        return sample
    if not as_typed(sample.value).is_file():
        hint = "name rows of the notebook, a file, or an expression in braces"
        if sample.name.isidentifier():
            hint = sample.near or hint
        else:
            hint += f": --sample {{{sample.name}}}"
        raise BadInput(f"there are no rows called {sample.name!r} to predict", hint=hint)
    from jupyter_mlc.capture.data.datasets import read_data

    return replace(sample, value=read_data(sample.value).arrow.to_pandas())
