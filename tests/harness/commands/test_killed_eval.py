"""`eval` killed half way, and two at once: nothing is lost, and one batch at most asked twice."""

import hashlib
import os
import shutil
import signal
import time
from pathlib import Path

import msgspec
import pytest
from command_line import Bench, finish

from leaderboard.records import encode, read_record, without_times
from tasks.models.kept_answers import KeptAnswers
from tasks.saved_rows import Sample
from ultralink_data.store.release import decode_lines

BACKEND = '''"""`hashed`: answers with a hash of the prompt, and writes down what it is asked.

Files beside its model say more: with `free` its rows may stand in any batch, it hangs in the batch
whose number is in `hang`, and the first batch waits until as many processes ask as `meet` says.
"""

import hashlib
import os
import time
from collections import deque
from pathlib import Path

from tasks.models.backend import Backend, Loaded
from tasks.models.generation import RowEnd, request_key


class HashedBackend(Backend):
    """No model at all."""

    def load(self, model, settings, replies):
        from lm_eval.api.model import LM

        home = Path(model).parent
        said = {path.name: path.read_text() for path in home.iterdir() if path.is_file()}
        hang, meet = (int(said.get(name, 0)) for name in ("hang", "meet"))

        class Hashed(LM):
            max_length = None
            tokenizer_name = ""
            single = "free" in said
            batch_size = settings.batch_size
            draw = None
            batches = 0
            on_ended = staticmethod(lambda count: None)

            def tok_encode(self, text):
                return text.split()

            def apply_chat_template(self, chat_history, **_):
                return chat_history[-1]["content"]

            def generate_until(self, requests, disable_tqdm=False):
                self.batches += 1
                self.ends, self.close = {}, [False] * len(requests)
                with (home / f"asked-{os.getpid()}").open("a") as file:
                    for request in requests:
                        file.write(f"{self.batches} {request.args[0]!r}\\n")
                while len([*home.glob("asked-*")]) < meet:
                    time.sleep(0.01)
                if self.batches == hang:
                    time.sleep(600)
                for request in requests:
                    self.ends.setdefault(request_key(*request.args), deque()).append(RowEnd())
                return [hashlib.sha256(r.args[0].encode()).hexdigest() for r in requests]

            def pop(self):
                return self.ends

            def loglikelihood(self, requests, **_):
                raise NotImplementedError

            loglikelihood_rolling = loglikelihood

        made = Hashed()
        return Loaded(made, made)


BACKEND = HashedBackend()
'''
EVAL = ("eval", "--backend", "hashed", "--model", "model", "--tasks", "starter_math")
BATCH = 3
EACH = ("--batch-size", str(BATCH))


@pytest.fixture(scope="module")
def hashed(code: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code with the backend."""
    copy = shutil.copytree(code, tmp_path_factory.mktemp("hashed") / "code")
    (copy / "tasks/models/backends/hashed.py").write_text(BACKEND, "utf-8")
    return copy


def in_home(code: Path, home: Path, **said: int) -> Bench:
    """The command in a new folder, with what the backend reads there."""
    (home / "model").mkdir(parents=True)
    (home / "model/config.json").write_text("{}")
    for name, value in said.items():
        (home / name).write_text(str(value))
    return Bench(code, home)


@pytest.fixture(scope="module")
def whole(hashed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an evaluation that nothing disturbed: 7 problems in two languages."""
    bench = in_home(hashed, tmp_path_factory.mktemp("whole") / "home")
    bench(*EVAL, "--languages", "en,zh", "--limit", "7", *EACH).ok()
    return bench.home


def asked(home: Path) -> list[tuple[int, str]]:
    """Number of the batch and prompt of everything that was asked."""
    lines = [x for path in sorted(home.glob("asked-*")) for x in path.read_text().splitlines()]
    return [(int(number), prompt) for number, _, prompt in (x.partition(" ") for x in lines)]


def scored(home: Path) -> list[bytes]:
    """The records of all evaluations there, times and commands left out."""
    return [
        encode(without_times(read_record(path)))
        for path in sorted((home / "runs/reports/eval-model").glob("*.json"))
    ]


def answered(home: Path) -> dict[str, bytes]:
    """The sample files of an evaluation, by name."""
    return {path.name: path.read_bytes() for path in home.glob("runs/evals/*/samples/*.jsonl")}


def wait_for(path: Path, text: str) -> None:
    limit = time.monotonic() + 120
    while not any(text in one.read_text() for one in path.parent.glob(path.name)):
        assert time.monotonic() < limit, f"{path} never had {text!r}"
        time.sleep(0.02)


@pytest.mark.parametrize("free", [False, True], ids=["fixed batches", "free batches"])
def test_a_sigkill_half_way_costs_one_batch(free, hashed, whole, tmp_path):
    hang = 3
    bench = in_home(hashed, tmp_path / "home", hang=hang, **({"free": 1} if free else {}))
    words = (*EVAL, "--languages", "en,zh", "--limit", "7", *EACH)
    process = bench.start(*words)
    wait_for(bench.home / "asked-*", f"\n{hang} ")
    os.killpg(process.pid, signal.SIGKILL)
    finish(process)
    assert process.returncode == -signal.SIGKILL
    assert answered(bench.home) == {}
    lost = {prompt for number, prompt in asked(bench.home) if number == hang}
    before = {prompt for number, prompt in asked(bench.home) if number < hang}
    assert 1 <= len(lost) <= BATCH
    (bench.home / "hang").unlink()
    done = bench(*words).ok()
    assert "damaged" not in done.err
    prompts = [prompt for _, prompt in asked(bench.home)]
    assert {prompt for prompt in prompts if prompts.count(prompt) > 1} == lost
    assert len(prompts) == 14 + len(lost)
    assert before.isdisjoint(lost)
    assert scored(bench.home) == scored(whole)
    assert answered(bench.home) == answered(whole)


def test_two_at_once_keep_the_same_answers(hashed, whole, tmp_path):
    """They begin together and share a language; each has the answers of an undisturbed one."""
    bench = in_home(hashed, tmp_path / "home", meet=2, free=1)
    narrow = bench.start(*EVAL, "--languages", "en,zh", "--limit", "7", *EACH)
    wide = bench.start(*EVAL, "--languages", "zh,fr", "--limit", "9", *EACH, "--out", "wide")
    for process in (narrow, wide):
        assert "damaged" not in finish(process).ok().err
    assert len(list(bench.home.glob("asked-*"))) == 2
    assert scored(bench.home) == scored(whole)
    for path in bench.home.glob("runs/evals/*/samples/*.jsonl"):
        rows = [row for _, row in decode_lines(path, Sample)]
        assert [row.generation for row in rows] == [
            hashlib.sha256(row.prompt.encode()).hexdigest() for row in rows
        ]
    [folder] = (bench.home / "runs/answers").iterdir()
    kept = KeptAnswers(folder)
    keys = {
        answer["key"]
        for path in folder.glob("starter_math_*/*.json")
        for answer in msgspec.json.decode(path.read_bytes())["answers"]
        if kept.find(path.parent.name, answer["key"])
    }
    assert kept.damaged == []
    assert len(keys) == 7 + 9 + 9  # en, zh, fr: what both asked in zh has one key
    assert list(folder.rglob(".*")) == []
