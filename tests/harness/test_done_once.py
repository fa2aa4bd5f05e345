"""All that ends with a marker: the store, a building stage, `convert`, the end of a build.

What each does when it was killed, damaged, or asked for something else, stands here side by side.
"""

import os
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec
import pytest
from dialogue_samples import dialogue, parallel
from stage_samples import STAGE, pages, work

from harness.building import finish as finish_module
from harness.building.assemble import assemble
from harness.building.check_step import CheckStep
from harness.building.finish import RECORD, REPORT, finish
from harness.building.recipe_parts import Recipe, RecipeSource
from harness.engine import artefact_store
from harness.engine.artefact_store import MARKER, Store
from harness.engine.jobs import execute, make_job
from ultralink_data.errors import ConfigError
from ultralink_data.stage import journal
from ultralink_data.stage.drive import run_computing
from ultralink_data.stage.outcome import stage_paths
from ultralink_data.starter.starter_config import StarterConfig
from ultralink_data.store import dataset
from ultralink_data.whole.prune_config import PruneStep

Otherwise = Literal["again", "refused", "beside"]
"""What happens where something else is there: made again, refused, or made in another place."""


class Maker(NamedTuple):
    """Something that is made once: `make(other)` makes it, or its like with other settings.

    `module` is where it writes its marker; `files` are outputs that are damaged in the tests.
    """

    make: Callable[[bool], object]
    module: object
    marker: Path
    files: Sequence[Path]
    damaged_file: Otherwise = "again"
    damaged_marker: Otherwise = "again"
    other: Otherwise = "again"


def of_store(home: Path) -> Maker:
    store = Store(home / "runs")
    jobs = [make_job("starter", StarterConfig(per_template=count), {}) for count in (1, 2)]
    folder = store.path("datasets", jobs[0].key)
    return Maker(
        lambda other: execute(jobs[other], store, lambda *_: None),
        artefact_store,
        folder / MARKER,
        [folder / "zh_math.jsonl", folder / "manifest.json"],
        other="beside",
    )


def of_stage(home: Path, *, replace: bool = False) -> Maker:
    paths = stage_paths(home / "pages.jsonl")
    stages = [STAGE, msgspec.structs.replace(STAGE, config='{"seed":1}')]
    told: Otherwise = "again" if replace else "refused"
    return Maker(
        lambda other: run_computing(pages(), work, paths.rows, stages[other], replace=replace),
        journal,
        paths.manifest,
        [paths.rows, paths.rejected],
        damaged_marker=told,
        other=told,
    )


def of_stage_in_a_build(home: Path) -> Maker:
    return of_stage(home, replace=True)


def of_convert(home: Path, *, replace: bool = False) -> Maker:
    files = [write_rows(home / "a.jsonl", parallel(3)), write_rows(home / "b.jsonl", [dialogue()])]
    out = home / "set"
    told: Otherwise = "again" if replace else "refused"
    return Maker(
        lambda other: assemble(files[:1] if other else files, out, replace=replace),
        dataset,
        out / "manifest.json",
        [out / "en_math.jsonl", out / "provenance" / "en_math.jsonl"],
        damaged_file=told,
        damaged_marker=told,
        other=told,
    )


def of_convert_in_a_build(home: Path) -> Maker:
    return of_convert(home, replace=True)


def of_build(home: Path) -> Maker:
    twice = [dialogue(f"twice-{n}", turns=("How much is 7 and 8?", "15.")) for n in range(2)]
    rows = write_rows(home / "a.jsonl", [*parallel(6), *twice])
    questions = home / "benchmarks" / "mgsm" / "mgsm_en.tsv"
    questions.parent.mkdir(parents=True)
    questions.write_text("Ann has 17 hens and buys 26 more. How many hens has she?\t43\n")
    recipe = Recipe(
        sources=(RecipeSource(file="a.json", source="metamath"),),
        prune=PruneStep(keep="4"),
        check=CheckStep(against=("mgsm",), drop=("exact",)),
    )
    recipes = [recipe, msgspec.structs.replace(recipe, prune=PruneStep(keep="2"))]
    out = home / "built"
    final = out / "dataset"
    return Maker(
        lambda other: finish(recipes[other], [rows], out, benchmarks=questions.parent.parent),
        finish_module,
        out / RECORD,
        [
            final / "en_math.jsonl",
            final / "manifest.json",
            final / "rejected.jsonl",
            out / REPORT,
            out / "check.md",
        ],
    )


def write_rows(path: Path, rows) -> Path:
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    return path


MAKERS = (of_store, of_stage, of_stage_in_a_build, of_convert, of_convert_in_a_build, of_build)


@pytest.fixture(params=MAKERS, ids=lambda maker: maker.__name__[3:])
def maker(request, tmp_path) -> Maker:
    return request.param(tmp_path)


def contents(maker: Maker) -> list[bytes]:
    return [path.read_bytes() for path in maker.files]


