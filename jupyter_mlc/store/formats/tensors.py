"""Tensors of PyTorch as safetensors: a large one is a blob of its own, so that versions share frozen weights.

What shares memory shares it again after loading: tied weights, and views of one tensor.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.entities import Layer, Manifest
from jupyter_mlc.store.formats.base import only_layer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyter_mlc.store.artifacts import Artifacts

TABLE, SMALL, LARGE = "tensors.json", "tensors.safetensors", "tensors/"
OWN_BLOB = 1 << 20
"""bytes from which a tensor is a blob of its own"""
_AT_ONCE = 1 << 28
"""bytes that are copied before they are written"""
_TYPES = (
    "bool uint8 uint16 uint32 uint64 int8 int16 int32 int64 float16 bfloat16 float32 float64 "
    "float8_e4m3fn float8_e5m2 complex64"
)
"""what safetensors can hold"""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One tensor: where its numbers are, and how they are looked at."""

    name: str
    base: str
    """the stored tensor that holds its numbers"""
    size: list[int]
    stride: list[int]
    offset: int | None
    """where it begins in the stored tensor; None where it is that tensor"""
    dtype: str
    parameter: bool
    grad: bool


@dataclass(kw_only=True)
class Collected:
    """The tensors of one object, in the order in which they were met."""

    names: Mapping[int, str]
    """what the object itself calls them, by their ids"""
    tensors: list[Any] = field(default_factory=list)
    _places: dict[int, int] = field(default_factory=dict)

    def place(self, tensor: Any) -> int | None:
        """The number of the tensor; None for what safetensors cannot hold."""
        if not _is_storable(tensor):
            return None
        if id(tensor) not in self._places:
            self._places[id(tensor)] = len(self.tensors)
            self.tensors.append(tensor)
        return self._places[id(tensor)]

    def named(self) -> list[tuple[str, Any]]:
        """The tensors with names; one that the object has no name for is named by its number."""
        return [(self.names.get(id(one), f"#{number}"), one) for number, one in enumerate(self.tensors)]


def _is_storable(value: Any) -> bool:
    """Whether the value is a plain tensor, on a device that has numbers."""
    import torch

    plain = type(value) is torch.Tensor or type(value) is torch.nn.Parameter
    return (
        plain
        and value.layout is torch.strided
        and not value.is_quantized
        and value.device.type != "meta"
        and str(value.dtype).removeprefix("torch.") in _TYPES.split()
    )


def stored(named: Sequence[tuple[str, Any]], artifacts: Artifacts) -> tuple[Layer, ...]:
    """Store the tensors; their layers."""
    entries: dict[int, Entry] = {}
    bases: dict[str, Any] = {}
    for group in _by_memory(named):
        base, key = _base([named[number][1] for number in group]), named[group[0]][0]
        bases[key] = base.tensor
        for number in group:
            name, tensor = named[number]
            entries[number] = base.entry(name, key, tensor)
    large = {key: tensor for key, tensor in bases.items() if tensor.nbytes >= OWN_BLOB}
    small = {key: tensor for key, tensor in bases.items() if key not in large}
    layers, paths = _stored_large(large, artifacts)
    table = {"tensors": [asdict(entries[number]) for number in sorted(entries)], "large": paths}
    text = json.dumps(table, separators=(",", ":")).encode()
    parts = {TABLE: text} | ({SMALL: _safetensors(small)} if small else {})
    digests = artifacts.put_many(parts.values())
    first = (
        Layer(path=path, digest=digest, size=len(data))
        for (path, data), digest in zip(parts.items(), digests, strict=True)
    )
    return (*first, *layers)


def _by_memory(named: Sequence[tuple[str, Any]]) -> list[list[int]]:
    """The numbers of the tensors, those together that share memory."""
    groups: dict[object, list[int]] = {}
    for number, (_, tensor) in enumerate(named):
        address = tensor.untyped_storage().data_ptr()
        groups.setdefault((str(tensor.device), address) if address else number, []).append(number)
    return list(groups.values())


@dataclass(frozen=True, kw_only=True)
class _Base:
    """The tensor that is stored for a group, and where its memory began."""

    tensor: Any
    start: int | None
    """in numbers of the memory that is shared; None where nothing is shared"""

    def entry(self, name: str, key: str, tensor: Any) -> Entry:
        return Entry(
            name=name,
            base=key,
            size=list(tensor.shape),
            stride=list(tensor.stride()),
            offset=None if self.start is None else tensor.storage_offset() - self.start,
            dtype=str(tensor.dtype).removeprefix("torch."),
            parameter=type(tensor).__name__ == "Parameter",
            grad=tensor.requires_grad,
        )


