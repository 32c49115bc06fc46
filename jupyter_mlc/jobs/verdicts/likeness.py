"""How alike two stored objects are: ``python -m jupyter_mlc.jobs.verdicts.likeness FOLDER``, in the right environment.

It is a process of its own because what was trained elsewhere may load only where its packages are, and because
loading may run code.
"""

from __future__ import annotations

import math
import os
import re
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.entities import Digest
from jupyter_mlc.domain.errors import MlcError

if TYPE_CHECKING:
    import numpy as np

_ASKED, _TOLD, _SAID = "asked.json", "told.json", "said"
_MOST_NAMED = 8
"""leaves that are told one by one"""
_LONGEST = 40
_PATIENCE = 600.0
TIMES = re.compile(r"(^|[._ ])(time|times|seconds|duration|elapsed|latency)([._ ]|$)", re.IGNORECASE)
"""in names of what tells how long something took"""


@dataclass(frozen=True, kw_only=True)
class Question:
    """Two objects that are set against each other."""

    before: Digest
    now: Digest
    root: str
    """of the artifacts"""
    folder: str
    """a cache folder"""
    trusted: bool
    """whether the first may run code here; the second was made here"""
    rows: str = ""
    """a Parquet file with what both are asked to predict"""
    tolerance: float


@dataclass(frozen=True, kw_only=True)
class Apart:
    """A leaf, or what was predicted, where the two differ."""

    name: str
    before: str
    now: str
    gap: float | None
    """None where no number tells how far"""


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """What was found."""

    leaves: int = 0
    same: int = 0
    apart: tuple[Apart, ...] = ()
    """leaves beyond the tolerance, at most some"""
    more: int = 0
    """that are not told one by one"""
    widest: float | None = 0.0
    """the greatest gap among the leaves; None where no number tells"""
    predicted: Apart | None = None
    """where both could be asked; its gap is 0 where they say the same"""
    rows: int = 0
    why_not: str = ""
    """why the objects could not be compared"""
    why_unasked: str = ""
    """why they could not be asked to predict"""


def likeness(question: Question, python: str = "") -> Likeness:
    """Compare in a fresh process.

    Parameters
    ----------
    question : Question
        What is compared.
    python : str
        The interpreter of another environment; empty: this one.
    """
    import msgspec

    with tempfile.TemporaryDirectory(prefix="mlc-likeness-") as name:
        place = Path(name)
        (place / _ASKED).write_bytes(msgspec.json.encode(question))
        ended = _run([python or sys.executable, "-m", "jupyter_mlc.jobs.verdicts.likeness", name], place)
        try:
            return msgspec.json.decode((place / _TOLD).read_bytes(), type=Likeness)
        except (OSError, msgspec.MsgspecError):
            said = (place / _SAID).read_bytes().decode(errors="replace").strip().splitlines()
            return Likeness(
                why_not=ended or (said[-1] if said else "the process that compares them ended without a word")
            )


def _run(command: list[str], place: Path) -> str:
    """Run to the end; how it ended, empty where it ended by itself."""
    with (place / _SAID).open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 (our own module)
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
        )
        try:
            code = process.wait(_PATIENCE)
        except BaseException as error:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if isinstance(error, subprocess.TimeoutExpired):
                return f"comparing them took longer than {_PATIENCE:g} seconds"
            raise
    return f"the process that compares them was ended by {signal.Signals(-code).name}" if code < 0 else ""


def main(words: list[str] | None = None) -> int:
    """The fresh process."""
    import msgspec

    place = Path((words or sys.argv[1:])[0])
    question = msgspec.json.decode((place / _ASKED).read_bytes(), type=Question)
    try:
        found = compared(question)
    except MlcError as error:
        found = Likeness(why_not=error.message)
    except BaseException as error:  # noqa: BLE001 (also a sys.exit in somebody's module)
        found = Likeness(why_not=f"{type(error).__name__}: {error}".splitlines()[0])
    partial = place / "partial"
    partial.write_bytes(msgspec.json.encode(found))
    partial.replace(place / _TOLD)
    return 0


def compared(question: Question) -> Likeness:
    """Load both, and compare.

    Raises
    ------
    MlcError
        As `store.loading.load` does.
    """
    from jupyter_mlc.store.artifacts import Artifacts
    from jupyter_mlc.store.checked_blobs import Checks
    from jupyter_mlc.store.loading import load

    folder = Path(question.folder)
    artifacts = Artifacts(Path(question.root), Checks(folder))
    before = load(question.before, artifacts, trusted=question.trusted, folder=folder)
    now = load(question.now, artifacts, trusted=True, folder=folder)
    inside = _inside(before, now, question.tolerance)
    return _asked(before, now, question, inside) if question.rows else inside


