"""What is loaded from a folder, a GGUF file or the hub, and what is said where it cannot be."""

from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from tasks.models.lm_eval_adapter import load_model
from tests.small_gguf import write_gguf
from train import loading
from ultralink_data import pretrained
from ultralink_data.errors import PrerequisiteError


@pytest.mark.parametrize(
    ("spec", "is_hub"),
    [
        ("org/model", True),
        ("model", True),
        ("a/b/c", False),
        ("./model", False),
        ("../model", False),
        ("~/model", False),
        ("/model", False),
        ("org/", False),
        ("", False),
    ],
)
def test_a_hub_name_is_one_or_two_words(spec, is_hub):
    assert pretrained.is_hub_name(spec) is is_hub


@pytest.mark.parametrize("spec", ["./nowhere", "a/b/c"])
def test_what_is_neither_folder_nor_hub_name_is_not_asked_of_the_hub(spec):
    with pytest.raises(PrerequisiteError, match=rf"^no model at {spec}$") as caught:
        loading.load_model(spec)
    assert "a .gguf file or a hub name" in caught.value.hint


def test_a_path_is_never_a_hub_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PrerequisiteError, match=r"^no model at org/model$"):
        loading.load_tokenizer(Path("org/model"))


class Loader:
    """Stands for a class of transformers; keeps what it was asked for, or fails."""

    def __init__(self, error=None):
        self.error = error
        self.asked = []

    def from_pretrained(self, where, **options):
        self.asked.append((where, options))
        if self.error is not None:
            raise self.error
        return "loaded"


def test_a_folder_is_loaded_as_it_is_named(tmp_path):
    loader = Loader()
    assert pretrained.from_pretrained(loader, tmp_path, dtype=1) == "loaded"
    assert pretrained.from_pretrained(loader, "org/model") == "loaded"
    assert loader.asked == [(str(tmp_path), {"dtype": 1}), ("org/model", {})]


def test_a_gguf_file_is_a_name_in_its_folder(tmp_path):
    (tmp_path / "x.gguf").touch()
    loader = Loader()
    pretrained.from_pretrained(loader, tmp_path / "x.gguf", dtype=1)
    assert loader.asked == [(str(tmp_path), {"dtype": 1, "gguf_file": "x.gguf"})]


def test_a_gguf_file_that_is_not_there_says_where_to_look(tmp_path):
    (tmp_path / "x.gguf").mkdir()
    for name in ("x.gguf", "y.gguf"):
        with pytest.raises(PrerequisiteError, match=rf"^no model file .*{name}$") as caught:
            loading.load_model(tmp_path / name)
        assert caught.value.hint.startswith("check the ")


def test_without_its_package_a_gguf_file_says_what_to_install(tmp_path, monkeypatch):
    from transformers import utils

    (tmp_path / "x.gguf").touch()
    monkeypatch.setattr(utils, "is_gguf_available", lambda: False)
    with pytest.raises(PrerequisiteError, match=r"x\.gguf: the package gguf is missing") as caught:
        loading.load_model(tmp_path / "x.gguf")
    assert "pip install gguf" in caught.value.hint


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError("  first\nsecond"), "first"),
        (ValueError("odd"), "odd"),
        (KeyError("field"), "'field'"),
        (OSError(), "OSError"),
    ],
)
def test_a_library_s_error_is_one_line_with_what_to_do(tmp_path, error, said):
    with pytest.raises(PrerequisiteError) as caught:
        pretrained.from_pretrained(Loader(error), tmp_path)
    assert caught.value.message == f"cannot load a model from {tmp_path}: {said}"
    assert "the files are damaged" in caught.value.hint
    with pytest.raises(PrerequisiteError) as caught:
        pretrained.from_pretrained(Loader(error), "org/model")
    assert "without access to the hub" in caught.value.hint


@pytest.fixture
def without_packages(monkeypatch):
    """None of the packages that read other tokenizers is installed."""
    absent = {"sentencepiece", "google.protobuf", "tiktoken"}

    def spec(name, *rest):
        return None if name in absent else find_spec(name, *rest)

    monkeypatch.setattr(pretrained, "find_spec", spec)


def folder_with(root, **files):
    for name, content in files.items():
        (root / name.replace("__", ".")).write_bytes(content)
    return root


