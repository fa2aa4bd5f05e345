"""`data extract` from the command line."""

import bz2
import gzip
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from harness.cli import main
from harness.engine.source_hash import ROOT
from leaderboard.stage_tables import tables
from ultralink_data.documents import Page
from ultralink_data.stage.outcome import Rejected, StageManifest

MEMORY = 500 * 2**20

PROSE = "El río nace en las montañas del norte y cruza la llanura hasta llegar al mar. "
EXCLUDED = "La pornografía no es un tema de esta llanura. "
LONG = PROSE * 60


def write_dump(path: Path, texts: dict[str, str]) -> Path:
    pages = "".join(
        f"<page><title>{title}</title><ns>0</ns><id>{n}</id><revision><id>1</id><text>{text}</text>"
        "</revision></page>"
        for n, (title, text) in enumerate(texts.items())
    )
    path.write_text(f'<mediawiki xml:lang="es">{pages}</mediawiki>', encoding="utf-8")
    return path


def rows(path: Path, kind: type) -> list:
    return [msgspec.json.decode(line, type=kind) for line in path.read_bytes().splitlines()]


def extract(dump: Path, out: Path, *more: str) -> int:
    return main(["data", "extract", str(dump), "--languages", "es", "-o", str(out), *more])


def test_what_falls_out_has_its_reason(tmp_path, capsys):
    dump = write_dump(
        tmp_path / "d.xml",
        {
            "Bueno": f"'''Bueno'''.\n\n== Curso ==\n{LONG}",
            "Redirección": "#REDIRECCIÓN [[Bueno]]",
            "Significados": f"{{{{desambiguación}}}} {LONG}",
            "Vacío": "{{plantilla}}",
            "Corto": PROSE,
            "Largo": LONG * 20,
            "Inglés": "The river rises in the northern mountains and it runs to the sea. " * 80,
            "Palabra": LONG + EXCLUDED,
        },
    )
    assert extract(dump, tmp_path / "pages.jsonl") == 0
    (page,) = rows(tmp_path / "pages.jsonl", Page)
    assert (page.id, page.title, page.revision) == ("es:0", "Bueno", "1")
    assert page.text.startswith("Bueno.\n\nCurso\n\nEl río nace")
    rejected = rows(tmp_path / "pages.rejected.jsonl", Rejected)
    assert [r.reason for r in rejected] == [
        "redirect",
        "disambiguation",
        "empty",
        "too_short",
        "too_long",
        "wrong_language",
        "excluded_word",
    ]
    assert rejected[-1].detail == "pornografía"
    assert "8 rows in, 7 rejected" in capsys.readouterr().out


