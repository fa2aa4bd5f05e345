"""What goes wrong while a model trains: told in two lines, and nothing of the training is lost."""

import json
import shutil
import subprocess

import msgspec
import numpy as np
import pytest
import torch
from adapter_checks import digest
from small_disk import mounted
from train_samples import dialogue, dialogues
from transformers import AutoConfig

from train import checkpoints, loading
from train.lora_config import LoraConfig
from train.loss import LearnedOnly
from train.memory_advice import _smaller, advice, advised
from train.memory_plan import largest_batch, memory_plan
from train.packed import Packed
from train.packing import pack
from train.train_config import TrainConfig
from train.trainer import train
from ultralink_data.errors import ConfigError, DataError, PrerequisiteError


class Killed(Exception):
    pass


def kill_at(last):
    def die(step, *_):
        if step == last:
            raise Killed

    return die


def the_run(work):
    (run,) = (path for path in work.iterdir() if path.is_dir())
    return run


@pytest.fixture
def inputs(base, packed_folder, config):
    config = msgspec.structs.replace(config, checkpoint_every=2)
    return {"model": base, "packed": packed_folder, "config": config, "seed": 1}


def with_config(inputs, **changes):
    return inputs | {"config": msgspec.structs.replace(inputs["config"], **changes)}


# A damaged checkpoint


def flip(file):
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)


DAMAGES = {
    "a bit of the weights": lambda folder: flip(next(folder.glob("*.safetensors"))),
    "half of the optimiser": lambda folder: (folder / "optimizer.pt").write_bytes(b"half"),
    "no state": lambda folder: (folder / "trainer_state.json").unlink(),
    "no digests": lambda folder: (folder / checkpoints.DIGESTS_FILE).unlink(),
}


@pytest.mark.parametrize(
    ("damage", "rank"),
    [(damage, 0) for damage in DAMAGES] + [("a bit of the weights", 2)],
)
def test_from_a_damaged_checkpoint_goes_the_one_before_on_to_the_same_bits(
    inputs, tmp_path, damage, rank
):
    if rank:
        inputs = with_config(inputs, lora=LoraConfig(rank=rank))
    whole = train(**inputs, out=tmp_path / "whole", work=tmp_path / "w1")
    with pytest.raises(Killed):
        train(**inputs, out=tmp_path / "o", work=tmp_path / "w", on_progress=kill_at(5))
    run = the_run(tmp_path / "w")
    assert [step for step, _ in sorted(checkpoints._all(run))] == [2, 4]
    DAMAGES[damage](run / "checkpoint-4")
    found = train(**inputs, out=tmp_path / "o", work=tmp_path / "w")
    assert (found.resumed_from, found.damaged) == (2, (4,))
    assert found.losses == whole.losses
    assert digest(tmp_path / "o") == digest(tmp_path / "whole")


def test_where_all_checkpoints_are_damaged_the_training_begins_anew(inputs, tmp_path):
    with pytest.raises(Killed):
        train(**inputs, out=tmp_path / "o", work=tmp_path / "w", on_progress=kill_at(5))
    run = the_run(tmp_path / "w")
    for step in (2, 4):
        (run / f"checkpoint-{step}" / checkpoints.LOSSES_FILE).write_text("[]")
    assert checkpoints.usable(run) == (None, (4, 2))
    with pytest.raises(Killed):
        train(**inputs, out=tmp_path / "o", work=tmp_path / "w", on_progress=kill_at(3))
    assert checkpoints.usable(run) == ((2, run / "checkpoint-2"), ())


# No room


