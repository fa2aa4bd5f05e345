"""Cut the tokens of a part of a dialogue out of those of the whole.

A tokenizer splits a text at its added tokens before anything else, so that what stands between two
of them has the same tokens wherever it is. A part of a dialogue is what the template writes first,
and then mostly a piece of the whole dialogue's text. Where this piece begins with an added token,
and ends with the text or before another one, its tokens are known.
"""

import re
from collections.abc import Callable
from itertools import islice
from typing import Any, Final, NamedTuple

import numpy as np

from train.overlong import Tokenised
from train.rendering import Rendered
from ultralink_data.text.spelled_tokens import any_of

_HEADS: Final = 64
"""Beginnings of parts that are kept: dialogues have few different system turns."""
_TRIED: Final = 8
"""Added tokens of a part with which its piece of the whole may begin."""


class EncodedDialogue(NamedTuple):
    """A text of a dialogue, its tokens, and the character at which each starts."""

    rendered: Rendered
    tokens: Tokenised
    starts: np.ndarray


class _PieceOfWhole(NamedTuple):
    """A piece of a text, characters [begin, end), and its tokens."""

    begin: int
    end: int
    tokens: slice


class PartTokens:
    """Finds the tokens of parts; `encode` gives those of what the template writes before one."""

    def __init__(self, tokenizer: Any, encode: Callable[[str], np.ndarray]) -> None:
        added = tokenizer.backend_tokenizer.get_added_tokens_decoder()
        # The others are found after these, in a text that was changed first.
        self._ids = {token.content: at for at, token in added.items() if not token.normalized}
        self._added = re.compile(any_of([*self._ids]))
        self._alone = not any(t.lstrip or t.rstrip or t.single_word for t in added.values())
        self._encode = encode
        self._heads = {"": np.empty(0, np.int32)}

    def cut(self, part: Rendered, whole: EncodedDialogue, first: int) -> Tokenised | None:
        """The tokens of a part that begins with answer `first` of the whole; None if not known."""
        last = first + len(part.spans)
        if not self._alone or not _are_same_answers(part, whole.rendered, first):
            return None
        piece = self._piece(part, whole, first)
        if piece is None or any(each.blank < piece.end for each in whole.rendered.spans[last:]):
            return None
        head = self._head(part.text[: len(part.text) - (piece.end - piece.begin)])
        ids, loss, ends, _ = whole.tokens
        learned = np.concatenate([np.zeros(len(head), bool), loss[piece.tokens]])
        learned[:1] = False
        return Tokenised(
            np.concatenate([head, ids[piece.tokens]]),
            learned,
            ends[first:last] - piece.tokens.start + len(head),
            spelled=False,
        )

    def _head(self, text: str) -> np.ndarray:
        if text not in self._heads:
            if len(self._heads) > _HEADS:
                self._heads = {"": self._heads[""]}
            self._heads[text] = self._encode(text)
        return self._heads[text]

    def _piece(self, part: Rendered, whole: EncodedDialogue, first: int) -> _PieceOfWhole | None:
        """The longest piece of the whole, behind the answer before, with which the part ends."""
        text, spans = whole.rendered
        shift = spans[first].end - part.spans[0].end
        before, end = spans[first - 1].end if first else 0, len(part.text) + shift
        # Only places where the tokenizer finds them too: from the left, the longest first.
        places = {found.start(): found[0] for found in self._added.finditer(text)}
        last = len(whole.starts) if end == len(text) else self._token_at(end, whole, places)
        for found in islice(self._added.finditer(part.text), _TRIED):
            begin = found.start() + shift
            if found.start() > part.spans[0].blank or last is None:
                break
            if begin >= before and text[begin:end] == part.text[found.start() :]:
                token = self._token_at(begin, whole, places)
                return None if token is None else _PieceOfWhole(begin, end, slice(token, last))
        return None

    def _token_at(self, place: int, whole: EncodedDialogue, places: dict[int, str]) -> int | None:
        """The number of the added token that begins at this character."""
        token = int(np.searchsorted(whole.starts, place))
        if place not in places or token == len(whole.starts) or whole.starts[token] != place:
            return None
        return token if whole.tokens.ids[token] == self._ids[places[place]] else None


def _are_same_answers(part: Rendered, whole: Rendered, first: int) -> bool:
    """Whether the part has answers of the whole, as far apart from each other."""
    own = whole.spans[first : first + len(part.spans)]
    if not own or len(own) != len(part.spans):
        return False
    shift = own[0].end - part.spans[0].end
    return all(
        (its.blank + shift, its.start + shift, its.end + shift) == each
        for its, each in zip(part.spans, own, strict=True)
    )
