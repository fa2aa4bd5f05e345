"""Code without what a translation may change in it: comments and docstrings.

Python is read by its tokenizer; code that it cannot read, and other languages, by a scanner that
knows strings and the language's comment marks. The rest is compared, never run.
"""

import io
import re
import tokenize
from functools import cache

_MARKS: dict[str, tuple[tuple[str, ...], tuple[tuple[str, str], ...], str]] = {
    "hash": (("#",), (), "\"'"),
    "c": (("//",), (("/*", "*/"),), "\"'`"),
    "php": (("//", "#"), (("/*", "*/"),), "\"'`"),
    "sql": (("--",), (("/*", "*/"),), "\"'"),
    "lua": (("--",), (("--[[", "]]"),), "\"'"),
    "html": ((), (("<!--", "-->"),), ""),
    "css": ((), (("/*", "*/"),), "\"'"),
    "lisp": ((";",), (("#|", "|#"),), '"'),
    "tex": (("%",), (), ""),
    "none": ((), (), ""),
}
"""Line comments, block comments, and quotes, by family."""

_FAMILIES = {
    "hash": "sh bash shell zsh ruby rb perl r yaml yml toml dockerfile makefile julia jl elixir ps1"
    " powershell nim",
    "c": "c cpp c++ cc h hpp java js jsx javascript ts tsx typescript swift kotlin kt scala go rust"
    " rs csharp c# cs dart objective-c objc groovy solidity proto glsl",
    "php": "php",
    "sql": "sql plsql mysql postgresql sqlite haskell hs ada vhdl",
    "lua": "lua",
    "html": "html xml svg vue xhtml",
    "css": "css scss less",
    "lisp": "lisp clojure clj scheme racket",
    "tex": "tex latex matlab",
}
_PYTHON = {"python", "py", "python3", "pycon"}
_GUESS = re.compile(r"^\s*(?:def |class |import |from \w+ import|@\w+|if __name__)", re.MULTILINE)
_LINE_OF_C = re.compile(r"[;{}][ \t]*(?://.*)?$", re.MULTILINE)


@cache
def _family_of() -> dict[str, str]:
    return {tag: family for family, tags in _FAMILIES.items() for tag in tags.split()}


def without_comments(code: str, tag: str) -> tuple[str, ...]:
    """The parts of the code that a translation must not change; `tag` names the language.

    Without a tag it is taken for Python where it looks like it, for a language of the C family
    where lines end as they do there, and for text that has no comments otherwise.
    """
    if tag in _PYTHON or (not tag and _GUESS.search(code)):
        return _python(code) or _scanned(code, "hash")
    return _scanned(code, _family(code, tag))


def _family(code: str, tag: str) -> str:
    family = _family_of().get(tag)
    if family is None and not tag and len(_LINE_OF_C.findall(code)) > 1:
        family = "c"
    return family or "none"


def comments(code: str, tag: str) -> str:
    """What a translation changes: comments and docstrings, one a line, without their marks."""
    if tag in _PYTHON or (not tag and _GUESS.search(code)):
        told = [
            string.strip("#\"' \t")
            for kind, string, is_doc in _tokens(code)
            if is_doc or kind == tokenize.COMMENT
        ]
        return "\n".join(told) if told else "\n".join(_split(code, "hash")[1])
    return "\n".join(_split(code, _family(code, tag))[1])


def docstrings(code: str) -> str:
    """The docstrings of Python code, joined; "" where the tokenizer cannot read it."""
    return "\n".join(string for _, string, is_doc in _tokens(code) if is_doc)


def _python(code: str) -> tuple[str, ...]:
    """Tokens without comments, line breaks inside statements and docstrings; () if unreadable."""
    skipped = (tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, tokenize.ENDMARKER)
    return tuple(
        " " * 4 if kind == tokenize.INDENT else string.strip("\r\n")
        for kind, string, is_doc in _tokens(code)
        if kind not in skipped and not is_doc
    )


def _tokens(code: str) -> list[tuple[int, str, bool]]:
    """Kind, text and whether it is a docstring, of each token; none where the code is broken.

    A docstring is a string that is a statement of its own.
    """
    try:
        read = list(tokenize.generate_tokens(io.StringIO(code.strip("\n") + "\n").readline))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return []
    blank = (tokenize.COMMENT, tokenize.NL)
    solid = [token for token in read if token.type not in blank]
    breaks = (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    docs = {
        token.start
        for place, token in enumerate(solid)
        if token.type == tokenize.STRING
        and (place == 0 or solid[place - 1].type in breaks)
        and (place + 1 == len(solid) or solid[place + 1].type in breaks)
    }
    return [(token.type, token.string, token.start in docs) for token in read]


def _scanned(code: str, family: str) -> tuple[str, ...]:
    """Lines that are not blank once comments are gone, without the space around them at the end."""
    kept, _ = _split(code, family)
    return tuple(line.rstrip() for line in kept.splitlines() if line.strip())


def _split(code: str, family: str) -> tuple[str, list[str]]:
    """Code without its comments, and the comments without their marks."""
    line_marks, block_marks, quotes = _MARKS[family]
    kept: list[str] = []
    told: list[str] = []
    at = 0
    while at < len(code):
        block = next((b for b in block_marks if code.startswith(b[0], at)), None)
        if block is not None:
            end = code.find(block[1], at + len(block[0]))
            told.append(code[at + len(block[0]) : end if end >= 0 else len(code)].strip("* \t"))
            at = len(code) if end < 0 else end + len(block[1])
        elif any(code.startswith(mark, at) for mark in line_marks) and _opens(code, at, family):
            end = code.find("\n", at)
            told.append(code[at : end if end >= 0 else len(code)].strip("#/-;% \t"))
            at = len(code) if end < 0 else end
        elif code[at] in quotes:
            end = _string_end(code, at)
            kept.append(code[at:end])
            at = end
        else:
            kept.append(code[at])
            at += 1
    return "".join(kept), told


def _opens(code: str, at: int, family: str) -> bool:
    r"""Whether a mark opens a comment here: `$#`, `a#b` and `\%` do not."""
    before = code[at - 1] if at else "\n"
    return before.isspace() or family not in ("hash", "tex") or before in ";{}"


def _string_end(code: str, start: int) -> int:
    """Where the string that opens at `start` ends; a line's end closes what nothing else does."""
    at = start + 1
    while at < len(code):
        if code[at] == "\\":
            at += 1
        elif code[at] == code[start]:
            return at + 1
        elif code[at] == "\n" and code[start] != "`":
            return at
        at += 1
    return len(code)
