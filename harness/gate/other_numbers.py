"""Math: added rows that ask what another row asks, and come to another final number."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from harness.gate.lost_parts import final_number_of
from harness.gate.row_faults import fault, row_name
from leaderboard.gate_records import RowFault
from ultralink_data.checking.dedup import RowName
from ultralink_data.dialogue import Dialogue
from ultralink_data.text.units import normalise, stable_hash
from ultralink_data.whole.changed_rows import plain

Problem = tuple[str, int]
"""Language and the hash of all that comes before the last answer."""

Numbers = Mapping[Problem, Mapping[RowName, str]]
"""By problem, the final number of each row that asks it."""


def problems_of(rows: Iterable[Dialogue]) -> set[Problem]:
    """What rows of math ask."""
    return {problem(row) for row in rows if row.kind == "math"}


def problem(row: Dialogue) -> Problem:
    """What a row asks, whatever its blanks and case are."""
    return row.language, stable_hash("\n".join(map(normalise, plain(row.turns[:-1]))))


def numbers_to(rows: Iterable[Dialogue], wanted: Collection[Problem]) -> Numbers:
    """The final numbers of rows of math that ask one of the wanted problems."""
    found: defaultdict[Problem, dict[RowName, str]] = defaultdict(dict)
    for row in rows if wanted else ():
        if row.kind == "math" and problem(row) in wanted:
            number = final_number_of(row)
            if number is not None:
                found[problem(row)][row_name(row)] = number
    return found


def other_numbers(rows: Iterable[Dialogue], numbers: Numbers) -> Iterator[RowFault]:
    """Rows of math with a final number that no other row has that asks the same."""
    for row in rows:
        if row.kind != "math":
            continue
        said = dict(numbers.get(problem(row), {}))
        own = said.pop(row_name(row), None)
        if own is not None and said and own not in said.values():
            other, number = min(said.items())
            yield fault(
                "final_number", row, f"{own}, and {number} in {other.id}, which asks the same"
            )