def test_a_disk_that_is_full_at_a_checkpoint_costs_none_of_those_before(inputs, tmp_path):
    inputs = with_config(inputs, steps=4, checkpoint_every=1)
    whole = train(**inputs, out=tmp_path / "whole", work=tmp_path / "w1")
    size = sum(f.stat().st_size for f in the_run(tmp_path / "w1").rglob("*") if f.is_file()) // 2
    with mounted(tmp_path / "small", f"size={int(1.5 * size) // 1024}k") as disk:
        with pytest.raises(PrerequisiteError, match=rf"cannot write {disk}/.*(No space|full disk)"):
            train(**inputs, out=tmp_path / "o", work=disk)
        assert not (tmp_path / "o").exists()
        assert checkpoints.usable(the_run(disk))[0][0] == 1
        larger = ["mount", "-o", f"remount,size={4 * size // 1024}k", str(disk)]
        subprocess.run(larger, check=True)
        found = train(**inputs, out=tmp_path / "o", work=disk)
    assert found.resumed_from == 1
    assert digest(tmp_path / "o") == digest(tmp_path / "whole")
    assert found.losses == whole.losses


def exhausted_cpu(*_):
    torch.empty(2**60)


def exhausted_gpu(*_):
    raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB. GPU 0 has")


def exhausted_python(*_):
    raise MemoryError


@pytest.mark.parametrize("exhausted", [exhausted_cpu, exhausted_gpu, exhausted_python])
def test_where_memory_runs_out_the_advice_is_computed(inputs, tmp_path, monkeypatch, exhausted):
    monkeypatch.setattr(LearnedOnly, "loss", exhausted)
    said = pytest.raises(PrerequisiteError, match=r"^out of memory: ")
    with said as caught, advised(**inputs):
        train(**inputs, out=tmp_path / "o", work=tmp_path / "w")
    hint = caught.value.hint
    now = float(hint.removeprefix("planned are ").split()[0])
    names = ("--micro-batch 1", "--gradient-checkpointing", "both", "--lora-rank 16 besides")
    numbers = [float(hint.partition(f"{name} ")[2].split(",")[0]) for name in names]
    assert all(number <= now for number in numbers)
    assert hint.endswith(", or take more devices with --shard")
    assert not (tmp_path / "o").exists()


# A loss that is no number


def test_a_loss_that_is_no_number_names_the_rows(inputs, tokenizer, tmp_path):
    """A base whose embedding of one token, which stands in one row only, is no number."""
    odd = msgspec.structs.replace(dialogue(3), id="odd", turns=("A sign: \u25c6.", "Yes."))
    packed = pack([*dialogues(), odd], tokenizer, max_tokens=400, template="chatml")
    packed.save(tmp_path / "packed")
    parts = [set(packed.sequence(index).ids.tolist()) for index in range(packed.sequences)]
    index, token = next(
        (index, token)
        for index, part in enumerate(parts)
        for token in sorted(part)
        if sum(token in other for other in parts) == 1
    )
    model = loading.load_model(inputs["model"])
    # Tied to the output layer, it would spoil every logit.
    model.config.tie_word_embeddings = False
    model.lm_head.weight = torch.nn.Parameter(model.lm_head.weight.detach().clone())
    with torch.no_grad():
        model.get_input_embeddings().weight[token] = float("nan")
    bad = tmp_path / "bad"
    model.save_pretrained(bad)
    loading.load_tokenizer(inputs["model"]).save_pretrained(bad)
    inputs = with_config(inputs, steps=12, checkpoint_every=1) | {"model": bad}
    with pytest.raises(DataError, match=r"^the loss of step \d+ of 12 is nan: \d+ of") as caught:
        train(**inputs | {"packed": tmp_path / "packed"}, out=tmp_path / "o", work=tmp_path / "w")
    run = the_run(tmp_path / "w")
    (file,) = run.glob("step-*-rows.jsonl")
    assert str(file) in caught.value.message
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    guilty = [row for row in rows if row["bad"]]
    assert 0 < len(guilty) < len(rows)
    assert any("\u25c6" in row["text"] for row in guilty)
    assert index in {row["sequence"] for row in guilty}
    assert len({row["sequence"] for row in guilty}) == inputs["config"].micro_batch
    assert all(row["text"].startswith("<|im_start|>user\n") for row in rows)
    step = int(file.name.split("-")[1])
    newest = checkpoints.newest(run)
    assert newest is None if step == 1 else newest[0] == step - 1


