"""OMGEval: open questions in six languages, and saved outputs of models that answer them.

Source: github.com/blcuicall/OMGEval, commit f4dfb6d. A problem is numbered by its English row. One
English row has no translation: line i of another language is row i before it, and row i + 1 from
there on. A row is the same task in every language, not the same question: names, places and customs
are localised.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

import msgspec

from tasks.benchmark import GradedBy, Problem, Request
from tasks.files import locate
from tasks.judged_benchmark import JudgedBenchmark
from ultralink_data.checking.decontaminate.items import BenchmarkItem
from ultralink_data.errors import DataError, unknown_name
from ultralink_data.json_text import json_value
from ultralink_data.store.byte_order_mark import without_mark

SOURCE: Final = "github.com/blcuicall/OMGEval"
UNTRANSLATED: Final = 169
"""The English row (from 0) without a translation."""

_ENGLISH: Final = "omgeval/model_outputs/english/gpt4.json"
_NAMES: Final = {
    **{"ar": "Arabic", "en": "English", "es": "Spanish"},
    **{"fr": "French", "ru": "Russia", "zh": "Chinese"},
}
LANGUAGES: Final = tuple(sorted(_NAMES))
MAX_TOKENS: Final = 2048
"""As in AlpacaEval; Arabic and Russian need two to three times as many tokens as English."""


class Question(Problem, frozen=True, kw_only=True):
    """One question; `local` if it is in the subset that was localised."""

    text: str
    local: bool


class OMGEval(JudgedBenchmark[Question]):
    """Questions sent unchanged as a user's message; a judge compares the answers."""

    name: ClassVar[str] = "omgeval"
    version: ClassVar[str] = "1"
    description: ClassVar[str] = "804 open questions, localised; answers are judged in pairs"
    protocols: ClassVar[tuple[str, ...]] = ("chat",)
    languages: ClassVar[tuple[str, ...]] = ("en", *(code for code in LANGUAGES if code != "en"))
    graded_by: ClassVar[GradedBy] = "judge"
    checked_by_default: ClassVar[bool] = True

    def problems(self, language: str, root: Path | None) -> list[Question]:
        """All questions; see `questions`."""
        return questions(language, root)

    def request(self, problem: Question, protocol: str) -> Request:
        """The question, with no system message.

        Raises:
            ConfigError: unknown protocol.
        """
        self.check((), protocol)
        return Request(
            problem_id=problem.problem_id,
            prompt=problem.text,
            chat=True,
            stop=(),
            max_tokens=MAX_TOKENS,
        )

    def item(self, problem: Question) -> BenchmarkItem:
        """Only the question, as there is no single right answer."""
        return BenchmarkItem(
            task=self.name,
            problem_id=problem.problem_id,
            language=problem.language,
            question=problem.text,
        )

    def template(self, language: str, root: Path | None) -> str:
        """The upstream judge template of a language."""
        name = f"omgeval/evaluator_prompts/gpt4_template/{language}.txt"
        return locate(root, name, SOURCE).read_text(encoding="utf-8")

    def subsets(self, problem: Question) -> tuple[str, ...]:
        """`local`: the questions that were localised."""
        return ("local",) if problem.local else ()

    def spellings(self, language: str) -> tuple[str, ...]:
        """The code, or upstream's folder of a language's model outputs."""
        return (language, _name(language).lower())

    def saved_outputs(self, path: Path, listed: Sequence[Question]) -> dict[str, str]:
        """The outputs in a file by problem id.

        A `.json` file is upstream's: rows of `instruction` and `output` in the questions' order.

        Raises:
            DataError: as for any benchmark, or a question that is not the benchmark's.
        """
        if path.suffix == ".json":
            return _by_question(path, listed)
        return super().saved_outputs(path, listed)


BENCHMARK = OMGEval()


class UpstreamOutput(msgspec.Struct, frozen=True, kw_only=True):
    """One element of an upstream output file; the spelling of `generator` differs by file."""

    instruction: str
    output: str


def questions(language: str, root: Path | None) -> list[Question]:
    """All questions of a language in the order of the English rows.

    Raises:
        ConfigError: OMGEval does not have the language.
        PrerequisiteError: a file is missing.
        DataError: a file is damaged, or a localised question is not in the full file.
    """
    name = _name(language)
    if language == "en":
        texts = [row.instruction.strip() for row in _read_upstream(locate(root, _ENGLISH, SOURCE))]
        return [_question(row, "en", text, local=False) for row, text in enumerate(texts)]
    full = _lines(locate(root, f"omgeval/data/OMGEval_{name}.txt", SOURCE))
    path = locate(root, f"omgeval/data/OMGEval_{name}_local.txt", SOURCE)
    local = _lines(path)
    known = set(full)
    for number, text in enumerate(local, 1):
        if text not in known:
            raise DataError(
                f"{path}:{number}: {text[:60]!r} is not in the full file",
                hint=f"get both files from one commit of {SOURCE}",
            )
    wanted = set(local)
    return [
        _question(line if line < UNTRANSLATED else line + 1, language, text, local=text in wanted)
        for line, text in enumerate(full)
    ]


def _by_question(path: Path, listed: Sequence[Question]) -> dict[str, str]:
    rows = _read_upstream(path)
    if len(rows) != len(listed):
        raise DataError(
            f"{path} has {len(rows)} rows, the benchmark {len(listed)} questions",
            hint="for part of the questions, give JSONL rows of problem_id and output",
        )
    for number, (row, question) in enumerate(zip(rows, listed, strict=True)):
        if row.instruction.strip() != question.text:
            raise DataError(
                f"{path}: row {number} asks {row.instruction[:60]!r}, "
                f"{question.problem_id} in {question.language} is {question.text[:60]!r}",
                hint="the file belongs to another language or version of the benchmark",
            )
    return {q.problem_id: row.output for q, row in zip(listed, rows, strict=True)}


def _read_upstream(path: Path) -> list[UpstreamOutput]:
    from ultralink_data.store.release import repeated_key

    try:
        data = without_mark(path.read_bytes())
        rows = json_value(data, list[UpstreamOutput])
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}", hint="check the path") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(
            f"{path}: {error}", hint="it is an array of objects with `instruction` and `output`"
        ) from error
    start = 0
    for raw in msgspec.json.decode(data, type=list[msgspec.Raw]):
        start = data.index(bytes(raw), start)
        if (key := repeated_key(bytes(raw))) is not None:
            line = data.count(b"\n", 0, start) + 1
            raise DataError(f"{path}:{line}: field `{key}` is given twice", hint="keep one of them")
    return rows


def _lines(path: Path) -> list[str]:
    # Only line feeds: a question may hold another character that `splitlines` breaks at.
    try:
        text = without_mark(path.read_bytes()).decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: byte {error.start} is not UTF-8", hint="get it again") from error
    return [line.strip() for line in text.rstrip("\n").split("\n")]


def _question(row: int, language: str, text: str, *, local: bool) -> Question:
    return Question(problem_id=f"OMGEval/{row}", language=language, text=text, local=local)


def _name(language: str) -> str:
    if language not in _NAMES:
        raise unknown_name("language of omgeval", language, LANGUAGES)
    return _NAMES[language]
