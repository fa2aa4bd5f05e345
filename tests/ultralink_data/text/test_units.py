"""Units are those of the plain rule: a letter or digit, then letters, digits and marks."""

import random
import re

import pytest

from ultralink_data.text.units import MARKS, UNSPACED, characters_of, normalise, units

LETTERS = (
    "aZ09_-'.! \n\t\x1c"
    "\u00e9\u0130\u00df\u0301\u0915\u094d\u093f\u200d\u4e2d\u3042\u0e01\u0e31\uff21\u0660"
)


@pytest.mark.parametrize("seed", range(3))
def test_words_are_those_of_the_rule_letter_by_letter(seed):
    rule = re.compile(rf"[^\W_{UNSPACED}](?:[^\W_{UNSPACED}]|[{MARKS}])*")
    draw = random.Random(seed)
    for _ in range(2000):
        letters = LETTERS if draw.random() < 0.7 else LETTERS[:12]
        text = "".join(draw.choices(letters, k=draw.randrange(30)))
        found = units(text)
        assert found.words == rule.findall(normalise(text))
        unspaced = re.search(f"[{UNSPACED}]", text) is not None
        assert found.characters == (characters_of(normalise(text)) if unspaced else [])


def test_every_character_of_ascii_is_in_a_word_or_between_two():
    for letter in map(chr, range(128)):
        joined = re.fullmatch("[A-Za-z0-9]", letter) is not None
        assert units(f"x{letter}Y").words == ([f"x{letter.lower()}y"] if joined else ["x", "y"])
