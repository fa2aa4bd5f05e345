"""The report of a check: what was searched for and found, and whether it is too much."""

import hashlib
from pathlib import Path
from typing import Final, Literal

import msgspec

from ultralink_data.checking.check_config import CheckLimits
from ultralink_data.checking.check_rows import Flaw
from ultralink_data.checking.decontaminate.items import Evidence
from ultralink_data.checking.dedup import Duplicates, RowName
from ultralink_data.errors import DataError
from ultralink_data.json_text import json_value
from ultralink_data.store.dataset import Count
from ultralink_data.text.control_tokens import MarkReason

SCHEMA: Final = 1


class Against(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A benchmark that was searched for."""

    task: str
    languages: tuple[str, ...]
    problems: int


class RowHit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row that matches a benchmark problem, and the evidence."""

    row: RowName
    evidence: tuple[Evidence, ...]


class ItemHits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A problem found among the rows; a hit in one language counts for all of them."""

    task: str
    problem_id: str
    rows: tuple[RowHit, ...]


class LanguageCount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rows of a language and kind that were identified, and those in another language.

    `checked` is 0 for an unknown language.
    """

    language: str
    kind: str
    checked: int
    wrong: int


class WrongLanguage(RowName, frozen=True, kw_only=True, forbid_unknown_fields=True, order=True):
    """A row whose prose is in another language, and in which (older reports do not say)."""

    seen: str = ""


class MarkedRow(RowName, frozen=True, kw_only=True, forbid_unknown_fields=True, order=True):
    """A row whose text holds a control token or thinking: the first one, and its turn (from 0).

    The system turn has the number behind that of the last answer.
    """

    reason: MarkReason
    turn: int
    mark: str


class CheckReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything a check found; the same rows and benchmarks give the same report.

    `files` are the names and sha256 of what was read, `items_hash` covers every benchmark text.
    """

    schema: Literal[1]
    kind: Literal["check"]
    dataset: str
    files: dict[str, str]
    against: tuple[Against, ...]
    items_hash: str
    code_version: str
    limits: CheckLimits
    counts: tuple[Count, ...]
    hits: tuple[ItemHits, ...]
    duplicates: Duplicates
    languages: tuple[LanguageCount, ...]
    wrong_language: tuple[WrongLanguage, ...]
    flaws: tuple[Flaw, ...]
    marked: tuple[MarkedRow, ...] = ()

    @property
    def rows(self) -> int:
        """Rows that could be read."""
        return sum(count.rows for count in self.counts)

    @property
    def hit_rows(self) -> frozenset[RowName]:
        """The rows that are a problem of a benchmark."""
        return frozenset(hit.row for item in self.hits for hit in item.rows)

    @property
    def items_hit(self) -> dict[str, frozenset[str]]:
        """By task, the problems found among the rows; every task searched for has an entry."""
        found: dict[str, set[str]] = {one.task: set() for one in self.against}
        for item in self.hits:
            found[item.task].add(item.problem_id)
        return {task: frozenset(problems) for task, problems in found.items()}

    def complaints(self) -> tuple[str, ...]:
        """Why the dataset is not clean; empty if it is."""
        found = []
        if self.hits:
            found.append(
                f"{len(self.hits)} benchmark problems in {len(self.hit_rows)} rows; none is allowed"
            )
        flaws, limits = len(self.flaws), self.limits
        for name, count, limit, total in (
            ("exact duplicates", self.duplicates.extra("exact"), limits.exact, self.rows),
            ("near duplicates", self.duplicates.extra("near"), limits.near, self.rows),
            (
                "rows in another language",
                len(self.wrong_language),
                limits.wrong_language,
                self.rows,
            ),
            (
                "rows with control tokens or thinking",
                len(self.marked),
                limits.control_tokens,
                self.rows,
            ),
            ("lines that are no good rows", flaws, limits.flaws, self.rows + flaws),
        ):
            if count > limit * total:
                found.append(f"{count} {name} ({count / total:.1%}); at most {limit:.1%} is set")
        return tuple(found)


def encode(report: CheckReport) -> bytes:
    """Indented JSON with a line end; equal reports give equal bytes."""
    return msgspec.json.format(msgspec.json.encode(report, order="sorted"), indent=2) + b"\n"


def content_hash(report: CheckReport) -> str:
    """Hash of everything in a report except the dataset's name."""
    bare = msgspec.structs.replace(report, dataset="")
    return hashlib.sha256(encode(bare)).hexdigest()


def read_report(path: Path) -> CheckReport:
    """Read a report.

    Raises:
        DataError: no such file, or not a report; names the field.
    """
    try:
        return json_value(path.read_bytes(), CheckReport)
    except OSError as error:
        raise DataError(
            f"cannot read {path}: {error.strerror or error}", hint="check the path"
        ) from error
    except msgspec.DecodeError as error:
        raise DataError(
            f"{path}: {error}", hint="make it with `ultralink-bench data check -o FILE.json`"
        ) from error
