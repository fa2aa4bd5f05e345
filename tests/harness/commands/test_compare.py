"""`compare`: seeds, marks and everything that its numbers leave out stand with the table."""

import msgspec
import pytest
from report_examples import cell, record

from harness.cli import main
from leaderboard.records import write_record
from tasks import registry
from tasks.benchmark import Outcome, Sample

PROBLEMS = [f"mgsm/{n:03d}" for n in range(12)]


class Runs:
    """Writes records with their samples: who is right where, by language."""

    def __init__(self, path):
        self.path = path

    def write(self, side, seed, languages, *, task="mgsm", ungraded=(), clusters=(), **changes):
        """`languages`: code -> the places of the problems answered right, None for errors alone."""
        folder = self.path / side
        cells = []
        for language, right in languages.items():
            rows = [
                Sample(
                    problem_id=name,
                    language=language,
                    index=0,
                    prompt="?",
                    generation="",
                    extracted=None,
                    outcome=self.outcome(place, right, ungraded),
                    cluster=clusters[place] if clusters else "",
                )
                for place, name in enumerate(PROBLEMS)
            ]
            name = f"samples/{task}_{language}_{seed}.jsonl"
            (folder / "samples").mkdir(parents=True, exist_ok=True)
            lines = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
            (folder / name).write_bytes(lines)
            metric = registry.get(task).metric
            cells.append(cell(task=task, language=language, metric=metric, sample_file=name))
        made = record(
            seed=seed,
            variant=None,
            model=f"model {side}",
            task_versions={task: "1"},
            protocols={task: "direct"},
            cells=tuple(cells),
            **changes,
        )
        write_record(folder / f"{seed}.json", made)

    @staticmethod
    def outcome(place, right, ungraded):
        if right is None or place in ungraded:
            return Outcome.ERROR
        return Outcome.CORRECT if place in right else Outcome.WRONG

    def compare(self, capsys, *options):
        code = main(["compare", str(self.path / "a"), str(self.path / "b"), *options])
        out, err = capsys.readouterr()
        return code, " ".join(out.split()), err


@pytest.fixture
def runs(tmp_path):
    return Runs(tmp_path)


FEW, MANY = {0, 1, 2}, {0, 1, 2, 3, 4, 5, 6, 7}


def both(runs, seeds_a=(0, 1, 2), seeds_b=(0, 1, 2), languages=("en", "zh"), **options):
    for side, seeds, right in (("a", seeds_a, FEW), ("b", seeds_b, MANY)):
        for seed in seeds:
            runs.write(side, seed, dict.fromkeys(languages, right), **options)


def test_seeds_stand_in_the_table_and_with_each_side(runs, capsys):
    both(runs)
    code, out, _ = runs.compare(capsys)
    assert code == 0
    assert "p p Holm Seeds n Verdict" in out
    assert "A: model a (seeds 0, 1, 2; max_length 512)" in out
    assert " 3 12 " in out


def test_seeds_of_one_side_are_named_and_counted(runs, capsys):
    both(runs, seeds_a=(0, 1, 2, 3, 4), seeds_b=(1, 2, 3, 9))
    _, out, _ = runs.compare(capsys)
    assert "left out: 2 of 5 records of model a, whose seeds the other side lacks (0, 4)" in out
    assert "left out: 1 of 4 records of model b, whose seeds the other side lacks (9)" in out
    assert "A: model a (seeds 1, 2, 3;" in out


def test_a_language_of_one_side_is_named_and_the_primary_endpoint_has_no_verdict(runs, capsys):
    both(runs, languages=("en", "zh"))
    for seed in range(3):
        runs.write("a", seed, dict.fromkeys(("en", "zh", "fr"), FEW))
    _, out, _ = runs.compare(capsys)
    assert "mgsm exact_match fr missing in 3 of 3 runs of model b" in out
    average = out[out.index("non-en") :]
    assert "language missing" in average


def test_a_whole_language_without_a_graded_answer_is_named(runs, capsys):
    both(runs, languages=("en", "zh", "fr"))
    runs.write("b", 1, {"en": MANY, "zh": MANY, "fr": None})
    _, out, _ = runs.compare(capsys)
    assert "fr no problem scored in 1 of 3 runs of model b" in out
    assert "language missing" in out[out.index("non-en") :]


def test_runs_without_a_graded_answer_are_not_compared(runs, capsys):
    both(runs)
    for seed in range(3):
        runs.write("b", seed, {"en": None, "zh": None})
    code, _, err = runs.compare(capsys)
    assert code == 3
    assert "with scored problems (en: no problem scored in 3 of 3 runs of model b)" in err


def test_problems_of_one_side_and_marks_stand_under_the_table(runs, capsys):
    both(runs)
    runs.write("b", 1, {"en": MANY, "zh": MANY}, ungraded=(3, 4))
    _, out, _ = runs.compare(capsys)
    assert "problems not scored on both sides, left out: model b" in out
    assert "mgsm exact_match zh 2 of 12" in out
    assert "! rows that ended in an error" in out
    assert "B mgsm exact_match (en 2 error of 36; zh 2 error of 36)" in out
    assert "25.0 ! 66.7" in out or "30.0 ! 60.0" in out


def test_what_an_endpoint_did_not_take_is_named(runs, capsys):
    both(runs)
    for seed in range(3):
        config = {"left_out": ["temperature", "seed"]}
        runs.write("b", seed, dict.fromkeys(("en", "zh"), MANY), config=config)
    _, out, _ = runs.compare(capsys)
    assert "the endpoint did not take temperature, seed and used its own" in out
    assert out.count("did not take") == 1
    assert "temperature was sent in one record and not taken by the endpoint of another" in out


def test_clusters_are_counted_in_brackets(runs, capsys):
    both(runs, clusters=[f"t{place // 2}" for place in range(12)])
    _, out, _ = runs.compare(capsys)
    assert " 12 (6) " in out
    assert "in brackets the clusters" in out


def test_opposite_effects_under_an_average_are_named(runs, capsys):
    for seed in range(3):
        runs.write("a", seed, {"en": FEW, "zh": MANY, "fr": FEW, "es": FEW})
        runs.write("b", seed, {"en": FEW, "zh": {0}, "fr": MANY, "es": MANY})
    _, out, _ = runs.compare(capsys)
    assert "on average" in out
    assert "worse in zh -58.3 pt" in out


def test_one_run_a_side_is_a_comparison_of_two_models(runs, capsys):
    both(runs, seeds_a=(4,), seeds_b=(4,))
    _, out, _ = runs.compare(capsys)
    assert "A: model a (seed 4;" in out
    assert out.startswith("Model B against model A")
    assert "these models on problems like these" in out
    assert "single seed" not in out
    assert "+41.7 pt [-1.6, +74.4] 0.062 12 no margin" in out
    _, out, _ = runs.compare(capsys, "--margin-accuracy", "0.1")
    assert "+41.7 pt [-1.6, +74.4] 0.062 12 non-inferior" in out


def test_two_runs_a_side_are_no_models_and_too_few_for_recipes(runs, capsys):
    both(runs, seeds_a=(4, 5), seeds_b=(4, 5))
    _, out, _ = runs.compare(capsys)
    assert out.startswith("B against A")
    assert "41.7 pt 2 12 too few seeds" in out


def test_a_model_that_is_right_on_far_more_problems_is_better(runs, capsys):
    runs.write("a", 1, {"en": {0}, "zh": {0}})
    runs.write("b", 1, {"en": set(range(9)), "zh": set(range(9))})
    _, out, _ = runs.compare(capsys)
    assert out.count(" 12 better") == 3
