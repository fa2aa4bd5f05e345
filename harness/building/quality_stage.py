"""Stage `quality`: translations measured by round trip, and against a benchmark's human ones."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from harness.building.asking_stage import AskedRows, ModelAccess, run_stage
from harness.progress.display import QUIET, Display
from tasks import index, registry
from ultralink_data.dialogue import Dialogue
from ultralink_data.errors import ConfigError, DataError, unknown_name
from ultralink_data.llm.client import Client
from ultralink_data.stage.outcome import RowOutcome, StageManifest
from ultralink_data.store import release
from ultralink_data.translation.quality import (
    Chosen,
    MeasuredRow,
    QualityTask,
    SourcedTurn,
    has_prose,
    human_tasks,
    measure,
    round_trips,
    sample_turns,
    with_sources,
)
from ultralink_data.translation.translate_config import TranslateConfig


def quality_stage(
    tasks: Sequence[QualityTask],
    out: Path,
    config: TranslateConfig,
    *,
    access: ModelAccess,
    inputs: Sequence[Path] = (),
    display: Display = QUIET,
    replace: bool = False,
) -> StageManifest:
    """Measure the tasks; `inputs` are the files that they came from.

    Raises:
        ConfigError: no task, or `out` was made by something else and may not be replaced.
        LLMError, BudgetError: rows stay open; finished rows are kept.
    """
    if not tasks:
        raise ConfigError(
            "nothing to measure",
            hint="name translated files with --source, or questions, as --mgsm 20 --languages es",
        )

    async def work(task: QualityTask, client: Client) -> RowOutcome[MeasuredRow]:
        return await measure(task, client, config)

    asked = AskedRows(
        name="quality",
        rows=lambda: tasks,
        inputs=tuple(inputs),
        decides=(config, tasks),
        caller=__name__,
        modules=("ultralink_data.translation.quality",),
        languages=lambda task: (task.into, "en"),
    )
    return run_stage(asked, work, out, access=access, display=display, replace=replace)


def round_trip_tasks(
    translated: Sequence[Path], source: Path, count: int, seed: int
) -> list[QualityTask]:
    """Tasks for `count` turns per language from translated files, with their sources.

    Raises:
        ConfigError: a count below 1.
        DataError: a bad row, or no turn whose source is in `source`.
    """
    found = sourced_turns(translated, source, count, seed, lambda text, _: has_prose(text))
    return round_trips(found)


def sourced_turns(
    translated: Sequence[Path],
    source: Path,
    count: int,
    seed: int,
    counts: Callable[[str, str], bool],
) -> list[SourcedTurn]:
    """At most `count` turns per language of translated files, each with its source.

    `counts` as in `sample_turns`.

    Raises:
        ConfigError: a count below 1.
        DataError: a bad row, or no such turn.
    """
    if count < 1:
        raise ConfigError(f"--turns {count}", hint="use 1 or more turns per language")
    sample = sample_turns(_dialogues(translated), count, seed, counts)
    found = with_sources(sample, _parents(source, sample.values()))
    if not found:
        raise DataError(
            f"no turn of {', '.join(map(str, translated))} was translated from {source}",
            hint="--source is the file that `data translate` read",
        )
    return found


def human_translation_tasks(
    name: str, to: Sequence[str], count: int, benchmarks: Path | None
) -> list[QualityTask]:
    """Tasks of the first `count` questions of a benchmark that people translated, by language.

    Raises:
        ConfigError: an unknown benchmark or one without human translations, a language that it
            does not have, English, or one named twice.
        PrerequisiteError: the files are missing.
    """
    benchmark = registry.get(name)
    kind = benchmark.human_translations
    if not kind:
        known = index.human_translations()
        raise unknown_name("benchmark with human translations", name, known)
    if "en" in to or len(set(to)) < len(to):
        raise ConfigError(
            f"--languages {','.join(to)}", hint="name languages other than English, each once"
        )
    benchmark.check(to)

    def texts(language: str) -> list[str]:
        return [benchmark.human_text(x) for x in benchmark.problems(language, benchmarks)[:count]]

    english = texts("en")
    tasks: list[QualityTask] = []
    for language in to:
        tasks += human_tasks(language, zip(english, texts(language), strict=True), name, kind)
    return tasks


def _dialogues(paths: Sequence[Path]) -> Iterable[Dialogue]:
    for path in paths:
        for _, dialogue in release.decode_lines(path, Dialogue):
            yield dialogue


def _parents(source: Path, chosen: Iterable[Sequence[Chosen]]) -> dict[str, Dialogue]:
    """The sources of the chosen turns, by id."""
    wanted = {turn.parent_id for turns in chosen for turn in turns}
    return {d.id: d for _, d in release.decode_lines(source, Dialogue) if d.id in wanted}
