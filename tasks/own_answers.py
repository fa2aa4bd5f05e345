"""A model's own answers to the questions of training rows: data for a further round of training.

Each row's first question is asked by the chat template; the answer takes the place of the row's
own. Rows whose answer is empty are left out and counted, and so are those whose answer does not end
before the token limit, unless `unfinished` keeps them as they were cut.
"""

import contextlib
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from ultralink_data.dialogue import KINDS, Dialogue, Kind
from ultralink_data.errors import DataError

if TYPE_CHECKING:
    from tasks.benchmark import Request
    from tasks.models.kept_answers import KeptAnswer
    from tasks.models.row_asking import AskedAnswer, Wanted

Progress = Callable[[str, int, int], None]
"""Called with the current activity, the rows done and their number."""


class OwnAnswersConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which questions are asked, and how.

    Raises:
        ValueError: a number out of its range, or no kind.
    """

    kinds: tuple[Kind, ...] = KINDS
    """The kinds of rows."""
    languages: tuple[str, ...] = ()
    """The languages of rows; all if empty. An experiment gives those that it trains on."""
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
    chosen = asked_rows(rows, config)
    if not chosen:
        raise DataError(
            f"no row of kind {', '.join(config.kinds)} to ask the model about",
            hint="choose other kinds, or give the round other rows",
        )
    answers = _answers(model, chosen, config, seed, work, progress or (lambda what, n, of: None))
    found: list[Dialogue] = []
    dropped = {"over the context": 0, "no answer": 0, "no end before the limit": 0}
    for row, answer in zip(chosen, answers, strict=True):
        if answer.over_context:
            dropped["over the context"] += 1
        elif not answer.text.strip():
            dropped["no answer"] += 1
        elif answer.hit_limit and not config.unfinished:
            dropped["no end before the limit"] += 1
        else:
            turns = row.turns[0], answer.text
            found.append(msgspec.structs.replace(row, turns=turns, system=""))  # asked without one
    if not found:
        counts = ", ".join(f"{count} {reason}" for reason, count in dropped.items() if count)
        raise DataError(
            f"none of the model's {len(chosen)} answers can be trained on ({counts})",
            hint="train the round before for more steps, or allow longer answers",
        )
    return OwnAnswer(found, {reason: count for reason, count in dropped.items() if count})


def _answers(
    model: Path,
    rows: Sequence[Dialogue],
    config: OwnAnswersConfig,
    seed: int,
    work: Path,
    report: Progress,
) -> "list[KeptAnswer]":
    """An answer for each row; finished batches are kept in `work`, where a killed run goes on."""
    from tasks.models import backends
    from tasks.models.backend import LoadSettings
    from tasks.models.kept_answers import KeptAnswer, KeptAnswers
    from tasks.models.lm_eval_adapter import generate, over_context
    from tasks.models.row_asking import RowAsking
    from tasks.sampling import Sampling

    kept = KeptAnswers(work / "answers")
    requests, wanted = _requests(rows, config, seed)
    keys = [one.key for one in wanted]

    def done() -> int:
        return sum(kept.find(_GROUP, key) is not None for key in keys)

    def keep(batch: "Sequence[AskedAnswer]") -> None:
        ended = [(one.key, one.text, one.end.hit_limit) for one in batch]
        kept.add(_GROUP, [KeptAnswer(key=k, text=t, hit_limit=cut) for k, t, cut in ended])
        report("answering", done(), len(keys))

    report("loading", done(), len(keys))
    missing = [n for n, key in enumerate(keys) if kept.find(_GROUP, key) is None]
    if missing:
        settings = LoadSettings(
            batch_size=config.batch_size,
            dtype="float32",
            max_length=None,
            threads=1,
            seed=seed,
            served=None,
        )
        backend = backends.get("hf")
        loaded = backend.loaded(model, settings, work / "replies.sqlite")
        lm, watch = loaded.lm, loaded.watch
        with contextlib.ExitStack() as stack:
            stack.callback(backend.close, lm)
            stack.enter_context(backend.blamed())
            long = over_context(lm, [requests[n] for n in missing])
            cut = [keys[n] for n in missing if requests[n].problem_id in long]
            kept.add(_GROUP, [KeptAnswer(key=key, over_context=True) for key in cut])
            asked = [n for n in missing if requests[n].problem_id not in long]
            sampling = Sampling(temperature=config.temperature)
            ask = RowAsking(
                lm, watch, [wanted[n] for n in asked], sampling, keep, lambda count: None
            )
            report("answering", done(), len(keys))
            generate(lm, watch, {_GROUP: [requests[n] for n in asked]}, sampling, seed, ask)
    found = [kept.find(_GROUP, key) for key in keys]
    assert all(answer is not None for answer in found)  # each missing one was asked for
    return [answer for answer in found if answer is not None]


_GROUP: Final = "own_answers"


def _requests(
    rows: Sequence[Dialogue], config: OwnAnswersConfig, seed: int
) -> "tuple[list[Request], list[Wanted]]":
    """What is asked, and for each answer its key and fixed batch, on all of which it depends."""
    from tasks.benchmark import Request
    from tasks.models.row_asking import Wanted
    from ultralink_data.completion import key_of

    requests = [
        Request(
            problem_id=str(number),
            prompt=row.turns[0],
            chat=True,
            stop=(),
            max_tokens=config.max_tokens,
        )
        for number, row in enumerate(rows)
    ]
    wanted = []
    for start in range(0, len(requests), config.batch_size):
        batch = requests[start : start + config.batch_size]
        name = key_of([request.prompt for request in batch], config.max_tokens)
        how = (config.temperature, seed) if config.temperature else ()
        wanted += [Wanted(key_of(name, number, how), name) for number in range(len(batch))]
    return requests, wanted


def asked_rows(rows: Sequence[Dialogue], config: OwnAnswersConfig) -> list[Dialogue]:
    """The rows that are asked about: some of each language and kind, by their source problem."""
    cells: dict[tuple[str, str], list[tuple[bytes, str, Dialogue]]] = {}
    for row in rows:
        if row.kind in config.kinds and row.language in (config.languages or (row.language,)):
            rank = hashlib.sha256(f"{row.kind}/{row.provenance.source_id}".encode()).digest()
            cells.setdefault((row.language, row.kind), []).append((rank, row.id, row))
    return [
        row
        for _, ranked in sorted(cells.items())
        for *_, row in sorted(ranked, key=lambda entry: entry[:2])[: config.rows]
    ]
