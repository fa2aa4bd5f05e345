"""Pages of experiments, and the list of them."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from shlex import join
from typing import Final

import msgspec

from leaderboard.collection import Collection, StoredJudged, StoredReport, StoredRun
from leaderboard.flat_values import flat_values
from leaderboard.judged_tables import tables as judged_tables
from leaderboard.ladder import ladder
from leaderboard.looks import look_notes
from leaderboard.records import ExperimentReport
from leaderboard.report_tables import primary_table, report_metrics, report_tables
from leaderboard.site.effect_plots import legend, metric_plot, primary_plots
from leaderboard.site.html_table import to_html
from leaderboard.site.ladder_plot import ladder_plot
from leaderboard.site.link_table import LinkedTable
from leaderboard.site.markup import Markup, element, joined
from leaderboard.site.page import above, page
from leaderboard.site.site_links import SiteLinks
from leaderboard.table import Column, Table, number_cell, text_cell, text_table
from leaderboard.variant_diff_tables import data_difference_table

FOLDER: Final = "experiments"


def write_experiments(collection: Collection, folder: Path, step: Callable[[str], None]) -> None:
    """Write the list of experiments and a page for each."""
    (folder / FOLDER).mkdir(exist_ok=True)
    index = f"{FOLDER}/index.html"
    (folder / index).write_text(_index(collection, index), encoding="utf-8")
    step(index)
    links = SiteLinks(collection)
    for stored in collection.reports:
        path = f"{FOLDER}/{stored.key}.html"
        text = _experiment(stored, links.runs_of(stored), path)
        (folder / path).write_text(text, encoding="utf-8")
        step(path)
    for judged in collection.judged:
        path = f"{FOLDER}/{judged.key}.html"
        (folder / path).write_text(_comparison(judged, path), encoding="utf-8")
        step(path)


_COLUMNS: Final = (
    Column(name="Experiment"),
    Column(name="Question", wrap=True),
    Column(name="Profile"),
    Column(name="Variants", align="right"),
    Column(name="Seeds", align="right"),
    Column(name="Primary endpoints", wrap=True),
    Column(name="Date"),
)


def _index(collection: Collection, path: str) -> str:
    table = LinkedTable("Experiments", _COLUMNS)
    for stored in reversed(collection.reports):
        report = stored.report
        table.add(
            f"{stored.key}.html",
            text_cell(stored.name),
            text_cell(report.question),
            text_cell(report.profile),
            number_cell(len(report.variants)),
            number_cell(len(report.seeds)),
            text_cell(_verdicts(report)),
            text_cell(report.started[:10]),
        )
    judged = LinkedTable("Judged comparisons", _JUDGED_COLUMNS)
    for one in collection.judged:
        texts = (one.name, one.report.task, one.report.model, one.report.baseline, one.report.judge)
        judged.add(f"{one.key}.html", *map(text_cell, texts))
    command = element("code", "ultralink-bench run")
    body = [element("p", "No experiment has finished yet: ", command, " makes one.")]
    if collection.reports:
        body = [table.html()]
    if collection.judged:
        body += [element("h2", "Judged comparisons"), judged.html()]
    lead = "Variants of a dataset, compared with a reference problem by problem."
    return page("Experiments", body, path=path, lead=lead)


def _verdicts(report: ExperimentReport) -> str:
    """The verdicts on the primary endpoints, counted; the experiment's page says on which."""
    counts = Counter(effect.verdict for effect in report.effects if effect.primary)
    return ", ".join(f"{count} {verdict}" for verdict, count in counts.items())


_JUDGED_COLUMNS: Final = tuple(
    Column(name=name) for name in ("Comparison", "Task", "Model", "Baseline", "Judge")
)


