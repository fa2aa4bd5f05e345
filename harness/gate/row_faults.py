"""What is wrong with rows that a candidate adds or changes, each with its reason.

A changed row is held against the baseline's row of the same name, and a translation against its
English source: the parent that its provenance names, or else the English row of the same kind
whose id is the same but for the language code in it. That holds for a translation that was
left as it is too, where its source has changed (`stale`). A fault that the baseline's row has as
well is not the candidate's.
"""

import ast
import re
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from harness.gate.lost_parts import final_number_of, is_open, lost_parts
from leaderboard.gate_records import RowFault
from ultralink_data.checking.check import Examiner
from ultralink_data.checking.decontaminate.items import Hit
from ultralink_data.checking.dedup import RowName
from ultralink_data.culture.keywords import keyword_findings
from ultralink_data.dialogue import Dialogue, Kind
from ultralink_data.text.damage import damage, is_no_answer, is_repeated, loops_at_end
from ultralink_data.text.sums import wrong_sum
from ultralink_data.text.units import normalise, stable_hash
from ultralink_data.translation.checks import CHECKS, check_turn
from ultralink_data.translation.translate import source_turn
from ultralink_data.translation.wording import declines
from ultralink_data.whole.changed_rows import ChangedRow, plain

ENGLISH: Final = "en"

Sources = Mapping[tuple[Kind, str], Dialogue]
"""English rows by kind and id."""


REASONS: Final[Mapping[str, str]] = {
    "contaminated": "a problem of a benchmark",
    "control_token": "a control token or thinking in the text",
    "other_language": "prose in another language",
    "damaged": "a wrong encoding, markup, an escape or an unfilled place in the text",
    "roles_swapped": "question and answer have changed places, or stand in one turn",
    "refusal": "an answer that declines",
    "same_words": "the same words before or after its answer as in other rows",
    "other_answer": "an answer that belongs to another question",
    "truncated": "an answer or dialogue of which only a part is left",
    "broken_code": "code that does not parse, or whose fence is gone",
    "wrong_sum": "an equation of numbers that does not hold",
    "final_number": "another final number under the same question, or other numbers in it",
    "translation": "it does not say what its English source says",
    "culture_specific": "a chat of one culture among the culture-agnostic ones",
    "duplicate": "a copy of another row",
}
"""Every reason for which a row can be faulted, in the order in which they are looked for."""


class Looked(NamedTuple):
    """What the faults of a row are told by."""

    examiner: Examiner
    sources: Sources
    before: Sources = MappingProxyType({})
    """The baseline's, which its own rows are held against."""


def faults_of(row: ChangedRow, looked: Looked) -> Iterator[RowFault]:
    """The faults of a row that the baseline's does not have; at most one for each reason."""
    for reason, detail in _found(row, looked):
        yield fault(reason, row.after, detail)


def fault(reason: str, row: Dialogue, detail: str) -> RowFault:
    """A fault of a row."""
    return RowFault(reason=reason, row=row_name(row), detail=detail)


def leak_text(hit: Hit) -> str:
    """The problem of a benchmark that a row holds."""
    return f"{hit.task} {hit.problem_id}"


def _found(row: ChangedRow, looked: Looked) -> Iterator[tuple[str, str]]:
    before, after = row
    if before is not None and plain(before.texts) == plain(after.texts):
        return  # reformatted: no word of it has changed
    own = dict(_own_faults(after, looked))
    if own and before is not None:
        known = dict(_own_faults(before, looked._replace(sources=looked.before)))
        own = {reason: detail for reason, detail in own.items() if reason not in known}
    yield from own.items()
    if before is not None:
        for reason, detail in lost_parts(before, after):
            if reason not in own:
                yield reason, detail


