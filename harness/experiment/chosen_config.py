"""A profile's config with what the user chose: of a command line, or of a settings file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

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
    place: Callable[[str], str] | None = None,
) -> ExperimentConfig:
    """The config of a profile with these languages, tasks, seeds and `--set` settings.

    What is empty stays as the profile has it. `hints` say by the name of an argument how the user
    writes it, and under "runs" how a benchmark is named where none is left. `place` tells file and
    line by the name of an argument ("set" for the settings), where a file gives them.

    Raises:
        ConfigError: an unknown name, or a value that does not fit.
    """
    with _at(place, "profile"):
        config = profiles.get(profile)
    if languages:
        with _at(place, "languages"), refusing(hints["languages"]):
            _check_languages(languages)
            config = profiles.with_languages(config, languages)
    if tasks:
        with _at(place, "tasks"), refusing(hints["tasks"]):
            config = profiles.with_tasks(config, tasks)
    if seeds:
        with _at(place, "seeds"), refusing(hints["seeds"]):
            config = msgspec.structs.replace(config, seeds=seeds)
    with _at(place, "set"):
        option = "set" if place else "--set"
        config = apply_settings(config, settings, option)
        if config.profile != profile:
            raise ConfigError(
                f"{option} profile={config.profile}: the numbers of {profile} would get the "
                "name of another profile",
                hint=hints["profile"],
            )
        if not config.eval.runs:
            raise ConfigError("nothing is left to evaluate", hint=hints["runs"])
        _check_languages(config.languages)
    return config


@contextmanager
def _at(place: Callable[[str], str] | None, name: str) -> Iterator[None]:
    """Begin an error inside the block with the place of the argument `name`, if it has one."""
    try:
        yield
    except ConfigError as error:
        if place is None:
            raise
        raise ConfigError(f"{place(name)}: {error.message}", hint=error.hint) from error


def _check_languages(codes: Sequence[str]) -> None:
    for code in codes:
        known_languages.get(code)
