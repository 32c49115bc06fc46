"""Requests and replies as JSON, as they travel over HTTP and in the messages of a widget."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import msgspec

from jupyter_mlc.domain.errors import BadInput, did_you_mean
from jupyter_mlc.faces.plain import plain_data
from jupyter_mlc.store.log import uncarried
from jupyter_mlc.verbs.base import Ask, Reply

BLOB = "sha256:[0-9a-f]{64}"
"""the digest by which bytes are asked for"""


def encode(message: Ask | Reply) -> bytes:
    """A request or reply as JSON; numbers that JSON cannot carry as ``{"$number": "nan"}``."""
    return json.dumps(plain_data(message), ensure_ascii=False, allow_nan=False).encode("utf-8", "surrogatepass")


def decode(body: bytes, kind: type[Any]) -> Any:
    """A request or reply from JSON.

    A reply may have fields that this release does not know. A request may not: whoever misspells ``dry_run`` would
    change something.

    Raises
    ------
    BadInput
        Where the body is no JSON, or a field of it does not fit; the message names the field.
    """
    try:
        sent = uncarried(json.loads(body or b"{}"))
        _refuse_half_characters(sent, kind)
        found = msgspec.convert(sent, kind)
        unknown = next(_unknown(sent, found), None) if issubclass(kind, Ask) else None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"the body is no JSON: {error}", hint="send a JSON object") from None
    except RecursionError:
        raise BadInput("the body is nested too deeply", hint="send a JSON object") from None
    except (msgspec.ValidationError, AttributeError, ValueError) as error:
        raise _unfit(error, f"the fields are those of {kind.__name__}") from None
    if unknown is not None:
        where, name, fields = unknown
        place = f" - at `{where}`" if where != "$" else ""
        hint = did_you_mean(name, fields) or f"the fields are {', '.join(fields)}"
        raise _unfit(f"Object contains unknown field `{name}`{place}", hint)
    return found


def _refuse_half_characters(sent: Any, kind: type[Any]) -> None:
    """JSON can spell half of a character, which neither files nor databases can hold."""
    if not issubclass(kind, Ask):
        return
    try:
        json.dumps(sent, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = error.object[error.start : error.end]
        raise BadInput(f"the body does not fit: {half!r} is half a character", hint="send whole ones") from None


def _unfit(why: object, hint: str) -> BadInput:
    return BadInput(f"the body does not fit: {why}", hint=hint)


def _unknown(sent: Any, taken: Any, where: str = "$") -> Iterator[tuple[str, str, list[str]]]:
    """The fields that were sent and not taken: where, their name, and what there is."""
    if isinstance(sent, dict) and dataclasses.is_dataclass(taken):
        fields = [field.name for field in dataclasses.fields(taken)]
        for name, item in sent.items():
            if name not in fields:
                yield where, name, fields
            else:
                yield from _unknown(item, getattr(taken, name), f"{where}.{name}")
    elif isinstance(sent, list) and isinstance(taken, list | tuple):
        for place, (item, of_it) in enumerate(zip(sent, taken, strict=True)):
            yield from _unknown(item, of_it, f"{where}[{place}]")
