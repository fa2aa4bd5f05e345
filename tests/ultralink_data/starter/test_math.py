import random
import re
from collections import Counter
from collections.abc import Iterator
from importlib import resources
from itertools import combinations

import pytest

from ultralink_data.errors import ConfigError
from ultralink_data.starter.math import (
    LANGUAGES,
    MathProblem,
    load_texts,
    math_problems,
    parse_texts,
    plural_index,
)
from ultralink_data.starter.math_templates import Equation, split_of_numbers
from ultralink_data.starter.math_templates_names import BOYS, GIRLS
from ultralink_data.starter.math_templates_table import TEMPLATES

CLOSINGS = {
    "en": "The answer is {answer}.",
    "zh": "答案是{answer}。",
    "es": "La respuesta es {answer}.",
    "fr": "La réponse est {answer}.",
    "ru": "Ответ: {answer}.",
}
SPLITS = ("train", "held_out")
SEEDS = (0, 1, 20240)
EQUATION = re.compile(r"(\d+) ([-+*/]) (\d+) = (\d+)")


def _numbers(text: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", text)]


def _make(seed: int, split: str, count: int = 12) -> list[MathProblem]:
    return math_problems(seed, split, count, CLOSINGS)


@pytest.fixture(scope="module")
def problems() -> list[MathProblem]:
    return [problem for split in SPLITS for problem in _make(0, split)]


def _sentences(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"(?<=[.?。？])", text) if part.strip()]


def _skeletons(language: str, part: str, split: str | None = None) -> Iterator[tuple[str, str]]:
    """Sentence skeletons (numbers, names and plural forms masked) with their template id."""
    for template in TEMPLATES:
        if split in (None, template.split):
            text = load_texts(language)[template.id]
            whole = text.question if part == "question" else " ".join(text.solution)
            for sentence in _sentences(whole):
                yield re.sub(r"\{[^{}]*\}", "#", sentence).casefold(), template.id


def test_there_are_enough_templates_of_every_kind() -> None:
    counts = Counter((template.split, template.band, template.steps) for template in TEMPLATES)
    per_split = Counter(template.split for template in TEMPLATES)
    assert per_split["train"] >= 62
    assert per_split["held_out"] >= 16
    assert counts["train", "easy", 1] >= 10
    assert counts["held_out", "easy", 1] >= 4
    assert min(counts["train", "normal", steps] for steps in (1, 2, 3)) >= 8
    assert min(counts["held_out", "normal", steps] for steps in (1, 2, 3)) >= 3
    assert len({template.id for template in TEMPLATES}) == len(TEMPLATES)


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("seed", SEEDS)
def test_normal_templates_give_thirty_problems_and_easy_ones_a_dozen(seed: int, split: str) -> None:
    problems = math_problems(seed, split, 30, CLOSINGS, per_easy_template=12)
    drawn = Counter(problem.template_id for problem in problems)
    for template in TEMPLATES:
        if template.split == split:
            assert drawn[template.id] == (12 if template.band == "easy" else 30)


def test_same_arguments_give_the_same_problems() -> None:
    assert _make(7, "train", 3) == _make(7, "train", 3)


def test_another_seed_gives_other_numbers() -> None:
    first, second = _make(0, "train", 3), _make(1, "train", 3)
    same = sum(a.question == b.question for a, b in zip(first, second, strict=True))
    assert same < len(first) / 4


def test_more_problems_leave_the_earlier_ones_as_they_were() -> None:
    more = {problem.problem_id: problem for problem in _make(0, "held_out", 9)}
    for problem in _make(0, "held_out", 4):
        assert more[problem.problem_id] == problem


def test_global_random_state_is_neither_read_nor_moved() -> None:
    random.seed(1)
    before = random.getstate()
    first = _make(0, "held_out", 2)
    assert random.getstate() == before
    random.seed(2)
    assert _make(0, "held_out", 2) == first


