"""Texts from outside in messages: long ones keep their ends."""

from leaderboard.visible_text import bounded


def test_a_long_text_keeps_its_ends_and_says_what_it_left_out():
    text = "a" * 700 + "b" * 5000 + "c" * 300
    assert bounded(text[:1000]) == text[:1000]
    said = bounded(text)
    assert said.startswith("a" * 666 + " ... (")
    assert said.endswith(" ... " + "c" * 250)
    assert "(5,084 characters)" in said
    assert len(text) - 5084 == len(said) - len(" ... (5,084 characters) ... ")
