"""The hand-written chats: what is there, that it is clean, and that a bad file is refused."""

import re
from collections import Counter
from collections.abc import Callable

import pytest

from ultralink_data.culture.criteria import CRITERIA
from ultralink_data.starter import chats
from ultralink_data.starter.chats import NO_CULTURE, StarterChat, starter_chats

LANGUAGES = ("en", "zh", "es", "fr", "ru")
KINDS = ("specific", "agnostic")
CJK = re.compile(r"[\u4e00-\u9fff]")
CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
LATIN_RUN = re.compile(r"[A-Za-z]+[ ,]+[A-Za-z]+")
EN_CAPITALISED_PAIR = re.compile(r"\b[A-Z][a-z]+ [A-Z][a-z]+")
EN_CAPITAL_INSIDE = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+")
CODE_OR_FORMULA = re.compile(r"[=`{}<>²³₂×/\\]")
STOP_WORDS = {
    "en": {"the", "is", "and", "of", "you"},
    "es": {"el", "los", "y", "por", "con"},
    "fr": {"le", "les", "et", "est", "une"},
}

GOOD = """
[[chat]]
id = "en-agnostic-01"
kind = "agnostic"
culture = "none"
criteria = []
turns = ["Why?", "Because."]

[[chat]]
id = "en-specific-01"
kind = "specific"
culture = "Wales"
criteria = ["places"]
turns = ["Where?", "There."]
"""


def _every_chat() -> list[StarterChat]:
    return [chat for language in LANGUAGES for chat in starter_chats(language)]


