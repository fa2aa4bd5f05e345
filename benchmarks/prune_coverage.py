"""What pruning by seed and by similarity keep of real rows: problems, word pairs, nearness.

Rows are English; a stand-in for their translations carries the same text, so that what is measured
is the choice alone. Run: python -m benchmarks.prune_coverage FOLDER [SEEDS], FOLDER with
`magicoder/` and `metamath/` laid out as published.
"""

import statistics
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import msgspec
import numpy as np

from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.sources import get
from ultralink_data.sources.reading import read
from ultralink_data.text.similarity import vectors
from ultralink_data.text.tokens import estimate_tokens
from ultralink_data.text.units import ngrams, units
from ultralink_data.whole.prune import prune
from ultralink_data.whole.prune_config import By


def magicoder(folder: Path) -> list[Dialogue]:
    """OSS-Instruct rows, through the stage that reads them."""
    from ultralink_data.sources import convert

    path = folder / "magicoder" / "magicoder_oss_instruct_sample300.jsonl"
    outcomes = (convert(row, source="magicoder") for row in read(path, get("magicoder")))
    return [row for outcome in outcomes for row in outcome.accepted]


def backward(folder: Path) -> list[Dialogue]:
    """Backward questions of GSM8K by MetaMath's pipeline; several come from one problem."""
    path = folder / "metamath" / "GSM8K_Backward_sample300.jsonl"
    rows = [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]
    return [
        Dialogue(
            id=f"gsm:{number}",
            language="en",
            kind="math",
            turns=(row["question"], row["answer"]),
            provenance=Provenance(source_id=row["original_question"]),
        )
        for number, row in enumerate(rows)
    ]


def stand_ins(rows: list[Dialogue]) -> Iterator[Dialogue]:
    """The rows as if translated."""
    for row in rows:
        origin = msgspec.structs.replace(row.provenance, parent_id=row.id)
        yield msgspec.structs.replace(row, id=f"es:{row.id}", language="es", provenance=origin)


def pairs(row: Dialogue) -> set[tuple[str, ...]]:
    """The word pairs of a question."""
    return set(ngrams(units(row.turns[0]).words, 2))


def measured(rows: list[Dialogue], keep: Fraction, seed: int, by: By) -> dict[str, float]:
    """What a choice has."""
    data = [*rows, *stand_ins(rows)]
    kept = {d.provenance.parent_id for d in prune(data, keep, seed, by) if d.language == "es"}
    chosen = [row for row in rows if row.id in kept]
    points = vectors(row.turns[0] for row in rows).astype(np.float64)
    points /= np.maximum(1, np.sqrt((points**2).sum(axis=1)))[:, None]
    inside = np.array([row.id in kept for row in rows])
    near = (points[~inside] @ points[inside].T).max(axis=1)
    every = set().union(*map(pairs, rows))
    return {
        "problems": len({row.provenance.source_id for row in chosen}),
        "word pairs %": 100 * len(set().union(*map(pairs, chosen))) / len(every),
        "worst cosine": float(near.min()),
        "mean cosine": float(near.mean()),
        "tokens": statistics.median(estimate_tokens(row.turns[0], "en") for row in chosen),
    }


def main() -> None:
    """Print both ways beside each other, means over seeds."""
    folder = Path(sys.argv[1])
    seeds = range(int(sys.argv[2]) if len(sys.argv) > 2 else 5)
    for name, rows in (("magicoder", magicoder(folder)), ("gsm8k backward", backward(folder))):
        sources = len({row.provenance.source_id for row in rows})
        tokens = statistics.median(estimate_tokens(row.turns[0], "en") for row in rows)
        print(f"{name}: {len(rows)} rows, {sources} problems, median question {tokens} tokens")
        for keep in (Fraction(1, 16), Fraction(1, 8), Fraction(1, 4), Fraction(1, 2)):
            for by in ("source", "similarity"):
                found = [measured(rows, keep, seed, by) for seed in seeds]
                texts = (f"{key} {np.mean([x[key] for x in found]):.2f}" for key in found[0])
                print(f"  {keep!s:4} {by:10} {', '.join(texts)}", flush=True)


if __name__ == "__main__":
    main()
