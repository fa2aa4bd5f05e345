"""What `train --report-to` names is told of the training."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from harness.engine.artefact_store import Store
from harness.engine.jobs import Job
from harness.progress.terminal import TERMINAL
from harness.tracking.following import Following
from harness.tracking.tracker import TrackedRun, Tracker, forgiving
from harness.tracking.trackers import begin


def follow(names: Sequence[str], job: Job, maker: Job, store: Store, out: Path) -> Following:
    """Trackers that follow the training `job`, which is called as its folder `out` is.

    `maker` is the job that trains: it may keep models in between.

    One that cannot begin is warned of; the training goes on without it.
    """
    run = TrackedRun(name=out.name, key=job.key, facts=_facts(job), folder=store.root / "tracking")
    found: dict[str, Tracker] = {}
    for name in dict.fromkeys(names):
        with forgiving(f"{name} cannot be told of the training", TERMINAL.warn):
            found[name] = begin(name, run)
            TERMINAL.say(f"{name}: {found[name].where}")
    return Following(store.work(maker.key), found, TERMINAL.warn)


def _facts(job: Job) -> dict[str, Any]:
    """The recipe of a training and what it is made from, as plain values by dotted name."""
    facts = dict(_flat("", msgspec.to_builtins(job.config)))
    facts |= {f"{name}.fingerprint": one.fingerprint for name, one in job.inputs.items()}
    return facts | {"model": Path(job.inputs["model"].path).name, "seed": job.seed}


def _flat(start: str, values: Mapping[str, Any]) -> Any:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(f"{start}{name}.", value)
        else:
            yield f"{start}{name}", value
