import subprocess
import sys
from pathlib import Path

import pytest

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


def test_an_import_error_is_not_swallowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("import no_such_module\nBENCHMARK = None\n")
    monkeypatch.setattr(registry.folder, "exporting", lambda: [broken])
    monkeypatch.setattr(registry.folder, "__path__", [str(tmp_path)])
    registry.benchmarks.cache_clear()
    try:
        with pytest.raises(ModuleNotFoundError, match="no_such_module"):
            registry.names()
    finally:
        registry.benchmarks.cache_clear()


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


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ('    name: ClassVar[str] = "one" + ""\n', "must be a literal"),
        ("    title = 1\n", "no line `name"),
    ],
)
def test_the_index_refuses_what_it_cannot_read(tmp_path: Path, attributes: str, said: str) -> None:
    file = tmp_path / "one.py"
    file.write_text(f"class One:\n{attributes}\n\nBENCHMARK = One()\n")
    with pytest.raises(ValueError, match=said):
        index.entry(file)


def test_a_benchmark_that_the_index_misreads_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        "from tasks.benchmarks.starter_math import StarterMath\n"
        "class Other(StarterMath):\n"
        '    name: ClassVar[str] = "other"\n'
        'Other.graded_by = "judge"\n'
        "BENCHMARK = Other()\n"
    )
    file = tmp_path / "other_math.py"
    file.write_text("from typing import ClassVar\n" + text)
    monkeypatch.setattr(registry.folder, "exporting", lambda: [file])
    monkeypatch.setattr(registry.folder, "__path__", [str(tmp_path)])
    registry.benchmarks.cache_clear()
    try:
        with pytest.raises(ValueError, match="graded_by is 'judge', its source reads 'outputs'"):
            registry.names()
    finally:
        registry.benchmarks.cache_clear()
        sys.modules.pop("tasks.benchmarks.other_math", None)


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
