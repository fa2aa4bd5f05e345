"""Evaluate one model on benchmarks: generate, score references, grade, write samples.

The stage's output folder:

    evaluation.json                       an `Evaluation`: what ran, how
    samples/{task}_{language}.jsonl       `Sample` rows
    likelihood/{task}_{language}.jsonl    `LikelihoodSample` rows

Finished parts are kept in a work folder and reused when a killed evaluation is restarted; of the
others, what is kept of their answers (`tasks.models.kept_answers`).
"""

import contextlib
import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from tasks.answering import Answering
from tasks.benchmark import LikelihoodSample, Problem, Reference, Request, Sample
from tasks.eval_config import EvalConfig, TaskRun, check, selected
from tasks.isolation import NOT_ISOLATED, isolation
from tasks.models.kept_answers import KeptAnswers, group_name
from tasks.models.likelihood import score_references
from tasks.models.lm_eval_adapter import no_chat, render_chat
from tasks.models.prompt_tokens import served_note
from tasks.models.session import ModelSession
from ultralink_data import atomic
from ultralink_data.completion import key_of
from ultralink_data.errors import ConfigError

EVALUATION = "evaluation.json"

Progress = Callable[[str, int, int], None]
"""Called with the current activity, the rows of it that are done, and their total (0: unknown).

The activity ends in ": " and what is counted, and what follows a "; " changes as it goes on."""

