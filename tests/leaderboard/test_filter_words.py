"""The words of filters: what they stand for, and what is said of wrong ones."""

import pytest

from leaderboard.filter_words import conditions
from ultralink_data.errors import ConfigError

KINDS = {"language": "name", "text": "text", "length": "number"}


def asked(words):
    return [(one.key, one.operator, one.values) for one in conditions(words, KINDS)]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (None, []),
        ("language=zh", [("language", "=", ("zh",))]),
        (" language = zh , en ", [("language", "=", ("zh", "en"))]),
        ("language!=zh,length>=500", [("language", "!=", ("zh",)), ("length", ">=", ("500",))]),
        ("length<7.5", [("length", "<", ("7.5",))]),
        ("text=a, b", [("text", "=", ("a, b",))]),
        (
            'text="a, length>=2",length=3',
            [("text", "=", ("a, length>=2",)), ("length", "=", ("3",))],
        ),
        ("text=a,,b", [("text", "=", ("a,,b",))]),
        ("text=x = y", [("text", "=", ("x = y",))]),
        ('text=5"', [("text", "=", ('5"',))]),
        (["language=zh", "text=a"], [("language", "=", ("zh",)), ("text", "=", ("a",))]),
        ({"language": ["zh", "en"]}, [("language", "=", ("zh", "en"))]),
        (
            {"text": "a=b,c", "length>=": 500},
            [("text", "=", ("a=b,c",)), ("length", ">=", ("500",))],
        ),
    ],
)
def test_words_stand_for_conditions(words, found):
    assert asked(words) == found


@pytest.mark.parametrize(
    ("words", "said", "hint"),
    [
        ("langage=zh", "unknown filter word 'langage'", "did you mean 'language'?"),
        ({"langage": "zh"}, "unknown filter word 'langage'", "did you mean 'language'?"),
        ("zh", "'zh' is no condition", "KEY=VALUE of language, text, or length>=N"),
        ("", "'' is no condition", "KEY=VALUE"),
        (" , ", "is no condition", "KEY=VALUE"),
        ("language=", "language= has no value", "KEY=VALUE"),
        ("language=zh,,en", "has no value", "KEY=VALUE"),
        ("language>=zh", "language is no number", "language=zh"),
        ("length>=many", "'many' is no number", "length>=500"),
        ("length=1,2", "'1,2' is no number", "length>=500"),
        ({"length>=5": 500}, "'length>=5' is no key", "{'length>=': 500}"),
        ({"": 500}, "'' is no key", "{'language': 'zh'}"),
    ],
)
def test_wrong_words_are_errors_that_name_them(words, said, hint):
    with pytest.raises(ConfigError) as caught:
        conditions(words, KINDS)
    assert said in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("words", "found", "holds"),
    [
        ("language=zh,en", "en", True),
        ("language=zh,en", "e", False),
        ("language!=zh,en", "en", False),
        ("language!=zh", "en", True),
        ("text=ÉTÉ", "cet été-là", True),
        ("text!=x", "axb", False),
        ("length>=3", 3, True),
        ("length>3", 3, False),
        ("length<3", 2, True),
        ("length!=3", 3, False),
    ],
)
def test_a_condition_holds_or_does_not(words, found, holds):
    (condition,) = conditions(words, KINDS)
    assert condition.holds(found) is holds


def test_one_of_several_names_is_enough_and_none_of_them_may_be_excluded():
    (full,) = conditions("language=full", KINDS)
    (other,) = conditions("language!=full", KINDS)
    assert full.holds("paper-lm", "full")
    assert not other.holds("paper-lm", "full")