def _length(chat: StarterChat, text: str) -> int:
    """Characters in Chinese, words elsewhere."""
    return len(text) if chat.language == "zh" else len(text.split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_each_language_has_at_least_fourteen_chats_of_each_kind(language: str, kind: str) -> None:
    assert sum(chat.kind == kind for chat in starter_chats(language)) >= 14


@pytest.mark.parametrize("kind", KINDS)
def test_there_are_seventy_chats_of_each_kind_over_the_languages(kind: str) -> None:
    assert sum(chat.kind == kind for chat in _every_chat()) >= 70


@pytest.mark.parametrize("criterion", CRITERIA)
def test_every_criterion_occurs_five_times_or_more(criterion: str) -> None:
    assert sum(criterion in chat.criteria for chat in _every_chat()) >= 5


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_third_of_the_chats_has_more_than_one_question(language: str, kind: str) -> None:
    group = [chat for chat in starter_chats(language) if chat.kind == kind]
    assert 3 * sum(len(chat.turns) >= 4 for chat in group) >= len(group)
    assert all(len(chat.turns) <= 6 for chat in group)


def _paragraphs(answer: str) -> list[str]:
    return answer.split("\n\n")


def test_answers_keep_to_the_agreed_length() -> None:
    outside = [
        (chat.chat_id, _length(chat, part))
        for chat in _every_chat()
        for answer in chat.turns[1::2]
        for part in _paragraphs(answer)
        if not (
            (20 if "\n" in answer else 40) <= _length(chat, part) <= 130
            if chat.language == "zh"
            else (12 if "\n" in answer else 20) <= _length(chat, part) <= 70
        )
    ]
    assert outside == []


def test_no_answer_has_more_than_three_paragraphs() -> None:
    answers = [answer for chat in _every_chat() for answer in chat.turns[1::2]]
    assert {len(_paragraphs(answer)) for answer in answers} == {1, 2, 3}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fifth_of_the_chats_has_an_answer_of_several_paragraphs(language: str) -> None:
    found = starter_chats(language)
    long = [chat for chat in found if any("\n\n" in answer for answer in chat.turns[1::2])]
    assert len(long) >= len(found) / 5
    assert {chat.kind for chat in long} == set(KINDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_specific_chats_are_about_several_countries(language: str) -> None:
    cultures = Counter(chat.culture for chat in starter_chats(language) if chat.criteria)
    assert len(cultures) >= 4, cultures


def test_chats_are_sorted_by_id_and_carry_their_language() -> None:
    for language in LANGUAGES:
        found = starter_chats(language)
        assert [chat.chat_id for chat in found] == sorted(chat.chat_id for chat in found)
        assert {chat.language for chat in found} == {language}


def test_criteria_stand_in_the_order_of_the_paper() -> None:
    for chat in _every_chat():
        assert list(chat.criteria) == sorted(chat.criteria, key=CRITERIA.index), chat.chat_id


def test_chinese_turns_are_chinese_without_latin_text() -> None:
    for chat in starter_chats("zh"):
        for turn in chat.turns:
            assert len(CJK.findall(turn)) >= len(turn) / 3, chat.chat_id
            assert not LATIN_RUN.search(turn), chat.chat_id


def test_russian_turns_are_cyrillic_without_latin_text() -> None:
    for chat in starter_chats("ru"):
        for turn in chat.turns:
            assert len(CYRILLIC.findall(turn)) >= len(turn) / 2, chat.chat_id
            assert not LATIN_RUN.search(turn.replace("Na₂O, MgO, Al₂O₃", "")), chat.chat_id


@pytest.mark.parametrize("language", sorted(STOP_WORDS))
def test_latin_script_chats_are_in_their_own_language(language: str) -> None:
    for chat in starter_chats(language):
        text = " ".join(chat.turns)
        assert not CJK.search(text), chat.chat_id
        assert not CYRILLIC.search(text), chat.chat_id
        words = Counter(re.findall(r"\w+", text.lower()))
        hits = {name: sum(words[word] for word in group) for name, group in STOP_WORDS.items()}
        assert max(hits, key=lambda name: hits[name]) == language, (chat.chat_id, hits)


def test_no_turn_occurs_twice_over_all_chats() -> None:
    turns = Counter(turn for chat in _every_chat() for turn in chat.turns)
    assert [turn for turn, count in turns.items() if count > 1] == []


def test_turns_have_no_stray_white_space() -> None:
    for chat in _every_chat():
        for turn in chat.turns:
            for part in _paragraphs(turn):
                assert part == re.sub(r"[ \t\n]+", " ", part).strip(), chat.chat_id


def test_agnostic_english_chats_name_nobody_and_no_place() -> None:
    for chat in starter_chats("en"):
        if chat.kind == "agnostic":
            for turn in chat.turns:
                assert not EN_CAPITALISED_PAIR.search(turn), (chat.chat_id, turn)
                assert not EN_CAPITAL_INSIDE.search(turn), (chat.chat_id, turn)


def test_the_name_heuristic_finds_names_in_specific_english_chats() -> None:
    named = [chat for chat in starter_chats("en") if "human_names" in chat.criteria]
    assert named
    for chat in named:
        assert any(EN_CAPITALISED_PAIR.search(turn) for turn in chat.turns), chat.chat_id


def test_formulas_stand_only_where_the_label_says_so() -> None:
    for chat in _every_chat():
        found = any(CODE_OR_FORMULA.search(turn) for turn in chat.turns)
        assert found == ("code_formulas" in chat.criteria), chat.chat_id


def test_loading_again_from_disk_gives_the_same_chats() -> None:
    before = _every_chat()
    chats._load.cache_clear()
    assert _every_chat() == before


def test_changing_the_returned_list_does_not_change_the_next_one() -> None:
    first = starter_chats("en")
    first.clear()
    assert len(starter_chats("en")) >= 28


def test_good_text_is_parsed_and_sorted() -> None:
    found = chats._parse(GOOD, "en", source="good.toml")
    assert [chat.chat_id for chat in found] == ["en-agnostic-01", "en-specific-01"]
    assert found[0].culture == NO_CULTURE
    assert found[0].criteria == ()
    assert found[1].turns == ("Where?", "There.")


def _swap(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert text.count(old) == 1, "the case no longer fits the good text"
        return text.replace(old, new)

    return change


@pytest.mark.parametrize(
    ("change", "chat_id", "field"),
    [
        (_swap('["places"]', '["weather"]'), "en-specific-01", "criteria"),
        (_swap('["places"]', "[]"), "en-specific-01", "criteria"),
        (_swap('["places"]', '["places", "places"]'), "en-specific-01", "criteria"),
        (_swap('["places"]', '"places"'), "en-specific-01", "criteria"),
        (_swap("criteria = []", 'criteria = ["places"]'), "en-agnostic-01", "criteria"),
        (_swap('"Wales"', '"none"'), "en-specific-01", "culture"),
        (_swap('"Wales"', '" "'), "en-specific-01", "culture"),
        (_swap('"Wales"', "7"), "en-specific-01", "culture"),
        (_swap('"none"', '"Wales"'), "en-agnostic-01", "culture"),
        (_swap('kind = "specific"', 'kind = "special"'), "en-specific-01", "kind"),
        (_swap('kind = "specific"\n', ""), "en-specific-01", "kind"),
        (_swap('kind = "specific"', 'kind = "specific"\nmood = "x"'), "en-specific-01", "mood"),
        (_swap('["Where?", "There."]', '["Where?"]'), "en-specific-01", "turns"),
        (_swap('["Where?", "There."]', "[]"), "en-specific-01", "turns"),
        (_swap('["Where?", "There."]', '["Where?", " "]'), "en-specific-01", "turns"),
        (_swap('["Where?", "There."]', '["Where?", 3]'), "en-specific-01", "turns"),
        (_swap("en-specific-01", "es-specific-01"), "es-specific-01", "id"),
        (_swap("en-specific-01", "en-agnostic-01"), "en-agnostic-01", "id"),
        (_swap("en-specific-01", "en-specific-x"), "en-specific-x", "id"),
        (_swap('"en-specific-01"', "5"), "number 2", "id"),
        (_swap('id = "en-specific-01"\n', ""), "number 2", "id"),
    ],
)
def test_a_bad_entry_is_refused_with_file_id_and_field(
    change: Callable[[str], str], chat_id: str, field: str
) -> None:
    with pytest.raises(ValueError, match=r"^bad\.toml: chat ") as caught:
        chats._parse(change(GOOD), "en", source="bad.toml")
    message = str(caught.value)
    assert chat_id in message
    assert re.search(rf"[`'.$]{field}\b", message), message


def test_a_repeated_id_is_refused() -> None:
    with pytest.raises(ValueError, match=r"bad\.toml: chat 'en-agnostic-01': field 'id' .* twice"):
        chats._parse(GOOD + GOOD, "en", source="bad.toml")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[[chat]", "not valid TOML"),
        ("", "'chat'"),
        ("chat = 3", "'chat'"),
        ("chat = [1]", "chat number 1"),
        ('title = "x"\n' + GOOD, "'title'"),
    ],
)
def test_a_broken_document_is_refused_with_the_file(text: str, what: str) -> None:
    with pytest.raises(ValueError, match=r"^bad\.toml: ") as caught:
        chats._parse(text, "en", source="bad.toml")
    assert what in str(caught.value)


@pytest.mark.parametrize("language", ["xx", "", "../texts/chats_en", "EN"])
def test_an_unknown_language_lists_the_known_ones(language: str) -> None:
    with pytest.raises(ValueError, match="known: en, es, fr, ru, zh"):
        starter_chats(language)
