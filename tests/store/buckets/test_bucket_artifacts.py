from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_mlc.domain.errors import BadInput, Damaged, MlcError, Unavailable
from jupyter_mlc.store import buckets, formats
from jupyter_mlc.store.blob_folder import DAY
from jupyter_mlc.store.bucket_artifacts import BucketArtifacts
from jupyter_mlc.store.buckets import Bucket
from jupyter_mlc.store.loading import load
from tests.store.buckets.servers import Harmful

HELLO = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
RESTORE = "restore it from a backup of the registry, or register the model again"
NETWORK = "is the network there, and is AWS_ENDPOINT_URL right? then repeat the command"
Opener = Callable[[str], BucketArtifacts]

pytestmark = pytest.mark.slow


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for attempts that cannot succeed."""
    monkeypatch.setattr(buckets, "ATTEMPTS", 1)


def now() -> int:
    return time.time_ns() // 1000  # noqa: TID251 (compared with the times of objects)


def keys(bucket: str) -> list[str]:
    return [one.key for one in Bucket(bucket).listed("")]


def replace(bucket: str, digest: str, data: bytes) -> None:
    """Somebody else writes into the bucket."""
    import s3fs

    key = f"team/ml/blobs/sha256/{digest.removeprefix('sha256:')}"
    s3fs.S3FileSystem(skip_instance_cache=True).call_s3("put_object", Bucket=bucket, Key=key, Body=data)


def test_bytes_become_an_object_under_their_digest(artifacts: BucketArtifacts, bucket: str) -> None:
    assert artifacts.put_bytes(b"hello") == HELLO
    assert keys(bucket) == [f"team/ml/blobs/sha256/{HELLO.removeprefix('sha256:')}"]
    assert artifacts.where == f"s3://{bucket}/team/ml/blobs/sha256"
    assert (artifacts.has(HELLO), artifacts.size(HELLO)) == (True, 5)
    assert (artifacts.missing([HELLO]), list(artifacts.all())) == ([], [HELLO])


def test_another_machine_finds_and_reads_them(artifacts: BucketArtifacts, open_artifacts: Opener) -> None:
    digests = artifacts.put_many([b"hello", b"", os.urandom(3000)])
    other = open_artifacts("desk")
    assert other.read(HELLO) == b"hello"
    assert other.read(digests[1]) == b""
    assert other.at_hand(digests[2]).read_bytes() == artifacts.read(digests[2])
    other.ensure(HELLO)
    assert other.is_known(HELLO)


def test_a_model_is_opened_on_another_machine(artifacts: BucketArtifacts, open_artifacts: Opener) -> None:
    import numpy as np

    artifact = formats.store({"weights": np.arange(3_000_000.0), "bias": 1}, artifacts)
    assert artifact.format == "arrays"
    other = open_artifacts("desk")
    found = load(artifact.digest, other, trusted=False, folder=other.root / "cache")
    assert (found["weights"] == np.arange(3_000_000.0)).all()


def test_a_large_file_goes_in_parts(artifacts: BucketArtifacts, open_artifacts: Opener, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(os.urandom(3 * buckets.PIECE + 12345))
    told: list[int] = []
    digest, size = artifacts.put_files([tmp_path / "large"], lambda done, total, text: told.append(done))[0]
    assert size == 3 * buckets.PIECE + 12345
    assert told[-1] == size
    other = open_artifacts("desk")
    assert hashlib.sha256(other.read(digest)).hexdigest() == digest.removeprefix("sha256:")
    other.check(digest)


def test_what_is_there_is_never_written_again(artifacts: BucketArtifacts, open_artifacts: Opener, bucket: str) -> None:
    artifacts.put_bytes(b"hello")
    made = Bucket(bucket).listed("")
    open_artifacts("desk").put_bytes(b"hello")
    assert Bucket(bucket).listed("") == made


def test_an_object_is_created_and_not_replaced(artifacts: BucketArtifacts, bucket: str, tmp_path: Path) -> None:
    artifacts.put_bytes(b"hello")
    (tmp_path / "other").write_bytes(b"other")
    with pytest.raises(FileExistsError):
        Bucket(bucket).upload(tmp_path / "other", keys(bucket)[0], lambda count: None)
    artifacts.check(HELLO)


def test_an_object_of_another_length_is_written_anew(artifacts: BucketArtifacts, bucket: str) -> None:
    replace(bucket, HELLO, b"hell")
    artifacts.put_bytes(b"hello")
    artifacts.check(HELLO)


def test_other_bytes_are_found_and_never_kept(artifacts: BucketArtifacts, bucket: str, open_artifacts: Opener) -> None:
    artifacts.put_bytes(b"hello")
    replace(bucket, HELLO, b"jello")
    found = hashlib.sha256(b"jello").hexdigest()
    other = open_artifacts("desk")
    for ask in (other.check, other.ensure, other.read, other.at_hand):
        with pytest.raises(Damaged) as caught:
            ask(HELLO)
        assert caught.value.text == (
            f"the blob {HELLO} holds other bytes than were recorded (5 bytes, sha256:{found})\n{RESTORE}"
        )
    assert list(other.folder.iterdir()) == []


def test_a_missing_object_is_told(artifacts: BucketArtifacts) -> None:
    for ask in (artifacts.size, artifacts.check, artifacts.read, artifacts.ensure):
        with pytest.raises(Damaged) as caught:
            ask(HELLO)
        assert caught.value.text == f"the blob {HELLO} is missing\n{RESTORE}"
    assert artifacts.missing([HELLO]) == [HELLO]
    assert len(artifacts.missing([f"sha256:{number:064x}" for number in range(40)])) == 40


def test_deleting_gives_back_the_bytes_once(artifacts: BucketArtifacts) -> None:
    artifacts.put_bytes(b"hello")
    assert [artifacts.delete(HELLO), artifacts.delete(HELLO)] == [5, 0]
    assert (artifacts.has(HELLO), list(artifacts.folder.iterdir())) == (False, [])


def test_collection_removes_what_is_old_and_needed_by_nobody(artifacts: BucketArtifacts) -> None:
    kept, lost = artifacts.put_many([b"kept", b"lost"])
    assert artifacts.collect({kept}, now()).blobs == ()
    later = now() + 2 * DAY
    tried = artifacts.collect({kept}, later, dry_run=True)
    assert (tried.blobs, tried.size, tried.leftovers) == ((lost,), 4, 0)
    assert artifacts.has(lost)
    assert artifacts.collect({kept}, later) == tried
    assert list(artifacts.all()) == [kept]


def test_copies_on_this_machine_go_when_nobody_used_them_for_long(artifacts: BucketArtifacts) -> None:
    artifacts.put_bytes(b"hello")
    artifacts.collect({HELLO}, now() + 2 * DAY)
    assert len(list(artifacts.folder.iterdir())) == 1
    artifacts.collect({HELLO}, now() + 8 * DAY)
    assert list(artifacts.folder.iterdir()) == []
    assert artifacts.read(HELLO) == b"hello"


def test_a_bucket_that_takes_bytes_and_gives_them_back_is_well(artifacts: BucketArtifacts, bucket: str) -> None:
    artifacts.put_bytes(b"hello")
    assert artifacts.gives_back()
    assert len(keys(bucket)) == 1


KILLED = """
import os, sys
from pathlib import Path
from jupyter_mlc.store.bucket_artifacts import BucketArtifacts
artifacts = BucketArtifacts(sys.argv[1], Path(sys.argv[2]))
def progress(done, total, text):
    if text == "bytes sent":
        print("sending", flush=True)
