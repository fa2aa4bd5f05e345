"""Files to compare: bare samples, and copies of what lm-eval wrote."""

import json
import shutil
from pathlib import Path

import msgspec
from report_examples import cell, record

from harness.cli import main
from leaderboard.records import write_record
from tasks.benchmark import Outcome, Sample

LM_EVAL = Path(__file__).parents[1] / "cases" / "lm_eval"


def jsonl(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def scored(right, problems=40, **more):
    """A row for each problem, the first of them right."""
    return [{"problem_id": n, "score": int(n < right), **more} for n in range(problems)]


def lm_eval_copy(folder, side):
    """One side's results, as a folder that may be changed."""
    return Path(shutil.copytree(LM_EVAL / side, folder / side))


def run_compare(capsys, *paths_and_options):
    code = main(["compare", *map(str, paths_and_options)])
    out, err = capsys.readouterr()
    return code, " ".join(out.split()), err


class RecordStore:
    """A store with evaluations and a report folder of two variants, three seeds each."""

    def __init__(self, path):
        self.root = path / "runs"
        self.out = self.root / "reports" / "prune-starter"
        self.right = {"keep-all": 30, "keep-0": 6}
        for variant in self.right:
            for seed in range(3):
                self.write(variant, seed)

    def write(self, variant, seed, *, languages=("en", "fr"), right=None, key=None, **changes):
        """One record with its samples, in an evaluation of its own."""
        key = key or f"{variant}{seed}"
        right = self.right[variant] if right is None else right
        cells = []
        for language in languages:
            path = self.root / "evals" / key / "samples" / f"mgsm_{language}.jsonl"
            path.parent.mkdir(parents=True, exist_ok=True)
            rows = [
                Sample(
                    problem_id=f"mgsm/{place:03d}",
                    language=language,
                    index=0,
                    prompt="?",
                    generation="",
                    extracted=None,
                    outcome=Outcome.CORRECT if place < right + seed else Outcome.WRONG,
                )
                for place in range(40)
            ]
            path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
            name = f"../../../evals/{key}/samples/mgsm_{language}.jsonl"
            cells.append(cell(task="mgsm", language=language, sample_file=name))
        fields = {
            "run_id": key,
            "seed": seed,
            "variant": variant,
            "started": f"2026-01-0{1 if variant == 'keep-all' else 2}T00:00:00Z",
            "model_fingerprint": f"{variant}{seed}",
            "task_versions": {"mgsm": "1"},
            "protocols": {"mgsm": "direct"},
            "config": {"margins": {"accuracy": 0.04, "bpb": None}},
            "cells": tuple(cells),
        }
        made = record(**(fields | changes))
        write_record(self.out / "records" / f"{key}.json", made)
        return self.out / "records" / f"{key}.json"
