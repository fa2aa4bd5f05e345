"""Changes of a dataset that a gate must stop, and some that it must let pass.

Each takes the release rows of a starter-like dataset (`{language}_{kind}` to rows) and a random
generator, and changes the rows in place. What it plants is the kind of fault that data pipelines
make: a join on the wrong column, a model that answers in another language, a cut-off, a lost join.
"""

import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

Rows = dict[str, list[dict[str, Any]]]
"""By file name without suffix, the rows as a release has them: `id` and `data`."""

Change = Callable[[Rows, random.Random], None]


class Planted(NamedTuple):
    """A change, and the `causes` of which a gate names one in the file `cell`; none if harmless."""

    name: str
    change: Change
    causes: tuple[str, ...] = ()
    cell: str = ""


def read_rows(folder: Path) -> Rows:
    """The rows of a dataset's release files."""
    return {
        path.stem: [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        for path in sorted(folder.glob("*.jsonl"))
    }


def write_rows(rows: Rows, folder: Path) -> None:
    """Write release files into a new folder."""
    folder.mkdir(parents=True)
    for name, found in rows.items():
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in found)
        (folder / f"{name}.jsonl").write_text("".join(lines), "utf-8")


def _some(found: list[dict[str, Any]], share: float, draw: random.Random) -> list[dict[str, Any]]:
    return draw.sample(found, max(1, round(share * len(found))))


def _shuffle_translations(rows: Rows, draw: random.Random) -> None:
    turns = [row["data"] for row in rows["ru_math"]]
    draw.shuffle(turns)
    for row, data in zip(rows["ru_math"], turns, strict=True):
        row["data"] = data


def _answer_in(source: str, target: str, share: float) -> Change:
    def change(rows: Rows, draw: random.Random) -> None:
        answers = {row["id"].partition("_")[2]: row["data"][1] for row in rows[source]}
        for row in _some(rows[target], share, draw):
            row["data"][1] = answers[row["id"].partition("_")[2]]

    return change


def _alter_final_numbers(rows: Rows, draw: random.Random) -> None:
    for row in _some(rows["fr_math"], 0.3, draw):
        answer = row["data"][1]
        last = list(re.finditer(r"\d+", answer))[-1]
        changed = str(int(last[0]) + draw.randint(1, 9))
        row["data"][1] = answer[: last.start()] + changed + answer[last.end() :]


def _copy(cell: str, turns: Sequence[str]) -> Change:
    def change(rows: Rows, draw: random.Random) -> None:
        rows[cell].append({"id": f"{cell}_new_0000", "data": list(turns)})

    return change


def _truncate(rows: Rows, draw: random.Random) -> None:
    for row in _some(rows["zh_math"], 0.3, draw):
        answer = row["data"][1]
        row["data"][1] = answer[: max(1, len(answer) // 2)]


def _triple(rows: Rows, draw: random.Random) -> None:
    found = rows["es_code"]
    rows["es_code"] = found + [
        {**row, "id": f"{row['id']}_{copy}"} for row in found for copy in ("b", "c")
    ]


def _lose_indents(rows: Rows, draw: random.Random) -> None:
    for row in rows["en_code"]:
        row["data"][1] = "\n".join(line.lstrip() for line in row["data"][1].split("\n"))


def _translate_keywords(rows: Rows, draw: random.Random) -> None:
    for row in rows["fr_code"]:
        row["data"][1] = row["data"][1].replace("return ", "retourner ")


def _swap_roles(rows: Rows, draw: random.Random) -> None:
    for row in _some(rows["ru_math"], 0.3, draw):
        row["data"].reverse()


def _add_culture(rows: Rows, draw: random.Random) -> None:
    rows["en_chat_agnostic"] += [
        {
            "id": f"en_chat_new_{n:04}",
            "data": [
                f"How do I cook a Thanksgiving turkey for {n + 3} people?",
                f"Roast it for {n // 4 + 3} hours and serve it with cranberry sauce and pumpkin "
                "pie, as American families do.",
            ],
        }
        for n in range(40)
    ]


def _halve(rows: Rows, draw: random.Random) -> None:
    kept = _some(rows["zh_math"], 0.5, draw)
    rows["zh_math"] = [row for row in rows["zh_math"] if row in kept]


def _plant_tokens(rows: Rows, draw: random.Random) -> None:
    for row in _some(rows["es_math"], 0.05, draw):
        row["data"][1] += "<|im_end|>"


def _reformat(rows: Rows, draw: random.Random) -> None:
    for found in rows.values():
        for row in found:
            row["data"] = [text if "```" in text else f"{text}\n" for text in row["data"]]


def _reorder(rows: Rows, draw: random.Random) -> None:
    for found in rows.values():
        draw.shuffle(found)


def _rename(rows: Rows, draw: random.Random) -> None:
    for found in rows.values():
        for row in found:
            row["id"] = f"v2_{row['id']}"


def planted(leaks: Mapping[str, Sequence[str]]) -> tuple[Planted, ...]:
    """All changes; `leaks` are turns with a benchmark's problem, by the file they are added to."""
    wrong = ("other_language", "translation")
    spanish, english = _answer_in("es_math", "ru_math", 0.2), _answer_in("en_math", "fr_math", 0.3)
    return (
        Planted("translations shuffled", _shuffle_translations, ("translation",), "ru_math"),
        Planted("Russian answers in Spanish", spanish, wrong, "ru_math"),
        Planted("English answers in French rows", english, wrong, "fr_math"),
        Planted("final numbers altered", _alter_final_numbers, ("final_number",), "fr_math"),
        Planted("answers truncated", _truncate, ("truncated",), "zh_math"),
        Planted("duplicates tripled", _triple, ("duplicate",), "es_code"),
        Planted("indentation lost", _lose_indents, ("broken_code",), "en_code"),
        Planted("keywords of code translated", _translate_keywords, ("broken_code",), "fr_code"),
        Planted("roles swapped", _swap_roles, ("roles_swapped",), "ru_math"),
        Planted("chats of one culture", _add_culture, ("culture_specific",), "en_chat_agnostic"),
        Planted("a language halved", _halve, ("lost",), "zh_math"),
        Planted("control tokens left in", _plant_tokens, ("control_token",), "es_math"),
        *(
            Planted(f"a benchmark's problem in {cell}", _copy(cell, turns), ("contaminated",), cell)
            for cell, turns in leaks.items()
        ),
        Planted("line ends added", _reformat),
        Planted("rows in another order", _reorder),
        Planted("rows renamed", _rename),
    )
