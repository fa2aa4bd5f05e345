"""What `run` was asked: its config, and the ablation that the question is."""

import argparse
from collections.abc import Callable, Mapping
from typing import Final

from harness.experiment import profiles
from harness.experiment.ablation import Ablation
from harness.experiment.ablation_files import get_ablation
from harness.experiment.ablation_parameters import arranged
from harness.experiment.chosen_config import chosen_config
from harness.experiment.config import ExperimentConfig
from harness.experiment.dataset_variants import dataset_ablation, with_datasets
from harness.experiment.margin_files import refuse_two_margins, with_margin_file
from harness.experiment.nodes import Experiment
from harness.experiment.sweep import sweep
from harness.options import defaults
from ultralink_data.errors import ConfigError, PrerequisiteError

_HINTS: Final[Mapping[str, str]] = {
    "profile": "choose a profile with --profile",
    "languages": "write --languages en,zh",
    "tasks": "name each of --tasks once",
    "seeds": "write --seeds 0,1,2",
    "runs": "name a benchmark with --tasks",
}


def question(
    arguments: argparse.Namespace, warn: Callable[[str], None]
) -> tuple[Ablation, ExperimentConfig]:
    """The ablation that the command line asks for, and the config that its variants change.

    Raises:
        ConfigError: an unknown name, or a value that does not fit.
        PrerequisiteError: a file or folder that it names is not there.
    """
    if arguments.vary:
        config = resolve(arguments, warn)
        return arranged(sweep(config, arguments.vary), arguments.parameters, config), config
    # What is wrong with the question itself is told first.
    if arguments.data:
        ablation = dataset_ablation(arguments.data)
    else:
        ablation = get_ablation(arguments.ablation)
        arguments.tasks = arguments.tasks or ablation.tasks.get(arguments.profile)
    config = resolve(arguments, warn)
    return arranged(ablation, arguments.parameters, config), config


def resolve(arguments: argparse.Namespace, warn: Callable[[str], None]) -> ExperimentConfig:
    """The profile with every option of the command line applied.

    Raises:
        ConfigError: an unknown name or a value that does not fit.
    """
    config = chosen_config(
        arguments.profile,
        languages=arguments.languages or (),
        tasks=arguments.tasks or (),
        seeds=arguments.seeds or (),
        settings=arguments.settings,
        hints=_HINTS,
    )
    if arguments.budget == defaults.EQUAL_EPOCHS:
        config = profiles.with_epochs(config)
    if arguments.data:
        chosen = bool(arguments.languages)
        config = with_datasets(config, arguments.data, warn, chosen=chosen)
    return _with_margins(config, arguments)


def _with_margins(config: ExperimentConfig, arguments: argparse.Namespace) -> ExperimentConfig:
    """The config with the margins of a file, if one was given."""
    if arguments.margins is None:
        return config
    refuse_two_margins(arguments.settings, arguments.margins)
    return with_margin_file(config, arguments.margins)


def refuse_idle_settings(arguments: argparse.Namespace, experiment: Experiment) -> None:
    """Refuse a `--set` that changes no variant, as all of them set the field themselves.

    Raises:
        ConfigError: such a setting.
    """
    config, settings = experiment.config, arguments.settings
    for place, setting in enumerate(settings):
        less = [*settings[:place], *settings[place + 1 :]]
        try:
            fewer = argparse.Namespace(**{**vars(arguments), "settings": less})
            ablation, other = question(fewer, lambda text: None)
            without = Experiment(
                experiment.ablation, other, arguments.variants or (), benchmarks=None, command=()
            )
        except (ConfigError, PrerequisiteError):
            continue  # the others need it, or the profile does
        if ablation.reference != experiment.ablation.reference:
            continue  # it chooses the reference of a sweep
        if other == config or other.data.starter != config.data.starter:
            continue  # the base model's text is the experiment's, whatever variants set
        if all(without.of(variant) == experiment.of(variant) for variant in experiment.variants):
            raise ConfigError(
                f"--set {setting}: every variant of {experiment.ablation.name} sets this itself",
                hint="leave it out, or choose with --variants",
            )
