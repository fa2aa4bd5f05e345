"""Pruning of translated math and code: seeded, nested, stratified by source problem.

The paper (section 3.3, figure 5) keeps a few thousand translated rows per language and finds
no loss. Ladders are nested: with one seed, what is kept at 1/8 is a subset of what is kept
at 1/4, so that two rungs differ by added rows only.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

from ultralink_data.dialogue import Dialogue, Kind

TRANSLATED_KINDS: tuple[Kind, ...] = ("math", "code")
SOURCE_LANGUAGE = "en"

Keep = int | Fraction | None
"""Rows kept per language and kind: a number, a fraction of what is there, or None for all."""


def parse_keep(text: str) -> Keep:
    """`"all"`, a fraction (`"1/8"`, at most 1) or a number of rows (`"2k"`, `"2000"`).

    The plain number 1 is the fraction 1/1: a ladder of one row is never meant.

    Raises:
        ValueError: none of these.
    """
    text = text.strip().lower()
    if text in ("all", "1"):
        return None
    try:
        if "/" in text:
            value = Fraction(text)
            if not 0 <= value <= 1:
                raise ValueError
            return value
        number = int(text[:-1]) * 1000 if text.endswith("k") else int(text)
        if number < 0:
            raise ValueError
    except (ValueError, ZeroDivisionError):
        raise ValueError(
            f"keep must be a number of rows, a fraction up to 1, or `all`, got {text!r}"
        ) from None
    return number


def prune(dialogues: Iterable[Dialogue], keep: Keep, seed: int) -> list[Dialogue]:
    """Keep `keep` translated math and code rows per language and kind; the rest stays whole.

    English is always whole, and chats are never pruned. Which rows stay depends on their
    source problem, the row they were translated from and the seed, never on file order or on
    the other languages, so that every language keeps the same problems.
    """
    cells: dict[tuple[str, Kind], list[Dialogue]] = defaultdict(list)
    kept: list[Dialogue] = []
    for dialogue in dialogues:
        if dialogue.language == SOURCE_LANGUAGE or dialogue.kind not in TRANSLATED_KINDS:
            kept.append(dialogue)
        else:
            cells[dialogue.language, dialogue.kind].append(dialogue)
    for rows in cells.values():
        kept.extend(ladder(rows, seed)[: rows_kept(len(rows), keep)])
    return sorted(kept, key=lambda d: (d.language, d.kind, d.id))


def rows_kept(available: int, keep: Keep) -> int:
    """How many of `available` rows a rung keeps; a fraction above 0 keeps at least one."""
    if keep is None:
        return available
    if isinstance(keep, Fraction):
        return -(-available * keep.numerator // keep.denominator)
    return min(keep, available)


def ladder(rows: Sequence[Dialogue], seed: int) -> list[Dialogue]:
    """All rows in the order in which rungs take them: a prefix is a rung.

    Stratified: sources come in seeded order and each gives one row before any gives a
    second, so that a short rung covers as many source problems as it has rows.
    """
    by_source: dict[str, list[Dialogue]] = defaultdict(list)
    for row in sorted(rows, key=lambda d: (_rank(seed, d.provenance.parent_id or d.id), d.id)):
        by_source[row.provenance.source_id].append(row)
    sources = sorted(by_source, key=lambda source: _rank(seed, source))
    depth = max((len(group) for group in by_source.values()), default=0)
    return [by_source[s][i] for i in range(depth) for s in sources if i < len(by_source[s])]


def _rank(seed: int, text: str) -> bytes:
    return hashlib.sha256(f"{seed}/{text}".encode()).digest()
