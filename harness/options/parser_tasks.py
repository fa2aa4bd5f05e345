"""The options of the `tasks` commands."""

from pathlib import Path

from harness.options.lazy_parser import Commands, LazyParser, add_command
from harness.options.option_values import Several, words
from harness.options.parser_parts import (
    add_benchmarks,
    add_evaluated,
    add_language,
    add_languages,
    add_out,
    add_protocol,
    add_protocols,
    add_repairs,
    add_runs,
)


def add_tasks(tasks: Commands) -> None:
    """The commands of `tasks`."""
    add_command(tasks, "list", "tasks:list_tasks", "list the benchmarks")
    text = "run every canonical solution and say what fails and why"
    add_command(tasks, "audit", "tasks:audit_task", text, _add_audit)
    text = "write tasks for plain `lm_eval --include_path DIR`"
    add_command(tasks, "export", "task_export:export", text, _add_export)
    text = "download the benchmarks' files, pinned and checked"
    add_command(tasks, "fetch", "task_fetch:fetch", text, _add_fetch, resumes=True)
    text = "say which task and metric can tell variants apart, by the reports of runs"
    add_command(tasks, "signal", "task_signal:task_signal", text, _add_signal)
    text = "show a prompt, and what grading does with an answer on standard input"
    add_command(tasks, "show", "task_show:show_task", text, _add_show)


def _add_audit(audit: LazyParser) -> None:
    from tasks import index

    audit.add_argument(
        "name", choices=index.names(graded_by="programs"), help="a benchmark of programs"
    )
    add_languages(audit)
    add_repairs(audit)
    add_benchmarks(audit)


def _add_export(export: LazyParser) -> None:
    add_out(export, "DIR")
    add_evaluated(export)
    add_languages(export)
    add_protocols(export)
    add_benchmarks(export)


def _add_fetch(fetch: LazyParser) -> None:
    fetch.add_argument("names", nargs="*", metavar="TASK", help="default: all that have files")
    add_out(fetch, "DIR", "default: the cache", required=False)
    fetch.renamed["--to"] = "--out"
    fetch.add_argument(
        "--mirror", metavar="URL", help="instead of raw.githubusercontent.com, the default"
    )


def _add_show(show: LazyParser) -> None:
    show.add_argument("name", metavar="TASK", help="a benchmark, of those in `tasks list`")
    add_language(show)
    add_protocol(show)
    show.renamed["--sample"] = "--problem"
    show.add_argument(
        "--problem",
        type=int,
        default=0,
        metavar="N",
        help="the N-th by id, from 0 (default: %(default)s)",
    )
    add_benchmarks(show)


def _add_signal(signal: LazyParser) -> None:
    signal.add_argument(
        "reports",
        type=Path,
        nargs="+",
        metavar="REPORT",
        help="report folder of a `run` of two variants or more; several are scales (steps, sizes), "
        "the one that the others stand for last",
    )
    signal.add_argument(
        "--variants",
        action=Several,
        type=words,
        metavar="A,B",
        help="only these variants (default: all)",
    )
    signal.add_argument(
        "--reference",
        metavar="NAME",
        help="the variant that others are compared with (default: the report's)",
    )
    signal.add_argument(
        "--all", action="store_true", help="single languages too, not only averages"
    )
    add_runs(signal)
