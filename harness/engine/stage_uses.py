"""Which parts of a stage's code and packages its config uses: `Stage.use`."""

from typing import Any

from harness.engine.source_hash import Use
from harness.engine.stage_code import LANGUAGES, StageCode, StageUse, code_of, in_languages
from harness.engine.stage_configs import (
    EvalStageConfig,
    MixtureConfig,
    PackConfig,
    PointsConfig,
    TokenizerConfig,
)
from tasks.own_answers import OwnAnswersConfig
from train.train_config import TrainConfig
from ultralink_data.whole.prune_config import PruneConfig

BENCHMARKS = "tasks.benchmarks"
BACKENDS = "tasks.models.backends"


def use_starter_languages(config: Any) -> StageUse:
    """The starter set names its languages itself."""
    return in_languages(())


def use_prune(config: PruneConfig) -> StageUse:
    """An experiment prunes by source problem; numpy is for similarity."""
    return StageUse(idle=frozenset({"numpy"}))


def use_tokenizer(config: TokenizerConfig) -> StageUse:
    """Like the starter set; torch is imported by transformers but not used."""
    return StageUse(code=use_starter_languages(config).code, idle=frozenset({"torch"}))


def use_pack(config: PackConfig | MixtureConfig) -> StageUse:
    """Tokenising loads no model: torch is in the same module as the tokenizer's loading."""
    return StageUse(idle=frozenset({"torch"}))


def use_answers(config: OwnAnswersConfig) -> StageUse:
    """transformers in this process; no benchmark and nothing of a language."""
    chosen = (
        (LANGUAGES, frozenset[str]()),
        (BENCHMARKS, frozenset[str]()),
        (BACKENDS, frozenset({"hf"})),
    )
    return StageUse(code=Use(chosen=chosen))


def use_training(config: TrainConfig) -> StageUse:
    """A training of adapters is peft's, with a base in few bits bitsandbytes' too."""
    held = {"bitsandbytes"} if config.lora.base != "full" else set()
    return StageUse(more=frozenset({"peft", *held}) if config.lora.rank else frozenset())


def use_points(config: PointsConfig) -> StageUse:
    """As the training whose points they are."""
    return use_training(config.training)


def use_evaluation(config: EvalStageConfig) -> StageUse:
    """The benchmarks, languages and backend of the config; a served model needs no torch."""
    runs, backend = config.eval.runs, config.eval.backend
    served = frozenset({"torch", "transformers", "tokenizers", "jinja2"})
    return StageUse(
        code=Use(
            chosen=(
                (LANGUAGES, frozenset(language for run in runs for language in run.languages)),
                (BENCHMARKS, frozenset(run.task for run in runs)),
                (BACKENDS, frozenset({backend.replace("-", "_")})),
            ),
        ),
        idle=served if config.eval.served is not None else frozenset(),
    )


def answering_code(config: EvalStageConfig) -> StageCode:
    """The code that decides what a model answers, once it is known what it is asked.

    Benchmarks and languages do not count: prompts, stops and limits are in the answers' own keys.
    """
    use, none = use_evaluation(config), frozenset[str]()
    backend = frozenset({config.eval.backend.replace("-", "_")})
    chosen = ((LANGUAGES, none), (BENCHMARKS, none), (BACKENDS, backend))
    modules = ("tasks.models.session", "tasks.models.row_asking", "tasks.models.likelihood")
    return code_of(modules, StageUse(code=Use(chosen=chosen), idle=use.idle), "")
