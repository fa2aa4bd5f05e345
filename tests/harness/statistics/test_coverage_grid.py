"""benchmarks/coverage_grid.py draws what it says, and a few of its cells hold with fixed seeds."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "coverage_grid.py"


@pytest.fixture(scope="module")
def grid():
    spec = importlib.util.spec_from_file_location("coverage_grid", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("chance", [0.02, 0.5, 0.98])
def test_answers_are_right_with_the_chance_of_the_cell(grid, chance):
    cell = grid.GridCell(804, 3, chance, 0.0, 0.0)
    rng = np.random.default_rng(0)
    mean = grid.level(chance)
    drawn = [grid.answers(cell, mean, 0.0, 0.0, rng) for _ in range(40)]
    assert np.mean(drawn) == pytest.approx(chance, abs=0.01)


def test_the_true_effect_is_the_mean_difference_that_is_drawn(grid):
    cell = grid.GridCell(804, 3, 0.2, 1.0, -3.0)
    rng = np.random.default_rng(1)
    drawn = [grid.answers(cell, grid.level(0.2), -0.5, 0.1, rng) for _ in range(60)]
    seen = np.mean([variant.mean() - reference.mean() for variant, reference in drawn])
    expected = grid.true_effect(grid.level(0.2), -0.5, 0.1, rng)
    assert expected < -0.04
    assert seen == pytest.approx(expected, abs=0.006)


@pytest.mark.parametrize(
    ("problems", "seeds", "chance", "spread"),
    [(50, 3, 0.5, 1.0), (164, 3, 0.05, 1.0), (250, 8, 0.98, 0.0), (164, 5, None, 1.0)],
)
def test_cells_with_three_seeds_or_more_are_not_low(grid, problems, seeds, chance, spread):
    cell = grid.GridCell(problems, seeds, chance, spread, 0.0)
    measure = grid.measure_bits if chance is None else grid.measure_answers
    found = measure(cell, 500, np.random.default_rng(2))
    # Two standard errors of 500 draws below the bounds of the grid.
    assert found.coverage >= 0.91
    assert found.worse <= grid.MOST_FALSE + 0.014
    assert not grid.is_low(cell, grid.Measured(0.95, 0.02, 30.0))
    assert grid.is_low(cell, grid.Measured(0.95, 0.04, 30.0))


def test_two_seeds_that_agree_by_chance_cover_too_little(grid):
    """Why two seeds have no interval: the reason stands in the log."""
    cell = grid.GridCell(164, 2, 0.98, 3.0, 0.0)
    assert grid.measure_answers(cell, 300, np.random.default_rng(3)).coverage < 0.95
