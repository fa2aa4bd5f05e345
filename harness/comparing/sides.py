"""What was typed after `compare`, as comparisons with the first of its sides."""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from harness.comparing.bare_samples import SUFFIXES, sample_side
from harness.comparing.given import GivenRun, GivenSide, Origin
from harness.comparing.lm_eval_results import lm_eval_sides
from harness.comparing.record_folders import record_sides
from leaderboard.exchange.lm_eval_files import results_files
from leaderboard.record_files import kind_of
from ultralink_data.errors import ConfigError, DataError, unknown_name

_FORMS = (
    "a side is a run record, a folder of them, results of lm-eval with samples, or a .jsonl or "
    ".csv file with problem_id and score"
)


class AskedComparison(msgspec.Struct, frozen=True, kw_only=True):
    """Sides that are compared with the first of them; `of` is the variant that all of them are."""

    sides: tuple[GivenSide, ...]
    of: str = ""
    notes: tuple[str, ...] = ()


def asked(paths: Sequence[Path]) -> list[AskedComparison]:
    """The comparisons that these paths ask for; usually one.

    One path with several variants or models: these, with the first. Several paths of one side each:
    these. Folders that share variants, as two runs of one ablation do: each variant with itself.

    Raises:
        ConfigError: fewer than two sides, or sides that do not say which is compared with which.
        DataError: a side cannot be read.
    """
    found = [sides_in(path) for path in paths]
    if len(found) == 1:
        if len(found[0]) < 2:
            raise ConfigError(
                f"compare takes two sides or more, got one: {found[0][0].name} in {paths[0]}",
                hint=f"name what to compare it with; {_FORMS}",
            )
        return [AskedComparison(sides=_named(found[0]))]
    if all(len(sides) == 1 for sides in found):
        return [AskedComparison(sides=_named([sides[0] for sides in found]))]
    return _like_with_like(paths, found)


def _like_with_like(
    paths: Sequence[Path], found: Sequence[list[GivenSide]]
) -> list[AskedComparison]:
    """A comparison for each variant that all of the folders have.

    Raises:
        ConfigError: they share none.
    """
    by_name = [{side.name: side for side in sides} for sides in found]
    shared = [name for name in by_name[0] if all(name in sides for sides in by_name)]
    if not shared:
        path, several = next((p, s) for p, s in zip(paths, found, strict=True) if len(s) > 1)
        raise ConfigError(
            f"{path} holds {len(several)} sides ({', '.join(s.name for s in several)}) and the "
            "others have none of these names",
            hint=f"choose one of them: {path}:{several[0].name}",
        )
    rest = [
        f"left out: {', '.join(left)} of {path}, which the other folders lack"
        for path, sides in zip(paths, by_name, strict=True)
        if (left := [name for name in sides if name not in shared])
    ]
    result = []
    for name in shared:
        sides = [
            msgspec.structs.replace(by[name], name=str(path))
            for path, by in zip(paths, by_name, strict=True)
        ]
        notes = tuple(rest) if name == shared[0] else ()
        result.append(AskedComparison(sides=_named(sides), of=name, notes=notes))
    return result


def _named(sides: Sequence[GivenSide]) -> tuple[GivenSide, ...]:
    """The sides under names that differ: their own, else their paths as they were typed."""
    ways: tuple[Callable[[GivenSide], str], ...] = (
        lambda side: side.name,
        lambda side: f"{side.path.name}:{side.name}",
        lambda side: f"{side.path}:{side.name}",
    )
    for way in ways:
        names = [way(side) for side in sides]
        if len(set(names)) == len(names):
            return tuple(
                msgspec.structs.replace(side, name=name)
                for side, name in zip(sides, names, strict=True)
            )
    return tuple(
        msgspec.structs.replace(side, name=f"{side.name} ({place})")
        for place, side in enumerate(sides, 1)
    )


def sides_in(path: Path) -> list[GivenSide]:
    """Every side that a path names or holds; `FOLDER:NAME` is one of them.

    Raises:
        ConfigError: the folder has no side of that name.
        DataError: nothing to compare is there, or it cannot be read.
    """
    folder, mark, name = str(path).rpartition(":")
    if mark and not path.exists() and Path(folder).exists():
        sides = sides_in(Path(folder))
        chosen = [side for side in sides if side.name == name]
        if not chosen:
            raise unknown_name(f"side of {folder}", name, [side.name for side in sides])
        return chosen
    if not path.exists():
        raise DataError(f"cannot read {path}: no such file or folder", hint=_FORMS)
    if path.suffix in SUFFIXES and path.is_file():
        return [sample_side(path)]
    if path.is_file() and path.suffix != ".json":
        raise DataError(f"{path} ends in {path.suffix or 'nothing'}, a form unknown", hint=_FORMS)
    if path.is_file() and kind_of(path) == "experiment":
        return sides_in(path.parent)  # a report stands for its folder
    results = results_files(path)
    records = record_sides(path) if not path.is_file() or not results else []
    if results and records:
        raise ConfigError(
            f"{path} holds run records and results of lm-eval", hint="name a folder of one kind"
        )
    sides = lm_eval_sides(path) if results else records
    if not sides:
        raise DataError(f"{path} has no records", hint=_FORMS)
    return sides


def matched(first: GivenSide, second: GivenSide) -> tuple[GivenSide, GivenSide, list[str]]:
    """Both sides with the seeds that they share, in order, and what that leaves out.

    Single runs always match.

    Raises:
        DataError: they share no seed.
    """
    if len(first.runs) == len(second.runs) == 1:
        return first, second, []
    seeds = [{run.seed: run for run in side.runs} for side in (first, second)]
    shared = sorted(seed for seed in seeds[0].keys() & seeds[1].keys() if seed is not None)
    if not shared:
        raise DataError(
            f"{first.name} and {second.name} share no seed ({_listed(first.runs)} and "
            f"{_listed(second.runs)})",
            hint="runs are matched by seed; name one run a side to compare two models",
        )
    notes = []
    for side in (first, second):
        dropped = [run for run in side.runs if run.seed not in shared]
        if dropped:
            notes.append(
                f"left out: {len(dropped)} of {len(side.runs)} records of {side.name}, whose seeds "
                f"the other side lacks ({_listed(dropped)})"
            )
    kept = (
        msgspec.structs.replace(side, runs=tuple(by_seed[seed] for seed in shared))
        for side, by_seed in zip((first, second), seeds, strict=True)
    )
    return next(kept), next(kept), notes


def _listed(runs: Sequence[GivenRun]) -> str:
    return ", ".join("none" if run.seed is None else str(run.seed) for run in runs)


def check_origins(sides: Sequence[GivenSide]) -> Origin:
    """Where all sides come from.

    Raises:
        ConfigError: from more than one kind of source.
    """
    first = sides[0]
    for side in sides[1:]:
        if side.origin is not first.origin:
            raise ConfigError(
                f"{first.path} is of {first.origin.value}, {side.path} of {side.origin.value}",
                hint="that they were asked and scored alike cannot be checked; bring both into one "
                "form, e.g. .jsonl rows of problem_id, score and language",
            )
    return first.origin
