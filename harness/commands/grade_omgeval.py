"""`ultralink-bench grade omgeval`: a judge compares saved outputs with a baseline's."""

import argparse
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from harness import show
from harness.options import endpoint_options
from harness.progress.terminal import TERMINAL
from leaderboard.table import MARK, Table, text_table
from tasks.benchmarks import omgeval as benchmark
from tasks.judging.judge import PROTOCOLS, JudgeVerdict, Pair, Protocol, Result
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
from ultralink_data.errors import BudgetError, ConfigError, DataError, unknown_name
from ultralink_data.llm.cache import ReplyCache
from ultralink_data.llm.client import Client, Endpoint, Usage
from ultralink_data.llm.endpoint import EndpointIdentity


class JudgedReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was judged, by whom, against whom, and what came out.

    `scores` are by language and view (`full`, `local`); `void` names languages with too many
    missing verdicts; `templates` are sha256 by language; `notes` say what was not judged, and which
    questions upstream repeats. `endpoint` is all that decides the judge's replies; `left_out` are
    parameters that it does not take, so that its own defaults held.
    """

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


def omgeval(arguments: argparse.Namespace) -> int:
    """Judge and write verdicts and a report; exit code 4 where every language is void.

    Raises:
        ConfigError: an unknown language or protocol, an option out of its range, or no key.
        DataError: outputs that do not fit the questions.
        BudgetError: the estimate, or going on, passes `--max-cost`.
        EndpointError: the judge cannot be asked.
    """
    protocol = _protocol(arguments.protocol)
    endpoint = _endpoint(arguments)
    pairs = {lang: _pairs(arguments, lang) for lang in dict.fromkeys(arguments.languages)}
    templates = {lang: benchmark.template(lang, arguments.benchmarks) for lang in pairs}
    listed = [
        one
        for lang, found in pairs.items()
        for one in comparisons([pair for pair, _ in found], templates[lang], protocol)
    ]
    with ReplyCache(arguments.runs / "llm_cache" / "replies.sqlite") as cache:
        structured = _structured(arguments, endpoint, cache, protocol)
        expected = estimate(Client(endpoint, cache), listed, structured=bool(structured))
        _announce(expected, endpoint)
        if arguments.dry_run:
            return 0
        judged = _judge(endpoint, cache, listed, protocol, structured)
    scores = _scores(pairs, judged.verdicts)
    void = tuple(lang for lang in scores if scores[lang]["full"].bad_rate > arguments.max_bad)
    model = arguments.name or Path(arguments.outputs).stem
    report = JudgedReport(
        model=model,
        baseline=arguments.baseline_name or Path(arguments.baseline).stem,
        judge=endpoint.model,
        base_url=endpoint.base_url,
        endpoint=endpoint.identity,
        left_out=judged.left_out,
        protocol=protocol,
        structured=judged.structured,
        limit=arguments.limit,
        templates={x: hashlib.sha256(text.encode()).hexdigest() for x, text in templates.items()},
        scores=scores,
        void=void,
        notes=tuple(note for lang in scores for note in _notes(arguments, lang, pairs[lang])),
        usage=judged.usage,
    )
    out = arguments.out or arguments.runs / "reports" / f"omgeval-{model}"
    written = _write(out, report, judged.verdicts)
    show.print_tables(tables(report))
    show.print_paths(written)
    return 4 if set(void) == set(scores) else 0


def _protocol(name: str) -> Protocol:
    for known in PROTOCOLS:
        if name == known:
            return known
    raise unknown_name("protocol of omgeval", name, PROTOCOLS)


def _structured(
    arguments: argparse.Namespace, endpoint: Endpoint, cache: ReplyCache, protocol: Protocol
) -> bool | None:
    """Whether to ask by a schema; None where that is still to be found out."""
    if protocol == "reference" or arguments.structured == "never":
        return False
    return arguments.structured == "always" or structured_known(endpoint, cache)


def _endpoint(arguments: argparse.Namespace) -> Endpoint:
    if arguments.limit is not None and arguments.limit < 1:
        raise ConfigError(f"--limit {arguments.limit}", hint="1 or more questions a language")
    if not 0 <= arguments.max_bad <= 1:
        raise ConfigError(f"--max-bad {arguments.max_bad}", hint="a share from 0 to 1")
    if not arguments.languages:
        raise ConfigError("--languages names none", hint="e.g. --languages en,zh")
    return endpoint_options.endpoint(arguments)


def _pairs(arguments: argparse.Namespace, language: str) -> list[tuple[Pair, bool]]:
    """What is judged in a language, and whether it belongs to the localised subset."""
    listed = benchmark.questions(language, arguments.benchmarks)
    answers = benchmark.read_outputs(_path(arguments.outputs, language), listed)
    baseline = benchmark.read_outputs(_path(arguments.baseline, language), listed)
    found = [
        (
            Pair(
                problem_id=question.problem_id,
                language=language,
                question=question.text,
                output=answers[question.problem_id],
                baseline=baseline[question.problem_id],
            ),
            question.local,
        )
        for question in listed[: arguments.limit]
        if question.problem_id in answers and question.problem_id in baseline
    ]
    if not found:
        raise DataError(
            f"no question in {language} has an output in both {arguments.outputs} and "
            f"{arguments.baseline}",
            hint="both files must hold the same problems",
        )
    return found


def _notes(
    arguments: argparse.Namespace, language: str, judged: Sequence[tuple[Pair, bool]]
) -> list[str]:
    """What to know about the questions behind a language's score."""
    listed = benchmark.questions(language, arguments.benchmarks)
    ids = {pair.problem_id for pair, _ in judged}
    repeats = [key for key in benchmark.repeated(listed) if key in ids]
    notes = []
    if len(judged) < len(listed):
        notes.append(f"{language}: {len(judged)} of {len(listed)} questions judged")
    if repeats:
        notes.append(f"{language}: repeated upstream: {' '.join(repeats)}")
    return notes


