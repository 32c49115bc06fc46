"""Scoring: a version is opened, sees the rows of an exam, and what it says becomes an outcome to measure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.entities import ModelVersion, Signature
from jupyter_mlc.domain.errors import BadInput, Conflict, MlcError, did_you_mean
from jupyter_mlc.domain.imports import ELSEWHERE
from jupyter_mlc.measure.outcomes import Outcome, outcome
from jupyter_mlc.measure.tasks import Task
from jupyter_mlc.store.home import cache_folder
from jupyter_mlc.verbs.answers import Answers, answered
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.exam import Exam, plain
from jupyter_mlc.verbs.opening import planned

if TYPE_CHECKING:
    import pyarrow as pa

_SHOWN = 5
"""columns or classes that a refusal names"""
_OTHER_DATA = "judge it by data with the columns that it was trained on"


class OtherClasses(BadInput):
    """The class to find is none that a version knows."""

    def __init__(self, message: str, hint: str, known: Sequence[Hashable]) -> None:
        super().__init__(message, hint)
        self.known = tuple(map(str, known))


@dataclass(frozen=True, kw_only=True, eq=False)
class Scored:
    """One version's answers to an exam, checked against the truth."""

    version: ModelVersion
    outcome: Outcome
    warnings: tuple[str, ...] = ()


def score(
    version: ModelVersion, exam: Exam, context: Context, *, trust: bool = False, positive: str | None = None
) -> Scored:
    """Let a version predict the rows of an exam; nothing is recorded.

    Parameters
    ----------
    version : ModelVersion
        It is opened under the rules of safe loading.
    exam : Exam
        From `exam.exam`.
    context : Context
        Where its bytes are.
    trust : bool
        Whether the person said --trust.
    positive : str, optional
        The class that a binary task is about, as it is typed. Missing, the second one.

    Raises
    ------
    Conflict
        Where the version is retired, its bytes lie elsewhere, a package that it needs is not here, or it raises on
        these rows.
    Untrusted, Damaged
        As `store.loading.load` does.
    BadInput
        Where columns are missing, or what was predicted does not fit the target.
    """
    from jupyter_mlc.store.loading import load

    plan = planned(version, context, trust=trust)
    if plan.event.format == ELSEWHERE:
        raise Conflict(f"the bytes of {version.ref} lie elsewhere", hint=f"bring them here: %mlc fetch {version.ref}")
    model: Any = load(plan.event.artifact, context.artifacts, trusted=plan.trusted, folder=cache_folder())
    names = _inputs(version.ref, model, plan.event.signature, exam)
    said = _spoken(version.ref, model, exam, lambda: _rows(model, exam.table.select(names)))
    made = _outcome(version.ref, exam, said, positive)
    told = tuple(f"{version.ref} warned on {exam.name}: {one}" for one in said.warnings)
    return Scored(version=version, outcome=made, warnings=(*plan.warnings, *told))


# What goes in


def _inputs(ref: str, model: Any, signature: Signature, exam: Exam) -> list[str]:
    """The columns that the version takes, in its order; without a signature all but the target."""
    shaped = next((one for one in signature.inputs if one.shape), None)
    if shaped is not None and len(signature.inputs) == 1 and shaped.shape == (len(exam.columns),):
        return list(exam.columns)  # one array that is as wide as the data, whose columns have places and no names
    if shaped is not None:
        shape = " x ".join(map(str, shaped.shape))
        raise BadInput(
            f"{ref} takes rows of shape {shape}, and a dataset has one value a column",
            hint="evaluate it in the notebook, and keep what comes out: %mlc register NAME OBJECT --metric KEY=VALUE",
        )
    wanted = [one.name for one in signature.inputs] or [str(name) for name in _own_names(model)]
    columns = exam.columns
    if not wanted:
        return list(columns)
    if exam.target in wanted:
        raise BadInput(
            f"{exam.target} is an input of {ref}; it cannot be its target too",
            hint="name the column with the answers: --target COLUMN",
        )
    if set(wanted) <= set(columns):
        return wanted
    if wanted == [f"x{place}" for place in range(len(wanted))] and len(columns) == len(wanted):
        return list(columns)  # it was fitted on an array, whose columns have places and no names
    raise _lacking(ref, exam, wanted)


def _own_names(model: Any) -> Iterable[object]:
    found = getattr(model, "feature_names_in_", None)
    return () if found is None or callable(found) else found


def _lacking(ref: str, exam: Exam, wanted: list[str]) -> BadInput:
    missing = [name for name in wanted if name not in exam.columns]
    if len(missing) == 1:
        near = did_you_mean(missing[0], [name for name in exam.columns if name not in wanted])
        message = f"{ref} needs the column {missing[0]}, and {exam.name} has none of that name"
        return BadInput(message, hint=near or _OTHER_DATA)
    named = ", ".join(missing[:_SHOWN]) + (", ..." if len(missing) > _SHOWN else "")
    return BadInput(f"{ref} needs {len(missing)} columns: {named}; {exam.name} has none of these", hint=_OTHER_DATA)


def _rows(model: Any, table: pa.Table) -> object:
    """The rows in the form that the model was fitted on: an array where it knows no names of columns."""
    import numpy as np

    fitted_on_array = hasattr(model, "n_features_in_") and not list(_own_names(model))
    if fitted_on_array or not _has_pandas():
        return np.column_stack([plain(table.column(name)) for name in table.column_names])
    return table.to_pandas()


def _has_pandas() -> bool:
    from importlib.util import find_spec

    return find_spec("pandas") is not None


# What comes out


def _spoken(ref: str, model: Any, exam: Exam, rows: Callable[[], object]) -> Answers:
    try:
        return answered(model, rows)
    except MlcError as error:
        raise BadInput(f"{ref}: {error.message}", hint=error.hint) from None
    except (Exception, SystemExit) as error:
        text = str(error).strip().partition("\n")[0]
        raise Conflict(
            f"{ref} cannot predict {exam.name}: {type(error).__name__}: {text}",
            hint=f"see what it does: m = %mlc load {ref}, then m.predict(ROWS)",
        ) from error


def _outcome(ref: str, exam: Exam, said: Answers, positive: str | None) -> Outcome:
    try:
        return outcome(
            exam.truth,
            said.predicted,
            probabilities=said.probabilities,
            scores=said.scores,
            classes=said.classes,
            positive=None if positive is None else _class_called(positive, said, exam),
            task=Task.REGRESSION if said.is_regression else None,
        )
    except OtherClasses as error:
        raise OtherClasses(f"{ref} on {exam.name}: {error.message}", error.hint, error.known) from None
    except MlcError as error:
        raise BadInput(f"{ref} on {exam.name}: {error.message}", hint=error.hint) from None


def _class_called(typed: str, said: Answers, exam: Exam) -> Hashable:
    """The class that is spelled like what was typed."""
    known = said.classes if said.classes is not None else tuple(dict.fromkeys(exam.truth.tolist()))
    found = next((name for name in known if str(name) == typed), None)
    if found is None:
        found = next((name for name in known if str(name).lower() == typed.lower()), None)
    if found is None:
        listed = ", ".join(str(name) for name in known[:_SHOWN]) + (", ..." if len(known) > _SHOWN else "")
        raise OtherClasses(f"the positive class {typed!r} is not among {listed}", "name one of them", known)
    return found
