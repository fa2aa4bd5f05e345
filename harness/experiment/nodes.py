"""An experiment: the artefacts that an ablation needs, in two phases.

The first phase makes the data of every variant and packs them (seconds), so that the plan
can say rows and trained tokens exactly; the second trains and evaluates.
"""

import hashlib
import os
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path

import msgspec

from harness.engine.graph import Made, Node
from harness.engine.jobs import Artefact, Job, external, make_job
from harness.engine.stages import (
    BaseConfig,
    EvalStageConfig,
    ImportConfig,
    PackConfig,
    TokenizerConfig,
)
from harness.experiment.ablations import Ablation, Variant
from harness.experiment.config import ExperimentConfig
from tasks.eval_config import EvalConfig, TaskRun
from tasks.evaluate import selected
from ultralink_data.errors import ConfigError, PrerequisiteError


class Experiment:
    """An ablation with a resolved config; knows its nodes and their names."""

    def __init__(
        self,
        ablation: Ablation,
        config: ExperimentConfig,
        *,
        benchmarks: Path | None,
        command: tuple[str, ...],
    ) -> None:
        self.ablation = ablation
        self.config = config
        self.variants = ablation.select(config.variants)
        self._benchmarks = benchmarks
        self._command = command

    @cached_property
    def _model(self) -> Artefact | None:
        path = self.config.model.path
        return None if path is None else external_model(path)

    def of(self, variant: Variant) -> ExperimentConfig:
        """The config of one variant."""
        return variant.change(self.config)

    def data_names(self) -> list[str]:
        """Nodes of the first phase."""
        return [node.name for node in self.nodes() if node.name.split("/")[0] in _FIRST]

    def run_names(self) -> list[str]:
        """Nodes of the second phase."""
        return [node.name for node in self.nodes() if node.name.split("/")[0] not in _FIRST]

    def nodes(self) -> list[Node]:
        """Every node, needs before those that need them."""
        nodes = [self._data_node()]
        if self._model is None:
            nodes += self._base_nodes()
        for variant in self.variants:
            nodes += self._variant_data(variant)
        for seed in self.config.seeds:
            for variant in self.variants:
                nodes += self._variant_runs(variant, seed)
        return nodes

    def _data_node(self) -> Node:
        data = self.config.data
        if data.folder is None:
            return self._node("data", (), "starter", data.starter)
        folder = Path(data.folder)
        if not folder.is_dir():
            raise PrerequisiteError(
                f"data.folder: no folder {folder}",
                hint="name a folder with {language}_{kind}.jsonl files",
            )
        source = external(folder)
        return Node(
            name="data",
            needs=(),
            make=lambda made: make_job(
                "import", ImportConfig(), {"source": source}, command=self._command
            ),
        )

    def _base_nodes(self) -> list[Node]:
        model, starter = self.config.model, self.config.data.starter
        tokenizer = TokenizerConfig(starter=starter, vocabulary=model.micro.vocabulary)
        base = BaseConfig(starter=starter, micro=model.micro)
        return [
            self._node("tokenizer", (), "tokenizer", tokenizer),
            self._node("base", ("tokenizer",), "base", base, seed=model.base_seed),
        ]

    def _variant_data(self, variant: Variant) -> list[Node]:
        config = self.of(variant)
        pack = PackConfig(
            languages=config.languages,
            max_tokens=config.train.max_tokens,
            template=config.train.template,
            packing=config.train.packing,
        )
        name = variant.name
        return [
            self._node(f"prune/{name}", ("data",), "prune", config.data.prune, {"dataset": "data"}),
            self._node(
                f"pack/{name}",
                (f"prune/{name}",) if self._model else (f"prune/{name}", "tokenizer"),
                "pack",
                pack,
                {"dataset": f"prune/{name}", "tokenizer": "tokenizer"},
            ),
        ]

    def _variant_runs(self, variant: Variant, seed: int) -> list[Node]:
        config, name = self.of(variant), variant.name
        train, evaluate = f"train/{name}/{seed}", f"eval/{name}/{seed}"
        stage = EvalStageConfig(
            eval=self._eval_config(variant),
            problems=problems_hash(self._eval_config(variant), self._benchmarks),
        )
        extra = {"benchmarks": str(self._benchmarks)} if self._benchmarks else {}
        needs = (f"pack/{name}",) if self._model else (f"pack/{name}", "base")
        inputs = {"packed": f"pack/{name}", "model": "base"}
        return [
            self._node(train, needs, "train", config.train, inputs, seed=seed),
            self._node(evaluate, (train,), "eval", stage, {"model": train}, extra=extra),
        ]

    def _eval_config(self, variant: Variant) -> EvalConfig:
        """The reference variant also answers a few problems where the profile asks for none."""
        config = self.of(variant).eval
        if variant.name != self.ablation.reference:
            return config
        runs = [
            msgspec.structs.replace(run, generate=run.benchmark().demonstrations)
            if run.generate == 0
            else run
            for run in config.runs
        ]
        return msgspec.structs.replace(config, runs=tuple(runs))

    def _node(
        self,
        name: str,
        needs: tuple[str, ...],
        stage: str,
        config: msgspec.Struct,
        inputs: Mapping[str, str] | None = None,
        *,
        seed: int | None = None,
        extra: dict[str, str] | None = None,
    ) -> Node:
        """A node whose inputs are other nodes; the pretrained model stands for `base`."""
        wanted = inputs if inputs is not None else {need: need for need in needs}

        def make(made: Mapping[str, Artefact]) -> Job:
            known = dict(made)
            if self._model is not None:
                known |= {"base": self._model, "tokenizer": self._model}
            found = {role: known[node] for role, node in wanted.items()}
            return make_job(stage, config, found, seed, extra, self._command)

        return Node(name=name, needs=needs, make=make)


