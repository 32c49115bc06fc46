"""Verbs are tested through sessions: here with each database, and over the wire."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from jupyter_mlc.domain.entities import Artifact, DatasetFacts, Feature, ModelVersion, Scalar, Signature
from jupyter_mlc.faces.wire import RemoteSession, Wire
from jupyter_mlc.faces.yaml_ import read_yaml
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.identity import Identity, identity
from jupyter_mlc.store.places import place_of
from jupyter_mlc.store.registry import Registry
from jupyter_mlc.verbs.base import Ask, Reply
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.dataset_add import DatasetAdd, DatasetAddReply
from jupyter_mlc.verbs.evaluate import Evaluate, EvaluateReply
from jupyter_mlc.verbs.list_ import List, ListReply
from jupyter_mlc.verbs.moving import MoveReply
from jupyter_mlc.verbs.promote import Promote
from jupyter_mlc.verbs.register import Facts, Register, RegisterReply
from jupyter_mlc.verbs.session import LocalSession, Session
from tests.conftest import DATABASES


@dataclass(kw_only=True)
class Desk:
    """A session, and a few words for what tests do all the time."""

    session: Session
    backing: LocalSession

    @property
    def registry(self) -> Registry:
        """The registry behind the session, for looking at what it holds."""
        return self.backing.registry

    def call(self, ask: Ask) -> Reply:
        return self.session.call(ask)

    def artifact(self, content: str = "bytes of a model") -> Artifact:
        """An artifact with one blob, stored where the session looks for it."""
        digest = self.session.artifacts.put_bytes(content.encode())
        self.session.send([digest])
        return Artifact(
            format="joblib", digest=digest, size=len(content), blobs=(digest,), class_name="Logit", library="tests"
        )

    def age(self, path: Path) -> None:
        """Let a blob be as old as the registry, though not older."""
        made = self.registry.made // 1_000_000 + 1
        os.utime(path, (made, made))

    def register(
        self,
        name: str = "churn",
        content: str = "bytes of a model",
        *,
        note: str = "",
        metric: Mapping[str, float] | None = None,
        param: Mapping[str, Scalar] | None = None,
        tag: Mapping[str, str] | None = None,
        data: tuple[DatasetFacts | str, ...] = (),
        facts: Facts | None = None,
    ) -> str:
        """Register a version; its reference."""
        ask = Register(
            name=name,
            object=self.artifact(content),
            note=note,
            metric=dict(metric or {}),
            param=dict(param or {}),
            tag=dict(tag or {}),
            data=data,
            facts=facts or Facts(),
        )
        reply = self.call(ask)
        assert isinstance(reply, RegisterReply)
        return reply.version

    def promote(self, ref: str, to: str | None = None, reason: str = "") -> MoveReply:
        from jupyter_mlc.domain.lifecycle import Stage

        reply = self.call(Promote(ref=ref, to=Stage(to) if to else None, reason=reason))
        assert isinstance(reply, MoveReply)
        return reply

    def versions(self, what: str = "churn") -> list[ModelVersion]:
        reply = self.call(List(what=what))
        assert isinstance(reply, ListReply)
        return list(reply.versions)

    def stages(self, name: str = "churn") -> dict[int, str]:
        """Number to stage, of every version of a model."""
        return {version.number: version.stage for version in self.versions(name)}


@pytest.fixture
def open_session(clock: Callable[[], int]) -> Callable[[str, Identity], LocalSession]:
    """Opens a local session of somebody's on a registry."""
    return lambda url, who: LocalSession(place_of(url), lambda: who, clock, read_yaml)


@pytest.fixture(params=[*DATABASES, "wire"])
def desk(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    ana: Identity,
    open_session: Callable[[str, Identity], LocalSession],
) -> Iterator[Desk]:
    """Ana's session: in this process with each database, and over the wire."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else str(tmp_path / "registry")
    backing = open_session(url, ana)
    session: Session = backing
    if request.param == "wire":
        wire = Wire(lambda who: open_session(url, who))
        (tmp_path / "cache").mkdir()
        session = RemoteSession(
            lambda method, path, body: wire.handle(method, path, body, ana), Artifacts(tmp_path / "cache")
        )
    assert backing.registry
    yield Desk(session=session, backing=backing)
    backing.close()


@pytest.fixture
def bens(desk: Desk, ben: Identity, open_session: Callable[[str, Identity], LocalSession]) -> Iterator[Desk]:
    """Ben's session on the same registry."""
    backing = open_session(desk.backing.place.url, ben)
    yield Desk(session=backing, backing=backing)
    backing.close()


