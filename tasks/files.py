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
        hint=f"{_how(name, source)} and name the folder that holds {name.split('/')[0]}/ "
        f"with --benchmarks DIR or ${ENVIRONMENT}",
    )


def _how(name: str, source: str) -> str:
    """How to get a file; `tasks fetch` has only those that are pinned."""
    pins = sorted((Path(__file__).parent / "benchmarks").glob("*.toml"))
    if any(f'"{name}"' in path.read_text("utf-8") for path in pins):
        return f"`ultralink-bench tasks fetch` gets it, or get it from {source}"
    return f"`tasks fetch` does not have it: make it, or get it from {source},"


def _from_environment() -> Path | None:
    value = os.environ.get(ENVIRONMENT)
    return Path(value) if value else None


def cache_folder() -> Path:
    """The user's cache of benchmark files: below `$XDG_CACHE_HOME`, or `~/.cache`."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "ultralink-bench" / "benchmarks"
