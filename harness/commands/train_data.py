"""What `train` reads: a dataset folder, or a mixture of several."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from harness.engine.graph import Made, Node
from harness.engine.jobs import Artefact, Job, external, make_job
from harness.engine.mixture_stage import mixed_cells
from harness.engine.stage_configs import ImportConfig
from harness.experiment.folder_names import require_dataset
from harness.experiment.mixture_file import is_mixture, read_mixture
from leaderboard.mixture_tables import mixture_table
from leaderboard.table import Table
from train.train_config import TrainConfig
from ultralink_data.mixture.mixture_config import Curriculum
from ultralink_data.store import dataset


def data_node(
    arguments: argparse.Namespace, config: TrainConfig, read_model: Callable[[], Artefact]
) -> tuple[Node, tuple[str, ...], Curriculum]:
    """The node of the rows, their languages and their order; the model is read if they need it.

    Raises:
        ConfigError, DataError: the file of a mixture is wrong, or a folder is no dataset, or has no
            row of a language that is asked for.
    """
    command = tuple(arguments.command_line)
    if not is_mixture(arguments.data):
        require_dataset(arguments.data)
        source = external(arguments.data)
        manifest = dataset.count(dataset.read_release(arguments.data))
        languages = arguments.languages or tuple(dict.fromkeys(c.language for c in manifest))
        dataset.require_language(manifest, languages, str(arguments.data))

        def imported(made: Mapping[str, Artefact]) -> Job:
            return make_job("import", ImportConfig(), {"source": source}, command=command)

        return Node(name="data", needs=(), make=imported), tuple(languages), Curriculum()
    mixture = read_mixture(arguments.data)
    languages = tuple(arguments.languages or mixture.languages)
    mixture.require_languages(languages)
    inputs = {**mixture.inputs(), "tokenizer": read_model()}

    def mixed(made: Mapping[str, Artefact]) -> Job:
        drawn, seed = mixture.config(languages, config.template), mixture.seed(arguments.seed)
        return make_job("mixture", drawn, inputs, seed, mixture.extra(), command)

    return Node(name="data", needs=(), make=mixed), languages, mixture.curriculum


def mixture_tables(made: Made, data: Path) -> list[Table]:
    """What was drawn, where the data are a mixture."""
    return [mixture_table(str(data), mixed_cells(made.path))] if is_mixture(data) else []
