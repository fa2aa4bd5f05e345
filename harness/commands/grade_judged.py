"""`ultralink-bench grade TASK` with a judge that compares saved outputs with a baseline's."""

import argparse
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from harness import show
from harness.options import defaults, endpoint_options
from harness.options.config_options import config_from
from harness.progress.terminal import TERMINAL
from leaderboard.table import MARK, Table, text_table
from tasks import by_kind
from tasks.benchmark import Problem
from tasks.judged_benchmark import JudgedBenchmark
from tasks.judging.judge import JudgeVerdict, Pair, Result
from tasks.judging.judge_config import JudgeConfig, Protocol
from tasks.judging.judge_run import (
    CostEstimate,
    JudgedPairs,
    PairComparison,
    comparisons,
    estimate,
    judge,
    structured_known,
)
from tasks.judging.win_rate import WinRate, win_rate
from ultralink_data import atomic
from ultralink_data.errors import BudgetError, ConfigError, DataError
from ultralink_data.llm.cache import ReplyCache
from ultralink_data.llm.client import Client, Endpoint, Usage
from ultralink_data.llm.endpoint import EndpointIdentity
from ultralink_data.text.thinking import answer_of

EXTREME: Final = "†"
"""Marks a length-controlled rate of which upstream would warn."""

_Judged = tuple[Pair, tuple[str, ...]]
"""Two answers to compare, and the subsets that the question is in."""


class JudgedReport(msgspec.Struct, frozen=True, kw_only=True):
    """The report of a judged comparison: models, judge, settings and scores.

    `scores` are by language and view: `full` and the benchmark's subsets. `void` names languages
    with too many missing verdicts; `templates` are sha256 by language; `notes` say what was not
    judged, and which questions upstream repeats. `endpoint` is everything that decides the judge's
    replies; `left_out` are parameters that it does not accept, for which it used its own defaults.
    """

    task: str
    model: str
    baseline: str
    judge: str
    base_url: str
    endpoint: EndpointIdentity
    left_out: tuple[str, ...]
    protocol: str
    structured: bool
    limit: int | None
    templates: dict[str, str]
    scores: dict[str, dict[str, WinRate]]
    void: tuple[str, ...]
    notes: tuple[str, ...]
    usage: Usage


def judged(arguments: argparse.Namespace) -> int:
    """Judge and write verdicts and a report; exit code 4 if every language is void.

    Raises:
        ConfigError: an unknown language or protocol, an option out of range, or no key.
        DataError: outputs that do not fit the questions.
        BudgetError: the estimate or the next request exceeds `--max-cost`.
        EndpointError: the judge cannot be reached.
    """
    benchmark = by_kind.judged(arguments.task)
    config = config_from(arguments, JudgeConfig)
    endpoint = endpoint_options.endpoint(arguments)
    languages = dict.fromkeys(arguments.languages)
    if not languages:
        raise ConfigError("--languages names none", hint="e.g. --languages en,zh")
    benchmark.check(languages)
    pairs = {lang: _pairs(benchmark, arguments, lang, config.limit) for lang in languages}
    templates = {lang: benchmark.template(lang, arguments.benchmarks) for lang in pairs}
    listed = [
        one
        for lang, found in pairs.items()
        for one in comparisons([pair for pair, _ in found], templates[lang], config.protocol)
    ]
    with ReplyCache(defaults.replies(arguments.runs)) as cache:
        structured = _structured(config, endpoint, cache)
        expected = estimate(Client(endpoint, cache), listed, structured=bool(structured))
        _announce(expected, endpoint)
        if arguments.dry_run:
            return 0
        done = _judge(endpoint, cache, listed, config.protocol, structured)
    scores = _scores(pairs, done.verdicts)
    void = tuple(lang for lang in scores if scores[lang]["full"].bad_rate > config.max_bad)
    model = arguments.name or Path(arguments.outputs).stem
    report = JudgedReport(
        task=benchmark.name,
        model=model,
        baseline=arguments.baseline_name or Path(arguments.baseline).stem,
        judge=endpoint.model,
        base_url=endpoint.base_url,
        endpoint=endpoint.identity,
        left_out=done.left_out,
        protocol=config.protocol,
        structured=done.structured,
        limit=config.limit,
        templates={x: hashlib.sha256(text.encode()).hexdigest() for x, text in templates.items()},
        scores=scores,
        void=void,
        notes=tuple(
            note for lang in scores for note in _notes(benchmark, arguments, lang, pairs[lang])
        ),
        usage=done.usage,
    )
    out = arguments.out or defaults.reports(arguments.runs, f"{benchmark.name}-{model}")
    written = _write(out, report, done.verdicts)
    show.print_tables(tables(report))
    show.print_paths(written)
    return 4 if set(void) == set(scores) else 0


