"""A small store to test with: runs with samples, whose numbers can be counted by eye."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from report_examples import cell, record

from leaderboard.judged_records import JudgedReport, write_judged
from leaderboard.records import RunRecord, write_record
from tasks.judging.judge import JudgeVerdict
from tasks.judging.win_rate import win_rate
from ultralink_data.llm.client import Usage
from ultralink_data.llm.endpoint import EndpointIdentity

Row = dict[str, Any]


def sample(problem: str, outcome: str = "wrong", **changes: Any) -> Row:
    """A line of a sample file."""
    fields: Row = {
        "problem_id": problem,
        "language": "zh",
        "index": 0,
        "prompt": f"What is {problem}?",
        "generation": f"It is {problem}.",
        "extracted": problem,
        "outcome": outcome,
    }
    return fields | changes


def store_run(
    root: Path, name: str, rows: Mapping[tuple[str, str], Sequence[Row]], **changes: Any
) -> RunRecord:
    """Write a run `x/NAME` with these samples, by task and language, into a store; its record."""
    folder = root / "evals" / name / "samples"
    folder.mkdir(parents=True)
    cells = []
    for (task, language), lines in rows.items():
        file = folder / f"{task}_{language}.jsonl"
        text = "".join(json.dumps(line | {"language": language}) + "\n" for line in lines)
        file.write_text(text, encoding="utf-8")
        outcomes = {line["outcome"]: 0 for line in lines}
        for line in lines:
            outcomes[line["outcome"]] += 1
        right = outcomes.get("correct", 0) / len(lines)
        cells.append(
            cell(
                task=task,
                language=language,
                n=len(lines),
                samples=len(lines),
                outcomes=outcomes,
                value=right,
                sample_file=f"../../../evals/{name}/samples/{file.name}",
            )
        )
    tasks = {task for task, _ in rows}
    versions = dict.fromkeys(tasks, "no version of ours")
    protocols = dict.fromkeys(tasks, "direct")
    given = {"run_id": name, "model": name, "experiment": None, "variant": None, "profile": None}
    given |= {"task_versions": versions, "protocols": protocols, "cells": tuple(cells)} | changes
    made = record(**given)
    write_record(root / "reports" / "x" / "records" / f"{name}.json", made)
    return made


def store_judged(root: Path, name: str, model: str, verdicts: Sequence[Row]) -> None:
    """Write a judged comparison of OMGEval in Chinese with these verdicts into a store."""
    judged = msgspec.convert(verdicts, list[JudgeVerdict])
    lengths = {verdict.problem_id: (10, 10) for verdict in judged}
    report = JudgedReport(
        **{"schema": 1, "kind": "judged", "task": "omgeval", "model": model, "limit": None},
        **dict.fromkeys(("baseline", "judge", "base_url", "protocol"), "x"),
        **dict.fromkeys(("left_out", "void", "notes"), ()),
        **{"structured": False, "templates": {}, "usage": Usage()},
        scores={"zh": {"full": win_rate(judged, lengths)}},
        endpoint=EndpointIdentity(base_url="http://localhost/v1", model="gpt-4"),
    )
    folder = root / "reports" / name
    write_judged(folder / "report.json", report)
    text = "".join(json.dumps(verdict) + "\n" for verdict in verdicts)
    (folder / "verdicts_zh.jsonl").write_text(text, encoding="utf-8")
