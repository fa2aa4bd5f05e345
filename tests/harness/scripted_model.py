"""A model behind HTTP that answers and fails by a script, and builds that are killed."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from harness.engine.source_hash import ROOT
from tests.llm_server import Answer, Server

TIMEOUT = 120


class Model:
    """A rule of the scripted server: answers depend on the request alone, faults on its count too.

    `answered` counts the whole answers that were sent, by request.
    """

    def __init__(
        self,
        reply: Callable[[list[dict[str, str]]], str],
        faults: float = 0.0,
        wait: float = 0.0,
        leave_out: tuple[str, ...] = (),
    ) -> None:
        self.reply = reply
        self.faults = faults
        self.choices = [fault for fault in FAULTS if fault[0] not in leave_out]
        self.wait = wait
        self.seen: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()

    def __call__(self, body: dict, number: int) -> Answer:
        name = json.dumps(body, sort_keys=True)
        self.seen[name] += 1
        dice = random.Random(f"{name}/{self.seen[name]}")
        if dice.random() < self.faults:
            kind, fault = dice.choice(self.choices)
            self.kinds[kind] += 1
            return fault
        self.answered[name] += 1
        text = self.reply(body["messages"])
        if self.faults:
            # What a reply says depends on the request alone, or no two builds could be equal.
            choice = random.Random(f"wrong {name}")
            if choice.random() < self.faults:
                kind, text = choice.choice(WRONG)
                self.kinds[kind] += 1
        return Answer(text, wait=self.wait)


_SEASONS = ("winter", "spring", "summer", "autumn", "the morning", "the evening")
_STATES = ("cold", "warm", "brown", "green", "high", "low", "quiet", "loud", "clear", "muddy")


def river_answer(messages: list[dict[str, str]]) -> str:
    """A sentence that depends on the request, other in most of its words for another request."""
    draw = random.Random(json.dumps(messages))
    said = [f"{draw.choice(_STATES)} in {season}" for season in draw.sample(_SEASONS, 3)]
    return f"They say that it is {', '.join(said[:2])} and {said[2]}."


PAST = "Fri, 31 Dec 1999 23:59:59 GMT"
FAULTS = [
    ("429", Answer(status=429, headers=(("Retry-After", "0.05"),), body=b"{}")),
    ("429 with a date", Answer(status=429, headers=(("Retry-After", PAST),), body=b"{}")),
    ("500", Answer(status=500, body=b"{}")),
    ("503", Answer(status=503, body=b"<html>no server is free</html>")),
    ("time-out", Answer("late", wait=2.0)),
    ("dropped", Answer(drop=True)),
    ("truncated body", Answer("cut", cut=True)),
    ("invalid JSON", Answer(body=b"{ this is no JSON")),
    ("wrong schema", Answer(body=b'{"choices": []}')),
]
WRONG = [
    ("refusal", "I'm sorry, but I cannot help with that request at all."),
    ("wrong language", "Je ne parle que le français, et je ne connais pas d'autre langue ?"),
    ("mention", "According to the text, is the river as long as people say it is?"),
    ("empty", " "),
]


def stored(folder: Path) -> int:
    path = folder / "runs" / "llm_cache" / "replies.sqlite"
    if not path.exists():
        return 0
    with sqlite3.connect(path) as database:
        found = database.execute("SELECT name FROM sqlite_master").fetchall()
        if not found:
            return 0
        return int(database.execute("SELECT count(*) FROM replies").fetchone()[0])


def killed(words: list[str], server: Server, after: int) -> bool:
    """Run the command in a process and kill it after so many requests; False if it ended first."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "harness.cli", *words],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    until = time.monotonic() + TIMEOUT
    start = len(server.requests)
    while process.poll() is None and len(server.requests) < start + after:
        assert time.monotonic() < until
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    _, said = process.communicate()
    assert process.returncode in (0, -signal.SIGKILL), said.decode()
    return process.returncode != 0
