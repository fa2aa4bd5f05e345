"""Where texts can be cut so that each piece has the tokens that it has in the whole text.

Byte-level vocabularies split a text by a pattern before anything else. Here are cuts at which each
of the known patterns splits too:

- before a space that does not follow a blank;
- between a letter or digit of ASCII and a line end;
- between a line end with no blank before it and a letter of ASCII.

None of the patterns has an alternative that reaches over such a place, or ends before it only for
what follows (as blanks do: all but the last of several are one piece). What is of ASCII and has no
added token is cut into the pattern's very pieces, by the same pattern without its other alphabets.
"""

import json
import re
from itertools import chain
from typing import Any, Final

from ultralink_data.text.spelled_tokens import any_of

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

SPACE: Final = re.compile(rf" (?<![{_BLANK}] )")
"""A space before which a text is cut."""
_ASCII: Final = re.compile(r"[\t\n\r -~]*")
BYTES: Final = str.maketrans("\t\n\r ", "\u0109\u010a\u010d\u0120")
"""Bytes as letters; the other characters of `_ASCII` are as they are."""

_GPT4: Final = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|"
_REST: Final = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
_GPT2: Final = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"
PATTERNS: Final = {
    _GPT2,
    f"{_GPT4}\\p{{N}}{{1,3}}{_REST}",  # Llama 3
    f"{_GPT4}\\p{{N}}{_REST}",  # Qwen 2 and 3
}
_IN_ASCII: Final = (
    ("\\s\\p{L}\\p{N}]", "\\sA-Za-z0-9]"),
    ("\\n\\p{L}\\p{N}]", "\\nA-Za-z0-9]"),
    ("\\p{L}", "[A-Za-z]"),
    ("\\p{N}", "[0-9]"),
)
"""Classes of the patterns, inside brackets first."""


class Pieces:
    """Cuts words as the tokenizer's pattern does, where they are of ASCII."""

    def __init__(self, backend: Any) -> None:
        added = backend.get_added_tokens_decoder().values()
        self._added = re.compile(any_of([token.content for token in added]))
        known = _is_plain(backend)
        self._digits, self._pattern = (
            _ascii_pattern(_form(backend.pre_tokenizer)) if known else (None, None)
        )

    def of(self, text: str) -> list[str]:
        """What is tokenised each by itself; joined, it is the text."""
        if self._pattern is None:
            return words_of(text)
        if self.is_known(text):
            return self._split(text, self._pattern)
        pieces = []
        for word in words_of(text):
            pieces += self._split(word, self._pattern) if self.is_known(word) else [word]
        return pieces

    def is_known(self, text: str) -> bool:
        """Whether the pattern is applied here: to ASCII without an added token."""
        known = self._pattern is not None and _ASCII.fullmatch(text) is not None
        return known and self._added.search(text) is None

    def _split(self, text: str, pattern: re.Pattern[str]) -> list[str]:
        if self._digits is None:
            return pattern.findall(text)
        return [*chain.from_iterable(map(pattern.findall, self._digits.findall(text)))]


def words_of(text: str) -> list[str]:
    """The text in pieces that are tokenised each by itself; joined, they are the text."""
    return _WORD.findall(text)


def is_known(backend: Any) -> bool:
    """Whether a text is split first, at least where `_WORD` cuts it."""
    normalizer = _form(backend.normalizer)
    return (
        type(backend.model).__name__ == "BPE"
        and not backend.model.dropout
        and (normalizer is None or normalizer["type"] == "NFC")
        and _splits(_form(backend.pre_tokenizer))
        and all(map(_keeps_spans, _sequence(_form(backend.post_processor), "processors")))
        and all(map(_stands_alone, backend.get_added_tokens_decoder().values()))
    )


def _form(part: Any) -> Any:
    """What a part of a backend is, as in its file; None if there is none."""
    return None if part is None else json.loads(part.__getstate__())


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
    return [part["pattern"].get("Regex") in PATTERNS for part in by_pattern] == [True] and (
        by_pattern[0]["behavior"] == "Isolated" and by_pattern[0]["invert"] is False
    )


def _ascii_pattern(form: Any) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    """How digits, and then each part of a text of ASCII, are split; None: not, or not known."""
    *before, last = _sequence(form, "pretokenizers")
    digits = None
    if before and before[0]["type"] == "Digits":
        one = "[0-9]" if before.pop(0)["individual_digits"] else "[0-9]+"
        digits = re.compile(f"{one}|[^0-9]+")
    if len(before) != (not last["use_regex"]):
        return None, None
    pattern = _GPT2 if last["use_regex"] else before[0]["pattern"]["Regex"]
    for classes, ascii_only in _IN_ASCII:
        pattern = pattern.replace(classes, ascii_only)
    return digits, re.compile(pattern)


def _is_plain(backend: Any) -> bool:
    """Whether the model has each character of ASCII, and spans are those of its tokens."""
    model = backend.model
    letters = [chr(code).translate(BYTES) for code in (*b"\t\n\r", *range(32, 127))]
    return (
        all(model.token_to_id(letter) is not None for letter in letters)
        and not model.continuing_subword_prefix
        and not model.end_of_word_suffix
        and not any(
            each["type"] == "ByteLevel" and each["trim_offsets"]
            for each in _sequence(_form(backend.post_processor), "processors")
        )
    )


def _keeps_spans(form: dict[str, Any]) -> bool:
    """Whether a first token's span is found as that of any other."""
    if form["type"] == "ByteLevel":
        return not (form["trim_offsets"] and form["add_prefix_space"])
    return bool(form["type"] == "TemplateProcessing")


def _stands_alone(token: Any) -> bool:
    """Whether an added token takes no blank from its neighbours, and no cut is inside."""
    return not (
        token.lstrip
        or token.rstrip
        or token.single_word
        or (len(words_of(token.content)) > 1 and token.content.strip())
    )
