"""The ablations, one module each: a question, its variants, its own data stages.

A profile's config goes into a variant's change; what comes out is what `harness.experiment` runs.
A module here is an ablation when it assigns `ABLATION` at its top level; nobody lists them.
"""

import re
from pathlib import Path
from typing import Final

_EXPORT: Final = re.compile(r"^ABLATION\b[^=\n]*=", re.MULTILINE)


def exporting() -> list[Path]:
    """The modules here that assign `ABLATION` at their top level, by name; none is imported."""
    found = sorted(Path(__file__).parent.glob("*.py"))
    return [path for path in found if _EXPORT.search(path.read_text(encoding="utf-8"))]
