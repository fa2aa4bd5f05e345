"""False alarms and catches of the checks of translations, on human translations.

    python -m benchmarks.translation_checks FOLDER_OF_BENCHMARK_FILES

1. False alarms: MGSM's questions and HumanEval's prompts against their human translations.
   HumanEval's translations are damaged in places (renamed functions, broken prompts): those whose
   syntax tree differs from the English one's, docstrings aside, are counted apart.
2. Catches: one error planted in each human translation of MGSM that passes; the share refused.
3. Lengths: quantiles of the ratio of characters, from which the bounds of the languages come.
"""

import ast
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from ultralink_data import languages
from ultralink_data.translation.checks import CHECKS, check_turn
from ultralink_data.translation.turns import SourceTurn
from ultralink_data.translation.wording import letters

LANGUAGES = ("es", "fr", "ru", "zh")
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s*")
Plant = Callable[[str, str, str, random.Random], str | None]
"""From English, translation, another language's translation and dice: the text with an error."""


def questions(folder: Path, code: str) -> list[str]:
    """MGSM's questions in a language."""
    text = (folder / "mgsm" / f"mgsm_{code}.tsv").read_text("utf-8")
    return [line.split("\t")[0] for line in text.splitlines()]


def prompts(folder: Path, code: str) -> dict[str, str]:
    """HumanEval's prompts in a language, by task."""
    text = (folder / "humaneval" / f"humaneval_{code}.jsonl").read_text("utf-8")
    return {row["task_id"]: row["prompt"].rstrip() for row in map(json.loads, text.splitlines())}


def tree(prompt: str) -> str | None:
    """The syntax tree without docstrings; None where the prompt is no Python."""
    try:
        parsed = ast.parse(prompt + "\n    pass\n")
    except SyntaxError:
        return None
    for node in ast.walk(parsed):
        match node:
            case ast.FunctionDef(body=[ast.Expr(value=ast.Constant() as constant), *_]):
                constant.value = ""
    return ast.dump(parsed)


def failures(turn: SourceTurn, text: str) -> Iterator[str]:
    """Names of all checks that a translation fails."""
    for name, check in CHECKS.items():
        if check(turn, text) is not None:
            yield name


def math(text: str, language: str) -> SourceTurn:
    """A question of MGSM as the checks see it."""
    return SourceTurn(text=text, language=language, kind="math", user=True)


def false_alarms(folder: Path) -> None:
    """Print part 1."""
    english = questions(folder, "en")
    for code in LANGUAGES:
        found: Counter[str] = Counter()
        refused = 0
        for source, text in zip(english, questions(folder, code), strict=True):
            names = list(failures(math(source, code), text))
            found.update(names)
            refused += bool(names)
        print(f"MGSM {code}: {refused} of {len(english)} refused {dict(found)}")
    source_prompts = prompts(folder, "en")
    for code in LANGUAGES:
        kinds: Counter[str] = Counter()
        for name, text in prompts(folder, code).items():
            english_code = source_prompts[name]
            turn = SourceTurn(
                text=f"```python\n{english_code}\n```", language=code, kind="code", user=True
            )
            same = tree(text) == tree(english_code)
            names = list(failures(turn, f"```python\n{text}\n```"))
            kinds[f"{'same' if same else 'another'} tree, {'refused' if names else 'taken'}"] += 1
        print(f"HumanEval {code}: {dict(kinds)}")


def _changed_number(_: str, text: str, __: str, dice: random.Random) -> str | None:
    found = list(re.finditer(r"(?<![\d.,])\d+(?![\d.,]*\d)", text))
    if not found:
        return None
    match = dice.choice(found)
    return text[: match.start()] + str(int(match[0]) + dice.randint(1, 9)) + text[match.end() :]


def _lost_sentence(_: str, text: str, __: str, dice: random.Random) -> str | None:
    parts = [part for part in _SENTENCE.split(text) if part]
    if len(parts) < 3:
        return None
    del parts[dice.randrange(len(parts) - 1)]
    return " ".join(parts)


def _english_sentence(source: str, text: str, _: str, dice: random.Random) -> str | None:
    parts, own = ([part for part in _SENTENCE.split(whole) if part] for whole in (text, source))
    if len(parts) != len(own) or len(parts) < 2:
        return None
    place = dice.randrange(len(parts))
    parts[place] = own[place].strip()
    return " ".join(parts)


def _other_currency(_: str, text: str, __: str, dice: random.Random) -> str | None:
    changed = text
    for mark in (r"\$", "dólares", "dollars", "долларов", "доллара", "美元"):
        changed = re.sub(mark, "€", changed)
    return changed if changed != text else None


def _lost_percent(_: str, text: str, __: str, dice: random.Random) -> str | None:
    changed = re.sub(r"\s?%|\s?por ciento|\s?pour cent|\s?процент\w*", "", text)
    return changed if changed != text else None


def _answered(_: str, text: str, __: str, dice: random.Random) -> str | None:
    parts = [part for part in _SENTENCE.split(text) if part]
    if len(parts) < 2 or text.count("?") + text.count("？") != 1:
        return None
    return " ".join(part for part in parts if "?" not in part and "？" not in part)


PLANTS: dict[str, Plant] = {
    "a number changed": _changed_number,
    "a sentence lost": _lost_sentence,
    "a sentence left in English": _english_sentence,
    "all left in English": lambda source, *_: source,
    "another currency": _other_currency,
    "percent lost": _lost_percent,
    "the question gone": _answered,
    "an English preface": lambda _, text, *__: f"Here is the translation: {text}",
    "a turn added": lambda _, text, *__: f"{text}\nAssistant: OK.",
    "another language": lambda _, __, other, ___: other,
    "twice over": lambda _, text, *__: f"{text}\n{text}",
}


def catches(folder: Path) -> None:
    """Print part 2."""
    texts = {code: questions(folder, code) for code in ("en", *LANGUAGES)}
    for name, plant in PLANTS.items():
        shares = []
        for number, code in enumerate(LANGUAGES):
            other = texts[LANGUAGES[number - 1]]
            dice = random.Random(f"{name}/{code}")
            refused = planted = 0
            for source, text, foreign in zip(texts["en"], texts[code], other, strict=True):
                turn = math(source, code)
                wrong = None if check_turn(turn, text) else plant(source, text, foreign, dice)
                if wrong is not None:
                    planted += 1
                    refused += check_turn(turn, wrong) is not None
            shares.append(f"{code} {refused}/{planted} ({100 * refused / planted:.1f} %)")
        print(f"{name}: {', '.join(shares)}")


def lengths(folder: Path) -> None:
    """Print part 3."""
    english = questions(folder, "en")
    for code in LANGUAGES:
        pairs = zip(english, questions(folder, code), strict=True)
        ratios = sorted(letters(text) / letters(source) for source, text in pairs)
        last = len(ratios) - 1
        shown = ", ".join(f"{ratios[round(q * last)]:.2f}" for q in (0, 0.01, 0.5, 0.99, 1))
        bounds = languages.get(code).translate.length
        print(f"length {code}: quantiles 0, 1, 50, 99, 100 % {shown}; bounds {bounds}")


def main() -> None:
    """Print all parts."""
    folder = Path(sys.argv[1])
    false_alarms(folder)
    catches(folder)
    lengths(folder)


if __name__ == "__main__":
    main()
