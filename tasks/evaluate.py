"""Evaluate one model on benchmarks: generate, score references, grade, write samples.

The stage's output folder:

    evaluation.json                       an `Evaluation`: what ran, how
    samples/{task}_{language}.jsonl       `Sample` rows
    likelihood/{task}_{language}.jsonl    `LikelihoodSample` rows

Finished parts lie in a work folder and are taken over when a killed evaluation starts again.
"""

import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from tasks import registry
from tasks.benchmark import (
    OVER_CONTEXT,
    Benchmark,
    Generation,
    Grade,
    LikelihoodSample,
    Outcome,
    Problem,
    Request,
    Sample,
)
from tasks.generation import GenerationWatch, Watch
from tasks.likelihood import score_references
from tasks.lm_eval_adapter import (
    Sampling,
    ServedModel,
    generate,
    load_model,
    no_chat,
    over_context,
    render_chat,
)
from tasks.sandbox import NOT_ISOLATED, isolation, sandbox_report
from ultralink_data import atomic

T = TypeVar("T")

EVALUATION = "evaluation.json"
_REPAIRS = ", repairs: "

Backend = Literal["hf", "vllm", "openai-chat"]
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many of how many parts are done."""


class TaskRun(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One benchmark in some languages.

    `generate` and `likelihood` say how many problems (the first ones by id, the same in every
    language) are answered and have their reference text scored: None for all, 0 for none.
    `repairs` names the repairs of damaged problems that are in force, None for all of the task's.
    """

    task: str
    languages: tuple[str, ...]
    protocol: str
    generate: int | None = None
    likelihood: int | None = None
    repairs: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Check the counts; names are checked against the registry by `check`."""
        for field in ("generate", "likelihood"):
            value = getattr(self, field)
            if value is not None and value < 0:
                raise ValueError(f"{field} must be >= 0, got {value}")

    def benchmark(self) -> Benchmark[Any]:
        """The benchmark with the repairs that are in force.

        Raises:
            ConfigError: unknown task or repair.
        """
        found = registry.get(self.task)
        return found if self.repairs is None else found.repaired_by(self.repairs)

    def version(self) -> str:
        """The task's version, with the repairs where not all are in force.

        Scores of different versions are never ranked or compared with each other.
        """
        version = registry.get(self.task).version
        if self.repairs is None:
            return version
        return f"{version}{_REPAIRS}{' '.join(self.repairs) or 'none'}"


def benchmark_of(task: str, version: str) -> Benchmark[Any]:
    """The benchmark with the repairs that `TaskRun.version` named when samples were made.

    Raises:
        ConfigError: unknown task, or a repair that there no longer is.
    """
    _, mark, names = version.partition(_REPAIRS)
    if not mark:
        return registry.get(task)
    return registry.get(task).repaired_by([name for name in names.split() if name != "none"])


class EvalConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a model is evaluated; everything that can change a number is in here.

    `max_length` is the context in tokens, None for the model's own. `backend` runs the model:
    "hf" is transformers; "openai-chat" asks for `served`, what an endpoint serves: then nothing is
    loaded, and `dtype`, `threads` and `max_length` do not apply. With
    `isolated` false, programs of the model run with the rights of the user.
    """

    runs: tuple[TaskRun, ...]
    sampling: Sampling = Sampling()
    seed: int = 0
    batch_size: int = 16
    dtype: str = "float32"
    max_length: int | None = None
    threads: int | None = None
    backend: Backend = "hf"
    served: ServedModel | None = None
    isolated: bool = True

    def __post_init__(self) -> None:
        """Check ranges and that no task stands twice."""
        if self.batch_size < 1:
            raise ValueError(f"batch_size must be >= 1, got {self.batch_size}")
        if (self.served is not None) != (self.backend == "openai-chat"):
            raise ValueError(f"backend {self.backend} with served={self.served}")
        if self.backend != "hf" and any(run.likelihood != 0 for run in self.runs):
            raise ValueError(f"{self.backend} gives no log-likelihoods: set likelihood to 0")
        if self.served is not None and self.max_length is not None:
            raise ValueError("max_length is the endpoint's own: leave it out")
        names = [run.task for run in self.runs]
        if len(set(names)) != len(names):
            raise ValueError(f"a task stands twice in {names}")


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One task in one language: file names relative to the folder, "" where nothing ran."""

    task: str
    language: str
    samples: str
    likelihood: str


class Evaluation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one evaluation did. `max_tokens` is by task; `prompts_hash` covers every prompt.

    `task_versions` name the repairs too where not all are in force.
    """

    parts: tuple[Part, ...]
    task_versions: dict[str, str]
    protocols: dict[str, str]
    max_tokens: dict[str, int]
    max_length: int | None
    prompts_hash: str
    sandbox: tuple[str, ...]


