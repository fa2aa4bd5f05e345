"""The A/A study on drawn data: false alarms by each way of comparing, and the margin."""

import importlib.util
from pathlib import Path

import msgspec
import numpy as np
import pytest
from scipy import stats as scipy_stats

from harness.statistics.aa_study import (
    AACells,
    FalseAlarms,
    SuggestedMargin,
    aa_study,
    group_pairs,
    half_power_margin,
)
from harness.statistics.estimators import log_bpb_scores
from harness.statistics.measured import MeasuredTask

LANGUAGES = ("en", "zh", "es")


def study_cells(seeds=6, seed_sd=0.05, rng_seed=0, problems=60, task="math"):
    rng = np.random.default_rng(rng_seed)
    noise = rng.normal(0, 0.05, (seeds, problems, 3))
    logs = 0.5 + rng.normal(0, 0.2, (1, problems, 1)) + rng.normal(0, seed_sd, (seeds, 1, 3))
    sizes = rng.integers(50, 300, (problems, 3))
    return AACells(
        task=task,
        metric="bpb",
        languages=LANGUAGES,
        scores=log_bpb_scores(sizes * np.exp(logs + noise), sizes),
        higher_is_better=False,
    )


def test_pairs_are_ordered_disjoint_and_complete():
    assert len(list(group_pairs(6, 3))) == 20
    assert len(list(group_pairs(5, 2))) == 30
    assert len(set(group_pairs(5, 1))) == 20
    assert all(not set(a) & set(b) for a, b in group_pairs(6, 3))


@pytest.mark.parametrize(("seeds", "size", "pairs"), [(5, 2, 30), (6, 3, 20)])
def test_group_size_follows_from_the_number_of_seeds(seeds, size, pairs):
    study = aa_study([study_cells(seeds)])
    assert study.group_size == size
    assert study.method("two_way").cells.comparisons == 3 * pairs
    assert study.method("two_way").primary.comparisons == pairs
    assert study.method("single_seed").cells.comparisons == 3 * seeds * (seeds - 1)


def test_pooling_and_one_seed_raise_false_alarms_where_ours_does_not():
    study = aa_study([study_cells(rng_seed=k, task=f"t{k}") for k in range(8)])
    assert study.method("two_way").cells.share < 0.06
    assert study.method("pooled").cells.share > 0.3
    assert study.method("single_seed").cells.share > 0.3


def test_every_false_worse_has_its_mirror():
    cells = study_cells()
    turned = AACells(
        task="math", metric="bpb", languages=LANGUAGES, scores=cells.scores, higher_is_better=True
    )
    for one, other in zip(aa_study([cells]).methods, aa_study([turned]).methods, strict=True):
        assert one.cells.worse == other.cells.worse


def test_cells_at_the_floor_are_not_comparisons():
    scores = np.zeros((6, 40, 3))
    scores[:, :, 0] = np.random.default_rng(0).integers(0, 2, (6, 40))
    cells = AACells(
        task="math", metric="accuracy", languages=LANGUAGES, scores=scores, higher_is_better=True
    )
    study = aa_study([cells])
    assert study.method("two_way").cells.comparisons == 20
    assert study.method("two_way").primary.comparisons == 0


def test_margin_is_at_least_the_noise_and_gives_even_odds():
    seed_means = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5])
    scores = np.repeat(seed_means[:, None], 50, axis=1)
    margin = half_power_margin(scores)
    error = np.sqrt(2 * seed_means.var(ddof=1) / 3)
    rng = np.random.default_rng(0)
    estimated = error * np.sqrt(rng.chisquare(2, 200_000) / 2)
    low = rng.normal(0, error, 200_000) - scipy_stats.t.ppf(0.975, 2) * estimated
    assert (low >= -margin).mean() == pytest.approx(0.5, abs=0.005)
    (suggested,) = aa_study([study_cells()]).margins
    assert suggested.margin == max(suggested.noise_floor, suggested.even_odds)


def test_noise_floor_is_scaled_to_three_seeds():
    five = study_cells(5)
    effects = [
        abs(five.scores[list(a), :, 1:].mean() - five.scores[list(b), :, 1:].mean())
        for a, b in group_pairs(5, 2)
    ]
    expected = np.quantile(effects, 0.975) * np.sqrt(2 / 3)
    assert aa_study([five]).margins[0].noise_floor == pytest.approx(expected)


def test_english_only_has_no_primary_and_no_margin():
    cells = AACells(
        task="math",
        metric="bpb",
        languages=("en",),
        scores=study_cells().scores[:, :, :1],
        higher_is_better=False,
    )
    study = aa_study([cells])
    assert study.margins == ()
    assert np.isnan(study.method("pooled").primary.share)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([], "at least one task"),
        ([study_cells(4)], r"at least 5, got \[4\]"),
        ([study_cells(5), study_cells(6)], r"got \[5, 6\]"),
    ],
)
def test_bad_study_is_refused_with_its_value(cells, message):
    with pytest.raises(ValueError, match=message):
        aa_study(cells)


