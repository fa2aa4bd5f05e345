"""A damaged artefact is found by its hash, named, and made again; `store` commands."""

import fcntl
import re

import pytest
from command_line import TINY, results

from harness.engine.artefact_store import MARKER, SHELVES, Store

REPORT = "runs/reports/prune-tiny"


def stored(bench):
    """Folders of the artefacts by stage, and the fingerprint of each."""
    store, folders, prints = Store(bench.home / "runs"), {}, {}
    for shelf, key in store.all_keys():
        marker = store.marker(shelf, key)
        folder = store.path(shelf, key)
        folders.setdefault(marker.stage, []).append(folder)
        prints[folder] = marker.fingerprint
    return folders, prints


def flip_a_byte(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut_short(path):
    path.write_bytes(path.read_bytes()[:100])


def write_rows(path):
    path.write_text('{"id":"a","data":["q","a"]}\n')


DAMAGES = [
    ("eval", 0, "samples/starter_math_zh.jsonl", flip_a_byte),
    ("starter", 0, "zh_math.jsonl", flip_a_byte),
    ("pack", 0, MARKER, flip_a_byte),
    ("pack", 1, MARKER, cut_short),
    ("tokenizer", 0, "tokenizer.json", lambda path: path.unlink()),
    ("prune", 0, "ru_code.jsonl", write_rows),
]


@pytest.fixture
def damaged(finished):
    """A finished run with all of DAMAGES; the damaged paths; fingerprints of their folders."""
    folders, prints = stored(finished)
    paths = []
    for stage, number, name, damage in DAMAGES:
        paths.append(folders[stage][number] / name)
        damage(paths[-1])
    hit = {folder for folder in prints if any(folder in path.parents for path in paths)}
    return finished, paths, {folder: prints[folder] for folder in hit}


def test_damaged_artefacts_are_named_and_made_again_the_same(damaged):
    bench, paths, prints = damaged
    before = results(bench.home / REPORT)
    done = bench(*TINY).ok()
    warnings = [line for line in done.err.splitlines() if line.startswith("warning: ")]
    assert len(warnings) == len(paths)
    for path in paths:
        name = str(path.relative_to(bench.home))
        assert sum(f"damaged artefact: {name} " in line for line in warnings) == 1, name
    store = Store(bench.home / "runs")
    for folder, print_ in prints.items():
        assert store.find(folder.parent.name, folder.name).fingerprint == print_
    assert results(bench.home / REPORT) == before
    assert done.made == {line.split("; making ")[1].split()[0] for line in warnings}


def test_verify_names_what_is_damaged_and_gc_takes_it_away(damaged):
    bench, paths, prints = damaged
    done = bench("store", "verify")
    assert done.code == 1
    for path in paths:
        assert f"damaged artefact: {path.relative_to(bench.home)} " in done.out
    assert f"11 artefacts checked, {len(paths)} damaged" in done.out
    assert " damaged " in bench("store", "ls").ok().out
    before = bench("store", "gc", "--dry-run").ok()
    assert all(folder.exists() for folder in prints)
    assert "would free" in before.out
    bench("store", "gc").ok()
    assert not any(folder.exists() for folder in prints)
    assert bench("store", "verify").ok().out == f"{11 - len(paths)} artefacts checked, 0 damaged\n"


def test_gc_leaves_alone_what_is_being_made(finished):
    runs = finished.home / "runs"
    gone, kept = "0" * 32, "1" * 32
    for key in (gone, kept):
        for name in (f".{key}.abc", f"..{key}.abc.def", f".old-{key}.abc"):
            (runs / "models" / name).mkdir()
        (runs / "work" / key).mkdir(parents=True)
    with (runs / "locks" / kept).open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        finished("store", "gc").ok()
    names = {path.name for shelf in SHELVES for path in (runs / shelf).glob(".*")}
    assert names == {f".{kept}.abc", f"..{kept}.abc.def", f".old-{kept}.abc"}
    assert [path.name for path in (runs / "work").iterdir()] == [kept]
    assert finished("store", "verify").ok().out == "11 artefacts checked, 0 damaged\n"


def test_gc_takes_old_artefacts_on_request(finished):
    assert "older than 1 days" not in finished("store", "gc", "--older-than", "1").ok().out
    gone = finished("store", "gc", "--older-than", "0").ok().out.splitlines()
    assert sum(line.startswith("older than 0 days") for line in gone) == 11
    assert sum(line.startswith("answers older than 0 days") for line in gone) == 2
    assert finished("store", "verify").ok().out == "0 artefacts checked, 0 damaged\n"


def test_ls_lists_every_artefact(finished):
    out = finished("store", "ls").ok().out
    stages = re.findall(r"^(?:datasets|models|evals) +[0-9a-f]{12} +(\S+)", out, re.MULTILINE)
    twice = ["prune", "pack", "train", "eval"]
    assert sorted(stages) == sorted(["starter", "tokenizer", "base", *twice, *twice])
