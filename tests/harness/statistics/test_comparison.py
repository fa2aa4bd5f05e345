"""Variant against reference: signs, primary endpoints, when there is a verdict."""

import math

import msgspec
import numpy as np
import pytest

from harness.statistics.comparison import Side, average_cells, effects
from harness.statistics.measured import MeasuredTask
from harness.statistics.verdict import Margins
from tasks import registry
from ultralink_data.errors import DataError

MARGINS = Margins(accuracy=0.05, bpb=0.05)
PROBLEMS = [f"p{n:02d}" for n in range(40)]


def bpb(language, factor, seed, task="starter_math"):
    """Likelihoods around `factor` bits a byte; the noise depends on problem and seed."""
    rng = np.random.default_rng([seed, int(1000 * factor), *language.encode()])
    values = {p: (100 * factor * (1 + 0.01 * rng.standard_normal()), 100.0) for p in PROBLEMS}
    return MeasuredTask(
        task=task,
        language=language,
        metric="bpb",
        values=values,
        outcomes={"scored": len(values)},
        file="",
    )


def accuracy(language, scores, task="starter_math", metric="exact_match", dropped=()):
    values = {p: (float(s),) for p, s in zip(PROBLEMS, scores, strict=False) if p not in dropped}
    correct = sum(int(v[0]) for v in values.values())
    outcomes = {"correct": correct, "wrong": len(values) - correct, "error": len(dropped)}
    return MeasuredTask(
        task=task, language=language, metric=metric, values=values, outcomes=outcomes, file=""
    )


def side(name, *runs):
    return Side(name=name, runs=tuple(tuple(run) for run in runs))


def seeds(make, count=3):
    return [make(seed) for seed in range(count)]


def compared(variant, reference, **options):
    found = effects(side("v", *variant), side("r", *reference), MARGINS, **options)
    return {(e.task, e.language, e.metric): e for e in found}


LANGUAGES = ("en", "zh", "fr")


def smooth(factor, count=3, languages=LANGUAGES, **options):
    return seeds(lambda s: [bpb(lang, factor, s, **options) for lang in languages], count)


def exact(share, count=3, languages=LANGUAGES, **options):
    right = [n < share * len(PROBLEMS) for n in range(len(PROBLEMS))]
    return seeds(lambda s: [accuracy(lang, right, **options) for lang in languages], count)


# What is averaged over languages


def test_scores_without_inconsistent_texts_have_no_average_over_languages():
    """Each language leaves out problems of its own."""
    options = {"task": "humaneval", "metric": "pass@1 (consistent)"}
    variant, reference = exact(0.5, **options), exact(0.25, **options)
    assert {language for _, language, _ in compared(variant, reference)} == set(LANGUAGES)
    assert average_cells(side("v", *variant)) == []


# Signs


def test_fewer_bits_are_a_positive_effect_in_log_ratio():
    found = compared(smooth(0.9), smooth(1.0))
    for effect in found.values():
        assert effect.effect == pytest.approx(math.log(1 / 0.9), abs=0.01)
        assert effect.low < effect.effect < effect.high
        assert (effect.verdict, effect.unit) == ("better", "log-ratio")
        assert effect.variant_value == pytest.approx(0.9, abs=0.01)
        assert effect.reference_value == pytest.approx(1.0, abs=0.01)


def test_more_bits_are_worse():
    found = compared(smooth(1.2), smooth(1.0))
    assert {(e.effect < 0, e.verdict) for e in found.values()} == {(True, "worse")}


def test_more_right_answers_are_a_positive_effect_in_points():
    found = compared(exact(0.75), exact(0.25))
    for effect in found.values():
        assert effect.effect == pytest.approx(0.5)
        assert (effect.verdict, effect.unit) == ("better", "points")


def test_fewer_right_answers_are_worse():
    found = compared(exact(0.25), exact(0.75))
    assert {(e.effect, e.verdict) for e in found.values()} == {(-0.5, "worse")}


def test_swapping_the_sides_turns_the_sign():
    one, other = compared(smooth(0.9), smooth(1.0)), compared(smooth(1.0), smooth(0.9))
    for key, effect in one.items():
        assert other[key].effect == pytest.approx(-effect.effect)
        assert other[key].low == pytest.approx(-effect.high)


def test_identical_runs_have_no_effect_and_are_non_inferior():
    for effect in compared(smooth(1.0), smooth(1.0)).values():
        assert (effect.effect, effect.verdict) == (0.0, "non-inferior")


# Endpoints


