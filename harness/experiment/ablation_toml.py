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

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from harness.experiment.ablation import Ablation, Variant
from harness.experiment.config import ExperimentConfig
from harness.experiment.field_changes import check_of_a_variant, setting
from harness.experiment.toml_lines import Place, line_of
from harness.options.settings import value_paths
from ultralink_data.errors import BenchError, ConfigError, PrerequisiteError

_FIELDS = "the form of the file: docs/questions.md; fields to set: `ultralink-bench run --fields`"


class _VariantTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One `[[variants]]` table; without `label` the variant is described by its `set`."""

    name: str
    label: str = ""
    set: dict[str, Any] = {}


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
    text = _read(path)
    try:
        found = msgspec.convert(_parse(path, text), _AblationFile)
    except msgspec.ValidationError as error:
        _refuse(path, text, _place_in(str(error)), _words_of(str(error)))
    variants = [_variant(path, text, number, one) for number, one in enumerate(found.variants)]
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
        _refuse(path, text, _place_of(str(error), found), str(error))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise PrerequisiteError(
            f"no ablation at {path} ({error.strerror})", hint="check the path after --ablation"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{path}: byte {error.start} is not UTF-8", hint="save the file as UTF-8"
        ) from error


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = re.fullmatch(r"(.*) \(at line (\d+), column \d+\)", str(error))
        where, what = (f"{path}:{said[2]}", said[1]) if said else (str(path), str(error))
        raise ConfigError(f"{where}: not valid TOML: {what}", hint="fix this line") from error


def _variant(path: Path, text: str, number: int, table: _VariantTable) -> Variant:
    """A variant, with its fields checked to be a variant's and known; values need a config."""
    values = dict(value_paths(ExperimentConfig, table.set))
    for field in values:
        said = _said(path, text, ("variants", number, "set", *field.split(".")))
        check_of_a_variant(field, f"{said}: variant {table.name}")
    line = _said(path, text, ("variants", number, "set"))
    shown = ", ".join(f"{name}={_shown(value)}" for name, value in values.items())
    return Variant(
        name=table.name,
        label=table.label or shown or "as the profile has it",
        change=_told(values, f"{line}: variant {table.name}"),
    )


def _told(values: Mapping[str, Any], said: str) -> Any:
    """`setting`, whose errors all begin with file and line."""
    change = setting(values, said)

    def told(config: ExperimentConfig) -> ExperimentConfig:
        try:
            return change(config)
        except BenchError as error:
            if error.message.startswith(said):
                raise
            raise ConfigError(f"{said}: {error.message}", hint=error.hint) from error

    return told


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _said(path: Path, text: str, place: Place) -> str:
    """File and line of the text that stands for this place."""
    line = line_of(text, place)
    return str(path) if line is None else f"{path}:{line}"


def _refuse(path: Path, text: str, place: Place, what: str) -> NoReturn:
    raise ConfigError(f"{_said(path, text, place)}: {what}", hint=_FIELDS)


def _place_in(message: str) -> Place:
    """The place that an error of msgspec names: the field that is unknown, or that does not fit."""
    inside = re.search(r" - at `\$(.*)`$", message)
    place: list[str | int] = [
        int(number) if number else name
        for name, number in re.findall(r"\.(\w+)|\[(\d+)\]", inside[1] if inside else "")
    ]
    unknown = re.search(r"unknown field `([^`]*)`", message)
    return tuple([*place, unknown[1]] if unknown else place)


def _words_of(message: str) -> str:
    """The error of msgspec, with the field's path in place of `$.`."""
    return message.replace("at `$.", "at field `").replace(" - at `$`", "")


def _place_of(message: str, found: _AblationFile) -> Place:
    """Where the names stand that an `Ablation` refuses."""
    for number, variant in enumerate(found.variants):
        later = [one.name for one in found.variants[number + 1 :]]
        if message.startswith(f"variant {variant.name!r}") and variant.name not in later:
            return ("variants", number, "name")
    return (message.split(" ")[0] if message.split(" ")[0] != "ablation" else "name",)
