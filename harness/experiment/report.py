"""Turn finished evaluations into run records and the experiment's report."""

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from harness.engine.graph import Made
from harness.engine.jobs import package_versions
from harness.experiment.ablation import MeasuredSides, Variant
from harness.experiment.ablation_parameters import plain_parameters
from harness.experiment.checkpoint_nodes import point_eval_name
from harness.experiment.config import config_hash
from harness.experiment.cut_rows import cut_caveats
from harness.experiment.dataset_variants import missing_gaps
from harness.experiment.further_seeds import NOISE_RECORDS, leading_to
from harness.experiment.margins import margin_caveats, policy_caveats
from harness.experiment.measured_runs import measured_runs, variant_runs
from harness.experiment.nodes import Experiment
from harness.experiment.packed_facts import PlannedTraining, Plans, planned_until
from harness.experiment.run_context import RunContext
from harness.experiment.until_decided import SeedLooks, tail_of
from harness.experiment.warmup_caveats import warmup_caveats
from harness.statistics.cells import score_cells
from harness.statistics.comparison import Side, average_cells, effects, pooled_cells
from harness.statistics.left_out import gaps, is_demonstration
from harness.statistics.measured import MeasuredTask
from harness.statistics.noise_floor import noise_bands
from harness.statistics.policy import NO_POLICY, Policy
from harness.statistics.scores import measure, read_evaluation
from harness.statistics.signal_to_noise import signals
from leaderboard.contamination import FIELD
from leaderboard.gaps import Gap
from leaderboard.looks import Look
from leaderboard.noise import NoiseFloor
from leaderboard.records import (
    SCHEMA,
    Effect,
    ExperimentReport,
    GenerationSettings,
    Hardware,
    RunRecord,
    TokenCount,
    VariantRow,
    VariantScore,
    write_record,
)
from leaderboard.render import write_report
from leaderboard.signals import Signal
from leaderboard.table import Table
from tasks.eval_config import EvalConfig
from train.points import point_steps
from ultralink_data.added_code import blaming
from ultralink_data.errors import ConfigError
from ultralink_data.parameter_count import parameter_count

RECORDS = "records"
CHECKPOINT_RECORDS = "checkpoint_records"
"""The folder of records of models from the midst of a training, apart from those compared."""


def make_record(made: Made, context: RunContext, folder: Path) -> RunRecord:
    """The record of one evaluation, to be written into `folder` (sample paths are relative)."""
    evaluation = read_evaluation(made.path)
    settings = msgspec.convert(made.job.config["eval"], EvalConfig)
    facts = made.marker.circumstances
    seen = context.contamination
    model = made.job.inputs["model"]
    hit = {} if seen is None else {task: frozenset(items) for task, items in seen.items.items()}
    return RunRecord(
        schema=SCHEMA,
        kind="eval",
        run_id=context.run_id,
        experiment=context.experiment,
        variant=context.variant,
        seed=context.seed,
        profile=context.profile,
        dataset_fingerprint=context.dataset_fingerprint,
        model_fingerprint=model.fingerprint,
        model=context.model,
        task_versions=evaluation.task_versions,
        protocols=evaluation.protocols,
        prompts_hash=evaluation.prompts_hash,
        config=context.config
        | ({} if seen is None else {FIELD: msgspec.to_builtins(seen)})
        | ({"left_out": list(evaluation.left_out)} if evaluation.left_out else {})
        | ({"load_note": evaluation.load_note} if evaluation.load_note else {}),
        generation=GenerationSettings(
            temperature={
                run.task: run.sampling(settings.sampling).temperature for run in settings.runs
            },
            top_p=settings.sampling.top_p,
            samples_per_problem=settings.sampling.repeats,
            max_tokens=evaluation.max_tokens,
            max_length=evaluation.max_length,
            batch_size=settings.batch_size,
            dtype=settings.dtype if settings.served is None else "n/a",
            thinking=evaluation.thinking,
        ),
        backend=settings.backend,
        packages=facts.packages,
        git_commit=facts.git_commit,
        git_dirty=facts.git_dirty,
        hardware=Hardware(
            machine=facts.machine,
            processor=facts.processor,
            cores=facts.cores,
            memory_gib=facts.memory_gib,
            accelerator=facts.accelerator,
        ),
        sandbox=evaluation.sandbox,
        wall_seconds=facts.wall_seconds,
        started=facts.started,
        command=facts.command,
        trained=context.trained,
        steps=context.steps,
        at_step=context.at_step,
        parameters=parameter_count(Path(model.path)) if model.path else None,
        cells=score_cells(measure(made.path, hit), os.path.relpath(made.path, folder)),
    )


def token_counts(plan: PlannedTraining) -> tuple[TokenCount, ...]:
    """Rows and learned tokens of a training plan, by language and kind."""
    return tuple(
        TokenCount(language=c.language, kind=c.kind, rows=c.rows, tokens=c.loss_tokens)
        for c in plan.cells
    )


