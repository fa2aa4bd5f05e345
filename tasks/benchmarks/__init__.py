"""The benchmarks, one module each: problems, prompts, references, grading.

Input: benchmark files, and generations to grade. Output: requests for `models`, grades.
"""

import re
from pathlib import Path
from typing import Final

_EXPORT: Final = re.compile(r"^BENCHMARK\b[^=\n]*=", re.MULTILINE)


def exporting() -> list[Path]:
    """The modules here that assign `BENCHMARK` at their top level, sorted; none is imported."""
    found = sorted(Path(__file__).parent.glob("*.py"))
    return [path for path in found if _EXPORT.search(path.read_text(encoding="utf-8"))]
