"""Measured runs of two variants, drawn: bits per byte that vary, and an accuracy at its floor."""

import numpy as np

from harness.statistics.measured import MeasuredTask
from harness.statistics.score_arrays import ScoredEndpoint

LANGUAGES = ("en", "zh", "es")


def arms_of(
    seeds: int, *, variants: tuple[str, ...] = ("keep-all", "keep-0"), effect: float = 0.1
) -> dict[str, tuple[tuple[MeasuredTask, ...], ...]]:
    """Runs by variant and seed; each variant after the first is `effect` worse than the last."""
    rng = np.random.default_rng(7)
    base = rng.normal(0.5, 0.2, 24)
    sizes = rng.integers(60, 200, 24)
    return {
        variant: tuple(
            tuple(
                task
                for language in LANGUAGES
                for task in _tasks(language, base + place * effect, sizes, rng)
            )
            for _ in range(seeds)
        )
        for place, variant in enumerate(variants)
    }


def scored(arms: dict[str, np.ndarray], problems: int) -> ScoredEndpoint:
    """Scores of these arms, [seed, problem, language], as an endpoint in one language."""
    return ScoredEndpoint(
        task="starter_math",
        metric="bpb",
        language="zh",
        languages=("zh",),
        problems=problems,
        arms=arms,
    )


def drawn_run(rng: np.random.Generator) -> tuple[MeasuredTask, ...]:
    """One run of the same data and problems, with a seed of its own."""
    fixed = np.random.default_rng(7)
    base, sizes = fixed.normal(0.5, 0.2, 24), fixed.integers(60, 200, 24)
    return tuple(t for language in LANGUAGES for t in _tasks(language, base, sizes, rng))


def _tasks(language, logs, sizes, rng):
    bits = sizes * np.exp(logs + rng.normal(0, 0.03) + rng.normal(0, 0.05, len(logs)))
    names = [f"p{n}" for n in range(len(logs))]
    yield MeasuredTask(
        task="starter_math",
        language=language,
        metric="bpb",
        values={n: (float(b), float(s)) for n, b, s in zip(names, bits, sizes, strict=True)},
        outcomes={"scored": len(names)},
        file="",
    )
    yield MeasuredTask(
        task="starter_math",
        language=language,
        metric="exact_match",
        values=dict.fromkeys(names, (0.0,)),
        outcomes={"wrong": len(names)},
        file="",
    )
