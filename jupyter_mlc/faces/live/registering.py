"""Registering a live model: stored, looked around, read, tried in a fresh process, recorded."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.entities import Artifact, DatasetFacts
from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.domain.names import check_name
from jupyter_mlc.faces.live.data import data_name, dataset, rows_of
from jupyter_mlc.faces.live.models import SKIPPED, OfModel, load_check, read_model, secrets_in_code
from jupyter_mlc.faces.live.surroundings import Taken, snapshot
from jupyter_mlc.faces.runs import Run
from jupyter_mlc.faces.values import Named
from jupyter_mlc.store.formats.base import REFERENCE
from jupyter_mlc.verbs.job_names import JOB
from jupyter_mlc.verbs.masking import said_in
from jupyter_mlc.verbs.register import Facts, Register, RegisterReply, contradictions

if TYPE_CHECKING:
    from jupyter_mlc.faces.desk import Desk

_MOST_NAMED = 5


def register(desk: Desk, values: dict[str, Any]) -> RegisterReply:
    """Store the model, capture what surrounds it, see that it loads, and register it."""
    check_name(values["name"])
    named: Named = values["object"]
    _refuse_class(named)
    sample, data = rows_of(values.get("sample")), values.get("data", ())
    run = desk.open_runs.of(values["name"])
    desk.progress(0, 4, "storing the model")
    artifact = stored(desk, named, _form(values))
    desk.progress(1, 4, "looking around")
    uses = [each.name for each in (named, *data, *([sample] if sample else []))]
    taken = snapshot(desk, uses, said_in(Register, {**values, **_logged(run, values)}))
    with _told_anyway(desk, taken):
        return _registered(desk, {**values, "sample": sample}, artifact, taken, run)


@contextmanager
def _told_anyway(desk: Desk, taken: Taken) -> Iterator[None]:
    """What was captured is told with the reply; where there will be none, it is told now."""
    try:
        yield
    except BaseException:
        desk.tell(taken.to_tell, None)
        raise


def _registered(desk: Desk, values: dict[str, Any], artifact: Artifact, taken: Taken, run: Run | None) -> RegisterReply:
    named, data, sample = values["object"], values.get("data", ()), values["sample"]
    model = read_model(named, sample, data, taken.off)
    desk.progress(2, 4, "reading the data")
    datasets, unread = _datasets(desk, data, values["name"])
    desk.progress(3, 4, "loading it in a fresh process")
    is_skipped = bool(values.get("no_load_check"))
    loaded = SKIPPED if is_skipped else load_check(desk, artifact, named, sample, model.signature)
    unclear = desk.open_runs.unclear(values["name"]) if run is None else []
    passed = [each for each in desk.open_runs.passed_over(values["name"]) if run is None and not each.is_told]
    about = (*_of_unclear(unclear), *_of_passed(passed, values["name"]), *_of_ended(run, model))
    secrets = secrets_in_code(desk, artifact, taken.off)
    wire = {
        "object": replace(artifact, class_name=model.class_name, library=model.library),
        "sample": sample.name if sample else None,
        "data": datasets,
        "facts": replace(
            _facts(taken, model, (*secrets, *unread, *loaded.warnings, *about), loaded.notes),
            load_check=loaded.check,
            duration=_duration(desk, named),
            run=run.id if run else None,
            logged=_names(run, values),
            job=os.environ.get(JOB, ""),
        ),
    }
    reply = desk.call(Register(**{**values, **_logged(run, values), **wire}))
    desk.progress(4, 4, "registered")
    if not isinstance(reply, RegisterReply):
        raise TypeError(type(reply))
    if reply.done:
        _claimed(desk, run)
        _told(desk, unclear, passed)
    return reply


def _datasets(desk: Desk, data: Iterable[Named], model: str) -> tuple[tuple[DatasetFacts | str, ...], tuple[str, ...]]:
    """The datasets of the version, and a word about each whose rows cannot be read: the model is kept all the same.

    A path or a name that leads nowhere is refused: it was typed for something else.
    """
    found: list[DatasetFacts | str] = []
    unread = []
    for each in data:
        try:
            found.append(dataset(desk, each, name=data_name(each, model)))
        except BadInput as error:
            if isinstance(each.value, str | os.PathLike):
                raise
            unread.append(f"{each.name} is not recorded as data of this version: {error.message} ({error.hint})")
    return tuple(found), tuple(unread)


def _form(values: dict[str, Any]) -> str:
    """The format that was asked for."""
    form = str(values.get("format", ""))
    if not values.get("by_reference"):
        return form
    if form not in {"", REFERENCE}:
        raise BadInput(
            f"--by-reference stores no bytes, so there is nothing to store as {form}",
            hint="leave out one of --by-reference and --format",
        )
    return REFERENCE


def _facts(taken: Taken, model: OfModel, said: tuple[str, ...], noted: tuple[str, ...]) -> Facts:
    return Facts(
        snapshot=taken.text,
        blobs=taken.blobs,
        params=model.params,
        metrics=model.metrics,
        curves=model.curves,
        signature=model.signature,
        summary=taken.summary,
        findings=taken.findings,
        warnings=(*taken.warnings, *model.warnings, *said),
        notes=(*model.notes, *noted, *taken.notes),
    )


def _logged(run: Run | None, values: dict[str, Any]) -> dict[str, Any]:
    """What was logged in the open run so far; what was typed for the version counts more."""
    if run is None or not run.is_open:
        return {}
    return {
        "metric": {**run.metrics, **values.get("metric", {})},
        "param": {**run.params, **values.get("param", {})},
    }


def _names(run: Run | None, values: dict[str, Any]) -> tuple[str, ...]:
    """The metrics and parameters that come from the run."""
    names = dict.fromkeys([*run.metrics, *run.params]) if run else {}
    return tuple(name for name in names if name not in {*values.get("metric", {}), *values.get("param", {})})


def _of_passed(runs: Sequence[Run], model: str) -> Iterator[str]:
    """A word about runs that are open for something else, where the version belongs to none."""
    for name in dict.fromkeys(run.name for run in runs):
        open_for = [run for run in runs if run.name == name]
        are = "are" if len(open_for) > 1 else "is"
        yield (
            f"{_named(open_for)} {are} open for {name}, not for {model}: this version has a run of its own; "
            "run.end() ends an open run"
        )


def _of_unclear(runs: Sequence[Run]) -> Iterator[str]:
    """A word about runs of which each may have trained the version, which belongs to none therefore."""
    if runs:
        yield (
            f"{_named(runs)} ended without a version, and which of them trained this one is not known: it has none of "
            f"their figures; register inside the block, with mlc.run({runs[0].name!r}) as run, or give it run.metrics"
        )


def _named(runs: Sequence[Run]) -> str:
    """The runs as a sentence names them."""
    refs = [run.ref for run in runs[:_MOST_NAMED]]
    last = refs.pop() if len(refs) == len(runs) else f"{len(runs) - len(refs)} more"
    return f"{', '.join(refs)} and {last}" if refs else last


def _of_ended(run: Run | None, model: OfModel) -> tuple[str, ...]:
    """What a run that has ended says otherwise than the model; what an open one says is typed along."""
    return contradictions(model.params, run.params) if run and not run.is_open else ()


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


def _told(desk: Desk, unclear: Iterable[Run], passed: Iterable[Run]) -> None:
    """Runs are told of once."""
    for run in unclear:
        desk.open_runs.remove(run)
    for run in passed:
        run.is_told = True


def _claimed(desk: Desk, run: Run | None) -> None:
    """A run that ended, or was left open for this, has its version now."""
    if run is None:
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
    artifact = formats.store(named.value, desk.session.artifacts, name=form, cells=cells, progress=desk.progress)
    desk.session.send(artifact.blobs)
    return artifact


def _duration(desk: Desk, named: Named) -> int | None:
    """How long the running cell takes so far, where the model was made in it (microseconds)."""
    from jupyter_mlc.capture.notebook.names import names_of
    from jupyter_mlc.verbs.session import now

    running = desk.surroundings.recorder.running
    if running is None or named.name not in names_of(running.source).binds:
        return None
    return max(0, now() - running.began // 1000)
