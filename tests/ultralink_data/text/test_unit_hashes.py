import numpy as np
import pytest

from ultralink_data.text import unit_hashes as module
from ultralink_data.text.unit_hashes import run_hashes, unit_hashes
from ultralink_data.text.units import stable_hash

TEXT = "the cat saw the cat and the dog saw the cat and the dog ran after the cat"
WORDS = TEXT.split()


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 7, 8, 12, 15])
def test_runs_of_the_same_units_are_equal_and_others_are_not(n):
    found = run_hashes(unit_hashes(WORDS), n).tolist()
    runs = [*zip(*(WORDS[start:] for start in range(n)), strict=False)]
    assert len(found) == len(runs)
    assert len({*found}) == len({*runs})
    assert len({*zip(found, runs, strict=True)}) == len({*runs})


@pytest.mark.parametrize("n", [2, 3, 8])
def test_the_order_of_the_units_counts(n):
    units = [f"w{place}" for place in range(n)]
    assert run_hashes(unit_hashes(units), n) != run_hashes(unit_hashes(units[::-1]), n)


@pytest.mark.parametrize("n", [1, 2, 3, 8, 12])
def test_fewer_units_than_a_run_are_no_run(n):
    assert len(run_hashes(unit_hashes(WORDS[: n - 1]), n)) == 0


def test_a_run_is_the_same_in_any_text_and_on_any_machine():
    inside = run_hashes(unit_hashes(["a", *WORDS[:3], "b"]), 3)[1]
    assert inside == run_hashes(unit_hashes(WORDS[:3]), 3)[0]
    assert unit_hashes(["cat"]).tolist() == [stable_hash("cat")]


def test_lone_surrogates_are_units_too():
    assert len({*unit_hashes(["\ud800", "\ud801", "a"]).tolist()}) == 3


def test_forgotten_units_keep_their_hashes(monkeypatch):
    before = unit_hashes(WORDS)
    monkeypatch.setattr(module, "_MOST_KNOWN", 3)
    module._known.cache_clear()
    assert np.array_equal(unit_hashes(WORDS), before)
    assert len(module._known()) <= 3
