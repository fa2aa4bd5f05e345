"""`data ground --batch`: waves of rows, a killed run, a second run without batches."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from harness.cli import main
from harness.engine.source_hash import ROOT
from tests.batch_server import Fate, Provider, providing
from tests.harness.commands.test_data_ground import reply, write_pages
from tests.llm_server import Answer
from ultralink_data.dialogue import Dialogue
from ultralink_data.llm import batch


def command(provider: Provider, folder: Path, pages: Path) -> list[str]:
    words = ["data", "ground", str(pages), "-o", str(folder / "d.jsonl"), "--model", "m"]
    return [*words, "--base-url", provider.url, "--runs", str(folder / "runs"), "--batch"]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    fast = batch.Pace(quiet=0.2, first_look=0.02, later_looks=0.1)
    monkeypatch.setattr(batch, "Pace", lambda: fast)


def answer(body: dict) -> Answer:
    return Answer(reply(body["messages"]))


def test_rows_go_through_in_a_few_waves_and_a_second_run_sends_none(tmp_path, capsys):
    pages = write_pages(tmp_path / "pages.jsonl", 20)
    with providing(answer) as provider:
        assert main(command(provider, tmp_path, pages)) == 0
        rows = [
            msgspec.json.decode(line, type=Dialogue)
            for line in (tmp_path / "d.jsonl").read_bytes().splitlines()
        ]
        assert len(rows) == 20
        assert len(provider.batches) == max(len(row.turns) for row in rows)
        assert provider.sizes()[0] == 20
        assert sum(provider.sizes()) == sum(len(row.turns) for row in rows)
        sent = len(provider.batches)
        assert main(command(provider, tmp_path, pages)) == 0
        assert len(provider.batches) == sent
    assert "20 rows in, 0 rejected" in capsys.readouterr().out


def test_a_killed_run_leaves_its_batch_to_the_next_one(tmp_path):
    pages = write_pages(tmp_path / "pages.jsonl", 5)
    with providing(answer) as provider:
        provider.fates = [Fate(looks=10**9)]
        process = subprocess.Popen(
            [sys.executable, "-m", "harness.cli", *command(provider, tmp_path, pages)],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            cwd=ROOT,
        )
        until = time.monotonic() + 120
        while not provider.looks["batch_0"]:
            assert time.monotonic() < until
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
        provider.batches[0]["fate"] = Fate()
        assert main(command(provider, tmp_path, pages)) == 0
        assert provider.sizes()[0] == 5
        assert set(provider.paid.values()) == {1}
