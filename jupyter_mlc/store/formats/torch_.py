"""``torch``: a module's tensors as safetensors, beside them the module without its tensors, and the notebook's classes.

A module is rebuilt as it was: its classes are found by name, those of the notebook in their stored source, and its
attributes are set without calling any constructor, whose arguments need not be known. What consists of PyTorch's own
layers alone, and any mapping of names to tensors, is read without trust.
"""

from __future__ import annotations

import importlib
import io
import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.entities import Layer, Manifest
from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.store.code.notebook_code import NotebookCode, collecting
from jupyter_mlc.store.formats import tensors
from jupyter_mlc.store.formats.base import Opening, Storing, only_layer
from jupyter_mlc.store.formats.boosted import refuse_derived
from jupyter_mlc.store.formats.code import code_layers, refuse_outsiders, resolver
from jupyter_mlc.store.formats.libraries import is_a, recorded
from jupyter_mlc.store.pickles import allowlist
from jupyter_mlc.store.pickles.listing import globals_in
from jupyter_mlc.store.pickles.pickling import NotebookPickler, explained
from jupyter_mlc.store.pickles.unpickling import read_head, reading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mlc.store.artifacts import Artifacts

HEAD = "model.pickle"
_LAYERS = re.compile(r"torch\.nn\.modules\.[a-z]+", re.ASCII)
_HARMLESS = {"torch": ("Size", "device"), "torch.nn.functional": ("relu",), "torch._C._nn": ("gelu",)}
"""what layers of PyTorch hold besides other layers"""
_INSTEAD = {
    "ScriptModule": ("torch.jit", "save it with torch.jit.save(model, PATH) and register the file"),
    "OptimizedModule": ("torch.compile", "register the module that was compiled: model._orig_mod"),
}
"""classes of what is no Python object any more, what made it, and what to do"""


@dataclass(frozen=True, kw_only=True)
class TorchFormat:
    """Modules of PyTorch, and mappings of names to tensors."""

    name: str = "torch"
    runs_code: bool = True

    def accepts(self, obj: object) -> bool:
        """A module of any class, or what ``state_dict()`` gives."""
        if type(obj) in (dict, OrderedDict):
            values = list(obj.values())  # type: ignore[attr-defined] # the line above says what it is
            return bool(values) and all(is_a(value, "torch", "Tensor") for value in values)
        return is_a(obj, "torch", "Module")

    def write(self, obj: Any, artifacts: Artifacts, storing: Storing) -> Manifest:
        """Store the tensors, the module without them, and the code of the notebook that it needs."""
        if not self.accepts(obj):
            raise refuse_derived(obj, "torch.nn.Module", self.name)
        for kind, (made, instead) in _INSTEAD.items():
            if is_a(obj, "torch", kind):
                raise BadInput(f"what {made} made of a module cannot be stored as one", hint=instead)
        names = _names(obj)
        (head, beside), modules = explained(
            obj, lambda: collecting(obj, lambda code: _parts(obj, code, names), storing.cells)
        )
        first = Layer(path=HEAD, digest=artifacts.put_bytes(head), size=len(head))
        layers = (first, *tensors.stored(beside.named(), artifacts), *code_layers(modules, artifacts))
        packages = {module.partition(".")[0] for module, _ in globals_in(io.BytesIO(head), _nothing)}
        return Manifest(format=self.name, layers=layers, details=recorded({self.name, *packages}))

    def read(self, manifest: Manifest, artifacts: Artifacts, opening: Opening) -> object:
        """Read the tensors and the module around them."""
        head = only_layer(manifest, HEAD).digest
        if not opening.trusted:
            refuse_outsiders(manifest, artifacts, head, _is_allowed, _nothing)
        find = resolver(manifest, artifacts, opening, _allowed)
        found = reading(lambda: [tensor for _, tensor in tensors.opened(manifest, artifacts)])
        with artifacts.open(head) as file:
            return read_head(file, find, trusted=opening.trusted, beside=found.__getitem__)


class _Pickler(NotebookPickler):
    """Leaves tensors out."""

    def __init__(self, file: Any, code: NotebookCode, beside: tensors.Collected) -> None:
        super().__init__(file, code)
        self._beside = beside

    def persistent_id(self, obj: Any) -> int | None:
        return self._beside.place(obj)


def _parts(obj: Any, code: NotebookCode, names: Mapping[int, str]) -> tuple[bytes, tensors.Collected]:
    """The pickle without its tensors, and the tensors."""
    file, beside = io.BytesIO(), tensors.Collected(names=names)
    _Pickler(file, code, beside).dump(obj)
    return file.getvalue(), beside


def _nothing(number: Any) -> None:
    """Stand for a tensor while a pickle is only looked through."""


def _names(obj: Any) -> dict[int, str]:
    """What the object calls its tensors, by their ids; tied ones by their first name."""
    if isinstance(obj, dict):
        named = [(str(key), tensor) for key, tensor in obj.items()]
    else:
        named = [*obj.named_parameters(remove_duplicate=False), *obj.named_buffers(remove_duplicate=False)]
    return {id(tensor): name for name, tensor in reversed(named)}


def _is_allowed(module: str, name: str) -> bool:
    return _layer(module, name) is not None or allowlist.is_allowed(module, name)


def _allowed(module: str, name: str) -> Any:
    found = _layer(module, name)
    return allowlist.allowed(module, name) if found is None else found


def _layer(module: str, name: str) -> Any:
    """A layer of PyTorch's own, or one of the few things that layers hold; None for anything else."""
    import torch

    if name in _HARMLESS.get(module, ()):
        return getattr(importlib.import_module(module), name)
    if module == "torch":
        found = getattr(torch, name, None)
        return found if isinstance(found, torch.dtype) else None
    if not _LAYERS.fullmatch(module):
        return None
    try:
        found = getattr(importlib.import_module(module), name, None)
    except ImportError:
        return None
    own = isinstance(found, type) and issubclass(found, torch.nn.Module) and found.__module__ == module
    return found if own else None
