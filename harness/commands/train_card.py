"""What stands beside a trained model for people: the figure of its loss, and its card.

The card is a README.md as the Hugging Face hub reads it: YAML, then Markdown. Names come from
outside, so all of them are escaped; what only the publisher knows (the licence) is left to fill in.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from harness.commands.train_eval_at import curve_chart, curve_table
from harness.commands.train_held_out import loss_table
from harness.engine.provenance import ModelProvenance, read_provenance
from leaderboard.dataset_card import code_span, json_block
from leaderboard.records import RunRecord
from leaderboard.render import escape_markdown, to_markdown
from leaderboard.table import Table, TableRow, label_columns, number_cell, text_cell
from leaderboard.training_charts import StepPoint, loss_chart, write_chart
from leaderboard.visible_text import visible
from train.step_metrics import StepMetrics, read_steps
from train.validation import ValidationPoint
from ultralink_data import atomic
from ultralink_data.about_files import (
    CARD,
    CURVE_FIGURE,
    CURVE_TABLE,
    LOSS_FIGURE,
    METRICS,
    VALIDATION,
)
from ultralink_data.adapters import is_adapter

_LICENCE: Final = "fill in: it follows from those of the base model and of the data"


def describe_model(folder: Path, name: str, records: Sequence[RunRecord] = ()) -> None:
    """Write figures and card into the folder of a trained model, which is called `name`.

    `records` are of evaluations over the training, in order of steps.

    Raises:
        PrerequisiteError: the disk is full or the folder not writable.
    """
    steps = read_steps(folder / METRICS, StepMetrics)
    points = read_steps(folder / VALIDATION, ValidationPoint)
    drawing = loss_chart(
        "Loss of the training",
        [StepPoint(one.step, one.loss, one.learning_rate) for one in steps],
        {point.step: point.loss for point in points},
    )
    write_chart(drawing, *(folder / name for name in LOSS_FIGURE))
    if records:
        write_chart(curve_chart(records), *(folder / name for name in CURVE_FIGURE))
        atomic.write_text(folder / CURVE_TABLE, to_markdown(curve_table(records)))
    found = read_provenance(folder)
    if found is not None:
        losses = loss_table(folder)
        tables = [*([losses] if losses else []), *([curve_table(records)] if records else [])]
        adapters = is_adapter(folder)
        text = model_card(name, found, steps, tables, adapters=adapters, records=records)
        atomic.write_text(folder / CARD, text)


def model_card(
    name: str,
    found: ModelProvenance,
    steps: Sequence[StepMetrics],
    results: Iterable[Table],
    *,
    adapters: bool,
    records: Sequence[RunRecord] = (),
) -> str:
    """The card of a model that was trained as `found` says; `results` are shown as they are.

    The scores of the last of `records` are in the metadata if it is of the end.
    """
    base = _base_name(found)
    what = "LoRA adapters for" if adapters else "This model is"
    trained = f"{what} {code_span(base)}, fine-tuned on dialogues in {_languages(found)}."
    parts = [
        _front_matter(base, found, _results(name, records), adapters=adapters),
        f"# {escape_markdown(name)}\n",
        f"{trained} Loss is on the answers alone.\n",
        f"![Loss of the training]({LOSS_FIGURE[1]})\n",
        *([f"![Scores over the training]({CURVE_FIGURE[1]})\n"] if records else []),
        "## Training\n",
        "".join(f"- {line}\n" for line in _facts(base, found, steps)),
        to_markdown(_data_table(found)),
        *map(to_markdown, results),
        "## Recipe\n",
        json_block(msgspec.json.format(msgspec.json.encode(found.recipe), indent=2).decode()),
        "## Versions\n",
        "".join(f"- {line}\n" for line in _versions(found)),
        "## Licence\n",
        f"{_LICENCE[0].upper()}{_LICENCE[1:]}.\n",
    ]
    return "\n".join(parts)


def _results(name: str, records: Sequence[RunRecord]) -> Iterator[str]:
    """The metadata of scores: JSON, which YAML reads too."""
    last = records[-1] if records else None
    if last is None or last.at_step != last.steps:
        return
    results = [
        {
            "task": {"type": "text-generation"},
            "dataset": {
                "type": cell.task,
                "name": f"{cell.task} ({cell.language}, {cell.n:,} problems)",
            },
            "metrics": [{"type": cell.metric, "value": cell.value}],
        }
        for cell in last.cells
        if cell.value is not None
    ]
    if results:
        text = json.dumps([{"name": visible(name), "results": results}], ensure_ascii=False)
        yield f"model-index: {text}"


def _front_matter(
    base: str, found: ModelProvenance, results: Iterable[str], *, adapters: bool
) -> str:
    tags = ["sft", "ultralink-bench", *(["lora"] if found.recipe.lora.rank else [])]
    lines = [
        f"base_model: {_yaml(base)}",
        f"base_model_relation: {'adapter' if adapters else 'finetune'}",
        "language:",
        *(f"- {_yaml(language)}" for language in found.dataset.languages),
        "datasets:",
        f"- {_yaml(_dataset_name(found))}",
        f"library_name: {'peft' if adapters else 'transformers'}",
        "pipeline_tag: text-generation",
        "tags:",
        *(f"- {_yaml(tag)}" for tag in tags),
        *results,
        f'license: "unknown"  # {_LICENCE}',
    ]
    return "\n".join(["---", *lines, "---", ""])


def _yaml(text: str) -> str:
    """A string of YAML: JSON whose characters can all be seen, and so are no escapes."""
    return json.dumps(visible(text), ensure_ascii=False)


def _base_name(found: ModelProvenance) -> str:
    """The base model's name without the path of this machine."""
    return Path(found.base.path).name or found.base.path


