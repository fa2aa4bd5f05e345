"""The tables of `blame`, and its last line."""

from typing import Final

from leaderboard.blame_records import BlamedLoss, BlameReport, BlameUndone
from leaderboard.table import Cell, Column, Emphasis, Table, TableRow, bounds

_SUSPECTS: Final = 8
"""Suspects that a table shows; the report has all that are at all likely."""
_ALPHA: Final = 0.05
_LIKELY: Final = 0.5
"""The probability from which the last line says that others share the blame."""
OPENING: Final = "### What the new dataset costs"


def blame_tables(report: BlameReport) -> list[Table]:
    """The loss in every task and language, the suspects, and what undoing them brings."""
    tables = [_losses(report)]
    if report.suspects:
        tables.append(_suspects(report))
    if report.undone:
        tables.append(_undone(report))
    return tables


def blame_sentence(report: BlameReport) -> str:
    """The answer in one sentence."""
    said = loss_words(report.losses[0])
    if report.verdict == "no loss":
        closest = loss_words(report.losses[0], ", ")
        return f"{report.new} is not shown to cost a score: closest is {closest}"
    likely = f"probability {_chance(report.probability)}"
    if not report.undone:
        return f"{said}, and {_open(report, likely)}"
    undone = report.undone[0]
    rows = f"{undone.name} ({undone.rows:,} of {report.changed:,} changed rows)"
    if report.verdict == "undecided":
        return (
            f"{said}; {rows} stood out, but undone, it needs {_saved(undone)} bits: that it cost "
            f"the score is not shown; {likely}; {report.trained} trainings"
        )
    parts = ""
    if report.named > 1:
        each = report.undone[1 : 1 + report.named]
        parts = "".join(f"; {one.name} alone: {_saved(one)}, {_share(one)}" for one in each)
    return (
        f"{said}; {rows} cost it: undone, it needs {_saved(undone)} bits, {_share(undone)} of the "
        f"loss{parts}{_left(undone)}; {likely}{_others(report)}; {report.trained} trainings"
    )


def _open(report: BlameReport, likely: str) -> str:
    """That nobody stands out, who is closest, and whether two groups seem to share the loss."""
    first = report.suspects[0]
    said = (
        f"no group of changed rows stands out: most likely {first.name} ({first.rows:,} of "
        f"{report.changed:,} changed rows), {likely}"
    )
    if report.shared >= _LIKELY:
        said += f"; that two groups share the loss: {_chance(report.shared)}"
    return (
        f"{said}; {report.trained} trainings; --most allows more of them, and more than two groups "
        "that share the blame leave it open too"
    )


def _others(report: BlameReport) -> str:
    """That another group probably did a part of it; empty if that is unlikely."""
    if report.named > 1 or report.others < _LIKELY:
        return ""
    return f", that another group did a smaller part of it: {_chance(report.others)}"


def _saved(undone: BlameUndone) -> str:
    return f"{-undone.percent:+.1f} % [{-undone.high:+.1f}, {-undone.low:+.1f}]"


def _share(undone: BlameUndone) -> str:
    return f"{100 * undone.share:.0f} %"


def _left(undone: BlameUndone) -> str:
    """What is surely still lost once these changes are undone; empty if nothing is."""
    if undone.left is None or undone.left[1] <= 0:
        return ""
    return (
        f", but {_interval(undone.left)} are still lost, to other rows: `blame OLD DIR` asks "
        "which, with DIR of --write"
    )


def _interval(percent: tuple[float, float, float]) -> str:
    value, low, high = percent
    return f"{value:+.1f} % [{low:+.1f}, {high:+.1f}]"


def loss_words(lost: BlamedLoss, joined: str = " lost ") -> str:
    """A loss in words: where, and how much with its interval."""
    loss = f"{lost.percent:+.1f} % [{lost.low:+.1f}, {lost.high:+.1f}] bits"
    return f"{lost.task} in {lost.language}{joined}{loss}"


