"""Tests of results that are kept from one command to the next."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from harness.engine import kept_results
from harness.engine.kept_results import KeptResults, installed_code, kept

CODE = "print('one')\n"


@pytest.fixture
def rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one room with one module, and its data file."""
    root = tmp_path / "root"
    (root / "room/texts").mkdir(parents=True)
    (root / "room/module.py").write_text(CODE)
    (root / "room/texts/words.toml").write_text("word = 1\n")
    monkeypatch.setattr(kept_results, "ROOT", root)
    monkeypatch.setattr(kept_results, "ROOMS", ("room",))
    return root


def refused(text: str) -> None:
    """Nothing is to be told."""
    pytest.fail(text)


def opened(tmp_path: Path, warn: Callable[[str], None] = refused) -> KeptResults:
    """The results as a new process finds them."""
    return KeptResults(tmp_path / "results", installed_code(), warn)


def in_use(monkeypatch: pytest.MonkeyPatch, results: KeptResults) -> None:
    """Let this process keep its results there."""
    monkeypatch.setattr(kept_results, "_active", [results])


def test_a_process_that_no_command_started_keeps_nothing(tmp_path: Path) -> None:
    asked = list[int]()
    for number in (1, 2):
        asked.append(kept("count", (), int, partial(int, number)))
    assert asked == [1, 2]


def test_what_was_made_is_not_made_again_in_the_next_process(
    rooms: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for expected in (1, 1):
        results = opened(tmp_path)
        in_use(monkeypatch, results)
        assert kept("count", ("a", frozenset({1, 2})), int, lambda: 1) == expected
        results.save()
    in_use(monkeypatch, opened(tmp_path))
    assert kept("count", ("a", frozenset({2, 1})), int, lambda: 2) == 1
    assert kept("count", ("b", frozenset({1, 2})), int, lambda: 2) == 2
    assert kept("other", ("a", frozenset({1, 2})), int, lambda: 3) == 3


@pytest.mark.parametrize("file", ["room/module.py", "room/texts/words.toml", "room/more.json"])
def test_an_edit_of_any_file_makes_everything_again(
    rooms: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    results = opened(tmp_path)
    results.put("key", 1)
    results.save()
    before = (rooms / file).read_text() if (rooms / file).exists() else None
    (rooms / file).write_text("changed = 2\n")
    assert opened(tmp_path).get("key", int) is None
    if before is not None:
        (rooms / file).write_text(before)
        assert opened(tmp_path).get("key", int) == 1


def test_byte_code_and_hidden_files_change_nothing(rooms: Path) -> None:
    before = installed_code()
    (rooms / "room/__pycache__").mkdir()
    (rooms / "room/__pycache__/module.pyc").write_bytes(b"1")
    (rooms / "room/.module.py.swp").write_bytes(b"1")
    assert installed_code() == before


def test_another_version_of_a_package_makes_everything_again(
    rooms: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = tmp_path / "packages"
    (packages / "torch-2.13.0+cpu.dist-info").mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [*sys.path, str(packages)])
    before = installed_code()
    (packages / "torch-2.13.0+cpu.dist-info").rename(packages / "torch-2.13.0+cu130.dist-info")
    assert installed_code() != before


def test_a_package_that_stands_on_the_path_makes_everything_again(
    rooms: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path / "own"), *sys.path])
    (tmp_path / "own/notes").mkdir(parents=True)
    before = installed_code()
    (tmp_path / "own/more notes").mkdir()
    assert installed_code() == before
    (tmp_path / "own/human_eval").mkdir()
    assert installed_code() != before


def test_where_the_code_cannot_be_read_nothing_is_kept(
    rooms: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_results, "ROOMS", ("room", "gone"))
    monkeypatch.setattr(
        kept_results, "_active", [lambda: KeptResults(rooms, installed_code(), refused)]
    )
    assert kept("count", (), int, lambda: 1) == 1
    assert kept("count", (), int, lambda: 2) == 2


