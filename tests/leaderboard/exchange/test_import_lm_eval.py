"""What lm-eval writes, run here on its own dummy model, is a run with samples."""

import json
import random
import shutil

import pytest
from exchanged import CASES, edited, files_below, imported, only_run, refused, samples

from harness.cli import main
from leaderboard.exchange.source_runs import known_parameters
from leaderboard.ranking import rankings
from leaderboard.score_rows import all_rows

RESULTS = CASES / "lm_eval"


def copied(tmp_path, side="a"):
    return shutil.copytree(RESULTS / side, tmp_path / side)


def results_of(folder):
    (path,) = folder.glob("results_*.json")
    return path


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Results and samples of a task of texts and one of choices, by lm-eval's own tracker."""
    import datasets
    import huggingface_hub
    from lm_eval.evaluator import simple_evaluate
    from lm_eval.loggers import EvaluationTracker
    from lm_eval.models.dummy import DummyLM
    from lm_eval.tasks import TaskManager

    folder = tmp_path_factory.mktemp("lm_eval")
    data = folder / "sums.jsonl"
    rows = [{"q": f"{n} + 1 =", "a": str(n + 1), "gold": 0} for n in range(6)]
    data.write_text("".join(json.dumps(row) + "\n" for row in rows))
    common = {
        "dataset_path": "json",
        "dataset_kwargs": {"data_files": {"test": str(data)}},
        "test_split": "test",
        "doc_to_text": "{{q}}",
        "num_fewshot": 0,
        "metadata": {"version": 3},
    }
    written_sums = {
        **common,
        "task": "mgsm_direct_zh",
        "output_type": "generate_until",
        "doc_to_target": "{{a}}",
        "generation_kwargs": {"until": ["\n"], "temperature": 0.0, "max_gen_toks": 8},
        "metric_list": [{"metric": "exact_match", "higher_is_better": True}],
    }
    chosen_sums = {
        **common,
        "task": "sums_fr",
        "output_type": "multiple_choice",
        "doc_to_choice": ["1", "2", "3"],
        "doc_to_target": "gold",
        "metric_list": [{"metric": "acc", "higher_is_better": True}],
    }
    random.seed(3)  # the dummy model draws its likelihoods
    tracker = EvaluationTracker(output_path=str(folder / "out"))
    with pytest.MonkeyPatch.context() as patched:  # or each look-up waits for a network
        patched.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
        patched.setattr(datasets.config, "HF_HUB_OFFLINE", True)
        found = simple_evaluate(
            DummyLM(),
            tasks=[written_sums, chosen_sums],
            task_manager=TaskManager(include_defaults=False),
            log_samples=True,
            bootstrap_iters=20,
        )
    logged = found.pop("samples")
    tracker.general_config_tracker.log_experiment_args("dummy", "pretrained=org/m", "", "", False)
    tracker.save_results_aggregated(results=found, samples=logged)
    for task, rows in logged.items():
        tracker.save_results_samples(task_name=task, samples=rows)
    return folder / "out"


def test_files_that_lm_eval_has_just_written_are_read_as_they_are(written, tmp_path):
    run = only_run(tmp_path / "out", written)
    record = run.record
    assert (record.model, record.imported.harness) == ("org/m", "lm_eval")
    assert record.protocols == {
        "mgsm": "lm-eval: direct, 0-shot",
        "sums": "lm-eval: 0-shot",
    }
    assert record.task_versions == {"mgsm": "3", "sums": "3"}
    assert record.generation.max_tokens == {"mgsm": 8}
    assert record.started.endswith("+00:00")
    theirs = json.loads(results_of(next(written.iterdir())).read_text())
    by_task = {cell.task: cell for cell in record.cells}
    assert by_task["mgsm"].value == theirs["results"]["mgsm_direct_zh"]["exact_match,none"] == 0
    chosen = by_task["sums"]
    assert chosen.value == theirs["results"]["sums_fr"]["acc,none"]
    assert chosen.standard_error == theirs["results"]["sums_fr"]["acc_stderr,none"]
    assert (chosen.language, chosen.n, chosen.samples) == ("fr", 6, 6)
    assert chosen.outcomes.get("correct", 0) == round(6 * chosen.value)
    first = samples(run, "mgsm", "zh")[0]
    assert (first.prompt, first.generation, first.outcome) == ("0 + 1 =", "lol", "wrong")
    assert samples(run, "sums", "fr")[0].generation == ""


def test_importing_twice_gives_the_same_bytes(tmp_path):
    imported(tmp_path / "one", RESULTS)
    imported(tmp_path / "two", RESULTS / "b", RESULTS / "a", RESULTS / "a")
    before = files_below(tmp_path / "one")
    assert before == files_below(tmp_path / "two")
    imported(tmp_path / "one", RESULTS)
    assert before == files_below(tmp_path / "one")


def test_ranked_by_lm_evals_own_numbers_and_never_with_ours(tmp_path):
    rows = all_rows(imported(tmp_path / "out", RESULTS))
    assert {row.origin for row in rows} == {"imported"}
    assert all(row.protocol.startswith("lm-eval: ") for row in rows)
    (found,) = [one for one in rankings(rows) if one.metric == "acc"]
    assert [(one.place, one.model) for one in found.models] == [(1, "models/a"), (2, "models/b")]
    assert found.models[0].by_language["fr"].value == 0.4


