"""The stages of an experiment: each makes one artefact from others, in a worker process.

A stage's key is known before it runs (see `harness.engine.artefact_store`): its code (the modules
it names, the imports of theirs that this config uses, and its glue code here), the versions of the
packages that decide its output, its config, the fingerprints of its inputs, its seed.
"""

import ast
import hashlib
import textwrap
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from harness.engine.artefact_store import Shelf
from harness.engine.deciding_packages import deciding_versions
from harness.engine.held_out_stages import hold_out, leave_out
from harness.engine.helper_modules import helper_modules
from harness.engine.kept_results import kept
from harness.engine.mixture_stage import MIXED_WITH, make_mixture
from harness.engine.module_facts import ModuleFacts
from harness.engine.pack_stage import make_packed
from harness.engine.source_hash import closure, file_hash, file_modules
from harness.engine.stage_code import StageCode, StageUse, code_of
from harness.engine.stage_configs import (
    BaseConfig,
    EvalStageConfig,
    HeldOutConfig,
    ImportConfig,
    MixtureConfig,
    PackConfig,
    PointsConfig,
    TokenizerConfig,
    WithoutConfig,
)
from harness.engine.stage_uses import (
    answering_code,
    use_answers,
    use_evaluation,
    use_pack,
    use_points,
    use_prune,
    use_starter_languages,
    use_tokenizer,
    use_training,
)
from tasks.own_answers import OwnAnswersConfig
from train.train_config import TrainConfig
from ultralink_data.errors import unknown_name
from ultralink_data.starter.starter_config import StarterConfig
from ultralink_data.whole.prune_config import PruneConfig, parse_keep

Report = Callable[[str, int, int], None]
"""Called with the current activity, done and total (steps, parts); total is 0 if unknown."""


