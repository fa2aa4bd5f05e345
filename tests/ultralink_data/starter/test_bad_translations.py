"""Planted bad translations: their faults, their parents, and that nothing is random."""

import pytest

from ultralink_data.starter.bad_translations import FAULTS, bad_translations, culture_chats
from ultralink_data.starter.chats import starter_chats
from ultralink_data.text.language_id import is_language

TARGETS = ("zh", "es", "fr", "ru")


def planted(language, faults=6):
    return list(bad_translations(language, faults))


def of_fault(language, fault):
    return [row for row in planted(language) if row.id.endswith(f"_{fault}")]


@pytest.mark.parametrize("language", TARGETS)
def test_each_english_chat_about_a_culture_is_the_parent_of_so_many_rows(language) -> None:
    rows = planted(language, 2)
    english = [chat.chat_id for chat in culture_chats("en")]
    assert [row.provenance.parent_id for row in rows] == [name for name in english for _ in "ab"]
    assert len({row.id for row in rows}) == len(rows) == 2 * len(english)
    assert {row.kind for row in rows} == {"chat_agnostic"}
    assert rows == planted(language, 2)


@pytest.mark.parametrize("language", TARGETS)
def test_every_fault_is_as_frequent_as_the_others(language) -> None:
    for faults in (1, 3, 6):
        rows = planted(language, faults)
        counts = [sum(row.id.endswith(f"_{fault}") for row in rows) for fault in FAULTS]
        assert max(counts) - min(counts) <= faults
        assert sum(counts) == len(rows)


@pytest.mark.parametrize("language", TARGETS)
def test_questions_are_in_the_language_and_answers_have_their_fault(language) -> None:
    own = {turn for chat in starter_chats(language) for turn in chat.turns}
    english = {turn for chat in starter_chats("en") for turn in chat.turns}
    for row in planted(language):
        assert set(row.turns[::2]) <= own
    assert all(set(row.turns[1::2]) <= english for row in of_fault(language, "untranslated"))
    for row in of_fault(language, "off-target"):
        assert not set(row.turns[1::2]) & (own | english)
        assert not any(is_language(turn, language) for turn in row.turns[1::2])
    answer_of = {c.turns[0]: c.turns[1] for c in starter_chats(language)}
    for row in of_fault(language, "cut"):
        right = answer_of[row.turns[0]]
        assert right.startswith(row.turns[1])
        assert len(row.turns[1]) == len(right) // 3
    for row in of_fault(language, "misplaced"):
        assert row.turns[1] in own
        assert row.turns[1] != answer_of[row.turns[0]]
    for row in of_fault(language, "looped"):
        start = row.turns[1][: len(answer_of[row.turns[0]]) // 6]
        assert row.turns[1].count(start) >= 6
    for row in of_fault(language, "switched"):
        half = answer_of[row.turns[0]]
        assert row.turns[1].startswith(half[: len(half) // 2])
        assert any(row.turns[1].endswith(turn[len(turn) // 2 :]) for turn in english)


def test_english_and_impossible_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="not translated into English"):
        planted("en")
    with pytest.raises(ValueError, match="faults must be 1 to 6, got 7"):
        planted("zh", 7)
