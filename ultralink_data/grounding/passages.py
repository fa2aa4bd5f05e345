"""Splits articles into passages without losing a character."""

import re
from collections.abc import Iterator

from ultralink_data.documents import Page, Passage
from ultralink_data.text.tokens import estimate_tokens

_PARAGRAPHS = re.compile(r".*?(?:\n+|\Z)", re.S)

# A run of marks is tried from its first only: else a line of dots takes quadratic time.
_SENTENCES = re.compile(
    r".*?(?:(?<![.!?؟।])[.!?؟।]++[\"'»”’)]*+\s+|[。！？]+[”’」』）]*\s*|\Z)", re.S
)


def split(page: Page, limit: int) -> list[Passage]:
    """The passages of a page, of at most `limit` tokens by estimate; joined they are its text.

    Passages end at paragraph borders. A paragraph over the limit is split at sentences, a sentence
    over it anywhere.

    Raises:
        ValueError: `limit` is below 1.
        ConfigError: the page's language is unknown.
    """
    return [
        Passage(
            id=f"{page.id}#{number}",
            language=page.language,
            page_id=page.id,
            number=number,
            title=page.title,
            text=text,
        )
        for number, text in enumerate(split_text(page.text, page.language, limit))
    ]


def split_text(text: str, language: str, limit: int) -> list[str]:
    """Parts of a text as `split` makes them; joined they are the text.

    Raises:
        ValueError: `limit` is below 1.
        ConfigError: an unknown language.
    """
    if limit < 1:
        raise ValueError(f"limit must be 1 or more tokens, got {limit}")
    texts: list[str] = []
    size = 0
    for piece, tokens in _pieces(text, language, limit):
        # An empty line has no tokens in scripts without spaces: it begins a passage all the same.
        if not texts or size + tokens > limit:
            texts.append("")
            size = 0
        texts[-1] += piece
        size += tokens
    return texts


def _pieces(text: str, language: str, limit: int) -> Iterator[tuple[str, int]]:
    """Parts of the text, none over the limit, with their tokens."""
    for paragraph in _PARAGRAPHS.findall(text):
        tokens = estimate_tokens(paragraph, language)
        if tokens <= limit:
            if paragraph:
                yield paragraph, tokens
            continue
        for sentence in _SENTENCES.findall(paragraph):
            for start in range(0, len(sentence), limit):
                part = sentence[start : start + limit]
                yield part, estimate_tokens(part, language)
