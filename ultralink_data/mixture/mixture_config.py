"""A mixture: which datasets a training reads, how much of each, in which order (docs/mixtures.md).

`check` says what is wrong with values that are right one by one.
"""

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from ultralink_data.dialogue import Kind
from ultralink_data.errors import ConfigError
from ultralink_data.seeds import check_seed

Order = Literal["shuffled", "length", "stages"]

MOST: Final = 10**12
"""Of rows, tokens and whatever else is a number here: more than any dataset has."""
MOST_EPOCHS: Final = 100
MOST_PHASES: Final = 1000


class MixtureFault(ConfigError):
    """A value of a mixture that does not fit the others or the data; `place` is where it stands."""

    def __init__(self, place: tuple[str | int, ...], message: str) -> None:
        super().__init__(message, hint="the fields of a mixture: docs/mixtures.md")
        self.place = place


class _MixturePart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class RowBudget(_MixturePart, frozen=True, kw_only=True):
    """How much of each language and kind of a dataset is drawn, in rows or in tokens.

    Of several that fit, the one that names most counts.

    Raises:
        ValueError: not one of `rows` and `tokens`, or one below 0.
    """

    language: str | None = None
    """Code of a language; without it, each language by itself."""
    kind: Kind | None = None
    """Kind of rows; without it, each kind by itself."""
    rows: int | None = None
    """Rows (dialogues)."""
    tokens: int | None = None
    """Most tokens of whole dialogues, as the chat template writes them."""

    def __post_init__(self) -> None:
        """Check that it is one number."""
        if (self.rows is None) == (self.tokens is None):
            raise ValueError(f"give rows or tokens, got rows={self.rows}, tokens={self.tokens}")
        _require("rows", self.rows, at_least=0)
        _require("tokens", self.tokens, at_least=0)


class MixedDataset(_MixturePart, frozen=True, kw_only=True):
    """One dataset of a mixture.

    Raises:
        ValueError: a value out of its range.
    """

    folder: str
    """Folder of release files; a path is relative to that of the mixture's file."""
    name: str = ""
    """What it is called in tables, and before ids of its rows; without it, the folder's name."""
    weight: float | None = None
    """Its share of the mixture, in proportion to the weights of the others."""
    epochs: float | None = None
    """Passes over its rows, after budgets, in one pass over the mixture: 0.5 draws half of them."""
    stage: int | None = None
    """With order `stages`: when it is trained on, 1 being the first."""
    budgets: tuple[RowBudget, ...] = ()
    """How much of a language and kind is drawn; without one, all of it."""

    def __post_init__(self) -> None:
        """Check each value."""
        if any(not (letter.isalnum() or letter in "._-") for letter in self.name):
            raise ValueError(f"name must be letters, digits and . _ -, got {self.name!r}")
        _require("weight", self.weight, at_least=0)
        _require("epochs", self.epochs, at_least=0)
        _require("stage", self.stage, at_least=1)
        if self.epochs is not None and self.epochs > MOST_EPOCHS:
            raise ValueError(f"epochs must be <= {MOST_EPOCHS}, got {self.epochs}")


class Mixture(_MixturePart, frozen=True, kw_only=True):
    """Datasets, the size of one pass over them all, and the order.

    Raises:
        ValueError: no dataset, or a value out of its range.
    """

    datasets: tuple[MixedDataset, ...]
    """What is mixed."""
    rows: int | None = None
    """Rows of one pass; without it and `tokens`, as many as the datasets have after budgets."""
    tokens: int | None = None
    """Most tokens of one pass, in place of `rows`."""
    repeats: int = 1
    """Most times that a row may stand in one pass, for budgets and weights that ask for more than
    there is; `epochs` repeat as they say."""
    order: Order = "shuffled"
    """Shuffled by the seed; from short dialogues to long ones; or by the stages of the datasets.
    Within a phase or stage rows are shuffled, and each pass over the mixture goes through all."""
    phases: int = 8
    """With order `length`: in how many phases, of about equal tokens."""
    seed: int | None = None
    """Of the draw, where not all rows are taken; without it that of `train`, and 0 in `run`."""

    def __post_init__(self) -> None:
        """Check each value."""
        if not self.datasets:
            raise ValueError("datasets is empty: nothing would be trained on")
        for name in ("rows", "tokens", "repeats"):
            _require(name, getattr(self, name), at_least=1)
        if not 2 <= self.phases <= MOST_PHASES:
            raise ValueError(f"phases must be from 2 to {MOST_PHASES}, got {self.phases}")
        if self.seed is not None:
            check_seed(self.seed)

    @property
    def has_shares(self) -> bool:
        """Whether something says how much there is of the whole, not only of each dataset."""
        weighted = any(part.weight is not None for part in self.datasets)
        return weighted or self.rows is not None or self.tokens is not None


