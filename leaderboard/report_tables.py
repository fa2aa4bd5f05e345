"""The tables of an experiment report: primary endpoints, training data, every cell."""

from collections.abc import Sequence

import msgspec

from leaderboard.effect_notes import (
    CLUSTERS,
    bound_notes,
    hidden_notes,
    left_out_notes,
    margin_notes,
    size_cell,
)
from leaderboard.family_notes import (
    HOLM_COLUMN,
    family_notes,
    has_families,
    holm_cell,
    ruled_out_notes,
)
from leaderboard.family_notes import READING as FAMILY
from leaderboard.looks import look_notes
from leaderboard.noise import noise_and_signal, noise_cells, noise_notes
from leaderboard.records import (
    ALL_LANGUAGES,
    NON_ENGLISH,
    Effect,
    ExperimentReport,
    Interval,
    TokenCount,
    VariantRow,
)
from leaderboard.report_index import PRIMARY_MARK, Key, ReportIndex
from leaderboard.signals import QUIET_MARK, quiet_keys, quiet_notes
from leaderboard.table import (
    Cell,
    Column,
    Raw,
    Table,
    TableRow,
    count_text,
    effect_cell,
    emphasised,
    label_cells,
    magnitude,
    muted,
    ordered_languages,
    p_cell,
    shown_effect,
    ungraded,
    ungraded_notes,
)

READING = (
    "Paired differences to the reference with their 95 % interval, positive = better "
    "(pt: points of accuracy; %: bits per byte saved)."
)


def report_tables(report: ExperimentReport) -> list[Table]:
    """All tables in reading order: primary endpoints, training data, then each metric.

    The caveats of the report are below the first table.
    """
    tables = [primary_table(report)] if any(e.primary for e in report.effects) else []
    tables += report.tables
    tables.append(variants_table(report))
    tables += [metric_table(report, task, metric) for task, metric in report_metrics(report)]
    seen = look_notes(report.looks, report.seeds, report.margins)
    notes = (*report.caveats, *seen, *tables[0].notes)
    return [msgspec.structs.replace(tables[0], notes=notes), *tables[1:]]


def primary_table(report: ExperimentReport) -> Table:
    """The primary endpoints: one line per task and variant, the reference first."""
    index = ReportIndex(report)
    primary = [effect for effect in report.effects if effect.primary]
    known = set(index.cell_keys())
    rows: list[TableRow] = []
    above: tuple[str, ...] | None = None
    for task, metric, language in dict.fromkeys((e.task, e.metric, e.language) for e in primary):
        for variant in index.variants:
            key = (variant, task, language, metric)
            if key not in known:
                continue
            labels = (task_label(report, task), metric, variant)
            effect = index.effects.get(key)
            cells = (
                *label_cells(labels, above),
                index.score_cell(key, with_interval=False),
                effect_cell(effect, with_unit=True) if effect else Cell(text=""),
                *noise_cells(report, effect),
                p_cell(effect.p_value if effect else None),
                index.average_verdict(key),
            )
            new = above is not None and above[:2] != labels[:2]
            rows.append(TableRow(cells=cells, section=new))
            above = labels
    return Table(
        title=f"{report.experiment}: primary endpoints, average over the non-English languages",
        columns=(
            Column(name="Task"),
            Column(name="Metric", wrap=True),
            Column(name="Variant", wrap=True),
            Column(name="Score", align="right"),
            Column(name="Difference [95 %]", align="right"),
            *noise_columns(report),
            Column(name="p", align="right"),
            Column(name="Verdict", wrap=True),
        ),
        rows=tuple(rows),
        caption=f"{report.question} {READING} {_setting(report)}",
        notes=(
            *_other_references(report),
            *_margin_notes(report, primary),
            *hidden_notes(report.effects, primary_only=True),
            *family_notes(report.effects),
            *ruled_out_notes(report.effects),
            *bound_notes(primary),
            *_primary_marks(report, primary),
            *noise_notes(report, [(e.task, e.language, e.metric) for e in primary], named=True),
            *left_out_notes(primary, report.gaps),
        ),
    )


