"""What a model says a text says, quantity by quantity; read strictly, and held against the text.

A reading counts only if it lists every number that the text has in digits, and no number that the
text cannot mean. The model sees nothing but the text, so that a reading is wrong or right by that
text alone.
"""

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

import msgspec

from ultralink_data.stage.asking import Failure
from ultralink_data.stage.json_reply import BadReplyError, bad_reply, read_object
from ultralink_data.text.digits import find_digits, plain, render
from ultralink_data.text.number_style import style_of
from ultralink_data.text.numbers import find_written, numbers_in
from ultralink_data.translation.number_forms import written_otherwise
from ultralink_data.translation.regions import prose

Relation = Literal["amount", "rate", "more", "fewer", "times", "times_fewer", "part"]
"""How a quantity stands to another: a plain amount; one for each of something; so much more or less
than, so many times as much or times less than something; a part of something."""

MOST_QUANTITIES = 40
"""Quantities of a text that is asked about; beyond it a list is long and seldom right."""

_LONGEST_REPLY = 20_000
_LONGEST_FIELD = 200
_LONGEST_VALUE = 40
_MOST_NAMED = 8
"""Numbers that are named where a reading leaves them out or invents them."""

_SMALL = 4
"""Whole numbers up to it may stand in words that no reader of numbers knows (twice, both)."""

_SMALL_PARTS = 12
"""Denominators up to it may, too (half, a fifth)."""

_FACTORS = tuple(Fraction(n) for n in (12, 100, 60, 1000))
"""A dozen, a percentage, minutes of an hour: a reading may count in the other unit."""


class SaidQuantity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A quantity as a reply gives it."""

    value: str | int | float
    unit: str | None = None
    what: str | None = None
    relation: Relation = "amount"
    to: str | None = None


class SaidQuestion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a text asks for, as a reply gives it."""

    unit: str | None = None
    what: str | None = None


