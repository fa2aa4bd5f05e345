"""When a store counts as changed."""

import pytest
from report_examples import record

from harness.serving.store_watch import mark_of, watch
from leaderboard.collection import load
from leaderboard.records import write_record
from ultralink_data.errors import DataError, PrerequisiteError


class Enough(Exception):
    """Ends a watch."""


@pytest.fixture
def store(tmp_path):
    write_record(tmp_path / "reports" / "one" / "a.json", record())
    return tmp_path


def watched(store, steps, *, known=None, failing=0):
    """The builds and faults of a watch in which `steps` happen while it rests, one at a time."""
    events, waiting, failures = [], iter(steps), iter([True] * failing)

    def rest(_):
        step = next(waiting, None)
        if step is None:
            raise Enough
        step()

    def rebuild():
        if next(failures, False):
            raise DataError("damaged", hint="mend it")
        events.append("built")

    with pytest.raises(Enough):
        watch(
            store,
            mark_of(store) if known is None else known,
            rebuild,
            lambda error: events.append(error.message),
            rest=rest,
        )
    return events


def nothing():
    pass


def test_it_builds_again_when_a_record_is_added_changed_or_removed(store):
    path = store / "reports" / "two" / "b.json"

    def add():
        write_record(path, record(run_id="b"))

    def change():
        write_record(path, record(run_id="longer"))

    assert watched(store, [nothing, nothing]) == []
    assert watched(store, [add, nothing, nothing]) == ["built"]
    assert watched(store, [change, nothing, path.unlink, nothing, nothing]) == ["built", "built"]


def test_other_folders_of_the_store_do_not_count(store):
    def add():
        write_record(store / "answers" / "x.json", record())
        write_record(store / "evals" / "key" / "x.json", record())
        (store / "reports" / "one" / "table.md").write_text("new")

    assert watched(store, [add, nothing]) == []


def test_records_that_come_one_after_the_other_are_built_once(store):
    def adding(number):
        return lambda: write_record(store / "reports" / "two" / f"{number}.json", record())

    assert watched(store, [*map(adding, range(4)), nothing, nothing]) == ["built"]


def test_what_came_while_the_first_pages_were_made_is_built(store):
    assert watched(store, [nothing, nothing], known=frozenset()) == ["built"]


def test_a_build_that_fails_is_told_and_tried_again_after_a_change(store):
    def add(name):
        return lambda: write_record(store / "reports" / "two" / name, record())

    steps = [add("a.json"), nothing, nothing, add("b.json"), nothing, nothing]
    assert watched(store, steps, failing=1) == ["damaged", "built"]


def test_a_store_that_vanishes_is_a_change(store):
    def remove():
        for path in sorted(store.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()

    assert watched(store, [remove, nothing, nothing]) == ["built"]


def test_a_store_that_goes_and_comes_back_is_followed(store):
    aside = store.with_name("aside")
    events = []
    steps = iter(
        (
            lambda: store.rename(aside),
            nothing,
            nothing,
            lambda: aside.rename(store),
            nothing,
            nothing,
        )
    )

    def rest(_):
        step = next(steps, None)
        if step is None:
            raise Enough
        step()

    def rebuild():
        events.append(len(load(store).runs))

    def failed(error):
        events.append(type(error))

    with pytest.raises(Enough):
        watch(store, mark_of(store), rebuild, failed, rest=rest)
    assert events == [PrerequisiteError, 1]


def test_a_file_that_cannot_be_read_is_told_and_does_not_end_the_watch(store):
    told = []

    def rest(_):
        if told:
            raise Enough

    def rebuild():
        raise OSError(5, "Input/output error", "x.json")

    with pytest.raises(Enough):
        watch(store, frozenset(), rebuild, lambda error: told.append(error.message), rest=rest)
    assert told == ["cannot read x.json: Input/output error"]
