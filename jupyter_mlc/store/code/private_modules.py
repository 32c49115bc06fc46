"""Code that came with an artifact, imported under a name of its own: never as ``__main__``, never over a module."""

from __future__ import annotations

import hashlib
import importlib
import importlib.machinery
import importlib.util
import linecache
import re
import sys
import threading
from contextlib import suppress
from importlib.abc import InspectLoader
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import BadInput, Damaged
from jupyter_mlc.store.code.sources import OWN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType, ModuleType

PREFIX = "_mlc_code_"
_NAME = re.compile(rf"\b{PREFIX}[0-9a-f]{{32}}\b")
_INSTALLING = threading.RLock()


class _Loader(InspectLoader):
    """Gives a module its text, so that tracebacks and `inspect` show it."""

    def __init__(self, text: str) -> None:
        self._text = text

    def get_source(self, fullname: str) -> str:  # noqa: ARG002 (it has one text)
        return self._text

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._text, file_name(fullname), "exec", dont_inherit=True)


def name_of(text: str) -> str:
    """The module name of a text: the same text is the same module everywhere."""
    return PREFIX + hashlib.sha256(text.encode()).hexdigest()[:32]


def file_name(module: str) -> str:
    """What tracebacks call the file that this code never was."""
    return f"{OWN}{module.removeprefix(PREFIX)}>"


def installed(text: str) -> ModuleType:
    """Import the text, once in a process; whoever calls this has decided that the code may run."""
    name = name_of(text)
    with _INSTALLING:
        return sys.modules[name] if name in sys.modules else _installed(name, text)


def _installed(name: str, text: str) -> ModuleType:
    spec = importlib.machinery.ModuleSpec(name, _Loader(text), origin=file_name(name))
    module = importlib.util.module_from_spec(spec)
    module.__file__ = file_name(name)
    linecache.cache[file_name(name)] = (len(text), None, text.splitlines(keepends=True), file_name(name))
    sys.modules[name] = module
    try:
        _Loader(text).exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    _tell_workers(module)
    return module


def _tell_workers(module: ModuleType) -> None:
    """Worker processes of joblib cannot import this module: let cloudpickle send them its classes whole."""
    # joblib carried a copy of cloudpickle until release 1.5
    for name in ("cloudpickle", "joblib.externals.cloudpickle"):
        with suppress(ImportError):
            importlib.import_module(name).register_pickle_by_value(module)


def text_of(module: str) -> str:
    """The text of a module that `installed` made."""
    loader = getattr(sys.modules.get(module), "__loader__", None)
    if not isinstance(loader, _Loader):
        raise BadInput(
            f"the object uses code of {module}, which is no longer loaded in this process",
            hint="load the version that it came from again",
        )
    return loader.get_source(module)


def used_by(text: str) -> Iterator[str]:
    """The private modules that a text imports, the deepest first."""
    for name in dict.fromkeys(_NAME.findall(text)):
        yield from used_by(text_of(name))
        yield name


def checked(name: str, text: str) -> str:
    """Return the text of the layer ``code/<name>.py``; raises Damaged where the name is not that of the text."""
    if name.startswith(PREFIX) and name != name_of(text):
        raise Damaged(f"the code of {name} is not the text of that name", hint="verify the registry: %mlc verify")
    return text
