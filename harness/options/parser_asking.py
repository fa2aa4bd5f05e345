"""The options of the `data` commands that ask a model."""

from argparse import ArgumentError
from collections.abc import Collection
from pathlib import Path

from harness.options.config_options import add_config
from harness.options.endpoint_options import add_endpoint
from harness.options.lazy_parser import LazyParser
from harness.options.parser_parts import (
    add_benchmarks,
    add_languages,
    add_limit,
    add_out,
    add_runs,
)
from ultralink_data.errors import ConfigError

_STRUCTURED = {"reading.structured": "--structured MODE"}
_TURNS = {"sample": "--turns N"}
_SAMPLE = {"--sample": "--turns"}
_PLAIN = {"--plain-replies": "--structured never"}


def add_ground(ground: LazyParser) -> None:
    """Options of `data ground`."""
    from harness.building.recipe_parts import GroundStep
    from ultralink_data.grounding.ground_config import GroundConfig

    ground.add_argument("pages", type=Path, help="pages.jsonl of `data extract`")
    add_out(ground, "FILE.jsonl")
    add_config(ground, GroundStep, only=("limit",))
    add_config(ground, GroundConfig, {"with_document": "--without-document"})
    add_endpoint(ground, batch=True)
    add_runs(ground)


def add_filter(command: LazyParser) -> None:
    """Options of `data filter`."""
    from ultralink_data.culture.filter_config import FilterConfig

    command.add_argument(
        "rows", type=Path, help="JSONL file of English dialogues of kind chat_agnostic"
    )
    add_out(command, "FILE.jsonl")
    add_limit(command, "rows")
    spelled = {"model": "--keywords-only", "structured": "--structured MODE"}
    add_config(command, FilterConfig, spelled)
    command.renamed |= _PLAIN
    add_endpoint(command, required=False, batch=True)
    add_runs(command)


def add_translate(translate: LazyParser) -> None:
    """Options of `data translate`."""
    translate.add_argument("rows", type=Path, help="English dialogues: FILE.jsonl of a stage")
    add_languages(translate, "languages to translate into, e.g. es,hi", required=True)
    translate.renamed["--to"] = "--languages"
    add_out(translate, "FILE.jsonl")
    add_limit(translate, "dialogues")
    _add_translating(translate, without=())


def human_option(name: str) -> str:
    """Where `data quality` keeps how many of this benchmark's questions are translated."""
    return f"human_{name}"


def add_quality(quality: LazyParser) -> None:
    """Options of `data quality`."""
    from tasks import index
    from ultralink_data.translation.quality_config import QualityConfig

    quality.add_argument(
        "translated", type=Path, nargs="*", help="FILE.jsonl of `data translate`, for round trips"
    )
    quality.add_argument(
        "--source", type=Path, metavar="FILE.jsonl", help="the English dialogues they came from"
    )
    add_config(quality, QualityConfig, _TURNS)
    quality.renamed |= _SAMPLE
    add_languages(quality, "languages of the questions of --mgsm, given with it", default=())
    quality.renamed["--to"] = "--languages"
    add_out(quality, "FILE.jsonl")
    add_benchmarks(quality)
    _add_translating(quality, without=("check_meaning", "keep_unread", "reading"))
    for name in index.human_translations():
        try:
            _add_human(quality, name)
        except ArgumentError as error:
            raise ConfigError(
                f"the benchmark {name!r} has the name of an option of `data quality`: --{name}",
                hint="give it another `name`, or no `human_translations`",
            ) from error


def add_meaning(meaning: LazyParser) -> None:
    """Options of `data meaning`."""
    from ultralink_data.translation.meaning_config import MeaningConfig

    meaning.add_argument("translated", type=Path, nargs="+", help="FILE.jsonl of `data translate`")
    meaning.add_argument(
        "--source",
        type=Path,
        required=True,
        metavar="FILE.jsonl",
        help="the English dialogues they came from",
    )
    add_config(meaning, MeaningConfig, _STRUCTURED | _TURNS, without=("asking.temperature",))
    meaning.renamed |= _PLAIN | _SAMPLE
    add_out(meaning, "FILE.jsonl")
    add_endpoint(meaning, batch=True)
    add_runs(meaning)


def _add_human(quality: LazyParser, name: str) -> None:
    quality.add_argument(
        f"--{name}",
        type=int,
        default=0,
        dest=human_option(name),
        metavar="N",
        help=f"also translate N questions of {name}, to compare with its human translations",
    )


def _add_translating(command: LazyParser, *, without: Collection[str]) -> None:
    from ultralink_data.translation.translate_config import TranslateConfig

    add_config(command, TranslateConfig, _STRUCTURED, without=without)
    if "reading" not in without:
        command.renamed |= _PLAIN
    add_endpoint(command, batch=True)
    add_runs(command)
