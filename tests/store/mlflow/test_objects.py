"""Files of MLflow's models in a bucket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyter_mlc.domain.errors import NotFound
from jupyter_mlc.faces.yaml_ import read_yaml
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.store.mlflow.address import theirs_at
from jupyter_mlc.store.places import place_of
from jupyter_mlc.verbs.copy import Copy
from jupyter_mlc.verbs.fetch import Fetch, FetchReply
from jupyter_mlc.verbs.session import LocalSession
from tests.store.buckets.servers import SECRET, moto
from tests.store.mlflow.conftest import Told, json_answer

PLACE = "s3://experiments/1/r1/artifacts/model"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with moto() as url:
        yield url


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bucket with the files of one model; the environment says where it is, and who asks."""
    import contextlib

    import s3fs

    settings = {"ENDPOINT_URL": server, "ACCESS_KEY_ID": "ana", "SECRET_ACCESS_KEY": SECRET}
    for name, value in (settings | {"DEFAULT_REGION": "us-east-1", "EC2_METADATA_DISABLED": "true"}).items():
        monkeypatch.setenv(f"AWS_{name}", value)
    system = s3fs.S3FileSystem(skip_instance_cache=True)
    with contextlib.suppress(FileExistsError):
        system.call_s3("create_bucket", Bucket="experiments")
    for name, body in {"MLmodel": b"flavors:\n  onnx: {}\n", "data/model.onnx": b"bytes"}.items():
        system.call_s3("put_object", Bucket="experiments", Key=f"1/r1/artifacts/model/{name}", Body=body)


@pytest.fixture
def mlruns(tmp_path: Path) -> Path:
    version = tmp_path / "mlruns" / "models" / "churn" / "version-1"
    version.mkdir(parents=True)
    (version.parent / "meta.yaml").write_text("name: churn\ncreation_timestamp: 1\n")
    (version / "meta.yaml").write_text(f"version: 1\ncreation_timestamp: 1\nsource: {PLACE}\n")
    return tmp_path / "mlruns"


@pytest.mark.slow
def test_files_in_a_bucket_are_laid_out(bucket: None, mlruns: Path, tmp_path: Path) -> None:
    theirs, folder = theirs_at(f"mlflow://{mlruns}", read_yaml), tmp_path / "here"
    folder.mkdir()
    (version,) = theirs.versions("churn")
    assert theirs.laid_out(theirs.location(version), folder) == folder
    assert (folder / "data" / "model.onnx").read_bytes() == b"bytes"
    assert sorted(path.name for path in folder.iterdir()) == ["MLmodel", "data"]


@pytest.mark.slow
def test_a_server_whose_files_lie_in_a_bucket_is_read_past_it(bucket: None, told: Told, tmp_path: Path) -> None:
    told.answer = lambda path: json_answer({"artifact_uri": PLACE})
    theirs = theirs_at(told.address, read_yaml)
    assert (theirs.laid_out(PLACE, tmp_path) / "MLmodel").is_file()


@pytest.mark.slow
def test_where_nothing_lies_it_is_told(bucket: None, mlruns: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound) as refused:
        theirs_at(f"mlflow://{mlruns}", read_yaml).laid_out(f"{PLACE}s", tmp_path)
    assert refused.value.text == (
        f"nothing lies at {PLACE}s\nthey were moved or deleted; if you have them: %mlc fetch REF --files FOLDER"
    )


@pytest.mark.slow
def test_a_version_comes_by_reference_and_its_bytes_when_they_are_fetched(
    bucket: None, mlruns: Path, tmp_path: Path, ana: Identity, clock: Callable[[], int]
) -> None:
    session = LocalSession(place_of(str(tmp_path / "registry")), lambda: ana, clock, read_yaml)
    session.call(Copy(what=f"mlflow://{mlruns}"))
    assert session.registry.version("churn:1").format == "elsewhere"
    reply = session.call(Fetch(ref="churn:1"))
    assert isinstance(reply, FetchReply)
    assert (reply.versions[0].source, reply.versions[0].artifact.format) == (PLACE, "files")
    session.close()
