"""Keys: whatever can change an answer changes the key, so no cache gives another's answer."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from harness.engine.artefact_store import DamagedArtefact, Marker, Store, list_files
from harness.engine.jobs import Artefact, Job, circumstances, external, make_job, part_of
from harness.engine.stage_code import StageCode
from harness.engine.stage_configs import EvalStageConfig
from harness.engine.stages import STAGES
from harness.experiment import asked_problems, profiles
from harness.experiment.asked_problems import problems_hash
from tasks.eval_config import EvalConfig, TaskRun
from tasks.sampling import Sampling
from train.train_config import TrainConfig
from ultralink_data.errors import PrerequisiteError
from ultralink_data.whole.prune_config import PruneConfig

RUN = TaskRun(task="starter_math", languages=("en", "zh"), protocol="chat", generate=4)
EVAL = EvalConfig(runs=(RUN,))


def changed(struct, **changes):
    return msgspec.structs.replace(struct, **changes)


def model(print_="m"):
    return {"model": Artefact(path="/somewhere", fingerprint=print_)}


def eval_key(config=EVAL, problems="p", inputs=None, seed=None):
    stage = EvalStageConfig(eval=config, problems=problems)
    return make_job("eval", stage, inputs or model(), seed).key


OTHER_EVALS = {
    "model": eval_key(inputs=model("other")),
    "problems": eval_key(problems="other"),
    "temperature": eval_key(changed(EVAL, sampling=Sampling(temperature=0.5))),
    "top_p": eval_key(changed(EVAL, sampling=Sampling(top_p=0.9))),
    "samples": eval_key(changed(EVAL, sampling=Sampling(temperature=0.5, repeats=2))),
    "generation seed": eval_key(changed(EVAL, seed=1)),
    "dtype": eval_key(changed(EVAL, dtype="bfloat16")),
    "batch size": eval_key(changed(EVAL, batch_size=1)),
    "context": eval_key(changed(EVAL, max_length=64)),
    "protocol": eval_key(changed(EVAL, runs=(changed(RUN, protocol="other"),))),
    "limit": eval_key(changed(EVAL, runs=(changed(RUN, generate=5),))),
    "likelihood": eval_key(changed(EVAL, runs=(changed(RUN, likelihood=0),))),
    "language": eval_key(changed(EVAL, runs=(changed(RUN, languages=("en",)),))),
    "task": eval_key(changed(EVAL, runs=(changed(RUN, task="starter_code"),))),
}


@pytest.mark.parametrize("what", OTHER_EVALS)
def test_another_setting_never_gets_a_cached_evaluation(what):
    assert OTHER_EVALS[what] != eval_key()
    assert len(set(OTHER_EVALS.values())) == len(OTHER_EVALS)


def test_the_same_evaluation_has_the_same_key_wherever_the_model_lies():
    moved = {"model": Artefact(path="/elsewhere", fingerprint="m")}
    assert eval_key(inputs=moved) == eval_key()


def test_command_and_benchmark_folder_are_no_part_of_the_key():
    stage = EvalStageConfig(eval=EVAL, problems="p")
    job = make_job("eval", stage, model(), extra={"benchmarks": "/b"}, command=("x",))
    assert job.key == eval_key()


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_another_training_seed_has_another_key(seed):
    inputs = model() | {"packed": Artefact(path="p", fingerprint="p")}
    assert make_job("train", TrainConfig(), inputs, 0).key != (
        make_job("train", TrainConfig(), inputs, seed).key
    )


@pytest.mark.parametrize("field", ["model", "packed"])
def test_other_training_inputs_have_another_key(field):
    inputs = {name: Artefact(path="x", fingerprint="x") for name in ("model", "packed")}
    other = inputs | {field: Artefact(path="x", fingerprint="y")}
    assert (
        make_job("train", TrainConfig(), inputs, 0).key
        != make_job("train", TrainConfig(), other, 0).key
    )


def test_swapped_inputs_have_another_key():
    a, b = (Artefact(path="x", fingerprint=name) for name in "ab")
    keys = {
        make_job("train", TrainConfig(), {"model": x, "packed": y}, 0).key
        for x, y in ((a, b), (b, a))
    }
    assert len(keys) == 2


@pytest.mark.parametrize(
    "config", [PruneConfig(keep="1/8"), PruneConfig(keep="0"), PruneConfig(seed=1)]
)
def test_another_prune_config_has_another_key(config):
    inputs = {"dataset": Artefact(path="x", fingerprint="x")}
    assert make_job("prune", config, inputs).key != make_job("prune", PruneConfig(), inputs).key


def test_a_key_survives_the_way_to_a_worker():
    job = make_job("eval", EvalStageConfig(eval=EVAL, problems="p"), model(), 3)
    again = msgspec.json.decode(msgspec.json.encode(job), type=Job)
    assert again.key == job.key


def test_other_code_has_another_key(monkeypatch):
    before = eval_key()
    other = StageCode(source="another hash", packages={})
    monkeypatch.setattr(type(STAGES["eval"]), "code", lambda stage, config: other)
    assert eval_key() != before


# Problems


def test_the_hash_of_problems_covers_what_is_asked():
    whole = EvalConfig(runs=(changed(RUN, generate=None),))
    prints = {
        problems_hash(config, None)
        for config in (
            EVAL,
            whole,
            EvalConfig(runs=(changed(RUN, likelihood=9),)),
            EvalConfig(runs=(changed(RUN, languages=("en",)),)),
        )
    }
    assert len(prints) == 3  # likelihood None asks all, as generate None does


def test_the_larger_of_two_limits_counts():
    both = changed(RUN, generate=4, likelihood=8)
    eight = changed(RUN, generate=8, likelihood=8)
    assert problems_hash(EvalConfig(runs=(both,)), None) == (
        problems_hash(EvalConfig(runs=(eight,)), None)
    )


MGSM = EvalConfig(
    runs=(TaskRun(task="mgsm", languages=("en",), protocol="direct", generate=8, likelihood=8),)
)


@pytest.fixture
def mgsm_folders(benchmarks, tmp_path):
    """A function that copies MGSM's English file, edited, into a folder of its own."""

    def folder(name, edit) -> Path:
        target = tmp_path / name / "mgsm" / "mgsm_en.tsv"
        target.parent.mkdir(parents=True)
        target.write_text(edit((benchmarks / "mgsm" / "mgsm_en.tsv").read_text()))
        return tmp_path / name

    return folder


