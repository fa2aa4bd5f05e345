"""The benchmarks, one module each: problems, prompts, references, grading.

Benchmark files come in; requests go to `models` and generations come back to be graded.
"""

import re
from pathlib import Path
from typing import Final

_EXPORT: Final = re.compile(r"^BENCHMARK\b[^=\n]*=", re.MULTILINE)


def exporting() -> list[Path]:
    """The modules here that assign `BENCHMARK` at their top level, by name; none is imported."""
    found = sorted(Path(__file__).parent.glob("*.py"))
    return [path for path in found if _EXPORT.search(path.read_text(encoding="utf-8"))]
