"""Our grader of numbers beside the build before, math-verify and lm-eval's filters.

    python -m benchmarks.grader_peers [--before FOLDER] [--peers PYTHON]

Every case of `tests/cases/mgsm.json`, by kind, in one run. PYTHON has math-verify; lm-eval's side
is the installed package's own filters and metric, as its tasks `gsm8k` and `mgsm_native_cot_*` set
them, on the answer up to their own stops. Peers count an answer or do not, so only that is compared
for all: a right answer that is not counted, and one that is not right but counted.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.grader_conformance import PROTOCOL, Case, read_cases
from benchmarks.other_build import answers_of
from tasks.benchmark import Outcome
from tasks.benchmarks import mgsm_reference

ROOT: Final = Path(__file__).resolve().parent.parent

_FLEXIBLE: Final = ("regex", {"group_select": -1, "regex_pattern": r"(-?[$0-9.,]{2,})|(-?[0-9]+)"})
_STRICT: Final = ("regex", {"regex_pattern": r"#### (\-?[0-9\.\,]+)"})
_FIRST: Final[tuple[str, dict[str, Any]]] = ("take_first", {})
_GSM8K_STOPS: Final = ("Question:", "</s>", "<|im_end|>")
_GSM8K_IGNORED: Final = [",", r"\$", r"(?s).*#### ", r"\.$"]

_OURS: Final = """
import json, sys
from fractions import Fraction
from tasks.grading.answer_extract import grade_number
try:
    from tasks.grading.answer_phrases import answer_phrases
except ImportError:
    from tasks.benchmarks.mgsm import answer_phrases
rows = json.load(sys.stdin)
found = (grade_number(t, limit, answer_phrases(l), Fraction(gold)) for t, gold, l, limit in rows)
print(json.dumps([grade.outcome.value == "correct" for grade in found]))
"""
_MATH_VERIFY: Final = """
import json, logging, sys
from math_verify import parse, verify
logging.disable(logging.CRITICAL)
rows = json.load(sys.stdin)
print(json.dumps([bool(verify(parse(str(gold)), parse(text))) for text, gold, *_ in rows]))
"""


def in_process(python: str, script: str, folder: Path, cases: Sequence[Case]) -> list[bool]:
    """Whether another Python, or another build in `folder`, counts each case."""
    rows = [(case.output, case.target, case.language, case.hit_limit) for case in cases]
    return answers_of(python, script, folder, rows)


def gsm8k(case: Case, step: tuple[str, dict[str, Any]]) -> bool:
    """Whether lm-eval's `gsm8k` counts the case by one of its filters."""
    from lm_eval.api.metrics import exact_match_hf_evaluate

    compare: Callable[..., dict[str, float]] = exact_match_hf_evaluate
    text = _up_to(case.output, _GSM8K_STOPS)
    found = compare(
        [mgsm_reference.extract(text, (step, _FIRST))],
        [str(case.target)],
        regexes_to_ignore=_GSM8K_IGNORED,
        ignore_case=True,
        ignore_punctuation=False,
    )
    return bool(found["exact_match"] == 1.0)


def mgsm(case: Case, name: str) -> bool:
    """Whether lm-eval's `mgsm_native_cot` in the case's language counts it by a filter."""
    stops = mgsm_reference.request("", case.language, "", PROTOCOL).stop
    steps = mgsm_reference.filters(case.language, PROTOCOL)[name]
    found = mgsm_reference.extract(_up_to(case.output, stops), steps)
    return mgsm_reference.exact_match(found, case.target)


def _up_to(text: str, stops: Sequence[str]) -> str:
    for stop in stops:
        text = text.split(stop)[0]
    return text


def counted(cases: Sequence[Case], before: Path | None, peers: str | None) -> dict[str, list[bool]]:
    """Whether each case is counted, by grader."""
    found = {
        "mgsm flexible": [mgsm(case, "flexible-extract") for case in cases],
        "mgsm strict": [mgsm(case, "strict-match") for case in cases],
        "gsm8k flexible": [gsm8k(case, _FLEXIBLE) for case in cases],
        "gsm8k strict": [gsm8k(case, _STRICT) for case in cases],
    }
    if peers:
        found["math-verify"] = in_process(peers, _MATH_VERIFY, Path.cwd(), cases)
    if before:
        found["before"] = in_process(sys.executable, _OURS, before, cases)
    return found | {"ours": in_process(sys.executable, _OURS, ROOT, cases)}


def main() -> None:
    """Grade and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--before", type=Path, help="another checkout of this project")
    parser.add_argument("--peers", metavar="PYTHON", help="a Python with math-verify")
    arguments = parser.parse_args()
    cases = read_cases()
    found = counted(cases, arguments.before, arguments.peers)
    lines = [["kind", "cases", *found], ["---"] * (len(found) + 2)]
    for kind in [*dict.fromkeys(case.kind for case in cases), "all"]:
        places = [n for n, case in enumerate(cases) if kind in ("all", case.kind)]
        right = {n for n in places if cases[n].outcome is Outcome.CORRECT}
        cells = [
            f"{sum(not by[n] for n in right)} + {sum(by[n] for n in places if n not in right)}"
            for by in found.values()
        ]
        lines.append([kind, str(len(places)), *cells])
    print("\n".join(f"| {' | '.join(line)} |" for line in lines))
    print("\nCells: right answers not counted + others counted.")


if __name__ == "__main__":
    main()