def _structured(config: JudgeConfig, endpoint: Endpoint, cache: ReplyCache) -> bool | None:
    """Whether to ask with a schema; None if not known yet."""
    if config.protocol == "reference" or config.structured == "never":
        return False
    return config.structured == "always" or structured_known(endpoint, cache)


def _pairs(
    benchmark: JudgedBenchmark[Any],
    arguments: argparse.Namespace,
    language: str,
    limit: int | None,
) -> list[_Judged]:
    """The pairs to judge in a language, with the subsets of each question.

    Answers are compared without their thinking.
    """
    listed = benchmark.problems(language, arguments.benchmarks)

    def outputs(given: str) -> dict[str, str]:
        names = [Path(given.replace("{language}", x)) for x in benchmark.spellings(language)]
        there = next((path for path in names if path.is_file()), names[0])
        return benchmark.saved_outputs(there, listed)

    answers, baseline = outputs(arguments.outputs), outputs(arguments.baseline)

    def pair(problem: Problem) -> Pair:
        return Pair(
            problem_id=problem.problem_id,
            language=language,
            question=benchmark.question(problem),
            output=answer_of(answers[problem.problem_id]),
            baseline=answer_of(baseline[problem.problem_id]),
            cluster=problem.cluster,
        )

    both = answers.keys() & baseline.keys()
    found = [
        (pair(problem), benchmark.subsets(problem))
        for problem in listed[:limit]
        if problem.problem_id in both
    ]
    if not found:
        raise DataError(
            f"no question in {language} has an output in both {arguments.outputs} and "
            f"{arguments.baseline}",
            hint="both files must have the same problems",
        )
    return found


def _notes(
    benchmark: JudgedBenchmark[Any],
    arguments: argparse.Namespace,
    language: str,
    judged: Sequence[_Judged],
) -> list[str]:
    """Remarks on the questions behind a language's score."""
    listed = benchmark.problems(language, arguments.benchmarks)
    ids = {pair.problem_id for pair, _ in judged}
    repeats = [key for key in benchmark.repeated(listed) if key in ids]
    notes = []
    if len(judged) < len(listed):
        notes.append(f"{language}: {len(judged)} of {len(listed)} questions judged")
    if repeats:
        notes.append(f"{language}: repeated upstream: {' '.join(repeats)}")
    return notes


def _announce(expected: CostEstimate, endpoint: Endpoint) -> None:
    """Print the estimate.

    Raises:
        BudgetError: it exceeds the budget; nothing was sent.
    """
    show.console(error=True).print(
        f"{expected.requests} requests to {endpoint.model} ({expected.stored} stored), about "
        f"{expected.prompt_tokens:,} prompt and at most {expected.completion_tokens:,} reply "
        f"tokens, about {expected.cost:.2f}",
        soft_wrap=True,
    )
    if endpoint.max_cost is not None and expected.cost > endpoint.max_cost:
        raise BudgetError(
            f"the estimate {expected.cost:.2f} is over --max-cost {endpoint.max_cost:g}",
            hint="nothing was sent; raise --max-cost or judge fewer questions with --limit",
        )


def _judge(
    endpoint: Endpoint,
    cache: ReplyCache,
    listed: Sequence[PairComparison],
    protocol: Protocol,
    structured: bool | None,
) -> JudgedPairs:
    usage, kept = Usage(), "replies so far are stored"
    with TERMINAL.work(
        "judge", len(listed), unit="comparisons", usage=usage, max_cost=endpoint.max_cost, kept=kept
    ) as meter:
        return judge(
            endpoint,
            cache,
            listed,
            protocol,
            structured=structured,
            usage=usage,
            on_done=meter.moved,
            on_left_out=TERMINAL.warn,
        )


def _scores(
    pairs: Mapping[str, Sequence[_Judged]], verdicts: Sequence[JudgeVerdict]
) -> dict[str, dict[str, WinRate]]:
    scores: dict[str, dict[str, WinRate]] = {}
    for language, found in pairs.items():
        lengths = {p.problem_id: (len(p.output), len(p.baseline)) for p, _ in found}
        clusters = {p.problem_id: p.cluster for p, _ in found if p.cluster}
        views = {"full": set(lengths)}
        for pair, subsets in found:
            for subset in subsets:
                views.setdefault(subset, set()).add(pair.problem_id)
        scores[language] = {
            view: win_rate(
                [v for v in verdicts if v.language == language and v.problem_id in ids],
                lengths,
                clusters,
            )
            for view, ids in views.items()
        }
    return scores


