"""What a run record says that its evaluation does not know."""

import msgspec

from leaderboard.contamination import Contamination
from leaderboard.records import TokenCount


class RunContext(msgspec.Struct, frozen=True, kw_only=True):
    """A record's fields from outside its evaluation: the experiment it belongs to, if any."""

    run_id: str
    model: str
    config: dict[str, object]
    experiment: str | None = None
    variant: str | None = None
    seed: int | None = None
    profile: str | None = None
    dataset_fingerprint: str | None = None
    trained: tuple[TokenCount, ...] = ()
    steps: int | None = None
    at_step: int | None = None
    contamination: Contamination | None = None
