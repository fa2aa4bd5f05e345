"""The held-out code problems of the starter set, in the form of the training rows.

A proxy for models of a million parameters; never call it HumanEval.
"""

from pathlib import Path
from typing import ClassVar, Final

from tasks.benchmark import Problem, Reference, Request
from tasks.program_benchmark import ProgramBenchmark
from tasks.sandbox import Program
from ultralink_data.errors import unknown_name
from ultralink_data.starter.starter_languages import LANGUAGES

MAX_TOKENS: Final = 512


class StarterCodeProblem(Problem, frozen=True, kw_only=True):
    """One function to write; `prompt` is its signature and docstring."""

    request: str
    reply: str
    prompt: str
    entry_point: str
    test: str


class StarterCode(ProgramBenchmark[StarterCodeProblem]):
    """Code problems of the starter set."""

    name: ClassVar[str] = "starter_code"
    version: ClassVar[str] = "4"
    description: ClassVar[str] = "small functions of the starter set, held out, run with tests"
    metric: ClassVar[str] = "pass@1"
    protocols: ClassVar[tuple[str, ...]] = ("chat",)
    languages: ClassVar[tuple[str, ...]] = LANGUAGES
    # Accuracy is at its floor for models of this size; bits per byte still tell them apart.
    primary: ClassVar[str] = "bpb"

    def problems(self, language: str, root: Path | None) -> list[StarterCodeProblem]:
        """The held-out functions; `root` is not used: the starter set needs no files.

        Raises:
            ConfigError: the starter set is not written in this language.
        """
        from ultralink_data.starter.code import code_problems
        from ultralink_data.starter.dialogues import code_turns

        if language not in self.languages:
            raise unknown_name("language of starter_code", language, self.languages)
        made = []
        for problem in code_problems("held_out"):
            request, reply = code_turns(problem, language)
            made.append(
                StarterCodeProblem(
                    problem_id=problem.problem_id,
                    language=language,
                    cluster=problem.function_id,
                    request=request,
                    reply=reply,
                    prompt=problem.prompt[language],
                    entry_point=problem.entry_point,
                    test=problem.tests,
                )
            )
        return sorted(made, key=lambda problem: problem.problem_id)

    def request(self, problem: StarterCodeProblem, protocol: str) -> Request:
        """The request of the training rows.

        Raises:
            ConfigError: unknown protocol.
        """
        if protocol not in self.protocols:
            raise unknown_name("protocol of starter_code", protocol, self.protocols)
        return Request(
            problem_id=problem.problem_id,
            prompt=problem.request,
            chat=True,
            stop=(),
            max_tokens=MAX_TOKENS,
        )

    def reference(self, problem: StarterCodeProblem, protocol: str) -> Reference:
        """The whole answer, in the training form."""
        request = self.request(problem, protocol)
        return Reference(
            problem_id=problem.problem_id, prompt=request.prompt, target=problem.reply, chat=True
        )

    def code(self, problem: StarterCodeProblem, text: str, protocol: str) -> str | None:
        """What an answer adds to the signature."""
        from tasks.grading.code_extract import extract_code

        return extract_code(text, (problem.entry_point,), problem.prompt)

    def program(self, problem: StarterCodeProblem, code: str) -> Program:
        """Signature and code with the problem's test."""
        source = problem.prompt + code
        return Program(source=source, test=problem.test, entry_point=problem.entry_point)

    def solution(self, problem: StarterCodeProblem) -> str:
        """The code of the training form's answer."""
        code = self.code(problem, problem.reply, self.protocols[0])
        assert code is not None, problem.problem_id
        return code


BENCHMARK = StarterCode()