def test_primary_is_the_average_over_the_other_languages_alone():
    found = compared(smooth(0.9), smooth(1.0))
    assert [key[1] for key in found] == ["en", "zh", "fr", "non-en"]
    assert [key[1] for key, e in found.items() if e.primary] == ["non-en"]
    others = [found["starter_math", lang, "bpb"].effect for lang in ("zh", "fr")]
    average = found["starter_math", "non-en", "bpb"].effect
    assert average == pytest.approx(np.mean(others), abs=0.003)


def test_english_does_not_enter_the_average():
    worse_in_english = seeds(lambda s: [bpb("en", 2.0, s), bpb("zh", 0.9, s), bpb("fr", 0.9, s)])
    found = compared(worse_in_english, smooth(1.0))
    assert found["starter_math", "en", "bpb"].effect < 0
    assert found["starter_math", "non-en", "bpb"].effect > 0.09


def test_a_second_metric_of_a_task_is_not_primary():
    both = [[*a, *b] for a, b in zip(smooth(1.0), exact(0.5), strict=True)]
    found = compared(both, both)
    assert found["starter_math", "non-en", "bpb"].primary
    assert not found["starter_math", "non-en", "exact_match"].primary


@pytest.mark.parametrize("task", registry.names())
def test_every_task_has_one_primary_metric(task):
    metrics = {registry.get(task).metric, "pass@10", "another"}
    runs = [smooth(1.0, task=task), *(exact(0.5, task=task, metric=name) for name in metrics)]
    both = [[cell for run in same for cell in run] for same in zip(*runs, strict=True)]
    found = [key[2] for key, effect in compared(both, both).items() if effect.primary]
    assert found == [registry.get(task).primary_metric]
    assert found == ["bpb" if task.startswith("starter") else registry.get(task).metric]


def test_english_alone_has_no_average():
    found = compared(smooth(1.0, languages=("en",)), smooth(1.0, languages=("en",)))
    assert list(found) == [("starter_math", "en", "bpb")]


def test_one_other_language_beside_english_has_an_average():
    runs = smooth(0.9, languages=("en", "zh"))
    found = compared(runs, smooth(1.0, languages=("en", "zh")))
    cell, average = (found["starter_math", name, "bpb"] for name in ("zh", "non-en"))
    assert average.primary
    assert (average.effect, average.low) == (cell.effect, cell.low)


def without_verdict(average):
    nothing = (average.low, average.high, average.p_value, average.smallest_detectable)
    return nothing == (None,) * 4 and average.verdict == "language missing"


@pytest.mark.parametrize("swapped", [False, True])
def test_a_primary_endpoint_without_a_language_of_one_side_has_no_verdict(swapped):
    sides = (smooth(0.5, languages=("en", "zh")), smooth(1.0))
    found = compared(*(sides[::-1] if swapped else sides))
    assert [key[1] for key in found] == ["en", "zh", "non-en"]
    average = found["starter_math", "non-en", "bpb"]
    assert without_verdict(average)
    assert (average.primary, average.note) == (True, "without fr")
    assert found["starter_math", "zh", "bpb"].low is not None


@pytest.mark.parametrize("swapped", [False, True])
def test_a_language_that_one_run_of_a_side_lacks_is_not_compared(swapped):
    whole = smooth(1.0)
    partly = [*whole[:2], whole[2][:2]]
    found = compared(whole, partly) if swapped else compared(partly, whole)
    assert [key[1] for key in found] == ["en", "zh", "non-en"]
    assert {effect.n_seeds for effect in found.values()} == {3}
    assert without_verdict(found["starter_math", "non-en", "bpb"])


def test_a_language_of_which_nothing_was_scored_leaves_the_average_of_the_others():
    lost = [
        [accuracy(lang, [1, 0] * 20, dropped=PROBLEMS if lang == "fr" else ()) for lang in run]
        for run in [LANGUAGES] * 3
    ]
    found = compared(lost, exact(0.5))
    assert [key[1] for key in found] == ["en", "zh", "non-en"]
    assert without_verdict(found["starter_math", "non-en", "exact_match"])


def test_an_average_that_english_alone_lacks_has_its_verdict():
    found = compared(smooth(0.9, languages=("zh", "fr")), smooth(1.0))
    assert found["starter_math", "non-en", "bpb"].verdict == "better"


def test_nothing_in_common_gives_nothing():
    assert compared(smooth(1.0), exact(0.5)) == {}


# Seeds and verdicts


