"""The command `ultralink-bench`: arguments in, exit code out.

A command is imported only when it runs, so that `--help` stays fast. User errors print two lines on
standard error; a traceback is a bug of ours. Exit codes: 0 done, 1 the answer is no, 2 wrong usage,
3 something outside failed, 4 could not decide, 70 a bug of ours, 130 interrupted.
"""

import argparse
import errno
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from ultralink_data.errors import BenchError, PrerequisiteError

ROOMS = ("harness", "leaderboard", "tasks", "train", "ultralink_data")

REFUSALS = (
    *(errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT),
    *(errno.EIO, errno.ESTALE, errno.ELOOP, errno.ENAMETOOLONG, errno.EMFILE),
)
"""Errors of the system that no code of ours brings about."""

INTERRUPTED = 130
BUG = 70

Handler = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None, *, keeping: bool = False) -> int:
    """Run the command line; returns the exit code.

    With `keeping`, what long commands find out about the code is kept for the next one: only for a
    process that runs nothing else, see `harness.engine.kept_results`.
    """
    if intruder := find_intruder():
        sys.stderr.write(intruder)
        return 2
    if other := find_overwritten():
        sys.stderr.write(other)
        return 2
    from harness.options.parser import parser  # it asks `tasks`, which is now known to be ours

    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        namespace = parser().parse_args(given)
    except BenchError as error:  # a benchmark's file that does not say what the parser reads
        _complain(error)
        return error.exit_code
    namespace.command_line = ("ultralink-bench", *given)
    try:
        from harness.options.places import check_places  # light, but --help goes without it

        check_places(namespace)
        if keeping and namespace.resumes:
            _keep_results()
        return handler(namespace)(namespace)
    except BenchError as error:
        _complain(error)
        return error.exit_code
    except KeyboardInterrupt:
        said = "the same command starts again:"
        if namespace.resumes:
            said = "what was finished is kept. The same command goes on from there:"
        sys.stderr.write(f"\ninterrupted; {said}\n  {_quoted(namespace.command_line)}\n")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output is gone (`| head`), so there is nobody to tell.
        sys.stderr.close()
        return 0
    except Exception as error:  # noqa: BLE001 - ours; exit code 1 would read as "the answer is no"
        return _unforeseen(error)


def _keep_results() -> None:
    from harness import show
    from harness.engine.kept_results import activate

    activate(show.warn)


def _unforeseen(error: Exception) -> int:
    """Say what went wrong where nobody expected it; returns the exit code."""
    fault = foreseen(error)
    if fault is not None:
        _complain(fault)
        return fault.exit_code
    import traceback

    traceback.print_exc()
    return BUG


def foreseen(error: Exception) -> BenchError | None:
    """What is the user's to mend in an error that no code of ours expected; None if it is ours."""
    from ultralink_data.added_code import fault_in_pattern

    return fault_in_pattern(error) or _fault_of_disk(error)


def _fault_of_disk(error: Exception) -> BenchError | None:
    """What the system refused, wherever it was asked; None for anything that may be our fault."""
    if not isinstance(error, OSError) or error.filename is None or error.errno not in REFUSALS:
        return None
    return PrerequisiteError(
        f"cannot use {os.fsdecode(error.filename)}: {error.strerror}",
        hint="check its permissions, its path and the disk, and start the command again",
    )


def _complain(error: BenchError) -> None:
    """Print an error as two lines, whatever file names and contents its message quotes."""
    from leaderboard.visible_text import bounded, visible

    sys.stderr.write(f"error: {bounded(visible(error.message))}\n  {visible(error.hint)}\n")


def entry() -> None:
    """The console script."""
    sys.exit(main(keeping=True))


def find_intruder() -> str:
    """Two lines about a foreign module that shadows one of the five packages, "" if none does.

    Their names are common words.
    """
    home = Path(__file__).resolve().parent.parent
    for room in ROOMS:
        spec = find_spec(room)
        found = Path(spec.origin).resolve() if spec and spec.origin else None
        if found is None or found.parent.parent != home:
            return (
                f"error: {found or room} stands in the way of this program's own package of that "
                "name\n  start it in another folder, or take that folder out of PYTHONPATH\n"
            )
    return ""


def find_overwritten() -> str:
    """Two lines about a file of ours that another distribution has replaced, "" if none has."""
    from harness.installed_files import others_with, overwritten

    name = overwritten(Path(__file__).resolve().parent.parent, ROOMS)
    if not name:
        return ""
    room = name.partition("/")[0]
    others = others_with((room,)).get(room, [])
    by = f": {', '.join(others)} has a package `{room}` too" if others else ""
    return (
        f"error: {name} is not the file that ultralink-bench installed{by}\n"
        "  install ultralink-bench in an environment of its own: `python -m venv FOLDER`\n"
    )


def handler(namespace: argparse.Namespace) -> Handler:
    """The function `module:function` that the parser chose, imported now."""
    module, _, function = namespace.handler.partition(":")
    chosen: Handler = getattr(import_module(f"harness.commands.{module}"), function)
    return chosen


def _quoted(words: Sequence[str]) -> str:
    from shlex import join

    return join(words)


if __name__ == "__main__":
    entry()
