"""`ultralink-bench train`: fine-tune one model on one dataset."""

import argparse
import shutil
from collections.abc import Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Final

import msgspec

from harness import show
from harness.commands.bad_rows import naming_rows
from harness.commands.changed_data import changed_data
from harness.commands.data import refuse_existing
from harness.commands.train_card import describe_model
from harness.commands.train_data import data_node, mixture_tables
from harness.commands.train_eval_at import POINTS, EvalAt, check_eval_at, curve_table
from harness.commands.train_held_out import (
    PACK_HELD,
    REST,
    HeldOut,
    check_held_out,
    held_out_nodes,
    loss_table,
)
from harness.commands.train_launch import check_run_file, write_run_file
from harness.commands.train_plan import check_plan, print_plan
from harness.commands.train_tracking import follow
from harness.engine.artefact_store import Store
from harness.engine.graph import Graph, Made, Node
from harness.engine.jobs import Artefact, external, make_job
from harness.engine.pool import training_pool
from harness.engine.provenance import restate
from harness.engine.stage_configs import PackConfig
from harness.engine.stages import RESULT_FILE
from harness.experiment.bfloat16_speed import bfloat16_note
from harness.experiment.external_models import external_model
from harness.experiment.mixture_file import is_mixture
from harness.options.config_options import config_from, help_of, refusing
from harness.options.settings import apply_settings
from harness.progress.terminal import TERMINAL
from harness.tracking.trackers import check_trackers
from leaderboard.table import Table, TableRow, label_columns, number_cell, text_cell
from train.lora import ADAPTERS
from train.packed import CellCount, PackCounts, Packed
from train.plan import Plan, SeenCell, plan
from train.saving import WEIGHTS
from train.train_config import Overlong, TrainConfig
from train.trainer import TrainResult
from train.warmup_note import warmup_note
from ultralink_data import atomic
from ultralink_data.adapters import set_base
from ultralink_data.errors import ConfigError
from ultralink_data.mixture.mixture_config import Curriculum
from ultralink_data.seeds import check_seed


def train(arguments: argparse.Namespace) -> int:
    """Pack, print the plan, train, and copy the model out of the store."""
    if not arguments.dry_run:
        refuse_existing(arguments.out)
    check_plan(arguments)
    check_held_out(arguments.validation)
    check_trackers(arguments.report_to)
    check_eval_at(arguments)
    config = _config(arguments)
    if arguments.merge and not config.lora.rank:
        raise ConfigError(
            "--merge merges adapters, and this training has none",
            hint="give --lora-rank, or leave --merge out: the whole model is written",
        )
    check_run_file(arguments, config)
    with refusing(f"see `{help_of(arguments)}`"):
        check_seed(arguments.seed)
    store = Store(arguments.runs)
    evaluated = EvalAt(arguments) if arguments.eval_at else None
    nodes = _nodes(arguments, config)
    nodes = nodes if evaluated is None else evaluated.nodes(nodes, config)
    trained = [n.name for n in nodes if n.name in (POINTS, "train")]
    graph = Graph(nodes, store, TERMINAL.warn)
    with training_pool(1, config.threads, store) as pool:
        graph.make_missing([n.name for n in nodes if n.name not in trained], pool, TERMINAL)
        packed = Packed.load(graph.made["pack"].path)
        if packed.counts.note:
            show.warn(packed.counts.note)
        found = plan(packed, config, arguments.seed)
        show.print_tables(
            [
                *mixture_tables(graph.made["data"], arguments.data),
                plan_table(arguments.data, found, config.micro_batch),
                *overlong_tables(packed.counts, config),
            ]
        )
        doubts: Iterator[str] = iter(())
        if arguments.validation:
            held = HeldOut(graph, graph.made["pack"].job.config["languages"])
            show.print_tables([held.table()])
            doubts = held.doubts()
        for text in (
            *said_of_rows(packed.counts),
            *doubts,
            *gguf_note(arguments.model, config, merges=arguments.merge),
            *(() if arguments.hardware else bfloat16_note(config.precision)),
            *warmup_note(found.steps, config),
            *changed_data(store, arguments, graph.made["pack"].path, config),
        ):
            show.warn(text)
        if evaluated is not None:
            evaluated.check_steps(found.steps)
        if arguments.run_file is not None:
            write_run_file(arguments.run_file, graph.job("train"), arguments.out)
            return 0
        if arguments.dry_run:
            print_plan(arguments, packed, config, found)
            return 0
        jobs = graph.job("train"), graph.job(trained[0])
        with follow(arguments.report_to, *jobs, store, arguments.out) as following:
            with naming_rows(graph.made["data"].path, store.work(jobs[1].key)):
                graph.make_missing(trained, pool, TERMINAL)
            following.finish(graph.made["train"].path)
    records = []
    if evaluated is not None:
        records = evaluated.records(graph, store, found.steps, arguments.out.name)
    made = graph.made["train"]
    with atomic.new_directory(arguments.out, replaces=False) as folder:
        if config.lora.rank and not arguments.merge:
            _copy_adapters(made, arguments.model, folder)
        else:
            for file in made.marker.files:
                _copy(made.path / file.name, folder / file.name)
        describe_model(folder, arguments.out.name, records)
    _say_result(arguments.out)
    show.print_tables(filter(None, [loss_table(arguments.out)]))
    show.print_tables([curve_table(records)] if records else [])
    show.print_paths([arguments.out])
    return 0


