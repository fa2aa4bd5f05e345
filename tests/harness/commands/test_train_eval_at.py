"""`train --eval-at`: models from the midst of a training, evaluated."""

from pathlib import Path

import msgspec
import pytest
from command_line import made_by
from huggingface_hub import ModelCard

from harness.engine.artefact_store import MARKER, Marker
from leaderboard.records import read_record


@pytest.mark.parametrize(
    "several", [(), pytest.param(("--devices", "2", "--shard"), marks=pytest.mark.slow)]
)
def test_checkpoints_are_scored_as_eval_scores_them_and_the_model_is_the_same(finished, several):
    base, data = (made_by(finished.home, stage) for stage in ("base", "starter"))
    words = ["train", "--data", data, "--model", base, "--steps", "8", "--sequences-per-step", "4"]
    words += ["--max-length", "256", "--learning-rate", "5e-3", *several]
    asked = ["--tasks", "starter_math", "--languages", "en", "--limit", "3"]
    at = [f"--eval-{word[2:]}" if word.startswith("--") else word for word in asked]
    done = finished(*words, "--eval-at", "0.25,1", *at, "-o", "curve").ok()
    assert {"points", "train", "eval/step-2", "eval/step-8"} <= done.made
    assert "Scores over the training" in done.out
    folder = finished.home / "curve"
    assert "step 2 (25%)" in (folder / "learning_curve.md").read_text()
    assert "starter_math en" in (folder / "learning_curve.svg").read_text()
    assert (folder / "learning_curve.png").read_bytes().startswith(b"\x89PNG")

    records = [read_record(p) for p in (finished.home / "runs/reports/train-curve").glob("*.json")]
    by_step = {record.at_step: record for record in records}
    assert sorted(by_step) == [2, 8]
    bits = {step: next(c.value for c in record.cells if c.metric == "bpb")
            for step, record in by_step.items()}  # fmt: skip
    assert bits[8] < bits[2]

    plain = finished(*words, "-o", "plain").ok()
    assert "train" not in plain.made  # it is the end of the other
    assert (finished.home / "plain/model.safetensors").read_bytes() == (
        folder / "model.safetensors"
    ).read_bytes()
    again = finished("eval", "--model", "curve", *asked, "--out", "scores").ok()
    assert again.made == set()  # the same evaluation of the same model
    (record,) = (read_record(path) for path in Path(finished.home / "scores").glob("*.json"))
    assert record.cells == tuple(
        msgspec.structs.replace(mine, sample_file=cell.sample_file)
        for mine, cell in zip(by_step[8].cells, record.cells, strict=True)
    )
    card = ModelCard.load(folder / "README.md")
    assert {result.dataset_type for result in card.data.eval_results} == {"starter_math"}
    kept = made_by(finished.home, "points")
    marker = msgspec.json.decode((kept / MARKER).read_bytes(), type=Marker)
    assert {file.name.partition("/")[0] for file in marker.files} == {"final", "point-1"}


def test_more_points_than_steps_are_refused_before_the_training(finished):
    base, data = (made_by(finished.home, stage) for stage in ("base", "starter"))
    words = ["train", "--data", data, "--model", base, "--steps", "3", "--max-length", "256"]
    done = finished(*words, "--eval-at", "0.25", "-o", "few")
    assert done.code == 2
    assert "--eval-at 0.25 takes 4 even points of the training, which has only 3 steps" in done.err
