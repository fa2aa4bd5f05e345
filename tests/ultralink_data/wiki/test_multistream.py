"""Multistream dumps by their index: the same pages in the same places, and no foreign index."""

import bz2
from pathlib import Path

import pytest

from ultralink_data.errors import DataError, PrerequisiteError
from ultralink_data.wiki.dump import Dump, RawPage
from ultralink_data.wiki.extract_config import ExtractConfig
from ultralink_data.wiki.multistream import (
    Stream,
    _pages,
    extract_stream,
    head,
    said_language,
    streams,
)

HEAD = b'<mediawiki xml:lang="es"><siteinfo><namespaces></namespaces></siteinfo>\n'
PAGE = (
    "<page><title>T{n}</title><ns>0</ns><id>{n}</id><revision><id>1</id><text>El texto {n}.</text>"
    "</revision></page>\n"
)


def write(folder: Path, sizes: tuple[int, ...] = (3, 3, 1), name: str = "d.xml.bz2"):
    """A multistream dump of streams of so many pages, ids 100 and on, and its index."""
    parts = [bz2.compress(HEAD)]
    lines = []
    number = 100
    for size in sizes:
        offset = sum(map(len, parts))
        pages = range(number, number + size)
        lines += [f"{offset}:{n}:Título: {n}\n" for n in pages]
        parts.append(bz2.compress("".join(PAGE.format(n=n) for n in pages).encode()))
        number += size
    parts.append(bz2.compress(b"</mediawiki>"))
    folder.mkdir(parents=True, exist_ok=True)
    dump, index = folder / name, folder / "index.txt"
    dump.write_bytes(b"".join(parts))
    index.write_text("".join(lines), encoding="utf-8")
    return dump, index, [sum(map(len, parts[:n])) for n in range(len(parts) + 1)]


def read(dump: Path, index: Path) -> list[tuple[int, RawPage]]:
    opening = head(index, dump)
    return [
        (n, page)
        for stream in streams(index, dump)
        for n, page in enumerate(_pages(stream, dump, index, "es", opening), stream.first)
    ]


def test_streams_have_their_borders_places_and_ids(tmp_path):
    dump, index, borders = write(tmp_path)
    assert list(streams(index, dump)) == [
        Stream(offset=borders[1], end=borders[2], first=0, ids=("100", "101", "102")),
        Stream(offset=borders[2], end=borders[3], first=3, ids=("103", "104", "105")),
        Stream(offset=borders[3], end=None, first=6, ids=("106",)),
    ]


def test_the_index_gives_what_the_whole_dump_gives(tmp_path):
    dump, index, _ = write(tmp_path)
    assert read(dump, index) == list(enumerate(Dump(dump, "es").pages()))
    packed = tmp_path / "index.txt.bz2"
    packed.write_bytes(bz2.compress(index.read_bytes()))
    assert read(dump, packed) == list(enumerate(Dump(dump, "es").pages()))


def test_the_head_names_the_language(tmp_path):
    dump, index, _ = write(tmp_path)
    assert said_language(head(index, dump), dump, "fr") == "es"


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("within", [0, 5, -5])
def test_a_dump_cut_anywhere_gives_the_same_as_without_its_index(tmp_path, place, within):
    dump, index, borders = write(tmp_path)
    cut = borders[place + 1] + within
    if cut >= borders[-1] or cut < borders[2]:
        pytest.skip("whole, or nothing left of the first stream")
    dump.write_bytes(dump.read_bytes()[:cut])
    assert read(dump, index) == list(enumerate(Dump(dump, "es").pages()))
    assert read(dump, index)[-1][1].cut is not None


def test_a_stream_is_extracted_in_its_places(tmp_path):
    dump, index, _ = write(tmp_path)
    stream = list(streams(index, dump))[1]
    config = ExtractConfig(min_tokens=0)
    found = extract_stream(stream, dump, index, "es", head(index, dump), config)
    assert [(n, language) for n, language, _ in found] == [(3, "es"), (4, "es"), (5, "es")]
    assert [outcome.accepted[0].id for _, _, outcome in found] == ["es:103", "es:104", "es:105"]


def change(index: Path, old: str, new: str) -> None:
    text = index.read_text(encoding="utf-8")
    assert old in text
    index.write_text(text.replace(old, new), encoding="utf-8")


def test_the_index_of_another_dump_is_refused(tmp_path):
    dump, _, _ = write(tmp_path / "a")
    _, index, _ = write(tmp_path / "b", (2, 4, 1))
    with pytest.raises(DataError, match="is not this dump's index"):
        read(dump, index)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (":104:", ":204:", "page 104 stands in the place of 204"),
        ("{3}:106:Título: 106\n", "", "pages after its last stream"),
        ("{1}:102:Título: 102\n", "", "page 102 stands in the place of none"),
        ("{1}:102:", "{1}:102:x\n{1}:999:", "page 999 is not at byte"),
        ("{2}:103:Título: 103\n{2}:104:Título: 104\n{2}:105:Título: 105\n", "", "leaves out"),
        ("{1}:", "7:", "has pages before byte 7, or no head"),
        ("{2}:", "5000000:", "leaves out a stream"),
        ("{3}:106", "{3}9:106", "no stream begins|no whole stream|page 103|leaves out"),
        ("{2}:104:", "{2}:x:", "index.txt:5: .* is not a line of an index"),
    ],
)
def test_a_wrong_index_is_refused_with_what_is_wrong(tmp_path, old, new, what):
    dump, index, borders = write(tmp_path)
    places = {f"{{{n}}}": str(border) for n, border in enumerate(borders)}
    for mark, border in places.items():
        old, new = old.replace(mark, border), new.replace(mark, border)
    change(index, old, new)
    with pytest.raises(DataError, match=what):
        read(dump, index)


def test_an_empty_or_missing_index_is_refused(tmp_path):
    dump, index, _ = write(tmp_path)
    index.write_text("")
    with pytest.raises(DataError, match=r"no head|is empty"):
        read(dump, index)
    with pytest.raises(PrerequisiteError, match="cannot read"):
        read(dump, tmp_path / "none.txt")
