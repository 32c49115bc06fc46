"""Small notebooks for tests of jobs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def code(source: str, *, tag: str = "", name: str = "") -> dict[str, Any]:
    """A cell of code."""
    metadata = {"tags": [tag]} if tag else {}
    cell: dict[str, Any] = {"cell_type": "code", "execution_count": None, "metadata": metadata, "outputs": []}
    return {**cell, "source": source, **({"id": name} if name else {})}


def text(source: str) -> dict[str, Any]:
    """A cell of prose."""
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def notebook(*cells: dict[str, Any] | str, **metadata: Any) -> dict[str, Any]:
    """A notebook of these cells; the first string is tagged as its parameters where it begins with a comment."""
    whole = [code(cell) if isinstance(cell, str) else cell for cell in cells]
    whole = [{"id": f"c{place}", **cell} for place, cell in enumerate(whole)]
    return {"cells": whole, "metadata": {**METADATA, **metadata}, "nbformat": 4, "nbformat_minor": 5}


def saved(path: Path, *cells: dict[str, Any] | str, **metadata: Any) -> Path:
    """A file with such a notebook."""
    path.write_text(json.dumps(notebook(*cells, **metadata)), "utf-8")
    return path
