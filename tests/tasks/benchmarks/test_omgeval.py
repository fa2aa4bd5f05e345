"""OMGEval's questions and output files as upstream has them."""

import json
from pathlib import Path

import pytest

from tasks.benchmarks import omgeval
from tasks.benchmarks.omgeval import BENCHMARK
from tests.small_benchmarks import LOCAL, QUESTIONS, omgeval_output, omgeval_question
from ultralink_data.errors import BenchError, ConfigError, DataError, PrerequisiteError


@pytest.mark.parametrize(
    ("language", "count", "local", "repeats"),
    [
        ("ar", 804, 212, []),
        ("en", 805, 0, []),
        ("es", 804, 197, ["OMGEval/755"]),
        ("fr", 804, 197, ["OMGEval/532", "OMGEval/593"]),
        ("ru", 804, 181, ["OMGEval/6"]),
        ("zh", 804, 231, []),
    ],
)
def test_questions(
    language: str, count: int, local: int, repeats: list[str], benchmarks: Path
) -> None:
    listed = omgeval.questions(language, benchmarks)
    assert len(listed) == len({question.problem_id for question in listed}) == count
    assert sum(question.local for question in listed) == local
    assert BENCHMARK.repeated(listed) == repeats
    assert listed[-1].problem_id == "OMGEval/804"


@pytest.mark.parametrize("language", BENCHMARK.languages)
def test_rows_are_questions_in_order_and_some_are_local(language: str, ours: Path) -> None:
    listed = omgeval.questions(language, ours)
    assert [q.problem_id for q in listed] == [f"OMGEval/{n}" for n in range(QUESTIONS)]
    assert [q.text for q in listed] == [omgeval_question(language, n) for n in range(QUESTIONS)]
    local = 0 if language == "en" else LOCAL
    assert [q.local for q in listed] == [False] * (QUESTIONS - local) + [True] * local
    assert BENCHMARK.request(listed[0], "chat").prompt == listed[0].text
    folder = ours / "omgeval" / "model_outputs" / BENCHMARK.spellings(language)[1]
    saved = BENCHMARK.saved_outputs(folder / "bloomz.json", listed)
    assert saved == {q.problem_id: omgeval_output("bloomz", n) for n, q in enumerate(listed)}


def test_the_untranslated_row_is_left_out(benchmarks: Path) -> None:
    english = {q.problem_id: q.text for q in omgeval.questions("en", benchmarks)}
    spanish = {q.problem_id: q.text for q in omgeval.questions("es", benchmarks)}
    assert set(english) - set(spanish) == {"OMGEval/169"}
    assert "the moon has covered" in english["OMGEval/169"]
    # Upstream left this one in English; it stands in both at the same number.
    assert [key for key in spanish if spanish[key] == english[key]] == ["OMGEval/103"]


def test_every_output_file_fits_its_questions(benchmarks: Path) -> None:
    for language in omgeval.LANGUAGES:
        listed = omgeval.questions(language, benchmarks)
        folder = benchmarks / "omgeval" / "model_outputs" / BENCHMARK.spellings(language)[1]
        for path in folder.glob("*.json"):
            assert len(BENCHMARK.saved_outputs(path, listed)) == len(listed)


def _write(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def _text(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_bad_outputs_are_named(ours: Path, tmp_path: Path) -> None:
    listed = omgeval.questions("zh", ours)
    row = {"problem_id": "OMGEval/0", "output": "x"}
    assert BENCHMARK.saved_outputs(_write(tmp_path / "a.jsonl", row), listed) == {"OMGEval/0": "x"}
    bad: list[tuple[Path, str]] = [
        (_write(tmp_path / "b.jsonl", row, row), r"b.jsonl:2: .*'OMGEval/0' occurs twice"),
        (_write(tmp_path / "c.jsonl", {**row, "problem_id": "OMGEval/169"}), "c.jsonl:1: unknown"),
        (_write(tmp_path / "d.jsonl", {"problem_id": "OMGEval/0"}), "d.jsonl:1: .*output"),
        (_write(tmp_path / "e.jsonl"), "no rows"),
        (_write(tmp_path / "f.json", [{"instruction": "x", "output": "y"}]), "1 rows"),
        (tmp_path / "g.json", "cannot read"),
        (
            _text(
                tmp_path / "h.jsonl",
                '{"problem_id": "OMGEval/1", "output": "x"}\n'
                '{"problem_id": "OMGEval/0", "output": "x", "output": "y"}\n',
            ),
            "h.jsonl:2: field `output` is given twice",
        ),
        (
            _text(
                tmp_path / "i.json",
                '[{"instruction": "a",\n"output": "x"},\n'
                '{"instruction": "a", "output": "x",\n "output": "y"}]',
            ),
            "i.json:3: field `output` is given twice",
        ),
        (
            ours / "omgeval" / "model_outputs" / "spanish" / "gpt4.json",
            "row 0 asks .*OMGEval/0 in zh",
        ),
    ]
    for path, message in bad:
        with pytest.raises(DataError, match=message):
            BENCHMARK.saved_outputs(path, listed)


@pytest.mark.parametrize(("language", "kind"), [("xx", ConfigError), ("zh", PrerequisiteError)])
def test_what_is_not_there(
    language: str, kind: type[BenchError], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ULTRALINK_BENCHMARKS", raising=False)
    with pytest.raises(kind):
        omgeval.questions(language, tmp_path)


def test_a_local_question_must_stand_in_the_full_file(tmp_path: Path) -> None:
    data = tmp_path / "omgeval" / "data"
    data.mkdir(parents=True)
    (data / "OMGEval_Chinese.txt").write_text("a\nb\n")
    (data / "OMGEval_Chinese_local.txt").write_text("b\nc\n")
    with pytest.raises(DataError, match=r"OMGEval_Chinese_local\.txt:2: 'c'"):
        omgeval.questions("zh", tmp_path)
