"""Executes the cells of a notebook in the process that asks, for tests of what is recorded of it."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_mlc.capture.process import here
from jupyter_mlc.jobs.spec import Engine, Exit, Outcome, Progress, Work
from jupyter_mlc.jobs.status import Told, Traces, tell
from jupyter_mlc.verbs.session import now


def execute(work: Work, *, watch: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Outcome:
    """Execute as jobs.execute does, without a kernel; cells find ``work`` and ``cancelled`` among their names."""
    content = json.loads(work.notebook.read_bytes())
    names: dict[str, Any] = {"work": work, "cancelled": cancelled, "register": lambda *a, **k: register(work, *a, **k)}
    began = now()
    _say(work, began)
    ended: dict[str, Any] = {"exit": Exit.SUCCEEDED}
    given = {**work.parameters, **{name: os.environ[each] for name, each in work.secrets.items()}}
    for place, cell in enumerate(content["cells"]):
        if cell["cell_type"] != "code" or place in work.skip or (work.last is not None and place > work.last):
            continue
        try:
            exec(cell["source"], names)
        except InterruptedError:
            ended = {"exit": Exit.CANCELLED, "cell": place, "exception": "Cancelled", "message": "it was cancelled"}
            break
        except Exception as error:  # noqa: BLE001 (a cell may raise anything)
            ended = {"exit": Exit.CELL_FAILED, "cell": place, "exception": type(error).__name__}
            ended |= {"message": str(error), "traceback": traceback.format_exc()}
            break
        finally:
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": str(names.get("said", ""))}]
        if "parameters" in cell["metadata"].get("tags", []):
            names |= given
    work.output.write_text(json.dumps(content), "utf-8")
    outcome = Outcome(cells=2, done=2, started=began, ended=now(), engine=Engine.COLD, **ended)
    tell(work.status, Told(traces=_traces(work), outcome=outcome))
    return outcome


def _say(work: Work, began: int) -> None:
    progress = Progress(
        cells=2,
        done=1,
        cell=1,
        source="fit()",
        started=began,
        seen=began,
        supervisor=os.getpid(),
        supervisor_started=here(),
        host="laptop",
        engine=Engine.COLD,
    )
    tell(work.status, Told(traces=_traces(work), progress=progress))


def _traces(work: Work) -> Traces:
    return Traces(mark="none-of-these", output=str(work.output), runtime=str(work.status.with_name("runtime")))


def register(work: Work, name: str, **metrics: float) -> str:
    """Register a version as `%mlc register` does in a job: it finds registry and job in the environment."""
    from jupyter_mlc.domain.entities import Artifact
    from jupyter_mlc.store.identity import Identity
    from jupyter_mlc.store.places import place_of
    from jupyter_mlc.verbs.register import Facts, Register, RegisterReply
    from jupyter_mlc.verbs.session import LocalSession

    session = LocalSession(
        place_of(work.environment["MLC_REGISTRY"]), lambda: Identity(seed=b"a" * 32, name="ana@laptop")
    )
    digest = session.artifacts.put_bytes(f"{name} {metrics} {work.output}".encode())
    model = Artifact(format="joblib", digest=digest, size=3, blobs=(digest,), class_name="Logit", library="tests")
    ask = Register(name=name, object=model, metric=metrics, facts=Facts(job=work.environment["MLC_JOB"]))
    reply = session.call(ask)
    session.close()
    assert isinstance(reply, RegisterReply)
    return reply.version


def killed_once(work: Work, *, watch: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Outcome:
    """Kill the worker of the batch that executes the job whose parameter says so, the first time."""
    mark = Path(work.folder) / "killed"
    if work.parameters.get("kill") and not mark.exists():
        mark.touch()
        _say(work, 1)
        os.kill(os.getpid(), 9)
    return execute(work, watch=watch, cancelled=cancelled)
