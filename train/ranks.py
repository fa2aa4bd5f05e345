"""A training in several processes of this machine, which share each step: one a GPU, or on a CPU.

Each process is a rank of `torch.distributed`, as under `accelerate launch`: every rank computes its
part of a step's sequences, and gradients are averaged. The first that fails ends the others.
"""

import os
import socket
import threading
import time
import traceback
from collections.abc import Sequence
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, NamedTuple

from ultralink_data.errors import BenchError, PrerequisiteError

if TYPE_CHECKING:
    from train.step_metrics import Progress, StepMetrics
    from train.trainer import TrainResult

_GRACE = 2.0
"""Seconds in which the rank that began a failure can say so; the others fail soon after it."""


_FEW = 4
"""Processes that a CPU of any size is trusted with: few enough to try how they work."""


class _Said(NamedTuple):
    """What a rank sends: progress, its result, or what went wrong (a bug of ours as text)."""

    progress: "tuple[int, int, StepMetrics | None] | None" = None
    result: Any = None
    error: BenchError | None = None
    bug: str = ""


def join_ranks() -> None:
    """Meet the other ranks, before anything asks how many there are: on a CPU over gloo."""
    import torch
    from accelerate import PartialState

    PartialState(cpu=not torch.accelerator.is_available())


class RankError(RuntimeError):
    """A bug of ours in a rank, with the traceback from there."""


def inside_rank() -> bool:
    """Whether this process is one of several that train together, started here or by a launcher."""
    return int(os.environ.get("WORLD_SIZE", "1")) > 1


def train_on_ranks(
    devices: int, arguments: dict[str, Any], on_progress: "Progress | None"
) -> "TrainResult":
    """`train.trainer.train(**arguments)` in so many processes.

    Raises:
        BenchError: what a rank raises.
        PrerequisiteError: there are fewer GPUs, or fewer cores without one, or a rank was killed.
        RankError: a bug of ours.
    """
    _check_machine(devices)
    context = get_context("spawn")
    port, processes = _free_port(), []
    pipes: list[Connection] = []
    for rank in range(devices):
        ours, theirs = context.Pipe(duplex=False)
        environment = {
            "RANK": str(rank),
            "LOCAL_RANK": str(rank),
            "WORLD_SIZE": str(devices),
            "LOCAL_WORLD_SIZE": str(devices),
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": str(port),
            "OMP_NUM_THREADS": str(arguments["config"].threads),
            "TORCH_CPP_LOG_LEVEL": "ERROR",  # advice on each start
        }
        process = context.Process(
            target=_work, args=(environment, arguments, theirs), daemon=True, name=f"rank {rank}"
        )
        process.start()
        theirs.close()  # so that its end is seen here
        pipes.append(ours)
        processes.append(process)
    try:
        return _follow(pipes, processes, on_progress)
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.join()


def _check_machine(devices: int) -> None:
    import torch

    cores = os.cpu_count() or 1
    if not torch.cuda.is_available() and devices > max(cores, _FEW):
        raise PrerequisiteError(
            f"devices={devices}, but this machine has {cores} CPU core{'s' if cores > 1 else ''} "
            "and no GPU",
            hint=f"give at most {max(cores, _FEW)}: more processes only take memory",
        )
    found = torch.cuda.device_count()
    if torch.cuda.is_available() and found < devices:
        raise PrerequisiteError(
            f"devices={devices}, but this machine has {found} GPU{'s' if found > 1 else ''}",
            hint=f"give at most {found}, or train on the CPU: CUDA_VISIBLE_DEVICES= in front",
        )


def _free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


def _follow(
    pipes: Sequence[Connection], processes: Sequence[Any], on_progress: "Progress | None"
) -> "TrainResult":
    """Read what the ranks send until all are done; the main one sends progress and the result."""
    result: Any = None
    open_pipes: dict[Any, Any] = dict(zip(pipes, processes, strict=True))
    while open_pipes:
        for pipe in wait([*open_pipes]):
            said = _receive(pipe)
            if said is None or said.error or said.bug:
                process = open_pipes.pop(pipe)
                process.join(_GRACE)
                if said is None and process.exitcode == 0:
                    continue
                raise _blame([(process, said), *_others(open_pipes)])
            if said.progress and on_progress is not None:
                on_progress(*said.progress)
            result = said.result or result
    found: TrainResult = result
    return found


def _receive(pipe: Any) -> _Said | None:
    """What stands in a pipe; None where the rank has ended."""
    try:
        said: _Said = pipe.recv()
    except (EOFError, OSError):
        return None
    return said


def _others(open_pipes: dict[Any, Any]) -> list[tuple[Any, _Said | None]]:
    """What the other ranks have to say of a failure, within the time of grace."""
    found, limit = [], time.monotonic() + _GRACE
    while open_pipes and (left := limit - time.monotonic()) > 0:
        for pipe in wait([*open_pipes], left):
            said = _receive(pipe)
            if said is None or said.error or said.bug:
                found.append((open_pipes.pop(pipe), said))
    return found


def _blame(failures: Sequence[tuple[Any, _Said | None]]) -> Exception:
    """The error that began it: a user's, else a rank that was killed, else a bug."""
    for _, said in failures:
        if said is not None and said.error is not None:
            return said.error
    for process, said in failures:
        if said is None and process.exitcode:
            how = f"by signal {-process.exitcode}" if process.exitcode < 0 else "from outside"
            return PrerequisiteError(
                f"{process.name} of the training was ended {how}",
                hint="where memory ran out, make --set train.micro_batch smaller; the same command "
                "goes on from the last checkpoint",
            )
    return RankError("\n".join(said.bug for _, said in failures if said is not None))


def _work(environment: dict[str, str], arguments: dict[str, Any], pipe: Any) -> None:
    """One rank, from its start to its end."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ.update(environment)
    main = environment["RANK"] == "0"
    try:
        import torch

        from train.step_metrics import StepMetrics
        from train.trainer import train

        def tell(*now: *tuple[int, int, StepMetrics | None]) -> None:
            pipe.send(_Said(progress=now))

        result = train(**arguments, on_progress=tell if main else None)
        torch.distributed.destroy_process_group()
        if main:
            pipe.send(_Said(result=result))
    except BenchError as error:
        pipe.send(_Said(error=error))
        os._exit(1)  # a library may wait for the other ranks at the end
    except Exception:  # noqa: BLE001 - a bug of ours: its traceback goes to the parent
        pipe.send(_Said(bug=traceback.format_exc()))
        os._exit(1)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
