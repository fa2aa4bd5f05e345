"""Tokenise dialogues: ids and loss mask of each, and of its parts where it is too long."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec
import numpy as np

from train.chat_templates import Tokenizer
from train.overlong import Texts, Tokenised
from train.part_tokens import EncodedDialogue, PartTokens
from train.rendering import Rendered, Span, render
from train.word_encoding import TokenArrays, WordEncoder, joined
from ultralink_data.dialogue import Dialogue
from ultralink_data.text.spelled_tokens import SpelledTokens

_CHARACTERS: Final = 1 << 20
"""Of texts that are tokenised together."""


class DialogueEncoder:
    """Tokenises dialogues with a tokenizer from `prepare`."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._spelled = SpelledTokens(tokenizer)
        self._encoder = WordEncoder(tokenizer)
        self._parts = PartTokens(tokenizer, lambda text: self._encoder.encode([text]).ids)

    def encode(self, dialogues: Sequence[Dialogue]) -> Iterator[list[EncodedDialogue]]:
        """The texts of each dialogue (`train.rendering.render`)."""
        odd = [self._spelled.in_texts((each.system, *each.turns)) for each in dialogues]
        usual = [
            () if is_odd else render(each.turns, self._tokenizer, each.system)
            for each, is_odd in zip(dialogues, odd, strict=True)
        ]
        encoded = self._usual([text for samples in usual for text in samples])
        for each, is_odd, samples in zip(dialogues, odd, usual, strict=True):
            yield [*self._as_text(each)] if is_odd else [next(encoded) for _ in samples]

    def part(
        self, dialogue: Dialogue, whole: Sequence[EncodedDialogue], first: int, last: int
    ) -> Texts:
        """The tokens of some exchanges of a dialogue, of which `whole` is what `encode` gave."""
        turns = dialogue.turns[2 * first : 2 * last]
        if len(whole) == 1 and not whole[0].tokens.spelled:
            samples = render(turns, self._tokenizer, dialogue.system)
            known = self._parts.cut(samples[0], whole[0], first) if len(samples) == 1 else None
            if known is not None:
                return (known,)
            return tuple(each.tokens for each in self._usual(samples))
        (found,) = self.encode([msgspec.structs.replace(dialogue, turns=turns)])
        return tuple(each.tokens for each in found)

    def _usual(self, rendered: Sequence[Rendered]) -> Iterator[EncodedDialogue]:
        """The tokens of texts in which all control tokens are the template's."""
        for group in _groups(rendered):
            yield from _masked(group, self._encoder.encode([text for text, _ in group]))

    def _as_text(self, dialogue: Dialogue) -> Iterator[EncodedDialogue]:
        """The texts of a dialogue whose control tokens are text."""
        spelled = self._spelled
        escaped = spelled.escape((dialogue.system, *dialogue.turns))
        system, *turns = escaped.texts
        for text, spans in render(turns, self._tokenizer, system):
            moved = [
                Span(*(len(spelled.respell(text[:place], escaped.sign)) for place in span))
                for span in spans
            ]
            respelled = spelled.respell(text, escaped.sign)
            found = joined([spelled.encode(respelled, escaped.sign)], [respelled])
            for each in _masked([Rendered(respelled, tuple(moved))], found):
                yield each._replace(tokens=each.tokens._replace(spelled=True))


def loss_mask(offsets: np.ndarray, spans: Iterable[Sequence[int]]) -> np.ndarray:
    """Which tokens are learned: those that start inside one of `spans`, [spans, 3] as in `Span`.

    A token that starts before a span and reaches into it is learned only if its part before the
    span is blank ("A: " and "plums" share a token " plums"); otherwise the model would learn to
    write part of its prompt. The first token of a row is never learned: nothing comes before it.
    """
    starts, ends = offsets[:, 0], offsets[:, 1]
    bounds = np.array([*spans], np.int64).reshape(-1, 3)
    blanks, firsts, lasts = np.searchsorted(starts, bounds).T
    steps = np.zeros(len(offsets) + 1, np.int32)
    np.add.at(steps, firsts, 1)
    np.add.at(steps, lasts, -1)
    mask = np.cumsum(steps[:-1]) > 0
    for number in np.flatnonzero(blanks < firsts).tolist():
        before = slice(blanks[number], firsts[number])
        mask[before] |= ends[before] > bounds[number, 1]
    mask &= ends > starts
    mask[:1] = False
    return mask


def _groups(rendered: Sequence[Rendered]) -> Iterator[list[Rendered]]:
    """Texts that are tokenised together, so that memory stays flat."""
    group: list[Rendered] = []
    characters = 0
    for each in rendered:
        group.append(each)
        characters += len(each.text)
        if characters >= _CHARACTERS:
            yield group
            group, characters = [], 0
    if group:
        yield group


def _masked(group: Sequence[Rendered], found: TokenArrays) -> Iterator[EncodedDialogue]:
    """What is learned of the tokens of some texts."""
    spans = np.array([span for each in group for span in each.spans], np.int64).reshape(-1, 3)
    numbers = [len(each.spans) for each in group]
    spans += np.repeat(found.begins[:-1], numbers)[:, None]
    loss = loss_mask(found.offsets, spans)
    loss[[first for first in found.bounds[:-1] if first < len(loss)]] = False
    ends = np.searchsorted(found.offsets[:, 0], spans[:, 2])
    place = 0
    for text, begin, first, last, number in zip(
        group, found.begins, found.bounds, found.bounds[1:], numbers, strict=False
    ):
        tokens = Tokenised(
            found.ids[first:last],
            loss[first:last],
            ends[place : place + number] - first,
            spelled=False,
        )
        yield EncodedDialogue(text, tokens, found.offsets[first:last, 0] - begin)
        place += number
