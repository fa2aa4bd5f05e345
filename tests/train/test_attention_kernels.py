"""The kernels of a GPU, by stand-ins on a CPU: everything but the kernel itself."""

import inspect
import threading
from typing import get_args

import msgspec
import pytest
import torch
from kernel_stand_ins import Kernels
from test_row_attention import (
    SEQUENCES,
    SIZES,
    Ends,
    loss_and_gradients,
    model_of,
    plainly,
)
from torch.nn.attention import varlen

from train import attention_kernels, row_attention, trainer
from train.attention_kernels import (
    KERNELS,
    MASKED_SQUARE,
    PACKAGE,
    ROWS,
    TORCH,
    AttentionCall,
    Unfit,
    kernels_of,
    serves,
    torch_options,
)
from train.batches import collate, line_up
from train.families import WINDOW, Family, random_model
from train.row_attention import install, lined_up

CPU = torch.device("cpu")
CALL = AttentionCall(
    heads=4, kv_heads=2, size=16, value_size=16, scale=0.25, window=None, dropout=0.0
)
VERSIONS = ("torch_2_10", "torch_2_11", "torch_2_13", "package")


@pytest.fixture
def stand_in(monkeypatch):
    """Makes a stand-in of this version what this machine has, as if it were a GPU's."""

    def chosen(version, **options):
        kernels = Kernels(**options)
        own = getattr(kernels, version)
        here = {"_package": None, "_torch": None}
        here["_package" if version == "package" else "_torch"] = own
        for name, kernel in here.items():
            monkeypatch.setattr(attention_kernels, name, lambda kernel=kernel: kernel)
        monkeypatch.setattr(
            row_attention, "kernels_of", lambda _, precision: kernels_of("cuda", "bfloat16")
        )
        return kernels

    return chosen


@pytest.mark.parametrize("family", get_args(Family))
@pytest.mark.parametrize("version", VERSIONS[1:])
def test_loss_and_gradients_are_those_of_the_masked_square(family, version, stand_in):
    kernels = stand_in(version)
    model = model_of(family)
    expected, gradients = loss_and_gradients(model, [SEQUENCES], collate(0), plainly)
    assert install(model) == (PACKAGE if version == "package" else TORCH).said
    kernels.asked.clear()
    found, ours = loss_and_gradients(model, [SEQUENCES], line_up, lined_up)
    assert len(kernels.asked) == SIZES.layers
    assert found == pytest.approx(expected, rel=1e-6)
    for name, gradient in gradients.items():
        assert (ours[name] - gradient).norm() <= 1e-5 * gradient.norm() + 1e-9, name


def test_torch_2_10_serves_what_it_can_be_told(stand_in):
    kernels = stand_in("torch_2_10")
    assert install(model_of("llama")) == TORCH.said
    assert kernels.asked
    assert {"is_causal"} in kernels.asked
    for family in ("mistral", "gemma"):  # windows, of which it knows nothing
        model = model_of(family)
        assert install(model) is None
        assert model.config._attn_implementation == "sdpa"


@pytest.mark.parametrize("version", VERSIONS[1:])
def test_under_autocast_it_is_asked_in_16_bits(version, stand_in):
    kernels = stand_in(version, halves=True)
    model = model_of("gemma", checkpointing=True)
    half = torch.autocast("cpu", torch.bfloat16)
    with half:
        expected, gradients = loss_and_gradients(model, [SEQUENCES], collate(0), plainly)
    assert install(model)
    kernels.asked.clear()
    with half:
        found, ours = loss_and_gradients(model, [SEQUENCES], line_up, lined_up)
    assert len(kernels.asked) == 2 * SIZES.layers  # once more for the backward pass
    assert found == pytest.approx(expected, rel=2e-3)
    for name, gradient in gradients.items():
        assert (ours[name] - gradient).norm() <= 0.05 * gradient.norm() + 1e-9, name


@pytest.mark.parametrize("version", [None, "torch_2_13"])
def test_a_backward_pass_in_another_thread_knows_the_dialogues(version, stand_in, monkeypatch):
    """As on a GPU, where layers are computed again in a thread of autograd's own."""
    if version:
        stand_in(version)
    model = model_of("llama", checkpointing=True)
    expected, gradients = loss_and_gradients(model, [SEQUENCES], collate(0), plainly)
    assert install(model)
    backward = torch.Tensor.backward

    def elsewhere(loss):
        thread = threading.Thread(target=backward, args=(loss,))
        thread.start()
        thread.join()

    monkeypatch.setattr(torch.Tensor, "backward", elsewhere)
    found, ours = loss_and_gradients(model, [SEQUENCES], line_up, lined_up)
    assert found == pytest.approx(expected, rel=1e-6)
    for name, gradient in gradients.items():
        assert (ours[name] - gradient).norm() <= 1e-5 * gradient.norm() + 1e-9, name


@pytest.mark.parametrize(("most", "taken"), [(256, True), (128, False)])
def test_heads_of_256_train_where_the_kernel_takes_them(most, taken, stand_in):
    from transformers import Gemma3ForCausalLM, Gemma3TextConfig

    stand_in("torch_2_11", most=most)
    config = Gemma3TextConfig(
        vocab_size=99,
        hidden_size=32,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=256,
        sliding_window=8,
        query_pre_attn_scalar=64,
        layer_types=["sliding_attention", "full_attention"],
    )
    model = Gemma3ForCausalLM._from_config(config, attn_implementation="sdpa")
    assert install(model) == (TORCH.said if taken else None)
    assert model.config._attn_implementation == (TORCH.name if taken else "sdpa")