def is_new(maker: Maker, act: Callable[[], object]) -> bool:
    """Whether the marker was written again meanwhile."""
    before = maker.marker.stat()
    act()
    after = maker.marker.stat()
    return (before.st_ino, before.st_mtime_ns) != (after.st_ino, after.st_mtime_ns)


def flip_a_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def killed_before_the_marker(maker: Maker) -> bool:
    """Whether the making was killed, in another process, where it would write its marker."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads that other tests left
        child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    maker.module.marker_text = lambda marker: os._exit(9)
    try:
        maker.make(False)
    finally:
        os._exit(0)


def test_killed_before_its_marker_it_is_made_and_whole(maker, tmp_path_factory):
    assert killed_before_the_marker(maker)
    assert not maker.marker.exists()
    maker.make(False)
    whole = contents(maker)
    assert not is_new(maker, lambda: maker.make(False))
    assert contents(maker) == whole


def test_the_same_key_again_does_nothing(maker):
    maker.make(False)
    whole = contents(maker)
    assert not is_new(maker, lambda: maker.make(False))
    assert contents(maker) == whole


def test_a_file_changed_by_a_byte_is_noticed(maker):
    maker.make(False)
    whole = contents(maker)
    for path in maker.files:
        flip_a_byte(path)
        if maker.damaged_file == "again":
            assert is_new(maker, lambda: maker.make(False)), path
        else:
            with pytest.raises(ConfigError, match=f"exists already, but .*{path.name} is not"):
                maker.make(False)
            flip_a_byte(path)
        assert contents(maker) == whole


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b"[]"])
def test_a_damaged_marker_says_nothing(maker, text):
    maker.make(False)
    whole = contents(maker)
    maker.marker.write_bytes(text)
    if maker.damaged_marker == "again":
        maker.make(False)
        assert maker.marker.read_bytes() != text
    else:
        with pytest.raises(ConfigError, match=f"exists already, but .*{maker.marker.name} is unr"):
            maker.make(False)
    assert contents(maker) == whole


def edited_fields(marker: Path) -> list[bytes]:
    """The marker's text with one field changed that is not in its key, for each of some."""
    text = marker.read_bytes()
    plain = msgspec.json.decode(text)
    found = []
    for name, value in plain.items():
        if name in ("seal", "key"):
            continue
        if isinstance(value, int | float):
            found.append(plain | {name: value + 1})
        elif isinstance(value, str) and name == "fingerprint":
            found.append(plain | {name: value[::-1]})
        elif isinstance(value, list) and value and name in ("counts", "tallies"):
            found.append(plain | {name: value[1:]})
        elif name == "dropped":
            found.append(plain | {name: {**value, "own": 7}})
        elif name == "spent":
            found.append(plain | {name: {key: count + 1 for key, count in value.items()}})
    return [msgspec.json.encode(one) for one in found]


def test_an_edited_marker_is_damaged(maker):
    maker.make(False)
    whole, text = contents(maker), maker.marker.read_bytes()
    edits = edited_fields(maker.marker)
    assert edits
    for edit in edits:
        maker.marker.write_bytes(edit)
        if maker.damaged_marker == "again":
            maker.make(False)
            assert maker.marker.read_bytes() != edit
        else:
            with pytest.raises(ConfigError, match=r"exists already, but .*its seal differs"):
                maker.make(False)
            maker.marker.write_bytes(text)
        assert contents(maker) == whole


def test_a_marker_of_old_without_a_seal_is_taken_as_it_is(maker):
    maker.make(False)
    plain = msgspec.json.decode(maker.marker.read_bytes())
    plain.pop("seal")
    maker.marker.write_bytes(msgspec.json.encode(plain))
    # The store has always sealed its own.
    assert is_new(maker, lambda: maker.make(False)) == (maker.marker.name == MARKER)


def test_another_key_is_never_taken_for_this_one(maker):
    maker.make(False)
    whole = contents(maker)
    if maker.other == "refused":
        with pytest.raises(
            ConfigError,
            match=r"exists already, made .*with other (settings|call and content of its files)",
        ):
            maker.make(True)
        assert contents(maker) == whole
        return
    assert is_new(maker, lambda: maker.make(True)) == (maker.other == "again")
    if maker.other == "again":
        assert is_new(maker, lambda: maker.make(False))
    assert contents(maker) == whole


@pytest.mark.parametrize("make", [of_stage, of_stage_in_a_build, of_convert, of_convert_in_a_build])
def test_what_no_marker_speaks_of_is_never_written_over(make, tmp_path):
    maker = make(tmp_path)
    mine = maker.files[0] if maker.marker.name == "pages.manifest.json" else tmp_path / "set/mine"
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("mine\n")
    with pytest.raises(ConfigError, match=f"no {maker.marker.name} says what made it"):
        maker.make(False)
    assert mine.read_text() == "mine\n"