def test_a_loss_that_is_no_number_anywhere_blames_no_row(inputs, tmp_path):
    model = loading.load_model(inputs["model"])
    with torch.no_grad():
        model.model.norm.weight[0] = float("nan")
    bad = tmp_path / "bad"
    model.save_pretrained(bad)
    loading.load_tokenizer(inputs["model"]).save_pretrained(bad)
    inputs = with_config(inputs, packing=False)
    with pytest.raises(ConfigError, match="of step 1 of 6 is nan: the training has") as caught:
        train(**inputs | {"model": bad}, out=tmp_path / "o", work=tmp_path / "w")
    assert "lower train.learning_rate" in caught.value.hint
    (file,) = the_run(tmp_path / "w").glob("step-1-rows.jsonl")
    assert str(file) in caught.value.message
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert all(row["bad"] for row in rows)
    assert len({row["sequence"] for row in rows}) == inputs["config"].sequences_per_step


# Data that do not fit the model


def test_data_of_another_template_are_refused(inputs, base, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(base, other)
    (other / "chat_template.jinja").write_text(
        "{% for m in messages %}{{ m.role }}: {{ m.content }}<|endoftext|>{% endfor %}"
        "{% if add_generation_prompt %}assistant: {% endif %}"
    )
    inputs = with_config(inputs, template="auto")
    with pytest.raises(DataError, match=r"no dialogue .* '<\|endoftext\|>'") as caught:
        train(**inputs | {"model": other}, out=tmp_path / "o", work=tmp_path / "w")
    assert "pack the dataset again" in caught.value.hint
    assert not (tmp_path / "o").exists()


def test_the_last_learned_token_of_each_row_is_looked_at(packed_folder):
    packed = Packed.load(packed_folder)
    by_hand = [
        first + int(np.flatnonzero(packed.loss[first:end])[-1])
        for index in range(packed.sequences)
        for _, first, end in packed.segments(index)
    ]
    assert packed.last_learned.tolist() == by_hand


RECIPE = TrainConfig(gradient_checkpointing=True, sequences_per_step=4)
SMALLER = [
    ({}, ["--lora-rank 16"], "take more devices with --shard"),
    ({"lora": LoraConfig(rank=4)}, [], "take more devices with --shard"),
    ({"lora": LoraConfig(rank=4), "devices": 2}, ["--shard"], "take more devices with --shard"),
    ({"lora": LoraConfig(rank=4), "devices": 2, "shard": True}, [], "take more devices"),
    ({"devices": 2}, ["--shard", "--lora-rank 16"], "take more devices with --shard"),
    ({"devices": 2, "shard": True}, ["--lora-rank 16"], "take more devices"),
    ({"devices": 2, "optimizer": "adamw_8bit"}, ["--lora-rank 16"], "take a larger device"),
    (
        {"devices": 2, "shard": True, "micro_batch": 2},
        ["--micro-batch 1", "--lora-rank 16 besides"],
        "take more devices",
    ),
]


@pytest.mark.parametrize(("changes", "names", "last"), SMALLER)
def test_advice_names_recipes_that_can_be_trained(inputs, changes, names, last):
    recipe = msgspec.structs.replace(RECIPE, **changes)
    assert [how for how, _ in _smaller(recipe)] == names
    hint = advice(inputs["model"], Packed.load(inputs["packed"]), recipe, 1)
    assert hint.startswith("planned are ")
    assert hint.endswith(f", or {last}" if names else f"; {last}")
    assert (" with " in hint.removesuffix(last)) == bool(names)


def test_advice_for_a_divided_training_counts_what_one_device_holds(inputs, monkeypatch):
    monkeypatch.setattr("train.memory_advice._GIB", 1)
    packed = Packed.load(inputs["packed"])
    shape = AutoConfig.from_pretrained(inputs["model"])
    for changes, devices in (({}, 1), ({"devices": 2}, 1), ({"devices": 2, "shard": True}, 2)):
        recipe = msgspec.structs.replace(RECIPE, **changes)
        plan = memory_plan(shape, recipe, largest_batch(packed, recipe, 1))
        hint = advice(inputs["model"], packed, recipe, 1)
        assert hint.startswith(f"planned are {plan.of_each(devices):,.2f} GiB")
