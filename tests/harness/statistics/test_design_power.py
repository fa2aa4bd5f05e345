"""The power planner: its answers against draws of the interval that tables print."""

import numpy as np
import pytest

from harness.statistics.design_power import (
    Components,
    Design,
    clusters_needed,
    components_of,
    detectable,
    power_at,
    power_interval,
    seeds_needed,
)
from harness.statistics.estimators import paired_mean
from harness.statistics.power_study import PilotRuns, PowerQuestion, power_report
from harness.statistics.score_arrays import endpoints
from harness.statistics.two_way import MeanSquares, mean_squares
from harness.statistics.verdict import Margins
from tests.harness.statistics.power_runs import arms_of, scored

SPREADS = [(0.02, 0.05, 0.1), (0.0, 0.1, 0.05), (0.05, 0.0, 0.02)]
DESIGNS = [Design(seeds=3, clusters=40), Design(seeds=6, clusters=12)]


def known(spreads: tuple[float, float, float], seen: Design) -> Components:
    seeds, problems, rest = (spread**2 for spread in spreads)
    return Components(
        squares=MeanSquares(
            seeds=seen.clusters * seeds + rest, problems=seen.seeds * problems + rest, residual=rest
        ),
        design=seen,
        df=seen.seeds - 1.0,
        discordant=None,
        same_data=False,
    )


def pilot(squares: tuple[float, float, float], df: float) -> Components:
    """Components of mean squares that three seeds and 39 clusters showed."""
    seeds, problems, residual = squares
    return Components(
        squares=MeanSquares(seeds=seeds, problems=problems, residual=residual),
        design=Design(seeds=3, clusters=39),
        df=df,
        discordant=None,
        same_data=False,
    )


def drawn(spreads: tuple[float, float, float], design: Design, effect: float, rng):
    seeds, problems, rest = spreads
    shape = (design.seeds, design.clusters)
    return (
        effect
        + rng.normal(0, seeds, (design.seeds, 1))
        + rng.normal(0, problems, (1, design.clusters))
        + rng.normal(0, rest, shape)
    )


@pytest.mark.parametrize("spreads", SPREADS)
@pytest.mark.parametrize("design", DESIGNS)
def test_predicted_power_is_that_of_the_printed_interval(spreads, design):
    components = known(spreads, Design(seeds=4, clusters=100))
    effect = detectable(components, design).value
    rng = np.random.default_rng(5)
    zero = np.zeros((design.seeds, design.clusters))
    found = [
        paired_mean(drawn(spreads, design, effect, rng), zero, shares=False).low > 0
        for _ in range(1200)
    ]
    assert power_at(components, design, effect) == pytest.approx(0.8, abs=0.005)
    assert np.mean(found) == pytest.approx(0.8, abs=0.04)


def test_more_seeds_and_more_problems_see_smaller_differences():
    components = known((0.02, 0.05, 0.1), Design(seeds=3, clusters=40))
    reach = [
        detectable(components, Design(seeds=s, clusters=c)).value
        for s, c in ((3, 40), (3, 400), (9, 40), (9, 400))
    ]
    assert reach[0] > reach[1] > reach[3]
    assert reach[0] > reach[2] > reach[3]


@pytest.mark.parametrize("claim", ["difference", "non-inferior"])
def test_needed_seeds_are_the_fewest_that_suffice(claim):
    components = known((0.02, 0.01, 0.05), Design(seeds=3, clusters=60))
    needed = seeds_needed(components, 60, 0.04, 0.8, claim)
    number = int(needed.value)
    assert 3 < number < 20
    assert needed.low <= number <= needed.high
    for seeds, enough in ((number, True), (number - 1, False)):
        reach = detectable(components, Design(seeds=seeds, clusters=60), 0.8, claim).value
        assert (reach <= 0.04) is enough


def test_no_number_of_problems_makes_up_for_the_spread_between_seeds():
    components = known((0.02, 0.05, 0.1), Design(seeds=3, clusters=60))
    assert clusters_needed(components, 3, 0.02, 0.8).value == float("inf")
    assert clusters_needed(components, 3, 0.08, 0.8).value < 200


@pytest.mark.parametrize("squares", [(0.0004, 0.0129, 0.0077), (0.01, 0.08, 0.012)])
@pytest.mark.parametrize("distance", [0.02, 0.03, 0.06, 0.08])
def test_the_interval_of_a_needed_number_holds_it(squares, distance):
    """Where seeds and problems both count, what few seeds see best many seeds may not."""
    components = pilot(squares, df=3.2)
    for claim in ("difference", "non-inferior"):
        seeds = seeds_needed(components, 39, distance, 0.8, claim)
        problems = clusters_needed(components, 3, distance, 0.8, claim)
        assert seeds.low <= seeds.value <= seeds.high
        assert problems.low <= problems.value <= problems.high


