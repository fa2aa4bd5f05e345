"""Articles that were extracted elsewhere: JSONL, WikiExtractor's two forms, Parquet, folders."""

import bz2
import gzip
import json
from pathlib import Path

import pytest

from ultralink_data.errors import ConfigError, DataError, PrerequisiteError
from ultralink_data.wiki.dump import RawPage
from ultralink_data.wiki.page_source import PageSource
from ultralink_data.wiki.plain_text import lines_of

ROWS = [
    {"id": "1", "url": "https://x/1", "title": "Río", "text": "Un río & más.\n\nSección\n\nFin."},
    {"id": "2", "url": "https://x/2", "title": "Mar", "text": "El mar."},
]
DOCS = """<doc id="1" url="https://x/1" title="Río "A" > B">
Río "A" > B

Un río &amp; más: 1 &lt; 2.
Fin.

</doc>
<doc id="2" url="https://x/2" title="Mar">
Mar

El mar.
</doc>
"""


def jsonl(*rows: object) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def write_parquet(path: Path, rows: list[dict[str, str | None]], group: int = 1) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=group)
    return path


def read(path: Path, format: str | None = None) -> list[RawPage]:
    return list(PageSource(path, "es", format).pages())


def said(pages: list[RawPage]) -> list[tuple[str, str, str]]:
    return [(page.id, page.title, page.text) for page in pages]


EXPECTED = [("es:1", "Río", ROWS[0]["text"]), ("es:2", "Mar", "El mar.")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", jsonl(*ROWS)),
        ("a.jsonl.gz", gzip.compress(jsonl(*ROWS), mtime=0)),
        ("a.jsonl.bz2", bz2.compress(jsonl(*ROWS))),
        ("unnamed", jsonl(*ROWS)),
        ("numbers.json", jsonl({**ROWS[0], "id": 1}, {**ROWS[1], "id": 2})),
        ("blank.jsonl", jsonl(ROWS[0]) + b"\n" + jsonl(ROWS[1])),
    ],
)
def test_jsonl_is_read_whatever_its_name(tmp_path, name, content):
    pages = read(write(tmp_path / name, content))
    assert said(pages) == EXPECTED
    assert all(page.plain and page.namespace == 0 and not page.redirect for page in pages)


def test_a_revision_is_kept_under_both_names(tmp_path):
    rows = jsonl({**ROWS[0], "revision": 77}, {**ROWS[1], "revid": "88"}, {**ROWS[0], "revid": ""})
    assert [page.revision for page in read(write(tmp_path / "a", rows))] == ["77", "88", None]


def test_wikiextractors_json_is_freed_of_entities_and_other_json_is_not(tmp_path):
    rows = jsonl({**ROWS[0], "text": "1 &lt; 2", "revid": "5"}, {**ROWS[0], "text": "a &lt; b"})
    assert [page.text for page in read(write(tmp_path / "a", rows))] == ["1 < 2", "a &lt; b"]


@pytest.mark.parametrize("name", ["wiki_00", "wiki_00.bz2", "any.txt"])
def test_docs_are_read_without_the_title_line(tmp_path, name):
    content = bz2.compress(DOCS.encode()) if name.endswith("bz2") else DOCS.encode()
    first, second = read(write(tmp_path / name, content))
    assert (first.id, first.title) == ("es:1", 'Río "A" > B')
    assert lines_of(first.text) == "Un río & más: 1 < 2.\n\nFin.\n"
    assert (second.id, lines_of(second.text)) == ("es:2", "El mar.\n")


def test_a_folder_of_wikiextractor_is_read_in_order(tmp_path):
    for n, name in enumerate(("AB/wiki_00", "AA/wiki_01", "AA/wiki_00")):
        row = jsonl({"id": str(n), "revid": "1", "url": "u", "title": "T", "text": "x"})
        write(tmp_path / "out" / name, row if n else DOCS.encode())
    source = PageSource(tmp_path / "out", "es")
    assert source.format == "wikiextractor"
    assert [page.id for page in source.pages()] == ["es:2", "es:1", "es:1", "es:2"]
    assert [file.parent.name for file in source.files] == ["AA", "AA", "AB"]


def test_parquet_is_read_by_file_and_by_folder(tmp_path):
    write_parquet(tmp_path / "es" / "train-00000-of-00002.parquet", ROWS[:1])
    one = write_parquet(tmp_path / "es" / "train-00001-of-00002.parquet", ROWS[1:])
    assert said(read(tmp_path / "es")) == EXPECTED
    assert said(read(one)) == EXPECTED[1:]