def _losses(report: BlameReport) -> Table:
    rows = tuple(_loss(one) for one in report.losses)
    return Table(
        title=OPENING.removeprefix("### "),
        columns=(
            Column(name="task"),
            Column(name="language"),
            Column(name="bits it needs, % [95 %]", align="right"),
            Column(name="p", align="right"),
        ),
        rows=rows,
        caption=f"{report.new} against {report.old}; above 0 it is worse, over seeds and problems. "
        "p is one-sided, Holm-adjusted over the table. The first row is explained below.",
    )


def _loss(one: BlamedLoss) -> TableRow:
    told = one.p < _ALPHA
    difference = f"{one.percent:+.1f} [{one.low:+.1f}, {one.high:+.1f}]"
    return TableRow(
        cells=(
            Cell(text=one.task),
            Cell(text=one.language),
            Cell(
                text=difference,
                raw=one.percent,
                emphasis="bad" if told else "muted",
                beside=bounds(one.low, one.high),
            ),
            Cell(text="<0.001" if one.p < 0.001 else f"{one.p:.3f}", raw=one.p),
        )
    )


def _suspects(report: BlameReport) -> Table:
    shown = report.suspects[:_SUSPECTS]
    rest = 1 - sum(one.probability for one in shown)
    notes = [f"all others together: {_chance(rest)}"] if rest >= 0.001 else []
    notes.append(f"that two groups share the loss, whichever they are: {_chance(report.shared)}")
    notes.append(
        f"{report.trained} trainings in all, {report.made} made now ({report.seconds:,.0f} s of "
        f"work); to leave out each of the {report.groups:,} groups once takes {report.groups:,}."
    )
    if report.left_out:
        notes.append(f"facets with too many values to ask: {', '.join(report.left_out)}")
    return Table(
        title="Who is to blame",
        columns=(
            Column(name="changed rows", wrap=True),
            Column(name="rows", align="right"),
            Column(name="probability", align="right"),
        ),
        rows=tuple(
            TableRow(
                cells=(
                    Cell(text=one.name),
                    Cell(text=f"{one.rows:,}", raw=one.rows),
                    Cell(text=_chance(one.probability), raw=one.probability),
                )
            )
            for one in shown
        ),
        caption=f"{report.groups:,} groups of the {report.changed:,} changed rows were asked, by "
        f"{len(report.trainings)} trainings that each left out some; the probability that one "
        "alone, or two together, explain them. The last line counts those of nearly the same rows "
        "together, and a group beside which another did less than three tenths as if alone.",
        notes=tuple(notes),
    )


def _undone(report: BlameReport) -> Table:
    return Table(
        title="What undoing changes brings",
        columns=(
            Column(name="undone", wrap=True),
            Column(name="rows", align="right"),
            Column(name="bits saved, % [95 %]", align="right"),
            Column(name="of the loss", align="right"),
            Column(name="still lost, % [95 %]", align="right"),
        ),
        rows=tuple(_undone_row(one) for one in report.undone),
        caption=f"Over {report.undone[0].trainings} trainings each, with different seeds (Welch): "
        "saved against the new dataset, still lost against the old one.",
    )


def _undone_row(one: BlameUndone) -> TableRow:
    told = one.low > 0 or one.high < 0
    saved = f"{one.percent:+.1f} [{one.low:+.1f}, {one.high:+.1f}]"
    left = "" if one.left is None else _interval(one.left).replace(" %", "")
    emphasis: Emphasis = ("good" if one.percent > 0 else "bad") if told else "muted"
    return TableRow(
        cells=(
            Cell(text=one.name),
            Cell(text=f"{one.rows:,}", raw=one.rows),
            Cell(
                text=saved,
                raw=one.percent,
                emphasis=emphasis,
                beside=bounds(one.low, one.high),
            ),
            Cell(text=_share(one), raw=one.share),
            Cell(text="")
            if one.left is None
            else Cell(text=left, raw=one.left[0], beside=bounds(*one.left[1:])),
        )
    )


def _chance(probability: float) -> str:
    return ">0.99" if probability > 0.995 else f"{probability:.2f}"
