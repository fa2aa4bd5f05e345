"""Token F1 and markup left."""

import pytest

from ultralink_data.wiki.text_score import f1, markup, tokens


def test_words_lose_the_punctuation_around_them_and_keep_that_within():
    assert tokens("«Uno», l'eau (3,5) — fin.", characters=False) == ["Uno", "l'eau", "3,5", "fin"]


def test_devanagari_words_keep_their_vowel_signs():
    assert tokens("बर्लिन, जर्मनी।", characters=False) == ["बर्लिन", "जर्मनी"]


def test_chinese_is_scored_by_characters():
    assert f1("柏林是首都", "柏林是大城市", characters=True) == pytest.approx(6 / 11)
    assert f1("柏林是首都", "柏林是大城市") == 0


@pytest.mark.parametrize(
    ("text", "gold", "expected"),
    [
        ("a b c", "a b c", 1.0),
        ("a, b! c", "a b c", 1.0),
        ("a a b", "a b", 0.8),
        ("", "", 1.0),
        ("", "a", 0.0),
        ("x", "a", 0.0),
    ],
)
def test_f1_counts_each_token_as_often_as_it_stands(text, gold, expected):
    assert f1(text, gold) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a {{x}} b", "template"),
        ("a [[x b", "link"),
        ("text\n|- style=x", "table"),
        ("a<br/>b", "tag"),
        ("a&nbsp;b", "entity"),
        ("a ''b", "emphasis"),
        ("== A ==", "heading"),
        ("__NOTOC__", "magic word"),
        ("thumb|x", "file"),
        ("a () b", "empty brackets"),
        ("a (; b)", "bracket with a loose mark"),
    ],
)
def test_markup_is_told_by_kind(text, kind):
    assert kind in markup(text)


def test_prose_has_no_markup():
    prose = "L'Autriche (en allemand : Österreich), R&D, 3 < 5, $x_{1}$; (e.g.).\n\n- 柏林（德语）"
    assert not markup(prose)
