"""The small form of the benchmark of memory before packing: its stages run, and add up."""

import json

from benchmarks import data_memory
from train.micro_tokenizer import train_tokenizer

WORDS = [f"word{number:03d}" for number in range(600)]


def test_stages_on_made_up_dialogues(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(data_memory, "known_words", lambda: WORDS)
    train_tokenizer(WORDS, 300, tmp_path / "tokenizer")
    data_memory.prepare(tmp_path, 400)
    here = ["--here", "--dialogues", "400", "--folder", str(tmp_path)]
    data_memory.main([*here, "--stages", ",".join(data_memory.STAGES)])
    found = {row["stage"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert found["import"]["made"] == found["mixture"]["made"] == 400
    assert 0 < found["held-out"]["made"] < 40
    assert found["without"]["made"] == 400 - found["held-out"]["made"]
    assert all(row["peak MB"] > 1 for row in found.values())
