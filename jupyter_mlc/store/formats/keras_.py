"""``keras``: Keras' own archive, which plain ``keras.saving.load_model`` reads.

Keras stamps the archive with the time and numbers shared objects by their place in memory; both are settled here. What
the notebook defines, or a module that Keras does not know, travels or is named beside it, and is opened under trust.
Lambdas are refused in either direction: Keras keeps them as bytecode.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.entities import Layer, Manifest
from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.store.code import private_modules
from jupyter_mlc.store.code.notebook_code import NotebookCode, collecting
from jupyter_mlc.store.code.sources import MAIN, home_of
from jupyter_mlc.store.formats import zips
from jupyter_mlc.store.formats.base import Opening, Storing, only_layer
from jupyter_mlc.store.formats.boosted import refuse_derived
from jupyter_mlc.store.formats.code import code_layers, resolver
from jupyter_mlc.store.formats.libraries import is_a, recorded
from jupyter_mlc.store.pickles import allowlist
from jupyter_mlc.store.pickles.unpickling import reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyter_mlc.store.artifacts import Artifacts

MODEL = "model.keras"
CUSTOM, BACKEND = "custom", "backend"
_CONFIG, _METADATA = "config.json", "metadata.json"
_FUNCTION, _LAMBDA = "function", "__lambda__"
_BUILTIN = ("activations", "constraints", "initializers", "losses", "metrics", "ops", "regularizers")
"""where Keras keeps its own functions"""
_BRING_CODE = frozenset({"Lambda", "TorchModuleWrapper", "TFSMLayer", "JaxLayer", "FlaxLayer"})
"""layers of Keras whose settings are a program, or name one"""


@dataclass(frozen=True, kw_only=True)
class KerasFormat:
    """Models of Keras 3."""

    name: str = "keras"
    runs_code: bool = True

    def accepts(self, obj: object) -> bool:
        """A model of any class."""
        return is_a(obj, "keras", "Model")

    def write(self, obj: Any, artifacts: Artifacts, storing: Storing) -> Manifest:
        """Store the archive, and the code of the notebook that it needs."""
        import keras

        if not self.accepts(obj):
            raise refuse_derived(obj, "keras.Model", self.name)
        archive = _saved(obj)
        config = _config(archive)
        _refuse_lambdas(obj, config)
        own = {name: _found(name, obj) for name in _own_names(config)}
        custom, modules = collecting(obj, lambda code: _homes(own, code), storing.cells)
        layer = Layer(path=MODEL, digest=artifacts.put_bytes(archive), size=len(archive))
        packages = {self.name, keras.backend.backend(), *(home.partition(".")[0] for home, _ in custom.values())}
        details = recorded(packages) | {BACKEND: keras.backend.backend()}
        if custom:
            details[CUSTOM] = json.dumps(custom, separators=(",", ":"))
        return Manifest(format=self.name, layers=(layer, *code_layers(modules, artifacts)), details=details)

    def read(self, manifest: Manifest, artifacts: Artifacts, opening: Opening) -> object:
        """Read the model; an untrusted one only if it consists of Keras' own layers."""
        blob = artifacts.path(only_layer(manifest, MODEL).digest)
        config = reading(lambda: _config(blob))
        if not opening.trusted:
            outside = {*_own_names(config), *_bring_code(config)}
            if outside:
                raise allowlist.outside(outside)
        find = resolver(manifest, artifacts, opening)
        homes = json.loads(manifest.details.get(CUSTOM, "{}")) if opening.trusted else {}
        own = reading(lambda: {name: find(*home) for name, home in homes.items()})
        # Keras chooses once in a process, when it is imported first
        if "keras" not in sys.modules and BACKEND in manifest.details:
            os.environ.setdefault("KERAS_BACKEND", manifest.details[BACKEND])
        return reading(lambda: _loaded(blob, own))