def _write(out: Path, report: JudgedReport, verdicts: Sequence[JudgeVerdict]) -> list[Path]:
    written = []
    for language in report.scores:
        path = out / f"verdicts_{language}.jsonl"
        rows = (v for v in verdicts if v.language == language)
        atomic.write_bytes(path, b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
        written.append(path)
    text = msgspec.json.format(msgspec.json.encode(report), indent=2)
    atomic.write_bytes(out / "report.json", text + b"\n")
    return [out / "report.json", *written]


def tables(report: JudgedReport) -> list[Table]:
    """A table of scores, with outcomes that add up to n questions, and one about the judge."""
    outcomes = (result.value for result in Result)
    names = ("language", "view", "win rate (%)", "bounds", "length-controlled", *outcomes, "n")
    checks = ("language", "view", "missing verdicts (%)", "flips (%)", "length slope")
    scored, checked = [], []
    for language, views in report.scores.items():
        for view, score in views.items():
            judged = _judged_texts(score, void=language in report.void)
            counts = [str(score.counts[result.value]) for result in Result]
            scored.append((language, view, *judged[:3], *counts, str(score.questions)))
            checked.append((language, view, f"{100 * score.bad_rate:.1f}", *judged[3:]))
    notes = [
        f"protocol {report.protocol}; ± one standard error over questions, none where all "
        f"are alike; {MARK} marks missing verdicts",
        "bounds: every missing verdict lost, and won",
    ]
    if report.void:
        notes.append(f"void: too few readable verdicts in {', '.join(report.void)}")
    if report.left_out:
        notes.append(f"{report.judge} does not take {', '.join(report.left_out)}: not sent")
    notes += _length_notes(report)
    notes += report.notes
    title = f"{report.task}: {report.model} against {report.baseline}, judged by {report.judge}"
    paid = report.usage
    about = (
        "flips: the two orders name different winners",
        "length slope: log-odds; above 0 the judge prefers longer answers",
        f"{paid.requests} requests, {paid.cached} stored replies, {paid.prompt_tokens} + "
        f"{paid.completion_tokens} tokens, cost {paid.cost:.4f}",
    )
    return [
        text_table(title, names, scored, *notes),
        text_table(f"The judge {report.judge}", checks, checked, *about),
    ]


def _judged_texts(score: WinRate, *, void: bool) -> tuple[str, str, str, str, str]:
    """Win rate, bounds, length-controlled rate, flips, slope; only bounds if void."""
    bounds = f"{100 * score.low:.1f} to {100 * score.high:.1f}"
    if void or score.value is None:
        return "void", bounds, "void", "void", "void"
    error = f" ± {100 * score.standard_error:.1f}" if score.standard_error else ""
    mark = f"{MARK} " if score.bad_rate else ""
    slope = score.length_slope
    return (
        f"{mark}{100 * score.value:.1f}{error}",
        bounds,
        _controlled_text(score),
        "n/a" if score.flip_rate is None else f"{100 * score.flip_rate:.1f}",
        "n/a" if slope is None else f"{slope:+.2f}",
    )


def _controlled_text(score: WinRate) -> str:
    """The length-controlled rate with its interval, marked where AlpacaEval would warn."""
    if score.length_controlled is None or score.length_interval is None:
        return "n/a"
    low, high = score.length_interval
    mark = f"{EXTREME} " if score.length_extreme else ""
    return f"{mark}{100 * score.length_controlled:.1f} [{100 * low:.1f}, {100 * high:.1f}]"


def _length_notes(report: JudgedReport) -> list[str]:
    """What a reader of the length-controlled rates must know: the interval, doubts, gaps."""
    shown = [
        (f"{language} {view}", score)
        for language, views in report.scores.items()
        for view, score in views.items()
        if language not in report.void and score.value is not None
    ]
    notes = []
    if any(score.length_interval is not None for _, score in shown):
        notes.append("length-controlled: the rate at equal length, with its 95 % interval")
    notes += [
        f"{EXTREME} {name}: the length-controlled rate {100 * (score.length_controlled or 0):.1f} "
        f"is very different from the win rate {100 * (score.value or 0):.1f}: by AlpacaEval's "
        "rule a sign that the regression fails"
        for name, score in shown
        if score.length_extreme
    ]
    gaps: dict[str, list[str]] = {}
    for name, score in shown:
        if score.length_reason:
            gaps.setdefault(score.length_reason, []).append(name)
    notes += [
        f"no length-controlled rate in {', '.join(names)}: {reason}"
        for reason, names in gaps.items()
    ]
    return notes
