"""Profiles set the scale of an experiment; numbers of two profiles never share a table."""

import msgspec

from harness.experiment.config import DataConfig, ExperimentConfig, ModelConfig
from harness.statistics.verdict import Margins
from tasks import registry
from tasks.eval_config import EvalConfig, TaskRun
from train.train_config import PAPER_EPOCHS, STARTER_MICRO, TINY_MICRO, TrainConfig
from ultralink_data.errors import ConfigError, unknown_name
from ultralink_data.starter.starter_config import StarterConfig
from ultralink_data.starter.starter_languages import LANGUAGES

STARTER_CAVEAT = (
    "A proxy at 0.5M parameters: it ranks data variants on synthetic problems and neither confirms "
    "nor refutes the paper's claim."
)

STARTER_MARGINS = Margins(accuracy=0.03, bpb=0.035)
"""From the A/A study in docs/log.md (nine seeds of identical data, three per side), rounded up.
Changing them changes the config's hash.
"""

SMALL_MARGINS = Margins(bpb=STARTER_MARGINS.bpb)
"""From an A/A run in docs/log.md (2026-11-28) that was much shorter than the profile: five seeds of
Gemma 3 270M, 6 steps of 512 tokens instead of 100 of 16 x 1,024, 20 problems of MGSM a language
instead of 50. It gave 0.181 (95 % interval 0.109 to 0.521). So short a run knows more of the rows
that a seed happened to see than the profile's own length does, so that this is too large, which
would make `non-inferior` cheap: no more is taken than starter's margin, of nine seeds at that
profile's own length. Accuracy has none: no answers were asked for.
"""

MEASURED_ON = {
    "starter": {"starter_math": "6", "starter_code": "4"},
    "small": {"mgsm": "6"},
}
"""The versions of tasks in the A/A run of a profile's margins; tables name those that changed."""

MEASURED_BY = {
    "small": "The margin of profile small comes from a shorter run (Gemma 3 270M, five seeds of 6 "
    "steps of 512 tokens, capped at the starter's; docs/log.md) and there is none for accuracy: "
    "measure your own with `ultralink-bench margins`."
}
"""What is said of the A/A run of a profile's margins if it was no run of that very profile."""


def _asked(
    profile: str,
    task: str,
    languages: tuple[str, ...],
    *,
    generate: int | None = None,
    likelihood: int | None = None,
) -> TaskRun:
    """A benchmark as it says that this profile asks it; limits are problems, None for all."""
    protocol = registry.get(task).protocol_in(profile)
    return TaskRun(
        task=task,
        languages=languages,
        protocol=protocol,
        generate=generate,
        likelihood=likelihood,
    )


def tiny() -> ExperimentConfig:
    """For tests of kill, resume, locks and the command line; gives no verdicts."""
    return ExperimentConfig(
        profile="tiny",
        languages=("en", "zh"),
        seeds=(0,),
        data=DataConfig(starter=StarterConfig(per_template=1)),
        model=ModelConfig(micro=TINY_MICRO),
        train=TrainConfig(
            learning_rate=1e-3,
            steps=12,
            sequences_per_step=4,
            micro_batch=4,
            max_tokens=256,
            overlong="cut",
            packing_order="hash",
            checkpoint_every=4,
        ),
        eval=EvalConfig(
            runs=(_asked("tiny", "starter_math", ("en", "zh"), generate=4, likelihood=8),),
            batch_size=8,
            threads=1,
        ),
        verdicts=False,
        workers=1,
        caveats=("The tiny profile drives machinery: its numbers mean nothing.",),
    )


def starter() -> ExperimentConfig:
    """Minutes on a CPU, offline: SFT of a shared base model of half a million parameters."""
    return ExperimentConfig(
        profile="starter",
        languages=LANGUAGES,
        seeds=(0, 1, 2),
        data=DataConfig(starter=StarterConfig(per_template=14)),
        model=ModelConfig(micro=STARTER_MICRO),
        train=TrainConfig(
            learning_rate=3e-3,
            warmup_ratio=0.1,
            steps=80,
            sequences_per_step=4,
            micro_batch=4,
            max_tokens=384,
            overlong="cut",  # of nine dialogues, as when the margins were measured
            packing_order="hash",  # as then, too
            checkpoint_every=40,
        ),
        eval=EvalConfig(
            runs=(
                # The share of right answers tells nothing apart at this size (docs/log.md).
                _asked("starter", "starter_math", LANGUAGES, generate=39),
                _asked("starter", "starter_code", LANGUAGES, generate=0),
                _asked("starter", "humaneval", ("en",), generate=0),
            ),
            batch_size=256,
            threads=1,
        ),
        margins=STARTER_MARGINS,
        workers=2,
        caveats=(STARTER_CAVEAT,),
    )


def small() -> ExperimentConfig:
    """A pretrained model of 100-500M parameters on the real benchmarks, with limits.

    MGSM is asked for the number alone, so that it has bits per byte in every language. A model this
    small solves next to none, with reasoning or without (docs/log.md, 2026-11-24 and 2026-11-28).
    """
    limit = 50
    return ExperimentConfig(
        profile="small",
        languages=LANGUAGES,
        seeds=(0, 1, 2),
        data=DataConfig(),
        model=ModelConfig(path=""),
        train=TrainConfig(
            learning_rate=2e-5,
            steps=100,
            sequences_per_step=16,
            micro_batch=4,
            max_tokens=1024,
            checkpoint_every=25,
            threads=2,
        ),
        eval=EvalConfig(
            runs=(
                _asked("small", "mgsm", LANGUAGES, generate=limit, likelihood=limit),
                _asked("small", "humaneval", LANGUAGES, generate=limit, likelihood=limit),
            ),
            batch_size=8,
        ),
        margins=SMALL_MARGINS,
        workers=1,
    )


