"""Spelled-out numbers of languages that write words: `find_spelled` reads runs of number words.

`spelled_words` says what a single word is. The rules here say which neighbours make one number:
"two hundred five" is one, "two five" are two.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Final, NamedTuple

from ultralink_data.text.spelled_words import (
    WORD,
    Lexicon,
    NumberWord,
    Value,
    lexicon_of,
    read_word,
)

_ASCII_WORDS: Final = {code: chr(code) if chr(code).isalpha() else " " for code in range(128)}
"""ASCII with a blank for all that is no letter: what is left are the matches of `WORD`."""
_BETWEEN: Final = re.compile(r"[ \u00a0\u200c]?[-‑ \u00a0]?\Z")
_NOUN: Final = re.compile(r"[ \u00a0][^\W\d_]")


class Spelled(NamedTuple):
    """A spelled-out number, its position, and the last scale or dozen in it, 1 if there is none.

    `lone` says that it is no number unless something joins it to one, as an article.
    """

    value: Fraction
    start: int
    end: int
    scale: int
    lone: bool = False


class _Piece(NamedTuple):
    """One number word; `joined` to the one before it by a joiner or prefix.

    A `lone` one is a number only with another word: it means something else by itself.
    """

    value: Value
    start: int
    end: int
    joined: bool
    multiplies: bool
    lone: bool = False


_MOSTWORDS: Final = 100_000
"""Words of a language whose meaning is kept, about 10 MB."""


def find_spelled(text: str, language: str) -> Iterator[Spelled]:
    """Numbers in words: runs of number words with only spaces, hyphens and joiners between them."""
    words = lexicon_of(language)
    known = words.known
    if len(known) > _MOSTWORDS:
        known.clear()
        words.counting.clear()
    if words.word is WORD and text.isascii():  # three times as fast
        found = {*text.translate(_ASCII_WORDS).split()}
    else:
        found = {*words.word.findall(text)}
    for raw in found.difference(known):
        _learn(raw, words)
    if found.isdisjoint(words.counting):
        return
    run: list[_Piece] = []
    joint = -1  # the end of a joiner after the run
    for match in words.word.finditer(text):
        raw = match[0]
        try:
            word = known[raw]
        except KeyError:  # forgotten since the caller took the last number
            word = _learn(raw, words)
        if word is None:
            if run:
                yield from _composed(run, words)
                run, joint = [], -1
            continue
        start, end = match.span()
        if run and not _BETWEEN.match(text, joint if joint >= 0 else run[-1].end, start):
            yield from _composed(run, words)
            run, joint = [], -1
        if word.joins and run and joint < 0:
            joint = end
            continue
        parts, joined = word.parts, joint >= 0
        if word.ambiguous and not run:
            parts = []
        if not parts and run:
            parts, joined = word.joined_parts, True
        if not parts:
            if run:
                yield from _composed(run, words)
                run = []
            parts, joined = word.opened_parts, False
        for place, (value, inside, multiplies) in enumerate(parts):
            if not run and word.construct is not None and _NOUN.match(text, end):
                value = word.construct
            joins = inside if place else joined
            run.append(_Piece(value, start, end, joins, multiplies, word.ambiguous and not joins))
        joint = -1
    yield from _composed(run, words)


def _learn(raw: str, words: Lexicon) -> NumberWord | None:
    """What a word of a text is in a number, kept for the next time."""
    word = words.known[raw] = read_word(words.fold(raw), words)
    if word is not None and (word.parts or word.opened_parts):
        words.counting.add(raw)
    return word


def _composed(run: list[_Piece], words: Lexicon) -> Iterator[Spelled]:
    """The numbers in consecutive number words."""
    if not run:
        return
    total: Value = 0
    current: Value = 0
    scale = 0  # the last one in the number
    start = end = -1
    lone = False
    for piece in _turned(run) if words.numbers.scale_first else run:
        value = piece.value
        grown = None
        if start >= 0:
            grown = _extended(total, current, scale, piece, words, apart=piece.start - end > 1)
        if grown is None:
            if start >= 0 and not lone:
                yield Spelled(Fraction(total + current), start, end, scale or 1)
            start, lone = piece.start, piece.lone
            total, current = (value, 0) if value >= 1000 else (0, value)
            counted = piece.multiplies and value != 20
            scale = _single(int(value)) if value == 100 or value >= 1000 or counted else 0
        else:
            (total, current, scale), lone = grown, False
        end = piece.end
    if not lone:
        yield Spelled(Fraction(total + current), start, end, scale or 1)


def _turned(run: list[_Piece]) -> list[_Piece]:
    """Number words in the usual order, for a language that puts a scale before its factor.

    A scale from 1000 on has all of tens and units as its factor, `mia` only the unit behind it.
    """
    turned: list[_Piece] = []
    bare: _Piece | None = None  # a scale without a factor yet
    for piece in run:
        last = turned[-1] if turned else None
        if bare is not None and piece.value < 100 and piece.start - bare.end <= 1:
            turned[-1:] = [
                piece._replace(start=bare.start, joined=bare.joined),
                bare._replace(end=piece.end, joined=False),
            ]
            bare = None
        elif (
            last is not None
            and last.value >= 1000
            and len(turned) > 1
            and piece.joined
            and piece.value < 10 <= turned[-2].value < 100
            and turned[-2].value % 10 == 0
        ):
            factor = turned[-2].value + piece.value
            turned[-2:] = [turned[-2]._replace(value=factor), last._replace(end=piece.end)]
        else:
            turned.append(piece)
            bare = piece if piece.value >= 100 or piece.multiplies else None
    return turned


_Grown = tuple[Value, Value, int]
"""The parts of a number above and below its last scale of 1000 or more, and its last scale."""


def _extended(
    total: Value, current: Value, scale: int, piece: _Piece, words: Lexicon, *, apart: bool
) -> _Grown | None:
    """The number with one more word; None if that word begins another number."""
    value = piece.value
    if value >= 1000:
        return _scaled(total, current, scale, int(value), apart=apart)
    if current != int(current) and value != 100 and not piece.multiplies:
        return None
    below = current % 100
    # "Une douzaine" is 12, and "un vingt" two numbers.
    if piece.multiplies and (2 if value == 20 else 1) <= below < 20 and not piece.joined:
        return total, current - below + below * value, scale if value == 20 else int(value)
    if value == 100 and 0 < current < (100 if not total else 10) and not piece.joined:
        return total, current * 100, 100
    if not value:
        return None
    if not current:
        return (total, value, 100 if value == 100 else scale) if total else None
    return (total, current + value, scale) if _adds(below, value, piece, words) else None


def _scaled(total: Value, current: Value, scale: int, value: int, *, apart: bool) -> _Grown | None:
    """The number with a scale of 1000 or more after it."""
    room = scale if scale >= 1000 else 0  # in which the scale must find place
    if current:
        value = _single(value)  # a dual behind its number counts once
        return (total + current * value, 0, value) if not room or value < room else None
    if room and value < room:  # dos millones mil
        return total + value, 0, value
    if total and 1000 <= total < value and not apart:  # dos mil millones
        return total * value, 0, value
    return None


def _single(scale: int) -> int:
    """A scale, or the one of which it is the dual."""
    return scale // 2 if str(scale).startswith("2") else scale


def _adds(below: Value, value: Value, piece: _Piece, words: Lexicon) -> bool:
    """Whether a word below 1000 is added to the tens and units before it."""
    if value < 10:
        teen = below == 10 and value not in words.teens
        # "Twenty and five" are two numbers where 25 is "five and twenty".
        apart = words.numbers.units_first and piece.joined
        return below == 0 or teen or (below >= 20 and below % 10 == 0 and not apart)
    if value >= 100:
        return False
    if below == 0:
        return True
    if words.numbers.units_first and below < 10:
        # Arabic "five ten" is 15, "five and ten" two numbers; from 20 on the joiner is needed.
        return (
            not piece.joined and 3 not in words.teens
            if value == 10
            else (value >= 20 and value % 10 == 0 and piece.joined)
        )
    return below in (60, 80) and value < 20 and words.scores
