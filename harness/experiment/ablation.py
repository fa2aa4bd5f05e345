"""What an ablation is: a question, its variants, and its own data stages."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from harness.engine.stages import STAGES
from harness.experiment.config import ExperimentConfig
from tasks.own_answers import OwnAnswersConfig
from ultralink_data.dialogue import Dialogue
from ultralink_data.errors import unknown_name

if TYPE_CHECKING:
    from harness.progress.display import Display
    from harness.statistics.comparison import Side
    from leaderboard.table import Table

Change = Callable[[ExperimentConfig], ExperimentConfig]
Arrange = Callable[["Ablation", Any, ExperimentConfig], "Ablation"]

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LONGEST_NAME: Final = 100
"""Characters; a folder's name with a profile, a seed or a hash behind it has at most 255."""
_TAKEN: Final = frozenset({"data", *STAGES})
"""Names of nodes and stages that every experiment has."""


def unchanged(config: ExperimentConfig) -> ExperimentConfig:
    """The base configuration as it is."""
    return config


class DataStage(msgspec.Struct, frozen=True, kw_only=True):
    """An ablation's own step between the data of a variant and pruning.

    `run` takes the rows and a config of `config_type` (a `msgspec.Struct`) and returns the rows to
    continue with; it must be deterministic, so a random choice takes its seed from the config. The
    stage's code is the whole file that defines the ablation, the modules of yours and those of
    `ultralink_data`, `tasks` and `train` that it imports, and `modules`, further ones of this
    project; any edit of these makes the stage run again.

    `files` gives the data files and folders that `run` reads with a config, or that the file read
    when it was loaded; their content counts too. A stage that reads another file ends with an
    error (see `harness.engine.watched_reads` for what cannot be seen: Arrow, subprocesses).

    A stage that asks a paid model says with `cost` what it spends at most with a config, in the
    currency of its prices: the plan shows it, and `--max-cost` stops before the first request.

    Raises:
        ValueError: the name is taken by another stage, or not valid for a node.
    """

    name: str
    config_type: type[msgspec.Struct]
    run: Callable[[list[Dialogue], Any], Iterable[Dialogue]]
    modules: tuple[str, ...] = ()
    files: Callable[[Any], Iterable[str | Path]] = lambda config: ()
    cost: Callable[[Any], float] = lambda config: 0.0

    def __post_init__(self) -> None:
        """Check the name."""
        _check_name("stage", self.name)
        if self.name in _TAKEN:
            raise ValueError(f"stage {self.name!r}: this name is taken; choose another")


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """A named change of the base configuration; the name also names files.

    `change` may set `data`, `model`, `train`, `eval` and `languages`. `stages` holds a config for
    each of the ablation's stages that this variant goes through; it skips the others.

    `after` names an earlier variant whose trained model this one goes on from, seed by seed, in
    place of the base: training in rounds. `against` names the variant that this one is compared
    with, if not the ablation's reference; its own name makes it a reference of its own. With
    `answers`, that earlier model answers the questions of the variant's rows, seed by seed, and its
    answers are what is trained on.
    """

    name: str
    label: str
    change: Change = unchanged
    stages: Mapping[str, msgspec.Struct] = {}
    after: str = ""
    against: str = ""
    answers: OwnAnswersConfig | None = None


class MeasuredSides(msgspec.Struct, frozen=True, kw_only=True):
    """What an ablation's own tables are made from, once everything is evaluated.

    `sides` are the measured runs by variant, one run a seed in the order of `config.seeds`;
    `variants` are those that ran, in the ablation's order. `benchmarks` is the folder of benchmark
    files, if the user named one.
    """

    config: ExperimentConfig
    variants: tuple[Variant, ...]
    sides: Mapping[str, "Side"]
    benchmarks: Path | None = None


def no_tables(measured: MeasuredSides) -> Sequence["Table"]:
    """No table beside those that every report has."""
    return ()


class Prepare(msgspec.Struct, frozen=True, kw_only=True):
    """Files that an ablation makes in this process before its stages read them, by a model, say.

    Stages run in processes of their own, which have no API key; `run` gets the store's folder and
    the display. `pending` is false if the files are there; otherwise a dry run stops before it.
    `most` is the most that it may spend, as in `DataStage.cost`, infinite without a limit;
    `limited_by` is the option that sets one. `work` says in words what is to be made, for the plan.
    """

    what: str
    run: Callable[[Path, "Display"], None]
    pending: bool = True
    most: float = 0.0
    limited_by: str = "leave it out"
    work: str = "to be made"


