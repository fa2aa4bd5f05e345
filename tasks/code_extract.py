"""The code of a chat answer, as a continuation of the prompt that asked for it.

What counts as the answer, the first that is found:

1. the last fenced block that defines the function by more than a docstring (``` or ~~~, with
   or without a language, unclosed where the answer was cut off), together with the imports and
   helper functions of the other blocks;
2. a definition that stands outside fences, with prose around it cut off;
3. a body alone, fenced or not: it is indented to continue the prompt.

A definition may be a function, an assigned lambda, or a method of that name in a class without
constructor arguments. Code that does not parse is returned all the same where it names the
function: running it says what is wrong with it. `None` means that there is no code.
"""

import ast
import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

_FENCE: Final = re.compile(r"^(?P<indent>[ \t]*)(?P<marks>`{3,}|~{3,})(?P<info>[^`\n]*)$")
_CODE_START: Final = re.compile(
    r"(?:from\s+[\w.]+\s+import\s|import\s+\w|(?:async\s+)?def\s+\w|class\s+\w|@\w|#|\)|\]|\}"
    r"|[A-Za-z_]\w*(?:\[[^\]]*\])?\s*(?::[^=\n]+)?[-+*/|&]?=(?!=)|if\s+__name__|\"\"\"|'''"
    r"|(?:print|assert)\b)"
)
_MAX_ENDS: Final = 200


def extract_code(text: str, names: Sequence[str], header: str = "") -> str | None:
    """The code in `text` that defines one of `names`, or continues `header`.

    `header` is a prompt that ends inside the function; with "" a body alone is no answer. The
    code returned is meant to be run after `header`. None where the answer has no code.
    """
    text = text.replace("\r\n", "\n")
    if _mixes_tabs(text):
        text = re.sub(r"^[ \t]+", lambda match: match[0].expandtabs(8), text, flags=re.M)
    lines = text.split("\n")
    blocks, outside = _split_fences(lines)
    for stub_allowed in (False, True):
        for index in reversed(range(len(blocks))):
            code = _defining(blocks[index], names)
            if code is not None and (stub_allowed or not _is_stub(code, names)):
                others = blocks[:index] + blocks[index + 1 :]
                return _finish(_support(others, code) + code, names)
    # An answer may open inside the block that the prompt opened: code, then a closing fence.
    for part in (outside, "\n".join(lines)):
        code = _defining(part, names)
        if code is not None:
            return _finish(code, names)
    return _first_body((*reversed(blocks), outside), header)


def defines(code: str, names: Sequence[str]) -> bool:
    """Whether code that parses defines one of `names` (see the module)."""
    tree = _parse(code)
    return tree is not None and any(_owner(tree, name) is not None for name in names)


def parses(code: str) -> bool:
    """Whether Python reads the code."""
    return _parse(code) is not None


def _parse(code: str) -> ast.Module | None:
    try:
        return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None  # null bytes and nesting without end are no code either


def _mixes_tabs(text: str) -> bool:
    """Whether lines begin with tabs and others with spaces: Python refuses to mix them."""
    return bool(re.search(r"^ *\t", text, re.M) and re.search(r"^ {2,}\S", text, re.M))


def _split_fences(lines: Sequence[str]) -> tuple[list[str], str]:
    """The fenced blocks, and the lines outside them."""
    blocks: list[list[str]] = []
    outside: list[str] = []
    marks, indent = "", 0
    for line in lines:
        fence = _FENCE.match(line)
        if fence and not marks:
            marks, indent = fence["marks"], len(fence["indent"])
            blocks.append([])
        elif fence and fence["marks"].startswith(marks) and not fence["info"].strip():
            marks = ""
        elif fence and fence["marks"] == marks and fence["info"].strip().isidentifier():
            blocks.append([])  # the block before was never closed
        elif marks:
            blocks[-1].append(line[indent:] if not line[:indent].strip() else line)
        else:
            outside.append(line)
    return ["\n".join(block) + "\n" for block in blocks if block], "\n".join(outside)