def gguf_note(base: Path, config: TrainConfig, *, merges: bool) -> Iterator[str]:
    """What a person is told of adapters whose base other programs do not find by themselves."""
    if config.lora.rank and not merges and base.suffix == ".gguf":
        yield (
            f"the adapters name {base.name} as their base, which eval, train and run read; others "
            f"have to load it first (transformers: gguf_file={base.name!r}), or give --merge"
        )


def said_of_rows(counts: PackCounts) -> Iterator[str]:
    """What a person is told of rows that are trained otherwise than they stand."""
    if counts.again:
        yield (
            f"{counts.again} of {counts.rows} rows are another answer of their dialogue: the chat "
            "template writes earlier turns differently when later ones follow, so that each answer "
            "is trained with what the model sees before it"
        )
    if counts.spelled:
        yield (
            f"{counts.spelled} rows spell control tokens such as <|im_end|>: they are learned as "
            "text; `ultralink-bench data check` lists them"
        )


def _copy_adapters(made: Made, base: Path, folder: Path) -> None:
    """What of a trained model is not its base's: adapters, tokenizer, files about the training."""
    for file in made.marker.files:
        name = file.name.removeprefix(f"{ADAPTERS}/")
        if name != "config.json" and not Path(name).match(WEIGHTS):
            _copy(made.path / file.name, folder / name)
    set_base(folder, base)
    restate(folder, external(folder).fingerprint)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _say_result(model: Path) -> None:
    """Say where all tokens are; on standard error, where a killed training went on."""
    result = msgspec.json.decode((model / RESULT_FILE).read_bytes(), type=TrainResult)
    if result.resumed_from is not None:
        text = f"went on after step {result.resumed_from} of {result.steps}, from a checkpoint"
        show.console(error=True).print(text, soft_wrap=True)
    if result.damaged:
        steps = " and ".join(map(str, result.damaged))
        show.warn(
            f"the checkpoint of step {steps} was damaged: the training "
            f"{'began anew' if result.resumed_from is None else 'went on from the one before'}"
        )
    for text in result.account.texts():
        show.console().print(text, soft_wrap=True)


def _config(arguments: argparse.Namespace) -> TrainConfig:
    """The paper's defaults with the options of training, then `--set field=value`.

    `train.field` is accepted too, the name in `run`. A number of steps replaces the default epochs,
    which it would contradict.
    """
    plain = [setting.removeprefix("train.") for setting in arguments.settings]
    given = {setting.partition("=")[0] for setting in plain}
    if "steps" in given and "epochs" not in given:
        plain = ["epochs=null", *plain]
    return apply_settings(config_from(arguments, TrainConfig), plain)


