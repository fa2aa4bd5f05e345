"""The options of `eval`."""

from pathlib import Path

from harness.options import defaults
from harness.options.config_options import add_config
from harness.options.lazy_parser import LazyParser
from harness.options.option_values import Several
from harness.options.parser_parts import (
    add_benchmarks,
    add_deciding,
    add_english,
    add_evaluated,
    add_limit,
    add_protocols,
    add_repairs,
    add_runs,
    backend_option,
)

SERVED_WITHOUT = ("model", "temperature", "thinking")
"""Fields of the endpoint that `eval` has options of its own for, or no
use: thinking is cut from every answer."""


def add_eval(evaluate: LazyParser) -> None:
    """Options of `eval`."""
    from tasks.eval_config import EvalConfig
    from ultralink_data.llm.endpoint import EndpointIdentity

    evaluate.add_argument(
        "--model",
        action=Several,
        nargs="+",
        type=Path,
        required=True,
        help="model folders, .gguf files or an endpoint's names; several share one table",
    )
    add_evaluated(evaluate)
    add_english(evaluate)
    add_protocols(evaluate)
    add_limit(evaluate, "problems by id")
    evaluate.add_argument(
        "--no-likelihood", action="store_true", help="do not measure bits per byte"
    )
    evaluate.add_argument("--no-generate", action="store_true", help="measure only bits per byte")
    add_repairs(evaluate)
    spelled = {
        "backend": backend_option(),
        "sampling.repeats": "--samples N",
        "max_length": "--max-length TOKENS",
        "thinking_tokens": "--thinking-tokens N",
        "isolated": "--no-sandbox",
    }
    add_config(evaluate, EvalConfig, spelled, without=("runs", "served"))
    add_config(
        evaluate.add_argument_group("endpoint", "for a backend that asks an endpoint"),
        EndpointIdentity,
        {"base_url": "--base-url URL"},
        without=SERVED_WITHOUT,
        required=False,
    )
    evaluate.add_argument(
        "--contamination",
        type=Path,
        metavar="REPORT.json",
        help="report of `data check` on the training data: adds scores without its problems",
    )
    evaluate.add_argument(
        "-o",
        "--out",
        action="append",
        type=Path,
        metavar="FILE",
        help="a folder for records and tables, or the table in FILE.md, .csv or .tex (repeatable; "
        f"default: {defaults.reports(Path('RUNS'), 'eval-MODEL')})",
    )
    evaluate.add_argument(
        "--verbose", action="store_true", help="print every score with its interval and n"
    )
    evaluate.add_argument(
        "--baseline",
        type=Path,
        metavar="RECORD",
        help="an earlier record, or a folder of one model's: compares with it, problem by problem",
    )
    add_deciding(evaluate, "; needs --baseline or several models")
    add_benchmarks(evaluate)
    add_runs(evaluate)
