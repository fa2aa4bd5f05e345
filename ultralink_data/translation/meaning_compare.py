"""Compares what two texts were read to say: values exactly, units and relations by name.

Nouns are compared only as far as both readings use the same ones: of two translations of a word
neither is wrong. So "blue" and "pink" in each other's place are seen, and "pies" for "tarts" is not
taken for a difference.
"""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from ultralink_data.translation.quantities import Quantity, Reading, Relation
from ultralink_data.translation.source_patterns import source_patterns
from ultralink_data.translation.unit_words import PERCENT, at_number
from ultralink_data.unit_sizes import UNIT_DIMENSIONS, UNIT_SIZES

_SPANS: dict[str, tuple[str, int]] = {
    "second": ("second", 1),
    "minute": ("second", 60),
    "hour": ("second", 3600),
    "day": ("day", 1),
    "week": ("day", 7),
    "month": ("month", 1),
    "year": ("month", 12),
}
"""Spans of time: what each is counted in, and how many of it."""

_SPAN_WORDS = re.compile(
    r"\b(?:(second|minute|hour|week|month|year)(?:s|ly)?|(day|daily)s?|(weekday|weekend)s?"
    r"|(night|morning|evening|afternoon)s?|(annual)(?:ly)?)\b"
)
_SPAN_NAMES = {"daily": "day", "annual": "year"}
_DOZEN = re.compile(r"\bdozens?\b")
_WORD = re.compile(r"[^\W\d_]{3,}")
_PLURAL = re.compile(r"(?<=[xsh])es$|(?<!s)s$")
_PLURAL_Y = re.compile(r"(?<=..)ies$")
_PER = re.compile(r"\s*(?:\bper\b|\ba\b|/)\s*")

_FORMS: dict[Relation, str] = {
    "amount": "plain",
    "rate": "plain",
    "more": "more",
    "fewer": "fewer",
    "times": "times",
    "times_fewer": "part",
    "part": "part",
}
"""Relations as they are compared; whether an amount is a rate shows in its span of time."""


_CURRENCY = {"cent": "dollar"}
"""The currency whose part a unit is."""


class _Known(NamedTuple):
    """A quantity in comparable terms.

    `value` is in the basic unit of its `measure` ("" without a unit that is known), `spans` are the
    spans of time that it is for, `words` those that say of what it is and `to` those of its
    relation.
    """

    quantity: Quantity
    value: Fraction
    measure: str
    unit: str
    form: str
    spans: frozenset[str]
    words: frozenset[str]
    to: frozenset[str]


def differences(source: Reading, translation: Reading) -> tuple[str, ...]:
    """What the two texts say differently, each in a sentence; none if they say the same."""
    ours = [_known(quantity) for quantity in source.quantities]
    theirs = [_known(quantity) for quantity in translation.quantities]
    shared = _vocabulary(source) & _vocabulary(translation)
    pairs, lost, added = _paired(ours, theirs, shared)
    found = [
        f"the text says {one.quantity}, which the translation does not say"
        for one in _unmatched(lost, ours, theirs, translation.written)
    ]
    found += [
        f"the translation says {one.quantity}, which the text does not say"
        for one in _unmatched(added, theirs, ours, source.written)
    ]
    for one, other in pairs:
        what = _difference(one, other, shared)
        if what:
            found.append(
                f"the text says {one.quantity} and the translation {other.quantity}: {what}"
            )
    found += _asked(source.asked, translation.asked, shared)
    return tuple(found)


def _known(quantity: Quantity) -> _Known:
    unit_text, per = _split_unit(quantity.unit)
    unit = unit_name(unit_text)
    value, measure = quantity.value, ""
    if _DOZEN.search(f"{quantity.unit} {quantity.what}"):
        value *= 12
    if unit in _SPANS:
        measure, size = _SPANS[unit]
        value *= size
    elif unit == PERCENT:
        value /= 100
    elif unit:
        value *= UNIT_SIZES.get(unit, Fraction(1))
        dimension = UNIT_DIMENSIONS[unit]
        # Units of one size, as metres and litres, differ by dimension; currencies by name.
        measure = _CURRENCY.get(unit, unit) if dimension == "currency" else dimension
    form = _FORMS[quantity.relation]
    if quantity.relation == "times_fewer" and value:
        value = 1 / value
    share = unit == PERCENT or (not unit and 0 < value < 1)
    if share and form in ("plain", "times"):
        form = "part"
    elif form == "part" and not share and value >= 1:
        form = "times"
    return _Known(
        quantity=quantity,
        value=value,
        measure=measure,
        unit=unit,
        form=form,
        spans=_spans(f"{per} {quantity.to}"),
        words=_words(quantity.what) | (_words(quantity.unit) if not unit else frozenset()),
        to=_words(quantity.to),
    )


def _split_unit(said: str) -> tuple[str, str]:
    """A unit, and for what it is, if it says so: `miles per hour`, `dollars/day`."""
    unit, *per = _PER.split(said, maxsplit=1)
    return unit, "".join(per)


@cache
def unit_name(said: str) -> str:
    """The name of a unit in English words, "" if it is none that is known."""
    for name in UNIT_DIMENSIONS:
        if at_number(name, "en").fullmatch(said) or said == name:
            return name
    match = _SPAN_WORDS.fullmatch(said)
    name = _span(match) if match else ""
    return name if name in _SPANS else ""