def write_experiment(
    experiment: Experiment,
    made: Mapping[str, Made],
    plans: Plans,
    out: Path,
    started: datetime,
    command: tuple[str, ...],
    looks: tuple[Look, ...] = (),
    policy: Policy = NO_POLICY,
    seed_looks: SeedLooks | None = None,
) -> tuple[ExperimentReport, list[Path]]:
    """Write run records, tables and report into `out`; return the report and all paths.

    `plans` are by variant name and seed, `looks` earlier reports on other seeds; margins of
    `policy` hold before those of the config. `seed_looks` are those of a run until it is decided.

    Raises:
        PrerequisiteError: the disk is full or the folder is not writable.
    """
    seeds = experiment.config.seeds
    records = _records_of(experiment, made, plans, out / RECORDS, experiment.variants, seeds)
    for path, record in records.items():
        write_record(path, record)
    measured = {
        variant.name: measured_runs(made, variant.name, seeds) for variant in experiment.variants
    }
    paths = list(records)
    missing = missing_gaps(experiment, made)
    report = build_report(
        experiment,
        measured,
        plans,
        paths,
        out,
        started,
        command,
        looks,
        missing,
        policy,
        seed_looks,
    )
    told = (*cut_caveats(experiment, made), *warmup_caveats(experiment, plans))
    caveats = (*report.caveats, *told)
    report = msgspec.structs.replace(report, caveats=caveats)
    if experiment.further_seeds:
        noise, more = _noise_floor(experiment, made, measured, plans, report, out)
        report, paths = msgspec.structs.replace(report, noise=noise), [*paths, *more]
    if experiment.checkpoints:
        points = checkpoint_records(experiment, made, plans, out / CHECKPOINT_RECORDS)
        for path, record in points.items():
            write_record(path, record)
        names = tuple(os.path.relpath(path, out) for path in points)
        report, paths = msgspec.structs.replace(report, checkpoints=names), [*paths, *points]
    return report, [*paths, *write_report(report, out)]


def _noise_floor(
    experiment: Experiment,
    made: Mapping[str, Made],
    measured: Mapping[str, tuple[tuple[MeasuredTask, ...], ...]],
    plans: Plans,
    report: ExperimentReport,
    out: Path,
) -> tuple[NoiseFloor, list[Path]]:
    """The bands behind the report's differences; writes the records of the further runs."""
    reference = leading_to(experiment.ablation.reference, experiment.variants)[-1]
    seeds = experiment.further_seeds
    records = _records_of(experiment, made, plans, out / NOISE_RECORDS, (reference,), seeds)
    for path, record in records.items():
        write_record(path, record)
    bands = noise_bands(
        measured[reference.name],
        measured_runs(made, reference.name, seeds),
        {(e.task, e.language, e.metric) for e in report.effects},
    )
    names = tuple(os.path.relpath(path, out) for path in records)
    return NoiseFloor(seeds=seeds, records=names, bands=bands), list(records)


def _records_of(
    experiment: Experiment,
    made: Mapping[str, Made],
    plans: Plans,
    folder: Path,
    variants: Sequence[Variant],
    seeds: tuple[int, ...],
) -> dict[Path, RunRecord]:
    records = {}
    for variant in variants:
        for seed, run in variant_runs(made, variant.name, seeds):
            context = context_of(experiment, made, plans, variant, seed)
            records[folder / f"{context.run_id}.json"] = make_record(run, context, folder)
    return records


def context_of(
    experiment: Experiment, made: Mapping[str, Made], plans: Plans, variant: Variant, seed: int
) -> RunContext:
    """What the record of a whole training of a variant says that its evaluation does not know."""
    plan = plans[variant.name, seed]
    return RunContext(
        run_id=f"{variant.name}_seed{seed}",
        model=f"{experiment.ablation.name}/{variant.name}/seed {seed}",
        config=experiment.recorded(variant),
        experiment=experiment.ablation.name,
        variant=variant.name,
        seed=seed,
        profile=experiment.config.profile,
        dataset_fingerprint=made[experiment.rows_name(variant, seed)].marker.fingerprint,
        trained=token_counts(plan),
        steps=plan.steps,
    )


def checkpoint_records(
    experiment: Experiment, made: Mapping[str, Made], plans: Plans, folder: Path
) -> dict[Path, RunRecord]:
    """The records of the points of every training before its end, to be written into `folder`.

    They say at which step the model was; their rows and tokens are those up to there.
    """
    records = {}
    for variant in experiment.variants:
        config = experiment.of(variant).train
        for seed in experiment.config.seeds:
            whole = context_of(experiment, made, plans, variant, seed)
            packed = made[experiment.packed_name(variant, seed)]
            steps = point_steps(plans[variant.name, seed].steps, experiment.checkpoints)
            for number, step in enumerate(steps[:-1], 1):
                context = msgspec.structs.replace(
                    whole,
                    run_id=f"{whole.run_id}_step{step}",
                    model=f"{whole.model} at step {step}",
                    trained=token_counts(planned_until(packed, config, seed, step)),
                    at_step=step,
                )
                run = made[point_eval_name(variant.name, seed, number)]
                records[folder / f"{context.run_id}.json"] = make_record(run, context, folder)
    return records


