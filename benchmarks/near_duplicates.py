"""Near duplicates beside datatrove's MinHash: planted copies found, and processor time.

    python -m benchmarks.near_duplicates --benchmarks DIR --rows 20000 --peer PYTHON

Both read one file of real rows, each changed so that none repeats, among which stand planted pairs:
a text without code, and the same with some of its words changed to other ones. A pair counts as
found if one of its two rows would be dropped; a row that was not planted and would be dropped is a
false alarm. `PYTHON` is the interpreter of an environment with `datatrove[processing]` and spacy;
its pipeline (signatures, buckets, clusters, filter) runs with our shingles and bands, and with its
defaults. Ours includes exact duplicates, the keys of structure and of programs, and the comparison
of each candidate by its true similarity. Seconds are of the processor, user and system. datatrove
logs to stderr.
"""

import argparse
import json
import random
import resource
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec

from benchmarks.check_scale import many
from benchmarks.decontamination import metamath, real, sharegpt
from benchmarks.other_build import answers_of
from ultralink_data.checking.dedup import Deduplicator
from ultralink_data.dialogue import Dialogue
from ultralink_data.text.units import ngrams, units

SIMILARITIES: Final = (0.5, 0.6, 0.7, 0.75, 0.82, 0.86, 0.9, 0.95, 1.0)
BOUNDS: Final = (0.0, 0.55, 0.65, 0.72, 0.8, 0.85, 0.9, 0.95, 1.01)
ALIKE: Final = {"n_grams": 3, "num_buckets": 20, "hashes_per_bucket": 6}
_WORDS: Final = (60, 500)
"""Least and most words of a planted text."""

OURS: Final = """
import json, sys
from benchmarks.near_duplicates import dropped_by_ours
print(json.dumps(dropped_by_ours(*json.load(sys.stdin))))
"""
DATATROVE: Final = """
import json, resource, sys
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup.minhash import (MinhashConfig, MinhashDedupBuckets,
    MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature)
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter
told = json.load(sys.stdin)
config = MinhashConfig(**told["config"])
place = told["folder"]
def run(*steps, tasks=1):
    LocalPipelineExecutor(pipeline=[*steps], tasks=tasks, workers=1, skip_completed=False,
                          logging_dir=f"{place}/logs").run()
rows = lambda: JsonlReader(told["rows"], glob_pattern="*.jsonl")
run(rows(), MinhashDedupSignature(f"{place}/signatures", config=config, language="eng"))
run(MinhashDedupBuckets(f"{place}/signatures", f"{place}/buckets", config=config),
    tasks=config.num_buckets)
run(MinhashDedupCluster(f"{place}/buckets", f"{place}/removed", config=config))
run(rows(), MinhashDedupFilter(f"{place}/removed"),
    JsonlWriter(f"{place}/kept", compression=None))
own, below = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(json.dumps(sum(used.ru_utime + used.ru_stime for used in (own, below))))
"""