def _path(given: str, language: str) -> Path:
    """`{language}` stands for the code or for upstream's folder name, whichever is there."""
    path = Path(given.replace("{language}", language))
    folder = Path(given.replace("{language}", benchmark.folder_name(language)))
    return folder if folder.is_file() and not path.is_file() else path


def _announce(expected: CostEstimate, endpoint: Endpoint) -> None:
    """Print the estimate.

    Raises:
        BudgetError: it passes the budget; nothing was sent.
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
    pairs: Mapping[str, Sequence[tuple[Pair, bool]]], verdicts: Sequence[JudgeVerdict]
) -> dict[str, dict[str, WinRate]]:
    scores: dict[str, dict[str, WinRate]] = {}
    for language, found in pairs.items():
        lengths = {p.problem_id: (len(p.output), len(p.baseline)) for p, _ in found}
        views = {
            "full": set(lengths),
            "local": {pair.problem_id for pair, local in found if local},
        }
        scores[language] = {
            view: win_rate(
                [v for v in verdicts if v.language == language and v.problem_id in ids], lengths
            )
            for view, ids in views.items()
            if ids
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
    """The scores, whose outcomes add up to n questions; and the figures of the judge."""
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
        f"protocol {report.protocol}; ± one standard error over questions; {MARK} marks missing "
        "verdicts",
        "bounds: every missing verdict lost, and won",
    ]
    if report.void:
        notes.append(f"void: too few readable verdicts in {', '.join(report.void)}")
    if report.left_out:
        notes.append(f"{report.judge} does not take {', '.join(report.left_out)}: not sent")
    notes += report.notes
    title = f"OMGEval: {report.model} against {report.baseline}, judged by {report.judge}"
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
    """Win rate, bounds, length-controlled rate, flips, slope; nothing but bounds where void."""
    bounds = f"{100 * score.low:.1f} to {100 * score.high:.1f}"
    if void or score.value is None:
        return "void", bounds, "void", "void", "void"
    error = "" if score.standard_error is None else f" ± {100 * score.standard_error:.1f}"
    mark = f"{MARK} " if score.bad_rate else ""
    controlled, slope = score.length_controlled, score.length_slope
    return (
        f"{mark}{100 * score.value:.1f}{error}",
        bounds,
        "n/a" if controlled is None else f"{100 * controlled:.1f}",
        "n/a" if score.flip_rate is None else f"{100 * score.flip_rate:.1f}",
        "n/a" if slope is None else f"{slope:+.2f}",
    )