artifacts.put_files([Path(sys.argv[3])], progress)
"""


@pytest.mark.slow
@pytest.mark.parametrize("server", ["seaweedfs"], indirect=True)  # to moto all uploads began in 2010
def test_a_killed_upload_leaves_nothing_that_collection_cannot_name(
    artifacts: BucketArtifacts, bucket: str, tmp_path: Path
) -> None:
    (tmp_path / "large").write_bytes(os.urandom(12 * buckets.PIECE))
    words = [f"s3://{bucket}/team/ml", str(artifacts.root), str(tmp_path / "large")]
    process = subprocess.Popen([sys.executable, "-c", KILLED, *words], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert (process.returncode, list(artifacts.all())) == (-signal.SIGKILL, [])
    assert artifacts.collect(set(), now()).leftovers == 0
    assert artifacts.collect(set(), now() + 2 * DAY).leftovers == 1
    assert artifacts.collect(set(), now() + 2 * DAY).leftovers == 0
    digest, _ = artifacts.put_file(tmp_path / "large")
    artifacts.check(digest)


# -- a bucket that goes away, lies, or refuses


def unfinished_uploads(bucket: str, count: int) -> None:
    """Uploads that somebody began, and never ended."""
    import s3fs

    system = s3fs.S3FileSystem(skip_instance_cache=True)
    for number in range(count):
        key = f"team/ml/blobs/sha256/{number % 7:064x}"
        system.call_s3("create_multipart_upload", Bucket=bucket, Key=key)


def test_unfinished_uploads_are_named_page_by_page(
    artifacts: BucketArtifacts, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buckets, "_A_PAGE", 2)
    unfinished_uploads(bucket, 9)
    found = Bucket(bucket).unfinished("team/ml/")
    assert (len(found), len({one.id for one in found})) == (9, 9)
    assert artifacts.collect((), now() + 2 * DAY).leftovers == 9
    assert Bucket(bucket).unfinished("") == []


def test_objects_are_listed_page_by_page(
    artifacts: BucketArtifacts, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buckets, "_A_PAGE", 2)
    digests = artifacts.put_many([bytes([number]) for number in range(9)])
    assert list(artifacts.all()) == sorted(digests)


@pytest.mark.slow
def test_more_unfinished_uploads_than_a_bucket_lists_at_once_are_all_removed(
    artifacts: BucketArtifacts, bucket: str
) -> None:
    unfinished_uploads(bucket, 1001)
    assert artifacts.collect((), now() + 2 * DAY, dry_run=True).leftovers == 1001
    assert artifacts.collect((), now() + 2 * DAY).leftovers == 1001
    assert Bucket(bucket).unfinished("") == []


def test_a_list_without_an_end_is_refused(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = {"IsTruncated": True, "NextKeyMarker": "a", "NextUploadIdMarker": "b"}
    made = Bucket(bucket)
    monkeypatch.setattr(made._system, "call_s3", lambda *_, **__: endless)
    with pytest.raises(Unavailable) as refused:
        made.unfinished("")
    assert refused.value.text == ("the bucket 'models' never ends its list\nask whoever runs it; nothing was changed")


def test_a_bucket_that_is_not_there_is_told(bucket: str, tmp_path: Path) -> None:
    artifacts = BucketArtifacts("s3://nobody-has-this", tmp_path)
    asks: list[Callable[[], object]] = [lambda: artifacts.put_bytes(b"hello"), lambda: list(artifacts.all())]
    for ask in asks:
        with pytest.raises(Unavailable) as caught:
            ask()
        assert caught.value.text == (
            "there is no bucket 'nobody-has-this'\ncheck its name, and that AWS_ENDPOINT_URL is right"
        )


@pytest.mark.usefixtures("quickly")
def test_a_server_that_went_away_is_told(
    artifacts: BucketArtifacts, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(Unavailable) as caught:
        list(artifacts.all())
    assert caught.value.message.startswith(
        f"cannot list s3://{bucket}/team/ml/blobs/sha256/: Could not connect to the endpoint URL"
    )
    assert caught.value.hint == NETWORK


@pytest.mark.parametrize("server", ["seaweedfs"], indirect=True)
def test_who_may_only_read_is_told_so(
    artifacts: BucketArtifacts, bucket: str, open_artifacts: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    artifacts.put_bytes(b"hello")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "reader")
    reading = open_artifacts("desk")
    assert reading.read(HELLO) == b"hello"
    with pytest.raises(Unavailable) as caught:
        reading.put_bytes(b"other")
    key = hashlib.sha256(b"other").hexdigest()
    assert caught.value.text == (
        f"cannot store s3://{bucket}/team/ml/blobs/sha256/{key}: the bucket refuses it (Access Denied.)\n"
        "ask whoever owns the bucket, or use other credentials"
    )


def test_without_credentials_it_is_told_how_to_give_them(
    artifacts: BucketArtifacts, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(Unavailable) as caught:
        list(artifacts.all())
    assert caught.value.text == (
        f"cannot list s3://{bucket}/team/ml/blobs/sha256/: no credentials were found\n"
        "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
    )


def test_a_bucket_that_lies_about_bytes_is_found_out(
    artifacts: BucketArtifacts, bad: Harmful, open_artifacts: Opener
) -> None:
    artifacts.put_bytes(b"hello")
    bad.harm = lambda method, path: "lie" if method == "GET" and HELLO[7:] in path else ""
    other = open_artifacts("desk")
    for ask in (other.read, other.check):
        with pytest.raises(Damaged) as caught:
            ask(HELLO)
        assert caught.value.message.startswith(f"the blob {HELLO} holds other bytes than were recorded")
    assert list(other.folder.iterdir()) == []


def test_a_bucket_that_takes_bytes_and_loses_them_is_found_out(
    artifacts: BucketArtifacts, bad: Harmful, bucket: str
) -> None:
    bad.harm = lambda method, path: "lose" if method == "PUT" else ""
    with pytest.raises(Unavailable) as caught:
        artifacts.put_bytes(b"hello")
    assert caught.value.text == (
        f"s3://{bucket}/team/ml/blobs/sha256 took the blob {HELLO}, but it is not there\n"
        "repeat the command; if it stays so, do not keep anything in that bucket"
    )


@pytest.mark.usefixtures("quickly")
@pytest.mark.parametrize("harm", ["cut", "refuse"])
def test_an_answer_that_is_cut_or_refused_is_told_and_tried_again_by_hand(
    harm: str, artifacts: BucketArtifacts, bad: Harmful, open_artifacts: Opener
) -> None:
    artifacts.put_bytes(b"hello")
    other = open_artifacts("desk")
    bad.harm = lambda method, path: harm if method == "GET" else ""
    with pytest.raises(MlcError) as caught:
        other.read(HELLO)
    assert (type(caught.value), caught.value.hint) == (Unavailable, NETWORK)
    assert list(other.folder.iterdir()) == []
    bad.harm = lambda method, path: ""
    assert other.read(HELLO) == b"hello"


def test_a_single_refusal_is_overcome(artifacts: BucketArtifacts, bad: Harmful) -> None:
    refusals = iter(["refuse"])
    bad.harm = lambda method, path: next(refusals, "") if method == "PUT" else ""
    artifacts.put_bytes(b"hello")
    artifacts.check(HELLO)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("s3://", "s3:// names no place in a bucket\nwrite s3://BUCKET/PREFIX"),
        (
            "s3://ana:geheim@models/x",
            "an address with a password in it is not kept\n"
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
        ),
    ],
)
def test_an_address_that_names_no_bucket_is_refused(url: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        BucketArtifacts(url, tmp_path)
    assert caught.value.text == said