def test_ids_name_template_and_index(problems: list[MathProblem]) -> None:
    ids = [problem.problem_id for problem in problems]
    assert len(set(ids)) == len(ids)
    assert "starter-math/tulip_rows/0007" in ids


def test_questions_of_all_languages_show_the_same_numbers(problems: list[MathProblem]) -> None:
    for problem in problems:
        assert set(problem.question) == set(problem.solution) == set(LANGUAGES)
        shown = {tuple(sorted(_numbers(text))) for text in problem.question.values()}
        assert len(shown) == 1, problem.question


def test_solutions_of_all_languages_write_the_same_equations(problems: list[MathProblem]) -> None:
    for problem in problems:
        written = {tuple(EQUATION.findall(text)) for text in problem.solution.values()}
        assert len(written) == 1, problem.solution
        assert len(written.pop()) == problem.steps


def test_arithmetic_of_every_step_is_true(problems: list[MathProblem]) -> None:
    for problem in problems:
        for left, operator, right, result in EQUATION.findall(problem.solution["en"]):
            a, b, c = int(left), int(right), int(result)
            true = {"+": a + b == c, "-": a - b == c, "*": a * b == c, "/": a == b * c}
            assert true[operator], problem.solution["en"]
            assert 0 < c < 2000


def test_last_equation_and_last_number_are_the_answer(problems: list[MathProblem]) -> None:
    for problem in problems:
        for text in problem.solution.values():
            assert _numbers(text)[-1] == problem.answer
            assert int(EQUATION.findall(text)[-1][3]) == problem.answer


def test_every_operand_is_given_or_computed_or_a_named_constant(
    problems: list[MathProblem],
) -> None:
    constants = {
        template.id: {
            int(operand)
            for equation in template.equations
            for operand in (equation.left, equation.right)
            if operand.isdigit()
        }
        for template in TEMPLATES
    }
    for problem in problems:
        known = set(_numbers(problem.question["en"])) | constants[problem.template_id]
        for left, _, right, result in EQUATION.findall(problem.solution["en"]):
            assert {int(left), int(right)} <= known
            known.add(int(result))


def test_easy_problems_have_one_step_on_single_digits(problems: list[MathProblem]) -> None:
    easy = [problem for problem in problems if problem.band == "easy"]
    assert easy
    for problem in easy:
        ((left, _, right, result),) = EQUATION.findall(problem.solution["en"])
        assert max(int(left), int(right)) <= 9
        assert int(result) <= 18


def test_no_placeholder_is_left_unfilled(problems: list[MathProblem]) -> None:
    for problem in problems:
        for text in [*problem.question.values(), *problem.solution.values()]:
            assert not re.search(r"[{}|]|  ", text), text
            assert text[0].isupper() or text[0] in "¿" or text[0] >= "\u4e00", text


def test_closing_sentence_ends_the_solution(problems: list[MathProblem]) -> None:
    for problem in problems:
        for language, text in problem.solution.items():
            closing = CLOSINGS[language].replace("{answer}", str(problem.answer))
            separator = "" if language == "zh" else " "
            assert text.endswith(f"{'。' if language == 'zh' else '.'}{separator}{closing}")


