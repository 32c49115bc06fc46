from __future__ import annotations

import base64
import json
import marshal
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from jupyter_mlc.capture.models.curves import training
from jupyter_mlc.capture.models.estimators import describe, parameters, signature
from jupyter_mlc.domain.entities import Artifact, Feature
from tests.store.formats.shelf import Shelf, in_notebook, refusal

# Keras with PyTorch has not followed NumPy yet
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

ROWS = np.random.default_rng(0).random((16, 3))
CELL = """
import os
os.environ["KERAS_BACKEND"] = "torch"
import keras
import numpy as np

class Scale(keras.layers.Layer):
    def __init__(self, by=2.0, **more):
        super().__init__(**more)
        self.by = by

    def call(self, rows):
        return rows * self.by

    def get_config(self):
        return super().get_config() | {"by": self.by}

@keras.saving.register_keras_serializable("mine")
class Shift(keras.layers.Layer):
    def call(self, rows):
        return rows + 1

def half(rows):
    return rows * 0.5

def loss(truth, guess):
    return keras.ops.mean((truth - guess) ** 2)

keras.utils.set_random_seed(0)
inputs = keras.Input((3,))
rows = keras.layers.Dense(4, activation=half)(inputs)
rows = keras.layers.Lambda(half)(Shift()(Scale(3.0)(rows)))
model = keras.Model(inputs, keras.layers.Dense(1)(rows))
model.compile("adam", loss=loss)
data = np.random.default_rng(0).random((16, 3))
model.fit(data, data[:, 0], verbose=0)
"""


@pytest.fixture(scope="module")
def net() -> Any:
    model = keras.Sequential(
        [
            keras.Input((3,), name="rows"),
            keras.layers.Dense(4, "relu"),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(1),
        ]
    )
    model.compile("adam", loss="mse", metrics=["mae"])
    model.fit(ROWS, ROWS[:, 0], epochs=3, validation_split=0.25, verbose=0)
    return model


def predicted(model: Any) -> Any:
    return model.predict(ROWS, verbose=0)


def test_a_model_of_keras_own_layers_needs_no_trust(net: Any, shelf: Shelf) -> None:
    made = shelf.put(net)
    assert (made.format, shelf.paths(made)) == ("keras", ["model.keras"])
    found = shelf.open(made)
    assert np.array_equal(predicted(found), predicted(net))
    assert found.optimizer.iterations == net.optimizer.iterations
    found.fit(ROWS, ROWS[:, 0], verbose=0)


def test_the_same_model_gives_the_same_bytes(net: Any, shelf: Shelf) -> None:
    assert shelf.put(net) == shelf.put(net)
    with zipfile.ZipFile(BytesIO(shelf.read(shelf.put(net), "model.keras"))) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_plain_keras_reads_the_stored_file(net: Any, shelf: Shelf, tmp_path: Path) -> None:
    path = tmp_path / "plain.keras"
    path.write_bytes(shelf.read(shelf.put(net), "model.keras"))
    assert np.array_equal(predicted(keras.saving.load_model(path)), predicted(net))


def test_layers_and_functions_of_the_notebook_travel_along(shelf: Shelf) -> None:
    made = in_notebook(CELL, shelf)
    assert shelf.paths(made) == ["model.keras", "code/notebook.py"]
    space: dict[str, Any] = {"__name__": "again"}
    exec(CELL, space)
    found = shelf.open(made, trusted=True)
    assert np.allclose(predicted(found), predicted(space["model"]))
    assert refusal(lambda: shelf.open(made)) == (
        "loading would run code that no trusted key vouches for: Scale, half, keras Lambda, loss, mine>Shift\n"
        "if you know where it comes from and would run a program of its author, load it with --trust"
    )


def test_a_model_that_was_opened_is_stored_again_with_its_code(shelf: Shelf) -> None:
    found = shelf.open(in_notebook(CELL, shelf), trusted=True)
    again = shelf.put(found)
    assert shelf.paths(again) == ["model.keras", "code/notebook.py"]
    assert np.array_equal(predicted(shelf.open(again, trusted=True)), predicted(found))


def test_a_subclass_of_the_notebook_opens_in_another_process(shelf: Shelf) -> None:
    cell = (
        "import os\nos.environ['KERAS_BACKEND'] = 'torch'\nimport keras, numpy as np\n"
        "class Net(keras.Model):\n"
        "    def __init__(self, width=3, **more):\n"
        "        super().__init__(**more)\n        self.width = width\n        self.layer = keras.layers.Dense(width)\n"
        "    def call(self, rows):\n        return self.layer(rows)\n"
        "    def get_config(self):\n        return {'width': self.width}\n"
        "keras.utils.set_random_seed(0)\nmodel = Net(5)\nmodel(np.zeros((2, 3)))\n"
    )
    found = shelf.open(in_notebook(cell, shelf), trusted=True)
    assert (type(found).__name__, found.width, predicted(found).shape) == ("Net", 5, (16, 5))


