"""Translation quality as a number: chrF of round trips, and against human translations.

A round trip sends a translated turn back into English and compares it with its source; it needs no
reference, and does not notice text left untranslated, which the checks do. Against a human
translation (a benchmark's questions) the translating model itself is measured; those rows are never
training data, and this stage's rows are no dialogues. chrF2 (Popović 2015) by sacrebleu, of the
prose only: code and formulas, which are copied unchanged, would inflate it.
"""

import heapq
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from ultralink_data.dialogue import Dialogue, Kind
from ultralink_data.stage.asking import Chat, CheckFailedError, Failure, Questioner, derived_seed
from ultralink_data.stage.outcome import RowOutcome
from ultralink_data.stage.spelled_marks import refused_for_marks
from ultralink_data.translation.checks import check_turn
from ultralink_data.translation.regions import prose
from ultralink_data.translation.translate import ask_translation, messages
from ultralink_data.translation.translate_config import TranslateConfig
from ultralink_data.translation.turns import SourceTurn

if TYPE_CHECKING:
    from sacrebleu.metrics.chrf import CHRF

Measure = Literal["round_trip", "human"]
_LEAST_LETTERS = 20
"""Letters of prose below which a turn has nothing to measure."""


class QualityTask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text to translate `into` a language, and what is compared with the result.

    `language` is the one whose translations are measured: `into` itself against a human reference,
    the text's own on the way back into English.
    """

    id: str
    language: str
    measure: Measure
    kind: Kind
    text: str
    into: str
    reference: str


class MeasuredRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A measured translation: chrF from 0 to 100, and the first check that `output` fails, if any.

    Checks are of translations out of English, so a round trip has none.
    """

    id: str
    language: str
    measure: Measure
    text: str
    reference: str
    output: str
    chrf: float
    failed_check: str = ""


class QualityScore(msgspec.Struct, frozen=True, kw_only=True):
    """chrF of a language: over the whole corpus, and the mean of its texts with its error."""

    measure: Measure
    language: str
    texts: int
    corpus: float
    mean: float
    standard_error: float | None
    failed_checks: int


class Chosen(msgspec.Struct, frozen=True, order=True):
    """A sampled turn: drawn by the hash of its row and place alone."""

    draw: int
    row_id: str
    place: int
    text: str
    parent_id: str
    kind: Kind


class SourcedTurn(NamedTuple):
    """A sampled turn in a language, and the English dialogue that it was translated from."""

    language: str
    chosen: Chosen
    source: Dialogue


def sample_turns(
    dialogues: Iterable[Dialogue],
    count: int,
    seed: int,
    counts: Callable[[str, str], bool],
) -> dict[str, list[Chosen]]:
    """At most `count` translated turns of each language, independent of order and other rows.

    `counts` says of a text and its language whether it is one of those that are sampled.
    """
    heaps: dict[str, list[tuple[int, Chosen]]] = defaultdict(list)
    for dialogue in dialogues:
        parent = dialogue.provenance.parent_id
        if parent is None or dialogue.language == "en":
            continue
        for place, turn in enumerate(dialogue.turns):
            if not counts(turn, dialogue.language):
                continue
            draw = derived_seed(seed, f"{dialogue.id}/{place}")
            chosen = Chosen(draw, dialogue.id, place, turn, parent, dialogue.kind)
            heap = heaps[dialogue.language]
            push = heapq.heappush if len(heap) < count else heapq.heappushpop
            push(heap, (-draw, chosen))
    return {language: sorted(chosen for _, chosen in heap) for language, heap in heaps.items()}


def has_prose(text: str) -> bool:
    """Whether a text has enough prose to be measured."""
    return sum(char.isalpha() for char in prose(text)) >= _LEAST_LETTERS


def with_sources(
    sample: Mapping[str, Sequence[Chosen]], sources: Mapping[str, Dialogue]
) -> list[SourcedTurn]:
    """The turns of a sample whose sources are there, with a turn at the same place."""
    return [
        SourcedTurn(language, chosen, source)
        for language, turns in sorted(sample.items())
        for chosen in turns
        if (source := sources.get(chosen.parent_id)) is not None
        and chosen.place < len(source.turns)
    ]


