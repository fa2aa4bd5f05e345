"""`ultralink-bench data stats`: describe a dataset in numbers, and write its card."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import msgspec

from harness import show
from harness.building.dialogue_files import dialogues
from harness.commands.own_files import refuse_foreign_json, refuse_foreign_markdown
from harness.progress.terminal import TERMINAL
from leaderboard.dataset_card import card
from leaderboard.dataset_tables import lengths_table, paper_table
from ultralink_data import atomic
from ultralink_data.errors import ConfigError
from ultralink_data.store import dataset
from ultralink_data.store.dataset import Manifest
from ultralink_data.whole.describe import CellStats, CountTokens, by_estimate, describe

_OPENING = "---\npretty_name: "
ESTIMATE = "by estimate: characters of Chinese, a quarter of the characters of other scripts"


class Stats(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers that `-o FILE.json` writes."""

    dataset: str
    fingerprint: str
    tokens_counted: str
    cells: tuple[CellStats, ...]


def stats(arguments: argparse.Namespace) -> int:
    """Print the paper's table of a dataset or of any files of dialogues; write its card.

    Raises:
        ConfigError: a card without a manifest, or an existing output that is neither a card nor
            numbers.
        DataError: a bad row, or a dataset that does not match its manifest.
    """
    refuse_foreign_json(arguments.json, Stats)
    refuse_foreign_markdown(arguments.card, _OPENING)
    manifest = _manifest(arguments.dataset)
    if arguments.card is not None and manifest is None:
        raise ConfigError(
            f"--card: {arguments.dataset} has no manifest, which a card needs",
            hint="make a dataset first: `ultralink-bench data convert FILES -o FOLDER`",
        )
    count_tokens, counted = counter(arguments.tokenizer)
    with TERMINAL.work("stats") as meter:
        cells = describe(meter.over(dialogues(arguments.dataset)), count_tokens)
    title = show.short(arguments.dataset)
    tables = [paper_table(title, cells, counted), lengths_table("tokens of a dialogue", cells)]
    fingerprint = manifest.fingerprint if manifest else ""
    written = []
    if arguments.json is not None:
        found = Stats(dataset=title, fingerprint=fingerprint, tokens_counted=counted, cells=cells)
        text = msgspec.json.format(msgspec.json.encode(found), indent=2)
        atomic.write_bytes(arguments.json, text + b"\n")
        written.append(arguments.json)
    if arguments.card is not None and manifest is not None:
        name = arguments.title or arguments.dataset.resolve().name
        atomic.write_text(arguments.card, card(name, manifest, cells, counted))
        written.append(arguments.card)
    show.print_tables(tables)  # last, as the reader of the output may close it early
    if manifest:
        show.console().print(f"fingerprint {fingerprint}")
    if written:
        show.print_paths(written)
    return 0


def counter(tokenizer: Path | None) -> tuple[CountTokens, str]:
    """The function that counts tokens, with the tokenizer if given, and its description.

    Raises:
        PrerequisiteError: the tokenizer is missing.
    """
    if tokenizer is None:
        return by_estimate, ESTIMATE
    from ultralink_data.tokenizer_loading import load_tokenizer

    loaded, note = load_tokenizer(tokenizer)
    if note:
        show.warn(note)

    def count(texts: Sequence[str], language: str) -> list[int]:
        ids = loaded(list(texts), add_special_tokens=False)["input_ids"]
        return [len(one) for one in ids]

    return count, f"by the tokenizer {tokenizer.name}, without special tokens"


def _manifest(path: Path) -> Manifest | None:
    return dataset.read_manifest(path) if (path / dataset.MANIFEST).is_file() else None
