"""Earlier looks at an experiment: reports of it on other seeds.

An interval of 95 % holds for a number of seeds that was fixed before the results were seen. Who
looks, adds seeds and looks again until a difference is there finds one too often.
"""

from collections.abc import Sequence

import msgspec


class Look(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One earlier report of the same experiment: its seeds."""

    seeds: tuple[int, ...]


def look_notes(looks: Sequence[Look], seeds: Sequence[int]) -> tuple[str, ...]:
    """What was seen before these seeds were chosen, and what that means for the verdicts."""
    if not looks:
        return ()
    seen = sorted({seed for look in looks for seed in look.seeds})
    parts = []
    for verb, chosen in (
        ("added", [seed for seed in seeds if seed not in seen]),
        ("left out", [seed for seed in seen if seed not in seeds]),
    ):
        if chosen:
            word = "seed" if len(chosen) == 1 else "seeds"
            parts.append(f"{word} {_listed(chosen)} {verb}")
    what = " and ".join(parts) or "the number of seeds was changed"
    before = "; ".join(_listed(look.seeds) for look in looks)
    return (
        f"chosen after looking: {what} after this experiment had been reported with other seeds "
        f"({before}). Intervals, p-values and verdicts do not allow for that",
    )


def _listed(seeds: Sequence[int]) -> str:
    return ", ".join(map(str, seeds))
