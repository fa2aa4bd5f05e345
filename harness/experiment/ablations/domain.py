"""`domain`: what pruning costs category by category, within each language.

The paper asks whether abilities that do not depend on a language need rows in it. Here the rows of
one category (additive problems, programs about text, chats about a culture) are left out of the
translated data, or of all, and every category of the benchmarks' problems is scored apart. The
categories are those of `ultralink_data.categories`: rules over signs and code, the same in every
language.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from harness.experiment.ablation import Ablation, DataStage, MeasuredSides, Variant
from harness.experiment.ablations.prune_ladder import keep_translated
from harness.experiment.config import ExperimentConfig
from harness.experiment.own_tables import (
    SEEDS_NOTE,
    PrimaryEndpoint,
    adjusted_cell,
    difference_cell,
    endpoints,
    p_values,
    subject_of,
    tested,
)
from leaderboard.table import Cell, Column, Table, TableRow, label_cells, shown_effect, signed
from tasks.eval_config import TaskRun
from ultralink_data.categories.categorise import (
    FACETS,
    OTHER,
    code_categories,
    math_categories,
    row_categories,
)
from ultralink_data.dialogue import Dialogue
from ultralink_data.errors import ConfigError

if TYPE_CHECKING:
    from harness.statistics.comparison import Side
    from leaderboard.estimate import Estimate

_STAGE: Final = "leave-out"
_WHOLE: Final = "whole"


class LeaveOutConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which rows go: those of one category of a facet, in the translated languages or in all."""

    facet: str
    category: str
    english_too: bool = False


def leave_out(rows: list[Dialogue], config: LeaveOutConfig) -> Iterable[Dialogue]:
    """The rows of other categories, and English ones unless they go too.

    Raises:
        ConfigError: no row is of the category, so that nothing would differ.
    """
    gone = {
        (row.language, row.kind, row.id)
        for row in rows
        if (config.english_too or row.language != "en")
        and row_categories(row).get(config.facet) == config.category
    }
    if not gone:
        where = "" if config.english_too else " in a language other than English"
        raise ConfigError(
            f"no row of category {config.category} ({config.facet}) stands{where} in the data",
            hint="leave the variant out with --variants; "
            "`ultralink_data/categories/rules.toml` says what is in a category",
        )
    return [row for row in rows if (row.language, row.kind, row.id) not in gone]


class DomainParameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where rows are left out."""

    english_too: bool = False
    """Leave out the English rows of a category too; by default English stays whole."""


def _variants(english_too: bool) -> tuple[Variant, ...]:
    where = "in every language" if english_too else "in every language but English"
    return (
        Variant(name=_WHOLE, label="all rows"),
        Variant(
            name="no-translated", label="no translated math and code", change=keep_translated("0")
        ),
        *(
            Variant(
                name=f"without-{category}",
                label=f"no {subject} of category {category} ({facet}) {where}",
                stages={
                    _STAGE: LeaveOutConfig(facet=facet, category=category, english_too=english_too)
                },
            )
            for facet, (subject, categories) in FACETS.items()
            for category in categories
        ),
    )


def _arrange(
    ablation: Ablation, parameters: DomainParameters, config: ExperimentConfig
) -> Ablation:
    """The variants that leave out English rows too, if the user says so."""
    return msgspec.structs.replace(ablation, variants=_variants(parameters.english_too))


# Categories of problems


def _problem_categories(run: TaskRun, benchmarks: Path | None) -> dict[str, dict[str, str]]:
    """The category of each problem in each facet that its benchmark has, by problem.

    All languages ask the same problems, so one is read: English if it is asked.
    """
    benchmark, subject = run.benchmark(), subject_of(run.task)
    language = "en" if "en" in run.languages else run.languages[0]
    found: dict[str, dict[str, str]] = {}
    if subject == "chat":
        return found
    for problem in benchmark.problems(language, benchmarks):
        texts = benchmark.references(problem, run.protocol)
        target = next((t.target for t in texts if t.right is not False), None)
        prompt = benchmark.request(problem, run.protocol).prompt
        if subject == "code":
            found[problem.problem_id] = code_categories(_program(prompt, target))
        else:
            # A prompt may hold worked examples too: their numbers are not the question's.
            item = benchmark.item(problem)
            question = item.question if item is not None else prompt
            found[problem.problem_id] = math_categories(question, target)
    return found


def _program(prompt: str, target: str | None) -> str:
    """The code of a reference, with the signature if that stands in the prompt."""
    if target is None or "```" in target:
        return target or prompt
    return prompt + target


@cache
def by_category(run: TaskRun, benchmarks: Path | None) -> Mapping[tuple[str, str], frozenset[str]]:
    """The problems of each facet and category, in the order of the facets."""
    sorted_: dict[tuple[str, str], set[str]] = {}
    found = _problem_categories(run, benchmarks)
    for facet, (_, categories) in FACETS.items():
        for category in (*categories, OTHER):
            names = {name for name, known in found.items() if known.get(facet) == category}
            if names:
                sorted_[facet, category] = names
    return {key: frozenset(names) for key, names in sorted_.items()}


# Tables


def _tables(measured: MeasuredSides) -> Sequence[Table]:
    """For each task and facet: averages over languages, then every language."""
    runs = {run.task: run for run in measured.config.eval.runs}
    tables = []
    for endpoint in endpoints(measured):
        found = by_category(runs[endpoint.task], measured.benchmarks)
        for facet in dict.fromkeys(facet for facet, _ in found):
            cells = {category: names for (f, category), names in found.items() if f == facet}
            if set(cells) == {OTHER}:
                continue
            tables.append(_averages(measured, endpoint, facet, cells))
            if len(endpoint.languages) > 1:
                tables.append(_languages(measured, endpoint, facet, cells))
    return tables


def _compared(measured: MeasuredSides) -> Iterator[tuple[str, "Side", "Side"]]:
    """Each variant beside the reference."""
    for variant in measured.variants:
        if variant.name != _WHOLE:
            yield variant.name, measured.sides[variant.name], measured.sides[_WHOLE]


def _difference(
    pair: tuple["Side", "Side"],
    endpoint: PrimaryEndpoint,
    languages: tuple[str, ...],
    only: Collection[str],
) -> "Estimate | None":
    from harness.statistics.contrasts import AskedScore, difference

    return difference(*pair, AskedScore(endpoint.task, endpoint.metric, languages, only))


def _averages(
    measured: MeasuredSides,
    endpoint: PrimaryEndpoint,
    facet: str,
    cells: Mapping[str, Collection[str]],
) -> Table:
    """Every variant and category, averaged over the languages of the primary endpoint."""
    keys = [(name, category) for name, *_ in _compared(measured) for category in cells]
    pairs = {name: (side, reference) for name, side, reference in _compared(measured)}
    found = [_difference(pairs[n], endpoint, endpoint.asked, cells[c]) for n, c in keys]
    adjusted = p_values(found)
    rows: list[TableRow] = []
    above: tuple[str, ...] | None = None
    for (name, category), estimate, p_value in zip(keys, found, adjusted, strict=True):
        labels = (name, _marked(name, category))
        cells_ = (
            *label_cells(labels, above),
            Cell(text=str(count := estimate.n_problems if estimate else 0), raw=count),
            difference_cell(estimate, endpoint.unit),
            adjusted_cell(p_value),
        )
        rows.append(TableRow(cells=cells_, section=above is not None and above[0] != name))
        above = labels
    return Table(
        title=f"domain: {endpoint.task}, {endpoint.metric} by {facet} ({endpoint.shown_unit})",
        columns=(
            Column(name="Variant", wrap=True),
            Column(name="Problems"),
            Column(name="n", align="right"),
            Column(name="Difference [95 %]", align="right"),
            Column(name="p", align="right"),
        ),
        rows=tuple(rows),
        caption=f"Paired differences to {_WHOLE} over the problems of each category, average over "
        f"{' '.join(endpoint.asked)}, positive = better. p is Holm-adjusted over the "
        f"{_family(adjusted)}.",
        notes=_notes(measured, found),
    )


def _family(adjusted: Sequence[float | None]) -> str:
    """The cells that are tested together: those without a p of their own are none of them."""
    count = sum(p_value is not None for p_value in adjusted)
    which = "cells of this table" if count == len(adjusted) else "tested cells of this table"
    return f"{count} {which}"


def _marked(variant: str, category: str) -> str:
    """The category, with a mark if its rows are what the variant leaves out."""
    return f"{category} (left out)" if variant == f"without-{category}" else category


def _notes(measured: MeasuredSides, found: Sequence["Estimate | None"]) -> tuple[str, ...]:
    """Why cells are empty, if some are."""
    notes = []
    if any(estimate is None for estimate in found):
        notes.append("n/a: fewer than two problems are scored there, or a run lacks the score")
    if not any(map(tested, found)):
        notes.append(SEEDS_NOTE)
    return tuple(notes)


def _languages(
    measured: MeasuredSides,
    endpoint: PrimaryEndpoint,
    facet: str,
    cells: Mapping[str, Collection[str]],
) -> Table:
    """Every variant and category in each language."""
    pairs = {name: (side, reference) for name, side, reference in _compared(measured)}
    keys = [(n, c, code) for n in pairs for c in cells for code in endpoint.languages]
    found = [_difference(pairs[n], endpoint, (code,), cells[c]) for n, c, code in keys]
    adjusted = p_values(found)
    shown = {
        key: _short_cell(estimate, endpoint.unit, p_value)
        for key, estimate, p_value in zip(keys, found, adjusted, strict=True)
    }
    rows: list[TableRow] = []
    above: tuple[str, ...] | None = None
    for name in pairs:
        for category in cells:
            labels = (name, _marked(name, category))
            numbers = (shown[name, category, code] for code in endpoint.languages)
            new = above is not None and above[0] != name
            rows.append(TableRow(cells=(*label_cells(labels, above), *numbers), section=new))
            above = labels
    return Table(
        title=f"domain: {endpoint.task}, {endpoint.metric} by {facet} and language "
        f"({endpoint.shown_unit})",
        columns=(
            Column(name="Variant", wrap=True),
            Column(name="Problems", wrap=True),
            *(Column(name=code, align="right") for code in endpoint.languages),
        ),
        rows=tuple(rows),
        caption="Paired differences with the half-width of their 95 % interval, positive = better. "
        f"*: below 0.05 by Holm's method over the {_family(adjusted)}.",
        notes=_notes(measured, found),
    )


def _short_cell(found: "Estimate | None", unit: str, p_value: float | None) -> Cell:
    """A difference, half the width of its interval, and a star if it holds by Holm's method."""
    if found is None:
        return Cell(text="n/a", emphasis="muted")
    text = signed(shown_effect(found.value, unit))
    if tested(found):
        low, high = (shown_effect(bound, unit) for bound in (found.low, found.high))
        text += f"±{(high - low) / 2:.1f}"
    holds = p_value is not None and p_value < 0.05
    if not holds:
        return Cell(text=text, raw=found.value)
    return Cell(text=f"{text}*", raw=found.value, emphasis="bad" if found.value < 0 else "good")


_STARTER: Final = (
    *(_WHOLE, "no-translated", "without-additive", "without-multiplicative"),
    *("without-text", "without-specific"),
)

ABLATION = Ablation(
    name="domain",
    question="Which categories of problems lose what, if their translated rows go?",
    reference=_WHOLE,
    variants=_variants(english_too=False),
    defaults={"tiny": (_WHOLE, "without-additive"), "starter": _STARTER, "small": _STARTER},
    stages=(DataStage(name=_STAGE, config_type=LeaveOutConfig, run=leave_out),),
    parameters=DomainParameters(),
    arrange=_arrange,
    tables=_tables,
)