def _dataset_name(found: ModelProvenance) -> str:
    return Path(found.dataset.path).name if found.dataset.path else found.dataset.fingerprint[:12]


def _languages(found: ModelProvenance) -> str:
    return ", ".join(map(escape_markdown, found.dataset.languages))


def _facts(base: str, found: ModelProvenance, steps: Sequence[StepMetrics]) -> Iterator[str]:
    yield f"Base model: {code_span(base)}, fingerprint {code_span(found.base.fingerprint)}."
    yield (
        f"Dataset: {code_span(_dataset_name(found))}, fingerprint of its rows "
        f"{code_span(found.dataset.fingerprint)}."
    )
    if found.validation is not None:
        rows = sum(cell.rows for cell in found.validation.cells)
        yield f"Held out: {rows:,} rows, fingerprint {code_span(found.validation.fingerprint)}."
    learned = sum(cell.learned for cell in found.dataset.cells)
    yield f"{found.steps:,} optimiser steps, seed {found.seed}, {learned:,} learned tokens."
    if steps and steps[-1].loss is not None:
        yield f"Loss of the last step: {steps[-1].loss:.3f} nats per learned token."
    yield f"Fingerprint of the model: {code_span(found.fingerprint)}."


def _data_table(found: ModelProvenance) -> Table:
    rows = [
        TableRow(
            cells=(
                text_cell(cell.language),
                text_cell(cell.kind),
                *map(number_cell, (cell.rows, cell.tokens, cell.learned)),
            )
        )
        for cell in found.dataset.cells
    ]
    names = ("language", "kind", "rows", "tokens", "learned tokens")
    return Table(
        title="Data",
        columns=label_columns(names),
        rows=tuple(rows),
        notes=("each row counts as often as it was seen",),
    )


def _versions(found: ModelProvenance) -> Iterator[str]:
    made = found.made
    yield from (f"{code_span(f'{name} {version}')}" for name, version in made.packages.items())
    if made.git_commit:
        edited = ", edited" if made.git_dirty else ""
        yield f"commit {code_span(made.git_commit)}{edited}"
    hardware = made.accelerator or f"{made.processor}, {made.cores} cores"
    yield f"made on {escape_markdown(hardware)}, {escape_markdown(made.started)}"
