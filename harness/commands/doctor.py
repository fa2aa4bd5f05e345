"""`ultralink-bench doctor`: show what works on this machine, and how to fix the rest."""

import argparse
import os
import shutil
from collections.abc import Callable
from importlib.util import find_spec

from harness import show
from harness.engine.jobs import package_versions
from leaderboard.table import Cell, Column, Emphasis, Table, TableRow, text_cell
from tasks.files import ENVIRONMENT
from ultralink_data.errors import BenchError

Check = Callable[[argparse.Namespace], tuple[bool, str, str]]
"""Whether it works, what was found, and how to fix it."""


def doctor(arguments: argparse.Namespace) -> int:
    """Print a line per check; exit code 3 if something that `run` needs does not work."""
    rows, broken = [], False
    for name, needed, check in CHECKS:
        works, found, mend = check(arguments)
        broken |= needed and not works
        state: tuple[str, Emphasis] = ("works", "good") if works else ("missing", "muted")
        if needed and not works:
            state = ("BROKEN", "bad")
        text = found if works or not mend else f"{found}; {mend}"
        rows.append(
            TableRow(
                cells=(
                    text_cell(name),
                    Cell(text=state[0], raw=state[0], emphasis=state[1]),
                    text_cell(text),
                )
            )
        )
    columns = (Column(name="part"), Column(name="state"), Column(name="found", wrap=True))
    show.print_tables([Table(title="This machine", columns=columns, rows=tuple(rows))])
    return 3 if broken else 0


def _packages(arguments: argparse.Namespace) -> tuple[bool, str, str]:
    found = package_versions()
    text = ", ".join(f"{name} {number}" for name, number in found.items())
    missing = [n for n in ("torch", "transformers", "lm-eval") if n not in found]
    return not missing, text, f"missing: {', '.join(missing)}; run `make setup`"


def _names(arguments: argparse.Namespace) -> tuple[bool, str, str]:
    """Whether another distribution here has a package of one of our names."""
    from harness.cli import ROOMS
    from harness.installed_files import others_with

    others = others_with(ROOMS)
    if not others:
        return True, "no other distribution has packages of our names", ""
    text = "; ".join(f"{room} is also of {', '.join(names)}" for room, names in others.items())
    return False, text, "install ultralink-bench in an environment of its own"


def _store(arguments: argparse.Namespace) -> tuple[bool, str, str]:
    folder = arguments.runs
    while not folder.exists() and folder != folder.parent:
        folder = folder.resolve().parent
    free = shutil.disk_usage(folder).free / 2**30
    writable = folder.is_dir() and os.access(folder, os.W_OK)
    text = f"{arguments.runs}: {free:.1f} GiB free" + ("" if writable else ", not writable")
    return writable and free > 1, text, "choose another folder with --runs"


def _sandbox(arguments: argparse.Namespace) -> tuple[bool, str, str]:
    from tasks.sandbox import sandbox_report

    report = sandbox_report()
    if report.usable:
        weaker = f" (weaker or absent: {'; '.join(report.missing)})" if report.missing else ""
        return True, "; ".join(report.in_force) + weaker, ""
    return False, report.reason, report.hint


def _benchmarks(arguments: argparse.Namespace) -> tuple[bool, str, str]:
    from tasks import registry

    lines, absent = [], []
    for name in registry.names():
        task, there, lacking = registry.get(name), [], []
        for language in task.languages:
            try:
                task.problems(language, None)
            except BenchError:
                lacking.append(language)
            else:
                there.append(language)
        if not there and task.pinned() is None:
            continue  # one whose files only a user can give, who has not
        lines.append(f"{name} ({' '.join(there) or 'none'})")
        if lacking:
            absent.append(f"{name} ({' '.join(lacking)})")
    found = f"here: {', '.join(lines)}"
    if absent:
        found += f"; not here: {', '.join(absent)}"
    return (
        not absent,
        found,
        f"`ultralink-bench tasks fetch`, or set ${ENVIRONMENT} to their folder",
    )


def _accelerator(arguments: argparse.Namespace) -> tuple[bool, str, str]:
    import torch

    if torch.cuda.is_available():
        return True, torch.cuda.get_device_name(0), ""
    return False, "no GPU; everything runs on the CPU", ""


def _latex(arguments: argparse.Namespace) -> tuple[bool, str, str]:
    found = shutil.which("pdflatex")
    return bool(found), found or "no pdflatex", "only needed to typeset table.tex"


def _vllm(arguments: argparse.Namespace) -> tuple[bool, str, str]:
    there = find_spec("vllm") is not None
    return there, "installed" if there else "not installed", "pip install 'ultralink-bench[vllm]'"


CHECKS: tuple[tuple[str, bool, Check], ...] = (
    ("packages", True, _packages),
    ("package names", True, _names),
    ("store", True, _store),
    ("sandbox", True, _sandbox),
    ("benchmark files", False, _benchmarks),
    ("accelerator", False, _accelerator),
    ("vllm", False, _vllm),
    ("latex", False, _latex),
)
