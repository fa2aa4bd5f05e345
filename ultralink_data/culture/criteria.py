"""The paper's seven criteria of culture-specific text, and verdicts by them.

Source: arXiv 2402.04588, section 3.2 ("Language-agnostic data"), and OpenBMB/UltraLink
sift_sharegpt.py, commit 6f967d8, which judges the same seven.
"""

from collections.abc import Iterable
from typing import Literal, get_args

import msgspec

from ultralink_data.stage.outcome import Finding

Criterion = Literal[
    "human_names",
    "code_formulas",
    "places",
    "conventions",
    "literature",
    "daily_life",
    "organisations",
]
"""Full human names; code and formulas; places; conventions, politics, history, religion; poetry,
myths, jokes, slang; food, clothes, furniture, buildings; organisations, companies, products and
brands."""

CRITERIA: tuple[Criterion, ...] = get_args(Criterion)
"""All seven, in the order of the paper."""


class CultureVerdict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was found in one conversation: each criterion that holds once, with its evidence.

    `by` says who looked. `complete` is True if a model judged all seven on the whole conversation;
    otherwise a criterion that is not found may not have been looked for: keywords cannot say "no",
    and judging a long conversation stops at the window that decides.
    """

    id: str
    language: str
    by: Literal["keywords", "model"]
    complete: bool
    findings: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        """Check that each criterion is known and found once."""
        names = [finding.name for finding in self.findings]
        if unknown := [name for name in names if name not in CRITERIA]:
            raise ValueError(f"unknown criterion {unknown[0]!r}")
        if len(set(names)) < len(names):
            raise ValueError(f"a criterion occurs twice: {', '.join(names)}")
        if self.complete and self.by == "keywords":
            raise ValueError("keywords never judge all criteria")

    @property
    def total(self) -> int:
        """The paper's score: how many of the seven hold."""
        return len(self.findings)

    def score(self, criterion: Criterion) -> int:
        """1 where the criterion was found, else 0."""
        return int(any(finding.name == criterion for finding in self.findings))


Score = Literal[0, 1]


class CultureLabel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person's labels for one conversation: the seven criteria, 0 or 1.

    `line` and `sha256` (without the line end) locate the row in a file that is not kept here;
    `evidence` are a few quoted words a criterion, `note` is free.
    """

    id: str
    human_names: Score
    code_formulas: Score
    places: Score
    conventions: Score
    literature: Score
    daily_life: Score
    organisations: Score
    line: int | None = None
    sha256: str = ""
    evidence: tuple[Finding, ...] = ()
    note: str = ""

    @property
    def total(self) -> int:
        """How many of the seven hold."""
        return sum(self.score(criterion) for criterion in CRITERIA)

    def score(self, criterion: Criterion) -> Score:
        """The label of one criterion."""
        found: Score = getattr(self, criterion)
        return found


def label(
    row_id: str, found: Iterable[str], *, evidence: tuple[Finding, ...] = (), note: str = ""
) -> CultureLabel:
    """The label of a row for which the criteria `found` hold.

    Raises:
        ValueError: an unknown criterion.
    """
    names = set(found)
    if unknown := names - set(CRITERIA):
        raise ValueError(f"unknown criterion {min(unknown)!r}")
    scores = {criterion: int(criterion in names) for criterion in CRITERIA}
    fields = scores | {"id": row_id, "evidence": evidence, "note": note}
    return msgspec.convert(fields, CultureLabel)


def first_of_each(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The first finding of each criterion, in the order of the criteria."""
    found: dict[str, Finding] = {}
    for finding in findings:
        found.setdefault(finding.name, finding)
    return tuple(found[name] for name in CRITERIA if name in found)
