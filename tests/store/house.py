"""A registry with a few words for what tests of the store do all the time."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jupyter_mlc.domain.entities import Measured, RunFile, Scalar, Signature
from jupyter_mlc.domain.evaluations import Estimate
from jupyter_mlc.domain.events import (
    AliasMoved,
    DatasetAdded,
    DatasetLink,
    Evaluated,
    Event,
    ModelCreated,
    Pointer,
    RunEnded,
    RunStarted,
    Tagged,
    VersionKey,
    VersionRegistered,
)
from jupyter_mlc.domain.imports import Imported, Origin
from jupyter_mlc.domain.jobs import SUCCEEDED, JobAdded, JobEnded, JobStarted
from jupyter_mlc.domain.lifecycle import (
    Line,
    Stage,
    Standpoint,
    opposite,
    plan_deprecation,
    plan_discard,
    plan_promotion,
    plan_retirement,
    plan_rollback,
)
from jupyter_mlc.domain.names import Reference
from jupyter_mlc.domain.schedules import ScheduleAdded
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.store.projections import Recorded
from jupyter_mlc.store.queries import standpoint
from jupyter_mlc.store.registry import Registry
from jupyter_mlc.store.rows import KEYS
from jupyter_mlc.store.writing import Writing


@dataclass(kw_only=True)
class House:
    registry: Registry
    identity: Identity
    clock: Callable[[], int]
    artifacts: Artifacts
    model: str = "churn"
    datasets: dict[str, int] = field(default_factory=dict)

    def append(self, event: Event) -> Recorded:
        with self.registry.write(self.identity, self.clock) as log:
            return log.append(event)

    def create(self, model: str | None = None, tier: str = "minimal") -> None:
        with self.registry.write(self.identity, self.clock) as log:
            log.append(ModelCreated(model=model or self.model, tier=tier, owner=log.actor))

    def register(
        self,
        *,
        model: str | None = None,
        metrics: Mapping[str, float] | None = None,
        params: Mapping[str, Scalar] | None = None,
        tags: Mapping[str, str] | None = None,
        note: str = "",
        datasets: tuple[str, ...] = (),
        content: str = "the bytes of a model",
        files: tuple[RunFile, ...] = (),
        class_name: str = "Logit",
        job: int | None = None,
    ) -> int:
        """Register a version; its number."""
        name = model or self.model
        if self.registry.model_row(name) is None:
            self.create(name)
        numbers = {key: value for key, value in (params or {}).items() if not isinstance(value, str)}
        words = {key: value for key, value in (params or {}).items() if isinstance(value, str)}
        digest = self.artifacts.put_bytes(content.encode())
        with self.registry.write(self.identity, self.clock) as log:
            run = log.append(RunStarted(name=name, tags=json.dumps({"night": "yes"})))
            links = tuple(DatasetLink(dataset=self.datasets[each]) for each in datasets)
            measured = tuple(Measured(key=key, value=value) for key, value in (metrics or {}).items())
            log.append(
                RunEnded(
                    run=run.seq,
                    status="finished",
                    duration=5,
                    metrics=measured,
                    params=numbers,
                    param_words=json.dumps(words) if words else "",
                    datasets=links,
                    files=files,
                    snapshot='{"python": "3.11"}',
                )
            )
            version = log.append(
                VersionRegistered(
                    model=name,
                    run=run.seq,
                    format="joblib",
                    artifact=digest,
                    size=len(content),
                    blobs=(digest,),
                    class_name=class_name,
                    library="tests",
                    signature=Signature(),
                    load_check="passed",
                    job=job,
                    note=note,
                    tags=json.dumps(dict(tags)) if tags else "",
                )
            )
        return version.assigned["number"]

    def bring_in(self, number: int) -> Recorded:
        """Record a version as copied in from another registry, where it has this number."""
        evidence = self.artifacts.put_bytes(b"evidence")
        origin = Origin(
            registry="0f" * 16,
            head=12,
            head_hash="ab" * 32,
            ref=f"{self.model}:{number}",
            number=number,
            registration="cd" * 32,
            event=4,
            registered=5,
            author="p-somebody",
            signer="",
        )
        return self.append(
            Imported(
                model=self.model,
                run=None,
                format="joblib",
                artifact=evidence,
                size=8,
                blobs=(evidence,),
                class_name="Logit",
                library="tests",
                signature=Signature(),
                load_check="skipped",
                origin=origin,
                evidence=evidence,
            )
        )

    def add_dataset(self, name: str) -> int:
        blob = self.artifacts.put_bytes(name.encode())
        added = self.append(
            DatasetAdded(name=name, digest=f"mlc1:{name}", rows=3, columns=(), blob=blob, source="memory")
        )
        self.datasets[name] = added.seq
        return added.assigned["number"]

    def evaluate(self, number: int, dataset: str, **values: float | None) -> Recorded:
        """Record that a version was judged by a dataset; None stands for a metric that has no value."""
        evidence, predictions = (self.artifacts.put_bytes(f"{kind} of {number}".encode()) for kind in ("all", "each"))
        return self.append(
            Evaluated(
                model=self.model,
                version=self.key(number),
                dataset=self.datasets[dataset],
                dataset_name=dataset,
                target="late",
                task="binary",
                rows=3,
                estimates=tuple(Estimate(metric=metric, value=value) for metric, value in values.items()),
                reasons=json.dumps({metric: "no row is positive" for metric, value in values.items() if value is None}),
                positive="True",
                evidence=evidence,
                predictions=predictions,
            )
        )

    def add_job(self, name: str = "fit") -> Recorded:
        """Define a job: a notebook that can be executed by name."""
        notebook = self.artifacts.put_bytes(f"the notebook {name}".encode())
        found = json.dumps([{"name": "C", "type": "float", "default": "1.0", "help": "of the penalty"}])
        return self.append(JobAdded(name=name, notebook=notebook, parameters=found, source=f"{name}.ipynb"))

    def add_schedule(self, name: str = "fit") -> Recorded:
        """Have a job executed every morning."""
        return self.append(ScheduleAdded(name=name, every="0 6 * * *", ask=json.dumps({"param": {"C": 0.3}})))

    def start_job(self, number: int | None = None, *, key: str = "k", sweep: int | None = None) -> Recorded:
        """Begin to execute the notebook of a version, or one of no version."""
        return self.append(
            JobStarted(
                name=f"{self.model}:{number}" if number else "fit",
                model=self.model if number else None,
                version=self.key(number) if number else None,
                notebook=self.artifacts.put_bytes(b"the notebook fit"),
                params=json.dumps({"C": 0.3}),
                key=key,
                sweep=sweep,
            )
        )

    def end_job(self, started: Recorded, exit_: str = SUCCEEDED) -> Recorded:
        """Record how a job ended."""
        return self.append(
            JobEnded(
                job=started.seq,
                number=started.assigned["number"],
                exit=exit_,
                exception="" if exit_ == SUCCEEDED else "ValueError",
                notebook=self.artifacts.put_bytes(b"the notebook, executed"),
                began=1_000,
                ended=3_500,
            )
        )

    # Looking

    @property
    def line(self) -> Line:
        return self.registry.line(self.model)

    def at(self, number: int) -> Standpoint:
        return standpoint(self.registry.version_row(Reference(model=self.model, number=number)))

    def key(self, number: int) -> VersionKey:
        return self.at(number).key

    def stage(self, number: int) -> str:
        return self.at(number).place.stage

    @property
    def aliases(self) -> dict[str, int]:
        return self.registry.aliases_of_model(self.model)

    @property
    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every projection."""
        database = self.registry.database
        return {
            table: sorted(map(tuple, map(dict.values, database.query(f"SELECT * FROM {table}"))), key=repr)
            for table in KEYS
        }

    # Moving

    def promote(self, number: int, to: str = "production") -> Recorded:
        with self.registry.write(self.identity, self.clock) as log:
            return self.promote_in(log, number, to)

    def promote_in(self, log: Writing, number: int, to: str) -> Recorded:
        """Promote inside of a write that goes on."""
        return log.append(plan_promotion(self.line, self.at(number), Stage(to)))

    def rollback(self) -> Recorded:
        with self.registry.write(self.identity, self.clock) as log:
            return log.append(plan_rollback(self.line))

    def deprecate(self, number: int, successor: str | None = None, sunset: int | None = None) -> Recorded:
        with self.registry.write(self.identity, self.clock) as log:
            return log.append(plan_deprecation(self.line, self.at(number), successor, sunset))

    def retire(self, number: int, successor: str | None = None) -> Recorded:
        with self.registry.write(self.identity, self.clock) as log:
            return log.append(plan_retirement(self.line, self.at(number), successor))

    def discard(self, number: int) -> Recorded:
        with self.registry.write(self.identity, self.clock) as log:
            row = self.registry.version_row(Reference(model=self.model, number=number))
            return log.append(plan_discard(self.line, standpoint(row), was_promoted=bool(row["promoted"])))

    def undo(self, recorded: Recorded) -> Recorded:
        return self.append(opposite(recorded.event, recorded.seq))  # type: ignore[arg-type]

    def alias(self, number: int | None, name: str) -> Recorded:
        with self.registry.write(self.identity, self.clock) as log:
            known = self.aliases.get(name)
            before = self.key(known) if known else None
            after = self.key(number) if number else None
            return log.append(AliasMoved(model=self.model, alias=name, pointer=Pointer(before=before, after=after)))

    def tag(self, number: int | None, **tags: str | None) -> Recorded:
        version = self.key(number) if number else None
        return self.append(Tagged(model=self.model, version=version, after=json.dumps(tags)))