def build_report(
    experiment: Experiment,
    measured: Mapping[str, tuple[tuple[MeasuredTask, ...], ...]],
    plans: Plans,
    records: list[Path],
    out: Path,
    started: datetime,
    command: tuple[str, ...],
    looks: tuple[Look, ...],
    missing: Sequence[Gap] = (),
    policy: Policy = NO_POLICY,
    seed_looks: SeedLooks | None = None,
) -> ExperimentReport:
    """The comparison of every variant with the reference; `measured` is by variant and seed."""
    config, ablation = experiment.config, experiment.ablation
    sides = {name: Side(name=name, runs=runs) for name, runs in measured.items()}
    tail = tail_of(seed_looks, config.seeds)
    found, not_compared = _compared(experiment, sides, policy, tail)
    margins = msgspec.to_builtins(config.margins)
    return ExperimentReport(
        schema=SCHEMA,
        kind="experiment",
        experiment=ablation.name,
        question=ablation.question,
        profile=config.profile,
        reference=ablation.reference,
        variants=tuple(
            VariantRow(
                name=variant.name,
                label=variant.label,
                trained=token_counts(plans[variant.name, config.seeds[0]]),
                steps=plans[variant.name, config.seeds[0]].steps,
            )
            for variant in experiment.variants
        ),
        seeds=config.seeds,
        config=msgspec.to_builtins(config),
        config_hash=config_hash(config),
        margins={name: value for name, value in margins.items() if value is not None},
        effects=tuple(found),
        gaps=(*missing, *not_compared),
        looks=looks,
        scores=tuple(
            VariantScore(variant=name, cell=cell)
            for name, side in sides.items()
            for cell in (*average_cells(side), *pooled_cells(side))
        ),
        tables=_own_tables(experiment, sides),
        records=tuple(os.path.relpath(path, out) for path in records),
        caveats=(
            *config.caveats,
            *ablation.caveats,
            *margin_caveats(config),
            *policy_caveats(policy),
            *(() if seed_looks is None else (seed_looks.caveat(len(config.seeds)),)),
        ),
        started=started.astimezone(UTC).isoformat(timespec="seconds"),
        command=command,
        versions=package_versions(),
        parameters=plain_parameters(ablation),
        controls=tuple(run.task for run in config.eval.runs if run.task in ablation.controls),
        signals=_signals(measured, found, ablation.reference) if config.verdicts else (),
    )


def _compared(
    experiment: Experiment, sides: Mapping[str, Side], policy: Policy, tail: float
) -> tuple[list[Effect], list[Gap]]:
    """Each variant held against its reference: the effects, and what could not be compared."""
    config = experiment.config
    demonstrated = {run.task for run in config.eval.runs if run.generate == 0}
    found: list[Effect] = []
    left_out: list[Gap] = []
    for variant in experiment.variants:
        other = experiment.ablation.compared_with(variant)
        if other is not None:
            side, reference = sides[variant.name], sides[other]
            compared = effects(
                side,
                reference,
                config.margins,
                verdicts=config.verdicts,
                policy=policy,
                tail=tail,
            )
            found += compared
            left_out += [
                gap
                for gap in gaps(side, reference, compared)
                if not is_demonstration(gap, demonstrated)
            ]
    return found, left_out


def _own_tables(experiment: Experiment, sides: Mapping[str, Side]) -> tuple[Table, ...]:
    """The ablation's own tables.

    Raises:
        ConfigError: its `tables` fails, or gives something else.
    """
    ablation = experiment.ablation
    measured = MeasuredSides(
        config=experiment.config,
        variants=experiment.variants,
        sides=sides,
        benchmarks=experiment.benchmarks,
    )
    with blaming(ablation.file, f"tables of {ablation.name}"):
        found = tuple(ablation.tables(measured))
    for table in found:
        if not isinstance(table, Table):
            raise ConfigError(
                f"tables of {ablation.name}: it gave a {type(table).__name__}",
                hint="return `leaderboard.table.Table` objects",
            )
    return found


def _signals(
    measured: Mapping[str, tuple[tuple[MeasuredTask, ...], ...]],
    effects: Sequence[Effect],
    reference: str,
) -> tuple[Signal, ...]:
    """Of the variants that are compared with one reference; others differ in more than the data."""
    names = {reference, *(e.variant for e in effects if e.reference == reference)}
    return signals({name: runs for name, runs in measured.items() if name in names})
