"""Texts tokenised word by word: the tokens are those of whole texts, or it is not done."""

import random

import numpy as np
import pytest
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors
from train_samples import TEXTS
from transformers import PreTrainedTokenizerFast

from train import word_encoding
from train.word_encoding import WordEncoder
from train.word_patterns import PATTERNS, words_of

PIECES = [
    *("a", "Z", "don", "'t", "'S", "12", "3456", ".", ",", "?!", ");", "(", "\u201c", "\u00e9"),
    *(" ", " ", " ", "  ", "\n", "\n", "\n\n", "\r\n", "\t", "\u00a0", "\u2003", "\u180e", "\x1c"),
    *(
        "\x85",
        "e\u0301",
        "\u4f60\u597d",
        "\u3002",
        "\u0434\u0430",
        "\u0967",
        "\U0001f600",
        "#\n",
        "<e>",
    ),
]


def texts(seed: int, number: int = 120) -> list[str]:
    draw = random.Random(seed)
    return ["".join(draw.choices(PIECES, k=draw.randrange(30))) for _ in range(number)]


def trained(split, normalizer=None, post=None):
    """A tokenizer with many merges, also of blanks and of punctuation with blanks."""
    from tokenizers.trainers import BpeTrainer

    backend = Tokenizer(models.BPE())
    backend.normalizer, backend.pre_tokenizer = normalizer, split
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = BpeTrainer(vocab_size=700, initial_alphabet=alphabet, show_progress=False)
    backend.train_from_iterator([*texts(1, 400), *TEXTS], trainer)
    backend.add_special_tokens([AddedToken("<e>", special=True)])
    if post is not None:
        backend.post_processor = post
    return PreTrainedTokenizerFast(tokenizer_object=backend)


def by_pattern(pattern):
    from tokenizers import Regex

    bytes_only = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), "isolated"), bytes_only])


LEVEL = pre_tokenizers.ByteLevel(add_prefix_space=False)
DIGITS = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), LEVEL])
KNOWN = {
    "bytes": (LEVEL,),
    "digits": (DIGITS,),
    "trimmed": (LEVEL, None, processors.ByteLevel(add_prefix_space=False, trim_offsets=True)),
    "composed": (LEVEL, normalizers.NFC()),
    **{f"pattern {n}": (by_pattern(text),) for n, text in enumerate(sorted(PATTERNS))},
}


def same(ours, whole) -> bool:
    return (
        np.array_equal(ours.ids, whole.ids)
        and np.array_equal(ours.offsets, whole.offsets)
        and ours.ids.dtype == whole.ids.dtype
        and (ours.bounds, ours.begins) == (whole.bounds, whole.begins)
    )


@pytest.mark.parametrize("name", KNOWN)
def test_words_give_the_tokens_and_spans_of_whole_texts(name):
    tokenizer = trained(*KNOWN[name])
    encoder = WordEncoder(tokenizer)
    assert encoder.by_words
    for seed in (1, 2):  # the second time, most words are known
        given = ["", *texts(seed), "".join(texts(seed, 20))]
        assert same(encoder.encode(given), encoder._whole(given))
    assert encoder.encode([]).bounds == [0]


@pytest.mark.parametrize(
    "kind",
    [
        (pre_tokenizers.ByteLevel(add_prefix_space=True),),
        (pre_tokenizers.Metaspace(),),
        (by_pattern(r"\p{L}+|\s\S|."),),
        (LEVEL, normalizers.Prepend("x")),
        (LEVEL, None, processors.ByteLevel(add_prefix_space=True, trim_offsets=True)),
    ],
    ids=["space in front", "one word", "another pattern", "changed text", "first span"],
)
def test_another_tokenizer_is_given_whole_texts(kind):
    tokenizer = trained(*kind)
    encoder = WordEncoder(tokenizer)
    assert not encoder.by_words
    given = texts(3, 5)
    found = tokenizer(given, add_special_tokens=False)["input_ids"]
    assert encoder.encode(given).ids.tolist() == [each for ids in found for each in ids]


def test_a_token_that_takes_blanks_or_a_vocabulary_that_disagrees_ends_it(monkeypatch):
    tokenizer = trained(LEVEL)
    tokenizer.backend_tokenizer.add_tokens([AddedToken("<x>", rstrip=True)])
    assert not WordEncoder(tokenizer).by_words
    monkeypatch.setattr(word_encoding, "is_known", lambda backend: True)
    assert not WordEncoder(trained(by_pattern(r"\p{L}+|\s\S|."))).by_words


def test_a_text_is_the_sum_of_its_words_and_known_words_are_not_tokenised_again():
    for text in texts(4):
        assert "".join(words_of(text)) == text
    assert words_of("He said,\nNo.\nI 12\n\n x") == [
        "He",
        " said,\n",
        "No.\n",
        "I",
        " 12",
        "\n\n x",
    ]
    encoder = WordEncoder(trained(LEVEL))
    encoder.encode(["one two", f"one {'x' * 100}"])
    known = encoder._kept._words
    assert {"x one", "two"} <= known.keys()
    assert "x" * 100 not in known
    encoder._kept._model = None  # a new word needs it
    assert encoder.encode(["one two two"]).ids.tolist() == [
        *encoder._tokenizer("one two two", add_special_tokens=False)["input_ids"]
    ]
    with pytest.raises(AttributeError):
        encoder.encode(["one three"])


def test_memory_of_words_is_bounded(monkeypatch):
    monkeypatch.setattr(word_encoding, "_MOST_KEPT", 10)
    encoder = WordEncoder(trained(LEVEL))
    for number in range(50):
        encoder.encode([f"a{number} b{number}"])
        assert len(encoder._kept._words) <= 12
