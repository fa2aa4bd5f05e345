"""`ultralink-bench eval`: evaluate a model, write a run record and print its scores."""

import argparse
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from harness import show
from harness.commands.against_baseline import against_baseline, check_baseline
from harness.commands.protocols import chosen_protocols
from harness.engine.artefact_store import Store
from harness.engine.environment import worker_environment
from harness.engine.graph import Graph, Node
from harness.engine.jobs import Artefact, make_job
from harness.engine.pool import Pool
from harness.engine.stages import EvalStageConfig
from harness.experiment.asked_problems import problems_hash
from harness.experiment.external_models import external_model
from harness.experiment.known_training import known_training, with_training
from harness.experiment.report import RunContext, make_record
from harness.options import defaults
from harness.options.config_options import config_from, given_field, help_of, is_given
from harness.progress.terminal import TERMINAL
from leaderboard.contamination import Contamination
from leaderboard.records import RunRecord, write_record
from leaderboard.run_tables import records_table
from tasks import registry
from tasks.benchmark import ONLY_THINKING, Outcome, Sample, is_answered
from tasks.eval_config import EvalConfig, TaskRun, check
from tasks.grading.missing_packages import count_missing, listed
from tasks.models import backends
from tasks.sampling import Thinking
from tasks.sandbox import NOT_ISOLATED
from ultralink_data.checking.check_report import content_hash, read_report
from ultralink_data.errors import ConfigError, unknown_name
from ultralink_data.llm.endpoint import EndpointIdentity
from ultralink_data.store.release import decode_lines

NODE = "eval"
_MANY_TEMPERATURE = 0.8
"""Temperature for several samples per problem if neither the user nor the task sets one."""


def evaluate(arguments: argparse.Namespace) -> int:
    """Evaluate, or take the evaluation from the store; write the record and print the table."""
    config = eval_config(arguments)
    check(config)
    check_baseline(arguments, models=1)
    seen = _contamination(arguments)
    model = _model(config, arguments)
    stage = EvalStageConfig(eval=config, problems=problems_hash(config, arguments.benchmarks))
    extra = {"benchmarks": str(arguments.benchmarks)} if arguments.benchmarks else {}
    extra["replies"] = str(defaults.replies(arguments.runs.absolute()))
    command = tuple(arguments.command_line)
    store = Store(arguments.runs)
    node = Node(
        name=NODE,
        needs=(),
        make=lambda made: make_job("eval", stage, {"model": model}, extra=extra, command=command),
    )
    secrets = () if config.served is None else (config.served.endpoint().key_variable,)
    err = show.console(error=True)
    graph = Graph([node], store, TERMINAL.warn)
    with Pool(1, store, worker_environment(None, secrets)) as pool:
        missing = graph.look_up([NODE])
        err.print(f"{'evaluating' if missing else 'cached:'} {arguments.model}", soft_wrap=True)
        graph.make_missing(missing, pool, TERMINAL)
    made = graph.made[NODE]
    name = arguments.model.stem if arguments.model.suffix == ".gguf" else arguments.model.name
    out = arguments.out or defaults.reports(store.root, f"eval-{name}")
    key = made.marker.key[:12]
    run_id = key if seen is None else f"{key}-{seen.report[:8]}"
    context = RunContext(
        run_id=run_id, model=name, config=msgspec.to_builtins(config), contamination=seen
    )
    trained, doubt = known_training(arguments.model, model.fingerprint)
    record = make_record(made, with_training(context, trained), out)
    if doubt:
        show.warn(doubt)
    path = out / f"{run_id}.json"
    write_record(path, record)
    if NOT_ISOLATED in record.sandbox:
        show.warn(f"sandbox: {NOT_ISOLATED}")
    if "left_out" in record.config:
        left_out = ", ".join(record.config["left_out"])
        show.warn(f"{name} does not take {left_out}: not sent, the endpoint's own values hold")
    if "load_note" in record.config:
        show.warn(record.config["load_note"])
    if not backends.get(config.backend).scores and not arguments.no_likelihood:
        show.warn(f"bits per byte: n/a, backend {config.backend} gives no log-likelihoods")
    if config.thinking == "on" and not arguments.no_likelihood:
        show.warn("bits per byte: n/a, no thinking stands before a reference text")
    for sentence in unmeasured_notes(record):
        show.warn(sentence)
    samples = _samples_of(made.path)
    _say_first_error(samples)
    for sentence in package_notes(samples):
        show.warn(sentence)
    for sentence in thinking_notes(samples, config.thinking):
        show.warn(sentence)
    show.print_tables([records_table([record], title=f"Scores of {name}")])
    kept = [made.path / folder for folder in ("samples", "likelihood")]
    show.print_paths([path, *(folder for folder in kept if folder.is_dir())])
    return against_baseline(arguments, [path])


def unmeasured_notes(record: RunRecord) -> Iterator[str]:
    """Tasks of which the table has no row: `--no-generate` where there are no bits per byte."""
    measured = {cell.task for cell in record.cells}
    for task, protocol in record.protocols.items():
        if task not in measured:
            yield (
                f"{task}/{protocol}: nothing was measured, neither answers nor bits per byte; "
                "leave out --no-generate or choose a protocol with reference texts"
            )


def _samples_of(folder: Path) -> list[Sample]:
    paths = sorted((folder / "samples").glob("*.jsonl"))
    return [sample for path in paths for _, sample in decode_lines(path, Sample)]


