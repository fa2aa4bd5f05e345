"""The language of a text, offline."""

import msgspec
import pytest

from ultralink_data import languages
from ultralink_data.errors import ConfigError
from ultralink_data.text.language_id import detect, is_language

TEXTS = {
    "en": "The river carries more water in spring than in any other season.",
    "es": "El río lleva más agua en primavera que en cualquier otra estación.",
    "fr": "La rivière charrie plus d'eau au printemps qu'en toute autre saison.",
    "ru": "Весной в реке больше воды, чем в любое другое время года.",
    "zh": "这条河在春天的水量比其他任何季节都多。",
    "ar": "يحمل النهر في الربيع ماء أكثر من أي فصل آخر.",
    "hi": "नदी में वसंत ऋतु में किसी भी अन्य मौसम से अधिक पानी होता है।",
    "fi": "Joessa on keväällä enemmän vettä kuin minään muuna vuodenaikana.",
    "tr": "Nehir ilkbaharda diğer bütün mevsimlerden daha fazla su taşır.",
}


@pytest.mark.parametrize("code", TEXTS)
@pytest.mark.parametrize("asked", TEXTS)
def test_a_sentence_is_in_its_language_and_in_no_other(code, asked):
    assert is_language(TEXTS[code], asked) == (code == asked)


@pytest.mark.parametrize("code", TEXTS)
def test_the_most_probable_language_of_a_sentence_is_its_own(code):
    found, probability = detect(TEXTS[code])
    assert found == code
    assert 0.5 < probability <= 1


def test_code_and_formulas_have_no_language():
    text = f"{TEXTS['es']}\n\n```python\ndef the_answer_of_the_question():\n    return 1\n```\n"
    assert is_language(text, "es")
    assert is_language("```\nprint('the quick brown fox')\n```", "zh")
    assert is_language("$\\frac{the}{answer}$", "ru")


def test_english_names_within_chinese_are_chinese():
    assert is_language("可以使用 Python 和 NumPy 来计算这个矩阵的特征值。", "zh")


def test_a_short_answer_is_told_by_its_script_alone():
    assert is_language("Madrid", "es")
    assert is_language("Мадрид", "ru")
    assert not is_language("Madrid", "ru")
    assert not is_language("Madrid", "zh")


def test_numbers_are_in_every_language():
    assert is_language("1.234,5", "ar")


def test_an_unknown_language_is_refused():
    with pytest.raises(ConfigError, match="unknown language 'xx'"):
        is_language("text", "xx")


@pytest.mark.parametrize("code", ["en", "es", "fr", "ru", "zh"])
def test_real_questions_are_in_their_language(benchmarks, code):
    lines = (benchmarks / "mgsm" / f"mgsm_{code}.tsv").read_text(encoding="utf-8").splitlines()
    questions = [line.split("\t")[0] for line in lines]
    assert all(is_language(question, code) for question in questions)
    others = {"en", "es", "fr", "ru", "zh"} - {code}
    assert not any(is_language(question, other) for question in questions for other in others)


def _identified_as(code: str, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """The language as if its file gave these names."""
    language = languages.get(code)
    writing = msgspec.structs.replace(language.writing, identified_as=names)
    replaced = msgspec.structs.replace(language, writing=writing)
    monkeypatch.setattr("ultralink_data.languages.get", lambda _: replaced)


def test_the_script_decides_where_the_model_does_not_know_the_language(monkeypatch):
    _identified_as("es", (), monkeypatch)
    assert is_language(TEXTS["fr"], "es")
    assert not is_language(TEXTS["ru"], "es")


def test_any_of_several_names_will_do(monkeypatch):
    _identified_as("es", ("gl", "fr"), monkeypatch)
    assert is_language(TEXTS["fr"], "es")
    assert not is_language(TEXTS["es"], "es")


def test_a_name_that_the_model_lacks_is_refused_by_name(monkeypatch):
    _identified_as("es", ("spanish",), monkeypatch)
    with pytest.raises(ConfigError, match="'spanish'"):
        is_language(TEXTS["es"], "es")
