"""Checks that numbers, units, wrong sums and final answers stay the same."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

from ultralink_data import languages
from ultralink_data.stage.asking import Failure
from ultralink_data.text.digits import render
from ultralink_data.text.numbers import Written, find_written, numbers_in
from ultralink_data.translation.number_forms import decade_parts, is_rebate, written_otherwise
from ultralink_data.translation.ordinals import missing_ordinal
from ultralink_data.translation.regions import prose
from ultralink_data.translation.source_patterns import source_patterns
from ultralink_data.translation.turns import SourceTurn, passages_to_correct, without
from ultralink_data.translation.unit_words import (
    PERCENT,
    anywhere,
    at_number,
    before_number,
)
from ultralink_data.translation.vulgar_fractions import Slashed, Vulgar, other_part, slashed
from ultralink_data.unit_sizes import UNIT_DIMENSIONS

_LONG_ENOUGH = 3
"""Least value of a number in words that a translation of a math text must hold too."""

_LARGEST_IN_WORDS = 100
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b")
_EQUATION = re.compile(
    r"(?<![\w.,])\d[\d.,]*(?:\s*[-+*/x×÷·−]\s*\d[\d.,]*)+\s*=\s*\d[\d.,]*(?<![.,])(?![%\w]|\s*[-+*/×÷·−]\s*\d)"
)
_MARKED = re.compile(r"^####[ \t]*(.+?)[ \t]*$", re.MULTILINE)


def check_numbers(turn: SourceTurn, text: str) -> Failure | None:
    """Every number in digits is there, in digits or words; no new one in digits appeared.

    Numbers in words are checked in math texts only, from 3 up: elsewhere "two of them" is often
    "both of them" in another language.
    """
    kept = passages_to_correct(turn.text)
    source, target = prose(without(turn.text, kept)), _composed(prose(without(text, kept)))
    before, after = find_written(source, "en"), find_written(target, turn.language)
    counts = Counter(w.value for w in after)
    otherwise = written_otherwise(source, target, after, turn.language)
    there = set(counts) | otherwise
    thousandths = _thousandths(before, turn.language)
    there |= {value for value in thousandths if value * 1000 in there}
    clock = _clock(source)
    there |= {value for value in clock if value + 12 in there or not value}
    ours, theirs = Vulgar.of(source), Vulgar.of(target)
    there |= ours.wholes(there) | theirs.sums | slashed(source, theirs.parts)
    slashes, written_slashes = Slashed.of(source), Slashed.of(target)
    there |= written_slashes.sums
    in_fractions = slashes.numbers(there)
    there |= in_fractions | ours.wholes(there)
    required = [
        w
        for w in before
        if not w.spelled and not _is_single(w, source) and not _is_ordinal(w, source)
    ]
    if turn.kind == "math":
        required += [w for w in before if w.spelled and _is_exact(w, source)]
    lost = [w.value for w in required if w.value not in there]
    if turn.kind == "math":
        often = Counter(w.value for w in before if not w.spelled)
        loose = clock | otherwise | in_fractions
        exact = {v: n for v, n in often.items() if v > 1 and v not in loose}
        lost += [v for v, n in exact.items() if 0 < counts[v] < n]
    if lost:
        return Failure("numbers", f"the number {_shown(lost[0])} of the text is missing")
    cardinals = Counter(w.value for w in before if not _is_ordinal(w, source))
    more = (counts - cardinals).keys() | otherwise
    ordinal = missing_ordinal(source, target, more, turn.language)
    if ordinal is not None:
        return Failure("numbers", f"the text says {ordinal!r}, the translation has no such word")
    values = {w.value for w in before}
    other = other_part(source, target, values)
    if other is not None:
        return Failure("numbers", f"the fraction {other} is not in the text")
    known = (
        values
        | ours.sums
        | theirs.wholes(values | slashes.sums)
        | written_slashes.numbers(values | ours.sums | slashes.sums)
        | clock
        | {hour + 12 for hour in clock}
        | _months(source)
        | slashes.sums
    )
    known |= {value * 1000 for value in thousandths} | decade_parts(source, turn.language)
    new = [w.value for w in after if not w.spelled and w.value not in known]
    added = [value for value in new if not _implied(value, source)]
    if added:
        return Failure("numbers", f"the number {_shown(added[0])} is not in the text")
    return None


def _is_single(written: Written, source: str) -> bool:
    """Whether it is the 1 of "1 week", which other languages leave out."""
    return written.value == 1 and re.match(r"[ -][^\W\d_]{3}", source[written.end :]) is not None


def _is_ordinal(written: Written, source: str) -> bool:
    """Whether it is an ordinal such as "3rd", for which languages have words of their own.

    Another one in digits is still seen, as a new number.
    """
    return written.value <= _LARGEST_IN_WORDS and bool(_ORDINAL.match(source, written.end))


def _is_exact(written: Written, source: str) -> bool:
    """Whether a number in words counts: not "dozen", without a word elsewhere, nor "six-sided"."""
    said = source[written.start : written.end]
    return (
        written.value >= _LONG_ENOUGH
        and not source_patterns().loose.search(said)
        and source[written.end : written.end + 1] != "-"
    )


def _thousandths(before: Iterable[Written], language: str) -> set[Fraction]:
    """Numbers with three decimals, which read as groups where the comma is the decimal mark.

    `29,956` is 29.956 in good Spanish, and 29956 in the Spanish of many models: both are taken.
    """
    if languages.get(language).numbers.decimal_mark != ",":
        return set()
    return {w.value for w in before if w.decimals == 3 and w.value < 1000}


def _clock(source: str) -> set[Fraction]:
    """Hours of a clock of twelve that a language may write by one of 24, and their zero minutes."""
    hours = {
        Fraction(hour)
        for match in source_patterns().clock.findall(source)
        for hour in match
        if hour
    }
    return hours | {Fraction(0)} if hours else hours


def _months(source: str) -> set[Fraction]:
    """Numbers of the months that the source names."""
    months = enumerate(source_patterns().months, 1)
    return {Fraction(number) for number, name in months if name.search(source)}


def _implied(value: Fraction, source: str) -> bool:
    pattern = source_patterns().implied.get(abs(value))
    return pattern is not None and pattern.search(source) is not None


def _composed(text: str) -> str:
    """One form of letters that Unicode writes in two, Hindi ones with a dot among them."""
    return unicodedata.normalize("NFC", text)


def _shown(value: Fraction) -> str:
    return render(value)[:40]


def check_units(turn: SourceTurn, text: str) -> Failure | None:
    """A number keeps its unit: percent, currency, length, weight, volume, temperature, time."""
    source, target = prose(turn.text), _composed(prose(text))
    before, after = _units(source, "en"), _units(target, turn.language)
    for unit in sorted({unit for _, unit in before}):
        if any(unit == found for _, found in after) or anywhere(unit, turn.language).search(target):
            continue
        if unit == PERCENT and is_rebate(target, turn.language):
            continue
        return Failure("units", f"the unit {unit} of the text is missing; keep every unit")
    known = {unit for _, unit in before}
    for value, unit in sorted(after):
        if unit in known or anywhere(unit, "en").search(source):
            continue
        others = {
            u for v, u in before if v == value and UNIT_DIMENSIONS[u] == UNIT_DIMENSIONS[unit]
        }
        if others and not any((value, other) in after for other in others):
            detail = f"{_shown(value)} has the unit {others.pop()} in the text, not {unit}"
            return Failure("units", detail)
    return None


def _units(text: str, language: str) -> set[tuple[Fraction, str]]:
    """Numbers in digits with the units that stand at them."""
    found = set()
    for written in find_written(text, language):
        if written.spelled:
            continue
        before = text[max(0, written.start - 12) : written.start]
        after = text[written.end : written.end + 24]
        for unit, dimension in UNIT_DIMENSIONS.items():
            signed = dimension in ("currency", PERCENT)
            if at_number(unit, language).match(after) or (
                signed and before_number(unit, language).search(before)
            ):
                found.add((abs(written.value), unit))
    return found


def check_corrected(turn: SourceTurn, text: str) -> Failure | None:
    """A wrong sum of the text is wrong in the translation too."""
    kept = {_plain(*found) for found in _sums(prose(text), turn.language)}
    for left, right in _sums(prose(turn.text), "en"):
        if _result(left) != _number(right) and _plain(left, right) not in kept:
            shown = "".join(left) + f"={right}"
            return Failure("corrected", f"{shown[:60]} stands in the text; do not correct it")
    return None


def _sums(text: str, language: str) -> list[tuple[tuple[str, ...], str]]:
    """Equations of plain numbers: the left side in pieces, and the right side, marks normalised."""
    found = []
    for match in _EQUATION.finditer(text):
        left, _, right = match[0].partition("=")
        pieces = []
        for piece in re.findall(r"\d[\d.,]*\d|\d|[-+*/x×÷·−]", left):
            if piece[0].isdigit():
                values = numbers_in(piece, language)
                pieces.append(render(values[0]) if len(values) == 1 else "")
            else:
                pieces.append({"x": "*", "×": "*", "·": "*", "÷": "/", "−": "-"}.get(piece, piece))
        values = numbers_in(right.strip(), language)
        if "" not in pieces and len(values) == 1:
            found.append((tuple(pieces), render(values[0])))
    return found


def _plain(left: tuple[str, ...], right: str) -> str:
    return f"{''.join(left)}={right}"


def _number(text: str) -> Fraction:
    return Fraction(text)


def _result(pieces: tuple[str, ...]) -> Fraction | None:
    """The value of numbers and signs in turn, products before sums; None for a division by 0."""
    terms = [Fraction(pieces[0])]
    for sign, text in zip(pieces[1::2], pieces[2::2], strict=False):
        value = Fraction(text)
        if sign == "*":
            terms[-1] *= value
        elif sign == "/":
            if not value:
                return None
            terms[-1] /= value
        else:
            terms.append(value if sign == "+" else -value)
    return sum(terms, Fraction(0))


def check_final_answer(turn: SourceTurn, text: str) -> Failure | None:
    """The last line of a worked solution gives the same answer, in the words of the language."""
    if turn.kind != "math" or turn.user:
        return None
    marked = _MARKED.findall(turn.text)
    if marked and _values(marked, "en") != _values(_MARKED.findall(text), turn.language):
        return Failure("final_answer", f"the line `#### {marked[-1][:60]}` must stay as it is")
    answers = source_patterns().answer.findall(turn.text)
    if not answers:
        return None
    line = languages.get(turn.language).translate.answer_line
    wanted = line.replace("{answer}", answers[-1])
    opening, _, closing = (re.escape(part.strip()) for part in line.partition("{answer}"))
    last = text.strip().rpartition("\n")[2].strip(" *")
    found = re.match(rf"{opening.replace('：', '[：:]')}\s*(.+?){closing}[.。]?\Z", last)
    if found is None or _values(answers[-1:], "en") != _values([found[1]], turn.language):
        return Failure("final_answer", f"the last line must read: {wanted[:80]}")
    return None


def _values(answers: list[str], language: str) -> list[object]:
    """Answers as numbers where they are nothing else; as texts without space otherwise."""
    read: list[object] = []
    for answer in answers:
        bare = answer.strip().rstrip(".。").strip("$ €£")
        values = numbers_in(bare, language)
        digits = re.fullmatch(
            r"[-−]?[\d.,\s\u00a0\u202f\u0660-\u0669\u066b\u066c\u0966-\u096f]+", bare
        )
        read.append(values[0] if digits and len(values) == 1 else "".join(bare.split()))
    return read
