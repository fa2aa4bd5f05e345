"""Our MGSM grader beside lm-eval's, on every case of `tests/cases/mgsm.json`.

    python benchmarks/grader_conformance.py [--all] [--markdown docs/mgsm.md]

The case file says the right outcome and why. lm-eval's side is the installed package's own filters
and metric, set as its `mgsm_native_cot_*` tasks set them (`tasks.benchmarks.mgsm_reference`): it
counts an answer or does not, so it is wrong where it counts one that is not correct, or does not
count one that is. Ours is wrong where its outcome is another one. lm-eval's side reads an answer up
to its own stops. Pure computation: every run prints the same.
"""

import argparse
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import Final, Literal

import msgspec
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tasks.benchmark import Grade, Outcome  # noqa: E402
from tasks.benchmarks import mgsm_reference  # noqa: E402
from tasks.grading.answer_extract import grade_number  # noqa: E402
from tasks.grading.answer_phrases import answer_phrases  # noqa: E402

CASES: Final = ROOT / "tests" / "cases" / "mgsm.json"
PROTOCOL: Final = "reference_native_cot"
BEGIN: Final = "<!-- written by benchmarks/grader_conformance.py -->"
END: Final = "<!-- end -->"
WIDTH: Final = 64
"""Characters of an answer that a table shows."""
SUMMARY: Final = (
    "kind",
    "cases",
    "ours wrong",
    "flexible-extract wrong",
    "of these counted",
    "strict-match wrong",
    "of these counted",
)


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer and the outcome that it should have; `reason` says why."""

    kind: str
    output: str
    language: str
    target: int
    outcome: Outcome
    reason: str
    hit_limit: bool = False


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What both sides make of a case; `flexible` and `strict` are what lm-eval's filters find."""

    case: Case
    ours: Grade
    flexible: str
    strict: str

    @property
    def ours_wrong(self) -> bool:
        """Whether our outcome is not the right one."""
        return self.ours.outcome is not self.case.outcome

    @property
    def flexible_wrong(self) -> bool:
        """Whether lm-eval's `flexible-extract` counts what it should not, or the reverse."""
        return self._wrong(self.flexible)

    @property
    def strict_wrong(self) -> bool:
        """The same of `strict-match`."""
        return self._wrong(self.strict)

    def counted(self, found: str) -> bool:
        """Whether lm-eval's metric takes what a filter found for the target."""
        return mgsm_reference.exact_match(found, self.case.target)

    def _wrong(self, found: str) -> bool:
        return self.counted(found) != (self.case.outcome is Outcome.CORRECT)


def read_cases(path: Path = CASES) -> list[Case]:
    """The cases of a file, in its order."""
    return msgspec.json.decode(path.read_bytes(), type=list[Case])


def judge(case: Case) -> Row:
    """Grade a case on both sides."""
    filters = mgsm_reference.filters(case.language, PROTOCOL)
    text = case.output
    for stop in mgsm_reference.request("", case.language, "", PROTOCOL).stop:
        text = text.split(stop)[0]
    return Row(
        case=case,
        ours=grade_number(
            case.output, case.hit_limit, answer_phrases(case.language), Fraction(case.target)
        ),
        flexible=mgsm_reference.extract(text, filters["flexible-extract"]),
        strict=mgsm_reference.extract(text, filters["strict-match"]),
    )


