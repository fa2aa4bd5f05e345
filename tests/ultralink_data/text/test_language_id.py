"""The language of a text, offline."""

import msgspec
import pytest

from ultralink_data import languages
from ultralink_data.errors import ConfigError
from ultralink_data.text.language_id import (
    detect,
    is_language,
    is_telling,
    language_of_short,
    language_seen,
    other_language,
    spoken,
)

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


@pytest.mark.parametrize(
    "text",
    [
        "苹果（Apple Inc.）、微软（Microsoft）和英伟达（NVIDIA Corporation）是科技公司。",
        "主题：放大特性（scaling law）和机器学习（machine learning），请推荐几篇论文。",
        "1. 《绝命毒师》（Breaking Bad）\n2. 《权力的游戏》（Game of Thrones）\n都很好看。",
    ],
)
def test_a_han_character_says_more_than_a_letter(text):
    assert is_language(text, "zh")
    assert not is_language(text, "en")


@pytest.mark.parametrize(
    ("code", "text", "seen"),
    [
        ("zh", TEXTS["en"], "English"),
        ("zh", f"好的，{TEXTS['en']}", "English"),
        ("es", TEXTS["ru"], "Russian"),
        ("es", TEXTS["fr"], "French"),
        ("ru", f"Вот: {TEXTS['en']}", "English"),
        ("fr", TEXTS["zh"], "Chinese"),
        ("en", "De rivier voert in het voorjaar meer water dan in elk ander seizoen.", "nl"),
        ("fr", TEXTS["fr"], None),
        ("zh", "3.5", None),
        ("hi", "Python में list comprehension बहुत उपयोगी है", None),
        ("te", "Python మరియు TensorFlow తో machine learning నేర్చుకోండి", None),
        ("te", "Python మరియు you should first learn what a list is and how to use it", "English"),
    ],
)
def test_the_language_seen_is_that_of_the_foreign_part(code, text, seen):
    assert other_language(text, code) == seen


CODE = """{request}

def buses_with_12_seats(passengers: int) -> int:
    \"\"\"{docstring}

    >>> buses_with_12_seats(13)
    2
    \"\"\"
    return (passengers + 11) // 12
"""


@pytest.mark.parametrize(
    ("code", "request_", "docstring"),
    [
        ("zh", "请补全下面的函数。", "返回需要多少辆客车。"),
        ("ru", "Допишите эту функцию.", "Возвращает, сколько автобусов нужно."),
        ("ar", "أكمل هذه الدالة.", "يعيد عدد الحافلات."),
        ("hi", "इस फ़ंक्शन को पूरा करें।", "कितनी बसें चाहिए, यह लौटाता है।"),
        ("th", "เติมฟังก์ชันนี้ให้สมบูรณ์", "คืนค่าจำนวนรถบัสที่ต้องใช้"),
    ],
)
def test_code_outside_of_fences_has_no_language(code, request_, docstring):
    """A docstring counts where nothing else is said."""
    text = CODE.format(request=request_, docstring=docstring)
    assert is_language(text, code)
    english = CODE.format(
        request=request_, docstring="Return how many buses are needed to carry all passengers."
    )
    assert is_language(english, code)
    assert not is_language(english.removeprefix(request_), code)


def test_a_short_text_tells_its_language_only_in_a_foreign_script():
    assert not is_telling("Thirty letters and no one more.", "es")
    assert is_telling("Thirty letters and not one of them fewer.", "zh")
    assert not is_telling("Apple Inc.", "zh")
    assert is_telling("一二三四五六七八九十一二三四五", "zh")
    assert language_seen(spoken("x = 1"), "zh") is None


def test_a_short_text_that_can_hardly_be_in_the_language_is_in_another():
    assert language_of_short("Return the length of the given list", "es") == "en"
    assert language_of_short("Return the length of the given list", "en") is None
    assert language_of_short("Devuelve la longitud de la lista", "es") is None
    assert language_of_short("Devuelve la longitud de la lista", "en") == "eo"
    assert language_of_short("Renvoie la longueur de la liste", "en") == "fr"
    assert language_of_short("Machine Learning Engineer", "es") is None  # a name, perhaps
    assert language_of_short("Return the length", "es") is None  # under 20 letters
    assert language_of_short("Machine Learning Engineer", "ru") is None  # a name, perhaps
    assert language_of_short("Machine Learning Engineer", "zh") is None


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


def test_a_text_is_in_its_language_where_no_other_is_likelier():
    leftovers = (
        '[workspace]\n "server/bleep",\n "apps/desktop"\n]\n\nopt-level = 3\n\nsplit-debuginfo = 1'
    )
    assert language_seen(leftovers, "en") is None
    assert is_telling(leftovers, "en")
