"""What `copy` does with MLflow's registries: read there, a batch at a time, and have it recorded here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, TypeVar

from jupyter_mlc.capture.secrets.scrubbing import MASK, scrub_entries
from jupyter_mlc.domain.errors import NotFound, did_you_mean
from jupyter_mlc.store.formats.elsewhere import references
from jupyter_mlc.store.mlflow.naming import is_alias_here, names_here, snapshot_of, tags_of, value_of
from jupyter_mlc.store.mlflow.records import MILLI, Record, TheirModel, TheirRun, TheirVersion, encoded
from jupyter_mlc.verbs.masking import searching
from jupyter_mlc.verbs.shared import is_key
from jupyter_mlc.verbs.take import Take, TakeReply, Told
from jupyter_mlc.verbs.unpack import Brought

if TYPE_CHECKING:
    from jupyter_mlc.domain.entities import Artifact, Micros
    from jupyter_mlc.store.mlflow.histories import History
    from jupyter_mlc.store.mlflow.records import Theirs
    from jupyter_mlc.verbs.context import Context

T = TypeVar("T")
_BATCH = 200
"""versions in one transaction: what an interruption can lose"""
_NEAR = 2000
_ORIGINAL = "mlflow.name"


@dataclass(frozen=True, kw_only=True)
class Came:
    """What came from MLflow."""

    versions: tuple[Brought, ...]
    warnings: tuple[str, ...]
    blobs: int
    size: int


def came_from(theirs: Theirs, pattern: str, context: Context, *, dry_run: bool) -> Came:
    """Bring in every version of the models that the pattern names, or say what would come."""
    came: list[Brought] = []
    warnings: list[str] = []
    stored: list[Artifact] = []
    sizes = 0
    for model, name in _matching(theirs, pattern):
        one = _Line(theirs, model, name, context)
        planned = one.planned()
        came += planned if dry_run else one.brought(planned)
        warnings += one.warnings
        stored += one.stored
        sizes += one.size
    return Came(
        versions=tuple(came),
        warnings=tuple(warnings),
        blobs=len({digest for artifact in stored for digest in artifact.blobs}),
        size=sizes,
    )


def _matching(theirs: Theirs, pattern: str) -> list[tuple[TheirModel, str]]:
    """The models that are meant, and what they are called here; a name is unique only among all of them."""
    models = theirs.models()
    names = names_here(models)
    found = [(model, names[model.name]) for model in models if fnmatchcase(model.name, pattern or "*")]
    if not found and pattern:
        near = did_you_mean(pattern, [model.name for model in models[:_NEAR]])
        known = ", ".join(model.name for model in models[:5])
        hint = near or (f"there are: {known}" + (" and others" if len(models) > 5 else "") if models else "it is empty")  # noqa: PLR2004
        raise NotFound(f"no model in {theirs.address} is called {pattern!r}", hint=hint)
    return sorted(found, key=lambda pair: pair[0].name)


class _Line:
    """One model, and the versions of it."""

    def __init__(self, theirs: Theirs, model: TheirModel, name: str, context: Context) -> None:
        self._theirs, self._model, self._name, self._context = theirs, model, name, context
        self._versions = theirs.versions(model.name)
        self._aliases = {
            number: [alias for alias, to in model.aliases.items() if to == number]
            for number in set(model.aliases.values())
        }
        self._secrets = searching()
        self.warnings: list[str] = []
        self.stored: list[Artifact] = []
        self.size = 0

    def planned(self) -> tuple[Brought, ...]:
        """Each version, and whether it is here already."""
        told = tuple(
            Told(ref=_ref(version), number=version.number, registration=version.registration)
            for version in self._versions
        )
        return self._take(told, dry_run=True).versions

    def brought(self, planned: Sequence[Brought]) -> Iterator[Brought]:
        """Bring in what is new, a batch at a time, and then let the aliases point where they point there."""
        new = {one.was for one in planned if one.is_new}
        yield from (one for one in planned if not one.is_new)
        wanted = [version for version in self._versions if _ref(version) in new]
        for start in range(0, len(wanted), _BATCH):
            self._context.progress(start, len(wanted), f"versions of {self._name}")
            yield from self._take(self._told(wanted[start : start + _BATCH])).versions
        if self._versions:
            self._point()

    def _told(self, versions: Sequence[TheirVersion]) -> tuple[Told, ...]:
        runs = self._theirs.runs(dict.fromkeys(version.run for version in versions if version.run))
        gone = [version for version in versions if version.run and version.run not in runs]
        if gone:
            more = f" and {len(gone) - 1} more" if len(gone) > 1 else ""
            self.warnings.append(f"{_ref(gone[0])}{more}: MLflow has the run no more, so it came without its figures")
        histories = self._theirs.histories(runs.values())
        pairs = [self._clean(version, runs.get(version.run)) for version in versions]
        texts = [encoded(Record(registry=self._theirs.address, version=version, run=run)) for version, run in pairs]
        artifacts = references(texts, self._context.artifacts)
        self._context.session.send(digest for artifact in artifacts for digest in artifact.blobs)
        self.stored += artifacts
        self.size += sum(map(len, texts))
        return tuple(
            self._one(*pair, artifact, histories.get(pair[0].run, {}))
            for pair, artifact in zip(pairs, artifacts, strict=True)
        )

    def _clean(self, version: TheirVersion, run: TheirRun | None) -> tuple[TheirVersion, TheirRun | None]:
        """Both without the secrets that people left in tags, parameters and descriptions."""
        import msgspec

        if self._secrets is None:
            return version, run
        note, found = self._secrets.scrub(version.description, "description")
        tags, more = scrub_entries(version.tags, "tag", self._secrets)
        found = (*found, *more)
        if run is not None:
            params, in_params = scrub_entries(run.params, "parameter", self._secrets)
            run_tags, in_tags = scrub_entries(run.tags, "tag", self._secrets)
            run = msgspec.structs.replace(run, params=params, tags=run_tags)
            found = (*found, *in_params, *in_tags)
        self.warnings += [f"{_ref(version)}, {one} was replaced by {MASK}" for one in dict.fromkeys(found)]
        return msgspec.structs.replace(version, description=note, tags=tags), run

    def _one(self, version: TheirVersion, run: TheirRun | None, artifact: Artifact, history: History) -> Told:
        import msgspec

        snapshot = snapshot_of(run)
        tags = tags_of(version, run, self._aliases.get(version.number, ()))
        return Told(
            ref=_ref(version),
            number=version.number,
            registration=version.registration,
            registered=version.created * MILLI,
            artifact=artifact,
            metrics=_nameable(run.metrics if run else {}),
            series={
                key: tuple((step, value, moment * MILLI) for step, value, moment in points)
                for key, points in _nameable(history).items()
            },
            params={key: value_of(value) for key, value in _nameable(run.params if run else {}).items()},
            tags=_nameable(tags),
            note=version.description,
            snapshot=msgspec.json.encode(snapshot).decode(),
            duration=_duration(run),
        )

    def _point(self) -> None:
        mine = {version.number: version.registration for version in self._versions}
        pointed = tuple(
            (alias, mine[number])
            for alias, number in self._model.aliases.items()
            if number in mine and is_alias_here(alias)
        )
        if pointed:
            self.warnings += self._take((), aliases=pointed).warnings

    def _take(
        self, told: tuple[Told, ...], *, aliases: tuple[tuple[str, str], ...] = (), dry_run: bool = False
    ) -> TakeReply:
        original = {_ORIGINAL: self._model.name} if self._model.name != self._name else {}
        reply = self._context.call(
            Take(
                registry=self._theirs.address,
                model=self._name,
                versions=told,
                description=self._model.description,
                tags=_nameable({**self._model.tags, **original}),
                aliases=aliases,
                dry_run=dry_run,
            )
        )
        if not isinstance(reply, TakeReply):
            raise TypeError(type(reply))
        return reply


def _nameable(pairs: Mapping[str, T]) -> dict[str, T]:
    """What has a name that can be asked for here; the record keeps the rest."""
    return {key: value for key, value in pairs.items() if is_key(key)}


def _ref(version: TheirVersion) -> str:
    return f"{version.model}:{version.number}"


def _duration(run: TheirRun | None) -> Micros | None:
    if run is None or run.started is None or run.ended is None:
        return None
    return max(0, run.ended - run.started) * MILLI
