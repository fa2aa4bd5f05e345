"""Ablations in TOML: what they become, and what is said of a file that is wrong."""

from pathlib import Path

import pytest

from harness.experiment import profiles
from harness.experiment.ablation_files import get_ablation
from harness.experiment.ablation_toml import read_ablation
from harness.experiment.nodes import Experiment
from harness.options.toml_lines import line_of
from leaderboard.records import read_report
from ultralink_data.errors import BenchError, ConfigError, PrerequisiteError

EXAMPLE = Path(__file__).resolve().parents[3] / "examples/own_ablation.toml"

WHOLE = """\
name = "mine"
question = "Which?"
reference = "a"

[[variants]]
name = "a"

[[variants]]
name = "b"
set = { "train.learning_rate" = 0.5, data.prune.keep = "1/4" }

[[variants]]
name = "c"
[variants.set.train]
epochs = 2
[variants.set]
"eval.sampling".temperature = 0.5
"""


def written(tmp_path, text):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return path


def test_variants_set_the_fields_of_the_file(tmp_path):
    ablation = get_ablation(str(written(tmp_path, WHOLE)))
    own = Experiment(ablation, profiles.tiny(), benchmarks=None, command=())
    base = profiles.tiny()
    a, b, c = (own.of(variant) for variant in ablation.variants)
    assert a == base
    assert (b.train.learning_rate, b.data.prune.keep) == (0.5, "1/4")
    assert (c.train.epochs, c.train.steps, c.eval.sampling.temperature) == (2, None, 0.5)
    assert [v.label for v in ablation.variants] == [
        "as the profile has it",
        "train.learning_rate=0.5, data.prune.keep=1/4",
        "train.epochs=2, eval.sampling.temperature=0.5",
    ]


def test_a_variant_goes_on_from_another_and_is_compared_with_one(tmp_path):
    text = WHOLE.replace('name = "c"', 'name = "c"\nafter = "b"\nagainst = "b"')
    ablation = read_ablation(written(tmp_path, text))
    *_, last = ablation.variants
    assert (last.after, ablation.compared_with(last)) == ("b", "b")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "mine"', 'name = "mine', r"mine\.toml:1: not valid TOML"),
        ('question = "Which?"', 'queston = "Which?"', r"mine\.toml:2: .*unknown field `queston`"),
        ('question = "Which?"\n', "", r"mine\.toml: .*missing required field `question`"),
        ('name = "b"', 'name = "b"\nlabl = "x"', r"mine\.toml:10: .*unknown field `labl`"),
        ('name = "b"', "name = 3", r"mine\.toml:9: Expected `str`, got `int` - at field `variants"),
        ('name = "b"', "", r"mine\.toml:8: .*missing required field `name`"),
        ('name = "b"', 'name = "a"', r"mine\.toml:9: variant 'a' occurs twice"),
        ('name = "b"', 'name = "a b"', r"mine\.toml:9: variant 'a b': a name is letters"),
        ('name = "mine"', 'name = "all"', r"mine\.toml:1: ablation 'all': a name is"),
        ('reference = "a"', 'reference = "x"', r"mine\.toml:3: reference 'x' is unknown"),
        (
            'name = "b"',
            'name = "b"\nafter = "c"',
            r"mine\.toml:10: variant b: after .* 'c' is unknown; known: a$",
        ),
        ('name = "b"', 'name = "b"\nagainst = "d"', r"mine\.toml:10: variant b: against 'd' is"),
        ("data.prune.keep", "seeds", r"mine\.toml:10: variant b: seeds is the whole experiment"),
    ],
)
def test_an_error_names_file_and_line(tmp_path, old, new, said):
    assert WHOLE.count(old) == 1
    with pytest.raises(ConfigError, match=said):
        read_ablation(written(tmp_path, WHOLE.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new", "said", "hint"),
    [
        ("learning_rate", "learning_rat", "mine.toml:10: variant b: unknown config", "learning_ra"),
        ("0.5,", '"fast",', "mine.toml:10: variant b: Expected `float`, got `str`", "JSON"),
        ("epochs = 2", "epochs = -2", "variant c: epochs must be >= 1, got -2", "JSON"),
    ],
)
def test_a_value_that_does_not_fit_names_file_line_and_variant(tmp_path, old, new, said, hint):
    ablation = get_ablation(str(written(tmp_path, WHOLE.replace(old, new, 1))))
    with pytest.raises(ConfigError) as caught:
        Experiment(ablation, profiles.tiny(), benchmarks=None, command=())
    assert said in caught.value.message
    assert hint in caught.value.hint


def test_an_unknown_profile_and_a_built_in_name_and_no_file_are_refused(tmp_path):
    more = WHOLE.replace('reference = "a"', 'reference = "a"\ndefaults.stater = ["a"]')
    place = r"profile in `defaults` of .*mine\.toml:4:"
    with pytest.raises(ConfigError, match=place) as caught:
        get_ablation(str(written(tmp_path, more)))
    assert "did you mean 'starter'?" in caught.value.hint
    prune = written(tmp_path / "", WHOLE.replace('"mine"', '"prune"')).rename(tmp_path / "p.toml")
    with pytest.raises(ConfigError, match="is that of a built-in ablation"):
        get_ablation(str(prune))
    with pytest.raises(PrerequisiteError, match="no ablation at"):
        get_ablation(str(tmp_path / "nowhere.toml"))
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe9"')
    with pytest.raises(BenchError, match="is not UTF-8"):
        get_ablation(str(tmp_path / "latin.toml"))


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("name",), 1),
        (("variants", 0, "name"), 6),
        (("variants", 1), 8),
        (("variants", 1, "set", "train", "learning_rate"), 10),
        (("variants", 2, "set", "train", "epochs"), 15),
        (("variants", 2, "set", "eval", "sampling", "temperature"), 17),
        (("variants", 2, "label"), 12),
        (("nothing",), None),
    ],
)
def test_the_line_of_a_place(place, line):
    assert line_of(WHOLE, place) == line


def test_a_folder_of_data_that_is_not_there_names_file_and_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = WHOLE.replace("epochs = 2", "epochs = 2\n[variants.set.data]\nfolder = 'new'", 1)
    ablation = get_ablation(str(written(tmp_path, text)))
    with pytest.raises(PrerequisiteError, match=r"mine\.toml:\d+: variant c: .*no folder new"):
        Experiment(ablation, profiles.tiny(), benchmarks=None, command=())
    (tmp_path / "new").mkdir()
    Experiment(ablation, profiles.tiny(), benchmarks=None, command=())


def test_what_looks_like_a_key_in_a_long_text_is_none():
    assert line_of('a = """\nb = 1\n"""\nb = 2', ("b",)) == 4


def test_the_example_runs(finished):
    done = finished("run", "--ablation", EXAMPLE, "--profile", "tiny").ok()
    trained = {name for name in done.made if name.startswith("train")}
    assert trained == {"train/large-steps/0"}  # the usual one is the reference of `prune`
    report = read_report(finished.home / "runs/reports/learning-tiny/report.json")
    assert report.reference == "usual"
    assert [variant.name for variant in report.variants] == ["usual", "large-steps"]
