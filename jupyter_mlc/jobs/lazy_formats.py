"""nbformat, without what checks international addresses (IRIs) until one is checked."""

from __future__ import annotations

import importlib
import sys
from importlib.util import find_spec
from types import ModuleType

_CHECKER = "rfc3987_syntax"
"""jsonschema, which nbformat imports, imports it where it is, as with JupyterLab, and it builds grammars for seconds"""


def import_nbformat() -> None:
    """Import it; a schema that asks whether a text is an IRI is answered as ever, the first one after these seconds."""
    if {"jsonschema", _CHECKER} & sys.modules.keys() or find_spec(_CHECKER) is None:
        return
    stand_in = ModuleType(_CHECKER)
    vars(stand_in)["is_valid_syntax"] = _is_valid_syntax
    sys.modules[_CHECKER] = stand_in
    try:
        importlib.import_module("nbformat")
    finally:
        del sys.modules[_CHECKER]


def _is_valid_syntax(term: str, value: str) -> bool:
    return bool(importlib.import_module(_CHECKER).is_valid_syntax(term, value))
