"""Makes the logs beside it: inspect_ai 0.3.285's own mock model answers three sums, twice each.

    python -m venv /tmp/inspect && /tmp/inspect/bin/pip install inspect-ai==0.3.285
    /tmp/inspect/bin/python tests/cases/inspect/make_logs.py FOLDER

FOLDER is outside of any repository, or the logs name that.
"""

import os
import sys
from pathlib import Path

from inspect_ai import Task, eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ContentReasoning, ContentText, ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import includes, match

os.chdir(sys.argv[1])  # so that the logs name no folder

LONG = (
    "A farmer counts the eggs of his hens, of which there are many, in the morning, at noon "
    "and in the evening."
)
SUMS = [
    Sample(id="sum/0", input="一加一等于几？", target="2"),
    Sample(id="sum/1", input=f"{LONG} He has 2, then 3 more. How many?", target="5"),
    Sample(id=2, input="4 + 4 =", target="8"),
]


def answer(input, tools, tool_choice, config):
    """Right, but for an answer that is cut at the limit."""
    question = input[-1].text
    if "4 + 4" in question:
        output = ModelOutput.from_content("mockllm/model", "Let me see, 4 and", "max_tokens")
    elif "farmer" in question:
        parts = [ContentReasoning(reasoning=f"{LONG} Two and three."), ContentText(text="5")]
        output = ModelOutput.from_content("mockllm/model", parts)
    else:
        output = ModelOutput.from_content("mockllm/model", "答案是 2")
    # What has no usage is counted with an encoding from the network (findings/).
    output.usage = ModelUsage(input_tokens=9, output_tokens=9, total_tokens=18)
    return output


for form in ("eval", "json"):
    task = Task(
        dataset=MemoryDataset(SUMS, name="sums"),
        scorer=[match(numeric=True), includes()],
        name="sums_zh",
        version=2,
    )
    (log,) = eval(
        task,
        model=get_model("mockllm/model", custom_outputs=answer),
        log_dir=".",
        log_format=form,
        display="none",
        epochs=2,
        temperature=0.5,
        max_tokens=32,
    )
    print(log.status, log.error and log.error.message, Path(log.location).name)
