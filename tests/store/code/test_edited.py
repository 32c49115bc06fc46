"""Which files beside a notebook are no longer what was imported from them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_mlc.store.code.edited import edited_since_import

RULES = "def at():\n    return 1\n\ndef predict(rows):\n    return at()\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield tmp_path
    sys.modules.pop("rules_of_ours", None)


def edited(folder: Path, before: bytes, after: bytes, *, again: bool = False) -> tuple[str, ...]:
    file = folder / "rules_of_ours.py"
    file.write_bytes(before)
    importlib.invalidate_caches()
    module = importlib.import_module("rules_of_ours")
    file.write_bytes(after)
    if again:
        importlib.reload(module)
    return edited_since_import([file.name], folder)


def test_a_file_with_other_functions_is_found(folder: Path) -> None:
    assert edited(folder, RULES.encode(), RULES.replace("1", "1000").encode()) == ("rules_of_ours.py",)


@pytest.mark.parametrize(
    "text", [RULES.encode("utf-8-sig"), b"# coding: latin-1\nWHO = '\xe9'\n" + RULES.encode()], ids=["mark", "latin-1"]
)
def test_a_file_in_any_encoding_is_what_it_was(folder: Path, text: bytes) -> None:
    assert edited(folder, text, text) == ()


def test_what_a_module_keeps_that_was_loaded_anew_without_it_is_no_edit(folder: Path) -> None:
    without = RULES.replace("at()", "2").replace("def 2:\n    return 1\n", "")
    assert edited(folder, RULES.encode(), without.encode(), again=True) == ()
