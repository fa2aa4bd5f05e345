import pytest
from decontaminate_samples import HAS_CLOSE, code_item, math_item

from ultralink_data.checking.decontaminate.examples import ExampleIndex, calls
from ultralink_data.checking.decontaminate.ngrams import TextIndex
from ultralink_data.text.units import units

LONG = (
    "Josh decides to try flipping a house. He buys a house for $80,000 and then puts in $50,000 in "
    "repairs. This increased the value of the house by 150%. How much profit did he make?"
)
CHINESE = (
    "乔希决定尝试炒房。他花80,000美元买了一栋房子，"
    "然后又花50,000美元进行维修。这使房子的价值增加了150%。"
)
SHORT = "Who wrote the famous novel Moby Dick?"


@pytest.fixture(scope="module")
def index():
    texts = [LONG, SHORT, "Hi there!"]
    items = [(n, math_item(n, text, "1")) for n, text in enumerate(texts)]
    return TextIndex([*items, (0, math_item(0, CHINESE, "1", "zh"))])


def strength(index, *turns):
    return {problem: evidence.strength for problem, evidence in index.find(turns).items()}


def test_a_question_inside_a_longer_chat_is_found(index):
    chat = ("Hello", "Hi!", f"My homework says: {LONG.upper()} Please explain.", "Gladly.")
    assert strength(index, *chat) == {0: 1.0}


def test_thirteen_words_in_a_row_are_enough_and_eight_are_not(index):
    words = LONG.split()
    assert strength(index, " ".join(words[3:16]), "yes")[0] == 1.0
    assert strength(index, " ".join(words[3:12]), "yes")[0] < 0.5


def test_chinese_is_found_without_spaces(index):
    assert strength(index, f"请解答：{CHINESE[8:40]}", "好")[0] == 1.0
    assert strength(index, f"请解答：{CHINESE[8:22]}", "好").get(0, 0) < 1


@pytest.mark.parametrize(("cut", "runs"), [(4, 1), (5, 0), (7, 0), (8, 1), (9, 2)])
def test_a_run_does_not_cross_from_turn_to_turn(index, cut, runs):
    words = LONG.split()[:12]
    found = index.find((" ".join(words[:cut]), " ".join(words[cut:])))
    told = [evidence.detail.split(" of")[0] for evidence in found.values()]
    assert told == ([str(runs)] if runs else [])


def test_a_question_changed_in_the_middle_is_found(index):
    changed = LONG.replace("in repairs", "on mending it").replace("Josh", "Anna")
    assert strength(index, changed, "yes")[0] == 1.0


def test_a_short_question_counts_only_as_a_whole_users_turn(index):
    assert strength(index, "who wrote the famous novel Moby-Dick", "Melville")[1] == 1.0
    assert strength(index, f"{SHORT} And who read it?", "Melville") == {}
    assert strength(index, "A question.", SHORT) == {}


def test_what_anyone_says_is_no_question(index):
    assert strength(index, "Hi there!", "Hello!") == {}


def test_runs_of_many_problems_are_left_out():
    same = "write a function that takes a list of numbers and returns the sum of them"
    items = [(n, math_item(n, f"{same} number {n}", "1")) for n in range(9)]
    assert TextIndex(items).find((same, "ok")) == {}


def test_hindi_words_keep_their_vowel_signs():
    assert units("हिन्दी में लिखें").words == ["हिन्दी", "में", "लिखें"]


def test_thai_is_read_by_characters():
    assert units("สวัสดี 12").characters[-1] == "12"
    assert units("สวัสดี 12").unspaced


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ('f([1.0, 2.80], "a b")', ("[1,2.80],'a b'", "")),
        ("g( [1, 2.80] , 'a b' )", ("[1,2.80],'a b'", "")),
        ("f(x, 12345)", ("x,12345", "")),
        ("f(12, [3,]) == [ True ]", ("12,[3]", "[true]")),
        ("assertEquals(f(12, 30), 5)", ("12,30", "")),
        (">>> f('(()(()))')\n['()']", ("'(()(()))'", "['()']")),
        ("f(123) ➞ 'a'", ("123", "'a'")),
    ],
)
def test_calls_have_one_form(text, call):
    assert call in list(calls(text))


@pytest.mark.parametrize("text", ["print(result)", "f(name=123)", "f([1234, (5)", "f()", "f('a')"])
def test_what_is_no_literal_or_says_nothing_is_no_example(text):
    assert list(calls(text)) == []


def test_examples_are_found_under_another_name_in_another_language():
    index = ExampleIndex([(0, code_item(0, HAS_CLOSE)), (1, code_item(1, "f(123)", "q"))])
    java = "assertFalse(check([1.0, 2.0, 3.0], 0.5)); assertTrue(x([1.0,2.8,3.0,4.0,5.0,2.0],0.3))"
    assert index.find(("Schreib es in Java", java))[0].strength == 1.0
    assert index.find(("f(123)", "124"))[1].strength < 0.4
    assert index.find(("no calls", "here")) == {}


def test_what_a_call_gives_adds_to_its_arguments():
    index = ExampleIndex([(0, code_item(0, "", "q", examples="assert f(123, 7) == [4, 5, 6]"))])
    without = index.find(("g(123, 7)", "?"))[0].strength
    assert without < index.find(("g(123, 7) == [4,5,6]", "?"))[0].strength < 1


def test_a_result_tells_apart_problems_with_the_same_arguments():
    values = "f([5, 3, 5, 2, 3, 3, 9, 0, 123])"
    results = ["[0, 2, 3, 5, 9, 123]", "123", "[0, 2, 3, 3, 3, 5, 5, 9, 123]", "0"]
    items = [code_item(n, "", "q", examples=f"{values} == {r}") for n, r in enumerate(results)]
    index = ExampleIndex(list(enumerate(items)))
    found = index.find((f">>> benzersiz({values[2:-1]})\n{results[0]}", "?"))
    assert found[0].strength == 1.0
    assert all(found[n].strength < 0.5 for n in (1, 2, 3))
    assert all(one.strength < 0.5 for one in index.find((values, "?")).values())
