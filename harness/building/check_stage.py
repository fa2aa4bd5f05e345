"""`data check`: a report on a dataset, and the dataset without the rows it names."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from harness.building.benchmark_items import benchmark_items
from harness.building.check_step import REASONS
from harness.engine.stage_code import StageCode, building_code
from ultralink_data import atomic
from ultralink_data.checking.check import check
from ultralink_data.checking.check_config import CheckConfig
from ultralink_data.checking.check_report import CheckReport, content_hash
from ultralink_data.checking.check_rows import Flaw, data_files, read
from ultralink_data.checking.decontaminate.items import BenchmarkItem
from ultralink_data.checking.dedup import RowName
from ultralink_data.dialogue import Dialogue
from ultralink_data.errors import ConfigError, DataError
from ultralink_data.stage.outcome import Rejected, sha256
from ultralink_data.store import dataset, release
from ultralink_data.store.dataset import Manifest

REJECTED: Final = "rejected.jsonl"


def check_code(languages: Iterable[str]) -> StageCode:
    """The code that decides what is found in rows, and against problems, in these languages."""
    modules = ("ultralink_data.checking.check", "ultralink_data.store.dataset")
    return building_code(__name__, *modules, languages=languages)


def check_dataset(
    path: Path,
    config: CheckConfig,
    *,
    against: Sequence[str],
    benchmarks: Path | None,
    processes: int = 1,
    advance: Callable[[int], None] = lambda rows: None,
) -> CheckReport:
    """The report on a dataset, a folder of release files, or a stage's output.

    Raises:
        ConfigError: an unknown task, or fewer than 1 process.
        PrerequisiteError: a benchmark file is missing.
        DataError: there is nothing to read, or the dataset was changed.
    """
    if processes < 1:
        raise ConfigError(f"--processes {processes}", hint="use 1 or more processes")
    files = data_files(path)
    items: list[BenchmarkItem] = list(benchmark_items(against, benchmarks))
    report = check(
        lambda: read(path),
        items,
        config,
        name=path.resolve().name,
        files={file.name: sha256(file) for file in files},
        processes=processes,
        advance=advance,
    )
    code = check_code(_languages(report))
    report = msgspec.structs.replace(report, code_version=code.source)
    if not report.rows and not report.flaws:
        raise DataError(f"{path} has no row", hint="check the path")
    return report


def check_drop(out: Path, reasons: Collection[str]) -> None:
    """Check the arguments of `drop` before anything runs.

    Raises:
        ConfigError: `out` exists, or an unknown reason.
    """
    for reason in reasons:
        if reason not in REASONS:
            raise ConfigError(f"--drop {reason}", hint=f"known: {', '.join(REASONS)}")
    if out.exists():
        raise ConfigError(f"{out} exists already", hint="choose another folder, or remove it")


def drop(
    path: Path,
    report: CheckReport,
    out: Path,
    reasons: Collection[str],
    *,
    replace: bool = False,
) -> Manifest:
    """Write the dataset without the rows that the report names for these reasons.

    Lines that are not rows are always dropped. Dropped rows are written to `rejected.jsonl` in
    `out`. With `replace`, a folder at `out` is replaced.

    Raises:
        ConfigError: `out` exists, or an unknown reason.
        DataError: `path` is not the dataset that was checked, or no row would be left.
    """
    if not replace:
        check_drop(out, reasons)
    if {file.name: sha256(file) for file in data_files(path)} != report.files:
        raise DataError(f"{path} has changed since it was checked", hint="check it again")
    named = dropped_rows(report, reasons)
    rejects = [*named.values(), *map(_unreadable, report.flaws)]
    kept = report.rows - len(named)
    if not kept:
        raise DataError(f"{path}: every row would be dropped", hint="look at the report")
    counts = Counter(reject.reason for reject in rejects)
    code = check_code(_languages(report))
    with atomic.new_directory(out) as folder:
        manifest = dataset.write_into(
            folder,
            _kept(path, named),
            recipe=f"check(drop={','.join(sorted(reasons))}, report={content_hash(report)[:12]})",
            parents=_parents(path, report),
            dropped=dict(sorted(counts.items())),
            code_version=code.source,
            packages=code.packages,
            stages=dataset.read_manifest(path).stages if _is_dataset(path) else (),
        )
        lines = b"".join(msgspec.json.encode(reject) + b"\n" for reject in rejects)
        (folder / REJECTED).write_bytes(lines)
    return manifest


def _languages(report: CheckReport) -> set[str]:
    """The languages of the rows and of what was searched for."""
    searched = {language for one in report.against for language in one.languages}
    return searched | {count.language for count in report.counts}


def dropped_rows(report: CheckReport, reasons: Collection[str]) -> dict[RowName, Rejected]:
    """The rows dropped for these reasons; if several apply, the first in `REASONS` is given."""
    found: dict[RowName, Rejected] = {}

    def add(row: RowName, reason: str, detail: str) -> None:
        if reason in reasons and row not in found:
            found[row] = Rejected(id=row.id, language=row.language, reason=reason, detail=detail)

    for item in report.hits:
        for hit in item.rows:
            kinds = ", ".join(f"{one.kind}: {one.detail}" for one in hit.evidence)
            add(hit.row, "contaminated", f"{item.problem_id} ({kinds})")
    for reason in ("exact", "near", "structure"):
        for cluster in report.duplicates.clusters:
            if cluster.how == reason:
                for row in cluster.others:
                    add(row, reason, f"as {cluster.kept.language} {cluster.kept.id}")
    for wrong in report.wrong_language:
        seen = f", in {wrong.seen}" if wrong.seen else ""
        add(_row_name(wrong), "wrong_language", f"not in {wrong.language}{seen}")
    for marked in report.marked:
        add(_row_name(marked), marked.reason, f"turn {marked.turn} holds {marked.mark!r}")
    return dict(sorted(found.items()))


def _row_name(row: RowName) -> RowName:
    """The name alone: a finding has more fields and equals no name."""
    return RowName(language=row.language, kind=row.kind, id=row.id)


def _kept(path: Path, named: dict[RowName, Rejected]) -> Iterator[Dialogue]:
    for row in read(path):
        if isinstance(row, Flaw):
            continue
        if RowName(language=row.language, kind=row.kind, id=row.id) not in named:
            yield row


def _unreadable(flaw: Flaw) -> Rejected:
    where = f"{flaw.file}:{flaw.line}: {flaw.detail}"
    try:
        language, _ = release.parse_file_name(Path(flaw.file))
    except DataError:
        language = ""
    return Rejected(id=flaw.id or where, language=language, reason=flaw.reason, detail=where)


def _parents(path: Path, report: CheckReport) -> list[str]:
    if _is_dataset(path):
        return [dataset.read_manifest(path).fingerprint]
    return sorted(report.files.values())


def _is_dataset(path: Path) -> bool:
    return (path / dataset.MANIFEST).is_file()
