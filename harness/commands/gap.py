"""`ultralink-bench gap A B`: where two models differ, in bits per byte of a dataset's answers."""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from harness import show
from harness.building.dialogue_files import dialogues
from harness.commands.data_diversity import write_report
from harness.commands.own_files import refuse_foreign_json, refuse_foreign_markdown
from harness.engine.jobs import external, package_versions
from harness.experiment.external_models import check_model
from harness.options.config_options import config_from
from harness.progress.display import Meter
from harness.progress.terminal import TERMINAL
from harness.statistics.gap_slices import TextCost, gap_slices
from leaderboard.gap_records import GapReport
from leaderboard.gap_tables import gap_sentence, gap_tables
from leaderboard.visible_text import visible
from tasks.benchmark import Reference
from tasks.eval_config import EvalConfig
from tasks.models import backends
from tasks.models.character_bits import character_bits
from tasks.models.likelihood import score_rows
from tasks.models.lm_eval_adapter import render_chat
from ultralink_data.categories.categorise import row_categories
from ultralink_data.categories.origin import source_set, templates
from ultralink_data.dialogue import Dialogue
from ultralink_data.errors import ConfigError, DataError
from ultralink_data.text.byte_patterns import byte_patterns
from ultralink_data.whole.cell_sample import cell_sample

_OPENING: Final = "### Bits per byte of all texts\n"
_BLOCK: Final = 32
"""Texts that are scored between two words of progress."""


def gap(arguments: argparse.Namespace) -> int:
    """Score the answers of a sample of rows with both models, and print the gap by slice.

    Raises:
        ConfigError: a bad option, or an existing output that is not a report.
        PrerequisiteError: no model at a path.
        DataError: no row to score.
    """
    refuse_foreign_json(arguments.json, GapReport)
    refuse_foreign_markdown(arguments.markdown, _OPENING)
    asked = vars(arguments).get("EvalConfig.backend")
    if asked is not None and not backends.get(asked).scores:
        raise ConfigError(
            f"backend {asked} gives no log-likelihoods", hint="use --backend hf or vllm"
        )
    models = (arguments.first, arguments.second)
    for model in models:
        check_model(model)
    config = config_from(arguments, EvalConfig, runs=())
    rows = _sample(arguments.data, arguments.languages or (), arguments.limit)
    prints = [external(model).fingerprint for model in models]
    costs = []
    with TERMINAL.work("score the answers", 2 * len(rows), unit="texts") as meter:
        for model in models:
            meter.status(f"loading {model.name}")
            costs.append(_bits(model, rows, config, meter))
    kept = [n for n in range(len(rows)) if None not in (costs[0][n], costs[1][n])]
    if not kept:
        raise DataError("no text fits the context of both models", hint="raise --max-length")
    named = templates(rows)
    found = [_cost(rows[n], named[n], costs[0][n] or [], costs[1][n] or []) for n in kept]
    report = GapReport(
        schema=1,
        kind="gap",
        first=show.short(models[0]),
        second=show.short(models[1]),
        first_fingerprint=prints[0],
        second_fingerprint=prints[1],
        data=show.short(arguments.data),
        texts=len(kept),
        left_out=len(rows) - len(kept),
        slices=tuple(gap_slices(found)),
        command=tuple(arguments.command_line),
        versions=package_versions(),
    )
    tables = gap_tables(report)
    show.print_tables(tables)
    write_report(report, tables, arguments.json, arguments.markdown)
    show.console().print(visible(gap_sentence(report)), soft_wrap=True)
    return 0


def _sample(data: Path, languages: Sequence[str], limit: int) -> list[Dialogue]:
    """At most `limit` rows of each language and kind, the same whatever their order."""
    with TERMINAL.work("read the rows") as meter:
        rows = meter.over(dialogues(data))
        asked_for = (row for row in rows if not languages or row.language in languages)
        cells = cell_sample(asked_for, limit)
    found = [row for _, held in sorted(cells.items()) for row in held]
    missing = [one for one in languages if one not in {language for language, _ in cells}]
    if missing or not found:
        asked = f" in {', '.join(missing)}" if missing else ""
        raise DataError(f"{data} has no row{asked}", hint="check --data and --languages")
    return found


def _bits(
    model: Path, rows: Sequence[Dialogue], config: EvalConfig, meter: Meter
) -> list[list[float] | None]:
    """Bits of each character of the first answer of each row; None over the context."""
    backend = backends.get(config.backend)
    with _no_bars():
        lm = backend.loaded(model, config.load_settings(), Path()).lm
    found: list[list[float] | None] = []
    try:
        for block in _blocks(rows):
            scored = score_rows(
                lm,
                [_reference(row, lm) for row in block],
                lambda text: render_chat(lm, text),
                backend.log_probs(),
                backend.spare,
            )
            for row, (boundary, scores) in zip(block, scored, strict=True):
                bits = None if scores is None else character_bits(boundary, scores)
                # White space before the answer belongs to the prompt, whatever the tokens are.
                found.append(bits if bits is None else bits[-len(row.turns[1]) :])
            meter.add(len(block))
    finally:
        backend.close(lm)
    return found


@contextmanager
def _no_bars() -> Iterator[None]:
    """Inside the block the library that loads a model draws no bars: the progress is ours."""
    from transformers.utils import logging

    bars = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if bars:
            logging.enable_progress_bar()


def _blocks(rows: Sequence[Dialogue]) -> Iterator[Sequence[Dialogue]]:
    for at in range(0, len(rows), _BLOCK):
        yield rows[at : at + _BLOCK]


def _reference(row: Dialogue, lm: Any) -> Reference:
    chat = bool(getattr(lm.tokenizer, "chat_template", None))
    # As templates without a system turn have it: one form for whatever two models are compared.
    asked = "\n\n".join(filter(str.strip, (row.system, row.turns[0])))
    prompt = asked if chat else f"{asked}\n"
    return Reference(problem_id=row.id, prompt=prompt, target=row.turns[1], chat=chat)


def _cost(
    row: Dialogue, template: str, first: Sequence[float], second: Sequence[float]
) -> TextCost:
    sizes: Counter[str] = Counter()
    bits: tuple[dict[str, float], ...] = (defaultdict(float), defaultdict(float))
    patterns = byte_patterns(row.turns[1])
    for character, pattern, one, other in zip(row.turns[1], patterns, first, second, strict=True):
        sizes[pattern] += len(character.encode("utf-8", "surrogatepass"))
        bits[0][pattern] += one
        bits[1][pattern] += other
    both = f"{row.language} {row.kind}"
    facets = {"language": row.language, "kind": row.kind, "language and kind": both}
    facets |= {facet: value for facet, value in row_categories(row).items() if value}
    source = source_set(row)
    facets |= {"template": template} if template else {}
    facets |= {"source": source} if source else {}
    return TextCost(
        name=f"{row.language} {row.kind} {row.id}",
        cluster=template or row.provenance.source_id,
        facets=facets,
        bytes=sizes,
        first=bits[0],
        second=bits[1],
    )
