"""What a mistyped name may stand for: what is meant, and never nonsense."""

import pytest

from ultralink_data.nearest import nearest

TASKS = ["humaneval", "mgsm", "mgsm_rev2", "omgeval", "starter_code", "starter_math"]
CODES = ["ar", "de", "en", "es", "fr", "hi", "ru", "zh"]
FIELDS = ["data.folder", "train.learning_rate", "train.steps", "train.threads", "train"]


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("mgms", TASKS, ["mgsm"]),
        ("MGSM", TASKS, ["mgsm"]),
        ("HumanEval", TASKS, ["humaneval"]),
        ("human-eval", TASKS, ["humaneval"]),
        ("human", TASKS, ["humaneval"]),
        ("starter-math", TASKS, ["starter_math"]),
        ("math", TASKS, ["starter_math"]),
        ("starter", TASKS, ["starter_code", "starter_math"]),
        ("gsm8k", TASKS, []),
        ("banana", TASKS, []),
        ("", TASKS, []),
        ("xx", CODES, []),
        ("ne", CODES, ["en"]),
        ("zhh", CODES, ["zh"]),
        ("ZH", CODES, ["zh"]),
        ("zh-CN", CODES, ["zh"]),
        ("en_US", CODES, ["en"]),
        ("it", CODES, []),
        ("steps", FIELDS, ["train.steps"]),
        ("train.stepz", FIELDS, ["train.steps"]),
        ("learning-rate", FIELDS, ["train.learning_rate"]),
        ("learning_rat", FIELDS, ["train.learning_rate"]),
        ("startr", ["tiny", "starter", "small"], ["starter"]),
        ("none", ["tiny", "starter", "small"], []),
    ],
)
def test_what_is_near(name, known, meant):
    assert nearest(name, known) == meant


def test_a_name_that_differs_less_comes_first():
    assert nearest("cat", ["cart", "cat_", "catalogue", "dog"])[0] == "cat_"


def test_at_most_as_many_as_asked_for():
    known = [f"keep_{n}" for n in range(9)]
    assert len(nearest("keep", known, most=2)) == 2
