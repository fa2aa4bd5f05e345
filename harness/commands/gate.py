"""`ultralink-bench gate`: may this change of a dataset be merged?"""

import argparse
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from harness import show
from harness.commands.deciding import policy_of, warn_of_unasked
from harness.engine.artefact_store import Store
from harness.engine.jobs import package_versions
from harness.experiment.dataset_variants import dataset_title
from harness.experiment.finished_runs import REPORT
from harness.gate.checking import Checked, check_change, row_reasons
from harness.gate.gate_config import FILE, GateConfig, read_config
from harness.gate.proxy import proxy, train_and_compare
from harness.gate.row_faults import REASONS
from harness.options import defaults
from harness.progress.terminal import TERMINAL
from harness.statistics.decision import DecidedAs, Decision, FailOn, decide_on, said_of
from leaderboard.answer import answer_table
from leaderboard.gate_records import SCHEMA, GateReason, GateReport, GateVerdict
from leaderboard.gate_tables import ON_SCREEN, gate_markdown, gate_tables, headline, junit, sarif
from leaderboard.render import to_markdown
from leaderboard.report_tables import report_tables
from leaderboard.table import Table
from leaderboard.visible_text import visible
from ultralink_data import atomic
from ultralink_data.checking import check_rows
from ultralink_data.errors import ConfigError

FILES: Final = ("report.md", "gate.json", "junit.xml", "rows.sarif")
"""The report of a gate in every form."""
EXPERIMENT: Final = "experiment"
SUMMARY: Final = "GITHUB_STEP_SUMMARY"
"""The file, named by GitHub, whose Markdown is shown on the page of a job."""
_EXIT: Final[dict[GateVerdict, int]] = {"pass": 0, "fail": 1, "undecided": 4}


def gate(arguments: argparse.Namespace) -> int:
    """Check the rows that changed, train on both datasets, compare, and write the report.

    Raises:
        BenchError: bad settings, a dataset that cannot be read, a missing file.
    """
    if arguments.action == "init":
        return _init(arguments)
    started = datetime.now(UTC)
    store = Store(arguments.runs)
    if arguments.out is not None:
        _remove_earlier(arguments.out)
    folders = _sides(arguments)
    out = arguments.out or defaults.reports(store.root, dataset_title(folders))
    _remove_earlier(out)
    config = _config(arguments)
    policy = policy_of(arguments)
    command = tuple(arguments.command_line)
    settings = str(arguments.config or FILE)
    asked = proxy(config, folders, store, arguments.benchmarks, command, TERMINAL.warn, settings)
    warn_of_unasked(policy, asked.experiment.config)
    atomic.check_writable(out / FILES[0])
    checked = check_change(
        arguments.baseline, arguments.candidate, config.against, arguments.benchmarks, TERMINAL
    )
    reasons = row_reasons(checked, config.limits)
    not_trained, scores = _why_not(config, checked, reasons), ""
    tables, answer = list[Table](), list[Table]()
    decision: Decision | None = None
    if not not_trained:
        done = train_and_compare(asked, out / EXPERIMENT, started, policy, TERMINAL)
        if done is None:
            not_trained = "both sides train the same model: no row that is trained on differs"
        else:
            decision = decide_on(
                FailOn(arguments.fail_on or config.fail_on), done[0].effects, done[0].gaps, policy
            )
            scores, tables = decision.sentence.partition(", ")[2], report_tables(done[0])
            answer = [answer_table(done[0])]
            reasons = (*reasons, *_score_reasons(decision))
    names = [variant.name for variant in asked.experiment.variants]
    report = GateReport(
        schema=SCHEMA,
        kind="gate",
        verdict=_verdict(reasons, decision),
        baseline=names[0],
        candidate=names[1],
        cells=checked.changes.cells,
        flaws=checked.flaws,
        faults=checked.faults,
        reasons=reasons,
        scores=scores,
        not_trained=not_trained,
        experiment=EXPERIMENT if scores else "",
        settings=msgspec.to_builtins(config),
        started=started.isoformat(timespec="seconds"),
        command=command,
        versions=package_versions(),
    )
    show.print_tables(gate_tables(report, ON_SCREEN) + answer)
    show.print_paths(_write(report, arguments.candidate, out, tables))
    show.console().print(visible(headline(report)), soft_wrap=True)
    return _EXIT[report.verdict]


