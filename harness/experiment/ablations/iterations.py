"""`iterations`: SFT in rounds, and what a later round leaves of what earlier ones taught.

A chain is a list of rounds; each goes on from the model of the round before, seed by seed, with a
learning rate that rises and falls anew and the steps of a whole training. All chains and `at-once`
(one round on everything) train the same number of steps in all.

- `slices`: each round on another random part of the rows;
- `languages`: English first, then the other languages, some in each round;
- `kinds`: math, then code, then chats;
- `own`: goes on from the first of `slices`; from the second round on the answers to (some of) the
  slice's questions are the previous model's own. Each is compared with the same round of `slices`.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from harness.experiment.ablation import Ablation, Change, DataStage, MeasuredSides, Variant
from harness.experiment.config import ExperimentConfig
from harness.experiment.own_tables import (
    SEEDS_NOTE,
    PrimaryEndpoint,
    adjusted_cell,
    difference_cell,
    endpoints,
    p_values,
    subject_of,
    tested,
)
from leaderboard.table import Cell, Column, Emphasis, Table, TableRow, label_cells, score_text
from tasks.own_answers import OwnAnswersConfig
from ultralink_data.dialogue import KINDS, Dialogue, Kind
from ultralink_data.errors import ConfigError

if TYPE_CHECKING:
    from harness.statistics.comparison import Side
    from leaderboard.estimate import Estimate

_STAGE: Final = "take"
_WHOLE: Final = "at-once"
_OWN: Final = "own"
_KIND_ROUNDS: Final[tuple[tuple[Kind, ...], ...]] = (
    ("math",),
    ("code",),
    ("chat_specific", "chat_agnostic"),
)


class TakeConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rows of one round: one of several random parts, of some languages and kinds."""

    part: int = 0
    """From 0."""
    parts: int = 1
    languages: tuple[str, ...] = ()
    """All if empty."""
    kinds: tuple[Kind, ...] = KINDS
    seed: int = 0


def take(rows: list[Dialogue], config: TakeConfig) -> Iterable[Dialogue]:
    """The rows of a round; translations of one problem are in the same part."""
    for row in rows:
        if config.languages and row.language not in config.languages:
            continue
        if row.kind in config.kinds and _part(row, config) == config.part:
            yield row


def _part(row: Dialogue, config: TakeConfig) -> int:
    """The random part that a row is in, by its source problem."""
    text = f"{config.seed}/{row.kind}/{row.provenance.source_id}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) % config.parts


class IterationParameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the training is split."""

    rounds: int = 3
    """Rounds of `slices`, `own` and `languages`; `kinds` has three."""
    questions: int = 40
    """Questions of each language and kind that a model answers for its next round."""
    temperature: float = 0.0
    """Sampling temperature of those answers; 0 is greedy."""

    def __post_init__(self) -> None:
        """Refuse a single round, and answers that cannot be asked for."""
        if self.rounds < 2:
            raise ValueError(f"rounds must be at least 2, got {self.rounds}")
        if self.questions < 1:
            raise ValueError(f"questions must be at least 1, got {self.questions}")
        if not 0 <= self.temperature < float("inf"):
            raise ValueError(f"temperature must be >= 0, got {self.temperature}")


class Round(NamedTuple):
    """One round of a chain: its rows, what it teaches, in words and as languages and kinds."""

    rows: TakeConfig
    taught: str
    languages: tuple[str, ...]
    kinds: tuple[Kind, ...]


def _chains(config: ExperimentConfig, rounds: int) -> dict[str, list[Round]]:
    """The rounds of each chain for the config's languages."""
    codes = config.languages
    chains = {
        "slices": [
            Round(TakeConfig(part=n, parts=rounds), f"slice {n + 1}", codes, KINDS)
            for n in range(rounds)
        ],
        "kinds": [
            Round(TakeConfig(kinds=kinds), " and ".join(kinds), codes, kinds)
            for kinds in _KIND_ROUNDS
        ],
    }
    groups = _language_rounds(codes, rounds)
    if len(groups) > 1:
        chains["languages"] = [
            Round(TakeConfig(languages=group), " ".join(group), group, KINDS) for group in groups
        ]
    return chains


