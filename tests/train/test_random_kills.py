"""SIGKILL at random moments of a training, of all weights and of adapters."""

import random
import signal
import subprocess
import sys
import time

import msgspec
import pytest
from adapter_checks import digest

from train.lora_config import LoraConfig
from train.trainer import train

TRAINING = """
import sys, msgspec
from pathlib import Path
from train.train_config import TrainConfig
from train.trainer import train

base, packed, out, work, config = sys.argv[1:]
def shown(step, steps, loss):
    print(step, flush=True)
train(model=Path(base), packed=Path(packed), seed=1, out=Path(out), work=Path(work),
      config=msgspec.json.decode(config, type=TrainConfig), on_progress=shown)
"""


@pytest.mark.slow
@pytest.mark.parametrize("rank", [0, 4])
def test_kills_at_random_steps_leave_the_weights_of_an_undisturbed_training(
    base, packed_folder, config, tmp_path, rank
):
    """Twenty times SIGKILL: right after a step, or while the next or a checkpoint is made."""
    shape = LoraConfig(rank=rank, dropout=0.1) if rank else LoraConfig()
    config = msgspec.structs.replace(config, steps=60, checkpoint_every=1, lora=shape)
    inputs = {"model": base, "packed": packed_folder, "config": config, "seed": 1}
    train(**inputs, out=tmp_path / "whole", work=tmp_path / "w1")
    draw, kills, begun = random.Random(rank), 0, []
    words = [sys.executable, "-c", TRAINING, base, packed_folder, tmp_path / "again",
             tmp_path / "w2", msgspec.json.encode(config).decode()]  # fmt: skip
    while kills < 20:
        steps, wait = draw.randint(1, 4), draw.choice([0, 0, draw.random() / 20])
        with subprocess.Popen([*map(str, words)], stdout=subprocess.PIPE, text=True) as process:
            found = [next(process.stdout, "") for _ in range(steps)]
            time.sleep(wait)
            process.kill()
        if process.returncode != -signal.SIGKILL:
            break
        kills += 1
        begun.append(int(found[0]))
    subprocess.run([*map(str, words)], check=True, stdout=subprocess.DEVNULL)
    assert kills >= 15
    assert begun == sorted(begun)
    assert begun[-1] > begun[0]
    assert digest(tmp_path / "again") == digest(tmp_path / "whole")
