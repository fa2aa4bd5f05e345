"""Peak memory of tokenising and packing a release of many dialogues, and what a second run does.

    python benchmarks/pack_memory.py [--dialogues 20000,60000] [--max-tokens 1024] [--folder DIR]

The release is the starter set over and over, each time under other ids, as a dataset on the disk.
It is read and packed by `train.stream_packing` in a process of its own; after a fifth it is killed
once and started again. Measured is the most resident memory of that process (VmHWM). Prints a JSON
object a line; exit code 1 where a size passes 1,500 MB, or grows by over 1,000 bytes a dialogue.
`--dialogues 1100000` is the paper's release. Linux only.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BOUND = 1500
"""Megabytes (2**20 bytes)."""
GROWTH = 1000
"""Bytes that one more dialogue may take."""


def repeated() -> Iterator[Any]:
    """The starter's dialogues without end; each has an id of its own."""
    import msgspec

    from ultralink_data.starter.dialogues import starter_dialogues

    rows = [*starter_dialogues(0, 8)]
    for time_ in count():
        for row in rows:
            yield msgspec.structs.replace(row, id=f"{row.id}.{time_}")


def prepare(folder: Path, dialogues: int) -> None:
    """Write the dataset, and a tokenizer if there is none."""
    from train.micro_tokenizer import train_tokenizer
    from ultralink_data.starter.dialogues import base_texts
    from ultralink_data.store import dataset

    if not (folder / "tokenizer").exists():
        train_tokenizer(base_texts(0, 8), 2048, folder / "tokenizer")
    dataset.write(folder / "data", islice(repeated(), dialogues), recipe="repeated starter")


def pack(folder: Path, max_tokens: int) -> None:
    """Pack the dataset in this process; print progress, then the measurement."""
    from train.stream_packing import pack_into
    from ultralink_data.store import dataset
    from ultralink_data.tokenizer_loading import load_tokenizer

    began, start = time.process_time(), []

    def told(done: int) -> None:
        start.append(done)
        print(done, file=sys.stderr, flush=True)

    counts = pack_into(
        folder / "packed",
        dataset.stream(folder / "data"),
        load_tokenizer(folder / "tokenizer").tokenizer,
        work=folder / "work",
        max_tokens=max_tokens,
        template="chatml",
        on_progress=told,
    )
    status = Path("/proc/self/status").read_text()
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    found = {
        "dialogues": start[-1],
        "tokens": counts.tokens,
        "fill": round(counts.tokens / counts.sequences / counts.max_tokens, 4),
        "peak MB": round(peak, 1),
        "processor s": round(time.process_time() - began, 1),
    }
    print(json.dumps(found), flush=True)


def run(folder: Path, max_tokens: int, killed_after: int | None = None) -> dict[str, Any]:
    """Pack in a process of its own; what it measured, {} if it was killed."""
    words = [sys.executable, __file__, "--pack", str(folder), "--max-tokens", str(max_tokens)]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        said = []
        for line in process.stderr:
            said.append(line)
            if killed_after is not None and line.strip().isdigit() and int(line) >= killed_after:
                process.send_signal(signal.SIGKILL)
                return {}
        result = process.stdout.read()
    if process.wait():
        sys.exit("".join(said))
    return dict(json.loads(result))


def measured(folder: Path, dialogues: int, max_tokens: int) -> dict[str, Any]:
    """Peak memory and processor time of packing so many dialogues, and of doing so again."""
    for name in ("data", "work", "packed"):
        shutil.rmtree(folder / name, ignore_errors=True)
    prepare(folder, dialogues)
    run(folder, max_tokens, killed_after=dialogues // 5)
    found = run(folder, max_tokens)
    print(json.dumps(found), file=sys.stderr, flush=True)
    size = sum(path.stat().st_size for path in (folder / "work").iterdir())
    again = run(folder, max_tokens)
    found |= {"work MB": round(size / 2**20, 1), "again, processor s": again["processor s"]}
    print(json.dumps(found), flush=True)
    return found


def main() -> None:
    """Measure each size and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dialogues", default="20000,60000", help="sizes, with commas")
    parser.add_argument("--max-tokens", type=int, default=1024)
    parser.add_argument("--folder", type=Path, help="where there is room; the system's by default")
    parser.add_argument("--pack", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    if given.pack:
        pack(given.pack, given.max_tokens)
        return
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        sizes = [int(size) for size in given.dialogues.split(",")]
        found = [measured(Path(name), size, given.max_tokens) for size in sizes]
    peaks = [each["peak MB"] for each in found]
    grown = (peaks[-1] - peaks[0]) * 2**20
    more = sizes[-1] - sizes[0]
    sys.exit(max(peaks) > BOUND or (more >= 20_000 and grown > GROWTH * more))


if __name__ == "__main__":
    main()
