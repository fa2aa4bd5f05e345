"""How much the starter's held-out math questions share with each other and with the training rows.

    python benchmarks/starter_overlap.py [--before FOLDER]

Of each question as a model reads it: the largest share of 4-grams (of words, in Chinese of
characters) that another held-out question, or a training question of seed 0, has as well; the mean
and the largest over the questions. FOLDER is a checkout of an earlier build, run in the same way.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
_READ: Final = """
import json, sys
from tasks.benchmarks.starter_math import BENCHMARK
from ultralink_data.starter.dialogues import starter_dialogues
from ultralink_data.starter.starter_languages import LANGUAGES
out = {}
for code in LANGUAGES:
    rows = [r.turns[0] for r in starter_dialogues(0, 12, [code]) if r.kind == "math"]
    out[code] = [[p.question for p in BENCHMARK.problems(code, None)], rows]
print(json.dumps(out))
"""


def four_grams(language: str, text: str) -> set[tuple[str, ...]]:
    """4-grams of words and numbers, in Chinese of characters and numbers."""
    tokens = re.findall(r"\d+|\w" if language == "zh" else r"\w+", text.casefold())
    return {tuple(tokens[start : start + 4]) for start in range(len(tokens) - 3)}


def nearest(language: str, questions: list[str], others: list[str]) -> list[float]:
    """For each question the largest shared part of 4-grams with one of the other texts."""
    grams = [four_grams(language, other) for other in others]
    found = []
    for place, question in enumerate(questions):
        own = four_grams(language, question)
        rivals = [g for at, g in enumerate(grams) if others is not questions or at != place]
        found.append(max(len(own & rival) / min(len(own), len(rival)) for rival in rivals))
    return found


def main() -> None:
    """Print a line for each build and language."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", type=Path)
    before = parser.parse_args().before
    for name, folder in (("before", before), ("now", ROOT)):
        if folder is None:
            continue
        run = subprocess.run(
            [sys.executable, "-c", _READ],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(folder)},
            capture_output=True,
            text=True,
            check=True,
        )
        for language, (held_out, trained) in json.loads(run.stdout).items():
            for side, others in (("held out", held_out), ("training", trained)):
                shares = nearest(language, held_out, others)
                numbers = f"mean {statistics.mean(shares):.2f}, largest {max(shares):.2f}"
                print(f"{name}, {language}, to {side}: {numbers}, of {len(others)}")


if __name__ == "__main__":
    main()
