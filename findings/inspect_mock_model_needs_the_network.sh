#!/usr/bin/env bash
# inspect_ai 0.3.285: `mockllm/model`, the model that its documentation has for tests, counts the tokens
# of its texts with tiktoken's o200k_base, which is downloaded at the first use. Where the network is
# closed, as in many CI runners, every test with the mock model ends with status `error`. An output that
# comes with its own `usage` is not counted and needs no network.
#
# Seen with Python 3.11 on 2026-11-28, all requests sent to a closed port:
#     default outputs: error | outputs with usage: success
#
# This script exits with 1 when the default outputs need no network either.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check inspect-ai==0.3.285

cd "$folder"
export TIKTOKEN_CACHE_DIR="$folder/no_encodings" HTTPS_PROXY=http://127.0.0.1:9
"$folder/venv/bin/python" - <<'PYTHON'
import sys

from inspect_ai import Task, eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import match


def counted(input, tools, tool_choice, config):
    output = ModelOutput.from_content("mockllm/model", "2")
    output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    return output


def status(model):
    task = Task(dataset=MemoryDataset([Sample(input="1 + 1 =", target="2")]), scorer=match())
    (log,) = eval(task, model=model, log_dir="logs", display="none")
    return log.status


plain = status(get_model("mockllm/model"))
with_usage = status(get_model("mockllm/model", custom_outputs=counted))
print(f"default outputs: {plain} | outputs with usage: {with_usage}")
sys.exit(0 if (plain, with_usage) == ("error", "success") else 1)
PYTHON
