"""Datasets as values of parameters: the notebook is handed the path of a file that nobody changes."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import BadInput, Conflict, MlcError
from jupyter_mlc.domain.events import ERASED
from jupyter_mlc.domain.names import quoted
from jupyter_mlc.verbs.exam import facts_of

if TYPE_CHECKING:
    from jupyter_mlc.domain.entities import Dataset
    from jupyter_mlc.domain.jobs import JobParameter
    from jupyter_mlc.verbs.context import Context

PREFIX = "dataset/"
"""how a dataset is named where a plain name would be taken for a word"""


def datasets_among(
    values: Mapping[str, Any], declared: Sequence[JobParameter], folder: Path, context: Context
) -> dict[str, Dataset]:
    """The datasets that values name, by parameter.

    A name stands for a dataset where the parameter's default is a path, nothing, or itself no word: a parameter that
    is ``"late-flights"`` by default wants a word. ``dataset/NAME`` is one everywhere. A file that is there goes first.
    """
    by_name = {each.name: each for each in declared}
    return dict(_named(values, by_name, folder, context))


def _named(
    values: Mapping[str, Any], declared: Mapping[str, JobParameter], folder: Path, context: Context
) -> Iterator[tuple[str, Dataset]]:
    for name, value in values.items():
        if not isinstance(value, str):
            continue
        if value.startswith(PREFIX):
            yield name, context.registry.dataset(value.removeprefix(PREFIX))
        elif value and wants_path(declared.get(name)) and not _is_file(folder, value):
            with suppress(MlcError):
                yield name, context.registry.dataset(value)


def wants_path(parameter: JobParameter | None) -> bool:
    """Whether a parameter may stand for a file, by its default."""
    if parameter is None or parameter.type not in {"", "str"}:
        return False
    try:
        default = ast.literal_eval(parameter.default)
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return True
    return default in {None, ""} or (isinstance(default, str) and ("/" in default or Path(default).suffix != ""))


def _is_file(folder: Path, value: str) -> bool:
    try:
        return (folder / value).is_file()
    except (OSError, ValueError):
        return False


def file_of(dataset: int, name: str, place: Path, context: Context) -> Path:
    """The file of a dataset, to be read and not written; one that the registry keeps gets a name in a folder.

    Parameters
    ----------
    dataset : int
        The sequence number of its DatasetAdded.
    name : str
        What to call it.
    place : Path
        The folder, made where it is missing.
    context : Context
        Where its bytes are.

    Raises
    ------
    Conflict
        Where its rows are not kept, or its file is no longer what it was.
    """
    from jupyter_mlc.store import disk
    from jupyter_mlc.store.hashed_files import HashedFiles, hashed
    from jupyter_mlc.store.home import as_typed, cache_folder

    told = facts_of(dataset, context)
    if told.blob is not None:
        context.artifacts.ensure(told.blob)
        link = place / f"{name.replace('/', '-')}.parquet"
        with disk.refusals(f"write to {place}"):
            place.mkdir(parents=True, exist_ok=True)
            link.unlink(missing_ok=True)
            link.symlink_to(context.artifacts.at_hand(told.blob).absolute())
        return link
    if told.file_digest is None or told.source in {"", ERASED}:
        raise Conflict(
            f"the rows of {name} are not kept", hint=f"add it again with its rows: %mlc dataset add {name} DATA"
        )
    path = as_typed(told.source).absolute()
    if not path.is_file():
        raise BadInput(f"the file of {name}, {path}, is not there", hint="bring it back, or name another dataset")
    if hashed(path, HashedFiles(cache_folder()))[0] != told.file_digest:
        raise Conflict(
            f"{path} is not what it was when {name} was added",
            hint=f"bring the file back, or add it as it is now: %mlc dataset add {name} {quoted(str(path))}",
        )
    return path
