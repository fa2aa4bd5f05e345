"""The numbers of a dataset: dialogues, turns and lengths by language and kind.

The columns are those of UltraLink's table (arXiv 2402.04588; README of OpenBMB/UltraLink):
dialogues, turns, and the average lengths of questions, answers and turns in tokens, where a turn is
a question and its answer. Means are over turns, not over dialogues.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence

import msgspec

from ultralink_data.dialogue import KINDS, Dialogue, Kind
from ultralink_data.text.tokens import estimate_tokens

CountTokens = Callable[[Sequence[str], str], list[int]]
"""Tokens of each text, given texts and their language."""

PERCENT = (10, 50, 90)
"""Which quantiles of lengths are shown."""


class CellStats(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One language and kind.

    `turns` counts questions with their answers; `question_tokens` and `answer_tokens` are sums.
    `sources` counts source problems or documents. `lengths` are the quantiles (10, 50, 90 %) of
    the tokens of a dialogue. `models` wrote the rows, `prompts` are the versions of their prompts.
    `system_turns` rows have a system turn, of `system_tokens` in all, which are in no other number.
    """

    language: str
    kind: Kind
    dialogues: int
    turns: int
    question_tokens: int
    answer_tokens: int
    bytes: int
    sources: int
    lengths: tuple[int, int, int]
    models: tuple[str, ...]
    prompts: tuple[str, ...]
    system_turns: int = 0
    system_tokens: int = 0

    @property
    def tokens(self) -> int:
        """Tokens of questions and answers."""
        return self.question_tokens + self.answer_tokens


def by_estimate(texts: Sequence[str], language: str) -> list[int]:
    """Tokens by the estimate of dataset building."""
    return [estimate_tokens(text, language) for text in texts]


def describe(
    dialogues: Iterable[Dialogue], count_tokens: CountTokens = by_estimate
) -> tuple[CellStats, ...]:
    """The numbers of each language and kind, sorted; rows come in any order, one at a time.

    Held are 4 bytes a row and 8 a source. `by_estimate` raises ConfigError for an unknown language.
    """
    cells: dict[tuple[str, Kind], _Cell] = {}
    for dialogue in dialogues:
        cell = cells.setdefault((dialogue.language, dialogue.kind), _Cell())
        tokens = count_tokens(dialogue.texts, dialogue.language)
        cell.add(dialogue, tokens[: len(dialogue.turns)], sum(tokens[len(dialogue.turns) :]))
    order = sorted(cells, key=lambda cell: (cell[0], KINDS.index(cell[1])))
    return tuple(cells[key].result(*key) for key in order)


class _Cell:
    def __init__(self) -> None:
        self._turns = self._questions = self._answers = self._bytes = 0
        self._system_turns = self._system_tokens = 0
        self._lengths = array("I")
        self._sources: set[int] = set()
        self._models: set[str] = set()
        self._prompts: set[str] = set()

    def add(self, dialogue: Dialogue, tokens: Sequence[int], system: int) -> None:
        self._turns += len(dialogue.turns) // 2
        self._questions += sum(tokens[::2])
        self._answers += sum(tokens[1::2])
        self._bytes += sum(len(turn.encode()) for turn in dialogue.turns)
        self._lengths.append(sum(tokens))
        self._system_turns += bool(dialogue.system)
        self._system_tokens += system
        origin = dialogue.provenance
        # Hashes of 64 bits: a million sources collide once in 40 million datasets.
        self._sources.add(hash(origin.source_id))
        self._models |= {origin.model} if origin.model else set()
        self._prompts |= {origin.prompt_version} if origin.prompt_version else set()

    def result(self, language: str, kind: Kind) -> CellStats:
        return CellStats(
            language=language,
            kind=kind,
            dialogues=len(self._lengths),
            turns=self._turns,
            question_tokens=self._questions,
            answer_tokens=self._answers,
            bytes=self._bytes,
            sources=len(self._sources),
            lengths=quantiles(self._lengths),
            models=tuple(sorted(self._models)),
            prompts=tuple(sorted(self._prompts)),
            system_turns=self._system_turns,
            system_tokens=self._system_tokens,
        )


def quantiles(lengths: Sequence[int]) -> tuple[int, int, int]:
    """The 10, 50 and 90 % quantiles: the smallest value that so many are not above (type 1)."""
    ordered = sorted(lengths)
    low, middle, high = (ordered[-(-percent * len(ordered) // 100) - 1] for percent in PERCENT)
    return low, middle, high
