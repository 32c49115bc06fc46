"""Where the files of a version lie, as far as this machine can reach them."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from jupyter_mlc.domain.errors import BadInput, Damaged, NotFound, Unavailable
from jupyter_mlc.store.mlflow.records import TheirRun

_HANDED = "if you have them: %mlc fetch REF --files FOLDER"


def local(location: str, base: Path | None = None) -> Path | None:
    """The path that a location names; None where it names none. A relative one is meant from `base`."""
    parts = urlsplit(location)
    if parts.scheme == "file" and parts.netloc in {"", "localhost"}:
        return Path(unquote(parts.path))
    if parts.scheme:
        return None
    return (base or Path.cwd()) / location if location else None


def laid_out_here(location: str, address: str, base: Path, folder: Path) -> Path:
    """The files at a location of a registry that lies on this machine; those in a bucket are laid out in `folder`."""
    if is_bucket(location):
        return from_bucket(location, folder)
    path = local(location, base)
    if path is None:
        raise unreadable(location, address)
    if not path.exists():
        raise NotFound(f"there are no files at {path}", hint=f"they were moved or deleted; {_HANDED}")
    return path


def from_bucket(location: str, folder: Path) -> Path:
    """The objects under an ``s3://`` location, laid out in a folder; whoever reads them has the credentials.

    Raises
    ------
    NotFound
        Where nothing lies there.
    Unavailable
        Where the bucket cannot be reached, or refuses.
    """
    from jupyter_mlc.store.foreign_buckets import ForeignBucket

    keeper = ForeignBucket()
    try:
        found = keeper.found(location)
    except BadInput as error:
        raise NotFound(error.message, hint=f"they were moved or deleted; {_HANDED}") from None
    for file in found.files:
        target = folder / inside(file.path)
        target.parent.mkdir(parents=True, exist_ok=True)
        keeper.download(file.url, target)
    return folder


def is_bucket(location: str) -> bool:
    """Whether a location is in an object store that can be read here."""
    return location.startswith("s3://")


def unreadable(location: str, address: str) -> Unavailable:
    """The refusal of files that lie where this release does not reach."""
    return Unavailable(
        f"{address} says that the files lie at {location}, which is not to be read from here as a model",
        hint=f"download them (mlflow artifacts download --artifact-uri {location} --dst-path FOLDER), "
        "then: %mlc fetch REF --files FOLDER",
    )


def of_run(source: str, run: TheirRun | None) -> str:
    """The place that ``runs:/ID/PATH`` means; any other source is a place itself."""
    if not source.startswith("runs:/") or run is None:
        return source
    _, _, path = source.removeprefix("runs:/").lstrip("/").partition("/")
    return f"{run.artifacts.rstrip('/')}/{path}"


def inside(name: str) -> Path:
    """A path that a server names, as one that stays inside of a folder."""
    parts = name.split("/")
    if any(part in {"", ".", ".."} for part in parts) or "\0" in name or "\\" in name:
        raise Damaged(f"the server names a file {name!r}, which would lie outside of its folder")
    return Path(*parts)