_BLOCK = 64
"""Reference texts that are scored and kept together: a row's bits depend in their last digits on
the rows beside it, so that a block is taken whole or scored whole."""


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
    answers: Path | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Evaluate `model` and fill the folder `out`; `work` keeps finished parts of a killed run.

    For a served model `model` is ignored; its replies are stored in the file `replies`. Answers of
    others are kept in the folder `answers`, which must stand for this model and the code that runs
    it; without one, in `work`.

    Raises:
        ConfigError: an unknown name, or a protocol that does not fit.
        PrerequisiteError: a benchmark file, the sandbox or the model is missing.
        LLMError: every try at the endpoint failed; earlier replies are stored.
    """
    check(config)
    told = _Told(progress or (lambda what, done, total: None))
    # A served model's replies are kept as they arrive, each by its request.
    kept = KeptAnswers(None if config.served else answers or work / "answers")
    session = ModelSession(model, config, replies or work / "replies.sqlite", kept, told.loading)
    with isolation(config.isolated), contextlib.closing(session):
        return _evaluate(_Parts(session, work, told), out, benchmarks)


def _evaluate(parts: "_Parts", out: Path, benchmarks: Path | None) -> Evaluation:
    config, work = parts.config, parts.work
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
    parts.check_thinking(problems)
    for run in config.runs:
        parts.run(run, {lang: problems[run.task, lang] for lang in run.languages})
    evaluation = parts.describe(problems)
    for part in evaluation.parts:
        for name in filter(None, (part.samples, part.likelihood)):
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(work / name, out / name)
    text = msgspec.json.format(msgspec.json.encode(evaluation), indent=2)
    (out / EVALUATION).write_bytes(text + b"\n")
    return evaluation


class _Told:
    """Reports how far an evaluation is: one phase after the other, each with a total of its own."""

    def __init__(self, report: Progress) -> None:
        self._report = report
        self._phase, self._note = "", ""
        self._done = self._total = self._shown = 0

    def phase(self, name: str, total: int, done: int = 0) -> None:
        """A phase begins, of which some is done already."""
        self._phase, self._note, self._done, self._total = name, "", done, total
        self._shown = 0
        self._say(done)

    def loading(self) -> None:
        """The model is being loaded."""
        self._report("loading the model", 0, 0)

    def damaged(self, count: int) -> None:
        """So many files of kept answers cannot be used."""
        self._report(f"{count} damaged files of kept answers, asked again", 0, 0)

    def moved(self, done: int, note: str = "") -> None:
        """So many of the phase are done."""
        self._done, self._note = done, note
        self._say(done)

    def ended(self, count: int) -> None:
        """So many rows of the batch in progress have ended."""
        self._say(min(self._done + count, self._total))

    def _say(self, done: int) -> None:
        self._shown = max(done, self._shown)  # a row that is asked again is not undone
        note = f"; {self._note}" if self._note else ""
        self._report(self._phase + note, self._shown, self._total)


class _Parts:
    """Runs one task after the other; finished parts are files in `work`."""

    def __init__(self, session: ModelSession, work: Path, told: _Told) -> None:
        self._session = session
        self.config = session.config
        self.work = work
        self._told = told
        self._damaged = 0

    def _note_damage(self) -> None:
        """Tell of files of kept answers that were found damaged since the last call."""
        found = len(self._session.answers.damaged)
        if found > self._damaged:
            self._told.damaged(found - self._damaged)
            self._damaged = found

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

    def run(self, run: TaskRun, problems: Mapping[str, Sequence[Problem]]) -> None:
        """Score the references of a task and have its problems answered, as far as it is asked."""
        if run.likelihood != 0:
            for language in run.languages:
                target = self.work / _name("likelihood", run.task, language)
                if not target.exists():
                    rows = selected(problems[language], run.likelihood)
                    found = self._references(run, language, rows)
                    if found:
                        _write(target, found)
        if run.generate != 0:
            targets = {lang: self.work / _name("samples", run.task, lang) for lang in run.languages}
            if not all(path.exists() for path in targets.values()):
                # The longest prompt of all languages decides the token limit of each.
                chosen = {lang: selected(problems[lang], run.generate) for lang in run.languages}
                for language, samples in self._answers(run, chosen).items():
                    _write(targets[language], samples)

    def _references(
        self, run: TaskRun, language: str, problems: Sequence[Problem]
    ) -> list[LikelihoodSample]:
        """The reference texts, scored block by block; kept blocks are taken."""
        benchmark, session = run.benchmark(), self._session
        references = [text for p in problems for text in benchmark.measured(p, run.protocol)]
        if not references:
            return []
        clusters = {problem.problem_id: problem.cluster for problem in problems}
        settings = {"model": session.load_key(), "version": run.version(), "protocol": run.protocol}
        group = group_name(run.task, language, settings)
        self._told.phase(f"bits per byte of {run.task} {language}: texts", len(references))
        rows: list[LikelihoodSample] = []
        for at in range(0, len(references), _BLOCK):
            block = references[at : at + _BLOCK]
            key = key_of(settings, block)
            found = session.answers.scores(group, key)
            self._note_damage()
            if found is None:
                found = tuple(self._scored(block, language))
                session.answers.add_scores(group, key, found)
            rows += found
            self._told.moved(len(rows))
        return [msgspec.structs.replace(row, cluster=clusters[row.problem_id]) for row in rows]

    def _scored(self, references: Sequence[Reference], language: str) -> list[LikelihoodSample]:
        backend, lm = self._session.backend, self._session.loaded().lm
        with backend.blamed():
            return score_references(
                lm,
                references,
                language,
                lambda text: render_chat(lm, text),
                backend.log_probs(),
                backend.spare,
            )

    def _answers(
        self, run: TaskRun, problems: Mapping[str, Sequence[Problem]]
    ) -> dict[str, list[Sample]]:
        answering = Answering(self._session, run.benchmark(), run, problems)
        told = self._told
        kept = answering.kept()
        self._note_damage()
        told.phase(f"{run.task}: answers", answering.total, kept)

        def on_answered(done: int, right: int, graded: int) -> None:
            note = f"{100 * right / graded:.0f} % right so far" if graded else ""
            told.moved(done, note)

        return answering.samples(on_answered, told.ended)

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
                max_tokens[run.task] = self._session.limit(run.task, requests)
            if requests[0].chat and self.config.thinking != "default":
                thinking[run.task] = self.config.thinking
        facts = self._session.facts()
        served = self.config.served is not None
        return Evaluation(
            parts=tuple(parts),
            task_versions={r.task: r.version() for r in self.config.runs},
            protocols={r.task: r.protocol for r in self.config.runs},
            max_tokens=max_tokens,
            max_length=facts.max_length,
            prompts_hash=digest.hexdigest(),
            sandbox=self._sandbox(),
            left_out=self._session.loaded().lm.left_out() if served else (),
            load_note=served_note(sent) if served else facts.note,
            thinking=thinking,
        )

    def _sandbox(self) -> tuple[str, ...]:
        ran = [run.benchmark() for run in self.config.runs if run.generate != 0]
        if self.config.isolated:
            return tuple(dict.fromkeys(limit for b in ran for limit in b.limits_in_force()))
        return (NOT_ISOLATED,) if any(b.executes_code for b in ran) else ()


def _name(kind: str, task: str, language: str) -> str:
    return f"{kind}/{task}_{language}.jsonl"


def _write(path: Path, rows: Sequence[msgspec.Struct]) -> None:
    encoder = msgspec.json.Encoder()
    atomic.write_bytes(path, b"".join(encoder.encode(row) + b"\n" for row in rows))
