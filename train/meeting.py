"""Where the processes of a training meet: to wait for the main one, or to hear what it says.

The main process loads and saves a model while the others wait, which for a large one takes longer
than torch lets devices wait. So they meet over gloo, in a group of their own, with time enough; a
process that ends ends the wait of the others.
"""

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from train import checkpoints

_LONGEST_WAIT: Final = timedelta(days=7)


def is_several() -> bool:
    """Whether several processes train together, and have met."""
    import torch.distributed as dist

    return dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1


def is_main() -> bool:
    """Whether this is the process that writes."""
    import torch.distributed as dist

    return not is_several() or dist.get_rank() == 0


def wait_for_all() -> None:
    """Go on when all processes are here."""
    import torch.distributed as dist

    if is_several():
        dist.barrier(group=_patient())


def from_main(value: Any) -> Any:
    """What the main process says, in all; the `value` of the others does not matter."""
    import torch.distributed as dist

    if not is_several():
        return value
    said = [value]
    dist.broadcast_object_list(said, src=0, group=_patient())
    return said[0]


def all_agree(agrees: bool) -> bool:
    """Whether all processes say yes."""
    import torch
    import torch.distributed as dist

    if not is_several():
        return agrees
    said = torch.tensor(int(agrees))
    dist.all_reduce(said, op=dist.ReduceOp.MIN, group=_patient())
    return bool(said)


def agreed_checkpoint(run: Path) -> tuple[tuple[int, Path] | None, tuple[int, ...]]:
    """`checkpoints.usable(run)` of the main process, in all: another disk may show less of it."""
    found: tuple[tuple[int, Path] | None, tuple[int, ...]] = from_main(
        checkpoints.usable(run) if is_main() else (None, ())
    )
    return found


@cache
def _patient() -> Any:
    """A group of all processes that waits; all have to ask for it at the same time."""
    import torch.distributed as dist

    return dist.new_group(backend="gloo", timeout=_LONGEST_WAIT)
