"""Whether a stored model really loads: tried once in a fresh process, before a version of it exists."""

from __future__ import annotations

import argparse
import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import MlcError
from jupyter_mlc.store.alike import NOT_TRIED, compared
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.predicting import predict

if TYPE_CHECKING:
    from jupyter_mlc.domain.entities import Digest

_TAIL = 2000


@dataclass(frozen=True, kw_only=True)
class LoadCheck:
    """What happened in the fresh process."""

    ok: bool
    """whether the model loaded, and predicted where it was asked to"""
    seconds: float
    reason: str = ""
    """why not, in one line"""
    predicted: str = NOT_TRIED
    """same, close (equal but for rounding), different, or not tried"""
    detail: str = ""
    """the end of the traceback, or of what the process wrote"""
    beside: tuple[str, ...] = ()
    """files and packages of code in the working folder that it needed: they are not stored with the model"""
    missing: str = ""
    """the module that it needs and that was not found there"""
    is_broken_off: bool = False
    """whether the process was killed, or ended, before it could say anything"""


@dataclass(frozen=True, kw_only=True)
class _Report:
    """What the fresh process says of itself."""

    ok: bool
    reason: str = ""
    predicted: str = NOT_TRIED
    detail: str = ""
    beside: tuple[str, ...] = ()
    missing: str = ""
    is_broken_off: bool = False


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Rows to predict on, and what the model predicts for them here."""

    rows: Any = field(repr=False)
    expected: Any = field(repr=False)


def sample_of(model: Any, rows: Any) -> Sample:
    """Predict on the rows in this process; whatever the model raises passes through."""
    return Sample(rows=rows, expected=_asked(model, rows))


def _asked(model: Any, rows: Any) -> Any:
    """What it predicts; of what only prepares rows, such as a scaler, what it makes of them."""
    can_predict = hasattr(model, "predict") or callable(model)
    prepares = callable(getattr(model, "transform", None)) and not can_predict
    return model.transform(rows) if prepares else predict(model, rows)


def check_loads(
    digest: Digest, artifacts: Artifacts, *, folder: Path, sample: Sample | None = None, timeout: float = 120
) -> LoadCheck:
    """Load the object in a fresh process that starts where a new kernel would, and predict on the sample.

    Parameters
    ----------
    digest : Digest
        Of the manifest of an object that was just stored here: it is trusted.
    artifacts : Artifacts
        Where its blobs are.
    folder : Path
        A cache folder.
    sample : Sample, optional
        What it should predict.
    timeout : float
        Seconds after which the process is killed.
    """
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="mlc-load-check-") as name:
        place = Path(name)
        reason = _kept_sample(sample, place)
        ended = _run(_command(digest, artifacts, folder, place), place, timeout)
        report = _report(place, ended)
    predicted_not = reason if sample is not None and report.ok else ""
    return LoadCheck(**asdict(report) | {"reason": report.reason or predicted_not}, seconds=time.perf_counter() - began)


def _kept_sample(sample: Sample | None, place: Path) -> str:
    """Write the sample for the fresh process; why that was not possible, where it was not."""
    if sample is None:
        return ""
    try:
        parts = {"sample": sample.rows, "expected": sample.expected}
        texts = {name: pickle.dumps(part, protocol=pickle.HIGHEST_PROTOCOL) for name, part in parts.items()}
    except Exception as error:  # noqa: BLE001 (any object can be a sample; one that cannot be sent is not tried)
        return f"the sample could not be sent: {error}"
    for name, text in texts.items():
        (place / name).write_bytes(text)
    return ""


def _command(digest: Digest, artifacts: Artifacts, folder: Path, place: Path) -> list[str]:
    module = "jupyter_mlc.store.load_check"
    return [sys.executable, "-m", module, digest, str(artifacts.root.absolute()), str(folder.absolute()), str(place)]


def _run(command: list[str], place: Path, timeout: float) -> str:
    """Run to the end; how it ended, empty where it ended by itself."""
    with (place / "output").open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 (our own module, by this very interpreter)
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
        try:
            code = process.wait(timeout)
        except BaseException as error:
            # with whatever it has started
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if isinstance(error, subprocess.TimeoutExpired):
                return f"it did not load within {timeout:g} seconds"
            raise
    if code < 0:
        return f"the fresh process was killed by {signal.Signals(-code).name} while loading"
    return f"the fresh process ended without a word, with code {code}" if code else ""


def _report(place: Path, ended: str) -> _Report:
    try:
        said = json.loads((place / "report").read_text(encoding="utf-8"))
        report = _Report(**said | {"beside": tuple(said["beside"])})
    except (OSError, ValueError, TypeError, KeyError):
        output = (place / "output").read_bytes()[-_TAIL:].decode(errors="replace")
        return _Report(
            ok=False, reason=ended or "the fresh process ended without a word", detail=output, is_broken_off=True
        )
    if ended and report.ok:
        return _Report(ok=False, reason=ended, detail=report.detail, is_broken_off=True)
    return report


def main(words: list[str] | None = None) -> int:
    """The fresh process."""
    parser = argparse.ArgumentParser(description="Load a stored model and report.")
    for name in ("digest", "root", "folder", "place"):
        parser.add_argument(name)
    ask = parser.parse_args(words)
    report = _tried(ask.digest, Path(ask.root), Path(ask.folder), Path(ask.place))
    partial = Path(ask.place) / "report.tmp"
    partial.write_text(json.dumps(asdict(report)), encoding="utf-8")
    partial.replace(Path(ask.place) / "report")
    return 0


def _tried(digest: Digest, root: Path, folder: Path, place: Path) -> _Report:
    from jupyter_mlc.store.checked_blobs import Checks
    from jupyter_mlc.store.loading import load

    doing = ""
    try:
        model = load(digest, Artifacts(root, Checks(folder)), trusted=True, folder=folder)
        doing = "predicting: "
        predicted, reason = _predicted(model, place)
        return _Report(ok=True, reason=reason, predicted=predicted, beside=_beside())
    except MlcError as error:
        return _failed(doing + error.message, error.__cause__)
    except BaseException as error:  # noqa: BLE001 (also a sys.exit in somebody's module)
        return _failed(f"{doing}{type(error).__name__}: {error}".splitlines()[0], error)


def _failed(reason: str, cause: BaseException | None) -> _Report:
    missing = cause.name if isinstance(cause, ModuleNotFoundError) else None
    return _Report(ok=False, reason=reason, detail=_traceback(), missing=missing or "")


def _beside() -> tuple[str, ...]:
    """The files and packages of code that lie in the working folder, and were installed nowhere."""
    try:
        folder = Path.cwd()
    except FileNotFoundError:
        return ()
    own = {"__main__", "__mp_main__", "jupyter_mlc"}
    files = {
        Path(file)
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] not in own and (file := getattr(module, "__file__", None))
    }
    return tuple(sorted({file.relative_to(folder).parts[0] for file in files if _is_loose(file, folder)}))


def _is_loose(file: Path, folder: Path) -> bool:
    is_installed = any(file.is_relative_to(prefix) for prefix in (sys.prefix, sys.base_prefix))
    is_package = bool({"site-packages", "dist-packages"}.intersection(file.parts))
    return file.is_relative_to(folder) and not (is_installed or is_package)


def _traceback() -> str:
    import traceback

    return traceback.format_exc()[-_TAIL:]


def _predicted(model: Any, place: Path) -> tuple[str, str]:
    """Predict on the sample and compare; where that cannot be done, why not."""
    if not (place / "sample").exists():
        return NOT_TRIED, ""
    try:
        rows = _read(place / "sample")
    except Exception as error:  # noqa: BLE001 (it may need anything that is not here)
        return NOT_TRIED, f"the sample cannot be read there: {type(error).__name__}"
    found = _asked(model, rows)
    try:
        verdict = compared(_read(place / "expected"), found)
    except Exception as error:  # noqa: BLE001 (such as a class that only the notebook has)
        return NOT_TRIED, f"what it predicts cannot be read there: {type(error).__name__}"
    return verdict, "such predictions have nothing to compare them by" if verdict == NOT_TRIED else ""


def _read(path: Path) -> Any:
    """What the process that started this one wrote a moment ago, in a folder that only this user can enter."""
    return pickle.loads(path.read_bytes())  # noqa: S301 (it is our own)


if __name__ == "__main__":
    sys.exit(main())
