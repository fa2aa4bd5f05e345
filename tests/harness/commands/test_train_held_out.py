"""`train --validation`: rows held out of a training, and what is said of them."""

import json

import pytest
from command_line import made_by

from harness.commands.train_held_out import held_share
from harness.engine.provenance import read_provenance
from train.step_metrics import StepMetrics, read_steps
from train.validation import ValidationPoint
from ultralink_data.about_files import METRICS, VALIDATION
from ultralink_data.errors import ConfigError
from ultralink_data.store import dataset


def test_a_number_is_a_share_and_all_else_a_folder():
    assert (held_share("0.05"), held_share("./0.05"), held_share("rows")) == (0.05, None, None)
    with pytest.raises(ConfigError, match="--validation 0: a share of the rows is above 0"):
        held_share("0")


def test_rows_are_held_out_measured_and_never_trained(finished):
    base, data = (made_by(finished.home, stage) for stage in ("base", "starter"))
    words = ["train", "--data", data, "--model", base, "--steps", "3", "--sequences-per-step", "4"]
    words += ["--max-length", "256", "--validation"]
    done = finished(*words, "0.3", "-o", "held").ok()
    assert {"validation", "rest", "pack/validation", "pack", "train"} <= done.made
    assert "Rows held out (--validation)" in done.out
    assert "Loss on held-out rows" in done.out
    folder = finished.home / "held"
    found = read_provenance(folder)
    points = read_steps(folder / VALIDATION, ValidationPoint)
    assert [point.step for point in points] == [0, 3]
    assert [one.step for one in read_steps(folder / METRICS, StepMetrics)] == [1, 2, 3]
    kept = {(d.language, d.kind, d.id) for d in dataset.read(made_by(finished.home, "without"))}
    held = dataset.read(made_by(finished.home, "held-out"))
    assert kept
    assert not kept & {(row.language, row.kind, row.id) for row in held}
    assert found.validation.fingerprint != found.dataset.fingerprint
    assert {(c.language, c.kind) for c in found.validation.cells} == {
        (row.language, row.kind) for row in held
    }
    assert sum(cell.learned for cell in found.validation.cells) == sum(
        cell.learned_tokens for cell in points[-1].cells
    )
    refused = finished(*words, data, "-o", "nothing")
    assert refused.code == 3
    assert "no row to train on: none is given" in refused.err
    assert "--validation takes out rows that say the same" in refused.err
    assert not (finished.home / "nothing").exists()
    again = finished(*words, "0.3", "-o", "again").ok()
    assert again.made == set()
    assert (finished.home / "again" / METRICS).read_bytes() == (folder / METRICS).read_bytes()
    for name in ("README.md", "loss.png", "loss.svg"):
        other = (finished.home / "again" / name).read_bytes()
        assert (folder / name).read_bytes() == other.replace(b"# again", b"# held")
    assert "held-out rows" in (folder / "loss.svg").read_text()
    assert json.loads((folder / "_training.json").read_text())["steps"] == 3
