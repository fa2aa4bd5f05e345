"""A language is one file."""

import pytest

from ultralink_data import languages
from ultralink_data.errors import ConfigError


def test_the_five_languages_are_there_english_first():
    assert languages.names() == ["en", "es", "fr", "ru", "zh"]


@pytest.mark.parametrize("code", languages.names())
def test_a_language_file_has_its_own_code_and_no_empty_text(code):
    language = languages.get(code)
    assert language.code == code
    for section in (language.builder, language.translate):
        for field in section.__struct_fields__:
            assert getattr(section, field), f"{code}: {field} is empty"


def test_an_unknown_language_offers_the_known_ones():
    with pytest.raises(ConfigError, match="unknown language 'fra'") as caught:
        languages.get("fra")
    assert "did you mean 'fr'" in caught.value.hint
