"""`train` and `run` on a mixture."""

import json
from collections import Counter

from command_line import TINY, made_by

from harness.engine.provenance import read_provenance
from ultralink_data.store import dataset

MIXTURE = """
order = "length"
phases = 2
repeats = 4

[[datasets]]
name = "one"
folder = "{data}"
weight = 2
budgets = [{{ kind = "math", rows = 40 }}, {{ kind = "code", rows = 0 }}]

[[datasets]]
name = "two"
folder = "{data}"
weight = 1
budgets = [{{ kind = "math", rows = 5 }}, {{ kind = "code", rows = 0 }}]
"""


def test_a_mixture_is_planned_trained_and_recorded(finished):
    base, data = (made_by(finished.home, stage) for stage in ("base", "starter"))
    path = finished.home / "mix.toml"
    path.write_text(MIXTURE.format(data=data), "utf-8")
    words = ["train", "--data", path, "--model", base, "--steps", "2", "--languages", "en"]
    words += ["--sequences-per-step", "4", "--max-length", "256", "--overlong", "cut"]
    done = finished(*words, "-o", "tuned").ok()
    assert {"data", "pack", "train"} <= done.made
    assert f"Mixture {path}" in done.out.replace("\n", "")
    found = read_provenance(finished.home / "tuned").dataset
    cells = {(cell.dataset, cell.language, cell.kind): cell for cell in found.mixture}
    assert (cells["two", "en", "code"].taken, cells["two", "en", "code"].tokens) == (0, 0)
    drawn = Counter()
    for cell in found.mixture:
        drawn[cell.dataset] += cell.taken + cell.repeated
    assert abs(drawn["one"] - 2 * drawn["two"]) <= 2
    mixed = made_by(finished.home, "mixture")
    assert sum(count.rows for count in dataset.read_manifest(mixed).counts) == sum(drawn.values())
    # The tokens that the mixture counts are those that packing is given.
    packed = [json.loads(p.read_text()) for p in finished.home.glob("runs/*/*/counts.json")]
    (ordered,) = (counts for counts in packed if len(counts["phases"]) == 2)
    given = sum(cell["given_tokens"] for cell in ordered["cells"])
    assert given == sum(cell.tokens for cell in found.mixture)
    bad = finished.home / "bad.toml"
    bad.write_text(MIXTURE.format(data=data).replace("rows = 5 ", "rows = 5000 "), "utf-8")
    words[2] = bad
    refused = finished(*words, "-o", "bad")
    assert refused.code != 0
    assert f"{bad}:16: a budget of 5,000 rows of en math is more than there is" in refused.err
    assert not (finished.home / "bad").exists()


def test_an_experiment_trains_on_a_mixture(finished):
    data = made_by(finished.home, "starter")
    path = finished.home / "mix.toml"
    path.write_text(MIXTURE.format(data=data), "utf-8")
    words = (*TINY, "--set", f"data.folder={path}", "--variants", "keep-all")
    planned = finished(*words, "--dry-run").ok()
    assert "Mixture" in planned.out
    assert {"data", "pack/keep-all"} <= planned.made
