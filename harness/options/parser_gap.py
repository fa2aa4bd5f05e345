"""The options of `gap`."""

from pathlib import Path

from harness.options.config_options import add_config
from harness.options.lazy_parser import LazyParser
from harness.options.option_values import at_least_one
from harness.options.parser_parts import add_forms, add_languages, backend_option


def add_gap(gap: LazyParser) -> None:
    """Options of `gap`."""
    from tasks.eval_config import EvalConfig

    for name, metavar in (("first", "A"), ("second", "B")):
        gap.add_argument(
            name, type=Path, metavar=metavar, help="model folder (of adapters too) or .gguf file"
        )
    gap.add_argument(
        "--data",
        type=Path,
        required=True,
        metavar="DATASET",
        help="dataset folder, or release files: its first answers are scored",
    )
    add_languages(gap, "only these languages (default: all of the data)")
    gap.add_argument(
        "--limit",
        type=at_least_one,
        default=100,
        metavar="N",
        help="rows of each language and kind, drawn by id (default: %(default)s)",
    )
    only = ("backend", "batch_size", "dtype", "max_length", "threads")
    spelled = {"max_length": "--max-length TOKENS", "backend": backend_option()}
    add_config(gap, EvalConfig, spelled, only=only)
    add_forms(gap, "json", "markdown")
