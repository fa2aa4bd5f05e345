"""MGSM-Rev2 where its files are given, and MGSM without the rows that it replaced."""

import shutil
from pathlib import Path

import pytest

from leaderboard.metric_kinds import KEPT, is_averaged
from tasks import index, registry
from tasks.benchmark import Generation, Outcome
from tasks.benchmarks.mgsm import BENCHMARK as MGSM
from tasks.benchmarks.mgsm_replaced import replaced_rows
from tasks.benchmarks.mgsm_rev2 import BENCHMARK
from ultralink_data.errors import DataError, PrerequisiteError

EVERYWHERE = {
    *(3, 13, 38, 41, 63, 86, 88, 90, 101, 120, 145),
    *(160, 162, 164, 175, 178, 185, 188, 232, 235, 236, 242),
}
COUNTS = {"en": 22, "es": 38, "fr": 45, "ru": 32, "zh": 43, "de": 35, "bn": 46}
COUNTS |= {"ja": 46, "sw": 43, "te": 52, "th": 40}


@pytest.fixture
def given(files: Path, tmp_path: Path):
    """Puts a made-up revision of small MGSM files into a folder; the root of both."""
    root = tmp_path / "root"
    shutil.copytree(files / "mgsm", root / "mgsm")

    def give(language: str, folder: str = "mgsm_rev2", **changed: str) -> Path:
        lines = (root / "mgsm" / f"mgsm_{language}.tsv").read_text("utf-8").splitlines()
        for row, line in changed.items():
            lines[int(row.removeprefix("row")) - 1] = line
        (root / folder).mkdir(exist_ok=True)
        text = "".join(f"{line}\n" for line in lines)
        (root / folder / f"mgsm_{language}.tsv").write_text(text, "utf-8")
        return root

    return give


@pytest.mark.parametrize(("language", "count"), COUNTS.items())
def test_the_replaced_rows_are_those_that_were_published(language: str, count: int) -> None:
    rows = replaced_rows(language)
    assert len(rows) == count
    assert rows >= EVERYWHERE
    assert min(rows) >= 1
    assert max(rows) <= 250
    assert MGSM.replaced(language) == {f"mgsm/{row - 1:03d}" for row in rows}


def test_known_rows_of_single_languages() -> None:
    for language, row in (("es", 215), ("fr", 137), ("ru", 95), ("zh", 64), ("fr", 240)):
        assert row in replaced_rows(language)
        assert row not in replaced_rows("en")
    assert 14 not in replaced_rows("fr")


@pytest.mark.parametrize("folder", ["mgsm_rev2", "MGSM-Rev2"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_view_reads_the_given_file(given, language: str, folder: str) -> None:
    answer = MGSM.problems(language, given(language))[2].answer
    root = given(language, folder, row3=f"A better question?\t{answer}")
    if folder != "mgsm_rev2":
        shutil.rmtree(root / "mgsm_rev2")
    problems = BENCHMARK.problems(language, root)
    before = MGSM.problems(language, root)
    assert problems[2].question == "A better question?"
    assert [p.problem_id for p in problems] == [p.problem_id for p in before]
    assert [p.question for p in problems[3:]] == [p.question for p in before[3:]]
    asked = BENCHMARK.request(problems[2], "direct")
    assert "A better question?" in asked.prompt
    assert asked.max_tokens == MGSM.request(before[2], "direct").max_tokens
    said = [Generation(problem_id=problems[2].problem_id, text=str(answer))]
    [grade] = BENCHMARK.grade({p.problem_id: p for p in problems}, said, "direct")
    assert grade.outcome is Outcome.CORRECT


def test_it_has_a_version_of_its_own_and_nothing_takes_it_unasked() -> None:
    assert registry.get("mgsm_rev2") is not registry.get("mgsm")
    assert BENCHMARK.version != MGSM.version
    assert MGSM.version in BENCHMARK.version
    for unasked in (index.checked_by_default(), index.evaluated_by_default()):
        assert "mgsm_rev2" not in unasked
    assert BENCHMARK.replaced("zh") == frozenset()
    assert BENCHMARK.pinned() is None
    assert not is_averaged("exact_match" + KEPT)


def test_without_the_file_nothing_else_takes_its_place(files: Path) -> None:
    with pytest.raises(PrerequisiteError, match=r"mgsm_rev2/mgsm_zh\.tsv not found") as caught:
        BENCHMARK.problems("zh", files)
    assert "MGSM-Rev2" in caught.value.hint


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, r"mgsm_en\.tsv:3: this is MGSM's own file"),
        ({"row2": "Another?\t77"}, r"mgsm_en\.tsv:2: the answer is 77, in MGSM "),
        ({"row2": "No tab"}, r"mgsm_en\.tsv:2: expected 2 columns"),
    ],
)
def test_a_file_that_is_not_the_revision_is_named(given, changed, words: str) -> None:
    with pytest.raises(DataError, match=words):
        BENCHMARK.problems("en", given("en", **changed))


def test_a_file_of_fewer_rows_is_named(given) -> None:
    root = given("en", row3="Better?\t1")
    path = root / "mgsm_rev2" / "mgsm_en.tsv"
    path.write_text(path.read_text("utf-8").partition("\n")[0].replace("\t", "!\t") + "\n")
    with pytest.raises(DataError, match=r"there are 1 rows, in MGSM \d"):
        BENCHMARK.problems("en", root)