def _init(arguments: argparse.Namespace) -> int:
    """Write every setting of a gate with its default and its meaning."""
    from harness.gate.starting_file import starting_file

    out: Path = arguments.out or Path(FILE)
    if out.exists():
        raise ConfigError(f"{out} exists already", hint="choose another name with -o, or remove it")
    atomic.write_text(out, starting_file())
    show.print_paths([out])
    return 0


def _sides(arguments: argparse.Namespace) -> tuple[str, str]:
    """The folders of both datasets."""
    for side in ("baseline", "candidate"):
        if getattr(arguments, side) is None:
            raise ConfigError(
                f"gate needs --{side}", hint="write gate --baseline OLD --candidate NEW"
            )
    return str(arguments.baseline), str(arguments.candidate)


def _remove_earlier(out: Path) -> None:
    """Remove the report of an earlier gate, first of all.

    A gate that is refused or stops half-way must not leave another's answer where a CI job looks
    for its own. A folder of a trained comparison goes as well, if it is one.
    """
    for name in FILES:
        with atomic.disk_errors(out / name):
            (out / name).unlink(missing_ok=True)
    if (out / EXPERIMENT / REPORT).is_file():
        with atomic.disk_errors(out / EXPERIMENT):
            shutil.rmtree(out / EXPERIMENT)


def _config(arguments: argparse.Namespace) -> GateConfig:
    """The settings named, those of `gate.toml` here, or the defaults."""
    if arguments.config is not None:
        return read_config(arguments.config)
    return read_config(Path(FILE)) if Path(FILE).is_file() else GateConfig()


def _why_not(config: GateConfig, checked: Checked, reasons: tuple[GateReason, ...]) -> str:
    """Why no model is trained; empty if it is."""
    if checked.changes.none and not checked.flaws:
        return "both hold the same rows, so nothing was trained"
    if config.train == "never":
        return 'nothing was trained, as train = "never"'
    if reasons and config.train == "clean":
        return 'nothing was trained, as rows are at fault (train = "always" trains all the same)'
    return ""


def _score_reasons(decision: Decision) -> tuple[GateReason, ...]:
    if decision.answer is DecidedAs.PASS:
        return ()
    if not decision.deciding:
        return (GateReason(cause="scores", text="no cell decides"),)
    return tuple(
        GateReason(cause="scores", language=cell.language, task=cell.task, text=said_of(cell))
        for cell in decision.deciding
    )


def _verdict(reasons: tuple[GateReason, ...], decision: Decision | None) -> GateVerdict:
    """A fault of rows fails, whatever the scores leave open."""
    if any(reason.cause != "scores" for reason in reasons):
        return "fail"
    if decision is None or decision.answer is DecidedAs.PASS:
        return "pass"
    return "fail" if decision.answer is DecidedAs.FAIL else "undecided"


def _write(report: GateReport, candidate: Path, out: Path, tables: list[Table]) -> list[Path]:
    """The report in every format; the Markdown is shown on GitHub's page too, if there is one."""
    markdown = gate_markdown(report, "\n".join(map(to_markdown, tables)))
    wanted = {(f.row.language, f.row.kind, f.row.id) for f in report.faults}
    lines = check_rows.places(candidate, wanted) if wanted else {}
    contents = (
        markdown.encode(),
        msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n",
        junit(report),
        sarif(report, lines, REASONS, _from_here(candidate)),
    )
    paths = [out / name for name in FILES]
    for path, content in zip(paths, contents, strict=True):
        atomic.write_bytes(path, content)
    summary = os.environ.get(SUMMARY)
    if summary:
        try:
            with Path(summary).open("a", encoding="utf-8") as page:
                page.write(markdown)
        except OSError as error:
            show.warn(f"{SUMMARY}: cannot write {summary}: {error.strerror}")
    return paths


def _from_here(folder: Path) -> str:
    """A folder as seen from here, where a CI job stands in the repository; "" if it is outside."""
    whole, here = folder.resolve(), Path.cwd().resolve()
    if not whole.is_relative_to(here) or whole == here:
        return ""
    return whole.relative_to(here).as_posix()
