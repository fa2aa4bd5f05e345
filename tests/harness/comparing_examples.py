"""Files to compare: bare samples, and copies of what lm-eval wrote."""

import json
import shutil
from pathlib import Path

from harness.cli import main

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
