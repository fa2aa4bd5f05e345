"""The planned memory of a training step beside the measured peak, on a CPU.

    python benchmarks/step_memory.py [--models llama,gemma,neox,mixtral,adapters,words]
        [--dtype bfloat16] [--as-it-is]

`mixtral` is a mixture of 8 experts, `adapters` the Llama with LoRA on all layers, `words` one with
32,768 tokens, whose logits are never all there. Each model has random weights and trains two steps
of two micro-batches by `train.loop`. Measured is the most resident memory of the process (VmHWM),
less what it had before the model was made; a first, smaller training has loaded all libraries by
then. The allocator gives freed memory back at once (MALLOC_MMAP_THRESHOLD_), so that the gaps
between small tensors do not count; `--as-it-is` leaves it as it is. Linux only. Prints a JSON
object a line.
"""

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
GIVEN_BACK = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "0"}
TOKENS = 512
"""Of a sequence: two dialogues, of which the second is learned."""
MICRO_BATCH = 2


def sizes(hidden: int, layers: int, vocabulary: int) -> dict[str, int]:
    """The arguments that the configs share."""
    return {
        "hidden_size": hidden,
        "intermediate_size": 2 * hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": 4,
        "vocab_size": vocabulary,
    }


def config_of(model: str, shared: dict[str, int]) -> Any:
    """The config of a family; each keeps other things for its backward pass."""
    from transformers import Gemma3TextConfig, GPTNeoXConfig, LlamaConfig, MixtralConfig

    if model == "neox":
        return GPTNeoXConfig(**shared)
    shared = shared | {"num_key_value_heads": 2}
    if model in ("llama", "adapters", "words"):
        return LlamaConfig(**shared)
    if model == "mixtral":
        return MixtralConfig(**shared, num_local_experts=8, num_experts_per_tok=2)
    layers = ["sliding_attention"] * (shared["num_hidden_layers"] - 1) + ["full_attention"]
    head = shared["hidden_size"] // 4
    return Gemma3TextConfig(**shared, head_dim=head, sliding_window=64, layer_types=layers)


class _Same:
    """The sequences of a run, all the same."""

    def __init__(self, tokens: int, slots: int) -> None:
        self._tokens, self._slots = tokens, slots

    def __len__(self) -> int:
        return self._slots

    def learned(self, slots: range) -> int:
        """Learned tokens of these slots."""
        return len(slots) * (self._tokens // 2)

    def __getitem__(self, slot: int) -> Any:
        import numpy as np

        from train.packed import TokenSequence

        half = np.arange(self._tokens // 2, dtype=np.int32)
        learned = np.repeat([False, True], len(half))
        return TokenSequence(np.full(self._tokens, 5, np.int32), learned, np.tile(half, 2))


def step(config: Any, recipe: Any, tokens: int, folder: Path) -> None:
    """Two steps of a new model, which is gone at the end."""
    import torch
    from transformers import AutoModelForCausalLM

    from train import lora, row_attention
    from train.batches import collate, line_up
    from train.loop import make_trainer
    from train.memory_plan import in_bfloat16
    from train.runtime import runtime

    held = torch.bfloat16 if in_bfloat16(recipe) else torch.float32
    model = AutoModelForCausalLM.from_config(config, dtype=held)
    collator = line_up if row_attention.install(model) else collate(0)
    if recipe.lora.rank:
        model = lora.add_adapters(model, "", recipe.lora, 0, ())
    with runtime(1, folder):
        trainer = make_trainer(
            model,
            _Same(tokens, 2 * recipe.sequences_per_step),
            collator,
            config=recipe,
            seed=0,
            run=folder / "run",
            on_progress=None,
            on_evaluate=None,
        )
        trainer.go()
    del trainer, model
    gc.collect()


def resident(field: str) -> int:
    """Bytes of a field of /proc/self/status."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(field + ":"))


def measured(model: str, dtype: Any, folder: Path) -> dict[str, Any]:
    """Plan and peak of one model, in bytes."""
    from train.lora_config import LoraConfig
    from train.memory_plan import MicroBatch, memory_plan
    from train.train_config import TrainConfig

    recipe = TrainConfig(
        steps=2,
        sequences_per_step=2 * MICRO_BATCH,
        micro_batch=MICRO_BATCH,
        precision=dtype,
        checkpoint_every=-1,
        lora=LoraConfig(rank=16 if model == "adapters" else 0),
    )
    config = config_of(model, sizes(256, 4, 32768 if model == "words" else 8192))
    half = TOKENS // 2
    batch = MicroBatch(((half, half),) * MICRO_BATCH, half * MICRO_BATCH)
    plan = memory_plan(config, recipe, batch)
    step(config_of(model, sizes(16, 2, 64)), recipe, 16, folder)
    before = resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    step(config, recipe, TOKENS, folder)
    peak = resident("VmHWM") - before
    return {"model": model, "planned": plan.total, "measured": peak, "of it": plan.total / peak}


def main() -> None:
    """Measure each model in this process, started again with the allocator's settings."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", default="llama,gemma,neox,mixtral,adapters,words")
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--as-it-is", action="store_true")
    given = parser.parse_args()
    if not given.as_it_is and "MALLOC_MMAP_THRESHOLD_" not in os.environ:
        sys.exit(
            subprocess.run([sys.executable, *sys.argv], env=os.environ | GIVEN_BACK).returncode
        )
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as folder:
        for model in given.models.split(","):
            print(json.dumps(measured(model, given.dtype, Path(folder))), flush=True)


if __name__ == "__main__":
    main()