def test_processes_do_not_change_what_comes_out(tmp_path):
    dump = write_dump(tmp_path / "d.xml", {f"P{n}": f"{n} {LONG}" for n in range(100)})
    assert extract(dump, tmp_path / "one" / "p.jsonl") == 0
    assert extract(dump, tmp_path / "two" / "p.jsonl", "--processes", "2") == 0
    for name in ("p.jsonl", "p.rejected.jsonl", "p.manifest.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_cut_dump_gives_what_is_whole_and_says_so_every_time(tmp_path, capsys):
    dump = write_dump(tmp_path / "d.xml", {f"P{n}": LONG for n in range(30)})
    dump.write_bytes(dump.read_bytes()[: -len(LONG) - 50])
    for _ in range(2):
        assert extract(dump, tmp_path / "p.jsonl") == 3
        assert "ends within a page" in capsys.readouterr().err
    assert len(rows(tmp_path / "p.jsonl", Page)) == 29
    (cut,) = rows(tmp_path / "p.rejected.jsonl", Rejected)
    assert cut.reason == "cut_dump"
    assert cut.detail.startswith("after 29 whole pages")


def test_a_dump_that_names_another_language_is_taken_at_the_callers_word(
    benchmarks, tmp_path, capsys
):
    dump = benchmarks / "wikipedia" / "arwiki_dbpedia-minidump.xml.bz2"
    words = ["data", "extract", str(dump), "--languages", "ar", "-o", str(tmp_path / "p.jsonl")]
    assert main([*words, "--min-article-tokens", "100"]) == 0
    assert "says that it is in 'en'" in capsys.readouterr().err
    assert [page.title for page in rows(tmp_path / "p.jsonl", Page)] == ["برلين"]
    reasons = Counter(r.reason for r in rows(tmp_path / "p.rejected.jsonl", Rejected))
    assert reasons == {"wrong_language": 2}


@pytest.mark.parametrize(
    ("words", "code", "what"),
    [
        (["none.xml", "--languages", "es"], 3, "cannot read none.xml"),
        (["d.xml", "--languages", "xx"], 2, "unknown language 'xx'"),
        (
            [
                "d.xml",
                "--languages",
                "es",
                "--min-article-tokens",
                "9",
                "--max-article-tokens",
                "1",
            ],
            2,
            "got 9 and 1",
        ),
        (["d.xml", "--languages", "es", "--processes", "0"], 2, "--processes 0"),
        (["d.xml", "--languages", "es", "--format", "jsonl"], 3, "d.xml:1: "),
        (["d.xml.gz", "--languages", "es"], 3, "cannot read d.xml.gz"),
        (["d.txt", "--languages", "es"], 3, "is it a MediaWiki XML dump"),
    ],
)
def test_bad_input_is_named_and_leaves_nothing(tmp_path, monkeypatch, capsys, words, code, what):
    monkeypatch.chdir(tmp_path)
    write_dump(tmp_path / "d.xml", {"P": LONG})
    (tmp_path / "d.txt").write_text("no dump")
    (tmp_path / "d.xml.gz").write_bytes(gzip.compress(b"")[:10] + b"\xff" * 200)
    assert main(["data", "extract", *words, "-o", "out/p.jsonl"]) == code
    assert what in capsys.readouterr().err
    assert not list(tmp_path.glob("out/*"))


def write_multistream(folder: Path, pages: int, a_stream: int) -> tuple[Path, Path]:
    """A multistream dump of real prose and its index."""
    dump = write_dump(folder / "d.xml", {f"P{n}": f"{n} {LONG}" for n in range(pages)})
    head, *bodies = dump.read_text(encoding="utf-8").removesuffix("</mediawiki>").split("<page>")
    packed, lines = bz2.compress(head.encode()), []
    for start in range(0, pages, a_stream):
        numbers = range(start, min(pages, start + a_stream))
        lines += [f"{len(packed)}:{n}:P{n}\n" for n in numbers]
        packed += bz2.compress("".join(f"<page>{bodies[n]}" for n in numbers).encode())
    packed += bz2.compress(b"</mediawiki>")
    whole, index = folder / "d-multistream.xml.bz2", folder / "d-multistream-index.txt"
    whole.write_bytes(packed)
    index.write_text("".join(lines), encoding="utf-8")
    return whole, index


def test_an_index_and_processes_do_not_change_what_comes_out(tmp_path):
    dump, index = write_multistream(tmp_path, 60, 7)
    ways = ([], ["--index", str(index)], ["--index", str(index), "--processes", "2"])
    for n, words in enumerate(ways):
        assert extract(dump, tmp_path / str(n) / "p.jsonl", *words) == 0
    for name in ("p.jsonl", "p.rejected.jsonl", "p.manifest.json"):
        assert len({(tmp_path / str(n) / name).read_bytes() for n in range(3)}) == 1
    assert len(rows(tmp_path / "0" / "p.jsonl", Page)) == 60


def test_a_stopped_extraction_goes_on_with_or_without_the_index(tmp_path, capsys):
    dump, index = write_multistream(tmp_path, 60, 7)
    assert extract(dump, tmp_path / "whole" / "p.jsonl") == 0
    good = index.read_text(encoding="utf-8")
    index.write_text(good.replace(":40:", ":4000:"), encoding="utf-8")
    assert extract(dump, tmp_path / "p.jsonl", "--index", str(index)) == 3
    assert "page 40 stands in the place of 4000" in capsys.readouterr().err
    assert not (tmp_path / "p.jsonl").exists()
    journal = (tmp_path / ".p.journal").read_bytes().splitlines()
    assert len(journal) == 1 + 35
    index.write_text(good, encoding="utf-8")
    assert extract(dump, tmp_path / "p.jsonl", "--index", str(index)) == 0
    assert (tmp_path / "p.jsonl").read_bytes() == (tmp_path / "whole" / "p.jsonl").read_bytes()


def test_an_index_of_what_is_no_multistream_dump_is_refused(tmp_path, capsys):
    dump = write_dump(tmp_path / "d.xml", {"P": LONG})
    assert extract(dump, tmp_path / "p.jsonl", "--index", str(tmp_path / "i.txt")) == 2
    assert "an index belongs to a *-multistream.xml.bz2" in capsys.readouterr().err


@pytest.mark.parametrize("processes", ["1", "2"])
def test_extracted_texts_go_through_the_same_filters(tmp_path, capsys, processes):
    texts = {
        "Bueno": f"Bueno.\nCurso\n{LONG}",
        "Río (desambiguación)": LONG,
        "Corto": PROSE,
        "Inglés": "The river rises in the northern mountains and it runs to the sea. " * 80,
        "Palabra": LONG + EXCLUDED,
    }
    lines = [
        json.dumps({"id": n, "title": title, "text": text})
        for n, (title, text) in enumerate(texts.items())
    ]
    source = tmp_path / "articles.jsonl"
    source.write_text("\n".join([*lines, "{", lines[0].replace('"id": 0', '"id": 9')]) + "\n")
    assert extract(source, tmp_path / "p.jsonl", "--processes", processes) == 3
    assert "1 bad rows" in capsys.readouterr().err
    first, last = rows(tmp_path / "p.jsonl", Page)
    assert (first.id, last.id) == ("es:0", "es:9")
    assert first.text == f"Bueno.\n\nCurso\n\n{LONG.strip()}\n"
    assert [(r.id, r.reason) for r in rows(tmp_path / "p.rejected.jsonl", Rejected)] == [
        ("es:1", "disambiguation"),
        ("es:2", "too_short"),
        ("es:3", "wrong_language"),
        ("es:4", "excluded_word"),
        ("es:articles.jsonl:6", "bad_row"),
    ]


def test_memory_does_not_grow_with_the_dump(tmp_path):
    """150 MB of pages under the bound that 2 GB are to keep."""
    path = tmp_path / "d.xml"
    page = "<page><title>T</title><ns>0</ns><id>{}</id><revision><text>{}</text></revision></page>"
    with path.open("w", encoding="utf-8") as file:
        file.write("<mediawiki>")
        for n in range(1500):
            file.write(page.format(n, "{{x|" + "a" * 100_000 + "}}" + PROSE))
        file.write("</mediawiki>")
    words = ["data", "extract", str(path), "--languages", "es", "-o", str(tmp_path / "p.jsonl")]
    # Not getrusage: its maximum is handed on from the process that started this one.
    code = f"import sys; from harness.cli import main; code = main({words!r})\n"
    code += "lines = open('/proc/self/status').read().splitlines()\n"
    code += "print(next(x.split()[1] for x in lines if x.startswith('VmHWM'))); sys.exit(code)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 3, done.stderr  # the pages are empty
    assert "was accepted (" in done.stderr
    assert int(done.stdout.split()[-1]) * 1024 < MEMORY / 2


def test_unknown_templates_are_counted_by_name_and_their_sentences_dropped_or_marked(
    tmp_path, capsys
):
    odd = "El río {{bad_row|5}} es largo. "
    names = " ".join(f"{{{{nombre {n:02}}}}}" for n in range(12))
    dump = write_dump(tmp_path / "d.xml", {"Bueno": f"{odd}{LONG}{odd}\n\n{names}"})
    assert extract(dump, tmp_path / "p.jsonl") == 0
    assert "bad row" in capsys.readouterr().out
    (page,) = rows(tmp_path / "p.jsonl", Page)
    assert "es largo" not in page.text
    manifest = msgspec.json.decode((tmp_path / "p.manifest.json").read_bytes(), type=StageManifest)
    counts = {(t.what, t.reason): t.count for t in manifest.tallies}
    assert counts["unknown_template", "bad row"] == 2
    assert counts["unknown_template", "nombre 11"] == 1
    assert [n for (what, _), n in counts.items() if what == "dropped_sentence"] == [2]
    (table,) = tables("extract", manifest)
    shown = [
        [cell.text for cell in row.cells] for row in table.rows if "knows" in row.cells[0].text
    ]
    assert len(shown) == 11
    assert [row[-1] for row in shown if row[1] == "(others)"] == ["3"]
    assert extract(dump, tmp_path / "m.jsonl", "--gaps", "mark") == 0
    (page,) = rows(tmp_path / "m.jsonl", Page)
    assert page.text.count("El río [...] es largo.") == 2
