"""Seeds that were reported before, and the sentence about them."""

import msgspec
import pytest

from harness.experiment import profiles
from harness.experiment.config import config_hash
from harness.experiment.earlier_looks import FOLDER, earlier_looks, note_look
from harness.experiment.until_decided import seed_looks
from harness.statistics.verdict import Margins
from leaderboard.looks import Look, look_notes
from ultralink_data.errors import DataError

CONFIG = profiles.get("starter")
ROWS = {"keep-0": "f0", "keep-1of8": "f1"}


def with_seeds(*seeds, config=CONFIG):
    return msgspec.structs.replace(config, seeds=seeds)


def looks(root, config, variants=ROWS, ablation="prune"):
    return [look.seeds for look in earlier_looks(root, ablation, config, variants)]


def test_seeds_are_part_of_the_hash_in_any_order():
    nine = with_seeds(*range(9))
    assert config_hash(nine) != config_hash(CONFIG)
    assert config_hash(with_seeds(2, 0, 1)) == config_hash(CONFIG)


def test_a_report_on_other_seeds_is_remembered(tmp_path):
    assert looks(tmp_path, CONFIG) == []
    note_look(tmp_path, "prune", CONFIG, ROWS)
    assert looks(tmp_path, CONFIG) == looks(tmp_path, with_seeds(2, 1, 0)) == []
    note_look(tmp_path, "prune", with_seeds(*range(5)), ROWS)
    assert looks(tmp_path, with_seeds(*range(9))) == [(0, 1, 2), (0, 1, 2, 3, 4)]
    assert looks(tmp_path, CONFIG) == [(0, 1, 2, 3, 4)]


def test_another_experiment_is_no_look(tmp_path):
    note_look(tmp_path, "prune", CONFIG, ROWS)
    nine = with_seeds(*range(9))
    other = msgspec.structs.replace(nine.train, steps=7)
    assert looks(tmp_path, msgspec.structs.replace(nine, train=other)) == []
    assert looks(tmp_path, nine, {"keep-0": "other rows"}) == []
    assert looks(tmp_path, nine, {"keep-all": "f0"}) == []
    assert looks(tmp_path, nine, ablation="own") == []
    assert looks(tmp_path, nine, {"keep-0": "f0", "new": "x"}) == [(0, 1, 2)]


def test_the_reference_alone_shows_no_effect_and_is_no_look(tmp_path):
    note_look(tmp_path, "prune", with_seeds(*range(9)), {})
    assert not (tmp_path / FOLDER).exists()


def test_the_name_of_an_ablation_chooses_no_path(tmp_path):
    note_look(tmp_path / "runs", "../../../x", CONFIG, ROWS)
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]


def test_a_damaged_look_is_named(tmp_path):
    note_look(tmp_path, "prune", CONFIG, ROWS)
    (path,) = (tmp_path / FOLDER).rglob("*.json")
    path.write_text("{")
    with pytest.raises(DataError, match=path.name) as caught:
        looks(tmp_path, with_seeds(7))
    assert "delete it" in caught.value.hint


def test_margins_set_after_looking_are_told(tmp_path):
    note_look(tmp_path, "prune", CONFIG, ROWS)
    wide = msgspec.structs.replace(CONFIG, margins=Margins(accuracy=0.1, bpb=0.1))
    (look,) = earlier_looks(tmp_path, "prune", wide, ROWS)
    assert look == Look(seeds=(0, 1, 2), margins={"accuracy": 0.03, "bpb": 0.035})
    (note,) = look_notes([look], wide.seeds, {"accuracy": 0.1, "bpb": 0.1})
    assert "reported with margins accuracy 0.03, bpb 0.035, now margins accuracy 0.1" in note
    (note,) = look_notes([look], wide.seeds, {})
    assert note.startswith("margins set after looking")
    assert "now no margins" in note
    both = look_notes([look], (0, 1, 2, 3), {})
    assert [text.split()[0] for text in both] == ["chosen", "margins"]


def test_looks_of_a_plan_count_for_all_but_that_plan(tmp_path):
    plan, other = seed_looks(CONFIG, 8), seed_looks(CONFIG, 6)
    note_look(tmp_path, "prune", CONFIG, ROWS, plan)
    five = with_seeds(*range(5))
    for asked, seen in ((plan, []), (other, [(0, 1, 2)]), (None, [(0, 1, 2)])):
        found = earlier_looks(tmp_path, "prune", five, ROWS, asked)
        assert [look.seeds for look in found] == seen
    wide = msgspec.structs.replace(five, margins=Margins(accuracy=0.1, bpb=0.1))
    assert len(earlier_looks(tmp_path, "prune", wide, ROWS, plan)) == 1


def test_a_report_is_no_look_of_the_plan_that_follows(tmp_path):
    note_look(tmp_path, "prune", CONFIG, ROWS)
    note_look(tmp_path, "prune", CONFIG, ROWS, seed_looks(CONFIG, 8))
    found = earlier_looks(tmp_path, "prune", with_seeds(*range(5)), ROWS, seed_looks(CONFIG, 8))
    assert [look.seeds for look in found] == [(0, 1, 2)]


@pytest.mark.parametrize(
    ("seen", "seeds", "said"),
    [
        ([(0, 1, 2)], (0, 1, 2, 3, 4), "seeds 3, 4 added after"),
        ([(0, 1, 2)], (0, 2), "seed 1 left out after"),
        ([(0, 1, 2)], (0, 1, 7), "seed 7 added and seed 2 left out after"),
        ([(0, 1), (2, 3)], (0, 1, 2, 3), "the number of seeds was changed after"),
    ],
)
def test_the_note_says_what_was_changed(seen, seeds, said):
    (note,) = look_notes([Look(seeds=s, margins={}) for s in seen], seeds, {})
    assert said in note
    assert ", ".join(map(str, seen[0])) in note
    assert look_notes([], seeds, {}) == ()
