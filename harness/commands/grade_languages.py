"""`grade` in several languages: one file for each, named with `{language}`."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final

from harness.options.option_values import ALL
from tasks import registry
from tasks.grading.saved_lines import check_name
from ultralink_data.errors import ConfigError

PLACE = "{language}"
"""What stands for the language in the name of a file."""

_OF_LANGUAGE: Final = ("out", "baseline")
"""Options that name a file of one language."""


def in_languages(
    arguments: argparse.Namespace, source: str, grade: Callable[[argparse.Namespace], int]
) -> int:
    """Grade the file that the argument `source` names, in each language; the highest exit code.

    Raises:
        ConfigError: several languages and one file of any kind, or `all` and no file in any.
    """
    benchmark = registry.get(arguments.task)
    given: Path = getattr(arguments, source)
    languages: tuple[str, ...] = arguments.languages
    one_file = PLACE not in str(given)
    if languages == (ALL,) and not one_file:
        languages = tuple(x for x in benchmark.languages if _of(given, x).is_file())
        if not languages:
            raise ConfigError(
                f"no file {given} in any of {', '.join(benchmark.languages)}",
                hint="check the path",
            )
    if one_file and (len(languages) > 1 or languages == (ALL,)):
        raise ConfigError(
            f"{given} is one file, for {', '.join(languages)}",
            hint=f"name one language, or write {PLACE} where the files' names have it",
        )
    for option in _OF_LANGUAGE:
        path: Path | None = getattr(arguments, option, None)
        if path is not None and len(languages) > 1 and PLACE not in str(path):
            raise ConfigError(
                f"--{option} {path} is one file for {len(languages)} languages",
                hint=f"write {PLACE} into its name, or leave it out",
            )
    codes = [0]
    for language in languages:
        paths = {
            name: _of(path, language)
            for name, path in vars(arguments).items()
            if name in (source, *_OF_LANGUAGE) and isinstance(path, Path)
        }
        if one_file:
            check_name(given, language, benchmark.languages)
        own = argparse.Namespace(**vars(arguments) | paths, language=language)
        codes.append(grade(own))
    return max(codes)


def _of(path: Path, language: str) -> Path:
    return Path(str(path).replace(PLACE, language))
