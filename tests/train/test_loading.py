"""Where models come from, what is said where there is none, and what identifies one."""

from types import SimpleNamespace

import pytest
import torch

from train import loading
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
    assert loading._is_hub_name(spec) is is_hub


@pytest.mark.parametrize("spec", ["./nowhere", "a/b/c"])
def test_what_is_neither_folder_nor_hub_name_is_not_asked_of_the_hub(spec):
    with pytest.raises(PrerequisiteError, match=rf"^no model at {spec}$") as caught:
        loading.load_model(spec)
    assert "a .gguf file or a hub name" in caught.value.hint


def test_a_path_is_never_a_hub_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    from pathlib import Path

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
    assert loading._from_pretrained(loader, tmp_path, dtype=1) == "loaded"
    assert loading._from_pretrained(loader, "org/model") == "loaded"
    assert loader.asked == [(str(tmp_path), {"dtype": 1}), ("org/model", {})]


def test_a_gguf_file_is_a_name_in_its_folder(tmp_path):
    (tmp_path / "x.gguf").touch()
    loader = Loader()
    loading._from_pretrained(loader, tmp_path / "x.gguf", dtype=1)
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
        loading._from_pretrained(Loader(error), tmp_path)
    assert caught.value.message == f"cannot load a model from {tmp_path}: {said}"
    assert "the files are damaged" in caught.value.hint
    with pytest.raises(PrerequisiteError) as caught:
        loading._from_pretrained(Loader(error), "org/model")
    assert "without access to the hub" in caught.value.hint


def test_a_dequantised_model_forgets_that_it_was_quantised():
    model = torch.nn.Linear(1, 1)
    model.config = SimpleNamespace(quantization_config={"bits": 4}, other=1)
    model.hf_quantizer = model.quantization_method = model.is_quantized = True
    loading._forget_quantization(model)
    assert vars(model.config) == {"other": 1}
    assert not {"hf_quantizer", "quantization_method", "is_quantized"} & set(vars(model))
    loading._forget_quantization(model)


def test_weights_are_float32_whatever_the_files_hold(base, tmp_path):
    model = loading.load_model(base)
    model.to(torch.bfloat16).save_pretrained(tmp_path)
    assert loading.load_model(tmp_path).dtype == torch.float32
    assert loading.load_model(str(tmp_path)).dtype == torch.float32


def test_a_fingerprint_is_of_names_and_contents(tmp_path):
    def folder(name, **files):
        for file, content in files.items():
            path = tmp_path / name / file.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return loading.fingerprint(tmp_path / name)

    first = folder("a", x="1", y="2")
    assert first == folder("b", y="2", x="1")
    assert len(first) == 64
    others = [
        folder("c", x="2", y="1"),
        folder("d", x="1", z="2"),
        folder("e", x="1"),
        folder("f", x="1", y="2", sub__z="3"),
    ]
    assert len({first, *others}) == 5
    assert loading.fingerprint(tmp_path / "e" / "x") == folder("e", x="1")


def test_a_hub_name_is_its_own_fingerprint():
    assert loading.fingerprint("org/model") == loading.fingerprint("org/model")
    assert loading.fingerprint("org/model") != loading.fingerprint("org/other")
