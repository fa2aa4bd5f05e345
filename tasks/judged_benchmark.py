"""A benchmark whose answers a judge compares with another model's.

`grade NAME` then has saved outputs judged, where the benchmark's class says
`graded_by: ClassVar[GradedBy] = "judge"`.
"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import msgspec

from tasks.benchmark import Benchmark, Generation, Grade, Outcome, P, Sample, is_answered
from ultralink_data.errors import DataError


class AnswerRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One saved answer; a number as `problem_id` stands for its decimal digits."""

    problem_id: str | int
    output: str


class JudgedBenchmark(Benchmark[P]):
    """It says what a judge is told, which subsets have scores of their own, how outputs are saved.

    `metric` names what the judge's verdicts give.
    """

    metric: ClassVar[str] = "win_rate"

    @abstractmethod
    def template(self, language: str, root: Path | None) -> str:
        """What the judge is told, in chat markup (see `tasks.judging.judge.fill`).

        Raises:
            PrerequisiteError: the file is missing.
        """

    def question(self, problem: P) -> str:
        """The question as the judge reads it: what the model is asked by default."""
        return self.request(problem, self.protocols[0]).prompt

    def subsets(self, problem: P) -> tuple[str, ...]:
        """The subsets that the problem stands in."""
        return ()

    def spellings(self, language: str) -> tuple[str, ...]:
        """What `{language}` in the name of an output file may stand for, the code first.

        Raises:
            ConfigError: a language that it does not have.
        """
        self.check((language,))
        return (language,)

    def repeated(self, listed: Sequence[P]) -> list[str]:
        """Ids of problems whose question stands in an earlier one: slips, which stay in."""
        seen: set[str] = set()
        found = []
        for problem in listed:
            text = self.question(problem)
            if text in seen:
                found.append(problem.problem_id)
            seen.add(text)
        return found

    def saved_outputs(self, path: Path, listed: Sequence[P]) -> dict[str, str]:
        """The outputs in a file by problem id; not every question needs one.

        Rows of `problem_id` and `output`, or the samples of an evaluation, of which those that were
        never asked or never answered are left out.

        Raises:
            DataError: a broken row, an unknown or repeated problem, or no row at all; names file
                and row.
        """
        known: Mapping[str, P] = {problem.problem_id: problem for problem in listed}
        found: dict[str, str] = {}
        for line, row in _answer_rows(path):
            problem_id = str(row.problem_id)
            if problem_id not in known:
                raise DataError(
                    f"{path}:{line}: unknown problem_id {row.problem_id!r}",
                    hint=f"they look like {listed[0].problem_id!r}; nothing was judged",
                )
            if problem_id in found:
                raise DataError(
                    f"{path}:{line}: problem_id {problem_id!r} occurs twice",
                    hint="one output a question; nothing was judged",
                )
            found[problem_id] = row.output
        if not found:
            raise DataError(f"{path} has no rows", hint="an output file has one row a question")
        return found

    def grade(
        self, problems: Mapping[str, P], generations: Sequence[Generation], protocol: str
    ) -> list[Grade]:
        """Nothing is graded here: see `tasks.judging.judge`."""
        return [Grade(extracted=None, outcome=Outcome.UNJUDGED) for _ in generations]


def _answer_rows(path: Path) -> Iterator[tuple[int, AnswerRow]]:
    from ultralink_data.store.release import decode_lines

    try:
        with path.open("rb") as file:
            sampled = b'"generation"' in file.readline()
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}", hint="check the path") from error
    if not sampled:
        yield from decode_lines(path, AnswerRow, once=True)
        return
    for line, row in decode_lines(path, Sample, once=True):
        if is_answered(row):
            yield line, AnswerRow(problem_id=row.problem_id, output=row.generation)
