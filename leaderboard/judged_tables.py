"""The tables of a judged comparison."""

from typing import Final

from leaderboard.judged_records import JudgedReport
from leaderboard.table import MARK, Table, text_table
from tasks.judging.judge import Result
from tasks.judging.win_rate import WinRate

EXTREME: Final = "†"
"""Marks a length-controlled rate of which upstream would warn."""


def tables(report: JudgedReport) -> list[Table]:
    """A table of scores, with outcomes that add up to n questions, and one about the judge."""
    outcomes = (result.value for result in Result)
    names = ("language", "view", "win rate (%)", "bounds", "length-controlled", *outcomes, "n")
    checks = ("language", "view", "missing verdicts (%)", "flips (%)", "length slope")
    scored, checked = [], []
    for language, views in report.scores.items():
        for view, score in views.items():
            judged = _judged_texts(score, void=language in report.void)
            counts = [str(score.counts[result.value]) for result in Result]
            scored.append((language, view, *judged[:3], *counts, str(score.questions)))
            checked.append((language, view, f"{100 * score.bad_rate:.1f}", *judged[3:]))
    notes = [
        f"protocol {report.protocol}; ± one standard error over questions, none where all "
        f"are alike; {MARK} marks missing verdicts",
        "bounds: every missing verdict lost, and won",
    ]
    if report.void:
        notes.append(f"void: too few readable verdicts in {', '.join(report.void)}")
    if report.left_out:
        notes.append(f"{report.judge} does not take {', '.join(report.left_out)}: not sent")
    notes += _length_notes(report)
    notes += report.notes
    title = f"{report.task}: {report.model} against {report.baseline}, judged by {report.judge}"
    paid = report.usage
    about = (
        "flips: the two orders name different winners",
        "length slope: log-odds; above 0 the judge prefers longer answers",
        f"{paid.requests} requests, {paid.cached} stored replies, {paid.prompt_tokens} + "
        f"{paid.completion_tokens} tokens, cost {paid.cost:.4f}",
    )
    return [
        text_table(title, names, scored, *notes),
        text_table(f"The judge {report.judge}", checks, checked, *about),
    ]


def _judged_texts(score: WinRate, *, void: bool) -> tuple[str, str, str, str, str]:
    """Win rate, bounds, length-controlled rate, flips, slope; only bounds if void."""
    bounds = f"{100 * score.low:.1f} to {100 * score.high:.1f}"
    if void or score.value is None:
        return "void", bounds, "void", "void", "void"
    error = f" ± {100 * score.standard_error:.1f}" if score.standard_error else ""
    mark = f"{MARK} " if score.bad_rate else ""
    slope = score.length_slope
    return (
        f"{mark}{100 * score.value:.1f}{error}",
        bounds,
        _controlled_text(score),
        "n/a" if score.flip_rate is None else f"{100 * score.flip_rate:.1f}",
        "n/a" if slope is None else f"{slope:+.2f}",
    )


def _controlled_text(score: WinRate) -> str:
    """The length-controlled rate with its interval, marked where AlpacaEval would warn."""
    if score.length_controlled is None or score.length_interval is None:
        return "n/a"
    low, high = score.length_interval
    mark = f"{EXTREME} " if score.length_extreme else ""
    return f"{mark}{100 * score.length_controlled:.1f} [{100 * low:.1f}, {100 * high:.1f}]"


def _length_notes(report: JudgedReport) -> list[str]:
    """What a reader of the length-controlled rates must know: the interval, doubts, gaps."""
    shown = [
        (f"{language} {view}", score)
        for language, views in report.scores.items()
        for view, score in views.items()
        if language not in report.void and score.value is not None
    ]
    notes = []
    if any(score.length_interval is not None for _, score in shown):
        notes.append("length-controlled: the rate at equal length, with its 95 % interval")
    notes += [
        f"{EXTREME} {name}: the length-controlled rate {100 * (score.length_controlled or 0):.1f} "
        f"is very different from the win rate {100 * (score.value or 0):.1f}: by AlpacaEval's "
        "rule a sign that the regression fails"
        for name, score in shown
        if score.length_extreme
    ]
    gaps: dict[str, list[str]] = {}
    for name, score in shown:
        if score.length_reason:
            gaps.setdefault(score.length_reason, []).append(name)
    notes += [
        f"no length-controlled rate in {', '.join(names)}: {reason}"
        for reason, names in gaps.items()
    ]
    return notes