def test_so_few_of_the_possible_components_need_less_or_more_than_the_ends():
    components = pilot((0.06, 0.012, 0.008), df=8.0)
    needed = seeds_needed(components, 39, 0.07, 0.8)
    assert 3 < needed.low < needed.value < needed.high < 40
    rng = np.random.default_rng(11)
    chi = np.stack([rng.chisquare(f, 300) / f for f in (8.0, 38, 76)], axis=1)
    drawn_pilots = [pilot(tuple(row), df=8.0) for row in np.array([0.06, 0.012, 0.008]) / chi]

    def enough(seeds: float) -> float:
        design = Design(seeds=int(seeds), clusters=39)
        return float(np.mean([power_at(one, design, 0.07) >= 0.8 for one in drawn_pilots]))

    assert enough(needed.low - 1) < 0.04
    assert enough(needed.low + 1) > 0.01
    assert enough(needed.high + 1) > 0.96
    assert enough(needed.high - 2) < 0.99


def test_the_interval_of_an_answer_holds_the_true_one_and_narrows_with_seeds():
    spreads, rng = (0.03, 0.02, 0.05), np.random.default_rng(2)
    held, widths = {}, {}
    for seeds in (3, 10):
        seen = Design(seeds=seeds, clusters=50)
        truth = detectable(known(spreads, seen), Design(seeds=3, clusters=50)).value
        answers = []
        for _ in range(60):
            squares = mean_squares(drawn(spreads, seen, 0.0, rng))
            pilot = Components(
                squares=squares, design=seen, df=seeds - 1.0, discordant=None, same_data=False
            )
            answers.append(detectable(pilot, Design(seeds=3, clusters=50)))
        held[seeds] = np.mean([a.low <= truth <= a.high for a in answers])
        widths[seeds] = np.median([a.high / a.low for a in answers])
    assert min(held.values()) >= 0.88
    assert widths[3] > 5
    assert widths[10] < 4


def test_an_accuracy_with_few_differing_answers_is_planned_with_its_wider_interval():
    plain = known((0.0, 0.05, 0.08), Design(seeds=3, clusters=40))
    few = Components(
        squares=plain.squares, design=plain.design, df=2.0, discordant=0.02, same_data=False
    )
    design = Design(seeds=3, clusters=40)
    assert detectable(few, design).value >= detectable(plain, design).value
    wide, narrow = (power_interval(c, design, 0.05, "non-inferior").value for c in (few, plain))
    assert wide < narrow


def test_one_arm_gives_the_components_of_two_groups_of_its_seeds():
    rng = np.random.default_rng(0)
    scores = rng.normal(0, 0.1, (40, 200, 1)) + rng.normal(0, 0.3, (1, 200, 1))
    scores = scores + rng.normal(0, 0.05, (40, 1, 1))
    endpoint = scored({"a": scores}, problems=200)
    found = components_of(endpoint, "a")
    seeds, problems, rest = found.parts
    assert found.same_data
    assert seeds == pytest.approx(2 * 0.05**2, rel=0.5)
    assert problems == 0.0  # what all runs of the same data share cancels
    assert rest == pytest.approx(2 * 0.1**2, rel=0.1)


def test_two_arms_give_those_of_their_difference():
    rng = np.random.default_rng(1)
    common = rng.normal(0, 1, (30, 100, 1))
    arms = {"a": common, "b": common + rng.normal(0, 0.1, (1, 100, 1))}
    endpoint = scored(arms, problems=100)
    seeds, problems, rest = components_of(endpoint, "a").parts
    assert problems == pytest.approx(0.01, rel=0.4)
    assert seeds + rest < 1e-12


def test_the_average_leaves_out_english_and_is_primary_for_the_primary_metric():
    found = {(e.metric, e.language): e for e in endpoints(arms_of(seeds=3))}
    average = found["bpb", "non-en"]
    assert average.primary
    assert not found["bpb", "zh"].primary
    assert average.arms["keep-all"].shape == (3, 24, 2)
    assert np.allclose(
        average.table("keep-all"),
        (found["bpb", "zh"].table("keep-all") + found["bpb", "es"].table("keep-all")) / 2,
    )


def test_a_report_has_the_primary_endpoint_first_and_names_what_is_flat():
    sample = PilotRuns(
        source="here",
        profile="starter",
        arms=arms_of(seeds=3),
        reference="keep-all",
        seeds=(0, 1, 2),
    )
    margins = Margins(accuracy=0.02, bpb=0.05)
    report = power_report(sample, PowerQuestion(seeds=3, margins=margins))
    assert report.lines[0].primary
    assert any("exact_match" in name for name in report.flat)
    line = report.lines[0]
    assert line.shows is not None
    assert line.need is not None
    assert line.need.difference == 0.05
    assert line.detects.low < line.detects.value < line.detects.high


def test_a_design_of_half_the_problems_has_half_the_clusters():
    sample = PilotRuns(
        source="here",
        profile="starter",
        arms=arms_of(seeds=3),
        reference="keep-all",
        seeds=(0, 1, 2),
    )
    line = power_report(sample, PowerQuestion(seeds=3, problems=12)).lines[0]
    assert (line.problems, line.clusters) == (12, 12)
    assert line.shows is None
    assert line.need is None


@pytest.mark.parametrize(
    ("changes", "word"),
    [({"seeds": 1}, "seeds"), ({"power": 2.0}, "power"), ({"problems": 1}, "problems")],
)
def test_an_impossible_question_is_refused(changes, word):
    with pytest.raises(ValueError, match=word):
        PowerQuestion(**({"seeds": 3} | changes))