def test_unknown_method_lists_the_known():
    with pytest.raises(ValueError, match="two_way, pooled, single_seed"):
        aa_study([study_cells()]).method("bootstrap")


def test_scores_of_another_shape_are_refused_with_it():
    one = study_cells()
    flat = msgspec.structs.replace(one, scores=one.scores[:, :, 0])
    with pytest.raises(ValueError, match=r"^math: .* with 3 languages, got shape \(6, 60\)$"):
        aa_study([flat])
    two = msgspec.structs.replace(one, languages=("en", "zh"))
    with pytest.raises(ValueError, match=r"with 2 languages, got shape \(6, 60, 3\)$"):
        aa_study([two])


def test_no_comparison_has_no_share_and_some_have():
    assert np.isnan(FalseAlarms(comparisons=0, worse=0).share)
    assert FalseAlarms(comparisons=8, worse=2).share == 0.25


def test_margins_name_their_task_and_metric():
    study = aa_study([study_cells(task="a"), study_cells(task="b")])
    assert [(m.task, m.metric) for m in study.margins] == [("a", "bpb"), ("b", "bpb")]
    assert study.seeds == 6
    assert [method.method for method in study.methods] == ["two_way", "pooled", "single_seed"]


def test_the_primary_score_is_the_mean_over_the_other_languages():
    """English alone moves: no margin, no difference and no false alarm comes of it."""
    scores = np.zeros((6, 40, 3))
    scores[:, :, 0] = np.arange(6)[:, None]
    scores[:, :, 1] = 1.0
    cells = AACells(
        task="math", metric="accuracy", languages=LANGUAGES, scores=scores, higher_is_better=True
    )
    study = aa_study([cells])
    assert (study.margins[0].noise_floor, study.margins[0].even_odds) == (0.0, 0.0)
    assert study.method("single_seed").primary.comparisons == 0
    alarms = study.method("single_seed").cells
    assert (alarms.comparisons, alarms.worse) == (30, 15)


def test_a_method_is_found_by_its_name():
    study = aa_study([study_cells()])
    assert study.method("pooled") is study.methods[1]
    with pytest.raises(ValueError, match=r"^no method 'x'; known: two_way, pooled, single_seed$"):
        study.method("x")


def test_more_seeds_need_a_smaller_margin():
    scores = np.repeat(np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5])[:, None], 50, axis=1)
    assert half_power_margin(scores) == half_power_margin(scores, 3)
    assert (
        half_power_margin(scores, 3) > half_power_margin(scores, 4) > half_power_margin(scores, 9)
    )


@pytest.fixture(scope="module")
def script():
    path = Path(__file__).parents[3] / "benchmarks" / "aa_study.py"
    spec = importlib.util.spec_from_file_location("aa_study_script", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def suggested(task, metric, margin):
    return SuggestedMargin(
        task=task, metric=metric, noise_floor=0.0, even_odds=margin, margin=margin
    )


def test_the_margins_of_primary_endpoints_are_options_rounded_up(script):
    margins = [
        suggested("starter_math", "bpb", 0.0213),
        suggested("starter_code", "bpb", 0.0151),
        suggested("starter_math", "exact_match", 0.5),
        suggested("mgsm", "exact_match", 0.02),
    ]
    assert script.settings(margins) == ["--set margins.accuracy=0.02", "--set margins.bpb=0.025"]
    assert script.settings(margins[2:3]) == []


@pytest.mark.parametrize("metric", ["exact_match", "bpb"])
def test_records_of_near_copies_are_studied_by_cluster(script, metric):
    names = {f"p{n}": f"t{n // 4}" for n in range(12)}

    def run(seed):
        rng = np.random.default_rng(seed)
        return [
            MeasuredTask(
                task="starter_math",
                language=language,
                metric=metric,
                values={
                    name: (rng.uniform(50, 90), 40.0)
                    if metric == "bpb"
                    else (float(rng.integers(2)),)
                    for name in names
                },
                outcomes={"correct": 12},
                file="",
                clusters=names,
            )
            for language in ("zh", "fr")
        ]

    runs = [run(seed) for seed in range(5)]
    cells = script.cells_of(runs, "starter_math", metric)
    assert cells.scores.shape == (5, 3, 2)
    if metric == "exact_match":
        first = [runs[0][0].values[f"p{n}"][0] for n in range(4)]
        assert cells.scores[0, 0, 0] == pytest.approx(np.mean(first))
