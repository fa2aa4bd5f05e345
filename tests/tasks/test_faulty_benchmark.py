"""A bug in the file of an added benchmark is two lines with file, line and method."""

import json
import re
from collections.abc import Callable
from importlib.util import cache_from_source
from pathlib import Path

import pytest
from command_line import Bench, copy_code
from decontaminate_samples import row as dialogue
from tiny_models import write_random_model

from ultralink_data.store import dataset

MODULE = Path(__file__).with_name("passage_choice.py")
ROW = {"passage": "It is red.", "question": "Which?", "options": list("abcd"), "right": 0}
SHOW = ("tasks", "show", "belebele", "--languages", "en", "--benchmarks", "data")
GRADE = ("grade", "belebele", "outputs.jsonl", "--benchmarks", "data")
CHECK = ("data", "check", "rows", "--benchmarks", "data", "--tasks", "belebele")
FETCH = ("tasks", "fetch", "belebele", "-o", "fetched")
EVAL = (
    *("eval", "--model", "model", "--tasks", "belebele", "--languages", "en"),
    *("--benchmarks", "data"),
)

Faulty = Callable[[str, str], str]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """The command from a copy of the code, with what its commands read."""
    home = tmp_path_factory.mktemp("home")
    (home / "data/belebele").mkdir(parents=True)
    (home / "data/belebele/en.jsonl").write_text(json.dumps(ROW) + "\n")
    (home / "outputs.jsonl").write_text('{"problem_id": 0, "output": "A"}\n')
    rows = [dialogue("Which river runs through the town of Oxmere?", "The river Lune.", name="a")]
    dataset.write(home / "rows", rows, recipe="test")
    write_random_model(home / "model", seed=0)
    return Bench(copy_code(home / "code"), home)


def install(bench: Bench, text: str) -> Path:
    """Write the benchmark's file, without the byte code of one of the same second and size."""
    path = bench.code / "tasks" / "benchmarks" / "belebele.py"
    path.write_text(text, "utf-8")
    Path(cache_from_source(str(path))).unlink(missing_ok=True)
    return path


@pytest.fixture
def faulty(bench: Bench) -> Faulty:
    """Write the benchmark with a line put at the start of a method; returns file and line."""

    def write(method: str, line: str) -> str:
        text = MODULE.read_text("utf-8")
        start = re.compile(rf'    def {method}\([^)]*\) -> [^\n]*:\n        """[^\n]*"""\n')
        found = start.search(text)
        assert found, method
        path = install(bench, f"{text[: found.end()]}        {line}\n{text[found.end() :]}")
        return f"{path}:{text[: found.end()].count(chr(10)) + 1}"

    return write


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("problems", SHOW),
        ("request", SHOW),
        ("references", SHOW),
        ("grade", GRADE),
        ("item", CHECK),
        ("pinned", FETCH),
        ("grade", EVAL),  # in a worker process
        ("references", EVAL),
    ],
)
def test_an_exception_is_named_with_its_place(
    bench: Bench, faulty: Faulty, method: str, words: tuple[str, ...]
) -> None:
    place = faulty(method, "{}['gone']")
    done = bench(*words)
    assert done.code == 2, done.err
    assert "Traceback" not in done.err
    assert f"error: {place}: benchmark belebele: {method}: KeyError: 'gone'\n" in done.err
    hint = done.err.splitlines()[-1]
    assert "fix this line" in hint
    assert "ULTRALINK_TRACEBACK=1" in hint
    shown = bench(*words, ULTRALINK_TRACEBACK="1")
    assert shown.code == 70
    assert "Traceback (most recent call last)" in shown.err
    assert place.replace(".py:", '.py", line ') in shown.err


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "    row: PassageRow",
            "    row: PassageRow\n    share: complex = 1j",
            "it holds a complex",
        ),
        (
            "    def problems(",
            "    @property\n    def metric(self):\n        return {}['gone']\n\n    def problems(",
            "class PassageChoice: KeyError: 'gone'",
        ),
    ],
)
def test_what_fails_outside_of_a_method_is_named_too(
    bench: Bench, old: str, new: str, said: str
) -> None:
    text = MODULE.read_text("utf-8").replace('    metric: ClassVar[str] = "accuracy"\n', "")
    if "def metric" not in new:
        text = MODULE.read_text("utf-8")
    assert old in text
    path = install(bench, text.replace(old, new, 1))
    done = bench(*EVAL)
    assert done.code == 2, done.err
    assert "Traceback" not in done.err
    assert f"error: {path}" in done.err
    assert said in done.err


@pytest.mark.parametrize(
    ("method", "line", "words", "said"),
    [
        ("problems", "return None", SHOW, "a NoneType, not a list of Problem"),
        ("problems", "return [1]", SHOW, "a int in its list, not a Problem"),
        ("request", "return None", SHOW, "a NoneType, not a Request"),
        ("references", "return ('a', 'b')", SHOW, "a str in its list, not a Reference"),
        ("grade", "return None", GRADE, "a NoneType, not a list of Grade"),
        ("grade", "return 'yes'", EVAL, "a str, not a list of Grade"),
    ],
)
def test_what_a_method_must_not_return_is_named(
    bench: Bench, faulty: Faulty, method: str, line: str, words: tuple[str, ...], said: str
) -> None:
    faulty(method, line)
    done = bench(*words)
    assert done.code == 2, done.err
    assert "Traceback" not in done.err
    assert f": benchmark belebele: {method} returned {said}\n" in done.err
