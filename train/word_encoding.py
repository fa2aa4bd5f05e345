"""Tokenise texts word by word, each word once: the same tokens in a part of the time.

Most words of a dataset were seen before. A text is cut at its spaces, and what is between two of
them is looked up. Where it is new, it is cut into pieces (`train.word_patterns`), which are looked
up too: a piece of the splitting pattern is given to the tokenizer's model, any other piece to the
tokenizer. Tokenizers with another pattern, or whose text is changed first, tokenise whole texts as
ever, and so do those that fail a probe.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate, chain
from typing import Any, Final, NamedTuple

import numpy as np

from train.word_patterns import BYTES, SPACE, Pieces, is_known
from ultralink_data.text.spelled_tokens import Encoded

_FIRST: Final = "x "
"""Put before the first word of a text, which has no space in front; no other word begins so."""
_LONGEST_KEPT: Final = 48
_MOST_KEPT: Final = 1 << 18
"""Words in memory, of some 300 bytes each."""

_PROBES: Final = (
    "He said: \u201cIt's 12,345.67 kg\u201d (50 %)?\n\nI'll see.\n  - one\n\t- two \n",
    "def add(a, b=[0]):\n    if a != 1:\n\treturn a  # {x}\r\n\r\nx = 'don't'\n\n\n  \n",
    " \u4f60\u597d\uff0c\u4e16\u754c 42\u3002\n\u0434\u0430\u00a0\u043d\u0435\u0442 ",
    "\u0967\u0968 e\u0301 \x1c a\x85b",
)


class TokenArrays(NamedTuple):
    """Tokens of texts, one text after the other.

    `ids` int32 [tokens]; `offsets` int64 [tokens, 2], spans of characters in the joined texts. Text
    `n` has the tokens from `bounds[n]` to `bounds[n + 1]` and begins at character `begins[n]`.
    """

    ids: np.ndarray
    offsets: np.ndarray
    bounds: list[int]
    begins: list[int]


class WordEncoder:
    """Tokenises many texts with a fast `transformers` tokenizer, adding no special tokens."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        backend = tokenizer.backend_tokenizer
        self.by_words = is_known(backend)
        if self.by_words:
            self._kept = _KnownWords(backend)
            self.by_words = self._agrees()

    def encode(self, texts: Sequence[str]) -> TokenArrays:
        """Ids and spans of texts, all in memory: of a few million letters at most."""
        return self._of_words(texts) if self.by_words else self._whole(texts)

    def _whole(self, texts: Sequence[str]) -> TokenArrays:
        if not texts:
            return joined([], [])
        found = self._tokenizer([*texts], add_special_tokens=False, return_offsets_mapping=True)
        return joined(map(Encoded, found["input_ids"], found["offset_mapping"]), texts)

    def _of_words(self, texts: Sequence[str]) -> TokenArrays:
        every = [SPACE.split(text) for text in texts]
        for words in every:
            words[0] = _FIRST + words[0]
        ids, spans, bounds = self._kept.tokens([*chain.from_iterable(every)])
        bounds = bounds[[*accumulate(map(len, every), initial=0)]]
        return TokenArrays(ids, spans.T, bounds.tolist(), _begins(texts))

    def _agrees(self) -> bool:
        """Whether words give what whole texts do, for texts that are hard to split."""
        together = ["".join(_PROBES), *_PROBES]
        ours, whole = self._of_words(together), self._whole(together)
        return (
            np.array_equal(ours.ids, whole.ids)
            and np.array_equal(ours.offsets, whole.offsets)
            and ours.bounds == whole.bounds
        )