def round_trips(turns: Iterable[SourcedTurn]) -> list[QualityTask]:
    """The tasks of sampled turns."""
    return [
        QualityTask(
            id=f"round_trip/{chosen.row_id}/{chosen.place}",
            language=language,
            measure="round_trip",
            kind=chosen.kind,
            text=chosen.text,
            into="en",
            reference=source.turns[chosen.place],
        )
        for language, chosen, source in turns
    ]


def human_tasks(
    language: str, pairs: Iterable[tuple[str, str]], name: str, kind: Kind
) -> list[QualityTask]:
    """Tasks from English texts with their human translations; `name` opens their ids."""
    return [
        QualityTask(
            id=f"human/{language}/{name}/{number}",
            language=language,
            measure="human",
            kind=kind,
            text=english,
            into=language,
            reference=human,
        )
        for number, (english, human) in enumerate(pairs)
    ]


async def measure(
    task: QualityTask, chat: Chat, config: TranslateConfig
) -> RowOutcome[MeasuredRow]:
    """Translate and compare; a reply is measured as it is, even if checks fail.

    A text with control tokens or thinking is rejected before anything is asked.

    Raises:
        LLMError: a request failed.
    """
    marked = refused_for_marks(task, ("the text", task.text))
    if marked is not None:
        return RowOutcome(rejected=marked)
    questioner = Questioner(chat, task.id, config.asking)
    try:
        output = await ask_translation(
            questioner,
            "translation",
            messages((task.text,), [], task.into, task.kind, config),
            task.text,
            lambda text: None if text else Failure("empty", "it is empty"),
            config,
        )
    except CheckFailedError as error:
        return RowOutcome(
            rejected=error.rejected(task.id, task.language),
            failed_checks=tuple(questioner.failed_checks),
            spent=questioner.spent,
        )
    failed = None
    if task.measure == "human":
        turn = SourceTurn(text=task.text, language=task.into, kind=task.kind, user=True)
        failed = check_turn(turn, output)
    row = MeasuredRow(
        id=task.id,
        language=task.language,
        measure=task.measure,
        text=task.text,
        reference=task.reference,
        output=output,
        chrf=sentence_chrf(output, task.reference),
        failed_check=failed.check if failed else "",
    )
    return RowOutcome(
        accepted=(row,), failed_checks=tuple(questioner.failed_checks), spent=questioner.spent
    )


def sentence_chrf(output: str, reference: str) -> float:
    """chrF2 of the prose of one text, from 0 to 100."""
    return float(_chrf().sentence_score(prose(output), [prose(reference)]).score)


def scores(rows: Iterable[MeasuredRow]) -> list[QualityScore]:
    """The scores by measure and language."""
    groups: dict[tuple[Measure, str], list[MeasuredRow]] = defaultdict(list)
    for row in rows:
        groups[row.measure, row.language].append(row)
    return [_score(name, language, found) for (name, language), found in sorted(groups.items())]


def _score(name: Measure, language: str, rows: Sequence[MeasuredRow]) -> QualityScore:
    outputs = [prose(row.output) for row in rows]
    references = [prose(row.reference) for row in rows]
    mean = sum(row.chrf for row in rows) / len(rows)
    error = None
    if len(rows) > 1:
        squares = sum((row.chrf - mean) ** 2 for row in rows)
        error = math.sqrt(squares / (len(rows) - 1) / len(rows))
    return QualityScore(
        measure=name,
        language=language,
        texts=len(rows),
        corpus=float(_chrf().corpus_score(outputs, [references]).score),
        mean=mean,
        standard_error=error,
        failed_checks=sum(bool(row.failed_check) for row in rows),
    )


@cache
def _chrf() -> "CHRF":
    from sacrebleu.metrics.chrf import CHRF

    return CHRF()
