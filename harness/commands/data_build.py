"""`ultralink-bench data build`: build a recipe's dataset from dumps and published files."""

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

from harness import show
from harness.building.benchmark_items import require_checkable
from harness.building.build import Built, Ran, StagePlace, Step, build, steps
from harness.building.finish import RECORD, REPORT
from harness.building.recipe import read_recipe
from harness.building.recipe_parts import Recipe
from harness.commands.stage_end import accepted_none
from harness.progress.terminal import TERMINAL
from leaderboard.check_tables import check_tables
from leaderboard.dataset_tables import counts_table
from leaderboard.stage_tables import tables
from leaderboard.table import Table, text_table
from ultralink_data.errors import ConfigError
from ultralink_data.llm.client import Usage
from ultralink_data.stage.outcome import stage_paths

INCOMPLETE = 3
"""Exit code if an input could not be read to its end, or a stage accepted no row; what other
stages made is kept."""


def build_command(arguments: argparse.Namespace) -> int:
    """Run every stage of the recipe, then write the dataset.

    Raises:
        ConfigError: the recipe is invalid, or the folder has something else in it.
        BenchError: the error of a stage; finished work is kept.
    """
    recipe = read_recipe(arguments.recipe, arguments.settings)
    if arguments.out.is_file():
        raise ConfigError(f"{arguments.out} is a file", hint="name a folder")
    if recipe.check is not None:
        require_checkable(recipe.check.against)
    place = StagePlace(arguments.recipe.parent, arguments.out / "stages", arguments.runs, Usage())
    show.print_tables([plan_table(recipe, steps(recipe, place))])
    if arguments.dry_run:
        return 0
    results = build(
        recipe,
        arguments.recipe.parent,
        arguments.out,
        runs=arguments.runs,
        benchmarks=arguments.benchmarks,
        display=TERMINAL,
    )
    empty: list[str] = []
    for result in results:
        if isinstance(result, Built):
            _show_whole(arguments.out, result)
            for text in empty:
                show.warn(text)
            return INCOMPLETE if result.incomplete or empty else 0
        show.print_tables(tables(result.step.name, result.manifest))
        if (said := accepted_none(result.manifest, result.step.out)) is not None:
            empty.append(said)
    raise AssertionError("a build ends with its dataset")


def _show_whole(out: Path, built: Built) -> None:
    folder = out / "dataset"
    checked = check_tables(built.report) if built.report is not None else []
    counts = counts_table(show.short(folder), built.dataset.counts, built.dataset.dropped)
    show.print_tables([*checked, steps_table(built.steps), counts])
    show.console().print(f"fingerprint {built.dataset.fingerprint}")
    written = [folder, out / "stages", out / RECORD]
    show.print_paths([*written, out / REPORT] if built.report is not None else written)


def plan_table(recipe: Recipe, planned: Iterable[Step]) -> Table:
    """The stages in order; `there` marks files of an earlier run, which will be checked."""
    lines = []
    for step in planned:
        model = recipe.models[step.model].model if step.model is not None else ""
        state = "there" if stage_paths(step.out).manifest.exists() else ""
        lines.append((step.name, step.reads.name, model, state))
    notes = [f"budget of all stages: {recipe.max_cost:g}"] if recipe.max_cost is not None else []
    if recipe.prune is not None:
        notes.append(f"then pruned: {recipe.prune.keep} by {recipe.prune.by}")
    if recipe.check is not None:
        drop = ", ".join(recipe.check.drop) or "nothing"
        notes.append(f"then checked against {', '.join(recipe.check.against)}; {drop} falls out")
    return text_table("plan", ("stage", "reads", "model", ""), lines, *notes)


def steps_table(ran: Sequence[Ran]) -> Table:
    """Rows in and out of every stage, and the cost of its requests in this run."""
    lines = [
        (
            step.name,
            f"{manifest.rows_in:,}",
            f"{manifest.accepted:,}",
            f"{manifest.rejected:,}",
            f"{manifest.spent.replies:,}",
            f"{cost:.4g}",
        )
        for step, manifest, cost in ran
    ]
    cost = sum(r.cost for r in ran)
    columns = ("stage", "rows in", "rows out", "rejected", "replies", "cost")
    return text_table("stages", columns, lines, f"cost of this run: {cost:.4g}")
