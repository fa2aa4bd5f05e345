"""What an ablation checks of itself, and what is said of a file that is wrong."""

import msgspec
import pytest
from command_line import Bench
from experiment.own_ablations import FOLDERS, SHORTEST, write_rows

from harness.experiment import profiles
from harness.experiment.ablation import Ablation, DataStage, Variant
from harness.experiment.ablation_files import built_in, get_ablation, stage_of
from harness.experiment.nodes import Experiment
from ultralink_data.errors import BenchError, ConfigError, PrerequisiteError


class Share(msgspec.Struct, frozen=True):
    """Of a stage."""

    share: float = 0.5


class Other(msgspec.Struct, frozen=True):
    """Of another."""


HALVE = DataStage(name="halve", config_type=Share, run=lambda rows, config: rows[::2])


def ablation(**changes):
    fields = {
        "name": "mine",
        "question": "?",
        "reference": "a",
        "variants": (Variant(name="a", label="A"), Variant(name="b", label="B")),
    }
    return Ablation(**fields | changes)


def variant(name="a", **changes):
    return Variant(name=name, label=name, **changes)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"name": "a b"}, "ablation 'a b': a name is letters"),
        ({"variants": (variant("a/b"), variant())}, "variant 'a/b': a name is letters"),
        ({"variants": (variant("all"), variant())}, "never 'all'"),
        ({"variants": (variant(), variant())}, "variant 'a' stands twice"),
        ({"reference": "c"}, "reference 'c' is unknown; known: a, b"),
        ({"defaults": {"tiny": ("a", "c")}}, "defaults of tiny: variant 'c' is unknown"),
        ({"stages": (HALVE, HALVE)}, "stage 'halve' stands twice"),
        ({"variants": (variant(stages={"halve": Share()}),)}, "stage 'halve' is unknown"),
        (
            {"stages": (HALVE,), "variants": (variant(stages={"halve": Other()}),)},
            "stage halve takes a Share, got a Other",
        ),
    ],
)
def test_names_that_do_not_fit_together_are_refused(changes, complaint):
    with pytest.raises(ValueError, match=complaint):
        ablation(**changes)


@pytest.mark.parametrize("name", ["prune", "data", "train", "pack"])
def test_a_stage_cannot_take_the_name_of_ours(name):
    with pytest.raises(ValueError, match="this name is taken"):
        DataStage(name=name, config_type=Share, run=lambda rows, config: rows)


def test_our_ablations_are_found_by_looking():
    assert set(built_in()) == {"prune"}
    prune = built_in()["prune"]
    for profile in profiles.PROFILES:
        assert set(prune.defaults[profile]) < {v.name for v in prune.variants}


# An experiment follows its variants


def experiment(own, names=(), **changes):
    config = msgspec.structs.replace(profiles.tiny(), **changes)
    return Experiment(own, config, names, benchmarks=None, command=())


def names_of(own):
    return [variant.name for variant in own.variants]


def test_a_profile_that_the_ablation_does_not_list_runs_all_variants():
    own = ablation(defaults={"starter": ("a",)})
    assert names_of(experiment(own)) == ["a", "b"]
    assert names_of(experiment(own, profile="starter")) == ["a"]
    assert names_of(experiment(own, ("b",), profile="starter")) == ["a", "b"]


def starter_seed(seed):
    def change(config):
        starter = msgspec.structs.replace(config.data.starter, seed=seed)
        return msgspec.structs.replace(
            config, data=msgspec.structs.replace(config.data, starter=starter)
        )

    return change


def base_seed(seed):
    def change(config):
        model = msgspec.structs.replace(config.model, base_seed=seed)
        return msgspec.structs.replace(config, model=model)

    return change


def needs(own):
    return {node.name: node.needs for node in experiment(own).nodes()}


def test_equal_data_share_a_node_and_other_data_have_their_own():
    variants = (
        variant("a"),
        variant("b", change=starter_seed(1)),
        variant("c", change=starter_seed(1)),
        variant("d", change=starter_seed(0)),
    )
    found = needs(ablation(variants=variants))
    reads = {v: found[f"prune/{v}"] for v in "abcd"}
    assert reads == {"a": ("data",), "b": ("data/b",), "c": ("data/b",), "d": ("data",)}
    assert {name for name in found if name.startswith("data")} == {"data", "data/b"}
    assert {name for name in found if name.startswith("base")} == {"base"}


def test_another_base_model_is_made_and_trained_on():
    found = needs(ablation(variants=(variant("a"), variant("b", change=base_seed(1)))))
    assert found["train/a/0"] == ("pack/a", "base")
    assert found["train/b/0"] == ("pack/b", "base/b")
    assert found["base/b"] == ("tokenizer/b",)


