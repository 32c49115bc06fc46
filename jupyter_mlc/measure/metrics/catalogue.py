"""Which metrics there are, by which names, and which a task is judged by when none is named."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from jupyter_mlc.domain.errors import BadInput, did_you_mean
from jupyter_mlc.measure.metrics.base import Metric, Need
from jupyter_mlc.measure.metrics.classes import CLASS_METRICS
from jupyter_mlc.measure.metrics.functions import from_function
from jupyter_mlc.measure.metrics.means import PROBABILITY_METRICS, VALUE_METRICS
from jupyter_mlc.measure.metrics.ranks import RANK_METRICS
from jupyter_mlc.measure.metrics.scorers import from_made_scorer, from_scorer, is_scorer, scorer_names
from jupyter_mlc.measure.tasks import Task

if TYPE_CHECKING:
    from jupyter_mlc.measure.outcomes import Outcome

Asked: TypeAlias = str | Metric | Callable[..., object]
"""a metric's name, a metric, what scikit-learn's ``make_scorer`` gives, or a function ``(y_true, y_pred)``"""

METRICS = {metric.name: metric for metric in (*RANK_METRICS, *PROBABILITY_METRICS, *CLASS_METRICS, *VALUE_METRICS)}
ALIASES = {alias: metric.name for metric in METRICS.values() for alias in metric.aliases}
DEFAULTS = {
    Task.BINARY: (
        "auc", "log_loss", "brier", "average_precision", "accuracy", "balanced_accuracy", "precision", "recall", "f1",
        "mcc",
    ),
    Task.MULTICLASS: ("accuracy", "balanced_accuracy", "f1_macro", "log_loss", "auc_ovr", "brier", "mcc"),
    Task.REGRESSION: ("rmse", "mae", "r2", "medae"),
}  # fmt: skip
"""the most telling first"""


def metrics_for(outcome: Outcome, asked: Sequence[Asked] = ()) -> tuple[Metric, ...]:
    """Return the metrics that are asked for, each once; none asked, those that suit the task and what was predicted.

    Raises
    ------
    BadInput
        Where a name is unknown, or a metric does not fit the task or needs what the model did not say.
    """
    if not asked:
        named = (METRICS[name] for name in DEFAULTS[outcome.task])
        return tuple(metric for metric in named if _has(outcome, metric.needs))
    found = {metric.name: metric for metric in map(find, asked)}
    for metric in found.values():
        _refuse_unfit(metric, outcome)
    return tuple(found.values())


def find(asked: Asked) -> Metric:
    """Return a metric by name or alias; a function, or a scorer of scikit-learn or its name, is made into one.

    Raises
    ------
    BadInput
        Where the name is unknown.
    """
    if isinstance(asked, Metric):
        return asked
    if not isinstance(asked, str):
        return from_made_scorer(asked) if is_scorer(asked) else from_function(asked)
    name = ALIASES.get(asked.lower(), asked.lower())
    if name in METRICS:
        return METRICS[name]
    scorers = scorer_names()
    if asked in scorers:
        return from_scorer(asked)
    if "," in asked:
        written = " ".join(f"--metric {each}" for each in re.split(r"[,\s]+", asked) if each)
        raise BadInput(f"no metric is called {asked!r}", hint=f"name each by itself: {written}")
    near = did_you_mean(asked, METRICS) or did_you_mean(asked, [*ALIASES, *scorers])
    hint = near or f"there are {', '.join(METRICS)}"
    if not scorers:
        hint = f'if a scorer of scikit-learn is meant, install it: %pip install "jupyter-mlc[evaluate]"; {hint}'
    raise BadInput(f"no metric is called {asked!r}", hint=hint)


def _refuse_unfit(metric: Metric, outcome: Outcome) -> None:
    if outcome.task not in metric.tasks:
        fitting = [other.name for other in METRICS.values() if outcome.task in other.tasks]
        raise BadInput(f"{metric.name} does not fit a {outcome.task} task", hint=f"these do: {', '.join(fitting)}")
    if not _has(outcome, metric.needs):
        given = "scores" if outcome.scores is not None else "predictions"
        raise BadInput(
            f"{metric.name} needs {metric.needs}, and the model gave {given} alone",
            hint=f"pass what {_METHODS[metric.needs]} gives, or ask for another metric",
        )


_METHODS = {Need.SCORES: "predict_proba or decision_function", Need.PROBABILITIES: "predict_proba"}


def _has(outcome: Outcome, need: Need) -> bool:
    if need is Need.PREDICTIONS:
        return True
    return (outcome.probabilities if need is Need.PROBABILITIES else outcome.ranking) is not None
