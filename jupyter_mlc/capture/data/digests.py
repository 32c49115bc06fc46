"""Digests of data: one over a whole dataset, and one a row.

The dataset's, ``rows1``, is the SHA-256 of these parts one after the other, integers being little-endian and of
64 bits: ``b"rows1"``, the number of rows, the number of columns; then a column: the length of its name in UTF-8, the
name, the length of its type's name, that name, and its SHA-256 of 32 bytes. A column's SHA-256 is over two digests, or
for strings three: that of the row numbers (from 0) of its nulls, that of the other values in row order (bool as a byte,
int, time, duration and period as int64, float as float64, strings as the lengths of their UTF-8), and that of the
strings' bytes.

In this digest a column without values is of type ``null``, and a column of integers with nulls that floats can hold
exactly is of type ``float``: so do pandas' own types carry them, and the digest must not depend on who carries.

A row's digest is of 64 bits and found by column name, so that the columns' order does not count; numbers count by
value, be they int or float. It serves to find rows that two datasets share; it is no defence against a forger.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any

from jupyter_mlc.capture.data.logical import LogicalType

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from jupyter_mlc.capture.data.columns import Values

ALGORITHM = "rows1"
_EXACT = 2**53
"""floats hold every integer up to this one"""
_BLOCK = 65_536
"""rows whose strings are laid side by side at a time"""


def dataset_digest(rows: int, columns: Sequence[tuple[str, str, bytes]]) -> str:
    """Return ``rows1:<hex>`` from each column's name, type in the digest, and SHA-256."""
    whole = hashlib.sha256(ALGORITHM.encode())
    whole.update(_integer(rows) + _integer(len(columns)))
    for name, kind, digest in columns:
        for word in (name.encode(), kind.encode()):
            whole.update(_integer(len(word)) + word)
        whole.update(digest)
    return f"{ALGORITHM}:{whole.hexdigest()}"


def _integer(value: int) -> bytes:
    return value.to_bytes(8, "little")


def digested(values: Values) -> tuple[str, bytes]:
    """Return the type under which a column enters the dataset's digest, and the column's SHA-256."""
    import numpy as np

    kind, numbers = _carried(values)
    parts = [_sha256(np.flatnonzero(values.nulls), "<i8")]
    if values.words is not None and len(values.values):
        lengths = _lengths(values.words)
        parts += [_sha256(lengths[values.values], "<i8"), _sha256_of_words(values.words, values.values)]
    else:
        parts.append(_sha256(numbers, {"b": "?", "i": "<i8", "f": "<f8"}[numbers.dtype.kind]))
    return kind, hashlib.sha256(b"".join(parts)).digest()


def _carried(values: Values) -> tuple[str, NDArray[Any]]:
    """Return the column as any of its carriers would have it."""
    import numpy as np

    numbers = values.values
    if not len(numbers):
        return "null", numbers
    if values.type is not LogicalType.INT or not values.nulls.any():
        return values.type_name, numbers
    if max(-int(numbers.min()), int(numbers.max())) > _EXACT:
        return values.type.value, numbers
    return LogicalType.FLOAT.value, numbers.astype(np.float64)


def _sha256(values: NDArray[Any], dtype: str) -> bytes:
    import numpy as np

    return hashlib.sha256(np.ascontiguousarray(values, dtype=dtype).data).digest()


def _lengths(words: pa.Array) -> NDArray[np.int64]:
    import numpy as np

    return np.diff(_offsets(words))


def _offsets(words: pa.Array) -> NDArray[np.int64]:
    import numpy as np

    offsets = words.buffers()[1]
    if offsets is None:
        return np.zeros(1, np.int64)
    return np.frombuffer(offsets, np.int64)[words.offset : words.offset + len(words) + 1]


def _sha256_of_words(words: pa.Array, places: NDArray[np.int64]) -> bytes:
    whole = hashlib.sha256()
    for start in range(0, len(places), _BLOCK):
        block = words.take(places[start : start + _BLOCK])
        offsets, data = _offsets(block), block.buffers()[2]
        if data is not None:
            whole.update(memoryview(data)[offsets[0] : offsets[-1]])
    return whole.digest()


def row_hashes(name: str, values: Values) -> NDArray[np.uint64]:
    """Return what one column adds to the digest of every row; the sums go to `row_digests`."""
    import numpy as np

    hashes = np.full(len(values.nulls), _salt("null"), np.uint64)
    hashes[~values.nulls] = _value_hashes(values)
    hashes ^= _salt(f"column {name}")
    return _stirred(hashes)


def row_digests(sums: NDArray[np.uint64]) -> bytes:
    """Return the digests of all rows, as little-endian unsigned 64-bit integers, from the sums of all columns."""
    return _stirred(sums).astype("<u8").tobytes()


def _value_hashes(values: Values) -> NDArray[np.uint64]:
    import numpy as np

    if values.words is not None:
        found: NDArray[np.uint64] = _word_hashes(values.words)[values.values]
        return found
    if values.type is LogicalType.FLOAT:
        return _float_hashes(values.values)
    bits = values.values.astype(np.int64).view(np.uint64)
    mixed: NDArray[np.uint64] = bits ^ _salt(values.type_name)
    return _stirred(mixed)


def _float_hashes(values: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Hash whole numbers as the integers that they are, so that 1.0 is 1."""
    import numpy as np

    whole = (np.floor(values) == values) & (np.abs(values) < 2.0**63)
    bits = values.view(np.uint64) ^ _salt(LogicalType.FLOAT)
    bits[whole] = values[whole].astype(np.int64).view(np.uint64) ^ _salt(LogicalType.INT)
    return _stirred(bits)


def _word_hashes(words: pa.Array) -> NDArray[np.uint64]:
    import numpy as np
    import pyarrow as pa

    found = [hashlib.sha256(word).digest()[:8] for word in words.cast(pa.large_binary()).to_pylist()]
    return np.frombuffer(b"".join(found), "<u8").astype(np.uint64)


@cache
def _salt(word: str) -> np.uint64:
    import numpy as np

    return np.uint64(int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "little"))


def _stirred(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread every bit over all others: the last step of splitmix64, whose constants these are."""
    import numpy as np

    bits = bits ^ (bits >> np.uint64(30))
    bits *= np.uint64(0xBF58476D1CE4E5B9)
    bits ^= bits >> np.uint64(27)
    bits *= np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))
