"""Which margins a comparison uses, and where they come from: options, else those of the records."""

import argparse
from collections.abc import Sequence

import msgspec

from harness.comparing.given import GivenSide
from harness.experiment import profiles
from harness.experiment.margin_files import origin, read_margins
from harness.options.config_options import config_from, is_given
from harness.statistics.policy import Policy
from harness.statistics.verdict import Margins, ScoreMargins
from leaderboard.records import RunRecord


def margins_of(
    arguments: argparse.Namespace, sides: Sequence[GivenSide], policy: Policy
) -> tuple[ScoreMargins, tuple[str, ...]]:
    """The margins, and sentences that say whose they are.

    A margin of the policy holds before one that was given as an option, that before the one of the
    file that was given, and without a file that of the records' run, if all have the same.

    Raises:
        ConfigError: a margin that is no positive number.
    """
    own = config_from(arguments, ScoreMargins)
    given = [n for n in own.__struct_fields__ if is_given(arguments, ScoreMargins, n)]
    records = [record for side in sides for record in side.records]
    path = getattr(arguments, "margins", None)
    file = None if path is None else read_margins(path)
    recorded = {margins_in(record) for record in records} if file is None else {file.margins}
    of_run = recorded.pop() if len(recorded) == 1 else Margins()
    taken = {
        name: value
        for name in of_run.__struct_fields__
        if name not in given and (value := getattr(of_run, name)) is not None
    }
    notes = []
    if policy.has_margins:
        notes.append(f"margins from the policy {arguments.policy}, where it has one")
    if given:
        notes.append(f"margins from the command line: {_shown(own, given)}")
    if taken:
        if file is not None and path is not None:
            notes.append(origin(path, file))
        whose = "the file" if file is not None else f"the records, {_whose(records[0], of_run)}"
        notes.append(f"margins from {whose}: {_shown(of_run, list(taken))}")
    if len(recorded) > 1:
        notes.append("the records were made with several margins, so none of theirs is taken")
    return msgspec.structs.replace(own, **taken), tuple(notes)


def margins_in(record: RunRecord) -> Margins:
    """The margins of the run that a record is of; none for an `eval`, or a damaged config."""
    try:
        return msgspec.convert(record.config.get("margins", {}), Margins)
    except msgspec.ValidationError:
        return Margins()


def _whose(record: RunRecord, margins: Margins) -> str:
    known = record.profile in profiles.PROFILES
    if known and profiles.get(str(record.profile)).margins == margins:
        return f"those of profile {record.profile}"
    return f"set for that run of profile {record.profile}"


def _shown(margins: Margins, names: Sequence[str]) -> str:
    """The margins in words: points, percent of bits, or as they are."""
    parts = []
    for name in names:
        value = getattr(margins, name)
        if name == "accuracy":
            parts.append(f"accuracy {100 * value:g} pt")
        elif name == "bpb":
            parts.append(f"bpb {value:g} (log-ratio, about {100 * value:.1f} %)")
        else:
            parts.append(f"{name} {value:g}")
    return ", ".join(parts)
