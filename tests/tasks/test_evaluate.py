import json
import shutil
from pathlib import Path

import msgspec
import pytest
from lm_eval.models.huggingface import HFLM
from tiny_models import write_chain_model, write_random_model

from tasks import answering, registry
from tasks import evaluate as module
from tasks.benchmark import LikelihoodSample, Outcome, Sample, count_outcomes
from tasks.benchmarks import starter_math
from tasks.eval_config import EvalConfig, TaskRun, check
from tasks.evaluate import Evaluation, evaluate, selected
from tasks.models import generation, lm_eval_adapter
from tasks.sampling import Sampling
from tests.small_gguf import write_gguf
from ultralink_data.errors import ConfigError, PrerequisiteError
from ultralink_data.store.release import decode_lines

LANGUAGES = ("en", "zh")
MATH = TaskRun(task="starter_math", languages=LANGUAGES, protocol="chat", generate=3, likelihood=5)
MGSM = TaskRun(task="mgsm", languages=LANGUAGES, protocol="direct", generate=2, likelihood=3)


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Path:
    """Answers "7" to every chat."""
    steps = {"\n": "7", "7": "<|im_end|>"}
    return write_chain_model(tmp_path_factory.mktemp("chain") / "model", steps)


class Call:
    """One evaluation in folders of its own."""

    def __init__(self, base: Path) -> None:
        self.out, self.work = base / "out", base / "work"
        self.out.mkdir(parents=True, exist_ok=True)

    def __call__(self, model: Path, config: EvalConfig, files: Path | None, **more) -> Evaluation:
        return evaluate(model, config, self.out, work=self.work, benchmarks=files, **more)

    def samples(self, task: str, language: str) -> list[Sample]:
        return read(self.out / "samples" / f"{task}_{language}.jsonl", Sample)

    def content(self) -> dict[str, bytes]:
        files = (path for path in self.out.rglob("*") if path.is_file())
        return {str(path.relative_to(self.out)): path.read_bytes() for path in files}


def read(path: Path, row_type):
    return [row for _, row in decode_lines(path, row_type)]


def test_a_whole_evaluation(model, files, tmp_path):
    call = Call(tmp_path)
    done = call(model, EvalConfig(runs=(MATH, MGSM), seed=3), files)
    assert msgspec.json.decode((call.out / module.EVALUATION).read_bytes(), type=Evaluation) == done
    assert [(part.task, part.language) for part in done.parts] == [
        (task, language) for task in ("starter_math", "mgsm") for language in LANGUAGES
    ]
    assert done.task_versions == {n: registry.get(n).version for n in ("starter_math", "mgsm")}
    assert done.protocols == {"starter_math": "chat", "mgsm": "direct"}
    assert (done.max_length, done.sandbox) == (512, ())
    for part in done.parts:
        rows = read(call.out / part.samples, Sample)
        likelihoods = read(call.out / part.likelihood, LikelihoodSample)
        run = MGSM if part.task == "mgsm" else MATH
        assert (len(rows), len(likelihoods)) == (run.generate, run.likelihood)
        assert sum(count_outcomes(rows).values()) == len(rows)
        assert {row.language for row in [*rows, *likelihoods]} == {part.language}
        problems = registry.get(part.task).problems(part.language, files)
        clusters = {problem.problem_id: problem.cluster for problem in problems}
        assert all(row.cluster == clusters[row.problem_id] for row in [*rows, *likelihoods])
        assert all(row.cluster for row in rows) == (part.task == "starter_math")
    assert [(s.generation, s.outcome) for s in call.samples("mgsm", "zh")] == [
        ("7", Outcome.CORRECT),
        ("7", Outcome.WRONG),
    ]