def _span(match: re.Match[str]) -> str:
    word = next(group for group in match.groups() if group)
    return _SPAN_NAMES.get(word, word)


def _spans(text: str) -> frozenset[str]:
    return frozenset(_span(match) for match in _SPAN_WORDS.finditer(text))


@cache
def _words(text: str) -> frozenset[str]:
    """The words that say of what something is, without their plural's ending."""
    empty = source_patterns().no_noun
    return frozenset(_stem(word) for word in _WORD.findall(text) if not empty.fullmatch(word))


def _stem(word: str) -> str:
    return _PLURAL_Y.sub("y", word) if _PLURAL_Y.search(word) else _PLURAL.sub("", word)


def _vocabulary(reading: Reading) -> frozenset[str]:
    asked = (reading.asked,) if reading.asked else ()
    parts = (_words(text) for one in (*reading.quantities, *asked) for text in (one.what, one.to))
    return frozenset().union(*parts)


def _paired(
    ours: Sequence[_Known], theirs: Sequence[_Known], shared: frozenset[str]
) -> tuple[list[tuple[_Known, _Known]], list[_Known], list[_Known]]:
    """Quantities of one value in pairs, the most alike first, and those that are left."""
    scored = sorted(
        (
            (-_likeness(one, other, shared), abs(n - m), n, m)
            for n, one in enumerate(ours)
            for m, other in enumerate(theirs)
            if _same_value(one, other)
        )
    )
    taken: dict[int, int] = {}
    free = set(range(len(theirs)))
    for _, _, n, m in scored:
        if n not in taken and m in free:
            taken[n] = m
            free.remove(m)
    pairs = [(ours[n], theirs[m]) for n, m in sorted(taken.items())]
    lost = [one for n, one in enumerate(ours) if n not in taken]
    return pairs, lost, [theirs[m] for m in sorted(free)]


def _same_value(one: _Known, other: _Known) -> bool:
    """Whether two quantities may be one: their values are equal, in units of one kind or as said.

    A rebate may be named by what is left to pay: 30 % off is 70 % of the price.
    """
    if one.measure == other.measure and one.value == other.value:
        return True
    if one.quantity.value == other.quantity.value:
        return True
    rest = PERCENT in (one.unit, other.unit) and one.value + other.value == 1
    return rest and "fewer" in (one.form, other.form)


def _likeness(one: _Known, other: _Known, shared: frozenset[str]) -> int:
    """How much two quantities of one value have in common."""
    return (
        4 * (one.form == other.form)
        + 2 * (one.unit == other.unit)
        + 2 * (one.spans == other.spans)
        + 3 * len(one.words & other.words & shared)
        + len(one.to & other.to & shared)
    )


def _unmatched(
    left: Sequence[_Known],
    own: Sequence[_Known],
    beside: Sequence[_Known],
    written: frozenset[Fraction],
) -> Iterator[_Known]:
    """Of the quantities that found no partner, those that count.

    A one is often not said at all; what a reading lists twice the other may list once; and a
    number that is `written` in the other text was left out by whoever read that.
    """
    for one in left:
        if abs(one.quantity.value) in written:
            continue
        twice = sum(_same_value(one, other) for other in own) > 1
        if one.value != 1 and not (twice and any(_same_value(one, other) for other in beside)):
            yield one


def _difference(one: _Known, other: _Known, shared: frozenset[str]) -> str:
    """In what two quantities of one value differ; "" if in nothing that is sure."""
    rebate = one.value != other.value and one.value + other.value == 1
    if one.form != other.form and not rebate:
        return f"{_named(one)} is not {_named(other)}"
    if one.value != other.value and not rebate and PERCENT in (one.unit, other.unit):
        return f"{one.unit or 'a number'} is not {other.unit or 'a number'}"
    if one.unit and other.unit and one.unit != other.unit and one.value != other.value:
        return f"{one.unit} is not {other.unit}"
    if one.measure and other.measure and one.measure != other.measure:
        return f"{one.unit} is not {other.unit}"
    if one.form == "plain" and one.spans != other.spans:
        return f"per {_listed(one.spans)} is not per {_listed(other.spans)}"
    for ours, theirs in ((one.words, other.words), (one.to, other.to)):
        if _elsewhere(ours, theirs, shared):
            return f"{_listed(ours & shared)} is not {_listed(theirs & shared)}"
    return ""


def _elsewhere(ours: frozenset[str], theirs: frozenset[str], shared: frozenset[str]) -> bool:
    """Whether each is of something that the other text knows, and of nothing in common."""
    a, b = ours & shared, theirs & shared
    return bool(a and b) and not a & b


def _named(one: _Known) -> str:
    return {"plain": "an amount", "times": "times as many"}.get(one.form, one.form)


def _listed(words: frozenset[str]) -> str:
    return " ".join(sorted(words)) or "nothing"


def _asked(one: Quantity | None, other: Quantity | None, shared: frozenset[str]) -> list[str]:
    """How what is asked for differs; nothing is known where one reading names none."""
    if one is None or other is None:
        return []
    ours, theirs = (_known(asked) for asked in (one, other))
    units = ours.unit and theirs.unit and ours.unit != theirs.unit
    if units or _elsewhere(ours.words, theirs.words, shared):
        said = (" ".join(filter(None, (asked.what, asked.unit)))[:80] for asked in (one, other))
        return ["the text asks for {} and the translation for {}".format(*said)]
    return []
