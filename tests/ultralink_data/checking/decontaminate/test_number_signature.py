import random

import numpy as np
import pytest
from decontaminate_samples import MATH, math_item

from ultralink_data.checking.decontaminate.number_signature import NumberIndex
from ultralink_data.checking.decontaminate.number_words import digits_of, numbers_of

INDEX = NumberIndex(enumerate(MATH), numbers_of, {})


def strength(question, reply, language="en"):
    found = INDEX.find((question, reply), language)
    return {problem: evidence.strength for problem, evidence in found.items()}


def test_one_number_has_one_form():
    forms = ("50,000", "50.000", "50\u202f000")
    assert [digits_of(form) for form in forms] == [["50000"]] * 3
    assert digits_of("1,234.50 1.234,5") == ["1234.5", "1234.5"]
    assert digits_of("0,125 050") == ["0.125", "50"]
    assert digits_of("१६ और 2.50") == ["16", "2.5"]


def test_words_count_as_numbers_in_a_known_language():
    assert numbers_of("She has sixteen eggs and 3 hens", "en") == ["16", "3"]
    assert numbers_of("sixteen eggs and 3 hens", "xx") == ["3"]


def test_a_problem_is_found_in_languages_that_the_benchmark_lacks():
    finnish = "Toula osti 3 tusinaa munkkeja, 68 dollaria tusina, 2 tusinaa kakkuja, 80 dollaria"
    finnish += " tusina, ja 6 tusinaa juustokakkuja, 55 dollaria tusina. Paljonko se maksoi?"
    assert strength(finnish, "Yhteensä 694", "fi") == {0: 1.0}
    hindi = "तौला ने ३ दर्जन डोनट ६८ डॉलर में, २ दर्जन कपकेक ८० डॉलर में और ६ दर्जन चीज़केक ५५ डॉलर"
    assert strength(hindi, "उत्तर: 694", "hi") == {0: 1.0}
    arabic = "اشترت ٣ دزينات بسعر ٦٨ دولارًا، و٢ بسعر ٨٠، و٦ بسعر ٥٥."
    assert strength(arabic, "الجواب ٦٩٤", "ar") == {0: 1.0}


def test_the_backward_form_is_found():
    asked = "Toula bought 3 dozen donuts at $68 per dozen, 2 dozen cupcakes at $x and 6 dozen "
    asked += "cakes at $55. If we know the answer is 694, what is the value of x?"
    assert strength(asked, "So x is 80.")[0] == 1.0


def test_small_numbers_are_no_evidence():
    assert strength("A robe takes 2 bolts and 3 more. How many?", "2 * 3 = 6") == {}


def test_common_numbers_in_common_order_stay_under_the_threshold():
    other = strength("He has 10 apples, buys 20 and eats 5.", "25 are left")
    assert all(found < 1 for found in other.values())


def test_a_name_adds_to_numbers_that_are_not_enough():
    without = strength("Somebody has 110 coins, 30 more are golden", "no idea")
    named = strength("Gretchen a 110 pièces, 30 de plus en or", "je ne sais pas", "fr")
    assert without[1] < named[1]
    assert "gretchen" in INDEX.find(("Gretchen a 110 pièces, 30 en or", "70"), "fr")[1].detail


def test_a_table_of_numbers_matches_nothing():
    assert strength(" ".join(map(str, range(2, 200))), "694") == {}


def test_problems_without_an_answer_are_left_out():
    index = NumberIndex([(0, math_item(0, "47 and 83 and 91?", ""))], numbers_of, {})
    assert index.find(("47 and 83 and 91?", "221"), "en") == {}


# Thresholds: weights are given here, so that what they add up to is known.

RARE = [math_item(0, "47 cats, 83 dogs, 91 hens?", "221")]
RARE += [math_item(n, f"{20_000 + n} cats, {30_000 + n} dogs?", str(n)) for n in range(1, 400)]
PLAIN = "47 cows, 83 pigs, 91 birds?"


def weighed(question, reply="no idea", answer=0.0, **bits):
    """The strength of the evidence for the first of RARE, None where there is none."""
    common = {name[1:]: value for name, value in bits.items()} | {"221": answer}
    found = NumberIndex(enumerate(RARE), numbers_of, common).find((question, reply), "en")
    return found[0].strength if 0 in found else None


def test_strength_is_the_share_of_eighteen_bits():
    # Exactly the numbers of the problem: 2 bits more than their own; the answer half a bit less.
    assert weighed(PLAIN, n47=4.0, n83=4.0, n91=4.0) == round(14 / 18, 3)
    assert weighed(PLAIN, "221", answer=4.4, n47=4.0, n83=4.0, n91=4.0) == round(17.9 / 18, 3)
    assert weighed(PLAIN, "221", answer=4.5, n47=4.0, n83=4.0, n91=4.0) == 1.0


@pytest.mark.parametrize(("bits", "expected"), [(2.99, None), (3.0, round(11 / 18, 3))])
def test_under_nine_bits_in_common_nothing_is_compared(bits, expected):
    assert weighed(PLAIN, n47=bits, n83=bits, n91=bits) == expected


@pytest.mark.parametrize(("bits", "expected"), [(3.77, None), (3.78, 0.445)])
def test_under_eight_bits_that_are_no_chance_there_is_no_evidence(bits, expected):
    # Three of five numbers: log2(10) bits of choice.
    question = "47 cows, 5 cats, 83 pigs, 6 dogs, 91 birds?"
    assert weighed(question, n47=bits, n83=bits, n91=bits) == expected


@pytest.mark.parametrize(("bits", "expected"), [(8.0, 0.579), (8.1, None)])
def test_six_tenths_of_a_problem_must_be_there(bits, expected):
    assert weighed("47 cows, 83 pigs?", n47=6.0, n83=6.0, n91=bits) == expected


@pytest.mark.parametrize(("more", "expected"), [(57, 1.0), (58, None)])
def test_a_question_of_more_than_sixty_numbers_is_a_table(more, expected):
    table = PLAIN + "".join(f" {50_000 + n} ants," for n in range(more))
    assert weighed(table, n47=8.0, n83=8.0, n91=8.0) == expected


@pytest.mark.parametrize(
    ("reply", "expected"), [("221 or 7", 17.5), ("221", 17.5), ("221, 7 or 8", 14.0)]
)
def test_the_answer_is_looked_for_among_the_last_two_numbers(reply, expected):
    found = weighed(PLAIN, reply, answer=4.0, n47=4.0, n83=4.0, n91=4.0)
    assert found == round(expected / 18, 3)


def _retold(draw):
    """A question with some of a problem's numbers among others, and a final number."""
    item = draw.choice(MATH)
    own = digits_of(f"{item.question} {item.answer}")
    numbers = [n for n in own if draw.random() < 0.7] + [str(draw.randrange(2, 99))]
    numbers *= draw.choice((1, 1, 2))
    draw.shuffle(numbers)
    return f"x {' a '.join(numbers)}?", f"So it is {draw.choice((item.answer, *own))}"


def test_no_problem_is_lost_by_the_look_before_the_comparison(monkeypatch):
    draw = random.Random(5)
    turns = [_retold(draw) for _ in range(400)]
    found = [INDEX.find(pair, "en") for pair in turns]
    assert 40 < sum(map(bool, found)) < 400
    monkeypatch.setattr(NumberIndex, "_may_tell", lambda *_, **__: True)
    monkeypatch.setattr(INDEX, "_covered", np.zeros(1))
    assert [INDEX.find(pair, "en") for pair in turns] == found
