"""What a benchmark provides to search for, and what is found."""

from typing import Final, Literal, get_args

import msgspec

EvidenceKind = Literal["source_id", "ngrams", "numbers", "code_shape", "examples"]
EVIDENCE_KINDS: Final[tuple[EvidenceKind, ...]] = get_args(EvidenceKind)


class BenchmarkItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One problem of a benchmark in one language; "" for a part it does not have.

    `problem_id` is the same in all languages. `question` is prose, `answer` the final answer of a
    word problem, `code` a whole Python program that solves it, `examples` program text with calls
    and their results (doctests, asserts). `aliases` are other names of the same problem, such as
    its row in the set it was translated from.
    """

    task: str
    problem_id: str
    language: str
    question: str
    answer: str = ""
    code: str = ""
    examples: str = ""
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check that there is something to search for."""
        if not self.problem_id.strip() or not self.task.strip():
            raise ValueError(f"a problem needs task and id, got {self.task!r}, {self.problem_id!r}")
        if not (self.question.strip() or self.code.strip()):
            raise ValueError(f"{self.problem_id}: it has neither question nor code")


class Evidence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One reason to think that a row is a problem of a benchmark.

    `strength` is 1 where this alone is enough, below 1 where it needs another; `language` is that
    of the benchmark text that matched; `detail` says what was found.
    """

    kind: EvidenceKind
    strength: float
    language: str
    detail: str


class Hit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A training row that is a problem of a benchmark, with all evidence of it."""

    task: str
    problem_id: str
    evidence: tuple[Evidence, ...]

    @property
    def kinds(self) -> tuple[EvidenceKind, ...]:
        """The kinds of evidence, strongest first."""
        ranked = sorted(self.evidence, key=lambda found: -found.strength)
        return tuple(dict.fromkeys(found.kind for found in ranked))
