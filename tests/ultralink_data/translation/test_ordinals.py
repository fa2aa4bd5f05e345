"""Ordinals that a translation must not lose, in every language."""

import pytest

from ultralink_data import languages
from ultralink_data.translation.ordinals import missing_ordinal
from ultralink_data.translation.turns import SourceTurn
from ultralink_data.translation.values import check_numbers

SOURCE = "She puts 2 eggs into the third box and 4 into the others. How many eggs?"
WITH = {
    "ar": "تضع 2 بيضة في الصندوق الثالث و4 في الصناديق الأخرى. كم بيضة؟",
    "bn": "সে তৃতীয় বাক্সে 2টি ডিম এবং অন্যগুলিতে 4টি রাখে। কতটি ডিম?",
    "de": "Sie legt 2 Eier in die dritte Kiste und 4 in die anderen. Wie viele Eier?",
    "es": "Pone 2 huevos en la tercera caja y 4 en las demás. ¿Cuántos huevos?",
    "fi": "Hän panee 2 munaa kolmanteen laatikkoon ja 4 muihin. Montako munaa?",
    "fr": "Elle met 2 œufs dans la troisième boîte et 4 dans les autres. Combien d'œufs ?",
    "hi": "वह तीसरे डिब्बे में 2 अंडे और बाकी में 4 रखती है। कितने अंडे?",
    "ja": "彼女は3番目の箱に卵を2個、残りに4個入れます。卵は何個ですか？",
    "ru": "Она кладёт 2 яйца в третью коробку и 4 в остальные. Сколько яиц?",
    "sw": "Anaweka mayai 2 kwenye sanduku la tatu na 4 kwenye mengine. Mayai mangapi?",
    "te": "ఆమె మూడవ పెట్టెలో 2 గుడ్లు, మిగిలిన వాటిలో 4 పెడుతుంది. ఎన్ని గుడ్లు?",
    "th": "เธอใส่ไข่ 2 ฟองในกล่องที่สาม และ 4 ฟองในกล่องอื่น มีไข่กี่ฟอง?",
    "tr": "Üçüncü kutuya 2, diğerlerine 4 yumurta koyar. Kaç yumurta?",
    "zh": "她在第三个盒子里放2个鸡蛋，其他盒子里放4个。有多少个鸡蛋？",
}
ORDINAL = {
    "ar": " الثالث",
    "bn": "তৃতীয় ",
    "de": "dritte ",
    "es": "tercera ",
    "fi": "kolmanteen ",
    "fr": "troisième ",
    "hi": "तीसरे ",
    "ja": "3番目の",
    "ru": "третью ",
    "sw": " la tatu",
    "te": "మూడవ ",
    "th": "ที่สาม",
    "tr": "Üçüncü ",
    "zh": "第三个",
}


def test_every_language_of_translations_has_a_case():
    assert set(WITH) == set(ORDINAL) == set(languages.names()) - {"en"}


@pytest.mark.parametrize("language", sorted(WITH))
def test_a_translation_without_the_ordinal_is_refused(language):
    turn = SourceTurn(text=SOURCE, language=language, kind="math", user=True)
    assert check_numbers(turn, WITH[language]) is None
    failure = check_numbers(turn, WITH[language].replace(ORDINAL[language], "", 1))
    assert failure is not None
    assert "third" in failure.detail


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("He read it on the 5th day.", "Lo leyó el quinto día."),
        ("He read it on the 5th day.", "Lo leyó el día 5."),
        ("He lives on the fourth floor.", "Vive en el piso 4."),
        ("He ate a third of the cake.", "Comió un tercio."),
        ("He ate one third of it.", "Comió una parte."),
        ("A third party helped.", "Alguien ayudó."),
        ("The third is red.", "Ese es rojo."),
        ("The third and the fourth friend left.", "El cuarto amigo se fue."),
        ("The second box is red.", "La otra caja es roja."),
        ("In the third century it grew.", "Creció en el siglo III."),
    ],
)
def test_what_says_the_same_and_what_need_not_be_said_pass(source, target):
    turn = SourceTurn(text=source, language="es", kind="math", user=True)
    assert check_numbers(turn, target) is None


def test_a_number_that_the_source_has_too_is_no_ordinal():
    source = "She has 3 boxes. The third box is red."
    turn = SourceTurn(text=source, language="es", kind="math", user=True)
    assert check_numbers(turn, "Tiene 3 cajas. La tercera caja es roja.") is None
    assert check_numbers(turn, "Tiene 3 cajas. La caja 3 es roja.") is None
    assert check_numbers(turn, "Tiene 3 cajas. La caja es roja.") is not None


def test_the_lowest_of_several_is_named_as_it_stands():
    assert missing_ordinal("the 12th day", "el día", (), "es") == "12th"
    assert missing_ordinal("the Tenth box on the Fifth day", "el día", (), "es") == "Fifth"
