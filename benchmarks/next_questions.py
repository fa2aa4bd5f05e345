"""Answers that go on with an invented question, made of MGSM's official examples, read by ours.

    python -m benchmarks.next_questions [--before FOLDER] [--benchmarks DIR]

In each of MGSM's eleven languages each of the eight worked answers is followed by each of the other
seven examples, question and answer: as the file writes them, without the word that opens the
question, with "Q:" and "A:", and after "#### N". The first answer's number is right. Read alone, or
after its own question, it must stay what it is: that counts false cuts.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.other_build import answers_of
from tasks.benchmarks.mgsm import EXEMPLARS_FILE, UPSTREAM, read_exemplars
from tasks.files import locate
from ultralink_data import languages

ROOT: Final = Path(__file__).resolve().parent.parent

_READ: Final = """
import json, sys
from tasks.grading.answer_extract import final_number
try:
    from tasks.grading.answer_phrases import answer_phrases
except ImportError:
    from tasks.benchmarks.mgsm import answer_phrases
out = []
for _, language, text, right in json.load(sys.stdin):
    found = final_number(text, answer_phrases(language))
    out.append(found is not None and found.value == right)
print(json.dumps(out))
"""


def made(benchmarks: Path | None) -> Iterator[tuple[str, str, str, int]]:
    """Form, language, text and right number of each answer."""
    shots = read_exemplars(locate(benchmarks, EXEMPLARS_FILE, UPSTREAM))
    for language in languages.names():
        texts = languages.get(language).mgsm
        if texts is None:
            continue
        own = shots.by_language[language]
        examples = [(own[key].q, own[key].a) for key in sorted(own, key=int)]
        opening = texts.question.strip()
        for number, (question, answer) in zip(shots.numbers, examples, strict=True):
            yield "alone", language, answer, number
            yield "after its own question", language, f"{question}\n{answer}", number
            for other, (next_question, next_answer) in zip(shots.numbers, examples, strict=True):
                if other == number:
                    continue
                bare = next_question.removeprefix(opening).strip()
                after = f"{next_question}\n{next_answer}"
                yield "as in the file", language, f"{answer}\n\n{after}", number
                yield "without its word", language, f"{answer}\n\n{bare}\n{next_answer}", number
                pair = f"Q: {bare}\nA: {next_answer}"
                yield "Q and A", language, f"{answer}\n\n{pair}", number
                line = f"{answer}\n#### {number}\n\n{bare}\n{next_answer}\n#### {other}"
                yield "closing lines", language, line, number


def main() -> None:
    """Read and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--before", type=Path, help="another checkout of this project")
    parser.add_argument("--benchmarks", type=Path, help="folder of benchmark files")
    arguments = parser.parse_args()
    rows = list(made(arguments.benchmarks))
    folders = {"before": arguments.before, "ours": ROOT}
    wrong: dict[str, Counter[str]] = {}
    for name, folder in folders.items():
        if folder is None:
            continue
        read = answers_of(sys.executable, _READ, folder, rows)
        wrong[name] = Counter(row[0] for row, right in zip(rows, read, strict=True) if not right)
        for row, right in zip(rows, read, strict=True):
            if not right and name == "ours":
                print(row, file=sys.stderr)
    print(f"| form | answers | {' | '.join(f'{name} wrong' for name in wrong)} |")
    print("|---|---|" + "---|" * len(wrong))
    for form, count in Counter(row[0] for row in rows).items():
        print(f"| {form} | {count} | {' | '.join(str(by[form]) for by in wrong.values())} |")


if __name__ == "__main__":
    main()
