"""From live objects to digests, and back: what a face does around `register`, `dataset add`, `run` and `load`."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from jupyter_mlc.domain.entities import Artifact, DatasetFacts, Digest, Scalar, Signature
from jupyter_mlc.domain.errors import BadInput, Conflict, MlcError
from jupyter_mlc.domain.names import check_name
from jupyter_mlc.faces.runs import Run
from jupyter_mlc.faces.values import Named
from jupyter_mlc.store.home import cache_folder
from jupyter_mlc.verbs.load import LoadReply
from jupyter_mlc.verbs.register import Facts, Register, RegisterReply

if TYPE_CHECKING:
    from jupyter_mlc.faces.desk import Desk

_SAMPLE_ROWS = 20


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What surrounded the model, its blobs stored."""

    text: str = ""
    blobs: tuple[Digest, ...] = ()
    summary: str = ""
    findings: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    off: tuple[str, ...] = ()


def snapshot(desk: Desk, uses: Iterable[str] | None) -> Taken:
    """Take a snapshot of what surrounds the caller, and store what belongs to it."""
    captured = desk.surroundings.take(
        folder=Path.cwd(),
        environ=os.environ,
        namespace=desk.namespace(),
        uses=tuple(uses) if uses is not None else None,
    )
    names = list(captured.blobs)
    digests = dict(zip(names, desk.session.artifacts.put_many(captured.blobs.values()), strict=True)) if names else {}
    desk.session.send(digests.values())
    found = captured.stored(digests)
    return Taken(
        text=msgspec.json.encode(found).decode(),
        blobs=tuple(digests.values()),
        summary=_summary(found),
        findings=tuple(one for one in captured.warnings if one in found.findings),
        warnings=tuple(one for one in captured.warnings if one not in found.findings),
        notes=captured.notes,
        off=found.off,
    )


def _summary(found: Any) -> str:
    """What was captured, in one line."""
    parts = [f"notebook {Path(found.notebook_path).name}" if found.notebook_path else ""]
    parts.append(f"{found.cells} executed cell{'' if found.cells == 1 else 's'}" if found.cells else "")
    parts.append(f"lock of {found.packages} packages" if found.lock else "")
    dirty = " (uncommitted changes)" if found.git_dirty else ""
    parts.append(f"git {found.git_commit[:7]}{dirty}" if found.git_commit else "")
    return ", ".join(part for part in parts if part)


# register


def register(desk: Desk, values: dict[str, Any]) -> RegisterReply:
    """Store the model, capture what surrounds it, see that it loads, and register it."""
    check_name(values["name"])
    named: Named = values["object"]
    _refuse_class(named)
    sample, data = _rows_of(values.get("sample")), values.get("data", ())
    run = desk.open_runs.of(values["name"])
    desk.progress(0, 4, "storing the model")
    artifact = stored(desk, named, values.get("format", ""))
    desk.progress(1, 4, "looking around")
    taken = snapshot(desk, [each.name for each in (named, *data, *([sample] if sample else []))])
    model_facts = _read_model(named, sample, data, taken.off)
    desk.progress(2, 4, "reading the data")
    values |= {
        "object": replace(artifact, class_name=model_facts.class_name, library=model_facts.library),
        "sample": sample.name if sample else None,
    }
    values["data"] = tuple(dataset(desk, each, name=_data_name(each, values["name"])) for each in data)
    desk.progress(3, 4, "loading it in a fresh process")
    check, said = _load_check(desk, artifact, named, sample, skip=bool(values.get("no_load_check")))
    values["facts"] = Facts(
        snapshot=taken.text,
        blobs=taken.blobs,
        params=model_facts.params,
        signature=model_facts.signature,
        load_check=check,
        duration=_duration(desk, named),
        summary=taken.summary,
        findings=taken.findings,
        warnings=(*taken.warnings, *model_facts.warnings, *said),
        notes=taken.notes,
        run=run.id if run else None,
    )
    if run is not None and run.is_open:
        values["metric"] = {**run.metrics, **values.get("metric", {})}
        values["param"] = {**run.params, **values.get("param", {})}
    reply = desk.call(Register(**values))
    desk.progress(4, 4, "registered")
    if not isinstance(reply, RegisterReply):
        raise TypeError(type(reply))
    _claimed(desk, run, reply)
    return reply


def _refuse_class(named: Named) -> None:
    if isinstance(named.value, type):
        what = named.value.__name__
        raise BadInput(
            f"{named.name} is the class {what}, not a fitted model", hint=f"fit one first: {what}().fit(...)"
        )
    if named.value is None:
        raise BadInput(
            f"{named.name} is None, not a model", hint="does the line above it end in a call that returns nothing?"
        )


