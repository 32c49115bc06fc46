"""Buckets on two servers: a real one, and one that imitates Amazon's."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyter_mlc.store.bucket_artifacts import BucketArtifacts
from jupyter_mlc.store.buckets import Bucket
from jupyter_mlc.store.checked_blobs import Checks
from jupyter_mlc.store.hashed_files import HashedFiles
from tests.store.buckets.servers import SECRET, Harmful, harmful, moto, seaweedfs

NAME = "models"


@pytest.fixture(scope="session")
def seaweedfs_server() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="mlc-bucket-") as name, seaweedfs(Path(name)) as url:
        yield url


@pytest.fixture(scope="session")
def moto_server() -> Iterator[str]:
    with moto() as url:
        yield url


@pytest.fixture(params=["seaweedfs", "moto"])
def server(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_server")
    return url


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of an empty bucket; the environment says where it is, and who asks."""
    import s3fs

    settings = {"ENDPOINT_URL": server, "ACCESS_KEY_ID": "ana", "SECRET_ACCESS_KEY": SECRET}
    for name, value in (settings | {"DEFAULT_REGION": "us-east-1", "EC2_METADATA_DISABLED": "true"}).items():
        monkeypatch.setenv(f"AWS_{name}", value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    system = s3fs.S3FileSystem(skip_instance_cache=True)
    with contextlib.suppress(FileExistsError):
        system.call_s3("create_bucket", Bucket=NAME)
    made = Bucket(NAME)
    for one in made.listed(""):
        made.delete(one.key)
    for upload in made.unfinished(""):
        made.give_up(upload)
    return NAME


@pytest.fixture
def bad(server: str, bucket: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Harmful]:
    """What stands between us and the bucket."""
    with harmful(server) as between:
        monkeypatch.setenv("AWS_ENDPOINT_URL", between.url)
        yield between


@pytest.fixture
def open_artifacts(bucket: str, tmp_path: Path) -> Callable[[str], BucketArtifacts]:
    """The artifacts in the bucket as a machine of this name sees them."""

    def opened(machine: str) -> BucketArtifacts:
        root = tmp_path / machine
        root.mkdir(exist_ok=True)
        return BucketArtifacts(f"s3://{bucket}/team/ml", root, Checks(root / "cache"), HashedFiles(root / "cache"))

    return opened


@pytest.fixture
def artifacts(open_artifacts: Callable[[str], BucketArtifacts]) -> BucketArtifacts:
    return open_artifacts("laptop")
