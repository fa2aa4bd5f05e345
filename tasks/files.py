"""Where the benchmark files are: `--benchmarks DIR`, then `$ULTRALINK_BENCHMARKS`.

The layout is the upstream files' own (`mgsm/mgsm_{lang}.tsv`,
`humaneval/humaneval_{lang}.jsonl`). A missing file is an error; nothing falls back to other
data.
"""

import os
from pathlib import Path

from ultralink_data.errors import PrerequisiteError

ENVIRONMENT = "ULTRALINK_BENCHMARKS"


def locate(root: Path | None, name: str, source: str) -> Path:
    """The path of benchmark file `name` (relative, with `/`) below `root` or the environment's.

    `source` says where the file comes from upstream; it stands in the error.

    Raises:
        PrerequisiteError: the file is in neither place; says which, where looked, how to get it.
    """
    looked: list[str] = []
    for origin, folder in (("--benchmarks", root), (f"${ENVIRONMENT}", _from_environment())):
        if folder is None:
            looked.append(f"{origin} (not given)")
        elif (folder / name).is_file():
            return folder / name
        else:
            looked.append(f"{origin}={folder}")
    raise PrerequisiteError(
        f"benchmark file {name} not found; looked in {', '.join(looked)}",
        hint=f"get it from {source} and name the folder that holds {name.split('/')[0]}/ "
        f"with --benchmarks DIR or ${ENVIRONMENT}",
    )


def _from_environment() -> Path | None:
    value = os.environ.get(ENVIRONMENT)
    return Path(value) if value else None
