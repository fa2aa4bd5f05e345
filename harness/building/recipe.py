"""The recipe of a dataset: one typed file that says what to build, from what, with which models.

TOML, decoded strictly (docs/data_build.md). Its paths are relative to the recipe's folder.
"""

from collections.abc import Sequence
from pathlib import Path

from harness.building.recipe_parts import Recipe
from harness.options.settings import apply_settings
from harness.options.toml_file import TomlFile
from ultralink_data import languages, sources
from ultralink_data.errors import ConfigError, DataError, unknown_name
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
    recipe = TomlFile(path, "recipe", _FIELDS, "check the path").decoded(Recipe)
    recipe = apply_settings(recipe, settings)
    _check_names(recipe)
    _check_files(recipe, path.parent)
    return recipe


def _check_names(recipe: Recipe) -> None:
    for articles in recipe.articles:
        prompts(articles.language)
    for source in recipe.sources:
        sources.get(source.source)
    if recipe.filter is not None and all(part.source != FILTERED for part in recipe.sources):
        raise ConfigError(f"the recipe filters {FILTERED!r} and has no such source", hint=_FIELDS)
    if recipe.translate is not None and not recipe.sources:
        raise ConfigError("the recipe translates and has no sources", hint=_FIELDS)
    for step in (recipe.ground, recipe.filter, recipe.translate):
        if step is not None and step.model is not None and step.model not in recipe.models:
            raise unknown_name("model of the recipe", step.model, recipe.models)
    for language in recipe.translate.languages if recipe.translate else ():
        languages.get(language)


def _check_files(recipe: Recipe, folder: Path) -> None:
    files = [part.file for part in recipe.articles] + [part.file for part in recipe.sources]
    files += [part.index for part in recipe.articles if part.index is not None]
    for name in files:
        if not (folder / name).exists():
            raise DataError(
                f"the recipe names {name!r}, but there is no {folder / name}",
                hint="paths are relative to the recipe's folder",
            )
