"""A gate's report as tables, and as the files that CI systems read: Markdown, JUnit, SARIF.

Texts of rows come from models: they are escaped by each format, cut, and never choose a path.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote
from xml.etree import ElementTree

import msgspec

from leaderboard.gate_records import GateReason, GateReport, RowFault
from leaderboard.render import escape_markdown, to_markdown
from leaderboard.table import Table, text_table
from leaderboard.visible_text import visible

LONGEST: Final = 60_000
"""Bytes of the Markdown report: GitHub takes comments of 65,536 characters."""
_REASON_CUT: Final = 300
"""Characters of a reason; fifteen languages of four kinds can have hundreds of them."""
_EXAMPLES: Final = 20
"""Faulted rows shown, at most."""
_CUT: Final = 160
"""Characters of a detail that are shown."""
ON_SCREEN: Final = 6
"""Examples on a terminal, where the answer below them must stay in sight."""
_ON_SCREEN_CUT: Final = 60
_ANNOTATIONS: Final = 5_000
"""Results in SARIF: GitHub shows as many, and refuses a file of more than 25,000."""

_LINES, _MODELS = "lines", "models"
"""Tests in JUnit beside those of languages and kinds."""


def gate_tables(report: GateReport, examples: int = _EXAMPLES) -> list[Table]:
    """What changed, what was found wrong, and some rows at fault."""
    cut = _CUT if examples > ON_SCREEN else _ON_SCREEN_CUT
    tables = [_changed(report)]
    counts = Counter((f.reason, f.row.language, f.row.kind) for f in report.faults)
    if counts:
        rows = [
            (reason, language, kind, f"{count:,}")
            for (reason, language, kind), count in counts.most_common()
        ]
        tables.append(text_table("Rows at fault", ("reason", "language", "kind", "rows"), rows))
        tables.append(_examples(report, examples, cut))
    if report.flaws:
        shown = report.flaws[:examples]
        flaws = [(f"{f.file}:{f.line}", f.reason, f.detail[:cut]) for f in shown]
        names = ("line", "reason", "detail")
        notes = _further(len(report.flaws) - len(shown))
        tables.append(text_table("Lines that are no good rows", names, flaws, *notes))
    return tables


def _changed(report: GateReport) -> Table:
    cells = [c for c in report.cells if c.changed or c.added or c.removed or c.renamed]
    rows = [
        (
            cell.language,
            cell.kind,
            *(f"{n:,}" for n in (cell.before, cell.after, cell.changed, cell.added)),
            *(f"{n:,}" for n in (cell.removed, cell.renamed)),
        )
        for cell in cells
    ]
    same = len(report.cells) - len(cells)
    note = (f"{same} further languages and kinds are as they were",) if same else ()
    names = ("language", "kind", "before", "after", "changed", "added", "removed", "renamed")
    return text_table("What changed, in rows", names, rows, *note)


def _examples(report: GateReport, most: int, cut: int) -> Table:
    chosen = _in_turn(report)[:most]
    rows = [
        (f.reason, f"{f.row.language}_{f.row.kind}", f.row.id[:cut], f.detail[:cut]) for f in chosen
    ]
    notes = _further(len(report.faults) - len(chosen))
    names = ("reason", "file", "id", "detail")
    return text_table("Some of them", names, rows, *notes, wrap=("id", "detail"))


def _in_turn(report: GateReport) -> list[RowFault]:
    """All faults: the first of each reason and cell, then the second of each, and so on."""
    seen: Counter[tuple[str, str, str]] = Counter()
    ranked = []
    for fault in report.faults:
        place = fault.reason, fault.row.language, fault.row.kind
        ranked.append((seen[place], fault))
        seen[place] += 1
    return [fault for _, fault in sorted(ranked)]


def _further(left: int) -> tuple[str, ...]:
    return (f"{left:,} more are in gate.json",) if left else ()


def headline(report: GateReport) -> str:
    """The verdict and what decided it, in one line."""
    what = f"{report.candidate} against {report.baseline}"
    if report.verdict == "pass":
        return f"PASS: {what}: {report.scores or report.not_trained}"
    first = report.reasons[0]
    more = len(report.reasons) - 1
    rest = f" (and {more} more)" if more else ""
    return f"{report.verdict.upper()}: {what}: {_named(first)}: {first.text}{rest}"


def _named(reason: GateReason) -> str:
    """A cause and where it is."""
    place = " ".join(filter(None, (reason.language, reason.kind, reason.task)))
    return f"{reason.cause} in {place}" if place else reason.cause


def gate_markdown(report: GateReport, scores: str = "") -> str:
    """The report for a pull request, under `LONGEST` bytes; `scores` are further tables."""
    lines = [f"**{escape_markdown(headline(report))}**", ""]
    lines += _told(report)
    if report.reasons:
        lines.append("")
    said = report.scores or report.not_trained
    lines += [escape_markdown(said), ""] if said else []
    parts = ["\n".join(lines), *map(to_markdown, gate_tables(report)), scores]
    text = ""
    for part in filter(None, parts):
        if text and len(f"{text}{part}".encode()) > LONGEST - 200:
            text += "The rest does not fit here: it is in gate.json and the report of the models.\n"
            break
        text += part.rstrip("\n") + "\n\n"
    return text.rstrip("\n") + "\n"


def _told(report: GateReport) -> list[str]:
    """The reasons in words, in at most half of the report."""
    lines: list[str] = []
    left = LONGEST // 2
    for reason in report.reasons:
        line = f"- {escape_markdown(f'{_named(reason)}: {reason.text}'[:_REASON_CUT])}"
        left -= len(line.encode())
        if left < 0:
            break
        lines.append(line)
    return [*lines, *(f"- {said}" for said in _further(len(report.reasons) - len(lines)))]


def junit(report: GateReport) -> bytes:
    """A test for each language and kind, one for the file's lines, one for the trained models."""
    texts: dict[str, list[str]] = {f"{c.language}_{c.kind}": [] for c in report.cells}
    texts |= {_LINES: [], _MODELS: []}
    for reason in report.reasons:
        name = _MODELS if reason.cause == "scores" else f"{reason.language}_{reason.kind}"
        texts[name if name in texts else _LINES].append(f"{reason.cause}: {visible(reason.text)}")
    suite = ElementTree.Element(
        "testsuite",
        name="ultralink-bench gate",
        tests=str(len(texts)),
        failures=str(sum(map(bool, texts.values()))),
        errors="0",
        skipped=str(int(not report.scores)),
        timestamp=report.started,
    )
    for name, said in texts.items():
        case = ElementTree.SubElement(suite, "testcase", classname="gate", name=name)
        if said:
            fault = ElementTree.SubElement(case, "failure", message=said[0], type=report.verdict)
            fault.text = "\n".join(said)
        elif name == _MODELS and not report.scores:
            ElementTree.SubElement(case, "skipped", message=visible(report.not_trained))
    ElementTree.indent(suite)
    text: bytes = ElementTree.tostring(suite, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def sarif(
    report: GateReport,
    lines: Mapping[tuple[str, str, str], tuple[str, int]],
    meanings: Mapping[str, str],
    folder: str = "",
) -> bytes:
    """Row faults as SARIF 2.1.0, which code hosts show beside the lines of the files.

    `lines` has file and line of a row by language, kind and id, `meanings` what a reason means;
    `folder` is where the files are, as seen from the root of the repository.
    """
    results: list[dict[str, Any]] = []
    for flaw in report.flaws[:_ANNOTATIONS]:
        results.append(_result(flaw.reason, flaw.detail, folder, flaw.file, flaw.line))
    for fault in _in_turn(report)[: _ANNOTATIONS - len(results)]:
        place = lines.get((fault.row.language, fault.row.kind, fault.row.id))
        file, line = place or (f"{fault.row.language}_{fault.row.kind}.jsonl", 1)
        results.append(_result(fault.reason, f"{fault.row.id}: {fault.detail}", folder, file, line))
    rules = []
    for reason in sorted({result["ruleId"] for result in results}):
        text = {"text": meanings.get(reason, f"a line that is no good row ({reason})")}
        rules.append({"id": reason, "shortDescription": text, "fullDescription": text})
    driver = {
        "name": "ultralink-bench gate",
        "informationUri": "https://arxiv.org/abs/2402.04588",
        "rules": rules,
    }
    found = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    return msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n"


def _result(reason: str, text: str, folder: str, file: str, line: int) -> dict[str, Any]:
    uri = quote(f"{folder}/{file}" if folder else file)
    place = {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}
    return {
        "ruleId": reason,
        "level": "error",
        # With a blank between the two, a text of a row is no link.
        "message": {"text": visible(text)[:500].replace("](", "] (")},
        "locations": [{"physicalLocation": place}],
    }
