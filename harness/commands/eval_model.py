"""`ultralink-bench eval`: evaluate models, write a run record of each and print their scores."""

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from harness import show
from harness.commands.against_baseline import against_baseline, check_baseline
from harness.commands.eval_notes import warn_of
from harness.commands.eval_options import eval_config
from harness.commands.eval_places import Places
from harness.engine.artefact_store import Store
from harness.engine.environment import worker_environment
from harness.engine.graph import Graph, Made, Node
from harness.engine.jobs import Artefact, make_job
from harness.engine.kept_results import kept
from harness.engine.pool import Pool
from harness.engine.stage_configs import EvalStageConfig
from harness.experiment.asked_problems import problems_hash
from harness.experiment.bfloat16_speed import bfloat16_note
from harness.experiment.external_models import external_model
from harness.experiment.known_training import known_training, with_training
from harness.experiment.run_context import RunContext
from harness.options import defaults
from harness.progress.terminal import TERMINAL
from leaderboard.contamination import Contamination
from leaderboard.records import RunRecord, write_record
from leaderboard.run_tables import records_table
from leaderboard.score_matrix import score_matrix
from tasks import registry
from tasks.eval_config import EvalConfig, check
from tasks.models import backends
from ultralink_data.checking.check_report import content_hash, read_report
from ultralink_data.errors import ConfigError

NODE = "eval"

SHORT = 12
"""Rows of scores that a screen shows with all that is known of them."""


class _Evaluated(NamedTuple):
    """A model to evaluate: `name` tells it from the others, `node` is its evaluation's."""

    path: Path
    name: str
    node: str
    config: EvalConfig
    model: Artefact


def evaluate(arguments: argparse.Namespace) -> int:
    """Evaluate, or take evaluations from the store; write the records and print one table."""
    models = _models(arguments)
    check_baseline(arguments, models=len(models))
    seen = _contamination(arguments)
    store = Store(arguments.runs)
    places = Places(arguments.out, store.root, [one.name for one in models])
    made = _make(models, arguments, store)
    records, paths = [], []
    for one in models:
        record, path = _record(one, made[one.node], places, seen)
        likelihood = not arguments.no_likelihood
        warn_of(record, one.config, made[one.node].path, likelihood=likelihood)
        records.append(record)
        paths.append(path)
    names = ", ".join(one.name for one in models)
    table = records_table(records, title=f"Scores of {names}")
    written = [*paths, *places.write_tables(table)]
    long = len(table.rows) > SHORT
    if arguments.verbose or not long:
        samples = [link for one in models for link in places.links(one.name)]
        show.print_paths([*written, *samples])
        show.print_tables([table])
    else:
        show.print_paths(written)
        show.print_tables([score_matrix(records, title=f"Scores of {names}")])
    return against_baseline(arguments, paths)


def _models(arguments: argparse.Namespace) -> list[_Evaluated]:
    """The models, each checked before any is evaluated.

    Raises:
        ConfigError: a bad option.
        PrerequisiteError: there is no such model.
    """
    paths: list[Path] = arguments.model
    names = model_names(paths)
    found: list[_Evaluated] = []
    for path, name in zip(paths, names, strict=True):
        config = eval_config(arguments, str(path))
        if not found:
            check(config)
        node = NODE if len(paths) == 1 else f"{NODE}/{name}"
        found.append(_Evaluated(path, name, node, config, _model(config, str(path))))
    return found


def model_names(paths: Sequence[Path]) -> list[str]:
    """A name for each model: its file's or folder's, with the folders above where two agree.

    A file's name is without `.gguf`, unless a folder beside it has that name.
    """
    bare = [path.with_suffix("").parts if path.suffix == ".gguf" else path.parts for path in paths]
    names = _ends(bare)
    return names if len(set(names)) == len(names) else _ends([p.absolute().parts for p in paths])


def _ends(every: Sequence[tuple[str, ...]]) -> list[str]:
    """As much of the end of each path as no other has."""
    names = []
    for own in every:
        count = next(
            (n for n in range(1, len(own)) if sum(o[-n:] == own[-n:] for o in every) == 1), len(own)
        )
        names.append("/".join(own[-count:]).lstrip("/") or str(Path.cwd().name))
    return names