def _rows_of(sample: Named | None) -> Named | None:
    """The sample as rows; what was typed may be the path of a file."""
    if sample is None or not isinstance(sample.value, str | os.PathLike):
        return sample
    if not Path(sample.value).expanduser().is_file():
        hint = (
            sample.near or f"name rows that are there, a file, or an expression in braces: --sample {{{sample.name}}}"
        )
        raise BadInput(f"there are no rows called {sample.name!r} to predict", hint=hint)
    from jupyter_mlc.capture.data.datasets import read_data

    return replace(sample, value=read_data(sample.value).arrow.to_pandas())


def _claimed(desk: Desk, run: Run | None, reply: RegisterReply) -> None:
    """A run that ended, or was left open for this, has its version now."""
    if run is None or not reply.done:
        return
    run.has_version = True
    if run.until_register and run.is_open:
        run.end()
    if not run.is_open:
        desk.open_runs.remove(run)


def stored(desk: Desk, named: Named, form: str) -> Artifact:
    """Store a model's bytes where the verbs look for them."""
    from jupyter_mlc.store import formats

    executions = desk.surroundings.recorder.executions
    cells = tuple(dict.fromkeys(one.source for one in executions))
    artifact = formats.store(named.value, desk.session.artifacts, name=form, cells=cells)
    desk.session.send(artifact.blobs)
    return artifact


@dataclass(frozen=True, kw_only=True)
class _Model:
    """What a model tells of itself."""

    params: Mapping[str, Scalar]
    signature: Signature
    class_name: str
    library: str
    warnings: tuple[str, ...]


def _read_model(named: Named, sample: Named | None, data: Iterable[Named], off: tuple[str, ...]) -> _Model:
    from jupyter_mlc.capture.models import estimators

    if isinstance(named.value, str | os.PathLike):
        return _Model(params={}, signature=Signature(), class_name=Path(named.value).name, library="", warnings=())
    class_name, library = estimators.describe(named.value)
    rows = [each.value for each in data if not isinstance(each.value, str | os.PathLike)]
    signature = Signature()
    if "signature" not in off:
        signature = estimators.signature(named.value, sample.value if sample else None, rows[0] if rows else None)
    params: Mapping[str, Scalar] = {}
    warnings: tuple[str, ...] = ()
    if "parameters" not in off:
        found, warnings = estimators.parameters(named.value)
        params, secrets = _scrubbed({each.key: each.value for each in found}, off)
        warnings += secrets
    return _Model(params=params, signature=signature, class_name=class_name, library=library, warnings=warnings)


def _scrubbed(params: Mapping[str, Scalar], off: tuple[str, ...]) -> tuple[dict[str, Scalar], tuple[str, ...]]:
    """The parameters without the secrets among them, and where those were."""
    from jupyter_mlc.capture.secrets.scrubbing import MASK, scrub

    clean, said = dict(params), []
    for key, value in params.items():
        if not isinstance(value, str) or "secrets" in off:
            continue
        _, found = scrub(f"{key} = {value!r}", f"parameter {key}", os.environ)
        if found:
            clean[key] = MASK
            said += [f"{each} was replaced by {MASK}" for each in found]
    return clean, tuple(said)


def _load_check(
    desk: Desk, artifact: Artifact, named: Named, sample: Named | None, *, skip: bool
) -> tuple[str, tuple[str, ...]]:
    """Load it once in a fresh process; what is recorded of that, and what is worth a word to the reader."""
    from jupyter_mlc.store.formats import format_named
    from jupyter_mlc.store.load_check import DIFFERENT, check_loads, sample_of

    if skip:
        return "skipped: --no-load-check", ()
    if not format_named(artifact.format).runs_code:
        return "not needed: files", ()
    rows = _first_rows(sample.value) if sample else None
    expected = sample_of(named.value, rows) if rows is not None else None
    found = check_loads(artifact.digest, desk.session.artifacts, folder=cache_folder(), sample=expected)
    if not found.ok:
        raise Conflict(
            f"{named.name} does not load in a fresh process: {found.reason}",
            hint="what it needs must be importable there: put it in a module or a cell; "
            "or register with --no-load-check",
        )
    said = () if found.predicted != DIFFERENT else ("it predicts differently in a fresh process: is it random?",)
    if sample is not None and expected is None:
        said = (f"{named.name} could not predict {sample.name} here, so that was not compared",)
    predicted = f", predictions {found.predicted}" if expected is not None else ""
    return f"passed in {found.seconds:.1f} s{predicted}", said