def _language_rounds(codes: Sequence[str], rounds: int) -> list[tuple[str, ...]]:
    """English alone, then the other languages in their order, spread over the other rounds."""
    first = ("en",) if "en" in codes else tuple(codes[:1])
    others = [code for code in codes if code not in first]
    left = min(rounds - 1, len(others))
    bounds = [round(n * len(others) / left) for n in range(left + 1)] if left else [0]
    groups = [tuple(others[start:end]) for start, end in pairwise(bounds)]
    return [first, *groups]


def _steps(count: int, parts: int, rounds: int) -> Change:
    """Train `count` of the `parts` equal parts of `rounds` of the config's trainings."""

    def change(config: ExperimentConfig) -> ExperimentConfig:
        steps = config.train.steps
        if steps is None:  # epochs: each round passes as often over its own rows
            return config
        part = max(1, steps * rounds // parts)
        train = msgspec.structs.replace(config.train, steps=part * count)
        return msgspec.structs.replace(config, train=train)

    return change


def _arrange(
    ablation: Ablation, parameters: IterationParameters, config: ExperimentConfig
) -> Ablation:
    """The chains for the config's languages and the number of rounds.

    Raises:
        ConfigError: fewer steps in all than one of the chains has rounds.
    """
    rounds, steps = parameters.rounds, config.train.steps
    if steps is not None and steps * rounds < len(_KIND_ROUNDS):
        raise ConfigError(
            f"train.steps={steps}: {rounds} rounds of it cannot be split into the "
            f"{len(_KIND_ROUNDS)} of kinds",
            hint="set more steps, or more rounds with --with rounds=3",
        )
    label = "everything in one round"
    variants = [Variant(name=_WHOLE, label=label, change=_steps(rounds, rounds, rounds))]
    chains = _chains(config, rounds)
    for chain, listed in chains.items():
        for number, one in enumerate(listed, 1):
            variants.append(
                Variant(
                    name=f"{chain}-{number}",
                    label=f"round {number}: {one.taught}",
                    change=_steps(1, len(listed), rounds),
                    stages={_STAGE: one.rows},
                    after=f"{chain}-{number - 1}" if number > 1 else "",
                )
            )
    answers = OwnAnswersConfig(rows=parameters.questions, temperature=parameters.temperature)
    for number, one in list(enumerate(chains["slices"], 1))[1:]:
        variants.append(
            Variant(
                name=f"{_OWN}-{number}",
                label=f"round {number}: own answers to {one.taught}",
                change=_steps(1, rounds, rounds),
                stages={_STAGE: one.rows},
                after=f"{_OWN}-{number - 1}" if number > 2 else "slices-1",
                against=f"slices-{number}",
                answers=answers,
            )
        )
    names = tuple(v.name for v in variants)
    default = tuple(name for name in names if not name.startswith("kinds"))
    defaults = {"starter": default, "small": default, "tiny": (_WHOLE, f"slices-{rounds}")}
    return msgspec.structs.replace(ablation, variants=tuple(variants), defaults=defaults)


# Tables


def _tables(measured: MeasuredSides) -> Sequence[Table]:
    """For each task: scores by round and language, then what is left of earlier rounds."""
    tables = []
    for endpoint in endpoints(measured):
        tables.append(_scores(measured, endpoint))
        kept = _left(measured, endpoint)
        tables += [kept] if kept.rows else []
    return tables


def _by_chain(measured: MeasuredSides) -> dict[str, list[str]]:
    """The variants of each chain, in the order of the rounds."""
    found: dict[str, list[str]] = {}
    for variant in measured.variants:
        if variant.name != _WHOLE:
            found.setdefault(variant.name.rpartition("-")[0], []).append(variant.name)
    if _OWN in found:  # its first round is that of the slices
        found[_OWN].insert(0, "slices-1")
    return found


def _scores(measured: MeasuredSides, endpoint: PrimaryEndpoint) -> Table:
    """The score of every round in every language."""
    from harness.statistics.contrasts import AskedScore, score

    higher = endpoint.unit == "points"
    rows = []
    for name in (variant.name for variant in measured.variants):
        side = measured.sides[name]
        asked = [endpoint.asked, *((code,) for code in endpoint.languages)]
        found = [score(side, AskedScore(endpoint.task, endpoint.metric, c)) for c in asked]
        cells = [
            Cell(text=score_text(e.value, higher), raw=e.value)
            if e is not None
            else Cell(text="n/a", emphasis="muted")
            for e in found
        ]
        label = next(v.label for v in measured.variants if v.name == name)
        first = name.endswith("-1") or name == f"{_OWN}-2"
        rows.append(TableRow(cells=(Cell(text=name), Cell(text=label), *cells), section=first))
    unit = "%" if higher else "bits per byte, lower is better"
    return Table(
        title=f"iterations: {endpoint.task} by round, {endpoint.metric} ({unit})",
        columns=(
            Column(name="After", wrap=True),
            Column(name="Trained on", wrap=True),
            Column(name="avg", align="right"),
            *(Column(name=code, align="right") for code in endpoint.languages),
        ),
        rows=tuple(rows),
        caption=f"Scores after each round, over all seeds; avg: {' '.join(endpoint.asked)}.",
    )


class _Kept(NamedTuple):
    """How what one round taught stands after the last one."""

    chain: str
    taught: str
    languages: tuple[str, ...]
    first: str
    last: str


def _what_is_kept(measured: MeasuredSides, endpoint: PrimaryEndpoint) -> Iterator[_Kept]:
    """Each earlier round of a chain that teaches the task, and the languages it teaches it in."""
    stages = {v.name: v.stages.get(_STAGE) for v in measured.variants}
    for chain, names in _by_chain(measured).items():
        for name in names[:-1]:
            rows = stages[name]
            assert isinstance(rows, TakeConfig)
            subject = subject_of(endpoint.task)
            if not any(kind.startswith(subject) for kind in rows.kinds):
                continue
            taught = rows.languages or endpoint.asked
            codes = tuple(code for code in endpoint.languages if code in taught)
            if codes:
                label = next(v.label for v in measured.variants if v.name == name)
                yield _Kept(chain, label, codes, name, names[-1])


def _left(measured: MeasuredSides, endpoint: PrimaryEndpoint) -> Table:
    """What each earlier round taught: the score after the last round minus that after it."""
    from harness.statistics.contrasts import AskedScore, difference

    listed = list(_what_is_kept(measured, endpoint))
    found: list[Estimate | None] = []
    for kept in listed:
        sides: tuple[Side, Side] = (measured.sides[kept.last], measured.sides[kept.first])
        asked = AskedScore(endpoint.task, endpoint.metric, kept.languages)
        found.append(difference(*sides, asked))
    rows: list[TableRow] = []
    above: tuple[str, ...] | None = None
    for kept, estimate, p_value in zip(listed, found, p_values(found), strict=True):
        labels = (kept.chain, kept.taught, " ".join(kept.languages))
        cells = (
            *label_cells(labels, above),
            difference_cell(estimate, endpoint.unit, _colour(estimate, p_value)),
            adjusted_cell(p_value),
        )
        rows.append(TableRow(cells=cells, section=above is not None and above[0] != kept.chain))
        above = labels
    return Table(
        title=f"iterations: {endpoint.task}, what is left of earlier rounds ({endpoint.metric}, "
        f"{endpoint.shown_unit})",
        columns=(
            Column(name="Chain"),
            Column(name="Taught in", wrap=True),
            Column(name="Scored in", wrap=True),
            Column(name="Change to the last [95 %]", align="right"),
            Column(name="p", align="right"),
        ),
        rows=tuple(rows),
        caption="The score after the chain's last round minus the score right after the round that "
        "taught it, paired by seed and problem: below 0 it was forgotten. p is Holm-adjusted over "
        "this table.",
        notes=() if any(map(tested, found)) else (SEEDS_NOTE,),
    )


def _colour(found: "Estimate | None", p_value: float | None) -> Emphasis:
    if found is None or p_value is None or p_value >= 0.05:
        return ""
    return "bad" if found.value < 0 else "good"


ABLATION = Ablation(
    name="iterations",
    question="What does a later round of SFT leave of what earlier rounds taught?",
    reference=_WHOLE,
    variants=(Variant(name=_WHOLE, label="everything in one round"),),
    stages=(DataStage(name=_STAGE, config_type=TakeConfig, run=take),),
    caveats=(
        "Every chain trains as many steps as at-once; each round's learning rate rises and falls "
        "anew, so part of a difference to at-once is the schedule.",
    ),
    parameters=IterationParameters(),
    arrange=_arrange,
    tables=_tables,
)
