"""`ultralink-bench samples show`: answers and grades of a run, or where two runs differ."""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import msgspec

from harness import show
from harness.commands.opened_store import opened
from leaderboard.answer_rules import AnswerRules
from leaderboard.collection import Collection, StoredJudged
from leaderboard.filter_words import Condition
from leaderboard.judge_replies import JudgeReplies, judged_verdicts
from leaderboard.render import to_markdown, to_rich
from leaderboard.sample_filters import sample_conditions
from leaderboard.sample_pairs import SamplePair, SamplePairs
from leaderboard.sample_stream import TaskSample, run_samples
from leaderboard.sample_tables import (
    DiffView,
    SampleView,
    VerdictView,
    diff_table,
    sample_table,
    verdict_table,
)
from leaderboard.table import Table
from leaderboard.visible_text import visible, visible_json
from tasks.judging.judge import JudgeVerdict
from tasks.saved_rows import Sample
from ultralink_data.errors import ConfigError

F = TypeVar("F")
V = TypeVar("V", SampleView, DiffView, VerdictView)


def show_samples(arguments: argparse.Namespace) -> int:
    """Print the samples of a run that are asked for, or the pairs of two runs that differ.

    Of a judged comparison its verdicts are printed.

    Raises:
        ConfigError: an unknown run, filter word, task, language or outcome; names the nearest.
        PrerequisiteError: there is no such store, or the samples are gone.
        DataError: a file of samples is damaged; names file and line.
    """
    asked = sample_conditions(arguments.where)
    collection = opened(arguments.runs)
    judged = [one for one in collection.judged if arguments.run in (one.name, one.key)]
    if judged:
        return _show_verdicts(judged[-1], asked, arguments)
    first = _Viewed(collection, arguments.run, arguments)
    if arguments.diff is None:

        def alone(found: TaskSample) -> SampleView:
            return first.view(found.task, found.sample)

        count = _print(run_samples(first.run, asked), alone, sample_table, arguments)
        _say(arguments, count, f"samples of {first.run.name}")
        return 0
    second = _Viewed(collection, arguments.diff, arguments)
    pairs = SamplePairs(first.run, second.run, asked)

    def beside(found: SamplePair) -> DiffView:
        return DiffView(
            first=first.view(found.task, found.first), second=second.view(found.task, found.second)
        )

    count = _print((p for p in pairs if p.differs), beside, diff_table, arguments)
    what = f"samples that differ, of {pairs.compared:,} in both"
    for run, alone_in in ((first.run, pairs.only_first), (second.run, pairs.only_second)):
        if alone_in:
            what += f"; {alone_in:,} are only in {run.name}"
    _say(arguments, count, what)
    return 0


def _show_verdicts(
    stored: StoredJudged, asked: Sequence[Condition], arguments: argparse.Namespace
) -> int:
    if arguments.diff is not None:
        raise ConfigError(
            f"{stored.name} is a judged comparison, and --diff puts runs side by side",
            hint="name two runs, or leave --diff out",
        )

    def view(verdict: JudgeVerdict) -> VerdictView:
        return VerdictView(comparison=stored.name, task=stored.report.task, verdict=verdict)

    count = _print(judged_verdicts(stored, asked), view, verdict_table, arguments)
    _say(arguments, count, f"verdicts of {stored.name}")
    return 0


class _Viewed:
    """A run whose samples are shown."""

    def __init__(self, collection: Collection, name: str, arguments: argparse.Namespace) -> None:
        self.run = collection.run(name)
        self._rules = AnswerRules(self.run.record, arguments.benchmarks)
        self._judge = JudgeReplies(collection, self.run)

    def view(self, task: str, sample: Sample) -> SampleView:
        return SampleView(
            run=self.run.name,
            task=task,
            sample=sample,
            found_by=self._rules.rule(task, sample),
            judge=tuple(self._judge.of(task, sample)),
        )


def _print(
    found: Iterable[F],
    view: Callable[[F], V],
    table: Callable[..., Table],
    arguments: argparse.Namespace,
) -> int:
    """Print the first of what was found, each as it comes; returns how many there are."""
    count, out = 0, show.console()
    as_json = arguments.format == "json"
    for count, one in enumerate(found, 1):
        if count > arguments.limit:
            continue
        shown = view(one)
        if as_json:
            text = visible_json(msgspec.json.encode(shown).decode())
            sys.stdout.write(f"{'[' if count == 1 else ','}\n{text}")
        elif arguments.format == "md":
            sys.stdout.write(to_markdown(table(shown, keep_indents=True)) + "\n")
        else:
            out.print(to_rich(table(shown)))  # a word that is too long for the line is folded
            out.print()
    if as_json:
        sys.stdout.write("\n]\n" if count else "[]\n")
    return count


def _say(arguments: argparse.Namespace, count: int, what: str) -> None:
    """How many there are, and how to see more; beside JSON and Markdown on standard error."""
    out = show.console(error=arguments.format != "table")
    text = f"{min(count, arguments.limit):,} of {count:,} {what}"
    if not count:
        text = f"{'with this --where: ' * bool(arguments.where)}0 {what}"
    if count > arguments.limit:
        text += "; --limit N shows more, --where KEY=VALUE picks"
    out.print(visible(text), soft_wrap=True)