_FIRST = ("data", "tokenizer", "prune", "pack")


def external_model(path: str) -> Artefact:
    """A model folder or `.gguf` file, fingerprinted by its content.

    Raises:
        ConfigError: no path is given.
        PrerequisiteError: there is no model at that path.
    """
    if not path:
        raise ConfigError(
            "this profile needs a pretrained model", hint="give --set model.path=FOLDER_OR_GGUF"
        )
    found = Path(path)
    if not found.exists():
        raise PrerequisiteError(
            f"no model at {found}", hint="name a folder with config.json, or a .gguf file"
        )
    return external(found)


def problems_hash(config: EvalConfig, benchmarks: Path | None) -> str:
    """Hash of every problem that an evaluation asks: prompts, answers, tests, references.

    Raises:
        PrerequisiteError: a benchmark file is missing.
    """
    digest = hashlib.sha256()
    for run in config.runs:
        count = (
            None
            if None in (run.generate, run.likelihood)
            else max(run.generate or 0, run.likelihood or 0)
        )
        for language in run.languages:
            problems = _problems(run, language, benchmarks, os.environ.get(_ENVIRONMENT))
            for problem in selected(problems, count):
                digest.update(problem)
    return digest.hexdigest()


_ENVIRONMENT = "ULTRALINK_BENCHMARKS"


@cache
def _problems(
    run: TaskRun, language: str, benchmarks: Path | None, environment: str | None
) -> tuple[bytes, ...]:
    """The encoded problems; `environment` is an argument so that a change of it counts."""
    benchmark, protocol = run.benchmark(), run.protocol
    encoder = msgspec.json.Encoder(enc_hook=_without_place)
    return tuple(
        encoder.encode((p, *benchmark.asked(p, protocol)))
        for p in benchmark.problems(language, benchmarks)
    )


def _without_place(value: object) -> None:
    """Where a benchmark file lies does not count, what it holds does."""
    if not isinstance(value, Path):
        raise TypeError(f"a problem holds a {type(value).__name__}")


def variant_runs(
    made: Mapping[str, Made], variant: str, seeds: tuple[int, ...]
) -> list[tuple[int, Made]]:
    """The finished evaluations of a variant, by seed."""
    return [(seed, made[f"eval/{variant}/{seed}"]) for seed in seeds]
