"""All benchmark problems in one index, and the decision whether a row is one of them.

The index is built once from every language of every benchmark; each row is then looked up in it,
never compared with all problems. One piece of evidence of full strength is enough, and so are two
of different kinds at half strength, such as matching numbers and half of the words.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from ultralink_data.checking.decontaminate.background import NO_BACKGROUND, Background
from ultralink_data.checking.decontaminate.code_shape import ShapeIndex
from ultralink_data.checking.decontaminate.examples import ExampleIndex
from ultralink_data.checking.decontaminate.items import BenchmarkItem, Evidence, Hit
from ultralink_data.checking.decontaminate.ngrams import TextIndex
from ultralink_data.checking.decontaminate.number_signature import NumberIndex
from ultralink_data.checking.decontaminate.number_words import NumbersOf, numbers_of
from ultralink_data.dialogue import Dialogue

TOGETHER: Final = 1.2
"""Strength that several kinds of evidence must add up to where none is enough alone."""
LEAST: Final = 0.4
"""An evidence weaker than this adds nothing."""
_HUMAN_EVAL: Final = re.compile(r"human[^a-z0-9]+eval")


class BenchmarkIndex:
    """The problems of benchmarks, to look training rows up in; `common` is what the rows have.

    Memory goes with the benchmarks (about 20 MB for MGSM, HumanEval and OMGEval in five
    languages), not with the rows.
    """

    def __init__(
        self,
        items: Iterable[BenchmarkItem],
        common: Background = NO_BACKGROUND,
        read_numbers: NumbersOf = numbers_of,
    ) -> None:
        numbers: dict[tuple[str, str], int] = {}
        numbered = [
            (numbers.setdefault((item.task, item.problem_id), len(numbers)), item) for item in items
        ]
        self.problems = tuple(numbers)
        self._ids = {
            _id_parts(name): problem
            for problem, item in numbered
            for name in (item.problem_id, *item.aliases)
        }
        self._id_lengths = sorted({len(parts) for parts in self._ids if len(parts) > 1})
        self._id_starts = frozenset(parts[0] for parts in self._ids if parts)
        self._text = TextIndex(numbered)
        self._numbers = NumberIndex(numbered, read_numbers, common.numbers)
        self._shapes = ShapeIndex(numbered, common.runs)
        self._examples = ExampleIndex(numbered)

    def find(self, row: Dialogue) -> tuple[Hit, ...]:
        """The problems that `row` is, by task and id; none for a clean row."""
        found: dict[int, list[Evidence]] = defaultdict(list)
        by_id = self._by_id(row)
        if by_id is not None:
            found[by_id[0]].append(by_id[1])
        for evidence in (
            self._text.find(row.turns),
            self._numbers.find(row.turns, row.language),
            self._shapes.find(row.turns),
            self._examples.find(row.turns),
        ):
            for problem, one in evidence.items():
                found[problem].append(one)
        hits = []
        for problem, evidence_of in found.items():
            if is_hit(evidence_of):
                task, problem_id = self.problems[problem]
                hits.append(Hit(task=task, problem_id=problem_id, evidence=tuple(evidence_of)))
        return tuple(sorted(hits, key=lambda hit: (hit.task, hit.problem_id)))

    def _by_id(self, row: Dialogue) -> tuple[int, Evidence] | None:
        names = (row.provenance.source_id, row.provenance.parent_id, row.id)
        for name in dict.fromkeys(filter(None, names)):
            parts = _id_parts(name)
            problem = self._named(parts)
            if problem is None and any(map(_is_split, parts)):
                problem = self._named(tuple(part for part in parts if not _is_split(part)))
            if problem is not None:
                detail = f"named {name}"
                return problem, Evidence(
                    kind="source_id", strength=1.0, language=row.language, detail=detail
                )
        return None

    def _named(self, parts: tuple[str, ...]) -> int | None:
        """The problem whose id is among these parts of a row's id."""
        for start, part in enumerate(parts):
            for length in self._id_lengths if part in self._id_starts else ():
                problem = self._ids.get(parts[start : start + length])
                if problem is not None:
                    return problem
        return None


def is_hit(evidence: Iterable[Evidence]) -> bool:
    """Whether the evidence is enough: one piece of full strength, or several that add up."""
    strengths = [one.strength for one in evidence]
    return max(strengths) >= 1 or sum(s for s in strengths if s >= LEAST) >= TOGETHER


def _id_parts(name: str) -> tuple[str, ...]:
    """An id without case, leading zeros and kind of marks: of `HumanEval_07` humaneval and 7."""
    parts = re.findall(r"[a-z]+|\d+", _HUMAN_EVAL.sub("humaneval", name.casefold()))
    return tuple(part.lstrip("0") or "0" if part.isdigit() else part for part in parts)


def _is_split(part: str) -> bool:
    """Whether it may stand between task and number: `humaneval/test/7`, `mgsm_es_12`.

    "train" may not: the training rows of a set are numbered like its test rows.
    """
    return part == "test" or (len(part) == 2 and part.isalpha())
