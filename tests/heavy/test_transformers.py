from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    TextClassificationPipeline,
)

from jupyter_mlc.capture.models.estimators import describe, parameters
from jupyter_mlc.store.predicting import predict
from tests.store.formats.shelf import Shelf, in_notebook, refusal

IDS = torch.tensor([[2, 3, 5, 1, 0], [2, 4, 6, 1, 1]])


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reaches for a hub fails the test."""

    def refused(*_: object) -> None:
        raise AssertionError("somebody opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refused)


def bert(**more: Any) -> Any:
    torch.manual_seed(0)
    settings = {"vocab_size": 4000, "hidden_size": 128, "num_hidden_layers": 2, "num_attention_heads": 2}
    return BertForSequenceClassification(
        BertConfig(**settings, intermediate_size=32, max_position_embeddings=32, num_labels=2, **more)
    ).eval()


def tokenizer() -> Any:
    words = {word: number for number, word in enumerate(["[PAD]", "[UNK]", "a", "good", "bad", "day", "night"])}
    made = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()  # type: ignore[assignment, unused-ignore] # its types say otherwise
    return PreTrainedTokenizerFast(tokenizer_object=made, pad_token="[PAD]", unk_token="[UNK]")


def test_a_model_comes_back_as_it_was(shelf: Shelf) -> None:
    model = bert()
    model.bert.embeddings.requires_grad_(requires_grad=False)
    made = shelf.put(model)
    assert made.format == "transformers"
    assert {"config.json", "tensors/00000.safetensors"} < set(shelf.paths(made))
    found = shelf.open(made)
    assert type(found) is BertForSequenceClassification
    assert torch.equal(found(IDS).logits, model(IDS).logits)
    assert [one.requires_grad for one in found.parameters()] == [one.requires_grad for one in model.parameters()]
    assert not found.training
    assert shelf.put(found) == made


@pytest.mark.parametrize(
    "model",
    [
        GPT2LMHeadModel(
            GPT2Config(vocab_size=50, n_embd=16, n_layer=1, n_head=2, n_positions=32, bos_token_id=1, eos_token_id=2)
        ).to(torch.bfloat16),
        LlamaForCausalLM(
            LlamaConfig(
                vocab_size=50,
                hidden_size=16,
                intermediate_size=16,
                num_hidden_layers=1,
                num_attention_heads=2,
                num_key_value_heads=1,
            )
        ),
    ],
    ids=lambda model: type(model).__name__,
)
def test_tied_weights_types_and_modes_come_back(model: Any, shelf: Shelf) -> None:
    found = shelf.again(model.train())
    assert (found.dtype, found.training) == (model.dtype, True)
    tied = found.get_output_embeddings().weight is found.get_input_embeddings().weight
    assert tied == (model.get_output_embeddings().weight is model.get_input_embeddings().weight)
    assert torch.equal(found.eval()(IDS).logits, model.eval()(IDS).logits)
    assert found.generation_config.to_dict() == model.generation_config.to_dict()


def test_versions_share_the_weights_that_were_frozen(shelf: Shelf) -> None:
    model = bert()
    first = shelf.put(model)
    with torch.no_grad():
        model.classifier.weight.add_(1)
    second = shelf.put(model)
    large = next(each for each in shelf.manifest(first).layers if each.path.startswith("tensors/"))
    assert large.digest in second.blobs


def test_the_stored_files_are_a_folder_for_plain_transformers(shelf: Shelf, tmp_path: Path) -> None:
    model = bert()
    made = shelf.put(model)
    for path in shelf.paths(made):
        (tmp_path / "out" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "out" / path).write_bytes(shelf.read(made, path))
    found = BertForSequenceClassification.from_pretrained(tmp_path / "out", local_files_only=True)
    assert torch.equal(found(IDS).logits, model(IDS).logits)


def test_opening_changes_nobody_s_random_numbers(shelf: Shelf) -> None:
    made = shelf.put(bert())
    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    shelf.open(made)
    assert torch.rand(1) == expected


def test_a_pipeline_comes_back_with_its_tokenizer_and_what_it_was_asked_for(shelf: Shelf) -> None:
    pipeline = TextClassificationPipeline(
        model=bert(), tokenizer=tokenizer(), device=-1, top_k=None, task="text-classification"
    )
    made = shelf.put(pipeline)
    assert {"tokenizer.json", "tokenizer_config.json"} < set(shelf.paths(made))
    found = shelf.open(made)
    assert type(found) is TextClassificationPipeline
    texts = ["a good day", "bad night"]
    before, after = pipeline(texts), found(texts)
    assert [[one["label"] for one in answers] for answers in before] == [
        [one["label"] for one in answers] for answers in after
    ]
    assert np.allclose(predict(pipeline, texts), predict(found, texts))
    assert np.shape(predict(found, texts)) == (2, 2)
    checked = shelf.check(pipeline, texts)
    assert (checked.reason, checked.predicted in {"same", "close"}) == ("", True)


def test_a_tokenizer_comes_back(shelf: Shelf) -> None:
    found = shelf.again(tokenizer())
    assert found("a good night")["input_ids"] == [2, 3, 6]


def test_a_model_whose_head_was_replaced_is_stored_as_a_module(shelf: Shelf) -> None:
    model = bert()
    model.classifier = torch.nn.Sequential(torch.nn.Linear(128, 3))
    made = shelf.put(model)
    assert made.format == "torch"
    assert torch.equal(shelf.open(made, trusted=True)(IDS).logits, model(IDS).logits)
    assert refusal(lambda: shelf.put(model, "transformers")) == (
        "this BertForSequenceClassification has other layers than its configuration says\n"
        "store the model with --format torch"
    )


def test_a_subclass_of_the_notebook_travels_with_its_source(shelf: Shelf) -> None:
    cell = (
        "import torch\nfrom transformers import BertConfig, BertModel\n"
        "class Mine(BertModel):\n    def forward(self, rows):\n        return super().forward(rows).pooler_output * 2\n"
        "model = Mine(BertConfig(vocab_size=50, hidden_size=16, num_hidden_layers=1, num_attention_heads=2,\n"
        "    intermediate_size=8, max_position_embeddings=32)).eval()\n"
    )
    made = in_notebook(cell, shelf)
    assert (made.format, shelf.paths(made)[-1]) == ("torch", "code/notebook.py")
    assert shelf.open(made, trusted=True)(IDS).shape == (2, 16)


class Odd(PreTrainedTokenizerFast):  # type: ignore[misc, unused-ignore] # transformers may not be there
    """A tokenizer of somebody's own."""


