"""Learned tokens a second and peak memory of fine-tuning, beside TRL, a padded batch and `Trainer`.

    python benchmarks/sft_throughput.py ROWS.jsonl TOKENIZER --trl PYTHON [--rounds 2] [--steps 3]
        [--max-tokens 1024] [--sequences 2] [--model small|smollm2] [--threads 1]
        [--sides ours,trl,padded,flattening]

ROWS are dialogues as `data convert --format` writes them, TOKENIZER is a folder with a fast
tokenizer (ChatML is used), PYTHON has `trl`. The rows are packed once by `train.packing`, and all
sides train the same rows of the same sequences, of one new model (its weights are no matter), each
in a process of its own; the sides take turns, round by round, in another order each time.

- `ours`: `train.loop`, one sequence at a time, in the environment that `ultralink-bench` gives its
  worker processes (`harness.engine.environment`: glibc keeps freed memory and takes large pages).
- `whole`: ours with all logits at once.
- `trl`: SFTTrainer, `packing` (bfd, without padding), its chunked loss (the default), one sequence
  at a time, which comes packed.
- `padded`: SFTTrainer without packing: the rows, four at a time.
- `flattening`: `transformers.Trainer` with DataCollatorWithFlattening: the rows, as many at a time
  as fill a sequence on average.

All have torch's fused AdamW with the same settings, and float32. Liger's kernels, TRL's other
choice, are Triton's and do not run on a CPU. The first step does not count. Learned tokens are
labels that are not -100. Time is processor time (with one thread; wall time is printed too), memory
is VmHWM less what the process had before the model was made; preparing data does not count. Prints
a JSON object a run, then medians as ratios.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SIDES = ("ours", "whole", "trl", "padded", "flattening")
OURS = ("ours", "whole")
SHAPES = {
    "tiny": (32, 2, 2, 1, 64),
    "small": (256, 8, 4, 2, 688),
    "smollm2": (576, 30, 9, 3, 1536),
}
"""Width, layers, heads, key and value heads, width of the MLP; embeddings are tied."""
PADDED_ROWS = 4


class StepTimes:
    """When steps end, by the clock of the processor and that of the wall."""

    def __init__(self) -> None:
        for library in ("transformers.trainer", "torch._dynamo"):
            import_module(library)  # does not count
        self.before = resident("VmRSS")
        self.forget_peak()
        self.ends: list[tuple[float, float]] = []

    def forget_peak(self) -> None:
        """What was in memory until now and is no longer does not count."""
        Path("/proc/self/clear_refs").write_text("5")

    def step(self, *_: Any) -> None:
        """A step has ended."""
        self.ends.append((time.process_time(), time.perf_counter()))

    def result(self, side: str, learned: list[int]) -> dict[str, Any]:
        """Rates over all steps but the first; `learned` tokens of each step."""
        if len(self.ends) < 2:
            sys.exit(f"{side}: one step tells nothing, as the first does not count: raise --steps")
        (cpu, wall), (cpu_end, wall_end) = self.ends[0], self.ends[-1]
        tokens = sum(learned[1:])
        return {
            "side": side,
            "learned tokens": tokens,
            "tokens/processor s": round(tokens / (cpu_end - cpu), 1),
            "tokens/s": round(tokens / (wall_end - wall), 1),
            "peak MB": round((resident("VmHWM") - self.before) / 2**20, 1),
        }


def resident(field: str) -> int:
    """Bytes of a field of /proc/self/status."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.partition(f"{field}:")[2].split()[0])


def new_model(shape: str, vocabulary: int) -> Any:
    """A Llama with random weights."""
    import torch
    from transformers import AutoModelForCausalLM, LlamaConfig

    hidden, layers, heads, kv_heads, inner = SHAPES[shape]
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=kv_heads,
        intermediate_size=inner,
        max_position_embeddings=8192,
        tie_word_embeddings=True,
    )
    return AutoModelForCausalLM.from_config(config, dtype=torch.float32)


Row = tuple[list[int], list[int]]
"""Ids and labels."""


def prepare(given: argparse.Namespace, path: Path) -> None:
    """Pack the rows; write the sequences of the run, in order, each as its rows."""
    from train.batches import IGNORED
    from train.loading import load_tokenizer
    from train.packing import pack
    from train.plan import schedule
    from train.train_config import TrainConfig
    from ultralink_data.dialogue import Dialogue, Provenance

    tokenizer = load_tokenizer(given.tokenizer)
    rows = [
        Dialogue(
            id=row["id"],
            language="en",
            kind="chat_agnostic",
            turns=tuple(row["turns"]),
            provenance=Provenance(source_id=row["id"]),
        )
        for row in map(json.loads, given.rows.open(encoding="utf-8"))
    ]
    data = pack(rows, tokenizer, max_tokens=given.max_tokens, template="chatml")
    recipe = TrainConfig(steps=given.steps + 1, sequences_per_step=given.sequences)
    order = schedule(data.sequences, recipe, 0).reshape(-1)
    found = []
    for index in order.tolist():
        spans = [(begin, end) for _, begin, end in data.segments(index)]
        ids = [data.ids[begin:end].tolist() for begin, end in spans]
        learned = [data.loss[begin:end].tolist() for begin, end in spans]
        found.append(
            [
                (row, [i if keep else IGNORED for i, keep in zip(row, mask, strict=True)])
                for row, mask in zip(ids, learned, strict=True)
            ]
        )
    # ChatML may add two tokens
    path.write_text(json.dumps({"vocabulary": len(tokenizer) + 2, "sequences": found}))


