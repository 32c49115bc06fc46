"""``onnx``: a graph, its large tensors beside it the way ONNX itself keeps external data.

Versions share tensors that did not change. Where the graph says a tensor lies is only ever looked up among the layers
of the artifact, never on the disk.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.entities import Layer, Manifest
from jupyter_mlc.domain.errors import BadInput, Damaged
from jupyter_mlc.store.formats.base import Opening, Storing, only_layer
from jupyter_mlc.store.formats.boosted import refuse_derived
from jupyter_mlc.store.formats.libraries import is_a, recorded
from jupyter_mlc.store.home import as_typed
from jupyter_mlc.store.pickles.unpickling import reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_mlc.store.artifacts import Artifacts

MODEL, TENSORS = "model.onnx", "tensors/"
OWN_BLOB = 1 << 20
"""bytes from which a tensor is a blob of its own"""


@dataclass(frozen=True, kw_only=True)
class OnnxFormat:
    """Graphs of ONNX; with ``--format onnx`` also the path of a file with one."""

    name: str = "onnx"
    runs_code: bool = False

    def accepts(self, obj: object) -> bool:
        """A ModelProto; a path is asked for by name, since it is stored as a file otherwise."""
        return is_a(obj, "onnx", "ModelProto")

    def write(self, obj: Any, artifacts: Artifacts, storing: Storing) -> Manifest:  # noqa: ARG002 (it is all data)
        """Store the graph and its large tensors."""
        import onnx

        if isinstance(obj, str | os.PathLike):
            model = _loaded(as_typed(obj))
        elif self.accepts(obj):
            model = onnx.ModelProto()
            model.CopyFrom(obj)
        else:
            raise refuse_derived(obj, "ModelProto", self.name)
        layers = _taken_out(model, artifacts)
        graph = model.SerializeToString(deterministic=True)
        first = Layer(path=MODEL, digest=artifacts.put_bytes(graph), size=len(graph))
        return Manifest(format=self.name, layers=(first, *layers), details=recorded([self.name]))

    def read(self, manifest: Manifest, artifacts: Artifacts, opening: Opening) -> object:  # noqa: ARG002 (no code runs)
        """Read the graph and put its tensors back."""
        return reading(lambda: _read(manifest, artifacts))


def _loaded(path: Path) -> Any:
    """Read a graph with its external data."""
    import onnx

    try:
        return onnx.load(path)
    except Exception as error:
        raise BadInput(
            f"cannot read {path} as ONNX: {error}", hint="give a path of an ONNX file, with its data beside it"
        ) from error


def _tensors(model: Any) -> Iterator[Any]:
    """Every tensor that comes with the model: initial values and constants, those of graphs within graphs too."""
    graphs = [model.graph, *(graph for info in model.training_info for graph in (info.initialization, info.algorithm))]
    nodes = [node for function in model.functions for node in function.node]
    while graphs or nodes:
        for node in nodes:
            for attribute in node.attribute:
                yield from (attribute.t, *attribute.tensors)
                yield from _of_sparse((attribute.sparse_tensor, *attribute.sparse_tensors))
                graphs += [attribute.g, *attribute.graphs] if attribute.HasField("g") else attribute.graphs
        for graph in graphs:
            yield from graph.initializer
            yield from _of_sparse(graph.sparse_initializer)
        graphs, nodes = [], [node for graph in graphs for node in graph.node]


def _of_sparse(sparse: Iterable[Any]) -> Iterator[Any]:
    for tensor in sparse:
        yield from (tensor.values, tensor.indices)


def _taken_out(model: Any, artifacts: Artifacts) -> tuple[Layer, ...]:
    """Take the large tensors out of the graph; their layers."""
    from onnx.external_data_helper import set_external_data, uses_external_data

    large = []
    for tensor in _tensors(model):
        if uses_external_data(tensor):
            raise BadInput(
                f"the data of tensor {tensor.name} is not in the model", hint="load it whole: onnx.load(PATH)"
            )
        if len(tensor.raw_data) >= OWN_BLOB:
            large.append(tensor)
    digests = artifacts.put_many([tensor.raw_data for tensor in large]) if large else []
    layers: dict[str, Layer] = {}
    for tensor, digest in zip(large, digests, strict=True):
        path = layers[digest].path if digest in layers else f"{TENSORS}{len(layers):05}"
        layers[digest] = Layer(path=path, digest=digest, size=len(tensor.raw_data))
        set_external_data(tensor, path)
        tensor.ClearField("raw_data")
    return tuple(layers.values())


def _read(manifest: Manifest, artifacts: Artifacts) -> Any:
    import onnx
    from onnx.external_data_helper import ExternalDataInfo, uses_external_data

    model = onnx.ModelProto()
    model.ParseFromString(artifacts.read(only_layer(manifest, MODEL).digest))
    for tensor in _tensors(model):
        if uses_external_data(tensor):
            place = ExternalDataInfo(tensor).location
            if not place.startswith(TENSORS):
                raise Damaged(
                    f"the graph wants the data of tensor {tensor.name} from {place!r}, which is outside the artifact",
                    hint="do not use this artifact; ask where it came from",
                )
            tensor.raw_data = artifacts.read(only_layer(manifest, place).digest)
            tensor.ClearField("external_data")
            tensor.ClearField("data_location")
    return model
