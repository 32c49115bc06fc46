"""The formats that objects are stored in: one file each, and the choice between them."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import BadInput, did_you_mean
from jupyter_mlc.domain.imports import ELSEWHERE
from jupyter_mlc.store.formats.base import Format, Outgrown, Storing, store_manifest
from jupyter_mlc.store.together import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mlc.domain.entities import Artifact
    from jupyter_mlc.store.artifacts import Artifacts

GROUP = "jupyter_mlc.formats"
_OF_ANY_OBJECT = frozenset({"arrays", "joblib", "skops"})
"""formats that would take a path for the object, where somebody chose one"""


@lru_cache(maxsize=1)
def formats() -> Mapping[str, Format]:
    """Every format by its name, in the order in which they are asked whether they accept an object.

    Those of other packages come first: they know their own objects best. None can take the name of one of ours.
    """
    from importlib.metadata import entry_points

    from jupyter_mlc.store.formats.arrays import ArraysFormat
    from jupyter_mlc.store.formats.elsewhere import ElsewhereFormat
    from jupyter_mlc.store.formats.files import FilesFormat
    from jupyter_mlc.store.formats.joblib_ import JoblibFormat
    from jupyter_mlc.store.formats.keras_ import KerasFormat
    from jupyter_mlc.store.formats.lightgbm_ import LightGBMFormat
    from jupyter_mlc.store.formats.onnx_ import OnnxFormat
    from jupyter_mlc.store.formats.reference import ReferenceFormat
    from jupyter_mlc.store.formats.skops_ import SkopsFormat
    from jupyter_mlc.store.formats.torch_ import TorchFormat
    from jupyter_mlc.store.formats.transformers_ import TransformersFormat
    from jupyter_mlc.store.formats.xgboost_ import XGBoostFormat

    ours: list[Format] = [
        FilesFormat(),
        OnnxFormat(),
        XGBoostFormat(),
        LightGBMFormat(),
        KerasFormat(),
        TransformersFormat(),
        TorchFormat(),
        SkopsFormat(),
        ArraysFormat(),
        JoblibFormat(),
        ElsewhereFormat(),
        ReferenceFormat(),
    ]
    others: list[Format] = [entry.load()() for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name)]
    return {form.name: form for form in others} | {form.name: form for form in ours}


def format_named(name: str) -> Format:
    """The format of this name; raises BadInput where there is none."""
    known = formats()
    if name not in known:
        guess = did_you_mean(name, known)
        names = ", ".join(sorted(known.keys() - {ELSEWHERE}))
        raise BadInput(
            f"there is no format {name!r} here", hint=f"{guess} known are {names}; others come with packages".strip()
        )
    return known[name]


def store(
    obj: Any, artifacts: Artifacts, *, name: str = "", cells: tuple[str, ...] = (), progress: Progress = silent
) -> Artifact:
    """Store an object; the artifact as it is recorded.

    Parameters
    ----------
    obj : object
        The model, or the path of a file or folder.
    artifacts : Artifacts
        Where its blobs go.
    name : str
        The format; chosen by the object where none is given.
    cells : tuple of str
        Sources of executed cells, for definitions whose text Python no longer knows.
    progress : callable, optional
        Told (done, total, text) of what takes long.

    Raises
    ------
    BadInput
        Where the object, or code that it needs, cannot be stored.
    Unavailable
        Where the disk refuses.
    """
    form = format_named(name) if name else next(form for form in formats().values() if form.accepts(obj))
    is_path = formats()["files"].accepts(obj)
    if is_path and not os.fspath(obj).strip():
        raise BadInput("an empty text names no file", hint="give the path of the model; the working folder is .")
    if form.name in _OF_ANY_OBJECT and is_path:
        raise BadInput(
            f"{os.fspath(obj)} is a path, and {form.name} stores an object",
            hint="load the object first, and register that; to keep the file as it is, leave --format out",
        )
    try:
        manifest = form.write(obj, artifacts, Storing(chosen=bool(name), cells=cells, progress=progress))
    except Outgrown as outgrown:
        manifest = format_named(outgrown.better).write(obj, artifacts, Storing(cells=cells, progress=progress))
    return store_manifest(manifest, artifacts, class_name=_class_name(obj))


def _class_name(obj: object) -> str:
    return "" if formats()["files"].accepts(obj) else type(obj).__name__
