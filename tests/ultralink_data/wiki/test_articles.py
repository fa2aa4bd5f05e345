"""From pages to articles: titles, lists of meanings, excluded words."""

import re
import sys

import pytest

from ultralink_data import languages
from ultralink_data.wiki.articles import (
    _excluded,
    _folded,
    excluded_word,
    extract,
    is_disambiguation,
)
from ultralink_data.wiki.dump import RawPage
from ultralink_data.wiki.extract_config import ExtractConfig

ANY_LENGTH = ExtractConfig(min_tokens=0)


def raw(language: str, text: str, title: str = "T") -> RawPage:
    return RawPage(
        id=f"{language}:1",
        language=language,
        title=title,
        namespace=0,
        redirect=False,
        revision="1",
        text=text,
    )


def test_chinese_titles_are_simplified_as_the_text_is():
    outcome = extract(raw("zh", "歐幾里得是數學家，他研究幾何學。" * 9, "歐幾里得"), ANY_LENGTH)
    (page,) = outcome.accepted
    assert page.title == "欧几里得"
    assert page.text.startswith("欧几里得是")


@pytest.mark.parametrize(
    "name",
    [
        *("disambig", "Airport disambiguation", "human_name disambiguation", "disambiguation page"),
        *("Patronyme", "Paronymie", "Однофамильцы", "Täsmennys", "Disambig-Cat"),
    ],
)
def test_lists_of_meanings_are_told_by_their_templates(name):
    assert is_disambiguation(raw("en", f"A is:\n* B\n{{{{{name}}}}}"))
    assert is_disambiguation(raw("en", f"A is:\n* B\n{{{{ {name}\n|x}}}}"))
    assert not is_disambiguation(raw("en", f"{name} is a word. {{{{other|{name}}}}}"))


def test_the_name_of_the_page_is_its_title():
    outcome = extract(raw("es", "{{PAGENAME}} es un río del norte. " * 9, "El Río"), ANY_LENGTH)
    (page,) = outcome.accepted
    assert page.text.startswith("El Río es un río del norte. El Río es")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "porn Pornographers hentai"),
        ("fi", "porno pornoa pornon pornoelokuva"),
        ("tr", "pornosu pornografik"),
        ("ru", "Порно порнографию порнографической"),
        ("ar", "إباحي والإباحية الإباحية"),
        ("es", "pornográficas pornografía"),
        ("fr", "pornographiques pornographie"),
        ("hi", "अश्लील अश्लीलता पोर्न पोर्नोग्राफी"),
    ],
)
def test_excluded_words_are_found_in_their_forms(language, words):
    for word in words.split():
        assert excluded_word(f"- {word}, -", language) == word


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Pornic popcorn"),
        ("es", "soporno"),
        ("hi", "ापोर्न"),
        ("ru", "упорно"),
        ("ar", "مباح"),
    ],
)
def test_other_words_are_not_excluded(language, text):
    assert excluded_word(text, language) is None


def test_the_first_search_for_excluded_words_misses_no_letter_that_the_pattern_takes():
    grounds = (languages.get(code).ground for code in languages.names())
    letters = {
        letter
        for ground in grounds
        if ground
        for word in ground.excluded_words
        for letter in word.replace("*", "")
    }
    every = "".join(chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)
    for letter in letters:
        for other in re.findall(re.escape(letter), every, re.IGNORECASE):
            assert _folded(letter) == _folded(other), (letter, other)


@pytest.mark.parametrize("language", languages.names())
def test_excluded_words_are_found_with_every_letter_that_is_the_same_in_another_case(language):
    ground = languages.get(language).ground
    alike = "".join(chr(code) for code in range(0x20, 0x2200)) + "\ufb05\ufb06"
    for word in ground.excluded_words if ground else ():
        whole = word.replace("*", "")
        for n, letter in enumerate(whole):
            for other in re.findall(re.escape(letter), alike, re.IGNORECASE):
                text = f"x {whole[:n]}{other}{whole[n + 1 :]} y"
                found = _excluded(language).search(text)
                assert excluded_word(text, language) == (found and found.group())
        assert excluded_word(f"x {whole} y", language) == whole


def test_excluded_words_are_found_in_any_case():
    assert excluded_word("A PORNOGRAPHIC film", "en") == "PORNOGRAPHIC"
    assert excluded_word("Bir PORNOGRAFİK film", "tr") == "PORNOGRAFİK"
