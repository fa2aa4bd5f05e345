"""The environment that worker processes get."""

import os

THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")
SECRET_ENDINGS = ("_KEY", "_TOKEN", "_SECRET", "_PASSWORD")


def worker_environment(threads: int | None) -> dict[str, str]:
    """This process's environment without keys, without a model hub, with a thread count.

    `threads` None leaves the number to the libraries.
    """
    kept = {k: v for k, v in os.environ.items() if not k.upper().endswith(SECRET_ENDINGS)}
    fixed = {"TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1", "PYTHONHASHSEED": "0"}
    if threads is not None:
        fixed |= dict.fromkeys(THREAD_VARIABLES, str(threads))
    return kept | fixed
