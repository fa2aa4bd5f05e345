"""Ablations in TOML: variants that set config fields, for questions that need no code.

    name = "learning-rate"
    question = "Does a larger learning rate help?"
    reference = "usual"

    [[variants]]
    name = "usual"

    [[variants]]
    name = "double"
    label = "twice the learning rate"
    set = { "train.learning_rate" = 6e-3 }

Fields are those of `--set`, as a path in quotation marks or as tables (`set.train.steps = 100`).
Decoded strictly: an error names file and line.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from harness.experiment import profiles
from harness.experiment.ablation import Ablation, Variant
from harness.experiment.config import ExperimentConfig
from harness.experiment.field_changes import check_of_a_variant, setting
from harness.options.settings import value_paths
from harness.options.toml_file import TomlFile
from harness.options.toml_lines import Place
from ultralink_data.errors import BenchError, ConfigError, PrerequisiteError, unknown_name

_FIELDS = "the form of the file: docs/questions.md; fields to set: `ultralink-bench run --fields`"


class _VariantTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One `[[variants]]` table; without `label` the variant is described by its `set`.

    `after` and `against` are as in `Variant`: the variant whose model it goes on from, and the one
    that it is compared with.
    """

    name: str
    label: str = ""
    set: dict[str, Any] = {}
    after: str = ""
    against: str = ""


class _AblationFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole file; the fields mean what those of `Ablation` do."""

    name: str
    question: str
    reference: str
    variants: tuple[_VariantTable, ...]
    defaults: dict[str, tuple[str, ...]] = {}
    identical_data: bool = False
    may_miss_languages: bool = False


def read_ablation(path: Path) -> Ablation:
    """The ablation in a TOML file.

    Raises:
        ConfigError: it is no TOML, or a field is unknown, missing or wrong; names file and line.
        PrerequisiteError: there is no such file.
    """
    file = TomlFile(path, "ablation", _FIELDS, "check the path after --ablation")
    found = file.decoded(_AblationFile)
    for profile in found.defaults:
        if profile not in profiles.PROFILES:
            where = file.said(("defaults", profile))
            raise unknown_name(f"profile in `defaults` of {where}:", profile, profiles.PROFILES)
    variants = [_variant(file, number, one) for number, one in enumerate(found.variants)]
    try:
        return Ablation(
            name=found.name,
            question=found.question,
            reference=found.reference,
            variants=tuple(variants),
            defaults=found.defaults,
            identical_data=found.identical_data,
            may_miss_languages=found.may_miss_languages,
            file=path,
        )
    except ValueError as error:
        file.refuse(_place_of(str(error), found), str(error))


def _variant(file: TomlFile, number: int, table: _VariantTable) -> Variant:
    """A variant, with its fields checked to be a variant's and known; values need a config."""
    values = dict(value_paths(ExperimentConfig, table.set))
    for field in values:
        said = file.said(("variants", number, "set", *field.split(".")))
        check_of_a_variant(field, f"{said}: variant {table.name}")
    line = file.said(("variants", number, "set"))
    shown = ", ".join(f"{name}={_shown(value)}" for name, value in values.items())
    return Variant(
        name=table.name,
        label=table.label or shown or "as the profile has it",
        change=_told(values, f"{line}: variant {table.name}"),
        after=table.after,
        against=table.against,
    )


def _told(values: Mapping[str, Any], said: str) -> Any:
    """`setting`, whose errors all begin with file and line."""
    change = setting(values, said)

    def told(config: ExperimentConfig) -> ExperimentConfig:
        try:
            changed = change(config)
        except BenchError as error:
            if error.message.startswith(said):
                raise
            raise ConfigError(f"{said}: {error.message}", hint=error.hint) from error
        folder = changed.data.folder
        if folder is not None and "data.folder" in values and not Path(folder).exists():
            raise PrerequisiteError(
                f"{said}: data.folder: no folder {folder}",
                hint="name a folder with {language}_{kind}.jsonl files, relative to where you are",
            )
        return changed

    return told


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _place_of(message: str, found: _AblationFile) -> Place:
    """Where the names stand that an `Ablation` refuses."""
    for number, variant in enumerate(found.variants):
        later = [one.name for one in found.variants[number + 1 :]]
        if message.startswith(f"variant {variant.name!r}") and variant.name not in later:
            return ("variants", number, "name")
        for field in ("after", "against"):
            if message.startswith(f"variant {variant.name}: {field}"):
                return ("variants", number, field)
    return (message.split(" ")[0] if message.split(" ")[0] != "ablation" else "name",)
