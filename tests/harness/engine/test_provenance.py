"""Where a trained model comes from: written into its folder, read strictly, believed if it fits."""

import json

import msgspec
import pytest

from harness.engine.artefact_store import Circumstances
from harness.engine.jobs import external
from harness.engine.provenance import (
    PROVENANCE,
    BaseModel,
    ModelProvenance,
    TrainedCell,
    TrainedOn,
    read_provenance,
)
from harness.experiment.known_training import known_training, with_training
from harness.experiment.run_context import RunContext
from leaderboard.records import TokenCount
from train.train_config import TrainConfig
from ultralink_data.adapters import ADAPTER_FILE
from ultralink_data.errors import DataError

MADE = Circumstances(
    started="2026-01-01T00:00:00+00:00",
    wall_seconds=1.0,
    command=("ultralink-bench", "train"),
    packages={"torch": "2"},
    git_commit=None,
    git_dirty=None,
    machine="m",
    processor="p",
    cores=1,
    memory_gib=1.0,
    accelerator=None,
)


def provenance(fingerprint, before=None):
    return ModelProvenance(
        schema=1,
        fingerprint=fingerprint,
        base=BaseModel(path="/base", fingerprint="b", provenance=before),
        dataset=TrainedOn(
            path="/data",
            fingerprint="d",
            languages=("en",),
            cells=(TrainedCell(language="en", kind="math", rows=3, tokens=30, learned=10),),
        ),
        recipe=TrainConfig(steps=5),
        seed=7,
        steps=5,
        made=MADE,
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    return tmp_path


def write(folder, found):
    (folder / PROVENANCE).write_bytes(msgspec.json.encode(found))


def test_a_folder_that_says_nothing_has_none(folder):
    assert read_provenance(folder) is None
    assert read_provenance(folder / "absent") is None
    assert known_training(folder, "any") == (None, "")


def test_what_is_written_is_read(folder):
    found = provenance("f", before=provenance("e"))
    write(folder, found)
    assert read_provenance(folder) == found


def test_the_file_does_not_count_in_the_fingerprint(folder):
    before = external(folder).fingerprint
    write(folder, provenance("f"))
    assert external(folder).fingerprint == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"{}", "missing required field `schema`"),
        (b"{", "truncated"),
        (b"\xff", "malformed"),
        (msgspec.json.encode(msgspec.to_builtins(provenance("f")) | {"more": 1}), "more"),
        (msgspec.json.encode(msgspec.to_builtins(provenance("f")) | {"schema": 2}), "2"),
    ],
)
def test_a_damaged_file_is_named(folder, text, said):
    (folder / PROVENANCE).write_bytes(text)
    with pytest.raises(DataError) as caught:
        read_provenance(folder)
    assert str(folder / PROVENANCE) in caught.value.message
    assert said in caught.value.message


def test_a_folder_that_was_changed_since_is_another_model(folder):
    write(folder, provenance(external(folder).fingerprint))
    assert known_training(folder, external(folder).fingerprint)[0].seed == 7
    (folder / "model.safetensors").write_bytes(b"other weights")
    found, doubt = known_training(folder, external(folder).fingerprint)
    assert found is None
    assert "is about other files" in doubt


def test_adapters_whose_base_was_changed_since_are_another_model(folder, tmp_path):
    base = tmp_path / "base"
    base.mkdir()
    (base / "config.json").write_text("{}")
    adapters = tmp_path / "adapters"
    adapters.mkdir()
    (adapters / ADAPTER_FILE).write_text(json.dumps({"base_model_name_or_path": str(base)}))
    found = provenance(external(adapters).fingerprint)
    trained_on = msgspec.structs.replace(found.base, fingerprint=external(base).fingerprint)
    write(adapters, msgspec.structs.replace(found, base=trained_on))
    assert known_training(adapters, "with the base")[0].seed == 7
    (base / "config.json").write_text('{"other": 1}')
    found, doubt = known_training(adapters, "with the base")
    assert found is None
    assert f"trained on another model than the one at {base} now" in doubt


def test_a_record_gets_seed_data_and_steps():
    context = RunContext(run_id="r", model="m", config={"a": 1})
    assert with_training(context, None) == context
    told = with_training(context, provenance("f"))
    assert (told.seed, told.dataset_fingerprint, told.steps) == (7, "d", 5)
    assert told.trained == (TokenCount(language="en", kind="math", rows=3, tokens=10),)
    assert told.config["a"] == 1
    assert msgspec.convert(told.config["provenance"], ModelProvenance) == provenance("f")
