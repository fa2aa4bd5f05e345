"""Whether more of a metric is better, where its source does not say so.

Only for metrics whose name has one meaning everywhere; of any other the user says it.
"""

import re
from collections.abc import Collection
from typing import Final

import msgspec

_MORE: Final = frozenset(
    ("acc", "acc_norm", "accuracy", "bleu", "chrf", "exact_match", "f1", "mcc", "win_rate")
)
_LESS: Final = frozenset(
    ("bits_per_byte", "byte_perplexity", "perplexity", "ter", "word_perplexity")
)
_PASS_AT: Final = re.compile(r"pass@\d+")


class Directions(msgspec.Struct, frozen=True, kw_only=True):
    """The metrics of which a user says that more, or less, is better."""

    more: Collection[str] = ()
    less: Collection[str] = ()

    def of(self, metric: str, said: bool | None) -> bool | None:
        """What the source said, else what the user says, else what the name means; or None."""
        name = metric.partition(",")[0].rpartition("/")[2]
        for known, answer in (
            ((metric, name), said),
            (self.more, True),
            (self.less, False),
            (_MORE, True),
            (_LESS, False),
        ):
            if answer is not None and (metric in known or name in known):
                return answer
        return True if _PASS_AT.fullmatch(name) else None


def no_direction(task: str, metric: str) -> str:
    """The note for a number that is left out."""
    return (
        f"{task} {metric}: the file does not say whether more is better "
        f"(--higher-is-better or --lower-is-better {metric})"
    )
