"""The recipe of a dataset: one typed file that says what to build, from what, with which models.

TOML, decoded strictly (docs/data_build.md). Its paths are relative to the recipe's folder.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias

from harness.building.recipe_parts import FilterStep, GroundStep, Recipe, TranslateStep
from harness.options.settings import apply_settings
from harness.options.toml_file import TomlFile
from harness.options.toml_lines import Place
from ultralink_data import languages, sources
from ultralink_data.errors import BenchError, ConfigError, DataError, unknown_name
from ultralink_data.grounding.ground import prompts

_FIELDS = "its fields: docs/data_build.md"

FILTERED = "sharegpt"
"""The only source that the cultural filter applies to; as upstream, math and code never are."""


def read_recipe(path: Path, settings: Sequence[str] = ()) -> Recipe:
    """The recipe in a file, with `field.field=value` settings, its names and files checked.

    Raises:
        PrerequisiteError: there is no such file.
        DataError: a file that it names is missing.
        ConfigError: it is no TOML, a field is unknown, missing or wrong (file and line are named),
            or the name of a model, language or source is unknown.
    """
    file = TomlFile(path, "recipe", _FIELDS, "check the path")
    recipe = apply_settings(file.decoded(Recipe), settings)
    set_here = [setting.partition("=")[0].strip() for setting in settings]
    for place, check in _checks(recipe, path.parent):
        try:
            check()
        except BenchError as error:
            field = ".".join(map(str, place))
            by_option = any(f"{field}.".startswith(f"{changed}.") for changed in set_here)
            where = str(path) if by_option else file.said(place)
            raise type(error)(f"{where}: {error.message}", hint=error.hint) from error
    return recipe


_Check: TypeAlias = tuple[Place, Callable[[], object]]
"""Where a value of the recipe stands, and what raises if it is wrong."""


def _checks(recipe: Recipe, folder: Path) -> Iterator[_Check]:
    for number, articles in enumerate(recipe.articles):
        yield ("articles", number, "language"), partial(prompts, articles.language)
    for number, source in enumerate(recipe.sources):
        yield ("sources", number, "source"), partial(sources.get, source.source)
    yield ("filter",), partial(_check_filtered, recipe)
    yield ("translate",), partial(_check_translated, recipe)
    for name in ("ground", "filter", "translate"):
        yield (name, "model"), partial(_check_model, recipe, getattr(recipe, name))
    for code in recipe.translate.languages if recipe.translate else ():
        yield ("translate", "languages"), partial(languages.get, code)
    for step in ("articles", "sources"):
        for number, part in enumerate(getattr(recipe, step)):
            for field in ("file", "index"):
                named = getattr(part, field, None)
                yield (step, number, field), partial(_check_file, folder, named)


def _check_filtered(recipe: Recipe) -> None:
    if recipe.filter is not None and all(part.source != FILTERED for part in recipe.sources):
        raise ConfigError(f"the recipe filters {FILTERED!r} and has no such source", hint=_FIELDS)


def _check_translated(recipe: Recipe) -> None:
    if recipe.translate is not None and not recipe.sources:
        raise ConfigError("the recipe translates and has no sources", hint=_FIELDS)


def _check_model(recipe: Recipe, step: GroundStep | FilterStep | TranslateStep | None) -> None:
    if step is not None and step.model is not None and step.model not in recipe.models:
        raise unknown_name("model of the recipe", step.model, recipe.models)


def _check_file(folder: Path, name: str | None) -> None:
    if name is not None and not (folder / name).exists():
        raise DataError(
            f"the recipe names {name!r}, but there is no {folder / name}",
            hint="paths are relative to the recipe's folder",
        )
