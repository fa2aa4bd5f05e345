r"""MGSM as in lm-eval, for comparison with published numbers.

The protocols `reference_direct`, `reference_native_cot` and `reference_en_cot` are lm-eval's tasks
`mgsm_direct_*`, `mgsm_native_cot_*` and `mgsm_en_cot_*` (package lm-eval 0.4.13, folder
`lm_eval/tasks/mgsm`): zero-shot, raw text, greedy. Prompts, stops and patterns are copied
unchanged, including mistakes (`Пошаговоерешение:` in one word, `Answer:` in Russian and Chinese); a
test compares them with the installed task files. Differences from our own protocols, and their
effect: docs/mgsm.md.

lm-eval applies two filters to each answer and reports both scores. The grade here is
`flexible-extract`, the last number by its pattern, because the zero-shot prompts do not ask for a
closing sentence. The other one, `strict-match` (`remove_whitespace` for `reference_direct`), is in
`detail`.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from tasks.benchmark import Generation, Grade, Outcome, Request
from ultralink_data.errors import unknown_name

PROTOCOLS: Final = ("reference_direct", "reference_native_cot", "reference_en_cot")
MAX_TOKENS: Final = 256
"""The task files set no limit; this is the default of lm-eval's `HFLM`."""

FLEXIBLE: Final = "flexible-extract"
INVALID: Final = "[invalid]"
"""The result of lm-eval's filter if its pattern is not found; it never equals a number."""

_NUMBER: Final = r"(-?[$0-9.,]{2,})|(-?[0-9]+)"
_STATED: Final = r"(\-?[0-9\.\,]+)"
_ENDS: Final = ("</s>", "<|im_end|>")
_Filters = tuple[tuple[str, dict[str, Any]], ...]


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """The texts of one language.

    `question` starts the question and is a stop; `steps` and `direct` start the answer; `strict` is
    the closing sentence up to the number, and `after` is the text that must follow the number.
    """

    question: str
    steps: str
    direct: str
    strict: str
    after: str = ""


WORDINGS: Final = {
    "bn": Wording(
        question="প্রশ্ন:", steps="ধাপে ধাপে উত্তর:", direct="Answer:", strict="The answer is "
    ),
    "de": Wording(
        question="Frage:",
        steps="Schritt-für-Schritt-Antwort:",
        direct="Antwort:",
        strict="Die Antwort lautet ",
    ),
    "en": Wording(
        question="Question:",
        steps="Step-by-Step Answer:",
        direct="Answer:",
        strict="The answer is ",
    ),
    "es": Wording(
        question="Pregunta:",
        steps="Respuesta paso a paso:",
        direct="Respuesta:",
        strict="La respuesta es ",
    ),
    "fr": Wording(
        question="Question :",
        steps="Réponse étape par étape :",
        direct="Réponse :",
        strict="La réponse est ",
    ),
    "ja": Wording(
        question="問題：",
        steps="ステップごとの答え:",
        direct="Answer:",
        strict="答えは",
        after="です。",
    ),
    "ru": Wording(
        question="Задача:", steps="Пошаговоерешение:", direct="Answer:", strict="Ответ — "
    ),
    "sw": Wording(
        question="Swali:", steps="Jibu la Hatua kwa Hatua:", direct="Answer:", strict="Jibu ni "
    ),
    "te": Wording(question="ప్రశ్న:", steps="దశలవారీగా సమాధానం:", direct="Answer:", strict="సమాధానం "),
    "th": Wording(question="โจทย์:", steps="คำตอบทีละขั้นตอน:", direct="Answer:", strict="คำตอบคือ "),
    "zh": Wording(
        question="问题：", steps="逐步解答:", direct="Answer:", strict="答案是 ", after="。"
    ),
}


def wording(language: str) -> Wording:
    """The texts of a language.

    Raises:
        ConfigError: lm-eval has no MGSM in this language.
    """
    if language not in WORDINGS:
        raise unknown_name("language of lm-eval's mgsm", language, tuple(WORDINGS))
    return WORDINGS[language]


def request(problem_id: str, language: str, question: str, protocol: str) -> Request:
    """The request that lm-eval makes for a row of the test split.

    The task files' templates check whether the row has a worked answer; a row of the test split has
    none (`answer` is null on the hub), so the opening is put before the question.

    Raises:
        ConfigError: lm-eval has no MGSM in this language.
    """
    text = wording(language)
    answer = {
        "reference_direct": text.direct,
        "reference_native_cot": text.steps,
        "reference_en_cot": WORDINGS["en"].steps,
    }[protocol]
    return Request(
        problem_id=problem_id,
        prompt=f"{text.question} {question}\n{answer}",
        chat=False,
        stop=(text.question, *_ENDS),
        max_tokens=MAX_TOKENS,
    )


def filters(language: str, protocol: str) -> dict[str, _Filters]:
    """The filters by lm-eval's name, the strict one first; each is a list of steps with options.

    Raises:
        ConfigError: lm-eval has no MGSM in this language.
    """
    text = wording("en" if protocol == "reference_en_cot" else language)
    first: tuple[str, dict[str, Any]] = ("take_first", {})
    flexible = ("regex", {"group_select": -1, "regex_pattern": _NUMBER})
    if protocol == "reference_direct":
        return {
            "remove_whitespace": (("remove_whitespace", {}), first),
            FLEXIBLE: (flexible, first),
        }
    strict = ("regex", {"regex_pattern": f"{text.strict}{_STATED}{text.after}"})
    return {"strict-match": (strict, first), FLEXIBLE: (flexible, first)}


def extract(text: str, steps: _Filters) -> str:
    """The text that lm-eval's own filters extract from an answer."""
    from lm_eval.filters import get_filter

    found: Any = [[text]]
    for name, options in steps:
        found = get_filter(name)(**options).apply(found, [{}])
    return str(next(iter(found)))


def exact_match(extracted: str, answer: int) -> bool:
    """lm-eval's metric with the options of its task files: case and punctuation are ignored."""
    from lm_eval.api.metrics import exact_match_hf_evaluate

    compare: Callable[..., dict[str, float]] = exact_match_hf_evaluate
    found = compare([extracted], [str(answer)], ignore_case=True, ignore_punctuation=True)
    return bool(found["exact_match"] == 1.0)


def grade(generation: Generation, answer: int, language: str, protocol: str) -> Grade:
    """Grade one answer as lm-eval does.

    The share of correct samples is lm-eval's score. `truncated` samples ended at the token limit
    and `no_answer` samples have no number; lm-eval counts both as wrong, and so does this share.

    Raises:
        ConfigError: lm-eval has no MGSM in this language.
    """
    found = {
        name: extract(generation.text, steps) for name, steps in filters(language, protocol).items()
    }
    flexible = found.pop(FLEXIBLE)
    ((name, strict),) = found.items()
    if exact_match(flexible, answer):
        outcome = Outcome.CORRECT
    elif generation.hit_limit:
        outcome = Outcome.TRUNCATED
    else:
        outcome = Outcome.NO_ANSWER if flexible == INVALID else Outcome.WRONG
    return Grade(
        extracted=None if flexible == INVALID else flexible,
        outcome=outcome,
        detail=f"{name}: {'correct' if exact_match(strict, answer) else 'wrong'}",
    )
