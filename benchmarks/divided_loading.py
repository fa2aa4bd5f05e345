"""Host memory of the processes that divide a model, where one loads it and where each does.

    python benchmarks/divided_loading.py [--processes 2] [--hidden 768] [--layers 16]

A Llama with random weights is written in bfloat16 and loaded at float32, as for a training of all
weights, by `train.main_loading` and, beside it, by each process for itself; then it is divided
(`train.sharding`, gloo). Most resident memory of a process (VmHWM) less what it had before, in
bytes and as a share of the float32 weights. Linux only. Prints a JSON object a line.
"""

import argparse
import json
import os
import sys
import tempfile
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
GIVEN_BACK = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "0"}
"""Freed memory is given back at once, so that gaps do not count."""


def write_model(folder: Path, hidden: int, layers: int) -> int:
    """Write the model; its parameters."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    shape = LlamaConfig(
        hidden_size=hidden,
        intermediate_size=3 * hidden,
        num_hidden_layers=layers,
        num_attention_heads=8,
        num_key_value_heads=4,
        vocab_size=8192,
    )
    model = LlamaForCausalLM(shape).to(torch.bfloat16)
    model.save_pretrained(folder)
    return sum(weights.numel() for weights in model.parameters())


def resident(field: str) -> int:
    """Bytes of a field of /proc/self/status."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(field + ":"))


def rank(number: int, processes: int, folder: Path, once: bool, said: Any) -> None:
    """One process: load and divide the model, and say how much memory that took."""
    import torch
    import torch.distributed as dist

    from train.loading import load_model
    from train.main_loading import load_in_main
    from train.sharding import shard

    torch.set_num_threads(1)
    meet = f"file://{folder}/meet-{once}"
    dist.init_process_group("gloo", init_method=meet, rank=number, world_size=processes)
    shard(load_in_main(partial(load_model, folder / "small", "float32")), "float32")
    dist.barrier()  # now all libraries are loaded
    before = resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    load = partial(load_model, folder / "model", "float32")
    model = load_in_main(load) if once else load()
    shard(model, "float32")
    said.put((number, resident("VmHWM") - before, resident("VmRSS") - before))
    dist.barrier()
    dist.destroy_process_group()


def measured(processes: int, folder: Path, once: bool) -> list[tuple[int, int, int]]:
    """Number, peak and lasting memory of each process."""
    context = get_context("spawn")
    said = context.SimpleQueue()
    started = [
        context.Process(target=rank, args=(number, processes, folder, once, said))
        for number in range(processes)
    ]
    for process in started:
        process.start()
    for process in started:
        process.join()
        if process.exitcode:
            sys.exit(f"a process ended with {process.exitcode}")
    return sorted(said.get() for _ in started)


def main() -> None:
    """Measure both ways, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--hidden", type=int, default=768)
    parser.add_argument("--layers", type=int, default=16)
    given = parser.parse_args()
    os.environ.update(GIVEN_BACK)  # of the processes that are started
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_model(folder / "small", 16, 1)
        size = 4 * write_model(folder / "model", given.hidden, given.layers)
        for once in (False, True):
            for number, peak, lasting in measured(given.processes, folder, once):
                found = {
                    "loaded by": "process 0" if once else "each",
                    "process": number,
                    "weights": size,
                    "peak": peak,
                    "of weights": round(peak / size, 3),
                    "lasting": round(lasting / size, 3),
                }
                print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
