"""The language-independent half of a math word problem: which numbers, which arithmetic.

A template names its given numbers (shown in the question), the range of each, and one equation a
step; the prose of the five languages is kept apart in ``texts/``. All numbers are positive
integers below 2000.

Training and held-out problems never share their given numbers: a stable hash of the sorted
numbers, which knows neither seed nor template, gives every set of numbers to one split for good.
"""

import hashlib
import random
from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

Split = Literal["train", "held_out"]
Band = Literal["easy", "normal"]

UPPER_BOUND = 2000
EASY_LARGEST_OPERAND = 9
EASY_LARGEST_ANSWER = 18
_MAX_DRAWS = 20_000
_ANY = range(UPPER_BOUND)


class Equation(msgspec.Struct, frozen=True, kw_only=True):
    """One step ``target = left operator right``; an operand is a number's name or a constant."""

    target: str
    left: str
    operator: str
    right: str

    @classmethod
    def parse(cls, text: str) -> "Equation":
        """Read ``"x = a * b"``; ValueError for anything else."""
        parts = text.split(" ")
        if len(parts) != 5 or parts[1] != "=" or parts[3] not in "+-*/":
            raise ValueError(f"an equation must look like 'x = a * b', got {text!r}")
        return cls(target=parts[0], left=parts[2], operator=parts[3], right=parts[4])

    def operands(self, values: Mapping[str, int]) -> tuple[int, int]:
        """The two operands as numbers."""
        return _operand(self.left, values), _operand(self.right, values)

    def solve(self, values: Mapping[str, int]) -> int | None:
        """The result, or None for a division that leaves a remainder."""
        left, right = self.operands(values)
        if self.operator == "+":
            return left + right
        if self.operator == "-":
            return left - right
        if self.operator == "*":
            return left * right
        return None if left % right else left // right

    def render(self, values: Mapping[str, int]) -> str:
        """The arithmetic written out, such as ``4 * 3 = 12``; the same in every language."""
        left, right = self.operands(values)
        return f"{left} {self.operator} {right} = {values[self.target]}"


class MathTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of problem: its given numbers with their ranges and one equation a step."""

    id: str
    split: Split
    band: Band
    givens: tuple[tuple[str, range], ...]
    equations: tuple[Equation, ...]
    limits: tuple[tuple[str, range], ...] = ()
    """Ranges of step results that keep the story plausible: nobody walks 60 km a day."""

    @property
    def steps(self) -> int:
        """How many equations lead to the answer, 1 to 3."""
        return len(self.equations)

    @property
    def answer_name(self) -> str:
        """The name of the number that is the answer."""
        return self.equations[-1].target

    def given_numbers(self, values: Mapping[str, int]) -> tuple[int, ...]:
        """The numbers that the question shows, in the order of the template."""
        return tuple(values[name] for name, _ in self.givens)

    def draw(self, rng: random.Random) -> dict[str, int]:
        """Draw givens that fit this template and its split; returns givens and step results.

        ValueError if nothing fits within 20,000 tries.
        """
        for _ in range(_MAX_DRAWS):
            givens = {name: rng.choice(numbers) for name, numbers in self.givens}
            values = self._solve(givens)
            if values is not None and split_of_numbers(givens.values()) == self.split:
                return values
        raise ValueError(f"math template {self.id!r}: no numbers fit its equations and split")

    def _solve(self, givens: Mapping[str, int]) -> dict[str, int] | None:
        """All numbers of a problem, or None where one leaves the bounds of the band."""
        values = dict(givens)
        limits = dict(self.limits)
        # A sum over a single thing reads oddly; the easy band has too few pairs to do without.
        lowest = 1 if self.band == "easy" else 2
        for equation in self.equations:
            result = equation.solve(values)
            if result is None or not lowest <= result < UPPER_BOUND:
                return None
            values[equation.target] = result
            if result not in limits.get(equation.target, _ANY):
                return None
            if self.band == "easy" and not _is_easy(equation.operands(values), result):
                return None
        return values


def split_of_numbers(numbers: Iterable[int]) -> Split:
    """The split that owns these given numbers, whatever their order, the seed or the template.

    About two fifths belong to the held-out problems: the easy band has 36 different pairs a > b
    and needs at least a dozen of them on either side.
    """
    key = ",".join(str(number) for number in sorted(numbers))
    digest = hashlib.sha256(f"starter-math:{key}".encode()).digest()
    return "held_out" if int.from_bytes(digest[:8], "big") % 5 < 2 else "train"


def _is_easy(operands: tuple[int, int], result: int) -> bool:
    return max(operands) <= EASY_LARGEST_OPERAND and result <= EASY_LARGEST_ANSWER


def _operand(text: str, values: Mapping[str, int]) -> int:
    return int(text) if text.isdigit() else values[text]
