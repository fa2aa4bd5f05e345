"""The options of `run`, `train`, `compare` and `store`."""

from pathlib import Path

from harness.options import defaults
from harness.options.config_options import add_config
from harness.options.lazy_parser import Commands, LazyParser, add_command
from harness.options.option_values import (
    Several,
    at_least_one,
    number,
    numbers,
    seed,
    share_or_path,
    shares,
    words,
)
from harness.options.parser_parts import (
    add_benchmarks,
    add_deciding,
    add_forms,
    add_languages,
    add_margins,
    add_out,
    add_runs,
    add_settings,
)


def add_run(run: LazyParser) -> None:
    """Options of `run`."""
    _add_question(run)
    run.add_argument(
        "--profile", default=defaults.PROFILE, metavar="NAME", help=defaults.PROFILE_HELP
    )
    run.add_argument(
        "--variants",
        action=Several,
        type=words,
        metavar="A,B",
        help="variant names, or all (default: some, by profile)",
    )
    run.add_argument(
        "--seeds",
        action=Several,
        type=numbers,
        metavar="0,1,2",
        help="training seeds (default: the profile's)",
    )
    add_languages(run, "languages of data and tasks (default: the profile's)")
    run.add_argument(
        "--with",
        dest="parameters",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter that only this ablation has (docs/ablations.md; repeatable)",
    )
    text = "benchmarks (default: the profile's)"
    run.add_argument("--tasks", action=Several, type=words, metavar="A,B", help=text)
    run.add_argument(
        "--budget",
        choices=defaults.BUDGETS,
        default=defaults.BUDGETS[0],
        help="equal steps for all variants, or equal epochs (default: %(default)s)",
    )
    add_margins(run)
    _add_more_seeds(run)
    run.add_argument(
        "--checkpoints",
        type=int,
        metavar="N",
        help="keep and evaluate the models at N even points of each training, the last its end: "
        "`tasks signal` reads them, no other table does (default: only the end)",
    )
    run.add_argument(
        "--verbose",
        action="store_true",
        help="print every table and path at the end, above the answer",
    )
    run.add_argument(
        "--max-cost",
        type=float,
        metavar="COST",
        help="stop before the first request to a paid model if all of them could cost more",
    )
    run.add_argument(
        "--dry-run", action="store_true", help="prepare the data, print plan and config, stop"
    )
    text = f"default: {defaults.reports(Path('RUNS'), 'ABLATION-PROFILE')}"
    add_out(run, "DIR", text, required=False)
    add_deciding(run)
    add_settings(run, "train.learning_rate=1e-3", "run")
    run.add_argument(
        "--model",
        action="append",
        type="model.path={}".format,
        dest="settings",
        metavar="MODEL",
        help="the model that is trained, a folder or .gguf file: short for --set model.path=MODEL",
    )
    add_benchmarks(run)
    add_runs(run)


def _add_question(run: LazyParser) -> None:
    """What is asked: one of an ablation, datasets, and values of settings."""
    asked = run.add_mutually_exclusive_group(required=True)
    asked.add_argument(
        "--ablation",
        metavar="NAME",
        help="the question, e.g. prune, or a file of yours: .toml, or .py that exports ABLATION",
    )
    asked.add_argument(
        "--data",
        nargs="+",
        action="extend",
        metavar="DIR",
        help="datasets to compare, two or more; the first is the reference",
    )
    asked.add_argument(
        "--vary",
        action="append",
        metavar="FIELD=A,B",
        help="values of a config field to compare, e.g. train.learning_rate=1e-3,3e-3; the value "
        "that it has anyway is the reference, else the first (repeatable: a grid)",
    )


def _add_more_seeds(run: LazyParser) -> None:
    """Seeds beside those that are named."""
    from harness.statistics.sequential import MOST_SEEDS

    noise = run.add_mutually_exclusive_group()
    noise.add_argument(
        "--noise-floor",
        type=int,
        nargs="?",
        const=True,
        default=None,
        metavar="N",
        help="train the reference with N further seeds (default: as many as --seeds) and print "
        "behind every difference what identical data show; on in profile starter where it costs "
        "under a third of the run",
    )
    noise.add_argument(
        "--no-noise-floor", action="store_const", const=False, dest="noise_floor", help="do not"
    )
    run.add_argument(
        "--until-decided",
        nargs="?",
        type=int,
        const=MOST_SEEDS,
        metavar="SEEDS",
        help="add seeds until every primary endpoint is decided, at most so many (default: "
        "%(const)s); intervals allow for each look",
    )


