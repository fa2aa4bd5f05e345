#!/usr/bin/env bash
# evalplus 0.3.1's `sanitize` keeps the longest stretch of lines that parses, before it looks for the
# function. A chat answer has several: where the block of tests is longer than the function, the
# function is gone and a right answer fails; where a draft in <think> is as long as the answer, the
# draft is what runs. Of 70 right HumanEval functions after such drafts 66 failed, and 64 of 70 wrong
# ones after right drafts passed (docs/log.md of this project, 2026-11-27).
#
# Seen with Python 3.11 on 2026-11-27:
#     evalplus 0.3.1, tests after it: assert add(1, 2) == 3 | assert add(0, 0) == 0 | assert add(-1, 1) == 0
#     evalplus 0.3.1, a draft before it: def add(a, b): |     return a - b
#
# It exits with 1 when the answer's function comes back.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
pip() { "$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"; }
pip tree_sitter==0.26.1 tree_sitter_python==0.25.0 tqdm numpy wget appdirs tempdir termcolor psutil datasets
pip --no-deps evalplus==0.3.1

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

from evalplus.sanitize import sanitize

ANSWER = "```python\ndef add(a, b):\n    return a + b\n```\n"
DRAFT = "```python\ndef add(a, b):\n    return a - b\n```\n"
TESTS = "assert add(1, 2) == 3\nassert add(0, 0) == 0\nassert add(-1, 1) == 0\n"
found = {
    "tests after it": sanitize(f"Here it is:\n{ANSWER}Tests:\n```python\n{TESTS}```\n", "add"),
    "a draft before it": sanitize(f"<think>\n{DRAFT}No.\n</think>\n\n{ANSWER}", "add"),
}
for name, code in found.items():
    print(f"evalplus {version('evalplus')}, {name}: {' | '.join(code.splitlines())}")
sys.exit(1 if any("return a + b" in code for code in found.values()) else 0)
PYTHON
