"""Tokenise texts word by word, each word once: the same tokens in a part of the time.

The usual vocabularies split a text into words by a pattern before anything else, and most words of
a dataset were seen before. Here texts are cut where each of the known patterns splits too:

- before a space that does not follow a blank;
- between a letter or digit of ASCII and a line end;
- between a line end with no blank before it and a letter of ASCII.

None of the patterns has an alternative that reaches over such a place, or ends before it only for
what follows (as blanks do: all but the last of several are one piece). What is
between two cuts (a word with its blank and punctuation; several where a cut would not be safe) is
tokenised by the tokenizer itself, and kept. Tokenizers with another pattern, or whose text is
changed first, tokenise whole texts as ever, and so do those that fail a probe.
"""

import json
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, Final

import numpy as np

from ultralink_data.text.spelled_tokens import Encoded

TokenArrays = tuple[np.ndarray, np.ndarray]
"""Ids int32 [tokens] and spans of characters int64 [tokens, 2]."""

_BLANK: Final = "\\s\u180e"  # the latter is a blank in older tables
_ENDS: Final = rf"(?<![A-Za-z0-9{_BLANK}])\n(?=[A-Za-z])"
"""A line end behind punctuation, which may be one token with it, and with a cut after it."""
_WORD: Final = re.compile(
    r"\n(?=[A-Za-z])"
    rf"|[{_BLANK}]*[^{_BLANK}]+"
    rf"(?:(?!{_ENDS})(?:(?<![A-Za-z0-9])\n|[{_BLANK}](?<![\n ]))[{_BLANK}]*[^{_BLANK}]*)*"
    rf"(?:{_ENDS})?"
    rf"|[{_BLANK}]+\Z"
)

_GPT4: Final = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|"
_REST: Final = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
_PATTERNS: Final = {
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",  # GPT-2
    f"{_GPT4}\\p{{N}}{{1,3}}{_REST}",  # Llama 3
    f"{_GPT4}\\p{{N}}{_REST}",  # Qwen 2 and 3
}

_LINE: Final = 256
"""New words that are tokenised as one text."""
_LONGEST_KEPT: Final = 48
_MOST_KEPT: Final = 1 << 18
"""Words in memory, of some 300 bytes each."""

_PROBES: Final = (
    "He said: \u201cIt's 12,345.67 kg\u201d (50 %)?\n\nI'll see.\n  - one\n\t- two \n",
    "def add(a, b=[0]):\n    if a != 1:\n\treturn a  # {x}\r\n\r\nx = 'don't'\n\n\n  \n",
    " \u4f60\u597d\uff0c\u4e16\u754c 42\u3002\n\u0434\u0430\u00a0\u043d\u0435\u0442 ",
    "\u0967\u0968 e\u0301 \x1c a\x85b",
)


class WordEncoder:
    """Tokenises many texts with a fast `transformers` tokenizer, adding no special tokens."""

    def __init__(self, tokenizer: Any) -> None:
        self._backend = tokenizer.backend_tokenizer
        self._tokenizer = tokenizer
        self._kept: dict[str, tuple[Any, Any, Any]] = {}
        self.by_words = _is_known(self._backend) and self._agrees()

    def encode(self, texts: Sequence[str]) -> Iterator[TokenArrays]:
        """Ids and spans of each text."""
        if not texts:
            return iter(())
        return self._of_words(texts) if self.by_words else self._whole(texts)

    def _whole(self, texts: Sequence[str]) -> Iterator[TokenArrays]:
        found = self._tokenizer([*texts], add_special_tokens=False, return_offsets_mapping=True)
        for ids, offsets in zip(found["input_ids"], found["offset_mapping"], strict=True):
            yield arrays(Encoded(ids, offsets))

    def _of_words(self, texts: Sequence[str]) -> Iterator[TokenArrays]:
        every = [_WORD.findall(text) for text in texts]
        kept = self._kept
        if len(kept) > _MOST_KEPT:
            kept.clear()
        new = [*set(chain.from_iterable(every)).difference(kept)]
        self._keep(new)
        for words in every:
            yield _joined(words, [kept[word] for word in words])
        for word in new:
            if len(word) > _LONGEST_KEPT:
                del kept[word]

    def _keep(self, new: Sequence[str]) -> None:
        """Tokenise new words, many at once: a cut is before a word with a space in front."""
        joins = [word for word in new if word[0] == " " and not word[-1].isspace()]
        lines = [joins[at : at + _LINE] for at in range(0, len(joins), _LINE)]
        lines += [[word] for word in {*new}.difference(joins)]
        self._backend.no_truncation()
        self._backend.no_padding()
        found = self._backend.encode_batch(["".join(x) for x in lines], add_special_tokens=False)
        for line, encoded in zip(lines, found, strict=True):
            ids, spans = arrays(Encoded(encoded.ids, encoded.offsets))
            bounds = np.cumsum([0, *map(len, line)])
            places = [*np.searchsorted(spans[:, 0], bounds[:-1]).tolist(), len(ids)]
            spans -= np.repeat(bounds[:-1], np.diff(places))[:, None]
            every, starts, ends = ids.tolist(), spans[:, 0].tolist(), spans[:, 1].tolist()
            for word, first, last in zip(line, places, places[1:], strict=False):
                self._kept[word] = every[first:last], starts[first:last], ends[first:last]

    def _agrees(self) -> bool:
        """Whether words give what whole texts do, for texts that are hard to split."""
        together = ["".join(_PROBES), *_PROBES]
        pairs = zip(self._of_words(together), self._whole(together), strict=True)
        return all(
            np.array_equal(ids, its_ids) and np.array_equal(spans, its_spans)
            for (ids, spans), (its_ids, its_spans) in pairs
        )


