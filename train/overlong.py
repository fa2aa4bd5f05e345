"""Dialogues over the length: split between exchanges, dropped, or cut; no token is lost uncounted.

`split` makes of a dialogue as few parts as it can from the front. Each begins with a user turn and
is rendered by itself, so that it also has what the template writes before the first turn (a BOS,
the system turn). An exchange that is too long by itself is cut at the length, so its end of turn is
not learned; where nothing of its answer is left, packing drops it, as it does any row.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from train.train_config import Overlong


class Tokenised(NamedTuple):
    """The tokens of one text of a dialogue: `ids` int32 and `loss` bool, both [tokens].

    `loss` says what is learned. `ends` int64 [answers] is the number of tokens up to the end of
    each answer that is; `spelled` says that the text spells control tokens, which stayed text.
    """

    ids: np.ndarray
    loss: np.ndarray
    ends: np.ndarray
    spelled: bool


class DialoguePiece(NamedTuple):
    """A row of a dialogue: what is kept of it, and how many tokens at its end are not.

    `again` says that it is another answer of turns that are trained one answer at a time.
    """

    ids: np.ndarray
    loss: np.ndarray
    left_out: int
    spelled: bool
    again: bool = False


Texts = tuple[Tokenised, ...]
"""Some turns as the template has them: one text, or one for each answer (`train.rendering`)."""

Tokenise = Callable[[int, int], Texts]
"""The texts of the exchanges (a question and its answer) from the first number to before the last.
"""


def parts(
    exchanges: int, whole: Texts, tokenise: Tokenise, room: int, overlong: Overlong
) -> Iterator[list[DialoguePiece]]:
    """The rows of at most `room` tokens of each part of a dialogue: one part if it fits.

    `whole` are all exchanges. Without its tokens, a row is one that is dropped.
    """
    if longest(whole) <= room or overlong == "cut":
        yield _cut(whole, room)
    elif overlong == "drop":
        yield _cut(whole, 0)
    else:
        for part in _split(exchanges, whole, tokenise, room):
            yield _cut(part, room)


def longest(texts: Texts) -> int:
    """Tokens of the longest of these texts."""
    return max(len(text.ids) for text in texts)


def _cut(texts: Texts, room: int) -> list[DialoguePiece]:
    return [
        DialoguePiece(
            text.ids[:room],
            text.loss[:room],
            left_out=max(len(text.ids) - room, 0),
            spelled=text.spelled,
            again=number > 0,
        )
        for number, text in enumerate(texts)
    ]


def _split(exchanges: int, whole: Texts, tokenise: Tokenise, room: int) -> Iterator[Texts]:
    """Runs of exchanges that fit, each as long as it can be; one exchange may be too long."""
    if exchanges == 1:
        yield whole
        return
    ends = np.concatenate([text.ends for text in whole])
    first = 0
    while first < exchanges:
        before = ends[first - 1] if first else 0
        # A part has at least the tokens that it has in the whole dialogue.
        likely = int(np.searchsorted(ends, before + room, side="right"))
        last = max(likely, first + 1)
        part = tokenise(first, last)
        while longest(part) > room and last > first + 1:
            last -= 1
            part = tokenise(first, last)
        yield part
        first = last
