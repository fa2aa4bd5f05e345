"""Handle lines that the `grade` commands cannot grade."""

from collections.abc import Sequence
from pathlib import Path

from harness import show
from tasks.grading.rejected import RejectedLine, rejected_lines
from ultralink_data import atomic

_SHOWN = 5


def rejected_path(out: Path) -> Path:
    """The path for lines that could not be graded, beside the results."""
    return out.with_name(f"{out.name}_rejected.jsonl")


def keep_apart(source: Path, out: Path, rejected: Sequence[RejectedLine]) -> list[Path]:
    """Write the rejected lines and name the first few; return the paths written."""
    path = rejected_path(out)
    if not rejected:
        path.unlink(missing_ok=True)  # left from an earlier run on a file that was fixed since
        return []
    atomic.write_bytes(path, rejected_lines(rejected))
    for row in rejected[:_SHOWN]:
        show.warn(f"{source}:{row.line}: {row.reason}")
    if len(rejected) > _SHOWN:
        show.warn(f"{source}: {len(rejected) - _SHOWN} more lines could not be graded; see {path}")
    return [path]