def _other_references(report: ExperimentReport) -> tuple[str, ...]:
    """Which variants are not compared with the report's reference, by what they are compared to."""
    found: dict[str, dict[str, None]] = {}
    for effect in report.effects:
        if effect.reference != report.reference:
            found.setdefault(effect.reference, {})[effect.variant] = None
    parts = [f"{', '.join(names)} against {other}" for other, names in found.items()]
    return (f"compared with a reference of their own: {'; '.join(parts)}",) if parts else ()


def noise_columns(report: ExperimentReport) -> tuple[Column, ...]:
    """The column of the noise floor, if there is one."""
    return () if report.noise is None else (Column(name="Noise", align="right"),)


def task_label(report: ExperimentReport, task: str) -> str:
    """The task, marked if its rows are the same in every variant."""
    return f"{task} (control)" if task in report.controls else task


def _margin_notes(report: ExperimentReport, effects: Sequence[Effect]) -> tuple[str, ...]:
    """What to do about missing margins; nothing in a profile without verdicts."""
    if report.config.get("verdicts") is False:
        return ()
    return margin_notes(effects, "--set margins.{}=NUMBER")


def _primary_marks(report: ExperimentReport, primary: Sequence[Effect]) -> tuple[str, ...]:
    """What the marks of primary endpoints count, by variant and language."""
    shown = {(e.task, e.metric) for e in primary}
    return ungraded_notes(
        (f"{score.variant}, {score.cell.task} {score.cell.metric}", score.cell)
        for score in report.scores
        if (score.cell.task, score.cell.metric) in shown and score.cell.language != "en"
    )


def _setting(report: ExperimentReport) -> str:
    """Profile, seeds, margins and configuration in one sentence."""
    seeds = ", ".join(map(str, report.seeds))
    margins = [f"{name} {_margin_text(name, value)}" for name, value in report.margins.items()]
    parts = [
        f"Profile {report.profile}",
        f"{len(report.seeds)} seed{'s' if len(report.seeds) != 1 else ''} ({seeds})",
        f"margin {', '.join(margins)}" if margins else "no margin set",
        f"config {report.config_hash[:12]}",
    ]
    return "; ".join(parts) + "."


def _margin_text(name: str, value: float) -> str:
    return magnitude(-value, "log-ratio" if name.startswith("bpb") else "points")


def variants_table(report: ExperimentReport) -> Table:
    """Rows and trained tokens per variant, language and kind; steps."""
    kinds = list(dict.fromkeys(t.kind for v in report.variants for t in v.trained))
    rows: list[TableRow] = []
    for variant in sorted(report.variants, key=lambda v: v.name != report.reference):
        rows += _variant_rows(variant, kinds, section=bool(rows))
    return Table(
        title=f"{report.experiment}: what each variant trained on",
        columns=(
            Column(name="Variant", wrap=True),
            Column(name="Language"),
            *(Column(name=kind, align="right") for kind in kinds),
            Column(name="Steps", align="right"),
        ),
        rows=tuple(rows),
        caption="Rows seen in training / assistant tokens learned from, first seed.",
        notes=tuple(f"{v.name}: {v.label}" for v in report.variants if v.label != v.name),
    )


def _variant_rows(variant: VariantRow, kinds: Sequence[str], *, section: bool) -> list[TableRow]:
    """Rows for the total of a variant, then for each language."""
    languages = ordered_languages(t.language for t in variant.trained)
    rows: list[TableRow] = []
    for language in (ALL_LANGUAGES, *languages):
        counts = [t for t in variant.trained if language in (ALL_LANGUAGES, t.language)]
        first = not rows
        cells = (
            Cell(text=variant.name, repeat=not first),
            Cell(text=language),
            *(_count_cell([t for t in counts if t.kind == kind]) for kind in kinds),
            Cell(text=str(variant.steps), raw=variant.steps, repeat=not first),
        )
        rows.append(TableRow(cells=cells, section=section and first))
    return rows