@pytest.mark.parametrize(("count", "word"), [(1, "single seed"), (2, "too few seeds")])
def test_under_three_seeds_there_is_an_estimate_and_no_verdict(count, word):
    for effect in compared(smooth(0.9, count), smooth(1.0, count)).values():
        assert effect.effect == pytest.approx(0.105, abs=0.01)
        assert (effect.n_seeds, effect.verdict) == (count, word)
        nothing = (effect.low, effect.high, effect.p_value, effect.p_holm, effect.power)
        assert nothing == (None,) * 5
        assert effect.smallest_detectable is None


def test_the_side_with_fewer_seeds_decides():
    found = compared(smooth(0.9, 5), smooth(1.0, 2))
    assert {(e.n_seeds, e.verdict) for e in found.values()} == {(2, "too few seeds")}


def test_without_verdicts_no_interval_is_given():
    for effect in compared(smooth(0.9), smooth(1.0), verdicts=False).values():
        assert (effect.verdict, effect.low, effect.p_value) == ("no margin", None, None)


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize(("share", "word"), [(0.0, "floor"), (1.0, "ceiling")])
def test_floors_of_few_seeds_print_no_interval(count, share, word):
    for effect in compared(exact(share, count), exact(share, count)).values():
        assert (effect.verdict, effect.effect) == (word, 0)
        assert (effect.low, effect.high, effect.smallest_detectable, effect.power) == (None,) * 4


def test_floor_and_ceiling_give_no_verdict_and_no_p_value():
    for share, word in ((0.0, "floor"), (1.0, "ceiling")):
        for effect in compared(exact(share), exact(share)).values():
            assert (effect.verdict, effect.p_value, effect.p_holm) == (word, None, None)


def test_a_fall_to_the_floor_is_worse():
    found = compared(exact(0.0), exact(0.75))
    assert {e.verdict for e in found.values()} == {"worse"}


@pytest.mark.parametrize(
    ("variant", "reference", "is_floor"), [(0.075, 0.025, True), (0.025, 0.075, False)]
)
def test_the_reference_s_score_decides_whether_the_margin_can_be_failed(
    variant, reference, is_floor
):
    sides = (exact(share, languages=("zh",)) for share in (variant, reference))
    (effect,) = compared(*sides).values()
    assert effect.low < 0 < effect.high
    assert effect.reference_value == pytest.approx(reference)
    assert (effect.verdict == "floor") == is_floor


# What could not be scored


def test_problems_that_one_side_did_not_score_are_dropped_and_noted():
    some = exact(0.5, languages=("zh",), dropped=("p00", "p39"))
    (effect,) = compared(some, exact(0.5, languages=("zh",))).values()
    assert (effect.n_problems, effect.n_left_out, effect.effect) == (38, 2, 0.0)
    assert effect.note == "2 problems not scored on both sides"


def test_a_problem_dropped_in_one_language_leaves_the_average_whole():
    runs = exact(0.5, languages=("en", "zh"))
    broken = [[*run, accuracy("fr", [1] * 40, dropped=("p01",))] for run in runs]
    found = compared(broken, broken)
    assert found["starter_math", "non-en", "exact_match"].n_problems == 39
    assert found["starter_math", "zh", "exact_match"].n_problems == 40
    assert found["starter_math", "zh", "exact_match"].note == ""


def test_fewer_than_two_common_problems_give_no_effect():
    one = [[accuracy("zh", [1])] for _ in range(3)]
    assert compared(one, one) == {}


# Families


def test_holm_is_over_the_languages_and_not_over_their_average():
    found = compared(exact(0.25), exact(0.75))
    cells = [found["starter_math", lang, "exact_match"] for lang in LANGUAGES]
    assert all(cell.p_holm is not None for cell in cells)
    assert found["starter_math", "non-en", "exact_match"].p_holm is None


@pytest.mark.parametrize(("factor", "worse"), [(1.002, True), (0.998, False)])
def test_the_one_sided_p_is_half_of_the_two_sided_one_on_the_side_of_worse(factor, worse):
    (cell,) = compared(smooth(factor, languages=("zh",)), smooth(1.0, languages=("zh",))).values()
    assert 1e-9 < cell.p_value < 0.9
    assert (cell.effect < 0) == worse
    assert cell.p_holm == pytest.approx(cell.p_value / 2 if worse else 1 - cell.p_value / 2)


def test_holm_weighs_the_smallest_of_two_p_twice():
    variant = seeds(lambda s: [bpb("en", 1.002, s), bpb("zh", 1.003, s)])
    cells = compared(variant, smooth(1.0, languages=("en", "zh")))
    low, high = sorted((e for e in cells.values() if e.p_holm is not None), key=lambda e: e.p_value)
    assert low.p_holm == pytest.approx(low.p_value)
    assert high.p_holm == pytest.approx(max(low.p_value, high.p_value / 2))


