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
from typing import Final, NamedTuple

from leaderboard.gate_records import RowFault
from tasks.grading.answer_extract import final_number
from tasks.grading.answer_phrases import answer_phrases
from ultralink_data.checking.check import Examiner
from ultralink_data.checking.decontaminate.items import Hit
from ultralink_data.checking.dedup import RowName
from ultralink_data.culture.keywords import keyword_findings
from ultralink_data.dialogue import Dialogue, Kind
from ultralink_data.text.damage import damage, is_repeated
from ultralink_data.text.numbers import numbers_in
from ultralink_data.text.sums import wrong_sum
from ultralink_data.text.units import normalise, stable_hash
from ultralink_data.translation.checks import CHECKS, check_turn
from ultralink_data.translation.translate import source_turn
from ultralink_data.whole.changed_rows import ChangedRow, plain

ENGLISH: Final = "en"

Sources = Mapping[tuple[Kind, str], Dialogue]
"""English rows by kind and id."""


REASONS: Final[Mapping[str, str]] = {
    "contaminated": "a problem of a benchmark",
    "control_token": "a control token or thinking in the text",
    "other_language": "prose in another language",
    "damaged": "a wrong encoding, markup, an escape or an unfilled place in the text",
    "roles_swapped": "question and answer have changed places",
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
    if before is not None and plain(before.turns) == plain(after.turns):
        return  # reformatted: no word of it has changed
    own = dict(_own_faults(after, looked))
    if own and before is not None:
        known = dict(_own_faults(before, looked))
        own = {reason: detail for reason, detail in own.items() if reason not in known}
    yield from own.items()
    if before is not None:
        yield from _against_baseline(before, after)


def _own_faults(row: Dialogue, looked: Looked) -> Iterator[tuple[str, str]]:
    """What can be told without the baseline."""
    seen = looked.examiner(row)
    if seen.hits:
        yield "contaminated", leak_text(seen.hits[0])
    if seen.mark is not None:
        turn, mark = seen.mark
        yield "control_token", f"turn {turn + 1}: {mark.text!r}"
    damaged = next(filter(None, map(damage, row.turns)), "") or _damaged_answer(row)
    if damaged:
        yield "damaged", damaged
    if seen.other_language is not None:
        yield "other_language", f"it reads as {seen.other_language}"
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
    for place in range(1, len(row.turns), 2) if row.kind != "code" else ():
        asked, said = row.turns[place - 1 : place + 1]
        if len(asked) >= _LONG and said.startswith(asked) and said != asked:
            return f"turn {place + 1} begins with its question"
        if is_repeated(said):
            return f"turn {place + 1} says all that it says again and again"
    return ""


def _against_baseline(before: Dialogue, after: Dialogue) -> Iterator[tuple[str, str]]:
    """What only the baseline's row of the same name tells."""
    swapped = tuple(
        turn for n in range(0, len(before.turns), 2) for turn in before.turns[n : n + 2][::-1]
    )
    if plain(after.turns) == plain(swapped):
        yield "roles_swapped", "its questions are the baseline's answers"
        return
    if len(before.turns) != len(after.turns):
        whole, left = plain(before.turns), plain(after.turns)
        if len(left) < len(whole) and left in (whole[: len(left)], whole[-len(left) :]):
            yield "truncated", f"{len(left)} of {len(whole)} turns are left"
        return
    if after.kind == "code" and _fences(before) and not _fences(after):
        yield "broken_code", "its code block is gone"
    for place, (was, now) in enumerate(zip(before.turns, after.turns, strict=True)):
        if now != was and (_is_part(now, was) if place % 2 else _is_cut(now, was)):
            yield "truncated", f"turn {place + 1}: {len(now)} of {len(was)} characters are left"
            break
    if after.kind == "math":
        yield from _other_numbers(before, after)


def _other_numbers(before: Dialogue, after: Dialogue) -> Iterator[tuple[str, str]]:
    """Only one of question and answer has other numbers than it had."""
    asked = plain(before.turns[:1]) == plain(after.turns[:1])
    if asked:
        numbers = [final_number_of(row) for row in (before, after)]
        if None not in numbers and numbers[0] != numbers[1]:
            yield "final_number", f"{numbers[0]} has become {numbers[1]}"
    elif plain(before.turns[1:]) == plain(after.turns[1:]):
        was, now = (sorted(numbers_in(row.turns[0], row.language)) for row in (before, after))
        if was != now:
            yield "final_number", "other numbers in the question, and the answer as it was"


def _is_part(now: str, was: str) -> bool:
    """Whether a text is another one with its end cut off, ellipsis or not, or most of its start.

    A short opening may go: "Sure! Here it is." is no loss.
    """
    kept = re.sub(r"(?:\.{3}|…)\Z", "", now.rstrip())
    if was.startswith(kept) and re.search(r"\w", was[len(kept) :]):
        return True
    return len(kept) < _LEFT * len(was) and kept in was


def _is_cut(now: str, was: str) -> bool:
    """Whether a question is the start of another one, without a third of it or more.

    Less may go: "Show your steps." is no loss, nor is the end of a template.
    """
    return len(now.rstrip()) < _LEFT * len(was) and was.startswith(now.rstrip())


def final_number_of(row: Dialogue) -> str | None:
    """The final number of the last answer of a row; None if it has none."""
    found = final_number(row.turns[-1], answer_phrases(row.language))
    return None if found is None else str(found.value)


_LONG: Final = 20
"""Characters of a question that no answer begins with by chance."""

_LEFT: Final = 2 / 3
"""The least share that may be left of an answer without its start, or of a question without its
end."""

_PYTHON: Final = re.compile(r"^```(?:python|py)[ \t]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


_FENCE: Final = re.compile(r"^[ \t]*```", re.MULTILINE)


def _fences(row: Dialogue) -> bool:
    """Whether an answer has a fenced block."""
    return any(_FENCE.search(answer) for answer in row.turns[1::2])


def _broken_code(row: Dialogue) -> str:
    """What is wrong with the first fenced Python of an answer of a code row; "" if nothing is."""
    if row.kind != "code":
        return ""
    for place in range(1, len(row.turns), 2):
        if len(_FENCE.findall(row.turns[place])) % 2:
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
        failure = check_turn(source_turn(source.turns, place, row.language, source.kind), text)
        if failure is not None:
            return f"turn {place + 1}, {failure.check}: {failure.detail}"
    return ""


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
    code = re.compile(rf"(?<![A-Za-z0-9]){re.escape(row.language)}(?![A-Za-z0-9])")
    for found in code.finditer(row.id):
        yield row.kind, f"{row.id[: found.start()]}{ENGLISH}{row.id[found.end() :]}"
    yield row.kind, row.id


def stale(
    rows: Iterable[Dialogue], changed: Sequence[ChangedRow], at_fault: Collection[RowName]
) -> Iterator[RowFault]:
    """Translations left as they are while numbers, units or code of their source changed.

    `rows` are all of the candidate; of the `changed` English rows those count that are `at_fault`
    for nothing themselves. What did not fit the baseline's source either is no new fault.
    """
    sources = {
        (row.after.kind, row.after.id): row
        for row in changed
        if row.before is not None
        and row.after.language == ENGLISH
        and row_name(row.after) not in at_fault
        and plain(row.before.turns) != plain(row.after.turns)
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
                said = f"only its source changed: {where}: {how} ({name[1]})"
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
