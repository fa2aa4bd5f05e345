"""`languages`: what the rows of one language do for the scores in every other.

Each variant trains on fewer languages and is scored in all of them, so the report has a transfer
matrix (`leaderboard.transfer_tables`). Left out is what is tuned on; the base model is the same.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from harness.experiment.ablation import Ablation, Change, MeasuredSides, Variant
from harness.experiment.config import ExperimentConfig
from ultralink_data.errors import ConfigError, unknown_name

if TYPE_CHECKING:
    from leaderboard.table import Table

NAME = "languages"
WHOLE = "every-language"
BUDGET = (
    "Every variant trains the same number of steps: without the rows of one language the others "
    "are seen more often, so a cell is what they gain from that less what they lose with those "
    "rows. With --budget epochs each row is seen equally often, in fewer steps."
)
AVERAGE = (
    "The average over the non-English languages includes the language left out; the column "
    "`others` of the transfer matrix and the table `the other languages` do not."
)


class LanguageParameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the ablation starts from."""

    start: str = ""
    """Language to start from, to which each other one is added; by default each is left out of
    all."""


def _only(codes: tuple[str, ...]) -> Change:
    def change(config: ExperimentConfig) -> ExperimentConfig:
        return msgspec.structs.replace(config, languages=codes)

    return change


def _arrange(
    ablation: Ablation, parameters: LanguageParameters, config: ExperimentConfig
) -> Ablation:
    """The variants for the config's languages: each left out, or each added to one."""
    codes, start = config.languages, parameters.start
    if len(codes) < 2:
        raise ConfigError(
            f"ablation languages with the one language {', '.join(codes)}: no other is left",
            hint="name at least two with --languages",
        )
    if start and start not in codes:
        raise unknown_name("language to start from", start, codes)
    if start:
        reference = f"only-{start}"
        others = [code for code in codes if code != start]
        more = [_variant(f"plus-{code}", f"{start} and {code}", (start, code)) for code in others]
        shown = (_variant(reference, f"only {start}", (start,)), *more)
        singles: list[Variant] = []
    else:
        reference = WHOLE
        less = [
            _variant(f"without-{code}", f"all but {code}", tuple(c for c in codes if c != code))
            for code in codes
        ]
        shown = (Variant(name=WHOLE, label="all languages"), *less)
        # Of two languages, all but one is the other alone.
        singles = [_variant(f"only-{code}", f"only {code}", (code,)) for code in codes]
        singles = singles if len(codes) > 2 else []
    return msgspec.structs.replace(
        ablation,
        variants=(*shown, *singles),
        reference=reference,
        defaults={config.profile: tuple(variant.name for variant in shown)},
    )


def _variant(name: str, label: str, codes: tuple[str, ...]) -> Variant:
    return Variant(name=name, label=label, change=_only(codes))


def _matrices(measured: MeasuredSides) -> Sequence["Table"]:
    """The transfer matrix of every task and metric."""
    from harness.statistics.transfer import transfers
    from leaderboard.transfer_tables import transfer_tables

    config = measured.config
    trained = {v.name: set(v.change(config).languages) for v in measured.variants}
    found = transfers(
        measured.sides,
        measured.variants[0].name,
        trained,
        config.margins,
        verdicts=config.verdicts,
    )
    return transfer_tables(NAME, found)


ABLATION = Ablation(
    name=NAME,
    question="What do the rows of one language do for every other?",
    reference=WHOLE,
    variants=(Variant(name=WHOLE, label="all languages"),),
    caveats=(AVERAGE, BUDGET),
    parameters=LanguageParameters(),
    arrange=_arrange,
    tables=_matrices,
)
