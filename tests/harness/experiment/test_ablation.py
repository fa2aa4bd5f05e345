"""What an ablation checks of itself, and what is said of a file that is wrong."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from command_line import Bench
from experiment.own_ablations import FOLDERS, SHORTEST, write_rows

from harness.engine import source_hash
from harness.engine.artefact_store import Store
from harness.engine.jobs import Job
from harness.engine.module_facts import read_facts
from harness.engine.pool import Pool
from harness.engine.stages import Folders, file_code
from harness.experiment import profiles
from harness.experiment.ablation import Ablation, DataStage, Variant
from harness.experiment.ablation_files import built_in, get_ablation, stage_of
from harness.experiment.nodes import Experiment
from tasks.eval_config import TaskRun
from tasks.own_answers import OwnAnswersConfig
from ultralink_data.errors import BenchError, ConfigError, PrerequisiteError
from ultralink_data.store.dataset import read_manifest


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
        ({"name": "a" * 101}, "a name of 101 characters is too long for folders"),
        ({"variants": (variant("a/b"), variant())}, "variant 'a/b': a name is letters"),
        ({"variants": (variant(), variant("b", after="c"))}, "variant b: after .* 'c' is unknown"),
        ({"variants": (variant(after="b"), variant("b"))}, "variant a: after .* 'b' is unknown"),
        (
            {"variants": (variant(answers=OwnAnswersConfig()),)},
            "variant a: answers are those of an earlier variant's model",
        ),
        ({"variants": (variant(against="c"),)}, "variant a: against 'c' is unknown"),
        ({"variants": (variant(), variant("b", after="a")), "ladder": True}, "a ladder leaves out"),
        ({"variants": (variant("all"), variant())}, "never 'all'"),
        ({"variants": (variant(), variant())}, "variant 'a' occurs twice"),
        ({"reference": "c"}, "reference 'c' is unknown; known: a, b"),
        ({"defaults": {"tiny": ("a", "c")}}, "defaults of tiny: variant 'c' is unknown"),
        ({"stages": (HALVE, HALVE)}, "stage 'halve' occurs twice"),
        ({"variants": (variant(stages={"halve": Share()}),)}, "stage 'halve' is unknown"),
        (
            {"stages": (HALVE,), "variants": (variant(stages={"halve": Other()}),)},
            "stage halve takes a Share, got a Other",
        ),
        (
            {"stages": (HALVE,), "variants": (variant(stages={"halve": Share(share=Path())}),)},
            "the config of stage halve cannot be written as JSON",
        ),
        (
            {"stages": (HALVE,), "variants": (variant(stages={"halve": Share(share="x")}),)},
            "the config of stage halve cannot be written as JSON: Expected `float`",
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
    assert "prune" in built_in()
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


@pytest.mark.parametrize(("path", "answers"), [(None, 8), ("model.gguf", 0)])
def test_only_a_starter_base_answers_what_was_not_asked(path, answers):
    asked = TaskRun(task="humaneval", languages=("en",), protocol="completion", generate=0)
    config = profiles.tiny()
    own = experiment(
        ablation(),
        eval=msgspec.structs.replace(config.eval, runs=(asked,)),
        model=msgspec.structs.replace(config.model, path=path),
    )
    found = {name: one.eval.runs[0].generate for name, one in own.evaluations().items()}
    assert found == {"a": answers, "b": 0}


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


def needs(own, **changes):
    return {node.name: node.needs for node in experiment(own, **changes).nodes()}


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
    assert found["train/a/0"][:2] == ("pack/a", "base")
    assert found["train/b/0"][:2] == ("pack/b", "base/b")
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


ROUNDS = ablation(
    variants=(
        variant("a"),
        variant("one"),
        variant("two", after="one"),
        variant("three", after="two"),
    )
)


def test_a_variant_after_another_trains_the_model_of_that_one_and_of_the_same_seed():
    found = needs(ROUNDS, seeds=(0, 4))
    assert found["train/one/4"][:2] == ("pack/one", "base")
    assert found["train/two/4"][:2] == ("pack/two", "train/one/4")
    assert found["train/three/0"][:2] == ("pack/three", "train/two/0")
    assert found["eval/two/4"] == ("train/two/4",)
    names = [node.name for node in experiment(ROUNDS).run_nodes()]
    assert names.index("train/one/0") < names.index("train/two/0") < names.index("train/three/0")


def test_what_a_variant_builds_on_runs_with_it():
    assert names_of(experiment(ROUNDS, ("two",))) == ["a", "one", "two"]
    own = ablation(variants=(variant(), variant("b"), variant("c"), variant("d", against="c")))
    assert names_of(experiment(own, ("d",))) == ["a", "c", "d"]
    with pytest.raises(ConfigError, match="variant of mine"):
        experiment(own, ("e",))


def test_a_variant_is_compared_with_the_reference_or_the_one_it_names():
    own = ablation(variants=(variant(), variant("b"), variant("c", against="c"), variant("d")))
    a, b, c, _ = own.variants
    assert [own.compared_with(v) for v in (a, b, c)] == [None, "a", None]
    assert own.compared_with(msgspec.structs.replace(b, against="c")) == "c"


def test_a_later_round_on_another_base_model_is_refused():
    own = ablation(variants=(variant(), variant("b", after="a", change=base_seed(1))))
    with pytest.raises(ConfigError, match="b goes on from a, but names another base model"):
        experiment(own)


# A user's own file


def at(tmp_path, text, name="own.py"):
    path = tmp_path / name
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\n", "own.py: ABLATION is missing"),
        ("ABLATION = 3\n", "own.py:1: ABLATION is a int, not an Ablation"),
        ("x = 1\ny = (\n", "own.py:2: '(' was never closed"),
        ("import msgspec\n\nx = {}['k']\n", "own.py:3: the file does not run: KeyError: 'k'"),
        ("import nothing_of_this\n", "own.py:1: the file does not run: ModuleNotFoundError"),
        (FOLDERS.replace('"one", label', '"o/e", label'), r"own.py:\d+: .*variant 'o/e': a name"),
        (FOLDERS.replace('"folders"', '"prune"'), "'prune' is that of a built-in ablation"),
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


TYPES = """import msgspec
from pathlib import Path
from harness.experiment.ablation import Ablation, Variant