def arrays(encoded: Encoded) -> TokenArrays:
    """What a tokenizer gives, as arrays."""
    ids, offsets = encoded
    return np.asarray(ids, np.int32), np.asarray(offsets, np.int64).reshape(-1, 2)


def words_of(text: str) -> list[str]:
    """The text in pieces that are tokenised each by itself; joined, they are the text."""
    return _WORD.findall(text)


def _joined(words: list[str], found: Sequence[tuple[Any, Any, Any]]) -> TokenArrays:
    """Arrays of a text from the ids, starts and ends of its words."""
    counts = [len(ids) for ids, _, _ in found]
    tokens = sum(counts)
    sizes = np.fromiter(map(len, words), np.int64, len(words))
    begins = np.repeat(np.cumsum(sizes) - sizes, counts)
    ids, *places = (
        np.fromiter(chain.from_iterable(part[field] for part in found), np.int64, tokens)
        for field in range(3)
    )
    return ids.astype(np.int32), np.stack([place + begins for place in places], 1)


def _is_known(backend: Any) -> bool:
    """Whether a text is split first, at least where `_WORD` cuts it."""
    form = json.loads(backend.to_str())
    model = form["model"]
    return (
        model["type"] == "BPE"
        and not model.get("dropout")
        and (form["normalizer"] is None or form["normalizer"]["type"] == "NFC")
        and _splits(form["pre_tokenizer"])
        and all(map(_keeps_spans, _sequence(form["post_processor"], "processors")))
        and all(map(_stands_alone, form["added_tokens"]))
    )


def _sequence(form: Any, field: str) -> list[dict[str, Any]]:
    if form is None:
        return []
    return list(form[field]) if form["type"] == "Sequence" else [form]


def _splits(form: Any) -> bool:
    """Whether it splits by one of the patterns, then writes bytes as letters."""
    *before, last = _sequence(form, "pretokenizers") or [{}]
    if last.get("type") != "ByteLevel" or last["add_prefix_space"]:
        return False
    by_pattern = [part for part in before if part["type"] == "Split"]
    if any(part["type"] not in ("Split", "Digits") for part in before) or len(by_pattern) > 1:
        return False
    if last["use_regex"]:
        return not by_pattern
    return [part["pattern"].get("Regex") in _PATTERNS for part in by_pattern] == [True] and (
        by_pattern[0]["behavior"] == "Isolated" and by_pattern[0]["invert"] is False
    )


def _keeps_spans(form: dict[str, Any]) -> bool:
    """Whether a first token's span is found as that of any other."""
    if form["type"] == "ByteLevel":
        return not (form["trim_offsets"] and form["add_prefix_space"])
    return bool(form["type"] == "TemplateProcessing")


def _stands_alone(token: dict[str, Any]) -> bool:
    """Whether an added token takes no blank from its neighbours, and no cut is inside."""
    return not (token["lstrip"] or token["rstrip"] or token["single_word"]) and (
        len(words_of(token["content"])) <= 1 or not token["content"].strip()
    )