def add_train(train: LazyParser) -> None:
    """Options of `train`."""
    from train.lora_config import LoraConfig
    from train.train_config import TrainConfig

    train.add_argument(
        "--data",
        type=Path,
        required=True,
        metavar="DATASET",
        help="dataset folder, or a mixture of several: a .toml file (docs/mixtures.md)",
    )
    train.add_argument(
        "--model",
        type=Path,
        required=True,
        metavar="MODEL",
        help="model folder (of adapters too) or .gguf file",
    )
    add_out(train, "DIR", "folder for the tuned model")
    train.add_argument(
        "--seed",
        type=seed,
        default=defaults.SEED,
        metavar="N",
        help="of the training (default: %(default)s)",
    )
    add_languages(train, "only these languages (default: all of the data)")
    _add_plan(train)
    train.add_argument(
        "--merge",
        action="store_true",
        help="with adapters: write the model with them merged in, and not the adapters alone",
    )
    train.add_argument(
        "--run-file",
        type=Path,
        metavar="FILE",
        help="pack, write a file for `accelerate launch -m harness.launched FILE`, and stop",
    )
    _add_watching(train)
    _add_eval_at(train)
    spelled = {"max_tokens": "--max-length TOKENS", "precision": "--dtype"}
    spelled |= {f"lora.{name}": f"--lora-{name}" for name in LoraConfig.__struct_fields__}
    add_config(train.add_argument_group("training"), TrainConfig, spelled)
    train.renamed |= {
        "--dataset": "--data",
        "--mixture": "--data",
        "--recipe": "--data",
        "--plan": "--dry-run",
        "--max-tokens": "--max-length",
        "--precision": "--dtype",
    }
    add_settings(train, "learning_rate=1e-3", "train")
    add_runs(train)


def _add_plan(train: LazyParser) -> None:
    """What a training would take."""
    asked = train.add_argument_group("the plan, without training")
    asked.add_argument(
        "--dry-run",
        action="store_true",
        help="print what would be trained, the memory, disk and time that takes, and stop",
    )
    asked.add_argument(
        "--device-memory",
        type=number,
        metavar="GIB",
        help="memory of a device (default: of the GPU or machine that is here)",
    )
    asked.add_argument(
        "--hardware",
        metavar="8xH100",
        help="what it is to run on, e.g. 8xA100, H200, L4, RTX4090 (default: what is here)",
    )
    asked.add_argument(
        "--utilisation",
        type=number,
        metavar="SHARE",
        help="the share of the hardware's peak that is used (default: 0.4)",
    )


def _add_watching(train: LazyParser) -> None:
    """What is measured while a training goes on, and who is told."""
    asked = train.add_argument_group("watching the training")
    asked.add_argument(
        "--report-to",
        action=Several,
        type=words,
        default=(),
        metavar="A,B",
        help="trackers that are told of each step: tensorboard, wandb, mlflow (extra `report`)",
    )
    asked.add_argument(
        "--validation",
        type=share_or_path,
        metavar="SHARE|FOLDER",
        help="measure the loss by language and kind on rows that are not trained on: this share "
        "of the data, or another dataset (docs/models.md)",
    )


def _add_eval_at(train: LazyParser) -> None:
    """Evaluations over the course of a training."""
    asked = train.add_argument_group("evaluation over the training")
    asked.add_argument(
        "--eval-at",
        action=Several,
        type=shares,
        default=(),
        metavar="0.25,0.5,1.0",
        help="evaluate the models after these shares of the steps, and draw learning curves",
    )
    text = "with --eval-at: benchmarks (those of `eval` if left out)"
    asked.add_argument(
        "--eval-tasks", action=Several, type=words, default=(), metavar="A,B", help=text
    )
    asked.add_argument(
        "--eval-languages",
        action=Several,
        type=words,
        default=(),
        metavar="A,B",
        help="with --eval-at: languages (that of `eval` if left out)",
    )
    asked.add_argument(
        "--eval-limit",
        type=at_least_one,
        metavar="N",
        help="with --eval-at: only the first N problems",
    )
    add_benchmarks(train)


def add_compare(compare: LazyParser) -> None:
    """Options of `compare`."""
    from harness.statistics.verdict import ScoreMargins

    compare.add_argument(
        "a",
        type=Path,
        nargs="+",
        metavar="SIDE",
        help="what is compared with the first: run records, folders of them (FOLDER:NAME for one "
        "of its variants), results of lm-eval with samples, or .jsonl and .csv files with "
        "problem_id and score",
    )
    spelled = {
        "accuracy": "--margin-accuracy SHARE",
        "bpb": "--margin-bpb LOG-RATIO",
        "score": "--margin-score X",
    }
    add_config(compare, ScoreMargins, spelled)
    add_deciding(compare)
    add_forms(compare, "markdown", "csv", "latex")
    add_margins(compare)
    add_runs(compare)


def add_store(store: Commands) -> None:
    """The commands of `store`."""
    add_command(store, "ls", "store:ls", "list the artefacts", add_runs)
    add_command(store, "verify", "store:verify", "check every file against its hash", add_runs)
    text = "remove damaged and left-over artefacts"
    add_command(store, "gc", "store:gc", text, _add_gc)


def _add_gc(gc: LazyParser) -> None:
    gc.add_argument("--older-than", type=float, metavar="DAYS", help="also whole ones of that age")
    gc.add_argument("--dry-run", action="store_true", help="say what would go")
    add_runs(gc)