def test_capped_scores_train_as_a_masked_square(stand_in):
    from transformers import Gemma2Config, Gemma2ForCausalLM

    sizes = {"vocab_size": 99, "hidden_size": 32, "num_hidden_layers": 1, "intermediate_size": 32}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 16}
    capped = Gemma2Config(**sizes, **heads, attn_logit_softcapping=50.0)
    for version in ("torch_2_13", "package"):
        stand_in(version)
        assert install(Gemma2ForCausalLM._from_config(capped, attn_implementation="sdpa")) is None


def test_dropout_is_asked_only_of_what_has_it(stand_in):
    torch.manual_seed(0)
    model = random_model("llama", SIZES, Ends)
    for layer in model.model.layers:
        layer.self_attn.attention_dropout = 0.1
    stand_in("torch_2_13")
    assert install(model) is None


@pytest.mark.parametrize("kernel", [TORCH, PACKAGE])
def test_what_is_not_here_is_not_used(kernel, monkeypatch):
    """Torch's own has no form for a CPU; the package is not asked of tests."""
    monkeypatch.setattr(attention_kernels, "_package", lambda: None)
    monkeypatch.setattr(row_attention, "kernels_of", lambda *_: (kernel,))
    model = model_of("llama")
    assert install(model) is None
    assert model.config._attn_implementation == "sdpa"


def test_the_second_best_is_taken_where_the_best_fails(stand_in, monkeypatch):
    stand_in("torch_2_13")

    def broken(*given, **_):
        return torch.zeros_like(given[0])

    monkeypatch.setattr(attention_kernels, "_package", lambda: broken)
    assert kernels_of("cuda", "bfloat16") == (PACKAGE, TORCH)
    assert install(model_of("llama")) == TORCH.said


def wrong(how):
    """A kernel that is wrong in one respect."""

    def attend(query, key, value, line, call):
        if how == "window":
            call = call._replace(window=call.window + 1)
        elif how == "scale":
            call = call._replace(scale=call.scale * 1.1)
        elif how == "dialogues":
            line = line._replace(lengths=(sum(line.lengths),))
        elif how == "gradients":
            value = value.detach() * 0.9 + value * 0.1
        return ROWS.attend(query, key, value, line, call)

    return ROWS._replace(attend=attend)


@pytest.mark.parametrize("how", ["", "window", "scale", "dialogues", "gradients"])
def test_a_kernel_that_is_wrong_does_not_serve(how):
    calls = [CALL, CALL._replace(window=WINDOW)]
    assert serves(wrong(how), calls[how == "window" :], CPU) == (not how)


def test_the_arguments_are_those_of_this_torch():
    """`known` of torch 2.11 and 2.10 stand in its documentation."""
    known = inspect.signature(varlen.varlen_attn).parameters
    stand_in = inspect.signature(Kernels().torch_2_13).parameters
    assert [*stand_in] == [*known]
    assert torch_options(known, CALL) == {
        "scale": 0.25,
        "window_size": (-1, 0),
        "enable_gqa": True,
    }
    windowed = CALL._replace(window=8, kv_heads=4)
    assert torch_options(known, windowed) == {
        "scale": 0.25,
        "window_size": (7, 0),
        "enable_gqa": False,
    }
    assert torch_options(["is_causal"], CALL) == {"is_causal": True}
    refused = [windowed, CALL._replace(scale=0.3), CALL._replace(dropout=0.1)]
    for call in [*refused, CALL._replace(value_size=8)]:
        with pytest.raises(Unfit):
            torch_options(["is_causal"], call)


@pytest.mark.parametrize(
    ("device", "precision", "expected"),
    [
        ("cpu", "float32", (ROWS,)),
        ("cpu", "bfloat16", (ROWS,)),
        ("cuda", "bfloat16", (TORCH,)),
        ("cuda", "float32", ()),
        ("mps", "bfloat16", ()),
    ],
)
def test_each_device_has_its_own(device, precision, expected, monkeypatch):
    monkeypatch.setattr(attention_kernels, "_package", lambda: None)
    assert kernels_of(device, precision) == expected


def test_names_are_not_taken_for_flash_attention():
    """`transformers` looks for that word, and then asks for the package."""
    assert not any("flash" in kernel.name for kernel in KERNELS)


def test_a_whole_training_says_what_computed_its_attention(
    base, packed_folder, config, tmp_path, stand_in
):
    recipe = msgspec.structs.replace(config, precision="bfloat16", gradient_checkpointing=True)
    results = []
    for name in ("ours", "plain"):
        places = {"out": tmp_path / name, "work": tmp_path / f"{name}-work"}
        if name == "ours":
            kernels = stand_in("torch_2_11", halves=True)
        else:
            stand_in("torch_2_11", most=1)
        given = {"model": base, "packed": packed_folder, "config": recipe, "seed": 0}
        results.append(trainer.train(**given, **places))
    assert kernels.asked
    assert [result.attention for result in results] == [TORCH.said, MASKED_SQUARE]
    assert results[0].losses == pytest.approx(results[1].losses, rel=5e-3)
    assert results[0].account.padded <= results[1].account.padded
