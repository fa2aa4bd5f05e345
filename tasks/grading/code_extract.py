"""Extract the code of a chat answer, as a continuation of the prompt that asked for it.

The first of these that is found counts as the answer:

1. the last fenced block that defines the function with more than a docstring (``` or ~~~, with or
   without a language, unclosed if the answer was cut off), plus the imports, helpers and constants
   that it uses from other blocks;
2. a definition outside fences, with the prose around it cut off;
3. a definition in a transcript of Python's prompt (`>>> `);
4. a function body alone, fenced or not, which is indented to continue the prompt.

A definition may be a function, an assigned lambda, or a method of that name in a class without
constructor arguments. A function with only a docstring, `pass`, `...` or `raise
NotImplementedError` is a stub: it counts only if there is nothing else. Code that does not parse is
still returned if it names the function, since running it shows the error. `None` means that there
is no code.
"""

import ast
import re
import sys
import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from tasks.grading.code_nodes import Function, binds, does_nothing, executed, global_reads, parsed
from tasks.grading.code_tail import runnable, without_text_after
from tasks.grading.code_tokens import without_tokens
from ultralink_data.text.thinking import answer_of

_FENCE: Final = re.compile(r"^(?P<indent>[ \t]*)(?P<marks>`{3,}|~{3,})(?P<info>[^`\n]*)$")
_CODE_START: Final = re.compile(
    r"(?:from\s+[\w.]+\s+import\s|import\s+\w|(?:async\s+)?def\s+\w|class\s+\w|@\w|#|\)|\]|\}"
    r"|[A-Za-z_]\w*(?:\[[^\]]*\])?\s*(?::[^=\n]+)?[-+*/|&]?=(?!=)|if\s+__name__|\"\"\"|'''"
    r"|(?:print|assert)\b)"
)
_INDENTED: Final = re.compile(r"(?:^[ \t]+\S.*\n(?:[ \t]*\n)*)+", re.MULTILINE)
"""A run of indented lines, such as a body after words that announce it."""
_MAX_ENDS: Final = 200
_CLOSING_INDENT: Final = 3
"""A closing fence may be indented this much more than the opening one (CommonMark 0.31, 4.5)."""


def extract_code(text: str, names: Sequence[str], header: str = "") -> str | None:
    """The code in `text` that defines one of `names`, or continues `header`.

    `header` is a prompt that ends inside the function; with "" a body alone is not an answer. The
    returned code is meant to run after `header`, without what follows the function and keeps it
    from counting (`tasks.grading.code_tail`). None if the answer has no code.
    """
    text = without_tokens(answer_of(text).replace("\r\n", "\n").replace("\r", "\n"))
    if re.search(r"^> ?(?:```|~~~)", text, re.M):
        text = re.sub(r"^>(?!>) ?", "", text, flags=re.M)  # a fence in a quotation
    if _mixes_tabs(text):
        text = re.sub(r"^[ \t]+", lambda match: match[0].expandtabs(8), text, flags=re.M)
    lines = text.split("\n")
    blocks, outside = _split_fences(lines)
    # An answer may continue a block that the prompt opened: code, then a closing fence.
    rest = (outside, "\n".join(lines), _typed_at_prompt(lines))
    stub = None
    for code, others in _definitions(blocks, rest, names):
        if not _is_stub(code, names):
            return _finish(runnable(_support(others, code) + code, header, names), names)
        stub = stub or code
    body = _first_body((*reversed(blocks), outside), header)
    if body is not None:
        return runnable(body, header, names)
    return None if stub is None else _finish(runnable(stub, header, names), names)


def defines(code: str, names: Sequence[str]) -> bool:
    """Whether the code parses and defines one of `names` (see the module)."""
    tree = parsed(code)
    return tree is not None and any(_owner(tree, name) is not None for name in names)


def parses(code: str) -> bool:
    """Whether the code is valid Python."""
    return parsed(code) is not None


