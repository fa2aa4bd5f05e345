"""`leaderboard serve`, as a process: a store that grows, a build that fails, and its end."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack

import pytest
from comparing_examples import RecordStore

SECONDS = 60


class Served:
    """The command with a store, and the lines that it has printed."""

    def __init__(self, folder, *options):
        command = [sys.executable, "-m", "harness.cli", "leaderboard", "serve", *map(str, options)]
        self.errors = folder / "errors.txt"
        environment = {**os.environ, "TMPDIR": str(folder / "temporary")}
        (folder / "temporary").mkdir()
        with self.errors.open("w") as errors:
            self.process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment
            )
        self.url = self.line().split(" on ")[1].split(" ")[0]

    def line(self):
        found = self.process.stdout.readline()
        assert found, self.errors.read_text()
        return found

    def get(self, path=""):
        with urllib.request.urlopen(self.url + path, timeout=SECONDS) as answer:
            return answer.read().decode()

    def state(self):
        return json.loads(self.get("live/state"))

    def end(self, number):
        self.process.send_signal(number)
        return self.process.wait(SECONDS)


@pytest.fixture
def serve(tmp_path):
    """Starts the command with these options; it is gone after the test."""
    with ExitStack() as stack:

        def start(*options):
            made = Served(tmp_path, *options)
            stack.callback(made.process.stdout.close)
            stack.callback(made.process.wait)
            stack.callback(made.process.kill)
            return made

        yield start


def until(condition):
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_pages_follow_a_store_that_grows_and_stay_when_a_build_fails(serve, tmp_path):
    store = RecordStore(tmp_path)
    served = serve("--runs", store.root, "-o", tmp_path / "site")
    first = served.state()
    assert "keep-0" in served.get("matrix.html")
    assert "added" not in served.get("matrix.html")
    for seed in range(3):
        store.write("added", seed, right=20)
    assert served.line() == "built again: 9 runs, 0 experiments\n"
    assert served.state()["version"] != first["version"]
    assert "added" in served.get("matrix.html")
    # Somebody else's file is in the folder now: it is not replaced.
    (tmp_path / "site" / "site.json").unlink()
    (tmp_path / "site" / "mine.txt").write_text("mine")
    store.write("later", 0, right=20)
    until(lambda: served.state()["fault"])
    assert "no leaderboard site" in served.state()["fault"]
    assert "added" in served.get("matrix.html")
    assert (tmp_path / "site" / "mine.txt").read_text() == "mine"
    assert "warning: the pages stay as they were" in served.errors.read_text()
    assert served.end(signal.SIGINT) == 0
    assert "Traceback" not in served.errors.read_text()


def test_a_temporary_site_goes_with_the_command(serve, tmp_path):
    (tmp_path / "runs").mkdir()
    served = serve("--runs", tmp_path / "runs")
    assert "No two models" in served.get("matrix.html")
    assert list((tmp_path / "temporary").iterdir())
    assert served.end(signal.SIGTERM) == 0
    assert list((tmp_path / "temporary").iterdir()) == []
    assert served.errors.read_text() == ""