class GivenSequences:
    """The sequences of a run as `train.loop` asks for them."""

    def __init__(self, sequences: list[list[Row]]) -> None:
        self._sequences = sequences

    def __len__(self) -> int:
        return len(self._sequences)

    def __getitem__(self, slot: int) -> Any:
        """Ids, which are learned, and positions of a sequence."""
        import numpy as np

        from train.packed import TokenSequence

        rows = self._sequences[slot]
        ids = np.concatenate([row for row, _ in rows]).astype(np.int32)
        labels = np.concatenate([labels for _, labels in rows])
        positions = np.concatenate([np.arange(len(row)) for row, _ in rows]).astype(np.int32)
        return TokenSequence(ids, labels >= 0, positions)

    def learned(self, slots: range) -> int:
        """Learned tokens of these sequences."""
        return sum(int(self[slot].loss.sum()) for slot in slots)


def ours(given: argparse.Namespace, data: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Our trainer."""
    from train import row_attention
    from train.batches import collate, line_up
    from train.loop import make_trainer
    from train.runtime import runtime
    from train.train_config import TrainConfig

    recipe = TrainConfig(
        steps=given.steps + 1,
        sequences_per_step=given.sequences,
        max_tokens=given.max_tokens,
        checkpoint_every=-1,
        threads=given.threads,
    )
    batches: Any = GivenSequences(data["sequences"])
    times = StepTimes()
    model = new_model(given.model, data["vocabulary"])
    with runtime(given.threads, folder):
        trainer = make_trainer(
            model,
            batches,
            line_up if row_attention.install(model) else collate(0),
            config=recipe,
            seed=0,
            run=folder / "run",
            on_progress=times.step,
            on_evaluate=None,
        )
        if given.side == "whole":
            trainer.learned.in_parts = False
        trainer.go()
    slots = range(0, len(batches), given.sequences)
    learned = [batches.learned(range(at, at + given.sequences)) for at in slots]
    return times.result(given.side, learned)


def arguments(steps: int, rows: int, accumulate: int) -> dict[str, Any]:
    """The settings that both other trainers have."""
    return {
        "max_steps": steps,
        "per_device_train_batch_size": rows,
        "gradient_accumulation_steps": accumulate,
        "learning_rate": 2e-5,
        "optim": "adamw_torch_fused",
        "use_cpu": True,
        "bf16": False,
        "gradient_checkpointing": False,
        "report_to": "none",
        "logging_strategy": "no",
        "save_strategy": "no",
        "disable_tqdm": True,
        "dataloader_pin_memory": False,
    }


def counted(trainer: Any, times: StepTimes, side: str, rows: int) -> dict[str, Any]:
    """Train with a trainer of others; its batches' labels say what is learned."""
    from transformers import TrainerCallback

    seen: list[int] = []
    collator = trainer.data_collator

    def collated(batch: Any) -> Any:
        made = collator(batch)
        labels = made["labels"].clone()
        if "position_ids" in made:
            labels[made["position_ids"] == 0] = -100
        else:
            labels[:, 0] = -100
        seen.append(int((labels != -100).sum()))
        return made

    class End(TrainerCallback):
        """Notes the end of each step."""

        def on_step_end(self, *_: Any, **__: Any) -> None:
            times.step()

    trainer.data_collator = collated
    trainer.add_callback(End())
    times.forget_peak()
    trainer.train()
    steps = [sum(seen[at : at + rows]) for at in range(0, len(seen), rows)]
    return times.result(side, steps[: len(times.ends)])


def theirs(given: argparse.Namespace, data: dict[str, Any], folder: Path) -> dict[str, Any]:
    """TRL, packed or padded."""
    from datasets import Dataset
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast
    from trl import SFTConfig, SFTTrainer

    words = {"<pad>": 0, "<eos>": 1}
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(models.WordLevel(words, unk_token="<pad>")),
        pad_token="<pad>",
        eos_token="<eos>",
    )
    packed = given.side == "trl"
    rows = [row for sequence in data["sequences"] for row in sequence]
    parts = data["sequences"] if packed else [[row] for row in rows]
    names = enumerate(("input_ids", "labels"))
    table = {n: [[*chain.from_iterable(r[at] for r in part)] for part in parts] for at, n in names}
    if packed:
        table["seq_lengths"] = [[len(row) for row, _ in part] for part in parts]
    at_once, accumulate = (1, given.sequences) if packed else (PADDED_ROWS, 1)
    steps = given.steps + 1 if packed else len(rows) // PADDED_ROWS
    config = SFTConfig(
        output_dir=str(folder),
        packing=packed,
        max_length=given.max_tokens,
        dataset_kwargs={"skip_prepare_dataset": True},
        **arguments(steps, at_once, accumulate),
    )
    times = StepTimes()
    trainer = SFTTrainer(
        model=new_model(given.model, data["vocabulary"]),
        args=config,
        train_dataset=Dataset.from_dict(table),
        processing_class=tokenizer,
    )
    return counted(trainer, times, given.side, accumulate)


