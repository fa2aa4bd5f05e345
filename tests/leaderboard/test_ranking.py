"""Who is ranked with whom, and in which order."""

import pytest
from score_examples import row

from leaderboard.ranking import UNKNOWN, best_two, rankings
from leaderboard.records import ALL_LANGUAGES, NON_ENGLISH


@pytest.mark.parametrize("field", ["protocol", "judge", "baseline", "task", "metric"])
def test_numbers_of_another_setting_have_a_ranking_of_their_own(field):
    theirs = row("theirs", 0.9, origin="published", **{field: "other"})
    assert [len(one.models) for one in rankings([row("ours", 0.5), theirs])] == [1, 1]


def test_published_numbers_of_the_same_setting_rank_with_ours():
    (ranking,) = rankings([row("ours", 0.5), row("theirs", 0.9, origin="published")])
    assert [(one.place, one.model) for one in ranking.models] == [(1, "theirs"), (2, "ours")]


def test_profiles_never_mix_but_whole_benchmarks_are_one_scale():
    rows = [row("a", 0.1, profile="starter"), row("b", 0.2), row("c", 0.3, profile="paper-lm")]
    names = [sorted(model.model for model in one.models) for one in rankings(rows)]
    assert sorted(names) == [["a"], ["b", "c"]]


def test_a_protocol_that_nobody_states_matches_only_its_own_source():
    rows = [row(str(x), 0.1 * x, protocol=UNKNOWN, source=str(x // 3)) for x in (1, 2, 3)]
    assert sorted(len(one.models) for one in rankings(rows)) == [1, 2]


def test_an_average_needs_every_language_of_the_ranking():
    rows = [row("whole", v, x) for x, v in (("en", 0.9), ("zh", 0.4), ("es", 0.2))]
    rows += [row("part", v, x) for x, v in (("en", 0.9), ("zh", 0.8))]
    (ranking,) = rankings(rows)
    whole, part = ranking.models
    assert ranking.languages == (NON_ENGLISH, ALL_LANGUAGES, "en", "es", "zh")
    assert whole.by_language[NON_ENGLISH].value == pytest.approx(0.3)
    assert whole.by_language[ALL_LANGUAGES].value == pytest.approx(0.5)
    assert whole.by_language[NON_ENGLISH].low is None
    assert (part.place, part.model, set(part.by_language)) == (None, "part", {"en", "zh"})


@pytest.mark.parametrize(
    ("metric", "value"),
    [("exact_match", 2.5), ("perplexity", 2.5), ("bpb", 2.0), ("bpb_prose", 2.0)],
)
def test_bits_per_byte_have_the_geometric_mean_as_in_comparisons(metric, value):
    rows = [row("a", v, x, metric=metric) for x, v in (("es", 1.0), ("zh", 4.0))]
    (ranking,) = rankings(rows)
    average = ranking.models[0].by_language[NON_ENGLISH]
    assert average.value == pytest.approx(value)
    assert average.n == 250


@pytest.mark.parametrize("least", [0.0, -1.0])
def test_bits_without_a_logarithm_are_averaged_all_the_same(least):
    rows = [row("a", v, x, metric="bpb") for x, v in (("es", least), ("zh", 4.0))]
    average = rankings(rows)[0].models[0].by_language[NON_ENGLISH]
    assert average.value == pytest.approx((least + 4) / 2)


def test_an_average_over_unequal_numbers_of_problems_states_none():
    rows = [row("a", 0.5, x, n=n) for x, n in (("es", 13), ("zh", 12))]
    assert rankings(rows)[0].models[0].by_language[NON_ENGLISH].n is None


def test_equal_numbers_share_a_place_and_bits_rank_upwards():
    rows = [
        row(name, v, higher_is_better=False)
        for name, v in zip("abcd", (3, 2, 2, None), strict=True)
    ]
    (ranking,) = rankings(rows)
    assert [(one.place, one.model) for one in ranking.models] == [
        (1, "b"),
        (1, "c"),
        (3, "a"),
        (None, "d"),
    ]


def test_best_and_second_best_are_shared_by_equals():
    assert best_two([1.0, None, 3.0, 3.0, 2.0], True) == ({2, 3}, {4})
    assert best_two([2.0, 2.0], False) == ({0, 1}, set())
    assert best_two([1.0, None], False) == (set(), set())
    assert best_two([None], True) == (set(), set())


def test_bits_are_averaged_as_reports_do_by_ratios():
    values = {"en": 1.0, "zh": 2.0, "ru": 8.0}
    rows = [row("m", v, x, metric="bpb", higher_is_better=False) for x, v in values.items()]
    (ranking,) = rankings(rows)
    (model,) = ranking.models
    assert model.by_language[NON_ENGLISH].value == pytest.approx(4.0)
    assert model.by_language[ALL_LANGUAGES].value == pytest.approx(16 ** (1 / 3))


def test_problems_that_differ_by_language_have_no_average():
    rows = [row("m", 0.5, x, metric="exact_match (without replaced items)") for x in ("zh", "es")]
    (ranking,) = rankings(rows)
    assert ranking.languages == ("es", "zh")


def test_a_stated_average_over_other_languages_is_in_no_place_beside_ours():
    few = [row("few", v, x) for x, v in (("zh", 0.9), ("es", 0.7))]
    few.append(row("few", 0.8, NON_ENGLISH, over=("zh", "es")))
    many = [row("many", v, x) for x, v in (("zh", 0.4), ("es", 0.4), ("ru", 0.1))]
    many.append(row("many", 0.31, NON_ENGLISH, over=("zh", "es", "ru"), low=0.2, high=0.4))
    (ranking,) = rankings(few + many)
    first, second = ranking.models
    assert (first.model, first.place, first.by_language[NON_ENGLISH].value) == ("many", 1, 0.31)
    assert (second.model, second.place) == ("few", None)
    assert NON_ENGLISH not in second.by_language
    kept = [one for one in few + many if one.language != "ru"]
    (over_two,) = rankings(kept)
    found = {one.model: one.by_language[NON_ENGLISH] for one in over_two.models}
    assert (found["few"].value, found["many"].value) == (0.8, pytest.approx(0.4))
    assert found["many"].low is None


def test_averages_alone_are_ranked_by_the_languages_that_they_are_over():
    rows = [
        row("a", 0.8, NON_ENGLISH, over=("zh", "es")),
        row("b", 0.9, NON_ENGLISH, over=("es", "zh")),
        row("c", 0.7, NON_ENGLISH, over=("ru", "fr")),
        row("d", 0.6, ALL_LANGUAGES),
        row("e", 0.5, "zh"),
    ]
    found = [[(m.model, m.place) for m in one.models] for one in rankings(rows)]
    assert sorted(found) == [[("b", 1), ("a", 2)], [("c", 1)], [("d", 1)], [("e", 1)]]


def test_models_of_one_name_in_two_reports_are_two():
    rows = [row("x/keep", v, source="x", run="", record=key) for v, key in ((0.1, "k"), (0.2, "l"))]
    (ranking,) = rankings(rows)
    assert [one.by_language["zh"].value for one in ranking.models] == [0.2, 0.1]
