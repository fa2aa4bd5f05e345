"""The file of a mixture: what is read, and errors with file and line."""

import pytest

from harness.experiment.mixture_file import is_mixture, read_mixture
from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.errors import BenchError
from ultralink_data.mixture.mixture_config import Curriculum
from ultralink_data.store import dataset

TWO = """
repeats = 2

[[datasets]]
folder = "one"
weight = 3

[[datasets]]
name = "other"
folder = "two"
weight = 1.5

[[datasets.budgets]]
kind = "math"
rows = 7
"""


@pytest.fixture
def home(tmp_path):
    for name, language in (("one", "zh"), ("two", "en")):
        row = Dialogue(
            id="1",
            language=language,
            kind="math",
            turns=("q", "a"),
            provenance=Provenance(source_id="1"),
        )
        dataset.write(tmp_path / name, [row], recipe="test")
    return tmp_path


def written(home, text):
    path = home / "mix.toml"
    path.write_text(text, "utf-8")
    return path


def test_folders_are_relative_to_the_file_and_name_their_datasets(home, monkeypatch):
    monkeypatch.chdir("/")
    found = read_mixture(written(home, TWO))
    assert found.folders == (home / "one", home / "two")
    assert [part.name for part in found.mixture.datasets] == ["one", "other"]
    assert found.languages == ("en", "zh")
    assert is_mixture(found.path)
    assert not is_mixture(home)


def test_neither_paths_nor_the_order_decide_what_is_drawn(home):
    plain = read_mixture(written(home, TWO))
    staged = TWO.replace("repeats", 'order = "stages"\nrepeats').replace(
        "weight", "stage = 2\nweight", 1
    )
    staged = staged.replace("weight = 1.5", "stage = 1\nweight = 1.5")
    ordered = read_mixture(written(home, staged))
    assert ordered.config(("en",), "auto") == plain.config(("en",), "auto")
    assert ordered.curriculum == Curriculum(order="stages", stages=(("other",), ("one",)))
    assert plain.curriculum == Curriculum()
    assert (plain.seed(5), read_mixture(written(home, "seed = 3\n" + TWO)).seed(5)) == (5, 3)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("weight = 1.5", "wieght = 1.5", 11, "unknown field `wieght`"),
        ("weight = 3", "weight = -1", 6, "weight must be >= 0, got -1"),
        ("weight = 3", "weight = nan", 6, "weight must be >= 0, got nan"),
        ("weight = 3", "weight = inf", 6, "weight must be <= 1,000,000,000,000, got inf"),
        ("rows = 7", f"rows = 1{30 * '0'}", 15, "rows must be <= 1,000,000,000,000, got 1000"),
        ("repeats = 2", f"repeats = 1{30 * '0'}", 2, "repeats must be <= 1,000,000,000,000"),
        ("repeats = 2", f"tokens = 1{30 * '0'}", 2, "tokens must be <= 1,000,000,000,000"),
        ("weight = 3", "weight = 'x'", 6, "got `str`"),
        ("rows = 7", "rows = -7", 15, "rows must be >= 0, got -7"),
        ("rows = 7", "rows = 7\ntokens = 8", 15, "give rows or tokens"),
        ('"math"', '"maths"', 14, "Invalid enum value 'maths'"),
        ('"two"', '"three"', 10, "no folder"),
        ('"two"', '"empty"', 10, "has no {language}_{kind}.jsonl file"),
        ("repeats = 2", "repeats = 0", 2, "repeats must be >= 1, got 0"),
        ("repeats = 2", "order = 'random'", 2, "Invalid enum value 'random'"),
        ("repeats = 2", "order = 'stages'", 4, "stage of dataset one is missing"),
        ("weight = 1.5", "", 8, "dataset other has no weight"),
        ('"other"', '"one"', 9, "two datasets are called 'one'"),
        ('"other"', '"a/b"', 9, "name must be letters"),
        ("repeats = 2", "repeats = ", 2, "not valid TOML"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(home, old, new, line, said):
    (home / "empty").mkdir()
    path = written(home, TWO.replace(old, new))
    with pytest.raises(BenchError) as error:
        read_mixture(path)
    assert error.value.message.startswith(f"{path}:{line}: ")
    assert said in error.value.message
    assert error.value.hint


def test_weights_that_sum_to_0_are_told(home):
    path = written(home, TWO.replace("weight = 3", "weight = 0").replace("1.5", "0"))
    with pytest.raises(BenchError, match=r"mix\.toml:6: the weights of all datasets sum to 0"):
        read_mixture(path)


def test_a_mixture_without_datasets_is_told(home):
    with pytest.raises(BenchError, match=r"mix\.toml.*datasets"):
        read_mixture(written(home, "datasets = []\n"))
    with pytest.raises(BenchError, match="no mixture at"):
        read_mixture(home / "none.toml")
