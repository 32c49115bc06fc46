"""Requests and replies as JSON, as they travel over HTTP and in the messages of a widget."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from jupyter_mlc.domain.errors import BadInput
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

    Raises
    ------
    BadInput
        Where the body is no JSON, or a field of it does not fit; the message names the field.
    """
    try:
        return msgspec.convert(uncarried(json.loads(body or b"{}")), kind)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"the body is no JSON: {error}", hint="send a JSON object") from None
    except (msgspec.ValidationError, AttributeError, ValueError) as error:
        raise BadInput(f"the body does not fit: {error}", hint=f"the fields are those of {kind.__name__}") from None
