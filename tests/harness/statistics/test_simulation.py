"""The fast form of benchmarks/statistics_simulation.py: fixed seeds, a few seconds.

With 600 draws a share of 95 % has a standard error of 0.9 points, which the bounds allow for.
"""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "statistics_simulation.py"


@pytest.fixture(scope="module")
def simulation():
    spec = importlib.util.spec_from_file_location("statistics_simulation", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def run(simulation, kind, spread, effect=0.0, by_problem=0.3, reps=600, problems=80, **clusters):
    scenario = simulation.Scenario(
        kind=kind,
        seeds=3,
        problems=problems,
        spread=spread,
        by_problem=by_problem,
        effect_errors=effect,
        **clusters,
    )
    return simulation.simulate(scenario, reps, seed=1)


@pytest.mark.parametrize("effect", [0.0, -4.0])
@pytest.mark.parametrize(
    ("kind", "spread"), [("bpb", 1.0), ("bpb", 5.0), ("bpb", 10.0), ("accuracy", 1.0)]
)
def test_intervals_cover_and_seldom_call_identical_data_worse(simulation, kind, spread, effect):
    ours = run(simulation, kind, spread, effect)["two-way"]
    assert 0.92 <= ours.coverage <= 0.98
    if effect == 0:
        assert ours.worse <= 0.045
        assert ours.better <= 0.045


@pytest.mark.parametrize("kind", ["bpb", "accuracy"])
def test_without_between_seed_spread_the_interval_stays_narrow(simulation, kind):
    ours = run(simulation, kind, 0.0, by_problem=1.0 if kind == "accuracy" else 0.5)["two-way"]
    assert 0.93 <= ours.coverage <= 0.99
    assert ours.half_width < 2.4


def test_pooling_and_one_seed_call_identical_data_worse_in_a_third_of_cases(simulation):
    result = run(simulation, "bpb", 7.0)
    assert result["pooled"].worse > 0.33
    assert result["single seed"].worse > 0.33
    assert result["two-way"].worse < 0.045


STARTER = {"problems": 72, "copies": 4, "alike": 0.97, "by_problem": 0.6}


@pytest.mark.parametrize("kind", ["bpb", "accuracy"])
@pytest.mark.parametrize("spread", [0.0, 1.0])
def test_near_copies_are_covered_once_they_are_clusters(simulation, kind, spread):
    found = run(simulation, kind, spread, **STARTER)
    assert 0.925 <= found["two-way"].coverage <= 0.985
    assert found["two-way"].worse <= 0.045
    assert found["no clusters"].coverage < found["two-way"].coverage - 0.01
    if spread == 0:
        assert found["no clusters"].coverage < 0.9
        assert found["no clusters"].worse > 0.05


def test_clusters_of_problems_that_are_not_alike_cost_little(simulation):
    found = run(simulation, "bpb", 1.0, problems=80, copies=2, alike=0.0)
    assert 0.92 <= found["two-way"].coverage <= 0.985
    assert found["two-way"].half_width < 1.1 * found["no clusters"].half_width


def test_normals_are_alike_within_clusters_alone(simulation):
    scenario = simulation.Scenario(
        kind="bpb",
        seeds=3,
        problems=8,
        spread=0.0,
        by_problem=0.5,
        effect_errors=0.0,
        copies=4,
        alike=0.9,
    )
    drawn = scenario.normals(np.random.default_rng(1), 20_000)
    found = np.corrcoef(drawn.T)
    assert drawn.std() == pytest.approx(1, abs=0.02)
    assert found[0, 3] == pytest.approx(0.9, abs=0.02)
    assert found[0, 4] == pytest.approx(0.0, abs=0.03)


def test_a_real_effect_is_found(simulation):
    ours = run(simulation, "bpb", 1.0, effect=-8.0)["two-way"]
    assert ours.worse > 0.95
    assert ours.better == 0


def test_draws_have_the_effect_and_the_error_they_claim(simulation):
    for kind in ("bpb", "accuracy"):
        scenario = simulation.Scenario(
            kind=kind, seeds=3, problems=80, spread=1.0, by_problem=0.3, effect_errors=-2.0
        )
        make = simulation.bpb_draw if kind == "bpb" else simulation.accuracy_draw
        draw, effect, error = make(scenario)
        rng = np.random.default_rng(0)
        means = np.array([np.subtract(*draw(rng)).mean() for _ in range(3000)])
        assert means.mean() == pytest.approx(effect, abs=0.08 * error)
        assert means.std() == pytest.approx(error, rel=0.06)


@pytest.mark.parametrize("spread", [0.5, 2.0, 10.0])
def test_normal_data_is_covered_whatever_the_spread(simulation, spread):
    rng = np.random.default_rng(0)
    assert 0.93 <= simulation.normal_coverage(3, 160, spread, 0.2, 4000, rng) <= 0.985
