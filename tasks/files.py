"""Where the benchmark files are: `--benchmarks DIR`, `$ULTRALINK_BENCHMARKS`, then the cache.

The layout is upstream's (`mgsm/mgsm_{lang}.tsv`, `humaneval/humaneval_{lang}.jsonl`).
`ultralink-bench tasks fetch` fills the cache. A missing file is an error; nothing falls back to
other data.
"""

import os
from pathlib import Path

from ultralink_data.errors import PrerequisiteError

ENVIRONMENT = "ULTRALINK_BENCHMARKS"


def locate(root: Path | None, name: str, source: str) -> Path:
    """The path of benchmark file `name` (relative, with `/`) in the first place that has it.

    `source` says where the file comes from upstream, for the error.

    Raises:
        PrerequisiteError: no place has the file; names it, the places searched and how to get it.
    """
    looked: list[str] = []
    for origin, folder in (
        ("--benchmarks", root),
        (f"${ENVIRONMENT}", _from_environment()),
        ("the cache", cache_folder()),
    ):
        if folder is None:
            looked.append(f"{origin} (not given)")
        elif (folder / name).is_file():
            return folder / name
        else:
            looked.append(f"{origin}={folder}")
    raise PrerequisiteError(
        f"benchmark file {name} not found; looked in {', '.join(looked)}",
        hint="`ultralink-bench tasks fetch` gets it, or "
        f"get it from {source} and name the folder that holds {name.split('/')[0]}/ "
        f"with --benchmarks DIR or ${ENVIRONMENT}",
    )


def _from_environment() -> Path | None:
    value = os.environ.get(ENVIRONMENT)
    return Path(value) if value else None


def cache_folder() -> Path:
    """The user's cache of benchmark files: below `$XDG_CACHE_HOME`, or `~/.cache`."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "ultralink-bench" / "benchmarks"
