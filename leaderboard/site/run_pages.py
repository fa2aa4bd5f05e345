"""Pages of single runs, and the list of them."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import msgspec

from leaderboard.chart_svg import inline_chart
from leaderboard.collection import Collection, StoredReport, StoredRun
from leaderboard.flat_values import flat_values
from leaderboard.records import RunRecord
from leaderboard.run_tables import records_table
from leaderboard.score_matrix import score_matrix
from leaderboard.site.experiment_pages import command_line
from leaderboard.site.html_table import bare_table, scrolled, to_html
from leaderboard.site.link_table import LinkedTable
from leaderboard.site.markup import Markup, element, joined, text
from leaderboard.site.page import above, page
from leaderboard.site.site_links import SiteLinks
from leaderboard.site.stored_training import StoredTraining, StoredTrainings
from leaderboard.table import (
    Cell,
    Column,
    Table,
    TableRow,
    number_cell,
    parameters_text,
    text_cell,
    text_table,
)
from leaderboard.training_charts import StepPoint, loss_chart

FOLDER: Final = "runs"
_SHOWN_STEPS: Final = 20
"""Steps of a training that its table has: the first, the last, and some between."""


def write_runs(collection: Collection, folder: Path, step: Callable[[str], None]) -> None:
    """Write the list of runs and a page for each."""
    (folder / FOLDER).mkdir(exist_ok=True)
    index = f"{FOLDER}/index.html"
    (folder / index).write_text(_index(collection, index), encoding="utf-8")
    step(index)
    links = SiteLinks(collection)
    trainings = StoredTrainings(collection.folder)
    for run in collection.runs:
        path = f"{FOLDER}/{run.key}.html"
        training = trainings.of(run.record.model_fingerprint)
        text = _run(run, links.reports_of(run), training, path)
        (folder / path).write_text(text, encoding="utf-8")
        step(path)


_COLUMNS: Final = (
    Column(name="Run"),
    Column(name="Model", wrap=True),
    Column(name="Size", align="right"),
    Column(name="Kind"),
    Column(name="Profile"),
    Column(name="Tasks", wrap=True),
    Column(name="Date"),
)

_KINDS: Final = {"run": "", "noise": "noise floor", "checkpoint": "checkpoint"}


def _index(collection: Collection, path: str) -> str:
    table = LinkedTable("Runs", _COLUMNS)
    for run in reversed(collection.runs):
        record = run.record
        table.add(
            f"{run.key}.html",
            text_cell(run.name),
            text_cell(record.model),
            text_cell(parameters_text(record.parameters)),
            text_cell(_KINDS[run.role]),
            text_cell(record.profile or ""),
            text_cell(", ".join(dict.fromkeys(cell.task for cell in record.cells))),
            text_cell(record.started[:10]),
        )
    command = element("code", "ultralink-bench eval")
    empty = element("p", "Nothing has been evaluated yet: ", command, " does.")
    lead = "Every evaluated model, the newest first."
    return page("Runs", [table.html() if collection.runs else empty], path=path, lead=lead)


def _run(
    run: StoredRun, reports: list[StoredReport], training: StoredTraining | None, path: str
) -> str:
    record = run.record
    body = [
        _summary(run, reports, training, path),
        *_scores(record),
        *_samples(run, path),
        *_loss(training),
        element("h2", "Command"),
        command_line(record.command),
        *_trained(record),
        _facts("Fingerprints", _fingerprints(record)),
        _folded("Configuration", flat_values("", record.config).items()),
        _folded("Generation", flat_values("", _generation(record)).items()),
        _folded("Environment", _environment(record)),
    ]
    return page(run.name, body, path=path, lead=record.model)


def _summary(
    run: StoredRun, reports: list[StoredReport], training: StoredTraining | None, path: str
) -> Markup:
    """What and when, as a list of terms."""
    record = run.record
    commit = record.git_commit or ""
    if commit and record.git_dirty:
        commit += " (with changes that are not committed)"
    links = [
        element("a", stored.name, href=f"{above(path)}experiments/{stored.key}.html")
        for stored in reports
    ]
    imported = record.imported
    entries: list[tuple[str, str]] = [
        ("Experiment", joined(*links, between=", ")),
        ("Variant", record.variant or ""),
        ("Seed", "" if record.seed is None else str(record.seed)),
        ("Profile", record.profile or ""),
        ("Kind", _KINDS[run.role]),
        ("After step", "" if record.at_step is None else f"{record.at_step:,}"),
        ("Parameters", parameters_text(record.parameters)),
        ("Backend", record.backend),
        ("Started", record.started),
        ("Evaluation", _seconds(record.wall_seconds)),
        ("Training", _seconds(training.wall_seconds if training else None)),
        ("Steps", "" if record.steps is None else f"{record.steps:,}"),
        ("Commit", commit),
        ("Sandbox", ", ".join(record.sandbox)),
        (
            "Imported",
            f"from {imported.harness} {imported.version}, {imported.file}" if imported else "",
        ),
    ]
    parts = [
        part
        for name, value in entries
        if value
        for part in (element("dt", name), element("dd", value))
    ]
    return element("dl", *parts, class_="summary")


def _scores(record: RunRecord) -> list[Markup]:
    """The scores at a glance, and a fold with intervals and numbers of problems."""
    glance = msgspec.structs.replace(score_matrix([record], "Scores"), notes=())
    inside = to_html(records_table([record], "Every score"), heading=3, labels=3)
    heading = element("summary", "With intervals and numbers of problems")
    return [to_html(glance, labels=2), element("details", heading, inside)]


def _seconds(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes:.0f} min {rest:.0f} s" if minutes else f"{rest:.1f} s"


def _samples(run: StoredRun, path: str) -> list[Markup]:
    """Links into the sample explorer, by task and language."""
    files = run.sample_files()
    if not files:
        return []
    items = []
    for task in dict.fromkeys(task for task, _ in files):
        links = [
            element("a", language, href=_explorer(path, run=run.key, task=task, language=language))
            for other, language in files
            if other == task
        ]
        whole = element("a", task, href=_explorer(path, run=run.key, task=task))
        items.append(element("li", whole, ": ", joined(*links, between=", ")))
    return [element("h2", "Samples"), element("ul", *items, class_="plain")]


def _explorer(path: str, **state: str) -> str:
    return f"{above(path)}samples.html#{urlencode(state)}"


def _loss(training: StoredTraining | None) -> list[Markup]:
    if training is None:
        return []
    drawing = loss_chart("Loss of the training", training.steps, training.validation)
    figure = element(
        "figure",
        Markup(inline_chart(drawing)),
        class_="chart scroll",
        tabindex=0,
        aria_label="Loss of the training",
    )
    rows = [
        (str(one.step), "" if one.loss is None else f"{one.loss:.4f}", f"{one.learning_rate:.3g}")
        for one in _some(training.steps)
    ]
    columns = [Column(name=name, align="right") for name in ("Step", "Loss", "Learning rate")]
    table = Table(
        title="Loss by step",
        columns=tuple(columns),
        rows=tuple(TableRow(cells=tuple(Cell(text=cell) for cell in row)) for row in rows),
    )
    numbers = element("details", element("summary", "As a table"), bare_table(table))
    return [element("h2", "Training"), figure, numbers]


def _some(steps: tuple[StepPoint, ...]) -> Iterable[StepPoint]:
    last = len(steps) - 1
    places = {round(n * last / (_SHOWN_STEPS - 1)) for n in range(_SHOWN_STEPS)}
    return (steps[place] for place in sorted(places))


def _trained(record: RunRecord) -> list[Markup]:
    if not record.trained:
        return []
    rows = [
        TableRow(
            cells=(
                text_cell(one.language),
                text_cell(one.kind),
                number_cell(one.rows),
                number_cell(one.tokens),
            )
        )
        for one in record.trained
    ]
    total = (sum(one.rows for one in record.trained), sum(one.tokens for one in record.trained))
    cells = (text_cell("all"), text_cell("all"), *map(number_cell, total))
    table = Table(
        title="What it was trained on",
        columns=(
            Column(name="Language"),
            Column(name="Kind"),
            Column(name="Rows", align="right"),
            Column(name="Learned tokens", align="right"),
        ),
        rows=(*rows, TableRow(cells=cells, section=True)),
    )
    return [to_html(table, labels=2)]


def _fingerprints(record: RunRecord) -> list[tuple[str, str]]:
    found = [
        ("Run", record.run_id),
        ("Model", record.model_fingerprint),
        ("Dataset", record.dataset_fingerprint or ""),
        ("Prompts", record.prompts_hash),
    ]
    found += [(f"Version of {task}", version) for task, version in record.task_versions.items()]
    found += [(f"Protocol of {task}", name) for task, name in record.protocols.items()]
    if record.imported:
        found.append((f"SHA-256 of {record.imported.file}", record.imported.sha256))
    return [(name, value) for name, value in found if value]


def _generation(record: RunRecord) -> dict[str, object]:
    settings = record.generation
    return {field: getattr(settings, field) for field in settings.__struct_fields__}


def _environment(record: RunRecord) -> list[tuple[str, str]]:
    machine = record.hardware
    found: list[tuple[str, str]] = []
    if machine is not None:
        found = [
            ("machine", machine.machine),
            ("processor", machine.processor),
            ("cores", str(machine.cores)),
            ("memory", f"{machine.memory_gib:g} GiB"),
            ("accelerator", machine.accelerator or "none"),
        ]
    return [*found, *sorted(record.packages.items())]


def _facts(title: str, rows: Iterable[tuple[str, str]]) -> Markup:
    return to_html(_fact_table(title, rows))


def _fact_table(title: str, rows: Iterable[tuple[str, str]]) -> Table:
    return text_table(title, ("Name", "Value"), rows, wrap=("Value",))


def _folded(title: str, rows: Iterable[tuple[str, str]]) -> Markup:
    """A long list that few need to see."""
    table = bare_table(_fact_table(title, rows), cell=_code)
    heading = element("summary", element("h2", title))
    return element("details", heading, scrolled(table, title), class_="folded")


def _code(cell: Cell) -> Markup:
    return element("code", text(cell.text))
