"""The store: an artefact is there whole, or not at all."""

import multiprocessing
import os
import time

import msgspec
import pytest
from small_disk import mounted

from harness.engine.artefact_store import (
    MARKER,
    DamagedArtefact,
    Store,
    artefact_key,
    content_fingerprint,
    list_files,
)
from harness.engine.jobs import execute, make_job
from ultralink_data.completion import sealed
from ultralink_data.errors import PrerequisiteError
from ultralink_data.starter.starter_config import StarterConfig

KEY = "a" * 32
JOB = make_job("starter", StarterConfig(per_template=1), {})


def silent(*_):
    pass


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A store with one artefact, its folder and its marker."""
    store = Store(tmp_path_factory.mktemp("runs"))
    marker = execute(JOB, store, silent)
    return store, store.path("datasets", JOB.key), marker


@pytest.fixture
def damageable(tmp_path):
    store = Store(tmp_path)
    execute(JOB, store, silent)
    return store, store.path("datasets", JOB.key)


def test_an_artefact_is_found_with_its_marker(whole):
    store, folder, marker = whole
    assert store.find("datasets", JOB.key) == sealed(marker)
    assert store.all_keys() == [("datasets", JOB.key)]
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert found == {MARKER, *(f.name for f in marker.files)}


def test_nothing_is_found_where_nothing_was_made(tmp_path):
    assert Store(tmp_path / "no").find("evals", KEY) is None
    assert Store(tmp_path / "no").all_keys() == []
    assert not (tmp_path / "no").exists()


def test_what_a_killed_replacement_left_aside_is_found_again(damageable):
    store, folder = damageable
    marker = store.find("datasets", JOB.key)
    aside = folder.with_name(f".old-{folder.name}.abcdefgh")
    aside.mkdir()
    folder.rename(aside / "old")
    assert store.find("datasets", JOB.key) == marker is not None
    assert os.listdir(folder.parent) == [folder.name]


def test_what_is_there_is_not_made_again(whole):
    store, folder, marker = whole
    before = (folder / MARKER).stat().st_mtime_ns
    assert execute(JOB, store, silent).circumstances == marker.circumstances
    assert (folder / MARKER).stat().st_mtime_ns == before


@pytest.mark.parametrize("changed", ["stage", "source", "packages", "config", "inputs", "seed"])
def test_each_part_of_a_key_counts(changed):
    parts = {"stage": "a", "source": "b", "config": {"x": 1}, "inputs": {"i": "f"}, "seed": 0}
    others = {"stage": "b", "source": "c", "config": {"x": 2}, "inputs": {"i": "g"}, "seed": None}
    parts |= {"packages": {"torch": "2.0"}}
    others |= {"packages": {"torch": "2.1"}}
    assert artefact_key(**parts) != artefact_key(**(parts | {changed: others[changed]}))


def test_the_order_of_fields_does_not_change_a_key():
    one = artefact_key("s", "c", {}, {"a": 1, "b": 2}, {"x": "1", "y": "2"}, 0)
    assert one == artefact_key("s", "c", {}, {"b": 2, "a": 1}, {"y": "2", "x": "1"}, 0)


def test_logs_do_not_change_a_fingerprint(tmp_path):
    (tmp_path / "weights").write_text("w")
    before = content_fingerprint(list_files(tmp_path))
    (tmp_path / "_log.json").write_text("{}")
    assert content_fingerprint(list_files(tmp_path)) == before
    (tmp_path / "weights").rename(tmp_path / "renamed")
    assert content_fingerprint(list_files(tmp_path)) != before


# Damage


def in_marker(old, new):
    return lambda folder: (folder / MARKER).write_text(
        (folder / MARKER).read_text().replace(old, new, 1)
    )


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (lambda f: (f / "zh_math.jsonl").unlink(), "zh_math.jsonl"),
        (lambda f: (f / "zh_math.jsonl").write_text("x"), "zh_math.jsonl"),
        (lambda f: (f / "new").touch(), "new"),
        (lambda f: (f / MARKER).unlink(), MARKER),
        (lambda f: (f / MARKER).write_bytes(b""), MARKER),
        (lambda f: (f / MARKER).write_bytes(b"\xff\xfe"), MARKER),
        (in_marker('"wall_seconds": ', '"wall_seconds": 1'), MARKER),
        (in_marker('"per_template": 1', '"per_template": 2'), MARKER),
        (in_marker('"stage"', '"stages"'), MARKER),
        (in_marker('"seal": "', '"seal": "0'), MARKER),
    ],
)
def test_damage_is_found_and_the_file_is_named(damageable, damage, named):
    store, folder = damageable
    damage(folder)
    with pytest.raises(DamagedArtefact) as caught:
        store.find("datasets", JOB.key)
    assert str(folder / named) in caught.value.message


def test_an_artefact_under_another_key_is_damaged(damageable):
    store, folder = damageable
    folder.rename(folder.with_name(KEY))
    with pytest.raises(DamagedArtefact, match="key"):
        store.find("datasets", KEY)


def test_a_damaged_artefact_is_made_again_the_same(damageable):
    store, folder = damageable
    before = store.find("datasets", JOB.key).fingerprint
    (folder / "en_math.jsonl").write_text("x")
    assert execute(JOB, store, silent).fingerprint == before
    assert store.find("datasets", JOB.key).fingerprint == before


# Not half


def test_a_stage_that_fails_leaves_no_artefact(tmp_path, monkeypatch):
    from ultralink_data.store import dataset

    def fails(folder, *_, **__):
        (folder / "half").touch()
        raise RuntimeError("half way")

    monkeypatch.setattr(dataset, "write_into", fails)
    with pytest.raises(RuntimeError, match="half way"):
        execute(JOB, Store(tmp_path), silent)
    assert list((tmp_path / "datasets").iterdir()) == []


def test_what_a_killed_process_left_of_a_key_goes_when_it_is_made(tmp_path):
    store = Store(tmp_path)
    for name in (f".{JOB.key}.abc", f"..{JOB.key}.abc.def", f".{KEY}.abc"):
        (tmp_path / "datasets" / name).mkdir(parents=True)
    execute(JOB, store, silent)
    assert {path.name for path in (tmp_path / "datasets").glob(".*")} == {f".{KEY}.abc"}


def test_the_scratch_folder_goes_with_success(tmp_path):
    store = Store(tmp_path)
    (store.work(JOB.key) / "part").touch()
    execute(JOB, store, silent)
    assert list((tmp_path / "work").iterdir()) == []


def test_the_scratch_folder_of_a_process_killed_after_its_commit_goes_at_the_next_look(damageable):
    store, _ = damageable
    (store.work(JOB.key) / "checkpoint-12").mkdir()
    (store.work(KEY) / "checkpoint-12").mkdir()
    assert store.find("datasets", JOB.key) is not None
    assert store.find("datasets", KEY) is None
    assert [path.name for path in (store.root / "work").iterdir()] == [KEY]


@pytest.mark.parametrize(("options", "why"), [("size=64k", "No space left"), ("ro", "Read-only")])
def test_a_disk_that_cannot_be_written_is_named(tmp_path, options, why):
    with mounted(tmp_path / "disk", options) as disk:
        with pytest.raises(PrerequisiteError, match=why):
            execute(JOB, Store(disk / "runs"), silent)
        assert Store(disk / "runs").all_keys() == []
        assert list(disk.glob("runs/datasets/.*")) == []


# Locks


def hold(root, seconds, ready):
    with Store(root).lock(KEY):
        ready.set()
        time.sleep(seconds)
        (root / "order").write_text("first")


def test_a_second_process_waits_for_the_lock(tmp_path):
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    holder = context.Process(target=hold, args=(tmp_path, 0.5, ready))
    holder.start()
    assert ready.wait(30)
    assert Store(tmp_path).is_locked(KEY)
    waited = []
    with Store(tmp_path).lock(KEY, lambda: waited.append(True)):
        assert (tmp_path / "order").read_text() == "first"
    holder.join()
    assert waited == [True]
    assert not Store(tmp_path).is_locked(KEY)


def test_a_killed_holder_loses_the_lock(tmp_path):
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    holder = context.Process(target=hold, args=(tmp_path, 60, ready))
    holder.start()
    assert ready.wait(30)
    os.kill(holder.pid, 9)
    with Store(tmp_path).lock(KEY):
        pass
    holder.join()


def test_the_lock_of_an_unknown_key_is_free(tmp_path):
    assert not Store(tmp_path).is_locked(KEY)


def test_a_marker_from_before_keys_held_versions_is_still_whole(damageable):
    store, folder = damageable
    marker = msgspec.structs.replace(store.marker("datasets", JOB.key), packages=msgspec.UNSET)
    (folder / MARKER).write_bytes(msgspec.json.encode(sealed(marker)))
    assert "packages" not in msgspec.json.decode((folder / MARKER).read_bytes())
    assert store.find("datasets", JOB.key) == sealed(marker)
