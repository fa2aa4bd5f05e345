"""What a person sees of progress: on a terminal, in a log, after Ctrl-C; and who may draw."""

import ast
import os
import pty
import re
import subprocess
import sys

import pytest

from harness.engine.source_hash import ROOMS, ROOT
from harness.progress.terminal import Terminal
from ultralink_data.llm.client import Usage

OWNER = ROOT / "harness/progress/terminal.py"


class Clock:
    """Time that a test moves on, in seconds."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def drawers(source: str) -> set[str]:
    """What a module uses that draws progress: modules imported, names of their classes called."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import():
                found |= {alias.name for alias in node.names}
            case ast.ImportFrom(module=str(module)):
                found |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
            case ast.Call(func=ast.Attribute(attr="status", value=value)):
                found |= {"rich.status"} if "console" in ast.unparse(value) else set()
    wrong = ("rich.progress", "rich.live", "rich.status", "rich.spinner", "tqdm")
    return {name for name in found if name.startswith(wrong)}


@pytest.mark.parametrize(
    "source",
    [
        "from rich.progress import Progress",
        "def f():\n    from rich import progress\n    progress.Progress()",
        "import rich.live",
        "from tqdm import tqdm",
        "show.console().status('working')",
    ],
)
def test_the_search_for_drawing_finds_it(source):
    assert drawers(source)


def test_one_module_draws_progress():
    files = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    assert {path for path in files if drawers(path.read_text("utf-8"))} == {OWNER}


def test_a_log_gets_a_line_a_minute_and_one_at_the_end(capsys):
    clock = Clock()
    with Terminal(clock).work("ground", 1000) as meter:
        meter.moved(0)
        for _ in range(10):
            clock.now += 15
            meter.moved(int(clock.now - 1000))
    assert capsys.readouterr().err.splitlines() == [
        "ground: 60 of 1,000 rows, 60 rows/min, 16 min left",
        "ground: 120 of 1,000 rows, 60 rows/min, 15 min left",
        "ground: 150 of 1,000 rows in 2 min",
    ]


def test_short_work_says_nothing_in_a_log(capsys):
    with Terminal().work("check") as meter:
        for done in range(1000):
            meter.moved(done)
    assert capsys.readouterr() == ("", "")


def test_work_that_goes_on_says_after_what(capsys):
    for kept in (17, 0):
        with Terminal(Clock()).work("translate", 120) as meter:
            meter.resumed(kept)
            meter.resumed(kept + 1)
    assert capsys.readouterr().err.splitlines() == ["translate: goes on after 17 of 120 rows"]


def test_a_log_names_each_artefact_made_and_where_long_jobs_are(capsys):
    clock = Clock()
    with Terminal(clock).jobs(2) as meter:
        meter.progressed("train/a", "loss 2.50", 0, 100)
        clock.now += 61
        meter.progressed("train/a", "loss 1.25", 50, 100)
        clock.now += 59
        meter.progressed("train/a", "loss 1.20", 99, 100)
        meter.finished("train/a", 120.4)
        meter.finished("eval/a", 3)
    assert capsys.readouterr().err.splitlines() == [
        "train/a: 50 of 100, 61 s left, loss 1.25",
        "[1/2] train/a (120 s)",
        "[2/2] eval/a (3 s)",
    ]


def test_a_log_tells_that_a_training_measures_held_out_rows(capsys):
    """As many sequences as steps are no steps: the unit and the time left are their own."""
    clock = Clock()
    with Terminal(clock).jobs(1) as meter:
        meter.progressed("train", "", 0, 0)
        meter.progressed("train", "loss on held-out rows: sequences", 0, 20)
        clock.now += 61
        meter.progressed("train", "loss on held-out rows: sequences", 10, 20)
        clock.now += 61
        meter.progressed("train", "loss on held-out rows: sequences", 20, 20)
        meter.progressed("train", "loss 2.50", 1, 20)
        clock.now += 11
        meter.progressed("train", "loss 2.25", 2, 20)
    assert capsys.readouterr().err.splitlines() == [
        "train: 10 of 20 sequences, 10 sequences/min, 61 s left, loss on held-out rows",
        "train: 20 of 20 sequences, 10 sequences/min, loss on held-out rows",
        "train: 2 of 20, 3 min left, loss 2.25",
    ]


