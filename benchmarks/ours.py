"""Our side as users meet it: a session on a folder, and a notebook whose cells run in a shell."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_mlc.domain.entities import Artifact
    from jupyter_mlc.store.identity import Identity
    from jupyter_mlc.verbs.session import LocalSession

MODEL = "churn"
_PICTURE = "iVBORw0KGgo" * 2000
"""as long as that of a small plot"""


def person_in(folder: Path) -> Identity:
    """Whose key lies in this folder; it is made where there is none."""
    from jupyter_mlc.store.identity import identity_in

    return identity_in(folder / "keys")


def session_in(folder: Path) -> LocalSession:
    """A session on the registry in this folder."""
    from jupyter_mlc.faces.yaml_ import read_yaml
    from jupyter_mlc.store.places import place_of
    from jupyter_mlc.verbs.session import LocalSession

    who = person_in(folder)
    return LocalSession(place_of(str(folder / "registry")), lambda: who, read_yaml=read_yaml)


def small_artifact(session: LocalSession) -> Artifact:
    """Something small, stored."""
    from jupyter_mlc.store import formats

    return formats.store({"coefficients": [0.5, 0.25]}, session.artifacts, name="joblib", cells=())


class Notebook:
    """A notebook with thirty cells and five pictures, saved, committed, and open in a shell with our extension.

    Parameters
    ----------
    folder : Path
        Where it lies, and its registry.
    cells : str
        Sources that will be run, beside those that only lie there.
    """

    def __init__(self, folder: Path, *cells: str) -> None:
        from IPython.core.interactiveshell import InteractiveShell

        path = folder / "analysis.ipynb"
        sources = [*cells, *(f"# step {number}\nresult_{number} = {number}" for number in range(30))]
        self._ids = {source: f"cell-{place}" for place, source in enumerate(sources)}
        path.write_text(json.dumps(_notebook(self._ids)), encoding="utf-8")
        _commit(folder)
        os.environ |= {"JPY_SESSION_NAME": str(path), "MLC_REGISTRY": str(folder / "registry")}
        self.shell: Any = InteractiveShell.instance()
        self.shell.run_line_magic("load_ext", "jupyter_mlc")

    def run(self, source: str) -> Any:
        """Run a cell; what it leaves under the name ``answer``."""
        self.shell.run_cell(source, store_history=True, cell_id=self._ids.get(source)).raise_error()
        return self.shell.user_ns.get("answer")


def _notebook(ids: dict[str, str]) -> dict[str, object]:
    cells = [_cell(id_, source, picture=place % 6 == 0) for place, (source, id_) in enumerate(ids.items())]
    return {"cells": cells, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}


def _cell(id_: str, source: str, *, picture: bool) -> dict[str, object]:
    outputs = [{"output_type": "display_data", "data": {"image/png": _PICTURE}, "metadata": {}}] if picture else []
    cell = {"cell_type": "code", "id": id_, "source": source, "execution_count": None}
    return cell | {"metadata": {}, "outputs": outputs}


def _commit(folder: Path) -> None:
    """Put the notebook under version control, as people have it."""
    (folder / ".gitignore").write_text("*\n!analysis.ipynb\n", encoding="utf-8")
    who = ("-c", "user.name=bench", "-c", "user.email=bench@localhost")
    for command in (("init", "-q"), ("add", "analysis.ipynb"), (*who, "commit", "-q", "-m", "Begin")):
        subprocess.run(["git", *command], cwd=folder, check=True)
