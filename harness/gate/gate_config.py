"""What a gate asks and allows: `gate.toml`, decoded strictly."""

from pathlib import Path
from typing import Final, Literal

import msgspec

from harness.gate.row_faults import REASONS
from harness.options.toml_file import TomlFile
from harness.statistics.decision import FailOn
from tasks import index
from ultralink_data.checking.check_config import check_shares

FILE: Final = "gate.toml"
"""The name that `gate init` writes and that `gate` reads where it finds it."""


class GateLimits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Shares of a cell's rows (of one language and kind) above which the candidate fails.

    Raises:
        ValueError: a share that is not from 0 to 1.
    """

    lost: float = 0.1
    """Rows that a cell may lose."""
    flaws: float = 0.0
    """Lines that are no valid rows, of all lines."""
    contaminated: float = 0.0
    """Problems of a benchmark."""
    control_token: float = 0.0
    """Rows with a control token or thinking in their text."""
    damaged: float = 0.01
    """Rows with a wrong encoding, markup, an escape or an unfilled place in their text."""
    other_language: float = 0.01
    """Rows whose prose is in another language."""
    roles_swapped: float = 0.01
    """Rows whose questions and answers have changed places."""
    refusal: float = 0.05
    """Rows with a short answer that declines, where the baseline's does not."""
    same_words: float = 0.1
    """Rows whose answers got the same words before or after them, as by a change of the prompt."""
    other_answer: float = 0.02
    """Rows whose answer belongs to another question."""
    truncated: float = 0.01
    """Rows with an answer, or a dialogue, of which only a part is left."""
    broken_code: float = 0.01
    """Rows with code that does not parse, or whose fence is gone."""
    wrong_sum: float = 0.01
    """Rows of math with an equation of numbers that does not hold: "3 + 4 = 8"."""
    final_number: float = 0.01
    """Rows with another final number under the same question, or other numbers in it."""
    translation: float = 0.01
    """Rows that fail a check of translations against their English source."""
    culture_specific: float = 0.01
    """Chats of one culture among the culture-agnostic ones, by keywords."""
    duplicate: float = 0.01
    """Copies of other rows."""

    def __post_init__(self) -> None:
        """Check the shares."""
        check_shares(self)


assert set(GateLimits.__struct_fields__) == {"lost", "flaws", *REASONS}


class GateConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of a gate; tuples that are empty stand for what the profile has."""

    profile: str = "starter"
    """The scale of the models that are trained on both datasets."""
    languages: tuple[str, ...] = ()
    """Languages of data and tasks."""
    tasks: tuple[str, ...] = ()
    """Benchmarks."""
    seeds: tuple[int, ...] = ()
    """Training seeds; three or more for a verdict."""
    set: tuple[str, ...] = ()
    """Other settings, as `--set` takes them: "train.steps=80"."""
    against: tuple[str, ...] = msgspec.field(default_factory=index.checked_by_default)
    """Benchmarks whose problems no row may hold."""
    train: Literal["clean", "always", "never"] = "clean"
    """Train only where the checks of rows find nothing ("clean"), "always", or "never"."""
    fail_on: FailOn = FailOn.WORSE
    """What fails: a loss that is proven ("worse"), or one not ruled out ("not-noninferior")."""
    limits: GateLimits = GateLimits()
    """How much of each fault is too much."""


def read_config(path: Path) -> GateConfig:
    """The config in a file.

    Raises:
        PrerequisiteError: there is no such file.
        ConfigError: it is no TOML, or a field is unknown or has a bad value; names file and line.
    """
    return _file(path).decoded(GateConfig)


def place_of(field: str, path: Path) -> str:
    """File and line of a field; the file alone where it has none of that name, or is not there."""
    return _file(path).said((field,)) if path.is_file() else str(path)


def _file(path: Path) -> TomlFile:
    hint = "`ultralink-bench gate init` writes every field with its default"
    return TomlFile(path, "gate settings", hint, hint)
