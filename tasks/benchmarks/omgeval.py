"""OMGEval: open questions in six languages, and saved outputs of models that answer them.

Source: github.com/blcuicall/OMGEval, commit f4dfb6d. A problem is numbered by its row in English,
where one row has no translation: line i of another language is row i before it and i + 1 from it
on. A row is the same task, not the same question: names, places and customs are localised.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Final

import msgspec

from tasks.benchmark import (
    Benchmark,
    Generation,
    Grade,
    GradedBy,
    Outcome,
    Problem,
    Request,
    Sample,
    is_answered,
)
from tasks.files import locate
from ultralink_data.checking.decontaminate.items import BenchmarkItem
from ultralink_data.errors import DataError, unknown_name
from ultralink_data.store.release import decode_lines

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
"""As AlpacaEval's configurations; Arabic and Russian take two to three times English's tokens."""


class Question(Problem, frozen=True, kw_only=True):
    """One question; `local` when it stands in the subset that was localised."""

    text: str
    local: bool


class OMGEval(Benchmark[Question]):
    """The questions as they are, as a user's message; a judge compares the answers."""

    name: ClassVar[str] = "omgeval"
    version: ClassVar[str] = "1"
    description: ClassVar[str] = "804 open questions, localised; answers are judged in pairs"
    metric: ClassVar[str] = "win_rate"
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
        """The question alone: no answer is the right one."""
        return BenchmarkItem(
            task=self.name,
            problem_id=problem.problem_id,
            language=problem.language,
            question=problem.text,
        )

    def grade(
        self, problems: Mapping[str, Question], generations: Sequence[Generation], protocol: str
    ) -> list[Grade]:
        """Nothing is graded here: see `tasks.judging.judge`."""
        return [Grade(extracted=None, outcome=Outcome.UNJUDGED) for _ in generations]


BENCHMARK = OMGEval()


class UpstreamOutput(msgspec.Struct, frozen=True, kw_only=True):
    """One element of an upstream output file; `generator` is spelt differently per file."""

    instruction: str
    output: str


class OutputRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One saved output of ours; a number as `problem_id` stands for its decimal digits."""

    problem_id: str | int
    output: str


def folder_name(language: str) -> str:
    """The upstream folder of a language's model outputs.

    Raises:
        ConfigError: a language that OMGEval does not have.
    """
    return _name(language).lower()


def questions(language: str, root: Path | None) -> list[Question]:
    """All questions of a language in the order of the English rows.

    Raises:
        ConfigError: a language that OMGEval does not have.
        PrerequisiteError: a file is missing.
        DataError: a file is damaged, or a localised question stands in no full file.
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
                f"{path}:{number}: {text[:60]!r} is no question of the full file",
                hint=f"get both files from one commit of {SOURCE}",
            )
    wanted = set(local)
    return [
        _question(line if line < UNTRANSLATED else line + 1, language, text, local=text in wanted)
        for line, text in enumerate(full)
    ]


def repeated(listed: Sequence[Question]) -> list[str]:
    """Ids of questions whose text stands in an earlier row: upstream slips, which stay in."""
    seen: set[str] = set()
    found = []
    for question in listed:
        if question.text in seen:
            found.append(question.problem_id)
        seen.add(question.text)
    return found


def template(language: str, root: Path | None) -> str:
    """The upstream judge template of a language, in chat markup.

    Raises:
        PrerequisiteError: the file is missing.
    """
    name = f"omgeval/evaluator_prompts/gpt4_template/{language}.txt"
    return locate(root, name, SOURCE).read_text(encoding="utf-8")


def read_outputs(path: Path, listed: Sequence[Question]) -> dict[str, str]:
    """The outputs in a file by problem id; not every question needs one.

    A `.json` file is upstream's (an array of `instruction` and `output` in the questions' order),
    any other JSONL: rows of `problem_id` and `output`, or the samples of an evaluation, of which
    those that were never asked or never answered are left out.

    Raises:
        DataError: a broken row, an unknown or repeated problem, a question that is not the
            benchmark's, or no row at all; names file and row.
    """
    found = _by_question(path, listed) if path.suffix == ".json" else _by_id(path, listed)
    if not found:
        raise DataError(f"{path} has no rows", hint="an output file has one row a question")
    return found


def _by_question(path: Path, listed: Sequence[Question]) -> dict[str, str]:
    rows = _read_upstream(path)
    if len(rows) != len(listed):
        raise DataError(
            f"{path} has {len(rows)} rows, the benchmark {len(listed)} questions",
            hint="give part of the questions as JSONL rows of problem_id and output",
        )
    for number, (row, question) in enumerate(zip(rows, listed, strict=True)):
        if row.instruction.strip() != question.text:
            raise DataError(
                f"{path}: row {number} asks {row.instruction[:60]!r}, "
                f"{question.problem_id} in {question.language} is {question.text[:60]!r}",
                hint="the file belongs to another language or version of the benchmark",
            )
    return {q.problem_id: row.output for q, row in zip(listed, rows, strict=True)}


def _by_id(path: Path, listed: Sequence[Question]) -> dict[str, str]:
    known: Mapping[str, Question] = {question.problem_id: question for question in listed}
    found: dict[str, str] = {}
    for line, row in _output_rows(path):
        problem_id = str(row.problem_id)
        if problem_id not in known:
            raise DataError(
                f"{path}:{line}: unknown problem_id {row.problem_id!r}",
                hint=f"they look like {listed[0].problem_id!r}; nothing was judged",
            )
        if problem_id in found:
            raise DataError(
                f"{path}:{line}: problem_id {problem_id!r} stands twice",
                hint="one output a question; nothing was judged",
            )
        found[problem_id] = row.output
    return found


def _output_rows(path: Path) -> Iterator[tuple[int, OutputRow]]:
    try:
        with path.open("rb") as file:
            sampled = b'"generation"' in file.readline()
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}", hint="check the path") from error
    if not sampled:
        yield from decode_lines(path, OutputRow)
        return
    for line, row in decode_lines(path, Sample):
        if is_answered(row):
            yield line, OutputRow(problem_id=row.problem_id, output=row.generation)


def _read_upstream(path: Path) -> list[UpstreamOutput]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[UpstreamOutput])
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}", hint="check the path") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(
            f"{path}: {error}", hint="an array of objects with `instruction` and `output`"
        ) from error


def _lines(path: Path) -> list[str]:
    # Only line feeds: a question may hold another character that `splitlines` breaks at.
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: byte {error.start} is not UTF-8", hint="get it again") from error
    return [line.strip() for line in text.rstrip("\n").split("\n")]


def _question(row: int, language: str, text: str, *, local: bool) -> Question:
    return Question(problem_id=f"OMGEval/{row}", language=language, text=text, local=local)


def _name(language: str) -> str:
    if language not in _NAMES:
        raise unknown_name("language of omgeval", language, LANGUAGES)
    return _NAMES[language]