def test_data_that_no_variant_uses_are_not_made():
    both = tuple(variant(name, change=starter_seed(n)) for n, name in ((1, "a"), (2, "b")))
    found = needs(ablation(variants=both))
    assert "data" not in found
    assert found["prune/b"] == ("data/b",)


def test_stages_stand_in_the_ablations_order_before_prune():
    again = msgspec.structs.replace(HALVE, name="again")
    own = ablation(
        stages=(HALVE, again),
        variants=(
            variant("a", stages={"again": Share(), "halve": Share()}),
            variant("b", stages={"again": Share()}),
        ),
    )
    found = needs(own)
    assert found["halve/a"] == ("data",)
    assert found["again/a"] == ("halve/a",)
    assert found["prune/a"] == ("again/a",)
    assert (found["again/b"], found["prune/b"]) == (("data",), ("again/b",))
    assert experiment(own).dataset_name(own.variants[0]) == "prune/a"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda config: msgspec.structs.replace(config, seeds=(5,)),
            "variant b changes 'seeds', which is the whole experiment's",
        ),
        (lambda config: None, "variant b: its change gave a NoneType"),
    ],
)
def test_a_change_of_what_is_not_the_variants_is_refused(change, message):
    with pytest.raises(ConfigError, match=message):
        experiment(ablation(variants=(variant("a"), variant("b", change=change))))


# A user's own file


def at(tmp_path, text):
    path = tmp_path / "own.py"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\n", "own.py: ABLATION is missing"),
        ("ABLATION = 3\n", "own.py: ABLATION is a int, no Ablation"),
        ("x = 1\ny = (\n", "own.py:2: '(' was never closed"),
        ("import msgspec\n\nx = {}['k']\n", "own.py:3: the file does not run: KeyError: 'k'"),
        ("import nothing_of_this\n", "own.py:1: the file does not run: ModuleNotFoundError"),
        (FOLDERS.replace('"one", label', '"o/e", label'), r"own.py:\d+: .*variant 'o/e': a name"),
        (FOLDERS.replace('"folders"', '"prune"'), "the name 'prune' is taken"),
        (
            FOLDERS.replace('reference="one",', 'reference="one", defaults={"tinny": ("one",)},'),
            "unknown profile in `defaults` of .*'tinny'",
        ),
    ],
)
def test_a_wrong_file_is_named_with_its_line(tmp_path, text, message):
    with pytest.raises(ConfigError, match=message.replace("(", r"\(")) as caught:
        get_ablation(at(tmp_path, text))
    assert caught.value.hint


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(PrerequisiteError, match="no ablation at"):
        get_ablation(str(tmp_path / "gone.py"))


def test_a_change_that_fails_is_named_with_its_line(tmp_path):
    text = FOLDERS.replace("        return msgspec", "        config.dta\n        return msgspec")
    own = get_ablation(at(tmp_path, text))
    with pytest.raises(ConfigError, match=r"own.py:10: variant one: AttributeError"):
        Experiment(own, profiles.tiny(), benchmarks=None, command=())


def test_a_stage_names_modules_of_this_project_only(tmp_path):
    text = SHORTEST.replace("run=shortest)", 'run=shortest, modules=("numpy",))')
    path = get_ablation(at(tmp_path, text)).file
    with pytest.raises(ConfigError, match="modules names 'numpy', which is none of this"):
        stage_of(path, "shortest")
    with pytest.raises(BenchError, match="unknown stage of"):
        stage_of(path, "shorter")


@pytest.mark.parametrize("profile", ["tiny", "starter"])
def test_a_new_ablation_runs_at_every_profile(finished, profile):
    (finished.home / "own.py").write_text(SHORTEST)
    words = ("--profile", profile, "--tasks", "starter_math", "--dry-run")
    done = finished("run", "--ablation", "own.py", *words).ok()
    assert f"Plan: shortest ({profile})" in done.out


def test_a_new_ablation_runs_on_a_pretrained_model(finished, benchmarks):
    (finished.home / "own.py").write_text(FOLDERS)
    for seed, name in enumerate(("one", "two")):
        write_rows(finished.home / name, seed=seed)
    words = ("--profile", "small", "--set", f"model.path={_a_model(finished)}", "--dry-run")
    done = finished("run", "--ablation", "own.py", *words, "--benchmarks", benchmarks).ok()
    assert "Plan: folders (small)" in done.out
    assert "0 of 12 trainings and evaluations" in done.out


def _a_model(bench: Bench) -> str:
    (found,) = [
        path.parent
        for path in (bench.home / "runs/models").glob("*/artefact.json")
        if '"stage": "base"' in path.read_text()
    ]
    return str(found)
