"""MGSM: 250 grade-school math problems, parallel in all languages.

Source: google-research/url-nlp, `mgsm/`, commit 452a21a (Shi et al., arXiv 2210.03057). Row i is
the same problem in every language, so its index is the `problem_id`.

Protocols: `direct`, `native_cot` and `en_cot` ask a chat model without examples; `direct_8shot` and
`native_cot_8shot` give a base model the official exemplars as raw text. A chat answer ends with the
model's end token; the raw text ends where the model starts the next question, which no answer
contains. The `reference_*` protocols are lm-eval's own tasks (see
`tasks.benchmarks.mgsm_reference`).
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import ClassVar, Final

import msgspec

from tasks.benchmark import (
    Benchmark,
    Generation,
    Grade,
    Problem,
    Reference,
    Request,
    Translated,
)
from tasks.benchmarks import mgsm_reference
from tasks.benchmarks.mgsm_replaced import replaced_rows
from tasks.files import locate
from tasks.grading.answer_phrases import answer_phrases, math_texts
from ultralink_data import languages
from ultralink_data.checking.decontaminate.items import BenchmarkItem
from ultralink_data.errors import DataError, unknown_name
from ultralink_data.store.byte_order_mark import without_mark

UPSTREAM: Final = "https://github.com/google-research/url-nlp/tree/452a21a/mgsm"
EXEMPLARS_FILE: Final = "mgsm/exemplars.json"
EN_COT_INSTRUCTION: Final = (
    "{question}\n\n"
    'Solve the problem step by step in English. End with the sentence "The answer is ..." '
    "and the number."
)
MAX_TOKENS: Final = {
    "direct": 64,
    "native_cot": 1024,
    "en_cot": 1024,
    "direct_8shot": 32,
    "native_cot_8shot": 512,
}
"""Tokens of an answer by protocol. The longest official worked example has about 100 tokens in
English and, with a tokenizer made for English, four times as many in Russian."""


class MgsmProblem(Problem, frozen=True, kw_only=True):
    """One row; `root` is where to find the exemplars (see `tasks.files.locate`)."""

    question: str
    answer: int
    root: Path | None


class Exemplar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A worked example; question and answer include their openings ("Question: ")."""

    q: str
    a: str