def _make(
    models: Sequence[_Evaluated], arguments: argparse.Namespace, store: Store
) -> dict[str, Made]:
    """The finished evaluations by node, in one process after the other."""
    extra = {"benchmarks": str(arguments.benchmarks)} if arguments.benchmarks else {}
    extra["replies"] = str(defaults.replies(arguments.runs.absolute()))
    command = tuple(arguments.command_line)

    def node(one: _Evaluated) -> Node:
        stage = EvalStageConfig(
            eval=one.config, problems=problems_hash(one.config, arguments.benchmarks)
        )
        inputs = {"model": one.model}
        return Node(
            name=one.node,
            needs=(),
            make=lambda made: make_job("eval", stage, inputs, extra=extra, command=command),
        )

    served = models[0].config.served
    secrets = () if served is None else (served.endpoint().key_variable,)
    graph = Graph([node(one) for one in models], store, TERMINAL.warn)
    names = [one.node for one in models]
    with Pool(1, store, worker_environment(None, secrets)) as pool:
        missing = graph.look_up(names)
        for one in models:
            what = "evaluating" if one.node in missing else "cached:"
            TERMINAL.say(f"{what} {one.path}")
        if missing:
            TERMINAL.say(_asked(models[0].config, arguments.languages))
            if served is None:
                for note in bfloat16_note(models[0].config.dtype):
                    show.warn(note)
        graph.make_missing(missing, pool, TERMINAL)
    return graph.made


def _asked(config: EvalConfig, given: tuple[str, ...]) -> str:
    """What is asked, in which languages, and in which it could be."""
    texts = []
    for run in config.runs:
        text = f"{run.task}/{run.protocol} in {', '.join(run.languages)}"
        others = len(set(registry.get(run.task).languages) - set(run.languages))
        if others and given == (defaults.LANGUAGE,):
            text += f" ({others} more with --languages all)"
        texts.append(text)
    return "; ".join(texts)


def _record(
    one: _Evaluated, made: Made, places: Places, seen: Contamination | None
) -> tuple[RunRecord, Path]:
    """The record of an evaluation, written; and where."""
    key = made.marker.key[:12]
    run_id = key if seen is None else f"{key}-{seen.report[:8]}"
    plain = msgspec.to_builtins(one.config)
    context = RunContext(run_id=run_id, model=one.name, config=plain, contamination=seen)
    trained, doubt = known_training(one.path, one.model.fingerprint)
    folder = places.folder(one.name)
    record = _kept_record(made, with_training(context, trained), folder)
    if doubt:
        show.warn(doubt)
    path = folder / f"{run_id}.json"
    write_record(path, record)
    places.link(one.name, run_id, made.path)
    return record, path


def _kept_record(made: Made, context: RunContext, folder: Path) -> RunRecord:
    """The record: made from the samples once, as a second look at them would show the same."""

    def make() -> RunRecord:
        from harness.experiment.report import make_record

        return make_record(made, context, folder)

    places = (str(made.path.absolute()), str(folder.absolute()))
    parts = (made.marker.key, made.marker.seal, places, context)
    return kept("record of an evaluation", parts, RunRecord, make)


def _contamination(arguments: argparse.Namespace) -> Contamination | None:
    """The findings of `--contamination` for the requested tasks.

    Raises:
        DataError: not a report.
        ConfigError: the report does not cover the tasks.
    """
    path: Path | None = arguments.contamination
    if path is None:
        return None
    report = read_report(path)
    looked = report.items_hit
    missing = [task for task in arguments.tasks if task not in looked]
    if len(missing) == len(arguments.tasks):
        raise ConfigError(
            f"{path} does not cover {', '.join(missing)}: it looked for "
            f"{', '.join(looked) or 'no benchmark'}",
            hint="check the training data again with --tasks naming these",
        )
    if missing:
        show.warn(f"{path} did not look for {', '.join(missing)}: only scores of all problems")
    return Contamination(
        report=content_hash(report),
        dataset=report.dataset,
        items={t: tuple(sorted(looked[t])) for t in arguments.tasks if t in looked},
    )


def _model(config: EvalConfig, named: str) -> Artefact:
    """The model to evaluate; a served one is identified by how it is asked, others by backend."""
    if config.served is not None:
        return Artefact(path="", fingerprint=config.served.key)
    key = backends.get(config.backend).model_key(named)
    if key is None:
        return external_model(named)
    fingerprint = hashlib.sha256(f"{config.backend}\0{key}".encode()).hexdigest()
    return Artefact(path=named, fingerprint=fingerprint)
