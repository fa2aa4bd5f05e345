"""How many requests that were carried out instead of translated the checks refuse.

    python -m benchmarks.carried_out FOLDER_OF_BENCHMARK_FILES [--before FOLDER]

OMGEval's English requests without a question mark, each with its human translation (to be taken)
and with the answers of three models to that translation (to be refused): an answer is what a model
gives that carries a request out. With --before the build in that folder checks them too.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from benchmarks.other_build import answers_of
from ultralink_data.translation.wording import letters

NAMES = {"es": "spanish", "fr": "french", "ru": "russia", "zh": "chinese", "ar": "arabic"}
MODELS = ("gpt4", "gpt3.5-turbo", "bloomz")
_NOT_TRANSLATED = 169
"""The English row that has no translation."""
_WRONG = {"es": {103, 754}, "fr": {531, 592}, "ru": {2}}
"""Rows whose translation repeats another, or is English, as the data's own notes say."""
_SHORT = 40

_REFUSED: Final = """
import json, sys
from ultralink_data.translation.checks import check_turn
from ultralink_data.translation.turns import SourceTurn

def refused(code, request, author, text):
    turn = SourceTurn(text=request, language=code, kind="chat_agnostic", user=True)
    return check_turn(turn, text) is not None

print(json.dumps([refused(*case) for case in json.load(sys.stdin)]))
"""


def instructions(folder: Path, language: str, model: str) -> list[tuple[str, str]]:
    """The instructions in a language, each with a model's output."""
    path = folder / "omgeval" / "model_outputs" / language / f"{model}.json"
    rows = json.loads(path.read_text("utf-8"))
    return [(row["instruction"].strip(), row["output"].strip()) for row in rows]


def cases(folder: Path, code: str) -> Iterator[tuple[str, str, str, str]]:
    """Language, request in English, who wrote a text for it ("human": a translation), the text."""
    english = [text for text, _ in instructions(folder, "english", "gpt4")]
    del english[_NOT_TRANSLATED]
    for model in MODELS:
        rows = instructions(folder, NAMES[code], model)
        for n, (request, (translation, answer)) in enumerate(zip(english, rows, strict=True)):
            if "?" in request or n in _WRONG.get(code, ()):
                continue
            if model == MODELS[0]:
                yield code, request, "human", translation
            if answer:
                yield code, request, model, answer


def report(listed: Sequence[tuple[str, str, str, str]], found: Sequence[bool]) -> None:
    """Print, by language and author, how many texts are refused, and of short and long ones."""
    texts: Counter[tuple[str, ...]] = Counter()
    refused: Counter[tuple[str, ...]] = Counter()
    for (code, request, author, _), failed in zip(listed, found, strict=True):
        size = "short" if letters(request) < _SHORT else "long"
        for key in ((code, author), ("all", author), ("all", author, size)):
            texts[key] += 1
            refused[key] += failed
    for key, n in sorted(texts.items()):
        print(f"{' '.join(key)}: {refused[key]} of {n} refused ({100 * refused[key] / n:.1f} %)")


def main() -> None:
    """Check every text by each build and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER_OF_BENCHMARK_FILES")
    parser.add_argument("--before", type=Path, metavar="FOLDER", help="root of another build")
    arguments = parser.parse_args()
    listed = [case for code in NAMES for case in cases(arguments.folder, code)]
    for name, root in (("before", arguments.before), ("now", Path.cwd())):
        if root:
            print(f"{name}:")
            report(listed, answers_of(sys.executable, _REFUSED, root.resolve(), listed))


if __name__ == "__main__":
    main()
