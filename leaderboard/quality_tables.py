"""The table of how good translations are."""

from collections.abc import Sequence

from leaderboard.table import Table, text_table
from ultralink_data.translation.quality import QualityScore


def score_table(title: str, found: Sequence[QualityScore], human: str) -> Table:
    """chrF by measure and language, with the standard error over texts; `human`: the benchmark."""
    against = {"round_trip": "round trip to English", "human": f"{human}'s human translations"}
    lines = [
        (
            against[score.measure],
            score.language,
            f"{score.texts:,}",
            f"{score.corpus:.1f}",
            f"{score.mean:.1f}",
            f"± {score.standard_error:.1f}" if score.standard_error else "",
            f"{score.failed_checks}" if score.measure == "human" else "",
        )
        for score in found
    ]
    columns = ("against", "language", "texts", "chrF", "mean of texts", "error", "fail a check")
    return text_table(
        title,
        columns,
        lines,
        "chrF2 of the prose, 0 to 100; error: standard error of the mean over texts. Do not "
        "compare languages: chrF depends on the script",
    )
