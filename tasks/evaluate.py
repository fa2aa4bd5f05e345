"""Evaluate one model on benchmarks: generate, score references, grade, write samples.

The stage's output folder:

    evaluation.json                       an `Evaluation`: what ran, how
    samples/{task}_{language}.jsonl       `Sample` rows
    likelihood/{task}_{language}.jsonl    `LikelihoodSample` rows

Finished parts are kept in a work folder and reused when a killed evaluation is restarted.
"""

import contextlib
import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from tasks.benchmark import (
    OVER_CONTEXT,
    REFUSED,
    Benchmark,
    Generation,
    Grade,
    LikelihoodSample,
    Outcome,
    Problem,
    Request,
    Sample,
)
from tasks.eval_config import EvalConfig, TaskRun, check, selected
from tasks.isolation import NOT_ISOLATED, isolation
from tasks.models import backends
from tasks.models.backend import Loaded
from tasks.models.likelihood import score_references
from tasks.models.lm_eval_adapter import (
    generate,
    longest_prompt,
    no_chat,
    over_context,
    render_chat,
)
from tasks.models.prompt_tokens import served_note
from tasks.models.thinking_mode import THINKING_TOKENS, ChatForm, chat_form, limit
from ultralink_data import atomic
from ultralink_data.errors import ConfigError

T = TypeVar("T")

EVALUATION = "evaluation.json"

Progress = Callable[[str, int, int], None]
"""Called with the current activity, the problems done in all parts, and their total."""


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One task in one language: file names relative to the folder, "" if nothing ran."""

    task: str
    language: str
    samples: str
    likelihood: str


class Evaluation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The record of one evaluation. `max_tokens` is by task; `prompts_hash` covers every prompt.

    `task_versions` name the repairs unless all are active. `left_out` lists parameters that the
    endpoint does not accept: it used its own values for them. `load_note` says in a sentence how
    the model's tokenizer was loaded if not as the library would, or that a server may misread some
    prompts. `thinking` is that of tasks asked by chat, by task, where it was switched on or off.
    """

    parts: tuple[Part, ...]
    task_versions: dict[str, str]
    protocols: dict[str, str]
    max_tokens: dict[str, int]
    max_length: int | None
    prompts_hash: str
    sandbox: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    load_note: str = ""
    thinking: dict[str, str] = {}


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
    """Evaluate `model` and fill the folder `out`; `work` keeps finished parts of a killed run.

    For a served model `model` is ignored; its replies are stored in the file `replies`.

    Raises:
        ConfigError: an unknown name, or a protocol that does not fit.
        PrerequisiteError: a benchmark file, the sandbox or the model is missing.
        LLMError: every try at the endpoint failed; earlier replies are stored.
    """
    check(config)
    session = _Session(model, config, work, replies or work / "replies.sqlite")
    with isolation(config.isolated), contextlib.closing(session):
        return _evaluate(session, out, benchmarks, progress or (lambda what, done, total: None))


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
    session.check_thinking(problems)
    by_run = [{lang: problems[run.task, lang] for lang in run.languages} for run in config.runs]
    counts = [
        len(selected(rows, limit))
        for run, listed in zip(config.runs, by_run, strict=True)
        for rows in listed.values()
        for limit in (run.likelihood, run.generate)
    ]
    told = _Told(report, sum(counts))
    for run, listed in zip(config.runs, by_run, strict=True):
        session.run(run, listed, told)
    report("done", told.total, told.total)
    evaluation = session.describe(problems)
    for part in evaluation.parts:
        for name in filter(None, (part.samples, part.likelihood)):
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(work / name, out / name)
    text = msgspec.json.format(msgspec.json.encode(evaluation), indent=2)
    (out / EVALUATION).write_bytes(text + b"\n")
    return evaluation


class _Told:
    """Counts the problems of finished parts, and reports before each part."""

    def __init__(self, report: Progress, total: int) -> None:
        self._report = report
        self._done = 0
        self.total = total

    def part(self, what: str, count: int) -> None:
        """A part of `count` problems begins; those before it are done."""
        self._report(what, self._done, self.total)
        self._done += count