def summary(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """A line of counts by kind, in the file's order, and one for all; columns are `SUMMARY`."""
    kinds = dict.fromkeys(row.case.kind for row in rows)
    groups = [(kind, [row for row in rows if row.case.kind == kind]) for kind in kinds]
    return [
        (
            kind,
            str(len(group)),
            str(sum(row.ours_wrong for row in group)),
            str(sum(row.flexible_wrong for row in group)),
            str(sum(row.flexible_wrong and row.counted(row.flexible) for row in group)),
            str(sum(row.strict_wrong for row in group)),
            str(sum(row.strict_wrong and row.counted(row.strict) for row in group)),
        )
        for kind, group in [*groups, ("all", list(rows))]
    ]


def cells(row: Row) -> tuple[str, ...]:
    """Answer, language, target, right outcome, ours, lm-eval's flexible-extract, reason."""
    text = row.case.output
    text = "".join(_visible(c) for c in (text if len(text) <= WIDTH else text[:WIDTH] + "…"))
    return (
        text,
        row.case.language,
        str(row.case.target),
        row.case.outcome.value + (" (limit)" if row.case.hit_limit else ""),
        f"{row.ours.extracted or '-'}: {row.ours.outcome.value}",
        f"{row.flexible}: {'counted' if row.counted(row.flexible) else 'not counted'}",
        row.case.reason,
    )


def _visible(char: str) -> str:
    """A character, or its number where a reader would not tell it from a space or a hyphen."""
    if char == "\n":
        return "⏎"
    kind = unicodedata.category(char)
    alike = (kind in ("Zs", "Pd", "Sm") and char not in "–—÷×≈") or 0x300 <= ord(char) < 0x370
    return char if char.isascii() or not alike else f"<U+{ord(char):04X}>"


COLUMNS: Final = ("answer", "language", "target", "right", "ours", "lm-eval", "why")


def markdown(rows: Sequence[Row]) -> str:
    """The summary and, by kind, the cases where ours or `flexible-extract` is wrong."""
    lines = [*_markdown_table(SUMMARY, summary(rows)), ""]
    wrong = [row for row in rows if row.ours_wrong or row.flexible_wrong]
    for kind in dict.fromkeys(row.case.kind for row in wrong):
        table = [cells(row) for row in wrong if row.case.kind == kind]
        lines += [f"### {kind[0].upper()}{kind[1:]}", ""]
        code = [(_code(answer), *rest) for answer, *rest in table]
        lines += [*_markdown_table(COLUMNS, code), ""]
    return "\n".join(lines)


def _markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [header, ["---"] * len(header), *rows]
    escaped = [[cell.replace("|", "\\|") for cell in line] for line in lines]
    return [f"| {' | '.join(line)} |" for line in escaped]


def _code(text: str) -> str:
    fence = "``" if "`" in text else "`"
    return f"{fence} {text} {fence}" if "`" in text else f"{fence}{text}{fence}"


def write_markdown(path: Path, rows: Sequence[Row]) -> None:
    """Put the tables between the marks of a file.

    Raises:
        ValueError: the file lacks the marks.
    """
    text = path.read_text("utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path} has no lines {BEGIN} and {END}")
    path.write_text(f"{before}{BEGIN}\n\n{markdown(rows)}\n{END}{after}", "utf-8")


def show(rows: Sequence[Row], every: bool) -> None:
    """Print the cases (all, or those where one is wrong) and the summary."""
    console = Console()
    table = Table(title=f"MGSM grading: ours beside lm-eval {version('lm-eval')}")
    for name in ("kind", *COLUMNS, "wrong"):
        table.add_column(name, overflow="fold")
    for row in rows:
        sides = (("ours", row.ours_wrong), ("lm-eval", row.flexible_wrong))
        wrong = [name for name, is_wrong in sides if is_wrong]
        if every or wrong:
            table.add_row(*(_plain(c) for c in (row.case.kind, *cells(row), " ".join(wrong))))
    console.print(table)
    counts = Table(title="wrong by kind; lm-eval: flexible-extract, and strict-match")
    for name in SUMMARY:
        justify: Literal["left", "right"] = "left" if name == "kind" else "right"
        counts.add_column(name, justify=justify, overflow="fold")
    for line in summary(rows):
        counts.add_row(*line)
    console.print(counts)


def _plain(text: str) -> str:
    return text.replace("[", "\\[")  # rich reads "[...]" as markup


def main() -> None:
    """Grade, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true", help="show cases on which both are right too")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables into FILE")
    arguments = parser.parse_args()
    rows = [judge(case) for case in read_cases()]
    show(rows, arguments.all)
    if arguments.markdown:
        write_markdown(arguments.markdown, rows)


if __name__ == "__main__":
    main()
