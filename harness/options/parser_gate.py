"""The options of `gate`."""

from pathlib import Path

from harness.options import defaults
from harness.options.lazy_parser import LazyParser
from harness.options.parser_parts import add_benchmarks, add_deciding, add_out, add_runs


def add_gate(gate: LazyParser) -> None:
    """Options of `gate`."""
    gate.add_argument(
        "action",
        nargs="?",
        choices=("init",),
        help="write gate.toml with every setting, its default and its meaning, and stop",
    )
    for side, text in (("baseline", "the dataset as it is"), ("candidate", "the changed one")):
        gate.add_argument(f"--{side}", type=Path, metavar="DIR", help=text)
    gate.add_argument(
        "--config",
        type=Path,
        metavar="FILE.toml",
        help="settings (default: gate.toml here, if there is one)",
    )
    text = f"folder of the report (default: {defaults.reports(Path('RUNS'), 'NAME')})"
    add_out(gate, "DIR", text, required=False)
    add_deciding(gate)
    add_benchmarks(gate)
    add_runs(gate)
