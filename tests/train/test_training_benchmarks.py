"""The small forms of the benchmarks of training: they run, and count what they say."""

import argparse
import json
import sys
from pathlib import Path

import msgspec
import pytest
import torch
from train_samples import dialogue

from benchmarks import gpu_sft, pack_throughput, sft_throughput


def test_operations_of_a_sequence_are_counted_by_hand():
    config = gpu_sft.config_of("tiny")
    layer = 64 * 16 * 4 + 64 * 16 * 2 * 2 + 64 * 16 * 4 + 3 * 64 * 128  # q, k and v, o, MLP
    assert layer == 36864
    scores = 4 * 64 * (3 * 4 / 2 + 5 * 6 / 2)
    body = 2 * (2 * layer * 8 + scores)
    head = 2 * 64 * 20_000 * 4
    assert gpu_sft.work(config, [3, 5], 4, checkpointing=False) == 3 * body + 3 * head
    assert gpu_sft.work(config, [3, 5], 4, checkpointing=True) == 4 * body + 3 * head


@pytest.mark.parametrize("seed", range(5))
def test_made_up_dialogues_fill_a_sequence(seed):
    lengths = gpu_sft.lengths_of(4096, seed)
    assert sum(lengths) == 4096
    assert max(lengths) <= 1500
    assert min(lengths[:-1]) >= 100


def test_made_up_sequences_learn_the_second_half_of_each_dialogue():
    row = gpu_sft.sequence([3, 4], 100, 0)
    assert row.positions.tolist() == [0, 1, 2, 0, 1, 2, 3]
    assert row.loss.tolist() == [False, True, True, False, False, True, True]
    assert row.ids.max() < 100


def test_the_benchmark_for_a_gpu_has_a_small_form(capsys):
    words = [
        "--shape",
        "tiny",
        "--tokens",
        "64",
        "--sequences",
        "2",
        "--steps",
        "1",
        "--sides",
        "ours",
    ]
    gpu_sft.main(words)
    found = json.loads(capsys.readouterr().out)
    assert found["side"] == "ours"
    assert found["in parts"]
    if not torch.cuda.is_available():
        assert found["attention"] == "row by row"
        assert found["MFU"] is None
    assert found["tokens/s"] > 0
    assert not torch.are_deterministic_algorithms_enabled()


def test_our_side_counts_the_tokens_that_it_learned(tokenizer_folder: Path, tmp_path, capsys):
    rows = [{"id": f"{n}", "turns": ["How many plums?", f"{n} plums and pears"]} for n in range(9)]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    words = [str(file), str(tokenizer_folder), "--model", "tiny", "--max-tokens", "128"]
    steps = ["--steps", "1", "--sequences", "1"]
    before = [*sys.path]
    parse = argparse.Namespace(
        rows=file, tokenizer=tokenizer_folder, max_tokens=128, steps=1, sequences=1
    )
    data = tmp_path / "data.json"
    sft_throughput.prepare(parse, data)
    for side in ("ours", "whole"):
        sft_throughput.main([*words, *steps, "--data", str(data), "--side", side])
    sys.path[:] = before
    ours, whole = map(json.loads, capsys.readouterr().out.splitlines())
    assert ours["side"] == "ours"
    assert 0 < ours["learned tokens"] < 128
    assert ours["learned tokens"] == whole["learned tokens"]
    runs = [ours | {"tokens/s": 30, "peak MB": 1}, whole | {"tokens/s": 10, "peak MB": 4}]
    said = [*sft_throughput.ratios(runs, "ours")]
    assert "ours / whole, tokens/s: 3.00 (rounds: 3.00)" in said
    assert "ours / whole, peak MB: 0.25 (rounds: 0.25)" in said


def test_one_step_is_told_not_to_be_enough():
    times = sft_throughput.StepTimes()
    times.step()
    with pytest.raises(SystemExit, match=r"padded: one step .* raise --steps"):
        times.result("padded", [5])
    times.step()
    assert times.result("padded", [5, 7])["learned tokens"] == 7


def test_rows_are_packed_from_a_file(tokenizer_folder: Path, tmp_path, capsys):
    file = tmp_path / "rows.jsonl"
    file.write_bytes(msgspec.json.encode(dialogue(1)) + b"\n")
    before = [*sys.path]
    words = [str(file), str(tokenizer_folder), "--times", "30", "--max-tokens", "256"]
    pack_throughput.main([*words, "--side", "ours"])
    sys.path[:] = before
    found = json.loads(capsys.readouterr().out)
    assert found["rows"] == 30
    assert found["tokens"] % 30 == 0
    assert found["tokens"] > 0