class Folders(msgspec.Struct, frozen=True, kw_only=True):
    """Where a stage reads and writes: inputs by name, the output, the kept scratch folder."""

    inputs: dict[str, Path]
    out: Path
    work: Path


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of step. `run` fills `folders.out`; `modules` are the modules with its code.

    `use` says which parts of them a config uses; without it, everything they import counts.
    `own_code` is the code of an ablation's own stage; None for the stages here. `answers` is the
    code that a model's answers depend on, where the stage keeps them for the evaluations to come.
    """

    name: str
    shelf: Shelf
    modules: tuple[str, ...]
    config_type: type
    run: Callable[[Folders, Any, int | None, Report], None]
    use: Callable[[Any], StageUse] = lambda config: StageUse()
    own_code: StageCode | None = None
    answers: Callable[[Any], StageCode] | None = None

    def code(self, config: Any) -> StageCode:
        """The code that the output depends on; `config` as plain JSON types or typed."""
        if self.own_code is not None:
            return self.own_code
        use = self.use(msgspec.convert(config, self.config_type))
        return code_of(self.modules, use, _glue(self.run))


def _starter(folders: Folders, config: StarterConfig, seed: int | None, report: Report) -> None:
    from ultralink_data.starter.dialogues import starter_dialogues
    from ultralink_data.store import dataset

    rows = starter_dialogues(config.seed, config.per_template)
    recipe = f"starter(seed={config.seed}, per_template={config.per_template})"
    dataset.write_into(folders.out, rows, recipe=recipe)


def _import(folders: Folders, config: ImportConfig, seed: int | None, report: Report) -> None:
    from ultralink_data.store import dataset

    rows = dataset.read_release(folders.inputs["source"])
    dataset.write_into(folders.out, rows, recipe="import")


def _prune(folders: Folders, config: PruneConfig, seed: int | None, report: Report) -> None:
    from ultralink_data.store import dataset
    from ultralink_data.whole import prune

    source = folders.inputs["dataset"]
    rows = dataset.read(source)
    kept = prune.prune(rows, parse_keep(config.keep), config.seed)
    dataset.write_into(
        folders.out,
        kept,
        recipe=f"prune(keep={config.keep}, seed={config.seed})",
        parents=[dataset.read_manifest(source).fingerprint],
        dropped={"pruned": len(rows) - len(kept)},
    )


def _tokenizer(folders: Folders, config: TokenizerConfig, seed: int | None, report: Report) -> None:
    from train.micro_tokenizer import train_tokenizer
    from ultralink_data.starter.dialogues import base_texts

    texts = base_texts(config.starter.seed, config.starter.per_template)
    train_tokenizer(texts, config.vocabulary, folders.out)


def _base(folders: Folders, config: BaseConfig, seed: int | None, report: Report) -> None:
    from train.micro import train_base
    from train.step_metrics import live
    from ultralink_data.starter.dialogues import base_texts

    train_base(
        tokenizer=folders.inputs["tokenizer"],
        texts=base_texts(config.starter.seed, config.starter.per_template),
        config=config.micro,
        seed=seed or 0,
        out=folders.out,
        work=folders.work,
        family=config.family,
        on_progress=live(report),
    )


def _answers(folders: Folders, config: OwnAnswersConfig, seed: int | None, report: Report) -> None:
    from tasks.own_answers import own_answers
    from ultralink_data.store import dataset

    source = folders.inputs["dataset"]
    made = own_answers(
        folders.inputs["model"],
        dataset.read(source),
        config,
        seed=seed or 0,
        work=folders.work,
        progress=report,
    )
    dataset.write_into(
        folders.out,
        made.rows,
        recipe=f"answers(rows={config.rows}, temperature={config.temperature}, seed={seed})",
        parents=[dataset.read_manifest(source).fingerprint],
        dropped=made.dropped,
    )


def _train(folders: Folders, config: TrainConfig, seed: int | None, report: Report) -> None:
    from train.memory_advice import advised
    from train.step_metrics import live
    from train.trainer import train

    with advised(folders.inputs["model"], folders.inputs["packed"], config, seed or 0):
        result = train(
            model=folders.inputs["model"],
            packed=folders.inputs["packed"],
            config=config,
            seed=seed or 0,
            out=folders.out,
            work=folders.work,
            on_progress=live(report),
            validation=folders.inputs.get("validation"),
        )
    (folders.out / RESULT_FILE).write_bytes(msgspec.json.encode(result))


def _points(folders: Folders, config: PointsConfig, seed: int | None, report: Report) -> None:
    from train.intermediate import train_with_points
    from train.memory_advice import advised
    from train.points import FINAL
    from train.step_metrics import live

    with advised(folders.inputs["model"], folders.inputs["packed"], config.training, seed or 0):
        result = train_with_points(
            model=folders.inputs["model"],
            packed=folders.inputs["packed"],
            config=config.training,
            points=config.points,
            kept=config.kept,
            seed=seed or 0,
            out=folders.out,
            work=folders.work,
            on_progress=live(report),
            validation=folders.inputs.get("validation"),
        )
    (folders.out / FINAL / RESULT_FILE).write_bytes(msgspec.json.encode(result))


def _evaluate(folders: Folders, config: EvalStageConfig, seed: int | None, report: Report) -> None:
    from tasks.evaluate import evaluate

    evaluate(
        folders.inputs["model"],
        config.eval,
        folders.out,
        work=folders.work,
        benchmarks=folders.inputs.get("benchmarks"),
        replies=folders.inputs.get("replies"),
        answers=folders.inputs.get("answers"),
        progress=report,
    )


RESULT_FILE = "_training.json"
"""The result of a training, in the model's folder: losses, and where it resumed."""


_HOLDING_OUT = ("ultralink_data.whole.hold_out", "ultralink_data.store.dataset")

