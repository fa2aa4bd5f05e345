"""Units are told apart in the words of every language, and none is another's."""

import pytest

from ultralink_data import languages
from ultralink_data.translation.turns import SourceTurn
from ultralink_data.translation.values import check_units
from ultralink_data.unit_sizes import UNIT_DIMENSIONS

SOURCE = "The road has 5 kilometres, the bag 3 kilograms; it took 2 hours."

SAID = {
    "ar": ("الطريق 5 كيلومترات، والحقيبة 3 كيلوغرامات، واستغرق 2 ساعة.", "كيلومترات", "أميال"),
    "bn": ("রাস্তা 5 কিলোমিটার, ব্যাগ 3 কেজি; 2 ঘণ্টা লেগেছিল।", "কিলোমিটার", "মাইল"),
    "de": (
        "Der Weg hat 5 Kilometer, die Tasche 3 Kilogramm; es dauerte 2 Stunden.",
        "Kilometer",
        "Meilen",
    ),
    "es": (
        "El camino tiene 5 kilómetros, la bolsa 3 kilos; tardó 2 horas.",
        "kilómetros",
        "millas",
    ),
    "fi": ("Tie on 5 kilometriä, laukku 3 kilogrammaa; se kesti 2 tuntia.", "kilometriä", "mailia"),
    "fr": (
        "La route fait 5 kilomètres, le sac 3 kilos ; cela a pris 2 heures.",
        "kilomètres",
        "milles",
    ),
    "hi": ("सड़क 5 किलोमीटर है, थैला 3 किलो; 2 घंटे लगे।", "किलोमीटर", "मील"),
    "ja": ("道は5キロメートル、かばんは3キログラム、2時間かかった。", "キロメートル", "マイル"),
    "ru": ("Дорога 5 километров, сумка 3 килограмма; это заняло 2 часа.", "километров", "миль"),
    "sw": ("Barabara ina 5 kilomita, mfuko 3 kilo; ilichukua 2 saa.", "kilomita", "maili"),
    "te": ("రోడ్డు 5 కిలోమీటర్లు, సంచి 3 కిలోలు; 2 గంటలు పట్టింది.", "కిలోమీటర్లు", "మైళ్లు"),
    "th": ("ถนนยาว 5 กิโลเมตร กระเป๋าหนัก 3 กิโลกรัม ใช้เวลา 2 ชั่วโมง", "กิโลเมตร", "ไมล์"),
    "tr": ("Yol 5 kilometre, çanta 3 kilogram; 2 saat sürdü.", "kilometre", "mil"),
    "zh": ("路长5公里，包重3公斤，花了2小时。", "公里", "英里"),
}
"""A translation, its word for kilometres, and one for miles."""


def failed(code: str, text: str) -> str:
    turn = SourceTurn(text=SOURCE, language=code, kind="chat_agnostic", user=True, answers=())
    failure = check_units(turn, text)
    return failure.detail if failure else ""


@pytest.mark.parametrize("code", sorted({*languages.names()} - {"en"}))
def test_a_unit_is_kept_and_another_one_is_found(code: str) -> None:
    assert code in SAID, f"say the sentence of SAID in {code}"
    text, right, wrong = SAID[code]
    assert failed(code, text) == ""
    assert "kilometre" in failed(code, text.replace(right, wrong))


@pytest.mark.parametrize("code", languages.names())
def test_every_language_names_every_unit(code: str) -> None:
    units = languages.get(code).units
    assert set(units) == set(UNIT_DIMENSIONS)
    assert all(units[unit] for unit in UNIT_DIMENSIONS if (code, unit) != ("en", "pound"))
