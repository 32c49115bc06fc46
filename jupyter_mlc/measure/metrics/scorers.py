"""A metric from a scikit-learn scorer: by its name, such as ``neg_log_loss``, or as ``make_scorer`` gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlc.measure.metrics.base import Counting, Metric
from jupyter_mlc.measure.metrics.functions import called, number, repeated_rows
from jupyter_mlc.measure.tasks import Task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from jupyter_mlc.measure.outcomes import Outcome


def scorer_names() -> tuple[str, ...]:
    """Return the names of scikit-learn's scorers; none where it is not installed."""
    try:
        from sklearn.metrics import get_scorer_names
    except ImportError:
        return ()
    return tuple(get_scorer_names())


def from_scorer(name: str) -> Metric:
    """Make a metric of one of `scorer_names`: always better the greater it is, so that errors come negative."""
    from sklearn.metrics import get_scorer

    return _metric(get_scorer(name), name, f"scikit-learn's scorer {name}", spelled=False)


def is_scorer(value: object) -> bool:
    """Tell whether a value is what scikit-learn's ``make_scorer`` gives."""
    return callable(value) and hasattr(value, "_score_func") and hasattr(value, "_sign")


def from_made_scorer(scorer: Any) -> Metric:
    """Make a metric of what ``make_scorer`` gave, under the name of its function; it sees classes as they are spelled.

    It is always better the greater it is, so that errors come negative.
    """
    name = str(getattr(scorer._score_func, "__name__", "scorer"))  # noqa: SLF001 (what tells a scorer apart)
    return _metric(scorer, name, "a scorer made with scikit-learn's make_scorer", spelled=True)


def _metric(scorer: Any, name: str, about: str, *, spelled: bool) -> Metric:
    def tally(outcome: Outcome) -> Counting:
        truth = outcome.spelled(outcome.truth) if spelled else outcome.truth
        said = _said_again(outcome, spelled=spelled)

        def count(weights: NDArray[np.float64]) -> object:
            if outcome.weights is not None:
                rows = weights.nonzero()[0]
                return called(scorer, said, rows, truth[rows], sample_weight=weights[rows])
            rows = repeated_rows(weights)
            return called(scorer, said, rows, truth[rows])

        return count

    return Metric(name=name, about=about, tasks=frozenset(Task), tally=tally, formula=number)


def _said_again(outcome: Outcome, *, spelled: bool) -> Any:
    """Return an estimator that says again what the model said, of rows given by position.

    Classes are positions, unless they are to be spelled as in the target.
    """
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

    if outcome.task is Task.REGRESSION:
        said: dict[str, Any] = {"predict": outcome.predicted}
    else:
        predicted = outcome.spelled(outcome.predicted) if spelled else outcome.predicted
        said = {"predict": predicted, "predict_proba": _columns(outcome.probabilities)}
        said["decision_function"] = outcome.scores
    methods = {name: _again(name, values) for name, values in said.items() if values is not None}
    kind = RegressorMixin if outcome.task is Task.REGRESSION else ClassifierMixin
    estimator = type("SaidAgain", (kind, BaseEstimator), methods)()
    if outcome.classes:
        import numpy as np

        estimator.classes_ = np.asarray(outcome.classes) if spelled else np.arange(len(outcome.classes))
    return estimator


def _again(name: str, values: NDArray[Any]) -> Any:
    def method(_: object, rows: NDArray[np.intp]) -> NDArray[Any]:
        return values[rows]

    method.__name__ = name  # scikit-learn asks methods for their names
    return method


def _columns(probabilities: NDArray[np.float64] | None) -> NDArray[np.float64] | None:
    import numpy as np

    if probabilities is None or probabilities.ndim > 1:
        return probabilities
    return np.column_stack([1 - probabilities, probabilities])
