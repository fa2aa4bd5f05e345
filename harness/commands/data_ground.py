"""`ultralink-bench data ground`: dialogues grounded in the passages of articles."""

import argparse
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec

from harness import show
from harness.asking_stage import run_stage
from harness.endpoint_options import endpoint
from harness.source_hash import source_hash
from harness.stage_report import tables
from ultralink_data import release
from ultralink_data.asking import Asking
from ultralink_data.dialogue import Dialogue
from ultralink_data.documents import Page, Passage
from ultralink_data.errors import ConfigError, DataError
from ultralink_data.ground import GroundConfig, ground, prompts
from ultralink_data.llm import Client
from ultralink_data.passages import split
from ultralink_data.stages import Outcome, Stage, sha256, stage_paths


def ground_command(arguments: argparse.Namespace) -> int:
    """Make a dialogue of each passage.

    Raises:
        ConfigError: an option out of its range, or a language without prompts.
        DataError: a bad page.
        LLMError, BudgetError: rows stay open; what was done is kept.
    """
    config = _config(arguments)
    asked = endpoint(arguments)
    if arguments.limit is not None and arguments.limit < 1:
        raise ConfigError(f"--limit {arguments.limit}", hint="1 or more passages")

    def passages() -> Iterator[Passage]:
        return islice(_passages(arguments.pages, config.passage_tokens), arguments.limit)

    total = 0
    for passage in passages():
        prompts(passage.language)
        total += 1
    if not total:
        raise DataError(f"{arguments.pages} has no text", hint="check the file")

    async def work(passage: Passage, client: Client) -> Outcome[Dialogue]:
        return await ground(passage, client, config, model=asked.model)

    decides = (config, arguments.limit, asked.base_url, asked.model)
    stage = Stage(
        name="ground",
        config=msgspec.json.encode(decides).decode(),
        inputs=(sha256(arguments.pages),),
        code_version=source_hash("ultralink_data.ground"),
    )
    manifest = run_stage(
        passages,
        work,
        arguments.out,
        stage,
        endpoint=asked,
        runs=arguments.runs,
        total=total,
    )
    show.print_tables(tables(f"ground: {show.short(arguments.out)}", manifest))
    show.print_paths(stage_paths(arguments.out)[:3])
    return 0


def _config(arguments: argparse.Namespace) -> GroundConfig:
    try:
        return GroundConfig(
            passage_tokens=arguments.passage_tokens,
            context_tokens=arguments.context_tokens,
            with_document=not arguments.without_document,
            max_rounds=arguments.max_rounds,
            answer_reply_tokens=arguments.answer_reply_tokens,
            asking=Asking(
                tries=arguments.tries, temperature=arguments.temperature, seed=arguments.seed
            ),
        )
    except ValueError as error:
        raise ConfigError(str(error), hint="see `ultralink-bench data ground --help`") from error


def _passages(path: Path, limit: int) -> Iterator[Passage]:
    for _, page in release.decode_lines(path, Page):
        yield from split(page, limit)
