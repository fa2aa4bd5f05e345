"""The environment that worker processes get."""

import os
from collections.abc import Collection

from train.runtime import REPEATABLE_WORKSPACE, WORKSPACE

THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")
WAITING = {"OMP_WAIT_POLICY": "passive"}
"""Threads that wait for each other sleep. By default they spin, which costs other workers their
core: where four processes shared two cores, a training took seven times as long."""
SECRET_ENDINGS = ("_KEY", "_TOKEN", "_SECRET", "_PASSWORD")


def worker_environment(threads: int | None, secrets: Collection[str] = ()) -> dict[str, str]:
    """This process's environment without API keys or a model hub, and with a thread count.

    `threads` None leaves the number to the libraries; `secrets` names the keys that a stage needs.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in secrets or not name.upper().endswith(SECRET_ENDINGS)
    }
    fixed = {"TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1", "PYTHONHASHSEED": "0"}
    if threads is not None:
        fixed |= dict.fromkeys(THREAD_VARIABLES, str(threads))
        kept = WAITING | kept
    return {WORKSPACE: REPEATABLE_WORKSPACE} | kept | fixed
