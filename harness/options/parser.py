"""The command line: the names of its commands, each with the words that say what it is for.

A command's handler and its options are named, not imported.
"""

from harness.options.lazy_parser import LazyParser, add_command, add_group
from harness.options.show_version import ShowVersion


def parser() -> LazyParser:
    """The whole command line; a command's options are added when they are needed."""
    top = LazyParser(
        prog="ultralink-bench",
        description="Build a multilingual SFT dataset variant, train, evaluate, and say with "
        "error bars whether the data change helped.",
    )
    top.add_argument(
        "--version",
        action=ShowVersion,
        help="print the version, and those of the packages that decide numbers, and stop",
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    text = "answer a question of your data: an ablation, two datasets, values of a setting"
    add_command(commands, "run", "run:run", text, "parser_run:add_run", resumes=True)
    text = "evaluate a model on benchmarks"
    add_command(commands, "eval", "eval_model:evaluate", text, "parser_eval:add_eval", resumes=True)
    add_group(commands, "grade", "score saved outputs", "parser_grade:add_grade")
    text = "grade stored samples again, without a model, and say what changed"
    add_command(commands, "regrade", "regrade:regrade", text, "parser_grade:add_regrade")
    text = "fine-tune a model on a dataset"
    add_command(commands, "train", "train:train", text, "parser_run:add_train", resumes=True)
    text = "make, import, prune and describe datasets"
    add_group(commands, "data", text, "parser_data:add_data")
    add_group(commands, "tasks", "list and show the benchmarks", "parser_tasks:add_tasks")
    text = "compare runs, models or scored samples with the first of them"
    add_command(commands, "compare", "compare:compare", text, "parser_run:add_compare")
    text = "say where two models differ: bits per byte by language, kind, template, pattern"
    add_command(commands, "gap", "gap:gap", text, "parser_gap:add_gap")
    text = "find the changed rows of a dataset that cost a language its score"
    add_command(commands, "blame", "blame:blame", text, "parser_blame:add_blame", resumes=True)
    text = "say whether a change of a dataset may be merged: checks, models, report"
    add_command(commands, "gate", "gate:gate", text, "parser_gate:add_gate", resumes=True)
    text = "show the settings of a profile: every field that --set takes"
    add_group(commands, "config", text, "parser_config:add_config_commands")
    text = "measure margins on runs of one dataset with several seeds"
    add_command(commands, "margins", "margin_study:margins", text, "parser_power:add_margin_study")
    text = "say which difference a design of seeds and problems can see"
    add_command(commands, "power", "power:power", text, "parser_power:add_power")
    text = "rank what has run, and pass it on: terminal, pages, other harnesses"
    add_group(commands, "leaderboard", text, "parser_leaderboard:add_leaderboard")
    text = "write a paper's tables and figures from what has run"
    add_command(commands, "paper", "paper:paper", text, "parser_paper:add_paper")
    text = "look at prompts, answers and grades"
    add_group(commands, "samples", text, "parser_leaderboard:add_samples")
    text = "look at and clean the store of artefacts"
    add_group(commands, "store", text, "parser_run:add_store")
    text = "say what works on this machine"
    add_command(commands, "doctor", "doctor:doctor", text, "parser_parts:add_runs")
    return top
