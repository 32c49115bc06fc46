"""Artifacts with a few words for what tests of formats do all the time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from jupyter_mlc.domain.entities import Artifact, Layer, Manifest
from jupyter_mlc.domain.errors import MlcError
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.formats import store
from jupyter_mlc.store.formats.base import read_manifest, store_manifest
from jupyter_mlc.store.load_check import LoadCheck, check_loads, sample_of
from jupyter_mlc.store.loading import load


@dataclass(frozen=True, kw_only=True)
class Shelf:
    artifacts: Artifacts
    warnings: list[str] = field(default_factory=list)

    def put(self, obj: Any, name: str = "", cells: tuple[str, ...] = ()) -> Artifact:
        return store(obj, self.artifacts, name=name, cells=cells)

    def manifest(self, artifact: Artifact) -> Manifest:
        return read_manifest(artifact.digest, self.artifacts)

    def paths(self, artifact: Artifact) -> list[str]:
        return [layer.path for layer in self.manifest(artifact).layers]

    def read(self, artifact: Artifact, path: str) -> bytes:
        return self.artifacts.read(next(each.digest for each in self.manifest(artifact).layers if each.path == path))

    def open(self, artifact: Artifact, *, trusted: bool = False) -> Any:
        """Open it, as something that nobody vouches for unless the test says so."""
        folder = self.artifacts.root / "cache"
        return load(artifact.digest, self.artifacts, trusted=trusted, folder=folder, warn=self.warnings.append)

    def again(self, obj: Any, name: str = "", *, trusted: bool = False) -> Any:
        return self.open(self.put(obj, name), trusted=trusted)

    def with_layer(self, artifact: Artifact, path: str, data: bytes) -> Artifact:
        """The artifact with other bytes under a path, their digest put right: what a forger would do."""
        manifest = self.manifest(artifact)
        forged = Layer(path=path, digest=self.artifacts.put_bytes(data), size=len(data))
        layers = tuple(forged if layer.path == path else layer for layer in manifest.layers)
        return store_manifest(replace(manifest, layers=layers), self.artifacts)

    def with_details(self, artifact: Artifact, **details: str) -> Artifact:
        manifest = self.manifest(artifact)
        return store_manifest(replace(manifest, details={**manifest.details, **details}), self.artifacts)

    def with_library(self, artifact: Artifact, module: str, distribution: str, version: str) -> Artifact:
        return self.with_details(artifact, libraries=json.dumps({module: [distribution, version]}))

    def check(self, obj: Any, rows: Any, name: str = "") -> LoadCheck:
        """Load and predict in a fresh process, as registering does."""
        folder = self.artifacts.root / "cache"
        return check_loads(self.put(obj, name).digest, self.artifacts, folder=folder, sample=sample_of(obj, rows))


def refusal(work: Callable[[], object]) -> str:
    """The text of the refusal that the work meets."""
    with pytest.raises(MlcError) as caught:
        work()
    return caught.value.text


def in_notebook(cells: str, shelf: Shelf, form: str = "", environ: Mapping[str, str] | None = None) -> Artifact:
    """Run a cell as ``__main__`` of a process of its own, and store its ``model``."""
    script = (
        "import linecache, sys\nfrom pathlib import Path\n"
        "from jupyter_mlc.domain.errors import MlcError\n"
        "from jupyter_mlc.store.artifacts import Artifacts\nfrom jupyter_mlc.store.formats import store\n"
        "text = sys.argv[1]\n"
        "linecache.cache['<cell>'] = (len(text), None, text.splitlines(True), '<cell>')\n"
        "exec(compile(text, '<cell>', 'exec'), globals())\n"
        "try:\n    made = store(model, Artifacts(Path(sys.argv[2])), name=sys.argv[3])\n"
        "except MlcError as error:\n    sys.exit(error.text)\n"
        "print(made.format, made.digest)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, cells, shelf.artifacts.root, form],
        capture_output=True, text=True, check=False, env=environ,
    )  # fmt: skip
    if ran.returncode:
        raise RuntimeError(ran.stderr.strip())
    name, digest = ran.stdout.split()[-2:]
    return Artifact(format=name, digest=digest, size=0, blobs=())
