"""An experiment: the artefacts that an ablation needs, in two phases.

The first phase makes the data of every variant and packs them (seconds), so that the plan can show
exact rows and trained tokens; the second trains and evaluates.
"""

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from pathlib import Path

import msgspec

from harness.engine.graph import Node
from harness.engine.jobs import Artefact, Job, external, make_job
from harness.engine.stage_configs import (
    BaseConfig,
    EvalStageConfig,
    ImportConfig,
    PackConfig,
    PointsConfig,
    TokenizerConfig,
)
from harness.experiment.ablation import Ablation, Variant
from harness.experiment.ablation_files import declared_files
from harness.experiment.asked_problems import problems_hash, with_demonstrations
from harness.experiment.checkpoint_nodes import point_node, points_name
from harness.experiment.config import ExperimentConfig, ModelConfig
from harness.experiment.external_models import external_model
from harness.experiment.further_seeds import leading_to
from harness.experiment.mixture_file import MixtureFile, is_mixture, read_mixture
from harness.experiment.needed_inputs import require_given
from harness.experiment.variant_configs import first_with_equal, source_of, variant_config
from train.points import FINAL
from ultralink_data.errors import ConfigError, PrerequisiteError
from ultralink_data.mixture.mixture_config import Curriculum


class Experiment:
    """An ablation with a resolved config; knows its nodes and their names.

    `names` are variants or `all`; empty means the ablation's own choice for the profile. A
    variant's chain is: its rows (import or starter), the ablation's stages, prune, pack, train,
    eval. Variants whose rows or base models have the same config share the node. A variant `after`
    another trains that one's model, of the same seed, in place of the base.

    Raises:
        ConfigError: an unknown variant, or a change that fails or sets fields that a variant may
            not set.
    """

    def __init__(
        self,
        ablation: Ablation,
        config: ExperimentConfig,
        names: Sequence[str] = (),
        *,
        benchmarks: Path | None,
        command: tuple[str, ...],
    ) -> None:
        self.ablation = ablation
        self.config = config
        chosen = ablation.chosen(names, config.profile)
        self.all_variants = "all" in chosen
        self.variants = ablation.select(chosen)
        self.further_seeds: tuple[int, ...] = ()
        self.checkpoints = 0
        self._configs = {v.name: variant_config(ablation, v, config) for v in self.variants}
        for found in self._configs.values():
            require_given(found)
        self._sources = first_with_equal({name: source_of(c) for name, c in self._configs.items()})
        self._models = first_with_equal({name: c.model for name, c in self._configs.items()})
        for variant in self.variants:
            if variant.after and self._configs[variant.after].model != self.of(variant).model:
                raise ConfigError(
                    f"variant {variant.name} goes on from {variant.after}, but names another base "
                    "model: the data would be packed with the wrong tokenizer",
                    hint="let its `change` leave `model` as it is there",
                )
        self.benchmarks = benchmarks
        self._command = command
        self._outside: dict[str, Artefact] = {}
        self._evaluations: dict[str, EvalStageConfig] = {}
        self._mixtures: dict[str, MixtureFile] = {}

    def of(self, variant: Variant) -> ExperimentConfig:
        """The config of one variant."""
        return self._configs[variant.name]

    def without(self, names: Collection[str]) -> "Experiment":
        """The experiment without these variants; the nodes of the others keep their names."""
        fewer = copy(self)
        fewer.variants = tuple(v for v in self.variants if v.name not in names)
        return fewer

    def with_further_seeds(self, seeds: tuple[int, ...]) -> "Experiment":
        """The experiment with more runs of the reference, for its noise floor."""
        more = copy(self)
        more.further_seeds = seeds
        return more

    def with_checkpoints(self, points: int) -> "Experiment":
        """The experiment with evaluations at so many points of each training, the last its end."""
        more = copy(self)
        more.checkpoints = points
        return more

    def with_seeds(self, seeds: tuple[int, ...]) -> "Experiment":
        """The experiment with these seeds in place of its own; nodes keep their names."""
        other = copy(self)
        other.config = msgspec.structs.replace(self.config, seeds=seeds)
        other._configs = {
            name: msgspec.structs.replace(config, seeds=seeds)
            for name, config in self._configs.items()
        }
        return other

    def recorded(self, variant: Variant) -> dict[str, object]:
        """The variant's config as plain JSON types, with those of the ablation's own stages."""
        plain: dict[str, object] = msgspec.to_builtins(self.of(variant))
        own = {name: msgspec.to_builtins(config) for name, config in variant.stages.items()}
        if variant.answers is not None:
            own["answers"] = msgspec.to_builtins(variant.answers)
        mixture = self.mixture(variant)
        mixed = {} if mixture is None else {"mixture": mixture.plain()}
        return plain | ({"stages": own} if own else {}) | mixed

    def source_names(self) -> dict[str, list[Variant]]:
        """Nodes of the rows before any stage, each with the variants that start from it."""
        found: dict[str, list[Variant]] = {}
        for variant in self.variants:
            found.setdefault(self._source_name(variant), []).append(variant)
        return found

    def dataset_name(self, variant: Variant) -> str:
        """The node of the rows that a variant trains on: the last before they are packed."""
        return self._dataset_nodes(variant)[-1].name

    def rows_name(self, variant: Variant, seed: int) -> str:
        """The node of the rows that a training of a variant reads: `dataset_name`, or answers."""
        own = variant.answers is not None
        return f"answers/{variant.name}/{seed}" if own else self.dataset_name(variant)

    def packed_name(self, variant: Variant, seed: int) -> str:
        """The node of these rows, packed."""
        own = variant.answers is not None
        return f"pack/{variant.name}/{seed}" if own else f"pack/{variant.name}"

    def base_model(self, variant: Variant) -> Artefact | ModelConfig:
        """The pretrained model that a variant starts from, or the config of a base made here."""
        model = self.of(variant).model
        return model if model.path is None else self._pretrained(model.path)

    def base_config(self, name: str) -> ModelConfig:
        """The model config of the base model that the node `name` makes."""
        makers = {str(self._model_input(v, "base")): v for v in self._base_makers()}
        return self.of(makers[name]).model

    def evaluations(self) -> dict[str, EvalStageConfig]:
        """The evaluation of each variant, by its name."""
        for variant in self.variants:
            self._evaluation(variant)
        return dict(self._evaluations)

    def data_names(self) -> list[str]:
        """Nodes of the first phase."""
        return [node.name for node in self.data_nodes()]

    def run_names(self) -> list[str]:
        """Nodes of the second phase."""
        return [node.name for node in self.run_nodes()]

    def nodes(self) -> list[Node]:
        """Every node, dependencies first."""
        return self.data_nodes() + self.run_nodes()

    def data_nodes(self) -> list[Node]:
        """The first phase: the rows of every variant, packed, and tokenizers."""
        nodes = [self._source_node(name, used[0]) for name, used in self.source_names().items()]
        nodes += [self._tokenizer_node(variant) for variant in self._base_makers()]
        for variant in self.variants:
            nodes += [*self._dataset_nodes(variant), self._pack_node(variant)]
        return nodes

    def run_nodes(self) -> list[Node]:
        """The second phase: base models, trainings, evaluations."""
        nodes = [self._base_node(variant) for variant in self._base_makers()]
        for seed in self.config.seeds:
            for variant in self.variants:
                nodes += self._variant_runs(variant, seed)
        for seed in self.further_seeds:
            for variant in leading_to(self.ablation.reference, self.variants):
                nodes += self._variant_runs(variant, seed)
        return nodes

    def _source_name(self, variant: Variant) -> str:
        if source_of(self.of(variant)) == source_of(self.config):
            return "data"
        return f"data/{self._sources[variant.name]}"

    def _source_node(self, name: str, variant: Variant) -> Node:
        data = self.of(variant).data
        if data.folder is None:
            return self._node(name, "starter", data.starter)
        mixture = self.mixture(variant)
        if mixture is not None:
            mixed = mixture.config(self.config.languages, self.of(variant).train.template)
            inputs = {**mixture.inputs(), "tokenizer": self._model_input(variant, "tokenizer")}
            return self._node(
                name, "mixture", mixed, inputs, seed=mixture.seed(0), extra=mixture.extra()
            )
        folder = Path(data.folder)
        if not folder.is_dir():
            whose = "" if name == "data" else f" of variant {variant.name}"
            raise PrerequisiteError(
                f"data.folder{whose}: no folder {folder}",
                hint="name a folder with {language}_{kind}.jsonl files",
            )
        return self._node(name, "import", ImportConfig(), {"source": self._external(data.folder)})

    def mixture(self, variant: Variant) -> MixtureFile | None:
        """The mixture that a variant trains on, None if its data are no mixture."""
        path = self.of(variant).data.folder
        if path is not None and is_mixture(path) and path not in self._mixtures:
            self._mixtures[path] = read_mixture(Path(path))
        return self._mixtures.get(path or "")

    def _dataset_nodes(self, variant: Variant) -> list[Node]:
        """The ablation's stages that the variant goes through, and prune."""
        steps: list[tuple[str, msgspec.Struct, Path | None]] = [
            (stage.name, variant.stages[stage.name], self.ablation.file)
            for stage in self.ablation.stages
            if stage.name in variant.stages
        ]
        steps.append(("prune", self.of(variant).data.prune, None))
        nodes: list[Node] = []
        last = self._source_name(variant)
        for stage, config, file in steps:
            name = f"{stage}/{variant.name}"
            inputs = {"dataset": last} | self._files_of(stage, config)
            nodes.append(self._node(name, stage, config, inputs, defined_in=file))
            last = name
        return nodes

    def _files_of(self, stage: str, config: msgspec.Struct) -> dict[str, str | Artefact]:
        """The data files that an ablation's own stage says it reads, as inputs."""
        found: dict[str, str | Artefact] = {}
        for own in self.ablation.stages:
            if own.name == stage:
                for number, path in enumerate(declared_files(own, self.ablation.file, config), 1):
                    found[f"file {number}"] = self._external(str(path))
        return found

    def _external(self, path: str) -> Artefact:
        if path not in self._outside:
            self._outside[path] = external(Path(path))
        return self._outside[path]

    def _pack_node(self, variant: Variant, rows: str = "", name: str = "") -> Node:
        """The rows packed; of `rows`, under `name`, for those that are made in the second phase."""
        config, mixture = self.of(variant), self.mixture(variant)
        pack = PackConfig(
            curriculum=Curriculum() if mixture is None else mixture.curriculum,
            languages=config.languages,
            max_tokens=config.train.max_tokens,
            template=config.train.template,
            packing=config.train.packing,
            overlong=config.train.overlong,
            packing_order=config.train.packing_order,
        )
        inputs = {
            "dataset": rows or self.dataset_name(variant),
            "tokenizer": self._model_input(variant, "tokenizer"),
        }
        return self._node(name or f"pack/{variant.name}", "pack", pack, inputs)

    def _pretrained(self, path: str) -> Artefact:
        if path not in self._outside:
            self._outside[path] = external_model(path)
        return self._outside[path]

    def _model_input(self, variant: Variant, stage: str) -> str | Artefact:
        """A pretrained model, or the node of the base or tokenizer of a variant."""
        model = self.of(variant).model
        if model.path is not None:
            return self._pretrained(model.path)
        return stage if model == self.config.model else f"{stage}/{self._models[variant.name]}"

    def _base_makers(self) -> list[Variant]:
        """One variant for each base model that is made here."""
        makers: dict[str, Variant] = {}
        for variant in self.variants:
            base = self._model_input(variant, "base")
            if isinstance(base, str):
                makers.setdefault(base, variant)
        return list(makers.values())

    def _tokenizer_node(self, variant: Variant) -> Node:
        # The base text is the experiment's, not the variant's: if variants set `data.starter`, only
        # their training data differ.
        config = TokenizerConfig(
            starter=self.config.data.starter, vocabulary=self.of(variant).model.micro.vocabulary
        )
        return self._node(str(self._model_input(variant, "tokenizer")), "tokenizer", config)

    def _base_node(self, variant: Variant) -> Node:
        model, name = self.of(variant).model, str(self._model_input(variant, "base"))
        config = BaseConfig(
            starter=self.config.data.starter, micro=model.micro, family=model.family
        )
        inputs = {"tokenizer": self._model_input(variant, "tokenizer")}
        return self._node(name, "base", config, inputs, seed=model.base_seed)

    def _variant_runs(self, variant: Variant, seed: int) -> list[Node]:
        name = variant.name
        train, evaluate = f"train/{name}/{seed}", f"eval/{name}/{seed}"
        extra = {"benchmarks": str(self.benchmarks)} if self.benchmarks else {}
        start = f"train/{variant.after}/{seed}" if variant.after else None
        nodes, trained_on = [], self.dataset_name(variant)
        if variant.answers is not None and start is not None:
            question = {"dataset": self.dataset_name(variant), "model": start}
            languages = variant.answers.languages or self.of(variant).languages
            answers = msgspec.structs.replace(variant.answers, languages=languages)
            trained_on = rows = self.rows_name(variant, seed)
            nodes = [
                self._node(rows, "answers", answers, question, seed=seed),
                self._pack_node(variant, rows, self.packed_name(variant, seed)),
            ]
        inputs = {
            "packed": self.packed_name(variant, seed),
            "model": start or self._model_input(variant, "base"),
        }
        config = self.of(variant).train
        points, rest = "", []
        if self.checkpoints and seed in self.config.seeds:
            points = points_name(name, seed)
            training = PointsConfig(training=config, points=self.checkpoints)
            nodes.append(self._node(points, "points", training, inputs, seed=seed))
            asked = self.point_evaluation(variant)
            rest = [
                point_node(name, seed, number, asked, extra, self._command)
                for number in range(1, self.checkpoints)
            ]
        traced = {"dataset": trained_on}
        if self.mixture(variant) is not None:
            traced["mixture"] = self._source_name(variant)
        return [
            *nodes,
            self._node(train, "train", config, inputs, seed=seed, traced=traced, end_of=points),
            self._node(evaluate, "eval", self._evaluation(variant), {"model": train}, extra=extra),
            *rest,
        ]

    def point_evaluation(self, variant: Variant) -> EvalStageConfig:
        """What is asked at the points of a variant's training: only what is compared."""
        config = self.of(variant).eval
        if variant.name != self.ablation.reference:
            return self._evaluation(variant)
        return EvalStageConfig(eval=config, problems=problems_hash(config, self.benchmarks))

    def _evaluation(self, variant: Variant) -> EvalStageConfig:
        if variant.name not in self._evaluations:
            config = with_demonstrations(self.of(variant), self.ablation.reference == variant.name)
            problems = problems_hash(config, self.benchmarks)
            found = EvalStageConfig(eval=config, problems=problems)
            self._evaluations[variant.name] = found
        return self._evaluations[variant.name]

    def _node(
        self,
        name: str,
        stage: str,
        config: msgspec.Struct,
        inputs: Mapping[str, str | Artefact] | None = None,
        *,
        seed: int | None = None,
        extra: dict[str, str] | None = None,
        defined_in: Path | None = None,
        traced: Mapping[str, str] | None = None,
        end_of: str = "",
    ) -> Node:
        """A node whose inputs are other nodes, by name, or come from outside.

        `traced` names nodes made before, whose paths are told and decide nothing. `end_of` is the
        node of a training with points whose end is this very artefact.
        """
        roles = inputs or {}

        def make(made: Mapping[str, Artefact]) -> Job:
            found = {role: made[i] if isinstance(i, str) else i for role, i in roles.items()}
            paths = {role: made[i].path for role, i in (traced or {}).items()}
            more = {**(extra or {}), **paths}
            end = f"{made[end_of].path}/{FINAL}" if end_of in made else ""
            return make_job(stage, config, found, seed, more, self._command, defined_in, end)

        needs = [i for i in roles.values() if isinstance(i, str)]
        needs += [i for i in (traced or {}).values() if i not in needs]
        after = (end_of,) if end_of else ()
        return Node(name=name, needs=tuple(needs), make=make, after=after)
