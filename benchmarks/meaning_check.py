"""Precision and recall of the check by meaning on MGSM's translations that experts corrected.

    python -m benchmarks.meaning_check FOLDER --base-url URL --model NAME [--work DIR]

FOLDER has `mgsm` and MGSM-Rev2's files (docs/mgsm.md). Of each row that Rev2 corrected in es, fr,
ru and zh (not of those it reworded in English) the old translation is flawed and the new one
sound: `ultralink-bench data meaning` reads both, and their source once. With --work everything is
kept and continued. The rates are those of the model that is named.
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path

import msgspec

from benchmarks.smoke_real import command
from benchmarks.translation_checks import LANGUAGES
from harness.statistics.proportions import wilson
from tasks import registry
from tasks.benchmarks.mgsm_replaced import replaced_rows
from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.store import release
from ultralink_data.translation.meaning_report import MeaningRow

FLAWED, SOUND = "flawed", "sound"
Flag = Callable[[MeaningRow], bool]

FLAGS: dict[str, Flag] = {
    "checks without a model": lambda row: bool(row.failed_check),
    "meaning": lambda row: row.verdict == "differs",
    "either": lambda row: bool(row.failed_check) or row.verdict == "differs",
    "meaning, unread rejected": lambda row: row.verdict != "same",
}


def texts(name: str, language: str, folder: Path) -> list[str]:
    """The questions of a benchmark, by row."""
    return [str(problem.question) for problem in registry.get(name).problems(language, folder)]


def dialogue(row: int, language: str, text: str, *, parent: bool) -> Dialogue:
    """A question as a row of the stages."""
    source = f"mgsm{row}"
    return Dialogue(
        id=f"{language}/{source}" if parent else source,
        language=language,
        kind="math",
        turns=(text, "."),
        provenance=Provenance(source_id=source, parent_id=source if parent else None),
    )


def write(path: Path, rows: Sequence[Dialogue]) -> Path:
    """Rows as JSONL."""
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    return path


def corrected(language: str) -> list[int]:
    """The rows, from 1, whose translation Rev2 corrected while the English stayed."""
    return sorted(replaced_rows(language) - replaced_rows("en"))


def prepare(folder: Path, work: Path) -> None:
    """Write the sources, the flawed translations and the sound ones."""
    english = texts("mgsm", "en", folder)
    rows = {row for language in LANGUAGES for row in corrected(language)}
    sources = [dialogue(row, "en", english[row - 1], parent=False) for row in sorted(rows)]
    write(work / "source.jsonl", sources)
    for kind, name in ((FLAWED, "mgsm"), (SOUND, "mgsm_rev2")):
        for language in LANGUAGES:
            lines = texts(name, language, folder)
            found = [
                dialogue(row, language, lines[row - 1], parent=True) for row in corrected(language)
            ]
            write(work / f"{kind}_{language}.jsonl", found)


def read_rows(work: Path, kind: str, language: str) -> Path:
    """Where the readings of translations are kept."""
    return work / f"{kind}_{language}_read.jsonl"


def table(flawed: Sequence[MeaningRow], sound: Sequence[MeaningRow]) -> None:
    """Print recall, false alarms and precision of each way to flag a row."""
    for name, flag in FLAGS.items():
        hits, alarms = sum(map(flag, flawed)), sum(map(flag, sound))
        parts = [f"recall {share(hits, len(flawed))}", f"false alarms {share(alarms, len(sound))}"]
        if hits + alarms:
            parts.append(f"precision {share(hits, hits + alarms)}")
        print(f"  {name}: {', '.join(parts)}")


def share(count: int, total: int) -> str:
    """A share with its 95 % interval by Wilson."""
    low, high = wilson(count, total)
    return f"{count} of {total} ({count / total:.2f} [{low:.2f}, {high:.2f}])"


def report(work: Path) -> None:
    """Print the rates by language and over all, and how many turns were not read."""
    found = {
        kind: [
            row
            for language in LANGUAGES
            for _, row in release.decode_lines(read_rows(work, kind, language), MeaningRow)
        ]
        for kind in (FLAWED, SOUND)
    }
    for kind, rows in found.items():
        unread = sum(row.verdict == "unread" for row in rows)
        print(f"{kind}: {len(rows)} rows, {unread} not read")
    for language in (*LANGUAGES, None):
        ours, theirs = (
            [row for row in rows if language in (row.language, None)] for rows in found.values()
        )
        print(f"{language or 'all'}:")
        table(ours, theirs)
    read = {kind: [row for row in rows if row.verdict != "unread"] for kind, rows in found.items()}
    if all(read.values()):
        print("only rows that were read:")
        table(read[FLAWED], read[SOUND])


def main() -> None:
    """Write the rows, ask, print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--base-url", required=True)
    arguments.add_argument("--model", required=True)
    arguments.add_argument("--tokens", default="900", help="most tokens of a reading")
    arguments.add_argument("--tries", default="2")
    arguments.add_argument("--concurrency", default="12")
    arguments.add_argument("--work", type=Path, help="kept folder (default: a temporary one)")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = (options.work or Path(temporary)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        prepare(options.folder, work)
        for language, kind in product(LANGUAGES, (FLAWED, SOUND)):
            words = [str(work / f"{kind}_{language}.jsonl")]
            words += ["--source", str(work / "source.jsonl"), "--runs", str(work / "runs")]
            words += ["-o", str(read_rows(work, kind, language))]
            words += ["--model", options.model, "--base-url", options.base_url]
            words += ["--concurrency", options.concurrency, "--request-timeout", "1800"]
            words += ["--reading-tokens", options.tokens, "--tries", options.tries]
            command("data", "meaning", *words)
        report(work)


if __name__ == "__main__":
    main()
