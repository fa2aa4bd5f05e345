"""Families of tests: what holds in any language, in every language, and what is ruled out.

A family is the languages of one variant, task and metric. "Worse in any language" is a union of
tests, one-sided at 2.5 % with p-values adjusted by Holm; "non-inferior in every language" is an
intersection, whose members need no adjustment. Holm's p of a cell is in `Effect.p_holm`.
"""

from collections.abc import Sequence
from typing import Final

from leaderboard.effect_notes import HOLDS
from leaderboard.records import NON_ENGLISH, Effect
from leaderboard.table import Cell, Column, magnitude, p_cell, p_text

ALPHA: Final = 0.025
"""The one-sided level of a family's tests."""

HOLM_COLUMN: Final = Column(name="p Holm", align="right")

READING: Final = (
    "p Holm: one-sided, that a language is worse, adjusted over the languages of its task and "
    "metric (the family); an average is a test of its own"
)


def in_family(effects: Sequence[Effect], effect: Effect) -> list[Effect]:
    """The tested languages of an effect's variant, task and metric."""
    key = (effect.variant, effect.task, effect.metric)
    return [
        e
        for e in effects
        if (e.variant, e.task, e.metric) == key
        and e.language != NON_ENGLISH
        and e.p_holm is not None
    ]


def has_families(effects: Sequence[Effect]) -> bool:
    """Whether any family has two languages, so that an adjustment does something."""
    return any(e.p_holm is not None and len(in_family(effects, e)) > 1 for e in effects)


def holm_cell(effects: Sequence[Effect], effect: Effect | None) -> Cell:
    """The adjusted p of a language, empty for an average and outside a family."""
    if effect is None or effect.language == NON_ENGLISH:
        return Cell(text="")
    return p_cell(effect.p_holm if len(in_family(effects, effect)) > 1 else None)


def family_notes(effects: Sequence[Effect]) -> tuple[str, ...]:
    """What the families of the primary endpoints say, by variant and task."""
    worse, every = [], []
    for average in (effect for effect in effects if effect.primary):
        family = in_family(effects, average)
        if len(family) < 2:
            continue
        name = f"{average.variant}, {average.task} {average.metric}"
        worse.append(f"{name}: {_worse_in_any(family)}")
        if any(effect.margin is not None for effect in family):
            every.append(f"{name}: {_every(effects, average)}")
    notes = []
    if worse:
        notes.append(
            f"worse in any language (family: the languages of a task; one-sided 2.5 %, adjusted by "
            f"Holm): {'; '.join(worse)}"
        )
    if every:
        notes.append(
            "non-inferior in every language (intersection-union: each at 2.5 %, unadjusted): "
            f"{'; '.join(every)}"
        )
    return tuple(notes)


def family_answer(effects: Sequence[Effect]) -> tuple[str, ...]:
    """`family_notes` in a line: by variant, the languages that are worse after the adjustment."""
    found: dict[str, list[str]] = {}
    for average in (effect for effect in effects if effect.primary):
        family = in_family(effects, average)
        if len(family) < 2:
            continue
        told = found.setdefault(average.variant, [])
        worse = " ".join(code for code, p in _adjusted(family).items() if p < ALPHA)
        if worse:
            told.append(f"{average.task} {average.metric} ({worse})")
    if not found:
        return ()
    parts = [f"{name}: {', '.join(told) or 'none shown'}" for name, told in found.items()]
    return (f"worse in a language, adjusted over the languages (Holm): {'; '.join(parts)}",)


def _adjusted(family: Sequence[Effect]) -> dict[str, float]:
    """Each tested language with its p-value after the adjustment."""
    return {e.language: e.p_holm for e in family if e.p_holm is not None}


def _worse_in_any(family: Sequence[Effect]) -> str:
    tested = _adjusted(family)
    found = [f"{language} (p {p_text(p)})" for language, p in tested.items() if p < ALPHA]
    if found:
        return ", ".join(found)
    return f"none shown (least p {p_text(min(tested.values()))})"


def _every(effects: Sequence[Effect], average: Effect) -> str:
    """Whether all languages hold, those without a test among them."""
    key = (average.variant, average.task, average.metric)
    languages = [
        e for e in effects if (e.variant, e.task, e.metric) == key and e.language != NON_ENGLISH
    ]
    open_ = [f"{e.language} ({e.verdict})" for e in languages if e.verdict not in HOLDS]
    return f"not shown for {', '.join(open_)}" if open_ else "shown"


def ruled_out_notes(effects: Sequence[Effect]) -> tuple[str, ...]:
    """Of primary endpoints that show no difference: which effects they rule out all the same."""
    parts = []
    for effect in effects:
        if not effect.primary or effect.low is None or effect.high is None:
            continue
        if effect.low <= 0 <= effect.high and effect.p_value is not None:
            loss, gain = (magnitude(bound, effect.unit) for bound in (effect.low, effect.high))
            name = f"{effect.variant}, {effect.task} {effect.metric}"
            parts.append(f"{name}: a loss of more than {loss} and a gain of more than {gain}")
    return (f"no difference shown, but ruled out at 95 %: {'; '.join(parts)}",) if parts else ()