def test_holm_adjusts_the_one_sided_p_of_worse():
    mixed = seeds(lambda s: [bpb("en", 1.0, s), bpb("zh", 1.003, s), bpb("fr", 0.9, s)])
    found = compared(mixed, smooth(1.0))
    better = found["starter_math", "fr", "bpb"]
    assert better.p_value < 1e-6
    assert better.p_holm > 0.99


def test_effects_are_records_that_json_can_hold():
    for effect in compared(exact(0.0), exact(0.75)).values():
        again = msgspec.json.decode(msgspec.json.encode(effect), type=type(effect))
        assert again == effect


# Averages of one side


def test_the_average_score_is_over_the_other_languages():
    runs = seeds(
        lambda s: [accuracy("en", [1] * 40), accuracy("zh", [0] * 40), accuracy("fr", [1, 0] * 20)]
    )
    (cell,) = average_cells(side("v", *runs))
    assert (cell.language, cell.value, cell.n) == ("non-en", 0.25, 40)
    assert cell.samples == 3 * 2 * 40


@pytest.mark.parametrize("languages", [("en", "zh"), ("zh", "en"), ("en",), ("zh",)])
def test_an_average_score_stands_exactly_where_an_average_effect_does(languages):
    one = exact(0.0, languages=languages)
    averages = [e for e in compared(one, one).values() if e.language == "non-en"]
    cells = average_cells(side("v", *one))
    assert len(cells) == len(averages) == (len(languages) > 1)
    assert all((cell.note, cell.value) == ("floor", 0) for cell in cells)


def test_the_average_names_its_metric_bounds_and_outcomes():
    metrics = {"exact_match": exact(0.5), "bpb": smooth(0.5)}
    for metric, runs in metrics.items():
        (cell,) = average_cells(side("v", *runs))
        assert (cell.task, cell.language, cell.metric) == ("starter_math", "non-en", metric)
        assert cell.higher_is_better is (metric == "exact_match")
        assert cell.value == pytest.approx(0.5, abs=0.01)
        assert cell.interval.low < cell.value < cell.interval.high
        assert cell.standard_error > 0
        assert (cell.n, cell.samples, cell.note, cell.sample_file) == (40, 240, "", "")
    (cell,) = average_cells(side("v", *exact(0.25)))
    assert cell.outcomes == {"correct": 60, "wrong": 180}


@pytest.mark.parametrize(("share", "note"), [(0.0, "floor"), (1.0, "ceiling"), (0.5, "")])
def test_an_average_at_a_bound_is_marked(share, note):
    (cell,) = average_cells(side("v", *exact(share)))
    assert cell.note == note


def test_bits_at_one_a_byte_are_no_ceiling():
    values = dict.fromkeys(PROBLEMS, (100.0, 100.0))
    run = [msgspec.structs.replace(bpb(name, 1.0, 0), values=values) for name in ("zh", "fr")]
    (cell,) = average_cells(side("v", run))
    assert (cell.note, cell.value) == ("", 1.0)


def test_an_average_counts_other_tasks_and_metrics_nowhere():
    both = [
        [*a, *b, *c]
        for a, b, c in zip(smooth(1.0), exact(0.5), exact(1.0, task="mgsm"), strict=True)
    ]
    cells = {(c.task, c.metric): c for c in average_cells(side("v", *both))}
    assert [cell.samples for cell in cells.values()] == [240] * 3
    assert cells["mgsm", "exact_match"].outcomes == {"correct": 240}
    assert cells["starter_math", "bpb"].outcomes == {"scored": 240}


def test_an_effect_names_its_sides_and_scores_both():
    for effect in compared(exact(0.75), exact(0.25)).values():
        assert (effect.task, effect.metric) == ("starter_math", "exact_match")
        assert (effect.variant, effect.reference) == ("v", "r")
        assert (effect.variant_value, effect.reference_value) == (0.75, 0.25)
        assert effect.variant_interval.low < 0.75 < effect.variant_interval.high
        assert effect.reference_interval.low < 0.25 < effect.reference_interval.high
        assert (effect.margin, effect.n_problems, effect.n_seeds) == (0.05, 40, 3)
        assert 0 < effect.power < 1
        assert effect.smallest_detectable > 0


def test_each_scale_has_its_own_margin():
    margins = Margins(accuracy=0.03, bpb=0.07)
    for runs, margin in ((exact(0.5), 0.03), (smooth(1.0), 0.07)):
        found = effects(side("v", *runs), side("r", *runs), margins)
        assert {effect.margin for effect in found} == {margin}


