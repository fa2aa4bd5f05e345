"""A ZIP file that claims or holds too much is stopped before it fills the memory."""

import struct
import zlib

import pytest
from exchanged import CASES, refused

from leaderboard.exchange import bounded_zip
from leaderboard.exchange.bounded_zip import BoundedZip
from ultralink_data.errors import DataError


def archive(path, *, claimed=None, packed=b"", method=8, flags=0):
    """A ZIP file of one entry, header.json, that claims what it likes."""
    name = b"header.json"
    size = len(packed) if claimed is None else claimed
    common = struct.pack("<HHIIIIHH", flags, method, 0, 0, len(packed), size, len(name), 0)
    local = b"PK\x03\x04" + struct.pack("<H", 20) + common + name + packed
    central = b"PK\x01\x02" + struct.pack("<HH", 20, 20) + common
    central += struct.pack("<HHHII", 0, 0, 0, 0, 0) + name
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    path.write_bytes(local + central + end)
    return path


def deflated(data):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def zstandard(data):
    from pyarrow import compress

    return compress(data, "zstd", asbytes=True)


def test_a_claim_of_too_many_bytes_is_refused_before_reading(tmp_path, capsys):
    path = archive(tmp_path / "bomb.eval", claimed=bounded_zip.MOST_BYTES + 1, packed=b"x")
    assert "more than 268435456" in refused(capsys, tmp_path / "out", path)


@pytest.mark.parametrize(("method", "pack"), [(8, deflated), (93, zstandard)])
def test_an_entry_that_unpacks_to_more_than_it_claims_is_stopped(tmp_path, capsys, method, pack):
    packed = pack(bytes(10_000_000))
    path = archive(tmp_path / "bomb.eval", claimed=1000, packed=packed, method=method)
    read = BoundedZip(path)
    assert len(read._unpacked(read.entries["header.json"], packed)) == 1001
    assert "checksum" in refused(capsys, tmp_path / "out", path)


def test_all_entries_together_are_bounded(tmp_path, monkeypatch):
    path = archive(tmp_path / "bomb.eval", claimed=1000, packed=b"x")
    monkeypatch.setattr(bounded_zip, "MOST_TOTAL", 999)
    with pytest.raises(DataError, match="1000 bytes unpacked, more than 999"):
        BoundedZip(path)
    monkeypatch.setattr(bounded_zip, "MOST_ENTRIES", 0)
    with pytest.raises(DataError, match="1 entries, more than 0"):
        BoundedZip(path)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"not a zip" * 100])
def test_what_is_no_zip_is_refused(tmp_path, capsys, data):
    path = tmp_path / "log.eval"
    path.write_bytes(data)
    assert str(path) in refused(capsys, tmp_path / "out", path)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"method": 14}, "method 14"),
        ({"flags": 1}, "encrypted"),
        ({"method": 8, "packed": b"\xff\xff"}, "header.json"),
        ({"method": 93, "packed": b"\xff\xff"}, "header.json"),
    ],
)
def test_an_entry_that_cannot_be_read_is_named(tmp_path, how, said):
    path = archive(tmp_path / "log.eval", **how)
    with pytest.raises(DataError, match=said):
        BoundedZip(path).read("header.json")


def test_every_cut_of_a_log_is_an_error_of_two_lines(tmp_path):
    whole = (CASES / "inspect" / "log.eval").read_bytes()
    path = tmp_path / "log.eval"
    for end in range(0, len(whole), 501):
        path.write_bytes(whole[:end])
        with pytest.raises(DataError):
            BoundedZip(path).read("header.json")
