"""What a comparison had to leave out, so that it can stand under the table with its count."""

from typing import Final

import msgspec

MISSING: Final = "MISSING"
"""The word that stands where one side of a comparison has no rows of a language to train on; the
text of such a gap begins with it."""


class Gap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that was measured, or asked for, and is in no number of a comparison.

    `language` is "" for all languages, `task` and `metric` are "" for all tasks. `text` says in a
    few words what is missing and on which side, with its count.
    """

    variant: str
    task: str
    metric: str
    language: str
    text: str


def gap_notes(gaps: tuple[Gap, ...], task: str = "", metric: str = "") -> tuple[str, ...]:
    """A note for each variant: what its comparison leaves out, of one task and metric or of all."""
    found: dict[str, dict[str, None]] = {}
    missing: dict[str, None] = {}
    for gap in gaps:
        if is_missing(gap):
            missing[f"{gap.language} {gap.text}"] = None
            continue
        if (task and gap.task not in ("", task)) or (metric and gap.metric not in ("", metric)):
            continue
        where = "" if task else " ".join(filter(None, (gap.task, gap.metric)))
        text = " ".join(filter(None, (where, gap.language, gap.text)))
        found.setdefault(gap.variant, {})[text] = None
    left_out = (f"left out of {variant}: {'; '.join(texts)}" for variant, texts in found.items())
    return (*missing, *left_out)


def is_missing(gap: Gap) -> bool:
    """Whether it says that one side has no rows of a language to train on."""
    return gap.text.startswith(MISSING)


def is_untaught(gap: Gap) -> bool:
    """Whether it is the variant, and not the reference, that has no rows of a language."""
    return gap.text.startswith(f"{MISSING} in {gap.variant}:")
