"""What a marker says of what is there: absent, damaged, other or done."""

import hashlib

import msgspec
import pytest

from ultralink_data.completion import (
    FileMark,
    differing,
    file_fault,
    hash_file,
    key_of,
    look,
    mark_file,
    marker_text,
    sealed,
    taken,
)


class Made(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The smallest marker."""

    key: str
    marks: tuple[FileMark, ...]
    seal: str = ""


@pytest.fixture
def made(tmp_path):
    """A folder with two files and a marker of the key `k`; its path."""
    for name in ("a", "b"):
        (tmp_path / name).write_text(name * 10)
    marks = tuple(mark_file(tmp_path / name, tmp_path) for name in ("a", "b"))
    (tmp_path / "done.json").write_bytes(marker_text(Made(key="k", marks=marks)))
    return tmp_path / "done.json"


def state(path, key="k", **options):
    return look(path, Made, key, **options).state


def test_a_whole_output_of_this_key_is_done(made):
    found = look(made, Made, "k")
    assert found.state == "done"
    assert found.done == found.marker
    assert [mark.name for mark in found.marker.marks] == ["a", "b"]


def test_without_a_marker_nothing_is_done_whatever_files_are_there(made):
    made.unlink()
    assert state(made) == "absent"
    assert state(made / "no" / "such.json") == "absent"


def test_another_key_is_other_and_not_done(made):
    found = look(made, Made, "another")
    assert (found.state, found.done) == ("other", None)
    assert found.marker is not None


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b'{"key": "k"}', b'{"key":"k","x":1}'])
def test_a_marker_that_cannot_be_read_is_damaged_and_named(made, text):
    made.write_bytes(text)
    found = look(made, Made, "k")
    assert (found.state, found.marker) == ("damaged", None)
    assert str(found.fault).startswith(f"{made} is unreadable (")


def change(path):
    path.write_text("b" * 9 + "c")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (change, "is not what was stored: sha256 "),
        (lambda path: path.write_text("b"), "is not what was stored: 1 bytes instead of 10"),
        (lambda path: path.unlink(), "cannot be read (No such file or directory)"),
    ],
)
def test_a_file_that_is_not_as_marked_is_named(made, damage, said):
    damage(made.parent / "b")
    found = look(made, Made, "k")
    assert (found.state, found.done) == ("damaged", None)
    assert str(found.fault).startswith(f"{made.parent / 'b'} {said}")


def test_a_file_of_the_same_size_is_told_only_by_its_hash(made):
    change(made.parent / "b")
    assert state(made, hashed=lambda marker: False) == "done"
    (made.parent / "b").write_text("")
    assert state(made, hashed=lambda marker: False) == "damaged"


def test_an_owned_file_that_is_not_marked_is_named(made):
    (made.parent / "c").touch()
    assert state(made) == "done"
    found = look(made, Made, "k", owned=lambda: sorted(made.parent.iterdir()))
    assert str(found.fault) == f"{made.parent / 'c'} is not in done.json: it was added later"


def test_a_broken_seal_is_damage(made):
    marker = sealed(look(made, Made, "k").marker)
    made.write_bytes(marker_text(marker))
    assert state(made) == "done"
    made.write_bytes(marker_text(msgspec.structs.replace(marker, key="another")))
    assert state(made, "another") == "damaged"


def test_a_marker_from_before_there_were_seals_passes(made):
    assert look(made, Made, "k").marker.seal == ""
    assert state(made) == "done"


def test_a_mark_without_a_size_is_checked_by_its_hash(made):
    path = made.parent / "a"
    assert file_fault(path, FileMark(name="a", sha256=hash_file(path))) is None
    assert file_fault(path, FileMark(name="a", sha256="0" * 64)).kind == "changed"


def test_a_hash_is_that_of_the_whole_file_and_counts_its_bytes(tmp_path):
    content = b"x" * ((1 << 20) + 7)
    (tmp_path / "x").write_bytes(content)
    read = []
    assert hash_file(tmp_path / "x", read.append) == hashlib.sha256(content).hexdigest()
    assert read == [1 << 20, 7]


def test_every_part_of_a_key_counts_and_the_order_of_names_does_not():
    assert key_of({"a": 1, "b": 2}, "x") == key_of({"b": 2, "a": 1}, "x")
    parts = [("ab", "c"), ("a", "bc"), ("abc",), ("ab", None), ("c", "ab")]
    keys = [key_of(*part) for part in parts]
    assert len(set(keys)) == len(keys)


def test_the_error_says_why_what_is_there_is_not_it(made):
    out = made.parent
    other = look(made, Made, "z")
    refused = taken(out, other, hint="move it away", by="ground", others=["settings"])
    assert refused.message == f"{out} exists already, made by `ground` with other settings"
    assert refused.hint == "move it away"
    three = taken(out, other, hint="", others=["input", "code", "regex 1 (now 2)"]).message
    assert three == f"{out} exists already, made with other input, code and regex 1 (now 2)"
    assert taken(out, other, hint="", by="x").message == f"{out} exists already, made by `x`"
    (out / "a").unlink()
    damaged = taken(out, look(made, Made, "k"), hint="")
    gone = f"{out / 'a'} cannot be read (No such file or directory)"
    assert damaged.message == f"{out} exists already, but {gone}"
    made.unlink()
    foreign = taken(out, look(made, Made, "k"), hint="")
    assert foreign.message == f"{out} exists already, and no done.json says what made it"


def test_what_differs_is_named_and_versions_are_given():
    made = {"input": 1, "code": "a", "packages": {"regex": "1", "numpy": "2", "gone": "3"}}
    now = {"input": 1, "code": "b", "packages": {"regex": "1", "numpy": "2.1", "new": "4"}}
    assert differing(made, made) == []
    assert differing(made, now) == [
        "code",
        "gone 3 (now not used)",
        "new of unknown version (now 4)",
        "numpy 2 (now 2.1)",
    ]
