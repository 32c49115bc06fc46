from __future__ import annotations

import io
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from jupyter_mlc.capture.models.estimators import describe, parameters
from jupyter_mlc.capture.models.frameworks import schema
from jupyter_mlc.domain.entities import Signature
from jupyter_mlc.store.formats import tensors
from jupyter_mlc.store.predicting import predict
from tests.store.formats.shelf import Shelf, in_notebook, refusal

CELL = """
import torch
from torch import nn

WIDTH = 8

class Block(nn.Module):
    def __init__(self, width, rate):
        super().__init__()
        self.layer = nn.Linear(width, width)
        self.norm = nn.BatchNorm1d(width)
        self.rate = rate

    def forward(self, rows):
        return rows + self.rate * torch.relu(self.norm(self.layer(rows)))

class Net(nn.Module):
    def __init__(self, depth, *, rate):
        super().__init__()
        self.blocks = nn.Sequential(*(Block(WIDTH, rate) for _ in range(depth)))
        self.names = {"out": nn.Linear(WIDTH, 2)}
        self.head = self.names["out"]

    def forward(self, rows):
        return self.head(self.blocks(rows))

torch.manual_seed(0)
model = Net(3, rate=0.5)
model(torch.randn(16, WIDTH))
"""


class Everything(nn.Module):  # type: ignore[misc, unused-ignore] # torch may not be there
    """What a module can hold."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.words = nn.Embedding(10, width)
        self.out = nn.Linear(width, 10, bias=False)
        self.out.weight = self.words.weight
        self.register_buffer("scale", torch.arange(width, dtype=torch.bfloat16))
        self.register_buffer("hidden", torch.ones(width), persistent=False)
        self.half = self.get_buffer("scale")[::2]
        self.image = nn.Conv2d(3, 4, 2).to(memory_format=torch.channels_last)
        self.frozen = nn.Parameter(torch.ones(3, dtype=torch.float64), requires_grad=False)
        self.spread = torch.ones(1).expand(5)
        self.empty = torch.zeros(0, 3)
        self.one = torch.tensor(3)
        self.phases = torch.tensor([1 + 2j])
        self.kind = torch.float16
        self.table = np.arange(3)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return self.out(rows * self.hidden)  # type: ignore[operator, no-any-return, unused-ignore] # a buffer


def test_a_module_of_the_notebook_opens_in_another_process_and_predicts_the_same(shelf: Shelf) -> None:
    made = in_notebook(CELL, shelf)
    assert made.format == "torch"
    assert shelf.paths(made) == ["model.pickle", "tensors.json", "tensors.safetensors", "code/notebook.py"]
    assert "class Block(nn.Module):" in shelf.read(made, "code/notebook.py").decode()
    found = shelf.open(made, trusted=True)
    space: dict[str, Any] = {"__name__": "again"}
    exec(CELL, space)
    rows = torch.randn(4, 8)
    assert found.training
    assert torch.equal(found.eval()(rows), space["model"].eval()(rows))
    assert found.head is found.names["out"]
    assert found.blocks[1].rate == 0.5


def test_a_module_that_was_opened_is_stored_again_with_its_code(shelf: Shelf) -> None:
    found = shelf.open(in_notebook(CELL, shelf), trusted=True)
    again = shelf.put(found)
    assert shelf.paths(again)[-1] == "code/notebook.py"
    rows = torch.randn(4, 8)
    assert torch.equal(shelf.open(again, trusted=True).eval()(rows), found.eval()(rows))


def test_everything_in_a_module_comes_back(shelf: Shelf) -> None:
    module = Everything(6)
    module.image.eval()
    found = shelf.again(module, trusted=True)
    assert [one.training for one in found.modules()] == [one.training for one in module.modules()]
    for (name, before), (_, after) in zip(_tensors(module), _tensors(found), strict=True):
        assert torch.equal(before, after), name
        assert (before.dtype, before.requires_grad, type(before)) == (after.dtype, after.requires_grad, type(after))
    assert found.out.weight is found.words.weight
    assert found.half.data_ptr() == found.scale.data_ptr()
    assert found.image.weight.stride() == module.image.weight.stride()
    assert list(found.state_dict()) == list(module.state_dict())
    assert (found.kind, found.table.tolist()) == (torch.float16, [0, 1, 2])
    rows = torch.randn(2, 6)
    assert torch.equal(found(rows), module(rows))


def _tensors(module: nn.Module) -> list[tuple[str, torch.Tensor]]:
    plain = [(name, value) for name, value in vars(module).items() if isinstance(value, torch.Tensor)]
    return [*module.named_parameters(), *module.named_buffers(), *plain]


def test_versions_share_large_tensors_that_did_not_change(shelf: Shelf) -> None:
    module = nn.Sequential(nn.Linear(600, 600), nn.ReLU(), nn.Linear(600, 2))
    first = shelf.put(module)
    with torch.no_grad():
        module[2].weight.add_(1)
    second = shelf.put(module)
    large = [each for each in shelf.manifest(first).layers if each.path.startswith(tensors.LARGE)]
    assert [each.path for each in large] == ["tensors/00000.safetensors"]
    assert large[0].digest in second.blobs
    assert sum(shelf.artifacts.size(digest) for digest in set(second.blobs) - set(first.blobs)) < 50_000


def test_changing_an_opened_module_changes_no_blob(shelf: Shelf) -> None:
    made = shelf.put(nn.Sequential(nn.Linear(600, 600), nn.Linear(600, 2)))
    found = shelf.open(made)
    before = shelf.open(made)[0].weight.clone()
    with torch.no_grad():
        for weight in found.parameters():
            weight.zero_()
    for digest in made.blobs:
        shelf.artifacts.check(digest)
    assert torch.equal(shelf.open(made)[0].weight, before)


def test_a_module_can_go_on_learning(shelf: Shelf) -> None:
    found = shelf.again(nn.Linear(600, 600))
    optimizer = torch.optim.SGD(found.parameters(), lr=0.1)
    found(torch.randn(2, 600)).sum().backward()
    before = found.weight.detach().clone()
    optimizer.step()
    assert not torch.equal(found.weight, before)


@pytest.mark.parametrize(
    "module",
    [
        nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Dropout(0.5), nn.BatchNorm1d(4)),
        nn.TransformerEncoderLayer(4, 2, 8, batch_first=True),
        nn.LSTM(4, 3, batch_first=True),
    ],
    ids=lambda module: type(module).__name__,
)
def test_layers_of_torch_itself_need_no_trust(module: nn.Module, shelf: Shelf) -> None:
    rows = torch.randn(5, 4)
    assert np.array_equal(predict(shelf.again(module), rows), predict(module, rows))


def test_a_state_dict_needs_no_trust(shelf: Shelf) -> None:
    state = nn.Linear(600, 600).state_dict()
    made = shelf.put(state)
    assert made.format == "torch"
    found = shelf.open(made)
    assert list(found) == ["weight", "bias"]
    assert torch.equal(found["weight"], state["weight"])
    assert found._metadata == state._metadata  # type: ignore[attr-defined, unused-ignore] # torch keeps it there


def test_a_module_of_the_notebook_is_opened_under_trust_alone(shelf: Shelf) -> None:
    made = in_notebook(CELL, shelf)
    assert refusal(lambda: shelf.open(made)) == (
        "loading would run code that no trusted key vouches for: code/notebook.py\n"
        "if you know where it comes from and would run a program of its author, load it with --trust"
    )


class Malicious:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


def test_a_malicious_head_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    module = nn.Linear(2, 2)
    module.extra = Malicious(tmp_path / "mark")
    assert refusal(lambda: shelf.again(module)).startswith(
        "loading would run code that no trusted key vouches for: posix.mkdir\n"
    )
    assert not (tmp_path / "mark").exists()


def test_a_file_of_torch_in_the_place_of_the_tensors_runs_nothing(shelf: Shelf, tmp_path: Path) -> None:
    file = io.BytesIO()
    torch.save({"weight": Malicious(tmp_path / "mark")}, file)
    assert b"posix" in zipfile.ZipFile(file).read("archive/data.pkl")
    made = shelf.put(nn.Linear(2, 2))
    for data in (file.getvalue(), pickle.dumps(Malicious(tmp_path / "mark"))):
        forged = shelf.with_layer(made, "tensors.safetensors", data)
        assert refusal(lambda: shelf.open(forged)).startswith("the stored object cannot be read: SafetensorError: ")  # noqa: B023
    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda table: table.replace(b'"offset":null', b'"offset":999999'), "RuntimeError"),
        (lambda table: table.replace(b'"name":"weight"', b'"nome":"weight"'), "TypeError"),
        (lambda table: table.replace(b'"base":"bias"', b'"base":"none"'), "KeyError"),
        (lambda table: b"nonsense", "JSONDecodeError"),
        (lambda table: b'{"tensors": [], "large": {}}', "IndexError"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(change: Any, reason: str, shelf: Shelf) -> None:
    made = shelf.put(nn.Linear(2, 2))
    forged = shelf.with_layer(made, "tensors.json", change(shelf.read(made, "tensors.json")))
    assert refusal(lambda: shelf.open(forged)).startswith(f"the stored object cannot be read: {reason}: ")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_is_no_python_object_any_more_is_refused_with_the_way_out(shelf: Shelf) -> None:
    assert refusal(lambda: shelf.put(torch.jit.script(nn.Linear(2, 2)))) == (
        "what torch.jit made of a module cannot be stored as one\n"
        "save it with torch.jit.save(model, PATH) and register the file"
    )
    assert refusal(lambda: shelf.put(torch.compile(nn.Linear(2, 2)))) == (
        "what torch.compile made of a module cannot be stored as one\n"
        "register the module that was compiled: model._orig_mod"
    )


def test_a_hook_without_a_name_is_refused(shelf: Shelf) -> None:
    module = nn.Linear(2, 2)
    module.register_forward_hook(lambda *_: None)
    text = refusal(lambda: shelf.put(module))
    assert text.startswith("Linear cannot be stored: ") or "the lambda" in text


def test_what_is_no_module_is_refused(shelf: Shelf) -> None:
    assert refusal(lambda: shelf.put({"a": 1}, "torch")) == (
        "a dict is no torch.nn.Module, which the format torch is for\n"
        "leave --format out: the format is then chosen by the object"
    )


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_tensors_that_safetensors_cannot_hold_stay_in_the_pickle(shelf: Shelf) -> None:
    module = nn.Linear(2, 2)
    module.sparse = torch.eye(3).to_sparse()
    assert torch.equal(shelf.again(module, trusted=True).sparse.to_dense(), torch.eye(3))


def test_views_of_memory_that_no_tensor_covers_share_it_again(shelf: Shelf) -> None:
    memory = torch.arange(10.0)
    found = shelf.again({"low": memory[:6], "high": memory[4:]})
    found["low"][5] = 77
    assert found["high"][1] == 77
    mixed = shelf.again({"floats": memory, "bytes": memory.view(torch.int32)})
    assert torch.equal(mixed["floats"].view(torch.int32), mixed["bytes"])


def test_a_module_passes_the_load_check_with_a_sample(shelf: Shelf) -> None:
    module = nn.Sequential(nn.Linear(4, 4), nn.Dropout(0.5), nn.BatchNorm1d(4))
    checked = shelf.check(module, np.random.default_rng(0).random((5, 4)))
    assert (checked.reason, checked.predicted) == ("", "same")
    assert module.training


def test_a_module_tells_how_much_of_it_there_is() -> None:
    module = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 1))
    module[0].requires_grad_(requires_grad=False)
    assert {each.key: each.value for each in parameters(module)[0]} == {
        "modules": 3,
        "weights": 19,
        "trainable_weights": 4,
        "weights_dtype": "float32",
    }
    assert describe(module) == ("Sequential", "torch")
    assert schema(module) == Signature()


def test_a_module_with_several_inputs_is_asked_by_place_or_by_name() -> None:
    class Both(nn.Module):  # type: ignore[misc, unused-ignore] # torch may not be there
        def forward(self, left: torch.Tensor, right: torch.Tensor) -> tuple[torch.Tensor, None]:
            return left.bfloat16() + right, None

    rows = torch.ones(2), torch.ones(2)
    assert predict(Both(), rows).tolist() == [2, 2]
    assert predict(Both(), {"left": rows[0], "right": rows[1]}).tolist() == [2, 2]
