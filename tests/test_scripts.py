"""What is known of a language stands in its file: other code has neither its letters nor its words.

Comments and docstrings may show an example (`3万5千`); what the program reads may not.
"""

import ast
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from ultralink_data import languages

ROOT = Path(__file__).parent.parent
ROOMS = ("ultralink_data", "tasks", "train", "leaderboard", "harness")
OWNERS = ("ultralink_data/languages", "ultralink_data/wiki", "ultralink_data/starter")
"""Folders of texts in languages: the language files, Wikipedias' templates, starter texts."""

ALLOWED = {"tasks/benchmarks/mgsm_reference.py", "ultralink_data/llm/parameters.py"}
"""Others' own texts, letter by letter: lm-eval's prompts with their slips, providers' refusals."""

NOT_FOREIGN = ("LATIN", "FEMININE ORDINAL", "MASCULINE ORDINAL", "MICRO SIGN", "DOUBLE-STRUCK")


def foreign(source: str) -> Iterator[tuple[int, str]]:
    """Line and letters of each name or string, docstrings left out, with foreign letters.

    A range of code points that is written with escapes ("\\u4e00-\\u9fff") names no letter.
    """
    tree, lines = ast.parse(source), source.splitlines()
    owners = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    )
    documented = {
        id(statement.value)
        for node in owners
        for statement in node.body
        if isinstance(statement, ast.Expr)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in documented:
                pass
            case ast.Name(id=text) | ast.Attribute(attr=text) | ast.arg(arg=text):
                pass
            case _:
                continue
        written = "".join(lines[node.lineno - 1 : node.end_lineno])
        found = "".join(c for c in text if is_foreign(c) and c in written)
        if found:
            yield node.lineno, found


def is_foreign(character: str) -> bool:
    """Whether a character is a letter of another script than Latin."""
    name = unicodedata.name(character, "")
    return character.isalpha() and not name.startswith(NOT_FOREIGN)


FILES = [
    path.relative_to(ROOT)
    for room in ROOMS
    for path in sorted((ROOT / room).rglob("*.py"))
    if not any(path.is_relative_to(ROOT / owner) for owner in OWNERS)
]


@pytest.mark.parametrize("path", FILES, ids=str)
def test_letters_of_other_scripts_stand_in_language_files(path: Path) -> None:
    found = list(foreign((ROOT / path).read_text("utf-8")))
    if path.as_posix() in ALLOWED:
        assert found, f"{path} has none left: take it off the list"
    else:
        assert found == []


@pytest.mark.parametrize("text", ["\u0431", "\u4e00", "\u0e01", "\u0905", "\u0627", "\u30a2"])
def test_a_letter_of_another_script_is_found_in_a_string_but_not_in_a_docstring(text: str) -> None:
    assert list(foreign(f'"""{text}"""\nword = r"x{text}"')) == [(2, text)]
    assert list(foreign(f'word = f"{text}{{x}}"')) == [(1, text)]
    assert list(foreign(f'word = "\u00e9\u00df"  # {text}')) == []


WORD_LISTS = {
    "ultralink_data/unit_sizes.py": "names of units, the keys of every file's `units`",
    "ultralink_data/translation/unit_words.py": "names of units, the keys of every file's `units`",
}
"""Modules that list words all the same, and why.

The keywords of `ultralink_data/culture`, the paper's filter of English chats, are other words.
"""

NO_WORDS = {"and", "not", "for", "from", "with", "percent", "list", "write", "first", "second"}
"""Words that code has for reasons of its own."""

LEAST = 3
"""Words of a language from which a pattern, or a row of texts, is a list of them."""


def vocabulary() -> frozenset[str]:
    """Number words, units, months and function words of all language files, in Latin letters."""
    found: set[str] = set()
    for code in languages.names():
        language = languages.get(code)
        patterns = [*language.numbers.values, *language.units.values(), *language.numbers.minus]
        words = language.source_words
        if words is not None:
            patterns += [*words.implied.values(), *words.months, words.requests, words.replies]
            patterns += [words.personal, words.function, words.no_code]
        found.update(w for said in patterns for w in re.findall(r"[a-z]{3,}", said.casefold()))
    return frozenset(found - NO_WORDS)


def listed(source: str, words: frozenset[str]) -> Iterator[tuple[int, list[str]]]:
    """Line and words of each alternation in a string, tuple, list, set or dict that lists words."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Constant(value=str(text)) if "|" in text:
                parts = re.split(r"[|()]", re.sub(r"\\[bsw]|\?[:!=]|[?.*+]", "", text))
            case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
                parts = [x.value for x in items if isinstance(x, ast.Constant)]
            case ast.Dict(keys=keys, values=values):
                texts = (*keys, *values)
                parts = [x.value for x in texts if isinstance(x, ast.Constant)]
            case _:
                continue
        said = [part for part in parts if isinstance(part, str) and part.casefold() in words]
        if len(set(said)) >= LEAST:
            yield node.lineno, said


VOCABULARY = vocabulary()


@pytest.mark.parametrize("path", FILES, ids=str)
def test_words_of_a_language_are_listed_in_its_file(path: Path) -> None:
    found = list(listed((ROOT / path).read_text("utf-8"), VOCABULARY))
    if path.as_posix() in WORD_LISTS:
        assert found, f"{path} has none left: take it off the list"
    else:
        assert found == []


@pytest.mark.parametrize(
    "text",
    [
        r'x = re.compile(r"\b(?:half|twice|dozens?)\b")',
        'x = ("zwei", "drei", "vier")',
        'x = {"jan": 1, "feb": 2, "mar": 3}',
        'x = "calculate|compute|determine"',
    ],
)
def test_a_list_of_words_is_found(text: str) -> None:
    assert len(list(listed(text, VOCABULARY))) == 1
