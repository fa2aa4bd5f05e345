"""Our benchmarks as files for plain `lm_eval --include_path DIR`.

A folder of YAML files: one per task and language (`ultralink_mgsm_zh`), one per task (the group
`ultralink_mgsm`, the plain mean over its languages) and a README. Names contain the protocol if it
is not the task's default (`ultralink_mgsm_native_cot_zh`), so one folder can hold several. No
benchmark text is copied: when lm-eval runs, rows and graders come from this package and the
benchmark files, and must equal those at export.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from tasks.benchmark import Benchmark, Outcome, Request
from tasks.models.generation import MOST_STOPS
from tasks.models.lm_eval_adapter import generation_settings
from tasks.sampling import Sampling
from ultralink_data import atomic
from ultralink_data.errors import ConfigError

RUNTIME: Final = "tasks.export.task_runtime"
_HEAD: Final = "# Written by `ultralink-bench tasks export`; see README.md here.\n"
_COMMAND: Final = "lm_eval --model hf --model_args pretrained=MODEL"
MOST_EXPORTED: Final = MOST_STOPS - 1
"""Stops of an exported task: lm_eval's `local-completions` adds the model's end token to them."""
SHARES: Final = (Outcome.NO_ANSWER, Outcome.TRUNCATED, Outcome.ERROR)
"""Outcomes reported beside the metric, as shares of the problems."""


README: Final = "README.md"
README_TEXT: Final = """\
# Tasks for lm_eval

Written by `ultralink-bench tasks export`. Run them where ultralink-bench is installed:

    lm_eval --model hf --model_args pretrained=MODEL --include_path THIS_FOLDER \\
        --tasks ultralink_mgsm_zh --apply_chat_template --log_samples --output_path RESULTS

`ultralink_mgsm` is the group of all languages. Tasks of chat protocols need
`--apply_chat_template`, the others must not have it; a task that is run otherwise says so.

- No benchmark text is in this folder. It is read from the folder named in `benchmarks:`, else from
  `$ULTRALINK_BENCHMARKS` or the cache of `ultralink-bench tasks fetch`. A task stops if what it
  would ask is not what was exported.
- Prompts, token limits and graders are those of `ultralink-bench eval`, and with the same model so
  are the scores. Served models take at most four stop strings, of which `local-completions` uses
  one for the model's end token, so at most three are sent; before grading, an answer is cut at all
  stops of its task, and the logged texts may go on longer. HumanEval's programs run in
  ultralink-bench's sandbox, so `--confirm_run_unsafe_code` is not needed.
- Beside the metric stand the shares of problems without an answer, cut off at the token limit
  (`truncated`, not correct) and not graded (`error`, left out of the metric).
- lm_eval does not say whether the token limit ended an answer. With `pretrained=` or `tokenizer=`
  among the model arguments the tokens of the text are counted instead, which may be off by one;
  without, nothing counts as cut off. The metric depends on it for MGSM and starter_math only.
- lm_eval cuts a prompt that leaves no room for the answer; `ultralink-bench eval` counts it as
  truncated without asking.
- Bits per byte are not exported.
"""


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """The files of one benchmark and the command that runs them."""

    files: tuple[Path, ...]
    command: str


class Function(str):
    """A name that YAML writes as `!function module.name`."""


def export(
    benchmark: Benchmark[Any],
    languages: Sequence[str],
    protocol: str,
    benchmarks: Path | None,
    out: Path,
) -> Exported:
    """Write the files of one benchmark, the group's file last.

    Raises:
        PrerequisiteError, DataError: a benchmark file is missing or damaged.
        ConfigError: a language lacks the protocol, or only a judge can grade the benchmark.
    """
    if benchmark.judged:
        raise ConfigError(
            f"{benchmark.name} cannot be exported: lm_eval has no judge",
            hint=f"`ultralink-bench eval --tasks {benchmark.name}`, then `grade {benchmark.name}`",
        )
    folder = str(benchmarks.resolve()) if benchmarks else None
    stem = task_stem(benchmark, protocol)
    written, names = [], []
    for language in languages:
        problems = benchmark.problems(language, benchmarks)
        requests = [benchmark.request(problem, protocol) for problem in problems]
        names.append(f"{stem}_{language}")
        config = task_yaml(benchmark, names[-1], language, protocol, folder, requests)
        written.append(out / f"{names[-1]}.yaml")
        atomic.write_text(written[-1], _encode(config))
    written.append(out / f"{stem}.yaml")
    atomic.write_text(written[-1], _encode(group_yaml(benchmark, stem, names)))
    command = (
        f"lm_eval --model hf --model_args pretrained=MODEL --include_path {out} --tasks {stem}"
    )
    chat = " --apply_chat_template" if requests[0].chat else ""
    return Exported(files=tuple(written), command=command + chat)


def task_stem(benchmark: Benchmark[Any], protocol: str) -> str:
    """The prefix of the names of a benchmark's exported tasks."""
    default = protocol == benchmark.protocols[0]
    return f"ultralink_{benchmark.name}" + ("" if default else f"_{protocol}")


def task_yaml(
    benchmark: Benchmark[Any],
    name: str,
    language: str,
    protocol: str,
    folder: str | None,
    requests: Sequence[Request],
) -> dict[str, Any]:
    """The lm-eval task of one language; greedy decoding, the default of `eval`."""
    metrics = [benchmark.metric, *(outcome.value for outcome in SHARES)]
    settings = generation_settings(name, requests, Sampling())
    return {
        "task": name,
        "class": Function(f"{RUNTIME}.ExportedTask"),
        "custom_dataset": Function(f"{RUNTIME}.load"),
        "dataset_kwargs": {
            "benchmark": benchmark.name,
            "language": language,
            "protocol": protocol,
            "benchmarks": folder,
            "chat": requests[0].chat,
            "prompts": prompts_hash(requests),
        },
        "test_split": "test",
        "output_type": "generate_until",
        "doc_to_text": "prompt",
        "doc_to_target": "problem_id",
        # The rest is cut before grading: see `task_runtime.grade`.
        "generation_kwargs": settings | {"until": settings["until"][:MOST_EXPORTED]},
        "num_fewshot": 0,
        "filter_list": [
            {
                "name": "none",
                "filter": [{"function": "custom", "filter_fn": Function(f"{RUNTIME}.grade")}],
            }
        ],
        "process_results": Function(f"{RUNTIME}.count"),
        "metric_list": [
            {"metric": m, "aggregation": "mean", "higher_is_better": m == benchmark.metric}
            for m in metrics
        ],
        "metadata": {"version": benchmark.version},
    }


def group_yaml(benchmark: Benchmark[Any], stem: str, names: Sequence[str]) -> dict[str, Any]:
    """The group of all languages of a benchmark; its metric is their unweighted mean."""
    mean = {"metric": benchmark.metric, "aggregation": "mean", "weight_by_size": False}
    return {
        "group": stem,
        "task": list(names),
        "aggregate_metric_list": [mean],
        "metadata": {"version": benchmark.version},
    }


def prompts_hash(requests: Sequence[Request]) -> str:
    """One hash of all requests, stops and limits included."""
    return hashlib.sha256(msgspec.json.encode(list(requests))).hexdigest()


def _encode(config: dict[str, Any]) -> str:
    """The config as YAML, of which JSON is a subset: a line for each key."""
    return _HEAD + "".join(f"{key}: {_flow(value)}\n" for key, value in config.items())


def _flow(value: Any) -> str:
    """A value in YAML's one-line form."""
    if isinstance(value, Function):
        return f"!function {value}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
