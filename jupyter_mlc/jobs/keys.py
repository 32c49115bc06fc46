"""The key of a job: the digest of everything that its result depends on, as far as anybody can know it.

Code, parameters, data, the environment's lock, and the modules that lie beside the notebook. What a cell fetches from
elsewhere is not in it, nor is the value of a secret.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlc.capture.notebook.plain import plain
from jupyter_mlc.domain.errors import MlcError
from jupyter_mlc.domain.jobs import JobParameter
from jupyter_mlc.store.hashed_files import HashedFiles, hashed

if TYPE_CHECKING:
    from jupyter_mlc.domain.entities import Digest
    from jupyter_mlc.jobs.preparing import Prepared

_MOST_MODULES = 2_000


def surroundings(prepared: Prepared, folder: Path, lock: str) -> dict[str, Any]:
    """What all jobs of a batch depend on alike.

    Parameters
    ----------
    prepared : Prepared
        The notebook.
    folder : Path
        Where its cells work, and from where they import.
    lock : str
        The environment's lock.
    """
    return {
        "cells": list(prepared.sources),
        "language": prepared.language,
        "lock": hashlib.sha256(lock.encode()).hexdigest(),
        "modules": modules(prepared.sources, folder) if prepared.language == "python" else {},
    }


def key(around: Mapping[str, Any], params: Mapping[str, Any], secrets: Mapping[str, str], files: object) -> Digest:
    """The key of one job.

    Parameters
    ----------
    around : mapping
        As `surroundings` gives it.
    params : mapping
        The values that were given.
    secrets : mapping
        Parameters whose values come from environment variables, by the names of these.
    files : object
        The digests of datasets and files that are given, by parameter.
    """
    whole = {**around, "params": params, "secrets": dict(secrets), "files": files}
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def files_named(
    declared: Iterable[JobParameter], given: Mapping[str, Any], folder: Path, cache: Path
) -> dict[str, Digest]:
    """The digests of the files that parameters name, by parameter: those that were given, and those of defaults."""
    known = HashedFiles(cache)
    values = {each.name: _text_of(each.default) for each in declared} | dict(given)
    found: dict[str, Digest] = {}
    for name, value in values.items():
        path = _file(value, folder)
        if path is not None:
            try:
                found[name] = hashed(path, known)[0]
            except (MlcError, OSError):  # the cell that reads it will say what is wrong with it
                continue
    return found


def _text_of(default: str) -> object:
    try:
        return ast.literal_eval(default)
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return None


def _file(value: object, folder: Path) -> Path | None:
    if not isinstance(value, str) or not value.strip() or "\0" in value or "://" in value:
        return None
    try:
        path = folder / Path(value).expanduser()
        return path if path.is_file() else None
    except (OSError, RuntimeError):
        return None


def modules(sources: Sequence[str], folder: Path) -> dict[str, str]:
    """The digests of the modules beside the notebook that its cells import, and of those that these import."""
    found: dict[str, str] = {}
    waiting = [plain(source).tree for source in sources]
    while waiting and len(found) < _MOST_MODULES:
        for name in _imported(waiting.pop()):
            for file in _files_of(name, folder):
                place = file.relative_to(folder).as_posix()
                if place not in found:
                    text = file.read_bytes()
                    found[place] = hashlib.sha256(text).hexdigest()
                    waiting.append(plain(text.decode(errors="replace")).tree)
    return dict(sorted(found.items()))


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module.partition(".")[0]


def _files_of(name: str, folder: Path) -> list[Path]:
    """The file of a module in the folder, or those of a package: whatever is in one may be imported by it."""
    try:
        if (folder / f"{name}.py").is_file():
            return [folder / f"{name}.py"]
        package = folder / name
        return sorted(package.rglob("*.py")) if (package / "__init__.py").is_file() else []
    except OSError:
        return []
