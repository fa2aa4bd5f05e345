"""Utilisation of a GPU by full fine-tuning in bfloat16, with variable-length attention.

    python benchmarks/gpu_sft.py [--shape 1b|tiny] [--tokens 4096] [--sequences 4] [--steps 6]
        [--sides ours,trl] [--peak-tflops 989]

No files and no network: sequences are of made-up dialogues of 100 to 1,500 tokens, of which the
second half is learned, and the model is new. `ours` is the trainer that `ultralink-bench train`
runs (`train.loop.make_trainer`, in `train.runtime`, which makes sums on a GPU reproducible; `any`
is the same without that), with float32 weights under autocast in bfloat16 and fused AdamW.
`trl` is SFTTrainer on the same sequences, where it is installed, with the attention that ours
chose on a GPU (`train.attention_kernels`), and on a CPU its own.

Utilisation counts the products that were done: 6 a weight and token (8 with gradient
checkpointing), attention over each dialogue's own triangle, the output layer for learned tokens
only. Each side prints a JSON object; a side that cannot run says why.
"""

import argparse
import json
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SHAPES = {
    "1b": (2048, 16, 32, 8, 8192, 128_256),
    "tiny": (64, 2, 4, 2, 128, 20_000),
}
"""Width, layers, heads, key and value heads, MLP, vocabulary: 1b is that of Llama 3.2 1B."""
WARM = 2
"""The first steps, which are not measured."""


def lengths_of(tokens: int, seed: int) -> list[int]:
    """Tokens of the dialogues of a sequence; they fill it."""
    import random

    draw, lengths = random.Random(seed), []
    while (left := tokens - sum(lengths)) > 0:
        lengths.append(min(left, draw.randint(min(100, left), 1500)))
    return lengths


class MadeUp:
    """Made-up packed sequences, as `train.batches.Batches`; `dialogues` are their lengths."""

    def __init__(self, given: argparse.Namespace, vocabulary: int) -> None:
        self._rows = []
        self.dialogues = []
        for seed in range((given.steps + WARM) * given.sequences):
            lengths = lengths_of(given.tokens, seed)
            self.dialogues.append(lengths)
            self._rows.append(sequence(lengths, vocabulary, seed))

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, slot: int) -> Any:
        return self._rows[slot]

    def learned(self, slots: range) -> int:
        """Learned tokens of these sequences."""
        return sum(int(self._rows[slot].loss.sum()) for slot in slots)

    def work(self, config: Any, given: argparse.Namespace) -> float:
        """Floating-point operations of all steps that are measured."""
        counted = range(WARM * given.sequences, len(self))
        return sum(
            work(
                config,
                self.dialogues[slot],
                self.learned(range(slot, slot + 1)),
                checkpointing=given.checkpointing,
            )
            for slot in counted
        )


