from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import xgboost
from lightgbm import LGBMRegressor
from onnx import ModelProto
from sklearn.linear_model import Ridge
from xgboost import XGBRegressor

from jupyter_mlc.store.formats import formats
from tests.store.formats.shelf import Shelf, refusal

ROWS = np.arange(20.0).reshape(10, 2)


def test_each_object_goes_to_the_format_of_its_library() -> None:
    class Mine(XGBRegressor):
        pass

    objects = {
        "xgboost": XGBRegressor(),
        "lightgbm": LGBMRegressor(),
        "onnx": ModelProto(),
        "joblib": Ridge(),
        "files": "model.bin",
    }
    for name, obj in {**objects, "joblib of a subclass": Mine()}.items():
        chosen = next(form.name for form in formats().values() if form.accepts(obj))
        assert chosen == name.partition(" ")[0]


def test_choosing_a_format_imports_no_library() -> None:
    libraries = "{'keras', 'lightgbm', 'onnx', 'onnxruntime', 'skops', 'sklearn', 'torch', 'transformers', 'xgboost'}"
    script = (
        "import sys\nfrom jupyter_mlc.store.formats import formats\n"
        f"[form.accepts({{}}) for form in formats().values()]; print(sorted({libraries} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_a_library_that_is_not_installed_is_named_with_the_recorded_release(shelf: Shelf) -> None:
    made = shelf.put(XGBRegressor(n_estimators=2).fit(ROWS, ROWS[:, 0]))
    elsewhere = shelf.with_library(made, "not_installed_here", "not-installed-here", "3.2.0+cpu")
    assert refusal(lambda: shelf.open(elsewhere)) == (
        "this was stored with not-installed-here 3.2.0+cpu, which is not installed here\n"
        "install it: %pip install not-installed-here==3.2.0"
    )


def test_another_major_release_warns_and_opens(shelf: Shelf) -> None:
    made = shelf.put(XGBRegressor(n_estimators=2).fit(ROWS, ROWS[:, 0]))
    assert shelf.open(shelf.with_library(made, "xgboost", "xgboost", "1.7.6")).predict(ROWS).shape == (10,)
    assert shelf.warnings == [
        f"this was stored with xgboost 1.7.6 and is opened with {xgboost.__version__}; should it behave otherwise: "
        "%pip install xgboost==1.7.6"
    ]


def test_another_minor_release_opens_without_a_word(shelf: Shelf) -> None:
    made = shelf.put(XGBRegressor(n_estimators=2).fit(ROWS, ROWS[:, 0]))
    major = xgboost.__version__.partition(".")[0]
    shelf.open(shelf.with_library(made, "xgboost", "xgboost", f"{major}.99"))
    assert shelf.warnings == []


@pytest.mark.parametrize("libraries", ["nonsense", "[1]", '{"xgboost": 3}'])
def test_a_record_of_libraries_that_makes_no_sense_is_refused(libraries: str, shelf: Shelf) -> None:
    made = shelf.with_details(shelf.put({"a": 1}), libraries=libraries)
    assert refusal(lambda: shelf.open(made)).startswith(
        "the artifact does not say which libraries it was stored with: "
    )


def test_a_blob_that_was_changed_on_the_disk_is_not_read(shelf: Shelf) -> None:
    made = shelf.put(XGBRegressor(n_estimators=2).fit(ROWS, ROWS[:, 0]))
    path = shelf.artifacts.path(made.blobs[1])
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert refusal(lambda: shelf.open(made)).startswith(f"the blob {made.blobs[1]} holds other bytes")
