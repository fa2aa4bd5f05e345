"""Accelerators by name."""

import pytest

from train.hardware import ACCELERATORS, hardware, known_as
from ultralink_data.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "count", "name"),
    [
        ("8xH100", 8, "H100"),
        ("h100", None, "H100"),
        ("2 x rtx4090", 2, "RTX4090"),
        ("1xL4", 1, "L4"),
    ],
)
def test_a_number_and_a_name(text, count, name):
    found = hardware(text)
    assert (found.number, found.name) == (count, name)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("8xH1000", "H1000"),
        ("0xH100", "got 0"),
        ("8", "is not a number of"),
        ("", "is not a number"),
    ],
)
def test_what_is_not_known_is_told_with_what_is(text, said):
    with pytest.raises(ConfigError) as error:
        hardware(text)
    assert said in error.value.message
    assert "H100" in error.value.hint


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("NVIDIA H100 80GB HBM3", "H100"),
        ("NVIDIA H100 PCIe", "H100-PCIe"),
        ("NVIDIA A100-SXM4-80GB", "A100"),
        ("NVIDIA A100-SXM4-40GB", "A100-40GB"),
        ("NVIDIA GeForce RTX 4090", "RTX4090"),
        ("NVIDIA L40S", "L40S"),
        ("NVIDIA L4", "L4"),
        ("NVIDIA H200", "H200"),
        ("Tesla K80", None),
    ],
)
def test_drivers_names_are_known(said, name):
    found = known_as(said)
    assert (found and found.name) == name


def test_peaks_are_dense_and_name_their_source():
    for accelerator in ACCELERATORS.values():
        assert accelerator.source
        assert accelerator.peak("float32") < accelerator.peak("bfloat16")
    assert hardware("H100").accelerator.peak("bfloat16") == 989e12
    assert hardware("A100").accelerator.peak("bfloat16") == 312e12