def _saved(model: Any) -> bytes:
    """The archive, as the same model gives it every time."""
    with tempfile.TemporaryDirectory(prefix="mlc-keras-") as folder:
        path = Path(folder) / MODEL
        try:
            model.save(path)
        except Exception as error:
            raise BadInput(
                f"Keras cannot save this {type(model).__name__}: {error}",
                hint="it saves with model.save(PATH) what has a get_config()",
            ) from error
        return zips.settled(path, _settled)


def _settled(members: Mapping[str, bytes]) -> dict[str, bytes]:
    config, metadata = json.loads(members[_CONFIG]), json.loads(members[_METADATA])
    metadata.pop("date_saved", None)
    numbers: dict[int, int] = {}
    for node in _nodes(config):
        if "shared_object_id" in node:
            number = node["shared_object_id"]
            node["shared_object_id"] = numbers.setdefault(number, len(numbers) + 1)
    return {**members, _CONFIG: json.dumps(config).encode(), _METADATA: json.dumps(metadata).encode()}


def _config(archive: bytes | Path) -> Any:
    return json.loads(zips.member(archive, _CONFIG))


def _nodes(config: Any) -> Iterator[dict[str, Any]]:
    """Every mapping in the settings, in a lasting order."""
    waiting = [config]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def _own_names(config: Any) -> list[str]:
    """The names under which the settings want classes and functions that are not Keras' own."""
    import keras

    found = set()
    for node in _nodes(config):
        kind, module = node.get("class_name"), node.get("module")
        if not isinstance(kind, str) or kind.startswith("__"):
            continue
        if kind == _FUNCTION:
            name = str(node.get("config"))
            if not any(hasattr(getattr(keras, part), name) for part in _BUILTIN):
                found.add(name)
        elif "registered_name" in node and str(module).partition(".")[0] != "keras":
            found.add(str(node["registered_name"] or kind))
    return sorted(found)


def _bring_code(config: Any) -> set[str]:
    kinds = {str(node.get("class_name")) for node in _nodes(config)}
    return {f"keras {kind}" for kind in kinds & {*_BRING_CODE, _LAMBDA}}


def _refuse_lambdas(model: Any, config: Any) -> None:
    for node in _nodes(config):
        if node.get("class_name") == _LAMBDA:
            raise BadInput(
                f"{type(model).__name__} holds a lambda, which Keras stores as bytecode of this very Python",
                hint="give it a name with def at the top level of a cell, and make the model again",
            )


def _found(name: str, model: Any) -> Any:
    """The class or function that the settings call by this name."""
    import keras

    short = name.rpartition(">")[2]
    registered = keras.saving.get_registered_object(name)
    if registered is not None:
        return registered
    for layer in [model, *model._flatten_layers()]:  # noqa: SLF001 (it has no public name)
        known = [type(layer), *(value for value in vars(layer).values() if callable(value))]
        for thing in known:
            if getattr(thing, "__name__", "") == short:
                return thing
    homes = [MAIN, *(module for module in sys.modules if module.startswith(private_modules.PREFIX))]
    for home in homes:
        if hasattr(sys.modules[home], short):
            return getattr(sys.modules[home], short)
    raise BadInput(
        f"{type(model).__name__} uses {name}, which cannot be found",
        hint="decorate it with @keras.saving.register_keras_serializable() and make the model again",
    )


def _homes(own: Mapping[str, Any], code: NotebookCode) -> dict[str, tuple[str, str]]:
    """Where the classes and functions are found when the model is opened, by the names that Keras has for them."""
    homes = {}
    for name, thing in own.items():
        called = thing.__qualname__
        homes[name] = code.written_as(thing, called) or home_of(thing, called), called
    return homes


def _loaded(blob: Path, own: Mapping[str, Any]) -> Any:
    import keras

    with tempfile.TemporaryDirectory(prefix="mlc-keras-") as folder:
        # Keras goes by the name of the file
        named = Path(folder) / MODEL
        named.symlink_to(blob.absolute())
        return keras.saving.load_model(named, custom_objects=dict(own), safe_mode=True)
