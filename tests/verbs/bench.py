"""Versions as if a notebook had registered them, and their reproduction by real jobs."""

from __future__ import annotations

import platform
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from jupyter_mlc.capture.data.datasets import facts, read_data
from jupyter_mlc.capture.environment import Environment
from jupyter_mlc.capture.models import estimators
from jupyter_mlc.capture.notebook.document import text
from jupyter_mlc.domain.entities import DatasetFacts, Signature, Snapshot
from jupyter_mlc.domain.reproductions import Evidence
from jupyter_mlc.store import formats
from jupyter_mlc.store.identity import identity
from jupyter_mlc.store.places import place_of
from jupyter_mlc.store.predicting import predict
from jupyter_mlc.verbs.evidence import kept_evidence
from jupyter_mlc.verbs.history import History, HistoryReply
from jupyter_mlc.verbs.list_ import List, ListReply
from jupyter_mlc.verbs.register import Facts, Register, RegisterReply
from jupyter_mlc.verbs.reproduce import Reproduce
from jupyter_mlc.verbs.reproduction_job import ReproduceReply
from jupyter_mlc.verbs.session import LocalSession

LOAD = "%load_ext jupyter_mlc"
REGISTER = "%mlc register churn clf --data train --metric score=score --no-load-check"
LOCK = f"# Python {platform.python_version()} ({platform.python_implementation()})\n# platform a machine\n"
"""the beginning of the lock of an environment with this Python"""


def lock_here() -> str:
    """The lock of the environment in which the tests run."""
    return Environment().lock().text


def notebook(*sources: str, ran: tuple[int, ...] | None = None, failed: tuple[int, ...] = ()) -> dict[str, Any]:
    """A notebook as it is captured: its cells, and which of them ran; the last one that ran registered."""
    cells = [
        {"cell_type": "code", "id": f"cell-{place}", "source": source, "metadata": {}, "outputs": []}
        | {"execution_count": None}
        for place, source in enumerate(sources)
    ]
    executed = [
        {"id": f"cell-{place}", "source": sources[place], "ok": place not in failed, "count": count}
        for count, place in enumerate(ran or range(len(sources)), 1)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}, "jupyter_mlc": {"executed": executed}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


@dataclass(kw_only=True)
class Bench:
    """A registry of one's own, and a folder with notebooks."""

    session: LocalSession
    folder: Path

    @classmethod
    def at(cls, folder: Path) -> Bench:
        """A new one."""
        return cls(session=LocalSession(place_of(str(folder / "registry")), identity), folder=folder)

    def blob(self, content: bytes) -> str:
        return self.session.artifacts.put_bytes(content)

    def table(self, name: str, value: Any) -> DatasetFacts:
        """Rows, or a file with some, as `register --data` keeps them."""
        found, content = facts(read_data(value), name=name)
        digest = content.file_digest()
        if digest is not None:
            return replace(found, file_digest=digest)
        content.write_parquet(self.folder / f"{name}-kept.parquet")
        return replace(found, blob=self.session.artifacts.put_file(self.folder / f"{name}-kept.parquet")[0])

    def register(
        self,
        content: dict[str, Any] | None,
        model: object = None,
        *,
        lock: str | None = None,
        metric: dict[str, float] | None = None,
        param: dict[str, Any] | None = None,
        data: tuple[DatasetFacts | str, ...] = (),
        rows: Any = None,
        name: str = "churn",
        **surroundings: Any,
    ) -> str:
        """Register a version that a notebook made; its reference."""
        blobs = {"notebook": self.blob(text(content))} if content is not None else {}
        told = lock_here() if lock is None else lock
        blobs |= {"lock": self.blob(told.encode())} if told else {}
        made = {"a": 1} if model is None else model
        class_name, library = estimators.describe(made)
        artifact = formats.store(made, self.session.artifacts)
        params = {one.key: one.value for one in estimators.parameters(made)[0]} if model is not None else {}
        path = str(self.folder / "fit.ipynb")
        snapshot = Snapshot(**{"notebook_path": path, "cells": 3, **blobs, **surroundings})
        reply = self.session.call(
            Register(
                name=name,
                object=replace(artifact, class_name=class_name, library=library),
                metric=metric or {},
                data=data,
                facts=Facts(
                    snapshot=msgspec.json.encode(snapshot).decode(),
                    blobs=(*blobs.values(), *snapshot.wheels.values()),
                    params=params | (param or {}),
                    signature=estimators.signature(made, None, rows, predict) if model is not None else Signature(),
                ),
            )
        )
        assert isinstance(reply, RegisterReply)
        return reply.version

    def reproduce(self, ref: str = "churn:1", **more: Any) -> ReproduceReply:
        reply = self.session.call(Reproduce(ref=ref, **more))
        assert isinstance(reply, ReproduceReply)
        return reply

    def evidence(self, ref: str = "churn:1") -> Evidence:
        """The newest that is kept."""
        version = self.session.registry.version(ref)
        found = self.session.registry.reproductions_of(version.id, 1)[0]
        return kept_evidence(found.evidence, self.session.artifacts, Evidence)

    def history(self, ref: str = "churn:1") -> list[tuple[str, str]]:
        """What happened, and why."""
        reply = self.session.call(History(ref=ref))
        assert isinstance(reply, HistoryReply)
        return [(entry.what, entry.why) for entry in reply.entries]

    def versions(self, name: str = "churn") -> list[str]:
        reply = self.session.call(List(what=name))
        assert isinstance(reply, ListReply)
        return [version.ref for version in reply.versions]
