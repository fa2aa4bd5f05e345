"""The plan's time: scaled from what was measured, unknown where nothing was; who works when."""

import re

import msgspec
import pytest

from harness.experiment import profiles
from harness.experiment.asked_problems import requests
from harness.experiment.run_time import RunTime, Work
from harness.progress.display import Begun


def work(*texts):
    """Work from `name group units needs,...`."""
    found = []
    for text in texts:
        name, group, units, *needs = text.split()
        needs = tuple(needs[0].split(",")) if needs else ()
        found.append(Work(name=name, group=group, units=float(units), needs=needs))
    return found


CHAIN = work("base b 1", "train/a t 10 base", "train/b t 20 base", "eval/a e 4 train/a")
RATES = {"b": [5.0], "t": [1.0, 2.0, 30.0], "e": [2.5]}


@pytest.mark.parametrize(
    ("workers", "seconds"),
    [
        (1, 5 + 20 + 40 + 10),  # t takes 2 s a unit, the median
        (2, 5 + 40),  # b is trained while a is trained and evaluated
        (9, 5 + 40),
    ],
)
def test_free_workers_take_what_can_be_made(workers, seconds):
    assert RunTime(CHAIN, RATES, workers).left() == pytest.approx(seconds)


def test_what_was_never_measured_is_unknown_and_named():
    time = RunTime(CHAIN, {"b": [5.0], "e": [2.5]}, 1)
    assert time.left() is None
    assert time.unknown() == ["train"]
    assert (time.seconds("base"), time.seconds("train/a")) == (5.0, None)
    time.finished("base", 4)
    assert time.left() is None
    assert time.left({"train/a": Begun(1, 0.05)}) is None  # too early to tell
    assert time.left({"train/a": Begun(5, 0.5)}) == pytest.approx(5 + 20 + 10)
    time.finished("train/a", 10)  # now 1 s a unit is known
    assert time.left() == pytest.approx(20 + 10)


def test_this_run_counts_before_earlier_ones_and_what_is_done_is_taken_off():
    time = RunTime(CHAIN, RATES, 1)
    time.finished("base", 50)
    time.finished("train/a", 100)
    assert time.left() == pytest.approx(200 + 10)
    assert time.left({"train/b": Begun(150, 0.75)}) == pytest.approx(50 + 10)
    assert time.left({"train/b": Begun(40, None)}) == pytest.approx(160 + 10)
    assert time.left({"train/b": Begun(900, None)}) == pytest.approx(0.05 * 200 + 10)
    time.finished("data", 3)  # of another phase
    for name in ("train/b", "eval/a"):
        time.finished(name, 1)
    assert time.left() == 0


def test_requests_count_answers_and_texts_of_every_language():
    (run,) = profiles.tiny().eval.runs
    config = profiles.tiny().eval
    assert requests(config, None) == (2 * 4, 2 * 8)
    whole = msgspec.structs.replace(run, generate=None, likelihood=0)
    config = msgspec.structs.replace(config, runs=(whole,))
    answers, texts = requests(config, None)
    assert answers > 100
    assert texts == 0


PAID = '''
"""A stage that says what it costs."""
import msgspec

from harness.experiment.ablation import Ablation, DataStage, Variant


class Asked(msgspec.Struct, frozen=True):
    """How much of the rows goes on, and what that costs."""

    cost: float


ABLATION = Ablation(
    name="asked",
    question="?",
    reference="plain",
    variants=(
        Variant(name="plain", label="as it is"),
        Variant(name="half", label="half", stages={"ask": Asked(cost=0.25)}),
        Variant(name="more", label="more", stages={"ask": Asked(cost=0.5)}),
    ),
    stages=(
        DataStage(
            name="ask",
            config_type=Asked,
            run=lambda rows, config: rows[:: 2 if config.cost < 0.5 else 3],
            cost=lambda config: config.cost,
        ),
    ),
)
'''


def test_the_first_paid_request_waits_for_the_limit(finished):
    (finished.home / "own.py").write_text(PAID)
    words = ("run", "--ablation", "own.py", "--profile", "tiny")
    said = "requests to paid models: at most 0.75 (ask/half 0.25, ask/more 0.50)"
    done = finished(*words, "--max-cost", "0.7")
    assert (done.code, done.made) == (4, set())
    assert f"{said}, more than --max-cost 0.7; nothing was asked" in done.err
    done = finished(*words, "--dry-run").ok()
    assert said in done.err
    assert done.made == set()
    done = finished(*words, "--max-cost", "0.3", "--variants", "half").ok()
    assert "ask/half" in done.made
    done = finished(*words, "--max-cost", "0", "--variants", "half", "--dry-run").ok()
    assert "requests to paid models: none" in done.out  # it is stored
    assert finished(*words, "--max-cost", "-1").code == 2


def test_the_plan_tells_time_steps_and_requests_from_what_the_store_measured(finished):
    words = ("run", "--ablation", "prune", "--profile", "tiny", "--dry-run")
    done = finished(*words, "--seeds", "0,7").ok()
    for said in ("24 steps", "16 answers, 32 texts scored", "as measured on this machine"):
        assert said in done.out
    done = finished(*words, "--set", "model.micro.hidden=32").ok()
    said = "expected time: not known, as no such base models, trainings and evaluations were"
    assert said in " ".join(done.out.split())
    done = finished(*words).ok()
    assert "expected time" not in done.out

    # Two evaluations of one training: it is made, counted and timed once.
    words = ("run", "--vary", "eval.batch_size=4,8", "--profile", "tiny", "--seeds", "7")
    done = finished(*words, "--dry-run").ok()
    assert re.search(r"^trainings +0 +1  12 steps", done.out, re.MULTILINE)
    assert re.search(r"^evaluations +0 +2  16 answers", done.out, re.MULTILINE)
    assert "1 of these are the same as others, and made once" in done.out