def flattening(given: argparse.Namespace, data: dict[str, Any], folder: Path) -> dict[str, Any]:
    """`Trainer` with the collator that puts rows end to end."""
    from transformers import DataCollatorWithFlattening, Trainer, TrainingArguments

    rows = [
        {"input_ids": row, "labels": labels}
        for sequence in data["sequences"]
        for row, labels in sequence
    ]
    at_once = max(1, round(len(rows) / len(data["sequences"])))
    steps = len(rows) // (at_once * given.sequences)
    times = StepTimes()
    trainer = Trainer(
        model=new_model(given.model, data["vocabulary"]),
        args=TrainingArguments(
            output_dir=str(folder),
            remove_unused_columns=False,
            **arguments(steps, at_once, given.sequences),
        ),
        train_dataset=rows,
        data_collator=DataCollatorWithFlattening(),
    )
    return counted(trainer, times, given.side, given.sequences)


def run_side(given: argparse.Namespace) -> None:
    """Train one side in this process."""
    import torch

    torch.set_num_threads(given.threads)
    sides = {"ours": ours, "whole": ours, "flattening": flattening}
    with tempfile.TemporaryDirectory() as folder:
        data = json.loads(given.data.read_text())
        found = sides.get(given.side, theirs)(given, data, Path(folder))
    print(json.dumps(found), flush=True)


def ratios(found: list[dict[str, Any]], first: str) -> Iterator[str]:
    """Medians of the first side over those of each other, with all rounds' own ratios."""
    by_side: dict[str, list[dict[str, Any]]] = {}
    for each in found:
        by_side.setdefault(each["side"], []).append(each)
    for side, runs in by_side.items():
        if side == first:
            continue
        for field in ("tokens/processor s", "tokens/s", "peak MB"):
            own = [each[field] for each in by_side[first]]
            other = [each[field] for each in runs]
            ratio = statistics.median(own) / statistics.median(other)
            rounds = ", ".join(f"{a / b:.2f}" for a, b in zip(own, other, strict=True))
            yield f"{first} / {side}, {field}: {ratio:.2f} (rounds: {rounds})"


def main(words: list[str] | None = None) -> None:
    """Run the sides in turns, or one of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", type=Path)
    parser.add_argument("tokenizer", type=Path)
    parser.add_argument("--trl", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--sequences", type=int, default=2)
    parser.add_argument("--max-tokens", type=int, default=1024)
    parser.add_argument("--model", choices=SHAPES, default="small")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--sides", default="ours,trl,padded,flattening")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(words)
    sys.path.insert(0, str(ROOT))
    if given.side:
        run_side(given)
        return
    with tempfile.TemporaryDirectory() as folder:
        given.data = Path(folder) / "data.json"
        prepare(given, given.data)
        take_turns(given)


def take_turns(given: argparse.Namespace) -> None:
    """Run each side in each round; print what they measured, and ratios."""
    from harness.engine.environment import worker_environment

    sides, found = given.sides.split(","), []
    options = ("data", "steps", "sequences", "max_tokens", "model", "threads")
    same = [f"--{name.replace('_', '-')}={getattr(given, name)}" for name in options]
    for round_ in range(given.rounds):
        for side in sides if round_ % 2 == 0 else sides[::-1]:
            python = given.trl if side in ("trl", "padded") else sys.executable
            command = [python, __file__, str(given.rows), str(given.tokenizer), *same]
            run = subprocess.run(
                [*command, "--side", side],
                env=worker_environment(given.threads) if side in OURS else None,
                capture_output=True,
                text=True,
                check=False,
            )
            if run.returncode:
                sys.exit(f"{side}: {run.stderr}")
            found.append(json.loads(run.stdout.splitlines()[-1]))
            print(json.dumps(found[-1]), flush=True)
    for line in ratios(found, sides[0]):
        print(line)


if __name__ == "__main__":
    main()
