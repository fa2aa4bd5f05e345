"""What a metric's name says of it: bits per byte or not, averaged over languages or not."""

from typing import Final

from leaderboard.contamination import CLEAN
from tasks.benchmark import BPB_METRICS

CONSISTENT: Final = " (consistent)"
KEPT: Final = " (without replaced items)"


def is_bpb(metric: str) -> bool:
    """Whether a metric is bits per byte (a ratio of sums, lower is better)."""
    return metric.removesuffix(CLEAN) in BPB_METRICS


def is_averaged(metric: str) -> bool:
    """Whether an average over languages makes sense: not if each has problems of its own."""
    return not metric.endswith((CONSISTENT, KEPT))
