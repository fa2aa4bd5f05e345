import subprocess
import sys
from pathlib import Path

import pytest

from tasks import registry
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
