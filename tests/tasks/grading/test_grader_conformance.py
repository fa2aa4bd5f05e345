"""The comparison of graders (benchmarks/grader_conformance.py), in process."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from mutation_map import shared

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope=shared)
def conformance() -> ModuleType:
    path = ROOT / "benchmarks" / "grader_conformance.py"
    spec = importlib.util.spec_from_file_location("grader_conformance", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope=shared)
def rows(conformance: ModuleType) -> list[Any]:
    return [conformance.judge(case) for case in conformance.read_cases()]


def test_ours_is_right_on_every_case(rows: list[Any]) -> None:
    assert len(rows) >= 200
    assert [row.case.reason for row in rows if row.ours_wrong] == []


@pytest.mark.parametrize(
    ("output", "counted", "right"),
    [
        ("The answer is 18,00.", False, "correct"),
        ("The answer is 18.0.", False, "correct"),
        ("The answer is １８.", False, "correct"),
        ("The answer is -18.", True, "wrong"),
        ("The answer is 18.", True, "correct"),
    ],
)
def test_lm_eval_counts_what_it_is_known_to(
    rows: list[Any], output: str, counted: bool, right: str
) -> None:
    wanted = (output, 18, False)
    (row,) = (r for r in rows if (r.case.output, r.case.target, r.case.hit_limit) == wanted)
    assert row.case.outcome == right
    for found in (row.flexible, row.strict):
        assert row.counted(found) is counted
    assert row.flexible_wrong is row.strict_wrong is (counted != (right == "correct"))
    assert not row.ours_wrong


def test_the_summary_adds_up(conformance: ModuleType, rows: list[Any]) -> None:
    *kinds, (name, *total) = conformance.summary(rows)
    assert name == "all"
    columns = zip(*(line[1:] for line in kinds), strict=True)
    assert [str(sum(map(int, column))) for column in columns] == total
    assert int(total[0]) == len(rows)


def test_the_document_has_these_tables(conformance: ModuleType, rows: list[Any]) -> None:
    written = (ROOT / "docs" / "mgsm.md").read_text("utf-8")
    _, _, rest = written.partition(conformance.BEGIN)
    tables, end, _ = rest.partition(conformance.END)
    assert end
    hint = "run python benchmarks/grader_conformance.py --markdown docs/mgsm.md"
    assert tables.strip() == conformance.markdown(rows).strip(), hint


def test_a_file_without_marks_is_refused(conformance: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "x.md"
    file.write_text("# Nothing")
    with pytest.raises(ValueError, match=r"x\.md has no lines"):
        conformance.write_markdown(file, [])


def test_what_is_printed_names_who_is_wrong(
    conformance: ModuleType, rows: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    conformance.show(rows, every=False)
    printed = capsys.readouterr().out
    assert "wrong by kind" in printed
    assert f"│ {len(rows)} │" in " ".join(printed.split())
