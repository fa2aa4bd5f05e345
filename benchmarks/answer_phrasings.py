"""Which number counts as the answer: ours, an older tree and other graders on one file of cases.

    python benchmarks/answer_phrasings.py [--cases FILE] [--before TREE] [--peers PYTHON] [--wrong]

A case has `output`, `language` and `target`, and may have `question`, `others` (numbers that the
output names and that are no answer), `split`, `kind` and `reason`. A grader is right on a case if
it counts the target; a number of `others` that it counts is a false acceptance. Shares come with
Wilson's 95 % interval. `--before` is a checkout of an older commit, `--peers` a Python of its own
environment with math-verify; lm-eval's filters are those of the installed package. Every grader
reads the same strings in the same run. Pure computation: every run prints the same.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from math import sqrt
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
CASES: Final = ROOT / "tests" / "cases" / "answer_phrasings.json"
Z: Final = 1.959964
"""Quantile of a 95 % interval."""
GSM8K_STRICT: Final = r"#### (\-?[0-9\.\,]+)"
"""lm-eval's pattern `strict-match` of gsm8k; its `flexible-extract` is that of mgsm."""


def ours(cases: Sequence[dict[str, Any]]) -> list[list[bool]]:
    """For each case whether each of its numbers is counted, by the tree that is imported."""
    from fractions import Fraction
    from inspect import signature

    from tasks.grading.answer_extract import grade_number

    # In an older tree they stand in the benchmark's module.
    new = find_spec("tasks.grading.answer_phrases") is not None
    module = import_module("tasks.grading.answer_phrases" if new else "tasks.benchmarks.mgsm")
    answer_phrases = module.answer_phrases
    asks = "question" in signature(grade_number).parameters
    found = []
    for case in cases:
        phrases = answer_phrases(case["language"])
        more = (case.get("question", ""),) if asks else ()
        found.append(
            [
                grade_number(case["output"], False, phrases, Fraction(n), *more).outcome
                == "correct"
                for n in numbers(case)
            ]
        )
    return found


def math_verify(cases: Sequence[dict[str, Any]]) -> list[list[bool]]:
    """The same by math-verify as its README uses it: LaTeX and plain expressions."""
    from math_verify import parse, verify

    found = []
    for case in cases:
        answer = parse(case["output"])
        found.append([bool(verify(parse(n), answer)) for n in numbers(case)])
    return found


def lm_eval(cases: Sequence[dict[str, Any]]) -> dict[str, list[list[bool]]]:
    """The same by the filters of lm-eval's mgsm (by language) and gsm8k, and its exact match."""
    from tasks.benchmarks import mgsm_reference as reference

    first: tuple[str, dict[str, Any]] = ("take_first", {})
    gsm8k = (("regex", {"regex_pattern": GSM8K_STRICT}), first)
    found: dict[str, list[list[bool]]] = {}
    for case in cases:
        filters = reference.filters(case["language"], "reference_native_cot")
        steps = {
            "mgsm flexible-extract": filters["flexible-extract"],
            "mgsm strict-match": filters["strict-match"],
            "gsm8k strict-match": gsm8k,
        }
        for name, chain in steps.items():
            text = reference.extract(case["output"], chain)
            counts = [reference.exact_match(text, n) for n in numbers(case)]  # type: ignore[arg-type]
            found.setdefault(f"lm-eval {name}", []).append(counts)
    return found


def numbers(case: dict[str, Any]) -> list[str]:
    """The right number of a case, then those that must not count."""
    return [str(case["target"]), *case.get("others", ())]


GRADERS: Final = {"ours": ours, "math-verify": math_verify}


def elsewhere(grader: str, python: str, path: Path, cases: Sequence[dict[str, Any]]) -> Any:
    """A grader in another process: of an older tree, or of another environment."""
    run = subprocess.run(
        [python, __file__, "--grader", grader],
        input=json.dumps(list(cases)),
        env={**os.environ, "PYTHONPATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise SystemExit(f"{grader} with {python} failed: {run.stderr[-600:]}")
    return json.loads(run.stdout.splitlines()[-1])


def interval(hits: int, of: int) -> str:
    """A share with Wilson's interval, in percent."""
    if not of:
        return "-"
    share = hits / of
    middle = (share + Z * Z / (2 * of)) / (1 + Z * Z / of)
    half = Z * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of)) / (1 + Z * Z / of)
    low, high = max(middle - half, 0.0), min(middle + half, 1.0)
    return f"{hits}/{of} {100 * share:.0f} [{100 * low:.0f}, {100 * high:.0f}]"


def table(cases: Sequence[dict[str, Any]], graders: dict[str, list[list[bool]]]) -> list[list[str]]:
    """By split and kind: targets counted, and other numbers counted, of each grader."""
    rows = [["split", "kind", *graders]]
    splits = dict.fromkeys(case.get("split", "all") for case in cases)
    for split in splits:
        kinds = dict.fromkeys(c.get("kind", "") for c in cases if c.get("split", "all") == split)
        for kind in (*kinds, "all"):
            places = [
                i
                for i, case in enumerate(cases)
                if case.get("split", "all") == split and kind in (case.get("kind", ""), "all")
            ]
            cells = [interval(sum(g[i][0] for i in places), len(places)) for g in graders.values()]
            rows.append([split, kind, *cells])
        false = []
        for counted in graders.values():
            places = [i for i, case in enumerate(cases) if case.get("split", "all") == split]
            others = [count for i in places for count in counted[i][1:]]
            false.append(interval(sum(others), len(others)))
        rows.append([split, "others counted", *false])
    return rows


def main() -> None:
    """Grade by everyone and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=Path, default=CASES)
    parser.add_argument("--before", type=Path, metavar="TREE", help="checkout of an older commit")
    parser.add_argument("--peers", metavar="PYTHON", help="Python with math-verify")
    parser.add_argument("--wrong", action="store_true", help="print the cases that ours gets wrong")
    parser.add_argument("--grader", choices=GRADERS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.grader:
        print(json.dumps(GRADERS[arguments.grader](json.load(sys.stdin))))
        return
    sys.path.insert(0, str(ROOT))
    cases = json.loads(arguments.cases.read_text("utf-8"))
    found = {}
    if arguments.before:
        found["before"] = elsewhere("ours", sys.executable, arguments.before.resolve(), cases)
    found["ours"] = ours(cases)
    if arguments.peers:
        found["math-verify"] = elsewhere("math-verify", arguments.peers, ROOT, cases)
    found |= lm_eval(cases)
    print(f"{len(cases)} cases of {arguments.cases.name}; lm-eval {version('lm-eval')}\n")
    for row in table(cases, found):
        print(f"| {' | '.join(row)} |")
    for case, counted in zip(cases, found["ours"], strict=True):
        if arguments.wrong and (not counted[0] or any(counted[1:])):
            print(case.get("split"), case.get("kind"), counted, case["output"])


if __name__ == "__main__":
    main()
