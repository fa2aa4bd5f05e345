import random

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier, visit_counts

from ultralink_data.text.byte_walk import identifier


@pytest.fixture(scope="module")
def upstream():
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _texts():
    """Letters of one block of Unicode each, words of English among them, from none to 300."""
    draw = random.Random(3)
    for first in (0x20, 0xC0, 0x370, 0x400, 0x5D0, 0x620, 0x900, 0xE00, 0x3040, 0x4E00, 0x1F300):
        for size in (0, 1, 3, 5, 6, 7, 30, 64, 300):
            letters = [chr(first + draw.randrange(80)) for _ in range(size)]
            yield "".join(letters)
            yield " ".join(draw.choice((letter, "the", "que", "und")) for letter in letters)


def test_features_and_their_order_are_those_of_the_walk_byte_by_byte(upstream):
    draw = random.Random(4)
    walker = identifier()
    texts = [text.encode() for text in _texts()]
    texts += [draw.randbytes(size) for size in range(200)]
    assert sum(map(len, texts)) > 40_000
    for text in texts:
        slow = visit_counts(upstream.tk_nextmove, upstream._rowbase, upstream.tk_output, text) or {}
        features, counts = walker.visits(text)
        assert list(zip(features.tolist(), counts.tolist(), strict=True)) == list(slow.items())


def test_probabilities_are_the_same_to_the_last_bit(upstream):
    walker = identifier()
    for text in _texts():
        assert walker.rank(text) == upstream.rank(text)
        assert walker.classify(text) == upstream.classify(text)