def test_without_verdicts_effect_and_scores_stay():
    shown, hidden = (
        compared(smooth(0.9), smooth(1.0)),
        compared(smooth(0.9), smooth(1.0), verdicts=False),
    )
    gone = ("low", "high", "p_value", "p_holm", "smallest_detectable", "power", "verdict")
    for key, effect in hidden.items():
        assert [getattr(effect, name) for name in gone[:-1]] == [None] * 6
        kept = {name: getattr(effect, name) for name in gone}
        assert msgspec.structs.replace(shown[key], **kept) == effect


def test_notes_count_what_either_side_left_out_in_any_language():
    one = [[accuracy("zh", [1] * 40, dropped=("p00",)), accuracy("fr", [1, 0] * 20)]]
    other = [[accuracy("zh", [0, 1] * 20), accuracy("fr", [1] * 40, dropped=("p01", "p02"))]]
    found = compared(one, other)
    notes = {key[1]: effect.note for key, effect in found.items()}
    assert notes == {
        "zh": "1 problems not scored on both sides",
        "fr": "2 problems not scored on both sides",
        "non-en": "3 problems not scored on both sides",
    }


# Clusters


def clustered(runs, size):
    """The same runs, with problems in clusters of `size`."""
    names = {name: f"t{place // size}" for place, name in enumerate(PROBLEMS)}
    return [[msgspec.structs.replace(m, clusters=names) for m in run] for run in runs]


def test_near_copies_count_as_one_problem_in_every_number():
    templates = [1, 0, 1, 1, 0, 1, 0, 0, 1, 1]
    copied = [right for right in templates for _ in range(4)]
    other = [right for right in [1, 0, 0, 1, 0, 0, 1, 0, 1, 0] for _ in range(4)]
    sides = [seeds(lambda s, r=right: [accuracy("zh", r)]) for right in (copied, other)]
    (naive,) = compared(*sides).values()
    (found,) = compared(*(clustered(side, 4) for side in sides)).values()
    assert (found.n_problems, found.n_clusters, naive.n_clusters) == (40, 10, 40)
    assert found.effect == naive.effect == pytest.approx(0.2)
    assert found.high - found.low > 1.7 * (naive.high - naive.low)
    assert found.smallest_detectable > 1.7 * naive.smallest_detectable
    assert found.p_value > naive.p_value
    width = found.variant_interval.high - found.variant_interval.low
    assert width > 1.7 * (naive.variant_interval.high - naive.variant_interval.low)


@pytest.mark.parametrize("metric", ["exact_match", "bpb"])
def test_clusters_of_one_change_nothing(metric):
    make = {
        "exact_match": lambda: (exact(0.5), exact(0.25)),
        "bpb": lambda: (smooth(0.9), smooth(1.0)),
    }
    sides = make[metric]()
    assert compared(*(clustered(side, 1) for side in sides)) == compared(*sides)


def test_a_cluster_counts_once_however_many_problems_it_has():
    """One cluster of 31 that is right, nine problems of their own that are wrong."""
    names = dict.fromkeys(PROBLEMS[:31], "big")
    runs = [[msgspec.structs.replace(accuracy("zh", [1] * 31 + [0] * 9), clusters=names)]] * 3
    nothing = [[msgspec.structs.replace(accuracy("zh", [0] * 40), clusters=names)]] * 3
    (effect,) = compared(runs, nothing).values()
    assert effect.effect == pytest.approx(0.1)
    assert effect.n_clusters == 10


def test_the_average_over_languages_uses_clusters_too():
    sides = [clustered(side, 4) for side in (smooth(0.9), smooth(1.0))]
    found = compared(*sides)
    assert {(e.n_problems, e.n_clusters) for e in found.values()} == {(40, 10)}
    cells = average_cells(side("v", *sides[0]))
    assert {(cell.n, cell.n_clusters) for cell in cells} == {(40, 10)}


def test_problems_of_one_cluster_alone_have_no_interval():
    runs = clustered(exact(0.5, languages=("zh",)), 40)
    assert compared(runs, runs) == {}


def test_a_problem_in_two_clusters_is_refused():
    runs = exact(0.5, languages=("zh",))
    with pytest.raises(DataError, match=r"^problem p02 is in cluster 't0' in one run and in 't1'"):
        compared(clustered(runs, 4), clustered(runs, 2))


def test_an_average_has_the_direction_of_its_metric():
    runs = exact(0.25)
    lower = [[msgspec.structs.replace(m, lower_is_better=True) for m in run] for run in runs]
    for made, higher in ((runs, True), (lower, False)):
        (cell,) = average_cells(side("v", *made))
        assert cell.higher_is_better is higher
