"""Run records and experiment reports: computed by `harness`, the source of all output.

A `RunRecord` is one evaluated model: its numbers and everything needed to trust and repeat them. An
`ExperimentReport` compares variants over many such records. Both are JSON files, decoded strictly:
an unknown, missing or ill-typed field is an error that names file and field. No field has a
default, so a forgotten one fails where the record is made.

Scales: accuracies run from 0 to 1; `bpb` metrics are bits per UTF-8 byte (lower is better).
"""

from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, TypeVar

import msgspec

from leaderboard.gaps import Gap
from leaderboard.looks import Look
from leaderboard.noise import NoiseFloor
from leaderboard.notebook_view import NotebookView
from leaderboard.record_checks import (
    check_clusters,
    check_counts,
    check_numbers,
    check_parameters,
    check_unique,
)
from leaderboard.record_reading import read_as
from leaderboard.signals import Signal
from leaderboard.table import Table
from ultralink_data import atomic

SCHEMA: Final = 2
"""Version of both file formats; raised when a field is added, dropped or changes meaning."""

NON_ENGLISH: Final = "non-en"
"""Language code of the average over all languages but English (the primary endpoint)."""

ALL_LANGUAGES: Final = "all"
"""Language code of the average over all languages."""

JSON: TypeAlias = Any
"""A JSON value; `Any` because a recursive alias cannot be decoded by msgspec."""


class Interval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A 95 % confidence interval, in the unit of its value."""

    low: float
    high: float

    def __post_init__(self) -> None:
        """Refuse bounds that are in the wrong order or not finite."""
        check_numbers(self, ("low", "high"))
        if self.low > self.high:
            raise ValueError(f"low must be <= high, got {self.low} > {self.high}")


class ScoreCell(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One score: a task, language and metric.

    `language` may be `NON_ENGLISH` or `ALL_LANGUAGES`. `n` counts the scored problems, `n_clusters`
    the groups of near copies that they form (`tasks.benchmark.Problem`), `samples` the rows behind
    them (several per problem with repeated generations or seeds); `outcomes` counts
    how the rows ended (`tasks.benchmark.Outcome`, or `scored` and `truncated` for likelihoods) and
    adds up to `samples`. `value` is None only if no problem was scored. `sample_file` is relative
    to the record's folder, and empty for a cell over several files. `n unknown`: an imported number
    whose source does not say over how many problems it is; the counts are then 0.
    """

    task: str
    language: str
    metric: str
    higher_is_better: bool
    n: int
    n_clusters: int
    value: float | None
    standard_error: float | None
    interval: Interval | None
    outcomes: dict[str, int]
    samples: int
    sample_file: str
    note: Literal["", "floor", "ceiling", "n unknown"]

    def __post_init__(self) -> None:
        """Check that the counts add up and that there is a value exactly if a problem was scored.

        Raises:
            ValueError: they do not; the message names the cell and the numbers that disagree.
        """
        where = f"{self.task}/{self.language}/{self.metric}"
        check_numbers(self, ("value", "standard_error"))
        check_counts(where, self.outcomes)
        total = sum(self.outcomes.values())
        if total != self.samples:
            raise ValueError(
                f"{where}: outcomes add up to {total}, but samples is {self.samples} "
                f"({self.outcomes})"
            )
        if not 0 <= self.n <= self.samples:
            raise ValueError(f"{where}: n must be 0 to samples={self.samples}, got {self.n}")
        check_clusters(where, self.n_clusters, self.n)
        scored = self.n != 0 or self.note == "n unknown"
        if (self.value is None) == scored or (self.n and self.note == "n unknown"):
            raise ValueError(f"{where}: value is {self.value} with n={self.n} problems scored")