def _own_faults(row: Dialogue, looked: Looked) -> Iterator[tuple[str, str]]:
    """What can be told without the baseline."""
    seen = looked.examiner(row)
    if seen.hits:
        yield "contaminated", leak_text(seen.hits[0])
    if seen.mark is not None:
        turn, mark = seen.mark
        place = f"turn {turn + 1}" if turn < len(row.turns) else "system turn"
        yield "control_token", f"{place}: {mark.text!r}"
    damaged = next(filter(None, map(damage, row.texts)), "") or _damaged_answer(row)
    if damaged:
        yield "damaged", damaged
    if seen.other_language is not None:
        yield "other_language", f"it reads as {seen.other_language}"
    said = (answer for answer in row.turns[1::2] if len(answer) < _NO_MORE)
    if any(declines(answer, row.language) for answer in said):
        yield "refusal", "a short answer that opens as refusals do"
    broken = _broken_code(row)
    if broken:
        yield "broken_code", broken
    sums = [wrong_sum(answer, row.language) for answer in row.turns[1::2] if row.kind == "math"]
    if any(sums):
        yield "wrong_sum", next(filter(None, sums))
    source = source_of(row, looked.sources)
    if source is not None:
        failure = _untrue(row, source)
        if failure:
            yield "translation", failure
    if row.kind == "chat_agnostic":
        english = row if row.language == ENGLISH else source
        found = keyword_findings(english.turns) if english is not None else ()
        if found:
            yield "culture_specific", f"{found[0].name}: {found[0].evidence}"


def _damaged_answer(row: Dialogue) -> str:
    """What only an answer that was put together wrongly is; "" if it is not."""
    rounds: list[tuple[str, ...]] = []
    for place in range(1, len(row.turns), 2) if row.kind != "code" else ():
        asked, said = row.turns[place - 1 : place + 1]
        if len(asked) >= _LONG and said.startswith(asked) and said != asked:
            return f"turn {place + 1} begins with its question"
        if is_repeated(said):
            return f"turn {place + 1} says all that it says again and again"
        if piece := loops_at_end(said):
            return f"turn {place + 1} ends with the same again and again: {piece[:40]!a}"
        if is_no_answer(said):
            return f"turn {place + 1} is no answer: {said[:20]!a}"
        if len(said) >= _LONG and row.turns[place - 1 : place + 1] in rounds:
            return f"turn {place + 1} says again what an earlier round says"
        rounds.append(row.turns[place - 1 : place + 1])
    return ""


_LONG: Final = 20
"""Characters of a question that no answer begins with by chance."""

_NO_MORE: Final = 200
"""Characters of an answer from which on it says more than that it cannot."""

_PYTHON: Final = re.compile(
    r"^```(?:python|py)[ \t]*\n(.*?)^```", re.MULTILINE | re.DOTALL | re.IGNORECASE
)


def _broken_code(row: Dialogue) -> str:
    """What is wrong with the first fenced Python of an answer of a code row; "" if nothing is."""
    if row.kind != "code":
        return ""
    for place in range(1, len(row.turns), 2):
        if is_open(row.turns[place]):
            return f"turn {place + 1}: a code block without an end"
        for block in _PYTHON.findall(row.turns[place]):
            if said := _unparsed(block):
                return f"turn {place + 1}: {said}"
    return ""


