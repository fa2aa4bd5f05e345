"""Builds the dataset of a recipe: every stage in order, each with its files, then one folder.

Finished stages are not run again, stages affected by a change of the recipe or the code are remade
in place, and killed ones resume: each stage decides this by its own key.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from harness.building.asking_stage import ModelAccess
from harness.building.benchmark_items import benchmark_items
from harness.building.extract_stage import extract_stage, is_incomplete
from harness.building.filter_stage import decide_stage, judge_stage, verdicts_path
from harness.building.finish import finish, require_own
from harness.building.ground_stage import ground_stage
from harness.building.recipe import FILTERED
from harness.building.recipe_parts import Articles, FilterStep, Recipe
from harness.building.sources_stage import is_cut, sources_stage
from harness.building.translate_stage import translate_stage
from harness.progress.display import QUIET, Display
from ultralink_data.checking.check_report import CheckReport
from ultralink_data.errors import DataError
from ultralink_data.llm.client import Usage
from ultralink_data.stage.outcome import StageManifest
from ultralink_data.store.dataset import Manifest
from ultralink_data.store.ids import require_distinct


class Step(NamedTuple):
    """A stage of a recipe: its name, what it reads, where its rows go, and what makes them.

    `reads` is a file from the user or an earlier step; a step is skipped if an earlier one left no
    row to read. `model` is the recipe's name for the model it asks. `in_dataset` says whether its
    rows belong to the dataset. No id may occur twice in the files of `distinct`: an article in two
    dumps would be asked about twice, and then fail in the dataset.
    """

    name: str
    reads: Path
    out: Path
    model: str | None
    in_dataset: bool
    run: Callable[[], StageManifest]
    distinct: tuple[Path, ...] = ()


class Ran(NamedTuple):
    """A step that is done, and what its requests cost this time."""

    step: Step
    manifest: StageManifest
    cost: float


class Built(NamedTuple):
    """All steps, the dataset and, where the recipe asks for one, the check of it.

    `incomplete` if an input could not be read to its end.
    """

    steps: tuple[Ran, ...]
    dataset: Manifest
    report: CheckReport | None
    incomplete: bool


class StagePlace(NamedTuple):
    """Where a recipe is built, the path of its requests, and its display."""

    base: Path
    stages: Path
    runs: Path
    usage: Usage
    display: Display = QUIET


def build(
    recipe: Recipe,
    base: Path,
    out: Path,
    *,
    runs: Path,
    benchmarks: Path | None,
    display: Display = QUIET,
) -> Iterator[Ran | Built]:
    """Build the recipe into `out/stages` and `out/dataset`; yield each step, then the result.

    `base` is the folder that the recipe's paths are relative to.

    Raises:
        ConfigError: `out` has a folder `dataset` that was not made by a build; nothing is done
            then.
        PrerequisiteError: a benchmark file is missing; nothing is done then.
        BenchError: what a stage raises; finished work is kept, and the next call resumes.
    """
    require_own(out)
    if recipe.check is not None:
        for _ in benchmark_items(recipe.check.against, benchmarks):
            pass  # find their errors before anything is paid for
    place = StagePlace(base, out / "stages", runs, Usage(), display)
    ran: list[Ran] = []
    checked: set[tuple[Path, ...]] = set()
    for step in steps(recipe, place):
        if step.reads.parent == place.stages and not _has_rows(step.reads):
            continue
        if len(step.distinct) > 1 and step.distinct not in checked:
            require_distinct([path for path in step.distinct if path.exists()])
            checked.add(step.distinct)
        before = place.usage.cost
        manifest = step.run()
        ran.append(Ran(step, manifest, place.usage.cost - before))
        yield ran[-1]
    files = [step.out for step, manifest, _ in ran if step.in_dataset and manifest.accepted]
    if not files:
        raise DataError(
            "no stage accepted a row", hint=f"see the reasons in {place.stages}/*.rejected.jsonl"
        )
    dataset, report = finish(recipe, files, out, benchmarks=benchmarks, display=display)
    yield Built(tuple(ran), dataset, report, _incomplete(ran))


def _incomplete(ran: Sequence[Ran]) -> bool:
    return any(is_incomplete(manifest) or is_cut(manifest) for _, manifest, _ in ran)


def steps(recipe: Recipe, place: StagePlace) -> Iterator[Step]:
    """The stages in order."""
    yield from _grounding(recipe, place)
    converted: dict[str, list[Path]] = {}
    for number, source in enumerate(recipe.sources, 1):
        rows = place.stages / f"source_{number}_{source.source}.jsonl"
        converted.setdefault(source.source, []).append(rows)
        file = place.base / source.file
        run = partial(sources_stage, file, source.source, rows, display=place.display, replace=True)
        yield Step(f"convert {source.source}", file, rows, None, recipe.keep_english, run)
    for number, source in enumerate(recipe.sources, 1):
        distinct = tuple(converted[source.source])
        for step in _translating(recipe, place, f"{number}_{source.source}", source.source):
            yield step._replace(distinct=distinct)


def _grounding(recipe: Recipe, place: StagePlace) -> Iterator[Step]:
    """All extractions come before the first request, so that a bad input costs nothing."""
    ground = recipe.ground
    if ground is None:
        return
    made: dict[str, list[Path]] = {}
    for number, articles in enumerate(recipe.articles, 1):
        pages = place.stages / f"pages_{number}_{articles.language}.jsonl"
        made.setdefault(articles.language, []).append(pages)
        yield _extracting(recipe, place, articles, pages)
    for number, articles in enumerate(recipe.articles, 1):
        name = f"{number}_{articles.language}"
        pages = place.stages / f"pages_{name}.jsonl"
        out = place.stages / f"grounded_{name}.jsonl"
        run = partial(
            ground_stage,
            pages,
            out,
            ground.config,
            limit=ground.limit if articles.limit is None else articles.limit,
            **_asking(recipe, place, ground.model),
        )
        distinct = tuple(made[articles.language])
        yield Step(f"ground {articles.language}", pages, out, ground.model, True, run, distinct)


def _extracting(recipe: Recipe, place: StagePlace, articles: Articles, pages: Path) -> Step:
    source = place.base / articles.file
    run = partial(
        extract_stage,
        source,
        articles.language,
        pages,
        articles.bounds,
        format=articles.format,
        index=None if articles.index is None else place.base / articles.index,
        processes=recipe.processes,
        display=place.display,
        replace=True,
    )
    return Step(f"extract {articles.language}", source, pages, None, False, run)


def _translating(recipe: Recipe, place: StagePlace, name: str, source: str) -> Iterator[Step]:
    rows = place.stages / f"source_{name}.jsonl"
    if source == FILTERED and recipe.filter is not None:
        out = place.stages / f"filtered_{name}.jsonl"
        yield from _filtering(recipe, place, recipe.filter, rows, out)
        rows = out
    translate = recipe.translate
    if translate is None:
        return
    for language in translate.languages:
        out = place.stages / f"translated_{name}_{language}.jsonl"
        run = partial(
            translate_stage,
            rows,
            (language,),
            out,
            translate.config,
            **_asking(recipe, place, translate.model),
        )
        label = f"translate {source} to {language}"
        yield Step(label, rows, out, translate.model, True, run)


def _filtering(
    recipe: Recipe, place: StagePlace, chosen: FilterStep, rows: Path, out: Path
) -> Iterator[Step]:
    config = chosen.config
    if chosen.model is None:
        judge = partial(
            judge_stage, rows, out, config, access=None, display=place.display, replace=True
        )
    else:
        judge = partial(judge_stage, rows, out, config, **_asking(recipe, place, chosen.model))
    verdicts = verdicts_path(out)
    yield Step(f"judge {FILTERED}", rows, verdicts, chosen.model, False, judge)
    decide = partial(decide_stage, rows, out, config, replace=True)
    yield Step(f"filter {FILTERED}", rows, out, None, False, decide)


def _asking(recipe: Recipe, place: StagePlace, model: str) -> dict[str, Any]:
    """The arguments of every asking stage, with the recipe's own budget."""
    endpoint = msgspec.structs.replace(recipe.models[model], max_cost=recipe.max_cost)
    access = ModelAccess(endpoint, place.runs, place.usage)
    return {"access": access, "display": place.display, "replace": True}


def _has_rows(rows: Path) -> bool:
    return rows.exists() and rows.stat().st_size > 0
