"""`data diff`: exit codes, how datasets were made, JSON and Markdown."""

import json

import msgspec
import pytest
from dialogue_samples import dialogue, parallel

from harness.cli import main
from leaderboard.diff_tables import made_table
from tests.harness.commands.test_data_stats import HOSTILE, stage
from ultralink_data.store import dataset

ROWS = parallel(5)


@pytest.fixture
def sets(tmp_path):
    dataset.write(tmp_path / "a", ROWS, recipe="one", stages=[stage()], dropped={"refusal": 3})
    changed = [msgspec.structs.replace(ROWS[0], turns=(HOSTILE, "a")), *ROWS[2:]]
    other = stage()
    config = msgspec.structs.replace(other.stage, config='{"a":"x","asking":{"seed":[1,2]}}')
    dataset.write(
        tmp_path / "b",
        changed,
        recipe="two",
        parents=["p"],
        stages=[msgspec.structs.replace(other, stage=config)],
        dropped={"refusal": 1, "echo": 2},
    )
    return tmp_path / "a", tmp_path / "b"


def test_the_exit_code_says_whether_a_row_differs(sets, tmp_path, capsys):
    a, b = sets
    assert main(["data", "diff", str(a), str(a)]) == 0
    assert "hold the same rows" in capsys.readouterr().out
    assert main(["data", "diff", str(a), str(b)]) == 1
    assert "differ" in capsys.readouterr().out
    dataset.write(tmp_path / "c", ROWS[::-1], recipe="three")
    assert main(["data", "diff", str(a), str(tmp_path / "c")]) == 0
    assert "three" in capsys.readouterr().out
    assert main(["data", "diff", str(a), "nowhere"]) == 3


def test_how_the_sets_were_made_is_compared_setting_by_setting(sets):
    table = made_table(*(dataset.read_manifest(path) for path in sets))
    found = {row.cells[0].text: (row.cells[1].text, row.cells[2].text) for row in table.rows}
    assert found["recipe"] == ("one", "two")
    assert found["parents"] == ("", "p")
    assert found["dropped: refusal"] == ("3", "1")
    assert found["dropped: echo"] == ("0", "2")
    assert found["ground: a"] == ('"```` <b>"', '"x"')
    assert found["ground: asking.seed.1"] == ("(none)", "2")
    assert "ground: inputs" not in found


def test_settings_that_are_no_json_are_compared_as_text(sets):
    before, after = (dataset.read_manifest(path) for path in sets)
    plain = msgspec.structs.replace(stage().stage, config="magicoder")
    other = msgspec.structs.replace(after, stages=(stage(stage=plain),))
    found = {row.cells[0].text: row.cells[2].text for row in made_table(before, other).rows}
    assert found["ground: "] == '"magicoder"'


def test_json_and_markdown_say_the_same(sets, tmp_path, capsys):
    words = ["data", "diff", *map(str, sets), "--show", "2", "-o", str(tmp_path / "d.json")]
    assert main([*words, "-o", str(tmp_path / "d.md")]) == 1
    found = json.loads((tmp_path / "d.json").read_text())
    assert found["equal"] is False
    assert found["before_manifest"]["recipe"] == "one"
    assert {x["what"] for x in found["examples"]} == {"changed", "removed"}
    text = (tmp_path / "d.md").read_text()
    for shown in (text, capsys.readouterr().out):
        assert "\x1b" not in shown
        assert "\n# Owned" not in shown
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize(("option", "name"), [("-o", "d.json"), ("-o", "d.md")])
def test_a_file_that_is_no_report_stays(sets, tmp_path, capsys, option, name):
    words = ["data", "diff", *map(str, sets), option, str(tmp_path / name)]
    assert main(words) == main(words) == 1
    (tmp_path / name).write_text("[1]")
    assert main(words) == 2
    assert "move it away" in capsys.readouterr().err
    assert (tmp_path / name).read_text() == "[1]"


def test_files_of_dialogues_are_compared_whatever_their_order(tmp_path):
    for name, rows in (("a", ROWS), ("b", ROWS[::-1])):
        lines = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
        (tmp_path / f"{name}.jsonl").write_bytes(lines)
    assert main(["data", "diff", str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")]) == 0


def test_an_id_twice_is_two_lines(tmp_path, capsys):
    lines = b"".join(msgspec.json.encode(dialogue()) + b"\n" for _ in range(2))
    (tmp_path / "a.jsonl").write_bytes(lines)
    assert main(["data", "diff", str(tmp_path / "a.jsonl"), str(tmp_path / "a.jsonl")]) == 3
    assert "twice" in capsys.readouterr().err
