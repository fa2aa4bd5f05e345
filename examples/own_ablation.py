"""An ablation of your own: do long answers help, or only cost tokens?

    ultralink-bench run --ablation examples/own_ablation.py --profile tiny
    ultralink-bench run --ablation examples/own_ablation.py --set data.folder=FOLDER

One variant drops the longest answers before training. The data stage below is part of this file:
an edit of it runs this stage again, and what its rows really change.
"""

from collections.abc import Iterable

import msgspec

from harness.experiment.ablation import Ablation, DataStage, Variant
from ultralink_data.dialogue import Dialogue


class ShortestConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which share of the rows stays, by the length of their answers in characters."""

    share: float = 0.5


def shortest(rows: list[Dialogue], config: ShortestConfig) -> Iterable[Dialogue]:
    """The rows with the shortest answers, for each language and kind alike."""
    groups: dict[tuple[str, str], list[Dialogue]] = {}
    for row in rows:
        groups.setdefault((row.language, row.kind), []).append(row)
    for group in groups.values():
        group.sort(key=lambda row: (sum(map(len, row.turns[1::2])), row.id))
        yield from group[: max(1, round(len(group) * config.share))]


ABLATION = Ablation(
    name="answer-length",
    question="Do rows with long answers help?",
    reference="whole",
    variants=(
        Variant(name="whole", label="all rows"),
        Variant(
            name="short-half",
            label="the half with the shortest answers",
            stages={"shortest": ShortestConfig(share=0.5)},
        ),
    ),
    stages=(DataStage(name="shortest", config_type=ShortestConfig, run=shortest),),
)
