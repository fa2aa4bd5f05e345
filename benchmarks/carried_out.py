"""How many requests that were carried out instead of translated the checks refuse.

    python benchmarks/carried_out.py FOLDER_OF_BENCHMARK_FILES

OMGEval's English requests without a question mark, each with its human translation (to be taken)
and with the answers of three models to that translation (to be refused): an answer is what a model
gives that carries a request out. Put another build's folder in PYTHONPATH to measure that.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ultralink_data.translation.checks import check_turn
from ultralink_data.translation.turns import SourceTurn
from ultralink_data.translation.wording import letters

NAMES = {"es": "spanish", "fr": "french", "ru": "russia", "zh": "chinese", "ar": "arabic"}
MODELS = ("gpt4", "gpt3.5-turbo", "bloomz")
_NOT_TRANSLATED = 169
"""The English row that has no translation."""
_WRONG = {"es": {103, 754}, "fr": {531, 592}, "ru": {2}}
"""Rows whose translation repeats another, or is English, as the data's own notes say."""
_SHORT = 40


def instructions(folder: Path, language: str, model: str) -> list[tuple[str, str]]:
    """The instructions in a language, each with a model's output."""
    path = folder / "omgeval" / "model_outputs" / language / f"{model}.json"
    rows = json.loads(path.read_text("utf-8"))
    return [(row["instruction"].strip(), row["output"].strip()) for row in rows]


def cases(folder: Path, code: str) -> Iterator[tuple[str, str, str]]:
    """Requests in English, who wrote the text beside them ("human": a translation), the text."""
    english = [text for text, _ in instructions(folder, "english", "gpt4")]
    del english[_NOT_TRANSLATED]
    for model in MODELS:
        rows = instructions(folder, NAMES[code], model)
        for n, (request, (translation, answer)) in enumerate(zip(english, rows, strict=True)):
            if "?" in request or n in _WRONG.get(code, ()):
                continue
            if model == MODELS[0]:
                yield request, "human", translation
            if answer:
                yield request, model, answer


def main() -> None:
    """Print, by language and author, how many texts are refused, for what, and of short ones."""
    folder = Path(sys.argv[1])
    refused: Counter[tuple[str, ...]] = Counter()
    for code in NAMES:
        for request, author, text in cases(folder, code):
            turn = SourceTurn(text=request, language=code, kind="chat_agnostic", user=True)
            failure = check_turn(turn, text)
            size = "short" if letters(request) < _SHORT else "long"
            for key in ((code, author), ("all", author), ("all", author, size)):
                refused[(*key, "n")] += 1
                refused[(*key, "refused")] += failure is not None
    for key in sorted({key[:-1] for key in refused}):
        n, count = refused[(*key, "n")], refused[(*key, "refused")]
        print(f"{' '.join(key)}: {count} of {n} refused ({100 * count / n:.1f} %)")


if __name__ == "__main__":
    main()
