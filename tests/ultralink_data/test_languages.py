"""A language is one file."""

import re
import unicodedata
from pathlib import Path

import msgspec
import pytest

from ultralink_data import languages
from ultralink_data.errors import ConfigError


def test_the_languages_are_there_english_first():
    others = {"ar", "bn", "de", "es", "fi", "fr", "hi", "ja", "ru", "sw", "te", "th", "tr", "zh"}
    first, *rest = languages.names()
    assert first == "en"
    assert rest == sorted(rest)
    assert others <= set(rest)


@pytest.mark.parametrize("code", languages.names())
def test_a_file_is_in_the_composed_form_in_which_texts_are_searched(code):
    text = Path(languages.__file__).with_name(f"{code}.py").read_text("utf-8")
    assert unicodedata.is_normalized("NFC", text)


@pytest.mark.parametrize("code", languages.names())
def test_the_phrases_of_a_language_are_regular_expressions(code):
    phrases = languages.get(code).phrases
    for pattern in (*phrases.refusals, *phrases.prefaces, *phrases.source_mentions):
        assert not re.compile(pattern, re.IGNORECASE).search(""), pattern


@pytest.mark.parametrize("code", [x.code for x in languages.every() if x.ground is not None])
def test_a_prompt_of_a_language_is_in_its_script(code):
    language = languages.get(code)
    for text in (language.ground.first_question, language.ground.answer, language.ground.deeper):
        letters = [c for c in re.sub(r"\{\w+\}", "", text) if c.isalpha()]
        own = [c for c in letters if language.writing.is_own(c)]
        assert len(own) > 0.9 * len(letters)


@pytest.mark.parametrize("code", languages.names())
def test_a_language_file_has_its_own_code_and_no_empty_text(code):
    language = languages.get(code)
    assert language.code == code
    for section in (language.builder, language.translate, language.phrases):
        for field in section.__struct_fields__:
            assert getattr(section, field), f"{code}: {field} is empty"


def test_an_unknown_language_offers_the_known_ones():
    with pytest.raises(ConfigError, match="unknown language 'fra'") as caught:
        languages.get("fra")
    assert "did you mean 'fr'" in caught.value.hint


def test_a_unit_whose_group_holds_a_bar_is_refused_by_name():
    spanish = languages.get("es")
    units = {**spanish.units, "dollar": "d(?:ó|o)lar"}
    with pytest.raises(ValueError, match=r"units: 'dollar': 'd\(\?:ó'"):
        msgspec.structs.replace(spanish, units=units)
