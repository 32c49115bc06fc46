"""``transformers``: what ``save_pretrained`` writes, with the weights shared between versions.

The model is made from its configuration by a class of the library, and given its weights; nothing is asked of a hub,
and no code beside the weights is ever looked for. With ``model.safetensors.index.json`` the stored files are a folder
that ``from_pretrained`` reads, wherever they are laid out.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.entities import Layer, Manifest
from jupyter_mlc.domain.errors import BadInput, Damaged
from jupyter_mlc.store.formats import plain, tensors
from jupyter_mlc.store.formats.base import Opening, Outgrown, Storing
from jupyter_mlc.store.formats.boosted import plain_layer, plain_of, refuse_derived
from jupyter_mlc.store.formats.files import FilesFormat
from jupyter_mlc.store.formats.libraries import is_a, recorded
from jupyter_mlc.store.pickles.unpickling import reading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyter_mlc.store.artifacts import Artifacts

ABOUT, INDEX = "about.json", "model.safetensors.index.json"
_CONFIG, _GENERATION = "config.json", "generation_config.json"
_PARTS = ("tokenizer", "feature_extractor", "image_processor", "video_processor", "processor")
"""what a pipeline has besides its model"""
_STEPS = ("_preprocess_params", "_forward_params", "_postprocess_params", "_batch_size")
"""where a pipeline keeps what it was asked for"""
_ELSEWHERE = ("auto_map", "custom_pipelines")
"""settings that name code beside the weights"""


@dataclass(frozen=True, kw_only=True)
class TransformersFormat:
    """Models, tokenizers and pipelines of Hugging Face transformers."""

    name: str = "transformers"
    runs_code: bool = False

    def accepts(self, obj: object) -> bool:
        """What is of a class of the library itself."""
        ours = type(obj).__module__.partition(".")[0] == self.name
        return ours and is_a(obj, self.name, "PreTrainedModel", "Pipeline", "PreTrainedTokenizerBase")

    def write(self, obj: Any, artifacts: Artifacts, storing: Storing) -> Manifest:
        """Store settings and vocabulary as files, the weights as tensors."""
        if not self.accepts(obj):
            raise refuse_derived(obj, "model, tokenizer or pipeline of transformers", self.name)
        model, parts = _taken_apart(obj)
        _refuse_own([one for one in (obj, model, *parts.values()) if one is not None])
        if model is not None and _is_changed(model):
            if storing.chosen or obj is not model:
                raise BadInput(
                    f"this {type(model).__name__} has other layers than its configuration says",
                    hint="store the model with --format torch",
                )
            raise Outgrown("torch")
        with tempfile.TemporaryDirectory(prefix="mlc-transformers-") as folder:
            _save(model, parts, Path(folder))
            files = FilesFormat().write(folder, artifacts, Storing()).layers
        layers = (*files, plain_layer(ABOUT, _about(obj, model, parts), artifacts), *_weights(model, artifacts))
        return Manifest(format=self.name, layers=layers, details=recorded([self.name, "torch", "tokenizers"]))

    def read(self, manifest: Manifest, artifacts: Artifacts, opening: Opening) -> object:
        """Make model and parts anew from their settings, and give the model its weights."""
        files = tuple(layer for layer in manifest.layers if not _is_ours(layer.path))
        folder = FilesFormat().read(Manifest(format="files", layers=files), artifacts, opening)
        return reading(lambda: _read(manifest, artifacts, folder))


def _is_ours(path: str) -> bool:
    return path in (ABOUT, INDEX, tensors.TABLE, tensors.SMALL) or path.startswith(tensors.LARGE)


def _taken_apart(obj: Any) -> tuple[Any, dict[str, Any]]:
    """The model, and what goes with it."""
    if is_a(obj, "transformers", "Pipeline"):
        found = {name: getattr(obj, name, None) for name in _PARTS}
        return obj.model, {name: part for name, part in found.items() if part is not None}
    if is_a(obj, "transformers", "PreTrainedModel"):
        return obj, {}
    return None, {"tokenizer": obj}


def _refuse_own(parts: Sequence[Any]) -> None:
    """Refuse what no name in the library leads back to."""
    import transformers

    for part in parts:
        if getattr(transformers, type(part).__name__, None) is not type(part):
            raise BadInput(
                f"the class {type(part).__name__} is not one that transformers offers",
                hint="register the model alone, with --format torch: its class then travels with it",
            )


def _is_changed(model: Any) -> bool:
    """Whether somebody replaced layers, so that the configuration no longer tells how the model is made."""
    import torch

    with torch.device("meta"), torch.random.fork_rng(devices=[]):
        made = type(model)(model.config)
    return [(name, type(one)) for name, one in made.named_modules()] != [
        (name, type(one)) for name, one in model.named_modules()
    ] or _shapes(made) != _shapes(model)


def _shapes(model: Any) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in _named(model)}


def _save(model: Any, parts: Mapping[str, Any], folder: Path) -> None:
    if model is not None:
        model.config.save_pretrained(folder)
        if getattr(model, "generation_config", None) is not None:
            model.generation_config.save_pretrained(folder)
    for part in parts.values():
        part.save_pretrained(folder)


def _about(obj: Any, model: Any, parts: Mapping[str, Any]) -> dict[str, Any]:
    """What the files of the library do not tell."""
    pipeline = obj if obj is not model and model is not None else None
    asked = {name: getattr(pipeline, name, None) for name in _STEPS} if pipeline is not None else {}
    return {
        "model": type(model).__name__ if model is not None else None,
        "training": bool(model.training) if model is not None else False,
        "parts": {name: type(part).__name__ for name, part in parts.items()},
        "pipeline": type(pipeline).__name__ if pipeline is not None else None,
        "task": pipeline.task if pipeline is not None else "",
        "asked": {name: value for name, value in asked.items() if plain.is_plain(value)},
    }


def _named(model: Any) -> list[tuple[str, Any]]:
    """Every weight and buffer, those that are tied or left out of the state as well."""
    return [*model.named_parameters(remove_duplicate=False), *model.named_buffers(remove_duplicate=False)]


def _weights(model: Any, artifacts: Artifacts) -> Sequence[Layer]:
    if model is None:
        return ()
    layers = tensors.stored(_named(model), artifacts)
    where = json.dumps({"metadata": {}, "weight_map": tensors.whereabouts(layers, artifacts)}, sort_keys=True).encode()
    return *layers, Layer(path=INDEX, digest=artifacts.put_bytes(where), size=len(where))


def _read(manifest: Manifest, artifacts: Artifacts, folder: Path) -> Any:
    import transformers

    about = plain_of(manifest, ABOUT, artifacts)
    model = None
    if about["model"]:
        model = _model(_class(about["model"], transformers.PreTrainedModel), folder)
        _fill(model, tensors.opened(manifest, artifacts))
        model.train(about["training"])
    bases = (transformers.PreTrainedTokenizerBase, transformers.FeatureExtractionMixin, transformers.ProcessorMixin)
    parts = {
        name: _class(kind, (*bases, transformers.ImageProcessingMixin)).from_pretrained(folder, local_files_only=True)
        for name, kind in about["parts"].items()
    }
    if not about["pipeline"]:
        return parts["tokenizer"] if model is None else model
    pipeline = _class(about["pipeline"], transformers.Pipeline)(model=model, task=about["task"], device=-1, **parts)
    vars(pipeline).update({name: about["asked"][name] for name in _STEPS if name in about["asked"]})
    return pipeline


def _class(name: str, base: Any) -> Any:
    """The class of the library of this name; what comes with an artifact can name nothing else."""
    import transformers

    found = getattr(transformers, name, None)
    if isinstance(found, type) and issubclass(found, base) and found.__module__.startswith("transformers."):
        return found
    raise Damaged(f"transformers has no such class as {name!r}", hint="verify the registry: %mlc verify")


def _model(kind: Any, folder: Path) -> Any:
    import torch
    import transformers

    settings = _local(json.loads((folder / _CONFIG).read_text("utf-8")))
    # the weights that it is made with are replaced: nobody's random numbers may change for them
    with torch.random.fork_rng(devices=[]):
        model = kind(kind.config_class.from_dict(settings))
    if (folder / _GENERATION).exists():
        text = (folder / _GENERATION).read_text("utf-8")
        model.generation_config = transformers.GenerationConfig.from_dict(json.loads(text))
    return model


def _local(settings: Any) -> Any:
    """The settings without what would bring code from elsewhere, such as an attention of somebody's repository."""
    if isinstance(settings, list):
        return [_local(item) for item in settings]
    if not isinstance(settings, dict):
        return settings
    return {
        key: _local(value)
        for key, value in settings.items()
        if key not in _ELSEWHERE and not ("_implementation" in key and "/" in str(value))
    }


def _fill(model: Any, named: Sequence[tuple[str, Any]]) -> None:
    """Give the model its weights and buffers."""
    import torch

    homes = dict(model.named_modules())
    for name, tensor in named:
        home, _, last = name.rpartition(".")
        known = getattr(homes[home], last)
        if known.shape != tensor.shape:
            raise ValueError(f"{name} is of the shape {tuple(tensor.shape)}, not {tuple(known.shape)}")
        if isinstance(tensor, torch.nn.Parameter):
            homes[home].register_parameter(last, tensor)
        else:
            homes[home].register_buffer(last, tensor, persistent=last not in homes[home]._non_persistent_buffers_set)  # noqa: SLF001
    missing = {name for name, _ in _named(model)} - {name for name, _ in named}
    if missing:
        raise ValueError(f"{len(missing)} weights are not stored: {min(missing)}")
    model.tie_weights()
