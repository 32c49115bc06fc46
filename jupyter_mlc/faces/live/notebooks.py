"""Around `retrain` and `job add`: the notebook's file is read where it lies, and stored without its secrets."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import BadInput, NotFound, Unavailable, did_you_mean
from jupyter_mlc.store.home import as_typed, working_folder

if TYPE_CHECKING:
    from jupyter_mlc.faces.desk import Desk
    from jupyter_mlc.verbs.session import Session

NOTEBOOK = ".ipynb"


def with_notebook(desk: Desk, values: dict[str, Any]) -> dict[str, Any]:
    """The values of `retrain` with the notebook, where one is named, and with what a file says of parameters."""
    values = values | {"folder": str(as_typed(".").absolute())}
    file = values.pop("parameters", "")
    if file:
        values["param"] = {**_parameters(file), **values.get("param", {})}
    ref = values["ref"]
    if ref.endswith(NOTEBOOK) or ("/" in ref and as_typed(ref).is_file()):
        values |= stored(desk.session, ref, Path(ref))
    return values


def with_notebook_to_add(desk: Desk, values: dict[str, Any]) -> dict[str, Any]:
    """The values of `job add` with the notebook."""
    typed = values["path"]
    return values | stored(desk.session, typed, Path(typed))


def stored(session: Session, typed: str, path: Path) -> dict[str, Any]:
    """The notebook as a blob where the verbs look for it, and where it was read."""
    from jupyter_mlc.capture.notebook.document import Notebooks, text

    path = as_typed(path).absolute()
    if not path.exists():
        raise NotFound(f"there is no notebook {typed}", hint=_near(path))
    if path.is_dir():
        raise BadInput(f"{typed} is a folder", hint=f"name a notebook in it: {Path(typed) / 'NOTEBOOK.ipynb'}")
    content = Notebooks().read(path).content
    clean, found = _scrubbed(content)
    digest = session.artifacts.put_bytes(text(clean))
    session.send([digest])
    return {"notebook": digest, "source": str(path), "secrets": tuple(dict.fromkeys(found))}


def _scrubbed(content: Any) -> tuple[dict[str, Any], list[str]]:
    """The notebook without secrets in its cells: it is recorded, and what is recorded is what is executed."""
    from jupyter_mlc.capture.secrets.scrubbing import Scrubber
    from jupyter_mlc.capture.switches import switches

    if "secrets" not in switches(working_folder()).on:
        return dict(content), []
    scrubber, cells, found = Scrubber(os.environ), [], list[str]()
    for number, cell in enumerate(content["cells"], 1):
        source, kinds = scrubber.scrub(cell["source"], f"cell {number}")
        found += kinds
        cells.append({**cell, "source": source})
    return {**content, "cells": cells}, found


def _near(path: Path) -> str:
    try:
        known = [each.name for each in path.parent.iterdir() if each.suffix == NOTEBOOK]
    except OSError:
        return f"there is no folder {path.parent} either"
    return did_you_mean(path.name, known) or "check the path; it is taken from the working folder"


def _parameters(typed: str) -> dict[str, Any]:
    """The values in a YAML file."""
    from jupyter_mlc.faces.yaml_ import read_yaml

    path = as_typed(typed)
    try:
        found = read_yaml(path.read_text("utf-8"))
    except FileNotFoundError:
        raise NotFound(f"there is no file {typed}", hint="check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise Unavailable(f"{typed} cannot be read: {error}", hint="name a YAML file") from None
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found):
        raise BadInput(f"{typed} holds no parameters", hint="write a line for each: max_depth: 8")
    return found