def test_a_killed_evaluation_goes_on_after_its_finished_parts(model, files, tmp_path, monkeypatch):
    config = EvalConfig(runs=(MATH, MGSM))
    whole, killed = Call(tmp_path / "whole"), Call(tmp_path / "killed")
    whole(model, config, files)

    told: list[tuple[str, int, int]] = []

    def stop_at_mgsm(what: str, done: int, total: int) -> None:
        told.append((what, done, total))
        if "mgsm" in what:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed(model, config, files, progress=stop_at_mgsm)
    assert killed.content() == {}
    phases = list(dict.fromkeys(what.partition(";")[0] for what, _, _ in told))
    assert phases == [
        f"bits per byte of starter_math {LANGUAGES[0]}: texts",
        "loading the model",
        f"bits per byte of starter_math {LANGUAGES[1]}: texts",
        "starter_math: answers",
        f"bits per byte of mgsm {LANGUAGES[0]}: texts",
    ]
    right = "starter_math: answers; 0 % right so far"
    assert (right, MATH.generate * len(LANGUAGES), MATH.generate * len(LANGUAGES)) in told

    asked: list[str] = []
    generate, score = answering.generate, module.score_references

    def watched_generate(lm, watch, tasks, *rest):
        asked.extend(tasks)
        return generate(lm, watch, tasks, *rest)

    def watched_score(lm, references, language, *options):
        asked.append(references[0].problem_id.split("/")[0])
        return score(lm, references, language, *options)

    monkeypatch.setattr(answering, "generate", watched_generate)
    monkeypatch.setattr(module, "score_references", watched_score)
    killed(model, config, files)
    assert asked == ["mgsm", "mgsm", "mgsm_en", "mgsm_zh"]
    assert killed.content() == whole.content()


def counted(monkeypatch) -> list[str]:
    """The prompts that a model is asked from now on, one for each answer."""
    asked: list[str] = []
    given = HFLM.generate_until

    def watched(self, requests, disable_tqdm=False):
        asked.extend(request.args[0] for request in requests)
        return given(self, requests, disable_tqdm)

    monkeypatch.setattr(HFLM, "generate_until", watched)
    return asked


@pytest.fixture
def short(monkeypatch) -> None:
    """Answers of a model that never stops are short."""
    monkeypatch.setattr(starter_math, "MAX_TOKENS", 20)


SAMPLINGS = (Sampling(), Sampling(temperature=1.0, top_p=0.9, repeats=2))


@pytest.mark.parametrize("sampling", SAMPLINGS, ids=["greedy", "sampled"])
@pytest.mark.parametrize("single", [True, False], ids=["single", "fixed batches"])
@pytest.mark.usefixtures("short")
def test_only_what_is_new_is_asked(sampling, single, tmp_path, monkeypatch):
    """Another language, more problems: the samples are those of one whole evaluation."""
    monkeypatch.setattr(generation, "_is_single", lambda model: single)
    model = write_random_model(tmp_path / "model")
    asked = counted(monkeypatch)

    def samples(name: str, languages: tuple[str, ...], count: int, kept: str) -> dict[str, bytes]:
        run = msgspec.structs.replace(MATH, languages=languages, generate=count, likelihood=0)
        config = EvalConfig(runs=(run,), sampling=sampling, batch_size=2, max_length=900, threads=1)
        call = Call(tmp_path / name)
        asked.clear()
        call(model, config, None, answers=tmp_path / kept)
        rows = call.content()
        return {name: text for name, text in rows.items() if name.startswith("samples")}

    repeats = sampling.repeats
    samples("narrow", ("en", "zh"), 2, "store")
    assert len(set(asked)) == 4
    again = samples("again", ("zh", "en"), 2, "store")
    assert asked == []
    wide = samples("wide", ("fr", "zh"), 4, "store")
    assert len(set(asked)) == 6
    assert len(asked) >= 6 * repeats
    assert samples("cold", ("fr", "zh"), 4, "other") == wide
    assert len(set(asked)) == 8
    assert set(again) == {"samples/starter_math_en.jsonl", "samples/starter_math_zh.jsonl"}


@pytest.mark.usefixtures("short")
def test_an_answer_depends_on_its_own_prompt_alone(tmp_path):
    """Not on the batch size, the languages or the number of problems beside it."""
    model = write_random_model(tmp_path / "model")
    found = []
    for size, languages, count in ((1, ("en",), 2), (5, ("en", "zh"), 6)):
        run = msgspec.structs.replace(MATH, languages=languages, generate=count, likelihood=0)
        sampling = Sampling(temperature=0.7, repeats=2)
        config = EvalConfig(
            runs=(run,), sampling=sampling, batch_size=size, max_length=900, threads=1
        )
        call = Call(tmp_path / str(size))
        call(model, config, None)
        found.append(call.samples("starter_math", "en")[:4])
    assert found[0] == found[1]
    assert len({row.generation for row in found[0]}) == 4


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 1},
        {"thinking_tokens": 5},
        {"max_length": 901},
        {"temperature": 0.5},
        {"top_p": 0.5},
    ],
    ids=lambda change: next(iter(change)),
)
@pytest.mark.usefixtures("short")
def test_kept_answers_are_not_taken_for_others(change, tmp_path, monkeypatch):
    model = write_random_model(tmp_path / "model")
    asked = counted(monkeypatch)
    run = msgspec.structs.replace(MATH, languages=("en",), generate=1, likelihood=0)
    settings = {"temperature": 1.0, "top_p": 0.9}

    def call(name: str, **changed) -> int:
        asked.clear()
        kept = {key: changed.pop(key, value) for key, value in settings.items()}
        config = {"max_length": 900, "threads": 1, **changed, "sampling": Sampling(**kept)}
        evaluated = EvalConfig(runs=(run,), **config)
        Call(tmp_path / name)(model, evaluated, None, answers=tmp_path / "answers")
        return len(asked)

    assert call("first") >= 1
    assert call("same") == 0
    assert call("changed", **change) >= 1