def test_a_metric_that_lm_eval_gives_no_number_for_is_named(tmp_path, capsys):
    folder = copied(tmp_path)
    edited(results_of(folder), lambda r: r["results"]["sum_en"].update({"acc,none": "N/A"}))
    run = only_run(tmp_path / "out", folder)
    assert ("sum", "en") not in {(cell.task, cell.language) for cell in run.record.cells}
    assert "sum_en acc: 'N/A' is no number" in " ".join(capsys.readouterr().err.split())


def test_samples_of_a_perplexity_are_named_as_left_out(tmp_path, capsys):
    run = only_run(tmp_path / "out", RESULTS / "a")
    assert ("texts", "") not in run.sample_files()
    said = " ".join(capsys.readouterr().err.split())
    assert "texts: its samples, which have no score of one problem each" in said


def test_the_direction_is_the_files_own(tmp_path):
    folder = copied(tmp_path)
    edited(results_of(folder), lambda r: r["higher_is_better"]["sum_en"].update(acc=False))
    cells = only_run(tmp_path / "out", folder).record.cells
    assert {cell.language: cell.higher_is_better for cell in cells if cell.task == "sum"} == {
        "en": False,
        "fr": True,
    }


def test_one_task_asked_in_two_ways_is_two_tasks(tmp_path):
    folder = copied(tmp_path)

    def rename(results):
        for part in ("results", "configs", "versions", "n-shot", "n-samples", "higher_is_better"):
            for old, new in (("sum_en", "mgsm_direct_en"), ("sum_fr", "mgsm_en_cot_en")):
                results[part][new] = results[part].pop(old)

    edited(results_of(folder), rename)
    cells = only_run(tmp_path / "out", folder).record.cells
    assert {(cell.task, cell.language) for cell in cells} == {
        ("mgsm_direct", "en"),
        ("mgsm_en_cot", "en"),
        ("texts", ""),
    }


def test_a_size_that_is_not_said_is_not_known(tmp_path):
    folder = copied(tmp_path)
    for path in folder.glob("samples_*"):
        path.unlink()

    def drop(results):
        del results["n-samples"]
        for row in results["results"].values():
            del row["sample_len"]

    edited(results_of(folder), drop)
    found = imported(tmp_path / "out", folder)
    assert {row.n for row in all_rows(found)} == {None}
    assert {cell.note for cell in found.runs[0].record.cells} == {"n unknown"}


def test_samples_that_are_cut_short_are_refused(tmp_path, capsys):
    folder = copied(tmp_path)
    (path,) = folder.glob("samples_sum_fr_*")
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:6]))
    said = refused(capsys, tmp_path / "out", folder)
    assert "sum_fr has 10 problems, its samples file has 6" in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda r: r.update(results={"t": 3}),
            "Expected `object`, got `int` - at `$.results[...]`",
        ),
        (lambda r: r.update(results={}), "holds no number"),
        (lambda r: r.update(model_name=["a"]), "got `array` - at `$.model_name`"),
    ],
)
def test_a_damaged_file_is_named_with_its_field(tmp_path, capsys, change, said):
    folder = copied(tmp_path)
    edited(results_of(folder), change)
    assert said in refused(capsys, tmp_path / "out", folder)


def test_a_damaged_sample_is_named_with_its_line_and_nothing_is_left(tmp_path, capsys):
    folder = copied(tmp_path, "b")
    (path,) = folder.glob("samples_sum_en_*")
    path.write_text(path.read_text().replace('"doc_id": 3', '"doc_id": "three"'))
    said = refused(capsys, tmp_path / "out", RESULTS / "a", folder)
    assert "line 4: no sample of lm-eval" in said


def test_names_in_a_file_choose_no_path_and_no_terminal_code(tmp_path, capsys):
    folder = copied(tmp_path)
    evil = "../../../../evil\x1b[31m"

    def rename(results):
        results["model_name"] = evil
        results["results"][evil] = {"acc,none": 0.5, "odd,none": 1}

    edited(results_of(folder), rename)
    run = only_run(tmp_path / "out", folder)
    assert evil in {cell.task for cell in run.record.cells}
    assert {path.name for path in tmp_path.iterdir()} == {"a", "out"}
    assert "\x1b[31m" not in capsys.readouterr().err


def test_a_folder_of_something_else_is_not_replaced(tmp_path, capsys):
    out = tmp_path / "out"
    (out / "records").mkdir(parents=True)
    (out / "records" / "mine.json").write_text("{}")
    assert main(["leaderboard", "import", str(RESULTS), "-o", str(out)]) == 2
    assert "no earlier import: it holds 'mine.json'" in capsys.readouterr().err
    assert files_below(out) == {"records/mine.json": b"{}"}


def test_compare_asks_for_the_files_themselves(tmp_path, capsys):
    imported(tmp_path / "out", RESULTS)
    capsys.readouterr()
    assert main(["compare", str(tmp_path / "out")]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "was imported from lm_eval, which graded it compare the files that it wrote" in said


@pytest.mark.parametrize(
    ("count", "known"), [(7, 7), (-1, None), (0, None), (10**30, None), (True, None), ("7", None)]
)
def test_a_count_of_parameters_that_is_none_is_not_known(count, known):
    assert known_parameters(count) == known
