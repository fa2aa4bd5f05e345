"""A dataset that does not fit into memory: the same data, flat memory, nothing done twice."""

import json
import shutil
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from train_samples import dialogue, dialogues

from benchmarks import pack_memory
from train import npz_files, stream_packing, token_shards, word_encoding
from train.npz_files import read_npz, whole, write_npz
from train.packed import ARRAYS_FILE, COUNTS_FILE, Packed
from train.packing import dialogue_rows, pack
from train.stream_packing import pack_into
from train.token_shards import TOKENS_FILE
from ultralink_data.errors import DataError
from ultralink_data.store import dataset

OPTIONS = {"max_tokens": 200, "template": "chatml"}


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_packing, "SHARD", 8)


@pytest.fixture
def tokenised(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the dialogues that are tokenised, as they are."""
    seen: list[str] = []

    def noted(*given):
        rows_of = dialogue_rows(*given)
        return lambda batch: [seen.extend(row.id for row in batch), *rows_of(batch)][1:]

    monkeypatch.setattr(stream_packing, "dialogue_rows", noted)
    return seen


def files(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in (ARRAYS_FILE, COUNTS_FILE)]


@pytest.mark.parametrize("overlong", ["split", "drop", "cut"])
@pytest.mark.parametrize("packing", [True, False])
@pytest.mark.parametrize("order", ["length", "hash"])
def test_the_files_are_those_of_packing_in_memory(tokenizer, tmp_path, overlong, packing, order):
    rows = [*dialogues(), dialogue(99, turns=30), dialogue(98, language="fr")]
    options = OPTIONS | {"overlong": overlong, "packing": packing, "order": order}
    pack(rows, tokenizer, **options).save(tmp_path / "memory")
    made = pack_into(tmp_path / "disk", iter(rows), tokenizer, work=tmp_path / "w", **options)
    assert files(tmp_path / "disk") == files(tmp_path / "memory")
    assert made == Packed.load(tmp_path / "disk").counts


def test_a_second_run_tokenises_nothing_and_says_how_far_it_is(tokenizer, tmp_path, tokenised):
    done = []
    for name in ("a", "b"):
        pack_into(
            tmp_path / name,
            dialogues(),
            tokenizer,
            work=tmp_path / "w",
            on_progress=done.append,
            **OPTIONS,
        )
    assert tokenised == [row.id for row in dialogues()]
    assert done == [8, 16, 24, 32, 33] * 2
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_a_killed_run_goes_on_after_its_last_whole_shard(tokenizer, tmp_path, tokenised):
    def killed():
        yield from dialogues()[:21]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pack_into(tmp_path / "out", killed(), tokenizer, work=tmp_path / "w", **OPTIONS)
    assert not (tmp_path / "out").exists()
    with (tmp_path / "w" / TOKENS_FILE).open("ab") as file:
        file.write(b"half a shard")
    assert len(tokenised) == 16
    pack_into(tmp_path / "out", dialogues(), tokenizer, work=tmp_path / "w", **OPTIONS)
    assert tokenised == [row.id for row in dialogues()]
    pack(dialogues(), tokenizer, **OPTIONS).save(tmp_path / "memory")
    assert files(tmp_path / "out") == files(tmp_path / "memory")


def damage_tokens(work: Path) -> None:
    data = bytearray((work / TOKENS_FILE).read_bytes())
    data[-1] ^= 1  # of the last shard
    (work / TOKENS_FILE).write_bytes(data)


def damage_rows(work: Path) -> None:
    last = sorted(work.glob("rows-*"))[-1]
    last.write_bytes(last.read_bytes()[:100])


def cut_tokens(work: Path) -> None:
    data = (work / TOKENS_FILE).read_bytes()
    (work / TOKENS_FILE).write_bytes(data[:-3])


@pytest.mark.parametrize("damage", [damage_tokens, damage_rows, cut_tokens])
def test_a_damaged_shard_is_made_again(tokenizer, tmp_path, tokenised, damage):
    pack_into(tmp_path / "a", dialogues(), tokenizer, work=tmp_path / "w", **OPTIONS)
    damage(tmp_path / "w")
    tokenised.clear()
    pack_into(tmp_path / "b", dialogues(), tokenizer, work=tmp_path / "w", **OPTIONS)
    assert tokenised == [row.id for row in dialogues()[32:]]
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_a_changed_dialogue_or_option_is_tokenised_anew(tokenizer, tmp_path, tokenised):
    pack_into(tmp_path / "a", dialogues(), tokenizer, work=tmp_path / "w", **OPTIONS)
    tokenised.clear()
    changed = [*dialogues()[:20], dialogue(500), *dialogues()[21:]]
    pack_into(tmp_path / "b", changed, tokenizer, work=tmp_path / "w", **OPTIONS)
    assert tokenised == [row.id for row in changed[16:]]
    pack(changed, tokenizer, **OPTIONS).save(tmp_path / "memory")
    assert files(tmp_path / "b") == files(tmp_path / "memory")
    tokenised.clear()
    for other in ({"max_tokens": 100}, {"overlong": "cut"}):
        pack_into(tmp_path / "c", changed, tokenizer, work=tmp_path / "w", **(OPTIONS | other))
    assert len(tokenised) == 2 * len(changed)


def test_shards_without_a_row_to_train_on_are_no_trouble(tokenizer, tmp_path):
    rows = [dialogue(n, turns=2) for n in range(20)]
    short = min(len(pack([row], tokenizer, **OPTIONS).ids) for row in rows)
    options = {"max_tokens": short, "template": "chatml", "overlong": "drop"}
    pack(rows, tokenizer, **options).save(tmp_path / "memory")
    pack_into(tmp_path / "disk", rows, tokenizer, work=tmp_path / "w", **options)
    assert files(tmp_path / "disk") == files(tmp_path / "memory")
    options["max_tokens"] = 4
    with pytest.raises(DataError, match="no row to train on: 20 given, none with a token to learn"):
        pack_into(tmp_path / "none", rows, tokenizer, work=tmp_path / "w2", **options)
    with pytest.raises(DataError, match="no row to train on: none is given"):
        pack_into(tmp_path / "none", [], tokenizer, work=tmp_path / "w3", **options)
    assert not (tmp_path / "none").exists()


def test_memory_holds_a_row_in_tens_of_bytes(tokenizer, tmp_path, monkeypatch):
    monkeypatch.setattr(stream_packing, "SHARD", 64)
    monkeypatch.setattr(token_shards, "_CHUNK", 4096)
    monkeypatch.setattr(word_encoding, "_MOST_KEPT", 64)

    def peak(number: int) -> int:
        rows = (dialogue(n) for n in range(number))
        tracemalloc.start()
        pack_into(tmp_path / f"{number}", rows, tokenizer, work=tmp_path / f"w{number}", **OPTIONS)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(64)
    assert peak(1280) - peak(256) < 1024 * 350


def test_arrays_written_in_pieces_are_those_of_numpy(tmp_path, monkeypatch):
    numbers, flags = np.arange(1000, dtype=np.int32), np.arange(7) % 2 == 0
    with (tmp_path / "numpy.npz").open("wb") as file:
        np.savez(file, numbers=numbers, flags=flags)
    pieces = whole(numbers)._replace(pieces=iter([numbers[:3], numbers[3:3], numbers[3:]]))
    write_npz(tmp_path / "ours.npz", {"numbers": pieces, "flags": whole(flags)})
    assert (tmp_path / "ours.npz").read_bytes() == (tmp_path / "numpy.npz").read_bytes()
    monkeypatch.setattr(npz_files, "MAPPED_FROM", 0)
    mapped = read_npz(tmp_path / "ours.npz", ["flags", "numbers"])
    assert all(isinstance(array, np.memmap) for array in mapped)
    assert mapped[0].tolist() == flags.tolist()
    assert mapped[1].tolist() == numbers.tolist()
    with pytest.raises(ValueError, match="numbers has 3 numbers, not 1000"):
        write_npz(tmp_path / "x", {"numbers": pieces._replace(pieces=[numbers[:3]])})


def test_large_packed_data_stay_on_the_disk_and_are_checked(tokenizer, tmp_path, monkeypatch):
    pack(dialogues(), tokenizer, **OPTIONS).save(tmp_path)
    small = Packed.load(tmp_path)
    monkeypatch.setattr(npz_files, "MAPPED_FROM", 0)
    large = Packed.load(tmp_path)
    assert isinstance(large.ids, np.memmap)
    for index in range(small.sequences):
        for ours, theirs in zip(small.sequence(index), large.sequence(index), strict=True):
            assert ours.tolist() == theirs.tolist()
    path = tmp_path / ARRAYS_FILE
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(data)
    with pytest.raises(DataError, match="Bad CRC-32"):
        Packed.load(tmp_path)


def test_the_benchmark_packs_a_repeated_release(tokenizer_folder, tmp_path, capsys):
    shutil.copytree(tokenizer_folder, tmp_path / "tokenizer")
    pack_memory.prepare(tmp_path, 1500)
    ids = [row.id for row in dataset.stream(tmp_path / "data")]
    assert len({*ids}) == len(ids) == 1500
    pack_memory.pack(tmp_path, 256)
    found = json.loads(capsys.readouterr().out)
    assert found["dialogues"] == 1500
    assert found["tokens"] == len(Packed.load(tmp_path / "packed").ids)
    assert found["fill"] > 0.9
    assert found["peak MB"] > 1