@pytest.mark.parametrize("part", ["question", "solution"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_templates_share_a_sentence_skeleton(language: str, part: str) -> None:
    owners: dict[str, str] = {}
    for skeleton, template_id in _skeletons(language, part):
        assert owners.setdefault(skeleton, template_id) == template_id, skeleton


@pytest.mark.parametrize("language", LANGUAGES)
def test_rendered_held_out_sentences_never_occur_in_training(language: str) -> None:
    names = "|".join([*GIRLS[language], *BOYS[language]])

    def masked(split: str) -> set[str]:
        return {
            re.sub(names, "N", re.sub(r"\d+", "#", sentence))
            for problem in _make(0, split)
            for text in (problem.question[language],)
            for sentence in _sentences(text)
        }

    assert not masked("train") & masked("held_out")


def test_held_out_numbers_never_occur_in_training_whatever_the_seed() -> None:
    shown: dict[str, set[tuple[int, ...]]] = {split: set() for split in SPLITS}
    for seed in SEEDS:
        for split in SPLITS:
            made = math_problems(seed, split, 30, CLOSINGS, per_easy_template=12)
            shown[split] |= {tuple(sorted(_numbers(p.question["en"]))) for p in made}
    assert len(shown["train"]) > 1000
    assert not shown["train"] & shown["held_out"]
    assert {split_of_numbers(numbers) for numbers in shown["train"]} == {"train"}


def test_split_of_numbers_ignores_their_order() -> None:
    for pair in combinations(range(1, 60), 2):
        assert split_of_numbers(pair) == split_of_numbers(reversed(pair))
    owners = Counter(split_of_numbers(pair) for pair in combinations(range(1, 60), 2))
    assert 0.3 < owners["held_out"] / owners.total() < 0.5


def test_no_two_problems_of_a_template_have_the_same_numbers(problems: list[MathProblem]) -> None:
    seen = Counter((p.template_id, tuple(_numbers(p.question["en"]))) for p in problems)
    assert max(seen.values()) == 1


def test_too_many_problems_are_refused_with_the_template_named() -> None:
    with pytest.raises(ConfigError, match="'apples_bowl' cannot give 500 problems"):
        math_problems(0, "train", 500, CLOSINGS)


@pytest.mark.parametrize(
    ("language", "number", "index"),
    [
        *(("ru", n, 0) for n in (1, 21, 101, 1001)),
        *(("ru", n, 1) for n in (2, 3, 4, 22, 104, 1002)),
        *(("ru", n, 2) for n in (0, 5, 11, 12, 13, 14, 19, 20, 111, 112, 1014)),
        *(("en", n, int(n != 1)) for n in (0, 1, 2, 11, 21)),
        *(("es", n, int(n != 1)) for n in (0, 1, 2, 21)),
        *(("fr", n, int(n > 1)) for n in (0, 1, 2, 21)),
        *(("zh", n, 0) for n in (0, 1, 2)),
    ],
)
def test_plural_rule(language: str, number: int, index: int) -> None:
    assert plural_index(language, number) == index


def test_russian_nouns_agree_with_their_numbers() -> None:
    forms = {"яблоко": 0, "яблока": 1, "яблок": 2, "час": 0, "часа": 1, "часов": 2}
    found = Counter[int]()
    for problem in _make(0, "train"):
        text = f"{problem.question['ru']} {problem.solution['ru']}"
        for number, noun in re.findall(r"(\d+) (яблок\w*|час\w*)\b", text):
            assert forms[noun] == plural_index("ru", int(number)), text
            found[forms[noun]] += 1
    assert found[1]
    assert found[2]


def test_english_one_takes_the_singular() -> None:
    ones = [p for split in SPLITS for p in _make(0, split) if p.answer == 1]
    assert ones
    texts = " ".join(p.solution["en"] for p in ones)
    assert re.search(r"= 1 (passenger|balloon|whole egg|library book|year|good mushroom)\b", texts)
    assert not re.search(r"= 1 (more |good |whole |library )?\w+s\b", texts)


def test_french_sets_off_double_punctuation_with_no_break_spaces() -> None:
    for text in load_texts("fr").values():
        whole = re.sub(r"\{[^{}]*\}", "#", f"{text.question} {' '.join(text.solution)}")
        assert re.search(r"\u00a0\?", whole)
        assert not re.search(r"[^\u00a0][?!:;]", whole), whole


def test_spanish_questions_open_with_an_inverted_mark() -> None:
    for text in load_texts("es").values():
        assert text.question.count("¿") == text.question.count("?") == 1


def test_chinese_punctuation_is_full_width() -> None:
    for text in load_texts("zh").values():
        whole = f"{text.question}{''.join(text.solution)}"
        assert not re.search(r"[,.?!;: ]", re.sub(r"\{[^{}]*\}", "", whole)), whole
        assert text.question.endswith("？")


@pytest.mark.parametrize("names", [GIRLS, BOYS])
def test_name_lists_are_parallel_and_distinct(names: dict[str, tuple[str, ...]]) -> None:
    assert set(names) == set(LANGUAGES)
    assert {len(set(listed)) for listed in names.values()} == {len(names["en"])}
    assert len(names["en"]) >= 12
    assert not [name for name in names["fr"] if name[0] in "AEIOUYHÉÈ"]
    assert not [name for name in names["es"] if name[0] in "IYÍ" or name.startswith("Hi")]
    assert not [name for name in names["en"] if name.endswith("s")]


def _english() -> dict[str, str]:
    folder = resources.files("ultralink_data.starter").joinpath("texts")
    names = [file.name for file in folder.iterdir() if re.fullmatch(r"math_.*en\.toml", file.name)]
    return {name: folder.joinpath(name).read_text(encoding="utf-8") for name in sorted(names)}


def test_a_template_with_texts_in_two_files_is_refused() -> None:
    english = _english()
    message = r"again_en\.toml: 'age_gap' has a text in math_en\.toml already"
    with pytest.raises(ValueError, match=message):
        parse_texts("en", {**english, "math_again_en.toml": english["math_en.toml"]})


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[apples_bowl]", "[pears_bowl]", "'apples_bowl' has no text"),
        ("[apples_bowl]", "[extra]\nquestion = ''\n[apples_bowl]", "unknown template 'extra'"),
        ("question = ", "questoin = ", "'apples_bowl'.*questoin"),
        ("{a} red", "{q} red", r"'apples_bowl', question: unknown placeholder \{q\}"),
        ("{a} red", "some red", r"'apples_bowl', question: must show \{a\} exactly once, found 0"),
        ("{a} red", "{a red", "'apples_bowl', question: a brace belongs to no placeholder"),
        ("{a} red", "{a} red and 3", "'apples_bowl', question: a digit outside"),
        ("{b:gets|get}", "{b:get}", r"'bus_stop', question: \{b:get\} must have 2 forms"),
        ("{x=} apples", "{a} apples", r"'apples_bowl', solution\[0\]: must show \{x=\}"),
        ('apples."]', 'apples.", "So."]', "'apples_bowl', solution: must have 1 sentences, got 2"),
        ("[apples_bowl]", "[apples_bowl", "not valid TOML"),
    ],
)
def test_a_broken_text_file_is_named_with_template_and_field(
    old: str, new: str, message: str
) -> None:
    contents = _english()
    content = contents["math_en.toml"].replace(old, new, 1)
    assert content != contents["math_en.toml"]
    with pytest.raises(ValueError, match=rf"math_en\.toml\b.*: .*{message}|_en\.toml: {message}"):
        parse_texts("en", {**contents, "math_en.toml": content})


@pytest.mark.parametrize(
    ("split", "count", "closings", "message"),
    [
        ("test", 1, CLOSINGS, "split must be one of train, held_out, got 'test'"),
        ("train", 0, CLOSINGS, "must be >= 1, got 0"),
        ("train", 1, {**CLOSINGS, "zh": "答案"}, "'zh', got '答案'"),
        ("train", 1, {"en": CLOSINGS["en"]}, "'zh', got None"),
    ],
)
def test_wrong_arguments_are_refused_with_their_value(
    split: str, count: int, closings: dict[str, str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        math_problems(0, split, count, closings)


@pytest.mark.parametrize("text", ["x = a", "x = a ^ b", "x := a + b"])
def test_an_equation_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must look like"):
        Equation.parse(text)


def test_division_with_a_remainder_has_no_result() -> None:
    assert Equation.parse("x = a / b").solve({"a": 7, "b": 2}) is None
    assert Equation.parse("x = a / b").solve({"a": 8, "b": 2}) == 4
