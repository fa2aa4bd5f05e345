"""Options that several commands share, where no config holds what they say."""

import argparse
from pathlib import Path

from harness.options import defaults
from harness.options.field_list import ListFields


def add_runs(command: argparse.ArgumentParser) -> None:
    """The option that names the store."""
    command.add_argument(
        "--runs",
        type=Path,
        default=defaults.RUNS,
        metavar="DIR",
        help="the store (default: %(default)s)",
    )


def add_benchmarks(command: argparse.ArgumentParser) -> None:
    """The option that names the benchmark files."""
    from tasks.files import ENVIRONMENT

    command.add_argument(
        "--benchmarks",
        type=Path,
        metavar="DIR",
        help=f"folder of benchmark files (default: ${ENVIRONMENT}, then the cache)",
    )


def add_out(command: argparse.ArgumentParser, metavar: str, text: str | None = None) -> None:
    """The option that names the output, which must be given."""
    command.add_argument("-o", "--out", type=Path, required=True, metavar=metavar, help=text)


def add_limit(command: argparse.ArgumentParser, what: str) -> None:
    """The option that takes only the first of the rows."""
    command.add_argument("--limit", type=int, metavar="N", help=f"only the first N {what}")


def add_language(command: argparse.ArgumentParser) -> None:
    """The option that names one language."""
    command.add_argument(
        "--language", default=defaults.LANGUAGE, metavar="CODE", help="default: %(default)s"
    )


def add_languages(command: argparse.ArgumentParser, text: str = "default: all") -> None:
    """The option that names some languages, none by default."""
    command.add_argument("--languages", type=words, metavar="en,zh", help=text)


def add_english(command: argparse.ArgumentParser) -> None:
    """The option that names some languages, English by default."""
    command.add_argument(
        "--languages",
        type=words,
        default=(defaults.LANGUAGE,),
        metavar="en,zh",
        help=f"default: {defaults.LANGUAGE}",
    )


def add_evaluated(command: argparse.ArgumentParser) -> None:
    """The option that names benchmarks, by default those that say so of themselves."""
    from tasks import index

    unasked = index.evaluated_by_default()
    command.add_argument(
        "--tasks",
        type=words,
        default=unasked,
        metavar="A,B",
        help=f"benchmarks, of {', '.join(index.names())} (default: {','.join(unasked)})",
    )


def add_protocol(command: argparse.ArgumentParser) -> None:
    """The option that chooses protocols."""
    command.add_argument(
        "--protocol",
        action="append",
        default=[],
        metavar="TASK=NAME",
        help="how to ask; `ultralink-bench tasks show TASK` lists them (repeatable)",
    )


def add_repairs(command: argparse.ArgumentParser) -> None:
    """The options that choose repairs of damaged prompts."""
    group = command.add_mutually_exclusive_group()
    group.add_argument(
        "--repairs",
        type=words,
        metavar="A,B",
        help="repairs of damaged prompts to apply (default: all)",
    )
    group.add_argument(
        "--no-repair",
        action="store_const",
        const=(),
        dest="repairs",
        help="leave damaged prompts as they are",
    )


def words(text: str) -> tuple[str, ...]:
    """`a,b` as its words."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def numbers(text: str) -> tuple[int, ...]:
    """`1,2` as its numbers."""
    return tuple(int(word) for word in words(text))


def add_settings(command: argparse.ArgumentParser, example: str, config: str) -> None:
    """The option that changes fields of `config` (`module:class`), and the one that lists them."""
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        dest="settings",
        help=f"change a config field, e.g. {example} (repeatable); --fields lists them",
    )
    command.add_argument(
        "--fields",
        action=ListFields,
        config=config,
        help="print every field that --set takes, with its default, and stop",
    )
