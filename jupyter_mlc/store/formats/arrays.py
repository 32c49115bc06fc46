"""``arrays``: the numbers beside the object. Versions share what did not change, and loading maps instead of reading.

The head is a pickle without its buffers. A buffer of a mebibyte or more is a blob of its own; the others lie in one
pack, which begins with the place of every buffer. Maps are private with copy on write: over read-only ones compiled
code crashes, as ``SGDClassifier.partial_fit`` does.
"""

from __future__ import annotations

import io
import json
import mmap
import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from jupyter_mlc.domain.entities import Layer, Manifest
from jupyter_mlc.domain.errors import Damaged
from jupyter_mlc.store.code.notebook_code import NotebookCode, collecting
from jupyter_mlc.store.formats.base import Opening, Storing, only_layer
from jupyter_mlc.store.formats.code import code_layers, refuse_outsiders, resolver
from jupyter_mlc.store.pickles.pickling import ArraysPickler, explained

if TYPE_CHECKING:
    from jupyter_mlc.store.artifacts import Artifacts

HEAD, PACK, BUFFERS = "model.pickle", "pack.bin", "buffers/"
OWN_BLOB = 1 << 20
"""bytes from which a buffer is a blob of its own"""
ALIGNED = 64
_LENGTH = 8


@dataclass(frozen=True, kw_only=True)
class ArraysFormat:
    """Objects whose arrays are large."""

    name: str = "arrays"
    runs_code: bool = True

    def accepts(self, obj: object) -> bool:  # noqa: ARG002 (it depends on no object)
        """Never at first sight: ``joblib`` hands over what has grown too large for it."""
        return False

    def write(self, obj: Any, artifacts: Artifacts, storing: Storing) -> Manifest:
        """Store head, pack and large buffers."""
        (head, buffers), modules = explained(
            obj, lambda: collecting(obj, lambda code: _parts(obj, code), storing.cells)
        )
        views = [buffer.raw() for buffer in buffers]
        large = [view for view in views if view.nbytes >= OWN_BLOB]
        digests = artifacts.put_many(large)
        sizes = {digest: view.nbytes for digest, view in zip(digests, large, strict=True)}
        names = {digest: f"{BUFFERS}{place:05}" for place, digest in enumerate(sizes)}
        pack = _packed(views, iter([names[digest] for digest in digests]))
        stored = artifacts.put_many([head, pack])
        layers = (
            Layer(path=HEAD, digest=stored[0], size=len(head)),
            Layer(path=PACK, digest=stored[1], size=len(pack)),
            *(Layer(path=names[digest], digest=digest, size=sizes[digest]) for digest in names),
        )
        return Manifest(format=self.name, layers=layers + code_layers(modules, artifacts))

    def read(self, manifest: Manifest, artifacts: Artifacts, opening: Opening) -> object:
        """Read the head and map the buffers."""
        from jupyter_mlc.store.pickles.unpickling import read_head

        head = only_layer(manifest, HEAD).digest
        if not opening.trusted:
            refuse_outsiders(manifest, artifacts, head)
        find = resolver(manifest, artifacts, opening)
        buffers = _Buffers(manifest, artifacts).all()
        with artifacts.open(head) as file:
            return read_head(file, find, buffers, trusted=opening.trusted)


def _parts(obj: Any, code: NotebookCode) -> tuple[bytes, list[pickle.PickleBuffer]]:
    """The pickle without its buffers, and the buffers."""
    file, buffers = io.BytesIO(), list[pickle.PickleBuffer]()
    # a callback that gives something true would keep the buffer in the pickle
    ArraysPickler(file, code, buffer_callback=buffers.append).dump(obj)
    return file.getvalue(), buffers


def _packed(views: list[memoryview], names: Any) -> bytearray:
    """The places of all buffers, then the small ones, each aligned."""
    places: list[Any] = []
    end = 0
    for view in views:
        if view.nbytes >= OWN_BLOB:
            places.append(next(names))
        else:
            places.append([end, view.nbytes])
            end = _aligned(end + view.nbytes)
    index = json.dumps(places, separators=(",", ":")).encode()
    start = _aligned(_LENGTH + len(index))
    pack = bytearray(start + end)
    pack[:_LENGTH] = len(index).to_bytes(_LENGTH, "little")
    pack[_LENGTH : _LENGTH + len(index)] = index
    for place, view in zip(places, views, strict=True):
        if isinstance(place, list):
            pack[start + place[0] : start + place[0] + view.nbytes] = view
    return pack


def _aligned(position: int) -> int:
    return -(-position // ALIGNED) * ALIGNED


class _Buffers:
    """The buffers of one artifact, as memory that its arrays may change."""

    def __init__(self, manifest: Manifest, artifacts: Artifacts) -> None:
        self._artifacts = artifacts
        self._layers = {layer.path: layer for layer in manifest.layers}
        with artifacts.open(only_layer(manifest, PACK).digest) as file:
            self._pack = _mapped(file)

    def all(self) -> list[Any]:
        """Every buffer, in the order of the pickle."""
        try:
            length = int.from_bytes(self._pack[:_LENGTH], "little")
            places = json.loads(bytes(self._pack[_LENGTH : _LENGTH + length]))
            return self._placed(places, _aligned(_LENGTH + length))
        except (ValueError, TypeError, KeyError, IndexError) as error:
            raise Damaged(
                f"the pack of arrays cannot be read: {type(error).__name__}: {error}",
                hint="verify the registry: %mlc verify",
            ) from error

    def _placed(self, places: list[Any], start: int) -> list[Any]:
        large = [spot for spot, place in enumerate(places) if isinstance(place, str)]
        # the process can have only so many files open, and a map holds one: the smaller buffers are read
        mapped = set(sorted(large, key=lambda spot: -self._layers[places[spot]].size)[: _most_maps()])
        return [
            self._large(place, mapped=spot in mapped) if isinstance(place, str) else self._small(place, start)
            for spot, place in enumerate(places)
        ]

    def _small(self, place: list[int], start: int) -> memoryview:
        offset, size = place
        view = self._pack[start + offset : start + offset + size]
        if offset < 0 or view.nbytes != size:
            raise ValueError("a buffer lies outside the pack")
        return view

    def _large(self, name: str, *, mapped: bool) -> Any:
        with self._artifacts.open(self._layers[name].digest) as file:
            return _mapped(file) if mapped else bytearray(file.read())


def _mapped(file: BinaryIO) -> memoryview:
    return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))


def _most_maps() -> int:
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1024 if limit == resource.RLIM_INFINITY else limit // 16
