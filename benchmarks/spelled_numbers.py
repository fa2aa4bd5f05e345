"""Numbers that other programs spell out: which are read back, and which translations are refused.

    python benchmarks/spelled_numbers.py [--before TREE]

The texts are those of `tests/cases/spelled_numbers.json` (rules of Unicode's CLDR, num2words), by
language: read as their number, by this tree and by an older checkout, and the share of right
translations of "He counts to N." that `check_numbers` refuses. Pure computation.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
CASES: Final = ROOT / "tests" / "cases" / "spelled_numbers.json"


def read(cases: list[dict[str, Any]]) -> list[tuple[bool, bool]]:
    """For each case whether its text is read as its number, and whether a translation passes."""
    from ultralink_data.text.numbers import numbers_in
    from ultralink_data.translation.turns import SourceTurn
    from ultralink_data.translation.values import check_numbers

    found = []
    for case in cases:
        language, number, text = case["language"], case["number"], case["text"]
        source = SourceTurn(
            kind="math", user=True, language=language, text=f"He counts to {number}."
        )
        passes = language == "en" or check_numbers(source, f"{text}.") is None
        found.append((numbers_in(text, language) == [number], passes))
    return found


def main() -> None:
    """Read by one or two trees and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--before", type=Path, metavar="TREE", help="checkout of an older commit")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    cases = json.loads(CASES.read_text("utf-8"))
    if arguments.worker:
        print(json.dumps(read(cases)))
        return
    trees = {"before": arguments.before.resolve()} if arguments.before else {}
    trees["now"] = ROOT
    found = {}
    for name, tree in trees.items():
        run = subprocess.run(
            [sys.executable, __file__, "--worker"],
            env={**os.environ, "PYTHONPATH": str(tree)},
            capture_output=True,
            text=True,
            check=True,
        )
        found[name] = json.loads(run.stdout)
    heads = [f"{what} {name}" for what in ("misread", "refused") for name in found]
    print(f"| language | numbers | {' | '.join(heads)} |")
    for language in [*dict.fromkeys(case["language"] for case in cases), "all"]:
        at = [i for i, case in enumerate(cases) if language in (case["language"], "all")]
        cells = [sum(not f[i][what] for i in at) for what in (0, 1) for f in found.values()]
        print(f"| {language} | {len(at)} | {' | '.join(map(str, cells))} |")


if __name__ == "__main__":
    main()
