"""A Jupyter server in whose process nothing can be unpickled: ``python -m tests.faces.server.guarded RECORD ...``.

What tries to is written down in the file RECORD, and fails. Processes that the server begins are free to.
"""

from __future__ import annotations

import _pickle
import pickle
import sys
import traceback
from pathlib import Path
from typing import Any, NoReturn


def forbid(record: Path) -> None:
    """Let everything fail that unpickles, in Python or in C, under whichever name it was imported before."""

    def refuse(*_: object, **__: object) -> NoReturn:
        with record.open("a") as lines:
            traceback.print_stack(file=lines)
        raise PermissionError("nothing is unpickled here")

    class Unpickler:
        __init__ = refuse

    def listen(event: str, _: object) -> None:
        if event == "pickle.find_class":
            refuse()

    sys.addaudithook(listen)
    modules: list[Any] = [pickle, _pickle]
    for module in modules:
        module.load = module.loads = refuse
        module.Unpickler = Unpickler
    pickle._Unpickler.load = refuse  # type: ignore[method-assign]  # joblib's and ours are made from it


def main() -> None:
    """Run the server."""
    record = Path(sys.argv.pop(1))
    forbid(record)
    from jupyter_server.serverapp import main as serve

    serve()


if __name__ == "__main__":
    main()
