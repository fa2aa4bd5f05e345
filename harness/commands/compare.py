"""`ultralink-bench compare A B ...`: compare runs or models with the first, problem by problem."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec

from harness import show
from harness.commands.deciding import exit_code, policy_of
from harness.comparing.bare_agreement import check_bare
from harness.comparing.compared_margins import margins_of
from harness.comparing.given import GivenSide, Origin
from harness.comparing.lm_eval_agreement import check_lm_eval, with_agreed_languages
from harness.comparing.sides import AskedComparison, asked, check_origins, matched
from harness.experiment.sample_places import measured
from harness.statistics.comparable import check_comparable
from harness.statistics.comparison import About, Side, average_cells, effects, pooled_cells
from harness.statistics.left_out import demonstrated_in, gaps, is_demonstration
from harness.statistics.policy import NO_POLICY, Policy
from harness.statistics.scores import Hit
from harness.statistics.verdict import Margins
from leaderboard.comparison_tables import Compared, ComparedSide, comparison_table
from leaderboard.contamination import contamination_notes, contamination_of
from leaderboard.gaps import Gap
from leaderboard.records import Effect, RunRecord, ScoreCell
from leaderboard.table_files import FORMS, write_tables
from ultralink_data import atomic
from ultralink_data.errors import DataError

NO_FILES: Final[Mapping[str, Path]] = MappingProxyType({})


def compare(arguments: argparse.Namespace) -> int:
    """Print the paired effects of every side against the first.

    A side is a record file, a folder of records, results of lm-eval with samples, or a file of bare
    samples. Runs are matched by seed. With three or more on both sides the table is about the
    recipes that trained them; with one a side it is about these models.
    """
    return print_comparisons(
        arguments.a, arguments, {form: path for form in FORMS if (path := vars(arguments)[form])}
    )


def print_comparisons(
    paths: Sequence[Path], arguments: argparse.Namespace, files: Mapping[str, Path] = NO_FILES
) -> int:
    """Print the tables of these sides and return the exit code that `--fail-on` asks for.

    They are written into `files` too, by form.
    """
    policy = policy_of(arguments)
    for path in files.values():
        atomic.check_writable(path)
    compared = [compare_sides(one, arguments, policy) for one in asked(paths)]
    tables = [comparison_table(one) for one in compared]
    show.print_tables(tables)
    if files:
        show.print_paths(write_tables(tables, files))
    effects = [effect for one in compared for effect in one.labelled_effects]
    left_out = [gap for one in compared for gap in one.labelled_gaps]
    return exit_code(arguments, effects, left_out, policy)


def compare_sides(
    one: AskedComparison, arguments: argparse.Namespace, policy: Policy = NO_POLICY
) -> Compared:
    """The effects of all sides against the first, with everything that stands under the table.

    Raises:
        DataError: the sides do not compare, or share nothing.
        ConfigError: they come from different kinds of source.
    """
    one = msgspec.structs.replace(one, sides=with_agreed_languages(one.sides))
    doubts = _doubts(one.sides)
    margins, said = margins_of(arguments, one.sides, policy)
    first, *others = one.sides
    hit = _hit([record for side in one.sides for record in side.records])
    pairs = [matched(first, other) for other in others]
    found = _Pairs(hit, margins, policy, arguments, _about(pairs))
    for pair in pairs:
        found.add(*pair)
    if not found.effects:
        raise _nothing(one.sides, found.gaps)
    return Compared(
        sides=tuple(
            ComparedSide(name=side.name, described=_described(found.used.get(side.name, side)))
            for side in one.sides
        ),
        effects=tuple(found.effects),
        scores=found.scores,
        gaps=tuple(found.gaps),
        about="models" if found.about is About.MODELS else "recipes",
        of=one.of,
        margin_option=_margin_option(arguments),
        notes=(
            *said,
            *doubts,
            *one.notes,
            *dict.fromkeys(found.notes),
            *(f"left out of {side.name}: {text}" for side in one.sides for text in side.notes),
            *contamination_notes([r for side in found.used.values() for r in side.records]),
        ),
    )


def _margin_option(arguments: argparse.Namespace) -> str:
    """How this command's margins are set: not every command that compares has options for them."""
    if hasattr(arguments, "a"):
        return "--margin-{}=NUMBER"
    return "`{} = NUMBER` under [margins] in a --policy"


