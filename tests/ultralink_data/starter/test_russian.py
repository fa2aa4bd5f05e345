"""Russian words agree with numbers by rule, and a text that cannot agree is refused."""

import re

import pytest

from ultralink_data.starter import russian
from ultralink_data.starter.math import load_texts, plural_index
from ultralink_data.starter.math_templates_table import TEMPLATES


@pytest.mark.parametrize(
    ("short", "forms"),
    [
        ("{a:метр}", "метр|метра|метров"),
        ("{a:страница@acc}", "страницу|страницы|страниц"),
        ("{a:страница@dat}", "странице|страницы|страниц"),
        ("{a:метр@acc}", "метр|метра|метров"),
        ("{a:метр@dat}", "метру|метра|метров"),
        ("{a:евро@dat}", "евро|евро|евро"),
        ("{a:остался~страница}", "осталась|осталось|осталось"),
        ("{a:остался~метр}", "остался|осталось|осталось"),
        ("{a:ушёл~страница}", "ушла|ушло|ушло"),
        ("{a:нужен~метр}", "нужен|нужно|нужно"),
        ("{a:напечатан~страница}", "напечатана|напечатано|напечатано"),
        ("{a:едет|едут}", "едет|едут|едут"),
        ("{a:яйцо|яйца|яиц}", "яйцо|яйца|яиц"),
    ],
)
def test_a_short_placeholder_is_written_out_by_rule(short: str, forms: str) -> None:
    assert russian.expand(short) == f"{{a:{forms}}}"


@pytest.mark.parametrize(
    ("noun", "few", "kind"),
    [
        ("метр", "метра", "m"),
        ("день", "дня", "m"),
        ("тетрадь", "тетради", "f"),
        ("неделя", "недели", "f"),
        ("яйцо", "яйца", "n"),
        ("печенье", "печенья", "n"),
        ("евро", "евро", "m"),
    ],
)
def test_the_gender_follows_from_the_forms(noun: str, few: str, kind: str) -> None:
    assert russian.gender(noun, few) == kind


@pytest.mark.parametrize(
    "text",
    [
        "Выпало {a} {a:миллиметр|миллиметра|миллиметров}.",
        "Теперь стало {x=} {x:роза|розы|роз}.",
        "Не напечатано {x=} {x:страница|страницы|страниц}.",
        "Ему нужно ещё {x=} {x:кирпич|кирпича|кирпичей}.",
        "Вечером {x:была|было|было} {x=} {x:градус|градуса|градусов}.",
        "У неё {x:остался|осталось|осталось} {x=} {x:книга|книги|книг}.",
    ],
)
def test_a_verb_that_cannot_agree_is_found(text: str) -> None:
    assert russian.disagreement(text)


@pytest.mark.parametrize(
    "text",
    [
        "Получилось {x=} {x:место|места|мест}.",
        "Выпало на {x=} {x:миллиметр|миллиметра|миллиметров} больше.",
        "Осталось уложить {x=} {x:кирпич|кирпича|кирпичей}.",
        "Вечером {x:был|было|было} {x=} {x:градус|градуса|градусов}.",
        "Он купил {x=} {x:книгу|книги|книг}.",
        "Это {x=} {x:человек|человека|человек}.",
    ],
)
def test_right_texts_pass(text: str) -> None:
    assert russian.disagreement(text) is None


@pytest.mark.parametrize("wrong", ["{a:верблюд}", "{a:остался~верблюд}", "{a:метр@gen}"])
def test_an_unknown_noun_or_case_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"верблюд|gen"):
        russian.expand(wrong)


def test_every_listed_noun_has_forms_that_differ_as_its_gender_asks() -> None:
    for noun, (one, few, many) in russian.nouns().items():
        if noun != "евро":
            assert few[-1] in "аяыи", noun
            assert (russian.gender(one, few) == "f") == (few[-1] in "ыи"), noun
            assert many != one or noun in {"раз", "человек"}, noun


def test_a_verb_in_the_present_is_singular_after_one() -> None:
    verb = re.compile(r"\{[a-z]:(\w+(?:[уюая]т|[её]т|ит))\|(\w+т)\|\2\}")
    found = 0
    for template in TEMPLATES:
        text = load_texts("ru")[template.id]
        for one, few in verb.findall(" ".join((text.question, *text.solution))):
            assert one.endswith(("ет", "ёт", "ит")), (template.id, one)
            assert few.endswith(("ут", "ют", "ат", "ят")), (template.id, few)
            found += 1
    assert found > 10


def test_number_classes_are_three() -> None:
    forms = [plural_index("ru", number) for number in (1, 21, 131, 2, 34, 5, 11, 112, 120)]
    assert forms == [0, 0, 0, 1, 1, 2, 2, 2, 2]
