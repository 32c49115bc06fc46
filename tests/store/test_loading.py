from __future__ import annotations

import collections
import copyreg
import importlib
import io
import os
import pickle
import pickletools
import struct
import zlib
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest

from jupyter_mlc.domain.entities import Artifact, Layer, Manifest
from jupyter_mlc.domain.errors import BadInput, Conflict, Damaged, MlcError, Unavailable, Untrusted
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.checked_blobs import Checks
from jupyter_mlc.store.formats import format_named, store
from jupyter_mlc.store.formats.base import store_manifest
from jupyter_mlc.store.loading import ensured, load
from jupyter_mlc.store.pickles import allowlist, unpacking
from jupyter_mlc.store.pickles.listing import globals_of

CODECS = ["zlib", "gzip", "bz2", "lzma", "xz", "lz4"]
TRUST = "if you know where it comes from and would run a program of its author, load it with --trust"


class Marked:
    """Pickles as a call that leaves a mark."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


@pytest.fixture
def mark(tmp_path: Path) -> Iterator[Path]:
    """What malicious code would leave behind."""
    path = tmp_path / "mark"
    yield path
    assert not path.exists()


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    return Artifacts(tmp_path, Checks(tmp_path / "cache"))


def stored(data: bytes, artifacts: Artifacts, *more: Layer) -> Artifact:
    """A version whose model is this file."""
    layer = Layer(path="model.joblib", digest=artifacts.put_bytes(data), size=len(data))
    return store_manifest(Manifest(format="joblib", layers=(layer, *more)), artifacts)


def opened(data: bytes, artifacts: Artifacts, *, trusted: bool = False) -> Any:
    return load(stored(data, artifacts).digest, artifacts, trusted=trusted, folder=artifacts.root)


def refusal(data: bytes, artifacts: Artifacts) -> str:
    with pytest.raises(Untrusted) as caught:
        opened(data, artifacts)
    return caught.value.text


def dumped(obj: object, **how: Any) -> bytes:
    file = io.BytesIO()
    joblib.dump(obj, file, **how)
    return file.getvalue()


def calls(function: str, *arguments: object) -> bytes:
    """A pickle that calls ``module:qualname`` with plain arguments."""
    module, _, name = function.partition(":")
    return b"\x80\x04" + named(module, name) + pickle.dumps(arguments, 4)[2:-1] + b"R."


def named(module: str, name: str) -> bytes:
    return text(module) + text(name) + pickle.STACK_GLOBAL


def text(word: str) -> bytes:
    return pickle.SHORT_BINUNICODE + bytes([len(word)]) + word.encode()


def outside(*names: str) -> str:
    return f"loading would run code that no trusted key vouches for: {', '.join(names)}\n{TRUST}"


def test_a_malicious_file_is_refused_by_name(artifacts: Artifacts, mark: Path) -> None:
    assert refusal(dumped(Marked(mark)), artifacts) == outside("posix.mkdir")


@pytest.mark.parametrize("codec", CODECS)
def test_a_malicious_compressed_file_is_refused(artifacts: Artifacts, mark: Path, codec: str) -> None:
    data = dumped([np.arange(5), Marked(mark)], compress=(codec, 3))
    assert refusal(data, artifacts) == outside("posix.mkdir")


def test_a_payload_after_an_array_is_refused(artifacts: Artifacts, mark: Path) -> None:
    assert refusal(dumped([np.arange(1000), Marked(mark)]), artifacts) == outside("posix.mkdir")


def test_a_payload_inside_an_array_of_objects_is_refused(artifacts: Artifacts, mark: Path) -> None:
    data = dumped({"a": np.array([Marked(mark), None], dtype=object), "b": Marked(mark)})
    assert refusal(data, artifacts) == outside("posix.mkdir")


def test_a_payload_in_the_state_of_an_estimator_is_refused(artifacts: Artifacts, mark: Path) -> None:
    from sklearn.linear_model import LogisticRegression

    assert refusal(dumped(LogisticRegression(C=Marked(mark))), artifacts) == outside("posix.mkdir")


def test_a_payload_in_the_arguments_of_something_allowed_is_refused(artifacts: Artifacts, mark: Path) -> None:
    class Hidden:
        def __reduce__(self) -> Any:
            return dict, ([("key", Marked(mark))],)

    assert refusal(dumped(Hidden()), artifacts) == outside("posix.mkdir")


def test_every_name_outside_the_list_is_told_at_once(artifacts: Artifacts, mark: Path) -> None:
    data = dumped([Marked(mark), Namespace(), os.system, np.arange(3)])
    assert refusal(data, artifacts).splitlines()[0].endswith(": argparse.Namespace, posix.mkdir, posix.system")


@pytest.mark.parametrize(
    "function",
    [
        "builtins:eval",
        "builtins:exec",
        "builtins:getattr",
        "builtins:__import__",
        "builtins:open",
        "builtins:type",
        "builtins:object.__reduce_ex__",
        "os:system",
        "posix:system",
        "subprocess:Popen",
        "runpy:run_path",
        "importlib:import_module",
        "operator:attrgetter",
        "operator:methodcaller",
        "functools:reduce",
        "types:FunctionType",
        "codecs:decode",
        "_codecs:decode",
        "pickle:loads",
        "_pickle:loads",
        "copyreg:_reconstructor",
        "copyreg:add_extension",
        "weakref:finalize",
        "webbrowser:open",
        "timeit:timeit",
        "numpy:load",
        "numpy:save",
        "numpy:fromfile",
        "numpy:loadtxt",
        "numpy:genfromtxt",
        "numpy:vectorize",
        "numpy:apply_along_axis",
        "numpy:frompyfunc",
        "numpy:os",
        "numpy._core:_ufunc_reconstruct",
        "numpy.core:_ufunc_reconstruct",
        "numpy._core._methods:os",
        "numpy._core.multiarray:fromfile",
        "numpy.testing._private.utils:runstring",
        "numpy.f2py.crackfortran:myeval",
        "numpy.distutils.exec_command:exec_command",
        "numpy.lib._npyio_impl:load",
        "numpy.linalg:lapack_lite",
        "pandas:read_pickle",
        "pandas:eval",
        "pandas:DataFrame.to_pickle",
        "pandas.io.pickle:read_pickle",
        "pyarrow:memory_map",
        "pyarrow.lib:memory_map",
        "scipy.stats._distn_infrastructure:rv_continuous",
        "scipy.stats._distn_infrastructure:rv_continuous_frozen",
        "scipy.stats._continuous_distns:reciprocal_gen",
        "scipy._lib.array_api_compat.numpy._aliases:sys",
        "joblib:load",
        "joblib:Memory",
        "joblib.memory:eval",
        "joblib.numpy_pickle:load",
        "joblib.numpy_pickle:os.system",
        "joblib.numpy_pickle_compat:NDArrayWrapper",
        "joblib.numpy_pickle_compat:ZNDArrayWrapper",
        "sklearn.utils:os",
        "sklearn.base:os.system",
        "sklearn.datasets:load_files",
        "sklearn.datasets:fetch_openml",
        "sklearn.datasets._base:os",
        "sklearn.externals.array_api_compat:sys",
        "sklearn.conftest:environ",
        "sklearn.utils._testing:TempMemmap",
        "sklearn.utils.estimator_checks:pickle",
        "sklearn.utils.tests.test_validation:MockEstimator",
        "sklearn.experimental.enable_halving_search_cv:setattr",
        "sklearn.linear_model:LogisticRegression.fit",
        "sklearn.pipeline:_fit_transform_one",
        "sklearn.preprocessing._function_transformer:warnings",
        "sklearn.metrics._scorer:partial",
        "sklearn.metrics:make_scorer",
        "sklearn.nothing.of.the.kind:X",
        "jupyter_mlc.store.pickles.unpickling:reading",
        "pip:main",
        "antigravity:x",
        "this.does.not:exist",
        "__main__:anything",
        "sys:modules",
        "site:main",
    ],
)
def test_what_could_run_code_is_not_on_the_list(function: str, artifacts: Artifacts) -> None:
    module, _, name = function.partition(":")
    assert not allowlist.is_allowed(module, name)
    assert refusal(calls(function, "x"), artifacts) == outside(f"{module}.{name}")


@pytest.mark.parametrize(
    "stream",
    [
        named("functools", "partial") + named("numpy", "mean") + b"\x85R.",
        named("functools", "partial") + named("sklearn.utils.validation", "check_array") + b"\x85R("
        + named("numpy", "mean") + b")}NtR.",
        named("functools", "partial") + named("sklearn.utils.validation", "check_array") + b"\x85R("
        + named("numpy", "mean") + b")}Ntb.",
    ],
)  # fmt: skip
def test_arguments_are_bound_to_nothing_but_the_check_of_arrays(stream: bytes, artifacts: Artifacts) -> None:
    told = refusal(b"\x80\x04" + stream, artifacts)
    assert "it binds arguments to numpy.mean" in told or "it calls something that is not a global" in told


ENDS = struct.pack("<3q", 0, 1, 2)
STRINGS = named("pyarrow.lib", "type_for_alias") + text("large_string") + b"\x85R"


def arrow(kind: bytes, length: int, offset: int, *buffers: bytes, more: bytes = b"]N") -> bytes:
    """A stream that restores an Arrow array."""
    numbers = pickle.dumps((length, 0, offset), 2)[2:-1].replace(b"q\x00", b"")  # without memo
    held = b"".join(b"N" if not each else named("pyarrow.lib", "py_buffer") + each + b"\x85R" for each in buffers)
    parts = b"(" + kind + numbers.removesuffix(b"\x87") + b"](" + held + b"e" + more + b"t"
    return b"\x80\x04" + named("pyarrow.lib", "_restore_array") + parts + b"\x85R."


def given(data: bytes) -> bytes:
    return pickle.SHORT_BINBYTES + bytes([len(data)]) + data


def test_an_arrow_array_is_read(artifacts: Artifacts) -> None:
    assert opened(arrow(STRINGS, 2, 0, b"", given(ENDS), given(b"ab")), artifacts).to_pylist() == ["a", "b"]


@pytest.mark.parametrize(
    ("stream", "reason"),
    [
        (arrow(STRINGS, 3, 0, b"", given(ENDS), given(b"ab")), "ArrowInvalid"),
        (arrow(STRINGS, 2, 1, b"", given(ENDS), given(b"ab")), "ArrowInvalid"),
        (arrow(STRINGS, 2, 0, b"", given(struct.pack("<3q", 0, 1 << 40, 2)), given(b"ab")), "ArrowInvalid"),
        (arrow(STRINGS, 2, 0, b"", given(ENDS), given(b"\xff\xff")), "ArrowInvalid"),
        (arrow(STRINGS, 2, 0, given(ENDS)), "expected number of buffers"),
        (arrow(STRINGS, -2, 0, b"", given(ENDS), given(b"ab")), "an array of large_string is not read from a pickle"),
        (arrow(STRINGS, 1 << 60, 0, b"", given(ENDS), given(b"ab")), "an array is longer than its bytes"),
        (
            arrow(STRINGS.replace(text("large_string"), text("string_view")), 0, 0, b"", given(ENDS)),
            "an array of string_view is not read from a pickle",
        ),
        (
            arrow(STRINGS, 2, 0, b"", given(ENDS), given(b"ab"), more=b"](K\x01eN"),
            "an array of large_string is not read from a pickle",
        ),
    ],
)
def test_an_arrow_array_that_lies_about_its_memory_is_refused(stream: bytes, reason: str, artifacts: Artifacts) -> None:
    with pytest.raises(Conflict) as caught:
        opened(stream, artifacts)
    assert reason in caught.value.message


def test_bytes_that_change_after_they_were_checked_change_no_array(artifacts: Artifacts) -> None:
    """The stream keeps a bytearray, makes an array over it, and writes into the bytearray."""
    mutable = named("builtins", "bytearray") + given(ENDS) + b"\x85R" + pickle.BINPUT + b"\x07"
    array = arrow(STRINGS, 2, 0, b"", mutable, given(b"ab")).removesuffix(b".")
    changed = array + b"h\x07K\x08K\x7fs0."
    assert opened(changed, artifacts).to_pylist() == ["a", "b"]


def frames() -> dict[str, Any]:
    column = [0.5, None, 1.5]
    return {
        "text": pd.DataFrame({"t": ["x", None, "yy"]}),
        "python text": pd.DataFrame({"t": pd.array(["x", None, "yy"], dtype="string[python]")}),
        "category": pd.DataFrame({"t": pd.Categorical(["x", "y", "x"])}),
        "Float64": pd.DataFrame({"t": pd.array(column, dtype="Float64")}),
        "Int16": pd.DataFrame({"t": pd.array([1, None, 2], dtype="Int16")}),
        "boolean": pd.DataFrame({"t": pd.array([True, None, False], dtype="boolean")}),
        "arrow": pd.DataFrame({"t": pd.array(column, dtype="float64[pyarrow]")}),
        "times": pd.DataFrame({"t": pd.to_datetime(["2020-01-01"] * 3)}),
        "times in UTC": pd.DataFrame({"t": pd.to_datetime(["2020-01-01"] * 3, utc=True)}),
        "spans": pd.DataFrame({"t": pd.to_timedelta([1, 2, 3], unit="s")}),
        "single": pd.Series([pd.Timedelta("1s"), pd.NaT, pd.Timestamp("2020-01-01")], dtype=object).to_frame("t"),
    }


@pytest.mark.parametrize("kind", list(frames()))
def test_tables_of_pandas_load_without_trust(kind: str, artifacts: Artifacts) -> None:
    frame = frames()[kind]
    pd.testing.assert_frame_equal(opened(dumped({"rows": frame}), artifacts)["rows"], frame)


def test_refusing_imports_nothing(artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch) -> None:
    imported: list[str] = []
    real = importlib.import_module
    monkeypatch.setattr(importlib, "import_module", lambda name: imported.append(name) or real(name))  # type: ignore[func-returns-value]
    refusal(calls("antigravity:x"), artifacts)
    refusal(calls("sklearn.datasets:load_files"), artifacts)
    assert imported == []


def test_a_dotted_name_is_never_walked_along(artifacts: Artifacts, mark: Path) -> None:
    data = calls("numpy:ndarray.__reduce__.__class__", str(mark))
    assert refusal(data, artifacts) == outside("numpy.ndarray.__reduce__.__class__")


def test_names_that_come_through_the_memo_are_seen(artifacts: Artifacts, mark: Path) -> None:
    data = (
        b"\x80\x04" + text("system") + pickle.MEMOIZE + b"0" + text("posix") + pickle.MEMOIZE + b"0"
        + b"h\x01h\x00" + pickle.STACK_GLOBAL + pickle.dumps((f"mkdir {mark}",), 4)[2:-1] + b"R."
    )  # fmt: skip
    assert refusal(data, artifacts) == outside("posix.system")


@pytest.mark.parametrize(
    "data",
    [
        b"cposix\nsystem\n(S'true'\ntR.",
        b"(S'true'\niposix\nsystem\n.",
        b"(cposix\nsystem\nS'true'\no.",
        b"\x80\x02cposix\nsystem\nX\x04\x00\x00\x00true\x85R.",
        b"\x80\x02cposix\nsystem\nX\x04\x00\x00\x00true\x85\x81.",
        b"\x80\x04cposix\nsystem\nX\x04\x00\x00\x00true\x85}\x92.",
        b"\x80\x04\x95\x1e\x00\x00\x00\x00\x00\x00\x00cposix\nsystem\nX\x04\x00\x00\x00true\x85R.",
    ],
)
def test_old_and_odd_opcodes_are_seen(data: bytes, artifacts: Artifacts) -> None:
    assert refusal(data, artifacts) == outside("posix.system")


def test_extension_codes_are_refused(artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copyreg, "_extension_cache", {200: os.system, 60000: os.system})
    for code in (b"\x82\xc8", b"\x83\x60\xea", b"\x84\xc8\x00\x00\x00"):
        data = b"\x80\x04" + code + pickle.dumps(("true",), 4)[2:-1] + b"R."
        assert "copyreg.extension " in refusal(data, artifacts)


@pytest.mark.parametrize("data", [b"Pname\n.", b"\x80\x04" + text("name") + b"Q."])
def test_persistent_ids_are_refused(data: bytes, artifacts: Artifacts) -> None:
    assert refusal(data, artifacts).startswith(
        "the stored object was not loaded: it cannot be examined (UnpicklingError: "
    )


@pytest.mark.parametrize("data", [b"", b".", b"\x80\x04", b"\x80\x63.", b"hello", b"\x80\x04\x8c\xff", b"\x78\x9cabc"])
def test_what_is_no_pickle_is_refused(data: bytes, artifacts: Artifacts) -> None:
    assert refusal(data, artifacts).startswith("the stored object was not loaded: it cannot be examined (")


def test_a_file_that_ends_inside_an_array_is_refused(artifacts: Artifacts) -> None:
    for codec in (0, ("zlib", 3)):
        data = dumped(np.arange(10_000), compress=codec)
        assert "ends" in refusal(data[: len(data) // 2], artifacts)


ALLOWED_CLASS = named("sklearn.dummy", "DummyClassifier")


@pytest.mark.parametrize(
    ("stream", "reason"),
    [
        (ALLOWED_CLASS + b"N}" + text("predict") + b"K\x01s\x86b", "it changes a class or function instead of"),
        (named("numpy", "log1p") + b"N}" + text("x") + b"K\x01s\x86b", "it changes a class or function instead of"),
        (named("numpy", "mean") + b"}" + text("x") + b"K\x01sb", "it changes a class or function instead of"),
        (ALLOWED_CLASS + b"K\x01a", "it changes a class or function instead of"),
        (ALLOWED_CLASS + b"(K\x01e", "it changes a class or function instead of"),
        (ALLOWED_CLASS + b"(K\x01\x90", "it changes a class or function instead of"),
        (ALLOWED_CLASS + b"K\x01K\x02s", "it changes a class or function instead of"),
        (ALLOWED_CLASS + b"(K\x01K\x02u", "it changes a class or function instead of"),
        (ALLOWED_CLASS + b")\x81)R", "it calls something that is not a global"),
        (b"(" + ALLOWED_CLASS + b")\x81o", "it calls something that is not a global"),
        (ALLOWED_CLASS + b")\x81)\x81", "it calls something that is not a global"),
        (ALLOWED_CLASS + b")\x81)}\x92", "it calls something that is not a global"),
    ],
)
def test_a_stream_changes_and_calls_only_what_it_may(stream: bytes, reason: str, artifacts: Artifacts) -> None:
    from sklearn.dummy import DummyClassifier

    before = dict(vars(DummyClassifier)), dict(vars(np.mean))
    with pytest.raises(MlcError) as caught:
        opened(b"\x80\x04" + stream + b".", artifacts)
    assert isinstance(caught.value, Untrusted)
    assert "cannot be examined" in caught.value.message or reason in caught.value.message
    assert (dict(vars(DummyClassifier)), dict(vars(np.mean))) == before


def test_the_strict_reader_alone_refuses_as_well(artifacts: Artifacts) -> None:
    from jupyter_mlc.store.pickles.unpickling import read_joblib

    for data, reason in (
        (b"\x80\x04" + ALLOWED_CLASS + b"N}" + text("predict") + b"K\x01s\x86b.", "it changes a class or function"),
        (b"\x80\x04\x82\xc8.", "it uses the extension code 200"),
        (b"\x80\x04" + ALLOWED_CLASS + b")\x81)R.", "it calls something that is not a global"),
    ):
        with artifacts.open(artifacts.put_bytes(data)) as file, pytest.raises(Untrusted) as caught:
            read_joblib(file, allowlist.allowed, trusted=False)
        assert caught.value.message.startswith(f"the stored object was not loaded: {reason}")
        assert caught.value.hint == (
            "load it with --trust if you know where it comes from, or register the model again"
        )
    file = io.BytesIO(calls("posix:system", "true"))
    with pytest.raises(Untrusted) as caught:
        read_joblib(file, allowlist.allowed, trusted=False)
    assert caught.value.text == outside("posix.system")


def wrapper(**changes: Any) -> bytes:
    """A joblib stream with the description of an array, changed, and bytes that would be its numbers."""
    state = {
        "subclass": np.ndarray, "shape": (2,), "order": "C", "dtype": np.dtype("f8"), "allow_mmap": False,
        "numpy_array_alignment_bytes": None,
    } | changes  # fmt: skip
    stream = pickle.dumps(state, 4)[2:-1]
    return b"\x80\x04" + named("joblib.numpy_pickle", "NumpyArrayWrapper") + b")\x81" + stream + b"b" + b"A" * 16 + b"."


@pytest.mark.parametrize(
    "changes",
    [
        {"dtype": "f8"},
        {"dtype": None},
        {"order": "K"},
        {"order": None},
        {"shape": (-1,)},
        {"shape": (True,)},
        {"shape": [2]},
        {"shape": (2.0,)},
        {"shape": (1 << 40, 1 << 40)},
    ],
)
def test_an_impossible_array_is_refused(changes: dict[str, Any], artifacts: Artifacts) -> None:
    assert refusal(wrapper(**changes), artifacts) == (
        "the stored object was not loaded: it describes an array that cannot be\n"
        "load it with --trust if you know where it comes from, or register the model again"
    )


def test_an_array_larger_than_its_file_is_refused(artifacts: Artifacts) -> None:
    with pytest.raises(Untrusted):
        opened(wrapper(shape=(1 << 50,)), artifacts)
    with pytest.raises(Untrusted):
        opened(wrapper(shape=(1 << 20,)), artifacts)


LYING = [
    (3, "|", None, ("a",), {"a": (np.dtype("O"), 0)}, 8, 8, 0),
    (3, "|", None, ("a",), {"a": (np.dtype("f8"), 1 << 20)}, 8, 8, 0),
    (3, "|", None, ("a",), {"a": (np.dtype("f8"), -64)}, 8, 8, 0),
    (3, "|", (np.dtype("f8"), (64,)), None, None, 8, 8, 0),
    (3, "|", (np.dtype("O"), (1,)), None, None, 8, 8, 0),
]


@pytest.mark.parametrize("state", LYING)
def test_a_dtype_that_lies_about_its_memory_is_refused(state: tuple[Any, ...], artifacts: Artifacts) -> None:
    dtype = named("numpy", "dtype") + pickle.dumps(("V8", False, True), 4)[2:-1] + b"R"
    stream = b"\x80\x04" + dtype + pickle.dumps(state, 4)[2:-1] + b"b."
    with pytest.raises(Untrusted) as caught:
        opened(stream, artifacts)
    assert "array that cannot be" in caught.value.message or "cannot be examined" in caught.value.message


def test_a_stored_dtype_reaches_no_dtype_of_the_process(artifacts: Artifacts) -> None:
    stream = named("numpy", "dtype") + pickle.dumps(("f8", False, False), 4)[2:-1] + b"R"
    loaded = opened(b"\x80\x04" + stream + b".", artifacts)
    assert loaded == np.dtype("f8")
    assert loaded is not np.dtype("f8")


def test_a_memory_map_is_never_opened(artifacts: Artifacts, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    with pytest.raises(MlcError):
        opened(calls("numpy:memmap", str(victim), "u1", "w+"), artifacts)
    assert victim.read_bytes() == b"precious"


def test_arrays_that_were_mapped_when_they_were_dumped_are_read(artifacts: Artifacts, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(5))
    mapped = np.load(tmp_path / "a.npy", mmap_mode="r")
    loaded = opened(dumped({"a": mapped}), artifacts)["a"]
    assert type(loaded) is np.ndarray
    assert loaded.tolist() == [0, 1, 2, 3, 4]


def test_a_description_cannot_hide_its_methods(artifacts: Artifacts) -> None:
    loaded = opened(wrapper(read=np.mean, _check=np.mean), artifacts)
    assert loaded.shape == (2,)


def bomb(size: int) -> bytes:
    packer = zlib.compressobj(9)
    start = b"\x80\x04B" + struct.pack("<I", size)
    parts = [packer.compress(start)] + [packer.compress(bytes(1 << 20)) for _ in range(size >> 20)]
    return b"".join([*parts, packer.compress(b"."), packer.flush()])


@pytest.mark.slow
def test_a_file_that_unpacks_to_far_too_much_is_refused(artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "LEAST_LIMIT", 1 << 20)
    assert refusal(bomb(1 << 26), artifacts).startswith("the stored object was not loaded: it unpacks to more than ")
    assert len(opened(bomb(1 << 26), artifacts, trusted=True)) == 1 << 26


def test_files_of_very_old_joblibs_are_refused(artifacts: Artifacts) -> None:
    with pytest.raises(BadInput) as caught:
        opened(b"ZF0x20", artifacts)
    assert caught.value.text == (
        "the stored object was written by a joblib older than 0.10, in several files\n"
        "load it with that joblib and write it again"
    )


def test_lz4_that_is_not_installed_is_named(artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    data = dumped([1], compress="lz4")
    monkeypatch.setitem(sys.modules, "lz4.frame", None)
    with pytest.raises(Conflict) as caught:
        opened(data, artifacts, trusted=True)
    assert caught.value.text == (
        "the stored object is compressed with lz4, which is not installed here\ninstall it: %pip install lz4"
    )


def test_code_beside_an_untrusted_model_is_refused_though_nothing_names_it(artifacts: Artifacts, mark: Path) -> None:
    code = f"import os; os.mkdir({str(mark)!r})".encode()
    layer = Layer(path="code/notebook.py", digest=artifacts.put_bytes(code), size=len(code))
    digest = stored(dumped({"a": 1}), artifacts, layer).digest
    with pytest.raises(Untrusted) as caught:
        load(digest, artifacts, trusted=False, folder=artifacts.root)
    assert caught.value.text == outside("code/notebook.py")


def test_code_under_a_false_name_is_refused(artifacts: Artifacts, mark: Path) -> None:
    code = f"import os; os.mkdir({str(mark)!r})".encode()
    name = "_mlc_code_" + "0" * 32
    layer = Layer(path=f"code/{name}.py", digest=artifacts.put_bytes(code), size=len(code))
    digest = stored(dumped({"a": 1}), artifacts, layer).digest
    with pytest.raises(Damaged) as caught:
        load(digest, artifacts, trusted=True, folder=artifacts.root)
    assert caught.value.text == f"the code of {name} is not the text of that name\nverify the registry: %mlc verify"


def test_what_is_trusted_loads_as_it_is(artifacts: Artifacts, tmp_path: Path) -> None:
    opened(dumped(Marked(tmp_path / "made")), artifacts, trusted=True)
    assert (tmp_path / "made").is_dir()


def test_a_trusted_model_whose_module_is_missing_names_it(artifacts: Artifacts) -> None:
    with pytest.raises(Conflict) as caught:
        opened(calls("no_such_module:Model"), artifacts, trusted=True)
    assert caught.value.text == (
        "loading needs the module no_such_module, which is not here\n"
        "install it, or put its file beside the notebook; the version's environment lock names packages"
    )


def test_a_trusted_model_whose_class_moved_names_it(artifacts: Artifacts) -> None:
    with pytest.raises(Conflict) as caught:
        opened(calls("collections:Moved"), artifacts, trusted=True)
    assert caught.value.text == (
        "loading needs Moved of the module collections, and the module of that name that is here has none\n"
        f"it is {collections.__file__}: that changed since, or is another of this name; the version's environment lock "
        "names packages"
    )


def test_a_model_that_needs_too_much_stack_says_so(artifacts: Artifacts) -> None:
    with pytest.raises(Conflict) as caught:
        opened(recursion(), artifacts, trusted=True)
    assert caught.value.text == (
        "the stored object cannot be read: not enough stack: it is nested too deeply\ntry on a larger machine"
    )


def recursion() -> bytes:
    """Arrays of objects in arrays of objects, each read by a reader of its own."""
    array = np.array([None], dtype=object)
    stream = b"\x80\x04N."
    for _ in range(2000):
        state = {"subclass": np.ndarray, "shape": array.shape, "order": "C", "dtype": array.dtype}
        head = b"\x80\x04" + named("joblib.numpy_pickle", "NumpyArrayWrapper") + b")\x81"
        stream = head + pickle.dumps(state, 4)[2:-1] + b"b" + stream + b"."
    return stream


def test_a_damaged_blob_is_found_before_it_is_opened(artifacts: Artifacts) -> None:
    artifact = stored(dumped([1, 2]), artifacts)
    for digest in artifact.blobs[:2]:
        path = artifacts.path(digest)
        whole = path.read_bytes()
        path.chmod(0o644)
        path.write_bytes(whole[::-1])
        os.utime(path, ns=(1, 1))
        with pytest.raises(Damaged):
            load(artifact.digest, artifacts, trusted=True, folder=artifacts.root)
        path.write_bytes(whole)


def test_a_missing_blob_is_found_before_it_is_opened(artifacts: Artifacts) -> None:
    artifact = stored(dumped([1, 2]), artifacts)
    artifacts.path(artifact.blobs[1]).unlink()
    with pytest.raises(Damaged, match="is missing"):
        ensured(artifact.digest, artifacts)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"[]", "TypeError: list indices must be integers or slices, not str"),
        (b"not json", "JSONDecodeError: Expecting value: line 1 column 1 (char 0)"),
        (b"{}", "KeyError: 'artifactType'"),
        (b'{"artifactType": "application/x"}', "its type is 'application/x'"),
        (b" " * ((4 << 20) + 1), "it is too large"),
    ],
)
def test_a_blob_that_is_no_manifest_is_told(data: bytes, reason: str, artifacts: Artifacts) -> None:
    digest = artifacts.put_bytes(data)
    with pytest.raises(Damaged) as caught:
        load(digest, artifacts, trusted=True, folder=artifacts.root)
    assert caught.value.text == (
        f"the blob {digest} is not the manifest of a version: {reason}\nverify the registry: %mlc verify"
    )


def test_a_manifest_without_a_needed_layer_is_told(artifacts: Artifacts) -> None:
    artifact = store_manifest(Manifest(format="joblib", layers=()), artifacts)
    with pytest.raises(Damaged) as caught:
        load(artifact.digest, artifacts, trusted=True, folder=artifacts.root)
    assert caught.value.text == (
        "the artifact holds no 'model.joblib', which the format 'joblib' needs\nverify the registry: %mlc verify"
    )


def test_an_unreadable_registry_is_no_missing_blob(artifacts: Artifacts) -> None:
    artifacts.folder.parent.mkdir()
    artifacts.folder.write_text("a file stands where the folder should be")
    with pytest.raises(Unavailable):
        load(f"sha256:{'0' * 64}", artifacts, trusted=True, folder=artifacts.root)


def test_only_some_formats_run_code(artifacts: Artifacts, tmp_path: Path) -> None:
    (tmp_path / "weights.bin").write_bytes(b"1")
    assert format_named(store({"a": 1}, artifacts).format).runs_code
    assert not format_named(store(tmp_path / "weights.bin", artifacts).format).runs_code


def test_listing_executes_nothing(tmp_path: Path, mark: Path) -> None:
    joblib.dump([Marked(mark), np.arange(3), np.array([Namespace()], dtype=object)], tmp_path / "model.joblib")
    assert globals_of(tmp_path / "model.joblib") >= {("posix", "mkdir"), ("argparse", "Namespace")}


def estimators() -> list[Callable[[], Any]]:
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import (
        GradientBoostingClassifier,
        HistGradientBoostingClassifier,
        RandomForestClassifier,
        StackingClassifier,
    )
    from sklearn.feature_selection import SelectKBest
    from sklearn.gaussian_process import GaussianProcessClassifier
    from sklearn.linear_model import LogisticRegression, SGDClassifier
    from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
    from sklearn.naive_bayes import GaussianNB
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, SplineTransformer, StandardScaler
    from sklearn.svm import SVC
    from sklearn.tree import DecisionTreeClassifier

    return [
        lambda: make_pipeline(StandardScaler(), LogisticRegression()),
        lambda: make_pipeline(FunctionTransformer(np.log1p), SelectKBest(k=2), GaussianNB()),
        lambda: make_pipeline(make_column_transformer((OneHotEncoder(), [0]), remainder="passthrough"), SVC()),
        lambda: make_pipeline(SplineTransformer(), SGDClassifier()),
        lambda: CalibratedClassifierCV(DecisionTreeClassifier(), cv=2),
        lambda: RandomForestClassifier(5),
        lambda: GradientBoostingClassifier(n_estimators=3),
        lambda: HistGradientBoostingClassifier(max_iter=3),
        lambda: StackingClassifier([("a", GaussianNB()), ("b", KNeighborsClassifier())], cv=2),
        GaussianProcessClassifier,
        lambda: GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2, scoring="roc_auc"),
        lambda: MLPClassifier((4,), max_iter=2),
        lambda: GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2),
        lambda: GridSearchCV(LogisticRegression(), {"C": [1.0]}, cv=2, scoring=["accuracy", "f1"], refit="f1"),
        lambda: RandomizedSearchCV(make_pipeline(StandardScaler(), SVC()), {"svc__C": [1, 2]}, n_iter=2, cv=2),
        lambda: HistGradientBoostingClassifier(max_iter=3, categorical_features=[0]),
    ]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("number", range(16))
def test_models_of_scikit_learn_load_without_trust(number: int, artifacts: Artifacts) -> None:
    rng = np.random.default_rng(0)
    rows = np.abs(np.round(rng.random((40, 4)), 1))
    model = estimators()[number]().fit(rows, (rows[:, 1] > 0.5).astype(int))
    loaded = load(store(model, artifacts).digest, artifacts, trusted=False, folder=artifacts.root)
    assert (loaded.predict(rows) == model.predict(rows)).all()
    assert b"jupyter_mlc" not in pickle.dumps(loaded)
    compressed = opened(dumped(model, compress=("gzip", 3)), artifacts)
    assert (compressed.predict(rows) == model.predict(rows)).all()


@pytest.mark.parametrize("codec", CODECS)
def test_honest_compressed_files_load(codec: str, artifacts: Artifacts) -> None:
    data = {"a": np.arange(100_000).reshape(100, 1000), "b": np.array(["x", None], dtype=object), "c": "text"}
    for trusted in (True, False):
        loaded = opened(dumped(data, compress=(codec, 3)), artifacts, trusted=trusted)
        assert (loaded["a"] == data["a"]).all()
        assert loaded["b"].tolist() == ["x", None]


@pytest.mark.parametrize("protocol", [0, 2, 3, 4, 5])
def test_honest_pickles_of_every_age_load(protocol: int, artifacts: Artifacts) -> None:
    from collections import OrderedDict

    data = OrderedDict(a=np.arange(4), b=b"bytes", c=2**70, d={1, 2}, e=np.float32(0.5))
    loaded = opened(pickle.dumps(data, protocol), artifacts)
    assert loaded["a"].tolist() == [0, 1, 2, 3]
    assert (loaded["b"], loaded["c"], loaded["d"], loaded["e"]) == (b"bytes", 2**70, {1, 2}, 0.5)


def test_bytes_of_old_pickles_are_latin1_and_nothing_else(artifacts: Artifacts) -> None:
    with pytest.raises(Conflict, match="bytes in a pickle are written as latin1"):
        opened(calls("_codecs:encode", "x", "rot13"), artifacts)


def test_arrays_of_another_byte_order_are_turned(artifacts: Artifacts) -> None:
    other = np.arange(3).astype(np.dtype("i4").newbyteorder())
    loaded = opened(dumped({"a": other}), artifacts)["a"]
    assert loaded.tolist() == [0, 1, 2]
    assert loaded.dtype.isnative


def test_the_shapes_and_kinds_of_arrays_survive(artifacts: Artifacts) -> None:
    arrays = [
        np.zeros((0, 3)), np.array(3.5), np.asfortranarray(np.arange(6.0).reshape(2, 3)), np.arange(10)[::2],
        np.array(["a", "bc"]), np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]),
        np.array(["2020-01-01"], dtype="M8[s]"),
        np.array([[1, 2]]).view(np.matrix), np.ma.array([1, 2], mask=[False, True]),
    ]  # fmt: skip
    for loaded, array in zip(opened(dumped(arrays), artifacts), arrays, strict=True):
        assert type(loaded) is type(array)
        assert loaded.dtype == array.dtype
        assert np.array_equal(np.asarray(loaded), np.asarray(array))
        assert loaded.flags.f_contiguous == array.flags.f_contiguous or not array.flags.contiguous


def test_the_streams_above_are_what_they_seem() -> None:
    names = [opcode.name for opcode, _, _ in pickletools.genops(calls("posix:system", "true"))]
    assert names[:4] == ["PROTO", "SHORT_BINUNICODE", "SHORT_BINUNICODE", "STACK_GLOBAL"]
    assert names[-2:] == ["REDUCE", "STOP"]
