"""The reference protocols beside the task files of the installed lm-eval, run by its own code."""

import csv
import logging
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest
from tiny_models import write_random_model

from tasks.benchmark import Generation, Outcome, Request, Sample
from tasks.benchmarks import mgsm_reference
from tasks.benchmarks.mgsm import BENCHMARK, MgsmProblem
from tasks.eval_config import EvalConfig, TaskRun
from tasks.evaluate import evaluate
from tasks.models.lm_eval_adapter import load_model
from ultralink_data.errors import ConfigError

PROBLEM = MgsmProblem(problem_id="mgsm/000", language="en", question="Q?", answer=18, root=None)


class Rows(list[dict[str, Any]]):
    features: ClassVar = dict.fromkeys(("question", "answer", "answer_number", "equation_solution"))


def row(question: str, answer: int) -> dict[str, Any]:
    """A row of the hub's test split: it has no worked answer."""
    return {
        "question": question,
        "answer": None,
        "answer_number": answer,
        "equation_solution": None,
    }


def shipped(language: str, protocol: str, rows: Sequence[dict[str, Any]]) -> Any:
    """lm-eval's task from its own file, with these rows for its data set."""
    import lm_eval.tasks
    from lm_eval.tasks import TaskManager
    from lm_eval.tasks._yaml_loader import load_yaml

    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    kind = protocol.removeprefix("reference_")
    name = f"mgsm_{kind}_{language}"
    file = Path(lm_eval.tasks.__file__).parent / "mgsm" / kind / f"{name}.yaml"
    config = load_yaml(file) | {"custom_dataset": lambda **_: {"test": Rows(rows)}}
    del config["training_split"]  # of the examples, which a zero-shot task does not read
    return TaskManager(include_defaults=False).load([config])["tasks"][name]


def asked(task: Any) -> list[tuple[str, dict[str, Any]]]:
    """Prompt and settings of each request, as lm-eval would hand them to a model."""
    task.build_all_requests(rank=0, world_size=1)
    return [instance.arguments for instance in task.instances]


@cache
def tiny_task(language: str, protocol: str) -> Any:
    task = shipped(language, protocol, [row("Q?", 18)])
    asked(task)
    return task


def their_scores(text: str, language: str, protocol: str) -> dict[str, bool]:
    """lm-eval's score of an answer to a problem whose answer is 18, by filter."""
    task = tiny_task(language, protocol)
    (instance,) = task.instances
    instance.resps = [text]
    task.apply_filters()
    return {
        name: task.process_results(instance.doc, [found])["exact_match"] == 1.0
        for name, found in instance.filtered_resps.items()
    }


def hub_rows(path: Path) -> list[dict[str, Any]]:
    """A file of problems read the way data sets of the hub are: as CSV, quotes and all."""
    with path.open(encoding="utf-8", newline="") as file:
        return [row(q, int(a.replace(",", ""))) for q, a in csv.reader(file, delimiter="\t")]


@pytest.mark.parametrize("protocol", mgsm_reference.PROTOCOLS)
@pytest.mark.parametrize("language", mgsm_reference.WORDINGS)
def test_every_prompt_stop_and_limit_is_that_of_lm_eval(
    language: str, protocol: str, ours: Path
) -> None:
    compare_with_lm_eval(language, protocol, ours)


@pytest.mark.parametrize("language", BENCHMARK.languages)
def test_upstreams_rows_are_read_as_the_hub_reads_them(language: str, benchmarks: Path) -> None:
    if not (benchmarks / "mgsm" / f"mgsm_{language}.tsv").is_file():
        pytest.skip(f"no MGSM problems in {language}")
    compare_with_lm_eval(language, mgsm_reference.PROTOCOLS[0], benchmarks)


def compare_with_lm_eval(language: str, protocol: str, root: Path) -> None:
    from lm_eval.models.huggingface import HFLM
    from lm_eval.models.utils import normalize_gen_kwargs

    rows = hub_rows(root / "mgsm" / f"mgsm_{language}.tsv")
    theirs = shipped(language, protocol, rows)
    requests = [BENCHMARK.request(p, protocol) for p in BENCHMARK.problems(language, root)]
    default = HFLM.max_gen_toks.fget(None)
    pairs = list(zip(asked(theirs), requests, strict=True))
    assert len(pairs) == len(rows) > 0
    for (prompt, settings), request in pairs:
        assert request.prompt == prompt
        assert normalize_gen_kwargs(settings, default) == {
            "until": list(request.stop),
            "max_gen_toks": request.max_tokens,
            "do_sample": False,
            "temperature": 0.0,
        }
    assert not any(request.chat for request in requests)
    assert theirs.config.num_fewshot in (None, 0)


