"""`data convert --from` on the command line."""

import json

import msgspec

from harness.cli import main
from ultralink_data.dialogue import Dialogue
from ultralink_data.stage.outcome import StageManifest

ROW = {"instruction": "Do it.", "response": "Done."}


def convert(path, out, *more: str) -> int:
    return main(["data", "convert", str(path), "--format", "magicoder", "-o", str(out), *more])


def test_a_published_file_becomes_dialogues_with_counts(benchmarks, tmp_path, capsys):
    path = benchmarks / "sharegpt" / "sharegpt_sample.jsonl"
    out = tmp_path / "rows.jsonl"
    assert main(["data", "convert", str(path), "--format", "sharegpt", "-o", str(out)]) == 0
    manifest = msgspec.json.decode(
        (tmp_path / "rows.manifest.json").read_bytes(), type=StageManifest
    )
    assert (manifest.rows_in, manifest.accepted, manifest.rejected) == (420, 411, 9)
    dialogues = [msgspec.json.decode(x, type=Dialogue) for x in out.read_bytes().splitlines()]
    assert {(d.language, d.kind) for d in dialogues} == {("en", "chat_agnostic")}
    assert "first_answer_dropped" in capsys.readouterr().out


def test_a_cut_file_ends_in_3_and_keeps_its_whole_rows(tmp_path, capsys):
    path = tmp_path / "c.json"
    path.write_text(json.dumps([ROW, ROW | {"response": "Not done."}])[:-10])
    assert convert(path, tmp_path / "rows.jsonl") == 3
    assert len((tmp_path / "rows.jsonl").read_bytes().splitlines()) == 1
    assert "ends within a row" in capsys.readouterr().err


def test_options_that_do_not_fit_are_refused(tmp_path, capsys):
    path = tmp_path / "c.json"
    path.write_text(json.dumps([ROW]))
    assert convert(path, tmp_path / "rows.jsonl", "--languages", "en") == 2
    assert "sets language and kind" in capsys.readouterr().err
    assert (
        main(["data", "convert", str(path), "--format", "magic", "-o", str(tmp_path / "r.jsonl")])
        == 2
    )
    assert "did you mean 'magicoder'" in capsys.readouterr().err