def compiles(code: str) -> bool:
    """Whether the code is valid Python that also compiles: it returns only inside functions."""
    try:
        compile(code, "answer", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _mixes_tabs(text: str) -> bool:
    """Whether some lines begin with tabs and others with spaces, which Python refuses."""
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
        elif fence and len(fence["indent"]) > indent + _CLOSING_INDENT:
            blocks[-1].append(line[indent:])  # inside a docstring, say; CommonMark does the same
        elif fence and fence["marks"].startswith(marks) and not fence["info"].strip():
            marks = ""
        elif fence and fence["marks"] == marks and fence["info"].strip().isidentifier():
            blocks.append([])  # the block before was never closed
        elif marks:
            blocks[-1].append(line[indent:] if not line[:indent].strip() else line)
        else:
            outside.append(line)
    return ["\n".join(block) + "\n" for block in blocks if block], "\n".join(outside)


def _typed_at_prompt(lines: Sequence[str]) -> str:
    """The text after `>>> ` and `... `, which leaves out the interpreter's output."""
    typed = (re.match(r"(?:>>>|\.\.\.)(?: (.*))?$", line) for line in lines)
    return "\n".join(match[1] or "" for match in typed if match)


def _owner(tree: ast.Module, name: str) -> str | None:
    """How the program reaches `name`: as `name` or `Class().name`; None if it lacks it."""
    for node in tree.body:
        if isinstance(node, Function) and node.name == name:
            return name
        if isinstance(node, ast.Assign | ast.AnnAssign) and name in _assigned(node):
            return name
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            methods = {n.name for n in node.body if isinstance(n, ast.FunctionDef)}
            if name in methods:
                return f"{node.name}().{name}"
    return None


def _assigned(node: ast.Assign | ast.AnnAssign) -> list[str]:
    """The names that an assignment binds; none for an annotation without a value."""
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return [node.target.id] if node.value and isinstance(node.target, ast.Name) else []


def _definitions(
    blocks: Sequence[str], rest: Sequence[str], names: Sequence[str]
) -> Iterator[tuple[str, Sequence[str]]]:
    """Code that defines one of `names`, as it is preferred, with the other blocks of a block."""
    for index in reversed(range(len(blocks))):
        code = _defining(blocks[index], names)
        if code is not None:
            yield code, [*blocks[:index], *blocks[index + 1 :]]
    for part in rest:
        code = _defining(part, names)
        if code is not None:
            yield code, ()


def _defining(block: str, names: Sequence[str]) -> str | None:
    """The code of a block that defines one of `names`; code that parses if possible."""
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
    """The block moved left, if all of its code is indented."""
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
    any_name = f"(?:{'|'.join(map(re.escape, names))})"
    function = rf"(?:async\s+)?def\s+{any_name}\s*\("
    assigned = rf"{any_name}\s*(?::[^=\n]+)?=\s*lambda\b"
    return re.match(rf"\s*(?:{function}|{assigned})", line) is not None


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
    """Whether the function is only repeated, with nothing in it but a docstring."""
    tree = parsed(code)
    if tree is None:
        return False
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in names:
            return all(map(does_nothing, node.body))
    return False


def _support(others: Sequence[str], code: str) -> str:
    """The imports, helpers and constants of the other blocks that `code` uses.

    The rest is left out: the imports of a usage example or a test may not even exist.
    """
    if not others:
        return ""
    nodes = [node for tree in filter(None, map(parsed, others)) for node in tree.body]
    offers = [(node, _bound_by(node)) for node in nodes]
    kept: set[int] = set()
    todo = [code]
    taken = _bound_in(code)
    while todo:
        wanted = global_reads(todo.pop()) - taken
        for place, (node, names) in enumerate(offers):
            if place not in kept and ("*" in names or (wanted & names and not names & taken)):
                kept.add(place)
                todo.append(ast.unparse(node))
    return "".join(f"{ast.unparse(nodes[place])}\n" for place in sorted(kept))


def _bound_by(node: ast.stmt) -> set[str]:
    """The names that a top-level statement binds; `*` for a star import that can succeed."""
    if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
        return {"*"} if node.module in sys.stdlib_module_names else set()
    if isinstance(node, ast.Import | ast.ImportFrom | Function | ast.ClassDef):
        return binds(node)
    return set(_assigned(node)) if isinstance(node, ast.Assign | ast.AnnAssign) else set()


def _bound_in(code: str) -> set[str]:
    tree = parsed(code)
    return {name for node in (tree.body if tree else ()) for name in _bound_by(node)}


def _finish(code: str, names: Sequence[str]) -> str:
    """The code without future imports, and with a plain name if the answer is a method.

    A future import must open a program, but here the prompt comes first.
    """
    code = re.sub(r"^from __future__ import .*\n", "", code, flags=re.M)
    tree = parsed(code)
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
        for body in _bodies(part, indent, header):
            if _returns(header + body):
                return body
    return None


def _returns(code: str) -> bool:
    """Whether the last function of the code does more than define inner functions."""
    tree = parsed(code)
    if tree is None:
        return False
    functions = [n for n in tree.body if isinstance(n, ast.FunctionDef)]
    ends = ast.Return | ast.Yield | ast.YieldFrom | ast.Raise
    body = functions[-1].body if functions else []
    return any(isinstance(node, ends) for part in body for node in executed(part))


def _bodies(part: str, indent: str, header: str) -> Iterator[str]:
    """`part` as a function body, in each way that models indent one."""
    kept = part.strip("\n").rstrip() + "\n"
    prose = re.search(r"^\S", kept[1:], re.M)
    first = kept[: prose.start() + 1] if prose else kept
    shapes = (kept, indent + kept.lstrip(), textwrap.indent(textwrap.dedent(kept), indent), first)
    cut = (without_text_after(shape, header) or "" for shape in shapes)
    worded = not kept[0].isspace() and not re.search(r"\b(?:def|class)\s+\w+", kept)
    runs = _INDENTED.findall(kept) if worded else []
    alone = (textwrap.indent(textwrap.dedent(run), indent) for run in runs if len(runs) == 1)
    for shape in (*shapes, *cut, *alone):
        if shape.startswith((" ", "\t")) and re.search(
            r"^\s+(?:return|yield|raise)\b", shape, re.M
        ):
            yield shape


def _body_indent(header: str) -> str | None:
    tree = parsed(header) if header else None
    functions = [n for n in tree.body if isinstance(n, ast.FunctionDef)] if tree else []
    return " " * functions[-1].body[0].col_offset if functions else None
