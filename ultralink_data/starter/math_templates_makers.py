"""Short ways to write a math template: what the tables of `math_templates_*` are made of.

A range is written (low, high) or (low, high, stride), ends included, and keeps its story plausible
(a train does 60 to 120 km an hour); `limits` does the same for results (a horse weighs 300 kg or
more). Draws that leave a remainder, turn negative or reach 2000 are drawn again by
`MathTemplate.draw`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from ultralink_data.starter.math_templates import Band, Equation, MathTemplate, Split

_Range = tuple[int, int] | tuple[int, int, int]
NO_LIMITS: Mapping[str, _Range] = MappingProxyType({})


def train(
    id: str, steps: str, limits: Mapping[str, _Range] = NO_LIMITS, /, **givens: _Range
) -> MathTemplate:
    """A training template: steps such as ``"x = a * b; y = x - c"`` and a range for each given."""
    return _template("train", "normal", id, steps, limits, givens)


def held_out(
    id: str, steps: str, limits: Mapping[str, _Range] = NO_LIMITS, /, **givens: _Range
) -> MathTemplate:
    """A held-out template, written as in `train`."""
    return _template("held_out", "normal", id, steps, limits, givens)


def easy(split: Split, id: str, step: str) -> MathTemplate:
    """One step on single digits a and b; sums and products have pairs enough without a 1."""
    low = 1 if " - " in step else 2
    return _template(split, "easy", id, step, NO_LIMITS, {"a": (low, 9), "b": (low, 9)})


def _template(
    split: Split,
    band: Band,
    id: str,
    steps: str,
    limits: Mapping[str, _Range],
    givens: Mapping[str, _Range],
) -> MathTemplate:
    return MathTemplate(
        id=id,
        split=split,
        band=band,
        givens=tuple((name, _numbers(*bounds)) for name, bounds in givens.items()),
        equations=tuple(Equation.parse(step) for step in steps.split("; ")),
        limits=tuple((name, _numbers(*bounds)) for name, bounds in limits.items()),
    )


def _numbers(low: int, high: int, stride: int = 1) -> range:
    return range(low, high + 1, stride)
