"""What the stages of dataset building share: outcomes, rejects and output files.

A stage turns each input row into rows of the next artefact, or into a reject with a reason. It
writes three files: `NAME.jsonl` (accepted rows in the order of the input), `NAME.rejected.jsonl`
and `NAME.manifest.json`, which is written last and marks the stage finished. While it runs,
outcomes go to a journal beside them in the order they arrive; a stage that was killed reads it and
carries on with the remaining rows. The output depends on neither that order nor the kill.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import msgspec

from ultralink_data.completion import FileMark, differing, hash_file, key_of, look, taken
from ultralink_data.errors import ConfigError, PrerequisiteError

T = TypeVar("T")

REFUSED_REQUEST = "refused_request"
"""Reason of a row for which the endpoint did not answer a request, whenever it was asked."""

ENDED_AT = "ended_at_"
"""Begins the name of how a row was mended that keeps what came before a failure."""


class Row(Protocol):
    """What every row of an artefact has."""

    @property
    def id(self) -> str:
        """Unique within the artefact."""

    @property
    def language(self) -> str:
        """Code of the language that the stage works in."""


class Finding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that a rule or a model found in a row: its name, and the words that show it."""

    name: str
    evidence: str


class Rejected(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row that was rejected; `reason` is one word, by which rejects are counted.

    `detail` describes what was found, `output` is the text that failed if a model wrote it.
    `findings` list the causes where there can be several; each is counted.
    """

    id: str
    language: str
    reason: str
    detail: str = ""
    output: str = ""
    findings: tuple[Finding, ...] = ()


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


class RowOutcome(
    msgspec.Struct,
    Generic[T],
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
):
    """What a stage made of one row: accepted rows, or a reject.

    `failed_checks` are the names of checks that replies failed on the way, `mended` the reasons for
    which the row was changed before it was accepted; both are counted. `unknown_templates` are the
    names of wiki templates that no table knows, each as often as it occurs in an accepted article,
    and `dropped_sentences` how many sentences that had one were left out.
    """

    accepted: tuple[T, ...] = ()
    rejected: Rejected | None = None
    failed_checks: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()
    unknown_templates: tuple[str, ...] = ()
    dropped_sentences: int = 0
    spent: Spent = NOTHING

    def __post_init__(self) -> None:
        """Check that the row is accounted for."""
        if bool(self.accepted) == (self.rejected is not None):
            raise ValueError("an outcome has accepted rows or a reject, never both or neither")

    @property
    def refused(self) -> bool:
        """Whether the endpoint refused a request of the row."""
        if self.rejected is None:
            return ENDED_AT + REFUSED_REQUEST in self.mended
        return self.rejected.reason == REFUSED_REQUEST


class Tally(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A count of the manifest.

    `what` is accepted, rejected, finding, failed_check, mended, dropped_sentence or
    unknown_template; `reason` is then the name of the template.
    """

    language: str
    what: str
    reason: str
    count: int


class StageFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file that a stage wrote."""

    name: str
    rows: int
    bytes: int
    sha256: str


class BuildingStage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which stage, and all that decides its output.

    `config` is its resolved configuration as JSON, `inputs` the sha256 of what it reads,
    `code_version` a hash of the source it runs, `packages` the versions of the packages that decide
    its output; manifests written before keys held them have none.
    """

    name: str
    config: str
    inputs: tuple[str, ...]
    code_version: str = ""
    packages: dict[str, str] = {}

    @property
    def key(self) -> str:
        """Hash of all of it."""
        return key_of(self)

    @property
    def parts(self) -> dict[str, Any]:
        """What the key is made of besides the name, as errors call it."""
        return {
            "input": self.inputs,
            "settings": self.config,
            "code": self.code_version,
            "packages": self.packages,
        }

    @property
    def header(self) -> bytes:
        """First line of its journal."""
        return self.key.encode() + b"\n"


class StageManifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a finished stage was and did; rows in = rows with an accepted row + rejected.

    `cost` is `spent` at the prices of the run that finished it, no matter which run paid.
    `left_out` are parameters that the endpoint did not accept: the model was asked without them,
    whatever the stage's settings say. `seal` is a hash of all other fields; "" in files of old.
    """

    stage: BuildingStage
    rows_in: int
    accepted: int
    rejected: int
    tallies: tuple[Tally, ...]
    spent: Spent
    cost: float = 0.0
    left_out: tuple[str, ...] = ()
    files: tuple[StageFile, ...]
    seal: str = ""

    @property
    def key(self) -> str:
        """The key of the stage that it finished."""
        return self.stage.key

    @property
    def marks(self) -> Iterator[FileMark]:
        """Its files as `ultralink_data.completion` checks them."""
        return (FileMark(name=f.name, sha256=f.sha256, bytes=f.bytes) for f in self.files)


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


def finished(out: Path, stage: BuildingStage, *, replace: bool = False) -> StageManifest | None:
    """The manifest if this same stage is finished and its files are complete; else None.

    Also None if it was killed while writing them, or if a file was changed since; with `replace`
    also if `out` was made with other settings, or by a run whose manifest is damaged: the files
    will be written again.

    Raises:
        ConfigError: `out` was made by another stage, input, configuration or code, or by nobody
            knows what.
    """
    paths = stage_paths(out)
    found = look(paths.manifest, StageManifest, stage.key)
    if found.marker is None:
        mine = not out.exists() or _is_under_way(paths, stage)
        if not mine and (found.state == "absent" or not replace):
            raise taken(out, found, hint="choose another name, or move it away")
    elif found.state == "other" and not replace:
        hint = "choose another name, or remove the file and its manifest"
        made = found.marker.stage
        raise taken(out, found, hint=hint, by=made.name, others=differing(made.parts, stage.parts))
    if found.done and _is_under_way(paths, stage):  # killed just before it dropped its journal
        paths.journal.unlink(missing_ok=True)
    return found.done


def _is_under_way(paths: StagePaths, stage: BuildingStage) -> bool:
    """Whether the journal belongs to this same stage; `out` then holds its own partial files."""
    try:
        with paths.journal.open("rb") as file:
            return file.readline() == stage.header
    except OSError:
        return False


def sha256(path: Path, advance: Callable[[int], None] | None = None) -> str:
    """Hash of an input; `advance` is called with the number of bytes of each part read.

    Raises:
        PrerequisiteError: it cannot be read.
    """
    try:
        return hash_file(path, advance)
    except OSError as error:
        raise PrerequisiteError(
            f"cannot read {path}: {error.strerror or error}", hint="check the path"
        ) from error


Advance = Callable[[int, int], None]
"""Called with the rows done and the rows that stay open."""


Price = Callable[[float, float], float]
"""What so many prompt and reply tokens cost."""


def free(prompt_tokens: float, completion_tokens: float) -> float:
    """The price where no model is asked or no price is known."""
    return 0.0


def ignore(done: int, still_open: int) -> None:
    """No progress shown."""