def _paper(profile: str, *caveats: str) -> ExperimentConfig:
    """Llama-2-13b with the values of the paper (section 4.1), as far as it names them.

    Its own: learning rate, cosine schedule, warm-up, 3 epochs, 128 sequences of 4,096 tokens. Ours:
    bfloat16 with float32 master weights, recomputed activations, 8 devices that share the model,
    packing, and how benchmarks are asked, which it does not say. No margins: none were measured at
    this scale.
    """
    return ExperimentConfig(
        profile=profile,
        languages=LANGUAGES,
        seeds=(0, 1, 2),
        data=DataConfig(),
        model=ModelConfig(path=""),
        train=TrainConfig(
            learning_rate=2e-5,
            schedule="cosine",
            warmup_ratio=0.04,
            epochs=PAPER_EPOCHS,
            sequences_per_step=128,
            max_tokens=4096,
            micro_batch=1,
            precision="bfloat16",
            gradient_checkpointing=True,
            devices=8,
            shard=True,
        ),
        eval=EvalConfig(
            runs=(
                _asked(profile, "omgeval", LANGUAGES, likelihood=0),
                _asked(profile, "mgsm", LANGUAGES, likelihood=0),
                _asked(profile, "humaneval", LANGUAGES),
            ),
            dtype="bfloat16",
            backend="vllm",
        ),
        workers=1,
        caveats=caveats,
    )


def paper_released() -> ExperimentConfig:
    """Llama-2-13b on the released UltraLink sets."""
    return _paper("paper-released")


def paper_lm() -> ExperimentConfig:
    """Llama-2-13b on the mixture of UltraLink-LM: the release and five English sets."""
    return _paper(
        "paper-lm",
        "The paper does not say in which shares UltraLink-LM mixes its sets: they are as in the "
        "mixture that was named.",
    )


PROFILES = {
    "tiny": tiny,
    "starter": starter,
    "small": small,
    "paper-released": paper_released,
    "paper-lm": paper_lm,
}


def get(name: str) -> ExperimentConfig:
    """The base configuration of a profile.

    Raises:
        ConfigError: no such profile; offers the nearest names.
    """
    if name not in PROFILES:
        raise unknown_name("profile", name, PROFILES)
    return PROFILES[name]()


def with_languages(config: ExperimentConfig, languages: tuple[str, ...]) -> ExperimentConfig:
    """The config with only these languages, in the data and in every task that has them.

    Raises:
        ConfigError: a task would have no language.
    """
    runs = []
    for run in config.eval.runs:
        asked = (*run.languages, *_further(run, config.languages))
        kept = tuple(code for code in asked if code in languages)
        if not kept:
            raise ConfigError(
                f"task {run.task} has none of the languages {', '.join(languages)}",
                hint=f"it has {', '.join(asked)}; choose --tasks or --languages",
            )
        runs.append(msgspec.structs.replace(run, languages=kept))
    evaluation = msgspec.structs.replace(config.eval, runs=tuple(runs))
    return msgspec.structs.replace(config, languages=languages, eval=evaluation)


def _further(run: TaskRun, languages: tuple[str, ...]) -> tuple[str, ...]:
    """The languages that a benchmark has besides a profile's, if it is asked in all of these.

    One that a profile asks in fewer than it could (HumanEval in English alone) stays as it is.
    """
    known = registry.get(run.task).languages
    if not set(languages) & set(known) <= set(run.languages):
        return ()
    return tuple(code for code in known if code not in languages)


def with_tasks(config: ExperimentConfig, tasks: tuple[str, ...]) -> ExperimentConfig:
    """The config with only these tasks; one may be a benchmark that the profile does not name.

    Such a benchmark is asked in the profile's languages, with as many problems as the first task.

    Raises:
        ConfigError: no such benchmark, or it has none of the languages.
    """
    by_name = {run.task: run for run in config.eval.runs}
    runs = tuple(by_name[task] if task in by_name else _added(config, task) for task in tasks)
    evaluation = msgspec.structs.replace(config.eval, runs=runs)
    return msgspec.structs.replace(config, eval=evaluation)


def _added(config: ExperimentConfig, task: str) -> TaskRun:
    """The run of a benchmark that the profile does not name, with the benchmark's own defaults."""
    benchmark = registry.get(task)
    languages = tuple(code for code in config.languages if code in benchmark.languages)
    if not languages:
        raise ConfigError(
            f"task {task} has none of the languages {', '.join(config.languages)}",
            hint=f"it has {', '.join(benchmark.languages)}; choose --tasks or --languages",
        )
    first = config.eval.runs[0]
    return msgspec.structs.replace(
        first,
        task=task,
        languages=languages,
        protocol=benchmark.protocol_in(config.profile),
        repairs=None,
        temperature=None,
    )


def with_epochs(config: ExperimentConfig) -> ExperimentConfig:
    """The config with equal epochs over the data instead of equal steps.

    This is one epoch if the profile gives steps; variants with fewer rows train fewer steps.
    """
    train = msgspec.structs.replace(config.train, steps=None, epochs=config.train.epochs or 1)
    return msgspec.structs.replace(config, train=train)