R = msgspec.structs.replace


def change(config):
    return CHANGED


ABLATION = Ablation(
    name="types",
    question="q",
    reference="a",
    variants=(Variant(name="a", label="a"), Variant(name="b", label="b", change=change)),
)
"""


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ("R(config, data=R(config.data, folder=Path('rows')))", "own.py: variant b: TypeError: "),
        ("R(config, train=R(config.train, template=3))", r"variant b: .* `\$.train.template`"),
        ("R(config, eval=R(config.eval, runs=()))", "variant b leaves nothing to evaluate"),
    ],
)
def test_a_value_of_another_type_is_found_before_anything_runs(tmp_path, changed, said):
    own = get_ablation(at(tmp_path, TYPES.replace("CHANGED", changed)))
    with pytest.raises(ConfigError, match=said):
        Experiment(own, profiles.tiny(), benchmarks=None, command=())


def test_a_list_in_a_changed_config_is_as_good_as_a_tuple(tmp_path):
    own = get_ablation(at(tmp_path, TYPES.replace("CHANGED", "R(config, languages=['en', 'zh'])")))
    experiment = Experiment(own, profiles.tiny(), benchmarks=None, command=())
    assert {experiment.of(variant).languages for variant in own.variants} == {("en", "zh")}


def test_a_file_that_ends_the_program_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"own.py:2: the file does not run: SystemExit"):
        get_ablation(at(tmp_path, "import sys\nsys.exit(7)\n"))


def test_a_stage_names_modules_of_this_project_only(tmp_path):
    for name in ("numpy", "ultralink_data.nothing"):
        text = SHORTEST.replace("run=shortest)", f"run=shortest, modules=({name!r},))")
        path = get_ablation(at(tmp_path, text, f"{name}.py")).file
        with pytest.raises(ConfigError, match=rf".py:15: .*names '{name}', which is no module"):
            stage_of(path, "shortest")
    with pytest.raises(BenchError, match="unknown stage of"):
        stage_of(path, "shorter")


def test_the_code_of_a_stage_is_its_file_and_what_it_imports_of_the_rows_rooms(tmp_path):
    def hashed(text, name="own.py"):
        path = get_ablation(at(tmp_path, text, name)).file
        return stage_of(path, "shortest").code({}).source

    first = hashed(SHORTEST)
    assert hashed(SHORTEST.replace('"""The rows with', '# why\n    """Rows with'), "1.py") == first
    assert hashed(SHORTEST.replace("* config.share", "/ config.share"), "2.py") != first


