"""How often `data check` says "another language" of rows that are right, and misses wrong ones.

    python -m benchmarks.language_rows --benchmarks DIR

Right rows: the starter's, HumanEval with its code outside of fences, MGSM, and OMGEval's questions
with the answers of gpt4, a few of which are in another language because they should be. Wrong rows:
each of these under the name of each other language, and questions with the English answer to the
same one. Prints shares of the rows.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from ultralink_data.checking.check import check
from ultralink_data.checking.check_config import CheckConfig
from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.starter.dialogues import starter_dialogues

CODES = ("en", "es", "fr", "ru", "zh")
OMGEVAL = {"en": "english", "es": "spanish", "fr": "french", "ru": "russia", "zh": "chinese"}

Cells: TypeAlias = dict[tuple[str, str], list[tuple[str, ...]]]
"""Turns of the rows of a source and a language."""


def main() -> None:
    """Print the two tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--benchmarks", type=Path, default=Path("../shared/data"))
    root: Path = parser.parse_args().benchmarks
    cells = right_rows(root)
    table("right rows called another language", cells, lambda code: (code,), cells)
    table(
        "rows under another language's name, called right",
        cells,
        lambda code: [other for other in CODES if other != code],
        cells,
        wrong=True,
    )
    answers = english_answers(cells)
    table("English answers, called right", answers, lambda code: (code,), answers, wrong=True)


def right_rows(root: Path) -> Cells:
    """Rows in their own language by source and language."""
    cells: Cells = defaultdict(list)
    for row in starter_dialogues(1, 4):
        cells[f"starter {row.kind}", row.language].append(row.turns)
    for code in CODES:
        for line in (root / f"humaneval/humaneval_{code}.jsonl").read_text("utf-8").splitlines():
            found = json.loads(line)
            turns = (found["prompt"], found["prompt"] + found["canonical_solution"])
            cells["humaneval, bare", code].append(turns)
        for line in (root / f"mgsm/mgsm_{code}.tsv").read_text("utf-8").splitlines():
            question, answer = line.split("\t")[:2]
            cells["mgsm", code].append((question, answer))
        path = root / f"omgeval/model_outputs/{OMGEVAL[code]}/gpt4.json"
        for found in json.loads(path.read_text("utf-8")):
            if found["output"].strip():
                cells["omgeval gpt4", code].append((found["instruction"], found["output"]))
    return cells


def english_answers(cells: Cells) -> Cells:
    """Questions in each language with the English answer of the same place."""
    mixed: Cells = {}
    for (source, code), rows in cells.items():
        if code != "en" and source in ("starter code", "humaneval, bare", "omgeval gpt4"):
            english = cells[source, "en"]
            mixed[source, code] = [
                (mine[0], other[1]) for mine, other in zip(rows, english, strict=False)
            ]
    return mixed


def table(
    title: str,
    cells: Cells,
    names: Callable[[str], Iterator[str] | tuple[str, ...] | list[str]],
    order: Cells,
    *,
    wrong: bool = False,
) -> None:
    """A Markdown table of shares: sources in rows, languages in columns."""
    print(f"\n{title}\n\n| | {' | '.join(CODES)} |\n|---|{'---|' * len(CODES)}")
    for source in dict.fromkeys(source for source, _ in order):
        shares = []
        for code in CODES:
            rows = cells.get((source, code), [])
            called = [flagged(rows, name) for name in names(code)] if rows else []
            total = len(rows) * len(called)
            count = total - sum(called) if wrong else sum(called)
            shares.append(f"{count / total:.1%} ({count} of {total:,})" if total else "")
        print(f"| {source} | {' | '.join(shares)} |")


def flagged(rows: list[tuple[str, ...]], name: str) -> int:
    """How many of the rows are not in the language `name`."""
    made = [
        Dialogue(
            id=str(number),
            language=name,
            kind="math",
            turns=turns,
            provenance=Provenance(source_id=str(number)),
        )
        for number, turns in enumerate(rows)
    ]
    report = check(lambda: made, (), CheckConfig(), name="rows", files={})
    return sum(one.wrong for one in report.languages)


if __name__ == "__main__":
    main()