def _first_rows(rows: Any) -> Any:
    """A few rows are enough to see that a model predicts the same."""
    with suppress(Exception):  # whatever it is, it may still be something to predict
        return rows[:_SAMPLE_ROWS]
    return rows


def _duration(desk: Desk, named: Named) -> int | None:
    """How long the running cell takes so far, where the model was made in it (microseconds)."""
    from jupyter_mlc.capture.notebook.names import names_of
    from jupyter_mlc.verbs.session import now

    running = desk.surroundings.recorder.running
    if running is None or named.name not in names_of(running.source).binds:
        return None
    return max(0, now() - running.began // 1000)


# data


def dataset(desk: Desk, named: Named, *, name: str, time: str = "", keep: bool = True) -> DatasetFacts | str:
    """What a dataset is, its bytes stored; or the name itself, where the registry is to know it."""
    from jupyter_mlc.capture.data.datasets import facts, read_data

    value = named.value
    if isinstance(value, str) and not Path(value).expanduser().exists():
        if "/" in value or Path(value).suffix in {".csv", ".parquet", ".gz"}:
            raise BadInput(f"there is no file {value}", hint=named.near or "check the path")
        return value
    found, content = facts(read_data(value), name=name, time=time or None)
    if _is_known(desk, found.digest):
        return found
    artifacts = desk.session.artifacts
    row_digests = artifacts.put_bytes(content.row_digests())
    file_digest, blob = content.file_digest(), None
    if file_digest is None and keep:
        with tempfile.TemporaryDirectory(prefix="mlc-data-") as folder:
            path = Path(folder) / "data.parquet"
            content.write_parquet(path)
            blob, _ = artifacts.put_file(path)
    desk.session.send([digest for digest in (row_digests, blob) if digest])
    return replace(found, row_digests=row_digests, blob=blob, file_digest=file_digest)


def _is_known(desk: Desk, digest: str) -> bool:
    """Whether a registry on this machine holds this very content already, so that its bytes need not be written."""
    from jupyter_mlc.verbs.session import LocalSession

    session = desk.session
    return isinstance(session, LocalSession) and session.registry.dataset_by_digest(digest) is not None


def _data_name(named: Named, model: str) -> str:
    """What to call data that comes without a legal name: an expression goes under the model's name."""
    value = named.value
    name = Path(value).name.partition(".")[0] if isinstance(value, str | os.PathLike) else named.name
    with suppress(MlcError):
        return check_name(name, "dataset")
    return f"{model}-data"


def with_dataset(desk: Desk, values: dict[str, Any]) -> dict[str, Any]:
    """The values of `dataset add` with the data as facts."""
    check_name(values["name"], "dataset")
    named: Named = values["data"]
    desk.progress(0, 1, "reading the data")
    found = dataset(
        desk, named, name=values["name"], time=values.get("time", ""), keep=not values.get("no_store", False)
    )
    desk.progress(1, 1, "read")
    return values | {"data": found}


# run


def run(desk: Desk, values: dict[str, Any]) -> Run | Any:
    """Start a run that is open until the next `register` of its model."""
    if values.get("dry_run"):
        from jupyter_mlc.verbs.run import Run as RunAsk

        return desk.call(RunAsk(**values))
    started = Run(desk, values["name"], values.get("note", ""), params=values.get("param"), tags=values.get("tag"))
    started.until_register = True
    return started


def cell_as_run(desk: Desk, values: dict[str, Any], cell: str, run_cell: Callable[[str], BaseException | None]) -> Run:
    """Run a cell as the body of a run, in which ``run`` is the run; its error is raised by whoever runs the cell."""
    body = Run(desk, values["name"], values.get("note", ""), params=values.get("param"), tags=values.get("tag"))
    body.is_block = True
    names = desk.namespace()
    if isinstance(names, dict):
        names["run"] = body
    error = run_cell(cell)
    if body.is_open:
        body.end(failed=error is not None)
    return body


# load


def opened(desk: Desk, reply: Any) -> Any:
    """Open what `load` planned."""
    if not isinstance(reply, LoadReply):
        raise TypeError(type(reply))
    from jupyter_mlc.store.loading import load

    desk.session.fetch(reply.blobs)
    for warning in reply.warnings:
        desk.warn(warning)
    try:
        return load(reply.artifact, desk.session.artifacts, trusted=reply.trusted, folder=cache_folder())
    except MlcError as error:
        desk.note_refusal("load", reply.version, error)
        raise