def test_other_benchmark_content_has_another_hash(mgsm_folders):
    same = [problems_hash(MGSM, mgsm_folders(name, str)) for name in "ab"]
    assert same[0] == same[1]
    other = mgsm_folders("c", lambda text: text.replace("eggs", "eels", 1))
    assert problems_hash(MGSM, other) != same[0]
    answer = mgsm_folders("d", lambda text: text.replace("\t18\n", "\t19\n", 1))
    assert problems_hash(MGSM, answer) != same[0]


def test_other_repairs_have_another_hash(benchmarks):
    run = TaskRun(task="humaneval", languages=("zh",), protocol="completion")
    ways = (None, (), ("final_newline",))
    configs = [EvalConfig(runs=(changed(run, repairs=way),)) for way in ways]
    all_repairs, none, newline = (problems_hash(config, benchmarks) for config in configs)
    assert all_repairs == newline != none  # the rest mends programs, not what is asked
    assert len({msgspec.json.encode(config) for config in configs}) == 3  # the key has it all


def test_other_exemplars_have_another_hash(mgsm_folders, benchmarks):
    run = changed(MGSM.runs[0], protocol="native_cot_8shot", likelihood=0)
    prints = []
    for name, word in (("a", "Roger"), ("b", "Rudolf")):
        folder = mgsm_folders(name, str)
        text = (benchmarks / "mgsm" / "exemplars.json").read_text()
        (folder / "mgsm" / "exemplars.json").write_text(text.replace("Roger", word))
        prints.append(problems_hash(EvalConfig(runs=(run,)), folder))
    assert prints[0] != prints[1]


