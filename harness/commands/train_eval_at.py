"""What `train --eval-at` adds: models from the midst of the training, evaluated as `eval` does."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from harness.commands.eval_options import eval_config
from harness.engine.artefact_store import Store
from harness.engine.environment import worker_environment
from harness.engine.graph import Graph, Node
from harness.engine.jobs import Artefact, Job, make_job, part_of
from harness.engine.pool import Pool
from harness.engine.stage_configs import EvalStageConfig, PointsConfig
from harness.experiment.asked_problems import problems_hash
from harness.experiment.report import make_record
from harness.experiment.run_context import RunContext
from harness.options import defaults
from harness.options.parser import parser
from harness.progress.terminal import TERMINAL
from leaderboard.line_chart import Drawing
from leaderboard.records import RunRecord, ScoreCell, write_record
from leaderboard.table import Column, Table, TableRow, label_cells, score_cell, ungraded_notes
from leaderboard.training_charts import score_chart
from tasks.eval_config import EvalConfig, check
from train.points import FINAL, even_points, point_name, point_steps
from train.train_config import TrainConfig
from ultralink_data.errors import ConfigError

POINTS: Final = "points"
_BITS: Final = "bpb"


def check_eval_at(arguments: argparse.Namespace) -> None:
    """Refuse what says how to evaluate, where nothing is evaluated.

    Raises:
        ConfigError: it does.
    """
    if arguments.eval_at:
        return
    for name in ("eval_tasks", "eval_languages", "eval_limit", "benchmarks"):
        if getattr(arguments, name):
            raise ConfigError(
                f"--{name.replace('_', '-')} is for the evaluation of models over the training",
                hint="give --eval-at too, such as --eval-at 0.5,1, or leave it out",
            )


class EvalAt:
    """The points of a training that are evaluated, and what they are asked."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        """Read the options.

        Raises:
            ConfigError: a share that is none, or what `eval` refuses.
        """
        self._shares: tuple[float, ...] = arguments.eval_at
        self.points, self._wanted = even_points(self._shares)
        self.kept = tuple(number for number in self._wanted if number < self.points)
        self._config = _asked(arguments)
        self._benchmarks: Path | None = arguments.benchmarks
        self._extra = {"replies": str(defaults.replies(arguments.runs.absolute()))}
        if arguments.benchmarks:
            self._extra["benchmarks"] = str(arguments.benchmarks)
        self._command = tuple(arguments.command_line)

    def nodes(self, nodes: Sequence[Node], config: TrainConfig) -> list[Node]:
        """The nodes of a training, the last of which trains, with one that also keeps the models.

        The training is then its end, as it is in `run --checkpoints` (decision 25).
        """
        *before, train = nodes
        if not self.kept:
            return list(nodes)

        def keep(made: Mapping[str, Artefact]) -> Job:
            whole = train.make(made)
            asked = PointsConfig(training=config, points=self.points, kept=self.kept)
            inputs = (whole.inputs, whole.seed, whole.extra, self._command)
            return make_job(POINTS, asked, *inputs)

        def end(made: Mapping[str, Artefact]) -> Job:
            ready = f"{made[POINTS].path}/{FINAL}" if POINTS in made else ""
            return msgspec.structs.replace(train.make(made), ready=ready)

        points = Node(name=POINTS, needs=train.needs, make=keep)
        return [*before, points, Node(name="train", needs=train.needs, make=end, after=(POINTS,))]

    def check_steps(self, steps: int) -> None:
        """Refuse more points than there are steps.

        Raises:
            ConfigError: there are.
        """
        if self.points > steps:
            shares = ",".join(f"{share:g}" for share in self._shares)
            raise ConfigError(
                f"--eval-at {shares} takes {self.points} even points of the training, which has "
                f"only {steps} step{'s' if steps > 1 else ''}",
                hint="give fewer or coarser shares, or train for more steps",
            )

    def records(self, graph: Graph, store: Store, steps: int, name: str) -> list[RunRecord]:
        """Evaluate the models and write their records; `name` is the trained model's.

        Raises:
            BenchError: what an evaluation raises.
        """
        stage = EvalStageConfig(
            eval=self._config, problems=problems_hash(self._config, self._benchmarks)
        )
        by_number = point_steps(steps, self.points) if self.points > 1 else (steps,)
        nodes = {
            by_number[number - 1]: self._evaluation(
                stage, self._model(graph, number), by_number[number - 1]
            )
            for number in self._wanted
        }
        evaluations = Graph(nodes.values(), store, TERMINAL.warn)
        with Pool(1, store, worker_environment(None, ())) as pool:
            evaluations.make_missing([node.name for node in nodes.values()], pool, TERMINAL)
        folder = defaults.reports(store.root, f"train-{name}")
        found = []
        for step, node in nodes.items():
            made = evaluations.made[node.name]
            context = RunContext(
                run_id=made.marker.key[:12],
                model=name,
                config=msgspec.to_builtins(self._config),
                steps=steps,
                at_step=step,
            )
            record = make_record(made, context, folder)
            write_record(folder / f"{context.run_id}.json", record)
            found.append(record)
        TERMINAL.say(f"records of the points: {folder}")
        return found

    def _evaluation(self, stage: EvalStageConfig, model: Artefact, step: int) -> Node:
        """The node that evaluates the model after a step."""

        def make(made: Mapping[str, Artefact]) -> Job:
            return make_job("eval", stage, {"model": model}, None, self._extra, self._command)

        return Node(name=f"eval/step-{step}", needs=(), make=make)

    def _model(self, graph: Graph, number: int) -> Artefact:
        if number == self.points:
            return graph.made["train"].artefact
        return part_of(graph.made[POINTS].artefact, point_name(number))


def _asked(arguments: argparse.Namespace) -> EvalConfig:
    """What `eval` would ask with the same tasks, languages and limit, so that answers are shared.

    Raises:
        ConfigError: what `eval` refuses.
    """
    words = ["eval", "--model", "model"]
    if arguments.eval_tasks:
        words += ["--tasks", ",".join(arguments.eval_tasks)]
    if arguments.eval_languages:
        words += ["--languages", ",".join(arguments.eval_languages)]
    if arguments.eval_limit is not None:
        words += ["--limit", str(arguments.eval_limit)]
    if arguments.benchmarks:
        words += ["--benchmarks", str(arguments.benchmarks)]
    config = eval_config(parser().parse_args(words), "model")
    check(config)
    return config


def curve_table(records: Sequence[RunRecord]) -> Table:
    """Scores by task, metric and language, a column for each step."""
    cells = {_name(cell): cell for record in records for cell in record.cells}
    rows: list[TableRow] = []
    above: tuple[str, ...] | None = None
    for name in cells:
        scores = [next((c for c in r.cells if _name(c) == name), None) for r in records]
        shown = [score_cell(c) for c in scores if c is not None]
        if len(shown) == len(records):
            rows.append(TableRow(cells=(*label_cells(name, above), *shown)))
            above = name
    steps = records[0].steps or 1
    return Table(
        title="Scores over the training",
        columns=(
            *(Column(name=name) for name in ("Task", "Metric", "Language")),
            *(
                Column(name=f"step {r.at_step} ({(r.at_step or 0) / steps:.0%})", align="right")
                for r in records
            ),
        ),
        rows=tuple(rows),
        caption="Accuracies in percent; bpb: bits per UTF-8 byte, lower is better.",
        notes=tuple(
            ungraded_notes(
                (f"step {r.at_step}, {' '.join(_name(cell))}", cell)
                for r in records
                for cell in r.cells
            )
        ),
    )


def curve_chart(records: Sequence[RunRecord]) -> Drawing:
    """The figure, by task and language: shares of right answers, and bits per byte."""
    panels: dict[str, dict[str, list[tuple[int, float]]]] = {}
    for record in records:
        for cell in record.cells:
            if cell.value is None or not (cell.higher_is_better or cell.metric == _BITS):
                continue
            label = "right answers (%)" if cell.higher_is_better else "bits per byte"
            name = f"{cell.task} {cell.language}"
            score = 100 * cell.value if cell.higher_is_better else cell.value
            lines = panels.setdefault(label, {})
            lines.setdefault(name, []).append((record.at_step or 0, score))
    return score_chart("Scores over the training", panels)


def _name(cell: ScoreCell) -> tuple[str, str, str]:
    return cell.task, cell.metric, cell.language
