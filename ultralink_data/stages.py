"""What the stages of dataset building share: outcomes, rejects, resuming, and the files they leave.

A stage makes of each row of its input some rows of the next artefact, or a reject with its
reason. It leaves three files: `NAME.jsonl` (accepted rows in the order of the input),
`NAME.rejected.jsonl` and `NAME.manifest.json`, which is written last and marks the stage finished.
While it runs, outcomes stand in a journal beside them in the order in which they came; a stage
that was killed reads it and goes on with the other rows. What comes out depends on neither the
order nor the kill.
"""

import fcntl
import hashlib
import os
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Generic, NamedTuple, Protocol, TypeVar

import msgspec

from ultralink_data.atomic import disk_errors
from ultralink_data.errors import ConfigError, PrerequisiteError

T = TypeVar("T")


class Row(Protocol):
    """What every row of an artefact has."""

    @property
    def id(self) -> str:
        """Unique within the artefact."""

    @property
    def language(self) -> str:
        """Code of the language that the stage works in."""


class Rejected(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row that fell out; `reason` is one word that counts go by.

    `detail` says what was found in words, `output` is the text that failed where a model wrote it.
    """

    id: str
    language: str
    reason: str
    detail: str = ""
    output: str = ""


class Spent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Replies of a model that a row took, whether asked now or stored before, and their tokens."""

    replies: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(
            replies=self.replies + other.replies,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
        )


NOTHING = Spent()


class Outcome(
    msgspec.Struct,
    Generic[T],
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
):
    """What a stage made of one row: accepted rows, or a reject.

    `failed_checks` are names of checks that replies of a model failed on the way, `mended` reasons
    for which the row was changed before it was taken; both are counted.
    """

    accepted: tuple[T, ...] = ()
    rejected: Rejected | None = None
    failed_checks: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()
    spent: Spent = NOTHING

    def __post_init__(self) -> None:
        """Check that the row is accounted for."""
        if bool(self.accepted) == (self.rejected is not None):
            raise ValueError("an outcome has accepted rows or a reject, never both or neither")


class Tally(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A count of the manifest: `what` is accepted, rejected, failed_check or mended."""

    language: str
    what: str
    reason: str
    count: int


class StageFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file that a stage left."""

    name: str
    rows: int
    bytes: int
    sha256: str


class Stage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which stage, and all that decides its output.

    `config` is its resolved configuration as JSON, `inputs` the sha256 of what it reads,
    `code_version` a hash of the source it runs.
    """

    name: str
    config: str
    inputs: tuple[str, ...]
    code_version: str = ""

    @property
    def key(self) -> str:
        """Hash of all of it."""
        return hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()


class StageManifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a finished stage was and did; rows in = rows with an accepted row + rejected."""

    stage: Stage
    rows_in: int
    accepted: int
    rejected: int
    tallies: tuple[Tally, ...]
    spent: Spent
    files: tuple[StageFile, ...]


class StagePaths(NamedTuple):
    """The files of a stage."""

    rows: Path
    rejected: Path
    manifest: Path
    journal: Path


def stage_paths(out: Path) -> StagePaths:
    """The files of the stage that writes `out`.

    Raises:
        ConfigError: `out` is not named `*.jsonl`.
    """
    if out.suffix != ".jsonl":
        raise ConfigError(f"{out}: the output is JSONL", hint="name it like out/pages.jsonl")
    stem = out.name.removesuffix(".jsonl")
    return StagePaths(
        rows=out,
        rejected=out.with_name(f"{stem}.rejected.jsonl"),
        manifest=out.with_name(f"{stem}.manifest.json"),
        journal=out.with_name(f".{stem}.journal"),
    )


def finished(out: Path, stage: Stage) -> StageManifest | None:
    """The manifest, where this very stage is finished and its files are whole; else None.

    Raises:
        ConfigError: `out` was made by another stage, input, configuration or code.
    """
    paths = stage_paths(out)
    try:
        manifest = msgspec.json.decode(paths.manifest.read_bytes(), type=StageManifest)
    except (OSError, msgspec.DecodeError):
        if out.exists():
            raise ConfigError(
                f"{out} exists and no finished stage says that it made it",
                hint="choose another name, or move it away",
            ) from None
        return None
    if manifest.stage.key != stage.key:
        raise ConfigError(
            f"{out} exists already, made by `{manifest.stage.name}` from another input, with other "
            "settings or other code",
            hint="choose another name, or remove the file and its manifest",
        )
    whole = all(_is_whole(out.with_name(file.name), file) for file in manifest.files)
    return manifest if whole else None


def _is_whole(path: Path, file: StageFile) -> bool:
    try:
        return path.stat().st_size == file.bytes and sha256(path) == file.sha256
    except OSError:
        return False


def sha256(path: Path) -> str:
    """Hash of a file.

    Raises:
        PrerequisiteError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise PrerequisiteError(
            f"cannot read {path}: {error.strerror or error}", hint="check the path"
        ) from error


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of a journal: the row's place in the input, and what became of it, undecoded."""

    n: int
    language: str
    outcome: Outcome[msgspec.Raw]


class Journal:
    """Outcomes of a stage in progress; use it in `with`, from one process.

    Each outcome is with the system before `add` returns, so that a killed process loses none.

    Raises:
        PrerequisiteError: the folder is not writable, or another process runs this stage.
    """

    def __init__(self, out: Path, stage: Stage) -> None:
        self._paths = stage_paths(out)
        self._stage = stage
        self._places = array("q")
        self.done = 0

    def __enter__(self) -> "Journal":
        path = self._paths.journal
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: IO[bytes] = path.open("a+b", buffering=0)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise PrerequisiteError(
                f"{self._paths.rows}: another process is making it",
                hint="wait until it is done, or stop it; this command then goes on from there",
            ) from error
        with disk_errors(path):
            self._read()
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _read(self) -> None:
        """Learn what is done; forget a journal of other settings, and a line cut by a kill."""
        header = self._stage.key.encode() + b"\n"
        end = len(header)
        with self._paths.journal.open("rb") as file:
            if file.readline() == header:
                for line in file:
                    if not line.endswith(b"\n"):
                        break
                    entry = msgspec.json.decode(line, type=_Entry)
                    self._mark(entry.n, end)
                    end += len(line)
            else:
                self._file.truncate(0)
                self._file.write(header)
        self._file.truncate(end)
        self._end = end

    def _mark(self, n: int, place: int) -> None:
        while len(self._places) <= n:
            self._places.append(-1)
        self.done += self._places[n] < 0
        self._places[n] = place

    def has(self, n: int) -> bool:
        """Whether the row at place `n` of the input is done."""
        return n < len(self._places) and self._places[n] >= 0

    def add(self, n: int, language: str, outcome: Outcome[T]) -> None:
        """Store what became of the row at place `n`.

        Raises:
            PrerequisiteError: the disk is full.
        """
        entry = {"n": n, "language": language, "outcome": outcome}
        line = msgspec.json.encode(entry) + b"\n"
        with disk_errors(self._paths.journal):
            if self._file.write(line) != len(line):
                self._file.truncate(self._end)
                raise OSError(28, "no space left")
        self._mark(n, self._end)
        self._end += len(line)

    def commit(self) -> StageManifest:
        """Write the stage's files in the order of the input, the manifest last; drop the journal.

        Raises:
            PrerequisiteError: the disk is full.
        """
        paths = self._paths
        tallies: Counter[tuple[str, str, str]] = Counter()
        spent = NOTHING
        rejects = 0
        with disk_errors(paths.rows), _Output(paths.rows) as rows, _Output(paths.rejected) as bad:
            for entry in self._entries():
                outcome = entry.outcome
                for row in outcome.accepted:
                    rows.write(bytes(row))
                if outcome.rejected is not None:
                    bad.write(msgspec.json.encode(outcome.rejected))
                    rejects += 1
                tallies.update(_tallied(entry))
                spent += outcome.spent
            files = (rows.commit(), bad.commit())
        manifest = StageManifest(
            stage=self._stage,
            rows_in=self.done,
            accepted=files[0].rows,
            rejected=rejects,
            tallies=tuple(
                Tally(language=language, what=what, reason=reason, count=count)
                for (language, what, reason), count in sorted(tallies.items())
            ),
            spent=spent,
            files=files,
        )
        text = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
        with disk_errors(paths.manifest), _Output(paths.manifest) as out:
            out.write(text)
            out.commit()
        paths.journal.unlink(missing_ok=True)
        return manifest

    def _entries(self) -> Iterator[_Entry]:
        with self._paths.journal.open("rb") as file:
            for place in self._places:
                if place >= 0:
                    file.seek(place)
                    yield msgspec.json.decode(file.readline(), type=_Entry)


def _tallied(entry: _Entry) -> Iterator[tuple[str, str, str]]:
    outcome, language = entry.outcome, entry.language
    if outcome.rejected is not None:
        yield language, "rejected", outcome.rejected.reason
    for _ in outcome.accepted:
        yield language, "accepted", ""
    for name in outcome.failed_checks:
        yield language, "failed_check", name
    for name in outcome.mended:
        yield language, "mended", name


class _Output:
    """A file that appears under its name at `commit`, and not at all without it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._temporary = path.with_name(f".{path.name}.{os.getpid()}")
        self._digest = hashlib.sha256()
        self._rows = self._bytes = 0

    def __enter__(self) -> "_Output":
        self._file = self._temporary.open("wb")
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        with suppress(FileNotFoundError):
            self._temporary.unlink()

    def write(self, row: bytes) -> None:
        line = row + b"\n"
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


Advance = Callable[[int, int], None]
"""Called with the rows done and the rows that stay open."""


def ignore(done: int, still_open: int) -> None:
    """No progress shown."""


def numbered(rows: Iterable[T], journal: Journal) -> Iterator[tuple[int, T]]:
    """The rows that are not done, with their places in the input."""
    return ((n, row) for n, row in enumerate(rows) if not journal.has(n))
