"""Library settings during training: fixed threads, no output, and errors a user can fix."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ultralink_data import atomic
from ultralink_data.errors import PrerequisiteError

_DISK_FULL = ("No space left", "Disk quota")
_CUT_SHORT = ("PytorchStreamWriter failed", "file write failed", "unexpected pos", "iostream error")
"""What torch says where a file could not be written whole."""

WORKSPACE = "CUBLAS_WORKSPACE_CONFIG"
REPEATABLE_WORKSPACE = ":4096:8"
"""The cuBLAS setting with reproducible sums. torch reads it once, at the first matrix product of a
process, so workers have it from the start: they may evaluate before they train."""

_NOT_REPEATABLE = "does not have a deterministic implementation"


class OutOfMemory(PrerequisiteError):
    """Memory ran out; `train.memory_advice` knows what would take less."""


@contextmanager
def runtime(threads: int, writes: Path) -> Iterator[None]:
    """Inside the block: `threads` CPU threads, no library output, deterministic GPU algorithms.

    Everything is restored at the end, since a worker evaluates after training. `writes` is the
    folder named in the error if writing fails.

    Raises:
        PrerequisiteError: the disk is full or not writable, memory runs out, or the model needs
            an operation that has no reproducible form on the GPU.
    """
    import torch
    from transformers.utils import logging

    before, verbosity = torch.get_num_threads(), logging.get_verbosity()
    bars = logging.is_progress_bar_enabled()
    torch.set_num_threads(threads)
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with _deterministic(), atomic.disk_errors(writes), _disk_full(writes), torch_errors():
            yield
    finally:
        torch.set_num_threads(before)
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()


@contextmanager
def _deterministic() -> Iterator[None]:
    """On a GPU, use algorithms with reproducible sums; restore the setting afterwards.

    Strict, not `warn_only`: after a mere warning torch keeps attention kernels whose backward pass
    sums in any order, and two runs of one seed end in different weights (torch 2.11, docs/log.md).
    """
    import torch

    if not torch.cuda.is_available():
        yield
        return
    enabled = torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    workspace = os.environ.get(WORKSPACE)
    os.environ.setdefault(WORKSPACE, REPEATABLE_WORKSPACE)
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(enabled, warn_only=warn_only)
        if workspace is None:
            os.environ.pop(WORKSPACE, None)


@contextmanager
def _disk_full(writes: Path) -> Iterator[None]:
    """Translate errors of safetensors and torch about a full disk."""
    from safetensors import SafetensorError

    try:
        yield
    except (SafetensorError, RuntimeError) as error:
        text = str(error)
        if any(sign in text for sign in _DISK_FULL + _CUT_SHORT):
            said = any(sign in text for sign in _DISK_FULL)
            why = text.splitlines()[0] if said else "a file ends early, as on a full disk"
            raise PrerequisiteError(
                f"cannot write {writes}: {why}",
                hint="free space or choose another folder; nothing was left under the final name",
            ) from error
        raise


@contextmanager
def torch_errors() -> Iterator[None]:
    """Translate what torch raises where no code is at fault.

    Raises:
        OutOfMemory: memory runs out.
        PrerequisiteError: an operation has no reproducible form on the GPU.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        text = str(error) or "no room for a Python object"
        if _NOT_REPEATABLE in text:
            raise PrerequisiteError(
                f"training this model on this GPU is not reproducible: {text.splitlines()[0]}",
                hint="train it on the CPU: CUDA_VISIBLE_DEVICES= in front of the command",
            ) from error
        is_full = "out of memory" in text or "can't allocate memory" in text
        if is_full or isinstance(error, MemoryError):
            raise OutOfMemory(
                f"out of memory: {text.splitlines()[0]}",
                hint="make --set train.micro_batch smaller, or turn on "
                "train.gradient_checkpointing",
            ) from error
        raise
