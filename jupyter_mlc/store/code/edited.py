"""Whether the files of modules were edited after they were imported, so that another process runs other code."""

from __future__ import annotations

import re
import sys
import tokenize
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING

from jupyter_mlc.store.code.sources import gives, own_codes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from types import CodeType, ModuleType


def edited_since_import(beside: Collection[str], folder: Path) -> tuple[str, ...]:
    """The files whose classes and functions are not what this process has of them.

    Parameters
    ----------
    beside : collection of str
        Files and folders of code in the folder; no others are looked at.
    folder : Path
        The working folder.
    """
    found = set()
    for name, module in list(sys.modules.items()) if beside else []:
        file = Path(getattr(module, "__file__", None) or "")
        is_meant = file.is_relative_to(folder) and file.relative_to(folder).parts[0] in beside
        # other loaders change the code that they read, as pytest's does
        if is_meant and type(getattr(module, "__loader__", None)) is SourceFileLoader:
            text = _text(file)
            codes = [code for code in _codes_of(name, module, text) if code.co_filename == str(file)]
            if not gives(text, codes, 0):
                found.add(str(file.relative_to(folder)))
    return tuple(sorted(found))


def _codes_of(name: str, module: ModuleType, text: str) -> Iterator[CodeType]:
    """The code of what the text defines; a module that was loaded anew keeps what its file no longer has."""
    for key, each in list(vars(module).items()):
        if isinstance(each, type | FunctionType) and each.__module__ == name and re.search(rf"\b{key}\b", text):
            yield from own_codes(each)


def _text(file: Path) -> str:
    try:
        with tokenize.open(file) as lines:
            return lines.read()
    except (OSError, ValueError, SyntaxError):
        return ""
