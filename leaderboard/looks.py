"""Earlier looks at an experiment: reports of it on other seeds, or with other margins.

An interval of 95 % holds for a number of seeds that was fixed before the results were seen. Who
looks, adds seeds and looks again until a difference is there finds one too often; who sets the
margin after looking can have any verdict.
"""

from collections.abc import Mapping, Sequence

import msgspec


class Look(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One earlier report of the same experiment: its seeds and margins (by scale)."""

    seeds: tuple[int, ...]
    margins: dict[str, float]


def look_notes(
    looks: Sequence[Look], seeds: Sequence[int], margins: Mapping[str, float]
) -> tuple[str, ...]:
    """What was seen before seeds and margins were chosen, and what that means for verdicts."""
    others = [look for look in looks if set(look.seeds) != set(seeds)]
    changed = list(dict.fromkeys(_margins(look.margins) for look in looks))
    changed = [text for text in changed if text != _margins(margins)]
    notes = _seed_notes(others, seeds) if others else ()
    if changed:
        notes += (
            f"margins set after looking: this experiment had been reported with "
            f"{' and with '.join(changed)}, now {_margins(margins)}. Verdicts that depend on the "
            "margin do not allow for that",
        )
    return notes


def _margins(margins: Mapping[str, float]) -> str:
    """Margins in words; None is none."""
    texts = [f"{name} {value:g}" for name, value in sorted(margins.items())]
    return f"margins {', '.join(texts)}" if texts else "no margins"


def _seed_notes(looks: Sequence[Look], seeds: Sequence[int]) -> tuple[str, ...]:
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
    before = "; ".join(dict.fromkeys(_listed(look.seeds) for look in looks))
    return (
        f"chosen after looking: {what} after this experiment had been reported with other seeds "
        f"({before}). Intervals, p-values and verdicts do not allow for that",
    )


def _listed(seeds: Sequence[int]) -> str:
    return ", ".join(map(str, seeds))