@pytest.fixture
def keyless(desk: Desk, home: Path) -> Iterator[tuple[Desk, Path]]:
    """The session of somebody on the same registry whose key file holds no key, and that file."""
    file = home / "data" / "jupyter_mlc" / "keys" / "key.pem"
    file.parent.mkdir(parents=True)
    file.write_text("no key")
    file.chmod(0o600)
    backing = LocalSession(desk.backing.place, identity)
    yield Desk(session=backing, backing=backing), file
    backing.close()


@pytest.fixture
def facts() -> Callable[..., DatasetFacts]:
    """Facts of a small dataset, under any name and with any content."""
    from jupyter_mlc.domain.entities import Column

    plain = DatasetFacts(
        name="train", digest="rows1:" + "1" * 64, rows=3, columns=(Column(name="x", type="float"),), source="memory"
    )
    return lambda **changes: replace(plain, **changes)


@dataclass(kw_only=True)
class Judges(Desk):
    """A desk that also stores real models and data."""

    def model(
        self,
        thing: object,
        name: str = "iris",
        *,
        inputs: tuple[str, ...] = (),
        data: tuple[DatasetFacts | str, ...] = (),
        library: str = "",
    ) -> str:
        """Register an object; its reference."""
        from jupyter_mlc.store import formats

        artifact = replace(formats.store(thing, self.session.artifacts), library=library)
        signature = Signature(inputs=tuple(Feature(name=each) for each in inputs))
        reply = self.call(Register(name=name, object=artifact, data=data, facts=Facts(signature=signature)))
        assert isinstance(reply, RegisterReply)
        return reply.version

    def data(self, rows: object, name: str = "test", *, keep: bool = True) -> DatasetFacts:
        """Data as a face hands it over, its bytes stored."""
        import tempfile

        from jupyter_mlc.capture.data.datasets import facts, read_data

        found, content = facts(read_data(rows), name=name)
        digests = self.session.artifacts.put_bytes(content.row_digests)
        if not keep:
            return replace(found, row_digests=digests, file_digest=content.file_digest())
        with tempfile.TemporaryDirectory() as folder:
            content.write_parquet(Path(folder) / "data.parquet")
            blob, _ = self.session.artifacts.put_file(Path(folder) / "data.parquet")
        return replace(found, row_digests=digests, blob=blob)

    def add(self, rows: object, name: str = "test", *, sealed: bool = False) -> DatasetAddReply:
        """Add a dataset."""
        reply = self.call(DatasetAdd(name=name, data=self.data(rows, name), sealed=sealed))
        assert isinstance(reply, DatasetAddReply)
        return reply

    def evaluate(self, ref: str = "iris:1", data: DatasetFacts | str = "test", **more: Any) -> EvaluateReply:
        """Judge versions; few resamples, unless told otherwise."""
        ask = Evaluate(**{"ref": ref, "data": data, "target": "target", "replicates": 50, **more})
        reply = self.call(ask)
        assert isinstance(reply, EvaluateReply)
        return reply

    @property
    def context(self) -> Context:
        """What a verb of this session is handed."""
        who, clock = self.backing._identity, self.backing._clock
        return Context(stores=self.backing, who=who, clock=clock, call=self.backing.call, session=self.backing)


@pytest.fixture(params=DATABASES)
def judges(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    ana: Identity,
    open_session: Callable[[str, Identity], LocalSession],
) -> Iterator[Judges]:
    """Ana's session with each database, where models can run."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else str(tmp_path / "registry")
    backing = open_session(url, ana)
    assert backing.registry
    yield Judges(session=backing, backing=backing)
    backing.close()


@pytest.fixture
def judge_here(
    tmp_path: Path, ana: Identity, open_session: Callable[[str, Identity], LocalSession]
) -> Iterator[Judges]:
    """Ana's session on a folder, for what no database decides."""
    backing = open_session(str(tmp_path / "registry"), ana)
    assert backing.registry
    yield Judges(session=backing, backing=backing)
    backing.close()
