"""Existing translations checked by meaning, each with the check that it fails otherwise, if any."""

from collections import Counter
from collections.abc import Iterable
from typing import Literal

import msgspec

from ultralink_data.dialogue import Kind
from ultralink_data.stage.asking import Chat, CheckFailedError
from ultralink_data.stage.outcome import RowOutcome
from ultralink_data.stage.spelled_marks import refused_for_marks
from ultralink_data.translation.checks import check_turn
from ultralink_data.translation.meaning import UNREAD, Reader
from ultralink_data.translation.meaning_config import MeaningConfig
from ultralink_data.translation.quality import SourcedTurn
from ultralink_data.translation.translate import source_turn

Verdict = Literal["same", "differs", "unread"]


class MeaningTask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A translated turn with the source's turns up to it; `place` counts turns from 0."""

    id: str
    language: str
    kind: Kind
    source_id: str
    source: tuple[str, ...]
    translation: str

    @property
    def place(self) -> int:
        """The place of the turn."""
        return len(self.source) - 1


class MeaningRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was found: `unread` means that it is not known whether the two say the same.

    `detail` says how they differ, or why they were not read; `failed_check` is the first check
    without a model that the translation fails.
    """

    id: str
    language: str
    verdict: Verdict
    detail: str
    failed_check: str
    source: str
    translation: str


class MeaningCount(msgspec.Struct, frozen=True, kw_only=True):
    """The verdicts on the turns of a language, and how many fail another check."""

    language: str
    turns: int
    same: int
    differs: int
    unread: int
    failed_checks: int


def meaning_tasks(turns: Iterable[SourcedTurn]) -> list[MeaningTask]:
    """The tasks of sampled turns."""
    return [
        MeaningTask(
            id=f"{chosen.row_id}/{chosen.place}",
            language=language,
            kind=chosen.kind,
            source_id=chosen.parent_id,
            source=source.turns[: chosen.place + 1],
            translation=chosen.text,
        )
        for language, chosen, source in turns
    ]


async def examine(task: MeaningTask, chat: Chat, config: MeaningConfig) -> RowOutcome[MeaningRow]:
    """Read both texts and compare; one with control tokens or thinking is rejected unread.

    Raises:
        LLMError: a request failed.
    """
    turn = source_turn(task.source, task.place, task.language, task.kind)
    texts = (("the source", turn.text), ("the translation", task.translation))
    marked = refused_for_marks(task, *texts)
    if marked is not None:
        return RowOutcome(rejected=marked)
    reader = Reader(chat, config.asking, config.reading)
    names = (f"meaning/{task.source_id}/turn{task.place}", f"meaning/{task.id}")
    try:
        failure = await reader.compare(names, (turn.text, task.translation), task.language)
    except CheckFailedError as error:  # a refused request
        return RowOutcome(
            rejected=error.rejected(task.id, task.language),
            failed_checks=tuple(reader.failed_checks),
            spent=reader.spent,
        )
    verdict: Verdict = "same"
    if failure is not None:
        verdict = "unread" if failure.check == UNREAD else "differs"
    other = check_turn(turn, task.translation)
    row = MeaningRow(
        id=task.id,
        language=task.language,
        verdict=verdict,
        detail=failure.detail if failure else "",
        failed_check=other.check if other else "",
        source=turn.text,
        translation=task.translation,
    )
    return RowOutcome(
        accepted=(row,), failed_checks=tuple(reader.failed_checks), spent=reader.spent
    )


def counts(rows: Iterable[MeaningRow]) -> list[MeaningCount]:
    """The verdicts by language."""
    found: Counter[tuple[str, str]] = Counter()
    for row in rows:
        found[row.language, row.verdict] += 1
        found[row.language, "failed"] += bool(row.failed_check)
    return [
        MeaningCount(
            language=language,
            turns=sum(found[language, verdict] for verdict in ("same", "differs", "unread")),
            same=found[language, "same"],
            differs=found[language, "differs"],
            unread=found[language, "unread"],
            failed_checks=found[language, "failed"],
        )
        for language in sorted({language for language, _ in found})
    ]
