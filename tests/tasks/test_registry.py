import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.options.parser import parser
from tasks import index, registry
from ultralink_data.errors import ConfigError


def test_the_benchmarks_are_found_by_looking() -> None:
    assert {"humaneval", "mgsm", "starter_code", "starter_math"} <= set(registry.names())
    for name in registry.names():
        benchmark = registry.get(name)
        assert benchmark.name == name
        assert benchmark.protocols
        assert benchmark.version
        assert benchmark.languages[0] == "en"


def test_unknown_task_offers_the_nearest() -> None:
    with pytest.raises(ConfigError, match="mgms") as error:
        registry.get("mgms")
    assert "did you mean 'mgsm'" in error.value.hint


@pytest.mark.parametrize("name", ["/etc/passwd", "../mgsm", "a\\b", "", "x" * 5000, "nul\0", "."])
def test_a_name_that_is_a_path_or_no_word_is_an_unknown_task(name: str) -> None:
    """Records from outside name tasks too, and a name must never be looked for on the disk."""
    with pytest.raises(ConfigError, match="unknown task"):
        registry.get(name)


def test_a_file_that_exports_no_benchmark_is_named(tmp_path: Path) -> None:
    """A slip in the name `BENCHMARK` would else look like a file that is not there."""
    file = Path(registry.folder.__file__).with_name("exemplars_of_nobody.py")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry.folder, "__file__", str(tmp_path / "__init__.py"))
        (tmp_path / file.name).write_text("BENCHMARKS = None\n")
        with pytest.raises(ConfigError, match="no line assigns BENCHMARK") as error:
            registry.get(file.stem)
    assert "BENCHMARK =" in error.value.hint


OWN = """from typing import ClassVar
from tasks.benchmarks.starter_math import StarterMath


class Own(StarterMath):
    name: ClassVar[str] = "own"


BENCHMARK = Own()
"""


@pytest.fixture
def refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], str]]:
    """What is said of a module with this text, if it is the only benchmark."""
    file = tmp_path / "own_benchmark.py"
    monkeypatch.setattr(registry.folder, "exporting", lambda: [file])
    monkeypatch.setattr(registry.folder, "__path__", [str(tmp_path)])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def said(text: str) -> str:
        file.write_text(text)
        registry.benchmarks.cache_clear()
        with pytest.raises(ConfigError) as caught:
            registry.names()
        assert caught.value.hint
        return caught.value.message.removeprefix(f"{tmp_path}/")

    yield said
    registry.benchmarks.cache_clear()
    sys.modules.pop("tasks.benchmarks.own_benchmark", None)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "class Own",
            "import no_such_module\nclass Own",
            "own_benchmark.py:5: the file does not run: ModuleNotFoundError: "
            "No module named 'no_such_module'",
        ),
        ("Own()", "Own(", "own_benchmark.py:9: '(' was never closed"),
        ("Own()", "Own", "own_benchmark.py: BENCHMARK is the class Own, not an object of it"),
        ("Own()", "None", "own_benchmark.py: BENCHMARK is missing"),
        ("Own()", "7", "own_benchmark.py: BENCHMARK is a int, not a Benchmark"),
        (
            '= "own"\n',
            '= "own"\n    metric: ClassVar[str] = ""\n',
            "own_benchmark.py: class Own has no `metric`",
        ),
        (
            "BENCHMARK",
            'Own.graded_by = "judge"\nBENCHMARK',
            "own_benchmark.py: class Own has graded_by 'judge', its source reads 'outputs'",
        ),
        ('"own"', '"o" + "wn"', 'own_benchmark.py: `name` must be a literal, got \'"o" + "wn"\''),
        (
            'name: ClassVar[str] = "own"',
            "pass",
            "own_benchmark.py: its benchmark's class has no `name`",
        ),
        ('"own"', '"my own/../set"', "own_benchmark.py: the name 'my own/../set'"),
        (
            '= "own"\n',
            '= "own"\n    protocols: ClassVar[tuple[str, ...]] = ("chat")\n',
            "own_benchmark.py: class Own: `protocols` must be tuple[str, ...], got 'chat', of type "
            "str (a tuple of one ends in a comma: (x,))",
        ),
        (
            '= "own"\n',
            '= "own"\n    version: ClassVar[str] = 2\n',
            "own_benchmark.py: class Own: `version` must be str, got 2, of type int",
        ),
        (
            '= "own"\n',
            '= "own"\n    cheked_by_default: ClassVar[bool] = True\n',
            "own_benchmark.py: class Own has 'cheked_by_default', which nothing reads",
        ),
        (
            '= "own"\n',
            '= "own"\n\n    def refrence(self, problem, protocol): ...\n',
            "own_benchmark.py: class Own has 'refrence', which nothing reads",
        ),
    ],
)
def test_a_faulty_benchmark_is_named_with_what_is_wrong_in_it(
    refusal: Callable[[str], str], old: str, new: str, said: str
) -> None:
    assert refusal(OWN.replace(old, new)) == said


def test_an_unknown_way_to_grade_offers_the_nearest(refusal: Callable[[str], str]) -> None:
    graded = '"own"\n    graded_by: ClassVar[str] = "program"\n'
    assert "'program'" in refusal(OWN.replace('"own"\n', graded))


def test_a_primary_metric_that_nothing_measures_offers_the_nearest(
    refusal: Callable[[str], str],
) -> None:
    primary = '"own"\n    primary: ClassVar[str] = "bqb"\n'
    assert refusal(OWN.replace('"own"\n', primary)).endswith("own_benchmark.py: 'bqb'")


def test_the_index_refuses_alone_what_the_parser_would_stumble_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [tmp_path / "one.py", tmp_path / "two.py"]
    for file in files:
        file.write_text(OWN)
    monkeypatch.setattr(index, "exporting", lambda: files)
    with pytest.raises(ConfigError, match=r"two\.py: a second benchmark is named 'own'"):
        index.entries.__wrapped__()
    files[1].write_text(OWN.replace('"own"\n', '"two"\n    graded_by: ClassVar[str] = "program"\n'))
    with pytest.raises(ConfigError, match=r"graded_by in .*two\.py: 'program'"):
        index.entries.__wrapped__()


def test_a_benchmark_named_like_an_option_of_quality_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(index, "human_translations", lambda: ("turns",))
    with pytest.raises(ConfigError, match="'turns' has the name of an option of `data quality`"):
        parser().parse_args(["data", "quality", "--help"])


def test_the_index_reads_what_the_benchmarks_say() -> None:
    assert [entry.name for entry in index.entries()] == registry.names()
    for entry in index.entries():
        benchmark = registry.get(entry.name)
        assert (entry.graded_by, entry.checked_by_default) == (
            benchmark.graded_by,
            benchmark.checked_by_default,
        )
    assert index.names(graded_by="programs") == ("humaneval",)
    assert index.names(graded_by="judge") == ("omgeval",)
    assert index.checked_by_default() == ("humaneval", "mgsm", "omgeval")


def test_listing_imports_nothing_heavy() -> None:
    code = (
        "import sys; from tasks import registry; registry.names();"
        "heavy = {'torch', 'transformers', 'datasets', 'lm_eval', 'numpy'} & set(sys.modules);"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    root = Path(registry.__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
