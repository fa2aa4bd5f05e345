"""`ultralink-bench grade TASK` with a judge that compares saved outputs with a baseline's."""

import argparse
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from harness import show
from harness.commands.grade_languages import PLACE
from harness.options import defaults, endpoint_options
from harness.options.config_options import config_from
from harness.options.option_values import ALL
from harness.progress.terminal import TERMINAL
from leaderboard.judged_records import JUDGED_SCHEMA, JudgedReport, write_judged
from leaderboard.judged_tables import tables
from tasks import by_kind
from tasks.benchmark import Problem
from tasks.grading.saved_lines import check_name
from tasks.judged_benchmark import JudgedBenchmark
from tasks.judging.judge import JudgeVerdict, Pair
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
from ultralink_data.llm.client import Endpoint, Usage
from ultralink_data.text.thinking import answer_of

_Judged = tuple[Pair, tuple[str, ...]]
"""Two answers to compare, and the subsets that the question is in."""


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
    out = _out(arguments, benchmark)
    languages = _languages(arguments, benchmark)
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
        expected = estimate(endpoint, cache, listed, structured=bool(structured))
        _announce(expected, endpoint)
        if arguments.dry_run:
            return 0
        done = _judge(endpoint, cache, listed, config.protocol, structured)
    scores = _scores(pairs, done.verdicts)
    void = tuple(lang for lang in scores if scores[lang]["full"].bad_rate > config.max_bad)
    model = arguments.name or Path(arguments.outputs).stem
    report = JudgedReport(
        schema=JUDGED_SCHEMA,
        kind="judged",
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
    show.print_paths(_write(out, report, pairs, done.verdicts))
    scored, about = tables(report)
    show.print_tables([about, scored])
    return 4 if set(void) == set(scores) else 0


def _out(arguments: argparse.Namespace, benchmark: JudgedBenchmark[Any]) -> Path:
    """The folder to write, checked before a judge is paid.

    Raises:
        PrerequisiteError: it cannot be written.
    """
    model = arguments.name or Path(arguments.outputs).stem
    out: Path = arguments.out or defaults.reports(arguments.runs, f"{benchmark.name}-{model}")
    atomic.check_writable(out / "report.json")
    return out


def _languages(arguments: argparse.Namespace, benchmark: JudgedBenchmark[Any]) -> tuple[str, ...]:
    """The languages to judge in; `all` takes those whose outputs are there.

    Raises:
        ConfigError: none is.
    """
    given: tuple[str, ...] = arguments.languages
    if given != (ALL,):
        if len(given) == 1:
            for path in (arguments.outputs, arguments.baseline):
                check_name(Path(path), given[0], benchmark.languages)
        return given
    spelled = {lang: benchmark.spellings(lang) for lang in benchmark.languages}
    found = tuple(
        lang
        for lang, names in spelled.items()
        if any(Path(arguments.outputs.replace(PLACE, name)).is_file() for name in names)
    )
    if PLACE not in arguments.outputs or not found:
        raise ConfigError(
            f"--languages {ALL} with {arguments.outputs}: no file for each language",
            hint=f"write {PLACE} where the files' names have it",
        )
    return found


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
        f"tokens, {_cost_text(expected.cost)}",
        soft_wrap=True,
    )
    limit = endpoint.max_cost
    if limit is not None and expected.cost is not None and expected.cost > limit:
        raise BudgetError(
            f"the estimate {expected.cost:.2f} is over --max-cost {limit:g}",
            hint="nothing was sent; raise --max-cost or judge fewer questions with --limit",
        )


def _cost_text(cost: float | None) -> str:
    """The cost in words; a price that nobody gave is not nought."""
    if cost is None:
        return "cost unknown (--price-in and --price-out say it)"
    return f"about {cost:.2f}" if not 0 < cost < 0.01 else "less than 0.01"


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


def _write(
    out: Path,
    report: JudgedReport,
    pairs: Mapping[str, Sequence[_Judged]],
    verdicts: Sequence[JudgeVerdict],
) -> list[Path]:
    """Write the verdicts and what they are on, so that the report can be looked into later."""
    written = []
    for language in report.scores:
        rows = (v for v in verdicts if v.language == language)
        compared = (pair for pair, _ in pairs[language])
        written += [
            _write_rows(out / f"verdicts_{language}.jsonl", rows),
            _write_rows(out / f"pairs_{language}.jsonl", compared),
        ]
    write_judged(out / "report.json", report)
    return [out / "report.json", *written]


def _write_rows(path: Path, rows: Iterable[JudgeVerdict | Pair]) -> Path:
    atomic.write_bytes(path, b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    return path
