"""A profile's config with what the user chose: of a command line, or of a settings file."""

from collections.abc import Mapping, Sequence

import msgspec

from harness.experiment import profiles
from harness.experiment.config import ExperimentConfig
from harness.options.config_options import refusing
from harness.options.settings import apply_settings
from ultralink_data import languages as known_languages
from ultralink_data.errors import ConfigError


def chosen_config(
    profile: str,
    *,
    languages: tuple[str, ...],
    tasks: tuple[str, ...],
    seeds: tuple[int, ...],
    settings: Sequence[str],
    hints: Mapping[str, str],
) -> ExperimentConfig:
    """The config of a profile with these languages, tasks, seeds and `--set` settings.

    What is empty stays as the profile has it. `hints` say by the name of an argument how the user
    writes it, and under "runs" how a benchmark is named where none is left.

    Raises:
        ConfigError: an unknown name, or a value that does not fit.
    """
    config = profiles.get(profile)
    if languages:
        _check_languages(languages)
        with refusing(hints["languages"]):
            config = profiles.with_languages(config, languages)
    if tasks:
        with refusing(hints["tasks"]):
            config = profiles.with_tasks(config, tasks)
    if seeds:
        with refusing(hints["seeds"]):
            config = msgspec.structs.replace(config, seeds=seeds)
    config = apply_settings(config, settings)
    if config.profile != profile:
        raise ConfigError(
            f"--set profile={config.profile}: the numbers of {profile} would get the "
            "name of another profile",
            hint=hints["profile"],
        )
    if not config.eval.runs:
        raise ConfigError("nothing is left to evaluate", hint=hints["runs"])
    _check_languages(config.languages)
    return config


def _check_languages(codes: Sequence[str]) -> None:
    for code in codes:
        known_languages.get(code)
