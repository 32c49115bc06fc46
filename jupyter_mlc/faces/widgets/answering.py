"""What a panel asks, and what the kernel answers: the same JSON as over HTTP, in messages."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import BadInput, Conflict, MlcError, NotFound
from jupyter_mlc.faces.called import refused
from jupyter_mlc.faces.encoding import BLOB, decode
from jupyter_mlc.faces.plain import plain_data
from jupyter_mlc.faces.widgets import PLOTS
from jupyter_mlc.verbs.base import VERBS

if TYPE_CHECKING:
    from jupyter_mlc.faces.desk import Desk
    from jupyter_mlc.verbs.session import Progress

Answer = dict[str, Any]


class Answering:
    """Answers for one panel.

    Parameters
    ----------
    desk : Desk
        Of the notebook. The panel is about the registry that it uses now, and about no other.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._url = desk.place.url
        self.registry = desk.place.shown
        """what people call it"""

    def answer(self, message: Mapping[str, Any], progress: Progress) -> Answer:
        """Answer a message: with a `reply`, a `text`, or why it is `refused`."""
        try:
            return self._answered(message, progress)
        except MlcError as error:
            told: Answer = asdict(refused(error))
        except Exception as error:  # noqa: BLE001 (a bug must not leave the panel waiting)
            told = {"code": "bug", "message": f"{type(error).__name__}: {error}", "hint": ""}
        return {"refused": told}

    def _answered(self, message: Mapping[str, Any], progress: Progress) -> Answer:
        match message.get("kind"):
            case "call":
                return self._call(message, progress)
            case "blob":
                return self._blob(str(message.get("digest")))
            case "plots":
                return _plots()
            case other:
                raise BadInput(f"a panel cannot ask a {other!r}", hint="it can ask a call, a blob or plots")

    def _refuse_another_registry(self) -> None:
        if self._desk.place.url != self._url:
            raise Conflict(
                f"this panel is about {self.registry}, and the notebook uses {self._desk.place.shown} now",
                hint="run its cell again",
            )

    def _call(self, message: Mapping[str, Any], progress: Progress) -> Answer:
        name = str(message.get("verb"))
        verb = VERBS.get(name)
        if verb is None or not verb.has_route:
            raise BadInput(f"a panel cannot ask for {name!r}", hint="run it in a cell")
        self._refuse_another_registry()
        ask = decode(json.dumps(message.get("ask") or {}).encode(), verb.ask)
        return {"reply": plain_data(self._desk.call_back(ask, progress))}

    def _blob(self, digest: str) -> Answer:
        if not re.fullmatch(BLOB, digest):
            raise BadInput(f"{digest!r} is no digest", hint="it is sha256: and 64 hexadecimal digits")
        self._refuse_another_registry()
        session = self._desk.session
        session.fetch([digest])
        session.artifacts.ensure(digest)
        return {"text": session.artifacts.read(digest).decode("utf-8", "replace")}


def _plots() -> Answer:
    """The module that draws; it is the same for every registry."""
    if not PLOTS.exists():
        raise NotFound(
            "what draws pictures is not in this installation of jupyter_mlc",
            hint="install a wheel, or in a copy of the repository type: make lab",
        )
    return {"text": PLOTS.read_text("utf-8")}
