"""What people hold in memory, read as a table: DataFrames, Arrow data, NumPy arrays, mappings of columns."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jupyter_mlc.capture.data.logical import unsupported
from jupyter_mlc.capture.data.objects import array_of, check_objects, reason
from jupyter_mlc.capture.data.tables import ACCEPTED, Table, check_names, checked
from jupyter_mlc.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray


def read_object(value: object) -> Table:
    """Return live data as a table; the index of a DataFrame is no part of it.

    Raises
    ------
    BadInput
        Where the value is no data, or has a column that a dataset cannot keep.
    """
    return checked(_reader(value)(value))


def _reader(value: object) -> Callable[[Any], pa.Table]:  # noqa: PLR0911 (one line a kind reads best)
    import numpy as np
    import pyarrow as pa

    if is_pandas(value, "DataFrame"):
        return _from_pandas
    if is_pandas(value, "Series"):
        return _from_series
    if isinstance(value, pa.Table):
        return lambda table: table
    if isinstance(value, pa.RecordBatch):
        return lambda batch: pa.Table.from_batches([batch])
    if isinstance(value, np.ndarray):
        return _from_numpy
    if isinstance(value, Mapping):
        return _from_columns
    if hasattr(value, "__arrow_c_stream__") and not isinstance(value, type | pa.RecordBatchReader):
        return _from_stream
    raise _no_data(value)


def _no_data(value: object) -> BadInput:
    kind = type(value)
    if kind.__module__.startswith("scipy.sparse"):
        hint = "make it dense, if that fits into memory: matrix.toarray()"
        return BadInput(f"a sparse matrix ({kind.__name__}) cannot be kept as a dataset", hint=hint)
    if kind.__name__ == "RecordBatchReader":
        return BadInput("a RecordBatchReader can be read only once", hint="read it yourself: reader.read_all()")
    hint = ACCEPTED
    if isinstance(value, list | tuple) and any(hasattr(each, "shape") for each in value):
        hint = "put rows and answers side by side: X.assign(target=y), or np.column_stack([X, y])"
    return BadInput(f"no data can be read from an object of type {kind.__name__}", hint=hint)


def is_pandas(value: object, kind: str) -> bool:
    """Tell without importing pandas: whoever holds one of its objects has imported it."""
    pandas = sys.modules.get("pandas")
    return isinstance(value, getattr(pandas, kind, ()))


def _named(label: object) -> str:
    if isinstance(label, tuple):
        raise BadInput(
            f"the column {label!r} has a name of several levels",
            hint="join them: df.columns = ['_'.join(map(str, levels)) for levels in df.columns]",
        )
    return str(label)


def _from_series(series: Any) -> pa.Table:
    return _from_pandas(series.to_frame("x0" if series.name is None else series.name))


def _from_pandas(frame: Any) -> pa.Table:
    import pyarrow as pa

    names = [_named(label) for label in frame.columns]
    check_names(names)
    plain = frame.copy(deep=False)
    plain.columns = names
    plain.attrs = {}
    for name in names:
        tidied = _tidied(plain[name], name)
        if tidied is not None:
            plain[name] = tidied
    try:
        return pa.Table.from_pandas(plain, preserve_index=False)
    except (pa.ArrowException, OverflowError, TypeError, ValueError):
        for name in names:
            array_of(plain[name], name)  # names the column that is at fault
        raise


def _tidied(series: Any, name: str) -> Any | None:
    """Return the column in a type that Arrow reads, None where it has one; refuse mixed and foreign objects."""
    import numpy as np

    dtype = series.dtype
    if dtype.name == "object":
        check_objects(series.to_numpy(), name)
    elif getattr(dtype, "categories", None) is not None:
        return _tidied_categories(series, name)
    elif type(dtype).__name__ == "SparseDtype":
        return series.sparse.to_dense()
    elif dtype.kind == "c":
        raise unsupported(name, "complex numbers")
    elif isinstance(dtype, np.dtype) and not dtype.isnative:
        return series.astype(dtype.newbyteorder("="))
    return None


def _tidied_categories(series: Any, name: str) -> Any | None:
    """Name intervals and periods by their text: Parquet has no categories of these."""
    categories = series.dtype.categories
    if categories.dtype.name == "object":
        check_objects(categories.to_numpy(), name)
    if str(categories.dtype).startswith(("interval", "period")):
        return series.cat.rename_categories([str(category) for category in categories])
    return None


def _from_numpy(array: NDArray[Any]) -> pa.Table:
    import numpy as np

    # a matrix stays two-dimensional when a column is taken; a masked array must keep its mask
    array = array if isinstance(array, np.ma.MaskedArray) else np.asarray(array)
    if array.dtype.names is not None and array.ndim == 1:
        return _from_columns({name: array[name] for name in array.dtype.names})
    if array.ndim not in (1, 2):
        raise BadInput(
            f"an array of {array.ndim} dimensions is no table",
            hint=f"give rows and columns, e.g. array.reshape({'len(array)' if array.ndim else 1}, -1)",
        )
    columns = array.reshape(len(array), -1) if array.ndim == 1 else array
    return _from_columns({f"x{place}": columns[:, place] for place in range(columns.shape[1])})


def _from_columns(columns: Mapping[Any, Any]) -> pa.Table:
    import pyarrow as pa

    names = [_named(label) for label in columns]
    check_names(names)
    arrays = [_column(values, name) for name, values in zip(names, columns.values(), strict=True)]
    for name, array in zip(names, arrays, strict=True):
        if len(array) != len(arrays[0]):
            raise BadInput(
                f"the columns differ in length: {names[0]!r} has {len(arrays[0])} rows, {name!r} has {len(array)}",
                hint="every column of a dataset has one value a row",
            )
    return pa.table(arrays, names=names)


def _column(values: Any, name: str) -> Any:
    import numpy as np
    import pyarrow as pa

    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values
    if type(values).__module__.partition(".")[0] == "pandas" and hasattr(values, "dtype"):
        series = sys.modules["pandas"].Series(values)
        tidied = _tidied(series, name)
        return array_of(series if tidied is None else tidied, name)
    if isinstance(values, np.ndarray):
        return array_of(_native(values, name), name)
    if not isinstance(values, list | tuple | range):
        hint = "a column is a list, an array or a Series with one value a row"
        raise BadInput(f"column {name!r} is an object of type {type(values).__name__}", hint=hint)
    check_objects(values, name)
    return array_of(list(values), name)


def _native(array: NDArray[Any], name: str) -> NDArray[Any]:
    """Return the array in a type that Arrow reads; refuse what has more than one value a row."""
    import numpy as np

    if array.ndim != 1:
        hint = "a column is a list, an array or a Series with one value a row"
        raise BadInput(f"column {name!r} is an array of {array.ndim} dimensions", hint=hint)
    kind = array.dtype.kind
    if kind == "c":
        raise unsupported(name, "complex numbers")
    if kind == "T":
        array = array.astype(object)
    if array.dtype == object:
        array = _unmasked(array) if isinstance(array, np.ma.MaskedArray) else array
        check_objects(array.tolist(), name)
    if kind in "mM":
        return _timed(array)
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _unmasked(array: np.ma.MaskedArray[Any, Any]) -> NDArray[Any]:
    """Put None where objects are masked: filled() would put a question mark there."""
    import numpy as np

    objects: NDArray[Any] = array.data.copy()
    objects[np.ma.getmaskarray(array)] = None
    return objects


def _timed(array: NDArray[Any]) -> NDArray[Any]:
    """Return times in a unit that Arrow knows."""
    import numpy as np

    known = {"s": "s", "ms": "ms", "us": "us", "ns": "ns", "ps": "ns", "fs": "ns", "as": "ns"}
    unit = known.get(np.datetime_data(array.dtype)[0], "s")
    return array.astype(f"{array.dtype.kind}8[{unit}]")


def _from_stream(value: Any) -> pa.Table:
    import pyarrow as pa

    try:
        return pa.table(value)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise BadInput(
            f"no table can be read from an object of type {type(value).__name__}: {reason(error)}", hint=ACCEPTED
        ) from error