def thinking_notes(samples: Sequence[Sample], mode: Thinking) -> Iterator[str]:
    """What the answers show of thinking that the options do not: the switch, and the limit."""
    answered = [sample for sample in samples if is_answered(sample)]
    thought = [sample for sample in answered if sample.thinking]
    cut = [s for s in thought if s.hit_limit and s.detail == ONLY_THINKING]
    if mode == "off" and thought:
        yield f"--thinking off, but {len(thought)} of {len(answered)} answers have thinking"
    if mode == "on" and answered and not thought:
        yield f"--thinking on, but none of {len(answered)} answers has thinking"
    if cut:
        yield (
            f"the token limit ended {len(cut)} of {len(answered)} answers in their thinking; "
            "--thinking-tokens gives them more room"
        )


def _say_first_error(samples: Sequence[Sample]) -> None:
    """Warn with the reason of the first sample that ended in an error; the table only counts."""
    errors = [sample for sample in samples if sample.outcome is Outcome.ERROR]
    if errors:
        first = errors[0]
        show.warn(
            f"{len(errors)} samples ended in an error; the first, {first.problem_id} in "
            f"{first.language}: {first.detail}"
        )


def package_notes(samples: Sequence[Sample]) -> Iterator[str]:
    """Where programs fail because they import more than the standard library."""
    failed = (("", sample.detail) for sample in samples if sample.outcome is Outcome.WRONG)
    counts = count_missing(failed)
    if counts:
        yield (
            f"failed samples that import what the sandbox lacks: {listed(counts)}; `grade NAME "
            "--sandbox-packages` shows them packages (docs/humaneval.md)"
        )


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


def _model(config: EvalConfig, arguments: argparse.Namespace) -> Artefact:
    """The model to evaluate; a served one is identified by how it is asked, others by backend."""
    if config.served is not None:
        return Artefact(path="", fingerprint=config.served.key)
    named = str(arguments.model)
    key = backends.get(config.backend).model_key(named)
    if key is None:
        return external_model(named)
    fingerprint = hashlib.sha256(f"{config.backend}\0{key}".encode()).hexdigest()
    return Artefact(path=named, fingerprint=fingerprint)


def eval_config(arguments: argparse.Namespace) -> EvalConfig:
    """The typed configuration of the command line.

    Raises:
        ConfigError: a value out of range, `--protocol` for a task that is not evaluated, or
            `--repairs` although no task has any.
    """
    protocols = chosen_protocols(arguments.protocol, arguments.tasks)
    repairs = None if arguments.repairs is None else tuple(sorted(set(arguments.repairs)))
    mended = [task for task in arguments.tasks if registry.get(task).repairs]
    if repairs and not mended:
        raise unknown_name("repair of these tasks", repairs[0], ())
    chat = _asks_endpoint(arguments)
    backend = backends.get(given_field(arguments, EvalConfig, "backend"))
    thinking = given_field(arguments, EvalConfig, "thinking")
    no_likelihood = arguments.no_likelihood or not backend.scores or thinking == "on"
    nothing_asked = arguments.limit == 0 or (arguments.no_generate and no_likelihood)
    if nothing_asked or not arguments.tasks or not arguments.languages:
        raise ConfigError(
            "nothing is left to evaluate",
            hint="give --tasks, --languages, --limit 1 or more, and only one of --no-generate "
            "and --no-likelihood",
        )
    served = config_from(arguments, EndpointIdentity, model=str(arguments.model)) if chat else None
    try:
        runs = tuple(
            TaskRun(
                task=task,
                languages=arguments.languages,
                protocol=protocols.get(task, registry.get(task).protocols[0]),
                generate=0 if arguments.no_generate else arguments.limit,
                likelihood=0 if no_likelihood else arguments.limit,
                repairs=repairs if task in mended else None,
                temperature=_own_temperature(arguments, task, protocols),
            )
            for task in arguments.tasks
        )
    except ValueError as error:
        raise ConfigError(str(error), hint=f"see `{help_of(arguments)}`") from error
    unasked = {"sampling.temperature": _MANY_TEMPERATURE} if _samples(arguments) > 1 else {}
    return config_from(arguments, EvalConfig, unasked, runs=runs, served=served)


def _samples(arguments: argparse.Namespace) -> int:
    found: int = given_field(arguments, EvalConfig, "sampling.repeats")
    return found


def _asks_endpoint(arguments: argparse.Namespace) -> bool:
    """Whether the backend asks an endpoint.

    Raises:
        ConfigError: an unknown backend, or endpoint options that do not fit the backend.
    """
    name = given_field(arguments, EvalConfig, "backend")
    asks = backends.get(name).serves
    given = [
        field
        for field in ("extra_body", "never_send")
        if given_field(arguments, EndpointIdentity, field)
    ]
    if asks != is_given(arguments, EndpointIdentity, "base_url"):
        raise ConfigError(
            f"--backend {name} {'without' if asks else 'with'} --base-url",
            hint="give both for an endpoint: --backend openai-chat --base-url http://HOST/v1",
        )
    if given and not asks:
        raise ConfigError(
            f"--{given[0].replace('_', '-')} with --backend {name}",
            hint="such options are for an endpoint: --backend openai-chat",
        )
    return asks


def _own_temperature(
    arguments: argparse.Namespace, task: str, protocols: dict[str, str]
) -> float | None:
    """The temperature of a task's protocol, if the user gives none."""
    if is_given(arguments, EvalConfig, "sampling.temperature") or _samples(arguments) == 1:
        return None
    benchmark = registry.get(task)
    return benchmark.temperatures.get(protocols.get(task, benchmark.protocols[0]))
