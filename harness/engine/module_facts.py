"""Facts about a source file, read from its text: a hash and its imports; cached on disk.

Parsing all modules takes most of a second, at each start and again in each worker. So the facts are
kept in the user's cache folder, under the hash of the text they were read from: a changed file is
read again, whatever its time stamp. The cache is optional: if it cannot be read or written, or was
made by other code or another Python, the files are parsed.
"""

import ast
import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator
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
    """The facts of one file.

    `code` is the hash of its syntax tree without docstrings; `imports` are the names of `import`
    statements and `froms` the `from` ones, those inside functions included; `looks_for_modules`
    means that the file discovers modules of its package by scanning it.

    `attributes` and `words` are the attribute names and the word-like strings in it; `reads_all`
    means that it reads fields without naming them. If the file exports sections (see `EXPORT`),
    `sections` has the hash of each and `rest` that of the tree without them.
    """

    code: str
    imports: tuple[str, ...]
    froms: tuple[FromImport, ...]
    looks_for_modules: bool
    attributes: frozenset[str]
    words: frozenset[str]
    reads_all: bool
    sections: dict[str, str]
    rest: str


EXPORT = "LANGUAGE"
"""A file that assigns one call with keywords to this name can be counted keyword by keyword."""

_WORD = re.compile(r"[A-Za-z_][\w-]{0,39}")
_READS_ALL = frozenset({"__dict__", "__struct_fields__", "asdict", "astuple", "to_builtins"})


class FactCache:
    """The facts of many files, in memory and in one file on disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stored = _read(path)
        self._used: dict[str, ModuleFacts] = {}

    def of(self, source: Path) -> ModuleFacts:
        """The facts of a file as it is now.

        Raises:
            SyntaxError: it is not valid Python.
        """
        text = source.read_bytes()
        key = hashlib.sha256(text).hexdigest()
        if key not in self._used:
            self._used[key] = self._stored.get(key) or read_facts(text, str(source))
        return self._used[key]

    def save(self) -> None:
        """Save the facts that were used, if any are new; a failed write is ignored."""
        if self._used.keys() <= self._stored.keys():
            return
        # Facts used by other stages stay; those of deleted texts go when the file is full.
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
"""Maximum entries of a cache file: several times the number of modules."""


def cache_folder() -> Path:
    """Where what is known of the code is kept: below `XDG_CACHE_HOME`, else below `~/.cache`."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base) / "ultralink-bench"


def cache_file() -> Path:
    """The file with the facts."""
    return cache_folder() / f"module_facts.{sys.implementation.cache_tag}.json"


def read_facts(text: bytes, name: str) -> ModuleFacts:
    """The facts of a source text; `name` is for the error.

    Raises:
        SyntaxError: it is not valid Python.
    """
    tree = _without_docstrings(ast.parse(text, filename=name))
    nodes = list(_walk(tree))
    imports: dict[str, None] = {}
    froms: dict[FromImport, None] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            imports.update(dict.fromkeys(alias.name for alias in node.names))
        elif isinstance(node, ast.ImportFrom):
            names = tuple(alias.name for alias in node.names)
            froms[FromImport(node.level, node.module or "", names)] = None
    code = _hash(tree)
    sections = _take_sections(tree)
    return ModuleFacts(
        code=code,
        imports=tuple(imports),
        froms=tuple(froms),
        looks_for_modules=any(map(_looks_for_modules, nodes)),
        attributes=_attributes(nodes),
        words=frozenset(filter(None, map(_word, nodes))),
        reads_all=any(map(_reads_all, nodes)),
        sections=sections,
        rest=_hash(tree) if sections else code,
    )


def _hash(node: ast.AST) -> str:
    return hashlib.sha256(ast.dump(node).encode()).hexdigest()


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes except the body of `if TYPE_CHECKING`, which never runs."""
    yield node
    unseen: list[ast.stmt] = []
    if isinstance(node, ast.If) and isinstance(node.test, ast.Name):
        unseen = node.body if node.test.id == "TYPE_CHECKING" else []
    for child in ast.iter_child_nodes(node):
        if child not in unseen:
            yield from _walk(child)


def _looks_for_modules(node: ast.AST) -> bool:
    if isinstance(node, ast.Name):
        return node.id == "iter_modules"
    if isinstance(node, ast.Attribute):
        return node.attr == "iter_modules"
    return isinstance(node, ast.Constant) and node.value == "*.py"


def _attributes(nodes: list[ast.AST]) -> frozenset[str]:
    """Names of attributes that are read, except calls of string methods (`x.translate(t)`)."""
    calls = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Attribute) and not (id(node) in calls and hasattr(str, node.attr)):
            found.add(node.attr)
        elif isinstance(node, ast.MatchClass):
            found.update(node.kwd_attrs)
    return frozenset(found)


def _word(node: ast.AST) -> str | None:
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return None
    return node.value if _WORD.fullmatch(node.value) else None


def _reads_all(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr in _READS_ALL
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        return False
    if node.func.id == "getattr":
        return not (len(node.args) > 1 and isinstance(node.args[1], ast.Constant))
    return node.func.id in (_READS_ALL | {"vars", "attrgetter"})


def _take_sections(tree: ast.Module) -> dict[str, str]:
    """Hashes of the keywords of `LANGUAGE = Call(...)`, which are taken out of the tree."""
    for node in tree.body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and [t.id for t in node.targets if isinstance(t, ast.Name)] == [EXPORT]
        ):
            call = node.value
            if call.args or any(keyword.arg is None for keyword in call.keywords):
                return {}
            found = {k.arg: _hash(k.value) for k in call.keywords if k.arg}
            call.keywords = []
            return found
    return {}


def _without_docstrings(tree: ast.Module) -> ast.Module:
    """The tree without strings that are statements (docstrings, also those below class fields)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [statement for statement in node.body if not _is_text(statement)]
    return tree


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


@cache
def _maker() -> str:
    """Identifies this code and this Python: a change of either may change a text's facts."""
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