class SaidReading(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole reply."""

    quantities: list[SaidQuantity]
    asked: SaidQuestion | None = None


class Quantity(msgspec.Struct, frozen=True, kw_only=True):
    """A quantity: its exact value, of what in which unit, and how it stands `to` something.

    `unit`, `what` and `to` are English words, in lower case.
    """

    value: Fraction
    unit: str = ""
    what: str = ""
    relation: Relation = "amount"
    to: str = ""

    def __str__(self) -> str:
        """In a few words: `3 miles walked (more, than Ann)`."""
        said = " ".join(filter(None, (render(self.value), self.unit, self.what)))
        relation = "" if self.relation == "amount" else self.relation
        beside = ", ".join(filter(None, (relation, self.to)))
        return f"{said[:80]} ({beside[:60]})" if beside else said[:80]


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """The quantities of a text in order, and what it asks for, if it does: without a value, as 0.

    `written` are the numbers that a reader finds in the text.
    """

    quantities: tuple[Quantity, ...]
    asked: Quantity | None = None
    written: frozenset[Fraction] = frozenset()


def numbers_of(text: str, language: str) -> list[Fraction]:
    """The numbers in a text's prose, in digits and words.

    Raises:
        ConfigError: an unknown language.
    """
    return numbers_in(prose(text), language)


def check_reading(reply: str, text: str, language: str) -> Failure | None:
    """Whether `read_reading` takes the reply."""
    try:
        read_reading(reply, text, language)
    except BadReplyError as error:
        return error.failure
    return None


def read_reading(reply: str, text: str, language: str) -> Reading:
    """The reading that a reply gives of `text`.

    Raises:
        BadReplyError: not the form asked for, too much of it, a value that is no number, a number
            in digits of the text left out, or one that the text does not have.
    """
    if len(reply) > _LONGEST_REPLY:
        raise bad_reply("long_reading", f"it has over {_LONGEST_REPLY:,} characters")
    said = read_object(reply, SaidReading)
    if len(said.quantities) > 2 * MOST_QUANTITIES:
        raise bad_reply("long_reading", f"it lists {len(said.quantities)} quantities")
    found = tuple(_quantity(one) for one in said.quantities)
    written = _check_against(found, text, language)
    asked = said.asked
    if asked is None or not (_word(asked.unit) or _word(asked.what)):
        return Reading(quantities=found, written=written)
    question = Quantity(value=Fraction(0), unit=_word(asked.unit), what=_word(asked.what))
    return Reading(quantities=found, asked=question, written=written)


def _quantity(said: SaidQuantity) -> Quantity:
    value, unit = _value(said.value), _word(said.unit)
    if not unit and isinstance(said.value, str) and said.value.rstrip().endswith("%"):
        unit = "percent"
    return Quantity(
        value=value, unit=unit, what=_word(said.what), relation=said.relation, to=_word(said.to)
    )


def _word(said: str | None) -> str:
    """A field in lower case with single spaces.

    Raises:
        BadReplyError: it is long.
    """
    text = said or ""
    if len(text) > _LONGEST_FIELD:
        raise bad_reply("long_reading", f"a field has over {_LONGEST_FIELD} characters")
    return " ".join(text.casefold().split())


def _value(said: str | int | float) -> Fraction:
    """The one number of a value.

    Raises:
        BadReplyError: none, several, or one that no text holds.
    """
    if isinstance(said, float) and not math.isfinite(said):
        raise bad_reply("no_value", "a value is no number; write it in digits, as 3, 2.5 or 3/4")
    text = said if isinstance(said, str) else repr(said)
    shown = text[:_LONGEST_VALUE]
    if len(text) <= _LONGEST_VALUE:
        digits = find_digits(plain(text), style_of("en"), fractions=True)
        values = [one.value for one in digits] or numbers_in(text, "en")
        if len(values) == 1:
            return values[0]
    raise bad_reply("no_value", f"{shown!r} is not one number; write it in digits, as 3, 2.5, 3/4")


def _check_against(found: tuple[Quantity, ...], text: str, language: str) -> frozenset[Fraction]:
    """Hold the listed numbers against those of the text, which are returned.

    Raises:
        BadReplyError: one is missing or invented.
    """
    said_text = prose(text)
    written = find_written(said_text, language)
    there = {abs(one.value) for one in written}
    there |= written_otherwise(said_text, said_text, written, language)
    listed = {abs(one.value) for one in found}
    said = listed | {part for value in listed for part in _parts(value)}
    for one in found:
        for field in (one.unit, one.what, one.to):
            said |= {abs(value) for value in numbers_in(field, "en")}
    missing = [
        value
        for value in dict.fromkeys(abs(one.value) for one in written if not one.spelled)
        if not any(other in said for other in _alike(value))
    ]
    if missing:
        raise bad_reply("missing_quantity", f"it leaves out {_listed(missing)}, which the text has")
    parts = there | {a / b for a in there for b in there if 0 < b <= 1000}
    invented = []
    for value in sorted(listed):
        small = value <= _SMALL and value.denominator <= (_SMALL_PARTS if value < 1 else 2)
        whole = Fraction(math.floor(value))
        mixed = whole in there and value - whole in parts  # 2 1/2
        if not (small or mixed or any(other in parts for other in _alike(value))):
            invented.append(value)
    if invented:
        detail = f"it lists {_listed(invented)}, which the text does not have; do not calculate"
        raise bad_reply("invented_quantity", detail)
    return frozenset(there)


def _listed(values: list[Fraction]) -> str:
    """The first of some numbers."""
    return ", ".join(render(value)[:_LONGEST_VALUE] for value in values[:_MOST_NAMED])


def _parts(value: Fraction) -> Iterator[Fraction]:
    """The numbers with which a fraction is written: those of 5/2, and of 2 1/2."""
    if value.denominator > 1:
        whole = Fraction(math.floor(value))
        yield whole
        yield from map(Fraction, (*value.as_integer_ratio(), (value - whole).numerator))


def _alike(value: Fraction) -> Iterator[Fraction]:
    """A value in the units in which it may be counted."""
    yield value
    for factor in _FACTORS:
        yield value * factor
        if value != factor:  # 12 is not found because a 1 is
            yield value / factor
