"""The starter set's training rows, and the plain text that its base model reads.

One place says how a problem becomes a conversation, so that training rows and held-out
questions of `tasks` have the same form.
"""

import random
from collections.abc import Iterator, Sequence

from ultralink_data import languages
from ultralink_data.dialogue import Dialogue, Kind, Provenance
from ultralink_data.starter.chats import starter_chats
from ultralink_data.starter.code import CodeProblem, code_problems
from ultralink_data.starter.math import MathProblem, math_problems
from ultralink_data.starter.starter_languages import LANGUAGES, closings

MOST_EASY = 12
"""An easy template has few pairs of single digits: this many problems at most."""


def math_turns(problem: MathProblem, language: str) -> tuple[str, str]:
    """Question and worked solution."""
    return problem.question[language], problem.solution[language]


def code_turns(problem: CodeProblem, language: str) -> tuple[str, str]:
    """A request for the function, and the whole function in a code block."""
    builder = languages.get(language).builder
    prompt = problem.prompt[language]
    reply = f"{builder.code_reply}\n\n```python\n{prompt}{problem.solution}```"
    return builder.code_request.replace("{prompt}", prompt), reply


def starter_dialogues(
    seed: int, per_template: int, codes: Sequence[str] = LANGUAGES
) -> list[Dialogue]:
    """All training rows: parallel math and code, and the chats of each language.

    `per_template` is how many math problems each template gives. Rows of other languages than
    English name the English row as parent: they are its parallel text.
    """
    rows: list[Dialogue] = []
    math = _train_problems(seed, per_template)
    code = code_problems("train")
    for language in codes:
        rows += [_parallel(language, "math", p.problem_id, math_turns(p, language)) for p in math]
        rows += [_parallel(language, "code", p.problem_id, code_turns(p, language)) for p in code]
        rows += _chats(language)
    return rows


def _parallel(language: str, kind: Kind, source: str, turns: tuple[str, str]) -> Dialogue:
    name = source.split("/", 1)[1].replace("/", "_")
    parent = None if language == "en" else f"en_{kind}_{name}"
    return Dialogue(
        id=f"{language}_{kind}_{name}",
        language=language,
        kind=kind,
        turns=turns,
        provenance=Provenance(source_id=source, parent_id=parent),
    )


def _chats(language: str) -> Iterator[Dialogue]:
    for chat in starter_chats(language):
        kind: Kind = "chat_specific" if chat.kind == "specific" else "chat_agnostic"
        yield Dialogue(
            id=f"{language}_{kind}_{chat.chat_id}",
            language=language,
            kind=kind,
            turns=chat.turns,
            provenance=Provenance(source_id=f"starter-chat/{chat.chat_id}"),
        )


def base_texts(seed: int, per_template: int) -> list[str]:
    """Text of all languages without a worked solution: what the base model is made from.

    Questions, function headers with their docstrings, and chats, in a seeded order. The
    problems are drawn with another seed than the training rows', so that the base model has
    not read the questions it is later tuned on, only their kind.
    """
    texts: list[str] = []
    for problem in _train_problems(seed + 1, per_template):
        texts += [problem.question[language] for language in LANGUAGES]
    for code in code_problems("train"):
        texts += [code.prompt[language] for language in LANGUAGES]
    for language in LANGUAGES:
        texts += ["\n".join(chat.turns) for chat in starter_chats(language)]
    random.Random(f"base/{seed}").shuffle(texts)
    return texts


def _train_problems(seed: int, per_template: int) -> list[MathProblem]:
    easy = min(per_template, MOST_EASY)
    return math_problems(seed, "train", per_template, closings(), per_easy_template=easy)
