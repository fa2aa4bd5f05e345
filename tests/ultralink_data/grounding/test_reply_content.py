"""What replies say: a subject, circles, copied instructions; real replies of a small model."""

import json
from pathlib import Path

import pytest

from ultralink_data import languages
from ultralink_data.grounding.reply_content import (
    copies,
    goes_in_circles,
    names_subject,
    says_again,
)

FOLDERS = {"en": "english", "zh": "chinese", "es": "spanish", "fr": "french", "ru": "russia"} | {
    "ar": "arabic"
}
PROMPTS = ("first_question", "answer", "answer_without_document", "deeper", "broader")


@pytest.mark.parametrize(
    ("language", "question", "about", "named"),
    [
        ("en", "What is the question?", "Merkel was the chancellor of Germany.", False),
        ("en", "What could this person ask?", "Merkel was the chancellor of Germany.", False),
        ("en", "Where was Merkel born?", "Angela Merkel, chancellor of Germany.", True),
        ("ru", "Где родилась Меркель?", "Ангела Меркель, канцлер Германии.", True),
        ("fi", "Missä Merkel syntyi?", "Merkelin lapsuus oli Templinissä.", True),
        ("tr", "Merkel nerede doğdu?", "Merkel'in çocukluğu Templin'de geçti.", True),
        ("zh", "这是什么问题？", "默克尔曾任德国总理。", False),
        ("zh", "默克尔出生在哪里？", "安格拉·默克尔曾任德国总理。", True),
        ("ar", "أين ولدت ميركل؟", "أنغيلا ميركل، مستشارة ألمانيا.", True),
        ("hi", "मर्केल का जन्म कहाँ हुआ?", "अंगेला मर्केल जर्मनी की चांसलर थीं।", True),
    ],
)
def test_a_question_names_its_subject_by_a_word_of_the_article(language, question, about, named):
    instruction = languages.get(language).ground.first_question
    assert names_subject(question, about, instruction, language) is named


def test_words_of_the_instruction_are_no_subject():
    instruction = "Think of a curious person. Write one question about the river."
    assert not names_subject("Which river?", "The river Rhine.", instruction, "en")
    assert names_subject("How long is the Rhine?", "The river Rhine.", instruction, "en")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "She, the first female legal major, in town. " * 8),
        ("en", "What is the question: how do you use the background to answer the question? " * 4),
        ("zh", "她是第一位女性。" * 9),
        ("hi", "यह एक नदी है जो पहाड़ों से आती है। " * 6),
    ],
)
def test_a_text_in_circles_is_found(language, text):
    assert goes_in_circles(text, language)


@pytest.mark.parametrize(
    ("language", "first", "second", "again"),
    [
        (
            "en",
            "The director chose the mark because it was meant to counter a popular misconception.",
            "The filmmaker chose the mark because it was meant to counter a popular misconception.",
            True,
        ),
        (
            "en",
            "The director chose the mark because it was meant to counter a popular misconception.",
            "Some mosques asked for another title, and the director kept the mark and said why.",
            False,
        ),
        ("en", "It was built in 1871.", "it was built in 1871", True),
        ("en", "It was built in 1871.", "It was built in 1872.", False),  # too short to tell
        (
            "zh",
            "柏林是德国的首都，也是德国人口最多的城市。",
            "柏林是德国首都，也是德国人口最多的城市。",
            True,
        ),
        (
            "zh",
            "柏林是德国的首都，也是德国人口最多的城市。",
            "施普雷河从城市中央流过，河边有许多公园。",
            False,
        ),
        (
            "fi",
            "Kaupunki sijaitsee Spree-joen varrella, ja siellä asuu yli kolme miljoonaa ihmistä.",
            "Kaupunki sijaitsee Spree-joen varrella, ja siellä asuu yli kolme miljoonaa asukasta.",
            True,
        ),
    ],
)
def test_an_answer_that_was_given_before_is_found(language, first, second, again):
    other = "x y z"
    assert says_again(second, [other, first], language, 0.6) == again
    assert not says_again(second, [other], language, 0.6)


def test_a_copied_instruction_is_found_whatever_its_marks():
    instruction = languages.get("en").ground.first_question
    assert copies("What would a curious person who has never seen this article ask?", "", "en") is (
        False
    )
    said = "What is a question a curious person (who has never seen) this article might ask?"
    assert copies(said, instruction, "en")
    chinese = languages.get("zh").ground.first_question
    assert copies("问题本身要能看懂，要点明所问的对象，好吗？", chinese, "zh")
    assert not copies("这条河有多长？", chinese, "zh")


@pytest.mark.parametrize("language", FOLDERS)
def test_answers_of_a_large_model_neither_circle_nor_copy(benchmarks, language):
    path = benchmarks / "omgeval" / "model_outputs" / FOLDERS[language] / "gpt4.json"
    texts = [row["output"] for row in json.loads(Path(path).read_text())]
    assert [text for text in texts if goes_in_circles(text, language)] == []
    prompts = [getattr(languages.get(language).ground, name) for name in PROMPTS]
    found = [text for text in texts for prompt in prompts if copies(text, prompt, language)]
    assert found == []