def sequence(lengths: list[int], vocabulary: int, seed: int) -> Any:
    """A `train.packed.TokenSequence` of random tokens."""
    import numpy as np

    from train.packed import TokenSequence

    ids = np.random.default_rng(seed).integers(2, vocabulary, sum(lengths), np.int32)
    positions = np.concatenate([np.arange(length, dtype=np.int32) for length in lengths])
    half = np.concatenate([np.arange(length) >= max(length // 2, 1) for length in lengths])
    return TokenSequence(ids, half, positions)


def config_of(shape: str) -> Any:
    """The config of a Llama."""
    from transformers import LlamaConfig

    hidden, layers, heads, kv_heads, inner, vocabulary = SHAPES[shape]
    return LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=kv_heads,
        intermediate_size=inner,
        max_position_embeddings=131_072,
        tie_word_embeddings=True,
    )


def work(config: Any, lengths: list[int], learned: int, *, checkpointing: bool) -> float:
    """Floating-point operations of one sequence, forward and backward."""
    head = config.hidden_size // config.num_attention_heads
    heads = config.num_attention_heads + config.num_key_value_heads
    layer = 2 * config.hidden_size * head * heads
    layer += 3 * config.hidden_size * config.intermediate_size
    body = 2 * layer * sum(lengths)
    # A token meets those up to itself, in two products of 2 operations a number.
    body += sum(4 * config.hidden_size * length * (length + 1) / 2 for length in lengths)
    last = 2 * config.hidden_size * config.vocab_size * learned
    return float((4 if checkpointing else 3) * body * config.num_hidden_layers + 3 * last)


class GpuClock:
    """Seconds and peak memory of what runs on the device."""

    def __init__(self) -> None:
        self.ends: list[float] = []

    def step(self, *_: Any) -> None:
        """A step has ended, on the device too."""
        import torch

        if torch.cuda.is_available():
            torch.cuda.synchronize()
        self.ends.append(time.perf_counter())
        if len(self.ends) == 1 and torch.cuda.is_available():
            torch.cuda.reset_peak_memory_stats()

    def result(self, given: argparse.Namespace, side: str, done: float, attention: str) -> Any:
        """Rates over the steps that are measured, which are `done` operations."""
        import torch

        seconds = self.ends[-1] - self.ends[WARM - 1]
        rate = done / seconds / 1e12
        cuda = torch.cuda.is_available()
        return {
            "side": side,
            "device": torch.cuda.get_device_name() if cuda else "cpu",
            "attention": attention,
            "tokens/s": round(given.steps * given.sequences * given.tokens / seconds, 1),
            "TFLOP/s": round(rate, 3),
            "MFU": round(rate / given.peak_tflops, 4) if cuda else None,
            "peak GB": round(torch.cuda.max_memory_allocated() / 2**30, 2) if cuda else None,
        }


def new_model(given: argparse.Namespace) -> Any:
    """A model with random weights, on the device."""
    import torch
    from transformers import AutoModelForCausalLM

    torch.manual_seed(0)
    with torch.device("cuda" if torch.cuda.is_available() else "cpu"):
        return AutoModelForCausalLM.from_config(config_of(given.shape), dtype=torch.float32)


def ours(given: argparse.Namespace, *, repeatable: bool = True) -> dict[str, Any]:
    """Our trainer."""
    import tempfile

    import torch

    from train import row_attention
    from train.attention_kernels import MASKED_SQUARE
    from train.batches import collate, line_up
    from train.loop import make_trainer
    from train.runtime import runtime
    from train.train_config import TrainConfig

    recipe = TrainConfig(
        steps=given.steps + WARM,
        sequences_per_step=given.sequences,
        micro_batch=1,
        max_tokens=given.tokens,
        precision="bfloat16" if torch.cuda.is_available() else "float32",
        gradient_checkpointing=given.checkpointing,
        optimizer="adamw_fused",
        checkpoint_every=-1,
        threads=torch.get_num_threads(),
    )
    model, clock = new_model(given), GpuClock()
    batches: Any = MadeUp(given, model.config.vocab_size)
    with tempfile.TemporaryDirectory() as name, runtime(recipe.threads, Path(name)):
        torch.use_deterministic_algorithms(repeatable and torch.cuda.is_available())
        attention = row_attention.install(model, recipe.precision)
        trainer = make_trainer(
            model,
            batches,
            line_up if attention else collate(0),
            config=recipe,
            seed=0,
            run=Path(name) / "run",
            on_progress=clock.step,
            on_evaluate=None,
        )
        trainer.go()
    side = "ours" if repeatable else "any"
    found = clock.result(given, side, batches.work(model.config, given), attention or MASKED_SQUARE)
    return {**found, "in parts": trainer.learned.in_parts}


def trl(given: argparse.Namespace) -> dict[str, Any]:
    """SFTTrainer on the same sequences, which come tokenised and packed."""
    import tempfile
    from contextlib import nullcontext

    import torch
    from datasets import Dataset
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast, TrainerCallback
    from trl import SFTConfig, SFTTrainer

    from train import row_attention

    model, clock = new_model(given), GpuClock()
    rows = MadeUp(given, model.config.vocab_size)
    table = {
        "input_ids": [row.ids.tolist() for row in rows],
        "labels": [[*map(int, (row.ids * row.loss - 100 * ~row.loss))] for row in rows],
        "seq_lengths": rows.dialogues,
    }
    words = {"<pad>": 0, "<eos>": 1}
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(models.WordLevel(words, unk_token="<pad>")),
        pad_token="<pad>",
        eos_token="<eos>",
    )
    cuda = torch.cuda.is_available()
    attention = row_attention.install(model, "bfloat16") if cuda else None

    class InLine(SFTTrainer):  # type: ignore[misc]  # mypy does not see into trl
        """With the attention that ours has."""

        def training_step(self, network: Any, inputs: Any, *args: Any, **options: Any) -> Any:
            inside = row_attention.lined_up(inputs["position_ids"]) if attention else nullcontext()
            with inside:
                return super().training_step(network, inputs, *args, **options)

    class End(TrainerCallback):  # type: ignore[misc]
        """Notes the end of each step."""

        def on_step_end(self, *_: Any, **__: Any) -> None:
            clock.step()

    with tempfile.TemporaryDirectory() as folder:
        trainer = InLine(
            model=model,
            args=SFTConfig(
                output_dir=folder,
                max_steps=given.steps + WARM,
                per_device_train_batch_size=1,
                gradient_accumulation_steps=given.sequences,
                max_length=given.tokens,
                packing=True,
                dataset_kwargs={"skip_prepare_dataset": True},
                gradient_checkpointing=given.checkpointing,
                optim="adamw_torch_fused",
                learning_rate=1e-5,
                bf16=cuda,
                use_cpu=not cuda,
                report_to="none",
                logging_strategy="no",
                save_strategy="no",
                disable_tqdm=True,
            ),
            train_dataset=Dataset.from_dict(table),
            processing_class=tokenizer,
            callbacks=[End()],
        )
        trainer.train()
    # its sampler shuffles: the work of its steps is that of as many on average
    done = rows.work(model.config, given)
    return dict(clock.result(given, "trl", done, attention or "its own"))


def main(words: list[str] | None = None) -> None:
    """Measure each side that is installed."""
    from importlib.util import find_spec

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shape", choices=SHAPES, default="1b")
    parser.add_argument("--tokens", type=int, default=4096)
    parser.add_argument("--sequences", type=int, default=4)
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--sides", default="ours,trl")
    parser.add_argument("--checkpointing", action="store_true")
    parser.add_argument("--peak-tflops", type=float, default=989.0)
    given = parser.parse_args(words)
    sys.path.insert(0, str(ROOT))
    sides = {"ours": ours, "any": partial(ours, repeatable=False), "trl": trl}
    for side in given.sides.split(","):
        if side == "trl" and not find_spec("trl"):
            print(json.dumps({"side": side, "skipped": "trl is not installed"}), flush=True)
            continue
        print(json.dumps(sides[side](given)), flush=True)


if __name__ == "__main__":
    main()
