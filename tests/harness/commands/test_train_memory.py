"""What `train --dry-run` says of memory and disk."""

import argparse

import msgspec
import pytest

from harness.commands.train_memory import GIB, Room, memory_table
from harness.commands.train_plan import Speed, check_plan, work_table
from train.compute_plan import ComputePlan, ModelShape
from train.hardware import hardware
from train.memory_plan import MemoryPlan
from train.plan import Plan
from train.token_account import TokenAccount
from train.train_config import TrainConfig
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
    trained=8 * GIB,
    attention="torch varlen_attn",
)
"""35.5 GiB on one device; 32 of them can be shared, 4 cannot."""


def notes(room: float, disk: float = 100, plan: MemoryPlan = PLAN) -> tuple[str, ...]:
    return memory_table(plan, Room(room * GIB, "of a device"), disk * GIB).notes


def test_the_parts_add_up_and_those_without_a_byte_are_left_out():
    rows = [[cell.text for cell in row.cells] for row in memory_table(PLAN, Room(1, ""), 1).rows]
    assert rows == [
        ["weights (float32)", "8.00"],
        ["gradients", "8.00"],
        ["moments of AdamW", "16.00"],
        ["activations", "3.00"],
        ["logits and loss", "0.50"],
        ["all", "35.50"],
    ]
    assert notes(80)[0].startswith("1,234,567 parameters;")
    assert notes(80)[0].endswith("Attention of packed dialogues: torch varlen_attn.")


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


def test_checkpoints_need_their_room_three_times():
    text = "a checkpoint takes 24.00 GiB of disk, three times that while a newer one is written; "
    assert notes(80, disk=73)[2] == text + "73.0 GiB are free"
    assert notes(80, disk=72)[2] == text + "72.0 GiB are free, which is NOT enough"


def test_weights_in_bfloat16_are_a_row_and_are_not_shared():
    plan = msgspec.structs.replace(PLAN, copies=4 * GIB)
    table = memory_table(plan, Room(40 * GIB, "of a device"), 1)
    assert [cell.text for cell in table.rows[1].cells] == ["weights (bfloat16)", "4.00"]
    assert "2 such devices" in table.notes[1]


def test_several_devices_share_what_they_can():
    plan = msgspec.structs.replace(PLAN, copies=4 * GIB)
    table = memory_table(plan, Room(10 * GIB, "of a device", 8), GIB)
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows == [
        ["weights (float32)", "8.00", "1.00"],
        ["weights (bfloat16)", "4.00", "0.50"],  # two layers of a quarter of a GiB
        ["gradients", "8.00", "1.00"],
        ["moments of AdamW", "16.00", "2.00"],
        ["activations", "3.00", "3.00"],
        ["logits and loss", "0.50", "0.50"],
        ["all", "39.50", "8.00"],
    ]
    said = "it fits with --shard: 80.0% of 10.0 GiB of a device, on each of 8 (7 would do; "
    assert table.notes[1] == said + "not measured)"
    assert "does NOT fit" in memory_table(plan, Room(8 * GIB, "", 8), GIB).notes[1]


def test_what_cannot_be_divided_has_no_column_and_no_number_of_devices():
    table = memory_table(
        PLAN, Room(10 * GIB, "of a device", 8), GIB, "4 bits, others float32", divisible=False
    )
    assert {len(row.cells) for row in table.rows} == {2}
    assert table.rows[0].cells[0].text == "weights (4 bits, others float32)"
    said = "it does NOT fit into 90% of 10.0 GiB of a device, and --shard does not divide it; see "
    assert table.notes[1].startswith(said)
    assert (
        memory_table(PLAN, Room(99 * GIB, ""), GIB, divisible=False).notes[1].startswith("it fit")
    )


def test_a_checkpoint_of_adapters_holds_what_is_trained():
    adapters = msgspec.structs.replace(PLAN, optimiser=2 * GIB, gradients=GIB, trained=GIB)
    assert notes(80, plan=adapters)[2].startswith("a checkpoint takes 3.00 GiB")


SHAPE = ModelShape(parameters=1000, active=400, trained=1000, multiplied=300, head=50, attended=8)
WORK = ComputePlan(shape=SHAPE, matrices=7.2e18, attention=1e15, head=0.0)
ACCOUNT = TokenAccount(given=9, added=0, dropped=0, learned=5, masked=4, padded=1)
SEEN = Plan(
    steps=3, sequences=1, epochs=1, rows=1, tokens=9, loss_tokens=5, cells=(), account=ACCOUNT
)


def work(speed, **options):
    table = work_table(WORK, SEEN, speed, TrainConfig(**options))
    return {row.cells[0].text: row.cells[1].text for row in table.rows}, table.notes[1]


def test_the_time_is_the_work_over_the_share_of_the_peak_that_is_used():
    speed = Speed(8, hardware("H100"), 0.4)
    rows, time = work(speed, precision="bfloat16")
    assert rows["operations: all"] == "7.2e+03 P"
    assert (rows["active for a token"], rows["tokens computed"]) == ("400", "10")
    hours = 7.201e18 / (8 * 989e12 * 0.4) / 3600
    assert time.startswith(f"{60 * hours:.1f} minutes on 8 x H100 if 40% of 989 teraflop/s is used")
    _, slower = work(speed, precision="float32")
    assert slower.startswith(f"{hours * 989 / 67:.1f} hours on 8 x H100 if 40% of 67 teraflop/s")
    assert "--hardware 8xH100" in work(None)[1]


def asked(**options):
    given = {"device_memory": None, "hardware": None, "utilisation": None, "dry_run": True}
    return argparse.Namespace(**given | options)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        *[
            ({"device_memory": given}, "--device-memory must be above 0")
            for given in (0.0, -1.0, 1e300, 80 * 2.0**30)
        ],
        *[({"utilisation": given}, "--utilisation must be above 0") for given in (0.0, 1.1, 40.0)],
        ({"hardware": "8xH900"}, "unknown accelerator 'H900'"),
        ({"device_memory": 80.0, "dry_run": False}, "--device-memory is for the plan"),
        ({"hardware": "H100", "dry_run": False}, "--hardware is for the plan"),
        ({"utilisation": 0.5, "dry_run": False}, "--utilisation is for the plan"),
    ],
)
def test_what_only_a_plan_is_told_has_a_measure_and_is_asked_for(options, said):
    with pytest.raises(ConfigError, match=said):
        check_plan(asked(**options))


def test_a_plan_is_told_what_fits():
    check_plan(asked(device_memory=80.0, hardware="8xH100", utilisation=1.0))
    check_plan(asked(dry_run=False))