class _Session:
    """One model, loaded for the first part that is not yet in `work`."""

    def __init__(self, model: Path, config: EvalConfig, work: Path, replies: Path) -> None:
        self._model = model
        self.config = config
        self.work = work
        self._replies = replies
        self._backend = backends.get(config.backend)
        self._loaded: Loaded | None = None
        self._form = ChatForm({}, thinks=False)
        self._limits: dict[str, int] = {}

    def check_thinking(self, problems: Mapping[tuple[str, str], Sequence[Problem]]) -> None:
        """Refuse a switch for thinking where nothing is asked by chat."""
        asked = (
            run.benchmark().request(problems[run.task, run.languages[0]][0], run.protocol)
            for run in self.config.runs
        )
        if self.config.thinking != "default" and not any(request.chat for request in asked):
            raise ConfigError(
                f"--thinking {self.config.thinking}, but no protocol of this evaluation is a chat",
                hint="leave the option out, or choose a chat protocol with --protocol",
            )

    def close(self) -> None:
        """End the processes that the backend has started."""
        if self._loaded is not None:
            self._backend.close(self._loaded.lm)

    def _lm(self) -> Loaded:
        if self._loaded is None:
            self._loaded = self._backend.loaded(
                self._model, self.config.load_settings(), self._replies
            )
            config = self.config
            served = config.served is not None
            self._form = chat_form(self._loaded.lm, config.thinking, served=served)
        return self._loaded

    def _limit(self, task: str, requests: Sequence[Request]) -> int:
        """The token limit of a task's requests in all languages."""
        lm, budget = self._lm().lm, self.config.thinking_tokens
        if budget is None:
            budget = THINKING_TOKENS if self._form.thinks else 0
        if not budget or not requests[0].chat:
            return requests[0].max_tokens
        if task not in self._limits:
            longest = 0 if lm.max_length is None else longest_prompt(lm, requests)
            self._limits[task] = limit(requests, budget, longest, lm.max_length)
        return self._limits[task]

    def run(self, run: TaskRun, problems: Mapping[str, Sequence[Problem]], told: "_Told") -> None:
        benchmark = run.benchmark()
        if run.likelihood != 0:
            for language in run.languages:
                target = self.work / _name("likelihood", run.task, language)
                rows = selected(problems[language], run.likelihood)
                told.part(f"{run.task} {language}", len(rows))
                if not target.exists():
                    found = self._references(benchmark, run.protocol, language, rows)
                    if found:
                        _write(target, found)
        if run.generate != 0:
            targets = {lang: self.work / _name("samples", run.task, lang) for lang in run.languages}
            missing = {lang: selected(problems[lang], run.generate) for lang in targets}
            told.part(f"{run.task} answers", sum(map(len, missing.values())))
            if all(path.exists() for path in targets.values()):
                return
            # If one language is missing, run all: they share batches and the random state.
            for language, samples in self._generate(benchmark, run, missing).items():
                _write(targets[language], samples)

    def _references(
        self,
        benchmark: Benchmark[Any],
        protocol: str,
        language: str,
        problems: Sequence[Problem],
    ) -> list[LikelihoodSample]:
        references = [text for p in problems for text in benchmark.measured(p, protocol)]
        if not references:
            return []
        lm = self._lm().lm
        with self._backend.blamed():
            rows = score_references(
                lm,
                references,
                language,
                lambda text: render_chat(lm, text),
                self._backend.log_probs(),
                self._backend.spare,
            )
        clusters = {problem.problem_id: problem.cluster for problem in problems}
        return [msgspec.structs.replace(row, cluster=clusters[row.problem_id]) for row in rows]

    def _generate(
        self, benchmark: Benchmark[Any], run: TaskRun, problems: Mapping[str, Sequence[Problem]]
    ) -> dict[str, list[Sample]]:
        if not problems:
            return {}
        protocol = run.protocol
        requests = {
            lang: [benchmark.request(p, protocol) for p in rows] for lang, rows in problems.items()
        }
        lm, watch, _ = self._lm()
        long = {lang: over_context(lm, rows) for lang, rows in requests.items()}
        most = self._limit(run.task, [request for rows in requests.values() for request in rows])
        fitting: dict[str, Sequence[Request]] = {
            f"{benchmark.name}_{lang}": [
                msgspec.structs.replace(r, max_tokens=most)
                for r in rows
                if r.problem_id not in long[lang]
            ]
            for lang, rows in requests.items()
        }
        sampling = run.sampling(self.config.sampling)
        with self._backend.blamed():
            made = generate(lm, watch, fitting, sampling, self.config.seed)
        result = {}
        for lang, rows in problems.items():
            name = f"{benchmark.name}_{lang}"
            flat = [g for group in made.get(name, []) for g in group]
            by_id = {p.problem_id: p for p in rows}
            grades = _grades(benchmark, by_id, flat, protocol)
            result[lang] = _samples(by_id, requests[lang], long[lang], flat, grades)
        return result

    def describe(self, problems: Mapping[tuple[str, str], Sequence[Problem]]) -> Evaluation:
        parts, max_tokens = [], {}
        thinking: dict[str, str] = {}
        digest = hashlib.sha256()
        sent: list[Request] = []
        for run in self.config.runs:
            benchmark, requests = run.benchmark(), []
            for lang in run.languages:
                for problem in problems[run.task, lang]:
                    digest.update(msgspec.json.encode(benchmark.asked(problem, run.protocol)))
                chosen = selected(problems[run.task, lang], run.generate)
                requests += [
                    benchmark.request(p, run.protocol) for p in chosen or problems[run.task, lang]
                ]
                names = {kind: _name(kind, run.task, lang) for kind in ("samples", "likelihood")}
                made = {k: n if (self.work / n).exists() else "" for k, n in names.items()}
                parts.append(Part(task=run.task, language=lang, **made))
            sent += requests
            max_tokens[run.task] = requests[0].max_tokens
            if run.generate != 0:
                max_tokens[run.task] = self._limit(run.task, requests)
            if requests[0].chat and self.config.thinking != "default":
                thinking[run.task] = self.config.thinking
        lm, _, note = self._lm()
        return Evaluation(
            parts=tuple(parts),
            task_versions={r.task: r.version() for r in self.config.runs},
            protocols={r.task: r.protocol for r in self.config.runs},
            max_tokens=max_tokens,
            max_length=lm.max_length,
            prompts_hash=digest.hexdigest(),
            sandbox=self._sandbox(),
            left_out=() if self.config.served is None else lm.left_out(),
            load_note=note if self.config.served is None else served_note(sent),
            thinking=thinking,
        )

    def _sandbox(self) -> tuple[str, ...]:
        ran = [run.benchmark() for run in self.config.runs if run.generate != 0]
        if self.config.isolated:
            return tuple(dict.fromkeys(limit for b in ran for limit in b.limits_in_force()))
        return (NOT_ISOLATED,) if any(b.executes_code for b in ran) else ()