def main() -> None:
    """Make the rows, let each find duplicates in them, print what was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--benchmarks", type=Path, default=Path("../shared/data"))
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--pairs", type=int, default=150, help="of each similarity")
    parser.add_argument("--peer", help="a Python that has datatrove")
    arguments = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        pairs = plant(arguments.benchmarks, arguments.rows, arguments.pairs, folder)
        print(f"{arguments.rows} rows and {len(pairs)} planted pairs")
        for threshold in (0.51, 0.8):
            told = str(folder / "ours"), threshold
            seconds, dropped = answers_of(sys.executable, OURS, Path.cwd(), told)
            show(f"ours, pairs as similar as {threshold}", pairs, set(dropped))
        if arguments.peer is None:
            return
        for label, config in (
            ("datatrove, 3-grams, 20 buckets of 6", ALIKE),
            ("datatrove, its defaults", {}),
        ):
            theirs, dropped = dropped_by_datatrove(arguments.peer, folder, config)
            show(label, pairs, dropped)
            print(f"  processor time: ours is {seconds / theirs:.2f} of it")


def plant(root: Path, rows: int, pairs: int, folder: Path) -> dict[str, float]:
    """Write the rows for both; the planted pairs by name, with their true similarity."""
    texts = [row for row in (*metamath(root), *real(root), *sharegpt(root)) if _is_prose(row)]
    words = sorted({word for row in texts for turn in row.turns for word in turn.split()})
    planted: dict[str, float] = {}
    copies: list[Dialogue] = []
    for number, similarity in enumerate(like for like in SIMILARITIES for _ in range(pairs)):
        draw = random.Random(f"pair {number}")
        turns = draw.choice(texts).turns
        first = tuple(_changed(turn, 0.35, words, draw) for turn in turns)
        both = 2 * similarity / (1 + similarity)
        second = tuple(_changed(turn, 1 - both ** (1 / 3), words, draw) for turn in first)
        for end, said in (("a", first), ("b", second)):
            copies.append(
                msgspec.structs.replace(
                    texts[0], id=f"p{number}{end}", kind="chat_agnostic", turns=said
                )
            )
        planted[f"p{number}"] = _similarity(first, second)
    everything = [*many(root, rows), *copies]
    random.Random(0).shuffle(everything)
    (folder / "theirs").mkdir()
    with (folder / "ours").open("wb") as own, (folder / "theirs" / "r.jsonl").open("wb") as other:
        for row in everything:
            own.write(msgspec.json.encode(row) + b"\n")
            text = {"id": row.id, "text": "\n".join(row.turns)}
            other.write(msgspec.json.encode(text) + b"\n")
    return planted


def _is_prose(row: Dialogue) -> bool:
    text = "\n".join(row.turns)
    return "```" not in text and "def " not in text and _WORDS[0] < len(text.split()) < _WORDS[1]


def _changed(text: str, share: float, words: Sequence[str], draw: random.Random) -> str:
    """The text with a share of its words replaced; numbers and marks stay."""
    parts = text.split(" ")
    return " ".join(
        draw.choice(words) if part.isalpha() and draw.random() < share else part for part in parts
    )


def _similarity(one: Sequence[str], other: Sequence[str]) -> float:
    """Jaccard of the runs of three words."""
    first, second = ({*ngrams(units("\n".join(turns)).words, 3)} for turns in (one, other))
    return len(first & second) / len(first | second)


def dropped_by_ours(file: str, threshold: float) -> tuple[float, list[str]]:
    """Seconds of this whole process, and the rows of a file that ours would drop."""
    decoder = msgspec.json.Decoder(Dialogue)

    def read() -> Iterator[Dialogue]:
        with Path(file).open("rb") as lines:
            yield from map(decoder.decode, lines)

    found = Deduplicator(threshold, 1)
    for row in read():
        found.add(row)
    clusters = found.resolve(read()).clusters
    own = resource.getrusage(resource.RUSAGE_SELF)
    alike = [cluster for cluster in clusters if cluster.how != "structure"]
    return own.ru_utime + own.ru_stime, [row.id for cluster in alike for row in cluster.others]


def dropped_by_datatrove(
    python: str, folder: Path, config: dict[str, Any]
) -> tuple[float, set[str]]:
    """Seconds of datatrove's pipeline, and the rows that it drops."""
    with TemporaryDirectory(dir=folder) as place:
        told = {"config": config, "folder": place, "rows": str(folder / "theirs")}
        seconds = answers_of(python, DATATROVE, Path.cwd(), told)
        kept = {
            json.loads(line)["id"]
            for path in sorted((Path(place) / "kept").iterdir())
            for line in path.read_text(encoding="utf-8").splitlines()
        }
    lines = (folder / "theirs" / "r.jsonl").read_bytes().splitlines()
    return seconds, {json.loads(line)["id"] for line in lines} - kept


def show(label: str, pairs: dict[str, float], dropped: set[str]) -> None:
    """Shares of the planted pairs that were found, by true similarity, and false alarms."""
    print(label)
    for low, high in pairwise(BOUNDS):
        names = [name for name, like in pairs.items() if low <= like < high]
        hits = sum(bool({f"{name}a", f"{name}b"} & dropped) for name in names)
        if names:
            top = min(high, 1.0)
            print(f"  {low:.2f} to {top:.2f}: {hits} of {len(names)} ({hits / len(names):.1%})")
    others = sum(not name.startswith("p") for name in dropped)
    print(f"  rows that were not planted: {others}")


if __name__ == "__main__":
    main()
