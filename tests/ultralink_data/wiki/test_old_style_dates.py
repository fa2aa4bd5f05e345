"""Dates in both calendars as pages of the Russian Wikipedia show them."""

import pytest

from ultralink_data.wiki.wikitext import cleaned


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("24 января|1880|12", "12 (24) января 1880"),
        ("24|января|1880|12", "12 (24) января 1880"),
        ("24|1|1880|12", "12 (24) января 1880"),
        ("24 января|1880 года|12 января", "12 (24) января 1880 года"),
        ("5|марта|1880|22|февраля", "22 февраля (5 марта) 1880"),
        ("9|января|1901|27|декабря|1900", "27 декабря 1900 (9 января 1901)"),
        ("24|января||12", "12 (24) января"),
        ("24|января|1880", "24 января 1880"),
        ("24|января|1880|12|wd=1", "12 (24) января 1880"),
    ],
)
def test_the_old_day_stands_first(arguments, said):
    assert cleaned(f"{{{{СС|{arguments}}}}}", language="ru").text.strip() == said


@pytest.mark.parametrize("arguments", ["24|января|44|12|bc=1", "|января|1880|12"])
def test_what_the_date_would_be_is_not_guessed(arguments):
    made = cleaned(f"Он стар. Это было {{{{СС|{arguments}}}}}. Он мал.", language="ru")
    assert (made.text.strip(), made.unknown) == ("Он стар. Он мал.", ("сс",))
