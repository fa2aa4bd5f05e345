"""What each character of a text costs a model, so that models with other tokens can be compared.

A token's bits are spread evenly over the bytes of its characters. The cost of a slice of characters
is then the same whatever the tokens are, up to that spreading, and the slices add up to the whole.
"""

import math
from collections.abc import Sequence

from tasks.models.likelihood import Boundary


def character_bits(row: Boundary, log_probs: Sequence[float]) -> list[float]:
    """Bits of each character of a row's target, from `row.start` on.

    `log_probs` are the natural log-probabilities of the target tokens. A token without a character
    of its own (a further byte of one, or a blank left out of its span) is counted at the next
    character, at the end at the last.
    """
    text = row.text[row.start :]
    found = [0.0] * len(text)
    at = row.start
    for (begin, end), value in zip(row.offsets[row.first :], log_probs, strict=True):
        first, last = max(min(begin, at), row.start), max(end, at)
        if end <= begin or first >= len(row.text):
            first, last = min(at, len(row.text) - 1), min(at, len(row.text) - 1) + 1
        elif begin < at:  # a further byte of a character, whose span it shares
            first, last = begin, end
        at = max(at, end)
        span = row.text[first:last]
        sizes = [len(character.encode("utf-8", "surrogatepass")) for character in span]
        bits = -value / math.log(2)
        for place, size in enumerate(sizes, first - row.start):
            found[max(place, 0)] += bits * size / sum(sizes)
    return found
