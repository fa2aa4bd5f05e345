"""Tables of the findings of a dataset check. Text from rows is not escaped here."""

from collections import Counter
from collections.abc import Iterable, Sequence

from leaderboard.table import Table, text_table
from ultralink_data.checking.check_report import CheckReport, ItemHits
from ultralink_data.checking.decontaminate.items import EVIDENCE_KINDS

_SHOWN = 20
"""Maximum lines of a list in a table; the JSON has all."""
_LONGEST = 80


def check_tables(report: CheckReport) -> list[Table]:
    """Verdict, contamination, the problems hit, duplicates, languages, control tokens, flaws."""
    tables = [_summary(report), _contamination(report)]
    if report.hits:
        tables.append(_problems(report))
    tables.append(_duplicates(report))
    if report.duplicates.clusters:
        tables.append(_clusters(report))
    tables.append(_languages(report))
    if report.wrong_language:
        tables.append(_wrong_languages(report))
    if report.marked:
        tables.append(_marked(report))
    if report.flaws:
        tables.append(_flaws(report))
    return tables


def _summary(report: CheckReport) -> Table:
    complaints = report.complaints()
    rows: list[tuple[str, ...]] = [
        (count.language, count.kind, f"{count.rows:,}", f"{count.turns:,}", f"{count.bytes:,}")
        for count in report.counts
    ]
    sums = (sum(getattr(c, field) for c in report.counts) for field in ("rows", "turns", "bytes"))
    rows.append(("all", "", *(f"{total:,}" for total in sums)))
    verdict = [f"not clean: {complaint}" for complaint in complaints] or ["clean"]
    title = f"Check of {report.dataset}"
    return text_table(title, ("language", "kind", "rows", "turns", "bytes"), rows, *verdict)


def _contamination(report: CheckReport) -> Table:
    """Contaminated rows by task and row language, with their problems and the evidence."""
    lines = []
    for against in report.against:
        items = [item for item in report.hits if item.task == against.task]
        languages = sorted({hit.row.language for item in items for hit in item.rows})
        for language in languages:
            lines.append(_line(against.task, language, items, against.problems))
        if len(languages) != 1:
            lines.append(_line(against.task, "all", items, against.problems))
    notes = [
        f"{one.task}: {one.problems} problems in {', '.join(one.languages)}"
        for one in report.against
    ] or ["no benchmark was looked for"]
    notes.append("by evidence: rows, each counted under every kind that it has")
    names = ("task", "rows in", "problems hit", "rows", *EVIDENCE_KINDS)
    return text_table("Benchmark problems among the rows", names, lines, *notes)


def _line(task: str, language: str, items: Iterable[ItemHits], problems: int) -> Sequence[str]:
    rows = [
        (item, hit) for item in items for hit in item.rows if language in ("all", hit.row.language)
    ]
    kinds = Counter(kind for _, hit in rows for kind in {one.kind for one in hit.evidence})
    hit = len({item.problem_id for item, _ in rows})
    numbers = (str(kinds[kind]) for kind in EVIDENCE_KINDS)
    return (task, language, f"{hit} of {problems}", str(len({h.row for _, h in rows})), *numbers)


def _problems(report: CheckReport) -> Table:
    ranked = sorted(report.hits, key=lambda item: (-len(item.rows), item.task, item.problem_id))
    lines = []
    for item in ranked[:_SHOWN]:
        strongest = max(
            (one for hit in item.rows for one in hit.evidence), key=lambda one: one.strength
        )
        first = item.rows[0].row
        found = f"{strongest.kind}: {strongest.detail}"[:_LONGEST]
        lines.append((item.problem_id, str(len(item.rows)), f"{first.language} {first.id}", found))
    more = len(ranked) - len(lines)
    notes = [f"{more} more problems stand in the JSON"] if more else []
    names = ("problem", "rows", "such as", "strongest evidence")
    return text_table("Problems hit", names, lines, *notes, wrap=("such as", "strongest evidence"))


def _duplicates(report: CheckReport) -> Table:
    found = report.duplicates
    lines = []
    for how, text in (
        ("exact", "same text"),
        ("near", f"alike (Jaccard >= {found.threshold:g})"),
        ("structure", "same numbers or program, other source"),
    ):
        for across, where in ((False, "one language"), (True, "several languages")):
            clusters = [c for c in found.clusters if c.how == how and c.across is across]
            if clusters or not (across or how == "structure"):
                extra = sum(len(cluster.others) for cluster in clusters)
                lines.append((text, where, f"{len(clusters):,}", f"{extra:,}"))
    note = f"{found.parallel_sources:,} sources stand in several languages: translations"
    return text_table("Duplicates", ("what", "within", "clusters", "rows too many"), lines, note)


def _clusters(report: CheckReport) -> Table:
    ranked = sorted(report.duplicates.clusters, key=lambda c: (-len(c.others), c.how, c.kept))
    lines = [
        (
            cluster.how,
            str(len(cluster.others) + 1),
            f"{cluster.kept.language} {cluster.kept.id}",
            ", ".join(f"{row.language} {row.id}" for row in cluster.others[:3])[:_LONGEST],
        )
        for cluster in ranked[:_SHOWN]
    ]
    more = len(ranked) - len(lines)
    notes = [f"{more} more clusters stand in the JSON"] if more else []
    names = ("how", "rows", "kept", "others")
    return text_table("Largest clusters", names, lines, *notes, wrap=("kept", "others"))


def _languages(report: CheckReport) -> Table:
    lines = [
        (
            one.language,
            one.kind,
            f"{one.checked:,}" if one.checked else "unknown language",
            f"{one.wrong:,}",
            f"{one.wrong / one.checked:.1%}" if one.checked else "",
        )
        for one in report.languages
    ]
    names = ("language", "kind", "rows told", "in another language", "share")
    return text_table("Language of the prose", names, lines)


def _wrong_languages(report: CheckReport) -> Table:
    """Rows by their language and the one seen, the most frequent pairs first."""
    pairs = Counter((row.language, row.seen or "not said") for row in report.wrong_language)
    first = {(row.language, row.seen or "not said"): row for row in reversed(report.wrong_language)}
    ranked = sorted(pairs, key=lambda pair: (-pairs[pair], pair))[:_SHOWN]
    lines = [(*pair, f"{pairs[pair]:,}", first[pair].id[:_LONGEST]) for pair in ranked]
    names = ("rows in", "seen", "rows", "such as")
    return text_table("Rows in another language", names, lines, wrap=("such as",))


def _marked(report: CheckReport) -> Table:
    counts = Counter(row.reason for row in report.marked)
    lines = [
        (row.reason, f"{row.language} {row.kind}", row.id[:_LONGEST], str(row.turn), row.mark)
        for row in report.marked[:_SHOWN]
    ]
    notes = [f"{count:,} {reason}" for reason, count in sorted(counts.items())]
    names = ("what", "in", "id", "turn", "mark")
    return text_table(
        "Control tokens and thinking in the text", names, lines, *notes, wrap=("id", "mark")
    )


def _flaws(report: CheckReport) -> Table:
    counts = Counter(flaw.reason for flaw in report.flaws)
    lines = [
        (flaw.reason, f"{flaw.file}:{flaw.line}", flaw.id[:_LONGEST], flaw.detail[:_LONGEST])
        for flaw in report.flaws[:_SHOWN]
    ]
    notes = [f"{count:,} {reason}" for reason, count in sorted(counts.items())]
    return text_table(
        "Lines that are no good rows",
        ("what", "where", "id", "detail"),
        lines,
        *notes,
        wrap=("where", "id", "detail"),
    )