def _base(group: Sequence[Any]) -> _Base:
    """What to store for tensors that share memory: the one that holds all others, else the memory itself."""
    if len(group) == 1:
        return _Base(tensor=_plain(group[0]), start=None)
    if len({tensor.dtype for tensor in group}) > 1:
        return _Base(tensor=_memory(group[0], "uint8"), start=0)
    low, high = min(_extent(one)[0] for one in group), max(_extent(one)[1] for one in group)
    for tensor in group:
        if tensor.is_contiguous() and _extent(tensor) == (low, high):
            return _Base(tensor=_plain(tensor), start=low)
    return _Base(tensor=_memory(group[0], str(group[0].dtype).removeprefix("torch.")), start=0)


def _extent(tensor: Any) -> tuple[int, int]:
    """The first number of the memory that belongs to the tensor, and the last."""
    steps = sum((length - 1) * step for length, step in zip(tensor.shape, tensor.stride(), strict=True))
    return tensor.storage_offset(), tensor.storage_offset() + steps


def _plain(tensor: Any) -> Any:
    return tensor.detach().cpu().contiguous()


def _memory(tensor: Any, dtype: str) -> Any:
    """All of the memory that the tensor lies in."""
    import torch

    kind = getattr(torch, dtype)
    return torch.empty(0, dtype=kind, device=tensor.device).set_(tensor.untyped_storage()).cpu()


def _safetensors(tensors: Mapping[str, Any]) -> bytes:
    from safetensors.torch import save

    return bytes(save(dict(tensors)))


def _stored_large(tensors: Mapping[str, Any], artifacts: Artifacts) -> tuple[list[Layer], dict[str, str]]:
    """Store each tensor alone; the layers, and under which path each tensor is."""
    layers: list[Layer] = []
    for batch in _batches(tensors):
        data = [_safetensors({key: tensor}) for key, tensor in batch]
        for digest, text in zip(artifacts.put_many(data), data, strict=True):
            layers.append(Layer(path=f"{LARGE}{len(layers):05}.safetensors", digest=digest, size=len(text)))
    return layers, {key: layer.path for key, layer in zip(tensors, layers, strict=True)}


def _batches(tensors: Mapping[str, Any]) -> Iterator[list[tuple[str, Any]]]:
    batch: list[tuple[str, Any]] = []
    for key, tensor in tensors.items():
        batch.append((key, tensor))
        if sum(one.nbytes for _, one in batch) >= _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def whereabouts(layers: Sequence[Layer], artifacts: Artifacts) -> dict[str, str]:
    """In which layer each stored tensor lies, by its name."""
    digests = {layer.path: layer.digest for layer in layers}
    table = json.loads(artifacts.read(digests[TABLE]))
    large: dict[str, str] = table["large"]
    return large | dict.fromkeys({entry["base"] for entry in table["tensors"]} - set(large), SMALL)


def opened(manifest: Manifest, artifacts: Artifacts) -> list[tuple[str, Any]]:
    """The tensors by name, in the order in which they were stored, on the processor, free to be changed."""
    table = json.loads(artifacts.read(only_layer(manifest, TABLE).digest))
    entries = [Entry(**entry) for entry in table["tensors"]]
    small = {layer.path for layer in manifest.layers} & {SMALL}
    bases = _mapped(manifest, artifacts, SMALL) if small else {}
    bases |= {key: _mapped(manifest, artifacts, path)[key] for key, path in table["large"].items()}
    return [(entry.name, _seen(entry, bases[entry.base])) for entry in entries]


def _mapped(manifest: Manifest, artifacts: Artifacts, path: str) -> dict[str, Any]:
    from safetensors.torch import load_file

    return dict(load_file(artifacts.path(only_layer(manifest, path).digest)))


def _seen(entry: Entry, base: Any) -> Any:
    """The tensor as the object had it."""
    import torch

    if entry.offset is not None:
        # bounds are checked by PyTorch
        tensor = torch.as_strided(base.view(getattr(torch, entry.dtype)), entry.size, entry.stride, entry.offset)
    elif list(base.stride()) != entry.stride and _is_dense(entry):
        tensor = torch.empty_strided(entry.size, entry.stride, dtype=base.dtype).copy_(base)
    else:
        tensor = base
    return (
        torch.nn.Parameter(tensor, requires_grad=entry.grad) if entry.parameter else tensor.requires_grad_(entry.grad)
    )


def _is_dense(entry: Entry) -> bool:
    """Whether every place in memory belongs to exactly one number of the tensor."""
    steps = sum((length - 1) * step for length, step in zip(entry.size, entry.stride, strict=True))
    return all(step > 0 for step in entry.stride) and steps + 1 == math.prod(entry.size)
