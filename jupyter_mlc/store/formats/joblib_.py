"""``joblib``: one ordinary file that plain ``joblib.load`` reads. The default for Python objects."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.entities import Layer, Manifest
from jupyter_mlc.store.code.notebook_code import NotebookCode, collecting
from jupyter_mlc.store.formats.base import Opening, Outgrown, Storing, only_layer
from jupyter_mlc.store.formats.code import code_layers, refuse_outsiders, resolver
from jupyter_mlc.store.pickles.pickling import Enough, JoblibPickler, explained

if TYPE_CHECKING:
    from jupyter_mlc.store.artifacts import Artifacts

MODEL = "model.joblib"
LARGEST_ARRAYS = 16 << 20
"""bytes of arrays above which their own format shares and maps them"""


@dataclass(frozen=True, kw_only=True)
class JoblibFormat:
    """Objects as one joblib file."""

    name: str = "joblib"
    runs_code: bool = True

    def accepts(self, obj: object) -> bool:  # noqa: ARG002 (it depends on no object)
        """Any object may be tried."""
        return True

    def write(self, obj: Any, artifacts: Artifacts, storing: Storing) -> Manifest:
        """Pickle the object; one with large arrays only where a person chose this format."""
        stored = self._streamed if storing.chosen else self._buffered
        layer, modules = explained(
            obj, lambda: collecting(obj, lambda code: stored(obj, artifacts, code), storing.cells)
        )
        return Manifest(format=self.name, layers=(layer, *code_layers(modules, artifacts)))

    def _buffered(self, obj: Any, artifacts: Artifacts, code: NotebookCode) -> Layer:
        file = io.BytesIO()
        try:
            JoblibPickler(file, code, enough=LARGEST_ARRAYS).dump(obj)
        except Enough:
            raise Outgrown("arrays") from None
        data = file.getvalue()
        return Layer(path=MODEL, digest=artifacts.put_bytes(data), size=len(data))

    def _streamed(self, obj: Any, artifacts: Artifacts, code: NotebookCode) -> Layer:
        with artifacts.writing() as file:
            JoblibPickler(file, code).dump(obj)
        return Layer(path=MODEL, digest=f"sha256:{file.hex}", size=file.size)

    def read(self, manifest: Manifest, artifacts: Artifacts, opening: Opening) -> object:
        """Read the object back: a trusted one as it is, any other through the allow-list."""
        from jupyter_mlc.store.pickles.unpickling import read_joblib

        model = only_layer(manifest, MODEL).digest
        if not opening.trusted:
            refuse_outsiders(manifest, artifacts, model)
        find = resolver(manifest, artifacts, opening)
        with artifacts.open(model) as file:
            return read_joblib(file, find, trusted=opening.trusted)