def _comparison(stored: StoredJudged, path: str) -> str:
    """A model against a baseline, and what the judge was and cost."""
    report = stored.report
    facts = text_table(
        "How it was judged",
        ("Name", "Value"),
        flat_values("", msgspec.to_builtins(report.endpoint)).items(),
        wrap=("Value",),
    )
    lead = f"{report.model} against {report.baseline}, judged by {report.judge}"
    body = [to_html(table, labels=2) for table in (*judged_tables(report), facts)]
    return page(stored.name, body, path=path, lead=lead)


def _experiment(stored: StoredReport, runs: Sequence[StoredRun], path: str) -> str:
    report = stored.report
    tables = report_tables(report)
    has_primary = any(effect.primary for effect in report.effects)
    own = int(has_primary)
    data = own + len(report.tables)
    body = [_remarks(report)]
    if has_primary:
        # Its caveats stand in the box above.
        body += [*primary_plots(report), legend(), to_html(primary_table(report), labels=2)]
    body += [to_html(table, labels=1) for table in tables[own:data]]
    body += _curves(report)
    body += _data(report, tables[data])
    for (task, metric), table in zip(report_metrics(report), tables[data + 1 :], strict=True):
        plot = metric_plot(report, task, metric)
        body += [element("h2", f"{task} {metric}"), *([plot] if plot else [])]
        inside = element("details", element("summary", "Every number"), _without_heading(table))
        body.append(inside if plot else _without_heading(table))
    body += [_runs(runs, path), *_making(report)]
    return page(stored.name, body, path=path, lead=report.question)


def _without_heading(table: Table) -> Markup:
    return to_html(table, heading=3, labels=2)


def _remarks(report: ExperimentReport) -> Markup:
    """What every reader has to know: caveats, and earlier looks at the same experiment."""
    found = (*report.caveats, *look_notes(report.looks, report.seeds, report.margins))
    seeds = ", ".join(map(str, report.seeds))
    setting = f"Profile {report.profile}; seeds {seeds}; reference {report.reference}; "
    setting += f"{report.started[:10]}; configuration {report.config_hash}."
    items = [element("li", one) for one in found]
    caveats = element("ul", *items) if items else Markup("")
    return element("div", element("p", setting), caveats, class_="remarks")


def _curves(report: ExperimentReport) -> list[Markup]:
    rungs = ladder(report)
    if rungs is None:
        return []
    primary = {(e.task, e.metric) for e in report.effects if e.primary}
    plots = [
        ladder_plot(report, rungs, task, metric)
        for task, metric in report_metrics(report)
        if not primary or (task, metric) in primary
    ]
    found = [plot for plot in plots if plot is not None]
    return [element("h2", f"Over {rungs.what}"), *found] if found else []


def _data(report: ExperimentReport, trained: Table) -> list[Markup]:
    difference = data_difference_table(report)
    parts = [] if difference is None else [to_html(difference, labels=2)]
    return [*parts, to_html(trained, labels=2)]


_RUN_COLUMNS: Final = (
    Column(name="Run"),
    Column(name="Variant"),
    Column(name="Seed", align="right"),
    Column(name="Kind"),
    Column(name="Evaluation, seconds", align="right"),
)


def _runs(runs: Sequence[StoredRun], path: str) -> Markup:
    table = LinkedTable("Runs", _RUN_COLUMNS)
    for run in runs:
        record = run.record
        table.add(
            f"{above(path)}runs/{run.key}.html",
            text_cell(run.name),
            text_cell(record.variant or ""),
            text_cell("" if record.seed is None else str(record.seed)),
            text_cell(run.role),
            text_cell(f"{record.wall_seconds:.1f}"),
        )
    return joined(element("h2", "Runs"), table.html()) if runs else Markup("")


def _making(report: ExperimentReport) -> list[Markup]:
    """The command, to be typed again, and the versions behind the numbers."""
    versions = text_table("Versions", ("Package", "Version"), sorted(report.versions.items()))
    return [
        element("h2", "Command"),
        command_line(report.command),
        to_html(versions),
    ]


def command_line(words: Sequence[str]) -> Markup:
    """A command as it is typed; one click selects all of it."""
    return element("pre", element("code", join(words)), class_="copied", tabindex=0)
