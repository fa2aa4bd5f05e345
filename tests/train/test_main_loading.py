"""A divided model whose weights one process loads: the others have its parts, and hold no more."""

import os
import pickle
from multiprocessing import get_context

import msgspec
import pytest
import torch
from test_any_family import FAMILIES, write_random

from train import loading
from train.families import random_model
from train.live_memory import LiveMemory
from train.lora import add_adapters
from train.lora_config import LoraConfig
from train.main_loading import _form, _tensors, _without_content, beside, load_in_main
from train.sharding import shard, whole_state
from train.train_config import TINY_MICRO

DEEP = msgspec.structs.replace(TINY_MICRO, layers=8)


class _Tokens:
    eos_token_id, pad_token_id = 2, 0


def llama():
    torch.manual_seed(0)
    return random_model("llama", DEEP, _Tokens)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_model_of_any_family_is_made_without_content(family, tokenizer, tmp_path):
    model = loading.load_model(write_random(family, tokenizer, tmp_path / "m"), "bfloat16")
    empty = _without_content(pickle.loads(pickle.dumps(_form(model))))
    assert empty is not None
    assert {tensor.device.type for tensor in (*empty.parameters(), *empty.buffers())} == {"meta"}
    assert type(empty) is type(model)
    assert _tensors(empty) == _tensors(model)
    assert empty.training == model.training
    both = [beside(m) for m in (model, empty)]
    for network, inside in zip((model, empty), both, strict=True):
        with inside:
            add_adapters(network, "base", LoraConfig(rank=2), 0, ())
    assert _tensors(empty) == _tensors(model)
    assert {tensor.device.type for tensor in empty.parameters()} == {"meta"}


def test_new_rows_of_embeddings_are_in_the_form():
    model = llama()
    model.resize_token_embeddings(600, mean_resizing=False)
    empty = _without_content(_form(model))
    assert empty.get_input_embeddings().num_embeddings == 600
    assert empty.lm_head.weight is empty.get_input_embeddings().weight


@pytest.mark.parametrize(
    "change",
    [
        lambda model: setattr(model.model.layers[0], "kept", torch.ones(3)),
        lambda model: setattr(model.model, "table", [torch.ones(3)]),
        lambda model: setattr(model.lm_head, "weight", torch.nn.Parameter(torch.ones(512, 48))),
        lambda model: model.model.register_buffer("more", torch.ones(3)),
    ],
)
def test_a_model_that_its_config_does_not_make_is_told(change, monkeypatch):
    model = llama()
    change(model)
    kind = type(model)

    def made(config, dtype):
        empty = random_model("llama", DEEP, _Tokens)
        if hasattr(model.model, "table") or hasattr(model.model.layers[0], "kept"):
            change(empty)
        return empty

    assert _without_content(_form(llama())) is not None
    monkeypatch.setattr(kind, "_from_config", staticmethod(made))
    assert _without_content(_form(model)) is None


class _Held(LiveMemory):
    """Only of tensors that have content of their own."""

    def made(self, operation, args, made):
        if type(made) is torch.Tensor and not made.is_meta:
            super().made(operation, args, made)


def _rank(rank, folder, said, odd):
    """One of two processes: loads, divides, and says what it held and what it then has."""
    os.environ |= {"RANK": str(rank), "WORLD_SIZE": "2"}
    torch.distributed.init_process_group(
        "gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=2
    )
    torch.set_num_threads(1)
    loads = []

    def load():
        loads.append(rank)
        model = llama()
        if odd:
            model.model.register_buffer("more", torch.ones(3))
        return model

    model = load_in_main(load)
    live = _Held([])
    with live.counting():
        shard(model, "float32")
    expected = dict(load().named_parameters()) | dict(load().named_buffers())
    state = whole_state(model, keep=True)
    buffers = dict(model.named_buffers())
    same = all(torch.equal({**state, **buffers}[name], t) for name, t in expected.items())
    tied = model.lm_head.weight is model.model.embed_tokens.weight
    said.put((rank, loads[:-2], live.peak.total(), same, tied))
    torch.distributed.destroy_process_group()


def two_processes(folder, odd=False):
    context = get_context("spawn")
    said = context.SimpleQueue()
    processes = [context.Process(target=_rank, args=(n, folder, said, odd)) for n in range(2)]
    for process in processes:
        process.start()
    found = sorted(said.get() for _ in processes)
    for process in processes:
        process.join()
    return found


def test_one_process_loads_and_the_other_never_holds_more_than_its_half_and_a_block(tmp_path):
    (_, loads, _, same, tied), (_, others, held, same_there, tied_there) = two_processes(tmp_path)
    assert (loads, others) == ([0], [])
    assert (same, same_there, tied, tied_there) == (True, True, True, True)
    model = llama()
    whole = sum(weights.nbytes for weights in model.parameters())
    block = sum(weights.nbytes for weights in model.model.layers[0].parameters())
    root = model.model.embed_tokens.weight.nbytes + model.model.norm.weight.nbytes
    assert whole / 2 <= held < whole / 2 + max(block, root) + 4096
    assert held < 0.7 * whole


@pytest.mark.slow
def test_of_a_model_that_its_config_does_not_make_each_process_loads_all(tmp_path):
    (_, loads, _, same, _), (_, others, _, same_there, _) = two_processes(tmp_path, odd=True)
    assert (loads, others) == ([0], [1])
    assert (same, same_there) == (True, True)