class Ablation(msgspec.Struct, frozen=True, kw_only=True):
    """A question about the data; `reference` is the name of one of `variants`.

    `defaults` are the variants that a profile runs if the user names none; a profile that is not
    listed runs all of them. `stages` run in this order. `tables` makes the ablation's own tables,
    which stand in the report between the primary endpoints and the rest. `file` is where the
    ablation was found; the loader sets it.

    `tasks` are the benchmarks by profile, if the ablation asks others than the profile does.
    `controls` are benchmarks whose kind of rows is the same in every variant: the tables mark them,
    as a difference there is not the effect in question. `caveats` are printed under the tables.

    `parameters` are options that only this ablation has, as a struct with their defaults: `run
    --with NAME=VALUE` sets them. `arrange` gets the ablation, the parameters and the resolved
    config, and returns the ablation to run, with other variants, defaults or caveats, say; its name
    and stages stay (see `harness.experiment.ablation_parameters`). `prepare` makes files that the
    stages read.

    Variants that would train the same model on the same rows are refused, as their difference is
    always 0: equal trainings with one seed are one training. `identical_data` allows them, for
    ablations meant to show that. In a `ladder` a step may change nothing more, as one larger than
    the data: if all variants run, those that repeat another are left out with a warning.

    A language without a row is an error, unless `may_miss_languages`: then it is enough that one
    variant has it, and it stands as MISSING beside those that have not. `given_by` is the option
    that spelled the variants out (`--data`), "" where a file did.

    Raises:
        ValueError: inconsistent names.
    """

    name: str
    question: str
    reference: str
    variants: tuple[Variant, ...]
    defaults: Mapping[str, tuple[str, ...]] = {}
    stages: tuple[DataStage, ...] = ()
    identical_data: bool = False
    ladder: bool = False
    tables: Callable[[MeasuredSides], Sequence["Table"]] = no_tables
    may_miss_languages: bool = False
    given_by: str = ""
    tasks: Mapping[str, tuple[str, ...]] = {}
    controls: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    parameters: msgspec.Struct | None = None
    arrange: Arrange | None = None
    prepare: Prepare | None = None
    file: Path | None = None

    def __post_init__(self) -> None:
        """Check that every name used exists exactly once."""
        _check_name("ablation", self.name)
        names = [variant.name for variant in self.variants]
        stages = {stage.name: stage for stage in self.stages}
        _check_once("variant", names)
        _check_once("stage", [stage.name for stage in self.stages])
        for place, variant in enumerate(self.variants):
            _check_name("variant", variant.name)
            if variant.after:
                _check_one_of(
                    f"variant {variant.name}: after (an earlier variant)",
                    variant.after,
                    names[:place],
                )
            if variant.answers is not None and not variant.after:
                raise ValueError(
                    f"variant {variant.name}: answers are those of an earlier variant's model: "
                    "name it with `after`"
                )
            if variant.against:
                _check_one_of(f"variant {variant.name}: against", variant.against, names)
            if self.ladder and (variant.after or variant.against):
                raise ValueError(
                    f"variant {variant.name}: a ladder leaves out variants, so none can have "
                    "`after` or `against`"
                )
            for name, config in variant.stages.items():
                _check_one_of(f"variant {variant.name}: stage", name, stages)
                kind = stages[name].config_type
                if not isinstance(config, kind):
                    raise ValueError(
                        f"variant {variant.name}: stage {name} takes a {kind.__name__}, "
                        f"got a {type(config).__name__}"
                    )
                _check_plain(f"variant {variant.name}: the config of stage {name}", config)
        _check_one_of("reference", self.reference, names)
        for profile, chosen in self.defaults.items():
            for name in chosen:
                _check_one_of(f"defaults of {profile}: variant", name, names)
        if self.arrange is not None and self.parameters is None:
            raise ValueError("arrange takes `parameters`: a struct, which may be without fields")

    def chosen(self, names: Sequence[str], profile: str) -> tuple[str, ...]:
        """The selected variants: those named, or the profile's, or `("all",)`."""
        return tuple(names) or self.defaults.get(profile, ()) or ("all",)

    def select(self, names: Sequence[str]) -> tuple[Variant, ...]:
        """These variants, in the ablation's order, with those that they build on.

        The reference is always among them, and so is what a variant goes on from (`after`) or is
        compared with (`against`). `all` means every variant.

        Raises:
            ConfigError: an unknown variant; offers the nearest names.
        """
        known = {variant.name: variant for variant in self.variants}
        for name in sorted(set(names) - {*known, "all"}):
            raise unknown_name(f"variant of {self.name}", name, known)
        wanted: set[str] = set()
        todo = [*(known if "all" in names else names), self.reference]
        while todo:
            name = todo.pop()
            if name not in wanted:
                wanted.add(name)
                todo += filter(None, (known[name].after, known[name].against))
        return tuple(variant for variant in self.variants if variant.name in wanted)

    def compared_with(self, variant: Variant) -> str | None:
        """The name of the variant that this one is compared with; None for a reference."""
        other = variant.against or self.reference
        return None if other == variant.name else other


def _check_name(what: str, name: str) -> None:
    if not _NAME.fullmatch(name) or name == "all":
        raise ValueError(
            f"{what} {name!r}: a name is letters, digits, dots and dashes, and never 'all'"
        )
    if len(name) > _LONGEST_NAME:
        raise ValueError(
            f"{what} {name[:20]}...: a name of {len(name)} characters is too long for folders that "
            f"bear it; at most {_LONGEST_NAME}"
        )


def _check_plain(what: str, config: msgspec.Struct) -> None:
    """Check that a stage's config survives JSON, as it is sent to another process."""
    try:
        same = msgspec.convert(msgspec.to_builtins(config), type(config)) == config
    except (TypeError, ValueError) as error:
        raise ValueError(f"{what} cannot be written as JSON: {error}") from error
    if not same:
        raise ValueError(f"{what} changes when it is read back from JSON: {config}")


def _check_once(what: str, names: Sequence[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{what} {name!r} occurs twice")


def _check_one_of(what: str, name: str, known: Iterable[str]) -> None:
    if name not in known:
        raise ValueError(f"{what} {name!r} is unknown; known: {', '.join(known) or 'none'}")
