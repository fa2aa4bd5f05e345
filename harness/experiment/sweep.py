"""`run --vary FIELD=A,B`: values of config fields as the variants of an ablation.

Several fields make a grid. The reference has the value that the config has anyway, of each field
where it is among those given, else the first one.
"""

import itertools
import re
from collections.abc import Sequence
from typing import Any

import msgspec

from harness.experiment.ablation import Ablation, Variant
from harness.experiment.config import ExperimentConfig
from harness.experiment.field_changes import check_of_a_variant, setting
from harness.options.settings import read_value
from ultralink_data.errors import ConfigError

_LONGEST_NAME = 60
"""Characters of the names of variants and of the ablation, which name files."""


class _Varied(msgspec.Struct, frozen=True, kw_only=True):
    """A field, its values as they were typed and as plain JSON types, and the reference's place."""

    path: str
    texts: tuple[str, ...]
    values: tuple[Any, ...]
    reference: int


def sweep(config: ExperimentConfig, given: Sequence[str]) -> Ablation:
    """The ablation of `FIELD=VALUE,VALUE` texts, one a field; `config` is what variants change.

    Raises:
        ConfigError: an unknown field, one of the whole experiment, one named twice, fewer than two
            different values, or a value that the field refuses.
    """
    fields = [_varied(config, text) for text in given]
    paths = [field.path for field in fields]
    for path in paths:
        if paths.count(path) > 1:
            raise ConfigError(
                f"--vary names {path} twice", hint=f"give its values once: --vary {path}=A,B"
            )
    shorts = _short_names(paths)
    variants: list[Variant] = []
    reference = ""
    for places in itertools.product(*(range(len(field.texts)) for field in fields)):
        chosen = list(zip(fields, places, strict=True))
        parts = [
            f"{short}-{_plain(field.texts[place])}"
            for short, (field, place) in zip(shorts, chosen, strict=True)
        ]
        name = _free("--".join(parts)[:_LONGEST_NAME].rstrip("-._"), [v.name for v in variants])
        values = {field.path: field.values[place] for field, place in chosen}
        label = ", ".join(f"{field.path}={field.texts[place]}" for field, place in chosen)
        change = setting(values, f"--vary {label}")
        change(config)  # a combination that the config refuses is told now
        variants.append(Variant(name=name, label=label, change=change))
        if all(place == field.reference for field, place in chosen):
            reference = name
    listed = " and ".join(f"{field.path} ({', '.join(field.texts)})" for field in fields)
    return Ablation(
        name=f"vary-{'-'.join(shorts)}"[:_LONGEST_NAME].rstrip("-._"),
        question=f"What does {listed} do to the scores?",
        reference=reference,
        variants=tuple(variants),
        given_by="--vary",
    )


def _varied(config: ExperimentConfig, text: str) -> _Varied:
    path, mark, listed = text.partition("=")
    path = path.strip()
    if not mark or not path:
        raise ConfigError(f"--vary {text!r} has no values", hint="write it as field=value,value")
    check_of_a_variant(path, f"--vary {text}")
    texts = tuple(_values(listed))
    if "" in texts:
        raise ConfigError(f"--vary {text}: an empty value", hint="write it as field=value,value")
    values = tuple(read_value(ExperimentConfig, path, one) for one in texts)
    # What counts is what the config makes of a value: 1e-5 and 0.00001 are one.
    made = [
        _at(setting({path: value}, f"--vary {path}={one}")(config), path)
        for one, value in zip(texts, values, strict=True)
    ]
    now = _at(config, path)
    for place, value in enumerate(made):
        if value in made[:place]:
            raise ConfigError(
                f"--vary {text}: {texts[place]} is the same value as {texts[made.index(value)]}",
                hint="give different values",
            )
    if len(made) < 2:
        shown = msgspec.json.encode(now).decode().strip('"')
        raise ConfigError(
            f"--vary {text}: only one value, there is nothing to compare",
            hint=f"--vary {path}={shown},{texts[0]} compares it with the value that it has now",
        )
    return _Varied(
        path=path,
        texts=texts,
        values=values,
        reference=made.index(now) if now in made else 0,
    )


def _at(config: Any, path: str) -> Any:
    """The value of a field, None below a parent that is null."""
    for part in path.split("."):
        config = config.get(part) if isinstance(config, dict) else getattr(config, part, None)
    return config


def _values(text: str) -> list[str]:
    """The values of `a,[b,c],"d,e"`: commas in brackets and quotation marks separate none."""
    values, depth, quoted = [""], 0, False
    for character in text:
        quoted ^= character == '"'
        depth += 0 if quoted else (character in "[{") - (character in "]}")
        if character == "," and not quoted and depth <= 0:
            values.append("")
        else:
            values[-1] += character
    return [value.strip() for value in values]


def _short_names(paths: Sequence[str]) -> list[str]:
    """The last word of each path, or all of it where two would be the same."""
    last = [path.rpartition(".")[2] for path in paths]
    return [
        path.replace(".", "-") if last.count(word) > 1 else word
        for path, word in zip(paths, last, strict=True)
    ]


def _plain(text: str) -> str:
    """A value as a part of a name: `1/8` is 1of8, of a path the last part."""
    text = re.sub(r"^(\d+)/(\d+)$", r"\1of\2", text)
    last = text.rstrip("/").rpartition("/")[2]
    return re.sub(r"[^A-Za-z0-9._-]+", "-", last).strip("-.") or "empty"


def _free(name: str, taken: Sequence[str]) -> str:
    """The name, with a number where another variant has it."""
    numbers = itertools.count(2)
    found = name
    while found in taken:
        found = f"{name}-{next(numbers)}"
    return found
