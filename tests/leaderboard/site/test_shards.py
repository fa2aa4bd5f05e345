"""Shards: data of a page as scripts in which nothing of a record is code."""

import json
import re
import shutil
import subprocess
import threading
import tracemalloc

import pytest

from leaderboard.site.shards import (
    ShardFolder,
    ShardRows,
    encoded,
    shard_bytes,
    shard_content,
)
from ultralink_data.errors import DataError, PrerequisiteError

HOSTILE = (
    "</script><script>alert(1)</script>",
    "\u2028\u2029 end of lines",
    "\x00 nothing",
    "\u202e turned \u202c \u2066 isolated",
    '");ultralinkShard("q0","',
    "日本語 \U0001f600 עברית",
    "\ud800 alone",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_character_of_the_data_is_in_the_script(text):
    script = shard_bytes("t0", encoded([text]))
    assert re.fullmatch(rb'ultralinkShard\("t0","[A-Za-z0-9+/=]+"\);\n', script)
    assert json.loads(shard_content(script)) == [text.replace("\ud800", "\ufffd")]


def test_lone_surrogates_are_replaced_wherever_they_stand():
    data = {"a\udc00": ("x\ud83d\ude00", ["\ud800"], 3, None)}
    assert json.loads(encoded(data)) == {"a\ufffd": ["x\U0001f600", ["\ufffd"], 3, None]}


@pytest.mark.parametrize(
    "script", [b"", b'ultralinkShard("t0","eA==");\n', b'alert(1);ultralinkShard("t0","");\n']
)
def test_what_is_no_shard_is_refused(script):
    with pytest.raises(ValueError, match="not a shard"):
        shard_content(script)


def test_rows_go_to_bounded_shards_and_their_starts_are_known(tmp_path):
    folder = ShardFolder(tmp_path)
    rows = ShardRows(folder, "t", 100)
    assert [rows.add([number], 30) for number in range(10)] == list(range(10))
    rows.close()
    assert rows.starts == [0, 4, 8]
    assert [folder.read(f"t{shard}") for shard in range(3)] == [
        [[0], [1], [2], [3]],
        [[4], [5], [6], [7]],
        [[8], [9]],
    ]
    files = list((tmp_path / "data").iterdir())
    assert folder.count == len(files) == 3
    assert folder.size == sum(path.stat().st_size for path in files)


def test_a_missing_or_damaged_shard_is_an_error_that_names_it(tmp_path):
    folder = ShardFolder(tmp_path)
    with pytest.raises(DataError, match=r"q7\.js"):
        folder.read("q7")
    folder.write("q7", b"not JSON")
    with pytest.raises(DataError, match=r"q7\.js"):
        folder.read("q7")


def test_memory_does_not_grow_with_the_rows_written(tmp_path):
    def peak(count):
        tracemalloc.start()
        rows = ShardRows(ShardFolder(tmp_path / str(count)), "t", 20_000)
        for number in range(count):
            rows.add([str(number) * 100], 500)
        rows.close()
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(100)
    assert peak(4_000) < 1.5 * peak(400)


def test_a_thread_writes_meanwhile_and_few_shards_wait(tmp_path, monkeypatch):
    go_on, waiting = threading.Event(), []
    write_now = ShardFolder._write

    def slowly(self, *args):
        assert go_on.wait(30)
        return write_now(self, *args)

    monkeypatch.setattr(ShardFolder, "_write", slowly)
    with ShardFolder(tmp_path) as folder:
        for number in range(3):
            folder.write(f"t{number}", encoded([number]))
        assert folder.count == 0
        go_on.set()
        for number in range(3, 40):
            folder.write(f"t{number}", encoded([number]))
            waiting.append(number + 1 - folder.count)
        assert folder.read("t39") == [39]
        assert folder.count == 40
    assert max(waiting) <= 3
    assert folder.size == sum(path.stat().st_size for path in (tmp_path / "data").iterdir())


def test_what_the_thread_cannot_write_ends_the_build(tmp_path):
    (tmp_path / "data" / "t0.js").mkdir(parents=True)

    def build():
        with ShardFolder(tmp_path) as folder:
            folder.write("t0", b"[]")

    with pytest.raises(PrerequisiteError, match="t0"):
        build()


READER = """
const got = {};
globalThis.ultralinkShard = (name, base64) => { got[name] = base64; };
eval(require("fs").readFileSync(process.argv[1], "utf8"));
const bytes = Buffer.from(got.t0, "base64");
const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
new Response(stream).text().then((text) => process.stdout.write(text));
"""


def test_a_javascript_engine_reads_the_same(tmp_path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    data = [text.replace("\ud800", "") for text in HOSTILE]
    path = tmp_path / "t0.js"
    path.write_bytes(shard_bytes("t0", encoded(data)))
    read = subprocess.run([node, "-e", READER, str(path)], capture_output=True, check=True)
    assert json.loads(read.stdout) == data