@pytest.mark.usefixtures("short")
def test_a_kill_costs_one_batch(tmp_path, monkeypatch):
    model = write_random_model(tmp_path / "model")
    run = msgspec.structs.replace(MATH, generate=6, likelihood=0)
    config = EvalConfig(runs=(run,), max_length=900, threads=1, batch_size=4)
    whole, killed = Call(tmp_path / "whole"), Call(tmp_path / "killed")
    whole(model, config, None)

    def stop(what: str, done: int, total: int) -> None:
        if done >= 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed(model, config, None, progress=stop)
    asked = counted(monkeypatch)
    killed(model, config, None)
    assert len(set(asked)) in (4, 8)  # it was killed in the batch after 8 of 12, or at its end
    assert killed.content() == whole.content()


@pytest.mark.parametrize("single", [True, False], ids=["single", "fixed batches"])
def test_a_problem_that_is_the_same_in_two_languages_is_asked_once(single, tmp_path, monkeypatch):
    """As OMGEval/103 in English and Spanish: the answer is kept for both."""
    monkeypatch.setattr(generation, "_is_single", lambda model: single)
    given = starter_math.StarterMath.request

    def in_english(self, problem, protocol):
        [same] = [p for p in self.problems("en", None) if p.problem_id == problem.problem_id]
        return given(self, same, protocol)

    monkeypatch.setattr(starter_math.StarterMath, "request", in_english)
    monkeypatch.setattr(starter_math, "MAX_TOKENS", 20)
    model = write_random_model(tmp_path / "model")
    run = msgspec.structs.replace(MATH, languages=("en", "zh"), generate=4, likelihood=0)
    config = EvalConfig(runs=(run,), max_length=900, threads=1, batch_size=2)
    asked = counted(monkeypatch)
    told: list[tuple[int, int]] = []
    call = Call(tmp_path)
    call(model, config, None, progress=lambda what, done, total: told.append((done, total)))
    assert len(set(asked)) == 4
    found = [call.samples("starter_math", language) for language in run.languages]
    texts = [[row.generation for row in rows] for rows in found]
    assert texts[0] == texts[1]
    assert [{row.language for row in rows} for rows in found] == [{"en"}, {"zh"}]
    assert told[-1] == (8, 8)


@pytest.mark.usefixtures("short")
def test_a_kill_between_two_files_of_samples_leaves_the_limit_as_it_was(tmp_path, monkeypatch):
    """The limit ends where the longest prompt of all languages leaves the context."""
    model = write_random_model(tmp_path / "model")
    run = msgspec.structs.replace(MATH, languages=("en", "ru"), generate=2, likelihood=0)
    config = EvalConfig(runs=(run,), max_length=300, threads=1, thinking_tokens=400)
    call = Call(tmp_path)
    done = call(model, config, None)
    assert done.max_tokens["starter_math"] < 300
    whole = call.content()
    asked = counted(monkeypatch)
    for language in run.languages:
        (call.work / f"samples/starter_math_{language}.jsonl").unlink()
        call(model, config, None)
        assert asked == []
        assert call.content() == whole


