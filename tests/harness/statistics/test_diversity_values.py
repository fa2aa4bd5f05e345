"""The values of a diversity study on sets small enough to count by hand."""

import math

import numpy as np
import pytest
from dialogue_samples import dialogue

from harness.statistics.diversity_config import DiversityConfig
from harness.statistics.diversity_study import GROUPS, group_of, jackknife, study


def row(name, *turns, language="en", source=None):
    return dialogue(name, language, turns=turns, source=source or name)


def values(found):
    return {one.measure: one for one in found.measures}


def test_all_measures_stand_in_order_for_each_language():
    rows = [row("a", "x y", "z w"), row("b", "x y", "z w", language="fr")]
    found = study(rows)
    names = ["distinct-1", "distinct-2", "distinct-3", "distinct-4", "MTLD", "turns/dialogue"]
    names.append("opening entropy")
    assert [(one.language, one.measure) for one in found.measures] == [
        *(("en", name) for name in names),
        *(("fr", name) for name in names),
    ]
    assert found.unpaired == {}
    assert {one.verdict for one in found.measures} == {""}
    assert {(one.against, one.difference) for one in found.measures} == {(None, None)}


def test_one_article_is_measured_whole():
    found = values(study([row("a", "a b c d e", "a b c d f", "a b", "c d")]))
    assert (found["distinct-1"].size, found["distinct-1"].first.value) == (
        14,
        pytest.approx(6 / 14),
    )
    # no n-gram goes over the end of a turn: 4 + 4 + 1 + 1 pairs, of which ab, bc, cd, de, df differ
    assert (found["distinct-2"].size, found["distinct-2"].first.value) == (10, pytest.approx(0.5))
    assert (found["distinct-4"].size, found["distinct-4"].first.value) == (4, pytest.approx(0.75))
    assert (found["turns/dialogue"].size, found["turns/dialogue"].first.value) == (1, 2.0)


def test_openings_are_of_questions_alone_and_their_entropy_is_in_bits():
    rows = [row("a", "who is it", "no one", "who is it", "what is"), row("b", "?", "two words")]
    rows += [row("c", "what is it", "b"), row("d", "who was it", "c")]
    found = study(rows)
    (openings,) = found.openings
    assert (openings.language, openings.side, openings.questions) == ("en", "first", 4)
    assert openings.most == (("who is", 0.5), ("what is", 0.25), ("who was", 0.25))
    assert values(found)["opening entropy"].size == 2  # without the article of two questions


def test_at_most_five_openings_are_shown():
    rows = [row(str(n), f"w{n} is it", "a") for n in range(7)]
    (openings,) = study(rows).openings
    assert len(openings.most) == 5
    assert {share for _, share in openings.most} == {1 / 7}


def test_sides_are_measured_on_the_words_of_the_shorter_without_its_largest_article():
    rows = [row(f"{n}", "a b c d", "e f") for n in range(6)]
    longer = [row(f"{n}", "a b c d g h", "e f i j") for n in range(6)]
    found = values(study(rows, longer))
    assert found["distinct-1"].size == 5 * 6
    assert found["distinct-1"].first.n_problems == found["distinct-1"].against.n_problems == 6
    assert found["distinct-2"].size == 5 * 4


def test_the_difference_is_first_minus_against():
    rows = [row(f"{n}", "a b", "a b", "a b", "a b") for n in range(6)]
    shorter = [row(f"{n}", "a b", "c d") for n in range(6)]
    turns = values(study(rows, shorter))["turns/dialogue"]
    assert (turns.first.value, turns.against.value, turns.difference.value) == (2.0, 1.0, 1.0)
    assert (turns.difference.low, turns.difference.high, turns.verdict) == (1.0, 1.0, "higher")
    back = values(study(shorter, rows))["turns/dialogue"]
    assert (back.difference.value, back.verdict) == (-1.0, "lower")


def test_pairs_are_by_id_whatever_the_order_and_others_are_counted():
    one = [row(f"{n}", "a b", "c d") for n in range(6)] + [row("only", "x", "y", language="ru")]
    other = [row(f"{n}", "a b", "c d") for n in range(7, 2, -1)] + [
        row("z", "x", "y", language="zh")
    ]
    found = study(one, other)
    assert {(m.language, m.first.n_problems) for m in found.measures} == {("en", 3)}
    assert found.unpaired == {"en": 6 + 5 - 2 * 3, "ru": 1, "zh": 1}
    assert [(o.side, o.questions) for o in found.openings] == [("first", 3), ("against", 3)]
    assert study(one, one).unpaired == {}


def test_the_seed_deals_articles_out_in_another_way():
    rows = [row(f"{n}", f"a b w{n // 4}", f"w{n} " * (1 + n % 5)) for n in range(60)]
    first, again, other = (study(rows, config=DiversityConfig(seed=seed)) for seed in (1, 1, 2))
    assert first == again != other
    assert group_of(["x", "y", "x"], 0).tolist() in ([0, 1, 0], [1, 0, 1])
    assert group_of([str(n) for n in range(45)], 0).max() == GROUPS - 1


@pytest.mark.parametrize(("groups", "known"), [(4, False), (5, True)])
def test_an_interval_needs_five_groups(groups, known):
    numbers = [1.0, 2.0, 4.0, 8.0, 16.0][:groups]

    def mean(without):
        kept = [x for place, x in enumerate(numbers) if place != without]
        return sum(kept) / len(kept)

    found = jackknife(mean, groups, 99)
    assert (found.value, found.n_problems, found.n_seeds) == (mean(None), 99, 1)
    assert found.df == groups - 1
    assert math.isnan(found.low) is math.isnan(found.standard_error) is not known
    if known:
        half = 2.776445 * np.std(numbers, ddof=1) / math.sqrt(5)  # t of 4 degrees of freedom
        assert found.high - found.value == pytest.approx(half, rel=1e-5)
        assert found.value - found.low == pytest.approx(half, rel=1e-5)


def test_parts_are_questions_or_answers_or_all():
    rows = [row("a", "q q q", "a b c d")]
    sizes = {
        part: values(study(rows, config=DiversityConfig(part=part)))["distinct-1"].size
        for part in ("all", "questions", "answers")
    }
    assert sizes == {"all": 7, "questions": 3, "answers": 4}
    assert study(rows, config=DiversityConfig(part="answers")).openings == study(rows).openings
