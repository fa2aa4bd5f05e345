"""From pages of a dump to articles worth a dialogue; rejected pages have a reason."""

import re
from functools import cache
from typing import NamedTuple

from ultralink_data import languages
from ultralink_data.documents import Page
from ultralink_data.stage.outcome import Rejected, RowOutcome
from ultralink_data.text.language_id import other_language
from ultralink_data.text.tokens import estimate_tokens
from ultralink_data.wiki.dump import RawPage
from ultralink_data.wiki.extract_config import ExtractConfig
from ultralink_data.wiki.plain_text import lines_of
from ultralink_data.wiki.reserved_words import DISAMBIGUATIONS
from ultralink_data.wiki.wikitext import Cleaned, cleaned, convert_chinese

CUT = "cut_dump"
"""The reject of the page in which a dump ends."""

BAD_ROW = "bad_row"
"""The reject of a row that is not what its format says."""

_TEMPLATE = re.compile(r"\{\{([^|{}]+)(?:\||\}\})")

_TITLE_END = re.compile(r"[(（]([^()（）]+)[)）]$")

_LETTER = r"[\w\u064b-\u0652\u0900-\u0963\u0971-\u097f]"
"""With Arabic and Hindi vowel signs, which `\\w` leaves out."""

_LATIN = re.compile(r"[A-Za-z]+")
_LEAST = 4
"""Letters of a part that few other words have."""

_LIKE_LATIN = "\u017f\u0130\u0131\u212a"
"""Letters beyond ASCII that are letters of ASCII where case is ignored."""

_SEEN_BY_LANGUAGE_ID = 2000
"""Characters: more of an article does not change the verdict."""


def extract(raw: RawPage, config: ExtractConfig) -> RowOutcome[Page]:
    """The article of a page, or the reason why it is not taken.

    Raises:
        ConfigError: the page's language is unknown.
    """
    if raw.cut is not None:
        return _rejected(raw, CUT, raw.cut)
    if raw.bad is not None:
        return _rejected(raw, BAD_ROW, raw.bad)
    if raw.namespace != 0:
        return _rejected(raw, "namespace", str(raw.namespace))
    if raw.redirect:
        return _rejected(raw, "redirect")
    if is_disambiguation(raw):
        return _rejected(raw, "disambiguation")
    ground = languages.get(raw.language).ground
    conversion = ground.chinese_conversion if ground else None
    if raw.plain:
        made = Cleaned(convert_chinese(lines_of(raw.text), conversion), (), 0)
    else:
        source = raw.text.replace("{{PAGENAME}}", raw.title)
        made = cleaned(
            source, language=raw.language, chinese_conversion=conversion, gaps=config.gaps
        )
    text = made.text
    if not text.strip():
        return _rejected(raw, "empty")
    tokens = estimate_tokens(text, raw.language)
    if tokens < config.min_tokens:
        return _rejected(raw, "too_short", f"{tokens} tokens")
    if tokens > config.max_tokens:
        return _rejected(raw, "too_long", f"{tokens} tokens")
    seen = other_language(text[:_SEEN_BY_LANGUAGE_ID], raw.language)
    if seen is not None:
        return _rejected(raw, "wrong_language", seen)
    word = excluded_word(text, raw.language)
    if word is not None:
        return _rejected(raw, "excluded_word", word)
    title = convert_chinese(raw.title, conversion)
    page = Page(id=raw.id, language=raw.language, title=title, revision=raw.revision, text=text)
    return RowOutcome(
        accepted=(page,), unknown_templates=made.unknown, dropped_sentences=made.dropped
    )


def is_disambiguation(raw: RawPage) -> bool:
    """Whether a page only lists the meanings of its title, by title, templates or magic word."""
    end = _TITLE_END.search(raw.title)
    if end is not None and end[1].casefold() in DISAMBIGUATIONS:
        return True
    if raw.plain:
        return False
    if "__DISAMBIG__" in raw.text:
        return True
    return any(map(_is_disambiguation_name, set(_TEMPLATE.findall(raw.text))))


def _is_disambiguation_name(template: str) -> bool:
    return template.replace("_", " ").strip().casefold() in DISAMBIGUATIONS


def excluded_word(text: str, language: str) -> str | None:
    """The first excluded word of the language that stands in a text.

    Raises:
        ConfigError: an unknown language.
    """
    # Parts of words are much sooner looked for than the pattern, which most texts do not match.
    if not _may_be_excluded(text, _stems(language)):
        return None
    found = _excluded(language).search(text)
    return None if found is None else found.group()


class _Stems(NamedTuple):
    """Parts of excluded words, one of each word: in Latin letters, in scripts without case, else.

    All are folded.
    """

    latin: tuple[bytes, ...]
    caseless: tuple[str, ...]
    cased: tuple[str, ...]


def _may_be_excluded(text: str, stems: _Stems) -> bool:
    if any(stem in text for stem in stems.caseless):
        return True
    if stems.latin:
        lower = text.encode(errors="surrogatepass").lower()
        if any(stem in lower for stem in stems.latin):
            return True
    if not stems.cased and not any(letter in text for letter in _LIKE_LATIN):
        return False
    folded = _folded(text)
    return any(stem in folded for stem in (*stems.cased, *map(bytes.decode, stems.latin)))


def _folded(text: str) -> str:
    """The text with one form of all letters that are the same where case is ignored."""
    return text.replace("İ", "i").replace("ı", "i").casefold()


@cache
def _stems(language: str) -> _Stems:
    """Of each excluded word the longest part of Latin letters, or that has no `*`."""
    ground = languages.get(language).ground
    latin: list[bytes] = []
    caseless: list[str] = []
    cased: list[str] = []
    for word in ground.excluded_words if ground else ():
        part = max(_LATIN.findall(word), key=len, default="")
        whole = max(word.split("*"), key=len)
        if len(part) >= _LEAST:
            latin.append(_folded(part).encode())
        elif whole.lower() == whole.upper():
            caseless.append(whole)
        else:
            cased.append(_folded(whole))
    return _Stems(tuple(latin), tuple(caseless), tuple(cased))


@cache
def _excluded(language: str) -> re.Pattern[str]:
    """What finds an excluded word: whole words, but anywhere in scripts without spaces."""
    section = languages.get(language)
    words = section.ground.excluded_words if section.ground else ()
    if not words:
        return re.compile(r"(?!)")
    listed = "|".join(re.escape(word).replace(r"\*", f"{_LETTER}*") for word in words)
    if not section.writing.spaces:
        return re.compile(listed)
    return re.compile(rf"(?<!{_LETTER})(?:{listed})(?!{_LETTER})", re.IGNORECASE)


def _rejected(raw: RawPage, reason: str, detail: str = "") -> RowOutcome[Page]:
    return RowOutcome(
        rejected=Rejected(id=raw.id, language=raw.language, reason=reason, detail=detail)
    )
