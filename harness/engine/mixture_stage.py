"""The stage that draws a mixture: a dataset of several, with its counts beside the manifest."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from harness.engine.stage_configs import MixtureConfig
from ultralink_data.dialogue import Dialogue
from ultralink_data.errors import DataError
from ultralink_data.mixture.mixture_config import MixedCell, MixtureFault

if TYPE_CHECKING:
    from harness.engine.stages import Folders, Report

COUNTS_FILE: Final = "mixture.json"
"""Counts of the mixture by dataset, language and kind, in its folder."""
MIXED_WITH: Final = ("ultralink_data.store.dataset", "ultralink_data.tokenizer_loading")
"""Further modules whose code decides the rows."""


def make_mixture(
    folders: "Folders", config: MixtureConfig, seed: int | None, report: "Report"
) -> None:
    """Draw the rows of a mixture; its datasets are the inputs `dataset 1`, `dataset 2` ...

    Raises:
        ConfigError: it asks for more than there is; the file and line of the input `mixture` are
            named.
    """
    from harness.options.toml_file import TomlFile
    from train.dialogue_tokens import DialogueTokens
    from ultralink_data.mixture.drawing import draw
    from ultralink_data.store import dataset
    from ultralink_data.tokenizer_loading import load_tokenizer

    tokenizer, _ = load_tokenizer(folders.inputs["tokenizer"])
    tokens_of = DialogueTokens(tokenizer, config.template)

    def rows_of(number: int) -> Iterator[Dialogue]:
        rows = dataset.read_release(folders.inputs[mixed_input(number)])
        return (row for row in rows if row.language in config.languages)

    given = [partial(rows_of, number) for number in range(len(config.mixture.datasets))]
    try:
        drawn = draw(given, config.mixture, seed or 0, tokens_of)
    except MixtureFault as fault:
        file = TomlFile(folders.inputs["mixture"], "mixture", fault.hint or "", "check the path")
        file.refuse(fault.place, fault.message)
    dataset.write_into(folders.out, drawn.rows(), recipe=f"mixture(seed={seed})")
    text = msgspec.json.format(msgspec.json.encode(drawn.cells()), indent=2)
    (folders.out / COUNTS_FILE).write_bytes(text + b"\n")


def mixed_input(number: int) -> str:
    """What a dataset of a mixture is called among the inputs; `number` is from 0."""
    return f"dataset {number + 1}"


def mixed_cells(folder: Path) -> tuple[MixedCell, ...]:
    """The counts of a mixture, from the folder of its rows.

    Raises:
        DataError: the file is missing or damaged.
    """
    path = folder / COUNTS_FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=tuple[MixedCell, ...])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: {error}", hint="delete the folder; it is made again") from error
