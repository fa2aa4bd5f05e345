"""Samples as tables: a row for each line of the prompt, of the generation, of the judge's reply.

Long texts are cut in the middle, with the length of what is left out; what is invisible in a text
is written out when the table is rendered.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Final, NamedTuple

import msgspec

from leaderboard.table import Cell, Column, Table, TableRow
from leaderboard.visible_text import bounded
from tasks.judging.judge import JudgeVerdict
from tasks.saved_rows import Sample

MOST: Final = 4000
"""Characters of a text that are shown."""

_TAB: Final = 4


class SampleView(msgspec.Struct, frozen=True, kw_only=True):
    """A sample with what is known beside it: the rule that found its answer, and the judge's words.

    This is what JSON has of it.
    """

    run: str
    task: str
    sample: Sample
    found_by: str = ""
    judge: tuple[JudgeVerdict, ...] = ()


class VerdictView(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict of a judged comparison; this is what JSON has of it."""

    comparison: str
    task: str
    verdict: JudgeVerdict


class DiffView(msgspec.Struct, frozen=True, kw_only=True):
    """Two runs' samples of one problem; this is what JSON has of them."""

    first: SampleView
    second: SampleView


class _Field(NamedTuple):
    """A field of a sample, by lines."""

    name: str
    lines: tuple[str, ...]


def sample_table(view: SampleView, *, keep_indents: bool = False) -> Table:
    """One sample, field by field; `keep_indents` for forms that drop blanks at the left."""
    title = f"{_place(view)}: {view.sample.outcome.value}"
    rows = _rows(_fields(view), keep_indents)
    return Table(title=title, columns=_columns(view.run), rows=rows)


def diff_table(view: DiffView, *, keep_indents: bool = False) -> Table:
    """Two samples of one problem side by side; what is the same in both stands at the left."""
    sides = [{f.name: f.lines for f in _fields(one)} for one in (view.first, view.second)]
    names = dict.fromkeys(name for side in sides for name in side)
    rows = []
    for name in names:
        left, right = (side.get(name, ()) for side in sides)
        if left == right:
            right = ("(the same)",)
        for place, lines in enumerate(zip_longest(left, right, fillvalue="")):
            cells = (Cell(text=_kept(line, keep_indents)) for line in lines)
            rows.append(TableRow(cells=(_label(name, place), *cells)))
    outcomes = " / ".join(one.sample.outcome.value for one in (view.first, view.second))
    return Table(
        title=f"{_place(view.first)}: {outcomes}",
        columns=_columns(view.first.run, view.second.run),
        rows=tuple(rows),
    )


def verdict_table(view: VerdictView, *, keep_indents: bool = False) -> Table:
    """One verdict of a judge, field by field."""
    verdict = view.verdict
    order = "the model's answer first" if verdict.model_first else "the baseline's answer first"
    fields = (
        _Field("shown", (order,)),
        *(
            _Field(name, _lines(text))
            for name, text in (
                ("thinking", verdict.thinking),
                ("reply", verdict.reply),
                ("detail", verdict.detail),
            )
            if text
        ),
    )
    title = f"{view.task} {verdict.language} {verdict.problem_id}: {verdict.result.value}"
    rows = _rows(fields, keep_indents)
    return Table(title=title, columns=_columns(view.comparison), rows=rows)


def _rows(fields: Iterable[_Field], keep_indents: bool) -> tuple[TableRow, ...]:
    return tuple(
        TableRow(cells=(_label(field.name, place), Cell(text=_kept(line, keep_indents))))
        for field in fields
        for place, line in enumerate(field.lines)
    )


def _columns(*runs: str) -> tuple[Column, ...]:
    return (Column(name=""), *(Column(name=run, wrap=True) for run in runs))


def _place(view: SampleView) -> str:
    sample = view.sample
    return f"{view.task} {sample.language} {sample.problem_id} #{sample.index}"


def _label(name: str, place: int) -> Cell:
    """The name of a field, in its first line."""
    return Cell(text="" if place else name, emphasis="strong")


def _fields(view: SampleView) -> Iterator[_Field]:
    sample = view.sample
    extracted = "nothing" if sample.extracted is None else sample.extracted
    limit = "at the token limit" if sample.hit_limit else ""
    for name, text in (
        ("prompt", sample.prompt),
        ("thinking", sample.thinking),
        ("generation", sample.generation),
        ("ended", limit),
        ("extracted", extracted),
        ("found by", view.found_by),
        ("outcome", sample.outcome.value),
        ("detail", sample.detail),
        *_judge_texts(view.judge),
    ):
        if text or name == "generation":
            yield _Field(name, _lines(text))


def _judge_texts(verdicts: Sequence[JudgeVerdict]) -> Iterable[tuple[str, str]]:
    for verdict in verdicts:
        order = "first" if verdict.model_first else "second"
        said = "\n".join(filter(None, (verdict.detail, verdict.reply)))
        yield f"judge, shown {order}", f"{verdict.result.value}\n{said}".rstrip()


def _lines(text: str) -> tuple[str, ...]:
    """The lines of a text, of a long one its beginning and its end with its length."""
    shown = bounded(text, MOST)
    if len(text) > MOST:
        shown += f"\n({len(text):,} characters in all)"
    return tuple(line.expandtabs(_TAB) for line in shown.split("\n")) or ("",)


def _kept(line: str, keep_indents: bool) -> str:
    if not keep_indents:
        return line
    bare = line.lstrip(" ")
    return "\u00a0" * (len(line) - len(bare)) + bare
