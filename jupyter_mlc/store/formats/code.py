"""The notebook's code beside a pickle: stored as layers ``code/<name>.py``, imported when a trusted one is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.entities import Digest, Layer, Manifest
from jupyter_mlc.domain.errors import Conflict, Damaged
from jupyter_mlc.store.code import private_modules
from jupyter_mlc.store.code.notebook_code import NOTEBOOK, CodeModule
from jupyter_mlc.store.code.sources import MAIN
from jupyter_mlc.store.pickles import allowlist
from jupyter_mlc.store.pickles.unpickling import reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jupyter_mlc.store.artifacts import Artifacts
    from jupyter_mlc.store.formats.base import Opening

FOLDER = "code/"
_PYTHON = "text/x-python"
_ABSENT = object()


def code_layers(modules: Sequence[CodeModule], artifacts: Artifacts) -> tuple[Layer, ...]:
    """Store the modules; their layers, each after those that it imports."""
    texts = [module.text.encode() for module in modules]
    digests = artifacts.put_many(texts) if texts else []
    return tuple(
        Layer(path=f"{FOLDER}{module.name}.py", digest=digest, size=len(text), media_type=_PYTHON)
        for module, digest, text in zip(modules, digests, texts, strict=True)
    )


def is_code(layer: Layer) -> bool:
    """Whether the layer is a module of notebook code."""
    return layer.path.startswith(FOLDER) and layer.path.endswith(".py")


def refuse_outsiders(
    manifest: Manifest,
    artifacts: Artifacts,
    stream: Digest,
    is_allowed: Callable[[str, str], bool] = allowlist.is_allowed,
    beside: Callable[[Any], Any] | None = None,
) -> None:
    """Name everything outside the allow-list at once, before anything is loaded."""
    from jupyter_mlc.store.pickles.listing import globals_of

    code = {layer.path for layer in manifest.layers if is_code(layer)}
    names = {
        f"{module}.{name}"
        for module, name in globals_of(artifacts.path(stream), beside)
        if not (module == MAIN and code) and not is_allowed(module, name)
    }
    if names | code:
        raise allowlist.outside(names | code)


def resolver(
    manifest: Manifest,
    artifacts: Artifacts,
    opening: Opening,
    allowed: Callable[[str, str], Any] = allowlist.allowed,
) -> Callable[[str, str], Any]:
    """What turns a global's name in a pickle into the thing itself."""
    if not opening.trusted:
        return allowed
    modules = imported_code(manifest, artifacts)
    return lambda module, name: _found(module, name, modules)


def imported_code(manifest: Manifest, artifacts: Artifacts) -> dict[str, str]:
    """Import the notebook's code that lies in a trusted artifact; the names that its modules have here."""
    texts = {
        layer.path.removeprefix(FOLDER).removesuffix(".py"): artifacts.read(layer.digest).decode()
        for layer in manifest.layers
        if is_code(layer)
    }
    # in the order of the layers: each module comes after those that it imports
    return reading(lambda: {name: _imported(name, text) for name, text in texts.items()})  # type: ignore[no-any-return]


def _imported(name: str, text: str) -> str:
    """Import a module of the artifact; the name that it has here."""
    return private_modules.installed(private_modules.checked(name, text)).__name__


def _found(module: str, name: str, modules: dict[str, str]) -> Any:
    """Find a global as pickle does; what the notebook defined is found in its stored code, never in ``__main__``."""
    import importlib

    if module == MAIN:
        module = modules.get(NOTEBOOK, "")
        if not module:
            raise Damaged(
                f"the artifact needs {name}, which a notebook defined, and does not hold its source",
                hint="register the model again from the notebook that defines it",
            )
    home = importlib.import_module(module)
    found: Any = home
    for part in name.split("."):
        found = getattr(found, part, _ABSENT)
    if found is _ABSENT:
        place = getattr(home, "__file__", None) or "part of Python"
        raise Conflict(
            f"loading needs {name} of the module {module}, and the module of that name that is here has none",
            hint=f"it is {place}: that changed since, or is another of this name; the version's environment lock names "
            "packages",
        )
    return found
