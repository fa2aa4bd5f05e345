"""What the libraries are set to while a model is made, and that nothing of it stays."""

import os
from types import SimpleNamespace

import pytest
import torch

from train.loss import LearnedOnly
from train.runtime import WORKSPACE, runtime
from ultralink_data.errors import PrerequisiteError


@pytest.fixture
def gpu(monkeypatch):
    """A machine that says that it has a GPU, in the state of a fresh process."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.delenv(WORKSPACE, raising=False)
    torch.use_deterministic_algorithms(False)
    yield
    torch.use_deterministic_algorithms(False)


def test_deterministic_mode_ends_with_training(gpu, tmp_path):
    with runtime(1, tmp_path):
        assert torch.are_deterministic_algorithms_enabled()
        assert not torch.is_deterministic_algorithms_warn_only_enabled()
        assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"
    assert not torch.are_deterministic_algorithms_enabled()
    assert WORKSPACE not in os.environ


def test_deterministic_mode_ends_where_training_fails(gpu, tmp_path):
    with pytest.raises(ZeroDivisionError), runtime(1, tmp_path):
        raise ZeroDivisionError
    assert not torch.are_deterministic_algorithms_enabled()


def test_what_the_caller_had_set_comes_back(gpu, tmp_path, monkeypatch):
    monkeypatch.setenv(WORKSPACE, ":16:8")
    torch.use_deterministic_algorithms(True, warn_only=True)
    with runtime(1, tmp_path):
        assert not torch.is_deterministic_algorithms_warn_only_enabled()
    assert torch.are_deterministic_algorithms_enabled()
    assert torch.is_deterministic_algorithms_warn_only_enabled()
    assert os.environ[WORKSPACE] == ":16:8"


def test_an_operation_that_is_not_repeatable_is_said_with_a_way_out(gpu, tmp_path):
    text = "median_cuda does not have a deterministic implementation, but you set"
    with pytest.raises(PrerequisiteError, match="median_cuda") as caught, runtime(1, tmp_path):
        raise RuntimeError(text)
    assert "CUDA_VISIBLE_DEVICES" in caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "CUDA out of memory. Tried to allocate 2.00 GiB",
        "DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes",
        "nll_loss2d_forward_out_cuda_template does not have a deterministic implementation",
    ],
)
def test_what_a_machine_lacks_is_no_bug_of_the_loss(monkeypatch, text):
    def fails(*_):
        raise RuntimeError(text)

    learned = LearnedOnly(SimpleNamespace(get_output_embeddings=lambda: None))
    monkeypatch.setattr(learned, "loss", fails)
    with pytest.raises(PrerequisiteError, match=text[:20]):
        learned.checked(None, None, 1)


def test_a_cpu_needs_no_deterministic_mode(tmp_path):
    with runtime(1, tmp_path):
        assert torch.are_deterministic_algorithms_enabled() is torch.cuda.is_available()


def test_threads_are_put_back(tmp_path):
    before = torch.get_num_threads()
    with runtime(before + 1, tmp_path):
        assert torch.get_num_threads() == before + 1
    assert torch.get_num_threads() == before
