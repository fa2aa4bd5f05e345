"""A folder's files get a second name; where links cannot be made, they are copied."""

import os

import pytest

from ultralink_data.linked import link_file, link_folder


def test_all_files_have_a_second_name_and_no_second_copy(tmp_path):
    (tmp_path / "a" / "deep").mkdir(parents=True)
    (tmp_path / "a" / "deep" / "x").write_text("x")
    link_folder(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b" / "deep" / "x").samefile(tmp_path / "a" / "deep" / "x")


def test_where_links_are_refused_files_are_copied(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    (tmp_path / "x").write_text("x")
    link_file(tmp_path / "x", tmp_path / "y")
    assert (tmp_path / "y").read_text() == "x"
    assert not (tmp_path / "y").samefile(tmp_path / "x")


def test_a_name_that_is_taken_is_not_overwritten(tmp_path):
    (tmp_path / "x").write_text("x")
    (tmp_path / "y").write_text("y")
    with pytest.raises(FileExistsError):
        link_file(tmp_path / "x", tmp_path / "y")
    assert (tmp_path / "y").read_text() == "y"
