"""The `data` commands, and the options of those that make datasets without a model."""

from pathlib import Path

from harness.options.config_options import add_config
from harness.options.lazy_parser import Commands, LazyParser, add_command
from harness.options.parser_parts import (
    add_benchmarks,
    add_language,
    add_out,
    add_runs,
    add_settings,
)


def add_data(data: Commands) -> None:
    """The commands of `data`."""
    text = "make the starter set"
    add_command(data, "starter", "data:starter", text, _add_starter)
    text = "the paper's table of a dataset; its card"
    add_command(data, "stats", "data_stats:stats", text, "parser_describe:add_stats")
    text = "how varied dialogues are, by themselves or against others"
    add_command(
        data, "diversity", "data_diversity:diversity", text, "parser_describe:add_diversity"
    )
    text = "what changed between two datasets; exit code 1 where a row differs"
    add_command(data, "diff", "data_diff:diff_command", text, "parser_describe:add_diff")
    add_command(data, "prune", "data:prune_command", "keep part of the translated rows", _add_prune)
    text = "make one dataset of files, read strictly, or dialogues of a published one (--format)"
    add_command(data, "convert", "data:convert", text, _add_convert)
    text = "build the dataset of a recipe: every stage, then the whole, checked"
    add_command(data, "build", "data_build:build_command", text, _add_build, resumes=True)
    text = "take the articles out of a MediaWiki dump, as clean text"
    add_command(data, "extract", "data_extract:extract_command", text, _add_extract, resumes=True)
    text = "make dialogues about the passages of articles, through a model"
    add_command(
        data, "ground", "data_ground:ground_command", text, "parser_asking:add_ground", resumes=True
    )
    text = "keep the English chats that belong to no one culture, by keywords and a model"
    add_command(
        data, "filter", "data_filter:filter_command", text, "parser_asking:add_filter", resumes=True
    )
    text = "precision, recall, F1 and kappa of the filter's verdicts against labels"
    add_command(data, "filter-score", "data_filter:score_command", text, _add_filter_score)
    text = "write the starter set's English chats as rows to filter, with their labels"
    add_command(data, "filter-starter", "data_filter:starter_command", text, _add_filter_starter)
    text = "translate English dialogues, accepting only what passes the checks"
    add_command(
        data,
        "translate",
        "data_translate:translate_command",
        text,
        "parser_asking:add_translate",
        resumes=True,
    )
    text = "measure translations: round-trip chrF, and chrF against human ones"
    add_command(
        data,
        "quality",
        "data_quality:quality_command",
        text,
        "parser_asking:add_quality",
        resumes=True,
    )
    text = "check translations by meaning: a model says what each text says, code compares"
    add_command(
        data,
        "meaning",
        "data_meaning:meaning_command",
        text,
        "parser_asking:add_meaning",
        resumes=True,
    )
    text = "look for benchmark problems, duplicates, wrong languages and broken rows"
    add_command(data, "check", "data_check:check_command", text, _add_check)


def _add_starter(starter: LazyParser) -> None:
    from ultralink_data.starter.starter_config import StarterConfig

    add_config(starter, StarterConfig)
    add_out(starter, "DIR")


def _add_prune(prune: LazyParser) -> None:
    from ultralink_data.whole.prune_config import PruneStep

    prune.add_argument("dataset", type=Path, help="dataset folder")
    add_config(prune, PruneStep, {"keep": "--keep KEEP"})
    add_out(prune, "DIR")


def _add_convert(convert: LazyParser) -> None:
    from ultralink_data.dialogue import KINDS

    convert.add_argument(
        "--format",
        metavar="NAME",
        help="FILE is sharegpt, metamath or magicoder as published; OUT is FILE.jsonl",
    )
    convert.add_argument(
        "files",
        type=Path,
        nargs="+",
        help="outputs of building stages, release files ({language}_{kind}.jsonl), or folders",
    )
    convert.renamed["--from"] = "--format"
    add_language(convert, "language, where a file's name does not say it", None)
    convert.add_argument("--kind", choices=KINDS, help="kind, where a file's name does not say it")
    add_out(convert, "OUT", "folder of the dataset; with --format a file, FILE.jsonl")


def _add_build(build: LazyParser) -> None:
    build.add_argument(
        "--recipe", type=Path, required=True, metavar="FILE.toml", help="docs/data_build.md"
    )
    add_out(build, "DIR", "stages, dataset and reports")
    build.add_argument("--dry-run", action="store_true", help="print the plan and stop")
    add_settings(build, "max_cost=40", "build")
    add_benchmarks(build)
    add_runs(build)


def _add_extract(extract: LazyParser) -> None:
    from harness.building.recipe_parts import Articles, Recipe

    extract.add_argument(
        "source",
        type=Path,
        help="MediaWiki export (.xml, .xml.bz2), or a file or folder of extracted articles",
    )
    add_out(extract, "FILE.jsonl")
    spelled = {"language": "--languages CODE", "index": "--index FILE"}
    spelled |= {
        "bounds.min_tokens": "--min-article-tokens N",
        "bounds.max_tokens": "--max-article-tokens N",
    }
    add_config(extract, Articles, spelled, only=("language", "format", "index", "bounds"))
    add_config(extract, Recipe, only=("processes",))
    extract.renamed |= {
        "--language": "--languages",
        "--min-tokens": "--min-article-tokens",
        "--max-tokens": "--max-article-tokens",
    }


def _add_filter_score(score: LazyParser) -> None:
    from ultralink_data.culture.filter_config import FilterConfig

    score.add_argument("verdicts", type=Path, help="FILE.verdicts.jsonl of `data filter`")
    score.add_argument(
        "--labels", type=Path, required=True, metavar="FILE", help="JSONL: id and the seven, 0 or 1"
    )
    add_config(score, FilterConfig, only=("threshold",))


def _add_filter_starter(starter: LazyParser) -> None:
    add_out(starter, "DIR")


def _add_check(check: LazyParser) -> None:
    from harness.building.check_step import CheckStep
    from harness.building.recipe_parts import Recipe

    check.add_argument(
        "dataset", type=Path, help="dataset, folder of release files, or a stage's output"
    )
    add_out(check, "FILE.json", "the report; FILE.md beside it", required=False)
    check.add_argument(
        "--drop-to", type=Path, metavar="DIR", help="also write the dataset without bad rows"
    )
    spelled = {
        f"config.limits.{name}": f"--max-{name.replace('_', '-')} SHARE"
        for name in ("exact", "near", "wrong_language", "control_tokens", "flaws")
    }
    spelled |= {"against": "--tasks A,B", "config.threshold": "--near-similarity X"}
    add_config(check, CheckStep, spelled)
    check.renamed |= {"--against": "--tasks", "--threshold": "--near-similarity"}
    add_config(check, Recipe, only=("processes",))
    add_benchmarks(check)
