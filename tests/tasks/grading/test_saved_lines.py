"""Lines of saved outputs: byte order marks, and languages that contradict the command's."""

import codecs
import gzip
from pathlib import Path

import pytest

from tasks.grading.saved_lines import check_name, other_language, saved_lines
from ultralink_data.errors import ConfigError, DataError

KNOWN = ("en", "es", "fr")


def test_a_byte_order_mark_is_taken_and_a_packed_file_unpacked(tmp_path):
    marked, packed, wide = (tmp_path / name for name in ("a.jsonl", "b.jsonl.gz", "c.jsonl"))
    marked.write_bytes(codecs.BOM_UTF8 + b"{}\n{}")
    packed.write_bytes(gzip.compress(b"{}\n[]"))
    wide.write_bytes("{}".encode("utf-16"))
    assert saved_lines(marked) == [b"{}", b"{}"]
    assert saved_lines(packed) == [b"{}", b"[]"]
    with pytest.raises(DataError, match=r"c\.jsonl is UTF-16"):
        saved_lines(wide)
    packed.write_bytes(packed.read_bytes()[:-9])
    with pytest.raises(DataError, match=r"cannot read .*b\.jsonl\.gz"):
        saved_lines(packed)


@pytest.mark.parametrize("name", ["mgsm_fr.jsonl", "model.jsonl", "en-fr.jsonl", "fr_of_en", "frx"])
def test_names_that_fit(name):
    check_name(Path("es") / name, "fr", KNOWN)


@pytest.mark.parametrize("name", ["mgsm_es.jsonl", "es-model.jsonl.gz", "a.en.jsonl"])
def test_names_that_contradict(name):
    with pytest.raises(ConfigError, match="to be graded as fr"):
        check_name(Path("fr") / name, "fr", KNOWN)


def test_rows_that_contradict():
    assert other_language(None, "fr") == other_language("fr", "fr") == ""
    assert other_language("en", "fr") == "the row's language is 'en', not fr"
    assert "7" in other_language(7, "fr")
