"""The classes of a target: which there are, in which order, and which is the positive one."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.measure.tasks import Task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PAIR = 2
_SHOWN = 5
"""classes that a refusal names"""


def class_order(
    task: Task,
    columns: Sequence[tuple[str, NDArray[Any]]],
    classes: Sequence[Hashable] | None,
    width: int | None,
) -> tuple[Hashable, ...]:
    """Return the classes in the order in which the model gives scores of them.

    Parameters
    ----------
    task : Task
        Binary or multiclass.
    columns : sequence of (name, array of shape (n,))
        The target and, where there are some, the predictions.
    classes : sequence, optional
        As the model knows them; missing, the sorted distinct values of the columns.
    width : int, optional
        For how many classes there are scores.

    Raises
    ------
    BadInput
        Where a value is of none of the model's classes, or their number does not fit the task or the scores.
    """
    order = _sorted(columns) if classes is None else tuple(classes)
    for name, values in columns if classes is not None else ():
        _refuse_unseen(name, values, order)
    if len(order) == 1 and classes is None:
        raise BadInput(
            f"target: all rows are of one class, {order[0]!r}",
            hint="choose data that has several classes, or pass the model's classes",
        )
    if task is Task.BINARY and len(order) != _PAIR:
        raise BadInput(
            f"target: a binary task has two classes, and here are {len(order)} ({shown(order)})",
            hint='pass task="multiclass", or the right classes',
        )
    if width is not None and width != len(order):
        raise BadInput(
            f"the scores are of {width} classes, and there are {len(order)} ({shown(order)})",
            hint="pass the model's classes, in the order of its columns",
        )
    return order


def positive_place(order: tuple[Hashable, ...], positive: Hashable | None) -> int:
    """Return where the positive one of two classes stands: the second, as in scikit-learn, unless one is named."""
    if positive is None:
        return 1
    if positive not in order:
        raise BadInput(f"the positive class {positive!r} is not among {shown(order)}", hint="name one of them")
    return order.index(positive)


def codes(values: NDArray[Any], order: tuple[Hashable, ...]) -> NDArray[np.int64]:
    """Return the position in `order` of every value, shape (n,)."""
    import numpy as np

    places = {name: place for place, name in enumerate(order)}
    return np.fromiter((places[value] for value in values.tolist()), np.int64, len(values))


def shown(classes: Sequence[Hashable]) -> str:
    """Return the classes as a refusal names them."""
    named = ", ".join(repr(name) for name in classes[:_SHOWN])
    return f"{named}, ..." if len(classes) > _SHOWN else named


def _sorted(columns: Sequence[tuple[str, NDArray[Any]]]) -> tuple[Hashable, ...]:
    found: dict[Hashable, None] = {}
    for _, values in columns:
        found.update(dict.fromkeys(values.tolist()))
    try:
        return tuple(sorted(found))  # type: ignore[type-var]
    except TypeError:
        kinds = " and ".join(sorted({type(value).__name__ for value in found}))
        raise BadInput(
            f"the classes are of several types: {kinds} ({shown(tuple(found))})",
            hint="give target and predictions the same type",
        ) from None


def _refuse_unseen(name: str, values: NDArray[Any], order: tuple[Hashable, ...]) -> None:
    held = values.tolist()
    unseen = tuple(dict.fromkeys(value for value in held if value not in order))
    if unseen:
        count = sum(value in unseen for value in held)
        are = "is" if count == 1 else "are"
        raise BadInput(
            f"{name}: {count} of {len(held)} rows {are} of a class that the model does not know ({shown(unseen)})",
            hint=f"it knows {shown(order)}; drop those rows, or train with them",
        )
