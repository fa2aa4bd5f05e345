"""Utilisation of a GPU by full fine-tuning in bfloat16, with variable-length attention.

    python benchmarks/gpu_sft.py [--shape 1b|tiny] [--tokens 4096] [--sequences 4] [--steps 6]
        [--sides ours,trl] [--peak-tflops 989]

No files and no network: sequences are of made-up dialogues of 100 to 1,500 tokens, of which the
second half is learned, and the model is new. `ours` is a bare loop over our parts: packed
sequences end to end, `train.head_loss`, AdamW with float32 weights under autocast, and for
attention `flash_attention_2` where its package is, else torch's variable-length kernel behind
`transformers`' interface, else (on a CPU) `train.row_attention`. `trl` is SFTTrainer on the same
sequences with the same attention, where it is installed (on a CPU: the masked square).

Utilisation counts the products that were done: 6 a weight and token (8 with gradient
checkpointing), attention over each dialogue's own triangle, the output layer for learned tokens
only. Each side prints a JSON object; a side that cannot run says why.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SHAPES = {
    "1b": (2048, 16, 32, 8, 8192, 128_256),
    "tiny": (64, 2, 4, 2, 128, 20_000),
}
"""Width, layers, heads, key and value heads, MLP, vocabulary: 1b is that of Llama 3.2 1B."""
VARLEN = "packed_varlen"
ROWS = "row by row"


def lengths_of(tokens: int, seed: int) -> list[int]:
    """Tokens of the dialogues of a sequence; they fill it."""
    import random

    draw, lengths = random.Random(seed), []
    while (left := tokens - sum(lengths)) > 0:
        lengths.append(min(left, draw.randint(min(100, left), 1500)))
    return lengths


def sequences(given: argparse.Namespace, vocabulary: int) -> Iterator[dict[str, Any]]:
    """Made-up packed sequences without end: ids, labels and positions [1, tokens], and lengths."""
    import torch

    seed = 0
    while True:
        draw = torch.Generator().manual_seed(seed)
        lengths = lengths_of(given.tokens, seed)
        ids = torch.randint(vocabulary, (1, given.tokens), generator=draw)
        positions = torch.cat([torch.arange(length) for length in lengths])[None]
        half = torch.cat([torch.arange(length) >= max(length // 2, 1) for length in lengths])[None]
        labels = torch.where(half, ids, -100)
        yield {"ids": ids, "labels": labels, "positions": positions, "lengths": lengths}
        seed += 1


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


BOUNDS: list[tuple[Any, int]] = [(None, 0)]
"""Where the dialogues of the sequence in the model begin and end, and its longest."""
CAUSAL: dict[str, Any] = {}
"""How this torch's kernel is told that attention is causal."""


def attend(module: Any, query: Any, key: Any, value: Any, mask: Any, **_: Any) -> tuple[Any, None]:
    """Torch's attention of packed sequences, as `transformers` calls one."""
    import torch
    from torch.nn.attention.varlen import varlen_attn

    times = query.shape[1] // key.shape[1]
    # rotary embeddings leave float32 under autocast, which the kernel does not take
    q, k, v = (x[0].transpose(0, 1).to(torch.bfloat16) for x in (query, key, value))
    if times > 1:
        k, v = (x.repeat_interleave(times, 1) for x in (k, v))
    bounds, longest = BOUNDS[0]
    parts = (x.contiguous() for x in (q, k, v))
    found = varlen_attn(*parts, bounds, bounds, longest, longest, **CAUSAL)
    return found[None], None


def note_bounds(module: Any, inputs: Any, options: dict[str, Any]) -> None:
    """Before a forward pass: find where dialogues begin, from the positions [1, tokens]."""
    import torch

    positions = options["position_ids"][0]
    starts = (positions == 0).nonzero()[:, 0]
    end = starts.new_tensor([len(positions)])
    BOUNDS[0] = torch.cat([starts, end]).int(), int(positions.max()) + 1


def choose_attention(model: Any, device: str) -> str:
    """Give the model the fastest attention that is here; its name."""
    from importlib.util import find_spec
    from inspect import signature

    from train import row_attention

    if device == "cpu":
        return ROWS if row_attention.install(model) else "masked square"
    if find_spec("flash_attn"):
        model.set_attn_implementation("flash_attention_2")
        return "flash_attention_2"
    if not find_spec("torch.nn.attention.varlen"):
        return "masked square"
    from torch.nn.attention.varlen import varlen_attn
    from transformers import AttentionInterface, AttentionMaskInterface

    known = signature(varlen_attn).parameters
    CAUSAL.update({"is_causal": True} if "is_causal" in known else {"window_size": (-1, 0)})
    AttentionInterface.register(VARLEN, attend)
    AttentionMaskInterface.register(VARLEN, lambda *_, **__: None)
    model.set_attn_implementation(VARLEN)
    model.model.register_forward_pre_hook(note_bounds, with_kwargs=True)
    return "torch varlen_attn"