def test_a_log_tells_the_phases_of_an_evaluation(capsys):
    """Rows that were kept took no time now: the rate is that of the others."""
    clock = Clock()
    with Terminal(clock).jobs(1) as meter:
        meter.progressed("eval", "loading the model", 0, 0)
        clock.now += 61
        meter.progressed("eval", "loading the model", 0, 0)
        meter.progressed("eval", "mgsm: answers", 100, 250)
        clock.now += 12
        meter.progressed("eval", "mgsm: answers; 40 % right so far", 101, 250)
        clock.now += 60
        meter.progressed("eval", "mgsm: answers; 41 % right so far", 106, 250)
    assert capsys.readouterr().err.splitlines() == [
        "eval: loading the model",
        "eval: loading the model",
        "eval: 101 of 250 answers, 5.0 answers/min, 30 min left, mgsm, 40 % right so far",
        "eval: 106 of 250 answers, 5.0 answers/min, 29 min left, mgsm, 41 % right so far",
    ]


def test_another_kind_of_work_of_the_same_size_has_its_own_rate(capsys):
    """50 texts are scored, then 50 answers given: neither's rate follows from the other's."""
    clock = Clock()
    with Terminal(clock).jobs(1) as meter:
        meter.progressed("eval", "bits per byte of mgsm en: texts", 0, 50)
        clock.now += 20
        meter.progressed("eval", "bits per byte of mgsm en: texts", 50, 50)
        meter.progressed("eval", "mgsm: answers", 0, 50)
        clock.now += 60
        meter.progressed("eval", "mgsm: answers; 0 % right so far", 2, 50)
    assert capsys.readouterr().err.splitlines() == [
        "eval: 2 of 50 answers, 2.0 answers/min, 24 min left, mgsm, 0 % right so far",
    ]


class Known:
    """Knows that each job takes a minute."""

    def __init__(self, jobs):
        self.open = jobs

    def finished(self, name, seconds):
        self.open -= 1

    def left(self, begun=None):
        return 60 * self.open - sum(one.seconds for one in (begun or {}).values())


def test_a_log_tells_what_has_elapsed_and_what_is_left_of_all_jobs(capsys):
    clock = Clock()
    with Terminal(clock).jobs(3, time=Known(3)) as meter:
        meter.progressed("train/a", "loss 2.50", 0, 100)
        clock.now += 50
        meter.progressed("train/b", "loss 2.50", 0, 100)
        clock.now += 10
        meter.finished("train/a", 60)
        meter.finished("train/b", 10)
        meter.finished("eval/a", 3)
    assert capsys.readouterr().err.splitlines() == [
        "[1/3] train/a (60 s) elapsed 60 s, about 2 min left",
        "[2/3] train/b (10 s) elapsed 60 s, about 60 s left",
        "[3/3] eval/a (3 s) elapsed 60 s",
    ]


def interrupt(work, tell):
    with work as meter:
        tell(meter)
        raise KeyboardInterrupt


def test_an_interrupted_run_says_what_is_kept(capsys):
    terminal = Terminal(Clock())
    work = terminal.work("ground", 9, usage=Usage(), kept="rows so far are stored")
    with pytest.raises(KeyboardInterrupt):
        interrupt(work, lambda meter: meter.moved(4))
    with pytest.raises(KeyboardInterrupt):
        interrupt(terminal.work("check"), lambda meter: meter.moved(3))
    with pytest.raises(KeyboardInterrupt):
        interrupt(terminal.jobs(5, kept="they are kept"), lambda meter: meter.finished("a", 1))
    lines = [line for line in capsys.readouterr().err.splitlines() if line]
    assert lines == [
        "ground: 4 of 9 rows, spent 0.00; rows so far are stored",
        "check: 3 rows; nothing of it is kept",
        "[1/5] a (1 s)",
        "1 of 5 artefacts made; they are kept",
    ]


