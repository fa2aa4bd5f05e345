"""The samples of a store as `.eval` logs of inspect-ai, written by its own API.

    PYTHON benchmarks/site_inspect.py STORE LOGS

For `site_build.py`, which runs it with an interpreter that has inspect-ai; it imports nothing of
this project. A log holds the samples of one run, task and language.
"""

import json
import sys
from pathlib import Path
from typing import Any

from inspect_ai.log import (
    EvalConfig,
    EvalDataset,
    EvalLog,
    EvalPlan,
    EvalResults,
    EvalSample,
    EvalSpec,
    EvalStats,
    write_eval_log,
)
from inspect_ai.model import ChatMessageAssistant, ChatMessageUser, ModelOutput
from inspect_ai.scorer import Score


def converted(row: dict[str, Any], model: str) -> EvalSample:
    """One of our rows as inspect's sample."""
    answer = row["generation"]
    return EvalSample(
        id=row["problem_id"],
        epoch=row["index"] + 1,
        input=row["prompt"],
        target="",
        messages=[
            ChatMessageUser(content=row["prompt"]),
            ChatMessageAssistant(content=answer, source="generate", model=model),
        ],
        output=ModelOutput.from_content(model, answer),
        scores={
            "exact_match": Score(
                value="C" if row["outcome"] == "correct" else "I",
                answer=row["extracted"],
                explanation=row["outcome"],
            )
        },
    )


def main() -> None:
    """Write the logs."""
    store, logs = map(Path, sys.argv[1:])
    logs.mkdir(parents=True, exist_ok=True)
    for path in sorted(store.glob("reports/*/records/*/samples/*.jsonl")):
        run = path.parent.parent.name
        lines = path.read_text(encoding="utf-8").splitlines()
        samples = [converted(json.loads(line), f"made-up/{run}") for line in lines]
        spec = EvalSpec(
            created="2026-01-01T00:00:00+00:00",
            task=path.stem,
            dataset=EvalDataset(name=path.stem, samples=len(samples)),
            model=f"made-up/{run}",
            config=EvalConfig(),
        )
        log = EvalLog(
            status="success",
            eval=spec,
            plan=EvalPlan(),
            results=EvalResults(total_samples=len(samples), completed_samples=len(samples)),
            stats=EvalStats(),
            samples=samples,
        )
        write_eval_log(log, str(logs / f"{run}_{path.stem}.eval"))


if __name__ == "__main__":
    main()