def test_content_beyond_the_limit_does_not_count(mgsm_folders):
    one = problems_hash(MGSM, mgsm_folders("a", str))
    cut = mgsm_folders(
        "b", lambda text: "".join(text.splitlines(keepends=True)[:-1]) + "More?\t7\n"
    )
    assert problems_hash(MGSM, cut) == one


def test_the_environment_is_looked_at_each_time(mgsm_folders, monkeypatch):
    prints = []
    for name, word in (("a", "eggs"), ("b", "eels")):
        monkeypatch.setenv(
            "ULTRALINK_BENCHMARKS",
            str(mgsm_folders(name, lambda t, w=word: t.replace("eggs", w, 1))),
        )
        prints.append(problems_hash(MGSM, None))
    assert prints[0] != prints[1]


def test_a_missing_benchmark_file_is_named_before_anything_runs(tmp_path, monkeypatch):
    monkeypatch.delenv("ULTRALINK_BENCHMARKS", raising=False)
    asked_problems._problems.cache_clear()
    with pytest.raises(
        PrerequisiteError, match=r"mgsm/mgsm_en\.tsv not found; looked in"
    ) as caught:
        problems_hash(MGSM, tmp_path)
    assert str(tmp_path) in caught.value.message
    assert "--benchmarks" in caught.value.hint


# Files from outside the store


def test_an_outside_folder_is_fingerprinted_by_content(tmp_path):
    for name in ("a", "b", "c"):
        (tmp_path / name / "deep").mkdir(parents=True)
        (tmp_path / name / "deep" / "f").write_text("x" if name != "c" else "y")
    prints = [external(tmp_path / name).fingerprint for name in ("a", "b", "c")]
    assert prints[0] == prints[1] != prints[2]


def test_an_outside_file_is_fingerprinted_by_content(tmp_path):
    (tmp_path / "m.gguf").write_bytes(b"1")
    before = external(tmp_path / "m.gguf").fingerprint
    (tmp_path / "m.gguf").write_bytes(b"2")
    assert external(tmp_path / "m.gguf").fingerprint != before


def test_every_profile_has_an_evaluation_that_its_tasks_know():
    from tasks.eval_config import check

    for make in profiles.PROFILES.values():
        check(make().eval)


def test_a_part_of_an_artefact_has_the_fingerprint_of_its_own_content(tmp_path):
    store, parts = Store(tmp_path / "s"), ("point-1", "final")
    (tmp_path / "made").mkdir()
    for name in parts:
        (tmp_path / "made" / name).mkdir()
        (tmp_path / "made" / name / "w").write_text(name)
        (tmp_path / "made" / name / "_log").write_text("no content")
    marker = Marker(
        key="k",
        stage="points",
        source="",
        config={},
        inputs={},
        seed=0,
        fingerprint="whole",
        files=list_files(tmp_path / "made"),
        circumstances=circumstances(datetime.now(UTC), 3.0, ()),
    )
    with store.building("models", "k") as out:
        for name in parts:
            shutil.copytree(tmp_path / "made" / name, out / name)
        store.commit("models", out, marker)
    whole = Artefact(path=str(store.path("models", "k")), fingerprint="whole")
    found = [part_of(whole, name) for name in parts]
    alone = [external(tmp_path / "made" / name) for name in parts]
    assert [one.fingerprint for one in found] == [one.fingerprint for one in alone]
    assert [Path(one.path).name for one in found] == list(parts)


def test_a_part_of_what_is_not_made_yet_stands_for_its_content():
    planned = Artefact(path="", fingerprint="key")
    found = [part_of(planned, name) for name in ("point-1", "point-2")]
    assert [one.path for one in found] == ["", ""]
    assert len({one.fingerprint for one in found}) == 2


def test_a_part_of_a_damaged_artefact_is_refused(tmp_path):
    with pytest.raises(DamagedArtefact, match=r"no whole artefact\.json"):
        part_of(Artefact(path=str(tmp_path), fingerprint="f"), "final")


def test_where_an_output_stands_ready_is_no_part_of_the_key():
    inputs = model() | {"packed": Artefact(path="p", fingerprint="p")}
    plain = make_job("train", TrainConfig(), inputs, 0)
    assert make_job("train", TrainConfig(), inputs, 0, ready="/there/final").key == plain.key
