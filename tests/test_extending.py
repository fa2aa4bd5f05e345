"""What CONTRIBUTING promises: a backend, a check, a loss is one or two files, and nothing else.

Each is added to a copy of the packages and used there. A language, a benchmark and an ablation have
test files of their own.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("ultralink_data", "tasks", "train", "leaderboard", "harness")

BACKEND = '''"""`echo`: says one thing to everything."""

from collections import deque

from tasks.models.backend import Backend, Loaded
from tasks.models.generation import RowEnd, request_key


class EchoBackend(Backend):
    """No model at all."""

    def load(self, model, settings, replies):
        from lm_eval.api.model import LM

        class Echo(LM):
            max_length = None
            tokenizer_name = ""

            def apply_chat_template(self, chat_history, **_):
                return chat_history[-1]["content"]

            def generate_until(self, requests, disable_tqdm=False):
                self.ends = {}
                for request in requests:
                    self.ends.setdefault(request_key(*request.args), deque()).append(RowEnd())
                return ["The answer is 18." for _ in requests]

            def pop(self):
                return self.ends

            def loglikelihood(self, requests, **_):
                raise NotImplementedError

            loglikelihood_rolling = loglikelihood

        echo = Echo()
        return Loaded(echo, echo)


BACKEND = EchoBackend()
'''

CHECK = '''"""Nobody shouts."""

from ultralink_data.stage.asking import Failure


def check_shouting(turn, text):
    return Failure("shouting", "it shouts") if "!!!" in text else None
'''


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def run(copy: Path, *words: str) -> str:
    done = started(copy, *words)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def failing(copy: Path, *words: str) -> str:
    done = started(copy, *words)
    assert done.returncode == 2, done.stderr[-3000:]
    return done.stderr


def started(copy: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"PYTHONPATH": str(copy), "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, *words],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{path}: {old!r} stands {text.count(old)} times"
    path.write_text(text.replace(old, new), "utf-8")


def test_a_backend_is_one_file(copy: Path) -> None:
    (copy / "tasks/models/backends/echo.py").write_text(BACKEND, "utf-8")
    (copy / "model").mkdir()
    (copy / "model/config.json").write_text("{}")
    words = ("eval", "--backend", "echo", "--model", "model", "--tasks", "starter_math")
    shown = run(copy, "-m", "harness.cli", *words, "--limit", "4")
    assert "starter_math" in shown
    assert not list((copy / "runs/evals").glob("*/likelihood"))  # it writes no `log_probs`
    samples = next((copy / "runs/evals").glob("*/samples/starter_math_en.jsonl")).read_text()
    assert samples.count('"generation":"The answer is 18."') == 4


NAMED = BACKEND.replace(
    "    def load(",
    """    def model_key(self, model):
        return f"second edition of {model}"

    def load(""",
).replace('"The answer is 18."', 'f"The answer is {str(model)[-2:]}."')


def test_a_backend_decides_what_its_model_is(copy: Path) -> None:
    """No folder: two names are two models, and a text that changes is another model again."""
    (copy / "tasks/models/backends/named.py").write_text(NAMED, "utf-8")
    words = ("-m", "harness.cli", "eval", "--backend", "named", "--tasks", "starter_math")
    for name in ("anything-18", "owner/anything-19"):
        run(copy, *words, "--limit", "2", "--model", name)
    found = [path.read_text() for path in (copy / "runs/evals").glob("*/samples/*_en.jsonl")]
    assert sorted(text.count('"The answer is 18."') for text in found) == [0, 2]
    assert sorted(text.count('"The answer is 19."') for text in found) == [0, 2]
    assert {path.name for path in (copy / "runs/reports").iterdir()} == {
        "eval-anything-18",
        "eval-anything-19",
    }
    run(copy, *words, "--limit", "2", "--model", "anything-18")
    assert len(list((copy / "runs/evals").iterdir())) == 2


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    def load(self, model, settings, replies):\n", "        1 / 0\n", "load: ZeroDiv"),
        ("    def model_key(self, model):\n", "        1 / 0\n", "model_key: ZeroDivision"),
        ("                self.ends = {}\n", "                1 / 0\n", "ZeroDivisionError"),
        (
            "    def load(self, model, settings, replies):\n",
            "        return 1\n",
            "load returned a",
        ),
    ],
)
def test_a_bug_in_a_backend_is_named_with_its_line(
    copy: Path, old: str, new: str, said: str
) -> None:
    path = copy / "tasks/models/backends/broken.py"
    path.write_text(NAMED.replace(old, old + new), "utf-8")
    words = ("eval", "--backend", "broken", "--tasks", "starter_math", "--model", "any")
    err = failing(copy, "-m", "harness.cli", *words, "--limit", "2")
    assert f"{path}:" in err
    assert f"backend broken: {said}" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("return Loaded(echo, echo)", "return Loaded(None, echo)", "has no `generate_until`"),
        ("return Loaded(echo, echo)", "return Loaded(echo, None)", "has no `pop`"),
        ("            max_length = None\n", "", "has no `max_length`"),
        (" for _ in requests]", " for _ in requests[1:]]", "returned 1 texts for 2 requests"),
        ('["The answer is 18." for', "[18 for", "returned no list of texts for 2 requests"),
        ("return self.ends", "return {}", "`pop` of Echo does not give a RowEnd for each"),
        (".append(RowEnd())", ".append(3)", "`pop` of Echo does not give a RowEnd for each"),
    ],
)
def test_a_model_that_lacks_something_is_named_with_its_file(
    copy: Path, old: str, new: str, said: str
) -> None:
    path = copy / "tasks/models/backends/broken.py"
    assert BACKEND.count(old) == 1
    path.write_text(BACKEND.replace(old, new), "utf-8")
    (copy / "model").mkdir()
    (copy / "model/config.json").write_text("{}")
    words = ("eval", "--backend", "broken", "--tasks", "starter_math", "--model", "model")
    err = failing(copy, "-m", "harness.cli", *words, "--limit", "2", "--languages", "en")
    assert f"{path}: " in err
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ("turn.nothing", ":7: check s: AttributeError: "),
        ("True", ":6: check s returned a bool, not a Failure"),
        ('"it shouts"', ":6: check s returned a str, not a Failure"),
    ],
)
def test_a_bug_in_a_check_is_named_with_its_line(copy: Path, result: str, said: str) -> None:
    path = copy / "ultralink_data/translation/shouting.py"
    body = CHECK.split("    return", maxsplit=1)[0]
    path.write_text(f"{body}    return {result}\n", "utf-8")
    program = (
        "from ultralink_data.errors import ConfigError\n"
        "from ultralink_data.translation import checks, shouting, turns\n"
        "checks.CHECKS['s'] = shouting.check_shouting\n"
        "turn = turns.SourceTurn(text='Hi.', language='es', kind='chat_agnostic', user=True)\n"
        "try:\n    checks.check_turn(turn, 'Hola.')\n"
        "except ConfigError as error:\n    print(error)\n"
    )
    assert f"{path}{said}" in run(copy, "-c", program)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("logits.float()", "logits.flaot()", "loss: AttributeError"),
        ('reduction="sum")', 'reduction="none")', "loss returned a tensor ["),
        ("        return total /", "        total /", "loss returned None, not a tensor"),
    ],
)
def test_a_bug_in_a_loss_is_named_with_its_line(copy: Path, old: str, new: str, said: str) -> None:
    path = copy / "train/loss.py"
    edit(path, old, new)
    program = (
        "import torch\n"
        "from types import SimpleNamespace as Output\n"
        "from train.loss import LearnedOnly\n"
        "from ultralink_data.errors import ConfigError\n"
        "learned = LearnedOnly(Output(get_output_embeddings=lambda: None))\n"
        "outputs, labels = Output(logits=torch.zeros(1, 3, 5)), torch.ones(1, 3).long()\n"
        "try:\n    learned.checked(outputs, labels, 2)\n"
        "except ConfigError as error:\n    print(error)\n"
    )
    found = run(copy, "-c", program)
    assert found.startswith(f"{path}:")
    assert said in found


def test_a_check_of_translations_is_a_function_and_a_line(copy: Path) -> None:
    (copy / "ultralink_data/translation/shouting.py").write_text(CHECK, "utf-8")
    table = copy / "ultralink_data/translation/checks.py"
    edit(
        table,
        '    "empty": check_empty,\n',
        '    "empty": check_empty,\n    "s": check_shouting,\n',
    )
    edit(
        table,
        "from ultralink_data.translation.task import",
        "from ultralink_data.translation.shouting import check_shouting\n"
        "from ultralink_data.translation.task import",
    )
    program = (
        "from ultralink_data.translation.checks import check_turn\n"
        "print(check_turn(None, '¡Para ya!!!').check)"
    )
    assert run(copy, "-c", program) == "shouting\n"


def test_a_loss_is_one_function_and_trains_anew(copy: Path) -> None:
    words = ("-m", "harness.cli", "run", "--ablation", "prune", "--profile", "tiny")
    run(copy, *words)
    before = {path.parent for path in (copy / "runs").glob("*/*/_training.json")}
    edit(copy / "train/loss.py", 'reduction="sum")', 'reduction="sum", label_smoothing=0.1)')
    run(copy, *words)
    made = {path.parent for path in (copy / "runs").glob("*/*/_training.json")} - before
    assert len(made) == len(before) == 2
    losses = [path.joinpath("_training.json").read_bytes() for path in (*before, *made)]
    assert len(set(losses)) == 4
