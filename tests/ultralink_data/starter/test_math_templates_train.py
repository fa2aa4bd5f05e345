"""The second table of training math templates adds other problems, not the same ones again."""

from collections import Counter

import pytest

from ultralink_data.starter.dialogues import starter_dialogues
from ultralink_data.starter.math import LANGUAGES, load_texts
from ultralink_data.starter.math_templates_table import TEMPLATES
from ultralink_data.starter.math_templates_train import TRAIN
from ultralink_data.starter.starter_config import StarterConfig

NEW = {template.id for template in TRAIN}


def test_the_table_is_part_of_the_training_templates() -> None:
    trained = Counter(template.id for template in TEMPLATES if template.split == "train")
    assert {trained[name] for name in NEW} == {1}


def test_chains_of_operators_vary_and_most_have_three_steps() -> None:
    chains = Counter(tuple(step.operator for step in template.equations) for template in TRAIN)
    assert len(chains) >= 10
    assert sum(template.steps == 3 for template in TRAIN) > len(TRAIN) / 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_three_words_begin_two_questions(language: str) -> None:
    size = 6 if language == "zh" else 3
    starts = Counter[object]()
    for template_id, text in load_texts(language).items():
        if template_id in NEW:
            question = text.question
            starts[question[:size] if language == "zh" else tuple(question.split()[:size])] += 1
    assert max(starts.values()) == 1, starts.most_common(2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_starter_set_has_about_850_math_rows_a_language(language: str) -> None:
    rows = starter_dialogues(0, StarterConfig().per_template, [language])
    # A run of the profile is to take as long as it did with 48 skeletons and 864 rows.
    assert 800 <= sum(row.kind == "math" for row in rows) <= 900
