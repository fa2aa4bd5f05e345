"""One undisturbed run, shared by the tests that look at it or compare with it."""

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from command_line import TINY, Bench, Done, copy_code


@dataclass(frozen=True, kw_only=True)
class FirstRun:
    """The undisturbed run: its folder with `runs/`, what it said, and how long it took."""

    home: Path
    done: Done
    seconds: float


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of a parallel test session share."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session")
def code(shared: Path) -> Path:
    with locked(shared / "code.lock"):
        if not (shared / "code").exists():
            copy_code(shared / "code")
    return shared / "code"


@pytest.fixture(scope="session")
def first_run(shared: Path, code: Path) -> FirstRun:
    kept, home = shared / "first_run.json", shared / "undisturbed"
    with locked(shared / "first_run.lock"):
        if not kept.exists():
            home.mkdir()
            began = time.monotonic()
            done = Bench(code, home)(*TINY).ok()
            run = FirstRun(home=home, done=done, seconds=time.monotonic() - began)
            kept.write_bytes(msgspec.json.encode(run, enc_hook=str))
    return msgspec.json.decode(kept.read_bytes(), type=FirstRun, dec_hook=lambda kind, x: kind(x))


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture
def bench(code: Path, tmp_path: Path) -> Bench:
    """The command in an empty folder."""
    return Bench(code, tmp_path)


@pytest.fixture
def finished(code: Path, first_run: FirstRun, tmp_path: Path) -> Bench:
    """The command in a folder with a copy of the undisturbed run."""
    shutil.copytree(first_run.home, tmp_path, symlinks=True, dirs_exist_ok=True)
    return Bench(code, tmp_path)


@pytest.fixture
def after(shared: Path, finished: Bench) -> Callable[..., Bench]:
    """`after(*words)` is `finished` after one further command, which runs once in all tests."""

    def ran(*words: str) -> Bench:
        home = shared / f"after_{'_'.join(words)}"
        with locked(shared / f"{home.name}.lock"):
            if not home.exists():
                made = home.with_suffix(".part")
                shutil.copytree(finished.home, made, symlinks=True)
                Bench(finished.code, made)(*words).ok()
                made.rename(home)
        shutil.rmtree(finished.home)
        shutil.copytree(home, finished.home, symlinks=True)
        return finished

    return ran


@pytest.fixture
def editable(code: Path, first_run: FirstRun, tmp_path: Path) -> Bench:
    """As `finished`, with a copy of the code that the test may edit."""
    shutil.copytree(first_run.home, tmp_path / "home", symlinks=True)
    shutil.copytree(code, tmp_path / "code")
    return Bench(tmp_path / "code", tmp_path / "home")
