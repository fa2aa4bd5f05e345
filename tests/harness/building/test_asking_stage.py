"""A stage that asks a model is interrupted, or finds nobody at its endpoint."""

import os
import signal
import subprocess
import sys
import time

import pytest
from scripted_model import Model, stored

from harness.cli import INTERRUPTED, main
from harness.engine.source_hash import ROOT
from tests.harness.commands.test_data_ground import command, reply, write_pages
from tests.llm_server import Server, free_port, serving


def test_an_interrupted_run_stores_what_it_sent_before_it_ends(tmp_path):
    pages = write_pages(tmp_path / "pages.jsonl", 60)
    model = Model(reply, wait=0.5)
    with serving(model) as server:
        words = command(server, tmp_path, pages)
        process = subprocess.Popen(
            [sys.executable, "-m", "harness.cli", *words],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        until = time.monotonic() + 120
        while len(server.requests) < 20:
            assert time.monotonic() < until
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        assert process.returncode == INTERRUPTED, said
        assert "waiting for the requests in flight" in said
        assert "rows and replies so far are stored" in said
        assert "The same command goes on from there" in said
        assert stored(tmp_path) == len(server.requests) < 60


def test_an_address_that_nobody_listens_on_ends_the_run_after_a_few_attempts(
    tmp_path, capsys, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("ultralink_data.llm.client.Client._pause", lambda *_: 0.01)
    server = Server(lambda body, number: pytest.fail("nobody listens"))
    server.url = f"http://127.0.0.1:{free_port()}/v1"
    pages = write_pages(tmp_path / "pages.jsonl", 500)
    assert main(command(server, tmp_path, pages)) == 3
    said = capsys.readouterr().err
    assert "no connection: Connection refused" in said
    assert "check the address, and that the server runs" in said