def check(config: EvalConfig) -> None:
    """Check names before anything runs.

    Raises:
        ConfigError: unknown task, or protocol, language or repair of a task (nearest names
            offered).
    """
    for run in config.runs:
        run.benchmark().check(run.languages, run.protocol)


def evaluate(
    model: Path,
    config: EvalConfig,
    out: Path,
    *,
    work: Path,
    benchmarks: Path | None = None,
    replies: Path | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Evaluate `model` and fill folder `out`; `work` keeps finished parts of a killed run.

    Of a served model `model` is not looked at; its replies are stored in file `replies`.

    Raises:
        ConfigError: a name or a protocol does not fit.
        PrerequisiteError: a benchmark file, the sandbox or the model is missing.
        LLMError: the endpoint fails for good; replies until then are stored.
    """
    check(config)
    with isolation(config.isolated):
        return _evaluate(
            _Session(model, config, work, replies or work / "replies.sqlite"),
            out,
            benchmarks,
            progress or (lambda what, done, total: None),
        )


def _evaluate(
    session: "_Session", out: Path, benchmarks: Path | None, report: Progress
) -> Evaluation:
    config, work = session.config, session.work
    problems = {
        (run.task, language): run.benchmark().problems(language, benchmarks)
        for run in config.runs
        for language in run.languages
    }
    for run in config.runs:
        if run.generate != 0:
            run.benchmark().prepare()
            first = problems[run.task, run.languages[0]][0]
            if config.served and not run.benchmark().request(first, run.protocol).chat:
                raise no_chat(run.task, run.protocol)
    for index, run in enumerate(config.runs):
        report(run.task, index, len(config.runs))
        session.run(run, {lang: problems[run.task, lang] for lang in run.languages})
    report("done", len(config.runs), len(config.runs))
    evaluation = session.describe(problems)
    for part in evaluation.parts:
        for name in filter(None, (part.samples, part.likelihood)):
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(work / name, out / name)
    text = msgspec.json.format(msgspec.json.encode(evaluation), indent=2)
    (out / EVALUATION).write_bytes(text + b"\n")
    return evaluation


def selected(problems: Sequence[T], count: int | None) -> Sequence[T]:
    """The first `count` problems by id; None for all."""
    return problems if count is None else problems[:count]


class _Session:
    """One loaded model; loading waits until the first part that is not yet in `work`."""

    def __init__(self, model: Path, config: EvalConfig, work: Path, replies: Path) -> None:
        self._model = model
        self.config = config
        self.work = work
        self._replies = replies
        self._loaded: tuple[Any, Watch] | None = None

    def _lm(self) -> tuple[Any, Watch]:
        config = self.config
        if self._loaded is None and config.served is not None:
            from tasks.chat_endpoint import ChatEndpoint

            chat = ChatEndpoint(
                config.served, self._replies, seed=config.seed, concurrency=config.batch_size
            )
            self._loaded = chat, chat
        if self._loaded is None and config.backend == "vllm":
            from tasks.vllm_engine import VllmWatch, load_vllm

            engine = load_vllm(
                self._model, dtype=config.dtype, max_length=config.max_length, seed=config.seed
            )
            self._loaded = engine, VllmWatch(engine)
        if self._loaded is None:
            import torch

            if config.threads is not None:
                torch.set_num_threads(config.threads)
            lm = load_model(
                self._model,
                batch_size=config.batch_size,
                dtype=config.dtype,
                max_length=config.max_length,
            )
            self._loaded = lm, GenerationWatch(lm)
        return self._loaded

    def run(self, run: TaskRun, problems: Mapping[str, Sequence[Problem]]) -> None:
        benchmark = run.benchmark()
        if run.likelihood != 0:
            for language in run.languages:
                target = self.work / _name("likelihood", run.task, language)
                if not target.exists():
                    rows = selected(problems[language], run.likelihood)
                    found = self._references(benchmark, run.protocol, language, rows)
                    if found:
                        _write(target, found)
        if run.generate != 0:
            targets = {lang: self.work / _name("samples", run.task, lang) for lang in run.languages}
            if all(path.exists() for path in targets.values()):
                return
            # All languages again if one is missing: they share batches and the random state.
            missing = {lang: selected(problems[lang], run.generate) for lang in targets}
            for language, samples in self._generate(benchmark, run.protocol, missing).items():
                _write(targets[language], samples)

    def _references(
        self,
        benchmark: Benchmark[Any],
        protocol: str,
        language: str,
        problems: Sequence[Problem],
    ) -> list[LikelihoodSample]:
        found = [benchmark.reference(problem, protocol) for problem in problems]
        references = [reference for reference in found if reference is not None]
        if not references:
            return []
        lm, _ = self._lm()
        return score_references(lm, references, language, lambda text: render_chat(lm, text))

    def _generate(
        self, benchmark: Benchmark[Any], protocol: str, problems: Mapping[str, Sequence[Problem]]
    ) -> dict[str, list[Sample]]:
        if not problems:
            return {}
        requests = {
            lang: [benchmark.request(p, protocol) for p in rows] for lang, rows in problems.items()
        }
        lm, watch = self._lm()
        long = {lang: over_context(lm, rows) for lang, rows in requests.items()}
        fitting: dict[str, Sequence[Request]] = {
            f"{benchmark.name}_{lang}": [r for r in rows if r.problem_id not in long[lang]]
            for lang, rows in requests.items()
        }
        made = generate(lm, watch, fitting, self.config.sampling, self.config.seed)
        result = {}
        for lang, rows in problems.items():
            name = f"{benchmark.name}_{lang}"
            flat = [g for group in made.get(name, []) for g in group]
            grades = _grades(benchmark, {p.problem_id: p for p in rows}, flat, protocol)
            result[lang] = _samples(lang, requests[lang], long[lang], flat, grades)
        return result

    def describe(self, problems: Mapping[tuple[str, str], Sequence[Problem]]) -> Evaluation:
        parts, max_tokens = [], {}
        digest = hashlib.sha256()
        for run in self.config.runs:
            benchmark = run.benchmark()
            for lang in run.languages:
                for problem in problems[run.task, lang]:
                    request = benchmark.request(problem, run.protocol)
                    reference = benchmark.reference(problem, run.protocol)
                    digest.update(msgspec.json.encode((request, reference)))
                    max_tokens[run.task] = request.max_tokens
                names = {kind: _name(kind, run.task, lang) for kind in ("samples", "likelihood")}
                made = {k: n if (self.work / n).exists() else "" for k, n in names.items()}
                parts.append(Part(task=run.task, language=lang, **made))
        return Evaluation(
            parts=tuple(parts),
            task_versions={r.task: r.version() for r in self.config.runs},
            protocols={r.task: r.protocol for r in self.config.runs},
            max_tokens=max_tokens,
            max_length=self._lm()[0].max_length,
            prompts_hash=digest.hexdigest(),
            sandbox=self._sandbox(),
        )

    def _sandbox(self) -> tuple[str, ...]:
        used = any(registry.get(r.task).executes_code and r.generate != 0 for r in self.config.runs)
        if not used:
            return ()
        return sandbox_report().in_force if self.config.isolated else (NOT_ISOLATED,)


def _grades(
    benchmark: Benchmark[Any],
    problems: Mapping[str, Problem],
    generations: Sequence[Generation],
    protocol: str,
) -> list[Grade]:
    """A grade for each generation; where there is none, the reason why."""
    answered = [generation for generation in generations if not generation.failure]
    graded = iter(benchmark.grade(problems, answered, protocol))
    return [
        Grade(extracted=None, outcome=Outcome.ERROR, detail=generation.failure)
        if generation.failure
        else next(graded)
        for generation in generations
    ]


def _samples(
    language: str,
    requests: Sequence[Request],
    long: set[str],
    generations: Sequence[Generation],
    grades: Sequence[Grade],
) -> list[Sample]:
    """Join grades with their generations; a prompt over the context is one truncated row."""
    by_id: dict[str, list[tuple[Generation, Grade]]] = {}
    for generation, grade in zip(generations, grades, strict=True):
        by_id.setdefault(generation.problem_id, []).append((generation, grade))
    cut = Grade(extracted=None, outcome=Outcome.TRUNCATED, detail=OVER_CONTEXT)
    for problem_id in long:
        by_id[problem_id] = [(Generation(problem_id=problem_id, text=""), cut)]
    return [
        Sample(
            problem_id=request.problem_id,
            language=language,
            index=index,
            prompt=request.prompt,
            generation=generation.text,
            extracted=grade.extracted,
            outcome=grade.outcome,
            detail=grade.detail,
            hit_limit=generation.hit_limit,
        )
        for request in requests
        for index, (generation, grade) in enumerate(by_id[request.problem_id])
    ]


def _name(kind: str, task: str, language: str) -> str:
    return f"{kind}/{task}_{language}.jsonl"


def _write(path: Path, rows: Sequence[msgspec.Struct]) -> None:
    encoder = msgspec.json.Encoder()
    atomic.write_bytes(path, b"".join(encoder.encode(row) + b"\n" for row in rows))