class _KnownWords:
    """The tokens of words, and of their pieces, that were seen.

    A word is without the space in front of it, or begins with `_FIRST` if it has none.
    """

    def __init__(self, backend: Any) -> None:
        self._backend = backend
        self._model = backend.model
        self._cut = Pieces(backend)
        self._forget()

    def tokens(self, words: Sequence[str]) -> "_Joined":
        """The tokens of words that follow each other."""
        if max(len(self._words), len(self._of_words.ids) // 8) > _MOST_KEPT:
            self._forget()
        numbers = self._words.of(words)
        if self._words.new:
            self._add(self._words.new)
            self._words.settle()
        return self._of_words.joined(numbers)

    def _forget(self) -> None:
        self._words, self._pieces = _Numbered(), _Numbered()
        self._of_words, self._of_pieces = _TokenTable(), _TokenTable()

    def _add(self, words: Sequence[str]) -> None:
        texts = [word[len(_FIRST) :] if word.startswith(_FIRST) else f" {word}" for word in words]
        cut = [self._cut.of(text) for text in texts]
        numbers = self._pieces.of([*chain.from_iterable(cut)])
        self._tokenise(self._pieces.new)
        self._pieces.settle()
        found = self._of_pieces.joined(numbers)
        bounds = found.bounds[[*accumulate(map(len, cut), initial=0)]]
        sizes = np.fromiter(map(len, texts), np.int64, len(texts))
        counts = np.diff(bounds)
        spans = found.spans - np.repeat(np.cumsum(sizes) - sizes, counts)
        self._of_words.add(found.ids, spans, counts, sizes)

    def _tokenise(self, pieces: Sequence[str]) -> None:
        by_model = [self._cut.is_known(piece) for piece in pieces]
        others = [piece for piece, is_one in zip(pieces, by_model, strict=True) if not is_one]
        self._backend.no_truncation()
        self._backend.no_padding()
        encoded = iter(self._backend.encode_batch(others, add_special_tokens=False))
        ids: list[int] = []
        starts: list[int] = []
        ends: list[int] = []
        counts = []
        for piece, is_one in zip(pieces, by_model, strict=True):
            if is_one:
                tokens = self._model.tokenize(piece.translate(BYTES))
                its_ends = [*accumulate([len(token.value) for token in tokens])]
                ids += [token.id for token in tokens]
                starts += [0, *its_ends[:-1]]
                ends += its_ends
                counts.append(len(tokens))
            else:
                found = next(encoded)
                ids += found.ids
                starts += [start for start, _ in found.offsets]
                ends += [end for _, end in found.offsets]
                counts.append(len(found.ids))
        sizes = [*map(len, pieces)]
        self._of_pieces.add(*map(np.array, (ids, (starts, ends), counts, sizes)))


class _Numbered(dict[str, int]):
    """Texts and their numbers; one that is not there gets the next, and is in `new`."""

    def __init__(self) -> None:
        super().__init__()
        self.new: list[str] = []
        self._settled = 0

    def __missing__(self, text: str) -> int:
        number = self[text] = self._settled + len(self.new)
        self.new.append(text)
        return number

    def of(self, texts: Sequence[str]) -> np.ndarray:
        """The number of each text."""
        return np.fromiter(map(self.__getitem__, texts), np.int64, len(texts))

    def settle(self) -> None:
        """Take the new texts as known; the long ones are forgotten."""
        for text in self.new:
            if len(text) > _LONGEST_KEPT:
                del self[text]
        self._settled += len(self.new)
        self.new = []


class _Joined(NamedTuple):
    """Tokens of texts that follow each other.

    `ids` int32 [tokens]; `spans` int64 [2, tokens], characters of the joined texts; `bounds` int64
    [texts + 1] of tokens.
    """

    ids: np.ndarray
    spans: np.ndarray
    bounds: np.ndarray


class _TokenTable:
    """The tokens of numbered texts."""

    def __init__(self) -> None:
        self.ids = np.empty(0, np.int32)
        self._spans = np.empty((2, 0), np.int32)
        self._counts = np.empty(0, np.int32)
        self._sizes = np.empty(0, np.int32)
        self._firsts = np.empty(0, np.int64)

    def add(
        self, ids: np.ndarray, spans: np.ndarray, counts: np.ndarray, sizes: np.ndarray
    ) -> None:
        """The next texts: their tokens, how many each has, and its characters."""
        for name, more in (("ids", ids), ("_spans", spans), ("_counts", counts), ("_sizes", sizes)):
            both = np.concatenate([getattr(self, name), more.astype(np.int32)], axis=-1)
            setattr(self, name, both)
        self._firsts = np.cumsum(self._counts, dtype=np.int64) - self._counts

    def joined(self, numbers: np.ndarray) -> _Joined:
        """The tokens of these texts, one after the other."""
        counts, sizes = self._counts[numbers], self._sizes[numbers]
        bounds = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
        places = np.repeat(self._firsts[numbers] - bounds[:-1], counts) + np.arange(bounds[-1])
        begins = np.repeat(np.cumsum(sizes, dtype=np.int64) - sizes, counts)
        return _Joined(self.ids[places], self._spans[:, places] + begins, bounds)


def joined(found: Iterable[Encoded], texts: Sequence[str]) -> TokenArrays:
    """What a tokenizer gives for texts, one after the other."""
    begins = _begins(texts)
    ids, offsets, bounds = [np.empty(0, np.int32)], [np.empty((0, 2), np.int64)], [0]
    for (its_ids, its_offsets), begin in zip(found, begins, strict=False):
        ids.append(np.asarray(its_ids, np.int32))
        offsets.append(np.asarray(its_offsets, np.int64).reshape(-1, 2) + begin)
        bounds.append(bounds[-1] + len(its_ids))
    return TokenArrays(np.concatenate(ids), np.concatenate(offsets), bounds, begins)


def _begins(texts: Sequence[str]) -> list[int]:
    return [*accumulate(map(len, texts), initial=0)]
