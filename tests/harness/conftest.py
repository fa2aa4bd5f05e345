"""One undisturbed run, shared by the tests that look at it or compare with it."""

import shutil
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from command_line import TINY, Bench, Done, copy_code


class FirstRun(NamedTuple):
    """The undisturbed run: its folder with `runs/`, what it said, and how long it took."""

    home: Path
    done: Done
    seconds: float


@pytest.fixture(scope="session")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_code(tmp_path_factory.mktemp("code"))


@pytest.fixture(scope="session")
def first_run(code: Path, tmp_path_factory: pytest.TempPathFactory) -> FirstRun:
    home = tmp_path_factory.mktemp("undisturbed")
    began = time.monotonic()
    done = Bench(code, home)(*TINY).ok()
    return FirstRun(home, done, time.monotonic() - began)


@pytest.fixture
def bench(code: Path, tmp_path: Path) -> Bench:
    """The command in an empty folder."""
    return Bench(code, tmp_path)


@pytest.fixture
def finished(code: Path, first_run: FirstRun, tmp_path: Path) -> Bench:
    """The command in a folder with a copy of the undisturbed run."""
    shutil.copytree(first_run.home, tmp_path, dirs_exist_ok=True)
    return Bench(code, tmp_path)


@pytest.fixture
def editable(code: Path, first_run: FirstRun, tmp_path: Path) -> Bench:
    """As `finished`, with a copy of the code that the test may edit."""
    shutil.copytree(first_run.home, tmp_path / "home")
    shutil.copytree(code, tmp_path / "code")
    return Bench(tmp_path / "code", tmp_path / "home")
