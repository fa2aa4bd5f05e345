"""Checks of what a translation copies verbatim: formulas, code, passages to correct."""

import re
from collections import Counter

from ultralink_data.stage.asking import Failure
from ultralink_data.translation.comments import docstrings, without_comments
from ultralink_data.translation.regions import (
    addresses,
    bare_code,
    blocks,
    formulas,
    inline_code,
    lone_code,
    tags,
    without_comment,
)
from ultralink_data.translation.turns import SourceTurn, passages_to_correct

_EXAMPLE = re.compile(r"^[ \t]*>>>[ \t]*(.*?)[ \t]*$", re.MULTILINE)
_SHOWN = 80
"""Characters of a difference that the model is shown."""


def check_latex(turn: SourceTurn, text: str) -> Failure | None:
    """Every formula is there unchanged, as often as before, and no new one appeared."""
    return _same("latex", "the formula", formulas(turn.text), formulas(text))


def check_inline_code(turn: SourceTurn, text: str) -> Failure | None:
    """All code in backticks is there as it was; a translation may not make more of it."""
    return _same("inline_code", "the code", inline_code(turn.text), inline_code(text))


def check_addresses(turn: SourceTurn, text: str) -> Failure | None:
    """Every web address is there unchanged, as often as before, and no new one appeared."""
    return _same("address", "the address", addresses(turn.text), addresses(text))


def check_markup(turn: SourceTurn, text: str) -> Failure | None:
    """The tags of markup are the same, equally often; their order is the translation's."""
    return _same("markup", "the tag", tags(turn.text), tags(text))


def check_code_blocks(turn: SourceTurn, text: str) -> Failure | None:
    """The code is the same, in blocks in order and in bare lines, but for comments, docstrings."""
    before, after = blocks(turn.text), blocks(text)
    if len(before) != len(after):
        wanted = f"{len(before)} code blocks" if len(before) != 1 else "one code block"
        return Failure("code", f"there must be {wanted} as in the text, and there are {len(after)}")
    for number, (one, other) in enumerate(zip(before, after, strict=True), 1):
        if one.tag != other.tag:
            return Failure("code", f"code block {number} must open with ```{one.tag}")
        kept = without_comments(one.code, one.tag)
        if kept != without_comments(other.code, one.tag):
            detail = (
                f"code block {number} was changed outside its comments; leave the code as it is"
            )
            return Failure("code", detail)
        examples = _examples(one.code)
        if examples and examples != _examples(other.code):
            detail = f"the lines with >>> in code block {number} must stay as they are"
            return Failure("code", detail)
    return _check_bare_code(turn.text, text)


def _check_bare_code(source: str, text: str) -> Failure | None:
    """Lines of code without a fence are there as they were, but for comments."""
    there = {without_comment(line) for line in text.splitlines()}
    bare = (*bare_code(source), *lone_code(source))
    lost = next((line for line in bare if line not in there), None)
    if lost is None:
        return None
    return Failure("code", f"the line of code {lost.strip()[:_SHOWN]!r} must stay as it is")


def check_passages(turn: SourceTurn, text: str) -> Failure | None:
    """A passage that the text asks to correct is there with its mistakes."""
    flat = " ".join(text.split())
    for passage in passages_to_correct(turn.text):
        if " ".join(passage.split()) not in flat:
            detail = f"this passage must stay in English, as it is: {passage[:_SHOWN]!r}"
            return Failure("corrected", detail)
    return None


def _examples(code: str) -> list[str]:
    return _EXAMPLE.findall(docstrings(code) or code)


def _same(check: str, what: str, before: list[str], after: list[str]) -> Failure | None:
    lost = Counter(before) - Counter(after)
    if lost:
        return Failure(check, f"{what} {next(iter(lost))[:_SHOWN]} must stay exactly as it is")
    added = Counter(after) - Counter(before)
    if added:
        return Failure(check, f"{what} {next(iter(added))[:_SHOWN]} is not in the text")
    return None
