"""How many parameters a model has, by the headers of its files."""

import gguf
import pytest
import torch
from safetensors.torch import save_file
from small_gguf import write_gguf

from ultralink_data.parameter_count import parameter_count


def test_the_tensors_of_all_files_of_a_folder_count(tmp_path):
    assert parameter_count(tmp_path) is None
    tensors = {"a": torch.zeros(3, 5, dtype=torch.bfloat16), "b": torch.zeros(7)}
    save_file(tensors, tmp_path / "model-1.safetensors", metadata={"format": "pt"})
    assert parameter_count(tmp_path) == 22
    save_file({"c": torch.zeros(2, 2, 2)}, tmp_path / "model-2.safetensors")
    assert parameter_count(tmp_path) == 30


def test_packed_weights_damaged_files_and_adapters_have_no_number(tmp_path):
    save_file({"a": torch.zeros(4, dtype=torch.uint8)}, tmp_path / "model.safetensors")
    assert parameter_count(tmp_path) is None
    (tmp_path / "model.safetensors").write_bytes(b"\x05")
    assert parameter_count(tmp_path) is None
    save_file({"a": torch.zeros(4)}, tmp_path / "model.safetensors")
    (tmp_path / "adapter_config.json").write_text("{}")
    (tmp_path / "adapter_model.safetensors").write_bytes(b"")
    assert parameter_count(tmp_path) is None
    assert parameter_count(tmp_path / "nowhere") is None


def test_a_gguf_file_counts_as_its_own_reader_counts(tmp_path):
    path = write_gguf(tmp_path / "m.gguf", template="{{ messages }}", eot_token_id=7)
    expected = sum(int(tensor.n_elements) for tensor in gguf.GGUFReader(path).tensors)
    assert expected > 1000
    assert parameter_count(path) == expected


@pytest.mark.parametrize("content", [b"", b"GGUF", b"no model", b"GGUF" + b"\xff" * 60])
def test_a_file_that_is_no_model_has_no_number(tmp_path, content):
    path = tmp_path / "m.gguf"
    path.write_bytes(content)
    assert parameter_count(path) is None