def test_a_module_of_ones_own_that_the_file_imports_is_its_code_too(tmp_path, monkeypatch):
    folder = tmp_path / "own_helpers"
    (folder / "deep").mkdir(parents=True)
    monkeypatch.syspath_prepend(folder)
    path = at(tmp_path, SHORTEST + "\nimport own_words\n")
    helpers = {
        "own_words.py": "from deep.most import MOST\n",
        "deep/__init__.py": "",
        "deep/most.py": "from . import least\nMOST = 2\n",
        "deep/least.py": "def least():\n    import own_lazily\n",
        "own_lazily.py": "A = 1\n",
        "not_imported.py": "A = 1\n",
    }
    for name, text in helpers.items():
        (folder / name).write_text(text)
    text = read_facts(Path(path).read_bytes(), path)

    def hashed():
        return file_code(text, ()).source

    first = hashed()
    for name, helper in helpers.items():
        (folder / name).write_text(f'"""Why."""\n{helper}')
        assert hashed() == first, name
        (folder / name).write_text(f"{helper}B = 1\n")
        assert (hashed() != first) == (name != "not_imported.py"), name
        (folder / name).write_text(helper)
    assert hashed() == first


def test_a_helper_that_is_not_python_is_named(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "own_broken.py").write_text("A = 1\nB = (\n")
    with pytest.raises(ConfigError, match=r"own_broken.py:2: "):
        get_ablation(at(tmp_path, "import own_broken\n"))


def test_what_a_file_imports_of_the_rooms_of_rows_counts_and_its_types_do_not(monkeypatch):
    asked = {}
    monkeypatch.setattr(source_hash, "source_hash", lambda name: asked.setdefault(name, "x"))
    text = SHORTEST + "\ndef later():\n    from ultralink_data.text import units\n"
    before = source_hash.file_hash(read_facts(text.encode(), "own.py"), ("train.plan",))
    assert set(asked) == {
        *("ultralink_data", "ultralink_data.dialogue", "train.plan"),
        *("ultralink_data.text", "ultralink_data.text.units"),
    }
    asked["train.plan"] = "y"
    assert source_hash.file_hash(read_facts(text.encode(), "own.py"), ("train.plan",)) != before


def stage_run(tmp_path, text):
    """The manifest of what the stage of a file makes of the tiny starter set."""
    path = get_ablation(at(tmp_path, text)).file
    write_rows(tmp_path / "rows")
    (tmp_path / "out").mkdir()
    folders = Folders(inputs={"dataset": tmp_path / "rows"}, out=tmp_path / "out", work=tmp_path)
    stage = stage_of(path, "shortest")
    stage.run(folders, stage.config_type(), None, lambda what, done, total: None)
    return read_manifest(tmp_path / "out")


def test_a_stages_rows_are_a_dataset_that_says_how_it_was_made(tmp_path):
    made = stage_run(tmp_path, SHORTEST)
    source = read_manifest(tmp_path / "rows")
    assert made.recipe == "shortest(share=0.5)"
    assert made.parents == (source.fingerprint,)
    rows, before = (sum(cell.rows for cell in m.counts) for m in (made, source))
    assert made.dropped == {"shortest": before - rows}
    assert 0 < rows < before


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("[1]", "own.py:15: stage shortest gave a int for a row"),
        ("kept * 2", r"own.py:15: stage shortest gave '.*' \(.*\) twice"),
        ("kept[0] / 2", "own.py:24: stage shortest: TypeError: unsupported operand"),
        ("(row / 2 for row in kept)", "own.py:24: stage shortest: TypeError"),
        ("None", "own.py:15: stage shortest: TypeError: 'NoneType' object is not iterable"),
    ],
)
def test_wrong_rows_of_a_stage_are_named_with_the_file(tmp_path, given, message):
    with pytest.raises(ConfigError, match=message):
        stage_run(tmp_path, SHORTEST.replace("return kept", f"return {given}"))


def test_a_file_edited_while_the_run_goes_stops_it(tmp_path):
    path = Path(at(tmp_path, SHORTEST))
    job = Job(stage="shortest", config={}, inputs={}, seed=None, defined_in=str(path))
    assert job.key
    path.write_text(SHORTEST.replace("* config.share", "/ config.share"))
    message = "the code of stage shortest changed while the run was going"
    with (
        Pool(1, Store(tmp_path / "runs"), os.environ) as pool,
        pytest.raises(PrerequisiteError, match=message),
    ):
        pool.run({"shortest/half": job}, lambda name, marker: {}, lambda event: None)


def test_looking_for_ablations_loads_nothing_heavy():
    code = (
        "import sys\nfrom harness.experiment.ablation_files import built_in\n"
        "assert built_in()\nprint(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert not set(done.stdout.split()) & {"numpy", "torch", "rich", "lm_eval", "transformers"}


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
