"""Answers of a model as they are generated: a killed or a wider evaluation asks only for the rest.

    FOLDER/{task}_{language}-{settings}/{batch}.json     a `_KeptBatch`: the answers of one batch
    FOLDER/bits_{task}_{language}-{settings}/{key}.json  a `_KeptScores`: a block's log-likelihoods
    FOLDER/model-{settings}.json                         `ModelFacts`

FOLDER stands for one model and the code that runs it: the caller names it after both. `settings` is
a hash of how the model is loaded and how the task is asked, and each answer has a key of its own:
its prompt, stops, token limit and sampling with seed and sample number. Files appear whole and bear
a seal; one that is no such file, or whose seal differs, is noted and removed. Two processes may
keep the same answer, in one file or in two, as its batches were.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec

from tasks.saved_rows import LikelihoodSample
from ultralink_data import atomic
from ultralink_data.completion import key_of, marker_text, sealed

S = TypeVar("S", bound=msgspec.Struct)

_DIGITS = 16
"""Hexadecimal digits of a hash in a file's name; the whole key stands in the file."""


class ModelFacts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an evaluation asks of a loaded model besides answers, so that none need be loaded.

    `max_length` is its context in tokens, `note` that of `Loaded`, `thinks` that of `ChatForm`.
    `single`: an answer does not depend on the others of its batch (see `tasks.models.row_choice`).
    """

    max_length: int | None
    note: str
    thinks: bool
    single: bool
    seal: str = ""


class KeptAnswer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One answer; `over_context`: its prompt left no room, and it was not asked."""

    key: str
    text: str = ""
    hit_limit: bool = False
    failure: str = ""
    thinking: str = ""
    over_context: bool = False


class _KeptBatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answers of one batch."""

    answers: tuple[KeptAnswer, ...]
    seal: str = ""


class _KeptScores(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The scored reference texts of one block, and the key of all that decides them."""

    key: str
    rows: tuple[LikelihoodSample, ...]
    seal: str = ""


class KeptAnswers:
    """The kept answers in `folder`, which need not exist; None keeps them in memory alone."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._known: dict[str, dict[str, KeptAnswer]] = {}
        self.damaged: list[Path] = []
        """Files that could not be used; their answers are asked for again."""

    def find(self, group: str, key: str) -> KeptAnswer | None:
        """The answer with this key among those of `group`."""
        return self._of(group).get(key)

    def add(self, group: str, answers: Sequence[KeptAnswer]) -> None:
        """Keep the answers of a batch.

        Raises:
            PrerequisiteError: they cannot be written.
        """
        known = self._of(group)
        known.update((answer.key, answer) for answer in answers)
        if self._folder is not None and answers:
            name = key_of([answer.key for answer in answers])[:_DIGITS]
            path = self._folder / group / f"{name}.json"
            atomic.write_bytes(path, marker_text(sealed(_KeptBatch(answers=tuple(answers)))))

    def scores(self, group: str, key: str) -> tuple[LikelihoodSample, ...] | None:
        """The scored reference texts of the block with this key."""
        path = self._scores_path(group, key)
        found = None if path is None else self._read(path, _KeptScores)
        return found.rows if found is not None and found.key == key else None

    def add_scores(self, group: str, key: str, rows: Sequence[LikelihoodSample]) -> None:
        """Keep the scored reference texts of a block.

        Raises:
            PrerequisiteError: they cannot be written.
        """
        path = self._scores_path(group, key)
        if path is not None:
            kept = sealed(_KeptScores(key=key, rows=tuple(rows)))
            atomic.write_bytes(path, marker_text(kept))

    def _scores_path(self, group: str, key: str) -> Path | None:
        if self._folder is None:
            return None
        return self._folder / f"bits_{group}" / f"{key[:_DIGITS]}.json"

    def facts(self, settings: object) -> ModelFacts | None:
        """What is known of the model, loaded with `settings`."""
        path = self._facts_path(settings)
        return None if path is None else self._read(path, ModelFacts)

    def learn(self, settings: object, facts: ModelFacts) -> None:
        """Keep what is known of the model, loaded with `settings`."""
        path = self._facts_path(settings)
        if path is not None and self._read(path, ModelFacts) is None:
            atomic.write_bytes(path, marker_text(sealed(facts)))

    def _facts_path(self, settings: object) -> Path | None:
        if self._folder is None:
            return None
        return self._folder / f"model-{key_of(settings)[:_DIGITS]}.json"

    def _of(self, group: str) -> dict[str, KeptAnswer]:
        if group not in self._known:
            self._known[group] = {answer.key: answer for answer in self._stored(group)}
        return self._known[group]

    def _stored(self, group: str) -> Iterable[KeptAnswer]:
        if self._folder is not None:
            for path in sorted((self._folder / group).glob("*.json")):
                batch = self._read(path, _KeptBatch)
                yield from () if batch is None else batch.answers

    def _read(self, path: Path, kind: type[S]) -> S | None:
        """The content of a file, None if there is none; one that is damaged is noted and removed.

        What it held may be asked for in another batch, so that its name would not come again.
        """
        try:
            found = msgspec.json.decode(path.read_bytes(), type=kind)
        except FileNotFoundError:
            return None
        except OSError:
            self.damaged.append(path)
            return None
        except (msgspec.DecodeError, UnicodeDecodeError):
            found = None
        if found is not None and found == sealed(found):
            return found
        self.damaged.append(path)
        with suppress(OSError):
            path.unlink()
        return None


def group_name(task: str, language: str, settings: object) -> str:
    """The folder of a task's answers in a language; `settings` is all that they have in common."""
    return f"{task}_{language}-{key_of(settings)[:_DIGITS]}"
