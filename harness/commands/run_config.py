"""What `run` was asked: its config, and the ablation that the question is."""

import argparse
from collections.abc import Callable, Sequence

import msgspec

from harness.experiment import profiles
from harness.experiment.ablation import Ablation
from harness.experiment.ablation_files import get_ablation
from harness.experiment.ablation_parameters import arranged
from harness.experiment.config import ExperimentConfig
from harness.experiment.dataset_variants import dataset_ablation, with_datasets
from harness.experiment.margin_files import refuse_two_margins, with_margin_file
from harness.experiment.nodes import Experiment
from harness.experiment.sweep import sweep
from harness.options import defaults
from harness.options.config_options import refusing
from harness.options.settings import apply_settings
from ultralink_data import languages as known_languages
from ultralink_data.errors import ConfigError


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
    config = profiles.get(arguments.profile)
    if arguments.languages:
        _check_languages(arguments.languages)
        with refusing("write --languages en,zh"):
            config = profiles.with_languages(config, arguments.languages)
    if arguments.tasks:
        with refusing("name each of --tasks once"):
            config = profiles.with_tasks(config, arguments.tasks)
    if arguments.seeds:
        with refusing("write --seeds 0,1,2"):
            config = msgspec.structs.replace(config, seeds=arguments.seeds)
    before = config
    config = apply_settings(config, arguments.settings)
    if config.profile != arguments.profile:
        raise ConfigError(
            f"--set profile={config.profile}: the numbers of {arguments.profile} would get the "
            "name of another profile",
            hint="choose a profile with --profile",
        )
    if not config.eval.runs:
        raise ConfigError("nothing is left to evaluate", hint="name a benchmark with --tasks")
    _check_languages(config.languages)
    if arguments.budget == defaults.EQUAL_EPOCHS:
        config = profiles.with_epochs(config)
    if not arguments.data:
        return _with_margins(config, arguments)
    if config.data.folder is not None:
        raise ConfigError(
            f"--set data.folder={config.data.folder}: --data names the folders already",
            hint="leave it out; the first folder of --data is the reference",
        )
    chosen = bool(arguments.languages) or config.languages != before.languages
    return _with_margins(with_datasets(config, arguments.data, warn, chosen=chosen), arguments)


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
        except ConfigError:
            continue  # the others need it
        if ablation.reference != experiment.ablation.reference:
            continue  # it chooses the reference of a sweep
        if other == config or other.data.starter != config.data.starter:
            continue  # the base model's text is the experiment's, whatever variants set
        without = Experiment(
            experiment.ablation, other, arguments.variants or (), benchmarks=None, command=()
        )
        if all(without.of(variant) == experiment.of(variant) for variant in experiment.variants):
            raise ConfigError(
                f"--set {setting}: every variant of {experiment.ablation.name} sets this itself",
                hint="leave it out, or choose with --variants",
            )


def _check_languages(codes: Sequence[str]) -> None:
    for code in codes:
        known_languages.get(code)
