"""Numbers of a dataset by language and kind."""

import random

import msgspec
import pytest
from dialogue_samples import dialogue, parallel

from ultralink_data.store.release import ReleaseRow, decode_lines
from ultralink_data.whole.describe import by_estimate, describe, quantiles

CHAT = [
    dialogue("1", "en", "chat_specific", turns=("a" * 8, "b" * 40, "c" * 4, "d" * 20), model="m1"),
    dialogue("2", "en", "chat_specific", turns=("e" * 12, "f" * 4), model="m2", prompt="v"),
]


def test_a_turn_is_a_question_with_its_answer():
    (cell,) = describe(CHAT)
    assert (cell.dialogues, cell.turns) == (2, 3)
    assert (cell.question_tokens, cell.answer_tokens) == (2 + 1 + 3, 10 + 5 + 1)
    assert cell.tokens == 22
    assert cell.bytes == 8 + 40 + 4 + 20 + 12 + 4
    assert (cell.models, cell.prompts) == (("m1", "m2"), ("v",))


def test_chinese_counts_by_characters_and_bytes_are_utf8():
    (cell,) = describe([dialogue(language="zh", turns=("你 好", "好"))])
    assert (cell.question_tokens, cell.answer_tokens, cell.bytes) == (2, 1, 10)


def test_a_counter_is_given_texts_and_their_language():
    asked = []

    def words(texts, language):
        asked.append(language)
        return [len(text.split()) for text in texts]

    (cell,) = describe([dialogue(turns=("one two", "three"))], words)
    assert (cell.question_tokens, cell.answer_tokens, asked) == (2, 1, ["en"])


def test_system_turns_are_counted_apart():
    told = msgspec.structs.replace(CHAT[1], system="s" * 80)
    (plain,), (cell,) = describe(CHAT), describe([CHAT[0], told])
    assert (cell.system_turns, cell.system_tokens) == (1, 20)
    assert msgspec.structs.replace(cell, system_turns=0, system_tokens=0) == plain


def test_sources_are_counted_within_a_language_and_kind():
    cells = describe(parallel(4, rows_each=3))
    math = [cell for cell in cells if cell.kind == "math"]
    assert [(cell.dialogues, cell.sources) for cell in math] == [(12, 4)] * 3


def test_the_order_of_rows_changes_nothing():
    rows = parallel(6)
    assert describe(random.Random(1).sample(rows, len(rows))) == describe(rows)


def test_sums_over_cells_are_those_of_all_rows():
    rows = parallel(5)
    cells = describe(iter(rows))
    assert sum(cell.dialogues for cell in cells) == len(rows)
    texts = [by_estimate(row.turns, row.language) for row in rows]
    assert sum(cell.tokens for cell in cells) == sum(map(sum, texts))


@pytest.mark.parametrize(
    ("lengths", "wanted"),
    [([7], (7, 7, 7)), ([2, 1], (1, 1, 2)), (range(1, 11), (1, 5, 9)), (range(101), (10, 50, 90))],
)
def test_quantiles_are_values_that_occur(lengths, wanted):
    assert quantiles(list(lengths)) == wanted


def test_the_real_rows_have_longer_answers_than_questions_but_for_the_first(benchmarks):
    """Upstream's first question carries the document, so that it is longer than its answer."""
    path = benchmarks / "ultralink" / "ultralink_readme_examples.jsonl"
    rows = [
        dialogue(row.id, row.id[:2], "chat_specific", turns=row.data)
        for _, row in decode_lines(path, ReleaseRow)
    ]
    turns = {cell.language: cell.turns for cell in describe(rows)}
    assert turns == {"zh": 2, "fr": 3, "ru": 2, "es": 3}
    without = [msgspec.structs.replace(row, turns=row.turns[2:]) for row in rows]
    for cell in describe(without):
        assert cell.answer_tokens > cell.question_tokens