@pytest.mark.usefixtures("short")
def test_damaged_answers_are_asked_again(tmp_path, monkeypatch):
    model = write_random_model(tmp_path / "model")
    run = msgspec.structs.replace(MATH, languages=("en",), generate=4, likelihood=4)
    config = EvalConfig(runs=(run,), max_length=900, threads=1, batch_size=2)
    first = Call(tmp_path / "first")
    first(model, config, None, answers=tmp_path / "answers")
    files = sorted((tmp_path / "answers").rglob("*.json"))
    assert len(files) == 4  # two batches, one block of references, what is known of the model
    for number, path in enumerate(files):
        text = path.read_bytes()
        path.write_bytes(text[: len(text) // 2] if number % 2 else text.replace(b"1", b"2"))
    asked = counted(monkeypatch)
    again = Call(tmp_path / "again")
    told: list[str] = []
    again(
        model,
        config,
        None,
        answers=tmp_path / "answers",
        progress=lambda what, done, total: told.append(what),
    )
    assert sum(int(what.split()[0]) for what in told if "damaged files" in what) == 4
    assert len(set(asked)) == 4
    assert again.content() == first.content()
    asked.clear()
    Call(tmp_path / "third")(model, config, None, answers=tmp_path / "answers")
    assert asked == []


def test_the_same_problems_in_each_language(model, files, tmp_path):
    call = Call(tmp_path)
    call(model, EvalConfig(runs=(MATH, MGSM)), files)
    for task, kind, row_type in (
        ("starter_math", "samples", Sample),
        ("starter_math", "likelihood", LikelihoodSample),
        ("mgsm", "samples", Sample),
    ):
        ids = [
            [row.problem_id for row in read(call.out / kind / f"{task}_{code}.jsonl", row_type)]
            for code in LANGUAGES
        ]
        assert ids[0] == ids[1] == sorted(ids[0])


def test_selected_takes_the_first_by_id():
    assert selected([1, 2, 3], 2) == [1, 2]
    assert selected([1, 2, 3], 5) == [1, 2, 3]
    assert selected([1, 2, 3], None) == [1, 2, 3]
    assert selected([1, 2, 3], 0) == []


@pytest.mark.parametrize("task", ["mgsm", "humaneval"])
def test_real_problems_have_the_same_ids_in_every_language(task, benchmarks):
    benchmark = registry.get(task)
    ids = {
        language: [problem.problem_id for problem in benchmark.problems(language, benchmarks)]
        for language in benchmark.languages
        if task == "humaneval" or (benchmarks / "mgsm" / f"mgsm_{language}.tsv").is_file()
    }
    assert {"en", "zh"} <= set(ids)
    assert all(found == ids["en"] for found in ids.values())
    assert len(set(ids["en"])) == len(ids["en"]) == {"mgsm": 250, "humaneval": 164}[task]


def test_prompts_over_the_context_are_truncated_and_not_asked(model, files, tmp_path, monkeypatch):
    """A context of 64 holds no prompt with an answer of 64 tokens."""
    monkeypatch.setattr(answering, "generate", lambda lm, watch, tasks, *_: _nothing(tasks))
    call = Call(tmp_path)
    call(model, EvalConfig(runs=(MGSM,), max_length=64), files)
    for language in LANGUAGES:
        rows = call.samples("mgsm", language)
        assert count_outcomes(rows) == {"truncated": 2}
        assert {(row.generation, row.detail) for row in rows} == {("", "prompt over the context")}


def _nothing(tasks):
    assert not any(tasks.values())
    return {}


def test_several_samples_of_a_problem_are_numbered(files, tmp_path):
    model = write_random_model(tmp_path / "model")
    config = EvalConfig(
        runs=(msgspec.structs.replace(MGSM, likelihood=0),),
        sampling=Sampling(temperature=1.0, repeats=3),
    )
    call = Call(tmp_path)
    call(model, config, files)
    rows = call.samples("mgsm", "en")
    assert [(row.problem_id, row.index) for row in rows] == [
        (f"mgsm/00{i}", index) for i in range(2) for index in range(3)
    ]
    assert len({row.generation for row in rows}) > 1


def test_nothing_is_generated_where_only_bits_are_asked_for(model, files, tmp_path):
    call = Call(tmp_path)
    done = call(model, EvalConfig(runs=(msgspec.structs.replace(MGSM, generate=0),)), files)
    assert [(part.samples, bool(part.likelihood)) for part in done.parts] == [("", True)] * 2


def test_another_model_gets_other_prompts_hash_only_if_prompts_differ(model, files, tmp_path):
    first = Call(tmp_path / "a")(model, EvalConfig(runs=(MGSM,)), files)
    again = Call(tmp_path / "b")(model, EvalConfig(runs=(MGSM,), seed=1), files)
    other = msgspec.structs.replace(MGSM, protocol="native_cot", likelihood=0, generate=0)
    changed = Call(tmp_path / "c")(model, EvalConfig(runs=(other,)), files)
    assert first.prompts_hash == again.prompts_hash != changed.prompts_hash


def test_repairs_that_are_switched_off_change_what_is_asked(model, ours, tmp_path):
    """es/HumanEval/0 lacks its final newline."""
    run = TaskRun(task="humaneval", languages=("es",), protocol="completion", generate=0)
    prompts, hashes, versions = {}, set(), []
    for repairs in (None, ()):
        call = Call(tmp_path / str(repairs))
        config = EvalConfig(
            runs=(msgspec.structs.replace(run, likelihood=1, repairs=repairs),), max_length=512
        )
        done = call(model, config, ours)
        hashes.add(done.prompts_hash)
        versions += done.task_versions.values()
        [row] = read(call.out / "likelihood" / "humaneval_es.jsonl", LikelihoodSample)
        prompts[repairs] = row.prompt
    assert prompts[None] == prompts[()] + "\n"
    assert len(hashes) == 2
    version = registry.get("humaneval").version
    assert versions == [version, f"{version}, repairs: none"]


def test_a_missing_file_is_found_before_a_model_is_loaded(model, tmp_path, monkeypatch):
    monkeypatch.delenv("ULTRALINK_BENCHMARKS", raising=False)
    monkeypatch.setattr(
        lm_eval_adapter, "load_model", lambda *_, **__: pytest.fail("loaded a model")
    )
    with pytest.raises(PrerequisiteError, match=r"mgsm_en\.tsv not found"):
        Call(tmp_path)(model, EvalConfig(runs=(MATH, MGSM)), tmp_path)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("task", "msgm", "unknown task 'msgm'"),
        ("protocol", "dircet", "unknown protocol of mgsm 'dircet'"),
        ("languages", ("en", "xx"), "unknown language of mgsm 'xx'"),
    ],
)
def test_unknown_names_are_refused(field, value, message):
    run = msgspec.structs.replace(MGSM, **{field: value})
    with pytest.raises(ConfigError, match=message):
        check(EvalConfig(runs=(run,)))


