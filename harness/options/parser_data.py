"""The words of the `data` commands."""

import argparse
from pathlib import Path

from harness.options.endpoint_options import add_endpoint
from harness.options.parser_check import add_check
from harness.options.parser_describe import add_describing
from harness.options.parser_parts import (
    Commands,
    add_benchmarks,
    add_command,
    add_group,
    add_runs,
    add_settings,
)
from harness.options.parser_translate import add_translating


def add_data_commands(commands: Commands) -> None:
    """The group `data`."""
    data = add_group(commands, "data", "make, import, prune and describe datasets")
    starter = add_command(data, "starter", "data:starter", "make the starter set")
    starter.add_argument("--seed", type=int, default=0)
    starter.add_argument("--per-template", type=int, default=20, help="math problems a template")
    starter.add_argument("-o", "--out", type=Path, required=True)
    add_describing(data)
    text = "make one dataset of files, read strictly, or dialogues of a published one (--from)"
    convert = add_command(data, "convert", "data:convert", text)
    convert.add_argument(
        "--from",
        dest="source",
        metavar="SOURCE",
        help="FILE is sharegpt, metamath or magicoder as published; OUT is FILE.jsonl",
    )
    convert.add_argument(
        "files",
        type=Path,
        nargs="+",
        help="outputs of building stages, release files ({language}_{kind}.jsonl), or folders",
    )
    convert.add_argument("--language", help="language, where a file's name does not say it")
    convert.add_argument("--kind", help="kind, where a file's name does not say it")
    convert.add_argument("-o", "--out", type=Path, required=True)
    text = "build the dataset of a recipe: every stage, then the whole, checked"
    build = add_command(data, "build", "data_build:build_command", text)
    add_build(build)
    add_runs(build)
    text = "take the articles out of a MediaWiki dump, as clean text"
    add_extract(add_command(data, "extract", "data_extract:extract_command", text))
    text = "make dialogues about the passages of articles, through a model"
    ground = add_command(data, "ground", "data_ground:ground_command", text)
    add_ground(ground)
    add_runs(ground)
    text = "keep the English chats that belong to no one culture, by keywords and a model"
    culture = add_command(data, "filter", "data_filter:filter_command", text)
    add_filter(culture)
    add_runs(culture)
    text = "precision, recall, F1 and kappa of the filter's verdicts against labels"
    add_filter_score(add_command(data, "filter-score", "data_filter:score_command", text))
    text = "write the starter set's English chats as rows to filter, with their labels"
    cases = add_command(data, "filter-starter", "data_filter:starter_command", text)
    cases.add_argument("-o", "--out", type=Path, required=True, metavar="DIR")
    add_translating(data)
    text = "look for benchmark problems, duplicates, wrong languages and broken rows"
    add_check(add_command(data, "check", "data_check:check_command", text))


def add_build(build: argparse.ArgumentParser) -> None:
    """Arguments of `data build`."""
    build.add_argument(
        "--recipe", type=Path, required=True, metavar="FILE.toml", help="docs/data_build.md"
    )
    build.add_argument(
        "-o", "--out", type=Path, required=True, metavar="DIR", help="stages, dataset and reports"
    )
    build.add_argument("--dry-run", action="store_true", help="print the plan and stop")
    add_settings(build)
    add_benchmarks(build)


def add_extract(extract: argparse.ArgumentParser) -> None:
    """Arguments of `data extract`."""
    extract.add_argument(
        "source",
        type=Path,
        help="MediaWiki export (.xml, .xml.bz2), or a file or folder of extracted articles",
    )
    extract.add_argument("--language", required=True, help="e.g. es; what the dump says is checked")
    extract.add_argument("-o", "--out", type=Path, required=True, metavar="FILE.jsonl")
    extract.add_argument("--min-tokens", type=int, default=1000, metavar="N", help="by estimate")
    extract.add_argument("--max-tokens", type=int, default=10_000, metavar="N")
    extract.add_argument(
        "--format", help="mediawiki | parquet | jsonl | wikiextractor; told by content without it"
    )
    extract.add_argument(
        "--index",
        type=Path,
        metavar="FILE",
        help="a multistream dump's own index (.txt or .txt.bz2): all processes unpack it",
    )
    extract.add_argument("--processes", type=int, default=1, metavar="N")


def add_ground(ground: argparse.ArgumentParser) -> None:
    """Arguments of `data ground`."""
    ground.add_argument("pages", type=Path, help="pages.jsonl of `data extract`")
    ground.add_argument("-o", "--out", type=Path, required=True, metavar="FILE.jsonl")
    ground.add_argument("--limit", type=int, metavar="N", help="only the first N passages")
    ground.add_argument(
        "--without-document",
        action="store_true",
        help="the model answers from the question alone",
    )
    ground.add_argument("--seed", type=int, default=0)
    ground.add_argument("--tries", type=int, default=3, help="attempts at a reply that passes")
    ground.add_argument("--temperature", type=float, default=0.7)
    ground.add_argument(
        "--passage-tokens", type=int, default=2000, metavar="N", help="articles are split at"
    )
    ground.add_argument(
        "--context-tokens", type=int, default=4070, metavar="N", help="passage and dialogue"
    )
    ground.add_argument("--max-rounds", type=int, default=5, metavar="N")
    ground.add_argument(
        "--answer-reply-tokens", type=int, default=1024, metavar="N", help="limit of an answer"
    )
    add_endpoint(ground, batch=True)


def add_filter(command: argparse.ArgumentParser) -> None:
    """Arguments of `data filter`."""
    command.add_argument("rows", type=Path, help="English dialogues of kind chat_agnostic, JSONL")
    command.add_argument("-o", "--out", type=Path, required=True, metavar="FILE.jsonl")
    command.add_argument("--limit", type=int, metavar="N", help="only the first N rows")
    command.add_argument(
        "--threshold", type=int, default=0, metavar="N", help="keep at a total of at most (0)"
    )
    which = command.add_mutually_exclusive_group()
    which.add_argument("--keywords-only", action="store_true", help="ask no model")
    which.add_argument("--no-keywords", action="store_true", help="the model judges every row")
    command.add_argument(
        "--window-tokens", type=int, default=3000, metavar="N", help="of a conversation a request"
    )
    command.add_argument(
        "--reply-tokens", type=int, default=800, metavar="N", help="limit of a verdict"
    )
    command.add_argument(
        "--plain-replies",
        action="store_true",
        help="ask without a JSON schema, for endpoints without structured output",
    )
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--tries", type=int, default=3, help="attempts at a valid verdict")
    command.add_argument("--temperature", type=float, default=0.0)
    add_endpoint(command, required=False, batch=True)


def add_filter_score(command: argparse.ArgumentParser) -> None:
    """Arguments of `data filter-score`."""
    command.add_argument("verdicts", type=Path, help="FILE.verdicts.jsonl of `data filter`")
    command.add_argument(
        "--labels", type=Path, required=True, metavar="FILE", help="JSONL: id and the seven, 0 or 1"
    )
    command.add_argument("--threshold", type=int, default=0, metavar="N")
