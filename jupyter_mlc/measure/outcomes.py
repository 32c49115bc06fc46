"""What was true and what a model said, row by row, checked once: what every metric, curve and comparison is made of."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.measure.arrays import column, numbers, same_rows
from jupyter_mlc.measure.classes import class_order, codes, positive_place, shown
from jupyter_mlc.measure.scores import checked, likeliest, of_positive, refuse_improbable, width
from jupyter_mlc.measure.tasks import Task, infer_task, predicts_probabilities

if TYPE_CHECKING:
    import numpy as np  # noqa: TC004 (nobody evaluates these hints)
    from numpy.typing import NDArray  # noqa: TC004 (nobody evaluates these hints)


@dataclass(frozen=True, kw_only=True, eq=False)
class Outcome:
    """What was true and what a model said of n rows. Make it with `outcome`, which checks it."""

    task: Task
    truth: NDArray[Any]
    """shape (n,): positions in `classes` (int64), or in regression the values (float64)"""
    predicted: NDArray[Any]
    """shape (n,), like `truth`"""
    probabilities: NDArray[np.float64] | None = None
    """in a binary task of the positive class, shape (n,); in a multiclass one of each class, shape (n, classes)"""
    scores: NDArray[np.float64] | None = None
    """shaped like `probabilities`: the more, the likelier, in no unit"""
    classes: tuple[Hashable, ...] = ()
    """as the target spells them, in the order of their positions; in a binary task the positive one is the second"""
    weights: NDArray[np.float64] | None = None
    """shape (n,), not negative: how much each row counts; None: every row once"""

    @property
    def rows(self) -> int:
        return len(self.truth)

    @property
    def positive(self) -> Hashable | None:
        """The class that a binary task is about."""
        return self.classes[1] if self.task is Task.BINARY else None

    @property
    def ranking(self) -> NDArray[np.float64] | None:
        """What orders the rows: scores, else probabilities."""
        return self.probabilities if self.scores is None else self.scores

    def take(self, rows: NDArray[Any]) -> Outcome:
        """Return the part with these rows, given by position or by mask; it may be empty."""
        taken = {
            name: values[rows]
            for name in ("truth", "predicted", "probabilities", "scores", "weights")
            if (values := getattr(self, name)) is not None
        }
        return replace(self, **taken)

    def against_rest(self, name: Hashable) -> Outcome:
        """Return the binary outcome of one class against all others.

        Raises
        ------
        BadInput
            Where there is no such class.
        """
        if name not in self.classes:
            raise BadInput(f"there is no class {name!r}", hint=f"the classes are {shown(self.classes)}")
        place = self.classes.index(name)
        of_one = {"truth": self.truth == place, "predicted": self.predicted == place}
        parts: dict[str, Any] = {part: values.astype(self.truth.dtype) for part, values in of_one.items()}
        for part in ("probabilities", "scores"):
            values = getattr(self, part)
            parts[part] = None if values is None else _of_class(values, place, part)
        return replace(self, task=Task.BINARY, classes=("others", name), **parts)

    def spelled(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return `truth` or `predicted` as the target spells them."""
        import numpy as np

        return np.asarray(self.classes)[values] if self.classes else values


def outcome(  # noqa: PLR0913 (a model says what it knows in many ways)
    y_true: object,
    y_pred: object = None,
    *,
    probabilities: object = None,
    scores: object = None,
    classes: Sequence[Hashable] | None = None,
    positive: Hashable | None = None,
    task: Task | None = None,
    weights: object = None,
) -> Outcome:
    """Check what was true and what a model said, and bring them into one form.

    Parameters
    ----------
    y_true : array of shape (n,)
        The target: words, truth values or numbers.
    y_pred : array of shape (n,), optional
        Predicted classes or values. Missing, the classes are those of the largest probability or score. Fractions
        where the target is 0 or 1 are taken as probabilities.
    probabilities : array of shape (n,) or (n, classes), optional
        What ``predict_proba`` gives; of one dimension, that of the second class.
    scores : array of shape (n,) or (n, classes), optional
        What ``decision_function`` gives, in place of probabilities; of one dimension, that of the second class.
    classes : sequence, optional
        The model's ``classes_``: the order of the columns. Missing, the sorted distinct values.
    positive : hashable, optional
        The class that a binary task is about. Missing, the second one, as in scikit-learn.
    task : Task, optional
        Missing, it is inferred by `tasks.infer_task`.
    weights : array of shape (n,), optional
        How much each row counts.

    Raises
    ------
    BadInput
        Where rows, types, classes or numbers do not fit; the message says which.
    """
    truth = column(y_true, "target")
    said = _predictions(y_pred, len(truth))
    given = _given(probabilities, scores)
    known = len(classes) if classes is not None else width(given[1]) if given else None
    found = Task(task) if task else infer_task(truth, said, known)
    if found is Task.REGRESSION:
        made = _regression(truth, said, given)
    else:
        if not given and found is Task.BINARY and said is not None and predicts_probabilities(truth, said):
            said, given = None, ("probabilities", said)
        made = _classification(found, truth, said, given, classes, positive)
    return made if weights is None else replace(made, weights=_row_weights(weights, len(truth)))


