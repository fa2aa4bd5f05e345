"""Rows a second from JSONL to packed tokens, ours beside TRL's SFTTrainer on the same rows.

    python benchmarks/pack_throughput.py ROWS.jsonl TOKENIZER --trl PYTHON [--rounds 3]
        [--times 1] [--max-tokens 1024] [--sides ours,trl]

ROWS are dialogues as `data convert --format` writes them, TOKENIZER is a folder; ChatML is used.
`ours` packs by `train.stream_packing`, `trl` is what SFTTrainer does with a dataset before it
trains: `datasets.load_dataset`, tokenise, mask, pack (bfd_split, assistant_only_loss), in one
process, which is the faster for so few rows. Each side runs in a process of its own, in turns. Time
is processor time of the process from the first byte read, with libraries loaded. `--times`
repeats the rows under other ids, which flatters the side that keeps words: ours. Prints a JSON
object a run, then ratios of the medians.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MARKED = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' }}"
    "{% if message['role'] == 'assistant' %}{% generation %}"
    "{{ message['content'] + '<|im_end|>' }}{% endgeneration %}{{ '\n' }}"
    "{% else %}{{ message['content'] + '<|im_end|>\n' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
"""ChatML with the marks that TRL needs."""


def repeated(path: Path, times: int) -> Iterator[dict[str, Any]]:
    """The turns of the rows of a file, so many times."""
    for _ in range(times):
        with path.open(encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                yield row["turns"]


def dialogues(path: Path, times: int) -> Iterator[Any]:
    """The rows of a file, so many times, under other ids, as a dataset's rows are read."""
    import msgspec

    from ultralink_data.dialogue import Dialogue

    decoder = msgspec.json.Decoder(Dialogue)
    for number in range(times):
        with path.open("rb") as file:
            for line in file:
                row = decoder.decode(line)
                yield msgspec.structs.replace(row, id=f"{row.id}.{number}")


def ours(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Pack by our own way."""
    from train.loading import load_tokenizer
    from train.stream_packing import pack_into

    tokenizer = load_tokenizer(given.tokenizer)
    began = time.process_time(), time.perf_counter()
    counts = pack_into(
        folder / "packed",
        dialogues(given.rows, given.times),
        tokenizer,
        work=folder / "work",
        max_tokens=given.max_tokens,
        template="chatml",
    )
    rows = sum(cell.dialogues for cell in counts.cells)
    return measured("ours", began, rows, counts.tokens, counts.sequences * given.max_tokens)


def trl(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """What SFTTrainer makes of the rows before it trains."""
    import datasets
    from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig
    from trl import SFTConfig, SFTTrainer

    datasets.disable_progress_bars()
    tokenizer = AutoTokenizer.from_pretrained(given.tokenizer)
    tokenizer.chat_template = MARKED
    shape = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1}
    config = LlamaConfig(vocab_size=len(tokenizer), num_attention_heads=2, **shape)
    model = AutoModelForCausalLM.from_config(config)
    roles, file = ("user", "assistant"), folder / "rows.jsonl"
    with file.open("w", encoding="utf-8") as out:
        for turns in repeated(given.rows, given.times):
            messages = [{"role": roles[at % 2], "content": turn} for at, turn in enumerate(turns)]
            out.write(json.dumps({"messages": messages}, ensure_ascii=False) + "\n")
    settings = SFTConfig(
        output_dir=str(folder / "out"),
        max_length=given.max_tokens,
        packing=True,
        packing_strategy="bfd_split",
        assistant_only_loss=True,
        report_to="none",
        use_cpu=True,
        bf16=False,
    )
    began = time.process_time(), time.perf_counter()
    data = datasets.load_dataset(
        "json", data_files=str(file), split="train", cache_dir=str(folder / "cache")
    )
    trainer = SFTTrainer(model=model, args=settings, train_dataset=data, processing_class=tokenizer)
    packed = trainer.train_dataset
    end = measured("trl", began, len(data), 1, 1)
    tokens = sum(map(len, packed["input_ids"]))
    return end | {"tokens": tokens, "fill": round(tokens / len(packed) / given.max_tokens, 4)}


def measured(
    side: str, began: tuple[float, float], rows: int, tokens: int, room: int
) -> dict[str, Any]:
    """What a side did since it began."""
    cpu, wall = time.process_time() - began[0], time.perf_counter() - began[1]
    return {
        "side": side,
        "rows": rows,
        "tokens": tokens,
        "fill": round(tokens / room, 4),
        "rows/processor s": round(rows / cpu, 1),
        "rows/s": round(rows / wall, 1),
    }


def main(words: list[str] | None = None) -> None:
    """Run the sides in turns, or one of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", type=Path)
    parser.add_argument("tokenizer", type=Path)
    parser.add_argument("--trl", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--max-tokens", type=int, default=1024)
    parser.add_argument("--sides", default="ours,trl")
    parser.add_argument("--side", choices=("ours", "trl"), help=argparse.SUPPRESS)
    given = parser.parse_args(words)
    if given.side:
        sys.path.insert(0, str(ROOT))
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps({"ours": ours, "trl": trl}[given.side](given, Path(folder))))
        return
    sides = given.sides.split(",")
    found: dict[str, list[dict[str, Any]]] = {side: [] for side in sides}
    same = [str(given.rows), str(given.tokenizer)]
    same += [f"--times={given.times}", f"--max-tokens={given.max_tokens}"]
    for round_ in range(given.rounds):
        for side in sides if round_ % 2 == 0 else sides[::-1]:
            python = given.trl if side == "trl" else sys.executable
            command = [python, __file__, *same, "--side", side]
            run = subprocess.run(command, capture_output=True, text=True, check=False)
            if run.returncode:
                sys.exit(f"{side}: {run.stderr}")
            found[side].append(json.loads(run.stdout.splitlines()[-1]))
            print(json.dumps(found[side][-1]), flush=True)
    first, *others = sides
    for side in others:
        for field in ("rows/processor s", "rows/s"):
            one, two = ([each[field] for each in found[s]] for s in (first, side))
            ratio = statistics.median(one) / statistics.median(two)
            print(f"{first} / {side}, {field}: {ratio:.2f}")


if __name__ == "__main__":
    main()
