"""A model's own answers to the questions of training rows: data for a further round of training.

Each row's first question is asked by the chat template; the answer takes the place of the row's
own. Rows whose answer is empty are left out and counted, and so are those whose answer does not end
before the token limit, unless `unfinished` keeps them as they were cut.
"""

import contextlib
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from ultralink_data.dialogue import KINDS, Dialogue, Kind
from ultralink_data.errors import DataError

Progress = Callable[[str, int, int], None]
"""Called with the current activity, the rows done and their number."""


class OwnAnswersConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which questions are asked, and how.

    Raises:
        ValueError: a number out of its range, or no kind.
    """

    kinds: tuple[Kind, ...] = KINDS
    """The kinds of rows."""
    rows: int = 40
    """Questions of each language and kind, at most; the same problems in every language."""
    max_tokens: int = 256
    """Tokens of an answer, at most."""
    temperature: float = 0.0
    """Sampling temperature; 0 is greedy."""
    unfinished: bool = True
    """Keep answers that reach the limit, cut there; a weak model gives few others."""
    batch_size: int = 64
    """Questions answered at a time; no answer depends on it, but for the rounding of sums."""

    def __post_init__(self) -> None:
        """Check the ranges."""
        for name in ("rows", "max_tokens", "batch_size"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be >= 1, got {getattr(self, name)}")
        if not 0 <= self.temperature < float("inf"):
            raise ValueError(f"temperature must be >= 0, got {self.temperature}")
        if not self.kinds:
            raise ValueError("kinds must name a kind of rows")


class OwnAnswer(NamedTuple):
    """Rows with the model's answers, and how many were left out, by reason."""

    rows: list[Dialogue]
    dropped: dict[str, int]


def own_answers(
    model: Path,
    rows: Sequence[Dialogue],
    config: OwnAnswersConfig,
    *,
    seed: int,
    work: Path,
    progress: Progress | None = None,
) -> OwnAnswer:
    """The model's answers to the questions of these rows; `seed` is that of the sampling.

    Raises:
        DataError: there is no question, or no answer can be used.
        PrerequisiteError: the model is missing or damaged.
    """
    from tasks.benchmark import Request
    from tasks.models import backends
    from tasks.models.backend import LoadSettings
    from tasks.models.lm_eval_adapter import generate, over_context
    from tasks.sampling import Sampling

    chosen = asked_rows(rows, config)
    if not chosen:
        raise DataError(
            f"no row of kind {', '.join(config.kinds)} to ask the model about",
            hint="choose other kinds, or give the round other rows",
        )
    report = progress or (lambda what, done, total: None)
    settings = LoadSettings(
        batch_size=config.batch_size,
        dtype="float32",
        max_length=None,
        threads=1,
        seed=seed,
        served=None,
    )
    backend = backends.get("hf")
    report("loading", 0, len(chosen))
    loaded = backend.loaded(model, settings, work / "replies.sqlite")
    with contextlib.ExitStack() as stack:
        stack.callback(backend.close, loaded.lm)
        stack.enter_context(backend.blamed())
        requests = [
            Request(
                problem_id=str(number),
                prompt=row.turns[0],
                chat=True,
                stop=(),
                max_tokens=config.max_tokens,
            )
            for number, row in enumerate(chosen)
        ]
        long = over_context(loaded.lm, requests)
        fitting = [request for request in requests if request.problem_id not in long]
        report("answering", 0, len(chosen))
        sampling = Sampling(temperature=config.temperature)
        made = generate(loaded.lm, loaded.watch, {"own_answers": fitting}, sampling, seed)
    found: list[Dialogue] = []
    dropped = {"over the context": len(long), "no answer": 0, "no end before the limit": 0}
    for generations in made.get("own_answers", []):
        (generation,) = generations
        row = chosen[int(generation.problem_id)]
        if not generation.text.strip():
            dropped["no answer"] += 1
        elif generation.hit_limit and not config.unfinished:
            dropped["no end before the limit"] += 1
        else:
            found.append(msgspec.structs.replace(row, turns=(row.turns[0], generation.text)))
    report("answering", len(chosen), len(chosen))
    if not found:
        counts = ", ".join(f"{count} {reason}" for reason, count in dropped.items() if count)
        raise DataError(
            f"none of the model's {len(chosen)} answers can be trained on ({counts})",
            hint="train the round before for more steps, or allow longer answers",
        )
    return OwnAnswer(found, {reason: count for reason, count in dropped.items() if count})


def asked_rows(rows: Sequence[Dialogue], config: OwnAnswersConfig) -> list[Dialogue]:
    """The rows that are asked about: some of each language and kind, by their source problem."""
    cells: dict[tuple[str, str], list[tuple[bytes, str, Dialogue]]] = {}
    for row in rows:
        if row.kind in config.kinds:
            rank = hashlib.sha256(f"{row.kind}/{row.provenance.source_id}".encode()).digest()
            cells.setdefault((row.language, row.kind), []).append((rank, row.id, row))
    return [
        row
        for _, ranked in sorted(cells.items())
        for *_, row in sorted(ranked, key=lambda entry: entry[:2])[: config.rows]
    ]
