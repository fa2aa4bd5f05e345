"""Benchmark files laid out as upstream's, with problems of ours, for readers and prompts."""

import json
from pathlib import Path

from tasks.benchmarks.humaneval import read_english
from tasks.benchmarks.mgsm import BENCHMARK
from tasks.benchmarks.omgeval import BENCHMARK as OMGEVAL
from tasks.grading.answer_phrases import math_texts

ANSWERS = (18, 2125, 3, 0, 114200)
QUESTIONS = 12
LOCAL = 3
RENAMED = ("es", "HumanEval/2")


def write_mgsm(root: Path) -> None:
    """Five problems in every language, and eight worked examples."""
    folder = root / "mgsm"
    folder.mkdir(parents=True)
    shots: dict[str, dict[str, dict[str, str]]] = {}
    for language in BENCHMARK.languages:
        text = math_texts(language)
        rows = [f"{n}: {language} + {n} = ?\t{answer}\n" for n, answer in enumerate(ANSWERS)]
        (folder / f"mgsm_{language}.tsv").write_text("".join(rows), "utf-8")
        shots[language] = {
            str(n): {
                "q": f"{text.question}{language} + {n} = ?",
                "a": f"{text.answer_step_by_step} {n} + 10 = {n + 10}.",
            }
            for n in range(1, 9)
        }
    exemplars = {
        "EXEMPLAR_NUMBER_ANSWERS": list(range(11, 19)),
        "EXEMPLAR_EQUATION_SOLUTIONS": ["" for _ in range(8)],
        "MGSM_EXEMPLARS": shots,
    }
    (folder / "exemplars.json").write_text(json.dumps(exemplars), "utf-8")


def _translated(language: str, task_id: str, prompt: str) -> str:
    """A prompt that has lost the newline at its end; one function of `es` has another name."""
    if (language, task_id) == RENAMED:
        prompt = prompt.replace("def truncate_number(", "def corta(")
    return prompt.rstrip("\n")


def write_humaneval(root: Path) -> None:
    """The package's problems as if translated: see `_translated` for what is damaged."""
    folder = root / "humaneval"
    folder.mkdir(parents=True)
    for language in ("zh", "es", "fr", "ru"):
        rows = [
            {
                "task_id": row.task_id,
                "prompt": _translated(language, row.task_id, row.prompt),
                "entry_point": row.entry_point,
                "canonical_solution": row.canonical_solution,
                "test": row.test,
            }
            for row in read_english().values()
        ]
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"humaneval_{language}.jsonl").write_text(lines, "utf-8")


JUDGE_TEMPLATE = """<|im_start|>system
You rank models.
<|im_end|>
<|im_start|>user
{
    "instruction": \"\"\"{instruction}\"\"\",
}
[
    {
        "model": "model_1",
        "answer": \"\"\"{output_1}\"\"\"
    },
    {
        "model": "model_2",
        "answer": \"\"\"{output_2}\"\"\"
    }
]
<|im_end|>
"""
"""In the form of upstream's."""


def omgeval_question(language: str, number: int) -> str:
    """A question of ours; those of the last numbers are local."""
    return f"({language}) How does one say {number} where you live?"


def omgeval_output(model: str, number: int) -> str:
    """What a model says to a question: bloomz less, as much or more than gpt4."""
    if model == "gpt4":
        return "It is said at length, as people do. " * 2
    return "So. " * (2 + number % 4 * 8)


def write_omgeval(root: Path) -> None:
    """Questions, a judge's template, and two models' outputs, of which neither is always longer."""
    data, outputs = root / "omgeval" / "data", root / "omgeval" / "model_outputs"
    prompts = root / "omgeval" / "evaluator_prompts" / "gpt4_template"
    for folder in (data, outputs, prompts):
        folder.mkdir(parents=True)
    for language in OMGEVAL.languages:
        asked = [omgeval_question(language, number) for number in range(QUESTIONS)]
        _, name = OMGEVAL.spellings(language)
        (data / f"OMGEval_{name.capitalize()}.txt").write_text("\n".join(asked) + "\n", "utf-8")
        (data / f"OMGEval_{name.capitalize()}_local.txt").write_text(
            "\n".join(asked[-LOCAL:]) + "\n", "utf-8"
        )
        (prompts / f"{language}.txt").write_text(JUDGE_TEMPLATE, "utf-8")
        (outputs / name).mkdir()
        for model in ("gpt4", "bloomz"):
            rows = [
                {"instruction": text, "output": omgeval_output(model, n), "generator": model}
                for n, text in enumerate(asked)
            ]
            (outputs / name / f"{model}.json").write_text(json.dumps(rows), "utf-8")
