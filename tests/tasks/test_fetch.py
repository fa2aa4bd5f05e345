"""Fetching the benchmark files, from a server of our own."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from harness import cli
from tasks import fetch as module
from tasks.benchmark import Benchmark
from tasks.fetch import BASE_URL, missing, sources
from tasks.files import cache_folder, locate
from tasks.pins import read_pins
from ultralink_data.errors import PrerequisiteError

EXEMPLARS = b'"""Doc."""\n# c\nA = [1]\nB = {"en": {"1": {"q": "\\u00e9"}}}\n'
AS_JSON = '{\n "A": [\n  1\n ],\n "B": {\n  "en": {\n   "1": {\n    "q": "é"\n   }\n  }\n }\n}'
ROWS = b"How many?\t7\n"


class Quiet(SimpleHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        super().do_GET()

    def log_message(self, *_) -> None:
        pass


@pytest.fixture
def upstream(tmp_path, monkeypatch):
    """A folder that is served, its address, and what was asked; two files are pinned."""
    root = tmp_path / "www"
    (root / "owner/repo/0123/mgsm").mkdir(parents=True)
    (root / "owner/repo/0123/mgsm/mgsm_en.tsv").write_bytes(ROWS)
    (root / "owner/repo/0123/mgsm/exemplars.py").write_bytes(EXEMPLARS)
    hashes = [module._sha256(data) for data in (ROWS, EXEMPLARS, AS_JSON.encode())]
    pins = tmp_path / "pins.toml"
    pins.write_text(
        'base = "owner/repo/0123"\nfiles = [\n'
        '{ name = "mgsm/mgsm_en.tsv", path = "mgsm/mgsm_en.tsv", bytes = 12, '
        f'sha256 = "{hashes[0]}" }},\n'
        '{ name = "mgsm/exemplars.json", path = "mgsm/exemplars.py", bytes = 60, '
        f'sha256 = "{hashes[1]}", json_sha256 = "{hashes[2]}" }},\n]\n'
    )
    monkeypatch.setattr(
        Benchmark, "pinned", lambda self: read_pins(pins) if self.name == "mgsm" else None
    )
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("ULTRALINK_BENCHMARKS", raising=False)
    Quiet.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(root)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield root / "owner/repo/0123", f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def fetch(upstream, capsys):
    def run(*words):
        capsys.readouterr()
        code = cli.main(["tasks", "fetch", *map(str, words), "--mirror", upstream[1]])
        return code, *capsys.readouterr()

    return run


def test_files_come_into_the_cache_and_are_found_there(fetch):
    with pytest.raises(PrerequisiteError, match="not found") as error:
        locate(None, "mgsm/mgsm_en.tsv", "upstream")
    assert f"the cache={cache_folder()}" in error.value.message
    assert "`ultralink-bench tasks fetch` gets it" in error.value.hint
    code, out, _ = fetch()
    assert code == 0
    assert str(cache_folder() / "mgsm") in out.replace("\n", "")
    assert locate(None, "mgsm/mgsm_en.tsv", "upstream").read_bytes() == ROWS
    assert (cache_folder() / "mgsm/exemplars.json").read_text("utf-8") == AS_JSON


def test_a_file_that_is_not_upstreams_is_not_promised_by_fetch():
    with pytest.raises(PrerequisiteError, match="mgsm_xx") as error:
        locate(None, "mgsm/mgsm_xx.tsv", "upstream")
    assert error.value.hint.startswith("`tasks fetch` does not have it: make it, or get it from")
    assert "--benchmarks DIR" in error.value.hint


def test_what_is_there_is_not_asked_for_again(fetch):
    fetch()
    assert len(Quiet.asked) == 2
    assert fetch("mgsm")[0] == 0
    assert len(Quiet.asked) == 2
    (cache_folder() / "mgsm/mgsm_en.tsv").write_text("damaged")
    assert fetch()[0] == 0
    assert Quiet.asked[2:] == ["/owner/repo/0123/mgsm/mgsm_en.tsv"]
    assert (cache_folder() / "mgsm/mgsm_en.tsv").read_bytes() == ROWS


def test_a_wrong_hash_is_an_error_and_leaves_no_file(fetch, upstream, tmp_path):
    (upstream[0] / "mgsm/mgsm_en.tsv").write_bytes(ROWS + b"!")
    code, _, err = fetch("-o", tmp_path / "to")
    assert code == 3
    assert "is not the pinned file" in err
    assert "mgsm/mgsm_en.tsv was not written" in err
    assert len(err.splitlines()) == 3  # the plan, and two lines
    assert not (tmp_path / "to").exists()


def test_what_came_before_a_failure_stays(fetch, upstream, tmp_path):
    (upstream[0] / "mgsm/exemplars.py").unlink()
    code, _, err = fetch("-o", tmp_path / "to")
    assert code == 3
    assert "404" in err
    assert [path.name for path in (tmp_path / "to").rglob("*.*")] == ["mgsm_en.tsv"]
    (upstream[0] / "mgsm/exemplars.py").write_bytes(EXEMPLARS)
    assert fetch("-o", tmp_path / "to")[0] == 0
    assert sum("mgsm_en" in path for path in Quiet.asked) == 1


def test_another_file_is_not_overwritten_in_a_folder_of_the_users(fetch, tmp_path):
    (tmp_path / "to/mgsm").mkdir(parents=True)
    mine = tmp_path / "to/mgsm/mgsm_en.tsv"
    mine.write_text("mine")
    code, _, err = fetch("-o", tmp_path / "to")
    assert code == 2
    assert "is not upstream's file" in err
    assert mine.read_text() == "mine"
    assert Quiet.asked == []


def test_no_server_is_two_lines(upstream, capsys, monkeypatch):
    code = cli.main(["tasks", "fetch", "--mirror", "http://127.0.0.1:9"])
    err = capsys.readouterr().err.splitlines()[1:]
    assert code == 3
    assert err[0].startswith("error: cannot download http://127.0.0.1:9/owner")
    assert "--mirror" in err[1]
    assert len(err) == 2


def test_an_unknown_benchmark_names_the_known_ones(fetch):
    code, _, err = fetch("mgms")
    assert code == 2
    assert "did you mean 'mgsm'?" in err


def test_the_pinned_hashes_are_those_of_the_files_here(benchmarks):
    """`benchmarks` are upstream's bytes, so what is there must be taken as fetched."""
    present = [n for n in sources() if (benchmarks / n).is_dir()]
    there = {f.name for n in present for f in sources()[n].files if (benchmarks / f.name).exists()}
    assert {"mgsm/mgsm_en.tsv", "mgsm/exemplars.json"} <= there
    left = {file.name for _, file in missing(present, Path(benchmarks), replace=False)}
    assert not left & there
    assert BASE_URL.startswith("https://")
    assert all(len(source.base.split("/")[2]) == 40 for source in sources().values())
