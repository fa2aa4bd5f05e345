import pytest
from decontaminate_samples import CODE, MATH, PARENS, row

from harness.building.benchmark_items import benchmark_items
from ultralink_data.checking.decontaminate.items import BenchmarkItem, Evidence
from ultralink_data.checking.decontaminate.problem_index import BenchmarkIndex, is_hit
from ultralink_data.errors import BenchError, ConfigError

INDEX = BenchmarkIndex([*MATH, *CODE])


def found(*turns, **of):
    return {hit.problem_id: hit.kinds for hit in INDEX.find(row(*turns, **of))}


@pytest.mark.parametrize(
    ("of", "problem"),
    [
        ({"source": "HumanEval/1"}, "HumanEval/1"),
        ({"source": "code/1", "name": "fr_humaneval_01"}, "HumanEval/1"),
        ({"parent": "HUMANEVAL-2"}, "HumanEval/2"),
        ({"source": "GSM8K_test/0011"}, "mgsm/011"),
        ({"source": "human_eval_7"}, "HumanEval/7"),
        ({"source": "human-eval/7"}, "HumanEval/7"),
        ({"source": "openai_humaneval/test/7"}, "HumanEval/7"),
        ({"source": "mgsm_es_12"}, "mgsm/012"),
        ({"source": "juletxara/mgsm/test-es-12"}, "mgsm/012"),
        ({"source": "some/1", "name": "fr_math_gsm8k_test_12"}, "mgsm/012"),
    ],
)
def test_a_row_that_is_named_after_a_problem_is_found(of, problem):
    assert found("Any", "thing", **of) == {problem: ("source_id",)}


def test_other_ids_are_no_evidence():
    no_test = ("gsm8k_train/11", "gsm8k/11", "gsm8k_es_11", "humaneval/train/7", "human_7")
    for name in ("HumanEval/99", *no_test, "en_math_1", "mgsm", "1"):
        assert found("Any", "thing", source=name, name=f"x-{name}") == {}


def test_all_evidence_of_a_problem_is_in_one_hit():
    assert found("Write it", f"```python\n{PARENS}```", source="HumanEval/1") == {
        "HumanEval/1": ("source_id", "code_shape")
    }


def test_a_clean_row_has_no_hit():
    assert found("How do I sort a list?", "```python\ndef f(x):\n    return sorted(x)\n```") == {}


def test_weak_evidence_of_two_kinds_adds_up():
    def evidence(kind, strength):
        return Evidence(kind=kind, strength=strength, language="en", detail="")

    assert is_hit([evidence("numbers", 0.7), evidence("ngrams", 0.6)])
    assert not is_hit([evidence("numbers", 0.9)])
    assert not is_hit([evidence("numbers", 0.9), evidence("ngrams", 0.35)])


def test_a_problem_with_nothing_to_look_for_is_refused():
    with pytest.raises(ValueError, match="neither question nor code"):
        BenchmarkItem(task="mgsm", problem_id="mgsm/1", language="en", question=" ")


def test_items_of_all_benchmarks_and_languages(benchmarks):
    items = list(benchmark_items(("mgsm", "humaneval", "omgeval"), benchmarks))
    assert len({i.problem_id for i in items}) == 250 + 164 + 805
    assert {i.language for i in items} == {"en", "zh", "es", "fr", "ru", "ar"}
    programs = [i for i in items if i.code]
    assert len(programs) == 164
    assert not any(">>>" in i.question for i in items if i.task == "humaneval")


def test_a_task_that_cannot_be_looked_for_is_named():
    with pytest.raises(ConfigError, match="starter_math"):
        list(benchmark_items(("starter_math",), None))


def test_missing_files_are_an_error(tmp_path, monkeypatch):
    monkeypatch.delenv("ULTRALINK_BENCHMARKS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(BenchError, match=r"mgsm_en\.tsv not found"):
        list(benchmark_items(("mgsm",), tmp_path))
