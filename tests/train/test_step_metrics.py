"""What is measured of a step, and the file of all steps."""

import math

import msgspec
import pytest
import torch

from train import checkpoints, loading
from train.packed import Packed
from train.plan import plan, schedule
from train.step_metrics import (
    StepClock,
    StepFile,
    StepMetrics,
    live,
    live_text,
    read_steps,
)
from train.train_config import TrainConfig
from train.trainer import train
from ultralink_data.about_files import METRICS


def step(number, **changes):
    usual = {
        "loss": 2.5,
        "learning_rate": 1e-3,
        "grad_norm": 0.75,
        "learned_tokens": 300,
        "seconds": 0.5,
        "memory_bytes": 3 * 2**29,
    }
    return StepMetrics(step=number, **usual | changes)


def test_a_step_in_words_begins_with_its_loss_and_averages_the_speed():
    steps = [step(1, learned_tokens=100), step(2, learned_tokens=1400)]
    assert live_text(steps[-1], steps) == (
        "loss 2.50; lr 0.001, gradient norm 0.75, 1,500 learned tokens/s, peak 1.5 GiB"
    )


def test_a_loss_that_is_no_number_is_said_and_is_null_in_the_file(tmp_path):
    now = step(1, loss=math.nan, grad_norm=math.inf, seconds=0.0)
    assert live_text(now, [now]).startswith("loss not a number; ")
    file = StepFile(tmp_path / METRICS, StepMetrics)
    file.append(now)
    (found,) = read_steps(tmp_path / METRICS, StepMetrics)
    assert (found.loss, found.grad_norm) == (None, None)


def test_the_speed_is_that_of_the_last_steps_only():
    said = []
    told = live(lambda *now: said.append(now))
    told(1, 30, step(1, seconds=1000.0))
    for number in range(2, 22):
        told(number, 30, step(number))
    assert said[0][0].endswith("0 learned tokens/s, peak 1.5 GiB")
    assert "600 learned tokens/s" in said[-1][0]
    assert said[-1][1:] == (21, 30)


def test_time_of_what_is_skipped_is_no_step_s():
    times = iter([0.0, 1.0, 5.0, 7.0])
    clock = StepClock(lambda: next(times))
    assert clock.lap() == 1.0
    clock.skip()
    assert clock.lap() == 2.0


def test_later_steps_and_a_cut_line_are_forgotten_when_a_run_goes_on(tmp_path):
    file = StepFile(tmp_path / METRICS, StepMetrics)
    file.go_on_after(0)
    assert not (tmp_path / METRICS).exists()
    for number in (1, 2, 3):
        file.append(step(number))
    with (tmp_path / METRICS).open("ab") as content:
        content.write(msgspec.json.encode(step(4))[:20])
    file.go_on_after(2)
    file.append(step(3, loss=1.0))
    found = read_steps(tmp_path / METRICS, StepMetrics)
    assert [(one.step, one.loss) for one in found] == [(1, 2.5), (2, 2.5), (3, 1.0)]


@pytest.mark.parametrize("clip", [1.0, 0.0])
def test_a_training_leaves_its_steps_as_they_were(base, packed_folder, config, tmp_path, clip):
    config = msgspec.structs.replace(config, max_grad_norm=clip, warmup_ratio=0.5)
    result = train(
        model=base, packed=packed_folder, config=config, seed=0, out=tmp_path / "o",
        work=tmp_path / "w",
    )  # fmt: skip
    found = read_steps(tmp_path / "o" / METRICS, StepMetrics)
    assert [one.step for one in found] == [1, 2, 3, 4, 5, 6]
    assert tuple(one.loss for one in found) == result.losses
    # Warm-up over three steps from 0, then a cosine over the other three.
    rates = [0, 1 / 3, 2 / 3, 1, (1 + math.cos(math.pi / 3)) / 2, (1 - math.cos(math.pi / 3)) / 2]
    assert [one.learning_rate for one in found] == pytest.approx([1e-3 * rate for rate in rates])
    seen = plan(Packed.load(packed_folder), config, 0)
    assert sum(one.learned_tokens for one in found) == seen.loss_tokens
    assert all(one.seconds > 0 and one.memory_bytes > 2**20 for one in found)
    assert all(one.grad_norm > 0.01 for one in found)


def test_the_norm_is_that_of_the_first_step_s_gradients(base, packed_folder, tmp_path):
    config = TrainConfig(
        learning_rate=1e-3, steps=1, sequences_per_step=1, max_tokens=400, template="chatml"
    )
    train(
        model=base, packed=packed_folder, config=config, seed=3, out=tmp_path / "o",
        work=tmp_path / "w",
    )  # fmt: skip
    (found,) = read_steps(tmp_path / "o" / METRICS, StepMetrics)
    data, model = Packed.load(packed_folder), loading.load_model(base)
    row = data.sequence(int(schedule(data.sequences, config, 3)[0, 0]))
    ids, positions = (torch.tensor(part[None].astype("int64")) for part in (row.ids, row.positions))
    labels = torch.where(torch.tensor(row.loss), ids, -100)
    logits = model(input_ids=ids, position_ids=positions, use_cache=False).logits
    loss = torch.nn.functional.cross_entropy(logits[0, :-1], labels[0, 1:])
    loss.backward()
    norms = [p.grad.norm() ** 2 for p in model.parameters() if p.grad is not None]
    assert found.loss == pytest.approx(loss.item(), rel=1e-4)
    assert found.grad_norm == pytest.approx(float(sum(norms)) ** 0.5, rel=1e-3)


def test_a_killed_run_has_each_step_once(base, packed_folder, config, tmp_path):
    config = msgspec.structs.replace(config, checkpoint_every=2)
    asked = {"model": base, "packed": packed_folder, "config": config, "seed": 1}

    class Stopped(Exception):
        pass

    def die(step, steps, now):
        if step == 5:
            raise Stopped

    with pytest.raises(Stopped):
        train(**asked, out=tmp_path / "o", work=tmp_path / "w", on_progress=die)
    run = checkpoints.run_folder(
        tmp_path / "w", loading.fingerprint(base), packed_folder, config, 1
    )
    assert [one.step for one in read_steps(run / METRICS, StepMetrics)] == [1, 2, 3, 4, 5]
    result = train(**asked, out=tmp_path / "o", work=tmp_path / "w")
    found = read_steps(tmp_path / "o" / METRICS, StepMetrics)
    assert [one.step for one in found] == [1, 2, 3, 4, 5, 6]
    assert tuple(one.loss for one in found) == result.losses