def test_bad_counts_are_refused():
    with pytest.raises(ValueError, match="generate must be >= 0, got -1"):
        msgspec.structs.replace(MGSM, generate=-1)
    with pytest.raises(ValueError, match="batch_size must be >= 1, got 0"):
        EvalConfig(runs=(), batch_size=0)
    with pytest.raises(ValueError, match="a task occurs twice"):
        EvalConfig(runs=(MGSM, MGSM))


def test_a_tokenizer_named_by_the_wrong_class_scores_as_the_right_one(model, files, tmp_path):
    """As a folder of model type llama with a byte-level tokenizer.json, for example R1-Distill."""
    named = tmp_path / "named"
    shutil.copytree(model, named)
    config = json.loads((named / "tokenizer_config.json").read_text())
    config["tokenizer_class"] = "LlamaTokenizerFast"
    (named / "tokenizer_config.json").write_text(json.dumps(config))
    first, second = Call(tmp_path / "first"), Call(tmp_path / "second")
    plain = first(model, EvalConfig(runs=(MGSM,)), files)
    noted = second(named, EvalConfig(runs=(MGSM,)), files)
    assert not plain.load_note
    assert "tokenizer.json is used as it is" in noted.load_note
    assert msgspec.structs.replace(noted, load_note="") == plain
    rows = {name: text for name, text in first.content().items() if name != module.EVALUATION}
    assert {name: second.content()[name] for name in rows} == rows


def test_a_gguf_file_is_scored_with_the_bos_that_it_asks_for(ours, tmp_path):
    """The same weights and tokens with and without: only the BOS moves the bits."""
    run = msgspec.structs.replace(MGSM, generate=0)
    template = "{% for message in messages %}{{ message['content'] }}\n{% endfor %}"
    fields = {"default": {}, "yes": {"add_bos_token": True}, "no": {"add_bos_token": False}}
    bits = {}
    for name, said in fields.items():
        model = write_gguf(tmp_path / f"{name}.gguf", template, **said)
        call = Call(tmp_path / name)
        call(model, EvalConfig(runs=(run,)), ours)
        bits[name] = [
            (row.bits, row.bytes)
            for language in LANGUAGES
            for row in read(call.out / "likelihood" / f"mgsm_{language}.jsonl", LikelihoodSample)
        ]
    assert bits["default"] == bits["yes"]
    assert all(one[0] != other[0] for one, other in zip(bits["yes"], bits["no"], strict=True))
    assert [size for _, size in bits["yes"]] == [size for _, size in bits["no"]]