STAGES: dict[str, Stage] = {
    stage.name: stage
    for stage in (
        Stage(
            name="starter",
            shelf="datasets",
            modules=("ultralink_data.starter.dialogues", "ultralink_data.store.dataset"),
            config_type=StarterConfig,
            run=_starter,
            use=use_starter_languages,
        ),
        Stage(
            name="import",
            shelf="datasets",
            modules=("ultralink_data.store.dataset",),
            config_type=ImportConfig,
            run=_import,
        ),
        Stage(
            name="mixture",
            shelf="datasets",
            modules=("train.dialogue_tokens", "ultralink_data.mixture.drawing", *MIXED_WITH),
            config_type=MixtureConfig,
            run=make_mixture,
            use=use_pack,
        ),
        Stage(
            name="prune",
            shelf="datasets",
            modules=("ultralink_data.whole.prune", "ultralink_data.store.dataset"),
            config_type=PruneConfig,
            run=_prune,
            use=use_prune,
        ),
        Stage(
            name="held-out",
            shelf="datasets",
            modules=_HOLDING_OUT,
            config_type=HeldOutConfig,
            run=hold_out,
        ),
        Stage(
            name="without",
            shelf="datasets",
            modules=_HOLDING_OUT,
            config_type=WithoutConfig,
            run=leave_out,
        ),
        Stage(
            name="tokenizer",
            shelf="models",
            modules=("train.micro_tokenizer", "ultralink_data.starter.dialogues"),
            config_type=TokenizerConfig,
            run=_tokenizer,
            use=use_tokenizer,
        ),
        Stage(
            name="base",
            shelf="models",
            modules=("train.micro", "ultralink_data.starter.dialogues"),
            config_type=BaseConfig,
            run=_base,
            use=use_starter_languages,
        ),
        Stage(
            name="pack",
            shelf="datasets",
            modules=(
                "train.curriculum",
                "train.stream_packing",
                "ultralink_data.store.dataset",
                "ultralink_data.tokenizer_loading",
            ),
            config_type=PackConfig,
            run=make_packed,
            use=use_pack,
        ),
        Stage(
            name="answers",
            shelf="datasets",
            modules=("tasks.own_answers", "ultralink_data.store.dataset"),
            config_type=OwnAnswersConfig,
            run=_answers,
            use=use_answers,
        ),
        Stage(
            name="train",
            shelf="models",
            modules=("train.trainer",),
            config_type=TrainConfig,
            run=_train,
            use=use_training,
        ),
        Stage(
            name="points",
            shelf="models",
            modules=("train.intermediate",),
            config_type=PointsConfig,
            run=_points,
            use=use_points,
        ),
        Stage(
            name="eval",
            shelf="evals",
            modules=("tasks.evaluate",),
            config_type=EvalStageConfig,
            run=_evaluate,
            use=use_evaluation,
            answers=answering_code,
        ),
    )
}


@cache
def _glue(run: Callable[..., None]) -> str:
    """The code of the function that runs a stage."""

    def read() -> str:
        import inspect

        return ast.dump(ast.parse(textwrap.dedent(inspect.getsource(run))))

    return kept("code of a function", (run.__module__, run.__qualname__), str, read)


def get(name: str) -> Stage:
    """The stage with this name.

    Raises:
        ConfigError: there is no such stage.
    """
    if name not in STAGES:
        raise unknown_name("stage", name, STAGES)
    return STAGES[name]


def file_code(facts: ModuleFacts, modules: Sequence[str]) -> StageCode:
    """The code of a stage that a file of its own defines, and that uses `modules` too.

    The helpers that the file imports from outside this project count like the file.

    Raises:
        ValueError: no such module.
        SyntaxError: a helper is not valid Python.
    """
    files = (facts, *helper_modules(facts))
    reached = {name for file in files for m in file_modules(file, modules) for name in closure(m)}
    hashes = "\n".join(file_hash(file, modules) for file in files)
    return StageCode(
        source=hashlib.sha256(hashes.encode()).hexdigest(),
        packages=deciding_versions(reached, *files),
    )
