"""The libraries that an artifact was stored with: recorded beside it, and asked for when it is opened."""

from __future__ import annotations

import json
from importlib import metadata, util
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import Conflict, Damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from jupyter_mlc.domain.entities import Manifest

LIBRARIES = "libraries"
"""under which detail of the manifest they are kept: a JSON object, {module: [distribution, version]}"""
_ALSO_CALLED = {"xgboost": ("xgboost-cpu",), "sklearn": ("scikit-learn",), "google": ("protobuf",)}
"""distributions that are called otherwise than their module"""


def is_a(obj: object, library: str, *names: str) -> bool:
    """Whether the object's class is, or descends from, a class of that library; the library is not imported."""
    return any(cls.__module__.partition(".")[0] == library and cls.__name__ in names for cls in type(obj).__mro__)


def recorded(modules: Iterable[str]) -> dict[str, str]:
    """The details of a manifest that say from which releases these top-level modules were installed."""
    found = {module: known for module in sorted(set(modules)) if (known := _installed(module))}
    return {LIBRARIES: json.dumps(found, separators=(",", ":"))} if found else {}


def check_libraries(manifest: Manifest, warn: Callable[[str], None]) -> None:
    """See that the libraries are here, and say where one is of another major release.

    Raises
    ------
    Conflict
        Where one is not installed.
    """
    for module, (distribution, version) in _needs(manifest).items():
        here = _installed(module)
        if here is None and util.find_spec(module) is None:
            raise Conflict(
                f"this was stored with {distribution} {version}, which is not installed here",
                hint=f"install it: %pip install {_requirement(distribution, version)}",
            )
        if here is not None and _major(here[1]) != _major(version):
            warn(
                f"this was stored with {distribution} {version} and is opened with {here[1]}; should it behave "
                f"otherwise: %pip install {_requirement(distribution, version)}"
            )


def _needs(manifest: Manifest) -> Mapping[str, tuple[str, str]]:
    try:
        found = json.loads(manifest.details.get(LIBRARIES, "{}"))
        return {str(module): (str(known[0]), str(known[1])) for module, known in found.items()}
    except (ValueError, TypeError, AttributeError, IndexError, KeyError) as error:
        raise Damaged(
            f"the artifact does not say which libraries it was stored with: {type(error).__name__}",
            hint="verify the registry: %mlc verify",
        ) from error


def _installed(module: str) -> tuple[str, str] | None:
    """The distribution that the module was installed from, and its version; None where none is known."""
    for name in (module, *_ALSO_CALLED.get(module, ())):
        try:
            return name, metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return None


def _requirement(distribution: str, version: str) -> str:
    """What to install: a build for one machine, ``2.13.0+cpu``, is asked for by its release."""
    return f"{distribution}=={version.partition('+')[0]}"


def _major(version: str) -> list[str]:
    """The part of a version within which releases understand each other."""
    parts = version.split(".")
    return parts[:2] if parts[0] == "0" else parts[:1]
