"""Peak memory of the stages before packing, on datasets of many dialogues.

    python benchmarks/data_memory.py [--dialogues 60000,240000] [--stages import,mixture,...]
        [--folder DIR]

Dialogues are of 40 to 160 words drawn from the starter set's, no two alike, and five of a source.
`import` copies them into the store, `mixture` draws one of its two halves with weights and a budget
of tokens, `held-out` and `without` part it as `train --validation 0.02` does. Each runs in a
process of its own; measured is the most resident memory (VmHWM). Prints a JSON object a line; exit
code 1 where a stage passes 1,500 MB or grows by over 1,000 bytes a dialogue. Linux only.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
STAGES = ("import", "mixture", "held-out", "without")
LANGUAGES = ("en", "zh", "es", "fr", "ru")
SHARE = 0.02


@cache
def known_words() -> list[str]:
    """The words of the starter set's base text."""
    from ultralink_data.starter.dialogues import base_texts

    return sorted({word for text in base_texts(0, 8) for word in text.split()})


def made_up(numbers: range) -> Iterator[Any]:
    """Dialogues with these numbers, the same each time."""
    from ultralink_data.dialogue import KINDS, Dialogue, Provenance

    words = known_words()
    for number in numbers:
        draw = random.Random(number)
        yield Dialogue(
            id=f"row {number:07d}",
            language=LANGUAGES[number % 5],
            kind=KINDS[number // 5 % 4],
            turns=tuple(" ".join(draw.choices(words, k=draw.randint(20, 80))) for _ in range(2)),
            provenance=Provenance(source_id=f"source {number // 5}"),
        )


def prepare(folder: Path, dialogues: int) -> None:
    """Write the dataset, its halves and a tokenizer."""
    from train.micro_tokenizer import train_tokenizer
    from ultralink_data.starter.dialogues import base_texts
    from ultralink_data.store import dataset

    if not (folder / "tokenizer").exists():
        train_tokenizer(base_texts(0, 8), 2048, folder / "tokenizer")
    half = dialogues // 2
    for name, part in (
        ("data", range(dialogues)),
        ("a", range(half)),
        ("b", range(half, dialogues)),
    ):
        dataset.write(folder / name, made_up(part), recipe="made up")


def settings(name: str, folder: Path, dialogues: int) -> tuple[dict[str, Path], Any]:
    """The inputs and the config of a stage."""
    import msgspec

    from harness.engine import stage_configs as configs
    from ultralink_data.mixture.mixture_config import Mixture

    if name == "import":
        return {"source": folder / "data"}, configs.ImportConfig()
    if name == "held-out":
        config = configs.HeldOutConfig(share=SHARE, languages=LANGUAGES)
        return {"dataset": folder / "data"}, config
    if name == "without":
        return {"dataset": folder / "data", "held": folder / "held-out"}, configs.WithoutConfig()
    budgets = [{"kind": "math", "language": "en", "tokens": 10 * dialogues}]
    parts = [
        {"folder": "", "name": "a", "weight": 3, "budgets": budgets},
        {"folder": "", "name": "b", "weight": 1},
    ]
    given = {"datasets": parts, "rows": dialogues, "repeats": 50}
    mixture = msgspec.convert(given, Mixture)
    inputs = {"tokenizer": folder / "tokenizer", "dataset 1": folder / "a"}
    config = configs.MixtureConfig(mixture=mixture, languages=LANGUAGES, template="chatml")
    return inputs | {"dataset 2": folder / "b"}, config


def run(name: str, folder: Path, dialogues: int) -> dict[str, Any]:
    """Run a stage in this process; what it took, and the hash of the rows that it made."""
    from harness.engine import stages
    from ultralink_data.store import dataset

    inputs, config = settings(name, folder, dialogues)
    out, work = folder / name, folder / "work"
    for path in (out, work):
        path.mkdir(exist_ok=True)
    began = time.process_time()
    folders = stages.Folders(inputs=inputs, out=out, work=work)
    stages.get(name).run(folders, config, 0, lambda *_: None)
    status = Path("/proc/self/status").read_text()
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    made = dataset.read_manifest(out)
    return {
        "stage": name,
        "dialogues": dialogues,
        "made": sum(cell.rows for cell in made.counts),
        "peak MB": round(peak, 1),
        "processor s": round(time.process_time() - began, 1),
        "rows": made.fingerprint[:16],
    }


def measured(folder: Path, dialogues: int, names: list[str]) -> dict[str, float]:
    """The peak of each stage on so many dialogues."""
    for path in folder.iterdir():
        if path.name != "tokenizer":
            shutil.rmtree(path)
    prepare(folder, dialogues)
    peaks = {}
    for name in names:
        words = [sys.executable, __file__, "--dialogues", str(dialogues), "--folder", str(folder)]
        done = subprocess.run(
            [*words, "--stages", name, "--here"], capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.exit(done.stderr)
        print(done.stdout, end="", flush=True)
        peaks[name] = json.loads(done.stdout)["peak MB"]
    return peaks


def main(words: list[str] | None = None) -> None:
    """Measure each size and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dialogues", default="60000,240000", help="sizes, with commas")
    parser.add_argument("--stages", default=",".join(STAGES))
    parser.add_argument("--folder", type=Path, help="where there is room; the system's by default")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args(words)
    sys.path.insert(0, str(ROOT))
    sizes = [int(size) for size in given.dialogues.split(",")]
    names = given.stages.split(",")
    if given.here:
        for name in names:
            print(json.dumps(run(name, given.folder, *sizes)), flush=True)
        return
    from benchmarks.pack_memory import BOUND, GROWTH

    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        found = [measured(Path(name), size, names) for size in sizes]
    more = sizes[-1] - sizes[0]
    grown = max((found[-1][name] - found[0][name]) * 2**20 for name in names)
    most = max(peak for peaks in found for peak in peaks.values())
    sys.exit(most > BOUND or (more >= 20_000 and grown > GROWTH * more))


if __name__ == "__main__":
    main()
