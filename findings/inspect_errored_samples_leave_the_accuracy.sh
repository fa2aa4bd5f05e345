#!/usr/bin/env bash
# inspect_ai 0.3.285: with `fail_on_error=False` (or a share that is allowed to break), a sample whose
# model or scorer raises is in no denominator: where two of four break and two are right, the
# evaluation ends with status `success` and accuracy 1.0. `unscored_samples`, documented as "Number of
# samples not scored by this scorer", is 0, so that only `completed_samples` beside `total_samples`
# tells. An import that reads the metric alone ranks a model higher the more of its hard samples break.
#
# Seen with Python 3.11 on 2026-11-28:
#     status success, 2 of 4 samples broke: accuracy 1.0, scored_samples 2, unscored_samples 0
#
# This script exits with 1 when the broken samples count as unscored, or in the accuracy.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check inspect-ai==0.3.285

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys

from inspect_ai import Task, eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import match


def answer(input, tools, tool_choice, config):
    if "9" in input[-1].text:
        raise ValueError("the model broke")
    output = ModelOutput.from_content("mockllm/model", "2")
    output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    return output


sums = [("1 + 1 =", "2"), ("0 + 2 =", "2"), ("9 + 9 =", "18"), ("9 + 1 =", "10")]
dataset = MemoryDataset([Sample(input=question, target=target) for question, target in sums])
(log,) = eval(
    Task(dataset=dataset, scorer=match()),
    model=get_model("mockllm/model", custom_outputs=answer),
    log_dir="logs",
    display="none",
    fail_on_error=False,
)
(score,) = log.results.scores
accuracy = score.metrics["accuracy"].value
broken = log.results.total_samples - log.results.completed_samples
print(
    f"status {log.status}, {broken} of {log.results.total_samples} samples broke: accuracy "
    f"{accuracy}, scored_samples {score.scored_samples}, unscored_samples {score.unscored_samples}"
)
sys.exit(0 if (accuracy, score.unscored_samples) == (1.0, 0) else 1)
PYTHON
