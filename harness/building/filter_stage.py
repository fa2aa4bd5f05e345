"""Stages `culture` and `filter`: judge English conversations, then keep those within bounds."""

from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import msgspec

from harness.building.asking_stage import AskedRows, ModelAccess, require_limit, run_stage
from harness.building.dialogue_files import stage_rows
from harness.engine.stage_code import READER, building_code
from harness.progress.display import QUIET, ROWS_KEPT, Display
from ultralink_data.culture.criteria import CultureVerdict
from ultralink_data.culture.cultural_filter import (
    LANGUAGE,
    JudgedRow,
    decide,
    judge,
    judge_unasked,
    require_filterable,
)
from ultralink_data.culture.filter_config import FilterConfig
from ultralink_data.culture.prompt import prompt_version
from ultralink_data.dialogue import Dialogue
from ultralink_data.errors import AllRefusedError, ConfigError, DataError
from ultralink_data.llm.client import Client
from ultralink_data.stage.drive import run_computing
from ultralink_data.stage.outcome import (
    BuildingStage,
    Rejected,
    RowOutcome,
    StageManifest,
    sha256,
    stage_paths,
)
from ultralink_data.store import release

_CODE = "ultralink_data.culture.cultural_filter"


def verdicts_path(out: Path) -> Path:
    """The path of the verdicts of the filter that writes `out`: FILE.verdicts.jsonl.

    Raises:
        ConfigError: `out` is not named `*.jsonl`.
    """
    return stage_paths(out).rows.with_suffix(".verdicts.jsonl")


def filter_stage(
    rows: Path,
    out: Path,
    config: FilterConfig,
    *,
    access: ModelAccess | None,
    limit: int | None = None,
    display: Display = QUIET,
) -> StageManifest:
    """Judge English conversations and write those not specific to a culture to `out`.

    Raises:
        BenchError: see `judge_stage` and `decide_stage`.
    """
    judge_stage(rows, out, config, access=access, limit=limit, display=display)
    return decide_stage(rows, out, config, limit=limit)


def judge_stage(
    rows: Path,
    out: Path,
    config: FilterConfig,
    *,
    access: ModelAccess | None,
    limit: int | None = None,
    display: Display = QUIET,
    replace: bool = False,
) -> StageManifest:
    """Write verdicts on all rows, or the first `limit`, to `verdicts_path(out)`.

    `access` is None if keywords alone decide.

    Raises:
        ConfigError: a limit below 1, no access although a model is to judge, or the verdicts were
            made by something else and may not be replaced.
        DataError: a bad row, no row, or a row that is never culture-filtered.
        LLMError, BudgetError: rows stay open; finished rows are kept.
    """
    require_limit(limit, "rows")
    asked = AskedRows(
        name="culture",
        rows=partial(_dialogues, rows, limit),
        inputs=(rows,),
        decides=(config, limit, prompt_version()),
        caller=__name__,
        modules=(_CODE,),
    )
    verdicts = verdicts_path(out)
    if not config.model:
        _, languages = asked.survey()
        with display.work("culture", kept=ROWS_KEPT) as meter:
            return run_computing(
                asked.rows(),
                judge_unasked,
                verdicts,
                asked.stage(None, languages),
                advance=meter.resumed,
                replace=replace,
            )
    if access is None:
        raise ConfigError("no model is named", hint="--model NAME, or --keywords-only")

    async def work(dialogue: Dialogue, client: Client) -> RowOutcome[CultureVerdict]:
        return await judge(dialogue, client, config)

    try:
        return run_stage(asked, work, verdicts, access=access, display=display, replace=replace)
    except AllRefusedError as error:
        if not config.structured:
            raise
        hint = "it may not take a JSON schema: --structured never asks without one"
        raise AllRefusedError(error.message, hint=hint) from error


def _dialogues(rows: Path, limit: int | None) -> Iterator[Dialogue]:
    for number, row in islice(stage_rows(rows), limit):
        with release.at_line(rows, number):
            require_filterable(row)
        yield row


def decide_stage(
    rows: Path, out: Path, config: FilterConfig, *, limit: int | None = None, replace: bool = False
) -> StageManifest:
    """Keep the rows whose verdict beside `out` is within the threshold.

    Raises:
        ConfigError: `out` was made by something else and may not be replaced.
        DataError: the verdicts do not belong to the rows.
    """
    verdicts = stage_paths(verdicts_path(out))
    code = building_code(__name__, _CODE, READER, languages=[LANGUAGE])
    stage = BuildingStage(
        name="filter",
        config=msgspec.json.encode((config.threshold, limit)).decode(),
        inputs=(sha256(rows), sha256(verdicts.rows), sha256(verdicts.rejected)),
        code_version=code.source,
        packages=code.packages,
    )
    judged = _joined(_dialogues(rows, limit), verdicts.rows, verdicts.rejected)
    return run_computing(judged, partial(decide, config=config), out, stage, replace=replace)


def _joined(dialogues: Iterator[Dialogue], verdicts: Path, rejects: Path) -> Iterator[JudgedRow]:
    """Each row with its verdict or reject: both files are in the order of the rows."""
    given = (row for _, row in release.decode_lines(verdicts, CultureVerdict, once=True))
    refused = (row for _, row in release.decode_lines(rejects, Rejected))
    verdict, reject = next(given, None), next(refused, None)
    for dialogue in dialogues:
        if verdict is not None and verdict.id == dialogue.id:
            yield JudgedRow(dialogue=dialogue, verdict=verdict, rejected=None)
            verdict = next(given, None)
        elif reject is not None and reject.id == dialogue.id:
            yield JudgedRow(dialogue=dialogue, verdict=None, rejected=reject)
            reject = next(refused, None)
        else:
            raise DataError(
                f"{verdicts} lacks the verdict on {dialogue.id!r} at its position",
                hint="the file was changed by hand; remove it and run the command again",
            )
