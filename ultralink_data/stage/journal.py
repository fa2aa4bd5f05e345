"""Outcomes of a running stage, and the files it writes when all rows are done."""

import fcntl
import hashlib
import os
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, TypeVar

import msgspec

from ultralink_data.atomic import disk_errors, make_parent
from ultralink_data.completion import marker_text, sealed
from ultralink_data.errors import PrerequisiteError
from ultralink_data.stage.outcome import (
    NOTHING,
    BuildingStage,
    Price,
    RowOutcome,
    StageFile,
    StageManifest,
    Tally,
    free,
    stage_paths,
)

T = TypeVar("T")


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of a journal: the row's place in the input, and its outcome, undecoded."""

    n: int
    language: str
    outcome: RowOutcome[msgspec.Raw]


class Journal:
    """Outcomes of a stage in progress; use it in `with`, from one process.

    Each outcome is handed to the operating system before `add` returns, so that a killed process
    loses none. `answered` says whether any outcome holds a model's reply.

    Raises:
        PrerequisiteError: the folder is not writable, or another process runs this stage.
    """

    def __init__(self, out: Path, stage: BuildingStage) -> None:
        self._paths = stage_paths(out)
        self._stage = stage
        self._places = array("q")
        self.done = 0
        self.answered = False

    def __enter__(self) -> "Journal":
        path = self._paths.journal
        with disk_errors(path):
            make_parent(path)
            self._file: IO[bytes] = path.open("a+b", buffering=0)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise PrerequisiteError(
                f"{self._paths.rows}: another process is making it",
                hint="wait until it is done, or stop it; this command then continues from there",
            ) from error
        with disk_errors(path):
            self._read()
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if error is not None and not self.done:  # such as a wrong input: nothing to resume from
            self._paths.journal.unlink(missing_ok=True)
        self._file.close()

    def _read(self) -> None:
        """Read what is done; drop a journal of other settings, and all after a broken line."""
        header = self._stage.header
        end = len(header)
        with self._paths.journal.open("rb") as file:
            if file.readline() == header:
                for line in file:
                    entry = _decoded(line)
                    if entry is None:
                        break
                    self._mark(entry.n, end, entry.outcome)
                    end += len(line)
            else:
                self._file.truncate(0)
                self._file.write(header)
        self._file.truncate(end)
        self._end = end

    def _mark(self, n: int, place: int, outcome: RowOutcome[T]) -> None:
        self.answered = self.answered or outcome.spent.replies > 0
        while len(self._places) <= n:
            self._places.append(-1)
        self.done += self._places[n] < 0
        self._places[n] = place

    def has(self, n: int) -> bool:
        """Whether the row at place `n` of the input is done."""
        return n < len(self._places) and self._places[n] >= 0

    def add(self, n: int, language: str, outcome: RowOutcome[T]) -> None:
        """Store the outcome of the row at place `n`.

        Raises:
            PrerequisiteError: the disk is full.
        """
        entry = {"n": n, "language": language, "outcome": outcome}
        line = msgspec.json.encode(entry) + b"\n"
        with disk_errors(self._paths.journal):
            if self._file.write(line) != len(line):
                self._file.truncate(self._end)
                raise OSError(28, "no space left")
        self._mark(n, self._end, outcome)
        self._end += len(line)

    def commit(self, price: Price = free, left_out: tuple[str, ...] = ()) -> StageManifest:
        """Write the stage's files in the order of the input, the manifest last; drop the journal.

        `left_out` goes into the manifest as it is.

        Raises:
            PrerequisiteError: the disk is full.
        """
        paths = self._paths
        tallies: Counter[tuple[str, str, str]] = Counter()
        rejects, spent = 0, NOTHING
        with disk_errors(paths.rows), _Output(paths.rows) as rows, _Output(paths.rejected) as bad:
            for entry in self._entries():
                outcome = entry.outcome
                for row in outcome.accepted:
                    rows.write(bytes(row) + b"\n")
                if outcome.rejected is not None:
                    bad.write(msgspec.json.encode(outcome.rejected) + b"\n")
                    rejects += 1
                tallies.update(_tallied(entry))
                spent += outcome.spent
            files = (rows.commit(), bad.commit())
        plain = StageManifest(
            stage=self._stage,
            rows_in=self.done,
            accepted=files[0].rows,
            rejected=rejects,
            tallies=tuple(
                Tally(language=language, what=what, reason=reason, count=count)
                for (language, what, reason), count in sorted(tallies.items())
            ),
            spent=spent,
            cost=price(spent.prompt_tokens, spent.completion_tokens),
            left_out=left_out,
            files=files,
        )
        manifest = sealed(plain)
        with disk_errors(paths.manifest), _Output(paths.manifest) as out:
            out.write(marker_text(manifest))
            out.commit()
        paths.journal.unlink(missing_ok=True)
        return manifest

    def _entries(self) -> Iterator[_Entry]:
        with self._paths.journal.open("rb") as file:
            for place in self._places:
                if place >= 0:
                    file.seek(place)
                    yield msgspec.json.decode(file.readline(), type=_Entry)


def _decoded(line: bytes) -> _Entry | None:
    """The entry of a line, None where a kill or a disk fault left only part of one."""
    try:
        return msgspec.json.decode(line, type=_Entry) if line.endswith(b"\n") else None
    except msgspec.DecodeError:
        return None


def _tallied(entry: _Entry) -> Iterator[tuple[str, str, str]]:
    outcome, language = entry.outcome, entry.language
    if outcome.rejected is not None:
        yield language, "rejected", outcome.rejected.reason
        for name in sorted({finding.name for finding in outcome.rejected.findings}):
            yield language, "finding", name
    for _ in outcome.accepted:
        yield language, "accepted", ""
    for name in outcome.failed_checks:
        yield language, "failed_check", name
    for name in outcome.mended:
        yield language, "mended", name
    for name in outcome.unknown_templates:
        yield language, "unknown_template", name
    for _ in range(outcome.dropped_sentences):
        yield language, "dropped_sentence", "unknown template in it"


class _Output:
    """A file that appears under its name at `commit`, and not at all without it.

    Only the process that holds the journal writes it, so the leftovers of a killed process are
    overwritten.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._temporary = path.with_name(f".{path.name}.part")
        self._digest = hashlib.sha256()
        self._rows = self._bytes = 0

    def __enter__(self) -> "_Output":
        self._file = self._temporary.open("wb")
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        with suppress(FileNotFoundError):
            self._temporary.unlink()

    def write(self, line: bytes) -> None:
        self._file.write(line)
        self._digest.update(line)
        self._rows += 1
        self._bytes += len(line)

    def commit(self) -> StageFile:
        self._file.flush()
        os.fsync(self._file.fileno())
        os.replace(self._temporary, self._path)
        return StageFile(
            name=self._path.name,
            rows=self._rows,
            bytes=self._bytes,
            sha256=self._digest.hexdigest(),
        )


def numbered(rows: Iterable[T], journal: Journal) -> Iterator[tuple[int, T]]:
    """The rows that are not done, with their places in the input."""
    return ((n, row) for n, row in enumerate(rows) if not journal.has(n))