def _nodes(arguments: argparse.Namespace, config: TrainConfig) -> list[Node]:
    read_model = cache(partial(external_model, str(arguments.model)))
    data, languages, order = data_node(arguments, config, read_model)
    model = read_model()
    pack = PackConfig(
        languages=languages,
        curriculum=order,
        max_tokens=config.max_tokens,
        template=config.template,
        packing=config.packing,
        overlong=config.overlong,
        packing_order=config.packing_order,
    )
    command = tuple(arguments.command_line)
    given = arguments.validation
    plain = msgspec.structs.replace(pack, curriculum=Curriculum())
    held = held_out_nodes(given, plain, model, command) if given else []

    def inputs(made: Mapping[str, Artefact]) -> dict[str, Artefact]:
        found = {"packed": made["pack"], "model": model}
        return found | ({"validation": made[PACK_HELD]} if held else {})

    rows, mixed = REST if held else "data", is_mixture(arguments.data)
    return [
        data,
        *held,
        Node(
            name="pack",
            needs=(rows,),
            make=lambda made: make_job(
                "pack", pack, {"dataset": made[rows], "tokenizer": model}, command=command
            ),
        ),
        Node(
            name="train",
            needs=("pack", "data", PACK_HELD) if held else ("pack", "data"),
            make=lambda made: make_job(
                "train",
                config,
                inputs(made),
                arguments.seed,
                {"dataset": str(arguments.data.resolve())}
                | ({"mixture": made["data"].path} if mixed else {}),
                command=command,
            ),
        ),
    ]


PADDED: Final = "less padding where each dialogue attends by itself, as on a CPU"


def plan_table(source: Path, found: Plan, micro_batch: int) -> Table:
    """A table of rows and tokens that a training sees, by language and kind."""
    rows = [_row(cell, cell.rows, cell.tokens, cell.loss_tokens) for cell in found.cells]
    names = ("language", "kind", "rows", "tokens", "learned")
    data, training = found.account.texts()
    return Table(
        title=f"Training on {source}",
        columns=label_columns(names),
        rows=tuple(rows),
        notes=(
            f"{found.steps} optimiser steps, {found.epochs:.2f} passes over the data",
            data,
            training + (f" ({PADDED})" if micro_batch > 1 else ""),
        ),
    )


def _row(cell: SeenCell | CellCount, *numbers: int) -> TableRow:
    return TableRow(
        cells=(text_cell(cell.language), text_cell(cell.kind), *map(number_cell, numbers))
    )


def overlong_tables(counts: PackCounts, config: TrainConfig) -> list[Table]:
    """A table of what became of dialogues over the length; none where all fit."""
    rows = [
        _row(
            cell,
            *(cell.dialogues, cell.over, cell.split, cell.pieces),
            *(cell.truncated, cell.dropped, cell.dropped_tokens),
        )
        for cell in counts.cells
        if cell.over or cell.dropped
    ]
    if not rows:
        return []
    names = ("dialogues", "too long", "split", "into", "rows cut", "rows dropped", "tokens dropped")
    return [
        Table(
            title=f"Dialogues over {counts.max_tokens} tokens (--overlong {config.overlong})",
            columns=label_columns(("language", "kind", *names)),
            rows=tuple(rows),
            notes=(OVERLONG_NOTES[config.overlong],),
        )
    ]


OVERLONG_NOTES: Final[dict[Overlong, str]] = {
    "split": "Each piece begins with a user turn. An exchange that is too long by itself is cut at "
    "the length, or dropped where nothing of its answer is left.",
    "drop": "Dialogues over the length are left out.",
    "cut": "Dialogues over the length end there; dropped where nothing of an answer is left.",
}
"""What an option does, under the table of what it did."""