def test_a_lambda_is_refused(shelf: Shelf) -> None:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Lambda(lambda rows: rows + 1)])
    assert refusal(lambda: shelf.put(model)) == (
        "Sequential holds a lambda, which Keras stores as bytecode of this very Python\n"
        "give it a name with def at the top level of a cell, and make the model again"
    )


def forged(shelf: Shelf, made: Artifact, change: Callable[[dict[str, Any]], None]) -> Artifact:
    """The artifact with other settings of its first layer but one."""
    given = zipfile.ZipFile(BytesIO(shelf.read(made, "model.keras")))
    members = {name: given.read(name) for name in given.namelist()}
    config = json.loads(members["config.json"])
    change(config["config"]["layers"][1])
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in (members | {"config.json": json.dumps(config).encode()}).items():
            archive.writestr(name, data)
    return shelf.with_layer(made, "model.keras", out.getvalue())


def bytecode(path: Path) -> dict[str, Any]:
    """A lambda that leaves a mark, as Keras would store it."""
    code = compile(f"__import__('os').mkdir({str(path)!r})", "<lambda>", "eval")
    held = {"code": base64.b64encode(marshal.dumps(code)).decode(), "defaults": None, "closure": None}
    return {"class_name": "__lambda__", "config": held}


def test_a_malicious_lambda_layer_runs_nothing_even_under_trust(net: Any, shelf: Shelf, tmp_path: Path) -> None:
    mark = tmp_path / "mark"

    def change(layer: dict[str, Any]) -> None:
        layer.update(class_name="Lambda", config={"name": "dense", "function": bytecode(mark), "arguments": {}})

    evil = forged(shelf, shelf.put(net), change)
    assert refusal(lambda: shelf.open(evil)).startswith(
        "loading would run code that no trusted key vouches for: keras Lambda, keras __lambda__\n"
    )
    assert refusal(lambda: shelf.open(evil, trusted=True)).startswith("the stored object cannot be read: ")
    assert not mark.exists()


@pytest.mark.parametrize(
    ("module", "name", "outside"),
    [
        ("os", "system", "system"),
        ("subprocess", "Popen", "Popen"),
        ("keras.layers", "TorchModuleWrapper", "keras TorchModuleWrapper"),
        ("keras.layers", "TFSMLayer", "keras TFSMLayer"),
    ],
)
def test_a_malicious_class_is_named_and_not_imported(
    module: str, name: str, outside: str, net: Any, shelf: Shelf
) -> None:
    def change(layer: dict[str, Any]) -> None:
        layer.update(module=module, class_name=name, registered_name=None, config={})

    text = refusal(lambda: shelf.open(forged(shelf, shelf.put(net), change)))
    assert text.startswith(f"loading would run code that no trusted key vouches for: {outside}\n")


def test_an_artifact_that_names_code_of_its_own_gets_none_without_trust(net: Any, shelf: Shelf) -> None:
    made = shelf.with_details(shelf.put(net), custom=json.dumps({"Dense": ["os", "mkdir"]}))
    assert np.array_equal(predicted(shelf.open(made)), predicted(net))


def test_an_archive_that_makes_no_sense_is_refused(net: Any, shelf: Shelf) -> None:
    made = shelf.with_layer(shelf.put(net), "model.keras", b"nonsense")
    assert refusal(lambda: shelf.open(made)).startswith("the stored object cannot be read: BadZipFile: ")


def test_a_model_passes_the_load_check_with_a_sample(net: Any, shelf: Shelf) -> None:
    checked = shelf.check(net, ROWS[:5])
    assert (checked.reason, checked.predicted) == ("", "same")


def test_a_model_tells_its_curves_settings_and_schema(net: Any) -> None:
    told = training(net)
    assert set(told.curves) == {"loss", "mae", "val_loss", "val_mae"}
    assert {len(values) for values in told.curves.values()} == {3}
    assert told.metrics["loss"] == told.curves["loss"][-1]
    found = {each.key: each.value for each in parameters(net)[0]}
    assert (found["layers"], found["weights"], found["loss"]) == (3, 21, "mse")
    assert found["optimizer.name"] == "adam"
    assert "modules" not in found
    assert describe(net) == ("Sequential", "keras")
    assert signature(net).inputs == (Feature(name="rows", type="float", shape=(3,)),)
    assert [(each.type, each.shape) for each in signature(net).outputs] == [("float", (1,))]


def test_what_is_no_model_of_keras_is_refused(shelf: Shelf) -> None:
    assert refusal(lambda: shelf.put({"a": 1}, "keras")) == (
        "a dict is no keras.Model, which the format keras is for\n"
        "leave --format out: the format is then chosen by the object"
    )
