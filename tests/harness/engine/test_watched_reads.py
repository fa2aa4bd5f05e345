"""Which files are seen to be read, and which of them are data."""

import json
import os
import sqlite3
import tempfile
from pathlib import Path

import pytest

from harness.engine.source_hash import ROOT
from harness.engine.watched_reads import Reads, watched_reads


@pytest.fixture
def words(tmp_path: Path) -> Path:
    path = tmp_path / "words.txt"
    path.write_text("a b")
    return path


def test_a_file_is_seen_however_python_opens_it(words: Path, tmp_path: Path) -> None:
    def by_descriptor() -> None:
        os.close(os.open(words, os.O_RDONLY))

    for read in (
        words.read_text,
        words.read_bytes,
        lambda: open(os.fsencode(words)).close(),
        lambda: open(os.path.relpath(words)).close(),
        by_descriptor,
    ):
        with watched_reads() as reads:
            read()
        assert reads.besides(()) == [words]
        assert reads.besides([words]) == reads.besides([tmp_path]) == []
    with watched_reads() as reads:
        pass
    assert reads.besides(()) == []


def test_a_link_is_what_it_points_to(words: Path, tmp_path: Path) -> None:
    link = tmp_path / "folder" / "link"
    link.parent.mkdir()
    link.symlink_to(words)
    with watched_reads() as reads:
        link.read_text()
    assert reads.besides([link]) == reads.besides([words]) == []
    assert reads.besides([link.parent]) == [words]


def test_what_the_code_wrote_itself_is_no_data(tmp_path: Path) -> None:
    with watched_reads() as reads:
        (tmp_path / "own.txt").write_text("x")
        (tmp_path / "own.txt").read_text()
        with (tmp_path / "log").open("a") as log:
            log.write("x")
        with tempfile.NamedTemporaryFile("w+") as scratch:
            scratch.write("x")
        sqlite3.connect(tmp_path / "new.db").close()
    assert reads.besides(()) == []


def test_what_is_read_and_then_written_is_data(words: Path) -> None:
    with watched_reads() as reads:
        words.write_text(words.read_text() + "c")
    assert reads.besides(()) == [words]


def test_a_database_that_was_there_is_data(tmp_path: Path) -> None:
    base = sqlite3.connect(tmp_path / "old.db")
    base.execute("create table a (b)")
    base.close()
    with watched_reads() as reads:
        sqlite3.connect(tmp_path / "old.db").close()
    assert reads.besides(()) == [tmp_path / "old.db"]


def test_code_and_what_is_installed_are_no_data(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("X = 1\n")
    with watched_reads() as reads:
        (tmp_path / "helper.py").read_text()
        Path(json.__file__).read_text()
        Path("/etc/hostname").exists()
        Path("/proc/self/status").read_text()
        (ROOT / "tasks/benchmarks/mgsm.toml").read_text()
        Path(pytest.__file__).with_name("py.typed").exists()
    assert reads.besides(()) == []


def test_two_watches_add_up(words: Path) -> None:
    with watched_reads() as first:
        words.read_text()
    assert (Reads() | first).besides(()) == [words]
    assert (first | Reads()).besides(()) == [words]


def test_reads_below_a_folder_are_seen_by_either_path(words: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    for read, asked in ((words, tmp_path), (words, link), (link / "words.txt", link)):
        with watched_reads() as reads:
            read.read_bytes()
        assert reads.any_below([tmp_path / "other", asked])
        assert not reads.any_below([tmp_path / "wor", tmp_path / "other"])
        assert not reads.any_below([])
