"""Options that several commands share, where no config holds what they say."""

import argparse
from pathlib import Path

from harness.options import defaults
from harness.options.field_list import ListFields
from harness.options.lazy_parser import LazyParser
from harness.options.option_values import (
    ALL,
    ByForm,
    Languages,
    Several,
    at_least_one,
    language,
    languages,
    repairs,
    words,
)
from harness.options.settable import SETTABLE, showing


def add_runs(command: argparse.ArgumentParser) -> None:
    """The option that names the store."""
    command.add_argument(
        "--runs",
        type=Path,
        default=defaults.RUNS,
        metavar="DIR",
        help="the store (default: %(default)s)",
    )


def add_deciding(command: argparse.ArgumentParser, baseline: str = "") -> None:
    """The options that turn verdicts into the exit code; `baseline`: what `--fail-on` needs."""
    command.add_argument(
        "--fail-on",
        choices=defaults.FAIL_ON,
        help="exit 1 if a cell is shown to be worse, or is not shown to be non-inferior; exit 4 if "
        f"that could not be decided{baseline}",
    )
    command.add_argument(
        "--policy",
        type=Path,
        metavar="FILE",
        help="TOML file of margins and of what decides, by task and language (docs/tables.md)",
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


def add_out(
    command: argparse.ArgumentParser,
    metavar: str,
    text: str = "",
    *,
    required: bool = True,
) -> None:
    """The option that names the output."""
    text = text or f"the {'folder' if metavar == 'DIR' else 'file'} that is written"
    command.add_argument("-o", "--out", type=Path, required=required, metavar=metavar, help=text)


def add_forms(command: LazyParser, *forms: str) -> None:
    """The option that names reports, in a form each (`json`, `markdown`) that the name ends in."""
    command.set_defaults(**dict.fromkeys(forms))
    asked = {form: what for form, what in _FORMS.items() if form in forms}
    text = " or ".join(f"{what} in FILE{ByForm.ENDS[form][0]}" for form, what in asked.items())
    command.add_argument(
        "-o",
        "--out",
        action=ByForm,
        forms=forms,
        type=Path,
        metavar="FILE",
        help=f"write {text}" + (" (repeatable)" if len(forms) > 1 else ""),
    )
    for form in forms:
        command.renamed[f"--{form}"] = "--out"


_FORMS = {
    "json": "the numbers",
    "markdown": "the tables",
    "csv": "the rows unrounded",
    "latex": "the tables for a paper",
}


def backend_option() -> str:
    """The option that names what runs a model, with the names that there are."""
    from tasks.models import backends

    return f"--backend {{{','.join(backends.names())}}}"


def add_limit(command: argparse.ArgumentParser, what: str) -> None:
    """The option that takes only the first of the rows."""
    command.add_argument("--limit", type=at_least_one, metavar="N", help=f"only the first N {what}")


def add_language(
    command: LazyParser,
    text: str = f"default: {defaults.LANGUAGE}",
    default: str | None = defaults.LANGUAGE,
) -> None:
    """The option that names one language, spelled as where several can be named."""
    command.add_argument(
        "--languages",
        dest="language",
        type=language,
        default=default,
        metavar="CODE",
        help=text,
    )
    command.renamed["--language"] = "--languages"


def add_languages(
    command: LazyParser,
    text: str = "default: all",
    *,
    default: tuple[str, ...] | None = None,
    required: bool = False,
) -> None:
    """The option that names some languages, none by default."""
    command.add_argument(
        "--languages",
        action=Several if required else Languages,
        type=languages,
        default=default,
        required=required,
        metavar="en,zh",
        help=text,
    )
    command.renamed["--language"] = "--languages"


def add_english(command: LazyParser) -> None:
    """The option that names some languages, English by default."""
    text = f"{ALL}, or some (default: {defaults.LANGUAGE})"
    add_languages(command, text, default=(defaults.LANGUAGE,))


def add_evaluated(command: argparse.ArgumentParser) -> None:
    """The option that names benchmarks, by default those that say so of themselves."""
    from tasks import index

    unasked = index.evaluated_by_default()
    command.add_argument(
        "--tasks",
        action=Several,
        type=words,
        default=unasked,
        metavar="A,B",
        help=f"benchmarks, of {', '.join(index.names())} (default: {','.join(unasked)})",
    )


def add_protocols(command: argparse.ArgumentParser) -> None:
    """The option that chooses protocols of several tasks."""
    command.add_argument(
        "--protocol",
        action="append",
        default=[],
        metavar="[TASK=]NAME",
        help="how to ask, all tasks that have NAME or one (repeatable); "
        "`ultralink-bench tasks show TASK` lists them",
    )


def add_protocol(command: argparse.ArgumentParser) -> None:
    """The option that names the protocol of one task."""
    command.add_argument(
        "--protocol",
        metavar="[TASK=]NAME",
        help="how the model is or was asked (default: the first that `tasks show TASK` lists)",
    )


def add_repairs(command: LazyParser) -> None:
    """The option that chooses repairs of damaged prompts."""
    command.add_argument(
        "--repairs",
        action=Several,
        type=repairs,
        metavar="A,B",
        help="repairs of damaged prompts to apply, or none (default: all)",
    )
    command.renamed["--no-repair"] = "--repairs none"


def add_settings(command: argparse.ArgumentParser, example: str, of: str) -> None:
    """The option that changes fields of the config of `of`, and the one that lists them."""
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        dest="settings",
        help=f"change a config field, e.g. {example} (repeatable); `{showing(of)}` lists them",
    )
    command.add_argument(
        "--fields",
        action=ListFields,
        config=SETTABLE[of],
        help="print every field that --set takes, with type and default, and stop",
    )


def add_margins(command: argparse.ArgumentParser) -> None:
    """The option that names a file of margins."""
    command.add_argument(
        "--margins",
        type=Path,
        metavar="FILE",
        help="margins measured on your own runs, as `ultralink-bench margins` writes them",
    )
