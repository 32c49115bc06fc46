"""What is told of a call that is carried out elsewhere: in a process of its own, which may run models and notebooks."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Protocol

from jupyter_mlc.domain.errors import MlcError, NeedsConfirmation


class CallState(StrEnum):
    """How a call stands."""

    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    DIED = "died"
    """its process is gone, or stumbled over a bug"""


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A refusal, as it travels."""

    code: str
    message: str
    hint: str
    """the next step"""
    token: str = ""
    """to send again as `confirm`, where a person says yes"""


@dataclass(frozen=True, kw_only=True)
class Begun:
    """The answer to a request that is carried out elsewhere."""

    call: str
    """its id, by which one asks how far it is"""


@dataclass(frozen=True, kw_only=True)
class Called:
    """How far a call is, or how it ended."""

    state: CallState
    done: int = 0
    total: int = 0
    text: str = ""
    """what is being done"""
    reply: object = None
    """of the verb, where it is done"""
    error: Refused | None = None
    """why, where it was refused or died"""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request for another process."""

    verb: str
    url: str
    """of the registry"""
    body: bytes
    """its fields as JSON"""


class Elsewhere(Protocol):
    """Whoever carries out what does not run in a server."""

    def begin(self, asked: Asked) -> str:
        """Begin, and give the call's id."""

    def look(self, call: str) -> Called:
        """How far it is; NotFound where nobody knows of it."""

    def end(self, call: str) -> Called:
        """Let it end; asked again, at once."""


def refused(error: MlcError) -> Refused:
    """A refusal as plain data."""
    token = error.token if isinstance(error, NeedsConfirmation) else ""
    return Refused(code=error.code, message=error.message, hint=error.hint, token=token)


def error_body(error: MlcError) -> bytes:
    """A refusal as JSON."""
    told = {"code": error.code, "message": error.message, "hint": error.hint}
    if isinstance(error, NeedsConfirmation):
        told["token"] = error.token
    return json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass")


def as_bytes(told: Begun | Called) -> bytes:
    """The same as JSON."""
    return json.dumps(asdict(told), ensure_ascii=False, allow_nan=False).encode("utf-8", "surrogatepass")
