"""Asks another Python, or another build of this project, and reads its answer."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any


def answers_of(python: str, script: str, folder: Path, told: Any) -> Any:
    """What a script that reads JSON from stdin and prints JSON makes of what it is told.

    `python` is the interpreter; the script imports from `folder`, the root of a build.

    Raises:
        subprocess.CalledProcessError: the script failed; its stderr is shown.
    """
    done = subprocess.run(
        [python, "-c", script],
        input=json.dumps(told),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )
    return json.loads(done.stdout)