class Hardware(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The machine of a run; `accelerator` is the name of the GPU or None."""

    machine: str
    processor: str
    cores: int
    memory_gib: float
    accelerator: str | None


class TokenCount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rows and trained tokens of one language and kind.

    `tokens` counts the tokens with a loss (assistant tokens) over the whole training, so a row seen
    twice counts twice.
    """

    language: str
    kind: str
    rows: int
    tokens: int


class GenerationSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How answers were generated. Temperature 0 is greedy; it and `max_tokens` are per task.

    `thinking` is "on" or "off", by task, where a switch of the chat template was set. What the
    source of an imported record does not say is None, "" or absent.
    """

    temperature: dict[str, float]
    top_p: float | None
    samples_per_problem: int | None
    max_tokens: dict[str, int]
    max_length: int | None
    batch_size: int | None
    dtype: str
    thinking: dict[str, str] = {}


class Imported(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where an imported record comes from: the harness that measured, and its file.

    `file` is a name without its folder, `sha256` that of its bytes, `version` the harness's own, ""
    where the file does not say it.
    """

    harness: str
    version: str
    file: str
    sha256: str


class RunRecord(
    NotebookView, msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """One evaluated model.

    `experiment`, `variant` and `profile` are None for a model from outside an experiment, `seed`
    and `dataset_fingerprint` where its folder does not say how it was trained. `task_versions` and
    `protocols` are by task. `backend` is what ran the model (`hf`, `vllm`), `sandbox` the limits in
    force when programs ran. `started` is ISO 8601 in UTC. `trained` and `steps` describe the
    training; they are empty and None if it is unknown. `at_step` is that of a model from the midst
    of its training, which has no place among those that are compared; None for a whole one.
    `parameters` counts those of the model, None where that is not known. `imported` says which
    other harness measured, None where this one did; what its files do not say is then None or ""
    (a protocol `unknown`), `hardware` and `wall_seconds` too.
    """

    schema: Literal[2]
    kind: Literal["eval"]
    run_id: str
    experiment: str | None
    variant: str | None
    seed: int | None
    profile: str | None
    dataset_fingerprint: str | None
    model_fingerprint: str
    model: str
    task_versions: dict[str, str]
    protocols: dict[str, str]
    prompts_hash: str
    config: dict[str, JSON]
    generation: GenerationSettings
    backend: str
    packages: dict[str, str]
    git_commit: str | None
    git_dirty: bool | None
    hardware: Hardware | None
    sandbox: tuple[str, ...]
    wall_seconds: float | None
    started: str
    command: tuple[str, ...]
    trained: tuple[TokenCount, ...]
    steps: int | None
    cells: tuple[ScoreCell, ...]
    at_step: int | None = None
    parameters: int | None = None
    imported: Imported | None = None

    def __post_init__(self) -> None:
        """Refuse a model without parameters, and two cells of one task, language and metric."""
        check_parameters(self.parameters)
        check_numbers(self, ("wall_seconds",))
        check_unique("cells", ((c.task, c.language, c.metric) for c in self.cells))


class VariantRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A variant of an experiment: its training data (of one seed) and number of steps."""

    name: str
    label: str
    trained: tuple[TokenCount, ...]
    steps: int


class VariantScore(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The score of a variant over all its seeds; the score of one seed is in its record."""

    variant: str
    cell: ScoreCell


class Effect(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One paired comparison, variant against reference; a positive effect is better.

    `unit` is the scale of `effect`, `low`, `high`, `margin` and `smallest_detectable`: `points` is
    an absolute difference of accuracies (0.02 is two points), `log-ratio` the natural logarithm of
    reference bpb over variant bpb (0.01 is about one percent fewer bits), `score` a difference of
    scores that are neither. `low` and `high` are the 95 % interval, `p_value` is two-sided.
    `primary` marks the average over the non-English languages. `verdict` is a value
    of `harness.statistics.verdict.Verdict`. `p_holm` is one-sided, of "worse", and adjusted over
    the languages of the task and metric.
    `n_left_out` counts problems that were scored somewhere, but not in every run of both sides.
    """

    task: str
    language: str
    metric: str
    variant: str
    reference: str
    primary: bool
    n_problems: int
    n_clusters: int
    n_left_out: int
    n_seeds: int
    variant_value: float
    reference_value: float
    variant_interval: Interval | None
    reference_interval: Interval | None
    effect: float
    low: float | None
    high: float | None
    p_value: float | None
    p_holm: float | None
    margin: float | None
    smallest_detectable: float | None
    power: float | None
    verdict: str
    unit: Literal["points", "log-ratio", "score"]
    note: str

    def __post_init__(self) -> None:
        """Refuse values that are not finite, half an interval, and probabilities outside 0 to 1."""
        numbers = ("effect", "low", "high", "margin", "smallest_detectable")
        probabilities = ("p_value", "p_holm", "power")
        check_numbers(self, (*numbers, *probabilities, "variant_value", "reference_value"))
        where = f"{self.task}/{self.language}/{self.metric}"
        check_clusters(where, self.n_clusters, self.n_problems)
        if (self.low is None) != (self.high is None):
            raise ValueError(f"give both low and high or neither, got {self.low} and {self.high}")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low must be <= high, got {self.low} > {self.high}")
        for name in probabilities:
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 1:
                raise ValueError(f"{name} must be 0 to 1, got {value}")


class ExperimentReport(
    NotebookView, msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """The comparison of the variants of one experiment with its reference.

    `margins` are by scale (`accuracy`, `bpb`); those not fixed are absent. `records` are paths
    relative to the report's folder, `caveats` are sentences that every rendering must show,
    `versions` are package versions. `gaps` is what the comparisons leave out, `looks` are earlier
    reports of the same experiment on other seeds or with other margins. `tables` are those that
    the ablation itself makes, `controls` tasks whose kind of rows is the same in every variant,
    `parameters` those of `--with` (a report from before there were any has none).

    An effect is against `reference`, or against another variant that the ablation named for it.
    `noise` is the reference against itself, if that was asked for; `signals` say which metrics
    tell apart the variants that are compared with `reference`. `checkpoints` are paths as
    `records` are, of models from the midst of the same trainings.
    """

    schema: Literal[2]
    kind: Literal["experiment"]
    experiment: str
    question: str
    profile: str
    reference: str
    variants: tuple[VariantRow, ...]
    seeds: tuple[int, ...]
    config: dict[str, JSON]
    config_hash: str
    margins: dict[str, float]
    effects: tuple[Effect, ...]
    gaps: tuple[Gap, ...]
    looks: tuple[Look, ...]
    scores: tuple[VariantScore, ...]
    records: tuple[str, ...]
    caveats: tuple[str, ...]
    started: str
    command: tuple[str, ...]
    versions: dict[str, str]
    tables: tuple[Table, ...] = ()
    controls: tuple[str, ...] = ()
    parameters: dict[str, JSON] = {}
    noise: NoiseFloor | None = None
    signals: tuple[Signal, ...] = ()
    checkpoints: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check that names are known, no effect is against itself, and no number occurs twice.

        Raises:
            ValueError: a check fails; the message names the offending value.
        """
        names = [variant.name for variant in self.variants]
        check_unique("variants", ((name,) for name in names))
        used = {self.reference, *(s.variant for s in self.scores)}
        used |= {name for effect in self.effects for name in (effect.variant, effect.reference)}
        for effect in self.effects:
            if effect.reference == effect.variant:
                raise ValueError(f"an effect of {effect.variant!r} is against itself")
        if unknown := sorted(used - set(names)):
            raise ValueError(f"{unknown[0]!r} is none of the variants {names}")
        cells = ((s.variant, s.cell.task, s.cell.language, s.cell.metric) for s in self.scores)
        check_unique("scores", cells)
        keys = ((e.variant, e.task, e.language, e.metric) for e in self.effects)
        check_unique("effects", keys)


R = TypeVar("R", RunRecord, ExperimentReport)


def without_times(record: R) -> R:
    """`record` without fields that may differ between two runs of the same work, for comparison.

    Blanked: `started`, `wall_seconds` (the clock), `command` (a resumed run may have another
    command line) and `hardware` (the work may be repeated elsewhere). Everything else must be
    equal: package versions and git state can change numbers, so they count.
    """
    if isinstance(record, ExperimentReport):
        return msgspec.structs.replace(record, started="", command=())
    nowhere = Hardware(machine="", processor="", cores=0, memory_gib=0.0, accelerator=None)
    return msgspec.structs.replace(
        record, started="", wall_seconds=0.0, command=(), hardware=nowhere
    )


def encode(record: RunRecord | ExperimentReport) -> bytes:
    """Indented JSON with a final newline; the same record gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"


def write_record(path: Path, record: RunRecord | ExperimentReport) -> None:
    """Write a run record or report, atomically.

    Raises:
        PrerequisiteError: the disk is full or the folder is not writable.
    """
    atomic.write_bytes(path, encode(record))


def read_record(path: Path) -> RunRecord:
    """Read a run record.

    Raises:
        DataError: no such file, or it is not a run record; the message names file and field.
    """
    return read_as(path, RunRecord, "eval", SCHEMA)


def read_report(path: Path) -> ExperimentReport:
    """Read an experiment report.

    Raises:
        DataError: no such file, or it is not a report; the message names file and field.
    """
    return read_as(path, ExperimentReport, "experiment", SCHEMA)
