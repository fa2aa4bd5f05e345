"""What a source file's text says of its code: a hash and what it imports; kept on disk.

Reading all modules into syntax trees takes most of a second, at each start and again in each
worker. So the facts are kept in the user's cache folder, under the hash of the text they were read
from: a changed file is read again, whatever its time stamp says. The cache is a convenience: where
it cannot be read or written, or was made by other code or another Python, the files are read.
"""

import ast
import hashlib
import os
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

import msgspec


class FromImport(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One `from ... import`: leading dots, the module after them ("" for none), the names."""

    level: int
    module: str
    names: tuple[str, ...]


class ModuleFacts(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What one file says.

    `code` is the hash of its syntax tree without docstrings; `imports` are the names of `import`
    statements and `froms` the `from` ones, those inside functions included; `looks_for_modules`
    says that the file finds modules of its package by looking.
    """

    code: str
    imports: tuple[str, ...]
    froms: tuple[FromImport, ...]
    looks_for_modules: bool


class FactCache:
    """The facts of many files, in memory and in one file on disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stored = _read(path)
        self._used: dict[str, ModuleFacts] = {}

    def of(self, source: Path) -> ModuleFacts:
        """The facts of a file as it is now.

        Raises:
            SyntaxError: it is no Python.
        """
        text = source.read_bytes()
        key = hashlib.sha256(text).hexdigest()
        if key not in self._used:
            self._used[key] = self._stored.get(key) or read_facts(text, str(source))
        return self._used[key]

    def save(self) -> None:
        """Keep on disk what was used, if any of it is new; what cannot be written is not kept."""
        if self._used.keys() <= self._stored.keys():
            return
        # What other stages of this tree use stays; texts that are gone go when the file is full.
        known = self._stored | self._used
        self._stored = known if len(known) <= _MOST else dict(self._used)
        content = msgspec.json.encode((_maker(), self._stored))
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self._path.parent, prefix=self._path.name)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                os.replace(temporary, self._path)
            except OSError:
                os.unlink(temporary)


_MOST = 2000
"""Entries of a cache file: several times the modules of a tree."""


def cache_file() -> Path:
    """Where the facts are kept: below `XDG_CACHE_HOME`, else below `~/.cache`."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base) / "ultralink-bench" / f"module_facts.{sys.implementation.cache_tag}.json"


def read_facts(text: bytes, name: str) -> ModuleFacts:
    """The facts of a source text; `name` is for the error.

    Raises:
        SyntaxError: it is no Python.
    """
    tree = ast.parse(text, filename=name)
    imports: dict[str, None] = {}
    froms: dict[FromImport, None] = {}
    looks = False
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imports.update(dict.fromkeys(alias.name for alias in node.names))
        elif isinstance(node, ast.ImportFrom):
            names = tuple(alias.name for alias in node.names)
            froms[FromImport(node.level, node.module or "", names)] = None
        looks = looks or _looks_for_modules(node)
    code = hashlib.sha256(ast.dump(_without_docstrings(tree)).encode()).hexdigest()
    return ModuleFacts(code, tuple(imports), tuple(froms), looks)


def _looks_for_modules(node: ast.AST) -> bool:
    if isinstance(node, ast.Name):
        return node.id == "iter_modules"
    if isinstance(node, ast.Attribute):
        return node.attr == "iter_modules"
    return isinstance(node, ast.Constant) and node.value == "*.py"


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                node.body = node.body[1:]
    return tree


@cache
def _maker() -> str:
    """This code and this Python: another of either reads other facts out of the same text."""
    own = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    return f"{sys.version} {own}"


def _read(path: Path) -> dict[str, ModuleFacts]:
    try:
        maker, facts = msgspec.json.decode(
            path.read_bytes(), type=tuple[str, dict[str, ModuleFacts]]
        )
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return facts if maker == _maker() else {}