class MixedCell(_MixturePart, frozen=True, kw_only=True):
    """Counts of one language and kind of a dataset in one pass over a mixture.

    Of `available` rows `taken` are there, and `repeated` more are copies of these; `tokens` are
    those of whole dialogues as the chat template writes them, copies included.
    """

    dataset: str
    language: str
    kind: Kind
    available: int
    taken: int
    repeated: int
    tokens: int


class Curriculum(_MixturePart, frozen=True, kw_only=True):
    """The order of a mixture as packing needs it: names of the datasets of each stage."""

    order: Order = "shuffled"
    phases: int = 8
    stages: tuple[tuple[str, ...], ...] = ()


def curriculum(mixture: Mixture) -> Curriculum:
    """The order of a mixture; the default where rows are shuffled."""
    if mixture.order == "shuffled":
        return Curriculum()
    if mixture.order == "length":
        return Curriculum(order="length", phases=mixture.phases)
    numbers = sorted({part.stage or 1 for part in mixture.datasets})
    stages = [[part.name for part in mixture.datasets if part.stage == n] for n in numbers]
    return Curriculum(order="stages", stages=tuple(map(tuple, stages)))


def check(mixture: Mixture) -> None:
    """Check the values of a mixture, whose datasets all have names, against each other.

    Raises:
        MixtureFault: two that do not go together.
    """
    if mixture.rows is not None and mixture.tokens is not None:
        raise MixtureFault(("tokens",), "give rows or tokens of a pass, not both")
    weights = [part.weight for part in mixture.datasets]
    for number, part in enumerate(mixture.datasets):
        place = ("datasets", number)
        if part.name in [other.name for other in mixture.datasets[:number]]:
            raise MixtureFault(
                (*place, "name" if part.name else "folder"),
                f"two datasets are called {part.name!r}: give each a name of its own",
            )
        if part.weight is None and any(weight is not None for weight in weights):
            raise MixtureFault(place, f"dataset {part.name} has no weight, and others have one")
        if part.epochs is not None and mixture.has_shares:
            raise MixtureFault(
                (*place, "epochs"),
                "epochs of a dataset and weights, rows or tokens of the whole both say how often "
                "it is seen: give one of them",
            )
        if (part.stage is None) == (mixture.order == "stages"):
            wrong = "is missing" if part.stage is None else "is for order = 'stages'"
            raise MixtureFault(
                place if part.stage is None else (*place, "stage"),
                f"stage of dataset {part.name} {wrong}, and order is {mixture.order!r}",
            )
        _check_budgets(part.budgets, place)
    if not any(weight is None or weight > 0 for weight in weights):
        raise MixtureFault(
            ("datasets", 0, "weight"), "the weights of all datasets sum to 0: no row would be drawn"
        )


def _check_budgets(budgets: Sequence[RowBudget], place: tuple[str | int, ...]) -> None:
    """Refuse two budgets that fit the same rows and name as much of them."""
    for number, one in enumerate(budgets):
        for other in budgets[:number]:
            both = ((one.language, other.language), (one.kind, other.kind))
            as_much = sum(a is not None for a, _ in both) == sum(b is not None for _, b in both)
            if as_much and all(a is None or b is None or a == b for a, b in both):
                raise MixtureFault(
                    (*place, "budgets", number),
                    "two budgets fit the same rows: name both language and kind in one",
                )


def _require(name: str, value: float | None, *, at_least: int) -> None:
    if value is not None and not at_least <= value <= MOST:
        limit = f"<= {MOST:,}" if value > MOST else f">= {at_least}"
        raise ValueError(f"{name} must be {limit}, got {value}")
