"""What vLLM is given to load; it need not be installed for that."""

import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
import torch
from tiny_models import write_random_model
from transformers import AutoModelForCausalLM, AutoTokenizer

from tasks.models import backends, vllm_engine
from tasks.models.backend import LoadSettings
from tasks.models.vllm_engine import engine_files
from tests.small_gguf import write_gguf
from ultralink_data.errors import PrerequisiteError
from ultralink_data.tokenizer_loading import load_tokenizer

TEXT = "the answer is 7\n  and 8"


def test_a_folder_that_is_read_rightly_is_given_as_it_is(tmp_path):
    folder = write_random_model(tmp_path / "model")
    assert engine_files(folder, "float32", tmp_path / "own") == (str(folder), None, "")
    assert not (tmp_path / "own").exists()


def test_a_tokenizer_that_would_be_misread_is_given_apart(tmp_path):
    folder = write_random_model(tmp_path / "model")
    right = AutoTokenizer.from_pretrained(folder)(TEXT)["input_ids"]
    config = json.loads((folder / "tokenizer_config.json").read_text())
    config["tokenizer_class"] = "LlamaTokenizerFast"
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    assert AutoTokenizer.from_pretrained(folder)(TEXT)["input_ids"] != right
    files = engine_files(folder, "float32", tmp_path / "own")
    assert (files.model, files.tokenizer) == (str(folder), str(tmp_path / "own"))
    assert "tokenizer.json is used" in files.note
    assert AutoTokenizer.from_pretrained(files.tokenizer)(TEXT)["input_ids"] == right


@pytest.mark.parametrize(
    ("dtype", "found"), [("float32", torch.float32), ("bfloat16", torch.bfloat16)]
)
def test_a_gguf_file_becomes_a_folder_with_its_bos(tmp_path, dtype, found):
    model = write_gguf(tmp_path / "x.gguf", add_bos_token=True)
    files = engine_files(model, dtype, tmp_path / "own")
    assert files == (str(tmp_path / "own"), None, "")
    ids = AutoTokenizer.from_pretrained(files.model)(TEXT)["input_ids"]
    assert ids == load_tokenizer(model).tokenizer(TEXT)["input_ids"]
    assert ids[0] == 1
    assert AutoModelForCausalLM.from_pretrained(files.model, dtype="auto").dtype == found


class Engine:
    """Stands for lm-eval's `VLLM`; keeps what it was given."""

    given: dict

    def __init__(self, **given) -> None:
        type(self).given = given | {"files": sorted(Path(given["pretrained"]).iterdir())}
        core = SimpleNamespace(shutdown=lambda: None)
        self.model = SimpleNamespace(llm_engine=SimpleNamespace(engine_core=core))

    def _model_generate(self) -> None: ...

    def generate_until(self) -> None: ...

    def set_cache_hook(self, hook: object) -> None: ...


def module(name: str, **content) -> ModuleType:
    made = ModuleType(name)
    vars(made).update(content)
    return made


@pytest.fixture
def installed(monkeypatch):
    """A vLLM that can be imported."""
    monkeypatch.setattr(vllm_engine, "find_spec", lambda name: object())
    parts = {
        "vllm": {},
        "vllm.platforms": {"current_platform": "cpu"},
        "lm_eval.models.vllm_causallms": {"VLLM": Engine},
    }
    for name, content in parts.items():
        monkeypatch.setitem(sys.modules, name, module(name, **content))


SETTINGS = LoadSettings(
    batch_size=1, dtype="float32", max_length=9, threads=None, seed=3, served=None
)


def test_the_engine_gets_its_files_and_takes_them_along(installed, tmp_path):
    backend = backends.get("vllm")
    model = write_gguf(tmp_path / "x.gguf")
    loaded = backend.load(model, SETTINGS, tmp_path / "replies")
    given = Engine.given
    assert (given["dtype"], given["max_length"], given["seed"]) == ("float32", 9, 3)
    assert {"config.json", "tokenizer.json"} <= {path.name for path in given["files"]}
    assert given["tokenizer"] is None
    backend.close(loaded.lm)
    assert not Path(given["pretrained"]).exists()


def test_without_vllm_nothing_is_loaded_for_it(monkeypatch, tmp_path):
    monkeypatch.setattr(vllm_engine, "find_spec", lambda name: None)
    with pytest.raises(PrerequisiteError, match="not installed"):
        backends.get("vllm").load(tmp_path / "nothing", SETTINGS, tmp_path / "replies")