def test_what_was_made_while_the_code_changed_is_not_kept(rooms: Path, tmp_path: Path) -> None:
    results = opened(tmp_path)
    (rooms / "room/module.py").write_text("print('two')\n")
    results.put("key", "of the new code, perhaps")
    results.save()
    (rooms / "room/module.py").write_text(CODE)
    assert opened(tmp_path).get("key", str) is None


@pytest.mark.parametrize("damage", [b"", b"{}", b"no hash\n{}", b"\xff\xfe"])
def test_a_damaged_file_is_told_once_and_made_again(
    rooms: Path, tmp_path: Path, damage: bytes
) -> None:
    results = opened(tmp_path)
    results.put("key", 1)
    results.save()
    (file,) = (tmp_path / "results").iterdir()
    file.write_bytes(damage)
    told = list[str]()
    results = opened(tmp_path, told.append)
    assert results.get("key", int) is None
    assert len(told) == 1
    assert str(file) in told[0]
    assert opened(tmp_path).get("key", int) is None
    results.put("key", 2)
    results.save()
    assert opened(tmp_path).get("key", int) == 2


def test_one_changed_character_is_damage(rooms: Path, tmp_path: Path) -> None:
    results = opened(tmp_path)
    results.put("key", "aaaa")
    results.save()
    (file,) = (tmp_path / "results").iterdir()
    file.write_bytes(file.read_bytes().replace(b"aaaa", b"aaba"))
    told = list[str]()
    assert opened(tmp_path, told.append).get("key", str) is None
    assert told


def test_a_result_of_another_type_is_made_again(rooms: Path, tmp_path: Path) -> None:
    results = opened(tmp_path)
    results.put("key", "text")
    results.save()
    assert opened(tmp_path).get("key", int) is None


def test_two_processes_keep_what_both_made(rooms: Path, tmp_path: Path) -> None:
    one, other = opened(tmp_path), opened(tmp_path)
    one.put("one", 1)
    other.put("other", 2)
    one.save()
    other.save()
    results = opened(tmp_path)
    assert results.get("one", int) == 1
    assert results.get("other", int) == 2
    assert [path.suffix for path in (tmp_path / "results").iterdir()] == [".json"]


def test_a_place_that_cannot_be_written_costs_only_time(
    rooms: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "results").write_text("a file where the folder would be")
    results = opened(tmp_path)
    in_use(monkeypatch, results)
    assert kept("count", (), int, lambda: 1) == 1
    results.save()
    assert (tmp_path / "results").read_text() == "a file where the folder would be"


def test_only_the_newest_states_of_the_code_stay(rooms: Path, tmp_path: Path) -> None:
    for number in range(12):
        (rooms / "room/module.py").write_text(f"print({number})\n")
        results = opened(tmp_path)
        results.put("key", number)
        results.save()
    assert len(list((tmp_path / "results").iterdir())) == kept_results._FILES
    assert opened(tmp_path).get("key", int) == 11


def test_what_no_longer_holds_is_made_again_and_what_does_not_last_is_not_kept(
    rooms: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_use(monkeypatch, opened(tmp_path))
    assert kept("a", (), int, lambda: 1) == 1
    assert kept("a", (), int, lambda: 2, holds=lambda found: found == 1) == 1
    assert kept("a", (), int, lambda: 2, holds=lambda found: found == 2) == 2
    assert kept("b", (), int, lambda: 3, lasts=lambda made: made == 4) == 3
    assert kept("b", (), int, lambda: 4, lasts=lambda made: made == 4) == 4
    assert kept("b", (), int, lambda: 5) == 4


def test_a_result_keeps_the_order_of_its_names(rooms: Path, tmp_path: Path) -> None:
    results = opened(tmp_path)
    results.put("key", {"b": 1, "a": {"d": 2, "c": 3}})
    results.save()
    assert str(opened(tmp_path).get("key", dict)) == "{'b': 1, 'a': {'d': 2, 'c': 3}}"
