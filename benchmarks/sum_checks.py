"""How often `wrong_sum` is right: false alarms on real rows, and what it misses of altered ones.

    python benchmarks/sum_checks.py --benchmarks DIR [--per-template 14]

Every hit is printed with what is around it, to be judged by a reader. For what is missed, one
result behind an equals sign of each text is raised by 1 to 9.
"""

import argparse
import json
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ultralink_data.starter.dialogues import starter_dialogues
from ultralink_data.starter.starter_languages import LANGUAGES
from ultralink_data.text.sums import wrong_sum

RESULT = re.compile(r"(?<=[=\uff1d])\s?(\d+)(?![\d^]|[.,]\d)")
SHOWN = 40


def main() -> int:
    """Print a line for each set of rows."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--benchmarks", type=Path, required=True)
    arguments.add_argument("--per-template", type=int, default=14)
    options = arguments.parse_args()
    for name, language, texts in _sets(options.benchmarks, options.per_template):
        hits = [(text, said) for text in texts if (said := wrong_sum(text, language))]
        tried, seen = _seen(texts, language)
        share = f"{seen} of {tried} altered ones seen" if tried else "none with an equation"
        print(f"{name}: {len(texts)} texts, {len(hits)} hits; {share}")
        for text, said in hits:
            at = text.find(said)
            print(f"    {said!r} in {text[max(at - SHOWN, 0) : at + len(said) + SHOWN]!r}")
    return 0


def _seen(texts: Iterable[str], language: str) -> tuple[int, int]:
    """How many texts could be altered, and in how many of them that is seen."""
    draw, tried, seen = random.Random(1), 0, 0
    for text in texts:
        found = list(RESULT.finditer(text))
        if found:
            one = draw.choice(found)
            wrong = str(int(one[1]) + draw.randint(1, 9))
            tried += 1
            seen += bool(wrong_sum(text[: one.start(1)] + wrong + text[one.end(1) :], language))
    return tried, seen


def _sets(folder: Path, per_template: int) -> Iterator[tuple[str, str, list[str]]]:
    """Name, language and answers of each set of rows."""
    rows = [row for row in starter_dialogues(1, per_template) if row.kind == "math"]
    for language in LANGUAGES:
        own = [row.turns[1] for row in rows if row.language == language]
        yield f"starter math, {language}", language, own
    exemplars = json.loads((folder / "mgsm/exemplars.json").read_text("utf-8"))["MGSM_EXEMPLARS"]
    for language, found in exemplars.items():
        yield f"MGSM exemplars, {language}", language, list(_texts(found))
    for path in sorted((folder / "metamath").glob("*.jsonl")):
        lines = path.read_text("utf-8").splitlines()
        yield path.name, "en", [text for line in lines for text in _texts(json.loads(line))]
    for path in sorted((folder / "omgeval/model_outputs").glob("*/*.json")):
        language = {"english": "en", "chinese": "zh", "russia": "ru", "arabic": "ar"}.get(
            path.parent.name, path.parent.name[:2].replace("sp", "es")
        )
        found = json.loads(path.read_text("utf-8"))
        yield f"OMGEval {path.parent.name} {path.stem}", language, list(_texts(found))


def _texts(found: object) -> Iterator[str]:
    """Every text in decoded JSON."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict | list):
        for one in found.values() if isinstance(found, dict) else found:
            yield from _texts(one)


if __name__ == "__main__":
    raise SystemExit(main())
