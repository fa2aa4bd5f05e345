"""Dumps of every version, whole and cut."""

import bz2
import gzip
import random

import pytest

from ultralink_data.errors import DataError, PrerequisiteError
from ultralink_data.wiki.dump import Dump, RawPage

PAGE = """<page><title>{title}</title>{ns}<id>{n}</id>{redirect}<revision><id>9{n}</id>
<contributor><id>5</id></contributor><text xml:space="preserve">{text}</text></revision></page>"""
NAMESPACES = """<siteinfo><namespaces><namespace key="0"/><namespace key="4">Proyecto</namespace>
</namespaces></siteinfo>"""


def page(n: int, title: str = "T", text: str = "x", ns: str = "<ns>0</ns>", redirect: str = ""):
    return PAGE.format(n=n, title=title, text=text, ns=ns, redirect=redirect)


def dump(*pages: str, xmlns: str = ' xmlns="http://www.mediawiki.org/xml/export-0.10/"') -> str:
    return f'<mediawiki{xmlns} xml:lang="es">{NAMESPACES}{"".join(pages)}</mediawiki>'


def read(tmp_path, text: str | bytes, name: str = "d.xml") -> list[RawPage]:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(Dump(path, "es").pages())


def test_a_page_has_its_own_id_and_revision_not_its_contributors(tmp_path):
    (found,) = read(tmp_path, dump(page(7, "Río", "agua &amp; sal")))
    assert (found.id, found.title, found.revision) == ("es:7", "Río", "97")
    assert (found.text, found.namespace, found.redirect) == ("agua & sal", 0, False)


def test_namespaces_and_redirects_are_told(tmp_path):
    found = read(
        tmp_path,
        dump(
            page(1, ns="<ns>4</ns>"),
            page(2, redirect='<redirect title="x"/>'),
            page(3, text="#REDIRECCIÓN [[x]]"),
            page(4, text="# una lista"),
        ),
    )
    assert [p.namespace for p in found] == [4, 0, 0, 0]
    assert [p.redirect for p in found] == [False, True, True, False]


@pytest.mark.parametrize(
    ("title", "namespace"),
    [("Proyecto:A", 4), ("Wikipedia:A", -1), ("Anexo:A", -1), ("2001: una odisea", 0), ("A", 0)],
)
def test_without_ns_the_namespace_is_the_prefix(tmp_path, title, namespace):
    (found,) = read(tmp_path, dump(page(1, title, ns="")))
    assert found.namespace == namespace


def test_a_namespace_that_is_no_number_is_the_prefix(tmp_path):
    pages = (page(1, "Proyecto:A", ns="<ns></ns>"), page(2, ns="<ns>x</ns>"))
    text = dump(*pages).replace("<namespace key", '<namespace key="x">Q</namespace><namespace key')
    assert [p.namespace for p in read(tmp_path, text)] == [4, 0]


def test_wrong_xml_is_told_with_its_place(tmp_path):
    *pages, last = read(tmp_path, dump(page(1), page(2, text="a\n b\x01"), page(3)))
    assert [p.id for p in pages] == ["es:1"]
    assert last.cut == "after 1 whole pages: not well-formed (invalid token) at line 5, column 2"


def test_a_damaged_gz_is_told(tmp_path):
    texts = (random.Random(n).randbytes(6000).hex() for n in range(100))
    whole = gzip.compress(dump(*(page(n, text=text) for n, text in enumerate(texts))).encode())
    at = len(whole) // 50
    damaged = whole[:at] + b"\xff" * 2000 + whole[at + 2000 :]
    *pages, last = read(tmp_path, damaged, "d.xml.gz")
    assert [p.id for p in pages] == [f"es:{n}" for n in range(len(pages))]
    assert last.cut is not None
    with pytest.raises(DataError, match="no complete page") as error:
        read(tmp_path, whole[:10] + b"\xff" * 2000, "d.xml.gz")
    assert "ends within its first page" in error.value.hint


@pytest.mark.parametrize("head", ["", '<?xml version="1.0"?>\n', "\n   "])
def test_a_bare_page_is_read(tmp_path, head):
    assert [p.id for p in read(tmp_path, head + page(1) + page(2))] == ["es:1", "es:2"]


def test_several_streams_in_one_bz2_are_read(tmp_path):
    whole = dump(*(page(n) for n in range(100))).encode()
    streams = b"".join(bz2.compress(whole[i : i + 3000]) for i in range(0, len(whole), 3000))
    assert len(read(tmp_path, streams, "d.xml.bz2")) == 100


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.97])
def test_what_is_whole_of_a_cut_dump_is_kept_and_the_cut_is_told(tmp_path, share, compressed):
    whole = dump(
        *(page(n, text=random.Random(n).randbytes(6000).hex()) for n in range(300))
    ).encode()
    data = bz2.compress(whole) if compressed else whole
    name = "d.xml.bz2" if compressed else "d.xml"
    *pages, last = read(tmp_path, data[: int(len(data) * share)], name)
    assert [p.id for p in pages] == [f"es:{n}" for n in range(len(pages))]
    assert 0 < len(pages) < 300
    assert last.cut is not None
    assert last.cut.startswith(f"after {len(pages)} whole pages")
    assert all(p.cut is None for p in pages)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("<html><body/></html>", "its root is <html>"),
        ("no XML", "no complete page"),
        ("", "no complete page"),
        (dump(), "no page"),
        (dump("<page><title>\x01"), "no complete page: .*line 2"),
        ('<!DOCTYPE x [<!ENTITY a "aa">]>' + "<mediawiki/>", "has a document type"),
    ],
)
def test_what_is_no_dump_is_refused(tmp_path, content, what):
    with pytest.raises(DataError, match=what):
        read(tmp_path, content)


def test_a_file_that_is_no_bz2_is_refused(tmp_path):
    with pytest.raises(PrerequisiteError, match="cannot read"):
        read(tmp_path, dump(page(1)), "d.xml.bz2")


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(PrerequisiteError, match="No such file"):
        list(Dump(tmp_path / "none.xml", "es").pages())


REAL = {
    "enwiki_gensim-pages-articles1-shortened.xml.bz2": (206, 205, 100),
    "eswiki_wikidump2html-2010.xml": (10, 9, 0),
    "frwiki_pignlproc-20101103-sample.xml": (6, 6, 1),
    "zhwiki_wikiclean-20150423-id13.xml": (1, 1, 0),
    "frwiki_wikiclean-20121230-id3.xml": (1, 1, 0),
    "arwiki_dbpedia-minidump.xml.bz2": (3, 3, 0),
}


@pytest.mark.parametrize("name", REAL)
def test_real_fragments_have_the_pages_that_they_say(benchmarks, name):
    found = list(Dump(benchmarks / "wikipedia" / name, name[:2]).pages())
    articles = [p for p in found if p.namespace == 0]
    assert (len(found), len(articles), sum(p.redirect for p in found)) == REAL[name]


def test_a_real_dump_cut_in_mid_page_gives_its_262_whole_pages(benchmarks):
    path = benchmarks / "wikipedia" / "extra" / "jawiki_wp2txt-testdata-truncated.xml.bz2"
    *pages, last = Dump(path, "ja").pages()
    assert len(pages) == 262
    assert last.cut is not None