def _inside(before: Any, now: Any, tolerance: float) -> Likeness:
    """Every leaf of both, by its path."""
    from jupyter_mlc.jobs.verdicts.gaps import gap
    from jupyter_mlc.jobs.verdicts.leaves import leaves

    first, second = (_without_times(leaves(each)) for each in (before, now))
    gaps = {name: gap(first[name], second[name], tolerance) for name in first if name in second}
    alone = [name for name in (*first, *second) if name not in gaps]
    far = sorted((name for name, wide in gaps.items() if not wide <= tolerance), key=lambda name: -gaps[name])
    apart = [
        _apart(name, first.get(name, _NOTHING), second.get(name, _NOTHING), gaps.get(name)) for name in (*alone, *far)
    ]
    return Likeness(
        leaves=len(gaps) + len(alone),
        same=sum(not wide for wide in gaps.values()),
        apart=tuple(apart[:_MOST_NAMED]),
        more=max(0, len(apart) - _MOST_NAMED),
        widest=None if alone else _told(max(gaps.values(), default=0.0)),
    )


def _without_times(found: dict[str, Any]) -> dict[str, Any]:
    """How long something took is never the same again."""
    return {name: leaf for name, leaf in found.items() if not TIMES.search(name)}


class _Nothing:
    def __repr__(self) -> str:
        return "nothing"


_NOTHING = _Nothing()


def _apart(name: str, before: Any, now: Any, wide: float | None) -> Apart:
    return Apart(name=name, before=_shown(before), now=_shown(now), gap=None if wide is None else _told(wide))


def _told(wide: float) -> float | None:
    return wide if math.isfinite(wide) else None


def _shown(value: Any) -> str:
    """A leaf in a few words."""
    shape = getattr(value, "shape", ())
    if shape:
        return f"{value.dtype} {' x '.join(map(str, shape))}" if not value.dtype.names else f"{len(value)} records"
    text = repr(value.item() if hasattr(value, "item") else value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _asked(before: Any, now: Any, question: Question, inside: Likeness) -> Likeness:
    """What both predict for the rows."""
    from dataclasses import replace

    from jupyter_mlc.jobs.verdicts.gaps import gap

    try:
        rows = _rows(before, Path(question.rows))
        kind, first = _answers(before, rows)
        _, second = _answers(now, rows)
    except Exception as error:  # noqa: BLE001 (a prediction can fail in every way; then there is nothing to compare)
        return replace(inside, why_unasked=f"{type(error).__name__}: {error}".splitlines()[0])
    wide = gap(first, second, question.tolerance)
    return replace(inside, predicted=_predicted(kind, first, second, wide), rows=len(rows))


def _predicted(kind: str, before: np.ndarray[Any, Any], now: np.ndarray[Any, Any], wide: float) -> Apart:
    """Where they differ, the row in which they do most."""
    import numpy as np

    if not wide or before.shape != now.shape:
        return Apart(name=kind, before=_shown(before), now=_shown(now), gap=_told(wide))
    try:
        far = np.abs(before.astype(float) - now.astype(float)).reshape(len(before), -1).max(axis=1)
    except (TypeError, ValueError):
        far = np.asarray(before != now).reshape(len(before), -1).any(axis=1)
    row = int(np.nanargmax(far))
    return Apart(name=f"{kind} of row {row}", before=_shown_row(before[row]), now=_shown_row(now[row]), gap=_told(wide))


def _shown_row(value: Any) -> str:
    text = " ".join(str(value.tolist() if hasattr(value, "tolist") else value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _answers(model: Any, rows: Any) -> tuple[str, np.ndarray[Any, Any]]:
    """Probabilities where it gives some: they tell more than the class that is the likeliest."""
    import numpy as np

    from jupyter_mlc.store.predicting import predict

    if callable(getattr(model, "predict_proba", None)):
        return "probabilities", np.asarray(model.predict_proba(rows))
    return "predictions", np.asarray(predict(model, rows))


def _rows(model: Any, path: Path) -> Any:
    """The rows in the form that the model was fitted on: an array where it knows no names of columns."""
    import numpy as np

    from jupyter_mlc.capture.data.files import read_parquet

    with path.open("rb") as file:
        table = read_parquet(file)
    names = getattr(model, "feature_names_in_", None)
    if hasattr(model, "n_features_in_") and (names is None or callable(names)):
        return np.column_stack([table.column(name).to_numpy() for name in table.column_names])
    return table.to_pandas()


if __name__ == "__main__":
    sys.exit(main())