class Exemplars(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The upstream file `exemplars.py`, as JSON."""

    numbers: tuple[int, ...] = msgspec.field(name="EXEMPLAR_NUMBER_ANSWERS")
    equations: tuple[str, ...] = msgspec.field(name="EXEMPLAR_EQUATION_SOLUTIONS")
    by_language: dict[str, dict[str, Exemplar]] = msgspec.field(name="MGSM_EXEMPLARS")


class Mgsm(Benchmark[MgsmProblem]):
    """The MGSM benchmark."""

    name: ClassVar[str] = "mgsm"
    version: ClassVar[str] = "6"
    description: ClassVar[str] = "grade-school math word problems, 250 a language"
    metric: ClassVar[str] = "exact_match"
    protocols: ClassVar[tuple[str, ...]] = (*MAX_TOKENS, *mgsm_reference.PROTOCOLS)
    languages: ClassVar[tuple[str, ...]] = tuple(
        code for code in languages.names() if languages.get(code).mgsm is not None
    )
    checked_by_default: ClassVar[bool] = True
    evaluated_by_default: ClassVar[bool] = True
    human_translations: ClassVar[Translated] = "math"

    def problems(self, language: str, root: Path | None) -> list[MgsmProblem]:
        """All rows of the language's file.

        If the English file is beside it, both must have the same answers row by row, as the ids and
        the pairing of languages depend on that.

        Raises:
            PrerequisiteError: the file is missing.
            DataError: a broken line, or an answer that differs from English (file and line).
        """
        math_texts(language)
        path = self.file(language, root)
        rows = read_rows(path)
        english = path.with_name("mgsm_en.tsv")
        if language != "en" and english.is_file():
            _check_parallel(path, rows, english, read_rows(english))
        return [
            MgsmProblem(
                problem_id=f"mgsm/{index:03d}",
                language=language,
                question=question,
                answer=answer,
                root=root,
            )
            for index, (question, answer) in enumerate(rows)
        ]

    def file(self, language: str, root: Path | None) -> Path:
        """The file of a language: `mgsm/mgsm_{language}.tsv`.

        Raises:
            PrerequisiteError: it is missing.
        """
        return locate(root, f"mgsm/mgsm_{language}.tsv", UPSTREAM)

    def replaced(self, language: str) -> frozenset[str]:
        """The problems that MGSM-Rev2 replaced: reworded, or translated wrongly before."""
        return frozenset(f"mgsm/{row - 1:03d}" for row in replaced_rows(language))

    def request(self, problem: MgsmProblem, protocol: str) -> Request:
        """What the model is asked.

        Raises:
            ConfigError: unknown protocol, or a reference protocol in a language lm-eval lacks.
            PrerequisiteError, DataError: the exemplars of an 8-shot protocol are missing or broken.
        """
        if protocol not in self.protocols:
            raise unknown_name("protocol of mgsm", protocol, self.protocols)
        if protocol in mgsm_reference.PROTOCOLS:
            return mgsm_reference.request(
                problem.problem_id, problem.language, problem.question, protocol
            )
        text = math_texts(problem.language)
        chat = not protocol.endswith("_8shot")
        return Request(
            problem_id=problem.problem_id,
            prompt=_chat_prompt(problem, protocol) if chat else _raw_prompt(problem, protocol),
            chat=chat,
            stop=() if chat else ("\n" + text.question.rstrip(),),
            max_tokens=MAX_TOKENS[protocol],
        )

    def reference(self, problem: MgsmProblem, protocol: str) -> Reference | None:
        """The closing sentence with the right number, only for the direct protocols.

        With a chain of thought the model's own reasoning comes first, so there is no reference.
        """
        if not protocol.startswith("direct"):
            return None
        request = self.request(problem, protocol)
        sentence = languages.get(problem.language).builder.answer_sentence
        target = sentence.replace("{answer}", str(problem.answer))
        gap = "" if request.chat else _gap(math_texts(problem.language).answer)
        return Reference(
            problem_id=problem.problem_id,
            prompt=request.prompt,
            target=gap + target,
            chat=request.chat,
        )

    def item(self, problem: MgsmProblem) -> BenchmarkItem:
        """The question and its number; MGSM's rows are the first of GSM8K's test set, in order."""
        return BenchmarkItem(
            task=self.name,
            problem_id=problem.problem_id,
            language=problem.language,
            question=problem.question,
            answer=str(problem.answer),
            aliases=(f"gsm8k_test/{problem.problem_id.rpartition('/')[2]}",),
        )

    def grade(
        self,
        problems: Mapping[str, MgsmProblem],
        generations: Sequence[Generation],
        protocol: str,
    ) -> list[Grade]:
        """Compare the final number with the right one; reference protocols grade like lm-eval."""
        from tasks.grading.answer_extract import grade_number

        grades = []
        for generation in generations:
            problem = problems[generation.problem_id]
            if protocol in mgsm_reference.PROTOCOLS:
                args = (generation, problem.answer, problem.language, protocol)
                grades.append(mgsm_reference.grade(*args))
                continue
            gold = Fraction(problem.answer)
            phrases = answer_phrases(problem.language)
            read = (generation.text, generation.hit_limit, phrases, gold, problem.question)
            grades.append(grade_number(*read))
        return grades

    def reads_thinking(self, protocol: str) -> bool:
        """The reference protocols read everything, as lm-eval's filters do."""
        return protocol in mgsm_reference.PROTOCOLS

    def found_by(self, problem: MgsmProblem, text: str, protocol: str) -> str:
        """The rule of `answer_extract`; the reference protocols have only one rule."""
        if protocol in mgsm_reference.PROTOCOLS:
            return ""
        from tasks.grading.answer_extract import rule_of

        return rule_of(text, answer_phrases(problem.language), problem.question)


def _chat_prompt(problem: MgsmProblem, protocol: str) -> str:
    text = math_texts(problem.language)
    instruction = {
        "direct": text.direct_instruction,
        "native_cot": text.native_cot_instruction,
        "en_cot": EN_COT_INSTRUCTION,
    }[protocol]
    return instruction.replace("{question}", problem.question)


def _raw_prompt(problem: MgsmProblem, protocol: str) -> str:
    """The eight exemplars, then the question, up to the opening of the answer."""
    text = math_texts(problem.language)
    path = locate(problem.root, EXEMPLARS_FILE, UPSTREAM)
    exemplars = read_exemplars(path)
    shots = exemplars.by_language.get(problem.language)
    if shots is None:
        raise DataError(
            f"{path}: no exemplars for language {problem.language!r}",
            hint=f"use a chat protocol; the file has {', '.join(sorted(exemplars.by_language))}",
        )
    opening = text.answer_step_by_step if protocol == "native_cot_8shot" else text.answer
    blocks = []
    for key, number in zip(sorted(shots, key=int), exemplars.numbers, strict=True):
        shot = shots[key]
        answer = shot.a if protocol == "native_cot_8shot" else f"{opening}{_gap(opening)}{number}"
        blocks.append(f"{shot.q}\n{answer}")
    blocks.append(f"{text.question}{problem.question}\n{opening}")
    return "\n\n".join(blocks)


def _gap(opening: str) -> str:
    """The space between an opening and its answer; empty after a full-width colon."""
    return "" if opening.endswith("：") else " "


@cache
def read_exemplars(path: Path) -> Exemplars:
    """Decode the exemplars.

    Raises:
        DataError: the file does not have upstream's form (names file and field).
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Exemplars)
    except msgspec.DecodeError as error:
        raise DataError(f"{path}: {error}", hint=f"get the file again from {UPSTREAM}") from error


def read_rows(path: Path) -> list[tuple[str, int]]:
    """Question and answer of each line of an upstream file, split at TAB without quoting.

    Raises:
        DataError: not UTF-8, not two columns, an empty question, or an answer that is not an
        integer.
    """
    rows = []
    lines = without_mark(path.read_bytes()).split(b"\n")
    if lines and not lines[-1]:
        lines.pop()  # the last line ends in a newline
    for number, line in enumerate(lines, 1):
        try:
            cells = line.decode("utf-8").split("\t")
        except UnicodeDecodeError as error:
            raise _broken(path, number, f"byte {error.start} is not UTF-8") from error
        if len(cells) != 2:
            raise _broken(path, number, f"expected 2 columns, found {len(cells)}")
        question, answer = cells
        digits = answer.replace(",", "")
        if not question.strip():
            raise _broken(path, number, "the question is empty")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 16):
            raise _broken(path, number, f"the answer is no number: {answer!r}")
        rows.append((question, int(digits)))
    if not rows:
        raise _broken(path, 1, "the file is empty")
    return rows


def _check_parallel(
    path: Path, rows: list[tuple[str, int]], english: Path, other: list[tuple[str, int]]
) -> None:
    if len(rows) != len(other):
        what = f"the file has {len(rows)} rows, {english.name} has {len(other)}"
        raise _unlike(path, min(len(rows), len(other)) + 1, what, english)
    for number, ((_, ours), (_, theirs)) in enumerate(zip(rows, other, strict=True), 1):
        if ours != theirs:
            what = f"the answer is {ours}, in {english.name} {theirs}"
            raise _unlike(path, number, what, english)


def _unlike(path: Path, line: int, what: str, english: Path) -> DataError:
    """A file that does not go with the English one; it may be one that upstream does not have."""
    return DataError(
        f"{path}:{line}: {what}",
        hint=f"each line translates the same line of {english.name}: correct the file, or get it "
        f"again from {UPSTREAM}",
    )


def _broken(path: Path, line: int, what: str) -> DataError:
    return DataError(f"{path}:{line}: {what}", hint=f"get the file again from {UPSTREAM}")


BENCHMARK = Mgsm()