def _unparsed(code: str) -> str:
    """Why a text is no Python; "" if it is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(code)
    except SyntaxError as error:
        return str(error.msg)
    except (ValueError, RecursionError, MemoryError):
        return "it cannot be parsed"
    return ""


def _untrue(row: Dialogue, source: Dialogue) -> str:
    """The first check of translations that a turn fails against its source; "" if all pass."""
    if len(row.turns) != len(source.turns):
        return f"{len(row.turns)} turns, its source has {len(source.turns)}"
    for place, text in enumerate(row.turns):
        turn = source_turn(source.turns, place, row.language, source.kind)
        failure = check_turn(turn, text)
        if failure is not None and failure.check == _FINAL and _same_result(source, row):
            failure = check_turn(turn, text, without=(_FINAL,))
        if failure is not None:
            return f"turn {place + 1}, {failure.check}: {failure.detail}"
    return ""


_FINAL: Final = "final_answer"
"""The check that asks for the wording of our own translations as well as for the number."""


def _same_result(source: Dialogue, row: Dialogue) -> bool:
    """Whether a translation comes to the number of its source, in whatever words."""
    number = final_number_of(source)
    return number is not None and number == final_number_of(row)


_FACTS: Final = ("code_blocks", "addresses", "numbers", "units")
"""Checks of translations that hold for a source in other words, if it says the same."""


def _other_facts(row: Dialogue, source: Dialogue) -> dict[str, str]:
    """Values, code and addresses in which a row differs from its source: where, and how."""
    if len(row.turns) != len(source.turns):
        return {"turns": f"{len(row.turns)}, its source has {len(source.turns)}"}
    found = {}
    for place, text in enumerate(row.turns):
        turn = source_turn(source.turns, place, row.language, source.kind)
        for name in _FACTS:
            failure = CHECKS[name](turn, text)
            if failure is not None:
                found[f"turn {place + 1}, {name}"] = failure.detail
    return found


def source_of(row: Dialogue, sources: Sources) -> Dialogue | None:
    """The English row that a row was translated from, if it is known."""
    return next((sources[name] for name in source_names(row) if name in sources), None)


def source_names(row: Dialogue) -> Iterator[tuple[Kind, str]]:
    """What the English row that a row was translated from may be called; likeliest first."""
    if row.language == ENGLISH:
        return
    if row.provenance.parent_id is not None:
        yield row.kind, row.provenance.parent_id
    if row.kind == "chat_specific":
        return  # written in its own language, whatever it is called
    code = re.compile(rf"(?<![A-Za-z0-9]){re.escape(row.language)}(?![A-Za-z0-9])")
    for found in code.finditer(row.id):
        yield row.kind, f"{row.id[: found.start()]}{ENGLISH}{row.id[found.end() :]}"
    yield row.kind, row.id


ONLY_SOURCE: Final = "only its source changed"
"""How the details of translations that were left as they are begin."""


def stale(
    rows: Iterable[Dialogue], changed: Sequence[ChangedRow], at_fault: Collection[RowName]
) -> Iterator[RowFault]:
    """Translations left as they are while numbers, units or code of their source changed.

    `rows` are all of the candidate; of the `changed` English rows those count that are `at_fault`
    for nothing themselves. Rounds that a source gets at its end leave its translations as true as
    they were. What did not fit the baseline's source either is no new fault.
    """
    sources = {
        (row.after.kind, row.after.id): row
        for row in changed
        if row.before is not None
        and row.after.language == ENGLISH
        and row_name(row.after) not in at_fault
        and plain(row.before.turns) != plain(row.after.turns)[: len(row.before.turns)]
    }
    named = {row_name(row.after) for row in changed}
    english: set[tuple[Kind, str]] = set()
    kept: list[Dialogue] = []
    for row in rows if sources else ():
        if row.language == ENGLISH:
            english.add((row.kind, row.id))
        elif row_name(row) not in named and any(name in sources for name in source_names(row)):
            kept.append(row)
    for row in kept:
        name = next(name for name in source_names(row) if name in english)
        source = sources.get(name)
        if source is None or source.before is None:
            continue
        known = _other_facts(row, source.before)
        for where, how in _other_facts(row, source.after).items():
            if where not in known:
                said = f"{ONLY_SOURCE}: {where}: {how} ({name[1]})"
                yield fault("translation", row, said)
                break


def copies(rows: Iterable[Dialogue], changed: Sequence[ChangedRow]) -> Iterator[RowFault]:
    """Added and changed rows whose words another row of the candidate has; `rows` are all of them.

    Rows that were copies of each other in the baseline, and were changed alike, are at no fault.
    """
    new = {row_name(row.after): _key(row.before) for row in changed}
    first: dict[_Key, RowName] = {}
    again: list[tuple[RowName, _Key]] = []
    for row in rows if new else ():
        name, key = row_name(row), _key(row)
        if name in new:
            again.append((name, key))
        else:
            first.setdefault(key, name)
    for name, key in again:
        other = first.setdefault(key, name)
        if other != name and (new[name] is None or new[name] != new.get(other)):
            yield RowFault(reason="duplicate", row=name, detail=f"of {other.id}")


_Key = tuple[int, ...] | None


def _key(row: Dialogue | None) -> _Key:
    """Hashes of the words of the turns of a row."""
    return None if row is None else tuple(stable_hash(normalise(turn)) for turn in row.turns)


def row_name(row: Dialogue) -> RowName:
    """The name under which a row is faulted."""
    return RowName(language=row.language, kind=row.kind, id=row.id)
