"""Where this user's own things lie, by the customs of the system."""

from __future__ import annotations

from pathlib import Path

_APP = "jupyter_mlc"


def data_folder() -> Path:
    """What must not be lost: keys, and the registry of whoever made no other."""
    import platformdirs

    return Path(platformdirs.user_data_dir(_APP, appauthor=False))


def cache_folder() -> Path:
    """What can be made again: notes on checked blobs, files laid out."""
    import platformdirs

    return Path(platformdirs.user_cache_dir(_APP, appauthor=False))