def _owner(tree: ast.Module, name: str) -> str | None:
    """How the program reaches `name`: itself, or `Class().name`; None where it lacks it."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            return name
        if isinstance(node, ast.Assign):
            targets = [t.id for t in node.targets if isinstance(t, ast.Name)]
            if name in targets:
                return name
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            methods = {n.name for n in node.body if isinstance(n, ast.FunctionDef)}
            if name in methods:
                return f"{node.name}().{name}"
    return None


def _defining(block: str, names: Sequence[str]) -> str | None:
    """The code of a block that defines one of `names`; parsed where possible."""
    block = _dedent_definition(block, names)
    if defines(block, names):
        return block
    lines = block.split("\n")
    at = next((i for i, line in enumerate(lines) if _names_it(line, names)), None)
    if at is None:
        return None
    end = _natural_end(lines, at)
    for stop in _ends(end, len(lines), at):
        for start in _starts(lines, at):
            code = "\n".join(lines[start:stop]) + "\n"
            if defines(code, names):
                return code
    inner = _indented_run(lines, at)
    if defines(inner, names):
        return inner
    return "\n".join(lines[_first_start(lines, at) : end]) + "\n"


def _dedent_definition(block: str, names: Sequence[str]) -> str:
    """The block moved left, where all of it that is code stands indented."""
    dedented = textwrap.dedent(block)
    return dedented if defines(dedented, names) else block


def _indented_run(lines: Sequence[str], at: int) -> str:
    """The indented lines around `at`, moved left: an indented code block of Markdown."""
    start, end = at, at + 1
    while start and (not lines[start - 1].strip() or lines[start - 1][0].isspace()):
        start -= 1
    while end < len(lines) and (not lines[end].strip() or lines[end][0].isspace()):
        end += 1
    return textwrap.dedent("\n".join(lines[start:end])) + "\n"


def _names_it(line: str, names: Sequence[str]) -> bool:
    alternatives = "|".join(map(re.escape, names))
    return re.match(rf"\s*(?:(?:async\s+)?def\s+(?:{alternatives})\s*\(|"
                    rf"(?:{alternatives})\s*=\s*lambda\b)", line) is not None  # fmt: skip


def _natural_end(lines: Sequence[str], at: int) -> int:
    """The first line after the definition that looks like prose."""
    for index in range(at + 1, len(lines)):
        line = lines[index]
        if line.strip() and not line[0].isspace() and not _CODE_START.match(line):
            return index
    return len(lines)


def _ends(natural: int, last: int, at: int) -> Iterator[int]:
    """Where the code may end: the natural end first, then from the last line upwards."""
    yield natural
    yield from range(last, max(at, last - _MAX_ENDS), -1)


def _starts(lines: Sequence[str], at: int) -> Iterator[int]:
    """Where the code may begin: as early as possible, at a line that looks like code."""
    begins = [i for i in range(at) if _CODE_START.match(lines[i])]
    yield from (*begins[:10], at)


def _first_start(lines: Sequence[str], at: int) -> int:
    return next(_starts(lines, at))


def _is_stub(code: str, names: Sequence[str]) -> bool:
    """Whether the function is only repeated, with nothing but a docstring in it."""
    tree = _parse(code)
    if tree is None:
        return False
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in names:
            return all(
                isinstance(n, ast.Pass)
                or (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))
                for n in node.body
            )
    return False


def _support(others: Sequence[str], code: str) -> str:
    """Imports and helpers of the other blocks that `code` does not define itself."""
    own = _parse(code)
    if own is None:
        return ""
    taken = {n.name for n in own.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    parts: dict[str, None] = {}
    for tree in filter(None, map(_parse, others)):
        for node in tree.body:
            helper = isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name not in taken
            if helper or isinstance(node, ast.Import | ast.ImportFrom):
                parts[ast.unparse(node)] = None
    return "".join(f"{part}\n" for part in parts)


def _finish(code: str, names: Sequence[str]) -> str:
    """The code with a plain name for a method that is the answer, without future imports.

    A future import may only open a program, and the prompt stands before this one.
    """
    code = re.sub(r"^from __future__ import .*\n", "", code, flags=re.M)
    tree = _parse(code)
    if tree is None:
        return code
    for name in names:
        owner = _owner(tree, name)
        if owner is not None:
            return code if owner == name else f"{code.rstrip()}\n\n\n{name} = {owner}\n"
    return code


def _first_body(parts: Sequence[str], header: str) -> str | None:
    """The first part that is the body of the function that `header` opens."""
    indent = _body_indent(header)
    if indent is None:
        return None
    for part in parts:
        for body in _bodies(part, indent):
            if _returns(header + body):
                return body
    return None


def _returns(code: str) -> bool:
    """Whether the last function of the code does more than define inner functions."""
    tree = _parse(code)
    if tree is None:
        return False
    functions = [n for n in tree.body if isinstance(n, ast.FunctionDef)]
    todo: list[ast.AST] = [*functions[-1].body] if functions else []
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Return | ast.Yield | ast.YieldFrom | ast.Raise):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            todo.extend(ast.iter_child_nodes(node))
    return False


def _bodies(part: str, indent: str) -> Iterator[str]:
    """`part` as a body, in the ways in which models indent one."""
    kept = part.strip("\n").rstrip() + "\n"
    prose = re.search(r"^\S", kept[1:], re.M)
    first = kept[: prose.start() + 1] if prose else kept
    shapes = (kept, indent + kept.lstrip(), textwrap.indent(textwrap.dedent(kept), indent), first)
    for shape in shapes:
        if shape.startswith((" ", "\t")) and re.search(
            r"^\s+(?:return|yield|raise)\b", shape, re.M
        ):
            yield shape


def _body_indent(header: str) -> str | None:
    tree = _parse(header) if header else None
    functions = [n for n in tree.body if isinstance(n, ast.FunctionDef)] if tree else []
    return " " * functions[-1].body[0].col_offset if functions else None