@pytest.mark.parametrize("protocol", mgsm_reference.PROTOCOLS)
@pytest.mark.parametrize("language", mgsm_reference.WORDINGS)
def test_texts_and_filters_of_all_languages_are_those_of_the_task_files(
    language: str, protocol: str
) -> None:
    task = tiny_task(language, protocol)
    ((prompt, settings),) = [instance.arguments for instance in task.instances]
    expected = Request(
        problem_id="0",
        prompt=prompt,
        chat=False,
        stop=tuple(settings["until"]),
        max_tokens=256,
    )
    assert mgsm_reference.request("0", language, "Q?", protocol) == expected
    theirs = {
        entry["name"]: tuple(
            (step["function"], {k: v for k, v in step.items() if k != "function"})
            for step in entry["filter"]
        )
        for entry in task.config.filter_list
    }
    assert mgsm_reference.filters(language, protocol) == theirs
    (metric,) = task.config.metric_list
    assert metric["metric"] == "exact_match"
    assert metric["ignore_case"]
    assert metric["ignore_punctuation"]


ANSWERS = [
    "The answer is 18.",
    "The answer is 18,00.",
    "The answer is 18.0.",
    "The answer is １８.",
    "The answer is -18.",
    "The answer is $18.",
    "La respuesta es 18.",
    "La réponse est 18.",
    "Ответ — 18.",
    "答案是 18。",
    "答案是18。",
    "18",
    " 18\n",
    "-18",
    "She has 18 eggs and 2 ducks",
    "eighteen",
    "",
    "...",
]


@pytest.mark.parametrize("protocol", mgsm_reference.PROTOCOLS)
@pytest.mark.parametrize("language", mgsm_reference.WORDINGS)
def test_grades_are_those_of_lm_eval(language: str, protocol: str) -> None:
    problem = msgspec.structs.replace(PROBLEM, language=language)
    for text in ANSWERS:
        generation = Generation(problem_id=problem.problem_id, text=text)
        (grade,) = BENCHMARK.grade({problem.problem_id: problem}, [generation], protocol)
        theirs = their_scores(text, language, protocol)
        assert (grade.outcome is Outcome.CORRECT) == theirs.pop("flexible-extract"), text
        ((name, strict),) = theirs.items()
        assert grade.detail == f"{name}: {'correct' if strict else 'wrong'}", text


@pytest.mark.parametrize("protocol", mgsm_reference.PROTOCOLS)
def test_a_model_has_the_answers_and_the_score_that_lm_eval_gives_it(
    protocol: str, tmp_path: Path
) -> None:
    """Both run the same random model from the problems on, each by its own loop."""
    from lm_eval.evaluator import evaluate as lm_eval_evaluate

    questions = {"2 + 3?": 5, "Anna has 3 apples.": 3, "1?": 1, "apples": 7, "x + 1 = 4": 3}
    (tmp_path / "mgsm").mkdir()
    text = "".join(f"{q}\t{a}\n" for q, a in questions.items())
    (tmp_path / "mgsm" / "mgsm_es.tsv").write_text(text, "utf-8")
    model = write_random_model(tmp_path / "model", seed=1)

    theirs = shipped("es", protocol, [row(q, a) for q, a in questions.items()])
    lm = load_model(model, batch_size=2, dtype="float32", max_length=None)
    name = theirs.config.task
    loaded = {"tasks": {name: theirs}, "groups": {}, "group_map": {}}
    found = lm_eval_evaluate(lm, loaded, bootstrap_iters=0)
    expected = {
        (sample["filter"], sample["doc_id"]): (
            sample["resps"][0][0],
            sample["filtered_resps"][0],
            sample["exact_match"],
        )
        for sample in found["samples"][name]
    }

    config = EvalConfig(
        runs=(TaskRun(task="mgsm", languages=("es",), protocol=protocol),), batch_size=2
    )
    (tmp_path / "work").mkdir()
    evaluate(model, config, tmp_path / "out", work=tmp_path / "work", benchmarks=tmp_path)
    lines = (tmp_path / "out" / "samples" / "mgsm_es.jsonl").read_bytes().splitlines()
    samples = [msgspec.json.decode(line, type=Sample) for line in lines]
    assert len(samples) == len(questions)
    assert any(sample.extracted for sample in samples)
    for place, sample in enumerate(samples):
        answer, extracted, score = expected["flexible-extract", place]
        assert sample.generation == answer
        assert (sample.extracted or "[invalid]") == extracted
        assert (sample.outcome is Outcome.CORRECT) == (score == 1.0)


def test_what_is_not_correct_says_why() -> None:
    def outcome(text: str, hit_limit: bool) -> Outcome:
        generation = Generation(problem_id="mgsm/000", text=text, hit_limit=hit_limit)
        (grade,) = BENCHMARK.grade({"mgsm/000": PROBLEM}, [generation], "reference_en_cot")
        return grade.outcome

    assert outcome("no number", False) is Outcome.NO_ANSWER
    assert outcome("17", False) is Outcome.WRONG
    assert outcome("17", True) is Outcome.TRUNCATED
    assert outcome("18", True) is Outcome.CORRECT  # lm-eval does not ask how the text ended


def test_reference_protocols_have_no_reference_text(ours: Path) -> None:
    problem = BENCHMARK.problems("en", ours)[0]
    assert all(BENCHMARK.reference(problem, p) is None for p in mgsm_reference.PROTOCOLS)


def test_a_language_that_lm_eval_lacks_is_refused() -> None:
    with pytest.raises(ConfigError, match="'xx'"):
        mgsm_reference.request("0", "xx", "Q?", "reference_direct")