@pytest.mark.parametrize(
    ("name", "content", "missing"),
    [
        ("tokenizer__model", b"\n\x0e\n\x05<unk>", "sentencepiece protobuf"),
        ("spiece__model", b"\n\x0e\n\x05<unk>", "sentencepiece protobuf"),
        ("tokenizer__model", b"IQ== 0\nIg== 1\n", "tiktoken"),
    ],
)
def test_a_tokenizer_that_needs_a_package_names_it(
    tmp_path, without_packages, name, content, missing
):
    folder = folder_with(tmp_path, **{name: content})
    with pytest.raises(PrerequisiteError) as caught:
        pretrained.from_pretrained(Loader(OSError("damaged?")), folder)
    assert f"{name.replace('__', '.')} only" in caught.value.message
    assert "not installed" in caught.value.message
    assert f"`pip install {missing}`" in caught.value.hint


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "damaged"),
        (b"\x00\x01", "damaged"),
        (b"<html>not found</html>", "damaged"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS pointer"),
    ],
)
def test_a_vocabulary_that_no_package_reads_is_not_called_a_missing_package(
    tmp_path, without_packages, content, what
):
    folder = folder_with(tmp_path, tokenizer__model=content)
    with pytest.raises(PrerequisiteError, match=what) as caught:
        pretrained.from_pretrained(Loader(OSError("odd")), folder)
    assert "not installed" not in caught.value.message
    assert "tokenizer.model" in caught.value.message


@pytest.mark.parametrize("files", [{}, {"tokenizer__json": b"{}", "tokenizer__model": b"\n"}])
def test_other_folders_that_do_not_load_are_damaged(tmp_path, without_packages, files):
    folder = folder_with(tmp_path, **files)
    with pytest.raises(PrerequisiteError, match="cannot load a model") as caught:
        pretrained.from_pretrained(Loader(OSError("odd")), folder)
    assert "damaged" in caught.value.hint


def test_with_the_packages_there_the_library_s_own_error_stands(tmp_path, monkeypatch):
    monkeypatch.setattr(pretrained, "find_spec", lambda name: object())
    folder = folder_with(tmp_path, tokenizer__model=b"\n\x0e")
    with pytest.raises(PrerequisiteError, match=r"cannot load a model .*: odd"):
        pretrained.from_pretrained(Loader(OSError("odd")), folder)


@pytest.mark.skipif(find_spec("sentencepiece") is not None, reason="sentencepiece is installed")
def test_a_real_folder_with_a_sentencepiece_model_only_says_what_to_install(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "llama"}')
    (tmp_path / "tokenizer.model").write_bytes(b"\n\x0e\n\x05<unk>\x15\x00\x00\x00\x00\x18\x02")
    with pytest.raises(PrerequisiteError, match=r"sentencepiece.* not installed"):
        loading.load_tokenizer(tmp_path)


def test_a_dequantised_model_forgets_that_it_was_quantised():
    model = torch.nn.Linear(1, 1)
    model.config = SimpleNamespace(quantization_config={"bits": 4}, other=1)
    model.hf_quantizer = model.quantization_method = model.is_quantized = True
    pretrained._forget_quantization(model)
    assert vars(model.config) == {"other": 1}
    assert not {"hf_quantizer", "quantization_method", "is_quantized"} & set(vars(model))
    pretrained._forget_quantization(model)


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        ({}, 2),
        ({"eot_token_id": 7}, [2, 7]),
        ({"eot_token_id": 2}, [2]),
        ({"eom_token_id": 9, "eot_token_id": 7}, [2, 7, 9]),
    ],
)
def test_a_generation_ends_where_a_gguf_file_ends_a_turn(tmp_path, said, ends):
    model = write_gguf(tmp_path / "x.gguf", **said)
    loaded = pretrained.load_causal_lm(model, torch.float32)
    assert loaded.generation_config.eos_token_id == ends
    loaded.save_pretrained(tmp_path / "saved")
    saved = pretrained.load_causal_lm(tmp_path / "saved", torch.float32)
    assert saved.generation_config.eos_token_id == ends
    lm = load_model(model, batch_size=1, dtype="float32", max_length=None)
    assert lm.model.generation_config.eos_token_id == ends