def _grades(
    benchmark: Benchmark[Any],
    problems: Mapping[str, Problem],
    generations: Sequence[Generation],
    protocol: str,
) -> list[Grade]:
    """A grade for each generation; a failed one gets the reason."""
    answered = [generation for generation in generations if not generation.failure]
    graded = iter(benchmark.grades(problems, answered, protocol))
    return [
        Grade(extracted=None, outcome=Outcome.ERROR, detail=REFUSED + generation.failure)
        if generation.failure
        else next(graded)
        for generation in generations
    ]


def _samples(
    problems: Mapping[str, Problem],
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
            language=problems[request.problem_id].language,
            index=index,
            prompt=request.prompt,
            generation=generation.text,
            extracted=grade.extracted,
            outcome=grade.outcome,
            detail=grade.detail,
            hit_limit=generation.hit_limit,
            thinking=grade.thinking,
            cluster=problems[request.problem_id].cluster,
        )
        for request in requests
        for index, (generation, grade) in enumerate(by_id[request.problem_id])
    ]


def _name(kind: str, task: str, language: str) -> str:
    return f"{kind}/{task}_{language}.jsonl"


def _write(path: Path, rows: Sequence[msgspec.Struct]) -> None:
    encoder = msgspec.json.Encoder()
    atomic.write_bytes(path, b"".join(encoder.encode(row) + b"\n" for row in rows))
