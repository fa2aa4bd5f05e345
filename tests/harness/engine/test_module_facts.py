"""Facts of source files: read once, kept on disk, never stale."""

import os

import pytest

from harness.engine import module_facts
from harness.engine.module_facts import FactCache, FromImport, cache_file, read_facts

TEXT = b'"""What."""\nimport os.path\n\ndef f():\n    from .. import a, b\n    return a + b\n'


@pytest.fixture
def reads(monkeypatch):
    """Names of the files that were parsed."""
    parsed = []

    def read(text, name):
        parsed.append(name.rpartition("/")[2])
        return read_facts(text, name)

    monkeypatch.setattr(module_facts, "read_facts", read)
    return parsed


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "a.py"
    path.write_bytes(TEXT)
    return path


def test_imports_are_found_wherever_they_stand():
    facts = read_facts(TEXT, "a.py")
    assert facts.imports == ("os.path",)
    assert facts.froms == (FromImport(2, "", ("a", "b")),)
    assert not facts.looks_for_modules
    assert read_facts(b'for p in here.glob("*.py"): pass', "a.py").looks_for_modules


def test_the_texts_below_fields_are_no_code_and_the_fields_are():
    text = b'class C:\n    a: int = 1\n    """What a is."""\n'
    code = read_facts(text, "c.py").code
    assert read_facts(text.replace(b"What a", b"All that a"), "c.py").code == code
    assert read_facts(text.replace(b"= 1", b"= 2"), "c.py").code != code


def test_a_second_process_parses_nothing(source, tmp_path, reads):
    first = FactCache(tmp_path / "facts.json")
    facts = first.of(source)
    first.save()
    assert FactCache(tmp_path / "facts.json").of(source) == facts
    assert reads == ["a.py"]


def test_a_changed_file_is_read_again_even_with_its_old_time(source, tmp_path, reads):
    cache = FactCache(tmp_path / "facts.json")
    before, stat = cache.of(source), source.stat()
    cache.save()
    source.write_bytes(TEXT.replace(b"a + b", b"a - b"))
    os.utime(source, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert FactCache(tmp_path / "facts.json").of(source).code != before.code
    assert cache.of(source).code != before.code
    assert reads == ["a.py", "a.py", "a.py"]


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b'["other", {}]', b'{"a": 1}'])
def test_a_damaged_cache_counts_as_none(source, tmp_path, reads, content):
    (tmp_path / "facts.json").write_bytes(content)
    cache = FactCache(tmp_path / "facts.json")
    assert cache.of(source) == module_facts.read_facts(TEXT, "a.py")
    cache.save()
    FactCache(tmp_path / "facts.json").of(source)
    assert reads == ["a.py", "a.py"]


def test_facts_of_other_code_or_another_python_do_not_count(source, tmp_path, reads, monkeypatch):
    cache = FactCache(tmp_path / "facts.json")
    cache.of(source)
    cache.save()
    monkeypatch.setattr(module_facts, "_maker", lambda: "another")
    FactCache(tmp_path / "facts.json").of(source)
    assert reads == ["a.py", "a.py"]


def test_a_cache_that_cannot_be_written_is_no_error(source, tmp_path):
    (tmp_path / "file").write_text("")
    cache = FactCache(tmp_path / "file" / "facts.json")
    cache.of(source)
    cache.save()


def test_a_full_cache_keeps_what_is_used(source, tmp_path, reads, monkeypatch):
    monkeypatch.setattr(module_facts, "_MOST", 1)
    for text in (TEXT, b"x = 1\n"):
        source.write_bytes(text)
        cache = FactCache(tmp_path / "facts.json")
        cache.of(source)
        cache.save()
    FactCache(tmp_path / "facts.json").of(source)
    assert reads == ["a.py", "a.py"]
    source.write_bytes(TEXT)
    FactCache(tmp_path / "facts.json").of(source)
    assert len(reads) == 3


def test_the_cache_lies_in_the_users_cache_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_file().parent == tmp_path / "ultralink-bench"
