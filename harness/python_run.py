"""`harness.run(...)`: an experiment from Python, by the code and into the store of the command."""

import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypedDict, Unpack

from harness.cli import foreseen
from harness.options.lazy_parser import LazyParser
from harness.options.parser import parser
from harness.options.parser_run import add_run
from harness.options.places import check_places
from harness.options.python_words import words
from harness.progress.display import Display
from leaderboard.told_hints import hints_told
from ultralink_data.errors import BenchError

if TYPE_CHECKING:
    from harness.commands.run import Audience
    from leaderboard.records import ExperimentReport
    from leaderboard.table import Table

Texts: TypeAlias = str | Sequence[str]
AnyPath: TypeAlias = str | os.PathLike[str]

NO_USE: Final = ("dry_run", "fail_on", "verbose")
"""Options of the command that only print or decide its exit code; the report has what they say."""


class RunOptions(TypedDict, total=False):
    """The keyword arguments of `run`: the command's options, with its defaults."""

    ablation: AnyPath
    data: Sequence[AnyPath]
    vary: Mapping[str, Sequence[Any]]
    profile: str
    variants: Texts
    seeds: int | Iterable[int]
    languages: Texts
    with_: Mapping[str, Any]
    tasks: Texts
    budget: Literal["steps", "epochs"]
    margins: AnyPath
    noise_floor: bool | int
    until_decided: bool | int
    checkpoints: int
    max_cost: float
    out: AnyPath
    policy: AnyPath
    set: Mapping[str, Any]
    model: AnyPath
    benchmarks: AnyPath
    runs: AnyPath


class RunWarning(UserWarning):
    """What a person must know about the data or the numbers of a run."""


@hints_told()
def run(*, progress: bool = False, **options: Unpack[RunOptions]) -> "ExperimentReport":
    """Run an experiment, or what of it is missing in the store, and return its report.

    The same as `ultralink-bench run`, whose options are the keyword arguments: `--noise-floor 3` is
    `noise_floor=3`, `--set train.steps=8` is `set={"train.steps": 8}`, `--with` is `with_`. The
    report's files are written as well, and its records name the command that repeats it. Warnings
    are `RunWarning`. Trainings and evaluations run in processes that start by themselves, so that a
    script needs no `if __name__ == "__main__"`, and a notebook's interrupt ends them.

    Args:
        progress: whether the plan and the progress are shown, as the command shows them.
        options: see docs/python_api.md.

    Raises:
        ConfigError: an unknown argument, name or value; names the nearest.
        BenchError: what the command would end with in two lines.
    """
    from harness.commands.deciding import policy_of
    from harness.commands.run import carried_out
    from leaderboard.records import read_report

    typed = ["run", *words(_command(), options, NO_USE)]
    arguments = parser().parse_args(typed)
    arguments.command_line = ("ultralink-bench", *typed)
    check_places(arguments)
    try:
        found = carried_out(arguments, policy_of(arguments), _audience(progress))
    except BenchError:
        raise
    except Exception as error:
        fault = foreseen(error)
        if fault is None:
            raise
        raise fault from error
    assert found is not None  # only a dry run ends with the plan
    return read_report(found.out / "report.json")  # the same, made now or found there


class _Warned(Display):
    """Shows nothing, and gives what must be known as warnings of Python."""

    def warn(self, text: str) -> None:
        from leaderboard.visible_text import bounded, visible

        warnings.warn(bounded(visible(text)), RunWarning, stacklevel=2)


def _audience(progress: bool) -> "Audience":
    """What the command shows, or warnings alone."""
    from harness import show
    from harness.commands.run import Audience
    from harness.progress.terminal import TERMINAL

    if progress:
        return Audience(TERMINAL, show.print_tables)
    return Audience(_Warned(), _unseen)


def _unseen(tables: "Iterable[Table]") -> None:
    """Let the tables of a plan go."""


def _command() -> LazyParser:
    """The options of `run`."""
    command = LazyParser(prog="ultralink-bench run")
    add_run(command)
    return command
