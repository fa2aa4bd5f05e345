"""Do the intervals of `data diversity` hold? Coverage by simulation, beside a bootstrap.

Articles have a theme: part of a dialogue's words comes from the theme's own words, the rest from a
Zipf vocabulary. Two sets answer the same articles by the same process (no difference), or the
second takes fewer words from the theme (a difference). The truth is the mean of the estimates over
all simulations, so that an interval is judged by its width and place alone.
Run: python -m benchmarks.diversity_intervals [SIMULATIONS]
"""

import sys
from collections.abc import Iterator

import numpy as np

from harness.statistics.diversity_config import DiversityConfig
from harness.statistics.diversity_study import study
from leaderboard.diversity_results import DiversityMeasure
from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.text.diversity import Numbering, expected_distinct, ngrams

ARTICLES, PASSAGES, WORDS = 60, 2, 60
NAMES = ("distinct-1", "distinct-2", "MTLD", "opening entropy")


def text(random: np.random.Generator, theme: int, share: float) -> str:
    """A turn about a theme."""
    common = random.zipf(1.3, WORDS) % 20_000
    own = theme * 100_000 + 50_000 + random.zipf(1.5, WORDS) % 300
    return " ".join(f"w{n}" for n in np.where(random.random(WORDS) < share, own, common))


def dialogues(random: np.random.Generator, themes: np.ndarray, share: float) -> list[Dialogue]:
    """Dialogues about the articles."""
    return [
        Dialogue(
            id=f"a{article}#{passage}",
            language="en",
            kind="chat_specific",
            turns=(text(random, theme, share), text(random, theme, share)),
            provenance=Provenance(source_id=f"a{article}"),
        )
        for article, theme in enumerate(themes)
        for passage in range(PASSAGES)
    ]


def simulated(random: np.random.Generator, share: float) -> tuple[list[Dialogue], list[Dialogue]]:
    """Two sets about the same articles; some themes occur in several of them."""
    themes = random.integers(0, ARTICLES // 2, ARTICLES)
    return dialogues(random, themes, 0.3), dialogues(random, themes, share)


def bootstrap(rows: list[Dialogue], random: np.random.Generator) -> tuple[float, float, float]:
    """Distinct-1 of half of the words, and the ends of a percentile bootstrap over articles."""
    numbering = Numbering()
    articles: dict[str, list[np.ndarray]] = {}
    for row in rows:
        found = [ngrams(numbering.ids(turn.split()), 1) for turn in row.turns]
        articles.setdefault(row.provenance.source_id, []).append(np.concatenate(found))
    items = [np.concatenate(found) for found in articles.values()]
    size = sum(map(len, items)) // 2

    def value(chosen: np.ndarray) -> float:
        drawn = np.concatenate([items[n] for n in chosen])
        counts = np.unique(drawn, return_counts=True)[1]
        return expected_distinct(counts, min(size, len(drawn)))

    whole = value(np.arange(len(items)))
    drawn = [value(random.integers(0, len(items), len(items))) for _ in range(200)]
    return whole, *np.quantile(drawn, (0.025, 0.975))


def coverage(found: list[tuple[float, float, float]], truth: float) -> str:
    """Share of intervals that hold the truth, and their mean half width."""
    inside = np.mean([low <= truth <= high for _, low, high in found])
    half = np.mean([(high - low) / 2 for _, low, high in found])
    return f"{inside:6.1%}  half width {half:.4f}, spread {np.std([x for x, _, _ in found]):.4f}"


def differences(
    measured: list[DiversityMeasure],
) -> Iterator[tuple[str, tuple[float, float, float]]]:
    """Value and interval of each difference."""
    for one in measured:
        if one.difference is not None:
            yield one.measure, (one.difference.value, one.difference.low, one.difference.high)


def main() -> None:
    """Print coverage with and without a difference, and that of a bootstrap."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    for share in (0.3, 0.2):
        found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in NAMES}
        for seed in range(runs):
            one, other = simulated(np.random.default_rng((seed, int(100 * share))), share)
            found_here = study(one, other, DiversityConfig(seed=seed))
            for name, interval in differences(list(found_here.measures)):
                if name in found:
                    found[name].append(interval)
        print(f"second set takes {share:.0%} of its words from the theme, first 30 %, {runs} runs")
        for name, intervals in found.items():
            truth = 0.0 if share == 0.3 else float(np.mean([x for x, _, _ in intervals]))
            print(f"  {name:16} jackknife holds the truth in {coverage(intervals, truth)}")
    drawn = []
    for seed in range(runs):
        random = np.random.default_rng((seed, 7))
        drawn.append(bootstrap(simulated(random, 0.3)[0], random))
    truth = float(np.mean([x for x, _, _ in drawn]))
    print(f"distinct-1 of one set: bootstrap holds the truth in {coverage(drawn, truth)}")


if __name__ == "__main__":
    main()