DRAWN = """
import time
from harness.progress.terminal import TERMINAL
from ultralink_data.llm.request import Usage
usage = Usage()
with TERMINAL.work("ground", 1000, usage=usage, max_cost=8) as meter:
    for done in (0, 400, 812):
        time.sleep(0.15)
        usage.requests, usage.cost = 2 * done, done / 1000
        meter.moved(done)
    TERMINAL.warn("the model does not take [seed]")
    time.sleep(0.3)
with TERMINAL.jobs(2) as jobs:
    jobs.progressed("eval/x", "", 0, 0)
    jobs.progressed("eval/x", "loading the model", 0, 0)
    time.sleep(0.3)
    jobs.finished("eval/x", 1)
    jobs.progressed("train/prune=1_8/seed-0", "loss 2.50", 0, 160)
    time.sleep(0.15)
    jobs.progressed("train/prune=1_8/seed-0", "loss 1.25", 80, 160)
    time.sleep(0.3)
    jobs.finished("train/prune=1_8/seed-0", 12)
class Known:
    def finished(self, name, seconds): pass
    def left(self, begun=None): return 754.0
with TERMINAL.jobs(12, time=Known()) as jobs:
    for done in (0, 40, 80):
        jobs.progressed("train/" + 6 * "a-long-name" + "/0", "loss 2.50", done, 160)
        time.sleep(0.6)
    jobs.finished("train/" + 6 * "a-long-name" + "/0", 12)
"""


def on_terminal(columns: int) -> str:
    """What the script writes to a terminal this wide."""
    leader, follower = pty.openpty()
    environment = os.environ | {"COLUMNS": str(columns), "LINES": "24", "TERM": "xterm"}
    process = subprocess.Popen(
        [sys.executable, "-c", DRAWN], cwd=ROOT, env=environment, stdout=follower, stderr=follower
    )
    os.close(follower)
    data = b""
    try:
        while part := os.read(leader, 65536):
            data += part
    except OSError:  # the other side closed it
        pass
    os.close(leader)
    assert process.wait() == 0
    return data.decode()


@pytest.mark.parametrize("columns", [80, 120])
def test_a_terminal_gets_bars_that_fit_and_lines_above_them(columns):
    drawn = on_terminal(columns)
    lines = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", drawn).replace("\r", "\n").splitlines()
    (bar,) = {line[:7] for line in lines if "812 of 1,000 rows" in line}
    assert bar == "ground "
    last = next(line for line in reversed(lines) if "812 of 1,000 rows" in line)
    assert "left, spent 0.81 of 8" in last
    assert ("requests/min" in last) == (columns == 120)
    assert "warning: the model does not take [seed]" in lines
    assert any("train/prune=1_8/seed-0" in x and "80 of 160" in x for x in lines)
    assert any("eval/x" in x and "loading the model" in x for x in lines)
    assert "[2/2] train/prune=1_8/seed-0 (12 s)" in lines
    long = [x for x in lines if "a-long-" in x and "(12 s)" not in x]
    assert any(re.search(r"80 of 160,.* elapsed 0:00:0\d$", x.rstrip()) for x in long)
    assert any(re.match(r"all .* 0 of 12, 13 min left +elapsed 0:00:0\d$", x) for x in lines)
    assert max(len(x) for x in lines if not x.startswith("[1/12]")) <= columns
    assert "…" not in drawn


def test_a_log_that_takes_colours_gets_no_bars(monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    with Terminal().work("check", 3) as meter:
        meter.moved(1)
    assert capsys.readouterr().err == ""


def test_a_warning_is_one_line_whatever_it_quotes(capsys):
    Terminal().warn("row \x1b[2J of\nfile")
    assert capsys.readouterr().err == "warning: row <U+001B>[2J of file\n"


def test_a_terminal_that_cannot_move_its_cursor_is_a_log(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "dumb")
    with Terminal().work("check", 3) as meter:
        meter.moved(1)
    assert capsys.readouterr().err == ""
