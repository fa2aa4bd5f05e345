"""`grade` in several languages, and what contradicts the language that it is told."""

import json
from pathlib import Path

import pytest

from harness.cli import main

ROWS = [{"problem_id": "mgsm/000", "output": "18"}, {"problem_id": "mgsm/001", "output": "0"}]


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch, ours):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ULTRALINK_BENCHMARKS", str(ours))


def write(name: str, rows=ROWS, start: bytes = b"") -> None:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    Path(name).write_bytes(start + text.encode())


def test_each_language_has_its_file(capsys):
    write("m_en.jsonl")
    write("m_zh.jsonl", ROWS[:1])
    assert main(["grade", "mgsm", "m_{language}.jsonl", "--languages", "all"]) == 0
    lines = [
        len(Path(f"m_{x}.jsonl_outcomes.jsonl").read_text().splitlines()) for x in ("en", "zh")
    ]
    assert lines == [2, 1]
    out = capsys.readouterr().out
    assert "Outcomes of mgsm en" in out
    assert "Outcomes of mgsm zh" in out
    words = ["grade", "mgsm", "m_{language}.jsonl", "--languages", "en,zh"]
    assert main([*words, "--out", "o_{language}.jsonl"]) == 0
    assert Path("o_en.jsonl").is_file()
    assert Path("o_zh.jsonl").is_file()


def test_each_language_has_its_earlier_outcomes(capsys):
    for language in ("en", "zh"):
        write(f"m_{language}.jsonl")
    words = ["grade", "mgsm", "m_{language}.jsonl", "--languages", "en,zh"]
    assert main([*words, "--out", "old_{language}.jsonl"]) == 0
    write("m_zh.jsonl", [ROWS[0] | {"output": "0"}, ROWS[1]])
    capsys.readouterr()
    assert main([*words, "--baseline", "old_{language}.jsonl"]) == 0
    english, chinese = capsys.readouterr().out.split("Outcomes of mgsm en")
    assert "mgsm/000" not in english
    assert "mgsm/000" in chinese


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("m_en.jsonl", "--languages", "zh"), "m_en.jsonl names en, and is to be graded as zh"),
        (("m.jsonl", "--languages", "en,zh"), "m.jsonl is one file, for en, zh"),
        (("m.jsonl", "--languages", "all"), "m.jsonl is one file, for all"),
        (("{language}.jsonl", "--languages", "all"), "no file {language}.jsonl in any of"),
        (("m_{language}.jsonl", "--languages", "en,zh", "--out", "o"), "--out o is one file for 2"),
        (
            ("m_{language}.jsonl", "--languages", "en,zh", "--baseline", "old"),
            "--baseline old is one file for 2",
        ),
        (("m.jsonl", "--languages", "all,en"), "all stands alone"),
    ],
)
def test_what_contradicts_is_refused_and_nothing_is_written(words, said, capsys):
    write("m.jsonl")
    write("m_en.jsonl")
    assert main(["grade", "mgsm", *words]) == 2
    assert said in capsys.readouterr().err
    assert sorted(path.name for path in Path().iterdir()) == ["m.jsonl", "m_en.jsonl"]


def test_a_row_of_another_language_is_not_graded(capsys):
    write("m.jsonl", [ROWS[0] | {"language": "en"}, ROWS[1] | {"language": "fr"}])
    assert main(["grade", "mgsm", "m.jsonl"]) == 3
    assert "m.jsonl:2: the row's language is 'fr', not en" in capsys.readouterr().err
    assert len(Path("m.jsonl_outcomes.jsonl").read_text().splitlines()) == 1


def test_a_byte_order_mark_costs_no_row():
    write("m.jsonl", start=b"\xef\xbb\xbf")
    assert main(["grade", "mgsm", "m.jsonl"]) == 0


def test_a_place_that_cannot_be_written_is_told_at_the_start(capsys):
    write("m.jsonl")
    Path("file").write_text("")
    assert main(["grade", "mgsm", "m.jsonl", "--out", "file/o.jsonl"]) == 3
    assert "cannot write file/o.jsonl" in capsys.readouterr().err


def test_a_dry_run_needs_no_key_and_knows_no_price(ours, capsys, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    outputs = str(ours / "omgeval" / "model_outputs" / "{language}" / "{}.json")
    words = ["grade", "omgeval", outputs.replace("{}", "gpt4"), "--languages", "zh", "--limit", "4"]
    words += ["--baseline", outputs.replace("{}", "bloomz"), "--judge", "j", "--dry-run"]
    words += ["--base-url", "https://judge.example/v1"]
    assert main(words) == 0
    said = capsys.readouterr().err
    assert "8 requests to j (0 stored)" in said
    assert "cost unknown (--price-in and --price-out say it)" in said
    assert "0.00" not in said
    assert main([*words, "--price-in", "10", "--price-out", "10"]) == 0
    assert "about 0." in capsys.readouterr().err
