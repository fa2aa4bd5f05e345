"""The lists of abbreviations hold together."""

import pytest

from ultralink_data import languages
from ultralink_data.wiki.abbreviations import INSIDE_WITH_STOPS, UNITS, abbreviations

BUILT = sorted(code for code in languages.names() if languages.get(code).ground is not None)


@pytest.mark.parametrize("language", BUILT)
def test_every_language_that_is_built_has_lists_of_its_own(language):
    assert abbreviations(language).inside < abbreviations("").inside


@pytest.mark.parametrize("language", BUILT)
def test_abbreviations_are_written_as_they_are_looked_up(language):
    known = abbreviations(language)
    for word in (*known.inside, *known.counting, *known.unsure, *known.openers, *UNITS):
        assert word == word.casefold().strip(".")
    assert not known.inside & known.openers - {
        "a",
        "n",
        "s",
        "c",
        "l",
        "d",
        "v",
        "i",
        "о",
        "с",
        "к",
    }


def test_parts_with_stops_end_without_one():
    assert all("." in one and not one.endswith(".") for one in INSIDE_WITH_STOPS)
