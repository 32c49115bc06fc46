"""``skops``: estimators of scikit-learn without a pickle. Only for whoever asks for it.

skops numbers objects by their place in memory and stamps its archive with the time; both are settled here, so that the
same model gives the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.entities import Layer, Manifest
from jupyter_mlc.domain.errors import BadInput, Conflict
from jupyter_mlc.store.code import private_modules
from jupyter_mlc.store.code.sources import MAIN
from jupyter_mlc.store.formats import zips
from jupyter_mlc.store.formats.base import Opening, Storing, only_layer
from jupyter_mlc.store.formats.libraries import recorded
from jupyter_mlc.store.pickles import allowlist
from jupyter_mlc.store.pickles.unpickling import reading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mlc.store.artifacts import Artifacts

MODEL = "model.skops"
_SCHEMA = "schema.json"


@dataclass(frozen=True, kw_only=True)
class SkopsFormat:
    """Objects in skops' own archive."""

    name: str = "skops"
    runs_code: bool = True

    def accepts(self, obj: object) -> bool:  # noqa: ARG002 (it depends on no object)
        """Never at first sight: ``joblib`` stores the same estimators, and more."""
        return False

    def write(self, obj: Any, artifacts: Artifacts, storing: Storing) -> Manifest:  # noqa: ARG002 (it takes no code)
        """Store the object; what the notebook itself defines has no place in the archive."""
        archive = zips.settled(_dumped(obj), _renumbered)
        _refuse_code(_untrusted(archive))
        layer = Layer(path=MODEL, digest=artifacts.put_bytes(archive), size=len(archive))
        return Manifest(format=self.name, layers=(layer,), details=recorded([self.name, "sklearn"]))

    def read(self, manifest: Manifest, artifacts: Artifacts, opening: Opening) -> object:
        """Read the object; an untrusted one only if skops knows all of its types to be harmless."""
        import skops.io

        archive = artifacts.read(only_layer(manifest, MODEL).digest)
        names = reading(lambda: _untrusted(archive))
        outside = [name for name in names if not _is_known(name)]
        if outside and not opening.trusted:
            raise allowlist.outside(outside)
        return reading(lambda: skops.io.loads(archive, trusted=names))


def _dumped(obj: object) -> bytes:
    try:
        import skops.io
    except ModuleNotFoundError:
        raise Conflict("skops is not installed here", hint="install it: %pip install skops") from None
    try:
        return bytes(skops.io.dumps(obj))
    except Exception as error:
        raise BadInput(
            f"skops cannot store this {type(obj).__name__}: {error}", hint="store it with --format joblib"
        ) from error


def _untrusted(archive: bytes) -> list[str]:
    """The types in the archive that skops does not know to be harmless."""
    import skops.io

    return sorted(skops.io.get_untrusted_types(data=archive))


def _refuse_code(names: list[str]) -> None:
    """Refuse what no other process could find by its name."""
    for name in names:
        if "<" in name:
            raise BadInput(
                "the format skops cannot store a lambda or a function that is defined inside a function",
                hint="give it a name with def at the top level of a module",
            )
        if name.startswith((f"{MAIN}.", private_modules.PREFIX)):
            raise BadInput(
                f"the format skops cannot store {name.rpartition('.')[2]}, which the notebook defines",
                hint="store it with --format joblib, which takes its source along, or put it in a module",
            )


def _is_known(name: str) -> bool:
    """Whether our own list knows a type of scikit-learn or a sparse matrix that skops does not."""
    module, _, kind = name.rpartition(".")
    return module.startswith(("sklearn.", "scipy.sparse.")) and allowlist.is_allowed(module, kind)


def _renumbered(members: Mapping[str, bytes]) -> dict[str, bytes]:
    """The members with numbers in the order in which the schema names them."""
    schema = json.loads(members[_SCHEMA])
    numbers: dict[int, int] = {}
    names: dict[str, str] = {}
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            _renumber(node, members, numbers, names)
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    kept = {names[name]: _content(name, members[name]) for name in names}
    return kept | {_SCHEMA: json.dumps(schema).encode()}


def _renumber(
    node: dict[str, Any], members: Mapping[str, bytes], numbers: dict[int, int], names: dict[str, str]
) -> None:
    if isinstance(node.get("__id__"), int):
        node["__id__"] = numbers.setdefault(node["__id__"], len(numbers) + 1)
    file = node.get("file")
    if isinstance(file, str) and file in members:
        node["file"] = names.setdefault(file, f"{len(names) + 1}.{file.rpartition('.')[2]}")


def _content(name: str, data: bytes) -> bytes:
    """A sparse matrix is an archive in the archive."""
    return zips.settled(data) if name.endswith(".npz") else data
