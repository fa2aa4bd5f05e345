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
