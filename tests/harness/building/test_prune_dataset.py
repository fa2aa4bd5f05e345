"""`data prune`: a dataset of its own, with counts of source problems."""

import pytest
from dialogue_samples import parallel

from harness.building.prune_stage import prune_dataset
from harness.cli import main
from leaderboard.prune_tables import problems_table
from tests.harness.commands.test_data_stats import stage
from ultralink_data.errors import ConfigError
from ultralink_data.store import dataset


@pytest.fixture
def folder(tmp_path):
    dataset.write(tmp_path / "d", parallel(20, rows_each=3), recipe="r", stages=[stage()])
    return tmp_path / "d"


@pytest.mark.parametrize(("by", "how"), [("source", ""), ("similarity", ", by=similarity")])
def test_the_manifest_says_how_and_from_what(folder, tmp_path, by, how):
    pruned = prune_dataset(folder, tmp_path / "p", keep="1/4", seed=3, by=by)
    manifest = dataset.check(tmp_path / "p")
    assert pruned.manifest == manifest
    assert manifest.recipe == f"prune(keep=1/4, seed=3{how})"
    assert manifest.parents == (dataset.read_manifest(folder).fingerprint,)
    assert manifest.dropped == {"pruned": 4 * 45}
    assert [made.stage.name for made in manifest.stages] == ["ground"]


def test_source_problems_are_shown_before_and_after(folder, tmp_path):
    pruned = prune_dataset(folder, tmp_path / "p", keep="10", seed=0)
    table = problems_table(pruned.before, pruned.after)
    shown = {(row.cells[0].text, row.cells[1].text): row for row in table.rows}
    assert [cell.text for cell in shown["fr", "math"].cells[2:]] == [
        "60 → 10",
        "20 → 10",
        "3.00 → 1.00",
        "3 → 1",
    ]
    assert [cell.text for cell in shown["en", "math"].cells[2:]] == ["60", "20", "3.00", "3"]
    pruned = prune_dataset(folder, tmp_path / "q", keep="0", seed=0)
    none = problems_table(pruned.before, pruned.after)
    assert none.rows[2].cells[2].text == "60 → 0"


def test_only_a_dataset_that_may_be_replaced_gives_way(folder, tmp_path):
    prune_dataset(folder, tmp_path / "p", keep="1/4", seed=0)
    with pytest.raises(ConfigError, match="exists already"):
        prune_dataset(folder, tmp_path / "p", keep="1/2", seed=0)
    prune_dataset(folder, tmp_path / "p", keep="1/2", seed=0, replace=True)
    assert "1/2" in dataset.check(tmp_path / "p").recipe
    with pytest.raises(ConfigError, match="keep must be"):
        prune_dataset(folder, tmp_path / "q", keep="many", seed=0)


def test_the_command_takes_the_way_to_choose(folder, tmp_path, capsys):
    words = ["data", "prune", str(folder), "--keep", "1/8", "-o", str(tmp_path / "p")]
    assert main([*words, "--by", "similarity"]) == 0
    out = capsys.readouterr().out
    assert "Source problems of math and code" in out
    assert "60 → 8" in out
