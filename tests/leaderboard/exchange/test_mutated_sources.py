"""Any value of a source replaced by another is an import or an error, and never a bug."""

import copy
import json
import random

import pytest
from exchanged import CASES

from leaderboard.exchange.import_files import ImportOptions, read_sources
from leaderboard.exchange.source_runs import files_of
from ultralink_data.errors import BenchError

ODD = (
    None,
    True,
    -1,
    0,
    3,
    10**400,
    1e308,
    float("nan"),
    "",
    "a\ud800",
    "x" * 300,
    [],
    {},
    [1],
    {"a": 1},
)


def places(value, at=()):
    """The places of all values in a JSON value."""
    yield at
    inside = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, one in inside:
        yield from places(one, (*at, key))


def replaced(value, at, new):
    """A copy with another value at one place."""
    made = copy.deepcopy(value)
    into = made
    for key in at[:-1]:
        into = into[key]
    into[at[-1]] = new
    return made


def sources():
    """Name, content and line of what is changed: results, logs, records, and lines of samples."""
    for path in [
        *sorted((CASES / "lm_eval" / "a").iterdir()),
        CASES / "inspect" / "log.json",
        *sorted((CASES / "eee").glob("*[0-9a-f].json")),
        *sorted((CASES / "eee").glob("*_samples.jsonl")),
    ]:
        yield pytest.param(path, id=path.name)


def error_of(path, form):
    """The error of reading a source and making its files, or None."""
    try:
        for run in read_sources([path], ImportOptions(form=form)):
            files_of(run)
    except BenchError as error:
        return error
    return None


@pytest.mark.parametrize("path", [*sources()])
def test_no_value_is_a_bug(path, tmp_path):
    drawn = random.Random(path.name)
    for beside in path.parent.iterdir():
        if not beside.name.endswith("schema.json"):
            (tmp_path / beside.name).write_bytes(beside.read_bytes())
    first, mark, rest = (
        path.read_text().partition("\n") if path.suffix == ".jsonl" else (path.read_text(), "", "")
    )
    content = json.loads(first)
    known = [at for at in places(content) if at and "events" not in at and "configs" not in at]
    read = 0
    for at in drawn.sample(known, min(12, len(known))):
        for odd in drawn.sample(ODD, 2):
            changed = json.dumps(replaced(content, at, odd)) + mark + rest
            (tmp_path / path.name).write_text(changed)
            read += error_of(tmp_path, "auto") is None
    assert read  # some values are no matter, so that the others are errors for a reason


def test_bytes_cut_anywhere_are_no_bug(tmp_path):
    for path in (CASES / "eee").glob("06*.json*"):
        whole = path.read_bytes()
        for end in range(0, len(whole), 97):
            (tmp_path / path.name).write_bytes(whole[:end])
            error = error_of(tmp_path / path.name, "eee")
            assert error is None or str(tmp_path) in error.message
