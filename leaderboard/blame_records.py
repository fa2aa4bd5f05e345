"""Which changed rows cost a language its score, as `blame` writes it."""

from typing import Literal, TypeAlias

import msgspec

BlameVerdict: TypeAlias = Literal["named", "undecided", "no loss"]


class BlamedLoss(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the new dataset costs, in percent of bits per byte (above 0: it is worse).

    `p` is one-sided, Holm-adjusted over all tasks and languages.
    """

    task: str
    language: str
    percent: float
    low: float
    high: float
    p: float


class BlameSuspect(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changed rows: what they share, and the probability that they are to blame, and no others.

    Two groups together have the second's facets in `beside`; `rows` are of both.
    """

    name: str
    facets: dict[str, str]
    beside: dict[str, str] | None = None
    rows: int
    probability: float


class BlameTraining(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A training without some of the changes: how many, and the bits per byte that came of it."""

    undone: int
    seed: int
    bpb: float


class BlameUndone(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What undoing changes brings: percent of bits saved, with a 95 % interval over trainings.

    `share` is the part of the whole loss that is restored. `left` is what is still lost against
    the old dataset, in percent of bits with its interval; None for the old dataset itself.
    """

    name: str
    rows: int
    trainings: int
    percent: float
    low: float
    high: float
    share: float
    left: tuple[float, float, float] | None = None


class BlameReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The search for the changed rows that cost a score.

    `losses` are all cells, the one that is explained first. `trained` counts all trainings, `made`
    those that this run made, in `seconds` together with their scores. `probability` is that of the
    first suspect together with those that have nearly the same rows; `shared` that two groups share
    the loss, `others` that a group beyond the first did a part of it. `undone` starts with the
    `named` groups together and, if there are two, each.
    """

    schema: Literal[1]
    kind: Literal["blame"]
    verdict: BlameVerdict
    old: str
    new: str
    losses: tuple[BlamedLoss, ...]
    changed: int
    groups: int
    left_out: tuple[str, ...] = ()
    suspects: tuple[BlameSuspect, ...] = ()
    probability: float = 0.0
    shared: float = 0.0
    others: float = 0.0
    named: int = 0
    trainings: tuple[BlameTraining, ...] = ()
    undone: tuple[BlameUndone, ...] = ()
    trained: int
    made: int
    seconds: float
    config: dict[str, object]
    command: tuple[str, ...]
    versions: dict[str, str]