def test_bad_rows_are_told_by_file_and_line_and_the_rest_is_read(tmp_path):
    bad = b'{"id": "3", "title": "T"}\n{"id": "4", "ti\n{"id": 5, "title": "T", "text": "\xff"}\n'
    pages = read(write(tmp_path / "a.jsonl", jsonl(ROWS[0]) + bad + jsonl(ROWS[1])))
    assert [page.bad is None for page in pages] == [True, False, False, False, True]
    assert [page.id for page in pages[1:4]] == [f"es:a.jsonl:{n}" for n in (2, 3, 4)]
    assert pages[1].bad == "a.jsonl:2: Object missing required field `text`"
    assert pages[2].bad is not None
    assert pages[2].bad.startswith("a.jsonl:3: ")


def test_bad_docs_are_told_by_file_and_line(tmp_path):
    content = DOCS.replace("</doc>\n<doc", "<doc") + "stray\n" + '<doc id="3" title="T">\nT\n'
    folder = tmp_path / "out"
    write(folder / "AA" / "wiki_00", content.encode())
    with pytest.raises(DataError, match=r"wiki_00:1: <doc> without </doc>"):
        read(folder)
    write(folder / "AA" / "wiki_00", (DOCS + 'stray\n<doc id="3">\nT\n').encode())
    bad = [page.bad for page in read(folder) if page.bad]
    assert bad == [
        "AA/wiki_00:13: outside of a <doc>: 'stray'",
        "AA/wiki_00:14: <doc> without </doc>, at the end of the file",
    ]


def test_an_article_with_a_line_that_is_not_utf8_is_a_bad_row(tmp_path):
    content = DOCS.encode().replace(b"Fin.", b"F\xffn.")
    bad, good = read(write(tmp_path / "wiki_00", content))
    assert bad.bad == "wiki_00:5: byte 1 is not UTF-8"
    assert (good.id, good.bad) == ("es:2", None)


def test_bad_parquet_rows_are_told(tmp_path):
    path = write_parquet(tmp_path / "a.parquet", [*ROWS, {**ROWS[0], "text": None}])
    assert [page.bad for page in read(path)] == [
        *(None, None),
        "a.parquet:3: id, title or text is empty",
    ]
    path = write_parquet(tmp_path / "b.parquet", [*ROWS * 100, {**ROWS[0], "text": None}], 50)
    assert [page.bad for page in read(path) if page.bad] == [
        "b.parquet:201: id, title or text is empty"
    ]


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.jsonl", b'{"id": "1"}\n', r"a.jsonl:1: Object missing required field `title`"),
        ("a.txt", b"just words", "has no known format; it begins with b'just words'"),
        ("a.txt", b"", "has no known format; it is empty"),
        ("a.parquet", b"PAR1 but no more", "is not a complete Parquet table"),
        ("a.jsonl.gz", gzip.compress(jsonl(*ROWS) * 50, mtime=0)[:-20], "is cut or damaged"),
    ],
)
def test_what_is_of_no_format_is_refused(tmp_path, name, content, what):
    with pytest.raises(DataError, match=what):
        read(write(tmp_path / name, content))


def test_a_table_without_its_columns_is_refused(tmp_path):
    path = write_parquet(tmp_path / "a.parquet", [{"id": "1", "content": "x"}])
    with pytest.raises(DataError, match="no column title, text, but id, content"):
        read(path)


def test_folders_of_nothing_and_of_several_kinds_are_refused(tmp_path):
    with pytest.raises(DataError, match="no file of a known kind"):
        read(tmp_path)
    write(tmp_path / "a.jsonl", jsonl(*ROWS))
    write(tmp_path / "AA" / "wiki_00", DOCS.encode())
    with pytest.raises(DataError, match="several kinds"):
        read(tmp_path)
    assert said(read(tmp_path, "jsonl")) == EXPECTED


def test_wrong_options_are_refused(tmp_path):
    with pytest.raises(ConfigError, match="unknown format 'xml'"):
        read(tmp_path, "xml")
    with pytest.raises(ConfigError, match="is a folder"):
        read(tmp_path, "mediawiki")
    with pytest.raises(PrerequisiteError, match="No such file"):
        read(tmp_path / "none.jsonl")
