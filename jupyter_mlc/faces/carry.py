"""The process that carries out one call for a server: ``python -m jupyter_mlc.faces.carry``, which the server starts.

The request comes by the first line of the standard input, and the end of the input is the end of the server: then this
process ends too, and all that it started and that stayed in its group. What is told goes to the standard output, a line
each; what libraries print goes where errors go.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

from jupyter_mlc.domain.errors import Interrupted, MlcError
from jupyter_mlc.faces import lifeline
from jupyter_mlc.faces.called import Called, CallState, Refused, as_bytes, refused

Say = Callable[[Called], None]


def main() -> None:
    """The process."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started the server may be deaf to it
    heard, told = lifeline.taken(), _mouth()
    asked = _first_line(heard)
    lifeline.at_its_end(heard, lambda: os.killpg(0, signal.SIGKILL))

    def say(called: Called) -> None:
        with contextlib.suppress(BrokenPipeError), os.fdopen(told, "wb", closefd=False) as lines:
            lines.write(as_bytes(called) + b"\n")

    say(_answer(asked, say))


def _mouth() -> int:
    """The standard output, out of the reach of whatever else prints here."""
    told = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return told


def _first_line(heard: int) -> Any:
    with os.fdopen(heard, "rb", closefd=False) as lines:
        return json.loads(lines.readline())


def _answer(asked: Any, say: Say) -> Called:
    """Carry it out; how it ended."""
    try:
        return Called(state=CallState.DONE, reply=_reply(asked, say))
    except MlcError as error:
        return Called(state=CallState.REFUSED, error=refused(error))
    except KeyboardInterrupt:
        return Called(state=CallState.REFUSED, error=refused(interrupted(asked["verb"])))
    except Exception as error:  # noqa: BLE001 (whoever waits must hear of it)
        traceback.print_exc()
        told = Refused(code="bug", message=f"{type(error).__name__}: {error}", hint="the server's log says where")
        return Called(state=CallState.DIED, error=told)


def interrupted(verb: str) -> Interrupted:
    """Somebody ended the call."""
    return Interrupted(f"{verb} was ended before it was done", hint="what was recorded until then: %mlc history")


def _reply(asked: Any, say: Say) -> object:
    from jupyter_mlc.faces.encoding import decode
    from jupyter_mlc.faces.plain import plain_data
    from jupyter_mlc.faces.yaml_ import read_yaml
    from jupyter_mlc.store.identity import identity
    from jupyter_mlc.store.places import place_of
    from jupyter_mlc.verbs import VERBS
    from jupyter_mlc.verbs.session import LocalSession

    ask = decode(json.dumps(asked["ask"]).encode(), VERBS[asked["verb"]].ask)
    place = place_of(os.environ["MLC_REGISTRY"])
    session = LocalSession(place, identity, read_yaml=read_yaml, detached=True)
    with contextlib.closing(session):
        return plain_data(session.call(ask, lambda done, total, text: say(_far(done, total, text))))


def _far(done: int, total: int, text: str) -> Called:
    return Called(state=CallState.RUNNING, done=done, total=total, text=text)


if __name__ == "__main__":
    main()
