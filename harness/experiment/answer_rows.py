"""Rows of one answer each, which some chat templates need: more rows than there are dialogues."""

from collections.abc import Mapping

from harness.engine.graph import Made
from harness.experiment.nodes import Experiment
from harness.experiment.packed_facts import answer_rows


def answer_notes(experiment: Experiment, made: Mapping[str, Made]) -> tuple[str, ...]:
    """A sentence on the rows of each variant that are a further answer, for the plan."""
    found = {one.name: answer_rows(made[f"pack/{one.name}"]) for one in experiment.variants}
    parts = [f"{name}: {again:,} of {rows:,}" for name, (rows, again) in found.items() if again]
    return (f"rows that are another answer of their dialogue: {'; '.join(parts)}",) if parts else ()