class GpuClock:
    """Seconds and peak memory of what runs on the device."""

    def __init__(self, device: str) -> None:
        self._device = device
        self.ends: list[float] = []

    def step(self) -> None:
        """A step has ended, on the device too."""
        import torch

        if self._device == "cuda":
            torch.cuda.synchronize()
        self.ends.append(time.perf_counter())

    def result(self, given: argparse.Namespace, side: str, done: float, **more: Any) -> Any:
        """Rates over all steps but the first two; `done` operations a step."""
        import torch

        seconds = self.ends[-1] - self.ends[1]
        steps = len(self.ends) - 2
        rate = steps * done / seconds / 1e12
        cuda = self._device == "cuda"
        return {
            "side": side,
            "device": torch.cuda.get_device_name() if cuda else "cpu",
            "tokens/s": round(steps * given.sequences * given.tokens / seconds, 1),
            "TFLOP/s": round(rate, 3),
            "MFU": round(rate / given.peak_tflops, 4) if cuda else None,
            "peak GB": round(torch.cuda.max_memory_allocated() / 2**30, 2) if cuda else None,
            **more,
        }


def ours(given: argparse.Namespace) -> dict[str, Any]:
    """Our parts in a bare loop."""
    import torch
    from transformers import AutoModelForCausalLM

    from train.head_loss import fits, summed_loss
    from train.row_attention import lined_up

    device = "cuda" if torch.cuda.is_available() else "cpu"
    config = config_of(given.shape)
    torch.manual_seed(0)
    with torch.device(device):
        model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    model.config.use_cache = False
    attention = choose_attention(model, device)
    if given.checkpointing:
        model.gradient_checkpointing_enable()
    model.train()
    in_parts = fits(model)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-5, fused=True)
    clock, done, data = GpuClock(device), 0.0, sequences(given, config.vocab_size)
    for step in range(given.steps + 2):
        batch = [next(data) for _ in range(given.sequences)]
        items = sum(int((row["labels"] != -100).sum()) for row in batch)
        done = 0.0
        for row in batch:
            lengths = row["lengths"]
            ids, labels, positions = (row[x].to(device) for x in ("ids", "labels", "positions"))
            inside = lined_up(positions) if attention == ROWS else nullcontext()
            with inside, torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
                found = model.model(input_ids=ids, position_ids=positions, use_cache=False)
                learned = labels[0, 1:] != -100
                hidden = found.last_hidden_state[0, :-1][learned]
                loss = summed_loss(hidden, model.lm_head.weight, labels[0, 1:][learned]) / items
            loss.backward()
            number = int((labels != -100).sum())
            done += work(config, lengths, number, checkpointing=given.checkpointing)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        clock.step()
        if step == 0 and device == "cuda":
            torch.cuda.reset_peak_memory_stats()
    return dict(clock.result(given, "ours", done, attention=attention, in_parts=in_parts))


def trl(given: argparse.Namespace) -> dict[str, Any]:
    """SFTTrainer on the same sequences, which come tokenised and packed."""
    import tempfile

    import torch
    from datasets import Dataset
    from tokenizers import Tokenizer, models
    from transformers import (
        AutoModelForCausalLM,
        PreTrainedTokenizerFast,
        TrainerCallback,
    )
    from trl import SFTConfig, SFTTrainer

    device = "cuda" if torch.cuda.is_available() else "cpu"
    config = config_of(given.shape)
    data = sequences(given, config.vocab_size)
    rows = [next(data) for _ in range((given.steps + 2) * given.sequences)]
    table = {
        "input_ids": [row["ids"][0].tolist() for row in rows],
        "labels": [row["labels"][0].tolist() for row in rows],
        "seq_lengths": [row["lengths"] for row in rows],
    }
    numbers = [int((row["labels"] != -100).sum()) for row in rows[-given.sequences :]]
    done = sum(
        work(config, row["lengths"], number, checkpointing=given.checkpointing)
        for row, number in zip(rows[-given.sequences :], numbers, strict=True)
    )
    words = {"<pad>": 0, "<eos>": 1}
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(models.WordLevel(words, unk_token="<pad>")),
        pad_token="<pad>",
        eos_token="<eos>",
    )
    torch.manual_seed(0)
    with torch.device(device):
        model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    attention = choose_attention(model, device) if device == "cuda" else "masked square"
    clock = GpuClock(device)

    class End(TrainerCallback):
        """Notes the end of each step."""

        def on_step_end(self, *_: Any, **__: Any) -> None:
            clock.step()

    with tempfile.TemporaryDirectory() as folder:
        trainer = SFTTrainer(
            model=model,
            args=SFTConfig(
                output_dir=folder,
                max_steps=given.steps + 2,
                per_device_train_batch_size=1,
                gradient_accumulation_steps=given.sequences,
                max_length=given.tokens,
                packing=True,
                dataset_kwargs={"skip_prepare_dataset": True},
                gradient_checkpointing=given.checkpointing,
                optim="adamw_torch_fused",
                learning_rate=1e-5,
                bf16=device == "cuda",
                use_cpu=device == "cpu",
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
    return dict(clock.result(given, "trl", done, attention=attention))


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
    sides = {"ours": ours, "trl": trl}
    for side in given.sides.split(","):
        if side == "trl" and not find_spec("trl"):
            print(json.dumps({"side": side, "skipped": "trl is not installed"}), flush=True)
            continue
        print(json.dumps(sides[side](given)), flush=True)


if __name__ == "__main__":
    main()