def test_a_tokenizer_of_somebody_s_own_is_refused(shelf: Shelf) -> None:
    made = Odd(tokenizer_object=tokenizer().backend_tokenizer)
    pipeline = TextClassificationPipeline(model=bert(), tokenizer=made, device=-1)
    assert refusal(lambda: shelf.put(pipeline)) == (
        "the class Odd is not one that transformers offers\n"
        "register the model alone, with --format torch: its class then travels with it"
    )


def test_settings_that_name_code_elsewhere_are_left_out(shelf: Shelf, tmp_path: Path) -> None:
    model = bert()
    made = shelf.put(model)
    settings = json.loads(shelf.read(made, "config.json"))
    settings |= {
        "auto_map": {"AutoModelForSequenceClassification": "evil--modeling.Evil"},
        "attn_implementation": "evil/kernel",
        "_attn_implementation": "evil/kernel",
        "custom_pipelines": {"text-classification": {"impl": "evil.Evil"}},
    }
    forged = shelf.with_layer(made, "config.json", json.dumps(settings).encode())
    assert torch.equal(shelf.open(forged)(IDS).logits, model(IDS).logits)


@pytest.mark.parametrize("name", ["AutoModel", "Pipeline", "BertConfig", "os", "logging", "pipeline"])
def test_an_artifact_names_no_class_but_a_model(name: str, shelf: Shelf) -> None:
    made = shelf.put(bert())
    about = json.loads(shelf.read(made, "about.json")) | {"model": name}
    forged = shelf.with_layer(made, "about.json", json.dumps(about).encode())
    assert refusal(lambda: shelf.open(forged)) == (
        f"transformers has no such class as {name!r}\nverify the registry: %mlc verify"
    )


def test_weights_of_another_shape_are_refused(shelf: Shelf) -> None:
    made = shelf.put(bert())
    other = json.loads(shelf.read(made, "config.json")) | {"vocab_size": 7}
    forged = shelf.with_layer(made, "config.json", json.dumps(other).encode())
    assert refusal(lambda: shelf.open(forged)).startswith(
        "the stored object cannot be read: ValueError: bert.embeddings.word_embeddings.weight is of the shape "
        "(4000, 128), not (7, 128)\n"
    )


def test_weights_that_are_missing_are_missed(shelf: Shelf) -> None:
    made = shelf.put(bert())
    table = json.loads(shelf.read(made, "tensors.json"))
    table["tensors"] = table["tensors"][:-1]
    forged = shelf.with_layer(made, "tensors.json", json.dumps(table).encode())
    assert refusal(lambda: shelf.open(forged)).startswith(
        "the stored object cannot be read: ValueError: 1 weights are not stored: "
    )


def test_what_is_not_of_transformers_is_refused(shelf: Shelf) -> None:
    assert refusal(lambda: shelf.put({"a": 1}, "transformers")) == (
        "a dict is no model, tokenizer or pipeline of transformers, which the format transformers is for\n"
        "leave --format out: the format is then chosen by the object"
    )


def test_a_model_tells_its_configuration_and_weights() -> None:
    found = {each.key: each.value for each in parameters(bert())[0]}
    assert (found["hidden_size"], found["model_type"], found["weights_dtype"]) == (128, "bert", "float32")
    assert describe(bert()) == ("BertForSequenceClassification", "transformers")