def _count_cell(counts: Sequence[TokenCount]) -> Cell:
    rows = sum(t.rows for t in counts)
    tokens = sum(t.tokens for t in counts)
    return Cell(text=f"{count_text(rows)} / {count_text(tokens)}" if rows else "0", raw=rows)


def metric_table(report: ExperimentReport, task: str, metric: str) -> Table:
    """Every language and variant of one task and metric: score, difference, verdict."""
    index = ReportIndex(report)
    chosen = [key for key in index.cell_keys() if (key[1], key[3]) == (task, metric)]
    quiet = quiet_keys(report.signals, report.effects)
    effects = [effect for key in chosen if (effect := index.effects.get(key))]
    adjusted = has_families(effects)
    rows: list[TableRow] = []
    above: tuple[str, ...] | None = None
    for language in ordered_languages(key[2] for key in chosen):
        mark = f" {QUIET_MARK}" if (task, language, metric) in quiet else ""
        for variant in index.variants:
            key = (variant, task, language, metric)
            if key in chosen:
                labels = (index.language_label(key) + mark, variant)
                new = above is not None and above[0] != labels[0]
                cells = _metric_cells(report, index, key, labels, above)
                if adjusted:
                    holm = holm_cell(effects, index.effects.get(key))
                    cells = (*cells[:-1], holm, cells[-1])
                rows.append(TableRow(cells=muted(cells) if mark else cells, section=new))
                above = labels
    accuracy = index.higher_is_better(chosen[0])
    unit = "%" if accuracy else "bits per byte, lower is better"
    difference = "Difference, pt [95 %]" if accuracy else "Bits saved, % [95 %]"
    return Table(
        title=f"{report.experiment}: {task_label(report, task)}, {metric} ({unit})",
        columns=(
            Column(name="Language"),
            Column(name="Variant", wrap=True),
            Column(name="Score [95 %]", align="right"),
            Column(name=difference, align="right"),
            *noise_columns(report),
            Column(name="Detects", align="right"),
            Column(name="n", align="right"),
            *((HOLM_COLUMN,) if adjusted else ()),
            Column(name="Verdict", wrap=True),
        ),
        rows=tuple(rows),
        caption=_metric_caption(index, chosen),
        notes=(
            *((FAMILY,) if adjusted else ()),
            *_margin_notes(report, effects),
            *hidden_notes(effects),
            *bound_notes(effects, named=False),
            *ungraded_notes((key[0], index.scores[key]) for key in chosen if key in index.scores),
            *noise_notes(report, [(task, key[2], metric) for key in chosen], named=False),
            *quiet_notes([quiet[k] for k in dict.fromkeys(k[1:] for k in chosen) if k in quiet]),
            *left_out_notes(effects, report.gaps, task, metric),
        ),
    )


def _metric_cells(
    report: ExperimentReport,
    index: ReportIndex,
    key: Key,
    labels: tuple[str, ...],
    above: tuple[str, ...] | None,
) -> tuple[Cell, ...]:
    effect = index.effects.get(key)
    smallest = effect.smallest_detectable if effect else None
    detects = ""
    if effect and smallest is not None:
        detects = f"{shown_effect(smallest, effect.unit):.1f}"
    strong = index.is_primary(key)
    cells = (
        *label_cells(labels, above),
        index.score_cell(key),
        effect_cell(effect) if effect else Cell(text=""),
        *noise_cells(report, effect),
        Cell(text=detects, raw=smallest),
        size_cell(*index.sizes(key)),
        index.language_verdict(key),
    )
    return tuple(emphasised(cell) for cell in cells) if strong else cells