class _Pairs:
    """Effects, scores and what is left out, of one pair of sides after the other."""

    def __init__(
        self,
        hit: Hit,
        margins: Margins,
        policy: Policy,
        arguments: argparse.Namespace,
        about: About,
    ) -> None:
        self.hit, self.margins, self.stores = hit, margins, (arguments.runs,)
        self.policy, self.about = policy, about
        self.effects: list[Effect] = []
        self.gaps: list[Gap] = []
        self.notes: list[str] = []
        self.scores: dict[str, tuple[ScoreCell, ...]] = {}
        self.used: dict[str, GivenSide] = {}

    def add(self, reference: GivenSide, variant: GivenSide, notes: Sequence[str]) -> None:
        """Compare two sides whose runs are matched; `notes` is what that left out."""
        self.notes += notes
        a, b = (self._side(side) for side in (reference, variant))
        found = effects(b, a, self.margins, about=self.about, policy=self.policy)
        self.effects += found
        records = [*reference.records, *variant.records]
        shown = [demonstrated_in(record.config) for record in records] or [set()]
        self.gaps += [
            gap for gap in gaps(b, a, found) if not is_demonstration(gap, set.intersection(*shown))
        ]
        for given, side in ((reference, a), (variant, b)):
            before = self.used.get(given.name)
            # The reference stands once, as it is beside the side that shares most seeds with it.
            if before is None or len(before.runs) < len(given.runs):
                self.used[given.name] = given
                self.scores[given.name] = (*average_cells(side), *pooled_cells(side))

    def _side(self, side: GivenSide) -> Side:
        runs = (
            run.measured or measured(run.parts, self.hit, self.stores)  # from records or elsewhere
            for run in side.runs
        )
        return Side(name=side.name, runs=tuple(runs))


def _about(pairs: Sequence[tuple[GivenSide, GivenSide, list[str]]]) -> About:
    """Models, if every pair is one run a side; else one table is about recipes throughout."""
    single = all(len(reference.runs) == 1 for reference, _, _ in pairs)
    return About.MODELS if single else About.RECIPES


def _doubts(sides: Sequence[GivenSide]) -> tuple[str, ...]:
    """Check that the sides compare; what is not known of them.

    Raises:
        DataError: they do not.
        ConfigError: they come from different kinds of source.
    """
    origin = check_origins(sides)
    if origin is Origin.LM_EVAL:
        return check_lm_eval(sides)
    if origin is Origin.SAMPLES:
        return check_bare(sides)
    return check_comparable([record for side in sides for record in side.records])


def _nothing(sides: Sequence[GivenSide], left_out: Sequence[Gap]) -> DataError:
    """The error for sides without any common score, with the reason that the first gap gives."""
    why = next((f" {gap.language}: {gap.text}" for gap in left_out if gap.language), "")
    paths = [str(side.path) for side in sides]
    return DataError(
        f"{' and '.join(paths)} share no task, language and metric"
        + (f" with scored problems ({why.strip()}{_ids(sides)})" if why else ""),
        hint="both need problems that every run scored, of two clusters or more"
        if why
        else "evaluate both on the same tasks",
    )


def _ids(sides: Sequence[GivenSide]) -> str:
    """Examples of the problems' names, where no side has one of another's."""
    named = [
        {problem: None for run in side.runs for found in run.measured for problem in found.values}
        for side in sides
    ]
    if not all(named) or any(named[0].keys() & other.keys() for other in named[1:]):
        return ""
    examples = " and ".join(", ".join(map(repr, list(names)[:2])) for names in named)
    return f"; they are called {examples}"


def _described(side: GivenSide) -> str:
    """A side's name, its seeds, its context and what its endpoint did not accept."""
    seeds = [str(run.seed) for run in side.runs if run.seed is not None]
    lengths = {record.generation.max_length for record in side.records}
    left_out = {str(name): None for r in side.records for name in r.config.get("left_out", ())}
    parts = [f"seed{'' if len(seeds) == 1 else 's'} {', '.join(seeds)}"] if seeds else []
    parts += [
        "context not known" if length is None else f"max_length {length}"
        for length in sorted(lengths, key=lambda length: (length is None, length or 0))
    ]
    if left_out:
        parts.append(f"the endpoint did not take {', '.join(left_out)} and used its own")
    if side.origin is not Origin.RECORDS:
        parts.append(str(side.path))
    return f"{side.name} ({'; '.join(parts)})"


def _hit(records: Sequence[RunRecord]) -> Hit:
    """The problems that any of the models has seen, for tasks reported in every record."""
    found = [contamination_of(record) for record in records]
    known = [one.items for one in found if one is not None]
    if len(known) < len(records) or not records:
        return {}
    tasks = set.intersection(*(set(items) for items in known))
    return {task: frozenset(name for items in known for name in items[task]) for task in tasks}
