"""The environment that worker processes get."""

import os
from collections.abc import Collection

from train.runtime import REPEATABLE_WORKSPACE, WORKSPACE

THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")
WAITING = {"OMP_WAIT_POLICY": "passive"}
"""Threads that wait for each other sleep. By default they spin, which costs other workers their
core: where four processes shared two cores, a training took seven times as long."""
SHORT_WAITING = {"GOMP_SPINCOUNT": "10000"}
"""With this they spin for microseconds first (GNU's OpenMP, which torch brings on Linux, takes it
before the policy). A base model of half a million parameters takes two thirds of the time on two
threads then, and no less than on one otherwise. Where processes share cores it costs as much as it
saves here, so it is for workers that all have cores of their own."""
ALLOCATION = {
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=33554432"
    ":glibc.malloc.trim_threshold=1073741824"
}
"""A training on a CPU frees and takes the same large tensors at each step. By default glibc gives
them back to the kernel each time, and the kernel clears 4 KiB pages one by one. With these the
same steps take a tenth less processor time; other C libraries do not read the variable."""
SECRET_ENDINGS = ("_KEY", "_TOKEN", "_SECRET", "_PASSWORD")


def worker_environment(
    threads: int | None, secrets: Collection[str] = (), *, workers: int = 1
) -> dict[str, str]:
    """This process's environment without API keys or a model hub, and with a thread count.

    `threads` None leaves the number to the libraries; `secrets` names the keys that a stage needs;
    `workers` is how many have this environment at once.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in secrets or not name.upper().endswith(SECRET_ENDINGS)
    }
    fixed = {"TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1", "PYTHONHASHSEED": "0"}
    if threads is not None:
        fixed |= dict.fromkeys(THREAD_VARIABLES, str(threads))
        apart = workers * threads <= (os.cpu_count() or 1)
        kept = WAITING | (SHORT_WAITING if apart else {}) | ALLOCATION | kept
    return {WORKSPACE: REPEATABLE_WORKSPACE} | kept | fixed
