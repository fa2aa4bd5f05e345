"""The stage that tokenises and packs a dataset."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from harness.engine.stage_configs import PackConfig
from ultralink_data.dialogue import Dialogue

if TYPE_CHECKING:
    from harness.engine.stages import Folders, Report
    from train.packed import PackCounts


def make_packed(folders: "Folders", config: PackConfig, seed: int | None, report: "Report") -> None:
    """Tokenise and pack the rows of the config's languages, in its order.

    Raises:
        ConfigError: the chat template cannot be trained on.
        DataError: no row to train on is left.
    """
    from train.chat_templates import NO_END, NO_TEMPLATE, prepare
    from train.curriculum import pack_in_order
    from train.dialogue_tokens import DialogueTokens
    from train.rendering import end_of_turn
    from train.stream_packing import pack_into
    from ultralink_data.store import dataset
    from ultralink_data.tokenizer_loading import load_tokenizer

    source, languages = folders.inputs["dataset"], config.languages
    counts = dataset.read_manifest(source).counts
    total = sum(count.rows for count in counts if count.language in languages)
    tokenizer, note = load_tokenizer(folders.inputs["tokenizer"])
    no_template = config.template == "auto" and not tokenizer.chat_template
    no_end = end_of_turn(prepare(tokenizer, config.template)) is None
    note = "; ".join(filter(None, [note, no_template * NO_TEMPLATE, no_end * NO_END]))

    def packed(folder: Path, phase: str, rows: Iterable[Dialogue]) -> "PackCounts":
        return pack_into(
            folder,
            rows,
            tokenizer,
            work=folders.work / "tokens" / phase,
            max_tokens=config.max_tokens,
            template=config.template,
            overlong=config.overlong,
            packing=config.packing,
            order=config.packing_order,
            note=note,
            on_progress=lambda done: report(f"tokenised {phase}".rstrip(), done, total),
        )

    pack_in_order(
        folders.out,
        lambda: (row for row in dataset.stream(source) if row.language in languages),
        config.curriculum,
        lambda rows: DialogueTokens(tokenizer, config.template)(rows),
        packed,
        folders.work,
    )