def _metric_caption(index: ReportIndex, keys: Sequence[Key]) -> str:
    parts = [
        "Paired differences, positive = better.",
        "Detects: smallest true difference found with 80 % power.",
    ]
    if any(clusters < problems for problems, clusters in map(index.sizes, keys)):
        parts.append(CLUSTERS)
    if any(index.is_primary(key) for key in keys):
        parts.append(f"{PRIMARY_MARK}: the primary endpoint; single languages are descriptive.")
    return " ".join(parts)


def results_table(report: ExperimentReport) -> Table:
    """Every number of the report, unrounded, one row per variant, task, language and metric.

    For files, as it is too wide for a page. `effect`, its bounds, `margin` and
    `smallest_detectable` and `noise` are in `unit`; `rows` and `tokens` count the variant's
    training data in that language.
    """
    index = ReportIndex(report)
    lines = [_result(report, index, key) for key in index.cell_keys()]
    return Table(
        title=f"{report.experiment}: all results",
        columns=tuple(
            Column(name=name, align="left" if name in _TEXT_FIELDS else "right")
            for name in (*_TEXT_FIELDS, *_NUMBER_FIELDS)
        ),
        rows=tuple(
            TableRow(cells=tuple(Cell(text="" if v is None else str(v), raw=v) for v in line))
            for line in lines
        ),
        notes=report.caveats,
    )


_TEXT_FIELDS = (
    *("experiment", "profile", "config_hash", "task", "language", "metric", "variant"),
    *("reference", "primary", "higher_is_better", "verdict", "unit", "note"),
)
_SCORE_FIELDS = ("n", "n_clusters", "samples", "value", "standard_error", "low", "high", "ungraded")
_EFFECT_NUMBERS = (
    *("n_seeds", "n_left_out", "reference_value", "effect", "low", "high", "p_value", "p_holm"),
    *("margin", "smallest_detectable", "power"),
)
_NUMBER_FIELDS = (
    *_SCORE_FIELDS,
    *(f"effect_{name}" if name in ("low", "high") else name for name in _EFFECT_NUMBERS),
    *("rows", "tokens", "steps", "noise", "signal_to_noise"),
)


def _result(report: ExperimentReport, index: ReportIndex, key: Key) -> tuple[Raw, ...]:
    """The values of one row of `results_table`."""
    variant, task, language, metric = key
    effect = index.effects.get(key)
    row = next(v for v in report.variants if v.name == variant)
    trained = [t for t in row.trained if _covers(language, t.language)]
    return (
        *(report.experiment, report.profile, report.config_hash, task, language, metric, variant),
        *(effect.reference if effect else report.reference, index.is_primary(key)),
        index.higher_is_better(key),
        *(index.verdict_cell(key).text, effect.unit if effect else None, index.note(key)),
        *_score_values(index, key),
        *(getattr(effect, name) if effect else None for name in _EFFECT_NUMBERS),
        *(sum(t.rows for t in trained), sum(t.tokens for t in trained), row.steps),
        *noise_and_signal(report, effect),
    )


def _score_values(index: ReportIndex, key: Key) -> tuple[Raw, ...]:
    cell = index.scores.get(key)
    value, interval = index.value(key)
    return (
        *((cell.n, cell.n_clusters) if cell else index.sizes(key)),
        cell.samples if cell else None,
        value,
        cell.standard_error if cell else None,
        *_bounds(interval),
        sum(ungraded(cell).values()) if cell else None,
    )


def _bounds(interval: Interval | None) -> tuple[float | None, float | None]:
    return (interval.low, interval.high) if interval else (None, None)


def _covers(cell_language: str, language: str) -> bool:
    """Whether training rows in `language` belong to a cell's language (or average)."""
    if cell_language == NON_ENGLISH:
        return language != "en"
    return cell_language in (ALL_LANGUAGES, language)


def report_metrics(report: ExperimentReport) -> list[tuple[str, str]]:
    """Task and metric of every table, in the order of the report."""
    return list(dict.fromkeys((key[1], key[3]) for key in ReportIndex(report).cell_keys()))