_Given: TypeAlias = "tuple[str, object] | None"
"""probabilities or scores: which of the two, and the values"""


def _given(probabilities: object, scores: object) -> _Given:
    if probabilities is not None and scores is not None:
        raise BadInput("probabilities and scores were both passed", hint="pass one of them; probabilities tell more")
    if probabilities is not None:
        return "probabilities", probabilities
    return ("scores", scores) if scores is not None else None


def _predictions(y_pred: object, rows: int) -> NDArray[Any] | None:
    if y_pred is None:
        return None
    said = column(y_pred, "predictions")
    same_rows(said, "predictions", rows)
    return said


def _row_weights(values: object, rows: int) -> NDArray[np.float64]:
    found = numbers(values, "weights")
    if found.ndim != 1:
        raise BadInput("weights: one number a row is needed", hint="pass an array of one dimension")
    same_rows(found, "weights", rows)
    if (found < 0).any() or not found.any():
        raise BadInput("weights: none may be negative, and not all may be 0", hint="leave out the rows not to count")
    return found


def _regression(truth: NDArray[Any], said: NDArray[Any] | None, given: _Given) -> Outcome:
    if said is None or given:
        raise BadInput("a regression is judged by predicted values", hint="pass what predict gives as predictions")
    return Outcome(task=Task.REGRESSION, truth=numbers(truth, "target"), predicted=numbers(said, "predictions"))


def _classification(  # noqa: PLR0913 (what a model says of classes)
    task: Task,
    truth: NDArray[Any],
    said: NDArray[Any] | None,
    given: _Given,
    classes: Sequence[Hashable] | None,
    positive: Hashable | None,
) -> Outcome:
    if said is None and given is None:
        raise BadInput("nothing was predicted", hint="pass predictions, probabilities or scores")
    columns = [("target", truth)] + ([] if said is None else [("predictions", said)])
    order = class_order(task, columns, classes, width(given[1]) if given else None)
    place = positive_place(order, positive) if task is Task.BINARY else 1
    scored = _scored(task, given, len(truth), len(order), place) if given else {}
    if place == 0:
        order = order[::-1]
    predicted = codes(said, order) if said is not None else _likeliest(scored)
    return Outcome(task=task, truth=codes(truth, order), predicted=predicted, classes=order, **scored)


def _scored(
    task: Task, given: tuple[str, object], rows: int, classes: int, place: int
) -> dict[str, NDArray[np.float64]]:
    kind, values = given
    found = checked(values, kind, rows, classes)
    if kind == "probabilities":
        refuse_improbable(found, kind)
    if task is Task.BINARY:
        found = of_positive(found, place, whole=1.0 if kind == "probabilities" else 0.0)
    elif found.ndim == 1:
        raise BadInput(f"{kind}: a multiclass task needs a column for each class", hint='or pass task="binary"')
    return {kind: found}


def _of_class(values: NDArray[np.float64], place: int, kind: str) -> NDArray[np.float64]:
    if values.ndim == 1:
        return of_positive(values, place, whole=1.0 if kind == "probabilities" else 0.0)
    found: NDArray[np.float64] = values[:, place]
    return found


def _likeliest(scored: dict[str, NDArray[np.float64]]) -> NDArray[Any]:
    ((kind, values),) = scored.items()
    return likeliest(values, border=0.5 if kind == "probabilities" else 0.0)
