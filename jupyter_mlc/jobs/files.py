"""Files that others read while they are written: replaced, never rewritten."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path


def replace(path: Path, data: bytes) -> None:
    """Let the file hold these bytes: whoever reads it at any moment finds the old ones or the new ones, whole."""
    temporary = path.with_name(f".tmp-{os.getpid()}-{secrets.token_hex(6)}")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
