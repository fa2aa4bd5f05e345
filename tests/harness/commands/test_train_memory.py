"""What `train --dry-run` says of memory and disk."""

import msgspec
import pytest

from harness.commands.train_memory import GIB, check_memory, memory_table
from train.memory_plan import MemoryPlan
from ultralink_data.errors import ConfigError

PLAN = MemoryPlan(
    parameters=1_234_567,
    weights=8 * GIB,
    copies=0,
    gradients=8 * GIB,
    optimiser=16 * GIB,
    activations=3 * GIB,
    logits=GIB // 2,
    largest_layer=GIB // 4,
)
"""35.5 GiB on one device; 32 of them can be shared, 4 cannot."""


def notes(room: float, disk: float = 100, plan: MemoryPlan = PLAN) -> tuple[str, ...]:
    return memory_table(plan, (room * GIB, "of a device"), disk * GIB).notes


def test_the_parts_add_up_and_those_without_a_byte_are_left_out():
    rows = [[cell.text for cell in row.cells] for row in memory_table(PLAN, (1, ""), 1).rows]
    assert rows == [
        ["weights (float32)", "8.00"],
        ["gradients", "8.00"],
        ["moments of AdamW", "16.00"],
        ["activations", "3.00"],
        ["logits and loss", "0.50"],
        ["all", "35.50"],
    ]
    assert notes(80)[0].startswith("1,234,567 parameters;")


@pytest.mark.parametrize(
    ("room", "said"),
    [
        (40, "it fits: 88.8% of 40.0 GiB of a device"),
        (39, "it does NOT fit into 90% of 39.0 GiB of a device: 2 such devices could hold it"),
        (10, "it does NOT fit into 90% of 10.0 GiB of a device: 7 such devices could hold it"),
        (4, "it does NOT fit, on any number of devices with 4.0 GiB of a device"),
    ],
)
def test_it_says_whether_a_step_fits_and_else_how_many_devices_it_takes(room, said):
    assert notes(room)[1].startswith(said)


def test_checkpoints_need_their_room_twice():
    text = "a checkpoint takes 24.00 GiB of disk, twice that while the next is written; "
    assert notes(80, disk=49)[2] == text + "49.0 GiB are free"
    assert notes(80, disk=48)[2] == text + "48.0 GiB are free, which is NOT enough"


def test_weights_in_bfloat16_are_a_row_and_are_not_shared():
    plan = msgspec.structs.replace(PLAN, copies=4 * GIB)
    table = memory_table(plan, (40 * GIB, "of a device"), 1)
    assert [cell.text for cell in table.rows[1].cells] == ["weights (bfloat16)", "4.00"]
    assert "2 such devices" in table.notes[1]


@pytest.mark.parametrize("given", [0.0, -1.0, 1e300, 80 * 2.0**30])
def test_memory_of_a_device_is_a_size(given):
    with pytest.raises(ConfigError, match="--device-memory must be above 0"):
        check_memory(given, dry_run=True)
    check_memory(80.0, dry_run=True)
    check_memory(None, dry_run=False)


def test_memory_of_a_device_is_asked_for():
    with pytest.raises(ConfigError, match="this one is to run"):
        check_memory(80.0, dry_run=False)
